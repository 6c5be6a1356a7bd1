"""Gaps between groups of people: who is worst off, how far, whether it grows, and how each group is judged."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import area, compose, edition, project, run
from monitor.gaps import Member, Spread, Trend, apart, find
from monitor.judge import judge
from monitor.model import Indicator
from monitor.results import Finding, Level, Reason, Status
from monitor.run import Judged
from monitor.scorecard import Scorecard
from monitor.series import Series
from tests.fiction import frame, indicator, series, target

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
YEARS = range(2015, 2025)


def spreads(text: str | Series, declared: Indicator | None = None) -> list[Spread]:
    made = series(text) if isinstance(text, str) else text
    return find({"X": declared or indicator()}, made, ["DEU"], AS_OF)


def members(text: str, **declared: Any) -> dict[str, Member]:
    one, = spreads(text, indicator(**declared))
    return {m.group: m for m in one.members}


TWO = "DEU 2015 8; DEU 2023 7; DEU 2015 10 A sex=F; DEU 2015 6 A sex=M; DEU 2023 {f} {flag} sex=F; DEU 2023 6 A sex=M"


def test_by_the_direction_women_or_men_are_worst_off() -> None:
    text = TWO.format(f=9, flag="A")
    down, up = members(text), members(text, direction="up_good")
    assert [g for g, m in down.items() if m.place == "worst"] == ["F"]
    assert [g for g, m in up.items() if m.place == "worst"] == ["M"]
    assert (down["F"].gap, down["F"].gap_base, down["F"].against) == (3.0, 4.0, "M")
    assert (up["M"].gap, up["M"].gap_base, up["M"].against) == (3.0, 4.0, "F")
    assert down["F"].whole == up["M"].whole == 7.0
    assert list(down) == ["F", "M"] and list(up) == ["M", "F"]  # worst first


def test_nearer_to_the_target_is_better_off() -> None:
    found = members(TWO.format(f=9, flag="A"), direction="target", targets=[target(8.9)], no_target="")
    assert [g for g, m in found.items() if m.place == "worst"] == ["M"]
    assert found["M"].gap == pytest.approx(2.9 - 0.1)


@pytest.mark.parametrize("direction", ["context_only", "ambiguous_needs_companion", "target"])
def test_nobody_is_worst_off_where_no_way_is_better(direction: str) -> None:
    found = members(TWO.format(f=9, flag="A"), direction=direction)
    assert [m.place for m in found.values()] == ["highest", "lowest"]


def test_groups_in_one_place_share_it_and_equal_ones_have_none() -> None:
    tied = members("DEU 2023 9 A sex=F; DEU 2023 9 A sex=X; DEU 2023 6 A sex=M")
    assert {g: m.place for g, m in tied.items()} == {"F": "worst", "X": "worst", "M": "best"}
    assert {m.place for m in members("DEU 2023 6 A sex=F; DEU 2023 6 A sex=M").values()} == {""}


def test_beyond_parity_nobody_is_better_off() -> None:
    text = "DEU 2015 1 A sex=F; DEU 2015 1 A sex=M; DEU 2023 {} A sex=F; DEU 2023 -5 A sex=M"
    assert {m.place for m in members(text.format(-1), parity=0, scale="difference").values()} == {""}
    found = members(text.format(4), parity=0, scale="difference")
    assert found["F"].place == "worst" and found["F"].gap == 9.0


@pytest.mark.parametrize(("now", "trend"), [
    (11.2, Trend.WIDENING), (9.9, Trend.UNCHANGED), (10.9, Trend.UNCHANGED), (9.0, Trend.NARROWING),
    (11.0, Trend.WIDENING), (2.0, Trend.TURNED),
])
def test_a_trend_is_a_change_of_at_least_one_percentage_point(now: float, trend: Trend) -> None:
    found = members(TWO.format(f=now, flag="A"))
    assert next(iter(found.values())).trend is trend


def test_the_declared_least_change_decides() -> None:
    declared = {"least_change": {"by": 3, "because": "a survey"}}
    assert members(TWO.format(f=12, flag="A"), **declared)["F"].trend is Trend.UNCHANGED
    assert members(TWO.format(f=13, flag="A"), **declared)["F"].trend is Trend.WIDENING


def test_too_few_points_tell_no_trend() -> None:
    assert members("DEU 2023 9 A sex=F; DEU 2023 6 A sex=M")["F"].why == "few"
    found = members(TWO.format(f=9, flag="A"), least_points=3)["F"]
    assert (found.trend, found.why, found.points) == (Trend.CANNOT_TELL, "few", 2)


def test_no_trend_leads_across_a_break() -> None:
    found = members(TWO.format(f=9, flag="B"))["F"]
    assert (found.trend, found.why, found.gap, found.gap_base) == (Trend.CANNOT_TELL, "break", 3.0, None)


def test_the_newest_period_that_two_groups_share_is_compared() -> None:
    one, = spreads("DEU 2022 9 A sex=F; DEU 2022 6 A sex=M; DEU 2022 7 A sex=X; DEU 2023 9 A sex=F; DEU 2023 8 A sex=M;"
                   "DEU 2024 1 A sex=F")
    assert {m.period for m in one.members} == {"2023"} and one.absent == ("X",)


def test_forecasts_and_what_has_not_begun_are_no_figures() -> None:
    one, = spreads("DEU 2022 9 A sex=F; DEU 2022 6 A sex=M; DEU 2023 9 F sex=F; DEU 2023 6 A sex=M;"
                   "DEU 2030 9 A sex=F; DEU 2030 9 A sex=M")
    assert {m.period for m in one.members} == {"2022"}


def test_a_single_group_is_compared_with_all() -> None:
    found = members("DEU 2015 8; DEU 2023 7; DEU 2015 10 A citizen=FOR; DEU 2023 12 A citizen=FOR")["FOR"]
    assert (found.against, found.gap, found.gap_base, found.trend) == ("_T", 5.0, 2.0, Trend.WIDENING)


def test_parts_that_are_no_groups_of_people_are_not_compared() -> None:
    assert spreads("DEU 2023 9 A policy_domains=D1; DEU 2023 6 A policy_domains=D2") == []


def test_counts_are_not_compared_and_judged_all_the_same() -> None:
    one, = spreads("DEU 2015 900 A sex=F; DEU 2015 60 A sex=M; DEU 2023 90 A sex=F; DEU 2023 6 A sex=M",
                   indicator(scale="count"))
    assert {(m.value, m.gap, m.place) for m in one.members} == {(None, None, "")}


def test_a_series_before_the_base_year_tells_no_trend() -> None:
    assert members("DEU 2009 9 A sex=F; DEU 2009 6 A sex=M")["F"].trend is Trend.CANNOT_TELL


# ------------------------------------------------------------------ withheld cells


def test_who_is_withheld_is_named_and_never_compared() -> None:
    one, = spreads("DEU 2023 9 A sex=F; DEU 2023 6 A sex=M; DEU 2023 99 Q sex=X")
    assert one.withheld == ("X",) and [m.group for m in one.members] == ["F", "M"]


def test_a_newer_withheld_cell_leaves_the_trend_open() -> None:
    found = members(TWO.format(f=9, flag="A") + "; DEU 2024 - Q sex=F")["F"]
    assert (found.period, found.trend, found.why) == ("2023", Trend.CANNOT_TELL, "withheld")


CELLS = st.lists(
    st.tuples(st.sampled_from(["_T", "sex=F", "sex=M", "citizen=FOR"]), st.sampled_from(["2015", "2019", "2023"]),
              st.floats(1, 99), st.sampled_from(["A", "Q", "B", "U"])),
    max_size=12, unique_by=lambda cell: cell[:2])


@settings(deadline=None)
@given(CELLS, st.lists(st.one_of(st.none(), st.floats(1, 99)), min_size=12, max_size=12),
       st.sampled_from(["up_good", "down_good", "ambiguous_needs_companion"]))
def test_nothing_told_depends_on_a_withheld_cell(
    cells: list[tuple[str, str, float, str]], others: list[float | None], direction: str
) -> None:
    """Whatever stands in the withheld cells, even where nobody emptied them: the same gaps and the same statuses."""
    declared = {"X": indicator(direction=direction)}

    def told(values: list[float | None]) -> list[Spread]:
        made = frame([("X", "DEU", b, when, v, flag) for (b, when, _, flag), v in zip(cells, values, strict=False)])
        alone, theirs, _ = apart(declared, made)
        return find(declared, made, ["DEU"], AS_OF, judge(alone, theirs, ["DEU"], [], {}, AS_OF))

    values = [value for _, _, value, _ in cells]
    swapped = [other if flag == "Q" else v for (*_, flag), v, other in zip(cells, values, others, strict=False)]
    assert told(values) == told(swapped)


# ------------------------------------------------------------------ statuses


def test_a_group_has_the_status_that_its_figures_would_have_alone() -> None:
    declared = {
        "X": indicator(targets=[target(5)], no_target=""),
        "Y": indicator("Y", direction="up_good", targets=[target(50)], no_target="", method="unescap"),
    }
    cells = [(key, area, b, str(year), 20 + n + (year - 2015) * (n - 2.5), "A")
             for key in declared for n, (area, b) in enumerate(
                 (a, b) for a in ("DEU", "FRA") for b in ("_T", "citizen=FOR", "sex=F")) for year in YEARS]
    made = frame(cells)
    alone, theirs, _ = apart(declared, made)
    judged = {(a.indicator, a.ref_area): a for a in judge(alone, theirs, ["DEU", "FRA"], [], {}, AS_OF)}
    assert len(judged) == 8
    for (name, code), found in judged.items():
        key, breakdown = name.split(" ")
        own = made.frame.filter(breakdown=breakdown, indicator=key).with_columns(breakdown=pl.lit("_T"))
        by_hand, = judge({key: declared[key]}, Series(own), [code], [], {}, AS_OF)
        assert found.ratio == pytest.approx(by_hand.ratio) and found.score == pytest.approx(by_hand.score)
        noise = dict.fromkeys(("rate", "required", "ratio", "score", "probability"))  # the last digit of a computer
        assert replace(found, indicator=key, **noise) == replace(by_hand, **noise)
    assert {a.status for a in judged.values()} >= {Status.ON_TRACK, Status.BACKWARDS}
    by_group = {(s.indicator, s.ref_area, m.group): m.status
                for s in find(declared, made, ["DEU", "FRA"], AS_OF, judged.values()) for m in s.members}
    assert by_group == {(n.split(" ")[0], area, n.split("=")[1]): a.status for (n, area), a in judged.items()}


def test_what_withholds_the_whole_withholds_its_groups() -> None:
    made = series(TWO.format(f=9, flag="A"))
    wrong = [Finding("bounds", Level.ERROR, "X", "Impossible.", "DEU"), Finding("jump", Level.WARNING, "X", "A jump.")]
    alone, theirs, findings = apart({"X": indicator()}, made, wrong)
    assert {f.indicator for f in findings} == {"X sex=F", "X sex=M"}
    assert {a.reason for a in judge(alone, theirs, ["DEU"], findings, {}, AS_OF)} == {Reason.FAILED_CHECK}


def test_a_group_that_is_withheld_now_is_not_judged() -> None:
    alone, theirs, _ = apart({"X": indicator()}, series(TWO.format(f=9, flag="A") + "; DEU 2024 3 Q sex=F"))
    found = {a.indicator: a.reason for a in judge(alone, theirs, ["DEU"], [], {}, AS_OF)}
    assert found == {"X sex=F": Reason.SUPPRESSED, "X sex=M": None}


# ------------------------------------------------------------------ in words, and on a page

PROJECT = """
about: {title: Work by citizenship, made_by: The tests, purpose: Shows gaps., participation: Nobody took part.}
languages: [en]
scorecards: [DEU, SWE]
recommendations:
  - {id: T1, title: Fair chances, text: Fair chances of work for all., source: Made up, year: 2016,
     date_certainty: stated, addressed_to: [national authorities], asks: [{id: T1.I1, text: chances}], gcm: [16]}
