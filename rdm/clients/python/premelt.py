"""Watch any training run through the losses of a few probes. One file; needs NumPy and premelt's library or program.

    import premelt

    probes = premelt.Probes(model, (x, y), loss)  # loss(model, (x, y)): one unreduced loss a probe
    watch = premelt.Watch(probes, every=5, directory="runs/mine")
    for step in range(steps):
        ...  # the training, as it was
        watch(step)

What is made before the training may raise, so that a mistake shows at once. What is called while it trains raises
nothing, prints nothing on stdout and changes nothing that the training sees: what goes wrong is said in one warning,
and the training goes on. Nothing here uses the network.

The signals are computed by libpremelt, or, where that is not found, by the program `premelt watch` at the other end of
a pipe: the same numbers to the last bit. PREMELT_LIBRARY and PREMELT_PROGRAM name the files; an empty PREMELT_LIBRARY
asks for the program.
"""

from __future__ import annotations

import contextlib
import csv
import ctypes
import json
import math
import os
import random
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterable, Mapping, Sequence

import numpy as np

__version__ = "0.1.0"
__all__ = ["HuggingFaceCallback", "LightningCallback", "Monitor", "Probes", "Recorder", "Run", "SIGNALS", "Watch",
           "read_run", "send"]

SIGNALS = tuple(name + suffix for suffix in ("", "_detrended") for name in ("shc", "pr", "trace", "lambda1", "mean_loss"))
"""The numbers of a full window, in the order of signals.csv; `_detrended`: each probe's line in the window removed."""

PATIENCE = 10.0
"""Seconds that a recording waits for the program's answer before the program is given up."""

LARGEST_LOSS = 1e70  # beyond it, signals in loss⁴ overflow


def _say(text: str) -> None:
    """A warning, which stays one even where warnings are errors."""
    try:
        warnings.warn(f"premelt: {text}", RuntimeWarning, stacklevel=3)
    except Warning:
        with contextlib.suppress(Exception):  # without a standard error, or with one that is full
            sys.stderr.write(f"premelt: {text}\n")


def _numbers(losses: Any) -> np.ndarray:
    """Losses (n) of any kind, a PyTorch tensor on any device too, as float64."""
    if hasattr(losses, "detach"):
        losses = losses.detach().double().cpu().numpy()
    return np.asarray(losses, dtype=np.float64, order="C")


def _refusal(step: int, losses: np.ndarray, n: int, last_step: int | None) -> str:
    """What is wrong with a recording; empty when it can be taken."""
    if losses.shape != (n,):
        return f"losses of shape {losses.shape} at step {step}, expected ({n},): one unreduced loss a probe"
    if last_step is not None and step <= last_step:
        return f"steps have to increase: {step} follows {last_step}"
    bad = np.flatnonzero(~(np.abs(losses) <= LARGEST_LOSS))
    return f"the loss of probe {bad[0]} at step {step} is {losses[bad[0]]}" if bad.size else ""


# ---- libpremelt and the program ------------------------------------------------------------------------------------


class _Options(ctypes.Structure):
    """premelt_options of premelt.h."""

    _fields_ = [(name, ctypes.c_size_t) for name in ("struct_size", "probes", "window", "modes", "modes_every", "alarm_hold")]
    _fields_ += [("alarm_factor", ctypes.c_double), ("warmup", ctypes.c_size_t), ("alarm_statistic", ctypes.c_char_p),
                 ("blocks", ctypes.POINTER(ctypes.c_char_p))]


class _Signals(ctypes.Structure):
    """premelt_signals of premelt.h."""

    _fields_ = [("struct_size", ctypes.c_size_t), ("step", ctypes.c_int64)]
    _fields_ += [(name, ctypes.c_double) for name in (*SIGNALS, "overlap")]
    _fields_ += [("has_modes", ctypes.c_int32), ("alarm", ctypes.c_int32), ("alarm_value", ctypes.c_double),
                 ("alarm_threshold", ctypes.c_double)]


def _built(name: str) -> str:
    """The file in the build of the repository that this file stands in, if it does."""
    here = Path(__file__).resolve()
    path = here.parents[min(3, len(here.parents) - 1)] / "build" / "release" / name
    return str(path) if path.exists() else ""


