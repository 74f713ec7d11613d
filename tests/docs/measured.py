#!/usr/bin/env python3
"""Pages whose numbers are measured: each is written from docs/measured/PAGE.md.in and the results stored beside it.

    tests/docs/measured.py                    the pages show what is stored, and no number on them is without a source
    tests/docs/measured.py --fresh DIRECTORY  and what is stored is what was just measured there
    tests/docs/measured.py --update [--fresh DIRECTORY]   store what was measured, and write the pages

In a template `{topic/key}` stands for a stored result, `{topic/key:FORM}` for one shown in a form (`shown` has them), and `{=5}` for
a number that is none: a parameter, a bound. In tables every other digit is an error, but in the first column and in those
of bounds and commands; in prose every other percentage, `N steps` and `N of M` is.

docs/measured/quotes.txt holds sentences with such places that other pages must contain.

docs/measured/remeasured.json holds what `./dev test --full` measures anew, docs/measured/stored.json what takes too long or a quiet
machine, with the command that measured it. `{sweep/NAME/...}` is read from the stored sweep docs/race/NAME.json. Trainings that amplify the last bit go elsewhere with other BLAS kernels: their numbers are
compared only where the kernels are those of the stored ones, which the report says.
"""

import argparse
import json
import re
import sys
from copy import deepcopy
from pathlib import Path

import race_store
from compare import same_line

REPOSITORY = Path(__file__).resolve().parents[2]
MEASURED = REPOSITORY / "docs" / "measured"
PLACE = re.compile(r"\{(?P<key>[a-z][^{}:= ]*)(?::(?P<form>[^{}]*))?\}")
LITERAL = re.compile(r"\{=([^{}]*)\}")
UNSOURCED = re.compile(r"\d[\d.,]*[  ]?%|\d+ of \d+|\d[\d.,]* steps")
CHAOTIC = ("grokking", "induction", "misalignment")
KERNEL = "run/deep-linear/kernel"
EXEMPT = {"bound", "floor", "headed for", "command", "where"}


# ---- how a result is shown ----

