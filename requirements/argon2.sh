#!/bin/sh
# Builds Argon2id a second time, from its pinned source, for x86-64 processors with AVX2: a hash takes half as long.
# The portable build stays where it is; the directory takes the one that its processor can run.
# Usage: argon2.sh UV PYTHON. Elsewhere it does nothing; with nothing to build with, it says so and succeeds.
set -eu
uv=$1 python=$2

portable() {
  echo "Argon2id: $1, so the portable build is used (a hash takes twice as long)"
  exit 0
}

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || exit 0
command -v "${CC:-cc}" >/dev/null 2>&1 || portable "there is no C compiler"
headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
[ -f "$headers/Python.h" ] || portable "there are no headers of Python"

folder=$("$python" -c 'import sys; print(sys.prefix)')/lib/vaultaris-avx2
version=$(sed -n 's/^\(argon2-cffi-bindings==[^ ]*\).*/\1/p' requirements/argon2.lock)
# Not from a cache: what lies there may have been built with other flags.
CFLAGS=-mavx2 "$uv" pip install --quiet --no-cache --reinstall --python "$python" --target "$folder" --no-deps \
  --require-hashes --constraint requirements/argon2.lock --build-constraint requirements/argon2.lock \
  --no-binary argon2-cffi-bindings "$version"
