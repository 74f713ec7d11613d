#!/usr/bin/env python3
"""Writes statistics_reference.json: SciPy's answers for the statistics of scoring (NumPy and SciPy are all it needs)."""

import json
import pathlib

import numpy as np
from scipy import stats

rng = np.random.default_rng(5)
interval = lambda k, n: stats.binomtest(k, n).proportion_ci(0.95, "exact")
series = [rng.normal(size=40), np.arange(12.0), np.round(rng.normal(size=60), 1) + 0.02 * np.arange(60),
          -np.round(np.arange(30.0) / 7)]
pairs = [(rng.normal(0.8, 1, 30), rng.normal(size=25)), (np.round(rng.normal(1, 1, 20)), np.round(rng.normal(size=33)))]

reference = {
    "clopper_pearson": [[k, n, *map(float, interval(k, n))] for k, n in [(0, 20), (1, 20), (3, 30), (20, 20), (57, 400)]],
    "auc": [{"positives": p.tolist(), "negatives": q.tolist(),
             "auc": float(stats.mannwhitneyu(p, q).statistic / (len(p) * len(q)))} for p, q in pairs],
    "kendall_tau": [{"series": s.tolist(), "tau": float(stats.kendalltau(np.arange(len(s)), s).statistic)} for s in series],
    "quantile": [{"values": series[0].tolist(), "p": p, "quantile": float(np.quantile(series[0], p))} for p in (0, 0.25, 0.5, 0.77, 1)],
}
path = pathlib.Path(__file__).with_name("statistics_reference.json")
path.write_text(json.dumps(reference, indent=1) + "\n")
