#!/usr/bin/env bash
# Replays the corpus of every fuzz target: replay.sh BUILD_DIRECTORY TARGET ...
set -euo pipefail
build=$1
shift
for target in "$@"; do
  "$build/fuzz_$target" "$(dirname "$0")/corpus/$target" || { echo "fuzz_$target does not survive the last input above" >&2; exit 1; }
done
