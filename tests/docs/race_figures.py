"""The pictures of docs/race.md, as SVG on white paper that both themes of the site can show. The same store gives the same bytes."""

from html import escape

from race_store import defined

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#56b4e9", "#555555")
DASHES = ("", "9 3", "2 3", "12 3 2 3", "6 6", "1 5", "4 2")
MOST_FALSE_ALARMS = 0.3
INK, FAINT = "#222222", "#cccccc"


def text(x: float, y: float, words: str, anchor: str = "start", size: int = 13, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{INK}"{more}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def picture(width: float, height: float, title: str, parts: list) -> str:
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" font-family="sans-serif" role="img">'
            f'<title>{escape(title)}</title>')
    return "\n".join([head, f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>', *parts, "</svg>\n"])


def points_of(detector: dict) -> list:
    """(false alarms, median lead), false alarms rising; without what nobody would accept."""
    curve = detector["curve"]
    return [(rate, lead) for rate, lead in zip(reversed(curve["false_alarm_rate"]), reversed(curve["median_lead"]))
            if rate <= MOST_FALSE_ALARMS]


def panel(left: float, top: float, title: str, detectors: list, champion) -> list:
    """Median lead against false alarms, 540 by 300, with its own key."""
    width, height = 270, 220
    x0, y0 = left + 62, top + 30
    drawn = [(one, points_of(one)) for one in detectors]
    longest = max([lead for _, points in drawn for _, lead in points] + [1])

    def x(rate: float) -> float:
        return x0 + width * rate / MOST_FALSE_ALARMS

    def y(lead: float) -> float:
        return y0 + height * (1 - lead / longest)

    parts = [text(left + 62, top + 18, title, size=14, more=' font-weight="bold"')]
    for percent in (0, 10, 20, 30):
        parts += [line(x(percent / 100), y0, x(percent / 100), y0 + height, FAINT), text(x(percent / 100), y0 + height + 17, f"{percent} %", "middle")]
    parts += [line(x(0.05), y0, x(0.05), y0 + height, INK, ' stroke-dasharray="2 4"'), text(x0 - 6, y(longest) + 5, f"{longest:.0f}", "end"),
              text(x0 - 6, y(0) + 5, "0", "end"), line(x0, y(0), x0 + width, y(0), INK),
              text(x0 + width / 2, y0 + height + 36, "false alarms, held out", "middle")]
    for i, (one, points) in enumerate(drawn):
        look = f' stroke-width="{3 if one["name"] == "shc" else 2}" stroke-dasharray="{DASHES[i % len(DASHES)]}"'
        path = " ".join(f"{x(rate):.1f},{y(lead):.1f}" for rate, lead in points)
        if len(points) == 1:
            parts.append(f'<circle cx="{x(points[0][0]):.1f}" cy="{y(points[0][1]):.1f}" r="4" fill="{COLOURS[i % len(COLOURS)]}"/>')
        elif points:
            parts.append(f'<polyline fill="none" stroke="{COLOURS[i % len(COLOURS)]}"{look} points="{path}"/>')
        key = y0 + 10 + 20 * i
        parts += [line(x0 + width + 12, key, x0 + width + 42, key, COLOURS[i % len(COLOURS)], look),
                  text(x0 + width + 48, key + 4, one["name"] + " (champion)" * (one["name"] == champion), size=11)]
    return parts


def lead_curves(title: str, panels: list) -> str:
    """`panels`: (event, detectors, champion), two a row."""
    rows, columns = (len(panels) + 1) // 2, min(len(panels), 2)
    parts = [text(12, 22, title, size=15), text(12, 42, "median lead in steps; a miss counts 0; dotted: the 5 % asked for", size=12)]
    for i, (event, detectors, champion) in enumerate(panels):
        parts += panel(540 * (i % 2), 50 + 310 * (i // 2), event, detectors, champion)
    return picture(540 * columns, 50 + 310 * rows, f"{title}: median lead against false alarms", parts)


def shade(share: float) -> tuple:
    """Paper to blue, and the ink that can be read on it."""
    share = min(max(share, 0.0), 1.0)
    paper, blue = (255, 255, 255), (0, 90, 150)
    red, green, deep = (round(p + (b - p) * share) for p, b in zip(paper, blue))
    return f"#{red:02x}{green:02x}{deep:02x}", "#ffffff" if share > 0.75 else INK


def matrix(columns: list, names: list, marked) -> str:
    """Detectors by settings. `columns`: (heading, detectors by name); `marked(detector)`: the signs behind its number."""
    left, top, wide, high = 190, 190, 46, 19
    width, height = max(left + wide * len(columns) + 110, 660), top + high * len(names) + 60
    parts = [text(12, 24, "Median lead, in % of the time from the segment's start to the event", size=15)]
    for c, (heading, _) in enumerate(columns):
        x, y = left + wide * (c + 0.5) + 4, top - 8
        parts.append(text(x, y, heading, size=12, more=f' transform="rotate(-55 {x:.1f} {y:.1f})"'))
    for r, name in enumerate(names):
        y = top + high * r
        parts.append(text(left - 8, y + 14, name, "end", 12))
        for c, (_, detectors) in enumerate(columns):
            one = detectors.get(name)
            if one is None:
                continue
            fill, ink = shade(one["lead_share"]) if defined(one) else ("#ffffff", INK)
            number = f"{100 * one['lead_share']:.0f}" if defined(one) else ""
            parts.append(f'<rect x="{left + wide * c}" y="{y}" width="{wide - 1}" height="{high - 1}" fill="{fill}" stroke="{FAINT}"/>')
            parts.append(text(left + wide * (c + 0.5), y + 14, number + marked(one), "middle", 11).replace(INK, ink))
    parts += [text(12, height - 34, "‡ more false alarms than 5 % can explain   † most of its alarms at the first recording that could", size=12),
              text(12, height - 14, "§ reads the order parameter itself   ? undefined   empty: not available", size=12)]
    return picture(width, height, "Detectors by settings: median lead in % of the time to the event", parts)