def _load_library() -> ctypes.CDLL | None:
    named = os.environ.get("PREMELT_LIBRARY")
    if named == "":
        return None
    for path in filter(None, [named] if named else [_built("libpremelt.so"), "libpremelt.so.0"]):
        try:
            library = ctypes.CDLL(path)
        except OSError:
            if named:
                raise
            continue
        pointer, size = ctypes.c_void_p, ctypes.c_size_t
        for function, result, arguments in [
                ("monitor_new", pointer, [ctypes.POINTER(_Options)]), ("monitor_free", None, [pointer]),
                ("monitor_push", ctypes.c_int, [pointer, ctypes.c_int64, pointer, size]),
                ("monitor_signals", ctypes.c_int, [pointer, ctypes.POINTER(_Signals)]),
                ("monitor_mode", ctypes.c_int, [pointer, size, pointer, size]),
                ("monitor_block_shares", ctypes.c_int, [pointer, pointer, size]),
                ("monitor_why", ctypes.c_char_p, [pointer]), ("last_error", ctypes.c_char_p, [])]:
            called = getattr(library, "premelt_" + function)
            called.restype, called.argtypes = result, arguments
        return library
    return None


def _find_program() -> str | None:
    return os.environ.get("PREMELT_PROGRAM") or shutil.which("premelt") or _built("premelt") or None


class _InLibrary:
    """A monitor of libpremelt."""

    def __init__(self, library: ctypes.CDLL, n: int, window: int, blocks: Sequence[str], detrend: str, warmup: int) -> None:
        names = (ctypes.c_char_p * n)(*[name.encode() for name in blocks])
        statistic = "shc_detrended" if detrend == "linear" else "shc"
        options = _Options(struct_size=ctypes.sizeof(_Options), probes=n, window=window, warmup=warmup,
                           alarm_statistic=statistic.encode(), blocks=names)
        self._library, self._n, self._statistic = library, n, statistic
        self._blocks = list(dict.fromkeys(blocks))
        self._monitor = library.premelt_monitor_new(ctypes.byref(options))
        if not self._monitor:
            raise ValueError("premelt: " + library.premelt_last_error().decode())

    def push(self, step: int, losses: np.ndarray) -> dict[str, Any] | None:
        status = self._library.premelt_monitor_push(self._monitor, step, losses.ctypes.data, self._n)
        why = self._library.premelt_monitor_why(self._monitor).decode()
        if status == 1:  # the window fills
            return None
        if status != 0:
            raise RuntimeError(why)
        found = _Signals(struct_size=ctypes.sizeof(_Signals))
        self._library.premelt_monitor_signals(self._monitor, ctypes.byref(found))
        signals = {name: getattr(found, name) for name in ("step", *SIGNALS)}
        if len(self._blocks) > 1:
            shares = np.empty(len(self._blocks))
            self._library.premelt_monitor_block_shares(self._monitor, shares.ctypes.data, shares.size)
            signals["top_mode"] = dict(zip(self._blocks, shares.tolist()))
        signals["alarm"] = {"kind": "alarm", "name": self._statistic, "step": found.step, "value": found.alarm_value,
                            "threshold": found.alarm_threshold, "why": why} if found.alarm else None
        return signals

    def mode(self, k: int) -> np.ndarray | None:
        vector = np.empty(self._n)
        status = self._library.premelt_monitor_mode(self._monitor, k, vector.ctypes.data, self._n)
        return vector if status == 0 else None

    def close(self) -> None:
        monitor, self._monitor = self._monitor, None
        self._library.premelt_monitor_free(monitor)


