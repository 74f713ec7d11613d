#!/bin/sh
# usage: make_pages.sh PROGRAM DIRECTORY: one page of each kind the program writes, for check_pages.py.
set -eu
if [ ! -x /usr/bin/chromedriver ]; then
  echo "left out: without Chromium nobody will look at the pages"
  [ -z "${PREMELT_FULL:-}" ] || exit 1
  exit 77
fi
program=$1
rm -rf "$2"
mkdir -p "$2"
cd "$2"
"$program" run deep-linear --quiet --out deep-linear > /dev/null
"$program" run induction --quiet --out induction > /dev/null
"$program" run grokking --quiet --out grokking > /dev/null
"$program" analyze deep-linear/losses.npy --out analyze > /dev/null
"$program" compare deep-linear --at 0:480:160 --window 20 --draws 4000 --out compare --json > /dev/null
"$program" sweep pitchfork --seeds 200..203 --controls 4 --quiet --out sweep > /dev/null
