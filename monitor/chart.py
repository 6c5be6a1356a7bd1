"""Draw a series: a line chart with real axes, as SVG for pages and as PNG to take away. The only door to matplotlib.

Nothing is told by colour alone: the series has dots and its newest value, the comparison is dashed and named,
a target is a diamond with its words, a break cuts the line, and values that are not final are hollow.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

from monitor import period
from monitor.scorecard import Line, Point
from monitor.told import HOLLOW
from monitor.words import Words

_POINT = 72.0  # points to the inch
_TEXT = 7.5  # size of all text, in points
_ROW = 11.0  # a row of names above the axes, in points
_RIGHT = 112.0  # room for the names at the right, in points
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))  # no XML may hold them
# letters whose shape depends on their neighbours, or that no font of Latin, Greek and Cyrillic has
_COMPLEX = re.compile("[\u0590-\u1cff\u2e80-\ud7ff\uf900-\ufdff\ufe70-\ufefc\U00010000-\U0003ffff]")
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"


def svg(line: Line, words: Words, tokens: dict[str, Any]) -> bytes:
    """The chart as SVG (about 4 KB), its title and description inside; text stays text. Same input, same bytes."""
    figure, settings = _draw(line, words, tokens)
    return lean(save(figure, settings, "svg"), line.chart_title or line.title, line.chart_text, tokens)


def png(line: Line, words: Words, tokens: dict[str, Any]) -> bytes:
    """The chart as PNG at 200 dots to the inch, to stand alone: its message above it, its source below."""
    figure, settings = _draw(line, words, tokens, alone=True)
    return save(figure, settings, "png")


def save(figure: Any, settings: dict[str, Any], form: str) -> bytes:
    """A figure's bytes, ``svg`` or ``png``; the same for the same figure, with nothing in them of when it was made."""
    from matplotlib import rc_context

    empty = {"svg": ("Date", "Creator", "Format", "Type"), "png": ("Software",)}[form]
    out = io.BytesIO()
    with rc_context(settings):
        figure.savefig(out, format=form, dpi=200 if form == "png" else _POINT, metadata=dict.fromkeys(empty))
    return out.getvalue()


@cache
def families() -> list[str]:
    """Make the shipped fonts known to matplotlib under names of ours: a machine's own Noto Sans, another version
    with other widths, would give other bytes."""
    from importlib.resources import files

    from matplotlib.font_manager import FontEntry, fontManager

    for package in ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic"):
        for font in files(package).joinpath("files").iterdir():
            if font.name.endswith(".ttf") and "Italic" not in font.name:
                fontManager.ttflist.append(FontEntry(fname=str(font), name=package))
    return ["fontpkg_noto_sans", "fontpkg_noto_sans_arabic"]


