"""The pages of one scorecard. All that the worker process needs: no polars, no YAML, no declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor import plugins
from monitor.scorecard import Scorecard
from monitor.words import Words


class Look:
    """What decides how a page looks: folders of templates, words, tokens. Small, so that workers get a copy."""

    def __init__(self, folders: Sequence[str], words: Words, tokens: dict[str, Any]) -> None:
        self.folders, self.words, self.tokens = tuple(folders), words, tokens


def charts(card: Scorecard, look: Look) -> dict[str, bytes]:
    """Indicator -> SVG, drawn once for all formats. What never moved has no course to draw; its sentence says so."""
    from monitor import chart

    return {
        line.id: chart.svg(line, look.words, look.tokens)
        for line in card.lines() if len({p.value for p in line.points if p.value is not None}) > 1
    }


def render(card: Scorecard, form: str, look: Look, drawn: Mapping[str, bytes]) -> bytes:
    """One page in one format."""
    folders = [Path(f) for f in look.folders]
    page: bytes = plugins.function("outputs", form)(card, look.words, folders, look.tokens, drawn)
    return page
