#!/usr/bin/env bash
# Builds the site: README, docs, tutorials and the API reference, searchable and complete without a network.
# Usage: docs/site/build.sh [OUTPUT], by default build/docs
set -euo pipefail
cd "$(dirname "$0")/../.."
output=$(realpath -m "${1:-build/docs}")
work=$output-work
export PREMELT_DOXYGEN_OUTPUT=$work/doxygen

# The pages with everything they link to, and for each room of the house a page of its headers: first what everybody meets first.
stage_pages() {
  local entry room header first="engine/tensor engine/tape engine/ops" rooms
  rooms=$(PYTHONPATH=tests python3 -B -c 'import house; print(*house.ROOMS)')
  local shown="briefdescription detaileddescription innernamespace innerclass enum typedef var func user-defined"
  shown="$shown public-type public-attrib public-static-attrib public-func public-static-func"
  shown="$shown protected-type protected-attrib protected-func"
  for entry in *; do
    case $entry in build | runs) ;; *) ln -s "$PWD/$entry" "$work/pages/$entry" ;; esac
  done
  printf 'API reference\n=============\n\n.. toctree::\n   :maxdepth: 1\n\n' >"$work/pages/api/index.rst"
  for room in $(printf '%s\n' $first $rooms | awk '!seen[$0]++' | grep -v '^cli/'); do
    printf '   %s\n' "${room/\//-}" >>"$work/pages/api/index.rst"
    {
      printf '%s\n%s\n' "$room" "${room//?/=}"
      find "$room" -name '*.hpp' | LC_ALL=C sort | while read -r header; do
        printf '\n%s\n%s\n\n.. doxygenfile:: %s\n   :sections: %s\n' "$header" "${header//?/-}" "$header" "$shown"
      done
    } >"$work/pages/api/${room/\//-}.rst"
  done
}

# Our style, and KaTeX with its fonts.
stage_static() {
  cp docs/site/{conf.py,search.js} "$work/"
  cp docs/site/style.css "$work/_static/"
  cp -rL /usr/share/javascript/katex "$work/_static/katex"
  cat "$work"/_static/katex/{katex.js,contrib/auto-render.js} docs/site/math.js >"$work/_static/math.js"
}

# Every header speaks of the same namespace, which Sphinx takes for a mistake; every other complaint is one.
make_site() {
  sphinx-build -q -j auto -c "$work" -w "$work/warnings" "$work/pages" "$output" 2>/dev/null || {
    cat "$work/warnings"
    return 1
  }
  if grep 'WARNING\|ERROR' "$work/warnings" | grep -v 'Duplicate C++ declaration\|Duplicate explicit target'; then
    echo "docs/site: the complaints above have to be mended" >&2
    return 1
  fi
  cp "$output/README.html" "$output/index.html"
}

# Debian's build of the theme expects a web server for its base style and a bundler for its script, and has lost the rule
# that follows the reader's preference for dark pages.
mend_theme() {
  local css=$output/_static/styles/furo.css scripts=$output/_static/scripts dark
  grep -q '^@import url(/javascript' "$css" || return 0
  dark=$(sed -n '/^  body\[data-theme="dark"\] {/,/}/p' "$css" | sed 's/\[data-theme="dark"\]/:not([data-theme="light"])/')
  {
    cat /usr/share/javascript/normalize.css/normalize.css
    grep -v '^@import url(/javascript' "$css"
    printf '@media (prefers-color-scheme: dark) {\n%s\n}\n' "$dark"
  } >"$work/furo.css"
  { cat "$scripts/gumshoe-patched.js" && grep -v '^import Gumshoe' "$scripts/furo.js"; } >"$work/furo.js"
  mv "$work/furo.css" "$css"
  mv "$work/furo.js" "$scripts/furo.js"
}

rm -rf "$output" "$work"
mkdir -p "$work/pages/api" "$work/_static" "$PREMELT_DOXYGEN_OUTPUT"
stage_pages
stage_static
doxygen docs/site/Doxyfile
make_site
mend_theme
echo "$output/index.html"
