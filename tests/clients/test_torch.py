#!/usr/bin/python3
"""A PyTorch training has the same bits with the monitor and without it. Exit code 77 (1 where PREMELT_FULL is set): no PyTorch."""

import os
import random
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
from sources import LIBRARY, REPOSITORY, premelt

try:
    import torch
except ImportError:
    print("not tested: PyTorch (Debian's python3-torch) is missing")
    sys.exit(1 if os.environ.get("PREMELT_FULL") else 77)

STEPS, PROBES, EVERY, W = 60, 24, 2, 8


class Network(torch.nn.Module):
    """Everything that a second forward pass could disturb: dropout, batch statistics, a part kept in evaluation mode."""

    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(10, 32), torch.nn.BatchNorm1d(32), torch.nn.ReLU(), torch.nn.Dropout(0.3),
                                        torch.nn.Linear(32, 32), torch.nn.Tanh())
        self.frozen = torch.nn.Sequential(torch.nn.Linear(32, 32), torch.nn.Dropout(0.5))
        self.head = torch.nn.Linear(32, 3)
        self.frozen.eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.frozen(self.body(x)))


def probe_losses(model: torch.nn.Module, inputs: tuple) -> torch.Tensor:
    x, y = inputs
    random.random(), np.random.random(), torch.rand(3)  # a loss that draws
    return torch.nn.functional.cross_entropy(model(x), y, reduction="none")


