#!/usr/bin/python3
"""Prints the table behind docs/figures/iris.svg: step, mean loss and share of the top eigenvector of each species.

    docs/iris_story.py RUN_DIR
"""

import json
import sys
from pathlib import Path

import numpy as np

run = Path(sys.argv[1])
blocks = np.array(json.loads((run / "run.json").read_text())["probes"]["blocks"])
steps, losses, modes = (np.load(run / f"{name}.npy") for name in ("steps", "losses", "modes"))
window = len(losses) - len(modes) + 1
species = ["setosa", "versicolor", "virginica"]
print("# step", *(f"loss-{name}" for name in species), *(f"share-{name}" for name in species))
for row in range(0, len(modes), 5):
    t = row + window - 1
    means = [losses[t, blocks == name].mean() for name in species]
    shares = [(modes[row, 0, blocks == name] ** 2).sum() for name in species]
    print(steps[t], *(f"{number:.5f}" for number in means + shares))
