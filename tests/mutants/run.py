#!/usr/bin/env python3
"""Plants faults in the sources and checks that the tests notice each of them.

    tests/mutants/run.py [--build DIR] [NAME ...] [--changed] [--tenth K | --tenth today] [--check] [--list]

The faults are listed in tests/mutants/*.toml: `find`, text that stands exactly once in the sources (white space does not count, so
that neither moving nor reformatting a file breaks a fault), `replace`, `why` it would hurt, and the tests that must
fail: a Catch2 `program` and its `tests`. BUILD is a finished build; nothing in it and nothing in the sources is changed: the faulty
file is compiled under build/mutants by the command that compiled the right one, and linked in front of it.

Per fault: caught, SURVIVED (with the difference), does not apply, does not build. Exit code 0 only if all were caught.
"""

import argparse
import datetime
import difflib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("engine", "rdm", "models", "cli")
ENDLESS = 20  # times as long as without the fault, and at least a minute


def run(command, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, text=True, **options)


def tracked_sources() -> dict[str, str]:
    """The text of every source file of the house, by its path."""
    listed = run(["git", "ls-files", *FLOORS], cwd=ROOT, check=True).stdout.split()
    paths = [path for path in listed if path.endswith((".cpp", ".hpp")) and (ROOT / path).exists()]
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}


class NotApplicable(Exception):
    """Says why a fault cannot be planted."""


class NotBuilt(Exception):
    """What the compiler or the linker said."""


@dataclass
class Mutant:
    name: str
    why: str
    find: str
    replace: str
    program: str
    tests: str
    path: str = ""
    before: str = ""
    after: str = ""

    def apply(self, sources: dict[str, str]) -> None:
        """Finds the one place and makes the faulty text."""
        pattern = re.compile(r"\s*".join(re.escape(character) for character in "".join(self.find.split())))
        places = [(path, match) for path, text in sources.items() for match in pattern.finditer(text)]
        if len(places) != 1:
            where = ", ".join(path for path, _ in places)
            raise NotApplicable(f"its text stands {len(places)} times in the sources {where}".strip())
        self.path, match = places[0]
        self.before = sources[self.path]
        self.after = self.before[: match.start()] + self.replace.strip() + self.before[match.end() :]
        if self.after == self.before:
            raise NotApplicable("it changes nothing")

    def difference(self) -> str:
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), self.path, self.path, lineterm="", n=2)
        return "\n".join("    " + line for line in lines)


def read_mutants() -> list[Mutant]:
    mutants = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        mutants += [Mutant(**{"program": content["program"], **entry}) for entry in content["mutant"]]
    names = [mutant.name for mutant in mutants]
    for name in set(names):
        if names.count(name) > 1:
            sys.exit(f"tests/mutants: two faults are named {name}")
    return mutants


class Build:
    """A finished build, as Ninja knows it."""

    def __init__(self, directory: Path):
        self.directory = directory.resolve()
        entries = json.loads((self.directory / "compile_commands.json").read_text())
        self.compile = {}  # by object file: command and source
        for entry in entries:
            words = shlex.split(entry["command"])
            self.compile[words[words.index("-o") + 1]] = (words, entry["file"])

    def ninja(self, *words: str) -> str:
        return run(["ninja", "-C", str(self.directory), "-t", *words], check=True).stdout

    @cached_property
    def dependents(self) -> dict[str, list[str]]:
        """The object files that a source or header goes into."""
        found: dict[str, list[str]] = {}
        for block in self.ninja("deps").split("\n\n"):
            head, *lines = [line for line in block.splitlines() if not line.startswith("ninja:")] or [""]
            for line in lines:
                path = os.path.normpath(self.directory / line.strip())
                found.setdefault(path, []).append(head.split(":")[0])
        return found

    def link_command(self, target: str) -> list[str]:
        line = self.ninja("commands", "-s", target).strip()
        return shlex.split(line.removeprefix(": && ").removesuffix(" && :"))

    def objects_of(self, path: str, program: str) -> list[str]:
        """The object files of `program` that `path` goes into."""
        folders = {f"{program}.dir", *(f"premelt_{floor}.dir" for floor in FLOORS), "premelt_report.dir", "premelt_commands.dir", "premelt.dir"}
        return [o for o in self.dependents.get(str(ROOT / path), []) if folders & set(Path(o).parts)]

    def plant(self, mutant: Mutant, folder: Path) -> dict[str, Path]:
        """Compiles and links the faulty programs below `folder`."""
        shutil.rmtree(folder, ignore_errors=True)
        faulty = folder / mutant.path
        faulty.parent.mkdir(parents=True)
        faulty.write_text(mutant.after, encoding="utf-8")
        replaced: dict[str, str] = {}
        for number, name in enumerate(self.objects_of(mutant.path, mutant.program)):
            words, source = self.compile[name]
            is_it = Path(source).resolve() == ROOT / mutant.path
            replaced[name] = str(folder / f"{number}.o")
            changed = {name: replaced[name], source: str(faulty) if is_it else source}
            # A faulty header is found below `folder` first. A fault may leave a variable unused.
            self.must([words[0], f"-I{folder}", *(changed.get(word, word) for word in words[1:]), "-Wno-error"])
        if not replaced:
            raise NotApplicable(f"{mutant.path} is no part of {mutant.program}")
        targets = [mutant.program] + ["premelt"] * (mutant.program == "test_cli")  # which runs the program itself
        return {target: self.link(target, replaced, folder) for target in targets}

    def link(self, target: str, replaced: dict[str, str], folder: Path) -> Path:
        words = self.link_command(target)
        in_front = [new for old, new in replaced.items() if re.search(r"\bpremelt_\w+\.dir/", old)]  # of libraries
        at = words.index("-o")
        words = [replaced.get(word, word) for word in words[:at]] + in_front + ["-o", str(folder / target)] + words[at + 2 :]
        self.must(words)
        return folder / target

    def must(self, command: list[str]) -> None:
        done = run(command, cwd=self.directory)
        if done.returncode != 0:
            raise NotBuilt(done.stderr)


