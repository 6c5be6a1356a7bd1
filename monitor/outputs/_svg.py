"""Drawings inside a page: the path of a sparkline, and a chart's SVG made fit to stand in HTML beside others."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from monitor.errors import CannotRender
from monitor.scorecard import Line, Point
from monitor.words import Words

WIDTH, HEIGHT, PAD = 132.0, 36.0, 4.0
#: a step longer than this many usual steps is a hole in the series, and the line stops before it
HOLE = 1.5

_TAGS = {
    "svg", "g", "path", "defs", "clipPath", "rect", "use", "text", "tspan", "title", "desc", "line", "polyline",
    "polygon", "circle", "ellipse",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # no XML may hold them
_DROPPED = {"metadata", "style"}
_REFERENCE = re.compile(r"url\(\s*['\"]?([^)'\"]*)['\"]?\s*\)")
_EVERYTHING = re.compile(r"\s*\*\s*\{([^{}]*)\}\s*")  # the one rule of matplotlib: it would reach the whole page


@dataclass(frozen=True)
class Spark:
    """A sparkline in a box of `WIDTH` x `HEIGHT` units: a path, where breaks stand, where the last value is."""

    path: str = ""
    breaks: tuple[float, ...] = ()
    last: tuple[float, float] | None = None
    first_point: Point | None = None
    last_point: Point | None = None
    count: int = 0


def sparkline(points: Sequence[Point]) -> Spark:
    """The path of a series, interrupted where periods are missing and at breaks in the series.

    A value that stands alone becomes a stroke of no length, which a round line end shows as a dot.
    """
    seen = [p for p in points if p.value is not None]
    if not seen:
        return Spark()
    usual = median(b.t - a.t for a, b in pairwise(seen)) if len(seen) > 1 else 1.0
    low, high = min(p.value or 0.0 for p in seen), max(p.value or 0.0 for p in seen)
    first, span = seen[0].t, seen[-1].t - seen[0].t

    def x(t: float) -> int:
        return round(PAD + (WIDTH - 2 * PAD) * ((t - first) / span if span else 1.0))

    def y(value: float) -> int:
        return round(HEIGHT - PAD - (HEIGHT - 2 * PAD) * ((value - low) / (high - low) if high > low else 0.5))

    path, breaks = [], []
    for n, point in enumerate(seen):
        before = seen[n - 1] if n else None
        broken = before is not None and point.flag == "B"
        joined = before is not None and not broken and point.t - before.t <= HOLE * usual
        if broken and before is not None:
            breaks.append(x((before.t + point.t) / 2))
        path.append(f"{'L' if joined else 'M'}{x(point.t):g} {y(point.value or 0.0):g}" + ("" if joined else "h0"))
    end = seen[-1]
    return Spark("".join(path), tuple(breaks), (x(end.t), y(end.value or 0.0)), seen[0], end, len(seen))


def alone(drawn: bytes, line: Line, words: Words, tokens: dict[str, Any]) -> bytes:
    """A chart as a file that can be taken away: its message above it, its source below it, and the colours of dark
    pages where a reader's device asks for them."""
    dark, rules = tokens["dark"], ""
    pairs = {tokens[name]: dark[name] for name in ("ground", "ink", "muted", "line")}
    for light, colour in (pairs | {tokens["chart"][name]: dark["chart"][name] for name in dark["chart"]}).items():
        rules += "".join(f'[style*="{w}: {light}"]{{{w}:{colour}!important}}' for w in ("fill", "stroke"))
    box = re.search(r'height="[^"]*" viewBox="0 0 (\S+) (\S+)"', drawn.decode())
    if box is None:
        return drawn
    wide, high = map(float, box.groups())
    head = textwrap.wrap(line.chart_title or line.title, 84)
    said = [words("chart.source", publisher=c.publisher, series=c.series, retrieved=c.retrieved)
            for c in line.citations[:1]]
    over, under = 13 * len(head) + 6, 14 * len(said)
    rtl = words.direction == "rtl"
    aside = ' direction="rtl"' if rtl else ""
    rows: list[tuple[float, float, str, str]]
    rows = [(13 * n + 11 - over, 9.5, "ink", text) for n, text in enumerate(head)]
    rows += [(high + 9, 6.5, "muted", text) for text in said]
    added = f'<style>@media (prefers-color-scheme:dark){{{rules}}}</style>'
    added += f'<path d="M0 {-over}h{wide:g}v{high + over + under:g}h-{wide:g}z" style="fill: {tokens["ground"]}"/>'
    added += "".join(
        f'<text x="{wide - 4 if rtl else 4:g}" y="{y:g}" font-size="{size}px" style="fill: {tokens[ink]}"'
        f'{aside}>{escape(_CONTROL.sub("", text))}</text>'
        for y, size, ink, text in rows
    )
    tall = f"{high + over + under:g}"
    whole = drawn.decode().replace(box[0], f'height="{tall}pt" viewBox="0 {-over} {wide:g} {tall}"', 1)
    return whole.replace("</desc>", "</desc>" + added, 1).encode()


