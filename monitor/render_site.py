"""The files of an edition about all its areas: start page, comparison, site map, `llms.txt`, card, workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from monitor import chart_card, edition, site, site_compare, site_meta, workbook
from monitor.edition import Part
from monitor.page import Look
from monitor.project import Project
from monitor.scorecard import Matrix, Scorecard
from monitor.words import Words

#: the tables of the workbook: name of the sheet -> file
SHEETS = {"observations": "data/observations.csv", "assessments": "data/assessments.csv",
          "findings": "data/findings.csv"}
WORKBOOK = "data/tables.xlsx"


def pages(
    project: Project, words: Words, cards: Sequence[Scorecard], matrix: Matrix, earlier: Sequence[site.Earlier],
    look: Look, style: Any, paths: Sequence[str],
) -> list[Part]:
    """Start page, comparison and what machines read, of one language.

    Args:
        earlier: the editions before this one, oldest first.
        paths: all other files of the edition, from its root; only these are linked to.
    """
    mine = [path.removeprefix(words.at) for path in paths]
    shown = site.start(project, words, cards, matrix, earlier, mine)
    described = site_meta.data_set(words, matrix, cards)
    data = site_compare.compare(project, words, matrix, cards)
    # isolated (U+2066, U+2069), so that a name such as 2026-11 keeps its order between Arabic letters
    lines = [f"{words('page.edition')} \u2066{matrix.edition}\u2069", f"{words('page.cut_off')} {matrix.as_of}"]
    tiles = [repr(shown.tiles), matrix.title, lines]
    makers: dict[str, tuple[Callable[[], bytes], list[Any]]] = {
        "index.html": (partial(_start, shown, described, look), [repr(shown), described]),
        "compare.html": (partial(_compare, matrix, data, look), [repr(matrix), data]),
        "assets/card.png": (partial(chart_card.png, shown, lines, words, look.tokens), tiles),
    }
    parts = [Part(f"{words.at}{name}", edition.inputs_hash(style, name, *made_of), make)
             for name, (make, made_of) in makers.items()]
    if not words.at:
        offered = (href for href, _ in matrix.downloads)  # some of them are made later than this
        every = list(dict.fromkeys([*paths, *(part.path for part in parts), *offered]))
        texts = {"llms.txt": site_meta.llms(words, matrix, cards, every)}
        if words.home:
            texts["sitemap.xml"] = site_meta.site_map(words.home, cards[0].as_of_iso, every, words.among)
        parts += [Part(name, edition.sha256(text), partial(bytes, text)) for name, text in texts.items()]
    return parts


def tables(words: Words, title: str, as_of: date, made: Mapping[str, bytes]) -> Part:
    """The workbook of the edition.

    Args:
        made: path -> CSV, of all tables.
    """
    sheets = {words(f"site.sheet.{name}"): (path, made[path]) for name, path in SHEETS.items() if path in made}
    notes = [title, f"{words('page.cut_off')} {words.day(as_of)}", words("site.sheet.note")]
    cut = words("site.sheet.cut", n="{n}", file="{file}")
    key = edition.inputs_hash({name: edition.sha256(table) for name, (_, table) in sheets.items()}, notes, cut,
                              version("xlsxwriter"))
    return Part(WORKBOOK, key, partial(workbook.workbook, words("site.sheet.about"), notes, sheets, as_of, cut))


def linked(words: Words, matrix: Matrix) -> Matrix:
    """The matrix with the workbook among its downloads."""
    link = (f"{words.root}{WORKBOOK}", words("site.tables"))
    at = next((n for n, (href, _) in enumerate(matrix.downloads) if "/data/" in f"/{href}"), None)
    return matrix if at is None else replace(
        matrix, downloads=(*matrix.downloads[:at], link, *matrix.downloads[at:]))


def _start(shown: site.Start, described: Mapping[str, Any], look: Look) -> bytes:
    from monitor.outputs import _site

    return _site.start(shown, described, look.words, [Path(f) for f in look.folders], look.tokens)


def _compare(matrix: Matrix, data: Mapping[str, Any], look: Look) -> bytes:
    from monitor.outputs import _site

    return _site.compare(matrix, data, look.words, [Path(f) for f in look.folders], look.tokens)
