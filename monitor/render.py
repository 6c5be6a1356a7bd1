"""Render the pages of an edition: only what changed, in two processes where there is much to do."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import (
    annex,
    chart_rank,
    compose,
    composite_page,
    composite_table,
    edition,
    feed,
    pages_parts,
    render_site,
    since,
)
from monitor.before import CHANGES
from monitor.edition import Part
from monitor.page import PRINTED, Look, accompany, beside, charts, draws, file, render
from monitor.project import Project
from monitor.scorecard import Chapter, Matrix, Scorecard
from monitor.validation.outcomes import Validated
from monitor.validation.page import page
from monitor.validation.plan import Plan
from monitor.words import Words

if TYPE_CHECKING:
    from monitor.run import Judged

#: fewer scorecards than this are made in this process alone: another costs a second to start
ALONE = 4
#: formats that a second process makes meanwhile, and how many it may be behind
BESIDE = PRINTED
AHEAD = 8
#: written last where expectations are tested beside: their findings stand in it too
FINDINGS = "data/findings.csv"
LATE = (FINDINGS, render_site.WORKBOOK)


def render_pages(
    project: Project,
    words: Words,
    cards: Sequence[Scorecard],
    judged: Judged,
    folder: Path,
    formats: Sequence[str],
    progress: Callable[[str, str], None],
) -> tuple[list[Part], Iterator[tuple[str, bytes]]]:
    """All files of an edition, and those pages that are not yet right in ``folder``, one by one as they are made."""
    look = Look(tuple(str(layer / "reports") for layer in project.layers), words, project.tokens())
    style = _style(project, words)
    kept = edition.reusable(folder)
    parts: list[Part] = []
    todo: list[tuple[Scorecard, list[str]]] = []
    printed = [f for f in formats if f not in ("data", "quality")]
    for card in cards:
        key = edition.inputs_hash(style, repr(card))
        at, mine = f"{words.at}{card.area}/", {}
        for f in printed:
            one = edition.inputs_hash(key, f)
            mine[f] = [Part(at + name, one, None) for name in (file(f), *beside(card, f))]
        parts += [p for those in mine.values() for p in those]
        if stale := [f for f, those in mine.items()
                     if any(kept.get(p.path, {}).get("inputs") != p.inputs for p in those)]:
            todo.append((card, stale))
    if "data" in formats and not words.at:  # the figures are the same in every language
        parts += [p for p in _data(project, words, judged) if p.path not in LATE or "quality" not in formats]
        parts += pages_parts.data(project, judged.evidence, judged.assessments, judged.areas)
    if "html" in formats:
        parts += _assets(look) if not words.at else []
        matrix = render_site.linked(words, compose.matrix(project, words, cards, formats))
        if judged.composites:
            matrix = replace(matrix, downloads=matrix.downloads + composite_page.links(words, formats))
            shown = _shown(project, words, judged)
            key = edition.inputs_hash(style, repr(shown), matrix.edition, matrix.as_of)
            parts.append(Part(f"{words.at}composites.html", key, partial(_composites, matrix, shown, look)))
        chapters = annex.chapters(project, words)
        key = edition.inputs_hash(style, repr(chapters), matrix.edition, matrix.as_of)
        parts.append(Part(f"{words.at}mandate.html", key, partial(_mandate, matrix, chapters, look)))
        home = f"{str(project.about.home).rstrip('/')}/{words.at}" if project.about.home else ""
        news = feed.feed(cards, home, words("since.title"))
        parts.append(Part(f"{words.at}feed.xml", edition.sha256(news), partial(bytes, news)))
        about = pages_parts.About(project, words, cards, judged.assessments, judged.as_of, formats)
        parts += pages_parts.parts(about, matrix, look, style)
        paths = [part.path for part in parts]  # last: the start page links to what there is
        parts += render_site.pages(project, words, cards, matrix, judged.earlier, look, style, paths)
    return parts, _made(todo, look, progress)


def _made(
    todo: Sequence[tuple[Scorecard, list[str]]], look: Look, progress: Callable[[str, str], None]
) -> Iterator[tuple[str, bytes]]:
    """Charts and web pages are made here, while one process beside this one prints: each loads half the libraries."""
    alone = len(todo) < ALONE or (os.cpu_count() or 1) < 2
    printing: deque[tuple[str, Future[bytes]]] = deque()
    # spawn, not fork: polars has threads, and a forked thread's lock never opens
    with nullcontext() if alone else ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        for card, forms in todo:
            drawn = charts(card, look) if any(map(draws, forms)) else {}
            for form in forms:
                path = f"{look.words.at}{card.area}/{file(form)}"
                # where there is nothing else to do here, this process prints too
                if other and form in BESIDE and ("html" in forms or len(printing) < 2):
                    printing.append((path, other.submit(render, card, form, look, drawn)))
                else:
                    yield path, render(card, form, look, drawn)
                yield from ((f"{look.words.at}{card.area}/{n}", b) for n, b in accompany(card, form, look, drawn))
            progress("render", card.name)
            while len(printing) > AHEAD or (printing and printing[0][1].done()):
                path, printed = printing.popleft()
                yield path, printed.result()
        for path, printed in printing:
            yield path, printed.result()


def _assets(look: Look) -> list[Part]:
    """Scripts of the pages, with the licences of those that others wrote; the first folder that has a file wins."""
    found = {f.name: f for folder in reversed(look.folders) for f in sorted(Path(folder, "assets").glob("*.*"))}
    data = {f"assets/{name}": found[name].read_bytes() for name in sorted(found)}
    return [Part(path, edition.sha256(text), partial(bytes, text)) for path, text in data.items()]


def _mandate(matrix: Matrix, chapters: Sequence[Chapter], look: Look) -> bytes:
    from monitor.outputs import html

    return html.mandate(matrix, chapters, look.words, [Path(f) for f in look.folders], look.tokens)


def _shown(project: Project, words: Words, judged: Judged) -> list[composite_page.Shown]:
    names = {code: project.area_name(code, words) for one in judged.composites for code in one.areas}
    return [composite_page.shown(one, words, names) for one in judged.composites]


def _composites(matrix: Matrix, shown: Sequence[composite_page.Shown], look: Look) -> bytes:
    from monitor.outputs import html

    drawn = {one.id: chart_rank.svg(one, look.words, look.tokens) for one in shown if len(one.rows) > 1}
    return html.composites(matrix, shown, look.words, [Path(f) for f in look.folders], look.tokens, drawn)


def _data(project: Project, words: Words, judged: Judged) -> list[Part]:
    evidence, areas = judged.evidence, judged.areas
    makers: dict[str, Callable[[], bytes]] = {
        "data/observations.csv": partial(edition.observations_csv, evidence, areas),
        "data/assessments.csv": partial(edition.assessments_csv, judged.assessments),
        "data/reasoning.csv": partial(edition.reasoning_csv, judged.assessments, judged.reasonings),
        FINDINGS: partial(edition.findings_csv, judged.findings),
        "data/metadata.json": partial(edition.metadata, project, evidence),
        "data/gaps.csv": partial(edition.gaps_csv, evidence.gaps),
        "data/quarantine.csv": partial(edition.quarantine_csv, evidence, areas),
        CHANGES: partial(since.as_csv, judged.past.told),
    }
    if judged.composites:
        makers["data/composites.csv"] = partial(composite_table.areas_csv, judged.composites)
        makers["data/composite-parts.csv"] = partial(composite_table.parts_csv, judged.composites)
    made = {path: make() for path, make in makers.items()}  # quick, and its hash is the surest key
    parts = [Part(path, edition.sha256(data), partial(bytes, data)) for path, data in made.items()]
    return [*parts, render_site.tables(words, project.about.title, judged.as_of, made)]


def render_quality(
    project: Project, words: Words, cards: Sequence[Scorecard], judged: Judged, planned: Plan, validated: Validated
) -> list[Part]:
    """The files of a validation: its page, its results, the suites and the script to run them again; all findings."""
    from monitor.outputs import html
    from monitor.validation.worker import SCRIPT

    matrix = compose.matrix(project, words, cards)
    shown = page(matrix, validated, project.indicators, tuple(planned.suites))
    folders = [layer / "reports" for layer in project.layers]
    made = {
        FINDINGS: edition.findings_csv([*judged.findings, *validated.findings()]),
        "quality/index.html": html.quality(shown, words, folders, project.tokens()),
        "quality/results.json": validated.as_json(),
        "quality/revalidate.py": SCRIPT.read_bytes(),
        **{f"quality/suites/{name}.json": text for name, text in planned.suites.items()},
    }
    parts = [Part(path, edition.sha256(data), partial(bytes, data)) for path, data in made.items()]
    makers = {"data/observations.csv": edition.observations_csv(judged.evidence, judged.areas),
              "data/assessments.csv": edition.assessments_csv(judged.assessments), FINDINGS: made[FINDINGS]}
    return [*parts, render_site.tables(words, project.about.title, judged.as_of, makers)]


def _style(project: Project, words: Words) -> list[str]:
    """Hashes of templates, tokens and words, and the versions of the libraries that draw."""
    from importlib.metadata import version

    hashes = []
    for layer in project.layers:
        for item in sorted((layer / "reports").rglob("*")):
            if item.is_file() and item.suffix not in (".yaml", ".po"):
                hashes.append(f"{item.relative_to(layer)} {edition.sha256(item.read_bytes())}")
    drawn_by = [f"{name} {version(name)}" for name in ("typst", "matplotlib", "jinja2", "babel", "fontpkg-noto-sans")]
    return [*hashes, *drawn_by, json.dumps(project.tokens(), sort_keys=True), words.language,
            json.dumps([words.home, words.among, sorted(words.foreign), words.unconfirmed, words.texts, words.fallback],
                       sort_keys=True)]
