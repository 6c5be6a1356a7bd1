"""Draw the ranks of a composite: a dot and an interval for each area, in order of name, as SVG for pages."""

from __future__ import annotations

from typing import Any

from monitor import chart
from monitor.composite_page import Shown
from monitor.words import Words

_POINT = 72.0  # points to the inch
_TEXT = 7.5  # size of all text, in points
_ROW = 13.0  # height of an area's row, in points
_LONGEST = 34  # letters of a name; what is longer is cut


def svg(shown: Shown, words: Words, tokens: dict[str, Any]) -> bytes:
    """Rank 1 at the left, a line from the low to the high end of each interval, a dot at the middle rank."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    look, rows = tokens["chart"], shown.rows
    names = [row.name if len(row.name) <= _LONGEST else row.name[:_LONGEST - 1] + "…" for row in rows]
    settings = {"svg.fonttype": "none", "svg.hashsalt": shown.id, "font.family": chart.families(), "font.size": _TEXT,
                "text.color": tokens["muted"], "text.parse_math": False}
    left, width = 24 + 0.58 * _TEXT * max(map(len, names)), look["width"] * _POINT
    tall = _ROW * len(rows)
    high = tall + 30
    with rc_context(settings):
        figure = Figure(figsize=(width / _POINT, high / _POINT), facecolor=tokens["ground"])
        axes = figure.add_axes((left / width, 6 / high, (width - left - 22) / width, tall / high))
        axes.set(xlim=(1, max(len(rows), 2)), ylim=(len(rows) - 0.5, -0.5))
        axes.set_axis_off()
        end = max(len(rows), 2)
        ends = (1, words("composite.rank_first"), "left"), (end, words("composite.rank_last", n=end), "right")
        for place, text, side in ends:
            axes.plot([place, place], [-0.5, len(rows) - 0.5], color=tokens["line"], linewidth=0.6, clip_on=False)
            axes.text(place, -0.7, text, ha=side, va="bottom")
        for n, (row, name) in enumerate(zip(rows, names, strict=True)):
            axes.plot([1, end], [n, n], color=tokens["line"], linewidth=0.3, clip_on=False)
            axes.plot([row.low, row.high], [n, n], color=look["series"], linewidth=1.6, clip_on=False)
            axes.plot(row.median, n, marker="o", markersize=4.5, color=look["series"], linestyle="", clip_on=False)
            figure.text(4 / width, 1 - (24 + _ROW * (n + 0.5)) / high, name, va="center_baseline",
                        color=tokens["ink"])
    return chart.lean(chart.save(figure, settings, "svg"), shown.chart_title, shown.chart_text, tokens)
