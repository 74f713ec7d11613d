#!/usr/bin/env python3
"""The fall of the mean loss over 40 recordings: premelt sweep ... --detector fall=docs/examples/fall_detector.py"""
import json
import sys

means = []
for line in sys.stdin:
    losses = json.loads(line)["losses"]
    means = means[-39:] + [sum(losses) / len(losses)]
    print(means[0] - means[-1] if len(means) == 40 else "null", flush=True)
