#!/usr/bin/python3
"""Replays random programs in PyTorch and compares values, gradients and Hessian-vector products with ours.

    tests/property/check_with_torch.py TEST_PROPERTY

TEST_PROPERTY, the test program, writes its programs and results as JSON lines (program.hpp). Without PyTorch: exit code 77.
"""

import json
import os
import subprocess
import sys
import tempfile

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("skipped: PyTorch is not installed (Debian: python3-torch)")
    sys.exit(77)

TOLERANCE = 1e-10


def every_third(shape):
    count = int(torch.tensor(shape).prod()) if shape else 1
    return (torch.arange(count) % 3 == 0).reshape(shape)


def rms_norm(x):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5)


def heads(x, count):
    return x.reshape(*x.shape[:2], count, x.shape[2] // count).permute(0, 2, 1, 3)


def attention(q, k, v, count, causal):
    scores = heads(q, count) @ heads(k, count).transpose(-1, -2) / (q.shape[2] / count) ** 0.5
    if causal:
        t = q.shape[1]
        scores = scores.masked_fill(~torch.tril(torch.ones(t, t, dtype=torch.bool)), float("-inf"))
    return (scores.softmax(-1) @ heads(v, count)).permute(0, 2, 1, 3).reshape(q.shape)


def rotary(x):
    positions, width = x.shape[1:]
    angles = torch.arange(positions, dtype=x.dtype)[:, None] * 100.0 ** (-torch.arange(0, width, 2, dtype=x.dtype) / width)
    even, odd = x[..., 0::2], x[..., 1::2]
    turned = torch.stack([even * angles.cos() - odd * angles.sin(), even * angles.sin() + odd * angles.cos()], -1)
    return turned.reshape(x.shape)


def pad(x, axis, before, after):
    return F.pad(x, [0, 0] * (x.dim() - 1 - axis) + [before, after])


def gather(x, choices, samples):
    rows = torch.tensor(choices[1:])
    return x[rows.reshape(samples, 2) if choices[0] else rows]


def cross_entropy(x, labels):
    return F.cross_entropy(x.reshape(-1, x.shape[-1]), torch.tensor(labels), reduction="none").reshape(x.shape[:-1])


def normal_cdf(x):
    return 0.5 * (1 + torch.erf(x / 2**0.5))


# name -> f(a, b, step, samples), the formulas of the table in program.cpp
OPS = {
    "scale": lambda a, b, s, n: s["factor"] * a,
    "add": lambda a, b, s, n: a + b,
    "sub": lambda a, b, s, n: a - b,
    "mul": lambda a, b, s, n: a * b,
    "div": lambda a, b, s, n: a / (b * b + 1),
    "where": lambda a, b, s, n: torch.where(every_third(torch.broadcast_shapes(a.shape, b.shape)), a, b),
    "square": lambda a, b, s, n: 0.5 * a * a,
    "exp": lambda a, b, s, n: torch.exp(-a),
    "log": lambda a, b, s, n: torch.log(a * a + 1),
    "sqrt": lambda a, b, s, n: torch.sqrt(a * a + 1),
    "pow": lambda a, b, s, n: (a * a + 1) ** -0.7,
    "tanh": lambda a, b, s, n: torch.tanh(a),
    "gelu": lambda a, b, s, n: a * normal_cdf(a),
    "normal_cdf": lambda a, b, s, n: normal_cdf(a),
    "relu": lambda a, b, s, n: F.relu(a),
    "sigmoid": lambda a, b, s, n: torch.sigmoid(a),
    "silu": lambda a, b, s, n: F.silu(a),
    "sin": lambda a, b, s, n: torch.sin(a),
    "cos": lambda a, b, s, n: torch.cos(a),
    "abs": lambda a, b, s, n: torch.abs(a),
    "maximum": lambda a, b, s, n: torch.maximum(a, b),
    "minimum": lambda a, b, s, n: torch.minimum(a, b),
    "clamp": lambda a, b, s, n: a.clamp(-1, 0.5),
    "pow_tensor": lambda a, b, s, n: (a * a + 1) ** b.tanh(),
    "min": lambda a, b, s, n: a.min(-1).values,
    "amax": lambda a, b, s, n: a.amax(-1),
    "amin": lambda a, b, s, n: a.amin(-1),
    "cumsum": lambda a, b, s, n: a.cumsum(s["choices"][0]),
    "variance": lambda a, b, s, n: a.var(s["choices"][0], unbiased=False, keepdim=True),
    "stddev": lambda a, b, s, n: a.std(-1, unbiased=False),
    "stack": lambda a, b, s, n: torch.stack([a, b], s["choices"][0]),
    "split": lambda a, b, s, n: a.split([s["choices"][1], a.shape[s["choices"][0]] - s["choices"][1]], s["choices"][0])[1],
    "outer": lambda a, b, s, n: torch.outer(a, b),
    "einsum": lambda a, b, s, n: (a @ b).transpose(-1, -2),
    "einsum_rows": lambda a, b, s, n: (a * b).sum(-1),
    "softmax": lambda a, b, s, n: a.softmax(-1),
    "log_softmax": lambda a, b, s, n: a.log_softmax(-1),
    "logsumexp": lambda a, b, s, n: a.logsumexp(-1),
    "rms_norm": lambda a, b, s, n: rms_norm(a),
    "layer_norm": lambda a, b, s, n: F.layer_norm(a, a.shape[-1:], eps=1e-5),
    "max": lambda a, b, s, n: a.max(-1).values,
    "sum": lambda a, b, s, n: a.sum(s["choices"][0]),
    "mean_keep": lambda a, b, s, n: a.mean(s["choices"][0], keepdim=True),
    "total": lambda a, b, s, n: a.mean(),
    "reshape": lambda a, b, s, n: a.reshape(s["choices"]),
    "transpose": lambda a, b, s, n: a.transpose(-1, -2),
    "permute": lambda a, b, s, n: a.permute(s["choices"]),
    "slice": lambda a, b, s, n: a.narrow(s["choices"][0], s["choices"][1], s["choices"][2] - s["choices"][1]),
    "pad": lambda a, b, s, n: pad(a, *s["choices"]),
    "concat": lambda a, b, s, n: torch.cat([a, b], s["choices"][0]),
    "gather": lambda a, b, s, n: gather(a, s["choices"], n),
    "scatter_rows": lambda a, b, s, n: a.new_zeros(a.shape[1], a.shape[1]).index_add(0, torch.tensor(s["choices"]), a),
    "matmul": lambda a, b, s, n: a @ b,
    "matmul_nt": lambda a, b, s, n: a @ b.transpose(-1, -2),
    "matmul_tn": lambda a, b, s, n: a.transpose(-1, -2) @ b,
    "linear": lambda a, b, s, n: F.linear(a, b, b.mean(1)),
    "attention": lambda a, b, s, n: attention(a, torch.tanh(a), 0.5 * a, 2, True),
    "self_attention": lambda a, b, s, n: attention(a, torch.tanh(a), 0.5 * a, 1, False),
    "rotary": lambda a, b, s, n: rotary(a),
    "squared_error": lambda a, b, s, n: 0.5 * ((a - b) ** 2).reshape(a.shape[0], -1).sum(1),
    "cross_entropy": lambda a, b, s, n: cross_entropy(a, s["choices"]),
}


def tensor(entry):
    return torch.tensor(entry["numbers"], dtype=torch.float64).reshape(entry["shape"])


def difference(ours, theirs):
    """The largest difference relative to the largest number, or to 1; NaN when anything is."""
    worst, scale = 0.0, 1.0
    for a, b in zip(ours, theirs, strict=True):
        a, b = torch.tensor(a, dtype=torch.float64), b.detach().reshape(-1)
        if a.numel() != b.numel() or not torch.isfinite(a - b).all():
            return float("nan")
        worst, scale = max(worst, float((a - b).abs().max())), max(scale, float(b.abs().max()))
    return worst / scale


def replay(program, used):
    theta = [tensor(entry).requires_grad_() for entry in program["parameters"]]
    values = theta + [tensor(entry) for entry in program["constants"]]
    for step in program["steps"]:
        used.add(step["op"])
        values.append(OPS[step["op"]](values[step["in"][0]], values[step["in"][1]], step, program["samples"]))
    objective = sum((value * tensor(weight)).sum() for value, weight in zip(values, program["weights"], strict=True))
    gradients = torch.autograd.grad(objective, theta, create_graph=True)
    slope = sum((g * t.detach()).sum() for g, t in zip(gradients, theta))
    products = torch.autograd.grad(slope, theta, allow_unused=True) if slope.requires_grad else [None] * len(theta)
    products = [torch.zeros_like(t) if p is None else p for p, t in zip(products, theta)]
    return {
        "values": difference(program["values"], values),
        "objective": difference([[program["objective"]]], [objective]),
        "gradients": difference(program["gradients"], gradients),
        "products": difference(program["products"], products),
    }


def main(test_property):
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "programs.jsonl")
        environment = {**os.environ, "PREMELT_PROGRAMS": path}
        subprocess.run([test_property, "[torch]"], env=environment, check=True, stdout=subprocess.DEVNULL)
        programs = [json.loads(line) for line in open(path, encoding="utf-8")]
    used, worst, failed = set(), dict.fromkeys(["values", "objective", "gradients", "products"], 0.0), 0
    for program in programs:
        errors = replay(program, used)
        if not all(error <= TOLERANCE for error in errors.values()):
            failed += 1
            if failed == 1:
                print("differs:", errors, json.dumps({"samples": program["samples"], "steps": program["steps"]}))
        worst = {kind: max(worst[kind], error) for kind, error in errors.items()}
    print(f"{len(programs)} programs of {sum(len(p['steps']) for p in programs)} ops, {failed} differ; largest:", worst)
    missing = set(OPS) - used
    if missing:
        print("no program used", sorted(missing))
    return 0 if programs and not failed and not missing else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
