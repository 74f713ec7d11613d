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

"$program" run deep-linear --set data=models/data/iris.csv --set targets=species --set optimiser=gd --quiet \
  --out "$scratch/iris" >/dev/null
/usr/bin/python3 docs/iris_story.py "$scratch/iris" > "$scratch/iris.dat"
gnuplot -e "table='$scratch/iris.dat'" cli/report/page/figures.gp docs/iris_story.gp > "$scratch/iris.svg"
mv "$scratch/iris.svg" docs/figures/iris.svg
echo "docs/figures is up to date" >&2
