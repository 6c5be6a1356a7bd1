"""The right of reply: a form to print for a government's answer, and the same as a table to fill in. On request."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.outputs import _press, pdf
from monitor.scorecard import Scorecard
from monitor.words import Words

FILE, CHARTS = "reply.pdf", False
#: columns that whoever answers fills in
OPEN = ("right", "own_figure", "own_period", "own_source", "comment")


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The form as PDF, from `reports/reply.typ`; arguments and errors as of `monitor.outputs.pdf.render`."""
    data = pdf.front(card, words)
    return _press.printed(
        "reply.typ", data, words, ("figure.", "page.", "print.", "reply.", "status."), tokens, folders, card.as_of_iso)


def table(card: Scorecard, words: Words) -> bytes:
    """Every indicator with a figure and every question, one row each, with empty columns for the answer."""
    from monitor.edition import safe_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["ref_area", "id", "title", "unit", "value", "time_period", "status", "source", *OPEN])
    for line in card.lines():
        if line.latest:
            source = "; ".join(dict.fromkeys(f"{c.publisher}, {c.series}" for c in line.citations))
            writer.writerow([card.area, *map(safe_cell, (
                line.id, line.title, line.unit, line.latest.text, line.latest.period, line.status_text, source,
            )), *[""] * len(OPEN)])
    for asked in card.questions:
        writer.writerow([card.area, asked.id, safe_cell(asked.text), *[""] * (5 + len(OPEN))])
    return out.getvalue().encode()


#: what is made with the PDF and stands beside it
BESIDE = {"reply.csv": table}