indicators:
  - id: WORK
    title: Unemployment
    definition: People aged 15 to 64 who look for work, as a share of those who work or look for work.
    answers: [T1.I1]
    kind: outcome
    direction: down_good
    unit: "% of people who work or look for work"
    scale: percent
    bounds: [0, 100]
    no_target: No number was promised.
    comparable: true
    data:
      source: eurostat
      series: lfsa_urgan
      select: {age: Y15-64, citizen: TOTAL, sex: T}
      breakdowns: {citizen: [FOR, NAT], sex: [F, M]}
"""


@pytest.fixture(scope="module")
def germany(tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, Scorecard]:
    """Unemployment by citizenship and sex, out of the shipped vintage of Eurostat."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "indicators.yaml").write_text(PROJECT, encoding="utf-8")
    made = project.load(folder)
    judged = run.assess(made, as_of=AS_OF, now="2026-11-22T12:00:00Z", areas=["DEU"], offline=True)
    card, = compose.compose(made, made.words("en"), judged.evidence, judged.assessments, judged.findings, judged.areas,
                            AS_OF, "e")
    return judged, card


def test_foreign_citizens_stand_beside_all_with_a_status_of_their_own(germany: tuple[Judged, Scorecard]) -> None:
    line, = germany[1].lines()
    gap = next(g for g in line.gaps if g.dimension == "citizenship")
    assert gap.worst == "foreign citizens" and gap.trend == "unchanged"
    assert gap.sentences[0] == ("Worst off: foreign citizens with 7.7\xa0% in 2024. That is 5.1 percentage points from "
                                "the best off, nationals (2.6\xa0%).")
    assert [(p.label, p.figure and p.figure.value, p.status) for p in gap.parts] == [
        ("all together", 3.5, "on_track"), ("foreign citizens", 7.7, "limited"), ("nationals", 2.6, "on_track")]
    assert gap.parts[0].status == line.status


