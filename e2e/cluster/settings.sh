# Settings of the test cluster: versions, names and paths. Sourced by every script beside it, sets variables only.
# shellcheck shell=bash disable=SC2034
cluster_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$cluster_dir/../.." && pwd)

# Versions. Kubernetes stays at 1.34, the last minor whose kubelet runs on cgroup v1 without being asked twice.
kubernetes_version=v1.34.4
kind_version=v0.33.0
# The image that kind's release notes name for 1.34; it is used where an image registry answers.
kind_node_image=kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d
etcd_version=v3.6.5
coredns_version=v1.12.1
helm_version=v3.22.0
distribution_version=v3.1.2
pause_version=3.10.1
debian_release=trixie # its Python is 3.13, like the image that it stands in for
python_image=python:3.13-slim
nats_image=nats:2.15.1 # the server of the locked wheel, so that both ways run one version
python_version=3.13

# Everything that the project puts on a machine is in this folder, so that `make clean` can take it away.
cache=${MICROBUS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/microbus-operator}
tools=$cache/bin
log=$cache/cluster.log
kubeconfig=$cache/kubeconfig
engine_state=$cache/engine
engine_run=/run/microbus-operator # short: unix sockets are below it, and their paths are limited to 108 bytes

cluster=microbus
network=microbus
node=$cluster-control-plane
label=io.microbus.project=microbus-operator # on every image made here
registry_container=microbus-registry
registry=registry.microbus.test:5000 # the name that kubelet and pods pull from
registry_port=${MICROBUS_REGISTRY_PORT:-5001}
registry_push=127.0.0.1:$registry_port # the same registry, seen from the host: loopback needs no TLS

mkdir -p "$tools/.built"
[ -d /usr/local/go/bin ] && PATH=$PATH:/usr/local/go/bin
export PATH="$tools:$PATH" KUBECONFIG="$kubeconfig" KIND_EXPERIMENTAL_DOCKER_NETWORK="$network"
# The classic builder is enough for COPY and RUN, and is there without the buildx plug-in.
export DOCKER_BUILDKIT=0 DOCKER_CLI_HINTS=false
# Go's caches are inside ours, and writable: `go` makes module folders read-only unless told otherwise.
export GOMODCACHE="$cache/go/mod" GOCACHE="$cache/go/build" GOFLAGS="-modcacherw -buildvcs=false -trimpath"
export CGO_ENABLED=0 GOWORK=off
