#!/usr/bin/env bash
# Runs a lesson's program and compares what it prints with expected.txt: words exactly, numbers to 2 %.
set -euo pipefail
"$1" | awk -v expected="$2" '
  function number(text) { return text ~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/ }
  function differs(found, wanted,   scale) {
    if (!number(found) || !number(wanted)) return found != wanted
    scale = wanted < 0 ? -wanted : wanted
    return !(found - wanted <= 0.02 * scale && wanted - found <= 0.02 * scale)
  }
  {
    if ((getline line < expected) <= 0) { print "line " NR " is one too many: " $0; bad = 1; exit }
    count = split(line, wanted)
    same = count == NF
    for (i = 1; same && i <= NF; ++i) if (differs($i, wanted[i])) same = 0
    if (!same) { print "line " NR "\n  found    " $0 "\n  expected " line; bad = 1 }
  }
  END {
    if (!bad && (getline line < expected) > 0) { print "missing: " line; bad = 1 }
    if (!bad) print NR " lines as expected"
    exit bad
  }'
