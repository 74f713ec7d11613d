"""Reference numbers for the engine, made with PyTorch in double precision.

Run:  /usr/bin/python3 tests/golden/engine_golden.py     (Debian's python3-torch; writes engine_*.txt beside itself)

Format, one tensor on two lines: `name extent extent ...`, then the numbers in row-major order.
An op case NAME has NAME/in0, NAME/in1, ... (what is differentiated), NAME/out, NAME/cotangent, NAME/grad0, ... and, for second
order, NAME/direction0, ... and the gradient of the gradients' slope along those: NAME/second0, ...
"""
import math
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
torch.set_default_dtype(torch.float64)


class Writer:
    def __init__(self, name, comment):
        self.lines, self.path = [f"# {comment}; made by engine_golden.py with PyTorch {torch.__version__}"], HERE / name

    def put(self, name, tensor):
        tensor = tensor.detach().to(torch.float64)
        self.lines += [" ".join([name, *map(str, tensor.shape)]), " ".join(f"{v:.17g}" for v in tensor.reshape(-1).tolist())]

    def close(self):
        self.path.write_text("\n".join(self.lines) + "\n")


def randn(*shape):
    return torch.randn(shape)


def positive(*shape):
    return torch.rand(*shape) * 1.5 + 0.5


def ties(*shape):
    """Few whole numbers, so that there are equals and zeros."""
    return torch.randint(-2, 3, shape).double()


def rms_norm(x, gain=1.0):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5) * gain


def split_heads(x, heads):
    return x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)


def attention(q, k, v, heads, causal):
    q, k, v = (split_heads(z, heads) for z in (q, k, v))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), float("-inf"))
    y = scores.softmax(-1) @ v
    return y.transpose(1, 2).reshape(y.shape[0], y.shape[2], -1)


def rotary(x, heads, base=10000.0):
    b, t, c = x.shape
    d = c // heads
    angle = torch.arange(t, dtype=torch.float64)[:, None] * base ** (-torch.arange(0, d, 2, dtype=torch.float64) / d)
    pairs = x.view(b, t, heads, d // 2, 2)
    cos, sin = angle.cos()[:, None, :], angle.sin()[:, None, :]
    even, odd = pairs[..., 0], pairs[..., 1]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).reshape(b, t, c)


IDS = torch.tensor([[4, 0, 0], [2, 4, 1]])
CLASSES = torch.tensor([2, 0, 1, 2])

