"""The pages of one scorecard. What a worker process needs, and no more: no polars, no YAML, no declarations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor import plugins
from monitor.scorecard import Scorecard
from monitor.words import Words


class Look:
    """What decides how a page looks: folders of templates, words, tokens. Small, so that workers get a copy."""

    def __init__(self, folders: Sequence[str], words: Words, tokens: dict[str, Any]) -> None:
        self.folders, self.words, self.tokens = tuple(folders), words, tokens


def pages(card: Scorecard, formats: Sequence[str], look: Look) -> tuple[str, dict[str, bytes]]:
    """The pages of one scorecard; its charts are drawn once for all of them."""
    from monitor import chart

    charts = {line.id: chart.svg(line, look.words, look.tokens) for line in card.lines() if line.points}
    folders = [Path(f) for f in look.folders]
    return card.name, {
        f"{card.area}/scorecard.{f}": plugins.function("outputs", f)(card, look.words, folders, look.tokens, charts)
        for f in formats
    }


def task(item: tuple[Scorecard, list[str]], look: Look) -> tuple[str, dict[str, bytes]]:
    """`pages` with one argument to map over."""
    return pages(item[0], item[1], look)
