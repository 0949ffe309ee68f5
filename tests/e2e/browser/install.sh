#!/bin/sh
# Installs Chromium for the browser tests where that is possible: on Debian and its kin, as root. Quiet when it is there.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Chromium is not installed; install it with your system's packages, or set CHROMIUM to its path." >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null
apt-get -qq install -y --no-install-recommends chromium >/dev/null
