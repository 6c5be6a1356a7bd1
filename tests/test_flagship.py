"""The flagship project: mandate word for word, stable ids, targets never rewritten, figures behind every selection."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import chain
from pathlib import Path

import polars as pl
import pytest

from monitor import area, edition, evidence, fetch, project
from monitor.evidence import Evidence
from monitor.line import Observations, Sayer
from monitor.model import Direction, Indicator, Selection
from monitor.results import Assessment, Reason, Status
from monitor.series import COLUMNS, ROW, TOTAL, Series

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
#: recommendations by the report they stand in
REPORTS = {"R2016": "001", "R2018": "003", "R2015": "004"}
#: labels of the report's form, which the scan has run into the lines of its fields
LABELS = re.compile(
    r"^\s*(Recommendation(?= \|)|\d\s+and who|targeted to|recommendation|\(up to two|maximum\)\.?|Action\(s\) for this"
    r"|Indicator\(s\) of|change or success|on this)?\s*\|?"
)
POLICE = {"odihr", "fbi", "uk_home_office", "nyc_open_data"}


@cache
def flagship() -> project.Project:
    return project.load(ROOT)


@cache
def lock() -> dict[tuple[str, str], dict[str, str]]:
    with (ROOT / "sources/vintages.lock").open(encoding="utf-8", newline="") as lines:
        return {(row["source"], row["series"]): row for row in csv.DictReader(lines)}


@cache
def shipped(source: str, series: str) -> list[dict[str, str]]:
    """The rows of a vintage or register, with the dimensions that do not vary."""
    if source in flagship().registers:  # its rows become figures by a rule
        answer = fetch.fetch(flagship().sources[source], series, layers=flagship().layers, store=flagship().store,
                             offline=True, as_of=date(2026, 11, 22), now="2026-11-22")
        figures = evidence.read(flagship(), answer).to_dicts()
        return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in figures]
    line = lock().get((source, series))
    if line is None:  # a register that people keep has no line in the lock
        line = {"fixed": "", "path": flagship().sources[source].file or ""}
    fixed = dict(pair.split("=", 1) for pair in line["fixed"].split(";") if pair)
    with (ROOT / "sources" / line["path"]).open(encoding="utf-8", newline="") as lines:
        return [fixed | row for row in csv.DictReader(lines)]


def selected(part: Selection) -> list[dict[str, str]]:
    """The headline rows of a selection that hold a figure (or a status, in the register of treaties)."""
    rows = (r for r in shipped(part.source, part.series) if all(r[d] == code for d, code in part.select.items()))
    return [r for r in rows if r.get("obs_value", r.get("action"))]


def with_data() -> Iterator[tuple[Indicator, Selection]]:
    for indicator in flagship().indicators.values():
        for part in flagship().selections(indicator):
            yield indicator, part


def areas_of(indicator: Indicator) -> set[str]:
    """Areas with a figure in every part."""
    parts = flagship().selections(indicator)
    return set.intersection(*({r["ref_area"] for r in selected(p)} for p in parts)) if parts else set()


# ------------------------------------------------------------------ the mandate


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("key", ["R2016-1", "R2016-2", "R2016-3", "R2016-4", "R2015-1", "R2018-1", "R2018-4",
                                 "R2018-5", "R2018-6"])
def test_the_mandate_is_quoted_word_for_word(key: str) -> None:
    if not SEEDS.is_dir():
        pytest.skip("the folder of reports is not here")
    (report,) = SEEDS.glob(f"{REPORTS[key.split('-')[0]]}_*.txt")
    said = squeezed(" ".join(LABELS.sub("", line) for line in report.read_text(encoding="utf-8").splitlines()))
    recommendation = flagship().recommendations[key]
    for quoted in (recommendation.text, *(a.text for a in (*recommendation.actions, *recommendation.asks))):
        assert squeezed(quoted) in said, quoted


def test_all_recommendations_of_2016_stand_here_with_every_ask_answered() -> None:
    first = [r for r in flagship().recommendations.values() if r.id.startswith("R2016-")]
    assert [(r.id, len(r.actions), len(r.asks)) for r in first] == [
        ("R2016-1", 2, 3), ("R2016-2", 1, 2), ("R2016-3", 2, 3), ("R2016-4", 2, 3)]
    answered = {a for i in flagship().indicators.values() for a in i.answers}
    assert [ask.id for r in first for ask in r.asks if ask.id not in answered] == []


def test_an_ask_is_part_of_the_sentence_its_recommendation_quotes() -> None:
    for recommendation in flagship().recommendations.values():
        quoted = re.findall("“([^”]+)”", " ".join(recommendation.notes))
        for ask in recommendation.asks:
            assert any(ask.text in sentence for sentence in quoted), ask.id


def test_indicators_that_no_recommendation_names_are_marked_as_ours() -> None:
    asks = {ask.id for r in flagship().recommendations.values() for ask in r.asks}
    said_to_be_named = [i for i in flagship().indicators.values() if i.added_by == "recommendation"]
    assert [i.id for i in said_to_be_named if not asks & {*i.answers}] == []


# ------------------------------------------------------------------ ids, files, targets


def test_ids_have_the_form_of_the_catalogue() -> None:
    for key in flagship().indicators:
        assert re.fullmatch(r"IND-\d\d[a-z]?", key)
    for key in flagship().recommendations:
        assert re.fullmatch(r"R20\d\dB?-\d+", key)


def test_an_indicator_stands_in_the_file_of_the_first_recommendation_it_answers() -> None:
    """indicators/R2016-1.yaml for what R2016-1 asks first; wider-compact.yaml for what only others ask."""
    files = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "indicators").glob("*.yaml")}
    for name, text in files.items():
        for key in re.findall(r"^  - id: (IND-\S+)", text, re.M):
            first = flagship().indicators[key].answers[0].split(".")[0]
            assert name == (first if first in files else "wider-compact"), f"{key} in {name}.yaml"


def test_targets_are_never_rewritten() -> None:
    """tests/data/targets.csv may only grow: a new target is added to it and below the old one in the declaration."""
    with (ROOT / "tests/data/targets.csv").open(encoding="utf-8", newline="") as lines:
        frozen = {(r["indicator"], float(r["value"]), r["period"], r["announced"]) for r in csv.DictReader(lines)}
    declared = {(i.id, t.value, t.period, t.announced) for i in flagship().indicators.values() for t in i.targets}
    assert frozen - declared == set(), "a target was changed or removed; put it back and add the new one below it"
    assert declared - frozen == set(), "a new target: add its line to tests/data/targets.csv"


def test_every_target_can_be_looked_up_and_every_absence_is_explained() -> None:
    for indicator in flagship().indicators.values():
        assert all(t.url and len(t.citation) > 30 for t in indicator.targets), indicator.id
        assert indicator.targets or indicator.no_target.endswith("."), indicator.id
        assert indicator.data or len(indicator.missing_note) > 40, indicator.id


# ------------------------------------------------------------------ what the figures may say


def test_figures_that_can_mean_two_things_carry_their_guard() -> None:
    for indicator in flagship().indicators.values():
        if indicator.direction is Direction.AMBIGUOUS and indicator.data:
            assert re.search(r"\b(may|can|moves|means|alone|no loss|beside)\b", indicator.reading), indicator.id


def test_police_counts_are_never_compared_and_never_coloured_alone() -> None:
    for indicator, part in with_data():
        counts = part.source in POLICE and part.select.get("measure") not in ("applications", "cards_issued")
        if counts:
            assert not indicator.comparable, indicator.id
            assert indicator.direction is Direction.AMBIGUOUS or indicator.numerator, indicator.id


# ------------------------------------------------------------------ figures behind the declarations


def test_what_the_indicators_select_is_shipped() -> None:
    for indicator, part in with_data():
        what = f"{indicator.id}: {part.source} {part.series}"
        kept_by_hand = flagship().sources[part.source].file
        assert kept_by_hand or (part.source, part.series) in lock(), f"{what} has no vintage"
        rows = shipped(part.source, part.series)
        if not rows and part.source in flagship().registers:
            continue  # it awaits entries
        for dimension, codes in [*((d, [c]) for d, c in part.select.items()), *part.breakdowns.items()]:
            assert dimension in rows[0], f"{what} has no dimension {dimension}"
            assert {*codes} <= {r[dimension] for r in rows}, f"{what} {dimension}"
        dimensions = {*rows[0]} & {*flagship().sources[part.source].series[part.series].dimensions}
        several = {d for d in dimensions if len({r[d] for r in rows}) > 1}
        assert several <= {*part.select}, f"{what}: choose one code of {several - {*part.select}}"
        assert areas_of(indicator) or part.source in flagship().registers, f"{what}: no area has a figure in every part"


def test_the_dimensions_a_source_declares_are_those_of_its_vintages() -> None:
    for source, series in lock():
        if lock()[source, series]["path"].startswith("vintages/"):
            declared = {*flagship().sources[source].series[series].dimensions}
            found = {*shipped(source, series)[0]} - {*ROW}
            assert found - {"freq", "unit"} == declared - {"freq", "unit"}, f"{source} {series}"


def test_at_least_seventy_five_indicators_of_fourteen_publishers_have_figures() -> None:
    supplied = [i for i in flagship().indicators.values() if areas_of(i)]
    publishers = {flagship().sources[p.source].publisher for i in supplied for p in flagship().selections(i)}
    assert len(supplied) >= 75
    assert len(publishers) >= 14


def number(indicator: Indicator) -> int:
    """Its number in the catalogue, where letters tell the series of one entry apart: IND-54a and IND-54b are 54."""
    return int(indicator.id.removeprefix("IND-")[:2])


def test_the_catalogue_is_complete() -> None:
    assert {*range(1, 61)} <= {number(i) for i in flagship().indicators.values()}


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What a run without a network has, read from the shipped files into an empty store."""
    own = project.load(ROOT)
    own.__dict__["store"] = tmp_path_factory.mktemp("store")  # where `cached_property` keeps it
    day = date(2026, 11, 22)
    return evidence.gather(own, own.indicators.values(), day, offline=True, now=day.isoformat())


