#!/usr/bin/env python3
"""Is the walk of one probe loss in docs/architecture.md still the way that losses take through the code?

Each row of its table names a function, its file, and what the function hands the loss on through: the file has to define the
function, whose body has to hold that text. Prints what does not fit and exits 1."""

import re
import sys
from pathlib import Path

PAGE = "docs/architecture.md"
HEADING = "### The walk of one probe loss"
STOP = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|", re.MULTILINE)


def stops(page: str) -> list[tuple[str, str, str]]:
    """(function, file, text) of each row below the heading."""
    _, found, below = page.partition(HEADING)
    return STOP.findall(below.partition("\n## ")[0]) if found else []


def bodies(source: str, function: str) -> list[str]:
    """What stands between the braces of each definition of a function: its name, parentheses, perhaps const, then a brace."""
    found = []
    for match in re.finditer(re.escape(function) + r"\([^;{}]*\)(?: const)?(?: override)? \{", source):
        depth, end = 1, match.end()
        while depth and end < len(source):
            depth += {"{": 1, "}": -1}.get(source[end], 0)
            end += 1
        found.append(source[match.end():end])
    return found


def check(root: Path) -> list[str]:
    walk, faults = stops((root / PAGE).read_text(encoding="utf-8")), []
    if len(walk) < 5:
        faults.append(f"{PAGE}: the table below '{HEADING}' has {len(walk)} stops, expected the whole walk")
    for function, file, text in walk:
        if not (root / file).is_file():
            faults.append(f"{PAGE}: {function}: there is no {file}")
            continue
        found = bodies((root / file).read_text(encoding="utf-8"), function)
        if not found:
            faults.append(f"{PAGE}: {file} defines no {function}")
        elif not any(text in body for body in found):
            faults.append(f"{PAGE}: {function} in {file} no longer holds '{text}'")
    return faults


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    faults = check(root)
    print("\n".join(faults) or "the walk is the code's")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
