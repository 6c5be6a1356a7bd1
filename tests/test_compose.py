"""What a page says: the sentences, the gate for colours, the comparison, the provenance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from monitor import compose, face
from monitor.evidence import Evidence
from monitor.line import Observations, Sayer
from monitor.model import Indicator
from monitor.results import Assessment, Finding, Level, Reason, Snapshot, Status
from monitor.series import COLUMNS, Series

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def monitor() -> face.Monitor:
    opened = face.load(ROOT)
    opened.as_of = AS_OF
    return opened


def observed(indicator: str, values: dict[str, dict[str, float]]) -> Series:
    rows = [
        {"indicator": indicator, "ref_area": area, "breakdown": "_T", "time_period": when, "obs_value": value,
         "obs_status": "A", "flag_raw": "", "unit_measure": "", "lower_bound": None, "upper_bound": None,
         "comment_obs": "", "source": "world_bank", "series": "SI.RMT.COST.IB.ZS", "snapshot": "ab"}
        for area, years in values.items() for when, value in years.items()
    ]
    return Series(pl.DataFrame(rows, schema=COLUMNS))


def say(monitor: face.Monitor, indicator: Indicator, judged: Assessment, values: dict[str, dict[str, float]],
        findings: tuple[Finding, ...] = ()) -> compose.Line:
    evidence = Evidence(observed(indicator.id, values))
    seen = Observations(evidence.series, [judged.ref_area])
    return Sayer(monitor.project, monitor.project.words("en"), evidence, findings, seen).line(indicator, judged)


def test_a_met_target_and_a_missed_one_read_differently(monitor: face.Monitor) -> None:
    cost = monitor.indicator("IND-54a")
    values = {"NGA": {"2015": 9.0, "2020": 2.5}}
    met = Assessment("IND-54a", "NGA", Status.ACHIEVED, value=2.5, time_period="2020", base_value=9.0,
                     base_period="2015", target_value=3.0, target_period="2030")
    line = say(monitor, cost, met, values)
    assert line.sentence == (
        "It fell from 9.0\u00a0% in 2015 to 2.5\u00a0% in 2020. The target of 3.0\u00a0% is met.")
    away = replace(met, status=Status.BACKWARDS, value=9.9)
    assert "moves away from the target of 3.0\u00a0% by 2030" in say(monitor, cost, away, values).sentence


def test_nothing_is_said_as_a_number_where_there_is_none(monitor: face.Monitor) -> None:
    cost = monitor.indicator("IND-54a")
    line = say(monitor, cost, Assessment("IND-54a", "NGA", Status.NOT_ASSESSED, Reason.NO_DATA), {})
    assert line.latest is None
    assert line.sentence == "There is no figure for Nigeria: none for this area in the figures at hand."
    assert (line.points, line.citations, line.chart_title) == ((), (), "")


def test_a_guarded_figure_carries_its_reading_wherever_it_stands(monitor: face.Monitor) -> None:
    crimes = monitor.indicator("IND-13")
    judged = Assessment("IND-13", "DEU", Status.NOT_ASSESSED, Reason.NEEDS_COMPANION, value=17007.0, time_period="2023",
                        base_value=3046.0, base_period="2015")
    line = say(monitor, crimes, judged, {"DEU": {"2015": 3046.0, "2023": 17007.0}})
    assert line.sentence.startswith("It rose from 3,046 in 2015 to 17,007 in 2023. No judgement is made")
    assert line.sentence.endswith(crimes.reading)
    assert line.comparison is None, "police counts are never set beside those of others"


def test_a_group_is_compared_by_its_median_only_with_enough_members(monitor: face.Monitor) -> None:
    cost = monitor.indicator("IND-54a")
    judged = Assessment("IND-54a", "NGA", Status.LIMITED, None, "statcan", "limited", 6.0, "2020", "A", 6.1, "2015")
    four = {code: {"2020": 5.0 + n} for n, code in enumerate(("BEN", "GHA", "SEN", "TGO"))}
    assert say(monitor, cost, judged, {"NGA": {"2020": 6.0}} | four).comparison is None
    five = four | {"MLI": {"2020": 9.0}}
    line = say(monitor, cost, judged, {"NGA": {"2020": 600.0}} | five)
    assert line.comparison and line.comparison.value == 7.0, "the area itself is no part of its comparison"
    assert "median of at least 5 countries" in line.comparison.label


def test_findings_of_other_areas_and_mere_notes_stay_away(monitor: face.Monitor) -> None:
    cost = monitor.indicator("IND-54a")
    judged = Assessment("IND-54a", "NGA", Status.LIMITED, None, value=6.0, time_period="2020")
    findings = (Finding("bounds", Level.WARNING, "IND-54a", "mine", "NGA"),
                Finding("bounds", Level.WARNING, "IND-54a", "everyone's"),
                Finding("bounds", Level.WARNING, "IND-54a", "theirs", "GHA"),
                Finding("coverage", Level.NOTE, "IND-54a", "a note", "NGA"))
    assert say(monitor, cost, judged, {"NGA": {"2020": 6.0}}, findings).notes == ("mine", "everyone's")


def test_the_shipped_sentence_names_the_dates_and_what_was_fetched(monitor: face.Monitor) -> None:
    words = monitor.project.words("en")

    def snapshot(retrieved: str, origin: str) -> Snapshot:
        return Snapshot("s", "c", "r", (b"",), "ab", "https://example.org", retrieved, origin)  # type: ignore[arg-type]

    shipped = {("s", "1"): snapshot("2022-08-31", "shipped"), ("s", "2"): snapshot("2026-06-30", "shipped")}
    text = compose.shipped_sentence(words, Evidence(Series.empty(), shipped))
    assert "31 August 2022" in text and "30 June 2026" in text and "All figures" in text
    mixed = shipped | {("s", "3"): snapshot("2026-11-22", "live")}
    assert compose.shipped_sentence(words, Evidence(Series.empty(), mixed)).startswith("2 of 3 series")
    assert compose.shipped_sentence(words, Evidence(Series.empty(), {("s", "3"): snapshot("2026", "live")})) == ""


def test_a_block_without_enough_recent_figures_shows_no_colour(monitor: face.Monitor) -> None:
    card = monitor.scorecard("DEU")
    for block in card.blocks:
        fresh = [x for x in block.lines if x.latest and x.reason not in ("too_old", "superseded", "failed_check")
                 and int(x.latest.period[:4]) >= 2021]
        assert block.coloured == (len(fresh) >= compose.GATE * len(block.lines))
        assert block.coverage.startswith("Insufficient") != block.coloured


def test_every_indicator_that_applies_is_on_the_page_and_no_other(monitor: face.Monitor) -> None:
    card = monitor.scorecard("NGA")
    judged = {a.indicator: a for a in monitor.assess(areas=["NGA"])}
    applies = {i for i, a in judged.items() if a.reason is not Reason.NOT_APPLICABLE}
    assert {line.id for line in card.lines()} == applies


def test_the_matrix_has_rows_by_name_and_each_column_once(monitor: face.Monitor) -> None:
    cards = [monitor.scorecard(a) for a in ("NGA", "DEU", "USNYC")]
    words = monitor.project.words("en")
    matrix = compose.matrix(monitor.project, words, cards)
    assert [r.name for r in matrix.rows] == ["Germany", "New York City", "Nigeria"]
    ids = [c[0] for c in matrix.columns]
    assert len(ids) == len(set(ids))
    every = {line.id for card in cards for line in card.lines()}
    silent = {text.split()[0] for text in matrix.silent}
    assert silent | set(ids) == every and not silent & set(ids), "an indicator is a column or is named, never lost"
    assert all(len(r.cells) == len(ids) for r in matrix.rows)
    assert sum(g[2] for g in matrix.groups) == len(ids)


def test_a_figure_of_a_day_says_the_day_and_what_happened_since(monitor: face.Monitor) -> None:
    law = monitor.indicator("IND-53c")
    judged = Assessment("IND-53c", "DEU", Status.NOT_ASSESSED, Reason.SUPERSEDED, value=0.0, time_period="2024")
    line = say(monitor, law, judged, {"DEU": {"2024": 0.0}})
    assert line.sentence.startswith("No, not on 1 January 2024. No judgement is made: a law that accepts several")
    assert "on 27 June 2024" in line.sentence and line.sentence.endswith("the figure is of 1 January 2024.")
    assert line.reason_text.startswith("something has changed since the newest figure: a law")


def test_no_target_is_called_met_where_none_was_promised(monitor: face.Monitor) -> None:
    best = monitor.indicator("IND-16b")
    judged = Assessment("IND-16b", "POL", Status.ACHIEVED, None, "statcan", "best possible value", 3.0, "2023", "A",
                        3.0, "2015")
    line = say(monitor, best, judged, {"POL": {"2015": 3.0, "2023": 3.0}})
    assert line.status_text == "best possible value"
    assert line.sentence == "It stood at 3 in 2023, as in 2015. It is at its best possible value."


def test_what_is_not_in_place_is_counted_apart_from_what_moves(monitor: face.Monitor) -> None:
    card = monitor.scorecard("USA")
    assert {x.status for x in card.lines() if x.status_text == "not in place"} == {"not_met"}
    absent = sum(x.status == "not_met" for x in card.lines())
    moving = sum(x.status in ("too_slow", "limited", "backwards") for x in card.lines())
    assert absent and moving
    texts = {(c.key, c.text): c.number for c in card.counts}
    assert texts["not_met", "not in place"] == absent
    assert sum(c.number for c in card.counts if c.key == "achieved" and c.text == "in place") == sum(
        x.status_text == "in place" for x in card.lines())
    assert any(s.startswith(f"{absent} laws, treaties or bodies") and "not in place" in s for s in card.summary)
    assert any(s.startswith(f"{moving} move") for s in card.summary)
