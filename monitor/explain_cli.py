"""``monitor explain``: why an indicator stands as it does in an area, in sentences that can be quoted."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import options

if TYPE_CHECKING:
    from monitor.scorecard import Line
    from monitor.words import Words

#: columns of the text
WIDTH = 80


@click.command()
@click.argument("indicator")
@click.argument("area")
@options.in_project
@options.as_of
@options.offline
@options.as_json
def explain(indicator: str, area: str, folder: Path | None, as_of: str | None, offline: bool, as_json: bool) -> None:
    """Why an indicator stands as it does in an area: monitor explain IND-54c MAR.

    The whole reasoning, each step with its number: what is measured, the figures, the promise, the method and its
    cut-offs, what would change the status, what other methods say, how good the evidence is, and its sources.
    """
    from monitor.area import require
    from monitor.face import Monitor

    project = options.load(folder, telling=not as_json)
    face = Monitor(project, options.date(as_of), offline=offline)
    declared, code = project.indicator(indicator), require(area, tuple(project.places))
    line, reasoning = face.explained(declared.id, code)
    if as_json:
        told = {"indicator": declared.id, "area": code, "as_of": face.as_of.isoformat(), "why": line.why,
                "fragile": line.fragile, "reasoning": reasoning and dataclasses.asdict(reasoning),
                "line": dataclasses.asdict(line)}
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))
    else:
        words = project.words(project.languages[0])
        click.echo("\n".join(told for part in _told(words, line, face.area_name(code)) for told in part))
    options.partly(project)


def _told(words: Words, line: Line, area: str) -> Iterator[list[str]]:
    """The text, paragraph by paragraph."""
    yield [*textwrap.wrap(f"{line.id}  {line.title}: {area}", WIDTH)]
    yield _wrapped(f"{words('page.definition')} {line.definition} ({line.unit})") if line.definition else []
    yield ["", *_wrapped(f"{words('page.column.status')}: {line.status_text}"
                         + (f", {line.fragile}" if line.fragile else "") + ".")]
    yield _wrapped(line.sentence)
    yield _wrapped(f"{words('page.column.target')}: {line.target_text}") if line.target_text else []
    yield _listed(words("why.title" if line.status != "not_assessed" else "why.title_unjudged"), line.why)
    if line.grade:
        yield _listed(f"{words('page.grade')}: {line.grade_text}", line.grade_why)
    if line.reading and line.reading not in line.sentence:
        yield _listed(words("page.reading").rstrip(":"), [line.reading])
    if read := line.guarded:
        yield _listed(f"{words('guard.title')}: {read.word}", (read.text, *read.facts))
    if line.comparison_text:
        yield _listed(words("page.comparison"), [line.comparison_text])
    for gap in line.gaps:
        yield _listed(words("gap.title", dimension=gap.dimension), gap.sentences)
    for key, texts in (("page.notes", line.notes), ("page.caveats", line.caveats)):
        yield _listed(words(key), texts)
    yield _listed(words("page.provenance"), [
        f"{c.citation}. {words('page.licence')}: {c.licence}. {c.stale}".strip() if c.retrieved in c.citation else
        f"{c.citation}. {words('page.source_line', retrieved=c.retrieved, licence=c.licence)} {c.stale}".strip()
        for c in line.citations])


def _listed(title: str, texts: tuple[str, ...] | list[str]) -> list[str]:
    rows = [row for text in texts for row in textwrap.wrap(
        text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)]
    return ["", title, *rows] if texts else []


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
