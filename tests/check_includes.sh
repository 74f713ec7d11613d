#!/usr/bin/env bash
# Floors, ground first: engine <- rdm <- models <- cli, tutorials. An include may only point down.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2

bad=0
forbid() {  # forbid FLOOR UPPER...: no file of FLOOR may include from UPPER
  local floor=$1 upper
  shift
  for upper in "$@"; do
    if grep -rnE "#include [\"<]$upper/" "$floor" --include='*.hpp' --include='*.cpp'; then
      echo "  ^ $floor/ must not include from $upper/: includes point down only"
      bad=1
    fi
  done
}
forbid engine rdm models cli tutorials tests
forbid rdm models cli tutorials tests
forbid models cli tutorials tests
forbid cli tutorials tests
forbid tutorials cli tests

# cblas and LAPACKE stay in the BLAS room.
if grep -rnE '#include <(cblas|lapacke|openblas_config)' engine rdm models cli tutorials tests \
     --include='*.hpp' --include='*.cpp' | grep -v '^engine/blas'; then
  echo "  ^ only engine/blas* may include cblas or LAPACKE headers"
  bad=1
fi
[ $bad = 0 ] && echo "includes point down"
exit $bad
