"""Reference numbers for NaN, infinities, zeros, denormals and huge numbers, made with PyTorch in both precisions.

Run:  /usr/bin/python3 tests/golden/engine_special.py     (Debian's python3-torch; writes engine_special.txt beside itself)

Format of engine_golden.py. Case NAME of precision P (f32, f64) has P/NAME/in0, ..., P/NAME/out and, for each of two cotangents,
P/NAME/cotangentK and P/NAME/gradK_0, ... : all ones, and one that has a zero, an infinity and a NaN in it.
"""
import itertools
import pathlib

import torch
import torch.nn.functional as F

NAN, INF = float("nan"), float("inf")
BORDERS = {torch.float32: [88.5, -87.5, -100.0], torch.float64: [709.6, -708.5, -740.0]}  # of exp


def special(dtype):
    limits = torch.finfo(dtype)
    tiny = limits.tiny * limits.eps  # the smallest denormal
    return [NAN, INF, -INF, 0.0, -0.0, tiny, -tiny, limits.tiny / 3, limits.tiny, limits.max, -limits.max, 1.0, -1.0, 0.5, -2.5, 40.0, -40.0]


def numbers(dtype):
    return torch.tensor(special(dtype) + BORDERS[dtype], dtype=dtype)


def pairs(dtype, huge=None):
    few = [NAN, INF, -INF, 0.0, -0.0, torch.finfo(dtype).tiny / 3, huge or torch.finfo(dtype).max, 1.0, -2.5]
    return [torch.tensor(side, dtype=dtype) for side in zip(*itertools.product(few, few))]


def rows(dtype, without=()):
    """Every row a case of its own; those that hold one of the numbers of `without` are left out."""
    huge = torch.finfo(dtype).max
    every = [
        [NAN, 0, 1, 2], [0, 1, 2, NAN], [INF, 0, 1, 2], [0, INF, INF, 1], [-INF, 0, 1, 2], [-INF, -INF, -INF, -INF],
        [-INF, -INF, -INF, 3], [INF, INF, INF, INF], [INF, -INF, 0, 1], [huge, 0, 1, 2], [-huge, 0, 1, 2], [NAN, INF, 0, NAN],
        [1, NAN, -INF, 0], [0, 0, -0.0, 0], [1e30, 1e30, 0, 1], [3, 1, 2, 3],
    ]
    unwanted = {"huge": {huge, -huge, 1e30}, "inf": {INF}, "-inf": {-INF}}
    avoid = set().union(*[unwanted[name] for name in without])
    return torch.tensor([row for row in every if not avoid & set(row)], dtype=dtype)


LABELS = torch.tensor([0, 1, 2, 3] * 4)
MASK = torch.tensor([True, False, True, False])
SOME = torch.tensor([1.0, 2.0, -1.0, 0.5])

