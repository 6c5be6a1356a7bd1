"""The grade of the evidence: each rule takes its points, and the points make the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from monitor import grade, quarantine
from monitor.project import load
from monitor.results import Assessment, Finding, Level, Reason, Status
from monitor.words import Words
from tests.fiction import indicator, series

AS_OF = date(2026, 11, 22)
GOOD = "DEU 2021 7; DEU 2022 7; DEU 2023 6; DEU 2024 6; DEU 2025 5"


class Project:
    """As much of a project as the grade asks for."""

    def __init__(self, official: bool = True, confirmed: bool = True) -> None:
        licence = type("Licence", (), {"confirmed": confirmed})
        self.sources = {"fiction": type("Source", (), {"official": official, "licence": licence})}

    def selections(self, one: Any) -> list[Any]:
        return list(one.data.parts.values())


def graded(text: str = GOOD, project: Any = None, findings: tuple[Finding, ...] = (), aside: str = "",
           as_of: date = AS_OF, flag: str = "A", **declared: Any) -> tuple[str, str]:
    given = series(text)
    newest = given.frame.sort("time_period").row(-1, named=True)
    judged = Assessment("X", "DEU", Status.ON_TRACK, value=newest["obs_value"], time_period=newest["time_period"],
                        obs_status=flag)
    out = series(aside).frame.with_columns(check=pl.lit("x"), reason=pl.lit("y"))
    rest: Any = project or Project()
    [one] = grade.grade(rest, {"X": indicator(**declared)}, given, out, findings, [judged], as_of)
    return one.grade, one.grade_why


def warning(check: str, area: str = "DEU", level: Level = Level.WARNING) -> Finding:
    return Finding(check, level, "X", "Look.", area)


def test_good_evidence_is_an_a_without_any_point() -> None:
    assert graded() == ("A", "")


@pytest.mark.parametrize(("given", "why"), [
    ({"as_of": date(2028, 12, 31)}, "age 1"),  # 3 of 5 years
    ({"as_of": date(2031, 6, 1)}, "age 2"),
    ({"text": "DEU 2021 7; DEU 2023 6; DEU 2025 5"}, "gaps 1"),
    ({"text": "DEU 2015 7; DEU 2016 6; DEU 2025 5"}, "gaps 2"),
    ({"flag": "P"}, "flag 1"),
    ({"flag": "U"}, "flag 2"),
    ({"project": Project(official=False)}, "unofficial 1"),
    ({"project": Project(confirmed=False)}, "unconfirmed 1"),
    ({"confidence": "M"}, "unconfirmed 1"),
    ({"findings": (warning("jump"), warning("jump"), warning("zeros"))}, "warnings 2"),
    ({"findings": (warning("jump", ""),)}, "warnings 1"),
    ({"findings": tuple(map(warning, "abcde"))}, "warnings 3"),
    ({"aside": "DEU 2020 170"}, "aside 1"),
])
def test_each_rule_takes_its_points(given: dict[str, Any], why: str) -> None:
    assert graded(**given)[1] == why


@pytest.mark.parametrize("given", [
    {"findings": (warning("freshness"), warning("jump", "FRA"), warning("jump", level=Level.NOTE))},
    {"aside": "FRA 2020 170"},
    {"flag": "B"},
    {"text": "DEU 2022 7; DEU 2023 6; DEU 2024 6; DEU 2025 5"},
    {"text": "DEU 2017 7; DEU 2019 6; DEU 2021 6; DEU 2023 5; DEU 2025 5", "cadence": "P2Y"},
    {"text": "DEU 2025-Q1 7; DEU 2025-Q2 7; DEU 2025-Q3 6; DEU 2025-Q4 6; DEU 2026-Q1 5", "cadence": "P3M"},
])
def test_what_takes_no_points(given: dict[str, Any]) -> None:
    assert graded(**given) == ("A", "")


@pytest.mark.parametrize(("points", "letter"), [(1, "A"), (2, "B"), (3, "B"), (4, "C"), (5, "C"), (6, "D")])
def test_the_points_make_the_letter(points: int, letter: str) -> None:
    given: dict[str, Any] = {"findings": tuple(map(warning, "abc"[:points]))}
    if points > 3:
        given |= {"project": Project(official=False, confirmed=points > 4 and False)}
    if points == 4:
        given["project"] = Project(official=False)
    if points == 6:
        given["flag"] = "P"
    assert graded(**given)[0] == letter


def test_an_error_that_withholds_is_a_d_and_nothing_known_has_no_grade() -> None:
    assert graded(findings=(warning("unit", level=Level.ERROR),)) == ("D", "error 1")
    nothing = Assessment("X", "DEU", Status.NOT_ASSESSED, Reason.NO_DATA)
    empty = pl.DataFrame(schema=quarantine.ROWS)
    assert grade.grade(Project(), {"X": indicator()}, series(GOOD), empty, [], [nothing], AS_OF) == [nothing]  # type: ignore[arg-type]


def test_every_rule_and_letter_has_words() -> None:
    words: Words = load().words("en")
    assert all(words.has(f"grade.why.{rule.key}") for rule in grade.RULES)
    assert all(words.has(f"grade.{letter}") for letter in (*grade.GRADES, "D"))