def test_a_difference_that_may_be_noise_leaves_nobody_worst_off(germany: tuple[Judged, Scorecard]) -> None:
    gap = next(g for g in germany[1].lines()[0].gaps if g.dimension == "women and men")
    assert gap.worst == "" and gap.sentences[0].startswith("No clear difference: men have 3.7")


def test_the_comparison_is_said_for_one_and_the_same_period(germany: tuple[Judged, Scorecard]) -> None:
    line, = germany[1].lines()
    assert line.comparison_text == ("European Union (27), median of at least 26 countries: 5.6\xa0% in 2024. Germany "
                                    "is 2.1 percentage points lower (3.5\xa0%).")


def test_the_file_of_gaps_has_a_row_for_each_group(germany: tuple[Judged, Scorecard]) -> None:
    rows = list(csv.DictReader(io.StringIO(edition.gaps_csv(germany[0].evidence.gaps).decode())))
    assert [row["group"] for row in rows] == ["FOR", "NAT", "M", "F"]
    foreign = rows[0]
    assert (foreign["place"], foreign["against"], foreign["gap"], foreign["gap_base"], foreign["base_period"]) == (
        "worst", "NAT", "5.1", "4.7", "2021")
    assert (foreign["trend"], foreign["status"], foreign["whole"]) == ("unchanged", "limited", "3.5")


