"""Small multiples: one small chart for each area, all with the same years, with one scale where areas are comparable.

Only the geometry is worked out here, in units of a drawing `WIDTH` wide; `reports/multiples.svg.j2` draws it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from textwrap import wrap

from monitor.model import Indicator
from monitor.scorecard import Citation, Line, Point, Scorecard
from monitor.words import Words

#: panels in a row, and the size of one; the room between them
COLUMNS, WIDE, HIGH, ROOM = 4, 176.0, 112.0, 20.0
WIDTH = COLUMNS * WIDE + (COLUMNS - 1) * ROOM + 2 * 12
#: where a panel's line may go, below its name and its figures
TOP, BOTTOM = 38.0, 88.0
#: so many letters stand in a line of the title, of a sentence, in the name of an area
TITLE, TEXT, NAME = 84, 118, 26
#: a step longer than this many usual steps is a hole in the series, and the line stops before it
HOLE = 1.5


@dataclass(frozen=True)
class Panel:
    """One area. Paths stand in the panel's own units; ``at`` is where its corner is in the drawing."""

    name: str
    at: tuple[float, float]
    path: str
    group: str  # path of the group of countries, "" where there is none
    band: str  # outline of the margin of uncertainty, ""
    breaks: tuple[float, ...]
    target: float | None  # how high it stands
    last: tuple[float, float]
    values: tuple[str, str]  # first and last, as printed
    periods: tuple[str, str]


@dataclass(frozen=True)
class Multiples:
    """The whole drawing, ready to draw."""

    title: tuple[str, ...]  # lines of text
    text: tuple[str, ...]  # on the scale, and what is dashed
    foot: tuple[str, ...]  # the source line
    alt: str
    width: float
    height: float
    head: float  # the height of title and text
    panels: tuple[Panel, ...]


def multiples(words: Words, one: Indicator, areas: Sequence[tuple[str, Line]]) -> Multiples | None:
    """The drawing for areas with two figures or more, in the order given; None where fewer than one has."""
    found = [(name, line, [p for p in line.points if p.value is not None]) for name, line in areas]
    shown = [(name, line, points) for name, line, points in found if len({p.t for p in points}) > 1]
    if not shown:
        return None
    first, last = (pick((p for *_, points in shown for p in points), key=lambda p: p.t) for pick in (min, max))
    grouped = one.comparable and any(line.group_points for _, line, _ in shown)
    scale = _scale([v for _, line, points in shown for v in _values(points, line, grouped)], one)
    title = wrap(words("pages.course", title=one.title), TITLE)
    says = [words("pages.one_scale", low=_printed(words, one, scale[0]), high=_printed(words, one, scale[1]))
            if one.comparable else words("pages.own_scale")]
    text = wrap(" ".join([f"{one.unit}.", *says, *([words("pages.dashed")] if grouped else []),
                          *([words("pages.dotted")] if any(line.target for _, line, _ in shown) else [])]), TEXT)
    head = 12 + 18.0 * len(title) + 15.0 * len(text) + 8
    panels = []
    for n, (name, line, points) in enumerate(shown):
        own = scale if one.comparable else _scale(list(_values(points, line, False)), one)
        at = (12 + n % COLUMNS * (WIDE + ROOM), head + n // COLUMNS * HIGH)
        panels.append(_panel(name, line, points, at, (first.t, last.t), own, grouped))
    rows = -(-len(panels) // COLUMNS)
    alt = words.count("pages.course_text", len(panels), first=first.period, last=last.period)
    return Multiples(tuple(title), tuple(text), (), alt, WIDTH, head + rows * HIGH + 8, head, tuple(panels))


def sourced(words: Words, drawn: Multiples, citations: Sequence[Citation], card: Scorecard) -> Multiples:
    """With the line that says where the figures and the drawing come from, so that it can stand alone."""
    said = words(
        "pages.source_line", publishers=words.listed(list(dict.fromkeys(c.publisher for c in citations))),
        project=card.title, edition=card.edition, as_of=card.as_of,
        licence="; ".join(dict.fromkeys(c.licence for c in citations)),
    )
    foot = tuple(wrap(said, TEXT + 12))
    return replace(drawn, foot=foot, height=drawn.height + 14.0 * len(foot) + 6)


def _values(points: Sequence[Point], line: Line, grouped: bool) -> Iterator[float]:
    group = line.group_points if grouped else ()
    yield from (v for p in (*points, *group) for v in (p.value, p.lower, p.upper) if v is not None)
    if line.target and line.target.value is not None:
        yield line.target.value


def _scale(values: Sequence[float], one: Indicator) -> tuple[float, float]:
    """Lowest and highest of an axis: from zero where that is not far, never a span of nothing."""
    low, high = min(values), max(values)
    if one.scale == "binary":
        return 0.0, 1.0
    low = 0.0 if 0 <= low <= 0.6 * high else low
    return (low, high) if high > low else (low - 1, high + 1)


def _printed(words: Words, one: Indicator, value: float) -> str:
    text = words.number(value, one.decimals)
    return words("figure.percent", n=text) if one.scale == "percent" else text


def _panel(
    name: str, line: Line, points: Sequence[Point], at: tuple[float, float], years: tuple[float, float],
    scale: tuple[float, float], grouped: bool,
) -> Panel:
    def x(t: float) -> float:
        return round(2 + (WIDE - 4) * (t - years[0]) / (years[1] - years[0] or 1), 1)

    def y(value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (value - scale[0]) / (scale[1] - scale[0]), 1)

    def path(run: Sequence[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x(t):g} {y(v):g}" for t, v in run) + ("h.01" if len(run) == 1 else "")

    runs = list(_runs(points))
    bands = [[p for p in run if p.lower is not None and p.upper is not None] for run in runs]
    outlines = ["M" + "L".join(
        f"{x(t):g} {y(v):g}" for t, v in [*((p.t, p.upper or 0.0) for p in band),
                                          *((p.t, p.lower or 0.0) for p in reversed(band))]) + "Z"
                for band in bands if len(band) > 1]
    group = [p for p in line.group_points if p.value is not None and years[0] <= p.t <= years[1]] if grouped else []
    return Panel(
        name if len(name) <= NAME else f"{name[:NAME - 1]}…", at, "".join(path([(p.t, p.value or 0.0) for p in run]) for run in runs),
        "".join(path([(p.t, p.value or 0.0) for p in run]) for run in _runs(group) if len(run) > 1), "".join(outlines),
        tuple(x(p.t) for p in points[1:] if p.flag == "B"),
        None if line.target is None or line.target.value is None else y(line.target.value), (x(points[-1].t), y(points[-1].value or 0.0)),
        (points[0].text, points[-1].text), (points[0].period, points[-1].period),
    )


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points between breaks and holes: within one, they may be joined by a line."""
    if not points:
        return
    usual = median(b.t - a.t for a, b in pairwise(points)) if len(points) > 1 else 1.0
    run = [points[0]]
    for before, point in pairwise(points):
        if point.flag == "B" or point.t - before.t > HOLE * usual:
            yield run
            run = []
        run.append(point)
    yield run