def run_tests(program: Path, tests: str, timeout: float | None, premelt: Path) -> tuple[bool, float]:
    """Whether they pass, and after how many seconds."""
    start = time.monotonic()
    environment = os.environ | {"PREMELT_PROGRAM": str(premelt)}
    passed = subprocess.run([program, "--filenames-as-tags", tests, "--warn", "NoTests", "--abort"], env=environment, timeout=timeout,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0  # fmt: skip
    return passed, time.monotonic() - start


class Trial:
    def __init__(self, build: Build):
        self.build = build
        self.seconds: dict[tuple[str, str], float] = {}  # without a fault

    def check_without_fault(self, key: tuple[str, str]) -> None:
        program, tests = key
        passed, self.seconds[key] = run_tests(self.build.directory / program, tests, None, self.build.directory / "premelt")
        if not passed:
            sys.exit(f"{program} \"{tests}\" fails without any fault, or there is no such test: mend that first")

    def verdict(self, mutant: Mutant) -> str:
        folder = ROOT / "build/mutants" / mutant.name
        try:
            programs = self.build.plant(mutant, folder)
            limit = max(60, ENDLESS * self.seconds[mutant.program, mutant.tests])
            passed, _ = run_tests(programs[mutant.program], mutant.tests, limit, programs.get("premelt", folder))
            shutil.rmtree(folder)
            return "SURVIVED" if passed else "caught"
        except NotApplicable as reason:
            return f"does not apply: {reason}"
        except NotBuilt as reason:
            return f"does not build\n{reason}"
        except subprocess.TimeoutExpired:
            return "caught (it never ended)"


def choose(mutants: list[Mutant], arguments: argparse.Namespace) -> list[Mutant]:
    if arguments.names:
        unknown = set(arguments.names) - {mutant.name for mutant in mutants}
        if unknown:
            sys.exit(f"no such fault: {', '.join(sorted(unknown))}; --list names them")
        return [mutant for mutant in mutants if mutant.name in arguments.names]
    if arguments.changed:
        changed = run(["git", "diff", "--name-only", "HEAD~1"], cwd=ROOT, check=True).stdout.split()
        return [mutant for mutant in mutants if mutant.path in changed]
    if arguments.tenth:
        day = datetime.date.today().timetuple().tm_yday
        tenth = (day if arguments.tenth == "today" else int(arguments.tenth)) % 10
        print(f"tenth {tenth} of the planted faults")
        return mutants[tenth::10]
    return mutants


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these faults")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", metavar="DIR")
    parser.add_argument("--changed", action="store_true", help="only in files that the last commit or the working tree changed")
    parser.add_argument("--tenth", metavar="K", help="every tenth fault from the K-th on; `today`: by the day of the year")
    parser.add_argument("--check", action="store_true", help="only check that every fault applies")
    parser.add_argument("--list", action="store_true", help="name the faults")
    arguments = parser.parse_args()

    mutants, sources, results = read_mutants(), tracked_sources(), {}
    for mutant in mutants:
        try:
            mutant.apply(sources)
        except NotApplicable as reason:
            results[mutant.name] = f"does not apply: {reason}"
    if arguments.list:
        for mutant in mutants:
            print(f"{mutant.name:32} {mutant.path:32} {mutant.why}")
        return 0
    chosen = [mutant for mutant in choose(mutants, arguments) if mutant.name not in results]
    if not arguments.check:
        trial = Trial(Build(arguments.build))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(trial.check_without_fault, sorted({(m.program, m.tests) for m in chosen})))
            for mutant, verdict in zip(chosen, pool.map(trial.verdict, chosen)):
                results[mutant.name] = verdict
                print(f"{mutant.name:32} {verdict}", flush=True)
                if verdict == "SURVIVED":
                    print(f"    {mutant.why}; not noticed by {mutant.program} \"{mutant.tests}\"\n{mutant.difference()}")
    bad = {name: verdict for name, verdict in results.items() if not verdict.startswith("caught")}
    for name, verdict in bad.items():
        if verdict.startswith("does not apply"):
            print(f"{name:32} {verdict}")
    survivors = sum(verdict == "SURVIVED" for verdict in bad.values())
    print(f"{len(mutants)} faults in the list, {len(chosen)} chosen: {survivors} survived, {len(bad) - survivors} could not be tried")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
