"""The last row of a run's signals.csv once more, from its losses.npy.

    /usr/bin/python3 tutorials/06_window/from_files.py RUN_DIR
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np

run = Path(sys.argv[1])
losses = np.load(run / "losses.npy")
window = json.loads((run / "run.json").read_text())["window"]

last = losses[-window:]
covariance = np.cov(last, rowvar=False, bias=True)
eigenvalues = np.linalg.eigvalsh(covariance)
shc, pr = eigenvalues.var(), eigenvalues.sum() ** 2 / (eigenvalues**2).sum()

with open(run / "signals.csv", newline="") as table:
    stored = list(csv.DictReader(table))[-1]
print(f"SHC {shc:.4e}, stored {float(stored['shc']):.4e}")
print(f"PR  {pr:.4f}, stored {float(stored['pr']):.4f}")
