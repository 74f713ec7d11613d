#!/usr/bin/env python3
"""Tests of the race's page and of what makes its store worth trusting, on a store of one small sweep."""

import contextlib
import copy
import io
import json
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path
from unittest import mock

import race
import race_run
import race_spot
import race_store
import race_tables


def detector(name: str, lead: float, **changes) -> dict:
    """One that alarms in both runs, `lead` steps before their events, and in no control."""
    return {"name": name, "event": "e", "window": 10, "available": True, "threshold": 0.5, "detection_rate": 1, "detection_interval": [0.2, 1],
            "false_alarm_rate": 0, "false_alarm_interval": [0, 0.8], "auc": 1, "auc_interval": [0.2, 1], "median_lead": lead,
            "lead_quartiles": [lead, lead], "lead_share": lead / 200, "lead_windows": lead / 10, "lead_band": [0, lead],
            "first_recording_alarms": 0, "cost_in_steps": None, "leads": [lead, lead], "control_alarms": {},
            "curve": {"false_alarm_rate": [0.5, 0.2, 0], "detection_rate": [1, 1, 1], "median_lead": [lead, lead, lead]},
            "shc_minus_this": {"median": 0, "quartiles": [0, 0], "shc_earlier": 0.25, "shc_later": 0.75}} | changes


NOTHING = {"threshold": None, "detection_rate": None, "detection_interval": [None, None], "false_alarm_rate": None, "auc": None,
           "false_alarm_interval": [None, None], "auc_interval": [None, None], "median_lead": None, "lead_quartiles": [None, None],
           "lead_share": None, "lead_windows": None, "lead_band": [None, None], "leads": [], "shc_minus_this": None,
           "curve": {"false_alarm_rate": [], "detection_rate": [], "median_lead": []}}
SWEEP = {
    "seeds": [7, 8], "controls": 2, "runs": 8, "windows": [10], "diverged": [], "not_available": ["sharpness"], "left_out": [],
    "making": {"setting": "toy", "windows": [10], "parameters": {"window": 10, "every": 1},
               "build": {"version": "0.1.0", "build_type": "Release", "compiler": "12", "blas_kernel": "A"}},
    "events": {"e": {"detected": 2, "median_step": 300, "champion": "drop", "controls": 2, "pairs_left_out": 0,
                     "verdict": {"window": 10, "words": "drop leads by 20 steps", "median_difference": -20, "interval": [-30, -10],
                                 "p": 0.01, "p_alone": 0.01, "why_not": ""}}},
    "order": [{"event": "e", "window": 10, "seeds": [7, 8], "steps": [300, 310], "horizons": [200, 210], "control_seeds": [3000007, 3000008],
               "shares": {"shc": 1, "pr": 0, "together": 0, "neither": 0}, "first": ["shc", "shc"]}],
    "lags": [],
    "detectors": [detector("drop", 120), detector("shc", 100, false_alarm_rate=0.4, false_alarm_interval=[0.1, 0.7]),
                  detector("clock", 0, detection_rate=0, auc=0.5), detector("<b>|`", 130, first_recording_alarms=2),
                  detector("silent", 0, **NOTHING)],
}
RUN = {"events": {"e": {"step": 300, "start": 100, "windows": {"10": {
    "drop": {"times": [20, 80], "levels": [0.5, 0.6]}, "shc": {"times": [100], "levels": [9]}, "clock": {"times": [], "levels": []},
    "<b>|`": {"times": [70], "levels": ["inf"]}, "silent": {"times": [1], "levels": [1]}}}}}}
CONTROL = {"events": {"e": {"start": 50, "windows": {"10": {
    name: {"times": [215], "levels": [1]} for name in ("drop", "shc", "clock", "<b>|`", "silent")}}}}}


