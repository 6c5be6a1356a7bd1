"""The picture that stands beside a link to an edition (Open Graph): its name, its date, and its tile map."""

from __future__ import annotations

import io
import textwrap
from typing import Any

from monitor import chart
from monitor.site import Start

#: what sites that show links expect, in pixels
SIZE = (1200, 630)


def png(start: Start, lines: list[str], tokens: dict[str, Any]) -> bytes:
    """The picture; the same bytes each time.

    Args:
        lines: short lines below the title, such as the day as of which the figures are.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    with rc_context({"font.family": chart.families(), "text.parse_math": False}):
        figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=tokens["ground"])
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, SIZE[0]), ylim=(SIZE[1], 0))
        axes.axis("off")
        side = 21
        for tile in start.tiles:
            if tile.row:
                look = tokens["amount"][tile.step - 1]["fill"] if tile.step else tokens["soft"]
                at = (520 + (tile.column - 1) * (side + 1), 140 + (tile.row - 1) * (side + 1))
                axes.add_patch(FancyBboxPatch(at, side - 2, side - 2, boxstyle="round,pad=0,rounding_size=2",
                                              facecolor=look, edgecolor=tokens["line"], linewidth=0.6))
        title = textwrap.fill(start.matrix.title, 20)
        axes.text(60, 150, title, fontsize=30, weight="bold", color=tokens["ink"], va="top", linespacing=1.25)
        axes.text(60, 560, "\n".join(lines), fontsize=16, color=tokens["muted"], va="bottom", linespacing=1.5)
        out = io.BytesIO()
        FigureCanvasAgg(figure).print_png(out, metadata={"Software": None})
    return out.getvalue()

