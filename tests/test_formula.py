"""Formulas: arithmetic over observations, with flags carried through and reasons instead of crashes."""

from __future__ import annotations

import contextlib

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import formula
from monitor.errors import DefinitionError, MonitorError
from monitor.results import Reason
from monitor.series import COLUMNS, MISSING, Series


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
    one, nought = series({"2020": 1}), series({"2020": 0})
    assert result("a / (a / b)", a=one, b=nought) == [("2020", None, "M")], "and not 0, as with an infinity between"
    assert result("b * (a / b)", a=one, b=nought) == [("2020", None, "M")]


def test_a_missing_part_makes_the_result_missing_and_a_suppressed_one_suppressed() -> None:
    assert result("a - b", a=series({"2020": None}), b=series({"2020": 1})) == [("2020", None, "O")]
    assert result("a - b", a=series({"2020": None}, {"2020": "Q"}), b=series({"2020": 1})) == [("2020", None, "Q")]


def test_the_gravest_flag_stays() -> None:
    provisional, broken = series({"2020": 2}, {"2020": "P"}), series({"2020": 1}, {"2020": "B"})
    assert result("a - b", a=provisional, b=broken) == [("2020", 1.0, "B")]


@pytest.mark.parametrize("text", [
    "a +", "a ** 2", "__import__('os')", "a.b", "a[0]", "f(a)", "a if b else c", "lambda: a", "a < b", "True * a",
    "", "'a'", "a+" * 200 + "a", "-" * 50 + "a", "a * 1e999", "a * " + "9" * 400, "a * 1j",
])
def test_anything_but_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        formula.names(text)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    with contextlib.suppress(MonitorError):
        formula.names(text)


@pytest.mark.parametrize("text", ["a / 0", "a / 0.0", "a / (1 - 1)", "a / -(2 - 4 / 2)", "1 + a * (3 / (a / (5 * 0)))"])
def test_a_division_by_a_written_zero_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"divides by zero, so there is never a figure\. Divide by a part"):
        formula.names(text)


# ------------------------------------------------------------------ units

UNITS = {"people": "persons", "more": "Persons", "money": "usd", "share": "% of adults", "other": "% of children",
         "points": "percent", "whole": "1", "mixed": "persons, or cases", "blank": ""}


@pytest.mark.parametrize(("text", "found"), [
    ("people + more", {"persons": 1}),
    ("people - 2 * (more + people)", {"persons": 1}),
    ("100 * people / more", {}),
    ("money / people", {"usd": 1, "persons": -1}),
    ("money / people * more", {"usd": 1}),
    ("share * people / 100", {"persons": 1}),  # a percentage is a number in a product
    ("100 - share", {"% of adults": 1}),       # a written number has the unit of the other side
    ("100 * people / more - share", {"% of adults": 1}),
    ("share / 2 - share", {"% of adults": 1}),
    ("1 - people / more", {}),
    ("whole - people / more", {}),
    ("3", {}),
    ("mixed / people", None),                  # not known, and nobody needs it
    ("blank * 2", None),
])
def test_the_unit_of_a_result(text: str, found: dict[str, int] | None) -> None:
    assert formula.unit(text, UNITS) == found


