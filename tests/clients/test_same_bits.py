#!/usr/bin/python3
"""Streamed, from a file, from C, from C++ and from Python through either door: the same numbers to the last bit, and NumPy's
within 1e-9. One test a pair."""

import itertools
import unittest

import numpy as np
from sources import WAYS, by_numpy, premelt, recordings


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
