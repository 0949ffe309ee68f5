#!/bin/sh
# Builds kube-apiserver, etcd and oauth2-proxy into .tools/usr/bin/, for the tests that put them beside Vaultaris.
# Needs Go, and ten minutes of two cores at the first time; nothing is installed or started.
set -eu
cd "$(dirname "$0")/.."
KUBERNETES=${KUBERNETES:-1.37.2}
ETCD=${ETCD:-3.6.16}
OAUTH2_PROXY=${OAUTH2_PROXY:-7.15.6}
bin=$PWD/.tools/usr/bin
if ! command -v go >/dev/null 2>&1; then
  echo "Go is not here; with kube-apiserver, etcd and oauth2-proxy on the PATH, the tests that need them run." >&2
  exit 1
fi
mkdir -p "$bin"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GOFLAGS=-mod=mod GOWORK=off

# $1: program, $2: module and version, $3: the package that holds its main function, $4: that function.
build() {
  if [ -x "$bin/$1" ]; then return; fi
  mkdir "$folder/$1"
  cd "$folder/$1"
  go mod init "local/$1" 2>/dev/null
  go mod edit -require "$2"
  printf 'package main\n\nimport (\n\t"os"\n\n\tprogram "%s"\n)\n\n%s\n' "$3" "$4" >main.go
  # Kubernetes takes its own modules from its source tree; outside of that they have versions like its own.
  go list -m -f '{{.GoMod}}' "${2%@*}" | xargs sed -n 's|^	\(k8s.io/[a-z0-9-]*\) => ./staging.*|\1|p' | while read -r module; do
    go mod edit -replace "$module=$module@v0.${KUBERNETES#*.}"
  done
  go mod tidy -e >/dev/null 2>&1
  nice go build -trimpath -ldflags '-s -w' -o "$bin/$1" .
}

build etcd "go.etcd.io/etcd/server/v3@v$ETCD" go.etcd.io/etcd/server/v3/etcdmain 'func main() { program.Main(os.Args) }'
build kube-apiserver "k8s.io/kubernetes@v$KUBERNETES" k8s.io/kubernetes/cmd/kube-apiserver/app \
  'func main() { if program.NewAPIServerCommand().Execute() != nil { os.Exit(1) } }'
if [ ! -x "$bin/oauth2-proxy" ]; then
  GOBIN=$bin nice go install -trimpath -ldflags '-s -w' "github.com/oauth2-proxy/oauth2-proxy/v7@v$OAUTH2_PROXY"
fi
