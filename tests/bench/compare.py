#!/usr/bin/env python3
"""The engine against PyTorch on the same machine in the same run: median of ratios, PyTorch's time / ours.

Run: /usr/bin/python3 tests/bench/compare.py BUILD/bench_engine [--rounds N] [case ...]

Each round times every case in both programs, one after the other, so that a busy machine slows both. Both use the same
OpenBLAS kernels. Exit status 1 when a case is below its floor.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

FLOORS = {"dln_f32": 5, "dln_f64": 4, "attn2_d32": 2, "attn2_d64": 1.5, "grok97": 1.2, "persample_n64": 3}
PEERS = pathlib.Path(__file__).with_name("torch_peers.py")


def run(command, env):
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench_engine")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    cases = args.cases or list(FLOORS)

    probe = json.loads(run([args.bench_engine, "--benchmark_filter=^sgemm$", "--benchmark_format=json"], os.environ))
    kernel, rate = probe["context"]["blas_kernel"], 1e9 * probe["benchmarks"][0]["gflops"]
    env = dict(os.environ, OPENBLAS_CORETYPE=kernel)
    print(f"kernel {kernel}, sgemm {rate / 1e9:.0f} GFLOP/s, {args.rounds} rounds")
    print(f"{'case':16}{'ours ms':>10}{'torch ms':>10}{'ratio':>8}{'floor':>7}{'of sgemm':>10}")
    below = False
    for case in cases:
        ours, theirs, flops = [], [], []
        for _ in range(args.rounds):
            text = run([args.bench_engine, f"--benchmark_filter=^{case}$", "--benchmark_format=json"], env)
            result = json.loads(text)["benchmarks"][0]
            ours.append(result["median_ms"])
            flops.append(1e9 * result.get("gflops", float("nan")))
            theirs.append(json.loads(run([sys.executable, str(PEERS), case], env))["ms"])
        ratio = statistics.median(t / o for t, o in zip(theirs, ours))
        floor = FLOORS.get(case, 0)
        below |= not ratio >= floor
        share = statistics.median(flops) / rate
        print(f"{case:16}{statistics.median(ours):10.3f}{statistics.median(theirs):10.3f}{ratio:8.2f}{floor:7}{share:10.0%}", flush=True)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
