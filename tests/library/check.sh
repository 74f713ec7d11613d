#!/bin/sh
# Builds a project that uses premelt as a library, and runs its program.
#
#     tests/library/check.sh installed|folder BUILD SCRATCH
#
# installed: installs from the build directory BUILD and finds the package there; folder: adds this repository with
# add_subdirectory, which compiles the engine anew; there the program with a setting of its own is compiled but not linked, since all of
# premelt would have to be. What is written goes to SCRATCH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
how=$1 build=$2 scratch=$3

rm -rf "$scratch"
mkdir -p "$scratch/project"
cp "$here/CMakeLists.txt" "$here/../../docs/examples/xor.cpp" "$here/../../docs/examples/phase_retrieval.cpp" "$scratch/project"
case $how in
  installed)
    cmake --install "$build" --component library --prefix "$scratch/installed" > /dev/null
    cmake -S "$scratch/project" -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" \
          -DCMAKE_PREFIX_PATH="$scratch/installed" ;;
  folder)
    cmake -G Ninja -S "$scratch/project" -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release -DPREMELT_FOLDER="$here/../.." ;;
  *)
    echo "installed or folder, not $how" >&2
    exit 2 ;;
esac
own=retrieval
[ "$how" = installed ] || own=CMakeFiles/retrieval.dir/phase_retrieval.cpp.o
cmake --build "$scratch/build" --parallel 2 --target xor "$own"
"$scratch/build/xor" | tee "$scratch/output.txt"
printf '{{ 0.},\n { 1.},\n { 1.},\n { 0.}}\n' > "$scratch/expected.txt"
cmp "$scratch/output.txt" "$scratch/expected.txt"
if [ "$how" = installed ]; then
  cd "$scratch"
  build/retrieval run phase-retrieval --steps 60 --quiet > /dev/null
  [ -s runs/phase-retrieval-seed1/report.html ]
fi
