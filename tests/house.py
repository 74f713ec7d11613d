#!/usr/bin/env python3
"""The plan of the house: which rooms there are, and that includes point down.

    tests/house.py [--check] [--draw] [--root DIR]

--check (the default): every source file stands in a room; a file includes only from its own room or from rooms below; no headers
include each other in a circle; only engine/linalg talks to BLAS and LAPACK; a setting is known to its file and the registry alone; no room holds more than MOST_UNITS units, no file, tests
and tutorials included, more than MOST_LINES lines; the picture in docs/figures is the one that the includes give. --draw makes that picture (with Graphviz).
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

# Floors and rooms, ground first.
PLAN = {
    "engine": ["tensor", "io", "linalg", "kernels", "tape", "ops", "gradient", "train", "nn"],
    "rdm": ["window", "io", "samplers", "proposition", "scoring", "clients"],
    "models": ["experiment", "tasks", "networks", "settings", "sweep"],
    "cli": ["help", "terminal", "report", "runs", "commands", "program", "main.cpp"],
}
ROOMS = [f"{floor}/{room}" for floor, rooms in PLAN.items() for room in rooms]
MOST_UNITS = 15
MOST_LINES = 400
BESIDE = ["tests", "tutorials"]  # code outside the house, which keeps its measure
PICTURE = "docs/figures/rooms"


def room_of(path: str) -> str:
    return "/".join(path.split("/")[:2])


def sources(root: Path, folders: Iterable[str] = PLAN, kinds: Iterable[str] = ("*.hpp", "*.cpp")) -> dict[str, str]:
    """The text of each source file of the house, by its path."""
    found = (file for folder in folders for kind in kinds for file in (root / folder).rglob(kind))
    return {str(file.relative_to(root)): file.read_text(encoding="utf-8") for file in sorted(found)}


def includes(text: str) -> list[str]:
    return re.findall(r'^\s*#include "([^"]+)"', text, re.MULTILINE)


def outside(files: dict[str, str]) -> list[str]:
    return [f"{path}: stands in no room of the plan (tests/house.py)" for path in files if room_of(path) not in ROOMS]


def upward(files: dict[str, str]) -> list[str]:
    faults = []
    for path, text in files.items():
        for included in includes(text):
            to = room_of(included)
            if to not in ROOMS:
                faults.append(f"{path}: includes {included}, which is in no room below")
            elif room_of(path) in ROOMS and ROOMS.index(to) > ROOMS.index(room_of(path)):
                faults.append(f"{path}: includes {included}: {to} is above {room_of(path)}; includes point down only")
    return faults


def circles(files: dict[str, str]) -> list[str]:
    """Headers that include each other, each circle once."""
    state, faults = {}, []

    def visit(path: str, trail: list[str]) -> None:
        if state.get(path) == "done" or path not in files:
            return
        if state.get(path) == "open":
            faults.append("includes go in a circle: " + " -> ".join(trail[trail.index(path):] + [path]))
            return
        state[path] = "open"
        for included in includes(files[path]):
            visit(included, trail + [path])
        state[path] = "done"

    for path in files:
        if path.endswith(".hpp"):
            visit(path, [])
    return faults


def strangers(files: dict[str, str]) -> list[str]:
    return [f"{path}: only engine/linalg includes cblas, LAPACKE or openblas headers" for path, text in files.items()
            if room_of(path) != "engine/linalg" and re.search(r"#include <(cblas|lapacke|openblas_config)", text)]


def scattered(files: dict[str, str]) -> list[str]:
    """Settings known outside their own unit and the registry: adding one takes one file and one line."""
    faults = []
    for path, text in files.items():
        if not path.startswith("models/settings/") or not path.endswith(".cpp"):
            continue
        own = {path, path.replace(".cpp", ".hpp")}
        for name in re.findall(r"^Setting (\w+)_setting\(\) {", text, re.MULTILINE):
            called = re.compile(rf"\b{name}_setting\b")
            literal = '"' + name.replace("_", "-") + '"'
            places = {other for other, code in files.items() if called.search(code)
                      or (not other.startswith("models/settings/") and literal in re.sub("//.*", "", code))}
            faults += [f"{other}: knows the setting {name}, which only {path} and the registry should"
                       for other in sorted(places - own - {"models/settings/registry.cpp"})]
            if "models/settings/registry.cpp" not in places:
                faults.append(f"{path}: the setting {name} is not in the registry")
    return faults


def crowded(files: dict[str, str]) -> list[str]:
    units: dict[str, set[str]] = {}
    for path in files:
        folder, name = path.rsplit("/", 1)
        units.setdefault(folder, set()).add(name.rsplit(".", 1)[0])
    return [f"{folder}: {len(names)} units, where a room holds at most {MOST_UNITS}" for folder, names in units.items()
            if len(names) > MOST_UNITS]


def lengthy(files: dict[str, str]) -> list[str]:
    return [f"{path}: {lines} lines, where a file has at most {MOST_LINES}" for path, text in files.items()
            if (lines := text.count("\n")) > MOST_LINES]


def arrows(files: dict[str, str]) -> list[tuple[str, str]]:
    """Room to room, without the arrows that others imply."""
    direct = {(room_of(path), room_of(included)) for path, text in files.items() for included in includes(text)}
    below: dict[str, set[str]] = {room: {b for a, b in direct if a == room and b != room} for room in ROOMS}

    def reached(room: str) -> set[str]:
        return set().union(*({to} | reached(to) for to in below[room])) if below[room] else set()

    return [(room, to) for room in ROOMS for to in sorted(below[room])
            if not any(to in reached(other) for other in below[room] - {to})]


def dot(files: dict[str, str]) -> str:
    lines = ["// Made by tests/house.py --draw: who includes whom.", "digraph rooms {", '  rankdir="TB"; newrank=true;',
             '  node [shape=box, style="rounded,filled", fillcolor="#f4efe6", fontname="sans-serif", fontsize=11];',
             '  edge [color="#7a6a55", arrowsize=0.6];', '  graph [fontname="sans-serif", fontsize=13];']
    for floor, rooms in PLAN.items():
        lines.append(f'  subgraph "cluster_{floor}" {{ label="{floor}"; style="rounded"; color="#c8b99c";')
        lines += [f'    "{floor}/{room}" [label="{room}"];' for room in rooms]
        lines.append("  }")
    lines += [f'  "{a}" -> "{b}";' for a, b in arrows(files)]
    return "\n".join(lines) + "\n}\n"


def undrawn(root: Path, files: dict[str, str]) -> list[str]:
    stored = root / f"{PICTURE}.dot"
    if stored.exists() and stored.read_text(encoding="utf-8") == dot(files):
        return []
    return [f"{PICTURE}.dot: is not what the includes give; draw it again with tests/house.py --draw"]


def check(root: Path) -> list[str]:
    files = sources(root)
    faults = [fault for rule in (outside, upward, circles, strangers, scattered, crowded) for fault in rule(files)]
    faults += lengthy(files | sources(root, BESIDE, ("*.hpp", "*.cpp", "*.py", "*.sh")))
    return faults or undrawn(root, files)


def draw(root: Path) -> None:
    (root / f"{PICTURE}.dot").write_text(dot(sources(root)), encoding="utf-8")
    subprocess.run(["dot", "-Tsvg", "-o", f"{PICTURE}.svg", f"{PICTURE}.dot"], cwd=root, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--draw", action="store_true")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    options = parser.parse_args()
    if options.draw:
        draw(options.root)
        return 0
    faults = check(options.root)
    print("\n".join(faults) or "every file has its room, and includes point down")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
