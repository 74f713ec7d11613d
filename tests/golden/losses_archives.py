#!/usr/bin/env python3
"""Makes losses.npz, losses_zip64.npz and losses_compressed.npz: 3 recordings of 2 probes in half precision, with their steps.

losses_zip64.npz is laid out as archives beyond 4 GB are: Python's limit is lowered until these few bytes exceed it.
"""

import zipfile
from pathlib import Path

import numpy as np

here = Path(__file__).resolve().parent
arrays = {"losses": np.array([[1, 2.5], [0.333, 4e-5], [65504, 6]], dtype=np.float16), "steps": np.array([10, 20, 40])}
np.savez(here / "losses.npz", **arrays)
np.savez_compressed(here / "losses_compressed.npz", **arrays)
zipfile.ZIP64_LIMIT = zipfile.ZIP_FILECOUNT_LIMIT = 1
np.savez(here / "losses_zip64.npz", **arrays)
zip64 = bytearray((here / "losses_zip64.npz").read_bytes())
zip64[-6:-2] = b"\xff" * 4  # where the directory is, which then only the zip64 record says
(here / "losses_zip64.npz").write_bytes(zip64)
assert np.load(here / "losses_zip64.npz")["losses"].tobytes() == arrays["losses"].tobytes()
