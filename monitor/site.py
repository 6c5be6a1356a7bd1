"""What the start page of an edition says: what it is, the matrix with its filters, the tile map, the editions before.

Everything is composed here; the page only lays it out. Areas stand in order of name, never of merit.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from monitor import area
from monitor.project import Project
from monitor.results import Reason, Status
from monitor.scorecard import Cell, Matrix, Scorecard
from monitor.words import Words

#: how many shades the tile map has
STEPS = 5
#: reasons for which a figure is there and not recent, or not to be relied on
_NOT_RECENT = (Reason.TOO_OLD, Reason.SUPERSEDED, Reason.FAILED_CHECK)
#: statuses in the order of the scale; a cell of the page carries its letter: a is the first
LETTERS = {str(status): chr(ord("a") + n) for n, status in enumerate(Status) if status is not Status.NOT_ASSESSED}


@dataclass(frozen=True)
class Tile:
    """One area of the tile map. ``row`` 0: it has no tile of its own and stands beside."""

    area: str
    name: str
    row: int
    column: int
    href: str  # "": the area is not in this edition
    recent: int  # indicators with a recent figure
    step: int  # 0 (none) to STEPS


@dataclass(frozen=True)
class Facet:
    """What the rows of the matrix are chosen by: M49 regions and roles of an area."""

    regions: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Earlier:
    """An edition that this one follows, as the manifest records it."""

    edition: str
    as_of: str
    areas: int
    folder: str  # its name beside this one; "": it stands elsewhere


@dataclass(frozen=True)
class Start:
    """The start page beside its matrix."""

    matrix: Matrix
    said: tuple[str, ...]
    tiles: tuple[Tile, ...]
    facets: tuple[Facet, ...]  # one for each row of the matrix
    regions: tuple[tuple[str, str, bool], ...]  # code, name, whether it is part of the one above
    roles: tuple[tuple[str, str], ...]
    steps: tuple[tuple[int, int, int], ...]  # step, from, to
    editions: tuple[tuple[str, str, str, str], ...]  # name, printed day, number of areas, href or ""
    pages: tuple[str, ...] = ()  # what can be linked to, sorted

    def at(self, row: int) -> list[tuple[str, str, str]]:
        """The cells of a row as they are written: letter of the status, its word, the figure; a dash for no
        figure, nothing where the indicator is not meant for the area."""
        return [_written(cell) for cell in self.matrix.rows[row].cells]


def start(
    project: Project, words: Words, cards: Sequence[Scorecard], matrix: Matrix, earlier: Sequence[Earlier] = (),
    pages: Collection[str] = (),
) -> Start:
    """Compose the start page.

    Args:
        matrix: areas by indicators, as `compose.matrix` gives it.
        earlier: the editions before, newest first.
        pages: paths that exist below this language's folder, so that only these are linked to.
    """
    facets = tuple(_facet(project, row.area) for row in matrix.rows)
    tiles = _tiles(words, {card.area: card for card in cards}, len(matrix.columns))
    here = {role for one in facets for role in one.roles}
    return Start(
        matrix=matrix, said=_said(words, matrix), tiles=tiles, facets=facets, regions=_regions(words, facets),
        roles=tuple((key, words(f"role.{key}")) for key in ("origin", "transit", "destination") if key in here),
        steps=_steps(len(matrix.columns)), pages=tuple(sorted(page for page in pages if page.endswith(".html"))),
        editions=tuple(_edition(words, one) for one in earlier),
    )


def _said(words: Words, matrix: Matrix) -> tuple[str, ...]:
    """What a minister reads first: one number a sentence."""
    of = {count.key: count.number for count in matrix.legend}
    judged = sum(number for key, number in of.items() if key != Status.NOT_ASSESSED)
    numbers = {"areas": len(matrix.rows), "judged": judged, "well": of.get("achieved", 0) + of.get("on_track", 0),
               "badly": sum(of.get(key, 0) for key in ("too_slow", "limited", "not_met", "backwards")),
               "silent": len(matrix.silent)}
    return tuple(words.count(f"site.said.{key}", number) for key, number in numbers.items() if number)


def _written(cell: Cell) -> tuple[str, str, str]:
    if cell.status in LETTERS:
        return LETTERS[cell.status], cell.status_text, cell.text
    return "", "", "" if cell.outside else cell.text or "–"


def _facet(project: Project, code: str) -> Facet:
    place = project.places.get(code)
    row = area.table().get((place.country if place else "") or code, area.table().get(code, {}))
    regions = tuple(row[key] for key in ("region", "subregion", "intermediate") if row.get(key))
    return Facet(regions, tuple(dict.fromkeys(str(r.role) for r in place.roles)) if place else ())


def _regions(words: Words, facets: Sequence[Facet]) -> tuple[tuple[str, str, bool], ...]:
    """Continents by name, each with those of its parts that hold an area."""
    inner: dict[str, set[str]] = {}
    for one in facets:
        if one.regions:
            inner.setdefault(one.regions[0], set()).update(one.regions[1:])
    found: list[tuple[str, str, bool]] = []
    for code in sorted(inner, key=words.area):
        found.append((code, words.area(code), False))
        found += [(part, words.area(part), True) for part in sorted(inner[code], key=words.area)]
    return tuple(found)


def recent(card: Scorecard, among: Collection[str] | None = None) -> int:
    """How many indicators of a scorecard have a figure that is recent enough to be judged by."""
    return sum(line.latest is not None and line.reason not in _NOT_RECENT for line in card.lines()
               if among is None or line.id in among)


@cache
def grid() -> Mapping[str, tuple[int, int]]:
    """area -> row and column of its tile, from 1 (`monitor/tiles.csv`)."""
    lines = files("monitor").joinpath("tiles.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row["code"]: (int(row["row"]), int(row["column"])) for row in rows}


def _tiles(words: Words, cards: Mapping[str, Scorecard], number: int) -> tuple[Tile, ...]:
    """Every tile, also of countries that are not in the edition, and after them the areas without one."""
    found = []
    for code in sorted(grid().keys() | cards.keys(), key=lambda c: (*grid().get(c, (99, 0)), c)):
        card = cards.get(code)
        row, column = grid().get(code, (0, 0))
        n = recent(card) if card else 0
        found.append(Tile(code, card.name if card else words.area(code), row, column,
                          f"{code}/scorecard.html" if card else "", n, step(n, number)))
    return tuple(found)


def step(n: int, number: int) -> int:
    """Which of the equal steps up to ``number`` holds n: 1 to STEPS, 0 for none."""
    return min(STEPS, -(-n * STEPS // number)) if n and number else 0


def _steps(number: int) -> tuple[tuple[int, int, int], ...]:
    """The steps with the numbers that fall into each; none that holds no number."""
    held: dict[int, list[int]] = {}
    for n in range(1, number + 1):
        held.setdefault(step(n, number), []).append(n)
    return tuple((one, ns[0], ns[-1]) for one, ns in sorted(held.items()))


def _edition(words: Words, one: Earlier) -> tuple[str, str, str, str]:
    href = f"{words.root}../{quote(one.folder)}/index.html" if one.folder else ""
    return one.edition, words.day(date.fromisoformat(one.as_of)), words.count("site.areas", one.areas), href