def test_the_columns_of_the_file_are_those_of_a_member() -> None:
    assert list(Member.__dataclass_fields__) == edition.GAPS


def test_the_grid_says_by_what_people_are_told_apart(germany: tuple[Judged, Scorecard]) -> None:
    grid = germany[1].grid
    assert grid is not None
    row, = grid.rows
    assert dict(zip(("sex", "age", "status", "disability", "place"), row.cells, strict=True)) == {
        "sex": ("figures", "women, men"), "age": ("unread", "published, not read"),
        "status": ("figures", "foreign citizens, nationals"), "disability": ("none", "not in the series"),
        "place": ("none", "not in the series")}
    assert grid.columns[0] == ("sex", "1 of 1") and grid.columns[3][1] == "0 of 1"


def test_a_wider_group_is_compared_with_where_the_nearest_has_no_figures() -> None:
    assert area.comparison_groups("DEU") == ("EU27", "155", "150")
    assert area.comparison_groups("NGA") == ("011", "202", "002")
    assert area.comparison_groups("USNYC") == ()


def test_every_sentence_of_a_gap_has_words(germany: tuple[Judged, Scorecard]) -> None:
    words = project.load(ROOT).words("en")
    told = [*(f"gap.trend.{t}" for t in Trend), *(f"gap.trend_name.{t}" for t in Trend), "gap.why.withheld",
            *(f"gap.why.{why}.{n}" for why in ("few", "break") for n in ("one", "other")),
            *(f"gap.single.{way}" for way in ("worse", "better", "higher", "lower", "same"))]
    assert not [key for key in told if not words.has(key)]
