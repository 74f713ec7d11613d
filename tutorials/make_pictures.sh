#!/usr/bin/env bash
# Draws the pictures of the lessons again: the program's part `picture` prints a table, picture.gp plots it.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for script in tutorials/[0-9][0-9]*_*/picture.gp; do
  folder=$(dirname "$script")
  "build/release/tutorial_$(basename "$folder")" picture > "$scratch/picture.dat"
  gnuplot -e "table='$scratch/picture.dat'" cli/report/page/figures.gp "$script" > "$scratch/picture.svg"
  mv "$scratch/picture.svg" "$folder/picture.svg"
done
echo "the pictures of tutorials/ are up to date" >&2
