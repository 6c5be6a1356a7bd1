"""The card of one area on a single page, for those who hand out no more than that. Made on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.outputs import _press, pdf
from monitor.scorecard import Scorecard
from monitor.words import Words

FILE, CHARTS = "onepage.pdf", False


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The page as PDF, from `reports/onepage.typ`; arguments and errors as of `monitor.outputs.pdf.render`."""
    return _press.printed("onepage.typ", pdf.front(card, words), words, pdf.SPOKEN, tokens, folders, card.as_of_iso)
