"""The picture that stands beside a link to an edition (Open Graph): its name, its date, and its tile map."""

from __future__ import annotations

import io
import textwrap
from typing import Any

from monitor import chart
from monitor.site import Start
from monitor.words import Words

#: what sites that show links expect, in pixels
SIZE = (1200, 630)
_LETTERS, _LINES = 44, 2  # of the title


def png(start: Start, lines: list[str], words: Words, tokens: dict[str, Any]) -> bytes:
    """The picture; the same bytes each time.

    Args:
        lines: short lines below the title, such as the day as of which the figures are.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    side, far = 21, words.direction == "rtl"
    with rc_context({"font.family": chart.families(), "text.parse_math": False}):
        figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=tokens["ground"])
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
        axes.axis("off")
        for tile in (tile for tile in start.tiles if tile.row):
            look = tokens["amount"][tile.step - 1]["fill"] if tile.step else tokens["soft"]
            at = ((50 if far else 470) + tile.column * (side + 1), 190 + tile.row * (side + 1))
            axes.add_patch(FancyBboxPatch(at, side - 2, side - 2, boxstyle="round,pad=0,rounding_size=2",
                                          facecolor=look, edgecolor=tokens["line"], linewidth=0.6))
        where: dict[str, Any] = {"ha": "right", "x": SIZE[0] - 60} if far else {"ha": "left", "x": 60}
        for n, line in enumerate(textwrap.wrap(start.matrix.title, _LETTERS)[:_LINES]):
            axes.text(y=110 + 62 * n, s=line, fontsize=33, color=tokens["ink"], va="baseline", **where)
        for n, line in enumerate(reversed(lines)):
            axes.text(y=570 - 32 * n, s=line, fontsize=16, color=tokens["muted"], va="baseline", **where)
        axes.plot([60, SIZE[0] - 60], [30, 30], color=tokens["accent"], linewidth=6)
        out = io.BytesIO()
        FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
    return out.getvalue()
