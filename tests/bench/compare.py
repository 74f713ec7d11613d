#!/usr/bin/env python3
"""The engine against PyTorch on the same machine in the same run: median of ratios, PyTorch's time / ours.

Run: /usr/bin/python3 tests/bench/compare.py build/release/premelt_bench [--rounds N] [case ...]

Each round times every case in both programs, one after the other, so that a busy machine slows both. Both use the same
OpenBLAS kernels and each its best thread count, 1 or 2. Exit status 1 when a case is below its floor.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

FLOORS = {"dln_f32": 5, "dln_f64": 4, "attn2_d32": 2, "attn2_d64": 1.5, "grok97": 1.2, "persample_n64": 3,
          "gauss_n64_M64": 4}
PEERS = pathlib.Path(__file__).with_name("torch_peers.py")


def run(command, env):
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout


def ours_once(program, case, env, threads):
    command = [program, f"--benchmark_filter=^{case}$", "--benchmark_format=json"]
    result = json.loads(run(command, dict(env, OPENBLAS_NUM_THREADS=str(threads))))["benchmarks"][0]
    return dict(result, blas_threads=threads)


def best_of_ours(program, case, env):
    return min((ours_once(program, case, env, threads) for threads in (1, 2)), key=lambda result: result["median_ms"])


def peer(case, env):
    return json.loads(run([sys.executable, str(PEERS), case], env))["ms"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    cases = args.cases or list(FLOORS)

    probe = json.loads(run([args.program, "--benchmark_filter=^sgemm$", "--benchmark_format=json"], os.environ))
    kernel, rate = probe["context"]["blas_kernel"], 1e9 * probe["benchmarks"][0]["gflops"]
    env = dict(os.environ, OPENBLAS_CORETYPE=kernel)
    print(f"kernel {kernel}, sgemm {rate / 1e9:.0f} GFLOP/s on one thread, {args.rounds} rounds")
    print(f"{'case':16}{'ours ms':>10}{'torch ms':>10}{'ratio':>8}{'floor':>7}{'of sgemm':>10}{'threads':>9}")
    below = False
    for case in cases:
        rounds = [(best_of_ours(args.program, case, env), peer(case, env)) for _ in range(args.rounds)]
        ratio = statistics.median(theirs / ours["median_ms"] for ours, theirs in rounds)
        floor = FLOORS.get(case, 0)
        below |= not ratio >= floor
        ours = statistics.median(ours["median_ms"] for ours, _ in rounds)
        theirs = statistics.median(theirs for _, theirs in rounds)
        share = statistics.median(1e9 * ours.get("gflops", float("nan")) for ours, _ in rounds) / rate
        threads = statistics.mode(ours["blas_threads"] for ours, _ in rounds)
        print(f"{case:16}{ours:10.3f}{theirs:10.3f}{ratio:8.2f}{floor:7}{share:10.0%}{threads:9}", flush=True)
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