def _draw(line: Line, words: Words, tokens: dict[str, Any], alone: bool = False) -> tuple[Any, dict[str, Any]]:
    """A figure with one pair of axes at a fixed place, and the settings it must be saved with."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    look = tokens["chart"]
    settings = {
        "svg.fonttype": "none", "svg.hashsalt": line.id, "font.family": families(), "font.size": _TEXT,
        "text.color": tokens["muted"], "axes.edgecolor": tokens["line"], "text.parse_math": False,
    }
    shown = [p for p in line.points if p.value is not None]
    ticks, labels = _scale(line, shown, words)
    says = ", ".join(words(f"flag.{f}") for f in sorted({p.flag for p in shown} & HOLLOW))
    unit = f"{line.unit} · {words('chart.starts', n=labels[0])}" if shown and ticks[0] > 0 else line.unit
    over = textwrap.wrap(unit, 60 if says else 100) or [""]
    head = textwrap.wrap(line.chart_title or line.title, 84) if alone else []
    above, below = 13.0 * len(head) + 6 * bool(head), 14.0 * alone  # points, round what SVG and PNG have alike
    lower = 0.6 if shown and _yes_no(shown, words) else 1.0  # two levels need no tall drawing
    width, high = look["width"] * _POINT, lower * look["height"] * _POINT + above + below
    with rc_context(settings):
        figure = Figure(figsize=(width / _POINT, high / _POINT), facecolor=tokens["ground"])
        for n, text in enumerate(head):
            figure.text(4 / width, 1 - (4 + 13 * n) / high, text, size=9.5, va="top", color=tokens["ink"])
        for n, text in enumerate(over):
            figure.text(4 / width, 1 - (above + 3 + 10 * n) / high, text, va="top")
        if says:
            figure.text(1 - 13 / width, 1 - (above + 3) / high, says, va="top", ha="right")
            figure.add_artist(Line2D([1 - 7 / width], [1 - (above + 8.5) / high], marker="o", markersize=4,
                                     markerfacecolor=tokens["ground"], color=look["series"]))
        if alone and line.citations:
            said = line.citations[0]
            text = words("chart.source", publisher=said.publisher, series=said.series, retrieved=said.retrieved)
            figure.text(4 / width, 4 / high, text, size=6.5, va="bottom")
        if shown:
            left = 12 + 0.6 * _TEXT * max(map(len, labels))
            wide, span = width - left - _RIGHT, _span(line, shown)
            marks = _marks(line, shown, words, wide / (span[1] - span[0]), span)
            top = above + 13 + 10 * len(over) + _ROW * max((m.row + 1 for m in marks), default=0)
            tall = high - top - below - 18
            axes = figure.add_axes((left / width, (below + 18) / high, wide / width, tall / high))
            axes.set(xlim=span, ylim=(ticks[0], ticks[-1]))
            _grid(axes, shown, dict(zip(ticks, labels, strict=True)), tokens, (wide, tall))
            _plot(axes, line, shown, words, tokens, (wide, tall))
            for mark in marks:
                _stand(axes, mark, look, (wide, tall))
        else:
            figure.text(0.5, 0.5, line.reason_text or line.status_text, ha="center", color=tokens["ink"])
    drawn = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    if any(_COMPLEX.search(text.get_text()) for text in drawn):
        settings["svg.fonttype"] = "path"  # a PDF could not say which letters these shaped glyphs stand for
    return figure, settings


def _scale(line: Line, shown: Sequence[Point], words: Words) -> tuple[list[float], list[str]]:
    """The ticks of the vertical axis, and how they are printed; a yes-or-no measure has these two words."""
    if not shown:
        return [], []
    if _yes_no(shown, words):
        return [0.0, 1.0], [words("figure.no"), words("figure.yes")]
    found = [v for p in (*shown, *line.group_points) for v in (p.value, p.lower, p.upper)]
    found += [f.value for f in (line.target, line.base) if f]
    ticks = _ticks([v for v in found if v is not None], line.bounds)
    digits = next((d for d in range(7) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 7)
    return ticks, [words.number(t, digits) for t in ticks]


def _yes_no(shown: Sequence[Point], words: Words) -> bool:
    return {p.text for p in shown} <= {words("figure.yes"), words("figure.no")}


def _aim(line: Line) -> float:
    """The year of a target that has a number and a year, else 0."""
    dated = line.target and line.target.value is not None and re.match(r"\d{4}", line.target.period)
    return float(period.year(line.target.period)) if line.target and dated else 0.0


def _span(line: Line, shown: Sequence[Point]) -> tuple[float, float]:
    """The ends of the axis of time: every value, the comparison, and a target that is not yet past."""
    group = [p for p in line.group_points if p.value is not None]
    first, last = min(p.t for p in (shown[0], *group)), max(_aim(line), *(p.t for p in (shown[-1], *group)))
    slack = 0.02 * (last - first) or 1.0
    return first - slack, last + slack


@dataclass(frozen=True)
class _Mark:
    """A moment with a name above the axes: the baseline, or a break in the series."""

    t: float
    text: str
    colour: str  # its name among the tokens of a chart
    row: int  # 0 is next to the axes
    late: bool  # the name stands before the moment, not after it
    base: float | None = None  # the value the mark of a baseline begins at


def _marks(
    line: Line, shown: Sequence[Point], words: Words, scale: float, span: tuple[float, float]
) -> list[_Mark]:
    """The named moments, each in a row above the names and lines it would run into. ``scale``: points to the year."""
    base = next((p for p in shown[:-1] if line.base and p.period == line.base.period), None)
    found: list[tuple[float, str, str, float | None]] = []
    if line.base and base:
        text = words("chart.baseline", value=line.base.text, period=line.base.period)
        found.append((base.t, text, "baseline", base.value))
    for p in (p for p in shown[1:] if p.flag == "B"):
        first = all(colour != "break" for _, _, colour, _ in found)
        text = words("chart.break", text=words("flag.B"), period=p.period) if first else p.period
        found.append((p.t, text, "break", None))
    placed: list[tuple[float, float, float, _Mark]] = []  # where its line stands, where its name begins and ends
    for t, text, colour, value in sorted(found, reverse=True):
        long, at = 0.56 * _TEXT * len(text) + 10, (t - span[0]) * scale
        late = at + long > (span[1] - span[0]) * scale + _RIGHT
        begin, end = (at - long, at) if late else (at, at + long)
        taken = [m.row for x, a, b, m in placed if (a < end and begin < b) or begin < x < end]
        placed.append((at, begin, end, _Mark(t, text, colour, max(taken, default=-1) + 1, late, value)))
    return [mark for *_, mark in placed]


def _stand(axes: Any, mark: _Mark, look: dict[str, Any], size: tuple[float, float]) -> None:
    """Draw a named moment: a dashed line through the whole height, or a thin one up from the baseline's value."""
    (bottom, top), (first, last), (wide, tall) = axes.get_ylim(), axes.get_xlim(), size
    point, year = (top - bottom) / tall, (last - first) / wide  # one point of height and of width
    head = top + (4 + (mark.row + 0.85) * _ROW) * point
    low = bottom if mark.base is None else mark.base
    axes.plot([mark.t] * 2, [low, head], color=look[mark.colour], clip_on=False, zorder=1.5,
              linewidth=0.9 if mark.base is None else 0.5, linestyle=(0, (4, 3)) if mark.base is None else "-")
    axes.text(mark.t + (-4 if mark.late else 4) * year, head, mark.text, color=look[mark.colour], va="top",
              ha="right" if mark.late else "left")
    if mark.base is not None:
        axes.plot(mark.t, mark.base, marker="s", markersize=7, markerfacecolor="none", linestyle="",
                  color=look[mark.colour], clip_on=False)


