#!/usr/bin/env python3
"""Runs one command of docs/measured/commands.txt and keeps of its results what pages can quote.

    tests/docs/measure.py BUILD_DIRECTORY NAME

Writes BUILD_DIRECTORY/measured/NAME.json, in which the slashes of NAME nest. Of a sweep, by event, window and detector: lead,
its band, detected, false alarms, whether these are more than 5 % can explain (`above`), AUC, alarms at the first recording, and
in how many runs SHC is earlier or later; the verdicts, the lags, what moves first, and alarms by trap. Of a run or an analysis: the steps of its alarms and events.
"""

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COMMANDS = REPOSITORY / "docs" / "measured" / "commands.txt"


def commands() -> dict:
    """Arguments of premelt by name."""
    return dict(line.split(None, 1) for line in COMMANDS.read_text(encoding="utf-8").splitlines() if line)


def put(tree: dict, *path_and_value) -> None:
    *path, last, value = path_and_value
    for name in path:
        tree = tree.setdefault(name, {})
    tree[last] = value


def reduce_sweep(scores: dict, directory: Path) -> dict:
    detectors, every = {}, scores["detectors"]
    traps = sorted({trap for one in every for trap in one.get("traps", {})})
    for one in every:
        place = one["event"], f"w{one['window']}", one["name"]
        if one["threshold"] is None:  # undefined: there is nothing to quote
            continue
        cell = {"lead": one["median_lead"], "detected": one["detection_rate"], "false_alarms": one["false_alarm_rate"],
                "above": one["false_alarm_interval"][0] > 0.05, "auc": one["auc"], "band": one["lead_band"],
                "first_recording_alarms": one["first_recording_alarms"]}
        if one.get("shc_minus_this"):
            cell |= {"shc_earlier": one["shc_minus_this"]["shc_earlier"], "shc_later": one["shc_minus_this"]["shc_later"]}
        put(detectors, *place, cell)
        for trap in traps:
            found = one.get("traps", {}).get(trap, {"runs": 0})
            put(detectors, "traps", *place, trap, found["alarms"] if found["runs"] else None)
    for lag in scores.get("lags", []):
        definition = lag["definition"].replace(" %", "").replace(" ", "_")
        put(detectors, "lags", lag["event"], f"w{lag['window']}", definition,
            {"steps": lag["median"], "first": lag["shc_first"], "chance": lag["chance"]})
    for order in scores["order"]:
        put(detectors, "first", order["event"], f"w{order['window']}", order["shares"])
    for event, found in scores["events"].items():
        if found["verdict"]:
            put(detectors, "verdict", event, {"champion": found["champion"], **found["verdict"]})
    rates = [one["false_alarm_rate"] for one in every if one["false_alarm_rate"] is not None]
    return detectors | {"kernel": scores["making"]["build"]["blas_kernel"], "mean_false_alarms": sum(rates) / len(rates),
                        "most_false_alarms": max(rates),
                        "runs": len(list((directory / "runs").glob("*.json"))), "statistics": len({one["name"] for one in every})}


def reduce_events(result: dict) -> dict:
    return {"alarms": [event["step"] for event in result["events"] if event["kind"] == "alarm"],
            "events": {event["name"]: event["step"] for event in result["events"] if event["kind"] == "event"}}


def measure(name: str, build: Path) -> dict:
    """What the command gave, and what it was made with. Raises CalledProcessError where it fails."""
    directory = build / "measured" / "work" / name
    shutil.rmtree(directory, ignore_errors=True)
    arguments = shlex.split(commands()[name])
    done = subprocess.run([build / "premelt", *arguments, "--out", directory, "--json"], cwd=REPOSITORY, check=True,
                          stdout=subprocess.PIPE)
    if arguments[0] == "sweep":
        return reduce_sweep(json.loads((directory / "sweep.json").read_text()), directory)
    return reduce_events(json.loads(done.stdout))


def main(build: Path, name: str) -> None:
    tree = {}
    put(tree, *name.split("/"), measure(name, build))
    (build / "measured" / f"{name.replace('/', '-')}.json").write_text(json.dumps(tree, indent=1) + "\n")
    print(f"{name}: measured")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
