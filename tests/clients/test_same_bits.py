#!/usr/bin/python3
"""Streamed, from a file, from C, from C++ and from Python through either door: the same numbers to the last bit, and NumPy's
within 1e-9. One test a pair."""

import itertools
import json
import os
import tempfile
import unittest
from pathlib import Path

import numpy as np
from sources import LIBRARY, PROGRAM, REPOSITORY, WAYS, by_numpy, premelt, recordings, run


class SameBits(unittest.TestCase):
    results: dict = {}

    @classmethod
    def setUpClass(cls) -> None:
        cls.results = {(way, data): compute(*losses) for way, compute in WAYS.items() for data, losses in recordings().items()}

    def compare(self, one: str, other: str) -> None:
        for data, (losses, window) in recordings().items():
            a, b = self.results[one, data], self.results[other, data]
            self.assertEqual(a.shape, (len(losses) - window + 1, len(premelt.SIGNALS)))
            self.assertTrue(np.isfinite(a).all())
            self.assertEqual(a.tobytes(), b.tobytes(), f"{data}: {one} and {other} differ")

    def test_alarms_and_blocks(self) -> None:
        """All else that a recording says, by library and by pipe; and the steps of the alarms in a file."""
        losses = np.load(REPOSITORY / "tests/data/pytorch_induction_losses.npy").astype(float)
        blocks = ["first"] * 20 + ["second, quoted"] * (losses.shape[1] - 20)
        for detrend, warmup in (("none", None), ("linear", None), ("none", 200)):
            os.environ["PREMELT_LIBRARY"] = ""
            piped = premelt.Monitor(losses.shape[1], 20, blocks, detrend, warmup)
            os.environ["PREMELT_LIBRARY"] = str(LIBRARY)
            direct = premelt.Monitor(losses.shape[1], 20, blocks, detrend, warmup)
            alarms = []
            for t, row in enumerate(losses):
                one, other = piped.push(t, row), direct.push(t, row)
                self.assertEqual(json.dumps(one, sort_keys=True), json.dumps(other, sort_keys=True))
                self.assertEqual(piped.why, direct.why)
                alarms += [one["alarm"]] if one and one["alarm"] else []
            piped.close()
            self.assertEqual(set(one["top_mode"]), {"first", "second, quoted"})
            if warmup is not None:
                self.assertTrue(all(alarm["step"] >= warmup for alarm in alarms))
                continue
            self.assertGreaterEqual(len(alarms), 1)
            self.assertLess(alarms[0]["step"], 200)
            with tempfile.TemporaryDirectory() as folder:
                np.save(Path(folder, "losses.npy"), losses)
                run([PROGRAM, "analyze", Path(folder, "losses.npy"), "--window", 20, "--detrend", detrend, "--out", Path(folder, "run")])
                self.assertEqual(premelt.read_run(Path(folder, "run")).events, alarms)

    def test_numpy(self) -> None:
        for data, (losses, window) in recordings().items():
            ours, theirs = self.results["library", data], by_numpy(losses, window)
            for column, name in enumerate(premelt.SIGNALS):
                # What a detrended mean has lost to cancellation is measured by the mean itself.
                scale = np.abs(losses).mean() if name == "mean_loss_detrended" else np.abs(theirs[:, column])
                error = np.max(np.abs(ours[:, column] - theirs[:, column]) / scale)
                self.assertLessEqual(error, 1e-9, f"{data}: {name}")


for first, second in itertools.combinations(WAYS, 2):
    setattr(SameBits, f"test_{first}_{second}", lambda self, a=first, b=second: self.compare(a, b))

if __name__ == "__main__":
    unittest.main()
