"""The publisher's words for a unit, which the cases of `tests/cases` have no room for."""

from __future__ import annotations

from datetime import date

import polars as pl

from monitor.checks import unit
from monitor.checks._rules import Rules
from monitor.results import Level
from monitor.series import Series
from tests.fiction import indicator, series

AS_OF = date(2026, 11, 22)
RULES: Rules = {"X": (indicator(), {})}


def told(text: str, *units: str) -> Series:
    """A series whose n-th figure is in the n-th unit; the last one holds for the rest."""
    frame = series(text).frame
    named = [*units, *[units[-1]] * (frame.height - len(units))]
    return Series(frame.with_columns(unit_measure=pl.Series(named)))


def test_two_units_in_one_series_are_an_error_of_the_whole_series() -> None:
    given = told("DEU 2019 12; DEU 2020 1200; DEU 2021 1210", "per 1 000", "per 100 000")
    [found] = unit.check(given, RULES, AS_OF, None)
    assert (found.level, found.ref_area, found.cells) == (Level.ERROR, "DEU", ())
    assert "'per 1 000' from 2019, 'per 100 000' from 2020" in found.message


def test_other_words_for_the_same_figures_are_a_note_and_said_once_for_many_areas() -> None:
    text = "; ".join(f"{a} {y} {v}" for a in ("DEU", "FRA", "ITA") for y, v in ((2019, 5), (2020, 6), (2021, 7)))
    [found] = unit.check(told(text, "per 1 000"), RULES, AS_OF, told(text, "PER_1000"))
    assert (found.level, found.ref_area, found.count) == (Level.NOTE, "", 3)
    assert "'PER_1000' in the vintage before, and is 'per 1 000' now; the figures are on the same" in found.message


def test_other_words_and_too_few_figures_to_compare_warn() -> None:
    [found] = unit.check(told("DEU 2021 5", "persons"), RULES, AS_OF, told("DEU 2020 5", "households"))
    assert found.level is Level.WARNING


def test_other_words_with_other_figures_are_told_by_the_factor_alone() -> None:
    now = told("DEU 2018 5.5; DEU 2019 11; DEU 2020 22; DEU 2021 33", "EUR")
    [found] = unit.check(now, RULES, AS_OF, told("DEU 2018 5; DEU 2019 10; DEU 2020 20; DEU 2021 30", "USD"))
    assert "multiplied by 1.1" in found.message
