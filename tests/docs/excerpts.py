"""Does a quoted piece of source really stand in a source file?"""

from pathlib import Path

SUFFIXES = (".c", ".h", ".cpp", ".hpp", ".py", ".txt")
SKIP = ("// ...", "# ...")


def quoted_from(roots: list, block_lines: list):
    """The first file under `roots` that holds the block, indentation apart, or None.

    A line `// ...` or `# ...` of the block skips any number of lines of the file."""
    pieces = [[]]
    for line in block_lines:
        if line.strip() in SKIP:
            pieces.append([])
        else:
            pieces[-1].append(line.strip())
    for file in source_files(roots):
        if holds([line.strip() for line in file.read_text(encoding="utf-8", errors="replace").splitlines()], pieces):
            return file
    return None


def source_files(roots: list) -> list:
    found = []
    for root in map(Path, roots):
        found += [root] if root.is_file() else sorted(root.rglob("*"))
    return [file for file in found if file.suffix in SUFFIXES and file.is_file()]


def holds(lines: list, pieces: list) -> bool:
    start = 0
    for piece in pieces:
        places = range(start, len(lines) - len(piece) + 1)
        place = next((i for i in places if lines[i:i + len(piece)] == piece), None)
        if place is None:
            return False
        start = place + len(piece)
    return True
