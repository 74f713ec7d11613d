#!/usr/bin/env python3
"""The colours of blocks and curves can be told apart by readers with deuteranopia and protanopia, and without colour.

Reads the palettes of cli/report/page/theme.js. Distances are Euclidean in CIELAB, between colours as such eyes see them
by the matrices of Machado, Oliveira and Fernandes (IEEE TVCG 15, 2009), which work on linear RGB; 2 can just be seen, thin
lines need several times that. The first four blocks, which most pages have, also differ in lightness alone.
"""

import itertools
import pathlib
import re
import sys

THEME = pathlib.Path(__file__).parents[2] / "cli/report/page/theme.js"
EYES = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
}
LEAST = 15  # between any two
LEAST_GREY = 8  # in lightness, between any two of the first four
WHITE = (0.9505, 1.0, 1.089)


def linear(colour):
    """The three channels of "#rrggbb", linear in light."""
    channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def product(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector)) for row in matrix]


def lab(rgb):
    xyz = product(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)), rgb)
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (a / w for a, w in zip(xyz, WHITE)))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(colour, eye):
    return lab([min(1, max(0, c)) for c in product(EYES[eye], linear(colour))])


def distance(one, other, eye):
    return sum((a - b) ** 2 for a, b in zip(seen(one, eye), seen(other, eye))) ** 0.5


def faults(name, colours):
    for eye in EYES:
        for one, other in itertools.combinations(colours, 2):
            if not distance(one, other, eye) >= LEAST:
                yield f"{name}, {eye}: {one} and {other} are {distance(one, other, eye):.0f} apart, {LEAST} needed"
    for one, other in itertools.combinations(colours[:4], 2):
        apart = abs(seen(one, "all cones")[0] - seen(other, "all cones")[0])
        if not apart >= LEAST_GREY:
            yield f"{name}, grey: {one} and {other} differ by {apart:.0f} in lightness, {LEAST_GREY} needed"


def palettes():
    text = THEME.read_text(encoding="utf-8")
    lists = re.findall(r"blocks: \[([^\]]*)\]", text)
    return {name: re.findall(r"#[0-9a-f]{6}", found) for name, found in zip(("light", "dark"), lists, strict=True)}


def main():
    old = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#8c8200", "#7f7f7f"]
    if not any("deuteranopia" in fault for fault in faults("a palette known to be bad", old)):
        print("the check does not find what is wrong with a palette known to be bad")
        return 1
    found = [fault for name, colours in palettes().items() for fault in faults(name, colours)]
    print("\n".join(found) or "all colours can be told apart")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
