#!/usr/bin/env python3
"""Tests of the runner itself: what is right passes, and every kind of wrong page fails."""

import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import compare
import page
import run_blocks


class Lines(unittest.TestCase):
    def same(self, found, expected, tolerance=0.02):
        return compare.same_line(found, expected, tolerance)

    def test_numbers_have_a_tolerance_and_words_none(self):
        self.assertTrue(self.same("loss 101.5 at step 7", "loss 100   at step 7"))
        self.assertFalse(self.same("loss 103 at step 7", "loss 100 at step 7"))
        self.assertFalse(self.same("loss 100 at step 8", "loss 100 at step 7"))
        self.assertFalse(self.same("loss 100 at stop 7", "loss 100 at step 7"))
        self.assertTrue(self.same("loss 104 at step 7", "loss 100 at step 7", tolerance=0.05))

    def test_the_last_decimal_may_round_either_way(self):
        self.assertTrue(self.same("0.08", "0.07"))
        self.assertFalse(self.same("0.09", "0.07"))
        self.assertTrue(self.same("1.3e-05", "1.2e-05"))
        self.assertFalse(self.same("1.2e-06", "1.2e-05"))
        self.assertFalse(self.same("1", "0"))

    def test_signs_count(self):
        self.assertFalse(self.same("-5.0", "5.0"))
        self.assertTrue(self.same("−5.0", "-5.0"))

    def test_nan_is_no_number(self):
        for found, expected in (("nan", "1.0"), ("1.0", "nan"), ("-nan", "0.0"), ("inf", "1e9"), ("1e999", "1e9")):
            self.assertFalse(self.same(f"pr {found}", f"pr {expected}"), (found, expected))
        self.assertTrue(self.same("pr nan", "pr nan"))

    def test_durations_are_not_compared(self):
        self.assertTrue(self.same("3300 steps in 1.3 s", "3300 steps in 870 ms"))
        self.assertTrue(self.same("took 2 minutes", "took 31 seconds"))
        self.assertTrue(self.same("at 1200 steps/s", "at 90 steps/s"))
        self.assertFalse(self.same("4 steps", "5 steps"))
        self.assertFalse(self.same("4 samples", "5 samples"))


class Alignment(unittest.TestCase):
    def marks(self, found, expected):
        return "".join(mark for mark, _ in compare.align(found, expected, 0.02))

    def test_dots_are_any_number_of_lines(self):
        for found in (["a", "z"], ["a", "b", "c", "z"]):
            self.assertEqual(self.marks(found, ["a", "...", "z"]), "   ")
        self.assertEqual(self.marks(["a", "b"], ["..."]), " ")
        self.assertNotEqual(self.marks(["a", "b"], ["a", "...", "z"]).strip(), "")
        self.assertNotEqual(self.marks(["b", "z"], ["a", "...", "z"]).strip(), "")

    def test_progress_is_left_out(self):
        self.assertEqual(self.marks(["a", "step 7/30  ETA 2 s  SHC 1e-5", "b"], ["a", "b"]), "  ")

    def test_differences_are_marked(self):
        self.assertEqual(self.marks(["a"], ["a", "b"]), " -")
        self.assertEqual(self.marks(["a", "b"], ["a"]), " +")
        self.assertEqual(sorted(self.marks(["a", "x", "c"], ["a", "b", "c"])), [" ", " ", "+", "-"])