def test_half_of_the_catalogue_has_figures_and_a_third_for_thirty_countries(gathered: Evidence) -> None:
    """Counted by number of the catalogue, which goes to 60, each with the indicator that reaches most countries."""
    assert gathered.reasons == {}
    figures = gathered.series.frame.filter(pl.col("obs_value").is_not_null(), breakdown=TOTAL)
    reached: dict[int, list[int]] = {}
    for (key,), of_one in figures.select("indicator", "ref_area").unique().group_by("indicator"):
        if (entry := number(flagship().indicators[str(key)])) <= 60:
            known = sum(area.kind(code) == "country" for code in of_one["ref_area"])
            reached.setdefault(entry, []).append(known)
    wide = sum(max(known) >= 30 for known in reached.values())
    assert len(reached) >= 30, sorted(reached)
    assert wide >= 15, reached
    said = f"60 numbers of the catalogue, {len(reached)} have figures for at least one area and {wide} for thirty"
    assert said in (ROOT / "README.md").read_text(encoding="utf-8")


# ------------------------------------------------------------------ what is not known first hand, and who is counted

#: entries of the catalogue that rest on facts seen second-hand, or on general knowledge
TAGGED = {1, 2, 3, 4, 6, 7, 8, 10, 13, 14, 15, 19, 20, 24, 30, 31, 33, 35, 36, 37, 38, 39, 41, 43, 44, 46, 50, 51, 52,
          53, 54, 55, 56, 57, 58, 59, 60}  # fmt: skip