class _InProgram:
    """The same at the other end of a pipe. Neither a program that died nor one that hangs holds the training up."""

    def __init__(self, program: str, n: int, window: int, blocks: Sequence[str], detrend: str, warmup: int) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="premelt-")
        table = Path(self._scratch.name, "blocks.csv")
        table.write_text("probe,block\n" + "".join(f'{i},"{block.replace(chr(34), chr(34) * 2)}"\n'
                                                   for i, block in enumerate(blocks)), encoding="utf-8")
        self._words = open(Path(self._scratch.name, "words"), "w+b")
        command = [program, "watch", "-", "--quiet", "--window", str(window), "--warmup", str(warmup),
                   "--detrend", detrend, "--blocks", str(table)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._words, bufsize=0,
                                         start_new_session=True,  # an interrupt of the training is not one of the program
                                         env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
        os.set_blocking(self._process.stdin.fileno(), False)

    def push(self, step: int, losses: np.ndarray) -> dict[str, Any] | None:
        line = json.dumps({"step": step, "losses": losses.tolist()}) + "\n"
        signals = json.loads(self._ask(line.encode()))
        if signals["step"] != step:  # an interrupt has left an answer unread
            raise RuntimeError(f"`premelt watch` answers step {signals['step']}, not {step}")
        if signals["mean_loss"] is None:
            return None  # the window fills
        signals.pop("why", None)
        for name in SIGNALS:
            signals[name] = math.nan if signals[name] is None else signals[name]
        return signals

    def _ask(self, line: bytes) -> bytes:
        """Writes the line and reads the answer to it, both as far as the pipe takes and gives at a time."""
        give, take = self._process.stdin.fileno(), self._process.stdout.fileno()
        unsent, answer, deadline = memoryview(line), bytearray(), time.monotonic() + PATIENCE
        while not answer.endswith(b"\n"):
            poll = select.poll()
            poll.register(take, select.POLLIN)
            if unsent:
                poll.register(give, select.POLLOUT)
            ready = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
            if not ready:
                raise RuntimeError(f"`premelt watch` has not answered for {PATIENCE:g} seconds")
            try:
                if give in ready:
                    unsent = unsent[os.write(give, unsent[:1 << 16]):]
            except BrokenPipeError:
                raise RuntimeError(self._last_words()) from None
            if take in ready:
                piece = os.read(take, 1 << 16)
                if not piece:
                    raise RuntimeError(self._last_words())
                answer += piece
        return bytes(answer)

    def _last_words(self) -> str:
        try:
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "`premelt watch` closed its pipe"
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip()
        ended = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return f"`premelt watch` {ended}" + (f": {words}" if words else "")

    def mode(self, k: int) -> np.ndarray | None:
        return None

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._words.close()
        self._scratch.cleanup()


class Monitor:
    """Losses in, signals out; as `premelt watch` with the same options.

    n: probes. window: W, in recordings. blocks: the block of each probe (n names). detrend: what the alarm reads,
    "none" or "linear". warmup: recordings that raise no alarm, W when not given. Raises ValueError when these make no
    sense, RuntimeError when neither the library nor the program is found.
    """

    def __init__(self, n: int, window: int = 40, blocks: Sequence[str] | None = None, detrend: str = "none",
                 warmup: int | None = None) -> None:
        blocks = list(blocks) if blocks is not None else ["all"] * n
        if n < 1 or window < 2 or len(blocks) != n or detrend not in ("none", "linear"):
            raise ValueError(f"premelt: expected n >= 1, window >= 2, a block for each of the n probes and detrend 'none' or "
                             f"'linear', got n={n}, window={window}, {len(blocks)} blocks, detrend={detrend!r}")
        self.n, self.window, self.blocks = n, window, blocks
        self.why = f"window not full: 0 of {window}"  #: why there are no signals, or why there is an alarm
        self._signals: dict[str, Any] | None = None
        self._taken, self._last_step, self._refused = 0, None, 0
        options = (n, window, blocks, detrend, window if warmup is None else max(1, warmup))
        library, program = _load_library(), _find_program()
        if library is None and program is None:
            raise RuntimeError("premelt: neither libpremelt.so nor the program `premelt` is found; name one by PREMELT_LIBRARY or "
                               "PREMELT_PROGRAM")
        self._backend: _InLibrary | _InProgram | None = \
            _InLibrary(library, *options) if library is not None else _InProgram(program, *options)

    def push(self, step: int, losses: Any) -> dict[str, Any] | None:
        """Takes the losses (n) recorded at `step` and gives the signals, or None, and `why` says why. Raises nothing."""
        if self._backend is None:
            return None
        try:
            return self._push(int(step), losses)
        except Exception as error:  # noqa: BLE001: whatever it is, it is not the training's
            self._signals, self.why = None, f"the monitor has ended at step {step}: {error}"
            _say(f"{self.why}; the training goes on without it")
            self.close()
            return None

    def _push(self, step: int, given: Any) -> dict[str, Any] | None:
        try:
            losses = _numbers(given)
            refusal = _refusal(step, losses, self.n, self._last_step)
        except (TypeError, ValueError) as error:
            refusal = f"losses at step {step} that are no numbers: {error}"
        if refusal:
            self._signals, self.why = None, refusal
            self._refused += 1
            if self._refused == 1:
                _say(f"{refusal}; this recording is left out (and the like after it, without a word), the training goes on")
            return None
        self._signals = self._backend.push(step, losses)
        self._taken, self._last_step = self._taken + 1, step
        if self._signals is None:
            self.why = f"window not full: {self._taken} of {self.window}"
        else:
            self.why = self._signals["alarm"]["why"] if self._signals["alarm"] else ""
        return self._signals

    def signals(self) -> dict[str, Any] | None:
        """Of the newest recording: `step`, the numbers of SIGNALS (NaN: no statement), with several blocks `top_mode` (the share
        of each in the leading eigenvector), and `alarm` (None, or what happened). None while the window fills."""
        return self._signals

    def mode(self, k: int = 0) -> np.ndarray | None:
        """Eigenvector k (n) of the last window; None where there is none, and with the program."""
        return self._backend.mode(k) if self._backend is not None else None

    def close(self) -> None:
        """Ends the monitor; also done when it is no longer used."""
        backend, self._backend = self._backend, None
        try:
            if backend is not None:
                backend.close()
        except Exception as error:  # noqa: BLE001
            _say(f"the monitor could not be closed: {error}")

    def __reduce__(self) -> Any:
        raise TypeError("a premelt.Monitor can be neither copied nor pickled; make it where it is used")

    def __del__(self) -> None:
        if getattr(self, "_backend", None) is not None and sys is not None and not sys.is_finalizing():
            self.close()


# ---- run directories -----------------------------------------------------------------------------------------------


class _Growing:
    """A file that only ever holds whole pieces: what the disk did not take whole is cut off again."""

    def __init__(self, path: Path, head: bytes = b"") -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        self._size = 0
        self.append(head)

    def append(self, piece: bytes) -> None:
        try:
            self._write(piece, self._size)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(piece)

    def _write(self, piece: bytes, at: int) -> None:
        rest = memoryview(piece)
        while rest:
            written = os.pwrite(self._file, rest, at)
            rest, at = rest[written:], at + written

    def close(self) -> None:
        os.close(self._file)


class _Rows(_Growing):
    """A .npy file of rows. The head counts a row once it is there, so that it can be read at any moment."""

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: str) -> None:
        self._shape, self._dtype, self._rows = shape, np.dtype(dtype), 0
        super().__init__(path, self._head())

    def _head(self) -> bytes:
        text = f"{{'descr': '{self._dtype.str}', 'fortran_order': False, 'shape': {(self._rows, *self._shape)}, }}"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + text.ljust(117).encode() + b"\n"

    def add(self, row: Any) -> None:
        self.append(np.ascontiguousarray(row, dtype=self._dtype).reshape(self._shape).tobytes())
        self._rows += 1
        self._write(self._head(), 0)


