"""The annex of one area, printed: behind each figure of the card its chart, definition, method, doubts and source."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.outputs import _press, pdf
from monitor.scorecard import Citation, Line, Scorecard
from monitor.words import Words

FILE = "annex.pdf"


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The annex as PDF, from `reports/annex.typ`. The same input gives the same bytes.

    Args:
        folders: where templates are looked up, file by file; the first that has one wins.
        tokens: the look, as `reports/tokens.yaml` holds it.
        charts: indicator id -> SVG; an indicator without one is shown without a chart.

    Raises:
        CannotRender: see `_press.printed`.
    """
    lines = card.lines()
    notes = _said_often(lines)
    sources = {_key(source): n + 1 for n, source in enumerate(card.sources)}
    data = {
        "card": _light(card).as_dict(),
        "home": pdf.home(card),
        "sparks": {},
        "charts": {line.id: charts[line.id].decode() for line in lines if line.latest and line.id in charts},
        "sources": [dataclasses.asdict(source) for source in card.sources],
        "cites": {line.id: sorted({sources[_key(c)] for c in line.citations if _key(c) in sources}) for line in lines},
        "stale": {line.id: [c.stale for c in line.citations if c.stale] for line in lines},
        "notes": notes,
        "noted": {line.id: [notes.index(text) + 1 for text in (*line.notes, *line.caveats) if text in notes]
                  for line in lines},
    }
    return _press.printed("annex.typ", data, words, pdf.SPOKEN, tokens, folders, card.as_of_iso)


def _key(source: Citation) -> tuple[str, ...]:
    return source.source, source.series


def _said_often(lines: Sequence[Line]) -> list[str]:
    """Notes and limits of more than one indicator with a figure: told once, and referred to by number."""
    told = Counter(text for line in lines if line.latest for text in (*line.notes, *line.caveats))
    return [text for text, n in told.items() if n > 1]


def _light(card: Scorecard) -> Scorecard:
    """The card without what the charts and the list of sources tell."""
    return replace(card, sources=(), blocks=tuple(
        replace(b, lines=tuple(replace(x, points=(), group_points=(), citations=()) for x in b.lines))
        for b in card.blocks
    ))