class Store(unittest.TestCase):
    def setUp(self):
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        store = self.root / "docs" / "race"
        store.mkdir(parents=True)
        self.enterContext(mock.patch.multiple(race_store, REPOSITORY=self.root, STORE=store, TIMES=store / "times.json", COSTS=store / "costs.json"))
        figures = self.root / "docs" / "figures" / "race"
        self.enterContext(mock.patch.multiple(race, REPOSITORY=self.root, STORE=store, TIMES=store / "times.json", FIGURES=figures,
                                              PAGE=self.root / "docs" / "race.md", TITLES={"toy": "A toy"}, LARGE=2))
        (store / "commands.txt").write_text("toy   sweep toy --seeds 7..8 --controls 2\nother sweep toy --seeds 1..2 --controls 9\n")
        race_store.write(store / "times.json", {"toy": 180})
        self.store(SWEEP)

    def store(self, sweep: dict):
        race_store.sweep_file("toy").write_text(json.dumps(sweep))

    def run_it(self, *options):
        report = io.StringIO()
        with mock.patch.object(sys, "argv", ["race.py", *options]), contextlib.redirect_stdout(report):
            return race.main(), report.getvalue()


class Page(Store):
    def setUp(self):
        super().setUp()
        code, report = self.run_it("--update")
        self.assertEqual(code, 0, report)
        self.page = (self.root / "docs" / "race.md").read_text(encoding="utf-8")

    def test_it_says_what_the_store_says(self):
        self.assertEqual(self.run_it()[0], 0)
        for words in ("raw SHC leads its champion in 0, the champion leads in 1, and in 0 no difference",
                      "* The champion leads: toy: drop leads by 20 steps.", "Raw SHC has more false alarms than 5 % can explain: toy.",
                      "| e | 2 | drop leads by 20 steps | `drop` | −20 | −30 to −10 | 0.01 |", "Made in 3.0 minutes of processor time with",
                      "together took 3.0 minutes of processor time.", "commands stand in docs/race/commands.txt: other.",
                      "OpenBLAS kernels A", "Not available here: `sharpness`", "`premelt sweep toy --seeds 7..8 --controls 2`",
                      "| `drop` | 100 % (20–100) | 0 % (0–80) | 1.000 | 120 (120–120) | 60 % | 12.0 | 0–120 | 0 |",
                      "| `shc` ‡ | 100 % (20–100) | 40 % (10–70) |", "| `<b>\\|'` † |", "toy.csv"):
            self.assertIn(words, self.page)
        self.assertLess(self.page.index("fixed beforehand"), self.page.index("exploratory", self.page.index("## A toy")))
        csv = (self.root / "docs" / "race" / "toy.csv").read_text()
        self.assertIn("\ne,10,silent,?,,", csv)
        self.assertEqual(len(csv.splitlines()), 6)

    def test_a_small_sweep_gives_no_verdict_that_counts(self):
        with mock.patch.object(race, "LARGE", 3):
            page = race.page(race.sweeps())
        self.assertIn("* Of 0 events raced", page)
        self.assertIn("* The champion leads: none.", page)
        self.assertIn("| e | 2 | drop leads by 20 steps |", page)  # its own part still shows it

    def test_what_is_stored_without_a_part_of_the_page_has_been_run(self):
        race_store.sweep_file("other").write_text(json.dumps(SWEEP))
        self.assertIn("commands stand in docs/race/commands.txt: none.", race.page({"toy": SWEEP}))

    def test_its_tables_have_as_many_cells_as_heads(self):
        tables, last = 0, None
        for row in self.page.splitlines():
            columns = row.replace("\\|", "").count("|") if row.startswith("|") else None
            if columns is not None and last is not None:
                self.assertEqual(columns, last, row)
            tables += columns is not None and last is None
            last = columns
        self.assertEqual(tables, 2)

    def test_its_pictures_are_well_formed_and_the_same_every_time(self):
        files = race.everything()
        self.assertEqual(files, race.everything())
        pictures = [text for file, text in files.items() if file.suffix == ".svg"]
        self.assertEqual(len(pictures), 2)
        for picture in pictures:
            xml.dom.minidom.parseString(picture)
            self.assertNotIn("<b>", picture)
            self.assertNotIn("nan", picture)

    def test_another_store_fails(self):
        sweep = copy.deepcopy(SWEEP)
        sweep["detectors"][0]["median_lead"] = 121
        self.store(sweep)
        code, report = self.run_it()
        self.assertEqual(code, 1)
        for file in ("docs/race.md", "docs/race/toy.csv"):
            self.assertIn(f"{file}: is not what the stored sweeps give", report)

    def test_a_sweep_of_other_seeds_than_its_command_fails(self):
        self.store(SWEEP | {"seeds": [7, 9]})
        code, report = self.run_it("--update")
        self.assertEqual(code, 1)
        self.assertIn("toy.json: has seeds [7, 9]", report)

    def test_what_belongs_to_no_sweep_fails(self):
        (self.root / "docs" / "race" / "old.csv").write_text("")
        self.assertIn("old.csv: belongs to no stored sweep", self.run_it()[1])


