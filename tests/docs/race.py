#!/usr/bin/env python3
"""docs/race.md, its pictures and its tables, from the stored sweeps and from nothing else.

    tests/docs/race.py             they are what the store gives
    tests/docs/race.py --update    write them

Writes docs/race.md, docs/race/NAME.csv (all detectors of a sweep) and docs/figures/race/NAME.svg and summary.svg.
"""

import argparse
import sys

from race_figures import lead_curves, matrix
from race_store import REPOSITORY, STORE, TIMES, above, command_lines, commands, complaints, defined, read, sweep_file, sweeps
from race_tables import (all_scores, at_once, chosen, events_of, full_name, name_of, number, own_window, p_value, score_table,
                         seen, signs, span, table, trap_table, window_table)

PAGE = REPOSITORY / "docs" / "race.md"
FIGURES = REPOSITORY / "docs" / "figures" / "race"
ROWS = 12
LARGE = 30  # runs, and controls a half: what a verdict takes (theory, section 6)

TITLES = {
    "schematic": "The paper's schematic",
    "deep-linear": "Deep linear network",
    "deep-linear-traps": "Deep linear network: traps",
    "deep-linear-windows": "Deep linear network, five windows",
    "deep-linear-grouped": "Deep linear network, grouped probes",
    "pitchfork": "Pitchfork, couplings of one sign",
    "balanced": "Pitchfork, balanced couplings",
    "directions": "Pitchfork, 20 directions",
    "fold": "Fold",
    "decay-annealed": "Annealed weight decay",
    "grokking": "Grokking",
    "induction": "Induction heads",
    "misalignment": "Misalignment analogue",
}
NOT_IN_SUMMARY = ("deep-linear-windows",)  # whose own window is that of `deep-linear`
ALWAYS = ("shc", "clock", "oracle", "trace", "lambda1", "pr", "localisation")
IN_FIGURES = ("shc", "trace", "localisation", "clock")

LEGEND = """D: share of the held-out runs with the event in which the detector alarms before it; F: share of pairs of such a run and a control
in which the control alarms within the same time; AUC: over the same pairs; all with 95 % intervals where given. Lead: median over the
runs, a miss counts 0, with quartiles, in steps; % h: of the time h from the start of the event's segment to the event; W: in windows;
band: the middle 95 % of the median lead when other development controls set the threshold; first: runs that alarm at the first
recording at which an alarm could be raised.

Signs: **‡** more false alarms than 5 % can explain, not to be trusted; **†** more than half of its alarms came at the first recording that
could, which is no warning of anything seen; **§** reads the order parameter itself, which no detector may; **?** undefined: its
development controls gave no threshold."""


# ---- parts of the page ----

def minutes(processor_seconds) -> str:
    """Runs are independent: N idle cores need an N-th of it."""
    return "an unknown time" if processor_seconds is None else f"{processor_seconds / 60:.1f} minutes of processor time"


def caption(name: str, sweep: dict) -> list:
    making, build = sweep["making"], sweep["making"]["build"]
    first, last = sweep["seeds"]
    took = minutes(read(TIMES).get(name))
    windows = ", ".join(str(window) for window in sweep["windows"])
    every = making["parameters"]["every"]
    recorded = "every step" if every == 1 else f"one every {every} steps"
    diverged = f" {len(sweep['diverged'])} runs diverged and are scored nowhere." if sweep["diverged"] else ""
    missing = ", ".join(name_of(one) for one in sweep["not_available"]) or "none"
    horizon = f" Nothing is waited for longer than {making['horizon']} steps." if making.get("horizon") else ""
    return [f"`premelt {command_lines()[name]}`", "",
            f"{last - first + 1} held-out runs (seeds {first}–{last}) and as many for development; {sweep['controls']} controls in each half, for "
            f"each event; {sweep['runs']} runs in all.{diverged}{horizon} W = {windows} recordings, {recorded}. "
            f"Made in {took} with premelt {build['version']}, {build['build_type']}, compiler {build['compiler']}, OpenBLAS kernels "
            f"{build['blas_kernel']}. Not available here: {missing}.", ""]


def verdict_cells(event: str, sweep: dict) -> list:
    found = sweep["events"][event]
    verdict = found["verdict"]
    words = verdict["words"] + (f" ({verdict['why_not']})" if verdict["why_not"] else "")
    champion = name_of(found["champion"]) if found["champion"] else "–"
    if verdict["median_difference"] is None:
        return [f"{found['detected']}", words, champion, "–", "–", "–"]
    return [f"{found['detected']}", words, champion, number(verdict["median_difference"]), span(verdict["interval"]), p_value(verdict["p"])]


VERDICT_HEAD = ["event", "runs with it", "verdict", "champion", "SHC minus champion, steps", "95 % interval", "p (Holm)"]


def event_part(sweep: dict, event: str) -> list:
    detectors = seen(sweep, event, own_window(sweep))
    rows = chosen(detectors, sweep["events"][event]["champion"], ALWAYS, ROWS)
    found = sweep["events"][event]
    left_out = f"; {found['pairs_left_out']} pairs left out, whose control was watched for less" if found["pairs_left_out"] else ""
    return [f"**{event}**, at step {number(found['median_step'])} (median), {found['controls']} controls{left_out}:", "",
            *score_table(rows), "", *trap_table(rows), *window_table(sweep, event, [one["name"] for one in rows])]