#: entries that count people by status, ethnicity or as victims, whatever their source will be
PEOPLE = {5, 6, 10, 11, 13, 14, 15, 17, 18, 19, 20, 30, 31, 32, 33, 35, 36, 37, 38, 40, 55, 57, 58, 59}
#: dimensions by which somebody else may have said who a person is
ASSIGNED = {"citizen", "bias_motive", "ethnicity", "strand"}


def test_facts_that_nobody_confirmed_are_marked() -> None:
    marked = {number(i) for i in flagship().indicators.values() if i.unconfirmed}
    assert TAGGED - marked == set()
    for indicator in flagship().indicators.values():
        assert all(20 < len(text) < 260 and not text.endswith(".") for text in indicator.unconfirmed), indicator.id


def test_second_hand_facts_reach_the_reader_as_limits() -> None:
    nothing = Series(pl.DataFrame(schema=COLUMNS))
    sayer = Sayer(flagship(), flagship().words("en"), Evidence(nothing), (), Observations(nothing, ["DEU"]))
    for indicator in flagship().indicators.values():
        line = sayer.line(indicator, Assessment(indicator.id, "DEU", Status.NOT_ASSESSED, Reason.NO_DATA))
        said = [caveat for caveat in line.caveats if caveat.startswith("unconfirmed: ")]
        assert said == [f"unconfirmed: {text}" for text in indicator.unconfirmed]


def test_what_is_unsure_is_said_to_be_unsure() -> None:
    for indicator in flagship().indicators.values():
        assert indicator.confidence in ("V", "S") or indicator.unconfirmed, indicator.id


