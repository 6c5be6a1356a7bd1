"""Render the pages of an edition: only what changed, in two processes where there is much to do."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from monitor import annex, compose, edition
from monitor.edition import Part
from monitor.page import Look, charts, render
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
BESIDE = {"pdf"}
AHEAD = 8
#: written last where expectations are tested beside: their findings stand in it too
FINDINGS = "data/findings.csv"


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
        mine = [Part(f"{card.area}/scorecard.{f}", edition.inputs_hash(key, f), None) for f in printed]
        parts += mine
        if stale := [f for f, p in zip(printed, mine, strict=True) if kept.get(p.path, {}).get("inputs") != p.inputs]:
            todo.append((card, stale))
    if "data" in formats:
        parts += [p for p in _data(project, judged) if p.path != FINDINGS or "quality" not in formats]
    if "html" in formats:
        matrix = compose.matrix(project, words, cards, formats)
        key = edition.inputs_hash(style, repr(matrix))
        parts.append(Part("index.html", key, partial(_index, matrix, look)))
        chapters = annex.chapters(project, words)
        key = edition.inputs_hash(style, repr(chapters), matrix.edition, matrix.as_of)
        parts.append(Part("mandate.html", key, partial(_mandate, matrix, chapters, look)))
    return parts, _made(todo, look, progress)


def _made(
    todo: Sequence[tuple[Scorecard, list[str]]], look: Look, progress: Callable[[str, str], None]
) -> Iterator[tuple[str, bytes]]:
    """Charts and web pages are made here, while one process beside this one prints: each loads half the libraries."""
    alone = len(todo) < ALONE or (os.cpu_count() or 1) < 2
    printing: deque[tuple[str, Future[bytes]]] = deque()
    # spawn, not fork: polars has threads, and a forked thread's lock never opens
    with nullcontext() if alone else ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        for card, forms in todo:
            drawn = charts(card, look)
            for form in forms:
                path = f"{card.area}/scorecard.{form}"
                if beside and form in BESIDE:
                    printing.append((path, beside.submit(render, card, form, look, drawn)))
                else:
                    yield path, render(card, form, look, drawn)
            progress("render", card.name)
            while len(printing) > AHEAD or (printing and printing[0][1].done()):
                path, printed = printing.popleft()
                yield path, printed.result()
        for path, printed in printing:
            yield path, printed.result()


def _index(matrix: Matrix, look: Look) -> bytes:
    from monitor.outputs import html

    return html.index(matrix, look.words, [Path(f) for f in look.folders], look.tokens)


def _mandate(matrix: Matrix, chapters: Sequence[Chapter], look: Look) -> bytes:
    from monitor.outputs import html

    return html.mandate(matrix, chapters, look.words, [Path(f) for f in look.folders], look.tokens)


def _data(project: Project, judged: Judged) -> list[Part]:
    evidence, areas = judged.evidence, judged.areas
    makers: dict[str, Callable[[], bytes]] = {
        "data/observations.csv": partial(edition.observations_csv, evidence, areas),
        "data/assessments.csv": partial(edition.assessments_csv, judged.assessments),
        FINDINGS: partial(edition.findings_csv, judged.findings),
        "data/metadata.json": partial(edition.metadata, project, evidence),
        "data/quarantine.csv": partial(edition.quarantine_csv, evidence, areas),
    }
    parts = []
    for path, make in makers.items():
        data = make()  # quick, and its hash is the surest key
        parts.append(Part(path, edition.sha256(data), partial(bytes, data)))
    return parts


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
    return [Part(path, edition.sha256(data), partial(bytes, data)) for path, data in made.items()]


def _style(project: Project, words: Words) -> list[str]:
    """Hashes of templates, tokens and words, and the versions of the libraries that draw."""
    from importlib.metadata import version

    hashes = []
    for layer in project.layers:
        for item in sorted((layer / "reports").rglob("*")):
            if item.is_file() and item.suffix not in (".yaml",):
                hashes.append(f"{item.relative_to(layer)} {edition.sha256(item.read_bytes())}")
    drawn_by = [f"{name} {version(name)}" for name in ("typst", "matplotlib", "jinja2", "babel", "fontpkg-noto-sans")]
    return [*hashes, *drawn_by, json.dumps(project.tokens(), sort_keys=True), words.language,
            json.dumps([words.texts, words.fallback], sort_keys=True)]
