#!/usr/bin/env python3
"""Checks that every test which docs/faults.md or docs/cli.md names exists.

    tests/docs/check_faults.py BUILD_DIRECTORY PAGE.md

A row's last cell holds one or more `program "name"`: a Catch2 program of BUILD_DIRECTORY and one of its test cases (a trailing `*`
stands for any ending), or `ctest "name"`, a test of ctest itself. A cell `by reading` says that no test can tell.
"""

import fnmatch
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMED = re.compile(r'`(test_\w+|ctest) "([^"]+)"`')


@cache
def tests_of(program: str, build: Path) -> list[str]:
    if program == "ctest":
        listed = subprocess.run(["ctest", "-N"], cwd=build, capture_output=True, text=True, check=True).stdout
        return re.findall(r"Test +#\d+: (.+)", listed)
    # Catch2 v2 ends --list-test-names-only with the number of tests as its exit code.
    return subprocess.run([build / program, "--list-test-names-only"], capture_output=True, text=True).stdout.splitlines()


def main(build: Path, page: Path) -> int:
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and not line.endswith(" | test |")]
    complaints = []
    for row in rows:
        cell = row.rsplit(" | ", 1)[-1]
        named = NAMED.findall(cell)
        if not named and cell != "by reading |":
            complaints.append(f"names no test: {row}")
        complaints += [
            f'no test `{program} "{name}"`: {row}'
            for program, name in named
            if not any(fnmatch.fnmatchcase(test, name.replace("[", "[[]")) for test in tests_of(program, build))
        ]
    if not rows:
        complaints.append(f"{page}: no rows")
    print("\n".join(complaints) or f"{len(rows)} rows, each with a test that exists")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
