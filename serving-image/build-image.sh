#!/bin/sh
# Builds the serving image with docker, podman or buildah, whichever is there:
#   serving-image/build-image.sh [TAG]       such as registry.example.com/slipway-serving:0.1.0
#
# BUILDER    docker, podman or buildah (the first that is installed)
# NODE_BASE  image with Node 20 or newer and npm, on glibc (node:20-slim)
# CA_FILE    certificates that npm must trust to reach its registry (none); they are not left in the image
# BUILD_ARGS further arguments of the builder, such as "--network host"
set -eu
cd "$(dirname "$0")/.."

version=$(node -p 'require("./serving-image/package.json").version')
tag=${1:-slipway/serving:$version}
base=${NODE_BASE:-node:20-slim}
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)

builder=${BUILDER:-}
for each in docker podman buildah; do
  [ -n "$builder" ] || ! command -v "$each" >/dev/null || builder=$each
done
[ -n "$builder" ] || { echo "build-image: there is no docker, podman or buildah" >&2; exit 1; }

set -- --build-arg "NODE_BASE=$base" --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
  -f serving-image/Dockerfile -t "$tag"
[ -z "${CA_FILE:-}" ] || set -- "$@" --secret "id=ca,src=$CA_FILE"
case $builder in
  # Docker finds the list of what to leave out by itself. A chroot needs no rights that a build machine may lack.
  docker) set -- build "$@" ;;
  podman) set -- build --format docker --ignorefile serving-image/Dockerfile.dockerignore "$@" ;;
  buildah) set -- bud --format docker --isolation chroot --ignorefile serving-image/Dockerfile.dockerignore "$@" ;;
esac
# shellcheck disable=SC2086 # BUILD_ARGS is a list
"$builder" "$@" ${BUILD_ARGS:-} .
echo "built $tag"
