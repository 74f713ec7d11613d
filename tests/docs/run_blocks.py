#!/usr/bin/env python3
"""Runs the command blocks of Markdown pages and compares what they print with what the page shows.

    tests/docs/run_blocks.py --build build/release [--update] PAGE.md ...

Fences of a page, by the first word after the ticks:

    console   `$ ` lines are commands (a trailing backslash continues); the lines after one are its output, stdout and
              stderr together. Numbers may differ by 2 % (`tolerance=0.05`: 5 %) or one unit of the last decimal, durations
              are not compared, a line `...` is any number of lines, and a command with no output shown must only succeed.
              The last command of a block ends with `exit=N` if the block says so, all others with 0.
    c, cpp, cmake, python  verbatim, but for indentation, from a file of the page's folder (docs/ and README.md: of the repository);
              a line `// ...` or `# ...` skips lines.
    sh, text, json, toml, csv, bibtex   not executed.

Blocks of a page run in order in one scratch directory, BUILD/pages/PAGE, which shows the repository's folders and, as
`build/release`, the build directory given; there `./dev run` is `build/release/premelt run`. Relative links must lead somewhere.
`--update` writes the output found into the page.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from compare import align
from excerpts import quoted_from
from page import dead_links, read_blocks, read_commands

REPOSITORY = Path(__file__).resolve().parents[2]
SHOWN = ("cli", "docs", "engine", "models", "rdm", "tests", "tutorials", "README.md", "CMakeLists.txt")
DEV = """#!/bin/sh
case "$1" in
  run) shift; [ $# -gt 0 ] || set -- deep-linear; exec build/release/premelt run "$@" ;;
  build) ;;
  *) echo "only './dev run' and './dev build' can be executed in a page; use a block 'sh'" >&2; exit 2 ;;
esac
"""


def make_scratch(page: Path, build: Path) -> Path:
    """A fresh directory that looks like the repository but receives what the commands write."""
    inside = page.is_relative_to(REPOSITORY)
    name = str(page.relative_to(REPOSITORY) if inside else page.name).replace("/", "_")
    scratch = build / "pages" / name.removesuffix(".md")
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "build").mkdir(parents=True)
    (scratch / "build" / "release").symlink_to(build)
    for folder in SHOWN:
        (scratch / folder).symlink_to(REPOSITORY / folder)
    (scratch / "dev").write_text(DEV)
    (scratch / "dev").chmod(0o755)
    return scratch


def run(command: str, scratch: Path, timeout: float) -> tuple:
    """Exit code and lines of output. A command that takes too long is stopped and counts as failed."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "COLUMNS": "80"}
    try:
        done = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        code, output = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        code, output = f"none: stopped after {timeout:g} s", late.stdout or b""
    return code, output.decode(errors="replace").rstrip().splitlines()


def check_command(page: Path, command, tolerance: float, scratch: Path, timeout: float) -> tuple:
    """A message, empty where all is as shown, and the lines that should be shown."""
    code, found = run(command.text, scratch, timeout)
    problem = ""
    if code != command.exit_code:
        problem = f"exit code {code}, expected {command.exit_code}\n"
    lines = align(found, command.expected, tolerance) if command.expected or problem else []
    if command.expected and any(mark != " " for mark, _ in lines):
        problem += "output differs (- shown in the page, + found)\n"
    if problem:
        problem = f"{page}:{first_difference(command, lines)}: $ {command.text}\n{problem}{excerpt(lines)}"
    return problem, [text for mark, text in lines if mark != "-"] if command.expected else []


def first_difference(command, lines: list) -> int:
    """The line of the page to look at: the first one that is not as found, or the command itself."""
    before = next((i for i, (mark, _) in enumerate(lines) if mark != " "), None)
    return command.line if before is None or not command.expected else command.expected_line + before


def excerpt(lines: list, most: int = 60) -> str:
    shown = [f"    {mark} {text}".rstrip() for mark, text in lines]
    cut = [f"    ({len(shown) - most} more lines)"] if len(shown) > most else []
    return "\n".join(shown[:most] + cut)


def check_console(page: Path, block, scratch: Path, timeout: float) -> tuple:
    """Messages, and the block's lines as they should be."""
    problems, lines = [], []
    for command in read_commands(page, block):
        blank = []
        while command.expected[-1:] == [""]:
            blank.append(command.expected.pop())
        problem, shown = check_command(page, command, block.options.get("tolerance", 0.02), scratch, timeout)
        problems += [problem] if problem else []
        lines += f"$ {command.text}".split("\n") + shown + blank
    return problems, lines


def check_excerpt(page: Path, block) -> list:
    """Pages of docs/ and the README quote from anywhere, a lesson from its own folder."""
    whole = page.parent in (REPOSITORY, REPOSITORY / "docs")
    roots = [REPOSITORY / name for name in SHOWN] if whole else [page.parent]
    if quoted_from(roots, block.lines):
        return []
    return [f"{page}:{block.line}: these lines stand in no source file of {'the repository' if whole else page.parent}"]


def check_page(page: Path, options) -> list:
    """All messages about one page; with --update it then shows the output found."""
    problems, scratch, corrected = dead_links(page), make_scratch(page, options.build), []
    for block in read_blocks(page):
        if block.kind in ("c", "cpp", "cmake", "python"):
            problems += check_excerpt(page, block)
        elif block.kind == "console":
            found, lines = check_console(page, block, scratch, options.timeout)
            problems += found
            corrected.append((block, lines))
    if options.update:
        rewrite(page, corrected)
    return problems


def rewrite(page: Path, corrected: list) -> None:
    text = page.read_text(encoding="utf-8").split("\n")
    for block, lines in reversed(corrected):  # from the end, so that earlier lines keep their numbers
        text[block.line:block.line + len(block.lines)] = [(" " * block.indent + line).rstrip() for line in lines]
    page.write_text("\n".join(text), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE.md")
    parser.add_argument("--build", required=True, type=Path, help="the build directory, shown to commands as build/release")
    parser.add_argument("--update", action="store_true", help="write the output found into the pages")
    parser.add_argument("--timeout", type=float, default=300, help="seconds a command may take (default 300)")
    options = parser.parse_args()
    options.build = options.build.resolve()
    failed = False
    for page in options.pages:
        start = time.monotonic()
        try:
            problems = check_page(page.resolve(), options)
        except ValueError as broken:
            problems = [str(broken)]
        for problem in problems:
            print(problem.replace(f"{REPOSITORY}/", ""))
        print(f"{page}: {'FAILED, ' if problems else ''}{time.monotonic() - start:.1f} s")
        failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