def sweep_part(name: str, sweep: dict) -> list:
    verdicts = [event for event in sweep["events"] if sweep["events"][event]["verdict"]]
    lines = [f"## {TITLES[name]}", "", *caption(name, sweep), f"### {TITLES[name]}: fixed beforehand", "",
             *table(VERDICT_HEAD, [[event, *verdict_cells(event, sweep)] for event in verdicts]), "",
             f"### {TITLES[name]}: exploratory", ""]
    if not events_of(sweep):
        return [*lines, "No event happened: there is nothing to score.", ""]
    lines += [f"![Median lead against false alarms: {TITLES[name]}](figures/race/{name}.svg)", ""]
    for event in events_of(sweep):
        lines += event_part(sweep, event)
    return [*lines, f"All detectors, in all windows: [{name}.csv](race/{name}.csv).", ""]


# ---- what the race does not show ----

def primary(raced: dict) -> list:
    """(name of setting and event, sweep, event, its detectors) for every event scored."""
    return [(full_name(name, event, sweep), sweep, event, seen(sweep, event, own_window(sweep)))
            for name, sweep in raced.items() for event in events_of(sweep)]


def large(sweep: dict) -> bool:
    """Others are run for their traps or lags, on seeds of a large one: their verdicts would count the same runs twice."""
    return min(sweep["seeds"][1] - sweep["seeds"][0] + 1, sweep["controls"]) >= LARGE


def listed(names: list) -> str:
    return "; ".join(names) if names else "none"


def find_named(detectors: list, name: str):
    return next((one for one in detectors if one["name"] == name and defined(one)), None)


def where_verdict(scored: list, wanted) -> list:
    return [where + ": " + sweep["events"][event]["verdict"]["words"] for where, sweep, event, _ in scored
            if sweep["events"][event]["verdict"] and wanted(sweep["events"][event]["verdict"]["words"])]


def untrusted(scored: list) -> list:
    """Detectors with too many false alarms in at least a quarter of the events in which they have a threshold, most often first."""
    counts = {}
    for _, _, _, detectors in scored:
        for one in filter(defined, detectors):
            wrong, all_of = counts.get(one["name"], (0, 0))
            counts[one["name"]] = wrong + above(one), all_of + 1
    worst = sorted((-wrong / of, name, wrong, of) for name, (wrong, of) in counts.items() if wrong and wrong >= of / 4)
    return [f"{name_of(name)} {wrong} of {of}" for _, name, wrong, of in worst]


def trap_counts(scored: list) -> list:
    """What raw SHC does in traps, over all events."""
    counts = {}
    for _, _, _, detectors in scored:
        for trap, count in (find_named(detectors, "shc") or {}).get("traps", {}).items():
            alarms, runs = counts.get(trap, (0, 0))
            counts[trap] = alarms + count["alarms"], runs + count["runs"]
    return [f"{trap.replace('_', ' ')} {alarms} of {runs}" for trap, (alarms, runs) in sorted(counts.items())]


def clock_error(scored: list) -> float:
    """The largest distance of the clock's AUC from one half, and of its D from its F."""
    clocks = [clock for *_, detectors in scored if (clock := find_named(detectors, "clock"))]
    return max((max(abs(clock["auc"] - 0.5), abs(clock["detection_rate"] - clock["false_alarm_rate"])) for clock in clocks), default=0.0)


def negative_part(raced: dict) -> list:
    every = primary(raced)
    scored = [one for one in every if large(one[1])]
    shc = where_verdict(scored, lambda words: words.startswith("SHC leads"))
    rival = where_verdict(scored, lambda words: "leads" in words and not words.startswith("SHC"))
    none = where_verdict(scored, lambda words: "leads" not in words)
    shc_above = [where for where, _, _, detectors in scored if (one := find_named(detectors, "shc")) and above(one)]
    shc_undefined = [where for where, _, _, detectors in scored if not find_named(detectors, "shc")]
    champion_above = [f"{where} ({name_of(one['name'])})" for where, sweep, event, detectors in scored
                      if (one := find_named(detectors, sweep["events"][event]["champion"])) and above(one)]
    first = [f"{where} ({one['first_recording_alarms']} of {len(one['leads'])})" for where, _, _, detectors in scored
             if (one := find_named(detectors, "shc")) and at_once(one)]
    none = [where.removesuffix(": no difference shown") for where in none]
    not_run = [name for name in commands() if not sweep_file(name).exists()]
    return ["## What it does not show", "",
            f"* Of {len(scored)} events raced with at least {LARGE} runs and {LARGE} controls a half, raw SHC leads its champion in {len(shc)}, the champion leads in {len(rival)}, and in {len(none)} no "
            "difference is shown.",
            f"* The champion leads: {listed(rival)}.",
            f"* No difference shown: {listed(none)}.",
            f"* Raw SHC has more false alarms than 5 % can explain: {listed(shc_above)}. It is undefined: {listed(shc_undefined)}.",
            f"* The champion, chosen on the development half, has more false alarms than 5 % can explain on the held-out half: "
            f"{listed(champion_above)}.",
            f"* Most of raw SHC's alarms are raised at the first recording that could, before anything was seen: {listed(first)}.",
            f"* Too many false alarms in at least a quarter of the events: {listed(untrusted(scored))}.",
            f"* Raw SHC alarms in event-free runs with a trap: {listed(trap_counts(every))}.",
            f"* Not run yet, though their commands stand in docs/race/commands.txt: {listed(not_run)}.",
            "* The clock, which knows the time and nothing else, has D = F and AUC ½ in every table: "
            f"its largest distance from that is {clock_error(every):.2g}.", "",
            "Raw SHC leads: " + listed(shc) + ".", ""]


