"""Tables of docs/race.md: how numbers, intervals and signs are shown, and which detectors are looked at."""

import csv
import io

from race_store import above, defined


def number(x, decimals: int = 0) -> str:
    if x is None:
        return "–"
    shown = f"{x:.{decimals}f}"
    return shown.replace("-", "−") if float(shown) != 0 else shown.lstrip("-")


def percent(x) -> str:
    return "–" if x is None else f"{number(100 * x)} %"


def span(interval: list, scale: float = 1) -> str:
    low, high = (number(scale * end) for end in interval)
    return f"{low} to {high}" if "−" in low + high else f"{low}–{high}"


def p_value(p) -> str:
    return "–" if p is None else f"{p:.1e}" if p < 0.001 else f"{p:.2g}"


def name_of(detector: str) -> str:
    """A name from outside may hold anything."""
    return "`" + detector.replace("`", "'").replace("|", "\\|") + "`"


def at_once(detector: dict) -> bool:
    """More than half of its alarms came at the first recording that could."""
    alarms = detector["detection_rate"] * len(detector["leads"])
    return detector["first_recording_alarms"] > alarms / 2


def signs(detector: dict) -> str:
    if not defined(detector):
        return "?"
    return ("§" if detector["name"] == "oracle" else "") + "‡" * above(detector) + "†" * at_once(detector)


def table(head: list, rows: list) -> list:
    return ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]


# ---- what is looked at ----

def own_window(sweep: dict) -> int:
    """The window whose verdict was fixed beforehand."""
    own = sweep["making"]["parameters"]["window"]
    return own if own in sweep["windows"] else sweep["windows"][0]


def seen(sweep: dict, event: str, window: int) -> list:
    return [one for one in sweep["detectors"] if (one["event"], one["window"]) == (event, window)]


def lead_of(detector: dict) -> float:
    return detector["median_lead"] if defined(detector) else -1.0


def by_lead(detectors: list) -> list:
    return sorted(detectors, key=lambda one: (-lead_of(one), one["name"]))


def best(detectors: list) -> list:
    """Those to be trusted, longest lead first."""
    return [one for one in by_lead(detectors) if defined(one) and not above(one) and one["name"] not in ("oracle", "clock")]


def chosen(detectors: list, champion, first: tuple, count: int) -> list:
    """Those named, the champion, and the best, up to a count; longest lead first."""
    names = [*first, champion, *(one["name"] for one in best(detectors))]
    kept = list(dict.fromkeys(name for name in names if any(one["name"] == name for one in detectors)))[:count]
    return by_lead([one for one in detectors if one["name"] in kept])


def events_of(sweep: dict) -> list:
    """Those that happened and were scored."""
    return [event for event in sweep["events"] if any(one["event"] == event for one in sweep["detectors"])]


def full_name(name: str, event: str, sweep: dict) -> str:
    return f"{name}, {event}" if len(sweep["events"]) > 1 else name


# ---- tables ----

def score_row(one: dict, costs: bool) -> list:
    sign = signs(one)
    name = f"{name_of(one['name'])} {sign}".strip()
    if not defined(one):
        return [name] + ["–"] * (8 + costs)
    cells = [name, f"{percent(one['detection_rate'])} ({span(one['detection_interval'], 100)})",
             f"{percent(one['false_alarm_rate'])} ({span(one['false_alarm_interval'], 100)})", number(one["auc"], 3),
             f"{number(one['median_lead'])} ({span(one['lead_quartiles'])})", percent(one["lead_share"]), number(one["lead_windows"], 1),
             span(one["lead_band"]), f"{one['first_recording_alarms']}"]
    return cells + ([number(one["cost_in_steps"], 2)] if costs else [])


def score_table(detectors: list) -> list:
    costs = any(one["cost_in_steps"] is not None for one in detectors)
    head = ["detector", "D (95 %)", "F (95 %)", "AUC", "lead (quartiles)", "% h", "W", "band", "first"]
    return table(head + ["cost, in training steps"] * costs, [score_row(one, costs) for one in detectors])


def trap_table(detectors: list) -> list:
    traps = sorted({trap for one in detectors for trap in one.get("traps", {})})
    if not traps:
        return []

    def cell(one, trap):
        count = one.get("traps", {}).get(trap, {"runs": 0})
        return f"{count['alarms']} of {count['runs']}" if count["runs"] and defined(one) else "–"
    rows = [[name_of(one["name"])] + [cell(one, trap) for trap in traps] for one in detectors]
    return ["Alarms in event-free runs with a trap:", "", *table(["detector", *traps], rows), ""]


def window_table(sweep: dict, event: str, names: list) -> list:
    if len(sweep["windows"]) == 1:
        return []
    windows = sorted(sweep["windows"])

    def cell(name, window):
        one = next((one for one in seen(sweep, event, window) if one["name"] == name), None)
        if one is None or not defined(one):
            return "–" if one is None else "?"
        return f"{number(one['median_lead'])}, {percent(one['detection_rate'])}, {percent(one['false_alarm_rate'])} {signs(one)}".strip()
    rows = [[name_of(name)] + [cell(name, window) for window in windows] for name in names]
    return ["Median lead, D and F in the other windows:", "", *table(["detector"] + [f"W = {window}" for window in windows], rows), ""]


# ---- all detectors, beside the page ----

NUMBERS = ("detection_rate", "false_alarm_rate", "auc", "median_lead", "lead_share", "lead_windows", "first_recording_alarms",
           "cost_in_steps", "threshold")
PAIRS = ("detection_interval", "false_alarm_interval", "auc_interval", "lead_quartiles", "lead_band")


def all_scores(sweep: dict) -> str:
    """One row a detector, event and window, as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["event", "window", "detector", "signs", *NUMBERS, *(f"{pair}_{end}" for pair in PAIRS for end in ("low", "high"))])
    for one in sweep["detectors"]:
        rows.writerow([one["event"], one["window"], one["name"], signs(one), *(one[key] for key in NUMBERS),
                       *(end for pair in PAIRS for end in one[pair])])
    return text.getvalue()