def inline(svg: bytes, name: str, title: str, text: str) -> str:
    """A chart's SVG as an element of a page: its ids made its own, its text alternative in place.

    Args:
        svg: what `monitor.chart` drew. Its ids repeat from chart to chart; its style rule is global.
        name: the indicator's id; every id in the drawing begins with it.
        title, text: the text alternative, short and long; neither may be empty.

    Raises:
        CannotRender: it is no SVG, or holds anything but drawing: script, pictures, outside references.
    """
    try:
        if b"<!ENTITY" in svg:
            raise ValueError("it declares entities")
        root = ElementTree.fromstring(svg)  # noqa: S314 - drawn by this program; what it may hold is checked below
        _plain(root)
        _own(root, f"{name}_")
    except (ElementTree.ParseError, ValueError) as problem:
        raise CannotRender(
            f"the chart of {name} cannot stand in a page: {problem}. Expected a plain drawing, as monitor.chart makes."
        ) from None
    for old in [e for e in root if e.tag in ("title", "desc")]:
        root.remove(old)
    for n, (tag, said) in enumerate((("title", title), ("desc", text))):
        element = ElementTree.Element(tag, {"id": f"{name}_{tag}"})
        element.text = said
        root.insert(n, element)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib |= {"role": "img", "aria-labelledby": f"{name}_title", "aria-describedby": f"{name}_desc"}
    return ElementTree.tostring(root, encoding="unicode")


def _plain(root: ElementTree.Element) -> None:
    """Strip namespaces and what a page does not need; refuse what is not drawing."""
    if not root.tag.endswith("}svg"):
        raise ValueError(f"its root is '{root.tag}', not an SVG element")
    for parent in list(root.iter()):
        for child in list(parent):
            if str(child.tag).rpartition("}")[2] in _DROPPED:
                if child.text and (rule := _EVERYTHING.fullmatch(child.text)):
                    root.set("style", rule.group(1).strip())
                parent.remove(child)
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
        if element.tag not in _TAGS:
            raise ValueError(f"it holds <{element.tag}>")
        for key in list(element.attrib):
            value, short = element.attrib.pop(key), key.rpartition("}")[2]
            outside = [r for r in _REFERENCE.findall(value) if not r.startswith("#")]
            if short.startswith("on") or outside or (short == "href" and not value.startswith("#")):
                raise ValueError(f'it holds {short}="{value[:40]}"')
            element.set(short, value)


def _own(root: ElementTree.Element, prefix: str) -> None:
    """Put the prefix before every id and every reference to one."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "id":
                element.set(key, prefix + value)
            elif key == "href":
                element.set(key, f"#{prefix}{value[1:]}")
            elif "url(" in value:
                element.set(key, _REFERENCE.sub(lambda m: f"url(#{prefix}{m.group(1)[1:]})", value))