class Recorder:
    """Writes a run directory that `premelt report DIR` draws and `premelt analyze DIR/losses.npy --steps-file
    DIR/steps.npy` reads; it is readable after every recording, however the training ends.

    names: of the probes (n), or their number. blocks: the block of each. directory: a new one; when it exists, the next
    free of `directory-2`, `directory-3`, ... `order`: names of what else is written down at each recording. monitor: whose
    signals are stored; a new one of W = window when not given. Raises ValueError when the names do not fit. Its other
    errors end the recording with one warning, never the training.
    """

    def __init__(self, names: Sequence[str] | int, blocks: Sequence[str] | None = None, directory: str | os.PathLike = "runs/recorded",
                 window: int = 40, monitor: Monitor | None = None, order: Sequence[str] = ()) -> None:
        self.names = [str(name) for name in (range(names) if isinstance(names, int) else names)]
        self.blocks = list(blocks) if blocks is not None else ["all"] * len(self.names)
        if not self.names or len(self.blocks) != len(self.names):
            raise ValueError(f"premelt: {len(self.names)} names and {len(self.blocks)} blocks, expected one of both a probe")
        if window < 2:
            raise ValueError(f"premelt: a window of {window}, expected at least 2 recordings")
        if monitor is not None and monitor.n != len(self.names):
            raise ValueError(f"premelt: a monitor of {monitor.n} probes for {len(self.names)} names")
        self.order, self.window, self.recordings, self.events = list(order), window, 0, []
        self.directory: Path | None = None
        self._files: dict[str, _Growing] = {}
        self._last_step: int | None = None
        self._refused = 0
        self.monitor = monitor
        self._guard(self._open, Path(directory))

    def _guard(self, action: Callable, *arguments: Any) -> None:
        try:
            action(*arguments)
        except Exception as error:  # noqa: BLE001: whatever it is, it is not the training's
            kept = f"; the {self.recordings} recordings before it are in {self.directory}" if self.directory else ""
            _say(f"the recording has ended: {error}{kept}; the training goes on")
            self.close()

    def _open(self, wanted: Path) -> None:
        if self.monitor is None:
            try:
                self.monitor = Monitor(len(self.names), self.window, self.blocks)
            except RuntimeError as error:
                _say(f"{error}; losses are recorded without signals")
        window = self.monitor.window if self.monitor else self.window
        self._modes = min(3, len(self.names), window - 1)
        directory, number = wanted, 1
        while True:
            try:
                directory.mkdir(parents=True)
                break
            except FileExistsError:
                number += 1
                directory = wanted.with_name(f"{wanted.name}-{number}")
        self.directory = directory
        info = {"kind": "recorded", "title": directory.name, "subtitle": f"recorded by premelt.py {__version__}",
                "window": window, "modes_every": 1, "probes": {"count": len(self.names), "names": self.names, "blocks": self.blocks},
                "sampler": "dynamical", "divisor": "the W recordings of the window", "token_reduction": "unknown: losses as they were given",
                "detrending": {"shc": "none", "shc_detrended": "linear"}, "alarm": {"statistic": "shc", "burn_in": 0}, "null": {},
                "events": [], "build": {"version": __version__, "numpy": np.__version__, "python": sys.version.split()[0]}}
        self._replace("run.json", info)
        self._replace("events.json", [])
        n = len(self.names)
        self._files["losses"] = _Rows(directory / "losses.npy", (n,), "<f8")
        self._files["steps"] = _Rows(directory / "steps.npy", (), "<i8")
        self._files["modes"] = _Rows(directory / "modes.npy", (self._modes, n), "<f8")
        self._files["signals"] = _Growing(directory / "signals.csv", ",".join(("step", *SIGNALS, "alarm\n")).encode())
        if self.order:
            names = [name if name.isidentifier() else '"' + name.replace('"', '""') + '"' for name in self.order]
            self._files["order"] = _Growing(directory / "order.csv", ",".join(("step", *names)).encode() + b"\n")

    def _replace(self, name: str, content: Any) -> None:
        whole = self.directory / (name + ".new")
        whole.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        os.replace(whole, self.directory / name)

    def record(self, step: int, losses: Any, order: Mapping[str, float] | None = None) -> dict[str, Any] | None:
        """Takes the losses (n) recorded at `step`, and gives the monitor's signals. What cannot be taken is left out. Raises nothing."""
        signals = self.monitor.push(step, losses) if self.monitor is not None else None
        if self._files:
            self._guard(self._write, step, losses, order or {}, signals)
        return signals

    def _write(self, step: int, losses: Any, order: Mapping[str, float], signals: dict[str, Any] | None) -> None:
        step, losses = int(step), _numbers(losses)
        refusal = _refusal(step, losses, len(self.names), self._last_step)
        if refusal:
            self._refused += 1
            if self._refused == 1 and self.monitor is None:  # which otherwise has said it
                _say(f"{refusal}; such recordings are left out, the training goes on")
            return
        if "order" in self._files:
            row = ",".join(repr(float(order.get(name, math.nan))) for name in self.order)
            self._files["order"].append(f"{step},{row}\n".encode())
        self._files["losses"].add(losses)
        self._files["steps"].add(step)
        self._last_step, self.recordings = step, self.recordings + 1
        if signals is None:
            return
        modes = [self.monitor.mode(k) for k in range(self._modes)]
        self._files["modes"].add([np.full(len(losses), math.nan) if mode is None else mode for mode in modes])
        row = ",".join(repr(float(signals[name])) for name in SIGNALS)
        self._files["signals"].append(f"{step},{row},{int(signals['alarm'] is not None)}\n".encode())
        if signals["alarm"]:
            self.events.append(signals["alarm"])
            self._replace("events.json", self.events)

    def close(self) -> None:
        """Ends the recording; what was recorded is on its files already."""
        files, self._files = self._files, {}
        for file in files.values():
            try:
                file.close()
            except OSError:
                pass  # every piece was written when it came