def _grid(
    axes: Any, shown: Sequence[Point], ticks: dict[float, str], tokens: dict[str, Any], size: tuple[float, float]
) -> None:
    """Numbers at light lines, and years. Drawn as plain text and lines: matplotlib's own ticks take twice the time."""
    axes.set_axis_off()
    (bottom, top), (first, last), (wide, tall) = axes.get_ylim(), axes.get_xlim(), size
    point, year = (top - bottom) / tall, (last - first) / wide  # one point of height and of width
    axes.hlines([v for v in ticks if v], first, last, color=tokens["line"], linewidth=0.5, clip_on=False, zorder=0.5)
    axes.hlines(max(bottom, min(0, top)), first, last, color=tokens["muted"], linewidth=0.6, clip_on=False, zorder=0.6)
    for value, text in ticks.items():
        axes.text(first - 4 * year, value, text, ha="right", va="center_baseline")
    own = {p.t: p.period for p in shown if "/" in p.period or last - first < 2.1}
    marks: Sequence[float] = sorted(own)[:: max(1, len(own) // 5)] if last - first < 2.1 else _years(first, last)
    for t in marks:
        axes.text(t, bottom - 4 * point, own.get(t, str(int(t))), ha="center", va="top")


def _plot(
    axes: Any, line: Line, shown: Sequence[Point], words: Words, tokens: dict[str, Any], size: tuple[float, float]
) -> None:
    """The lines and their names. ``size``: width and height of the axes, in points."""
    look, (wide, high) = tokens["chart"], size
    group = [p for p in line.group_points if p.value is not None]
    target = line.target if line.target and line.target.value is not None else None
    aim, (first, last), (bottom, top) = _aim(line), axes.get_xlim(), axes.get_ylim()
    for run in _runs(group):
        axes.plot([p.t for p in run], [p.value for p in run], color=look["group"], linewidth=1.1,
                  linestyle=(0, (5, 2)), clip_on=False)
    _series(axes, shown, look["series"], tokens["ground"], _yes_no(shown, words))
    newest = words("chart.newest", value=shown[-1].text, period=shown[-1].period)
    named = [(shown[-1].t, shown[-1].value, newest, look["series"])]
    if group and line.comparison:
        named.append((group[-1].t, group[-1].value, f"{line.comparison.label}: {group[-1].text}", tokens["muted"]))
    if target:
        seen = aim >= first  # a target dated before the first value is a level only
        axes.plot([min(shown[0].t, aim) if seen else first, aim if seen else last], [target.value] * 2,
                  color=look["target"], linewidth=0.9, linestyle=(0, (1, 2)), clip_on=False)
        if seen:
            axes.plot(aim, target.value, marker="D", markersize=4.5, color=look["target"], linestyle="", clip_on=False)
        text = words("chart.target", value=target.text, period=target.period)
        named.append((aim if seen else last, target.value, text, look["target"]))
    _name(axes, named, _TEXT * 1.28 * (top - bottom) / high, 7 * (last - first) / wide)


def _series(axes: Any, shown: Sequence[Point], colour: str, ground: str, steps: bool) -> None:
    """The area's own line, cut at gaps and breaks, with a dot for each value where there is room for dots."""
    for run in _runs(shown):
        t = [p.t for p in run]
        if all(p.lower is not None and p.upper is not None for p in run):
            axes.fill_between(t, [p.lower for p in run], [p.upper for p in run], color=colour, alpha=0.15,
                              linewidth=0, clip_on=False)
        axes.plot(t, [p.value for p in run], color=colour, linewidth=1.6, clip_on=False,
                  drawstyle="steps-post" if steps else "default")
    ends = {run[0].t for run in _runs(shown) if len(run) == 1} | {shown[-1].t}
    dots = [p for p in shown if len(shown) <= 40 or p.t in ends]
    for fill in (colour, ground):
        some = [p for p in dots if (p.flag in HOLLOW) == (fill == ground)]
        if some:
            axes.plot([p.t for p in some], [p.value for p in some], marker="o", markersize=4, color=colour,
                      linestyle="", markerfacecolor=fill, markeredgewidth=1, clip_on=False)


def _name(axes: Any, named: list[tuple[float, Any, str, str]], row: float, gap: float) -> None:
    """Labels to the right of what they name, moved apart until none covers another. ``row``: one line of text."""
    texts = [textwrap.wrap(text, 26) or [""] for _, _, text, _ in named]
    bottom, top = axes.get_ylim()
    order = sorted(range(len(named)), key=lambda i: named[i][1])
    places, floor = {}, bottom - row
    for i in order:  # upwards: each above the one below it
        half = row * len(texts[i]) / 2
        places[i] = max(named[i][1], floor + half)
        floor = places[i] + half
    ceiling = top + row
    for i in reversed(order):  # and down again, where the topmost had no room
        half = row * len(texts[i]) / 2
        places[i] = min(places[i], ceiling - half)
        ceiling = places[i] - half
    for i, (t, _, _, colour) in enumerate(named):
        for n, text in enumerate(texts[i]):
            y = places[i] + row * ((len(texts[i]) - 1) / 2 - n)
            axes.text(t + gap, y, text, va="center_baseline", color=colour)


def _runs(shown: Sequence[Point]) -> list[list[Point]]:
    """The pieces a line may join: cut where time leaps further than usual, and where a new series begins."""
    steps = sorted(b.t - a.t for a, b in pairwise(shown))
    usual = steps[(len(steps) - 1) // 2] if steps else 0.0
    runs: list[list[Point]] = []
    for p in shown:
        if not runs or p.flag == "B" or p.t - runs[-1][-1].t > 1.5 * usual:
            runs.append([])
        runs[-1].append(p)
    return runs


def _ticks(values: Sequence[float], bounds: tuple[float | None, float | None]) -> list[float]:
    """Three to six round numbers that hold all values and stay inside the natural limits.

    They begin at zero (or the natural lower limit), but for a measure with two limits, such as a per cent,
    whose values fill less than a third of what that would show: there the chart says where it begins.
    """
    low, high = min(values), max(values)
    lower = bounds[0] if bounds[0] is not None and low >= bounds[0] else None  # what the data break is no limit
    upper = bounds[1] if bounds[1] is not None and high <= bounds[1] else None
    floor = lower or 0.0
    if low >= floor and (bounds[1] is None or low == high or high - low >= (high - floor) / 3):
        low = floor
    raw = ((high - low) or abs(high) or 1.0) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    if step < 1 and all(float(v).is_integer() for v in values):
        step = 1.0
    start, stop = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [round(n * step, 12) + 0.0 for n in range(start, max(stop, start + 1) + 1)]
    inside = [t for t in ticks if (lower is None or t > lower) and (upper is None or t < upper)]
    below = [lower] if lower is not None and ticks[0] <= lower else []
    above = [upper] if upper is not None and ticks[-1] >= upper else []
    limited = [*below, *inside, *above]
    return limited if len(limited) > 1 else ticks


def _years(first: float, last: float) -> list[int]:
    """Up to eight whole years."""
    begin, end = math.ceil(first), math.floor(last)
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 1000) if (end - begin) / s < 8)
    return [y for y in range(begin, end + 1) if y % step == 0]


def lean(drawn: bytes, title: str, desc: str, tokens: dict[str, Any]) -> bytes:
    """matplotlib's SVG without what no reader needs, so that many can stand in one page: no global style, no
    identifiers but those referred to, one decimal; and with the title and description that it lacks."""
    root = ElementTree.fromstring(drawn.decode().translate(_CONTROL))  # noqa: S314 - our own bytes
    used = set()
    for node in root.iter(f"{{{_SVG}}}use"):
        node.set("href", node.attrib.pop(_LINK))
        used.add(node.attrib["href"][1:])
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}defs" and child.find(f"{{{_SVG}}}style") is not None:
                parent.remove(child)
    for node in root.iter():
        if node.get("id") not in used:
            node.attrib.pop("id", None)
        for name in ("d", "x", "y"):
            if name in node.attrib:
                text = re.sub(r"\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}".rstrip("0").rstrip("."), node.attrib[name])
                node.set(name, re.sub(r" ?([A-Za-z]) ?", r"\1", " ".join(text.split())))
        if node.get("transform", "").startswith("rotate(-0 "):
            del node.attrib["transform"]
        if style := node.get("style"):
            node.set("style", re.sub(r"font-family: [^;]*; |font-size: 7.5px; |text-anchor: start; ", "", style))
        if node.tag != f"{{{_SVG}}}text":
            node.text = None
        node.tail = None
    _unwrap(root)
    _join(root)
    for name, value in {"role": "img", "font-family": tokens["font"]["sans"].replace('"', "'"),
                        "font-size": f"{_TEXT}px", "stroke-linejoin": "round"}.items():
        root.set(name, value)
    for place, (tag, said) in enumerate((("title", title), ("desc", desc))):
        node = ElementTree.Element(f"{{{_SVG}}}{tag}")
        node.text = said.translate(_CONTROL)
        root.insert(place, node)
    ElementTree.register_namespace("", _SVG)
    return bytes(ElementTree.tostring(root, encoding="utf-8"))


def _unwrap(node: Any) -> None:
    """Take away groups that hold nothing or say nothing."""
    for child in list(node):
        _unwrap(child)
        if child.tag == f"{{{_SVG}}}g" and not child.attrib:
            place = list(node).index(child)
            node[place:place + 1] = list(child)


def _join(node: Any) -> None:
    """Draw lines that stand side by side and look alike as one."""
    before: Any = None
    for child in list(node):
        alike = before is not None and child.tag == before.tag == f"{{{_SVG}}}path" and not child.get("id")
        if alike and {**child.attrib, "d": ""} == {**before.attrib, "d": ""}:
            before.set("d", before.get("d") + child.get("d"))
            node.remove(child)
        else:
            before = child
