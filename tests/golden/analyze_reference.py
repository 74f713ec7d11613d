"""What `premelt analyze` must print, recomputed with NumPy: SHC, PR and trace of full covariance matrices.

Run in the repository: python3 tests/golden/analyze_reference.py
Writes analyze_reference.json and the input analyze_small.csv beside this file.
"""

import json
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
data = here.parent / "data"


def signals(window):
    """SHC, PR and trace of one window (W,n), by the definitions: all n eigenvalues, divisor W."""
    x = window - window.mean(axis=0)
    eigenvalues = np.linalg.eigvalsh(x.T @ x / len(x))
    return [eigenvalues.var(), eigenvalues.sum() ** 2 / (eigenvalues**2).sum(), eigenvalues.sum()]


def linearly_detrended(window):
    t = np.arange(len(window)) - (len(window) - 1) / 2
    centred = window - window.mean(axis=0)
    return centred - np.outer(t, t @ centred / (t @ t))


def reference(file, losses, width, every):
    """Rows of signals.csv (0 = first full window) and what they must hold."""
    rows = []
    for row in range(0, len(losses) - width + 1, every):
        window = losses[row : row + width]
        rows.append([row] + signals(window) + signals(linearly_detrended(window)))
    return {"file": file, "window": width, "rows": rows}


rng = np.random.default_rng(0)
small = 2 + np.cumsum(rng.normal(size=(90, 7)), axis=0) * 0.1 + rng.normal(size=(90, 7))
np.savetxt(here / "analyze_small.csv", small, delimiter=",", fmt="%.17g", header="a,b,c,d,e,f,g", comments="")
small = np.loadtxt(here / "analyze_small.csv", delimiter=",", skiprows=1)

induction = np.load(data / "pytorch_induction_losses.npy").astype(float)
grokking = np.load(data / "pytorch_grokking_losses.npy").astype(float)
cases = [
    reference("data/pytorch_induction_losses.npy", induction, 20, 30),
    reference("data/pytorch_induction_losses.npy", induction, 80, 60),
    reference("data/pytorch_grokking_losses.npy", grokking, 20, 30),
    reference("golden/analyze_small.csv", small, 30, 5),
    reference("golden/analyze_small.csv", small, 4, 9),
]
text = json.dumps({"columns": ["row", "shc", "pr", "trace", "shc_detrended", "pr_detrended", "trace_detrended"],
                   "cases": cases}, indent=1)
(here / "analyze_reference.json").write_text(text + "\n")
