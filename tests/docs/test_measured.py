#!/usr/bin/env python3
"""Tests of the pages' numbers: what is right passes; a stale, missing or unsourced number fails."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import measure
import measured

TEMPLATE = """# A page of 5 %

Seed 7 gives {topic/share:%} of runs, at W = 40.

| claim of 3 | measured | bound |
|---|---|---|
| lead \\| of 20 | {topic/leads:.0} steps in {=30} runs | ≥ 9 |
| race | {sweep/race/shc} | – |
"""
STORED = {"topic": {"share": 0.125, "leads": [444.0, 341.0, 523.0]},
          "sweep": {"race": {"kernel": "A", "shc": {"lead": 291.0, "detected": 1.0, "false_alarms": 0.1, "above": True}}}}


class Forms(unittest.TestCase):
    def test_numbers(self):
        for value, form, text in [(0.0271, ".4", "0.0271"), (0.313, "%", "31 %"), (0.0667, "%1", "6.7 %"), (8.3e-4, "e1", "8.3·10⁻⁴"),
                                  (1e-11, "e0", "10⁻¹¹"), (-226.0, "", "−226"), (-226.0, "abs", "226"), (0.00123456, "", "0.00123"), (386.5, "", "386"), (-10.5, ".0", "−10"), (29700, "", "29 700"),
                                  (1413.4, "", "1413"), (None, "", "–"), ("Haswell", "", "Haswell")]:
            self.assertEqual(measured.shown(value, form), text)

    def test_lists(self):
        for form, text in [("", "3 [1, 10]"), ("median", "3"), ("least", "1"), ("largest .1", "10.0"), ("bounds", "[1, 10]"),
                           ("span", "1–10"), ("each", "10, 1, 3"), ("count", "3"), ("least x5", "5")]:
            self.assertEqual(measured.shown([10, 1, 3], form), text)
        self.assertEqual(measured.shown([10, None], ""), "10, 1 never")
        self.assertEqual(measured.shown([None, None], ""), "never")

    def test_scores(self):
        self.assertEqual(measured.shown(STORED["sweep"]["race"]["shc"], ""), "291, 100 %, 10 %!")
        self.assertEqual(measured.shown(STORED["sweep"]["race"]["shc"], "lead"), "291, 100 %")
        self.assertEqual(measured.shown({"steps": -20.0, "first": 0.0, "chance": 0.5}, ""), "−20 (0, 50 %)")


class Pages(unittest.TestCase):
    """A repository of one page."""

    def setUp(self):
        self.race = {}
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.folder = self.root / "docs" / "measured"
        self.fresh = self.root / "fresh"
        self.folder.mkdir(parents=True)
        self.fresh.mkdir()
        self.enterContext(mock.patch.multiple(measured, REPOSITORY=self.root, MEASURED=self.folder,
                                              CHAOTIC=("topic",), KERNEL="sweep/race/kernel"))
        self.enterContext(mock.patch.multiple(measured.race_store, all_numbers=lambda: self.race))
        (self.folder / "quotes.txt").write_text("lesson.md: leads by {topic/leads:median .0} steps\n")
        (self.root / "lesson.md").write_text("Over the seeds it leads\nby 444 steps.\n")
        self.write(TEMPLATE, STORED)
        self.run_it("--update")

    def write(self, template=None, stored=None):
        if template:
            (self.folder / "page.md.in").write_text(template + "{sweep/race/kernel}\n", encoding="utf-8")
        if stored:
            (self.folder / "remeasured.json").write_text(json.dumps(stored))

    def run_it(self, *options):
        report = io.StringIO()
        with mock.patch.object(sys, "argv", ["measured.py", *map(str, options)]), contextlib.redirect_stdout(report):
            return measured.main(), report.getvalue()

    def page(self):
        return (self.root / "docs" / "page.md").read_text(encoding="utf-8")

    def fails(self, *words, options=()):
        code, report = self.run_it(*options)
        self.assertEqual(code, 1, report)
        for word in words:
            self.assertIn(word, report)

    def test_a_page_is_written_and_then_right(self):
        self.assertIn("Seed 7 gives 12 % of runs", self.page())
        self.assertIn("| lead \\| of 20 | 444 [341, 523] steps in 30 runs | ≥ 9 |", self.page())
        self.assertEqual(self.run_it()[0], 0)

    def test_a_stale_cell_fails(self):
        (self.root / "docs" / "page.md").write_text(self.page().replace("444", "445"), encoding="utf-8")
        self.fails("page.md:7", "- | lead", "445")
        (self.root / "docs" / "page.md").write_text(self.page() + "more\n", encoding="utf-8")
        self.fails("page.md")

    def test_numbers_without_a_source_fail(self):
        for old, new, said in [("{topic/share:%}", "12 %", "12 %"), ("{topic/leads:.0}", "444", "444"), ("Seed 7", "in 9 of 10", "9 of 10"),
                               ("W = 40", "40 steps", "40 steps")]:
            self.write(TEMPLATE.replace(old, new))
            self.fails("no source", said, options=["--update"])

    def test_quotes_in_other_pages(self):
        (self.root / "lesson.md").write_text("Over the seeds it leads\nby 445 steps.\n")
        self.fails("lesson.md: does not say 'leads by 444 steps'")

    def test_unknown_results_fail(self):
        self.write(TEMPLATE.replace("topic/share", "topic/sharp"))
        self.fails("topic/sharp")

    def test_what_was_measured_is_compared(self):
        result = json.loads(json.dumps(STORED))
        result["topic"]["leads"][0] = 445.0  # within 2 %
        result["topic"]["not_quoted"] = 1
        (self.fresh / "all.json").write_text(json.dumps(result))
        self.assertEqual(self.run_it("--fresh", self.fresh)[0], 0)
        result["topic"]["leads"][0] = 460.0
        (self.fresh / "all.json").write_text(json.dumps(result))
        self.fails("stale", "444", "460", options=["--fresh", self.fresh])
        self.fails("lesson.md", options=["--fresh", self.fresh, "--update"])  # it writes pages, not quotes
        self.assertIn("460 [341, 523]", self.page())
        self.assertNotIn("not_quoted", (self.folder / "remeasured.json").read_text())

    def test_what_was_not_measured_fails(self):
        (self.fresh / "all.json").write_text(json.dumps({"topic": STORED["topic"]}))
        self.fails("2 results", "sweep/race/shc", options=["--fresh", self.fresh])

    def test_stored_sweeps_need_no_measurement(self):
        self.race = {"race": {"kernel": "A", "shc": {"lead": 300.0, "detected": 1.0, "false_alarms": 0.0, "above": False}}}
        self.fails("page.md", "291, 100 %, 10 %!", "300, 100 %, 0 %")
        (self.fresh / "all.json").write_text(json.dumps({"topic": STORED["topic"]}))
        with mock.patch.object(measured, "KERNEL", "topic/share"):
            self.assertEqual(self.run_it("--fresh", self.fresh, "--update")[0], 0)
        self.assertIn("300, 100 %, 0 %", self.page())
        self.assertNotIn("sweep", (self.folder / "remeasured.json").read_text())

    def test_other_kernels_excuse_only_what_is_chaotic(self):
        result = json.loads(json.dumps(STORED))
        result["topic"]["share"], result["sweep"]["race"]["kernel"] = 0.5, "B"
        (self.fresh / "all.json").write_text(json.dumps(result))
        code, report = self.run_it("--fresh", self.fresh)
        self.assertEqual(code, 0, report)
        self.assertIn("not compared: topic", report)
        result["sweep"]["race"]["shc"]["lead"] = 200.0
        (self.fresh / "all.json").write_text(json.dumps(result))
        self.fails("stale", options=["--fresh", self.fresh])


class Commands(unittest.TestCase):
    def test_every_command_has_a_name_and_arguments(self):
        self.assertEqual("run deep-linear", measure.commands()["run/deep-linear"])

    def test_alarms_of_a_run(self):
        events = [{"kind": "alarm", "name": "shc", "step": 5}, {"kind": "event", "name": "mode1_50", "step": 9}]
        self.assertEqual(measure.reduce_events({"events": events}), {"alarms": [5], "events": {"mode1_50": 9}})


if __name__ == "__main__":
    unittest.main()
