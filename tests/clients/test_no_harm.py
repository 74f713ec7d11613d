#!/usr/bin/python3
"""Whatever happens to the monitor, the training goes on, and what happened is said; whatever happens to the training, what was
recorded can be read."""

import copy
import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
import warnings
from pathlib import Path

import numpy as np
from sources import LIBRARY, PROGRAM, premelt, run

N, W, STEPS = 6, 10, 40


def losses_at(step: int) -> np.ndarray:
    return 2 + np.sin(0.3 * step + np.arange(N)) - 0.01 * step


class NoHarm(unittest.TestCase):
    def setUp(self) -> None:
        os.environ.update(PREMELT_LIBRARY=str(LIBRARY), PREMELT_PROGRAM=str(PROGRAM))
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def train(self, push, disturb=lambda step: None) -> list[str]:
        """A training of STEPS steps, to its end; gives the warnings."""
        done = 0
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for step in range(STEPS):
                disturb(step)
                push(step, losses_at(step))
                done += 1
        self.assertEqual(done, STEPS)
        return [str(warning.message) for warning in said if issubclass(warning.category, RuntimeWarning)]

    def through_pipe(self, program: Path = PROGRAM) -> premelt.Monitor:
        os.environ.update(PREMELT_LIBRARY="", PREMELT_PROGRAM=str(program))
        return premelt.Monitor(N, W)

    def script(self, text: str) -> Path:
        """An executable that stands in for the program."""
        path = self.folder / "program"
        path.write_text("#!/bin/sh\n" + textwrap.dedent(text))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def test_quiet_run_says_nothing(self) -> None:
        for monitor in (premelt.Monitor(N, W), self.through_pipe()):
            self.assertEqual(self.train(monitor.push), [])
            self.assertEqual(monitor.signals()["step"], STEPS - 1)
            monitor.close()

    def test_a_loss_that_is_no_number(self) -> None:
        for monitor, undisturbed in ((premelt.Monitor(N, W), premelt.Monitor(N, W)), (self.through_pipe(), self.through_pipe())):
            reasons = []

            def push(step: int, losses: np.ndarray) -> None:
                bad = 10 <= step < 13
                if bad:
                    losses[2] = (np.nan, np.inf, 1e80)[step - 10]
                else:
                    undisturbed.push(step, losses)
                monitor.push(step, losses)
                self.assertEqual(monitor.signals() is None, bad or step < W - 1)
                reasons.extend([monitor.why] if bad else [])

            said = self.train(push)
            self.assertEqual(len(said), 1)
            self.assertIn("the loss of probe 2 at step 10 is nan", said[0])
            self.assertIn("the training goes on", said[0])
            self.assertEqual(reasons, [f"the loss of probe 2 at step {step} is {loss}" for step, loss in
                                       ((10, "nan"), (11, "inf"), (12, "1e+80"))])
            self.assertEqual(monitor.signals(), undisturbed.signals())
            monitor.close(), undisturbed.close()

    def test_a_wrong_recording_is_left_out(self) -> None:
        monitor = premelt.Monitor(N, W)
        monitor.push(5, losses_at(5))
        for step, losses, reason in ((6, losses_at(6)[:3], "expected (6,)"), (6, [losses_at(6)], "expected (6,)"), (6, "words", "no numbers"),
                                     (6, None, "of shape ()"), (5, losses_at(5), "steps have to increase: 5 follows 5")):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.assertIsNone(monitor.push(step, losses))
            self.assertIn(reason, monitor.why)
        monitor.push(6, losses_at(6))
        self.assertEqual(monitor.why, f"window not full: 2 of {W}")

    def test_a_monitor_is_not_copied(self) -> None:
        with self.assertRaisesRegex(TypeError, "neither copied nor pickled"):
            copy.deepcopy(premelt.Monitor(N, W))

    def test_program_killed(self) -> None:
        monitor = self.through_pipe()
        said = self.train(monitor.push, lambda step: os.kill(monitor._backend._process.pid, signal.SIGKILL) if step == 20 else None)
        self.assertEqual(len(said), 1)
        self.assertIn("`premelt watch` was ended by signal 9", said[0])
        self.assertIn("step 20", said[0])
        self.assertIsNone(monitor.signals())

    def test_program_hangs(self) -> None:
        monitor = self.through_pipe()
        patience, premelt.PATIENCE = premelt.PATIENCE, 0.3
        began = time.monotonic()
        try:
            said = self.train(monitor.push, lambda step: os.kill(monitor._backend._process.pid, signal.SIGSTOP) if step == 20 else None)
        finally:
            premelt.PATIENCE = patience
        self.assertLess(time.monotonic() - began, 30)
        self.assertIn("has not answered for 0.3 seconds", said[0])
        self.assertEqual(len(said), 1)

    def test_program_that_dies_at_once(self) -> None:
        said = self.train(self.through_pipe(self.script("echo 'no such processor' >&2; exit 3")).push)
        self.assertEqual(len(said), 1)
        self.assertIn("ended with exit code 3: no such processor", said[0])

    def test_program_that_closes_its_pipe(self) -> None:
        said = self.train(self.through_pipe(self.script("exec <&- >&-; sleep 1")).push)
        self.assertEqual(len(said), 1)
        self.assertIn("`premelt watch`", said[0])

    def test_program_that_talks_nonsense(self) -> None:
        said = self.train(self.through_pipe(self.script("while read line; do echo hello; done")).push)
        self.assertEqual(len(said), 1)
        self.assertIn("the training goes on without it", said[0])

    def test_recordings_larger_than_a_pipe(self) -> None:
        monitor_options = dict(n=9_000, window=3)
        os.environ["PREMELT_LIBRARY"] = ""
        piped = premelt.Monitor(**monitor_options)
        os.environ["PREMELT_LIBRARY"] = str(LIBRARY)
        direct = premelt.Monitor(**monitor_options)
        for step in range(4):
            losses = 1 + np.random.default_rng(step).random(9_000)
            self.assertEqual(piped.push(step, losses), direct.push(step, losses))
        self.assertIsNotNone(direct.signals())
        piped.close()

    def test_neither_library_nor_program_is_said_before_the_training(self) -> None:
        os.environ.update(PREMELT_LIBRARY="", PREMELT_PROGRAM="")
        path, os.environ["PATH"] = os.environ["PATH"], str(self.folder)
        built, premelt._built = premelt._built, lambda name: ""
        try:
            with self.assertRaisesRegex(RuntimeError, "PREMELT_LIBRARY"):
                premelt.Monitor(N, W)
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                recorder = premelt.Recorder(N, directory=self.folder / "run", window=W)
        finally:
            os.environ["PATH"], premelt._built = path, built
        self.assertIn("losses are recorded without signals", str(said[0].message))
        self.assertEqual(self.train(recorder.record), [])
        self.assertEqual(premelt.read_run(recorder.directory).losses.shape, (STEPS, N))

    def test_disk_full(self) -> None:
        """A limit on the size of files: what the disk does not take any more."""
        program = """
            import resource, sys
            sys.path.insert(0, sys.argv[1])
            from test_no_harm import *
            recorder = premelt.Recorder(N, directory=sys.argv[2], window=W)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            for step in range(STEPS):
                recorder.record(step, losses_at(step))
            sys.exit(0 if step == STEPS - 1 and recorder.monitor.signals()["step"] == step else 5)
        """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(Path(__file__).parent), str(self.folder / "run")],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertIn("the recording has ended", done.stderr)
        self.assertIn("the training goes on", done.stderr)
        self.assertEqual(done.stderr.count("RuntimeWarning"), 1)
        kept = premelt.read_run(self.folder / "run")
        self.assertGreater(len(kept.losses), 0)
        self.assertLess(len(kept.losses), STEPS)
        for row, step in zip(kept.losses, kept.steps):
            self.assertEqual(row.tobytes(), losses_at(int(step)).tobytes())
        self.assertIn(f"the {len(kept.losses)} recordings before it are in", done.stderr)
        self.assertTrue((self.folder / "run" / "signals.csv").read_text().endswith("\n"))
        run([PROGRAM, "report", self.folder / "run"])

    def test_directory_that_cannot_be_made(self) -> None:
        (self.folder / "file").write_text("")
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            recorder = premelt.Recorder(N, directory=self.folder / "file" / "run", window=W)
        self.assertIn("the recording has ended", str(said[0].message))
        self.assertEqual(self.train(recorder.record), [])
        self.assertEqual(recorder.monitor.signals()["step"], STEPS - 1)

    def test_training_killed(self) -> None:
        program = """
            import sys
            sys.path.insert(0, sys.argv[1])
            from test_no_harm import *
            recorder = premelt.Recorder(N, directory=sys.argv[2], window=W)
            for step in range(STEPS):
                recorder.record(step, losses_at(step))
            os.kill(os.getpid(), signal.SIGKILL)
        """
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), str(Path(__file__).parent), str(self.folder / "run")],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, -signal.SIGKILL, done.stderr)
        self.assertEqual(done.stdout + done.stderr, "")
        kept = premelt.read_run(self.folder / "run")
        self.assertEqual(kept.losses.tobytes(), np.array([losses_at(step) for step in range(STEPS)]).tobytes())
        self.assertEqual(kept.signals["step"].tolist(), list(range(W - 1, STEPS)))
        self.assertTrue(np.isfinite(kept.modes).all())
        run([PROGRAM, "report", self.folder / "run"])
        run([PROGRAM, "analyze", self.folder / "run" / "losses.npy", "--steps-file", self.folder / "run" / "steps.npy", "--window", W,
             "--out", self.folder / "again"])
        again = premelt.read_run(self.folder / "again")
        for name in premelt.SIGNALS:
            self.assertEqual(kept.signals[name].tobytes(), again.signals[name].tobytes(), name)
        self.assertEqual(kept.modes.tobytes(), again.modes.tobytes())

    def test_warnings_as_errors_do_not_end_the_training(self) -> None:
        monitor = premelt.Monitor(N, W)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertIsNone(monitor.push(0, losses_at(0) * np.nan))

    def test_a_run_that_exists_is_not_touched(self) -> None:
        first = premelt.Recorder(N, directory=self.folder / "run", window=W)
        second = premelt.Recorder(N, directory=self.folder / "run", window=W)
        self.train(second.record)
        self.assertEqual((first.directory.name, second.directory.name), ("run", "run-2"))
        self.assertEqual(len(premelt.read_run(first.directory).losses), 0)

    def test_version_is_the_library_s(self) -> None:
        library = premelt._load_library()
        library.premelt_version.restype = premelt.ctypes.c_char_p
        self.assertEqual(library.premelt_version().decode(), premelt.__version__)


if __name__ == "__main__":
    unittest.main()