@dataclass
class Run:
    """What a run directory holds: T recordings of n losses, and R windows."""

    info: dict[str, Any]  #: run.json
    steps: np.ndarray  #: (T)
    losses: np.ndarray  #: (T,n)
    signals: dict[str, np.ndarray]  #: each column of signals.csv (R)
    order: dict[str, np.ndarray]  #: each column of order.csv (T)
    modes: np.ndarray  #: (R,k,n) leading eigenvectors
    events: list[dict[str, Any]]  #: events.json


def _columns(path: Path) -> dict[str, np.ndarray]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        names, *rows = csv.reader(file)
    table = np.array([row for row in rows if len(row) == len(names)], dtype=np.float64).reshape(-1, len(names))
    return dict(zip(names, table.T))


def read_run(directory: str | os.PathLike) -> Run:
    """A run directory of `premelt run`, `analyze` or Recorder, also of a run that goes on or was killed."""
    root = Path(directory)
    steps, losses, modes = (np.load(root / f"{name}.npy") for name in ("steps", "losses", "modes"))
    signals, order = _columns(root / "signals.csv"), _columns(root / "order.csv")
    recordings = min([len(steps), len(losses), *map(len, order.values())])
    windows = min([len(modes), *map(len, signals.values())])
    return Run(info=json.loads((root / "run.json").read_text(encoding="utf-8")), steps=steps[:recordings], losses=losses[:recordings],
               signals={name: column[:windows] for name, column in signals.items()},
               order={name: column[:recordings] for name, column in order.items()}, modes=modes[:windows],
               events=json.loads((root / "events.json").read_text(encoding="utf-8")))


