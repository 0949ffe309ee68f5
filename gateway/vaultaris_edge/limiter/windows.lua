-- Decides a batch of requests on exact sliding windows.
-- A window is a list of admit times in microseconds, oldest first; it expires as a whole when it falls idle.
-- KEYS: for each request its general window, then, if it has one, its credential window.
-- ARGV: window length in microseconds, general limit, credential limit, one digit per request: its number of keys.
-- Returns three integers per request: 0 if admitted, else the number of the window that denied it (1, 2);
-- the requests in the window reported on; milliseconds until the oldest of them leaves it.
local EXPIRED_AT_ONCE = 256 -- bounds the work of one request; what is left over goes with the next

local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local length = tonumber(ARGV[1])
local limits = { tonumber(ARGV[2]), tonumber(ARGV[3]) }
local shape = ARGV[4]

local function read(key)
  local used = redis.call('LLEN', key)
  local oldest = used > 0 and tonumber(redis.call('LINDEX', key, 0)) or now
  local expired = 0
  while used > 0 and oldest <= now - length and expired < EXPIRED_AT_ONCE do
    redis.call('LPOP', key)
    used, expired = used - 1, expired + 1
    oldest = used > 0 and tonumber(redis.call('LINDEX', key, 0)) or now
  end
  return used, oldest
end

local function wait(oldest)
  return math.ceil((oldest + length - now) / 1000)
end

local answer, at = {}, 0
for request = 1, #shape do
  local windows = string.byte(shape, request) - 48
  local denied, used, oldest = 0, 0, now
  for window = 1, windows do
    used, oldest = read(KEYS[at + window])
    if used >= limits[window] then
      denied = window
      break
    end
  end
  if denied == 0 then
    for window = 1, windows do
      redis.call('RPUSH', KEYS[at + window], now)
      redis.call('PEXPIRE', KEYS[at + window], math.ceil(length / 1000))
    end
    used = used + 1
  end
  answer[#answer + 1] = denied
  answer[#answer + 1] = used
  answer[#answer + 1] = wait(oldest)
  at = at + windows
end
return answer
