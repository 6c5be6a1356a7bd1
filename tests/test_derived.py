"""Indicators that are computed from other indicators, and indicators for some roles only: from the file to the page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from monitor import compose, run
from monitor.effect import readers
from monitor.errors import DefinitionError
from monitor.project import Project, load
from monitor.results import Assessment, Reason
from monitor.run import Judged
from monitor.scorecard import Scorecard
from tests import kept

AS_OF = date(2026, 11, 22)
ABOUT = """
about: {title: Made up, made_by: The tests, purpose: To test what is computed.}
scorecards: [DEU]
recommendations:
  - {id: T1, title: Safety, text: Be safe., source: Invented, year: 2016, date_certainty: stated,
     addressed_to: [states]}
"""
SOURCE = """
title: Invented figures
publisher: Invented
official: false
homepage: https://example.org/
licence: {name: CC0, confirmed: true}
citation: "{series}, {retrieved}, {url}"
reader: compact
series:
  crimes: {title: Crimes, unit: crimes}
  people: {title: People, unit: persons}
  part: {title: Some of them, unit: persons}
"""
#: crimes are a count of people that is guarded below 5; IND-2 is computed from it, IND-3 from that
CHAIN = {
    "IND-1": "scale: count, unit: crimes, disclosure: {k: 5}, data: {source: made, series: crimes}",
    "IND-2": "scale: rate, unit: crimes for each person, data: {parts: {crimes: {indicator: IND-1}, "
             "people: {source: made, series: people}}, formula: crimes / people}",
    "IND-3": "scale: rate, unit: crimes for each million, data: {parts: {each: {indicator: IND-2}}, "
             "formula: 1000000 * each}",
}


def project(
    folder: Path, indicators: Mapping[str, str], figures: Mapping[str, str], areas: str = "", strict: bool = True
) -> Project:
    """Figures as ``DEU 2020 5 P``, by series; each indicator as the keys in which it differs."""
    lock = ["path,sha256,bytes,rows,source,series,unit,fixed,retrieved,url,origin,origin_sha256,licence,publisher,"
            "citation,first_period,last_period,areas"]
    (folder / "sources/vintages/made").mkdir(parents=True)
    for name, text in figures.items():
        rows = [line.split() for line in text.split(";")]
        lines = [",".join([*row, ""][:4]).replace("-,", ",") for row in rows]
        body = "\n".join(["ref_area,time_period,obs_value,obs_status", *lines, ""]).encode()
        (folder / f"sources/vintages/made/{name}.csv").write_bytes(body)
        lock.append(f"vintages/made/{name}.csv,{hashlib.sha256(body).hexdigest()},{len(body)},{len(rows)},made,{name},,,"
                    "2025-06-30,https://example.org/,invented,,CC0,Invented,Invented,2015,2025,1")
    (folder / "sources/vintages.lock").write_text("\n".join(lock) + "\n")
    (folder / "sources/made.yaml").write_text(SOURCE)
    told = [
        f"  - {{id: {key}, title: Made up, definition: Invented., answers: [T1], kind: outcome, direction: down_good,\n"
        f"     no_target: None., max_age: P20Y, {more}}}" for key, more in indicators.items()]
    (folder / "indicators.yaml").write_text("\n".join([ABOUT, areas, "indicators:", *told, ""]))
    return load(folder, strict=strict)


def judged(made: Project, *indicators: str, area: str = "DEU") -> Judged:
    wanted = [made.indicators[key] for key in indicators] or None
    return run.assess(made, as_of=AS_OF, now="2026-11-22T12:00:00+00:00", areas=[area], indicators=wanted, offline=True)


def reasons(found: Judged) -> dict[str, Reason | None]:
    return {a.indicator: a.reason for a in found.assessments}


def cells(found: Judged, key: str) -> list[tuple[str, float | None, str]]:
    return found.evidence.series.of(key).frame.select("time_period", "obs_value", "obs_status").rows()


def page(made: Project, found: Judged, area: str) -> Scorecard:
    words, known = made.words("en"), found.evidence
    card, = compose.compose(made, words, known, found.assessments, found.findings, [area], AS_OF, "e")
    return card


# ------------------------------------------------------------------ figures


def test_an_indicator_is_computed_from_one_that_is_computed_with_the_flags_of_both(tmp_path: Path) -> None:
    figures = {"crimes": "DEU 2019 10; DEU 2020 20 P; DEU 2021 30", "people": "DEU 2020 1000; DEU 2021 1000 B"}
    found = judged(project(tmp_path, CHAIN, figures), "IND-3")
    assert cells(found, "IND-3") == [("2020", 20_000.0, "P"), ("2021", 30_000.0, "B")]
    assert reasons(found) == {"IND-3": Reason.NOT_COMPARABLE}, "only what was asked for is judged; the break counts"


def test_every_source_behind_it_is_cited(tmp_path: Path) -> None:
    made = project(tmp_path, CHAIN, {"crimes": "DEU 2020 20", "people": "DEU 2020 1000"})
    card = page(made, judged(made), "DEU")
    cited = {line.id: [c.series for c in line.citations] for line in card.lines()}
    assert cited == {"IND-1": ["crimes"], "IND-2": ["people", "crimes"], "IND-3": ["people", "crimes"]}


def test_a_register_below_is_found(tmp_path: Path) -> None:
    made = kept.project(tmp_path, kept.table())
    one = made.indicators["CARD-1"]
    data = one.model_validate({**one.model_dump(), "id": "SUM", "data": {
        "parts": {"cards": {"indicator": "CARD-1"}}, "formula": "2 * cards"}})
    made.indicators["SUM"] = data
    assert readers(made, made.registers["cards"]) == ["CARD-1", "CARD-2", "SUM"]
    assert [a.reason for a in judged(made, "SUM", area="KEN").assessments] == [Reason.AWAITING_ENTRIES]


# ------------------------------------------------------------------ reasons


@pytest.mark.parametrize(("figures", "expected"), [
    ({"crimes": "DEU 2020 20", "people": "DEU 2020 0"}, [None, Reason.DIVISION_BY_ZERO, Reason.MISSING_INPUT]),
    ({"crimes": "DEU 2020 20", "people": "DEU 2021 9"}, [None, Reason.PERIODS_DIFFER, Reason.MISSING_INPUT]),
    ({"crimes": "DEU 2020 20", "people": "FRA 2020 9"}, [None, Reason.MISSING_INPUT, Reason.MISSING_INPUT]),
    ({"crimes": "FRA 2020 20", "people": "FRA 2020 9"}, [Reason.NO_DATA] * 3),
    ({"crimes": "DEU 2020 3", "people": "DEU 2020 9"}, [Reason.SUPPRESSED] * 3),
    ({"crimes": "DEU 2020 20"}, [None, Reason.UNAVAILABLE, Reason.UNAVAILABLE]),
    ({"crimes": "DEU 2020 20", "people": "DEU 2030 9"}, [None, Reason.MISSING_INPUT, Reason.MISSING_INPUT]),
])
def test_what_has_no_figure_says_why(tmp_path: Path, figures: dict[str, str], expected: list[Reason | None]) -> None:
    found = reasons(judged(project(tmp_path, CHAIN, figures)))
    found["IND-1"] = None if found["IND-1"] in (Reason.SMALL_NUMBERS, Reason.TOO_FEW_POINTS) else found["IND-1"]
    assert list(found.values()) == expected


def test_an_input_without_public_figures_is_a_missing_one(tmp_path: Path) -> None:
    chain = {**CHAIN, "IND-1": "scale: count, unit: crimes, missing: needs_register"}
    found = judged(project(tmp_path, chain, {"people": "DEU 2020 1000"}))
    assert reasons(found) == {
        "IND-1": Reason.NEEDS_REGISTER, "IND-2": Reason.MISSING_INPUT, "IND-3": Reason.MISSING_INPUT}


@pytest.mark.parametrize("asked", [(), ("IND-3",)])
def test_a_check_that_fails_on_an_input_withholds_what_is_computed(tmp_path: Path, asked: tuple[str, ...]) -> None:
    """Also where only the computed one was asked for."""
    chain = {**CHAIN, "IND-1": CHAIN["IND-1"] + ", bounds: [0, 100], checks: {bounds: {}}"}
    figures = {"crimes": "DEU 2019 20; DEU 2020 900", "people": "DEU 2019 1000; DEU 2020 1000"}
    found = judged(project(tmp_path, chain, figures), *asked)
    assert set(reasons(found).values()) == {Reason.FAILED_CHECK}
    message = next(f.message for f in found.findings if f.indicator == "IND-3")
    assert message.startswith("Of IND-1, from which this is computed: ")


# ------------------------------------------------------------------ small counts


def test_what_is_withheld_of_an_input_comes_back_in_nothing_that_is_computed_from_it(tmp_path: Path) -> None:
    figures = {"crimes": "DEU 2019 50; DEU 2020 3", "people": "DEU 2019 1000; DEU 2020 1000"}
    more = {"IND-4": "scale: count, unit: crimes, disclosure: none, "
                     "data: {parts: {a: {indicator: IND-1}}, formula: a + 1}"}
    found = judged(project(tmp_path, CHAIN | more, figures))
    for key in ("IND-1", "IND-2", "IND-3", "IND-4"):
        assert cells(found, key)[-1] == ("2020", None, "Q"), key
        assert cells(found, key)[0][1] is not None, key


@pytest.mark.parametrize(("guard", "gone"), [("disclosure: {k: 5}", True), ("disclosure: none", False)])
def test_a_small_count_that_a_formula_gives_is_withheld_like_any_other(tmp_path: Path, guard: str, gone: bool) -> None:
    """100 and 98 are both large; that two are left is as much of a small count as two that somebody published."""
    left = {"IND-1": f"scale: count, unit: persons, {guard}, data: {{parts: {{all: {{source: made, series: people}}, "
                     "some: {source: made, series: part}}, formula: all - some}",
            "IND-2": "scale: rate, unit: persons, data: {parts: {left: {indicator: IND-1}}, formula: left / 10}"}
    figures = {"people": "DEU 2019 100; DEU 2020 100", "part": "DEU 2019 100; DEU 2020 98"}
    found = judged(project(tmp_path, left, figures))
    assert cells(found, "IND-1") == [("2019", 0.0, "A"), ("2020", None, "Q") if gone else ("2020", 2.0, "A")]
    assert cells(found, "IND-2")[-1] == (("2020", None, "Q") if gone else ("2020", 0.2, "A"))


def test_without_a_rule_it_is_withheld_in_cities(tmp_path: Path) -> None:
    left = {"IND-1": "scale: count, unit: persons, data: {parts: {all: {source: made, series: people}, "
                     "some: {source: made, series: part}}, formula: all - some}"}
    areas = "areas: {DEBER: {name: Berlin, country: DEU}}"
    figures = {"people": "DEU 2020 100; DEBER 2020 100", "part": "DEU 2020 98; DEBER 2020 98"}
    made = project(tmp_path, left, figures, areas)
    assert cells(judged(made, area="DEBER"), "IND-1") == [("2020", None, "Q"), ("2020", 2.0, "A")]


# ------------------------------------------------------------------ what is broken


def test_what_is_computed_from_a_circle_falls_with_it_and_the_rest_serves(tmp_path: Path) -> None:
    ring = {
        "IND-1": "scale: rate, unit: x, data: {parts: {a: {indicator: IND-2}}, formula: a / 2}",
        "IND-2": "scale: rate, unit: x, data: {parts: {a: {indicator: IND-1}}, formula: a / 2}",
        "IND-3": "scale: rate, unit: x, data: {parts: {a: {indicator: IND-1}}, formula: a / 2}",
        "IND-4": "scale: rate, unit: x, data: {parts: {a: {indicator: IND-3}}, formula: a / 2}",
        "IND-5": "scale: count, unit: persons, data: {source: made, series: people}",
    }
    with pytest.raises(DefinitionError, match="IND-1 -> IND-2 -> IND-1"):
        project(tmp_path / "strict", ring, {"people": "DEU 2020 9"})
    made = project(tmp_path / "not", ring, {"people": "DEU 2020 9"}, strict=False)
    assert list(made.indicators) == ["IND-5"]
    assert any("(IND-4) data.parts.a.indicator: left out, as its indicator 'IND-3' is." in p for p in made.problems)


# ------------------------------------------------------------------ roles

ROLES = """
areas:
  BGD: {roles: [{role: origin, basis: "remittances are 5.3 % of GDP", as_of: 2021}]}
  DEU: {roles: [{role: destination, basis: many arrive}, {role: transit, basis: many pass}]}
