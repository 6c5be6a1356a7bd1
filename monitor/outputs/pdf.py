"""The card of one area, printed on two pages: what a minister reads. Everything behind it stands in the annex."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from monitor.outputs import _press, _svg
from monitor.scorecard import Block, Line, Scorecard
from monitor.words import Words

#: no chart stands on the card
CHARTS = False
#: kinds of indicators that the strip tells apart
KINDS = ("structure", "process", "outcome")
#: the words templates may use
SPOKEN = (
    "account.", "gap.", "grid.", "guard.", "kind.", "page.", "pages.translation", "print.",
    "reason.", "since.", "status.", "why.title",
)

#: the fields of an indicator that templates of the card can use, besides its figures; of one without a figure
SAID = ("id", "title", "kind", "kind_text", "unit", "direction_text", "status", "status_text", "reason", "reason_text",
        "sentence", "grade", "grade_text", "fragile", "target_text", "comparison_text", "pace", "method_text")
NAMED = ("id", "title", "kind", "unit", "status", "status_text", "reason", "reason_text")


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The card of one area as PDF, from `reports/scorecard.typ`. The same input gives the same bytes.

    Args:
        folders: where templates are looked up, file by file; the first that has one wins.
        tokens: the look, as `reports/tokens.yaml` holds it.
        charts: not used; the annex has them.

    Raises:
        CannotRender: see `_press.printed`.
    """
    return _press.printed(
        "scorecard.typ", front(card, words), words, SPOKEN, tokens, folders, card.as_of_iso)


def front(card: Scorecard, words: Words) -> dict[str, Any]:
    """What the two pages need: the card without what only the annex tells, sparklines, and the strip."""
    answers = (words("figure.yes"), words("figure.no"))
    nothing: dict[str, Any] = dict.fromkeys(("sources", "groups", "objectives", "unmeasured", "outside", "blocks"), ())
    bare = replace(card, grid=None, **nothing).as_dict()
    bare["blocks"] = [
        {"id": b.id, "title": b.title, "coloured": b.coloured, "lines": [_light(line, answers) for line in b.lines]}
        for b in card.blocks
    ]
    lines = card.lines()
    return {
        "card": bare,
        "home": home(card),
        "key": [line.id for line in card.key_lines()],
        "sparks": {one.id: dataclasses.asdict(_svg.sparkline(one.points)) for one in lines if one.latest},
        "strip": [_row(block, words) for block in card.blocks if any(one.latest for one in block.lines)],
        "overdue": {p.id: words.count("print.overdue", p.overdue) for p in card.promises if p.overdue},
        "code": _code(card.address),
    }


def home(card: Scorecard) -> dict[str, str]:
    """Indicator -> the first recommendation that it answers, where it is told."""
    return {line.id: block.id for block in reversed(card.blocks) for line in block.lines}


def _light(line: Line, answers: Sequence[str]) -> dict[str, Any]:
    """What the card says of an indicator: little where it has no figure. A yes or no has no unit."""
    said = {name: getattr(line, name) for name in (SAID if line.latest else NAMED)}
    for name in ("latest", "base", "target"):
        one = getattr(line, name)
        said[name] = dataclasses.asdict(one) if one else None
    return said | ({"unit": ""} if line.latest and line.latest.text in answers else {})


def _row(block: Block, words: Words) -> dict[str, Any]:
    """One recommendation in the strip: of each kind of indicator, how many have which status."""
    kinds = []
    for kind in KINDS:
        of_kind = [line for line in block.lines if line.kind == kind]
        said = Counter((line.status, line.status_text) for line in of_kind)
        order = {(c.key, c.text): n for n, c in enumerate(block.counts)}
        kinds.append({"key": kind, "all": len(of_kind), "chips": [
            {"key": one[0], "text": one[1], "number": said[one]}
            for one in sorted(said, key=lambda s: order.get(s, 99))]})
    return {"id": block.id, "title": block.title, "coloured": block.coloured, "kinds": kinds}


@lru_cache(maxsize=8)
def _code(url: str) -> str:
    """A QR code (ISO/IEC 18004) of an address as SVG; "" where there is no address."""
    import segno

    return re.sub(r"^.*?(?=<svg)", "", segno.make(url, error="m").svg_inline(border=0, omitsize=True)) if url else ""
