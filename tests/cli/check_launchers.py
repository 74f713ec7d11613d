#!/usr/bin/env python3
"""The launch lines of docs/scale.md with workers killed by -9: the bytes of one process.

    tests/cli/check_launchers.py PREMELT

Launchers are started until nothing is missing; GNU parallel starts what was killed again by itself. Exit code: 0 all is well,
1 a difference, 77 mpirun or parallel is missing (1 where PREMELT_FULL is set).
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MISSING = 1 if os.environ.get("PREMELT_FULL") else 77  # the full check leaves nothing out
SWEEP = ("sweep pitchfork --seeds 200..207 --controls 6 --set window=50 --set probes=20 --steps 3000 "
         "--set sweep_steps=2500 --no-whitening --jobs 1 --quiet").split()
KILLS, STARTS = 5, 20


def descendants(process: int) -> list[int]:
    """Of a process, with their own."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found += [child, *descendants(child)]
    return found


def workers_of(launcher: int, program: Path) -> list[int]:
    found = []
    for process in descendants(launcher):
        try:
            if Path(f"/proc/{process}/exe").resolve() == program:
                found.append(process)
        except OSError:  # it has ended
            continue
    return found


def launch(command: list, directory: Path, program: Path, kills: int) -> int:
    """How many of its workers were killed. Its exit code says little: mpirun's is 0 when it recovers."""
    chance, killed = random.Random(kills), 0
    with subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as launcher:
        while launcher.poll() is None:
            workers = workers_of(launcher.pid, program)
            if killed < kills and workers:
                time.sleep(0.05)
                try:
                    os.kill(chance.choice(workers), signal.SIGKILL)
                    killed += 1
                except ProcessLookupError:  # it was faster
                    pass
            time.sleep(0.05)
    return killed


def check(name: str, command: list, directory: Path, program: Path) -> str:
    """What is wrong; empty: nothing."""
    left = KILLS
    for _ in range(STARTS):
        left -= launch(command, directory, program, min(left, 2))
        done = subprocess.run([program, *SWEEP, "--collect", "--out", name], cwd=directory, capture_output=True, text=True)
        if done.returncode == 0:
            break
        if done.returncode != 3 or "are missing" not in done.stderr:
            return f"{name}: --collect ended with {done.returncode}: {done.stderr}"
    else:
        return f"{name}: not finished after {STARTS} starts"
    if left == KILLS:
        return f"{name}: too fast for any worker to be killed"
    if (directory / name / "sweep.json").read_bytes() != (directory / "whole" / "sweep.json").read_bytes():
        return f"{name}: sweep.json is not that of one process"
    return ""


def main(program: Path) -> int:
    missing = [tool for tool in ("mpirun", "parallel") if shutil.which(tool) is None]
    if missing:
        print("missing:", *missing)
        return MISSING
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        subprocess.run([program, *SWEEP, "--out", "whole"], cwd=directory, check=True, stdout=subprocess.DEVNULL)
        part = [str(program), *SWEEP]
        mpi = ["mpirun", "--enable-recovery", "--oversubscribe", "-n", "4", *part, "--out", "mpirun"]
        if os.geteuid() == 0:
            mpi.insert(1, "--allow-run-as-root")
        parallel = ["parallel", "--retries", str(STARTS), "-j", "4", *part, "--out", "parallel", "--shard", "{}/4", ":::",
                    *"0123"]
        problems = [problem for problem in (check("mpirun", mpi, directory, program),
                                            check("parallel", parallel, directory, program)) if problem]
    print(*problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