"""
FOR_SOME = {
    "IND-1": "scale: count, unit: persons, data: {source: made, series: people}, applies_to_roles: [destination]",
    "IND-2": "scale: count, unit: persons, data: {source: made, series: people}, "
             "applies_to_roles: [origin, destination]",
    "IND-3": "scale: count, unit: persons, data: {source: made, series: people}, applies_to: [places, DEU]",
}
PEOPLE = {"people": "; ".join(f"{code} {year} {year}00" for code in ("BGD", "DEU", "KEN") for year in (2015, 2024))}


def applies(found: list[Assessment]) -> set[str]:
    return {a.indicator for a in found if a.reason is not Reason.NOT_APPLICABLE}


@pytest.mark.parametrize(("code", "meant"), [
    ("BGD", {"IND-2"}), ("DEU", {"IND-1", "IND-2", "IND-3"}), ("KEN", {"IND-1", "IND-2"})])
def test_roles_select_and_an_area_without_a_role_is_not_left_out(tmp_path: Path, code: str, meant: set[str]) -> None:
    assert applies(judged(project(tmp_path, FOR_SOME, PEOPLE, ROLES), area=code).assessments) == meant


def test_what_does_not_apply_has_its_cause_and_is_no_gap(tmp_path: Path) -> None:
    made = project(tmp_path, FOR_SOME, PEOPLE, ROLES)
    found = judged(made, area="BGD")
    card = page(made, found, "BGD")
    assert [(i, why) for i, _, why in card.outside] == [
        ("IND-1", "counts for countries of destination; Bangladesh is recorded as a country of origin"
                  "; basis: remittances are 5.3 % of GDP (2021)"),
        ("IND-3", "only for cities and regions and Germany"),
    ]
    assert [line.id for line in card.lines()] == ["IND-2"]
    assert [(c.key, c.number) for c in card.counts] == [("backwards", 1)]
    assert not card.missing
    block, = card.blocks
    assert block.coloured
    assert block.coverage.startswith("1 of 1 ")
    assert card.roles == ("origin: remittances are 5.3 % of GDP (2021)",)


def test_a_page_of_an_area_without_a_role_says_that_nothing_was_left_out(tmp_path: Path) -> None:
    made = project(tmp_path, FOR_SOME, PEOPLE, ROLES)
    found = judged(made, area="KEN")
    card = page(made, found, "KEN")
    assert card.roles == (made.words("en")("outside.none"),)
    assert [i for i, *_ in card.outside] == ["IND-3"]
