"""Output as expected? Words exactly, numbers within a tolerance, a line `...` is any number of lines.

What a clock decides is not compared: durations, rates, and the lines that tell every few seconds how far a run has come."""

import re

NUMBER = r"[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
DURATION = re.compile(rf"{NUMBER}\s*(?:[\w]+/s|[mµun]?s|min|h|seconds?|minutes?)(?![\w/])")
PROGRESS = re.compile(r"(?:step|run) \d+/\d+  ETA ")
TOKEN = re.compile(NUMBER)
REST = "..."


def same_number(found: str, expected: str, tolerance: float) -> bool:
    """Within the relative tolerance, or within one unit of the last decimal shown, where rounding may fall either way."""
    value, wanted = (float(text.replace("−", "-")) for text in (found, expected))
    mantissa, _, exponent = expected.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    unit = 1.01 * 10.0 ** (int(exponent or 0) - decimals) if decimals else 0.0
    return abs(value - wanted) <= max(tolerance * abs(wanted), unit)


def same_line(found: str, expected: str, tolerance: float) -> bool:
    found, expected = (DURATION.sub("<time>", " ".join(line.split())) for line in (found, expected))
    words = [[word.strip() for word in TOKEN.split(line)] for line in (found, expected)]
    numbers = [TOKEN.findall(line) for line in (found, expected)]
    return words[0] == words[1] and all(same_number(f, e, tolerance) for f, e in zip(*numbers))


def align(found: list, expected: list, tolerance: float) -> list:
    """The cheapest way to read `found` as `expected`: (mark, text) with ' ' as expected, '-' missing, '+' unexpected.

    Kept lines carry the expected text, `...` included. All marks are ' ' exactly when the output is as expected."""
    found = [line for line in found if not PROGRESS.match(line)]
    rows, columns = len(expected), len(found)
    cost = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows, -1, -1):
        for j in range(columns, -1, -1):
            cost[i][j] = min((price + cost[i + di][j + dj] for price, di, dj, _ in steps(found, expected, i, j, tolerance)),
                             default=0)
    lines, i, j = [], 0, 0
    while i < rows or j < columns:
        _, di, dj, mark = min(steps(found, expected, i, j, tolerance), key=lambda s: s[0] + cost[i + s[1]][j + s[2]])
        if di or mark == "+":
            lines.append((mark, expected[i] if di else found[j]))
        i, j = i + di, j + dj
    return lines


def steps(found: list, expected: list, i: int, j: int, tolerance: float) -> list:
    """The moves from expected line i and found line j: (price, lines of expected, lines of found, mark)."""
    moves = []
    if i < len(expected) and expected[i].strip() == REST:
        moves.append((0, 1, 0, " "))
        if j < len(found):
            moves.append((0, 0, 1, " "))
        return moves
    if i < len(expected) and j < len(found) and same_line(found[j], expected[i], tolerance):
        moves.append((0, 1, 1, " "))
    if i < len(expected):
        moves.append((1, 1, 0, "-"))
    if j < len(found):
        moves.append((1, 0, 1, "+"))
    return moves