OPS = {
    "add": (lambda a, b: a + b, lambda: [randn(2, 3, 4), randn(3, 1)]),
    "sub": (lambda a, b: a - b, lambda: [randn(3, 4), randn(2, 1, 4)]),
    "mul": (lambda a, b: a * b, lambda: [randn(2, 3, 4), randn(4)]),
    "div": (lambda a, b: a / b, lambda: [randn(2, 3), positive(2, 1)]),
    "square": (torch.square, lambda: [randn(3, 5)]),
    "exp": (torch.exp, lambda: [randn(3, 17)]),
    "log": (torch.log, lambda: [positive(3, 17)]),
    "sqrt": (torch.sqrt, lambda: [positive(3, 5)]),
    "tanh": (torch.tanh, lambda: [randn(3, 17)]),
    "relu": (torch.relu, lambda: [randn(3, 5)]),
    "pow": (lambda x: x**-1.5, lambda: [positive(3, 5)]),
    "gelu": (F.gelu, lambda: [randn(3, 17)]),
    "sigmoid": (torch.sigmoid, lambda: [3 * randn(3, 17)]),
    "silu": (F.silu, lambda: [3 * randn(3, 17)]),
    "sin": (torch.sin, lambda: [9 * randn(3, 5)]),
    "cos": (torch.cos, lambda: [9 * randn(3, 5)]),
    "abs": (torch.abs, lambda: [ties(3, 5)]),
    "maximum": (torch.maximum, lambda: [ties(2, 3, 4), ties(3, 1)]),
    "minimum": (torch.minimum, lambda: [ties(3, 4), ties(2, 1, 4)]),
    "clamp": (lambda x: x.clamp(-1, 2), lambda: [ties(3, 5)]),
    "pow_tensor": (torch.pow, lambda: [positive(2, 3), randn(3)]),
    "min": (lambda x: x.min(1).values, lambda: [randn(2, 3, 4)]),
    "amax": (lambda x: x.amax((0, 2)), lambda: [ties(2, 3, 4)]),
    "amin": (lambda x: x.amin(-1, keepdim=True), lambda: [ties(2, 3, 4)]),
    "stack": (lambda a, b: torch.stack([a, b], 1), lambda: [randn(2, 3), randn(2, 3)]),
    "split": (lambda x: x.split([1, 3], 1)[1], lambda: [randn(2, 4, 3)]),
    "cumsum": (lambda x: x.cumsum(1), lambda: [randn(2, 4, 3)]),
    "variance": (lambda x: x.var((0, 2)), lambda: [randn(2, 3, 4)]),
    "stddev": (lambda x: x.std(-1, unbiased=False, keepdim=True), lambda: [randn(2, 3, 4)]),
    "stddev_of_equals": (lambda x: (0 * x).std(1), lambda: [randn(2, 3)]),
    "outer": (torch.outer, lambda: [randn(3), randn(4)]),
    "einsum_heads": (lambda a, b: torch.einsum("bqhd,bkhd->bhqk", a, b), lambda: [randn(2, 3, 2, 4), randn(2, 5, 2, 4)]),
    "einsum_sums": (lambda a, b: torch.einsum("ijk,jl->li", a, b), lambda: [randn(2, 3, 4), randn(3, 5)]),
    "einsum_implicit": (lambda a, b: torch.einsum("jk, ij", a, b), lambda: [randn(2, 3), randn(4, 2)]),
    "einsum_products": (lambda a, b: torch.einsum("ij,jk->kij", a, b), lambda: [randn(2, 3), randn(3, 4)]),
    "einsum_scalar": (lambda a, b: torch.einsum("ij,ji->", a, b), lambda: [randn(2, 3), randn(3, 2)]),
    "matmul": (lambda a, b: a @ b, lambda: [randn(3, 4), randn(4, 5)]),
    "matmul_shared": (lambda a, b: a @ b, lambda: [randn(2, 3, 4), randn(4, 5)]),
    "matmul_batched": (lambda a, b: a @ b, lambda: [randn(2, 2, 3, 4), randn(2, 2, 4, 5)]),
    "matmul_nt": (lambda a, b: a @ b.transpose(-2, -1), lambda: [randn(2, 3, 4), randn(5, 4)]),
    "matmul_tn": (lambda a, b: a.transpose(-2, -1) @ b, lambda: [randn(2, 4, 3), randn(2, 4, 5)]),
    "sum": (lambda x: x.sum((0, 2)), lambda: [randn(2, 3, 4)]),
    "mean": (lambda x: x.mean(-1, keepdim=True), lambda: [randn(2, 3, 4)]),
    "max": (lambda x: x.max(1).values, lambda: [randn(2, 3, 4)]),
    "permute": (lambda x: x.permute(2, 0, 1), lambda: [randn(2, 3, 4)]),
    "slice": (lambda x: x[:, 1:3], lambda: [randn(2, 4, 3)]),
    "concat": (lambda a, b: torch.cat([a, b], 1), lambda: [randn(2, 3), randn(2, 2)]),
    "where": (lambda a, b: torch.where(torch.tensor([[True], [False]]), a, b), lambda: [randn(2, 3), randn(3)]),
    "gather": (lambda w: F.embedding(IDS, w), lambda: [randn(5, 4)]),
    "softmax": (lambda x: x.softmax(-1), lambda: [randn(2, 3, 5)]),
    "log_softmax": (lambda x: x.log_softmax(-1), lambda: [randn(2, 3, 5)]),
    "logsumexp": (lambda x: x.logsumexp(-1), lambda: [randn(2, 3, 5)]),
    "squared_error": (lambda y, t: 0.5 * (y - t).square().sum(1), lambda: [randn(4, 3), randn(4, 3)]),
    "cross_entropy": (lambda x: F.cross_entropy(x, CLASSES, reduction="none"), lambda: [randn(4, 3)]),
    "cross_entropy_tokens": (
        lambda x: F.cross_entropy(x.transpose(1, 2), IDS, reduction="none"),
        lambda: [randn(2, 3, 5)],
    ),
    "rms_norm": (rms_norm, lambda: [randn(2, 3, 6), randn(6)]),
    "layer_norm": (lambda x, g, b: F.layer_norm(x, (6,), g, b), lambda: [randn(2, 3, 6), randn(6), randn(6)]),
    "attention": (lambda q, k, v: attention(q, k, v, 2, True), lambda: [randn(2, 5, 6) for _ in range(3)]),
    "attention_full": (lambda q, k, v: attention(q, k, v, 3, False), lambda: [randn(2, 5, 6) for _ in range(3)]),
    "rotary": (lambda x: rotary(x, 2), lambda: [randn(2, 5, 8)]),
}