@pytest.mark.parametrize(("text", "says"), [
    ("people + money", "adds up different units: 'persons' and 'usd'"),
    ("share - other", "takes one from the other of different units: '% of adults' and '% of children'"),
    ("share - points", "'% of adults' and 'percent'"),
    ("people - share", "'persons' and '% of adults'"),
    ("people - whole", "'persons' and a bare number"),
    ("people + money / people", "'persons' and 'usd / persons'"),
    ("100 * (people + money) / people", "'people + money' in the formula '100 * (people + money) / people' adds up"),
    ("people + mixed", "that of 'mixed' is not known ('persons, or cases' is no single unit)"),
    ("people + blank", "that of 'blank' is not known. Say it below the part, in a short form: unit: persons."),
    ("people + more / mixed", "that of 'mixed' is not known"),
])
def test_sums_and_differences_want_one_unit(text: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        formula.unit(text, UNITS)
    assert says in str(caught.value)


@pytest.mark.parametrize(("text", "scale", "unit", "fits"), [
    ("100 * people / more", "percent", "%", True),
    ("100 * people / more", "count", "people", False),
    ("100 * money / people", "count", "people", False),
    ("money / people", "money", "dollars for each person", True),
    ("100 * people / more", "money", "dollars", False),
    ("share - share", "difference", "percentage points", True),
    ("people - more", "difference", "percentage points", False),
    ("people - more", "percent", "%", False),
    ("100 * people / 6", "percent", "% of six items", True),  # the six may be of anything
    ("people - more", "count", "people", True),
    ("2 * mixed", "count", "people", True),                   # nobody knows
])
def test_the_unit_of_a_result_is_that_of_the_indicator(text: str, scale: str, unit: str, fits: bool) -> None:
    assert (formula.misfit(text, formula.unit(text, UNITS), scale, unit) == "") is fits


# ------------------------------------------------------------------ why there is nothing


@pytest.mark.parametrize(("a", "b", "reason"), [
    ({"2020": 1}, {"2020": 0}, Reason.DIVISION_BY_ZERO),
    ({"2019": 1, "2020": 1}, {"2019": None, "2020": 0}, Reason.DIVISION_BY_ZERO),
    ({"2019": 1, "2020": 1}, {"2019": 0, "2020": None}, Reason.MISSING_INPUT),
    ({"2019": 1}, {"2020": 1}, Reason.PERIODS_DIFFER),
    ({"2020": 1}, {"2020-Q1": 1}, Reason.PERIODS_DIFFER),
    ({"2020": 1}, {}, Reason.MISSING_INPUT),
    ({"2020": 1}, {"2019": None}, Reason.MISSING_INPUT),
    ({}, {}, None),
    ({"2020": None}, {"2020": None}, Reason.MISSING_INPUT),
])
def test_what_has_no_result_says_why(
    a: dict[str, float | None], b: dict[str, float | None], reason: Reason | None
) -> None:
    parts = {"a": series(a), "b": series(b)}
    assert formula.lacking(parts, formula.combine("a / b", parts, "IND")).get("EXA") == reason


# ------------------------------------------------------------------ properties

NUMBERS = st.integers(-50, 50).map(float) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
LEAVES = st.sampled_from(["a", "b", "c"]) | st.integers(0, 20).map(str) | st.sampled_from(["0.5", "1e3"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
    | inner.map(lambda t: f"-{t}"),
    max_leaves=12,
)


@given(EXPRESSIONS, NUMBERS, NUMBERS, NUMBERS)
def test_a_formula_comes_to_what_python_makes_of_it(text: str, a: float, b: float, c: float) -> None:
    named = {"a": a, "b": b, "c": c}
    try:
        used = formula.names(text)
    except DefinitionError:
        with pytest.raises(ZeroDivisionError):  # the only thing wrong with it: whatever the parts are
            eval(text, {"__builtins__": {}}, {"a": 1.1, "b": 2.3, "c": 3.7})
        return
    if not used:
        return
    ((_, value, status),) = result(text, **{name: series({"2020": named[name]}) for name in sorted(used)})
    try:
        right = eval(text, {"__builtins__": {}}, named)
    except ZeroDivisionError:
        assert (value, status) == (None, "M")
    else:
        assert value == pytest.approx(right, rel=1e-11, abs=1e-300)
        assert status == "A"


FLAGS = st.sampled_from(["A", "B", "E", "P", "U", *MISSING])


@given(st.sampled_from(["a + b * c", "(a - b) / 2 + c", "a * b * c"]), FLAGS, FLAGS, FLAGS)
def test_flags_are_carried(text: str, a: str, b: str, c: str) -> None:
    flags = {"a": a, "b": b, "c": c}
    parts = {n: series({"2020": None if f in MISSING else 2.0}, {"2020": f}) for n, f in flags.items()}
    ((_, value, status),) = result(text, **parts)
    lost = [f for f in flags.values() if f in MISSING]
    assert (value is None) is bool(lost)
    assert status == ("Q" if "Q" in lost else "O" if lost else min(flags.values(), key="BUEPA".index))


@given(st.permutations(["a", "b", "c"]))
def test_the_order_in_which_parts_are_declared_changes_no_figure(order: list[str]) -> None:
    parts = {"a": series({"2020": 2, "2021": 3}), "b": series({"2021": 4, "2020": 5}), "c": series({"2020": 7})}
    assert result("a * b - c", **{n: parts[n] for n in order}) == [("2020", 3.0, "A")]
