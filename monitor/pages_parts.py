"""The pages of indicators, recommendations and actors and the page of what is missing, as parts of an edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from monitor import edition, pages, pages_data, pages_gaps, pages_mandate
from monitor.edition import Part
from monitor.evidence import Evidence
from monitor.page import Look
from monitor.project import Project
from monitor.results import Assessment
from monitor.scorecard import Matrix, Scorecard
from monitor.words import Words


class About(NamedTuple):
    """What the pages tell of, in one language."""

    project: Project
    words: Words
    cards: Sequence[Scorecard]
    assessments: Sequence[Assessment]
    as_of: date
    formats: Sequence[str] = ()


def parts(about: About, frame: Matrix, look: Look, style: Any) -> Iterator[Part]:
    """Every page and drawing, made only where ``style`` or what it tells has changed.

    Args:
        frame: what stands at the head and foot of every page.
    """
    said = (frame.title, frame.edition, frame.as_of, frame.purpose, frame.licence, frame.engine)
    seal, at = edition.inputs_hash(style, said), about.words.at
    for template, path, one in _told(about):
        yield Part(f"{at}{path}", edition.inputs_hash(seal, repr(one)),
                   partial(_page, f"{template}.html.j2", path, frame, one, look))
        if isinstance(one, pages.IndicatorPage) and one.course:
            key = edition.inputs_hash(seal, repr(one.course))
            for form in one.course.forms:
                yield Part(f"{at}indicators/{one.id}.{form}", edition.inputs_hash(key, form),
                           partial(_drawn, form, one.course, look))


def _told(about: About) -> Iterator[tuple[str, str, Any]]:
    """Template, path and contents of every page."""
    project, words, cards, assessments, as_of, formats = about
    for indicator in pages.pages(project, words, cards, formats):
        yield "indicator", f"indicators/{indicator.id}.html", indicator
    for recommendation in pages_mandate.recommendations(project, words, cards, formats):
        yield "recommendation", f"recommendations/{recommendation.id}.html", recommendation
    actors = list(pages_mandate.actors(project, words, cards, as_of, formats))
    for actor in actors:
        yield "actor", f"actors/{actor.id}.html", actor
    yield "actors", "actors/index.html", pages_mandate.index(words, actors, formats)
    areas = [card.area for card in cards]
    yield "gaps", "gaps.html", pages_gaps.gaps(project, words, assessments, areas, formats)


def data(
    project: Project, evidence: Evidence, assessments: Sequence[Assessment], areas: Sequence[str]
) -> Iterator[Part]:
    """The tables of the pages, the same in every language. Quick to make, so their hash is their key."""
    for path, make in pages_data.tables(project, evidence, assessments, areas):
        made = make()
        yield Part(path, edition.sha256(made), partial(bytes, made))


def _page(template: str, path: str, frame: Matrix, one: Any, look: Look) -> bytes:
    from monitor.outputs import _pages as printed

    return printed.page(template, path, frame, one, look.words, [Path(f) for f in look.folders], look.tokens)


def _drawn(form: str, course: Any, look: Look) -> bytes:
    from monitor.outputs import _pages as printed

    made: bytes = printed.DRAWN[form](course, look.words, [Path(f) for f in look.folders], look.tokens)
    return made
