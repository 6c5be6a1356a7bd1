"""What the page that compares two areas is fed with: every figure of the edition, once, in as few signs as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.project import Project
from monitor.scorecard import Cell, Matrix, Scorecard
from monitor.site import LETTERS
from monitor.words import Words

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def compare(project: Project, words: Words, matrix: Matrix, cards: Sequence[Scorecard]) -> dict[str, Any]:
    """The figures of all areas.

    Returns:
        ``statuses``: letter and word of each status that occurs. ``indicators``: id, title, whether figures of
        areas may be set beside each other, and how a figure may be read. ``areas``: code -> name. ``figures``:
        code -> a text for each indicator: "" where it is not meant for the area, "-" for no figure, else a sign
        and the figure; the sign is "~" where it is not judged, or the place of its status in ``statuses`` (base
        36). ``changed``: code -> what it is compared with, and indicator, status then and status now of what is
        judged otherwise.
    """
    statuses = list(dict.fromkeys((LETTERS[cell.status], cell.status_text) for row in matrix.rows for cell in row.cells
                                  if cell.status in LETTERS))  # fmt: skip
    place = {status: _DIGITS[n] for n, status in enumerate(statuses[:len(_DIGITS)])}

    def written(cell: Cell) -> str:
        if cell.outside:
            return ""
        sign = place.get((LETTERS.get(cell.status, ""), cell.status_text), "~")
        return sign + cell.text if cell.text or sign != "~" else "-"

    reading = {i: project.indicators[i].reading or "" for i, _, _ in matrix.columns}
    return {
        "statuses": statuses,
        "indicators": [[i, title, int(i in matrix.comparable), reading[i]] for i, title, _ in matrix.columns],
        "areas": {row.area: row.name for row in matrix.rows},
        "figures": {row.area: [written(cell) for cell in row.cells] for row in matrix.rows},
        "changed": {card.area: [card.changed_text, [
            [one.title, one.before_text, one.now_text] for one in card.changed if one.before]]
            for card in cards if card.changed_text},
    }
