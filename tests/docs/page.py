"""A Markdown page taken apart: its fenced blocks, the commands of a console block, its links and headings."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>```+)(?P<info>.*)$")
KNOWN = ("console", "sh", "c", "cpp", "text", "python", "cmake", "json", "toml", "csv", "bibtex")


@dataclass
class Command:
    """One `$ ` line of a console block and the lines expected after it."""

    text: str  # continuation lines included
    line: int  # of the `$ `, counted from 1
    expected: list = field(default_factory=list)
    expected_line: int = 0  # of the first expected line
    exit_code: int = 0


@dataclass
class Block:
    """A fenced block; `lines` without the page's indentation."""

    kind: str
    options: dict
    line: int  # of the opening fence
    indent: int
    lines: list


def read_blocks(page: Path) -> list:
    """All fenced blocks of a page, in order. Raises ValueError with page:line for a fence that cannot be understood."""
    blocks, current, closing = [], None, ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if current is None and fence:
            kind, *options = fence["info"].split() or [""]
            if kind not in KNOWN:
                raise ValueError(f"{page}:{number}: a fence says what it holds, one of {', '.join(KNOWN)}; this says '{kind}'")
            current = Block(kind, read_options(page, number, kind, options), number, len(fence["indent"]), [])
            closing = fence["ticks"]
        elif current is not None and fence and fence["ticks"] == closing and not fence["info"].strip():
            blocks.append(current)
            current = None
        elif current is not None:
            current.lines.append(line[min(current.indent, len(line) - len(line.lstrip(" "))):])
    if current is not None:
        raise ValueError(f"{page}:{current.line}: the block is never closed")
    return blocks


def read_options(page: Path, line: int, kind: str, words: list) -> dict:
    types = {"tolerance": float, "exit": int} if kind == "console" else {}
    options = {}
    for word in words:
        name, _, value = word.partition("=")
        try:
            options[name] = types[name](value)
        except (KeyError, ValueError):
            allowed = "tolerance=NUMBER and exit=NUMBER" if types else "nothing"
            raise ValueError(f"{page}:{line}: '{word}' after {kind}; allowed is {allowed}") from None
    return options


def read_commands(page: Path, block: Block) -> list:
    """The commands of a console block. `exit=N` speaks of the last one."""
    commands, continued = [], False
    for number, line in enumerate(block.lines, block.line + 1):
        if continued:
            commands[-1].text += "\n" + line
            commands[-1].expected_line = number + 1
        elif line.startswith("$ "):
            commands.append(Command(line[2:], number, expected_line=number + 1))
        elif commands:
            commands[-1].expected.append(line)
        else:
            raise ValueError(f"{page}:{number}: a console block starts with a command, '$ ...'")
        continued = commands[-1].text.endswith("\\") and not commands[-1].expected
    if not commands:
        raise ValueError(f"{page}:{block.line}: a console block without a command")
    commands[-1].exit_code = block.options.get("exit", 0)
    return commands


def prose(page: Path) -> list:
    """(line number, text) of everything outside fences and indented code, inline code blanked out."""
    lines, inside = [], False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if FENCE.match(line):
            inside = not inside
        elif not inside and not line.startswith("    "):
            lines.append((number, line))
    return lines


def anchors(page: Path) -> set:
    """The names by which headings can be linked to, as code hosts form them."""
    names = set()
    for _, line in prose(page):
        if heading := re.match(r"#+ +(.*)", line):
            words = re.sub(r"[^\w\- ]", "", heading[1].strip().lower())
            names.add(words.replace(" ", "-"))
    return names


def dead_links(page: Path) -> list:
    """Messages for relative links and images whose file or heading does not exist."""
    problems = []
    for number, line in prose(page):
        for target in re.findall(r"\]\(([^)\s]+)[^)]*\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            if not file.exists():
                problems.append(f"{page}:{number}: dead link: {target}")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                problems.append(f"{page}:{number}: no heading '#{anchor}' in {file}")
    return problems
