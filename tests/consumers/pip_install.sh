#!/bin/sh
# `pip install` of the folder with premelt.py, without a network, and an import of what it installed.
#
#     tests/consumers/pip_install.sh FOLDER SCRATCH
#
# Exit code 77 (1 where PREMELT_FULL is set): pip, setuptools or NumPy are missing.
set -eu
folder=$1 scratch=$2
python=/usr/bin/python3  # Debian's, which the packages of ./dev belong to
[ -x "$python" ] || python=python3

if ! "$python" -c 'import setuptools, wheel, pip, numpy'; then
  echo "not tested: pip, setuptools, wheel and NumPy are needed"
  [ -z "${PREMELT_FULL:-}" ] || exit 1
  exit 77
fi
rm -rf "$scratch"
mkdir -p "$scratch"
cp -r "$folder" "$scratch/source"  # pip leaves its traces there
"$python" -m pip install --quiet --no-index --no-build-isolation --no-deps --target "$scratch/installed" "$scratch/source"
cd "$scratch"
PYTHONPATH="$scratch/installed" "$python" -c '
import premelt
assert premelt.__file__.startswith("'"$scratch"'/installed"), premelt.__file__
from importlib.metadata import version
assert version("premelt") == premelt.__version__, version("premelt")'
