"""How figures become judgements: the methodology as tables that are both the tests and the documentation.

A chapter is a module: its docstring is the introduction, its ``SECTIONS`` hold texts and tables. Each row of a
table is one test: figures of one made-up area go in, the judgement comes out. ``tools/print_methodology.py``
prints all chapters as docs/methodology.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from monitor.judge import judge
from monitor.results import Assessment, Finding, Level
from tests.fiction import indicator, series, target

#: in the order they are printed
CHAPTERS = (
    "what_cannot_be_judged", "figures_that_fail_a_check", "pace_to_a_target", "pace_without_a_target", "zero_and_sign",
    "base_and_time", "linear_pace", "target_from_both_sides", "met_or_not", "other_methods", "awkward_series",
    "reading_matrix", "the_outlook",
)
AS_OF = "2026-11-22"
#: columns of a table that are handed to the declaration of the indicator as they are
DECLARED = ("direction", "scale", "method", "max_age", "missing", "unit", "true_on", "parity")


@dataclass(frozen=True)
class Section:
    """A heading, what holds, and the cases that show it. ``common`` are columns that are the same for all rows."""

    title: str
    text: str
    table: str
    common: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> list[dict[str, str]]:
        lines = [[c.strip() for c in line.split("|")] for line in self.table.strip().splitlines()]
        return [dict(zip(lines[0], cells, strict=True)) for cells in lines[1:]]


def cases(sections: list[Section]) -> Any:
    """Every row as a case of its own; the test's name is the fact the row states."""
    return pytest.mark.parametrize("row", [
        pytest.param(section.common | row, id=f"{section.title}: {row['case']}")
        for section in sections for row in section.rows
    ])


def verify(row: dict[str, str]) -> None:
    """The judgement of a row's figures is what the row says, in every column it says something about."""
    got = judged(row)
    status, _, reason = row["status"].partition(": ")
    assert (got.status, got.reason or "") == (status, reason), got
    for column, said in (("word", got.word), ("note", got.note), ("base", got.base_period), ("points", got.points),
                         ("value", got.value), ("newest", got.time_period)):
        if column in row:
            assert str(said or "") == row[column] or said == _number(row[column]), (column, got)
    for column, number in (("ratio", got.ratio), ("score", got.score), ("rate", got.rate), ("needed", got.required),
                           ("chance", got.probability)):
        if column in row:
            cell = row[column].removesuffix(" %")
            expected = _number(cell)
            if expected is None or number is None:
                assert expected == number, (column, got)
                continue
            digits = len(cell.partition(".")[2])
            shown = 100 * number if row[column].endswith("%") else number
            assert round(shown, digits) == expected, (column, got)


def judged(row: dict[str, str]) -> Assessment:
    """One indicator in one area, through every gate and its method."""
    declared: dict[str, Any] = {k: row[k] for k in DECLARED if row.get(k)}
    if row.get("target"):
        value, _, when = row["target"].partition(" by ")
        declared["targets"] = [target(float(value), when)]
    if row.get("least change"):
        declared["least_change"] = {"by": float(row["least change"]), "because": "Made up."}
    if row.get("changed on"):
        declared["superseded"] = [{"areas": ["DEU"], "on": row["changed on"], "what": "made up", "source": "Made up."}]
    if row.get("baseline"):
        declared["baseline"] = {"period": row["baseline"]}
    if row.get("bounds"):
        declared["bounds"] = [_number(b) for b in row["bounds"].split(" to ")]
    if row.get("applies to"):
        declared["applies_to"] = row["applies to"].split()
    area = row.get("area") or "DEU"
    figures = "\n".join(f"{area} {f.strip()}" for f in row.get("figures", "").split(",") if f.strip())
    found = []
    if row.get("finding"):
        level, _, where = row["finding"].partition(" ")
        found = [Finding("fiction", Level(level), "X", "Made up.", where)]
    reasons = {"X": row["source"]} if row.get("source") else {}
    entered = {"X": row["register"].split()} if row.get("register") else {}
    made = judge({"X": indicator(**declared)}, series(figures), [area], found, reasons,  # type: ignore[arg-type]
                 date.fromisoformat(row.get("as of") or AS_OF), entered)
    assert len(made) == 1
    return made[0]


def _number(text: str) -> float | None:
    try:
        return float(text.replace("−", "-"))
    except ValueError:
        return None