class Numbers(unittest.TestCase):
    def test_signs(self):
        signs = {one["name"]: race_tables.signs(one) for one in SWEEP["detectors"]}
        self.assertEqual(signs, {"drop": "", "shc": "‡", "clock": "", "<b>|`": "†", "silent": "?"})
        self.assertEqual(race_tables.signs(detector("oracle", 9)), "§")

    def test_what_pages_quote(self):
        found = race_store.numbers(SWEEP)
        self.assertEqual(found["e"]["w10"]["shc"]["lead"], 100)
        self.assertTrue(found["e"]["w10"]["shc"]["above"])
        silent = found["e"]["w10"]["silent"]  # undefined: every number of it is null, and is shown as a dash
        self.assertEqual({silent[key] for key in ("lead", "detected", "false_alarms", "first_recording_alarms")}, {None})
        self.assertEqual((found["mean_false_alarms"], found["most_false_alarms"], found["runs"], found["kernel"]), (0.1, 0.4, 8, "A"))
        self.assertEqual(found["verdict"]["e"]["champion"], "drop")

    def test_the_rows_looked_at(self):
        kept = race_tables.chosen(SWEEP["detectors"], "drop", ("shc", "clock"), 4)
        self.assertEqual([one["name"] for one in kept], ["<b>|`", "drop", "shc", "clock"])


class Spot(unittest.TestCase):
    """`drop` alarms at 80 of 200 steps; the champion's threshold is not exceeded by a level that equals it."""

    def run_of(self, **changes):
        run = copy.deepcopy(RUN)
        run["events"]["e"].update(changes)
        return run

    def test_a_run_as_stored_passes(self):
        compared = race_spot.compare_run(SWEEP, 7, self.run_of())
        self.assertEqual(race_spot.faults(compared, same_kernel=True), [])
        self.assertEqual(len(compared), 6)  # step, horizon, four leads: the undefined one has none

    def test_another_lead_or_step_fails(self):
        run = self.run_of()
        run["events"]["e"]["windows"]["10"]["drop"]["times"][1] = 81
        self.assertEqual(race_spot.faults(race_spot.compare_run(SWEEP, 7, run), True), ["e, W = 10: lead of drop: stored 120, now 119"])
        for changes in ({"step": 301}, {"start": 99}):
            self.assertTrue(race_spot.faults(race_spot.compare_run(SWEEP, 7, self.run_of(**changes)), True))
        gone = self.run_of()
        del gone["events"]["e"]["step"]
        self.assertEqual(race_spot.faults(race_spot.compare_run(SWEEP, 7, gone), True), ["e, W = 10: step: stored 300, now None"])

    def test_a_control_is_compared_within_the_longest_horizon(self):
        self.assertEqual(race_spot.faults(race_spot.compare_control(SWEEP, "e", 3000007, CONTROL), True), [])
        control = copy.deepcopy(CONTROL)
        control["events"]["e"]["windows"]["10"]["shc"]["times"] = [210]
        self.assertEqual(race_spot.faults(race_spot.compare_control(SWEEP, "e", 3000007, control), True),
                         ["e, W = 10: alarm of shc: stored None, now 210"])
        self.assertTrue(race_spot.faults(race_spot.compare_control(SWEEP, "e", 3000007, {"events": {}}), True))

    def test_other_kernels_may_differ_a_little(self):
        compared = [(f"lead of {i}", 100, 100, 200) for i in range(19)]
        self.assertEqual(race_spot.faults([*compared, ("lead", 100, 104, 200)], False), [])
        self.assertEqual(race_spot.faults([*compared, ("lead", None, 50, 200)], False), [])
        self.assertEqual(len(race_spot.faults([*compared[:8], ("a", None, 50, 200), ("b", 100, 110, 200)], False)), 2)
        self.assertEqual(len(race_spot.faults([*compared, ("step", 100, 103, None)], False)), 1)
        self.assertEqual(len(race_spot.faults([*compared, ("lead", 100, 101, 200)], True)), 1)

    def test_the_verdict_on_a_sweep(self):
        self.enterContext(mock.patch.object(race_spot, "read", lambda file: copy.deepcopy(self.stored)))

        def verdict(run, setting="toy", kernel="A"):
            self.stored = copy.deepcopy(SWEEP)
            self.stored["making"]["setting"] = setting
            making = copy.deepcopy(self.stored["making"])
            making["build"]["blas_kernel"] = kernel
            runs = {"held-out-7": run, "held-out-control-e-3000007": CONTROL} if run else {}
            with mock.patch.object(race_spot, "train", lambda build, name, tasks: (making, runs)), \
                    contextlib.redirect_stdout(io.StringIO()) as report:
                return race_spot.main(Path(), "toy"), report.getvalue()

        other = self.run_of(step=301)
        self.assertEqual(verdict(self.run_of()), (0, "toy: 11 numbers of held-out-7, held-out-control-e-3000007 as stored\n"))
        self.assertEqual(verdict(other)[0], 1)
        self.assertEqual(verdict(None)[0], 1)  # nothing was compared
        self.assertEqual(verdict(self.run_of(), kernel="B")[0], 0)
        self.assertEqual(verdict(other, "grokking", "A")[0], 1)
        code, report = verdict(other, "grokking", "B")
        self.assertEqual(code, race_spot.SKIPPED)
        self.assertIn("stored with the BLAS kernels A, here they are B: not compared", report)

    def test_another_parameter_fails_and_a_new_one_does_not(self):
        making = copy.deepcopy(SWEEP["making"])
        making["parameters"]["new"] = 1
        self.assertEqual(race_spot.differences(SWEEP["making"], making), [])
        making["parameters"]["every"], making["windows"] = 2, [20]
        self.assertEqual(len(race_spot.differences(SWEEP["making"], making)), 2)