def number(x, form: str) -> str:
    """`.2`: two decimals; `%`, `%1`: a percentage; `e1`: 8.3·10⁻⁴; nothing: an integer, or three digits of what is small."""
    if x is None:
        return "–"
    if form.startswith("%"):
        return f"{fixed(100 * x, int(form[1:] or 0))} %"
    if form.startswith("e"):
        mantissa, exponent = f"{x:.{form[1:]}e}".split("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa}·10{power}".removeprefix("1·").replace("-", "−")
    if form.startswith(".") or x == int(x) or abs(x) >= 100:
        return fixed(x, int(form[1:] or 0))
    return f"{x:.3g}".replace("-", "−")


def fixed(x: float, decimals: int) -> str:
    """Halves are rounded as the program rounds them."""
    return f"{x:,.{decimals}f}".replace(",", " " if abs(x) >= 10000 else "").replace("-", "−")


def median(values: list) -> float:
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


REDUCED = {"median": median, "least": min, "largest": max, "mean": lambda values: sum(values) / len(values), "count": len}


def shown(value, words: str) -> str:
    """A result in the form asked for: a reduction, if the result is a list, and the form of its number.

    Lists: `median`, `least`, `largest`, `mean`, `count`, `bounds` ([least, largest]), `span` (least–largest), `each`; else the
    median with its bounds; `x5`: of five times its values. Numbers: `abs`. Scores of a detector: lead, detected and false alarms, `lead` without the latter."""
    words = words.split()
    if isinstance(value, str):
        return value
    form = next((word for word in words if word[0] in ".%e" and word != "each"), "")
    if isinstance(value, dict):
        return shown_score(value, words)
    if not isinstance(value, list):
        return number(abs(value) if "abs" in words else value, form)
    known = [x * factor(words) for x in value if x is not None]
    for name, reduce in REDUCED.items():
        if name in words:
            return number(reduce(known), form)
    if "each" in words:
        return ", ".join(number(x, form) for x in value)
    least, largest = (number(reduce(known), form) for reduce in (min, max)) if known else ("", "")
    if "span" in words:
        return f"{least}–{largest}"
    if not known:
        return "never"
    late = f", {len(value) - len(known)} never" if len(known) < len(value) else ""
    parts = ([] if "bounds" in words else [number(median(known), form)]) + [f"[{least}, {largest}]"] * (len(known) > 1)
    return " ".join(parts) + late


def factor(words: list) -> int:
    return next((int(word[1:]) for word in words if re.fullmatch(r"x\d+", word)), 1)


def shown_score(value: dict, words: list) -> str:
    if "chance" in value:
        return f"{number(value['steps'], '.0')} ({100 * value['first']:.0f}, {number(value['chance'], '%')})"
    text = f"{number(value['lead'], '.0')}, {number(value['detected'], '%')}"
    return text if "lead" in words else f"{text}, {number(value['false_alarms'], '%')}{'!' * value['above']}"


# ---- where results are ----

def find(tree, key: str):
    for name in key.split("/"):
        tree = tree[name]
    return tree


def put(tree: dict, key: str, value) -> None:
    *path, last = key.split("/")
    for name in path:
        tree = tree.setdefault(name, {})
    tree[last] = value


def merge(tree: dict, other: dict) -> dict:
    for name, value in other.items():
        tree[name] = merge(tree[name], value) if isinstance(tree.get(name), dict) and isinstance(value, dict) else value
    return tree


def read(file: Path) -> dict:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def rounded(value):
    """Six digits are more than any page shows."""
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def text_of(tree: dict, indent: str = "") -> str:
    """JSON with a line for every result."""
    def line(value):
        nested = isinstance(value, dict) and any(isinstance(one, dict) for one in value.values())
        return text_of(value, indent + " ") if nested else json.dumps(value, ensure_ascii=False)
    return "{\n" + ",\n".join(f"{indent} {json.dumps(name)}: {line(tree[name])}" for name in sorted(tree)) + f"\n{indent}}}"


# ---- pages ----

class Template:
    """A text with places for results, and the page that shows it."""

    def __init__(self, file: Path, text: str):
        self.file, self.text = file, text
        self.name = file.relative_to(REPOSITORY)
        self.keys = sorted({place["key"] for place in PLACE.finditer(text)})

    def written(self, results: dict) -> str:
        def fill(place):
            try:
                return shown(find(results, place["key"]), place["form"] or "")
            except (KeyError, TypeError, ValueError) as wrong:
                raise ValueError(f"{self.name}: {place[0]} cannot be shown: {wrong!r}") from None
        return LITERAL.sub(r"\1", PLACE.sub(fill, self.text))

    def moved(self, stored: dict, fresh: dict) -> list:
        """Lines whose numbers are no longer what was measured."""
        return [f"{self.name}:{i}: stale (- shown, + measured)\n    - {shown}\n    + {found}"
                for i, (shown, found) in enumerate(zip(self.written(stored).splitlines(), self.written(fresh).splitlines()), 1)
                if not same_line(found, shown, 0.02)]


class Quote(Template):
    """A sentence in a page that is not written from a template."""

    def stale(self, results: dict) -> list:
        wanted = self.written(results)
        found = wanted in " ".join(self.file.read_text(encoding="utf-8").split())
        return [] if found else [f"{self.name}: does not say '{wanted}' (docs/measured/quotes.txt)"]


class Page(Template):
    """A page written as a whole."""

    def __init__(self, template: Path):
        super().__init__(REPOSITORY / "docs" / template.stem, template.read_text(encoding="utf-8"))
        self.template = template

    def unsourced(self) -> list:
        """Numbers of the template that come from nowhere."""
        complaints, exempt, fenced = [], set(), False
        for count, line in enumerate(self.text.splitlines(), 1):
            fenced ^= line.startswith("```")
            bare = re.sub(r"`[^`]*`|\]\([^)]*\)", "", LITERAL.sub("", PLACE.sub("", line)))
            if fenced or line.startswith(("#", "```")):
                continue
            if not line.startswith("|"):
                exempt = set()
                found = UNSOURCED.findall(bare)
            elif not exempt:  # the head of a table
                exempt = {0} | {i for i, cell in enumerate(cells(bare)) if cell in EXEMPT}
                found = []
            else:
                found = [cell for i, cell in enumerate(cells(bare)) if i not in exempt and re.search(r"\d", cell)]
            complaints += [f"{self.template.name}:{count}: no source for '{text}'" for text in found]
        return complaints

    def stale(self, results: dict) -> list:
        """Differences between the page and what it should be."""
        lines, wanted = self.file.read_text(encoding="utf-8").splitlines(), self.written(results).splitlines()
        wrong = [f"{self.name}:{i}: is not as the template and the stored results have it; write it with --update\n"
                 f"    - {line}\n    + {want}" for i, (line, want) in enumerate(zip(lines, wanted), 1) if line != want]
        return wrong[:3] or ([f"{self.name}: has {len(lines)} lines, should have {len(wanted)}"]
                             if len(lines) != len(wanted) else [])


def cells(row: str) -> list:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def read_quotes() -> list:
    lines = (MEASURED / "quotes.txt").read_text(encoding="utf-8").splitlines()
    return [Quote(REPOSITORY / page, text) for page, text in (line.split(": ", 1) for line in lines)]


def fresh_results(directory: Path, pages: list, kept: dict) -> dict:
    """What was measured of all that the pages quote, beside what is only stored. Raises ValueError when something is missing."""
    measured, quoted, missing = {}, {}, []
    for file in sorted(directory.glob("*.json")):
        merge(measured, read(file))
    for key in sorted({key for page in pages for key in page.keys}):
        try:
            put(quoted, key, find(measured, key))
        except (KeyError, TypeError):
            try:
                find(kept, key)
            except (KeyError, TypeError):
                missing.append(key)
    if missing:
        shown_keys = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        raise ValueError(f"{len(missing)} results are neither in {directory} nor in stored.json or docs/race: {shown_keys}")
    return rounded(quoted)


def comparable(stored: dict, fresh: dict) -> dict:
    """`fresh` with the stored results instead of those which other BLAS kernels change."""
    if find(stored, KERNEL) == find(fresh, KERNEL):
        return fresh
    print(f"BLAS kernels {find(fresh, KERNEL)}, stored were {find(stored, KERNEL)}: not compared: {', '.join(CHAOTIC)}")
    result = deepcopy(fresh)
    for key in (KERNEL, *CHAOTIC):
        put(result, key, find(stored, key))
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fresh", type=Path, metavar="DIRECTORY", help="what was just measured: BUILD/measured")
    parser.add_argument("--update", action="store_true", help="store what was measured, and write the pages")
    options = parser.parse_args()
    pages = [Page(file) for file in sorted(MEASURED.glob("*.md.in"))]
    stored = read(MEASURED / "remeasured.json")
    kept = merge(read(MEASURED / "stored.json"), {"sweep": rounded(race_store.all_numbers())})
    quotes = read_quotes()
    complaints = [] if pages else [f"{MEASURED}: no templates"]
    try:
        if options.fresh:
            fresh = fresh_results(options.fresh, pages + quotes, kept)
            if options.update:
                stored = fresh
                (MEASURED / "remeasured.json").write_text(text_of(stored) + "\n", encoding="utf-8")
        known = merge(deepcopy(stored), kept)
        if options.update:
            for page in pages:
                page.file.write_text(page.written(known), encoding="utf-8")
        for page in pages:
            complaints += page.unsourced()
        for text in pages + quotes:
            complaints += text.stale(known)
        if options.fresh and not complaints:
            measured = merge(comparable(stored, fresh), kept)
            complaints += [line for text in pages + quotes for line in text.moved(known, measured)]
    except ValueError as wrong:
        complaints.append(str(wrong))
    results = len({key for text in pages + quotes for key in text.keys})
    print("\n".join(complaints) or f"{len(pages)} pages, {len(quotes)} quotes, {results} results: all as "
          + ("measured" if options.fresh else "stored"))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