UNARY = {
    "exp": torch.exp, "log": torch.log, "sqrt": torch.sqrt, "square": torch.square, "tanh": torch.tanh, "relu": torch.relu, "gelu": F.gelu,
    "normal_cdf": torch.special.ndtr, "pow_2": lambda x: x**2, "pow_0": lambda x: x**0, "pow_-1.5": lambda x: x**-1.5, "pow_3": lambda x: x**3,
    "sigmoid": torch.sigmoid, "silu": F.silu, "sin": torch.sin, "cos": torch.cos, "abs": torch.abs,
    "clamp": lambda x: x.clamp(-2.5, 0.5), "clamp_below": lambda x: x.clamp(min=0),
    "scale": lambda x: -3 * x, "shift": lambda x: x + 2, "sqrt_of_relu": lambda x: torch.relu(x).sqrt(), "log_of_relu": lambda x: torch.relu(x).log(),
}
BINARY = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "maximum": torch.maximum, "minimum": torch.minimum}
ROWS = {
    "sum": lambda x: x.sum(-1), "mean": lambda x: x.mean(-1), "max": lambda x: x.max(-1).values, "min": lambda x: x.min(-1).values, "cumsum": lambda x: x.cumsum(-1),
    "sqrt_of_max": lambda x: x.max(-1).values.sqrt(),
    "softmax": lambda x: x.softmax(-1), "log_softmax": lambda x: x.log_softmax(-1),
    "where": lambda x: torch.where(MASK, x, SOME.to(x.dtype)),
    "sqrt_of_where": lambda x: torch.where(MASK, SOME.to(x.dtype).abs(), x).sqrt(),
    "causal_mask": lambda x: x.view(4, 4, 4).masked_fill(torch.ones(4, 4, dtype=torch.bool).triu(1), -INF),
    "causal_softmax": lambda x: x.view(4, 4, 4).masked_fill(torch.ones(4, 4, dtype=torch.bool).triu(1), -INF).softmax(-1),
}
# Where ours is right and PyTorch overflows, or has another opinion on infinities, it is no reference.
SOME_ROWS = {
    "cross_entropy": (lambda x: F.cross_entropy(x, LABELS[: len(x)], reduction="none"), ["huge"]),
    "logsumexp": (lambda x: x.logsumexp(-1), ["huge", "inf"]),
    "squared_error": (lambda x: 0.5 * (x - SOME.to(x.dtype)).square().sum(-1), ["huge"]),
    "layer_norm": (lambda x: F.layer_norm(x, (4,)), ["huge"]),
    "rms_norm": (lambda x: x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5), ["huge", "inf", "-inf"]),
}


MILD = [1.0, 0.0, -2.0, 3.0, 0.5]  # where PyTorch multiplies what a mask should hide


class Writer:
    def __init__(self, path):
        self.path, self.lines = path, [f"# special values; made by engine_special.py with PyTorch {torch.__version__}"]

    def put(self, name, tensor):
        tensor = tensor.detach().to(torch.float64)
        self.lines += [" ".join([name, *map(str, tensor.shape)]), " ".join(f"{v:.17g}" for v in tensor.reshape(-1).tolist())]

    def case(self, name, f, inputs, cotangents=(1.0, 0.0, -2.0, INF, 1.0, NAN, 0.5)):
        inputs = [x.clone().requires_grad_() for x in inputs]
        y = f(*inputs)
        for i, x in enumerate(inputs):
            self.put(f"{name}/in{i}", x)
        self.put(f"{name}/out", y)
        unusual = torch.tensor(list(itertools.islice(itertools.cycle(cotangents), y.numel())), dtype=y.dtype)
        for k, cotangent in enumerate([torch.ones_like(y), unusual.reshape(y.shape)]):
            self.put(f"{name}/cotangent{k}", cotangent)
            for i, g in enumerate(torch.autograd.grad(y, inputs, cotangent, retain_graph=True)):
                self.put(f"{name}/grad{k}_{i}", g)


if __name__ == "__main__":
    out = Writer(pathlib.Path(__file__).parent / "engine_special.txt")
    for precision, dtype in {"f32": torch.float32, "f64": torch.float64}.items():
        for name, f in UNARY.items():
            out.case(f"{precision}/{name}", f, [numbers(dtype)])
        for name, f in BINARY.items():
            out.case(f"{precision}/{name}", f, pairs(dtype))
        for name, f in ROWS.items():
            out.case(f"{precision}/{name}", f, [rows(dtype)])
        # PyTorch's max¹ is infinite in double.
        out.case(f"{precision}/pow_tensor", torch.pow, pairs(dtype, huge=1e30), MILD)
        out.case(f"{precision}/amax", lambda x: x.amax(-1), [rows(dtype)], MILD)
        for name, (f, without) in SOME_ROWS.items():
            out.case(f"{precision}/{name}", f, [rows(dtype, without)])
    out.path.write_text("\n".join(out.lines) + "\n")
