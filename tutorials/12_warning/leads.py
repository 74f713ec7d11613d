"""The leads of a run's alarms: each alarm counts for the first event after it.

    /usr/bin/python3 tutorials/12_warning/leads.py RUN_DIR
"""

import json
import sys
from pathlib import Path

events = json.loads((Path(sys.argv[1]) / "events.json").read_text())
alarms = [event["step"] for event in events if event["kind"] == "alarm"]
halves = {event["name"]: event["step"] for event in events if event["name"].endswith("_50")}

used = set()
for name, half in halves.items():
    before = [step for step in alarms if step <= half and step not in used]
    used.update(before)
    print(f"{name}: half-way at {half}, last alarm {before[-1]}, lead {half - before[-1]}" if before else f"{name}: no alarm")
print(f"alarms in all: {len(alarms)}")
