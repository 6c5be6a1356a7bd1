"""Who is missing: measures of people by sex, age, status, disability and place, and where nothing is told apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from monitor.gaps import PEOPLE, people
from monitor.model import Indicator
from monitor.project import Project
from monitor.scorecard import Line
from monitor.series import TOTAL
from monitor.told import Grid, GridRow
from monitor.words import Words

#: what people are told apart by, in the order of the columns
COLUMNS = ("sex", "age", "status", "disability", "place")
#: codes that stand for everybody
EVERYBODY = {TOTAL, "T", "TOTAL", "ALL", "NOTSPEC", "NRP"}


def grid(
    project: Project, words: Words, lines: Sequence[Line], told: Callable[[str], Mapping[str, Any]],
    label: Callable[[str], str],
) -> Grid | None:
    """One row for each indicator about people that has a figure here; None where there is no such indicator.

    Each cell is one of: ``figures`` (groups with a figure here), ``own`` (the figure is of one group only), ``silent``
    (read apart, but no figure of this area), ``unread`` (the series has the dimension, only its total is read) or
    ``none`` (the series has no such dimension).

    Args:
        told: the breakdowns of an indicator here: "sex=F" -> its newest observation; those without a value are none.
        label: a breakdown's name.
    """
    rows = []
    for line in lines:
        indicator = project.indicators[line.id]
        if not indicator.people or indicator.data is None or line.latest is None:
            continue
        here = [b for b, seen in told(line.id).items() if people(b) and seen[2] is not None]
        rows.append(GridRow(line.id, line.title, tuple(
            _cell(project, words, indicator, column, [b for b in here if PEOPLE[people(b)] == column], label)
            for column in COLUMNS)))
    if not rows:
        return None
    counts = [sum(row.cells[n][0] in ("figures", "own") for row in rows) for n in range(len(COLUMNS))]
    names = [words(f"grid.column.{column}") for column in COLUMNS]
    return Grid(
        tuple(zip(names, (words("sentence.quality.of", n=n, all=len(rows)) for n in counts), strict=True)), tuple(rows),
        words.count("grid.summary", len(rows), counts=words.listed(
            [words("grid.told", n=n, column=name) for n, name in zip(counts, names, strict=True)])),
    )


def _cell(
    project: Project, words: Words, indicator: Indicator, column: str, here: Collection[str],
    label: Callable[[str], str],
) -> tuple[str, str]:
    dims = {dim for dim, kind in PEOPLE.items() if kind == column}
    parts = project.selections(indicator)
    if here:
        return "figures", ", ".join(label(b) for b in sorted(here))
    own = {f"{dim}={code}": None for part in parts for dim, code in part.select.items()
           if dim in dims and column == "status" and code not in EVERYBODY}
    if own:
        names = words.listed([label(b) for b in own])
        return "own", words("grid.own", groups=names) if len(own) == 1 else names
    if parts and all(dims & {*part.breakdowns} for part in parts):
        return "silent", words("grid.silent")
    given = all(dims & {*project.sources[part.source].series[part.series].dimensions, *part.select} for part in parts)
    key = "unread" if parts and given else "none"
    return key, words(f"grid.{key}")
