#!/bin/sh
# usage: make_pages.sh PROGRAM DIRECTORY NPM_DIRECTORY: one page of each kind the program writes, for check_pages.py,
# and axe-core, which looks for what shuts readers out.
set -eu
if [ ! -x /usr/bin/chromedriver ]; then
  echo "left out: without Chromium nobody will look at the pages"
  [ -z "${PREMELT_FULL:-}" ] || exit 1
  exit 77
fi
program=$1
mkdir -p "$3"
here=$(dirname "$0")
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$3"
(cd "$3" && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline > /dev/null)
rm -rf "$2"
mkdir -p "$2"
cd "$2"
"$program" run deep-linear --quiet --out deep-linear > /dev/null
"$program" run deep-linear --seed 2 --steps 1500 --quiet --out second > /dev/null
"$program" report deep-linear second > /dev/null
rm second/report.html deep-linear/report.html  # a run's page by itself: that of induction and others
"$program" run induction --quiet --out induction > /dev/null
"$program" run grokking --quiet --out grokking > /dev/null
"$program" analyze deep-linear/losses.npy --out analyze > /dev/null
"$program" compare deep-linear --at 0:480:160 --window 20 --draws 4000 --out compare --json > /dev/null
"$program" sweep pitchfork --seeds 200..203 --controls 4 --quiet --out sweep > /dev/null