def test_the_metadata_of_an_edition_marks_what_nobody_confirmed() -> None:
    told = json.loads(edition.metadata(flagship(), Evidence(Series(pl.DataFrame(schema=COLUMNS)))))
    assert {number(flagship().indicators[key]) for key, i in told["indicators"].items() if i["unconfirmed"]} >= TAGGED
    assert [n for n, objective in told["gcm"].items() if objective["unconfirmed"]] == [str(n) for n in range(1, 12)]
    assert not told["sources"]["globalcit"]["licence"]["confirmed"]
    assert told["mandate"]["claims"]["M-2"]["confidence"] == "M"


def test_figures_under_a_licence_that_nobody_read_say_so_on_the_page(gathered: Evidence) -> None:
    sayer = Sayer(flagship(), flagship().words("en"), gathered, (), Observations(gathered.series, ["DEU"]))
    shown = {c.source: c.licence for i in flagship().indicators.values() if i.data for c in sayer.citations(i)}
    unread = {key for key in shown if not flagship().sources[key].licence.confirmed}
    assert {"globalcit", "ilo", "un_treaty_collection", "un_sdg", "world_bank"} <= unread
    assert [key for key in unread if "confirmed" not in shown[key]] == []


def test_whoever_is_counted_is_protected() -> None:
    """An indicator counts people where its entry of the catalogue is in PEOPLE, or its unit or numerator names some."""
    words = "people|persons|refugees|children|victims|adults|workers|holders|citizens|applicants|applications"
    named = re.compile(rf"\b({words})\b")
    for indicator in flagship().indicators.values():
        said = f"{indicator.unit} {indicator.numerator} {indicator.denominator}"
        if number(indicator) in PEOPLE or named.search(said):
            assert len(indicator.do_no_harm) > 60, f"{indicator.id} counts people: say how they are kept from harm"
            assert indicator.self_identification or not named.search(indicator.numerator), indicator.id


def test_every_indicator_says_what_it_is_for() -> None:
    purposes = Counter(i.purpose for i in flagship().indicators.values())
    assert all(len(purpose) > 60 for purpose in purposes)
    assert max(purposes.values()) <= 5, "one sentence for all says nothing"


def test_a_share_says_of_what_and_a_count_what_is_counted() -> None:
    for indicator in flagship().indicators.values():
        if indicator.scale in ("percent", "rate", "ratio"):
            assert indicator.numerator and indicator.denominator, indicator.id
        if indicator.scale in ("count", "difference", "money", "duration"):
            assert indicator.numerator, indicator.id


#: entries of the catalogue that are an indicator of the Sustainable Development Goals
SDG = {8: "10.3.1", 15: "16.3.1", 41: "4.7.1", 44: "10.7.2", 52: "16.a.1", 54: "10.c.1", 55: "10.7.3", 56: "8.8.2",
       57: "16.2.2", 60: "16.9.1"}  # fmt: skip


def test_the_frameworks_are_named() -> None:
    assert [i.id for i in flagship().indicators.values() if not i.gcm] == []
    for entry, code in SDG.items():
        assert any(code in i.sdg for i in flagship().indicators.values() if number(i) == entry), (entry, code)


def schema_of(path: str) -> str:
    """The schema of docs/schema/ a declaration follows, by where it stands."""
    if path == "indicators.yaml":
        return "indicators"
    if path.startswith("sources/frameworks/"):
        return "framework" if path.endswith("/gcm.yaml") else "crosswalk"
    if path.startswith("sources/"):
        return "register" if path.startswith("sources/registers/") else "source"
    return "included"