def train(look) -> dict[str, bytes]:
    """Everything a training leaves: parameters, statistics, the optimiser's state, losses, random states."""
    torch.manual_seed(1), np.random.seed(2), random.seed(3)
    model = Network()
    x, y = torch.randn(256, 10), torch.randint(0, 3, (256,))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=32, shuffle=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2)
    watch, losses, step = look(model, (x[:PROBES], y[:PROBES])), [], 0
    while step < STEPS:
        for batch_x, batch_y in loader:
            noise = 0.01 * np.random.normal() + 0.01 * random.gauss(0, 1)
            loss = torch.nn.functional.cross_entropy(model(batch_x + noise), batch_y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
            watch(step)
            step += 1
    left = {name: value.numpy().tobytes() for name, value in model.state_dict().items()}
    for number, state in optimiser.state_dict()["state"].items():
        left.update({f"{number}.{name}": torch.as_tensor(value).numpy().tobytes() for name, value in state.items()})
    modes = [module.training for module in model.modules()]
    return left | {"losses": np.array(losses).tobytes(), "modes": repr(modes).encode(), "python": repr(random.getstate()).encode(),
                   "numpy": repr(np.random.get_state()).encode(), "torch": torch.get_rng_state().numpy().tobytes()}


class Trainer:
    """What a callback sees of a trainer."""

    is_global_zero = is_world_process_zero = True
    global_step = 0


class WithTorch(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.watches: list = []

    def tearDown(self) -> None:
        os.environ["PREMELT_LIBRARY"] = str(LIBRARY)

    def watch(self, model: torch.nn.Module, inputs: tuple, **options) -> premelt.Watch:
        probes = premelt.Probes(model, inputs, probe_losses)
        self.watches.append(premelt.Watch(probes, EVERY, W, directory=self.folder / "run", **options))
        return self.watches[-1]

    def compare(self, look) -> None:
        alone, watched = train(lambda model, inputs: lambda step: None), train(look)
        self.assertEqual(alone.keys(), watched.keys())
        for name in alone:
            self.assertEqual(alone[name], watched[name], f"{name} is not what it is without the monitor")

    def test_the_comparison_finds_a_disturbance(self) -> None:
        with self.assertRaises(AssertionError):
            self.compare(lambda model, inputs: lambda step: torch.rand(1))

    def test_same_bits_with_the_library(self) -> None:
        self.compare(self.watch)
        self.assertEqual(len(premelt.read_run(self.folder / "run").losses), 32)
        self.assertTrue(np.isfinite(self.watches[0].monitor.signals()["shc"]))

    def test_same_bits_with_the_program(self) -> None:
        os.environ["PREMELT_LIBRARY"] = ""
        self.compare(self.watch)
        self.assertTrue(np.isfinite(self.watches[0].monitor.signals()["shc"]))

    def test_same_bits_when_the_probes_fail(self) -> None:
        def broken(model, inputs):
            losses = probe_losses(model, inputs)
            raise ArithmeticError("the probes are broken") if torch.rand(1) < 2 else losses

        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            self.compare(lambda model, inputs: premelt.Watch(premelt.Probes(model, inputs, broken), EVERY, W))
        own = [str(warning.message) for warning in said if "premelt" in str(warning.message)]
        self.assertEqual(own, ["premelt: watching has ended at step 0: the probes are broken; the training goes on"])

    def test_a_mean_is_no_loss_of_probes(self) -> None:
        model = Network()
        probes = premelt.Probes(model, (torch.randn(4, 10), torch.zeros(4, dtype=torch.long)),
                                lambda m, inputs: probe_losses(m, inputs).mean())
        with self.assertRaisesRegex(ValueError, "one unreduced loss a probe"):
            probes()
        self.assertTrue(model.training)
        self.assertFalse(model.frozen.training)

    def test_callbacks_of_trainers(self) -> None:
        """Called as transformers and lightning call them; every other hook is answered, too."""
        trainer = Trainer()
        for make, call in ((premelt.HuggingFaceCallback, lambda c: c.on_step_end(None, trainer, None, model=None)),
                           (premelt.LightningCallback, lambda c: c.on_train_batch_end(trainer, None, None, None, 0))):
            steps = []
            callback = make(steps.append)
            for trainer.global_step in range(3):
                call(callback)
            trainer.is_global_zero = trainer.is_world_process_zero = False
            call(callback)
            trainer.is_global_zero = trainer.is_world_process_zero = True
            self.assertEqual(steps, [0, 1, 2])
            self.assertIsNone(callback.on_log(None, trainer, None, logs={}))
            self.assertIsNone(callback.on_fit_start(trainer, None))
            self.assertFalse(hasattr(callback, "elsewhere"))
        self.assertEqual(callback.state_dict(), {})
        self.assertEqual(callback.state_key, "premelt")

    def test_sinks(self) -> None:
        sent: list = []

        class Scalars:
            def add_scalar(self, name, value, step):
                sent.append((name, value, step))

        class Metrics:
            def log_metric(self, name, value, step=None):
                sent.append((name, value, step))

        class Dicts:
            def log(self, values, step=None):
                sent.extend((name, value, step) for name, value in values.items())

        class Broken:
            def log(self, values, step=None):
                raise ConnectionError("the sink is gone")

        probes = np.random.default_rng(0).random
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            watch = premelt.Watch(lambda: probes(5), window=3, sinks=[Broken(), Scalars(), Metrics(), Dicts()])
            for step in range(4):
                signals = watch(step)
        self.assertEqual([str(warning.message) for warning in said],
                         ["premelt: a sink is left out from step 2 on: the sink is gone; the training goes on"])
        self.assertEqual(sent.count(("premelt/shc", signals["shc"], 3)), 3)
        self.assertEqual(sent.count(("premelt/alarm", 0.0, 3)), 3)
        with self.assertRaises(TypeError):
            premelt.send(object(), signals)

    def test_the_example_of_the_page_alarms(self) -> None:
        example = REPOSITORY / "docs" / "examples" / "watch_pytorch.py"
        done = subprocess.run([sys.executable, example], cwd=self.folder, capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, "PYTHONPATH": str(Path(premelt.__file__).parent)})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        alarms = premelt.read_run(self.folder / "runs" / "signs").events
        self.assertEqual(done.stdout, "".join(f"step {alarm['step']}: {alarm['why']}\n" for alarm in alarms))
        self.assertGreaterEqual(len(alarms), 1)

    def test_the_lesson_prints_what_the_example_records(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(Path(premelt.__file__).parent)}
        done = subprocess.run([sys.executable, REPOSITORY / "tutorials" / "13_your_run" / "record.py"], capture_output=True,
                              text=True, timeout=120, check=False, env=environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        subprocess.run([sys.executable, REPOSITORY / "docs" / "examples" / "watch_pytorch.py"], cwd=self.folder, check=True,
                       capture_output=True, timeout=120, env=environment)
        recorded = premelt.read_run(self.folder / "runs" / "signs")
        printed = np.loadtxt(done.stdout.splitlines()[1:], delimiter=",")
        self.assertEqual(printed[:, 0].tolist(), recorded.steps.tolist())
        self.assertEqual(printed[:, 1:].tobytes(), recorded.losses.tobytes())

    def test_alarm_is_told(self) -> None:
        told: list = []
        watch = premelt.Watch(lambda: losses, window=5, on_alarm=told.append)
        for step in range(60):
            fall = 0.3 * max(0, step - 40)
            losses = np.array([3 + 0.01 * np.sin(2.1 * step) - 0.1 * fall, 4 + 0.01 * np.cos(step) - 0.2 * fall])
            watch(step)
        self.assertEqual(len(told), 1)
        self.assertGreaterEqual(told[0]["step"], 40)
        self.assertIn("10 times its running minimum", told[0]["alarm"]["why"])


if __name__ == "__main__":
    unittest.main()
