"""The stored sweeps: docs/race/NAME.json is the sweep.json of the command of that name in docs/race/commands.txt.

tests/docs/race_run.py writes them; what reads them trusts them, because tests/docs/race_spot.py trains a few of their runs anew."""

import json
import shlex
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
STORE = REPOSITORY / "docs" / "race"
TIMES = STORE / "times.json"
COSTS = STORE / "costs.json"


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def write(file: Path, tree: dict) -> None:
    """One line an entry, sorted; whole or not at all."""
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(tree[name])}" for name in sorted(tree))
    part = file.with_suffix(".part")
    part.write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    part.replace(file)


def command_lines() -> dict:
    """Arguments of premelt, as one line, by name of the sweep, in the order of the page."""
    lines = (STORE / "commands.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(None, 1) for line in lines)


def commands() -> dict:
    return {name: shlex.split(arguments) for name, arguments in command_lines().items()}


def sweep_file(name: str) -> Path:
    return STORE / f"{name}.json"


def sweeps() -> dict:
    """What is stored, by name, in the order of the page; with what each detector cost where the sweep was scored last."""
    stored, costs = {name: read(sweep_file(name)) for name in commands() if sweep_file(name).exists()}, read(COSTS)
    for name, sweep in stored.items():
        for one in sweep["detectors"]:
            one["cost_in_steps"] = costs.get(name, {}).get(str(one["window"]), {}).get(one["name"])
    return stored


def complaints() -> list:
    """Stored sweeps that are not what their commands say, by what can be told without training."""
    wrong = []
    for name, arguments in commands().items():
        stored = read(sweep_file(name))
        if not stored:
            continue
        seeds = [int(end) for end in arguments[arguments.index("--seeds") + 1].split("..")]
        controls = int(arguments[arguments.index("--controls") + 1])
        if (stored["seeds"], stored["controls"]) != (seeds, controls):
            wrong.append(f"docs/race/{name}.json: has seeds {stored['seeds']} and {stored['controls']} controls; commands.txt asks "
                         f"for {seeds} and {controls}: tests/docs/race_run.py {name}")
    return wrong


def put(tree: dict, *path_and_value) -> None:
    *path, last, value = path_and_value
    for name in path:
        tree = tree.setdefault(name, {})
    tree[last] = value


def defined(detector: dict) -> bool:
    return detector["threshold"] is not None


def above(detector: dict) -> bool:
    """More false alarms than 5 % can explain."""
    return defined(detector) and detector["false_alarm_interval"][0] > 0.05


def numbers(sweep: dict) -> dict:
    """What pages quote of a sweep. By event, window and detector: lead, its band, detected, false alarms, whether these are more
    than 5 % can explain (`above`), AUC, alarms at the first recording, and in how many runs SHC is earlier or later; the verdicts,
    the lags, what moves first, and alarms by trap. `null` where a detector is undefined."""
    found, every = {}, sweep["detectors"]
    traps = sorted({trap for one in every for trap in one.get("traps", {})})
    for one in every:
        place = one["event"], f"w{one['window']}", one["name"]
        cell = {"lead": one["median_lead"], "detected": one["detection_rate"], "false_alarms": one["false_alarm_rate"],
                "above": above(one), "auc": one["auc"], "band": one["lead_band"], "share": one["lead_share"],
                "first_recording_alarms": one["first_recording_alarms"] if defined(one) else None}
        if one.get("shc_minus_this"):
            cell |= {"shc_earlier": one["shc_minus_this"]["shc_earlier"], "shc_later": one["shc_minus_this"]["shc_later"]}
        put(found, *place, cell)
        for trap in traps:
            count = one.get("traps", {}).get(trap, {"runs": 0})
            put(found, "traps", *place, trap, count["alarms"] if defined(one) and count["runs"] else None)
    for lag in sweep.get("lags", []):
        definition = lag["definition"].replace(" %", "").replace(" ", "_")
        put(found, "lags", lag["event"], f"w{lag['window']}", definition,
            {"steps": lag["median"], "first": lag["shc_first"], "chance": lag["chance"]})
    for order in sweep["order"]:
        put(found, "first", order["event"], f"w{order['window']}", order["shares"])
    for event, one in sweep["events"].items():
        if one["verdict"]:
            put(found, "verdict", event, {"champion": one["champion"], **one["verdict"]})
    rates = [one["false_alarm_rate"] for one in every if defined(one)]
    return found | {"kernel": sweep["making"]["build"]["blas_kernel"],
                    "mean_false_alarms": sum(rates) / len(rates) if rates else None,
                    "most_false_alarms": max(rates, default=None), "runs": sweep["runs"],
                    "statistics": len({one["name"] for one in sweep["detectors"] if one["available"]})}


def all_numbers() -> dict:
    """What pages quote, by name of the sweep."""
    return {name: numbers(sweep) for name, sweep in sweeps().items()}
