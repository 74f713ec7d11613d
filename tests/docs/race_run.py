#!/usr/bin/env python3
"""Runs the sweeps of docs/race/commands.txt and stores what they found, from which docs/race.md is made.

    tests/docs/race_run.py [--collect] [--program PREMELT] [--work DIRECTORY] [NAME...]

Of each sweep (all, unless named) docs/race/NAME.json is then the program's sweep.json, byte for byte, docs/race/times.json holds
its processor time in seconds, and costs.json what its detectors cost. The runs stay in DIRECTORY/NAME (build/race/NAME): a sweep that
was stopped is continued, one that is finished only scored again. Runs of two builds are never mixed, so that PREMELT
(build/release/premelt) has to stay the same until a sweep is finished: name a copy if it may be built anew meanwhile. With --collect
nothing is trained, and PREMELT may be another one: it scores what is there.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from race_store import COSTS, REPOSITORY, TIMES, commands, read, sweep_file, write


def timed(command: list) -> tuple:
    """Its exit code and its processor time in seconds."""
    process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    while True:
        try:
            _, status, usage = os.wait4(process.pid, 0)
            break
        except KeyboardInterrupt:  # which the program has got as well: it ends by itself
            pass
    process.returncode = code = os.waitstatus_to_exitcode(status)
    return code, usage.ru_utime + usage.ru_stime


def run(name: str, arguments: list, program: Path, work: Path) -> int:
    """Finishes one sweep and stores it. 0, or how the program ended."""
    directory = work / name
    runs, spent_file = directory / "runs", directory / "spent.json"
    spent, before = read(spent_file), len(list(runs.glob("*.json")))
    code, seconds = timed([program, *arguments, "--out", directory])
    if len(list(runs.glob("*.json"))) > before:  # to score again what is there costs nobody anything
        spent = {"processor_seconds": round(spent.get("processor_seconds", 0) + seconds)}
        write(spent_file, spent)
    if code != 0:
        print(f"{name}: premelt ended with {code}; what it has trained is in {directory}", flush=True)
        return code
    found = directory / "sweep.json"
    shutil.copyfile(found, sweep_file(name))
    if spent:  # unknown where something else has trained the runs
        write(TIMES, read(TIMES) | {name: spent["processor_seconds"]})
    write(COSTS, read(COSTS) | {name: read(directory / "costs.json")["cost_in_steps"]})
    print(f"{name}: stored, {found.stat().st_size / 1000:.0f} kB", flush=True)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=REPOSITORY / "build" / "release" / "premelt", metavar="PREMELT")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "build" / "race", metavar="DIRECTORY")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--collect", action="store_true", help="train nothing, score what is there")
    options = parser.parse_args()
    known = commands()
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"{', '.join(unknown)}: not in docs/race/commands.txt, which has {', '.join(known)}")
    failed = []
    for name in options.names or known:
        code = run(name, known[name] + ["--collect"] * options.collect, options.program.resolve(), options.work.resolve())
        failed += [name] * (code != 0)
        if code in (130, -2):  # Ctrl-C
            break
    if failed:
        print(f"not finished: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
