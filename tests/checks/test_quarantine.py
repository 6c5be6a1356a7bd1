"""Single figures that fail are set aside, listed, and never judged; what is withheld is never told."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from monitor import edition, plugins, quarantine, vintages
from monitor import run as line
from monitor.checks import bounds, shape
from monitor.checks._rules import Rules
from monitor.errors import UnreadableData
from monitor.evidence import Evidence
from monitor.project import Project, load
from monitor.results import Finding, Level, Reason, Status
from monitor.series import Series
from tests.fiction import indicator, series
from tests.test_checks import SOURCE, read
from tests.test_flow import ROOT, copy

AS_OF, NOW = date(2026, 11, 22), "2026-11-22T00:00:00+00:00"
RULES: Rules = {"X": (indicator(bounds=[0, 100]), {})}


def aside(text: str) -> tuple[quarantine.Quarantine, list[Finding]]:
    given = series(text)
    found = bounds.check(given, RULES, AS_OF, None)
    return quarantine.set_aside(given, found), found


def told(kept: Series) -> list[tuple[str, str]]:
    return list(kept.frame.select("ref_area", "time_period").iter_rows())


def test_one_wrong_figure_of_many_is_set_aside_and_the_rest_judged() -> None:
    done, found = aside("DEU 2018 7; DEU 2019 170; DEU 2020 6; DEU 2021 5; FRA 2019 8")
    assert told(done.series) == [("DEU", "2018"), ("DEU", "2020"), ("DEU", "2021"), ("FRA", "2019")]
    listed = done.rows.select("ref_area", "time_period", "obs_value", "check").rows()
    assert listed == [("DEU", "2019", 170.0, "bounds")]
    assert done.rows["reason"][0] == found[0].message
    assert done.withholding(found) == []


def test_a_wrong_newest_figure_withholds_the_judgement_so_that_an_older_one_does_not_pass_for_it() -> None:
    done, found = aside("DEU 2018 7; DEU 2019 6; DEU 2020 6; DEU 2021 5; DEU 2022 170")
    assert ("DEU", "2022") not in told(done.series)
    assert done.withholding(found) == found


def test_more_than_a_quarter_of_wrong_figures_is_no_single_slip() -> None:
    rows = "DEU 2018 7; DEU 2019 6; DEU 2020 6; DEU 2021 5"
    assert aside(f"DEU 2016 170; {rows}")[0].withheld == frozenset()
    assert aside(f"DEU 2016 170; DEU 2017 180; {rows}")[0].withheld == {("X", "DEU")}


def test_where_nothing_is_left_the_reason_is_the_check_and_not_that_there_are_no_data() -> None:
    assert aside("DEU 2018 170")[0].nothing_left == {"X": {"DEU": Reason.FAILED_CHECK}}


@pytest.mark.parametrize(("area", "left"), [("DEU", [("FRA", "2019")]), ("", [])])
def test_an_error_of_the_whole_series_sets_all_of_it_aside_and_withholds(
    area: str, left: list[tuple[str, str]]
) -> None:
    wide = Finding("unit", Level.ERROR, "X", "Several units.", area)
    done = quarantine.set_aside(series("DEU 2018 7; DEU 2019 8; FRA 2019 8"), [wide])
    assert told(done.series) == left
    assert done.nothing_left["X"]["DEU"] is Reason.FAILED_CHECK
    assert set(done.rows["reason"]) == {"Several units."}
    assert done.withholding([wide]) == [wide]


def test_a_withheld_figure_is_never_told_by_the_quarantine_or_a_finding(tmp_path: Path) -> None:
    """Should a value ever stand beside the flag of a withheld one, the check says where, and nobody says what."""
    given = series("DEU 2018 7; DEU 2019 3.25 Q; DEU 2020 6; DEU 2021 5; DEU 2022 5")
    found = shape.check(given, RULES, AS_OF, None)
    assert [(f.time_period, f.level) for f in found] == [("2019", Level.ERROR)]
    done = quarantine.set_aside(given, found)
    assert done.rows["obs_value"].to_list() == [None]
    evidence = Evidence(done.series, aside=done.rows)
    for body in (edition.quarantine_csv(evidence, ["DEU"]), edition.findings_csv(found),
                 edition.observations_csv(evidence, ["DEU"])):
        assert b"2018" in body or b"2019" in body
        assert b"3.25" not in body


def test_no_check_tells_the_value_of_a_withheld_figure() -> None:
    """They have no value by then, and that of the vintage before is hidden with them (`evidence.known`)."""
    values = (311, 298, 305, 317, 290, 301, 299, 308, 312, 297, 303, 0)
    years = "; ".join(f"DEU {2008 + n} {value}" for n, value in enumerate(values))
    given = series(f"{years}; DEU 2020 - Q; DEU 2021 - Q")
    before = series(f"{years.replace('311', '611')}; DEU 2020 - Q; DEU 2021 - Q")
    rules: Rules = {"X": (indicator(scale="count"), {})}
    for name in plugins.names("checks"):
        for found in plugins.function("checks", name)(given, rules, AS_OF, before):
            assert "2020" not in found.message or name in ("coverage", "revision"), found
            assert not {("_T", "2020"), ("_T", "2021")} & {*found.cells}, found


def test_the_door_names_rows_and_never_their_values() -> None:
    """It stands before small counts are withheld, and its message is printed as the reason for having no figures."""
    with pytest.raises(UnreadableData) as caught:
        shape.door(read(obs_value=[3.25, 4.5], obs_status=["Q", "x"]), SOURCE, "f")
    assert "DEU 2015 T a value Q" in str(caught.value)
    assert "3.25" not in str(caught.value) and "4.5" not in str(caught.value)


# ------------------------------------------------------------------ the whole line


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load(copy(ROOT, tmp_path_factory.mktemp("flagship") / "project"))


def answered(project: Project, change: dict[bytes, bytes], when: str) -> None:
    """Keep the shipped answer with some rows changed, as if the publisher had sent it."""
    old = vintages.shipped(project.layers, "world_bank", "SI.RMT.COST.IB.ZS")
    assert old
    body = old.bodies[0]
    for now, then in change.items():
        assert now in body
        body = body.replace(now, then, 1)
    vintages.keep(project.store, replace(old, bodies=(body,), sha256=hashlib.sha256(body).hexdigest(),
                                         retrieved=when, origin="live"))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_wrong_figure_is_listed_in_the_edition_and_the_indicator_is_judged_without_it(
    project: Project, tmp_path: Path
) -> None:
    answered(project, {b"NGA,2016,": b"NGA,2016,99"}, "2026-11-01T00:00:00+00:00")
    line.run(project, as_of=AS_OF, now=NOW, out=tmp_path / "out", areas=("NGA",), formats=("html", "data"),
             offline=True)
    listed = [r for r in rows(tmp_path / "out/data/quarantine.csv") if r["indicator"] == "IND-54a"]
    assert [(r["ref_area"], r["time_period"], r["check"]) for r in listed] == [("NGA", "2016", "bounds")]
    assert float(listed[0]["obs_value"]) > 100
    assert "Outside the limits" in listed[0]["reason"]
    shown = [r for r in rows(tmp_path / "out/data/observations.csv") if r["indicator"] == "IND-54a"]
    assert "2016" not in {r["time_period"] for r in shown}
    verdict = next(r for r in rows(tmp_path / "out/data/assessments.csv") if r["indicator"] == "IND-54a")
    assert verdict["reason"] != "failed_check"
    assert "aside 1" in verdict["grade_why"]
    page = (tmp_path / "out/NGA/scorecard.html").read_text(encoding="utf-8")
    assert "Figures kept out of judgement" in page and "Outside the limits: 99" in page


def test_values_rescaled_by_a_thousand_and_dates_shifted_by_a_year_withhold_the_judgement(project: Project) -> None:
    old = vintages.shipped(project.layers, "world_bank", "SI.RMT.COST.IB.ZS")
    assert old
    chosen = [project.indicators["IND-54a"]]
    frame = pl.read_csv(old.bodies[0], infer_schema=False)
    column = next(name for name in frame.columns if name == "obs_value")
    faults = {
        "jump": frame.with_columns((pl.col(column).cast(pl.Float64) / 1000).cast(pl.String)),
        "shift": frame.with_columns((pl.col("time_period").cast(pl.Int64) + 1).cast(pl.String)),
    }
    for n, (check, wrong) in enumerate(faults.items()):
        body = wrong.write_csv().encode()
        when = f"2026-11-0{3 + n}T00:00:00+00:00"
        vintages.keep(project.store, replace(old, retrieved=f"2026-11-0{2 + n}T12:00:00+00:00", origin="live"))
        vintages.keep(project.store, replace(old, bodies=(body,), sha256=hashlib.sha256(body).hexdigest(),
                                             retrieved=when, origin="live"))
        judged = line.assess(project, as_of=AS_OF, now=NOW, areas=("NGA",), indicators=chosen, offline=True)
        assert check in {f.check for f in judged.findings if f.level is Level.ERROR}, judged.findings
        [one] = judged.assessments
        assert (one.status, one.reason, one.grade) == (Status.NOT_ASSESSED, Reason.FAILED_CHECK, "D")
