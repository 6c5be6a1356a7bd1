"""What changes in the raw rows of an answer: dimensions, codes, units."""

from __future__ import annotations

from monitor.checks.schema_drift import drifted
from monitor.results import Level
from tests.test_checks import read


def test_a_dimension_that_is_renamed_is_gone_and_new() -> None:
    [found] = drifted(read().rename({"sex": "gender"}), read(), "fiction f", ["X"])
    assert (found.level, found.indicator) == (Level.WARNING, "X")
    assert found.message.startswith("The answer of fiction f comes without sex and with gender as a dimension")


def test_other_codes_statuses_and_units_are_notes_for_every_indicator_that_reads_the_answer() -> None:
    now = read(sex=["T", "X"], obs_status=["A", "P"], unit_measure=["persons", "persons"])
    found = drifted(now, read(), "fiction f", ["X", "Y"])
    assert {f.level for f in found} == {Level.NOTE}
    assert [f.indicator for f in found] == ["X"] * 4 + ["Y"] * 4
    assert [f.message.split(".")[0] for f in found[:4]] == [
        "Codes of 'sex' in fiction f that are new since the vintage before: X",
        "Codes of 'obs_status' in fiction f that are new since the vintage before: P",
        "Codes of 'unit_measure' in fiction f that are gone since the vintage before: none",
        "Codes of 'unit_measure' in fiction f that are new since the vintage before: persons",
    ]


def test_the_same_form_is_no_drift() -> None:
    assert drifted(read(obs_value=[5.0, 6.0]), read(), "fiction f", ["X"]) == []
