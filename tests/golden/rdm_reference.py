#!/usr/bin/env python3
"""Writes rdm_reference.json: loss matrices and the signals of their windows, computed straight from the definitions.

Run it from anywhere: python3 tests/golden/rdm_reference.py (NumPy is all it needs).
"""

import json
import pathlib

import numpy as np


def detrended(rows, detrend):
    """Rows (M,n) with the column means, the least-squares lines or the mean differences removed."""
    if detrend == "diff":
        rows = np.diff(rows, axis=0)
    degree = 1 if detrend == "linear" else 0
    basis = np.vander(np.arange(len(rows)), degree + 1)
    return rows - basis @ np.linalg.lstsq(basis, rows, rcond=None)[0]


def signals(covariance):
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[::-1], vectors[:, ::-1]
    mode = vectors[:, 0] * np.sign(vectors[np.argmax(np.abs(vectors[:, 0])), 0])
    return {
        "shc": np.mean(values**2) - np.mean(values) ** 2,
        "pr": np.sum(values) ** 2 / np.sum(values**2),
        "trace": np.trace(covariance),
        "lambda1": values[0],
        "lambda2": values[1],
        "mode1": mode.tolist(),
    }


def make_losses(rng, recordings, probes):
    """Noise of unequal size, a drift, and one shared sigmoid drop: no two eigenvalues are close."""
    time = np.arange(recordings)[:, None]
    drop = -rng.uniform(0.5, 1.5, probes) / (1 + np.exp(-(time - recordings / 2) / 3))
    drift = 0.01 * rng.normal(size=probes) * time
    return 2 + drop + drift + rng.normal(size=(recordings, probes)) * rng.uniform(0.01, 0.3, probes)


def main():
    rng = np.random.default_rng(2603)
    cases = []
    for recordings, probes, window in [(20, 3, 8), (16, 10, 5), (18, 6, 6), (12, 8, 12)]:
        losses = make_losses(rng, recordings, probes)
        windows = []
        for last in sorted({window - 1, window + (recordings - window) // 2 - 1, recordings - 1}):
            for detrend in ("none", "linear", "diff"):
                x = detrended(losses[last - window + 1 : last + 1], detrend)
                windows.append({"last": last, "detrend": detrend, **signals(x.T @ x / len(x))})
        cases.append(
            {
                "window": window,
                "losses": losses.tolist(),
                "windows": windows,
                "sample": signals(np.cov(losses, rowvar=False)),
            }
        )
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
