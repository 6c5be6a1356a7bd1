"""The pages of one scorecard. All that the worker process needs: no polars, no YAML, no declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor import plugins
from monitor.scorecard import Line, Scorecard
from monitor.words import Words


class Look:
    """What decides how a page looks: folders of templates, words, tokens. Small, so that workers get a copy."""

    def __init__(self, folders: Sequence[str], words: Words, tokens: dict[str, Any]) -> None:
        self.folders, self.words, self.tokens = tuple(folders), words, tokens


def charts(card: Scorecard, look: Look) -> dict[str, bytes]:
    """Indicator -> SVG, drawn once for all formats. What never moved has no course to draw; its sentence says so."""
    from monitor import chart

    return {line.id: chart.svg(line, look.words, look.tokens) for line in _moving(card)}


def _moving(card: Scorecard) -> list[Line]:
    return [line for line in card.lines() if len({p.value for p in line.points if p.value is not None}) > 1]


def beside(card: Scorecard, form: str) -> list[str]:
    """Files that are made with the page of a form and stand beside it: tables and charts belong to the web page."""
    return ["figures.html", *(f"charts/{line.id}.svg" for line in _moving(card))] if form == "html" else []


def accompany(card: Scorecard, form: str, look: Look, drawn: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The files that `beside` names, with their bytes."""
    if form == "html":
        from monitor import chart
        from monitor.outputs import html

        yield "figures.html", html.figures(card, look.words, [Path(f) for f in look.folders], look.tokens)
        lines = {line.id: line for line in card.lines()}
        for id, svg in drawn.items():
            yield f"charts/{id}.svg", chart.alone(svg, lines[id], look.words, look.tokens)


def render(card: Scorecard, form: str, look: Look, drawn: Mapping[str, bytes]) -> bytes:
    """One page in one format."""
    folders = [Path(f) for f in look.folders]
    page: bytes = plugins.function("outputs", form)(card, look.words, folders, look.tokens, drawn)
    return page
