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
#: the room that the newest figure and its period need beside the first
APART = 104.0
#: with more panels the drawing is offered as SVG only: as a picture it would be large and slow to make
PICTURED = 60
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
    first: float  # where the first figure and its period are written, at or near their place in time
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
    forms: tuple[str, ...] = ("svg", "png")  # that it is offered in
    rtl: bool = False  # names and sentences begin at the right, and so do the rows of panels; time runs as ever


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
    panels, rtl = [], words.direction == "rtl"
    for n, (name, line, points) in enumerate(shown):
        own = scale if one.comparable else _scale(list(_values(points, line, False)), one)
        across = COLUMNS - 1 - n % COLUMNS if rtl else n % COLUMNS
        at = (12 + across * (WIDE + ROOM), head + n // COLUMNS * HIGH)
        panels.append(_panel(name, line, points, at, (first.t, last.t), own, grouped))
    rows = -(-len(panels) // COLUMNS)
    alt = words.count("pages.course_text", len(panels), first=first.period, last=last.period)
    return Multiples(_isolated(title, rtl), _isolated(text, rtl), (), alt, WIDTH, head + rows * HIGH + 8, head,
                     tuple(panels), ("svg", "png") if len(panels) <= PICTURED else ("svg",), rtl)


def sourced(words: Words, drawn: Multiples, citations: Sequence[Citation], card: Scorecard) -> Multiples:
    """With the line that says where the figures and the drawing come from, so that it can stand alone."""
    said = words(
        "pages.source_line", publishers=words.listed(list(dict.fromkeys(c.publisher for c in citations))),
        project=card.title, edition=card.edition, as_of=card.as_of,
        licence="; ".join(dict.fromkeys(c.licence for c in citations)),
    )
    foot = _isolated(wrap(said, TEXT + 12), drawn.rtl)
    return replace(drawn, foot=foot, height=drawn.height + 14.0 * len(foot) + 6)


def _isolated(lines: Sequence[str], rtl: bool) -> tuple[str, ...]:
    """Lines marked as running from right to left, where they do: not every program heeds an attribute that says so."""
    return tuple(f"\u2067{text}\u2069" if rtl else text for text in lines)


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

    def path(run: Sequence[Point]) -> str:
        ends = "h.01" if len(run) == 1 else ""  # a stroke of no length, which a round end shows as a dot
        return "M" + "L".join(f"{x(p.t):g} {y(p.value or 0.0):g}" for p in run) + ends

    runs = list(_runs(points))
    outlines = []
    for run in runs:
        upper = [(p.t, p.upper) for p in run if p.upper is not None and p.lower is not None]
        lower = [(p.t, p.lower) for p in reversed(run) if p.upper is not None and p.lower is not None]
        if len(upper) > 1:
            outlines.append("M" + "L".join(f"{x(t):g} {y(v):g}" for t, v in upper + lower) + "Z")
    group = [p for p in line.group_points if p.value is not None and years[0] <= p.t <= years[1]] if grouped else []
    aim = line.target.value if line.target else None
    return Panel(
        name=name if len(name) <= NAME else f"{name[:NAME - 1]}…", at=at, path="".join(map(path, runs)),
        group="".join(path(run) for run in _runs(group) if len(run) > 1), band="".join(outlines),
        breaks=tuple(x(p.t) for p in points[1:] if p.flag == "B"), target=None if aim is None else y(aim),
        first=min(x(points[0].t) - 2, WIDE - APART), last=(x(points[-1].t), y(points[-1].value or 0.0)),
        values=(points[0].text, points[-1].text), periods=(points[0].period, points[-1].period),
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