class Pages(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.page = self.folder / "page.md"

    def check(self, text, *options):
        """Exit code and report of the runner on a page; `~~~` in the text stands for a fence."""
        self.page.write_text(text.replace("~~~", "```"))
        arguments = ["run_blocks.py", "--build", str(self.folder / "build"), *options, str(self.page)]
        report = io.StringIO()
        with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(report):
            return run_blocks.main(), report.getvalue()

    def fails(self, text, *words, options=()):
        code, report = self.check(text, *options)
        self.assertEqual(code, 1, report)
        for word in words:
            self.assertIn(word, report)

    def passes(self, text):
        code, report = self.check(text)
        self.assertEqual(code, 0, report)

    def test_right_pages_pass(self):
        self.passes("Text.\n\n~~~console\n$ echo one; echo two >&2\none\ntwo\n\n$ true\n$ printf '1\\n2\\n3\\n'\n1\n...\n~~~\n")
        self.passes("~~~console\n$ echo a \\\n    b\na b\n~~~\n")
        self.passes("1. In a list\n\n   ~~~console\n   $ echo '  a'\n     a\n   ~~~\n")
        self.passes("~~~sh\nnot executed\n~~~\n")

    def test_files_last_for_the_page(self):
        self.passes("~~~console\n$ echo 5 > made\n~~~\n\n~~~console\n$ cat made\n5\n~~~\n")

    def test_wrong_output_fails_and_says_where(self):
        self.fails("One\n\n~~~console\n$ echo 3\n4\n~~~\n", "page.md:5:", "- 4", "+ 3")
        self.fails("~~~console\n$ echo nan\n1.0\n~~~\n")
        self.fails("~~~console\n$ echo a; echo b\na\n~~~\n", "+ b")
        self.fails("~~~console\n$ true\na\n~~~\n", "- a")

    def test_exit_codes(self):
        self.fails("~~~console\n$ echo why; false\n~~~\n", "page.md:2:", "exit code 1, expected 0", "+ why")
        self.passes("~~~console exit=3\n$ echo a\na\n$ exit 3\n~~~\n")
        self.fails("~~~console exit=3\n$ exit 3\n$ true\n~~~\n", "exit code 3, expected 0", "exit code 0, expected 3")

    def test_a_command_that_hangs_fails(self):
        self.fails("~~~console\n$ sleep 60\n~~~\n", "stopped after", options=("--timeout", "0.2"))

    def test_broken_fences_fail(self):
        self.fails("~~~\n$ true\n~~~\n", "page.md:1:")
        self.fails("~~~console tolerence=0.1\n$ true\n~~~\n", "tolerence")
        self.fails("~~~console\n$ true\n", "never closed")
        self.fails("~~~console\nno command\n~~~\n", "page.md:2:")
        self.fails("~~~console\n~~~\n", "without a command")

    def test_excerpts(self):
        (self.folder / "lesson.cpp").write_text("int main() {\n  first();\n  second();\n  third();\n}\n")
        self.passes("~~~cpp\nfirst();\nsecond();\n~~~\n")
        self.passes("~~~cpp\nint main() {\n  // ...\n  third();\n~~~\n")
        self.fails("~~~cpp\nfirst();\nthird();\n~~~\n", "page.md:1:")
        self.fails("~~~cpp\nthird();\n// ...\nfirst();\n~~~\n")

    def test_links(self):
        self.passes("# A heading\n\n[here](page.md#a-heading), [far](https://example.org/x), `[x](y)`\n")
        self.fails("\n[gone](other.md)\n", "page.md:2: dead link: other.md")
        self.fails("![gone](picture.svg)\n", "dead link")
        self.fails("[gone](#nowhere)\n", "no heading '#nowhere'")

    def test_update_writes_what_was_found(self):
        text = "~~~console\n$ echo 100; echo b; echo c\n101\n?\nc\n\n$ true\n~~~\nEnd\n\n   ~~~console\n   $ echo new\n   old\n   ~~~\n"
        self.check(text, "--update")
        updated = text.replace("?", "b").replace("old", "new").replace("~~~", "```")
        self.assertEqual(self.page.read_text(), updated)
        self.passes(updated)


class Anchors(unittest.TestCase):
    def test_as_code_hosts_form_them(self):
        with tempfile.NamedTemporaryFile("w", suffix=".md") as file:
            file.write("# What is `C`, (ours)?\n## Two-part name\n")
            file.flush()
            self.assertEqual(page.anchors(Path(file.name)), {"what-is-c-ours", "two-part-name"})


if __name__ == "__main__":
    unittest.main()
