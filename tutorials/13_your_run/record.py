"""The same in PyTorch: PYTHONPATH=rdm/clients/python python3 tutorials/13_your_run/record.py > losses.csv"""

import premelt
import torch

torch.manual_seed(13)
bits, hidden = 8, 16
model = torch.nn.Sequential(torch.nn.Linear(bits, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
optimiser = torch.optim.SGD(model.parameters(), lr=0.05)


def batch(size):
    x = torch.randint(0, 2, (size, bits)) * 2.0 - 1
    return x, x[:, :1] * x[:, 1:2]


def losses(network, samples):
    x, y = samples
    return 0.5 * ((network(x) - y) ** 2).sum(dim=1)  # one number a sample: reduction="none" of a built-in loss


probes = premelt.Probes(model, batch(32), losses)  # drawn once, always the same, always in this order
print("step," + ",".join(str(i) for i in range(32)))
for step in range(1201):
    if step % 5 == 0:
        print(step, *probes().tolist(), sep=",", flush=True)
    optimiser.zero_grad()
    losses(model, batch(64)).mean().backward()
    optimiser.step()