def write_ops():
    out = Writer("engine_ops.txt", "values and vector-Jacobian products of single ops")
    for name, (f, make) in OPS.items():
        inputs = [x.requires_grad_() for x in make()]
        y = f(*inputs)
        cotangent = randn(*y.shape)
        for i, x in enumerate(inputs):
            out.put(f"{name}/in{i}", x)
        out.put(f"{name}/out", y)
        out.put(f"{name}/cotangent", cotangent)
        gradients = torch.autograd.grad(y, inputs, cotangent, create_graph=True)
        directions = [randn(*x.shape) for x in inputs]
        for i, (g, direction) in enumerate(zip(gradients, directions)):
            out.put(f"{name}/grad{i}", g)
            out.put(f"{name}/direction{i}", direction)
        slope = sum((g * direction).sum() for g, direction in zip(gradients, directions))
        second = torch.autograd.grad(slope, inputs, allow_unused=True) if slope.requires_grad else [None] * len(inputs)
        for i, (g, x) in enumerate(zip(second, inputs)):
            out.put(f"{name}/second{i}", torch.zeros(x.shape) + (0 if g is None else g))
    out.close()


def block(p, prefix, x, heads):
    norm = lambda name, z: F.layer_norm(z, z.shape[-1:], p[prefix + name + ".weight"], p[prefix + name + ".bias"])
    linear = lambda name, z: F.linear(z, p[prefix + name + ".weight"], p[prefix + name + ".bias"])
    q, k, v = linear("attn.qkv", norm("attn_norm", x)).chunk(3, -1)
    x = x + linear("attn.out", attention(q, k, v, heads, True))
    return x + linear("mlp.down", F.gelu(linear("mlp.up", norm("mlp_norm", x))))


def block_shapes(prefix, width, mlp):
    shapes = {}
    for norm in ("attn_norm", "mlp_norm"):
        shapes |= {f"{prefix}{norm}.weight": (width,), f"{prefix}{norm}.bias": (width,)}
    for name, (o, i) in {"attn.qkv": (3 * width, width), "attn.out": (width, width), "mlp.up": (mlp, width), "mlp.down": (width, mlp)}.items():
        shapes |= {f"{prefix}{name}.weight": (o, i), f"{prefix}{name}.bias": (o,)}
    return shapes


