"""The same in PyTorch: python3 tutorials/13_your_run/record.py > losses.csv"""

import torch

torch.manual_seed(13)
bits, hidden = 8, 16
model = torch.nn.Sequential(torch.nn.Linear(bits, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
optimiser = torch.optim.SGD(model.parameters(), lr=0.05)


def batch(size):
    x = torch.randint(0, 2, (size, bits)) * 2.0 - 1
    return x, x[:, :1] * x[:, 1:2]


def losses(x, y):
    return 0.5 * ((model(x) - y) ** 2).sum(dim=1)  # one number a sample: reduction="none" of a built-in loss


probe_x, probe_y = batch(32)  # drawn once, always the same, always in this order
print("step," + ",".join(str(i) for i in range(32)))
for step in range(1201):
    if step % 5 == 0:
        model.eval()  # no dropout in a measurement
        with torch.no_grad():
            print(step, *[f"{loss:.9g}" for loss in losses(probe_x, probe_y).tolist()], sep=",", flush=True)
        model.train()
    optimiser.zero_grad()
    losses(*batch(64)).mean().backward()
    optimiser.step()
