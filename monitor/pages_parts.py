"""The pages of indicators, recommendations and actors and the page of what is missing, as parts of an edition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from monitor import edition, pages
from monitor.edition import Part
from monitor.page import Look
from monitor.project import Project
from monitor.scorecard import Matrix, Scorecard


def parts(
    project: Project, cards: Sequence[Scorecard], frame: Matrix, look: Look, style: Any, formats: Sequence[str] = ()
) -> Iterator[Part]:
    """Every page and drawing, made only where ``style`` or what it tells has changed.

    Args:
        frame: what stands at the head and foot of every page.
    """
    about = (frame.title, frame.edition, frame.as_of, frame.purpose, frame.licence, frame.engine)
    seal = edition.inputs_hash(style, about)
    at = look.words.at
    for one in pages.pages(project, look.words, cards, formats):
        path = f"indicators/{one.id}"
        yield Part(f"{at}{path}.html", edition.inputs_hash(seal, repr(one)),
                   partial(_page, "indicator.html.j2", f"{path}.html", frame, one, look))
        if one.course:
            key = edition.inputs_hash(seal, repr(one.course))
            yield Part(f"{at}{path}.svg", key, partial(_drawn, "drawing", one.course, look))
            yield Part(f"{at}{path}.png", edition.inputs_hash(key, "png"), partial(_drawn, "picture", one.course, look))


def _page(template: str, path: str, frame: Matrix, one: Any, look: Look) -> bytes:
    from monitor.outputs import pages as printed

    return printed.page(template, path, frame, one, look.words, [Path(f) for f in look.folders], look.tokens)


def _drawn(form: str, course: Any, look: Look) -> bytes:
    from monitor.outputs import pages as printed

    made: bytes = getattr(printed, form)(course, look.words, [Path(f) for f in look.folders], look.tokens)
    return made
