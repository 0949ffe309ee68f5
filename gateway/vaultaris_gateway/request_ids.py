"""Request ids that clients bring along, as conditions in CEL on the request.

AuthZEN 1.0 wants a caller's id back, whatever it is; everywhere else one that is safe in any log is kept.
"""

_GIVEN = "request.headers['x-request-id']"
_ECHOED_PATHS = "/access/v1/"
_MAX_SAFE, _MAX_ECHOED = 64, 256

_SAFE = f"{_GIVEN}.matches('^[A-Za-z0-9._-]+$') && size({_GIVEN}) <= {_MAX_SAFE}"
_PRINTABLE = f"{_GIVEN}.matches('^[ -~]+$') && size({_GIVEN}) <= {_MAX_ECHOED}"
_ECHOED = f"request.headers[':path'].startsWith('{_ECHOED_PATHS}') && {_PRINTABLE}"

KEPT = f"({_SAFE}) || ({_ECHOED}) ? {_GIVEN} : ''"
"""What comes back in the answer; empty for one that is replaced."""