# ---- PyTorch -------------------------------------------------------------------------------------------------------


class Probes:
    """The losses of the same few samples whenever it is called: `loss(model, inputs)` gives one unreduced loss a probe.

    Evaluated in eval mode and without gradients; afterwards every module's mode and the random state of Python, NumPy
    and PyTorch, on every device in use, are what they were, whatever happens. `model` is the bare one: calling a model
    that is split over processes waits for all of them.
    """

    def __init__(self, model: Any, inputs: Any, loss: Callable[[Any, Any], Any]) -> None:
        self.model, self.inputs, self.loss = model, inputs, loss

    def __call__(self) -> np.ndarray:
        """The losses (n), float64. Raises ValueError when `loss` gives anything but one number a probe."""
        import torch

        modes = [(module, module.training) for module in self.model.modules()]
        cuda = torch.cuda.is_available() and torch.cuda.is_initialized()
        state = random.getstate(), np.random.get_state(), torch.get_rng_state(), torch.cuda.get_rng_state_all() if cuda else None
        try:
            self.model.eval()
            with torch.no_grad():
                losses = _numbers(self.loss(self.model, self.inputs))
        finally:
            for module, training in modes:
                module.training = training
            random.setstate(state[0])
            np.random.set_state(state[1])
            torch.set_rng_state(state[2])
            if cuda:
                torch.cuda.set_rng_state_all(state[3])
        if losses.ndim != 1:
            raise ValueError(f"the probes' losses have shape {losses.shape}, expected (n,): one unreduced loss a probe")
        return losses


