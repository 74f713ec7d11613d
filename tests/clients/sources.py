"""What the tests of premelt.py share: the files of the build, recordings, and every way to their signals.

BUILD in the environment names the build directory.
"""

import csv
import io
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD", REPOSITORY / "build" / "release"))
PROGRAM, LIBRARY = BUILD / "premelt", BUILD / "libpremelt.so"
os.environ.update(PREMELT_PROGRAM=str(PROGRAM), PREMELT_LIBRARY=str(LIBRARY))
sys.path.insert(0, str(REPOSITORY / "rdm" / "clients" / "python"))

import premelt  # noqa: E402


def recordings() -> dict[str, tuple[np.ndarray, int]]:
    """Losses (T,n) and a window: more probes than the window holds recordings, and fewer."""
    induction = np.load(REPOSITORY / "tests/data/pytorch_induction_losses.npy").astype(float)[40:140]
    small = np.loadtxt(REPOSITORY / "tests/golden/analyze_small.csv", delimiter=",", skiprows=1)
    return {"induction": (induction, 20), "small": (small, 30)}


def csv_text(losses: np.ndarray) -> str:
    return "".join(",".join(map(repr, map(float, row))) + "\n" for row in losses)


def run(command: list, text: str = "") -> str:
    done = subprocess.run(list(map(str, command)), input=text, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: exit code {done.returncode}: {done.stderr}")
    return done.stdout


def streamed(losses: np.ndarray, window: int) -> np.ndarray:
    """By `premelt watch`: a row of SIGNALS each full window."""
    lines = "".join(json.dumps({"step": t, "losses": row.tolist()}) + "\n" for t, row in enumerate(losses))
    answers = [json.loads(line) for line in run([PROGRAM, "watch", "-", "--quiet", "--window", window], lines).splitlines()]
    return np.array([[math.nan if answer[name] is None else answer[name] for name in premelt.SIGNALS]
                     for answer in answers[window - 1:]])


def from_file(losses: np.ndarray, window: int) -> np.ndarray:
    """By `premelt analyze`, out of signals.csv."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder, "losses.npy"), losses)
        run([PROGRAM, "analyze", Path(folder, "losses.npy"), "--window", window, "--out", Path(folder, "run")])
        signals = premelt.read_run(Path(folder, "run")).signals
    return np.column_stack([signals[name] for name in premelt.SIGNALS])


def by_consumer(program: str, losses: np.ndarray, window: int) -> np.ndarray:
    """By a program of tests/consumers."""
    text = run([BUILD / program, losses.shape[1], window], csv_text(losses))
    return np.array([[float(cell) for cell in row[1:]] for row in csv.reader(io.StringIO(text))])


def by_monitor(losses: np.ndarray, window: int) -> np.ndarray:
    """By premelt.Monitor, with whatever it finds."""
    monitor = premelt.Monitor(losses.shape[1], window)
    pushed = [monitor.push(t, row) for t, row in enumerate(losses)]
    monitor.close()
    return np.array([[signals[name] for name in premelt.SIGNALS] for signals in pushed if signals])


def by_library(losses: np.ndarray, window: int) -> np.ndarray:
    os.environ["PREMELT_LIBRARY"] = str(LIBRARY)
    return by_monitor(losses, window)


def by_pipe(losses: np.ndarray, window: int) -> np.ndarray:
    os.environ["PREMELT_LIBRARY"] = ""
    try:
        return by_monitor(losses, window)
    finally:
        os.environ["PREMELT_LIBRARY"] = str(LIBRARY)


def by_numpy(losses: np.ndarray, window: int) -> np.ndarray:
    """By the definitions: all n eigenvalues of the covariance of each window."""
    time = np.arange(window) - (window - 1) / 2
    rows = []
    for last in range(window, len(losses) + 1):
        row = []
        x = losses[last - window:last]
        centred = x - x.mean(axis=0)
        line = np.outer(time, time @ centred / (time @ time))
        for rest, mean in ((centred, x[-1].mean()), (centred - line, (centred - line)[-1].mean())):
            eigenvalues = np.linalg.eigvalsh(rest.T @ rest / window)
            row += [eigenvalues.var(), eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), eigenvalues.sum(), eigenvalues.max(), mean]
        rows.append(row)
    return np.array(rows)


WAYS = {"streamed": streamed, "file": from_file, "c": lambda *a: by_consumer("signals_c", *a),
        "cpp": lambda *a: by_consumer("signals_cpp", *a), "library": by_library, "pipe": by_pipe}