def write_model():
    out = Writer("engine_model.txt", "one transformer block, and a two-layer model with its unreduced losses")
    width, heads, mlp, vocabulary, positions = 8, 2, 12, 7, 6
    draw = lambda shapes: {k: (0.4 * randn(*s) + (1.0 if "norm.weight" in k else 0.0)).requires_grad_() for k, s in shapes.items()}

    p = draw(block_shapes("block.", width, mlp))
    x = randn(3, positions, width).requires_grad_()
    y = block(p, "block.", x, heads)
    cotangent = randn(*y.shape)
    out.put("block_case/in", x), out.put("block_case/out", y), out.put("block_case/cotangent", cotangent)
    for (name, value), g in zip([("in", x), *p.items()], torch.autograd.grad(y, [x, *p.values()], cotangent)):
        out.put(f"block_case/grad/{name}", g)
        if name != "in":
            out.put(f"block_case/{name}", value)

    shapes = {"embed.weight": (vocabulary, width), "positions.weight": (positions, width)}
    for i in range(2):
        shapes |= block_shapes(f"blocks.{i}.", width, mlp)
    shapes |= {"norm.weight": (width,), "norm.bias": (width,), "unembed.weight": (vocabulary, width), "unembed.bias": (vocabulary,)}
    p = draw(shapes)
    tokens = torch.randint(0, vocabulary, (4, positions + 1))
    z = F.embedding(tokens[:, :-1], p["embed.weight"]) + p["positions.weight"]
    for i in range(2):
        z = block(p, f"blocks.{i}.", z, heads)
    logits = F.linear(F.layer_norm(z, (width,), p["norm.weight"], p["norm.bias"]), p["unembed.weight"], p["unembed.bias"])
    losses = F.cross_entropy(logits.transpose(1, 2), tokens[:, 1:], reduction="none")
    out.put("model/tokens", tokens), out.put("model/losses", losses)
    for (name, value), g in zip(p.items(), torch.autograd.grad(losses.mean(), list(p.values()))):
        out.put(f"model/{name}", value)
        out.put(f"model/grad/{name}", g)
    out.close()


def write_optimizers():
    """50 steps on ½θᵀAθ - bᵀθ + Σ sin θ from one start, every step's θ."""
    out = Writer("engine_optimizers.txt", "trajectories of optimisers and schedules over 50 steps")
    m = randn(6, 6)
    a, b, start = m @ m.T / 6 + 0.1 * torch.eye(6), randn(6), 2 * randn(6)
    out.put("a", a), out.put("b", b), out.put("start", start)
    sgd, optim, scheduler = torch.optim.SGD, torch.optim, torch.optim.lr_scheduler
    cases = {
        "sgd": (lambda p: sgd(p, 0.05), None, None),
        "momentum": (lambda p: sgd(p, 0.05, momentum=0.9, weight_decay=0.01), None, None),
        "nesterov": (lambda p: sgd(p, 0.05, momentum=0.9, nesterov=True, weight_decay=0.01), None, None),
        "adam": (lambda p: optim.Adam(p, 0.03, weight_decay=0.1), None, None),
        "adamw": (lambda p: optim.AdamW(p, 0.03, betas=(0.9, 0.98), weight_decay=0.5), None, None),
        "adamw_cosine": (lambda p: optim.AdamW(p, 0.03), lambda o: scheduler.CosineAnnealingLR(o, 50), None),
        "momentum_steps": (lambda p: sgd(p, 0.05, momentum=0.9), lambda o: scheduler.StepLR(o, 15, 0.3), None),
        "adamw_warmup": (
            lambda p: optim.AdamW(p, 0.03),
            lambda o: scheduler.LambdaLR(o, lambda t: min(1, (t + 1) / 10) * (1 - min(max(t - 35, 0) / 15, 1))),
            None,
        ),
        "sgd_clipped": (lambda p: sgd(p, 0.05), None, 0.5),
    }
    for name, (make, schedule, clip) in cases.items():
        theta = start.clone().requires_grad_()
        optimizer = make([theta])
        rates = schedule(optimizer) if schedule else None
        path = []
        for _ in range(50):
            optimizer.zero_grad()
            (0.5 * theta @ a @ theta - b @ theta + theta.sin().sum()).backward()
            if clip:
                torch.nn.utils.clip_grad_norm_([theta], clip)
            optimizer.step()
            if rates:
                rates.step()
            path.append(theta.detach().clone())
        out.put(name, torch.stack(path))
    out.close()


if __name__ == "__main__":
    torch.manual_seed(20)
    write_ops()
    write_model()
    write_optimizers()
