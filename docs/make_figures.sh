#!/usr/bin/env bash
# Regenerates the figures of the README and the docs with the program itself.
set -euo pipefail
cd "$(dirname "$0")/.."
program=build/release/premelt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

figures() {  # SETTING PREFIX [OPTION ...]: keeps shc, order and eigenvector
  local setting=$1 prefix=$2 name
  shift 2
  "$program" run "$setting" --quiet --out "$scratch/$prefix" "$@" >/dev/null
  "$program" report "$scratch/$prefix" --figures "$scratch/$prefix-figures" >/dev/null
  for name in shc pr order eigenvector; do
    cp "$scratch/$prefix-figures/$name.svg" "docs/figures/$prefix$name.svg"
  done
}

figures deep-linear ""
figures schematic schematic-
echo "docs/figures is up to date" >&2
