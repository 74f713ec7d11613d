#!/usr/bin/env python3
"""Runs one command of docs/measured/commands.txt and keeps of its results what pages can quote.

    tests/docs/measure.py BUILD_DIRECTORY NAME

Writes BUILD_DIRECTORY/measured/NAME.json, in which the slashes of NAME nest: of a run or an analysis the steps of its alarms
and events, and the BLAS kernels that it was made with.
"""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COMMANDS = REPOSITORY / "docs" / "measured" / "commands.txt"


def commands() -> dict:
    """Arguments of premelt by name."""
    return dict(line.split(None, 1) for line in COMMANDS.read_text(encoding="utf-8").splitlines() if line)


def reduce_events(result: dict) -> dict:
    return {"alarms": [event["step"] for event in result["events"] if event["kind"] == "alarm"],
            "events": {event["name"]: event["step"] for event in result["events"] if event["kind"] == "event"}}


def kernel(program: Path) -> str:
    """Of `premelt --version`: its line `kernel NAME, 1 thread(s)`."""
    version = subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return next(line for line in version.splitlines() if line.startswith("kernel ")).split()[1].rstrip(",")


def measure(name: str, build: Path) -> dict:
    """What the command gave, and what it was made with. Raises CalledProcessError where it fails."""
    directory = build / "measured" / "work" / name
    shutil.rmtree(directory, ignore_errors=True)
    done = subprocess.run([build / "premelt", *shlex.split(commands()[name]), "--out", directory, "--json"], cwd=REPOSITORY,
                          check=True, stdout=subprocess.PIPE)
    return reduce_events(json.loads(done.stdout)) | {"kernel": kernel(build / "premelt")}


def main(build: Path, name: str) -> None:
    tree = measure(name, build)
    for part in reversed(name.split("/")):
        tree = {part: tree}
    (build / "measured" / f"{name.replace('/', '-')}.json").write_text(json.dumps(tree, indent=1) + "\n")
    print(f"{name}: measured")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
