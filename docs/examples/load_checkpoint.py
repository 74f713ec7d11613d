"""Reads a checkpoint with nothing but NumPy: the format is a length, a JSON header and the numbers."""

import json
import sys

import numpy as np


def load_file(path):
    raw = open(path, "rb").read()
    start = 8 + int.from_bytes(raw[:8], "little")
    header, types = json.loads(raw[8:start]), {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U64": "<u8"}
    header.pop("__metadata__", None)
    return {name: np.frombuffer(raw[start:][slice(*t["data_offsets"])], types[t["dtype"]]).reshape(t["shape"])
            for name, t in header.items()}


if __name__ == "__main__":
    for name, tensor in load_file(sys.argv[1]).items():
        print(f"{name:24} {tensor.dtype} {tensor.shape}")
