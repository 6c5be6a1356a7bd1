"""Formulas: arithmetic over observations, with flags carried through and reasons instead of crashes."""

from __future__ import annotations

import contextlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import formula
from monitor.errors import DefinitionError, MonitorError
from monitor.series import COLUMNS, Series


def series(values: dict[str, float | None], status: dict[str, str] | None = None) -> Series:
    rows = [
        {"indicator": "X", "ref_area": "EXA", "breakdown": "_T", "time_period": when, "obs_value": value,
         "obs_status": (status or {}).get(when, "A" if value is not None else "O"), "flag_raw": "", "unit_measure": "",
         "lower_bound": None, "upper_bound": None, "comment_obs": "", "source": "s", "series": "c", "snapshot": "ab"}
        for when, value in values.items()
    ]
    return Series(pl.DataFrame(rows, schema=COLUMNS))


def result(text: str, **parts: Series) -> list[tuple[str, float | None, str]]:
    return formula.combine(text, parts, "IND").frame.select("time_period", "obs_value", "obs_status").rows()


def test_a_gap_is_taken_where_both_parts_have_the_period() -> None:
    nationals, foreign = series({"2020": 70, "2021": 71}), series({"2021": 60, "2022": 61})
    assert result("a - b", a=nationals, b=foreign) == [("2021", 11.0, "A")]


def test_a_rate_with_brackets_and_numbers() -> None:
    assert result("100 * (a + b) / c", a=series({"2020": 1}), b=series({"2020": 2}), c=series({"2020": 4})) == [
        ("2020", 75.0, "A")]


def test_a_part_may_stand_twice() -> None:
    assert result("100 * a / (a + b)", a=series({"2020": 1}), b=series({"2020": 3})) == [("2020", 25.0, "A")]


def test_division_by_zero_cannot_exist() -> None:
    assert result("a / b", a=series({"2020": 1}), b=series({"2020": 0})) == [("2020", None, "M")]
    assert result("a / b", a=series({"2020": 0}), b=series({"2020": 0})) == [("2020", None, "M")]


def test_a_missing_part_makes_the_result_missing_and_a_suppressed_one_suppressed() -> None:
    assert result("a - b", a=series({"2020": None}), b=series({"2020": 1})) == [("2020", None, "O")]
    assert result("a - b", a=series({"2020": None}, {"2020": "Q"}), b=series({"2020": 1})) == [("2020", None, "Q")]


def test_the_gravest_flag_stays() -> None:
    provisional, broken = series({"2020": 2}, {"2020": "P"}), series({"2020": 1}, {"2020": "B"})
    assert result("a - b", a=provisional, b=broken) == [("2020", 1.0, "B")]


@pytest.mark.parametrize("text", [
    "a +", "a ** 2", "__import__('os')", "a.b", "a[0]", "f(a)", "a if b else c", "lambda: a", "a < b", "True * a",
    "", "'a'", "a+" * 200 + "a", "-" * 50 + "a",
])
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        formula.names(text)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    with contextlib.suppress(MonitorError):
        formula.names(text)
