#!/usr/bin/python3
"""check_pages.py finds what is wrong with a bad page, and nothing in a good one."""

import pathlib
import subprocess
import sys
import tempfile

CHECK = pathlib.Path(__file__).parent / "check_pages.py"
GOOD = "<!doctype html><title>good</title><p>text</p>"
BAD = """<!doctype html><title>bad</title>
<p class="wordmark">premelt</p><button id="theme">dark</button>
<section data-chart="losses"><div class="plot">nothing</div></section>
<div style="width: 5000px">wide</div>
<img src="http://127.0.0.1:9/picture.png">
<span class="save"><button aria-label="save as SVG"></button><button aria-label="save as PNG"></button></span>
<script>undefinedFunction()</script>"""
EXPECTED = ["px wider than the window", "the chart 'losses' is empty", "undefinedFunction is not defined",
            "requests http://127.0.0.1:9/picture.png", "dark does not follow the system", "no SVG file is saved"]


def check(folder, text):
    page = pathlib.Path(folder) / "page.html"
    page.write_text(text)
    return subprocess.run([CHECK, "--patience", "2", folder], capture_output=True, text=True, check=False)


def main():
    with tempfile.TemporaryDirectory() as folder:
        good = check(folder, GOOD)
        if good.returncode == 77:
            print(good.stdout, end="")
            return 77
        bad = check(folder, BAD)
    missed = [words for words in EXPECTED if words not in bad.stdout]
    print(good.stdout, bad.stdout, bad.stderr)
    if good.returncode != 0 or bad.returncode != 1 or missed:
        print("missed:", missed)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
