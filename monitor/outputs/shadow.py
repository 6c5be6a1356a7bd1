"""For a shadow report: issue, evidence, question and recommendation of what falls short, as PDF, Markdown and CSV.

Nothing is said that the scorecard does not say: an issue is an indicator judged to fall short, or a recommendation
without a single figure; the evidence is its printed sentence with its sources, the recommendation is word for word.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.outputs import _press
from monitor.scorecard import Block, Line, Scorecard
from monitor.words import Words

FILE, CHARTS = "shadow.pdf", False
#: statuses that say that something falls short, the worst first
SHORT = ("backwards", "not_met", "limited", "too_slow")


@dataclass(frozen=True)
class Issue:
    """One part of a shadow report."""

    id: str  # of the indicator; of the recommendation where it has no figure
    recommendation_id: str
    issue: str
    status: str  # "" where there is no figure
    status_text: str
    evidence: str
    question: str
    recommendation: str  # word for word
    at: str  # document, and place in it
    sources: tuple[str, ...]  # how each is cited, with its address


def issues(card: Scorecard, words: Words) -> list[Issue]:
    """What falls short, the worst first, each indicator once; then the recommendations without any figure."""
    found: dict[str, Issue] = {}
    for status in SHORT:
        for block in card.blocks:
            for line in block.lines:
                if line.status == status and line.id not in found:
                    found[line.id] = _short(block, line, words)
    silent = [block for block in card.blocks if not any(line.latest for line in block.lines)]
    return [*found.values(), *(_silent(block, words) for block in silent)]


def _short(block: Block, line: Line, words: Words) -> Issue:
    cited = tuple(dict.fromkeys(filter(None, (line.target_text, *(f"{c.citation} {c.url}" for c in line.citations)))))
    evidence = " ".join(filter(None, (line.sentence, line.comparison_text)))
    return Issue(
        line.id, block.id, line.title, line.status, line.status_text, evidence,
        words(f"shadow.ask.{line.status}", title=line.title), block.text, block.source, cited,
    )


def _silent(block: Block, words: Words) -> Issue:
    return Issue(block.id, block.id, block.title, "", words("page.no_figure"), block.coverage,
                 words("shadow.ask.silent"), block.text, block.source, ())


def render(
    card: Scorecard, words: Words, folders: Sequence[Path], tokens: dict[str, Any], charts: Mapping[str, bytes]
) -> bytes:
    """The report as PDF, from `reports/shadow.typ`; arguments and errors as of `monitor.outputs.pdf.render`."""
    light = dataclasses.replace(
        card, blocks=(), sources=(), grid=None, groups=(), objectives=(), unmeasured=(), changed=())
    every = [dataclasses.asdict(one) for one in issues(card, words)]
    data = {"card": light.as_dict(), "issues": every, "sparks": {}}
    return _press.printed(
        "shadow.typ", data, words, ("page.", "print.", "shadow.", "status."), tokens, folders, card.as_of_iso)


def markdown(card: Scorecard, words: Words) -> bytes:
    """The same as text, to copy from."""
    out = [f"# {_plain(card.name)}: {words('shadow.title')}", "", f"{card.title}, {card.edition}, {card.as_of}",
           "", words("shadow.lead")]
    for one in issues(card, words):
        parts = (("evidence", one.evidence), ("question", one.question),
                 ("recommendation", f"{one.recommendation} ({one.recommendation_id}, {one.at})"),
                 ("source", "; ".join(one.sources)))
        out += ["", f"## {_plain(one.issue)}", "", f"*{one.status_text}* ({one.id})"]
        out += [f"\n**{words(f'shadow.{key}')}:** {_plain(text)}" for key, text in parts if text]
    return ("\n".join(out) + "\n").encode()


def table(card: Scorecard, words: Words) -> bytes:
    """The same as a table, one row for each issue."""
    from monitor.edition import safe_cell

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in dataclasses.fields(Issue)]
    writer.writerow(["ref_area", *names])
    for one in issues(card, words):
        row = [getattr(one, name) for name in names]
        writer.writerow([card.area, *(safe_cell("; ".join(c) if isinstance(c, tuple) else c) for c in row)])
    return out.getvalue().encode()


def _plain(text: str) -> str:
    """A text that Markdown prints as it is."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


#: what is made with the PDF and stands beside it
BESIDE = {"shadow.md": markdown, "shadow.csv": table}
