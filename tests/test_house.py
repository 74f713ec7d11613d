#!/usr/bin/env python3
"""tests/house.py notices each thing it is there to notice."""

import tempfile
import unittest
from pathlib import Path

import house


class House(unittest.TestCase):
    def test_an_include_that_runs_up(self):
        files = {"engine/tensor/a.hpp": '#include "engine/tape/tape.hpp"\n', "rdm/io/b.cpp": '#include "models/tasks/c.hpp"\n'}
        self.assertEqual(len(house.upward(files)), 2)
        self.assertEqual(house.upward({"engine/tape/a.hpp": '#include "engine/tensor/tensor.hpp"\n'}), [])

    def test_an_include_from_nowhere(self):
        self.assertEqual(len(house.upward({"engine/tape/a.hpp": '#include "tests/support/worst.hpp"\n'})), 1)

    def test_a_circle(self):
        files = {f"engine/tensor/{a}.hpp": f'#include "engine/tensor/{b}.hpp"\n' for a, b in ("ab", "bc", "ca")}
        self.assertEqual(len(house.circles(files)), 1)
        self.assertEqual(house.circles({"engine/tensor/a.hpp": '#include "engine/tensor/b.hpp"\n', "engine/tensor/b.hpp": ""}), [])

    def test_a_file_outside_the_rooms(self):
        self.assertEqual(len(house.outside({"engine/loose.hpp": "", "cli/main.cpp": ""})), 1)

    def test_blas_outside_its_room(self):
        self.assertEqual(len(house.strangers({"rdm/window/a.cpp": "#include <cblas.h>\n", "engine/linalg/b.cpp": "#include <cblas.h>\n"})), 1)

    def test_a_setting_that_is_known_elsewhere(self):
        files = {"models/settings/hill_walk.cpp": 'Setting hill_walk_setting() {\n  return {"hill-walk"};\n}\n',
                 "models/settings/registry.cpp": "all = {hill_walk_setting}; // \n"}
        self.assertEqual(house.scattered(files), [])
        self.assertEqual(len(house.scattered({**files, "cli/runs/a.cpp": 'if (name == "hill-walk") {}\n'})), 1)
        self.assertEqual(house.scattered({**files, "cli/runs/a.cpp": '// such as "hill-walk"\n'}), [])
        self.assertEqual(len(house.scattered({**files, "models/sweep/a.cpp": "hill_walk_setting();\n"})), 1)
        self.assertEqual(len(house.scattered({"models/settings/hill_walk.cpp": files["models/settings/hill_walk.cpp"]})), 1)

    def test_a_crowded_room(self):
        self.assertEqual(len(house.crowded({f"rdm/io/{i}.cpp": "" for i in range(house.MOST_UNITS + 1)})), 1)

    def test_a_long_file_in_the_house_and_beside_it(self):
        for path in ("rdm/io/a.cpp", "tests/rdm/test_a.cpp", "tutorials/01_tape/a.py"):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, path)
                file.parent.mkdir(parents=True)
                file.write_text("\n" * house.MOST_LINES)
                self.assertFalse([fault for fault in house.check(Path(folder)) if "lines" in fault])
                file.write_text("\n" * (house.MOST_LINES + 1))
                self.assertEqual(len([fault for fault in house.check(Path(folder)) if fault.startswith(path)]), 1)

    def test_arrows_that_others_imply_are_left_out(self):
        files = {"engine/tape/t.hpp": '#include "engine/tensor/x.hpp"\n',
                 "engine/ops/o.hpp": '#include "engine/tape/t.hpp"\n#include "engine/tensor/x.hpp"\n'}
        self.assertEqual(house.arrows(files), [("engine/tape", "engine/tensor"), ("engine/ops", "engine/tape")])


if __name__ == "__main__":
    unittest.main()
