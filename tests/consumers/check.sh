#!/bin/sh
# Builds projects that watch their training with libpremelt, in C and C++, and runs them.
#
#     tests/consumers/check.sh installed|pkg-config|folder BUILD SCRATCH
#
# installed: find_package(premelt COMPONENTS monitor) on an installation made from the build directory BUILD; pkg-config: a C
# compiler and `pkg-config premelt`, nothing else; folder: add_subdirectory, which compiles the monitor anew and must take over
# neither our warnings nor our processor. The C and C++ programs must print the same. What is written goes to SCRATCH.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
how=$1 build=$2 scratch=$3
losses=$here/../golden/analyze_small.csv  # 90 recordings of 7 probes behind a line of names

rm -rf "$scratch"
mkdir -p "$scratch/project"
cp "$here/CMakeLists.txt" "$here/signals.c" "$here/signals.cpp" "$scratch/project"
[ "$how" = folder ] || cmake --install "$build" --component monitor --prefix "$scratch/installed" > "$scratch/install.txt"

with_cmake() {
  cmake -S "$scratch/project" -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release "$@" > "$scratch/configure.txt"
  cmake --build "$scratch/build" --parallel 2
}

case $how in
  installed)
    with_cmake -DCMAKE_PREFIX_PATH="$scratch/installed" ;;
  pkg-config)
    mkdir "$scratch/build"
    export PKG_CONFIG_PATH="$scratch/installed/lib/pkgconfig" LD_LIBRARY_PATH="$scratch/installed/lib"
    shown=$(nm -D --defined-only "$scratch/installed/lib/libpremelt.so" | awk '$3 !~ /^premelt_/')
    [ -z "$shown" ] || { echo "libpremelt shows more than premelt.h: $shown" >&2; exit 1; }
    flags=$(pkg-config --cflags --libs premelt)
    # shellcheck disable=SC2086  # several words
    cc -std=c99 -Wall -Wextra -Wpedantic -Werror -o "$scratch/build/signals_c" "$scratch/project/signals.c" $flags
    # shellcheck disable=SC2086
    c++ -std=c++20 -Wall -Wextra -Wpedantic -Werror -o "$scratch/build/signals_cpp" "$scratch/project/signals.cpp" $flags ;;
  folder)
    with_cmake -DPREMELT_FOLDER="$here/../.."
    ours=$(grep -E -o -e '-Wold-style-cast|-march=native' "$scratch/build/compile_commands.json" | sort -u || true)
    [ -z "$ours" ] || { echo "the project has taken over $ours" >&2; exit 1; }
    ours=$(grep 'rdm/window/monitor.cpp' "$scratch/build/compile_commands.json" | grep -e '-Werror' || true)
    [ -z "$ours" ] || { echo "warnings are errors in a folder of somebody else's: $ours" >&2; exit 1; }
    extra=$(find "$scratch/build/premelt" -name '*.a' -o -name 'premelt' -type f)
    [ -z "$extra" ] || { echo "built though nobody links it: $extra" >&2; exit 1; } ;;
  *)
    echo "installed, pkg-config or folder, not $how" >&2
    exit 2 ;;
esac

for program in signals_c signals_cpp; do
  tail -n +2 "$losses" | "$scratch/build/$program" 7 30 > "$scratch/$program.csv"
  [ "$(wc -l < "$scratch/$program.csv")" = 61 ] || { echo "$program: expected 61 full windows" >&2; exit 1; }
done
cmp "$scratch/signals_c.csv" "$scratch/signals_cpp.csv"
if echo 1,2,nan | "$scratch/build/signals_c" 3 2 2> "$scratch/refused.txt"; then
  echo "a loss that is no number was taken" >&2
  exit 1
fi
grep -q 'probe 2' "$scratch/refused.txt"