def send(sink: Any, signals: Mapping[str, Any], prefix: str = "premelt/") -> None:
    """Hands the signals to whatever keeps curves: `.add_scalar` (TensorBoard), `.log_metric` (MLflow, Comet) or `.log`
    (Weights & Biases). Raises TypeError when it has none of these."""
    values = {prefix + name: signals[name] for name in SIGNALS if math.isfinite(signals[name])}
    values[prefix + "alarm"] = float(signals["alarm"] is not None)
    if hasattr(sink, "add_scalar"):
        for name, value in values.items():
            sink.add_scalar(name, value, signals["step"])
    elif hasattr(sink, "log_metric"):
        for name, value in values.items():
            sink.log_metric(name, value, step=signals["step"])
    elif hasattr(sink, "log"):
        sink.log(values, step=signals["step"])
    else:
        raise TypeError(f"a sink needs .add_scalar, .log_metric or .log, {type(sink).__name__} has none")


class Watch:
    """Everything in one call a step: evaluates the probes every `every` steps, asks the monitor, records and sends.

    probes: gives losses (n) when called. directory: where to record; None: nowhere. names, blocks: of the probes. sinks:
    see `send`. on_alarm: called with the signals at an alarm. Calling it raises nothing: a part that fails says so once
    and is left out from then on.
    """

    def __init__(self, probes: Callable[[], Any], every: int = 1, window: int = 40, names: Sequence[str] | None = None,
                 blocks: Sequence[str] | None = None, directory: str | os.PathLike | None = None, sinks: Iterable[Any] = (),
                 on_alarm: Callable[[dict[str, Any]], None] | None = None) -> None:
        if every < 1 or window < 2:
            raise ValueError(f"premelt: expected every >= 1 and window >= 2, got {every} and {window}")
        self.monitor: Monitor | None = None
        self.recorder: Recorder | None = None
        self._probes, self._every, self._last_step = probes, every, None
        self._made_of = (window, names, blocks, directory)
        self._parts: list[Callable[[dict[str, Any]], None]] = [lambda signals, sink=sink: send(sink, signals) for sink in sinks]
        self._parts += [lambda signals: on_alarm(signals) if signals["alarm"] else None] if on_alarm else []
        self._running = True

    def __call__(self, step: int) -> dict[str, Any] | None:
        """The signals, when this step is one to record at and the window is full."""
        if not self._running or step % self._every or step == self._last_step:
            return None
        self._last_step = step
        try:
            losses = _numbers(self._probes())
            if self.monitor is None:
                self._begin(len(losses))
            signals = self.recorder.record(step, losses) if self.recorder else self.monitor.push(step, losses)
        except Exception as error:  # noqa: BLE001: whatever it is, it is not the training's
            self._running = False
            _say(f"watching has ended at step {step}: {error}; the training goes on")
            return None
        for part in list(self._parts) if signals else ():
            try:
                part(signals)
            except Exception as error:  # noqa: BLE001
                self._parts.remove(part)
                _say(f"a sink is left out from step {step} on: {error}; the training goes on")
        return signals

    def _begin(self, n: int) -> None:
        window, names, blocks, directory = self._made_of
        self.monitor = Monitor(n, window, blocks)
        if directory is not None:
            self.recorder = Recorder(n if names is None else names, blocks, directory, monitor=self.monitor)


class _Deaf:
    """Answers every other call of a trainer by doing nothing."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __getattr__(self, name: str) -> Any:
        if name.startswith("on_"):
            return lambda *arguments, **named: None
        raise AttributeError(name)


class HuggingFaceCallback(_Deaf):
    """For transformers.Trainer: `Trainer(..., callbacks=[premelt.HuggingFaceCallback(watch)])`."""

    def on_step_end(self, args: Any, state: Any, control: Any, **named: Any) -> None:
        """After each optimiser step, in the first process only."""
        if state.is_world_process_zero:
            self.watch(state.global_step)


class LightningCallback(_Deaf):
    """For Lightning: `Trainer(..., callbacks=[premelt.LightningCallback(watch)])`."""

    state_key = "premelt"

    def on_train_batch_end(self, trainer: Any, module: Any, *batch: Any) -> None:
        """After each batch, in the first process only."""
        if trainer.is_global_zero:
            self.watch(trainer.global_step)

    def setup(self, trainer: Any, module: Any, stage: str) -> None:
        """Nothing to be done."""

    def teardown(self, trainer: Any, module: Any, stage: str) -> None:
        """Nothing to be done."""

    def state_dict(self) -> dict:
        """Nothing is kept in checkpoints."""
        return {}

    def load_state_dict(self, state: dict) -> None:
        """Nothing was kept."""