class Running(Store):
    """A program that trains one run a call and needs two."""

    PROGRAM = """#!/bin/sh
while [ "$1" != --out ]; do shift; done
mkdir -p "$2/runs"
count=$(ls "$2/runs" | wc -l)
[ "$count" -lt 2 ] && touch "$2/runs/$count.json"
[ "$count" -lt 1 ] && exit 3
echo '{"finished": 1}' > "$2/sweep.json"
echo '{"cost_in_steps": {"10": {"shc": 0.5}}}' > "$2/costs.json"
"""

    def setUp(self):
        super().setUp()
        self.program = self.root / "program"
        self.program.write_text(self.PROGRAM)
        self.program.chmod(0o755)
        self.enterContext(mock.patch.multiple(race_run, REPOSITORY=self.root, TIMES=race_store.TIMES, COSTS=race_store.COSTS))

    def call(self):
        with contextlib.redirect_stdout(io.StringIO()):
            return race_run.run("other", ["sweep"], self.program, self.root / "work")

    def test_a_stopped_sweep_is_continued_and_its_time_added(self):
        self.assertEqual(self.call(), 3)
        self.assertFalse(race_store.sweep_file("other").exists())
        self.assertNotIn("other", race_store.read(race_store.TIMES))
        self.assertEqual(self.call(), 0)
        self.assertEqual(race_store.sweep_file("other").read_text(), '{"finished": 1}\n')
        self.assertEqual(race_store.read(race_store.COSTS)["other"], {"10": {"shc": 0.5}})
        times = race_store.read(race_store.TIMES)
        self.assertEqual(set(times), {"other", "toy"})
        self.assertEqual(self.call(), 0)  # nothing trained: nothing added
        self.assertEqual(race_store.read(race_store.TIMES), times)

    def test_names_are_those_of_commands(self):
        done = subprocess.run([sys.executable, Path(race_run.__file__), "nothing"], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing: not in docs/race/commands.txt", done.stderr)


if __name__ == "__main__":
    unittest.main()