INTRODUCTION = """# The race

Which statistic of a training run says first that something is about to change, how often is it wrong, and what does it cost? Every
detector reads the same recordings of the same runs. Thresholds come from development runs and development controls; everything below
from held-out ones, scored once ([theory](theory.md), section 6). **Fixed beforehand** is one comparison an event: raw SHC against the
champion, the rival with the longest median lead in the development half; the difference of leads is paired over runs, with a
bootstrap interval, a sign test and Holm's correction over the events of a sweep. All else is **exploratory**: the best of forty
comes out best by chance, too.

This page is written by `tests/docs/race.py --update` from the sweeps stored in `docs/race`, each made by the command shown;
`./dev test --full` trains some of their runs anew and compares. All sweeps together took """


def page(raced: dict) -> str:
    times = read(TIMES)
    together = minutes(sum(times[name] for name in raced if name in times))
    unknown = "".join(f", not counting {name}" for name in raced if name not in times)
    lines = [INTRODUCTION + together + unknown + ".", "", *negative_part(raced), "## All at a glance", "",
             "![Detectors by settings: median lead in % of the time to the event](figures/race/summary.svg)", "", LEGEND, ""]
    for name, sweep in raced.items():
        lines += sweep_part(name, sweep)
    return "\n".join(lines).rstrip() + "\n"


# ---- what is beside the page ----

def curves(name: str, sweep: dict) -> str:
    panels = []
    for event in events_of(sweep):
        champion = sweep["events"][event]["champion"]
        detectors = [one for one in seen(sweep, event, own_window(sweep))
                     if defined(one) and (is_base(one["name"]) or one["name"] == champion)]
        kept = chosen(detectors, champion, IN_FIGURES, 7)
        panels.append((event, sorted(kept, key=lambda one: IN_FIGURES.index(one["name"]) if one["name"] in IN_FIGURES else 9), champion))
    return lead_curves(TITLES[name], panels)


def is_base(detector: str) -> bool:
    """Not the same statistic of another view of the losses, nor a trend; but for those of SHC itself."""
    of_a_view = detector.split("_")[0] in ("shc", "pr", "trace", "lambda1", "localisation") and "_" in detector
    return detector in ("shc_detrended", "shc_log", "shc_whitened") or not (of_a_view or detector.endswith("_trend"))


def summary(raced: dict) -> str:
    columns = [(where, {one["name"]: one for one in detectors})
               for where, _, _, detectors in primary({name: sweep for name, sweep in raced.items() if name not in NOT_IN_SUMMARY})]
    every = {name for _, detectors in columns for name in detectors}

    def mean_share(name):
        shares = [detectors[name]["lead_share"] for _, detectors in columns if name in detectors and defined(detectors[name])]
        return sum(shares) / len(shares) if shares else 0.0
    names = sorted((name for name in every if is_base(name)), key=lambda name: (name != "oracle", -mean_share(name), name))
    return matrix(columns, names, signs)


def everything() -> dict:
    """What is to stand in each file."""
    raced = {name: sweep for name, sweep in sweeps().items() if name in TITLES}
    files = {PAGE: page(raced), FIGURES / "summary.svg": summary(raced)}
    for name, sweep in raced.items():
        files[STORE / f"{name}.csv"] = all_scores(sweep)
        if events_of(sweep):
            files[FIGURES / f"{name}.svg"] = curves(name, sweep)
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="write the page and what is beside it")
    wrong, files = complaints(), everything()
    if parser.parse_args().update:
        FIGURES.mkdir(parents=True, exist_ok=True)
        for file, wanted in files.items():
            file.write_text(wanted, encoding="utf-8")
    wrong += [f"{file.relative_to(REPOSITORY)}: is not what the stored sweeps give; write it with tests/docs/race.py --update"
              for file, wanted in files.items() if not file.exists() or file.read_text(encoding="utf-8") != wanted]
    left = {*STORE.glob("*.csv"), *FIGURES.glob("*.svg")} - set(files)
    wrong += [f"{file.relative_to(REPOSITORY)}: belongs to no stored sweep" for file in sorted(left)]
    print("\n".join(wrong) or f"docs/race.md and {len(files) - 1} files beside it: as the stored sweeps give them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