def test_an_editor_is_told_the_schema_of_every_declaration() -> None:
    folders = [(ROOT / name).rglob("*.yaml") for name in ("indicators", "mandate", "sources")]
    found = [ROOT / "indicators.yaml", *chain(*folders)]
    assert len(found) > 60
    for path in found:
        first = path.read_text(encoding="utf-8").split("\n")[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        wanted = ROOT / f"docs/schema/{schema_of(path.relative_to(ROOT).as_posix())}.json"
        assert named != first, f"{path}: the first line names no schema"
        assert (path.parent / named).resolve() == wanted and wanted.is_file(), path


def test_it_is_said_who_put_a_person_into_a_group() -> None:
    for indicator, part in with_data():
        if ASSIGNED & {*part.select, *part.breakdowns}:
            assert indicator.self_identification, indicator.id


def test_every_scorecard_has_figures_to_show() -> None:
    for code in flagship().scorecards:
        have = [i.id for i in flagship().indicators.values() if code in areas_of(i)]
        assert len(have) >= (5 if code in flagship().places and flagship().places[code].country else 15), (code, have)


#: what a role may rest on: the words, and the figure they must agree with
BASES = {
    r"refugees hosted": ("unhcr", "population", {"population_type": "refugees", "time_period": "2025"}),
    r"asylum applications pending": (
        "unhcr", "population", {"population_type": "asylum_seekers", "time_period": "2025"}),
    r"other people in need": ("unhcr", "population", {"population_type": "oip", "time_period": "2025"}),
    r"refugees from the country": ("unhcr", "population_origin", {"time_period": "2025"}),
    r"people on the move": ("un_sdg", "SM_DTH_MIGR", {"time_period": "2022"}),
    r"cards issued": ("nyc_open_data", "rtmc-bhid", {"measure": "cards_issued", "time_period": "2015"}),
    r"% of GDP": ("world_bank", "BX.TRF.PWKR.DT.GD.ZS", {"time_period": "2021"}),
}


def test_the_role_of_every_scorecard_area_agrees_with_a_shipped_figure() -> None:
    for code in flagship().scorecards:
        roles = flagship().places[code].roles
        assert roles, code
        for role in roles:
            claims = re.findall(r"([\d,]+(?:\.\d)?) (" + "|".join(BASES) + ")", role.basis)
            assert claims, role.basis
            for said, words in claims:
                source, series, where = BASES[words]
                (row,) = (r for r in shipped(source, series)
                          if r["ref_area"] == code and all(r[k] == v for k, v in where.items()))
                decimals = 1 if "." in said else 0
                assert f"{float(row['obs_value']):,.{decimals}f}" == said, f"{code}: {role.basis}"
            assert all(BASES[words][2]["time_period"] in role.basis for _, words in claims), role.basis


def test_what_is_about_people_says_how_they_are_kept_from_harm_and_who_says_they_belong() -> None:
    for i in flagship().indicators.values():
        assert not i.people or (i.do_no_harm and i.self_identification), i.id
    laws = [i for i in flagship().indicators.values() if i.scale == "binary"]
    assert laws and not any(i.people for i in laws), "a law is no person"


def test_deaths_are_never_coloured() -> None:
    """Better recording raises them and recording that stops lowers them: both read the wrong way round."""
    for key in ("IND-55a", "IND-55b"):
        one = flagship().indicators[key]
        assert one.direction is Direction.AMBIGUOUS and one.companions == ["IND-55c"] and one.reading, key
    assert flagship().indicators["IND-55c"].missing, "how much is recorded is not known, and said to be missing"


def test_a_law_that_changed_after_the_day_of_its_figure_is_declared() -> None:
    for key in ("IND-53b", "IND-53c"):
        one = flagship().indicators[key]
        event = one.event("DEU", "2024")
        assert event and event.on == date(2024, 6, 27) and event.source and event.url, key
        assert one.event("DEU", "2025") is None and one.event("FRA", "2024") is None


def test_gaps_between_groups_end_at_parity_and_ask_for_more_than_noise() -> None:
    gaps = [i for i in flagship().indicators.values()
            if i.scale == "difference" and i.unit == "percentage points" and i.direction is Direction.DOWN_GOOD]
    assert len(gaps) >= 7
    assert all(i.parity == 0 and i.least_change and i.least_change.by == 3 for i in gaps)
    assert flagship().indicators["IND-36b"].direction is Direction.CONTEXT_ONLY, "100 is no goal promised"


def test_every_treaty_is_held_to_the_same_age() -> None:
    assert len({i.max_age for key, i in flagship().indicators.items() if key.startswith("IND-50")}) == 1


def test_large_countries_of_destination_are_so_by_their_migrants_not_by_refugees_alone() -> None:
    for code in ("AUS", "CAN", "DEU", "SWE", "USA"):
        (role,) = (r for r in flagship().places[code].roles if r.role == "destination")
        assert "% of the population (UN DESA, 2024" in role.basis and role.as_of == "2024", code
        assert role.confidence == "V2" and "unconfirmed" in role.basis, code


def test_a_state_that_counts_every_second_year_is_not_judged_by_which_year_is_the_newest() -> None:
    said = {(r["ref_area"], r["time_period"]): r["obs_value"] for r in shipped("hcdata", "published")}
    assert [said["SWE", str(year)] for year in range(2018, 2024)] == ["2.0"] * 6
    assert [said["DNK", str(year)] for year in (2022, 2023)] == ["3.0", "2.0"], "what stops is seen, a year later"
