"""Checks: the cases of each, its lesson, and the door that a reader's rows pass."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from monitor import plugins
from monitor.checks import shape
from monitor.errors import DefinitionError, UnreadableData
from monitor.model import Source
from monitor.series import rows as complete
from tests.fiction import frame, indicator, series

CASES = Path(__file__).parent / "cases" / "checks"
AS_OF = date(2026, 11, 22)
#: the parts of a lesson
HEADINGS = ("Why it matters:", "Levels:", "Options:", "Bad:", "Good:")


def cases() -> list[Any]:
    return [
        pytest.param(folder.name, case, id=f"{folder.name}: {case['name']}")
        for folder in sorted(CASES.iterdir())
        for case in yaml.safe_load((folder / "cases.yaml").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("name", "case"), cases())
def test_case(name: str, case: dict[str, Any]) -> None:
    given = case["given"]
    rules = {"X": (indicator(**given.get("indicator", {})), given.get("options", {}))}
    before = series(given["before"]) if "before" in given else None
    check = plugins.function("checks", name)
    if "error" in case:
        expected = [case["error"]] if isinstance(case["error"], str) else case["error"]
        with pytest.raises(DefinitionError) as caught:
            check(series(given["rows"]), rules, AS_OF, before)
        assert caught.value.problems == expected
        return
    found = check(series(given["rows"]), rules, AS_OF, before)
    assert len(found) == len(case["expect"]), found
    for finding, expected in zip(found, case["expect"], strict=True):
        assert (finding.check, finding.indicator) == (name, "X")
        for field, value in expected.items():
            value = tuple(map(tuple, value)) if field == "cells" else value
            assert value in finding.message if field == "message" else getattr(finding, field) == value, finding


@pytest.mark.parametrize("name", plugins.names("checks"))
def test_every_check_teaches(name: str) -> None:
    lesson = plugins.module("checks", name).__doc__
    positions = [lesson.find(f"\n{heading}\n") for heading in HEADINGS]
    assert -1 not in positions, f"{name} lacks {[h for h, p in zip(HEADINGS, positions, strict=True) if p < 0]}"
    assert positions == sorted(positions)
    assert lesson.splitlines()[0].endswith(".")


@pytest.mark.parametrize("name", plugins.names("checks"))
def test_a_check_speaks_only_of_the_indicators_that_declare_it(name: str) -> None:
    bad = frame([("X", "de", "_T", "2099", 170.0, "A"), ("Y", "de", "_T", "2099", 170.0, "A")] * 2)
    rules = {"X": (indicator(bounds=[0, 100]), {})}
    for before in (None, series("DEU 2015 1")):
        assert {f.indicator for f in plugins.function("checks", name)(bad, rules, AS_OF, before)} <= {"X"}


@pytest.mark.parametrize("name", plugins.names("checks"))
def test_an_unknown_option_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="has no option 'nonsense'"):
        plugins.function("checks", name)(series("DEU 2015 1"), {"X": (indicator(), {"nonsense": "1"})}, AS_OF, None)


SOURCE = Source.model_validate({
    "id": "fiction", "title": "Fiction", "publisher": "Fiction", "official": False, "homepage": "https://example.org",
    "licence": {"name": "None", "confirmed": False}, "citation": "Fiction", "reader": "csv", "series": {},
})


def read(**columns: Any) -> pl.DataFrame:
    sound = {"ref_area": ["DEU", "FRA"], "time_period": ["2015", "2015"], "obs_value": [1.0, 2.0], "sex": ["T", "T"]}
    return complete(sound | columns)


def test_the_door_gives_back_sound_rows_unchanged() -> None:
    rows = read()
    assert shape.door(rows, SOURCE, "f").equals(rows)


def test_the_door_says_everything_that_is_wrong_and_names_the_first_rows() -> None:
    rows = read(ref_area=["DEU", "fr"], time_period=["2015", "15"], obs_status=["", "x"])
    with pytest.raises(UnreadableData) as caught:
        shape.door(rows, SOURCE, "f")
    assert [p.split(";")[0] for p in caught.value.problems] == [
        "fiction f: expected DEU, 150, EU27, USNYC or US-CA as ref_area",
        "fiction f: expected 2024, 2024-S1, 2024-Q3, 2024-05, 2024-05-17 or 2007/08 as time_period",
        "fiction f: expected an SDMX CL_OBS_STATUS code (A B D E F G H I J K L M N O P Q S U V W)",
    ]
    assert all(p.endswith(": fr 15 T a value x.") for p in caught.value.problems)


def test_the_door_refuses_two_rows_for_one_cell() -> None:
    with pytest.raises(UnreadableData, match=r"one row for each .*: DEU 2015 T a value A, DEU 2015 T a value A\."):
        shape.door(read(ref_area=["DEU", "DEU"]), SOURCE, "f")


def test_another_code_of_a_dimension_is_another_cell() -> None:
    shape.door(read(ref_area=["DEU", "DEU"], sex=["T", "F"]), SOURCE, "f")


def test_the_door_refuses_what_is_no_number() -> None:
    rows = read().with_columns(obs_value=pl.lit(float("nan")))
    with pytest.raises(UnreadableData, match="finite number"):
        shape.door(rows, SOURCE, "f")


def test_the_door_names_absent_and_mistyped_columns() -> None:
    with pytest.raises(UnreadableData, match="the column obs_status is absent"):
        shape.door(read().drop("obs_status"), SOURCE, "f")
    with pytest.raises(UnreadableData, match="the column obs_value is absent, or not of its type: dtype"):
        shape.door(read().with_columns(obs_value=pl.lit("1")), SOURCE, "f")


def test_only_the_first_rows_are_named_and_the_rest_counted() -> None:
    rows = read(**{n: [v] * 10 for n, v in (("ref_area", "de"), ("obs_value", 1.0), ("sex", "T"))},
                time_period=[str(2010 + i) for i in range(10)])
    named = ", ".join(f"de {year} T a value A" for year in (2010, 2011, 2012))
    with pytest.raises(UnreadableData, match=rf": {named} and 7 more\."):
        shape.door(rows, SOURCE, "f")


def test_an_empty_answer_has_a_shape_too() -> None:
    shape.door(read().clear(), SOURCE, "f")


def test_cells_are_read_whatever_the_environment_says() -> None:
    never = {"PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY", "PANDERA_VALIDATION_ENABLED": "False"}
    code = (
        "import pandera.polars; from tests.test_checks import *\n"
        "try: shape.door(read(ref_area=['de', 'FRA']), SOURCE, 'f')\n"
        "except UnreadableData: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], text=True,
                          env={**os.environ, **never}, capture_output=True, check=True)
    assert done.stdout == "refused\n"
