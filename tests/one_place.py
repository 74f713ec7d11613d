#!/usr/bin/env python3
"""A detector, a measurement and a sampler each stand in one place.

    tests/one_place.py [--root DIR]

Reads the names from the tables in rdm/ and counts the source files under engine, rdm, models and cli in which each stands as a
literal: the table's own file and no other. What else a few of the names mean is listed below, with the reason.
"""

import argparse
import re
import sys
from pathlib import Path

# The table, and the line that a row begins with.
TABLES = {"rdm/scoring/detectors.cpp": r'^\s*\{"(\w+)",\s*Needs::', "rdm/scoring/measurement.cpp": r'^\s*\{+"(\w+)",\s*"',
          "rdm/proposition/sampler.cpp": r'^\s*\{"(\w+)", "'}
# Names that are also something else, in the files whose path begins so.
OTHERWISE = {
    **{signal: ("rdm/", "models/", "cli/") for signal in ("shc", "pr", "trace", "lambda1")},  # signals: columns of signals.csv
    "localisation": ("rdm/window/", "cli/commands/sweep_page.cpp", "cli/commands/comparison_json.cpp",
                     "rdm/proposition/sampler.cpp"),  # one of the curves drawn; the localisation γ of a Langevin chain
    **{norm: ("models/experiment/setting.hpp", "cli/runs/outside_detector")
       for norm in ("gradient_norm", "weight_norm")},  # columns of training.csv; keys of a line to a detector from outside
    "gaussian": ("models/settings/",),  # a distribution of inputs
    "first_passage": ("models/sweep/sweep_scores.cpp",),  # read in the reduction, where the level is known
}
FLOORS = ("engine", "rdm", "models", "cli")


def names(root: Path, table: str) -> list[str]:
    text = re.sub(r"\{\n\s*\"", '{"', (root / table).read_text(encoding="utf-8"))
    return re.findall(TABLES[table], text, re.MULTILINE)


def faults(root: Path) -> list[str]:
    sources = {str(file.relative_to(root)): file.read_text(encoding="utf-8")
               for floor in FLOORS for kind in ("*.hpp", "*.cpp") for file in sorted((root / floor).rglob(kind))}
    found = []
    for table in TABLES:
        listed = names(root, table)
        if not listed:
            found.append(f"{table}: no rows found; has the table moved?")
        for name in listed:
            others = [path for path, text in sources.items() if f'"{name}"' in text and path != table
                      and not path.startswith(OTHERWISE.get(name, ()))]
            found += [f'{path}: knows the name "{name}", whose one place is {table}' for path in others]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    found = faults(root)
    print("\n".join(found) or ", ".join(f"{len(names(root, table))} in {table}" for table in TABLES))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
