#!/bin/sh
# Unpacks promtool and PgBouncer into .tools/, where the tests look for them. Debian and its kin; nothing is installed or started.
set -eu
cd "$(dirname "$0")/.."
if command -v promtool >/dev/null 2>&1 && command -v pgbouncer >/dev/null 2>&1; then exit 0; fi
if [ -x .tools/usr/bin/promtool ] && [ -x .tools/usr/sbin/pgbouncer ]; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
  echo "promtool and pgbouncer are not here; with both on the PATH, the tests that need them run." >&2
  exit 0
fi
mkdir -p .tools/packages
cd .tools/packages
if [ "$(id -u)" -eq 0 ]; then apt-get -qq update >/dev/null; fi
apt-get -qq download prometheus pgbouncer libc-ares2 libevent-2.1-7 >/dev/null 2>&1 ||
  apt-get -qq download prometheus pgbouncer libcares2 libevent-2.1-7t64 >/dev/null 2>&1 || {
    echo "promtool and pgbouncer could not be had; the tests that need them are skipped." >&2
    exit 0
  }
for package in *.deb; do dpkg-deb --extract "$package" ..; done
cd ..
rm -rf packages
