#!/usr/bin/env sh
# Generates libs/proto from proto/. With --check: fails when what is committed differs.
set -eu
cd "$(dirname "$0")/.."
out=${OUT:-libs/proto}
if [ "${1:-}" = "--check" ]; then
  fresh=$(mktemp -d)
  trap 'rm -rf "$fresh"' EXIT
  OUT="$fresh" sh proto/generate.sh
  diff -r -q "$fresh/vaultaris" libs/proto/vaultaris -x __pycache__ -x py.typed || {
    echo "libs/proto differs from proto/: run 'make proto'" >&2; exit 1; }
  exit 0
fi
mkdir -p "$out"
PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m grpc_tools.protoc -I proto \
  --python_out="$out" --grpc_python_out="$out" --mypy_out="quiet:$out" --mypy_grpc_out="quiet:$out" \
  $(find proto -name '*.proto' | sort)
