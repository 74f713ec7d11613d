#!/usr/bin/env python3
"""The check of the walk accepts what is so, and names what is not."""

import tempfile
import unittest
from pathlib import Path

from check_walk import HEADING, PAGE, bodies, check

SOURCE = "void A::go(int x) const {\n  if (x) { other(); }\n  next_.push(x);\n}\nvoid A::stop() { end(); }\n"


class Walk(unittest.TestCase):
    def faults(self, *rows: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "docs").mkdir()
            (root / "a.cpp").write_text(SOURCE)
            table = "\n".join(f"| {row} | why |" for row in rows)
            (root / PAGE).write_text(f"text\n\n{HEADING}\n\n{table}\n\n## Next\n\n| `B::no` | `a.cpp` | `x` | not of the walk |\n")
            return check(root)

    def test_true_walk(self):
        self.assertEqual(self.faults(*["`A::go` | `a.cpp` | `next_.push(`"] * 5), [])

    def test_faults(self):
        good = ["`A::go` | `a.cpp` | `next_.push(`"] * 4
        for row, words in [("`A::go` | `b.cpp` | `next_.push(`", "no b.cpp"), ("`A::come` | `a.cpp` | `x`", "defines no A::come"),
                           ("`A::go` | `a.cpp` | `end(`", "no longer holds 'end('")]:
            found = self.faults(*good, row)
            self.assertEqual(len(found), 1, found)
            self.assertIn(words, found[0])

    def test_missing_table(self):
        self.assertIn("0 stops", self.faults()[0])

    def test_bodies(self):
        self.assertEqual([" end(); }"], bodies(SOURCE, "A::stop"))


if __name__ == "__main__":
    unittest.main()
