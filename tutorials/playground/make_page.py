#!/usr/bin/env python3
"""Puts the playground into one HTML file: python3 make_page.py MODULE.wasm PAGE.html"""

import base64
import gzip
import sys
from pathlib import Path

SCRIPTS = ["texts.js", "engine.js", "charts.js", "state.js", "tally.js", "page.js", "game.js", "start.js"]
LARGEST = 1_500_000  # bytes: a page that is passed on by hand stays small


def page(module: Path) -> str:
    here = Path(__file__).parent
    packed = base64.b64encode(gzip.compress(module.read_bytes(), 9, mtime=0)).decode()
    scripts = [(here / name).read_text(encoding="utf-8") for name in SCRIPTS]
    script = "\n".join([*scripts[:-1], f"const MODULE = '{packed}';", scripts[-1]])
    text = (here / "page.html").read_text(encoding="utf-8")
    return text.replace("/*STYLE*/", (here / "playground.css").read_text(encoding="utf-8")).replace("/*SCRIPT*/", script)


if __name__ == "__main__":
    module, target = map(Path, sys.argv[1:])
    text = page(module)
    if len(text.encode()) > LARGEST:
        sys.exit(f"{target}: {len(text.encode())} bytes, where the page has at most {LARGEST}")
    target.write_text(text, encoding="utf-8")
    print(target)
