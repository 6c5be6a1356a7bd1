"""The pages of indicators, recommendations and actors, and the page of what is missing; the drawings on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.outputs import _press, html
from monitor.pages_figure import Multiples
from monitor.words import Words


def page(
    template: str, path: str, frame: Any, one: Any, words: Words, folders: Sequence[Path], tokens: dict[str, Any]
) -> bytes:
    """One page.

    Args:
        template: its file in `reports/`.
        path: where it stands, seen from the folder of its language: ``indicators/IND-1.html``.
        frame: what every page of the edition says at its head and foot, a `monitor.scorecard.Matrix`.
        one: what this page tells.

    Raises:
        CannotRender: the template is at fault; the message names the file and the line.
    """
    pictured = getattr(one, "course", None) is not None
    return html._page(template, words, folders, tokens, "", page=frame, one=one, path=path, own=pictured)


def drawing(drawn: Multiples, words: Words, folders: Sequence[Path], tokens: dict[str, Any]) -> bytes:
    """Small multiples as SVG, to stand alone.

    Raises:
        CannotRender: the template is at fault; the message names the file and the line.
    """
    return html._text("multiples.svg.j2", folders, drawn=drawn, words=words, tokens=tokens).encode()


def picture(drawn: Multiples, words: Words, folders: Sequence[Path], tokens: dict[str, Any]) -> bytes:
    """The same as PNG, three pixels for two of its units."""
    return _press.picture(drawing(drawn, words, folders, tokens), drawn.width, drawn.height)


#: suffix of a file -> what makes it
DRAWN = {"svg": drawing, "png": picture}
