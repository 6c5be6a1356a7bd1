"""Registers: every one is a pair with a codebook; rows become judgements or reasons; nothing written is lost."""

from __future__ import annotations

import csv
import importlib.util
import io
import multiprocessing
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import account, append, codebook, curation, entries, evidence, fetch, privacy, registers, run
from monitor.errors import DefinitionError, SourceUnavailable, UnreadableData
from monitor.project import Project, load
from monitor.registers import Agreement, Register
from monitor.results import Assessment, Level
from monitor.told import Asked
from tests import kept

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / registers.FOLDER
AS_OF = date(2026, 11, 22)
FLAGSHIP = load(ROOT)
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
#: the registers the catalogue of indicators names
NAMED = {
    "law", "budget", "plan", "participation", "commit", "recs", "media", "mediasample", "dialogue", "campaign",
    "speech", "hcdata", "firewall", "cityid", "leaders", "curriculum", "outreach", "practices", "dualcitizenship",
    "hate_crime_odihr", "treaties",
}


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def judged(project: Project) -> dict[tuple[str, str], Assessment]:
    found = run.assess(project, as_of=AS_OF, now="2026-11-22T00:00:00+00:00", offline=True)
    return {(a.indicator, a.ref_area): a for a in found.assessments}


# ------------------------------------------------------------------ the registers of the flagship


def test_every_register_of_the_catalogue_is_there() -> None:
    assert {*NAMES} >= NAMED
    assert {*FLAGSHIP.registers} == {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_register_is_a_pair_with_a_codebook(name: str) -> None:
    register = FLAGSHIP.registers[name]
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        assert {*next(csv.reader(lines))} == {column.name for column in register.header()}
    assert len(register.examples) >= 2
    assert all(len(e.case) > 20 and len(e.decision) > 20 for e in register.examples)
    page = codebook.page(register, rows(name))
    assert [part in page for part in ("## What counts", "## What does not", "## Worked examples")] == [True] * 3
    assert all(column.means or column.codes for column in register.columns), "a column nobody explains"
    assert register.question.endswith("?")


@pytest.mark.parametrize("name", NAMES)
def test_every_row_passes_the_door_and_the_curator(name: str) -> None:
    text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    found = curation.remarks(
        FLAGSHIP.registers[name], text, AS_OF, FLAGSHIP.lines, FLAGSHIP.hidden, (), FLAGSHIP.bodies, FLAGSHIP.ordinary)
    assert [r.sentence for r in found if r.level is not Level.WARNING or "archived_url" not in r.sentence] == []


def test_three_items_of_hcdata_are_what_the_official_data_say() -> None:
    spec = importlib.util.spec_from_file_location("derive_hcdata", ROOT / "tools/derive_hcdata.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    header = [*rows("hcdata")[0]]
    assert tool.rows(rows("hcdata"), rows("hate_crime_odihr"), header) == rows("hcdata"), "run tools/derive_hcdata.py"
    austria = {row["date_from"]: row for row in rows("hcdata") if row["ref_area"] == "AUT"}
    assert [austria["2009"][c] for c in tool.ITEMS.values()] == ["yes", "no", "no"]
    assert {row["bias_named"] + row["victim_survey"] for row in rows("hcdata")} == {""}, "nobody has looked yet"


def test_the_one_in_eight_stands_as_a_baseline_with_its_interval() -> None:
    frame = read(FLAGSHIP, "mediasample", "quoting")
    (row,) = frame.filter(ref_area="GBR", time_period="2014").to_dicts()
    assert (round(row["obs_value"], 1), round(row["lower_bound"], 1), round(row["upper_bound"], 1)) == (12.0, 9.6, 14.9)


def test_commitments_of_the_mandate_are_followed_one_by_one() -> None:
    followed = {row["commitment"] for row in rows("commit")}
    assert {"C2015-1", *(f"C2016-{n}" for n in range(1, 5)), *(f"C2018-{n}" for n in range(1, 8))} <= followed
    assert read(FLAGSHIP, "commit", "kept_in_time").is_empty(), "unknown is neither kept nor broken"


def test_a_card_that_proves_no_identity_is_not_counted_as_one() -> None:
    frame = read(FLAGSHIP, "cityid", "schemes")
    assert {*frame["ref_area"]} == {"USA"}, "Paris and Barcelona are kept, and are no identity cards"
    assert frame.filter(time_period="2007")["obs_value"].to_list() == [1]
    assert frame["obs_value"].max() == len({r["programme"] for r in rows("cityid") if r["kind"] == "card"})


def read(project: Project, source: str, series: str) -> pl.DataFrame:
    answer = fetch.fetch(project.sources[source], series, layers=project.layers, store=project.store, offline=True,
                         as_of=AS_OF, now="2026-11-22")
    return evidence.read(project, answer)


def test_a_register_that_a_source_reads_is_no_second_source() -> None:
    assert "hate_crime_odihr" not in FLAGSHIP.sources
    assert FLAGSHIP.sources["odihr"].options["columns"]
    assert FLAGSHIP.sources["odihr"].series["hate_crime_odihr"].options["rule"]["rule"] == "value"
    assert FLAGSHIP.sources["cityid"].file == "registers/cityid.csv"


# ------------------------------------------------------------------ from rows to judgements


def test_an_empty_register_awaits_entries_and_is_never_zero(tmp_path: Path) -> None:
    found = judged(kept.project(tmp_path, kept.table()))
    assert {a.reason for a in found.values()} == {"awaiting_entries", "not_applicable"}
    assert found["CARD-1", "DEU"].value is None
    assert found["CARD-2", "KEN"].reason == "not_applicable", "the area is outside applies_to"


def test_an_area_without_entries_awaits_them_while_others_are_judged(tmp_path: Path) -> None:
    found = judged(kept.project(tmp_path, kept.table({})))
    assert found["CARD-1", "KEN"].reason == "awaiting_entries"
    assert (found["CARD-1", "DEU"].value, found["CARD-1", "DEU"].time_period) == (1, "2024")
    assert found["CARD-2", "DEU"].value == 2


def test_a_register_that_counts_people_withholds_small_counts_without_being_told(tmp_path: Path) -> None:
    """The default: below 5 people nothing is printed, and acts, of which 1 hurts nobody, are."""
    register = kept.REGISTER + "  people: {rule: count, title: People, unit: people, many: issued}\n"
    project = kept.project(tmp_path, kept.table(
        {"issued": "3"}, {"id": "B", "city": "Bonn", "ref_area": "KEN", "issued": "250"}), register)
    more = kept.INDICATOR.format(id="CARD-3", series="people", areas="countries, places")
    path = tmp_path / "indicators.yaml"
    text = path.read_text(encoding="utf-8").replace("scorecards: [DEU, KEN]", "scorecards: [DEU, KEN, DEBER]\nareas: "
                                                    "{DEBER: {name: Berlin, country: DEU}}")
    acts = text.replace("unit: cards,", "unit: cards, disclosure: none,")  # else whatever a city counts is guarded
    path.write_text(acts + more, encoding="utf-8")
    rows = tmp_path / "sources/registers/cards.csv"
    rows.write_text(rows.read_text(encoding="utf-8") + kept.table(
        {"id": "C", "ref_area": "DEBER", "issued": "2"}).split("\n", 1)[1], encoding="utf-8")
    project = load(tmp_path)
    out = tmp_path / "out"
    run.run(project, as_of=AS_OF, now="2026-11-22T00:00:00+00:00", offline=True, formats=("data",), out=out)
    found = judged(project)
    assert {code: (found["CARD-3", code].value, found["CARD-3", code].reason) for code in ("DEU", "DEBER")} == {
        "DEU": (None, "suppressed"), "DEBER": (None, "suppressed")}
    assert found["CARD-3", "KEN"].value == 250
    assert found["CARD-1", "DEU"].value == 1, "programmes are no people"
    lines = [line for line in csv.DictReader((out / "data/observations.csv").open(encoding="utf-8"))
             if line["indicator"] == "CARD-3"]
    printed = {(line["ref_area"], line["obs_value"], line["obs_status"]) for line in lines}
    assert {(code, value.removesuffix(".0"), flag) for code, value, flag in printed} == {
        ("DEU", "", "Q"), ("DEBER", "", "Q"), ("KEN", "250", "A")}


def test_what_a_government_answered_stands_on_its_card_with_date_and_page(tmp_path: Path) -> None:
    """Empty, asked, answered: what is newest counts, nothing before its day, and no government speaks for another."""
    words = FLAGSHIP.words("en")
    (none, *_) = account.questions(FLAGSHIP, words, "DEU", AS_OF)
    assert none.answer.startswith("No answer is on record here.") and (none.said, none.url) == ("", "")
    columns = [c.name for c in FLAGSHIP.registers["answers"].header()]
    first = {"id": "A-1", "ref_area": "KEN", "date_from": "2024-03-01", "question": "Q2018-1", "office": "a ministry",
             "asked_by": "a network", "state": "asked", "state_on": "2024-03-01", "source_url": "https://www.iana.org/a",
             "retrieved_on": "2024-03-01", "confidence": "high"}
    answer = {"id": "A-2", "state": "answered", "state_on": "2024-03-20", "text": "Wir fragen alle.", "language": "de",
              "source_url": "https://www.iana.org/b", "supersedes": "A-1"}
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows([first, {**first, **answer}])
    path = tmp_path / "sources/registers/answers.csv"
    path.parent.mkdir(parents=True)
    path.write_text(out.getvalue(), encoding="utf-8")
    asked = replace(FLAGSHIP, layers=(tmp_path, *FLAGSHIP.layers))
    assert curation.remarks(FLAGSHIP.registers["answers"], out.getvalue(), AS_OF, FLAGSHIP.mandate.ids())[0].line == 0

    def told(code: str, on: date) -> Asked:
        return next(q for q in account.questions(asked, words, code, on) if q.id == "Q2018-1")

    assert told("KEN", AS_OF) == Asked(
        "Q2018-1", none.text if none.id == "Q2018-1" else told("DEU", AS_OF).text,
        "Asked by a network on 1 March 2024; a ministry answered on 20 March 2024:", "Wir fragen alle.",
        "https://www.iana.org/b", "de")
    assert told("DEU", AS_OF).answer == none.answer
    before = told("KEN", date(2024, 3, 10)).answer
    assert before == "Asked by a network on 1 March 2024; a ministry has not answered yet."
    path.write_text(out.getvalue().replace("answered", "promised"), encoding="utf-8")
    assert told("KEN", AS_OF).answer.startswith("The register of answers cannot be read.")


def test_a_ragged_row_is_set_aside_with_its_area_and_the_other_errors_are_told_too(tmp_path: Path) -> None:
    text = kept.table({}, {"id": "CARDS-KEN-001", "ref_area": "KEN"}, {"id": "CARDS-FRA-001", "ref_area": "FRA"})
    text = text.replace("CARDS-KEN-001,KEN,", "CARDS-KEN-001,KEN,a comma too many,")
    project = kept.project(tmp_path, text.replace("CARDS-FRA-001,FRA,,2019", "CARDS-FRA-001,FRA,,soon"))
    said = [r.sentence for r in curation.remarks(project.registers["cards"], (tmp_path / "sources/registers/cards.csv")
                                                 .read_text(encoding="utf-8"), AS_OF) if r.level is Level.ERROR]
    assert [one.split(": ")[0].rpartition("/")[2] for one in said] == ["cards.csv:3", "cards.csv:4"]
    found = judged(project)
    assert found["CARD-1", "DEU"].value == 1
    assert found["CARD-1", "KEN"].reason == "unreadable"


def test_an_item_nobody_coded_leaves_the_score_open(tmp_path: Path) -> None:
    found = judged(kept.project(tmp_path, kept.table({"data_safe": ""})))
    assert found["CARD-2", "DEU"].reason == "awaiting_entries"
    assert found["CARD-1", "DEU"].value == 1


@pytest.mark.parametrize(("row", "lost"), [
    ("CARDS-KEN-001", {"KEN"}),
    ("ROW-1", {"DEU", "KEN"}),  # nobody knows whose row it is
])
def test_a_wrong_row_costs_the_figures_of_its_area_and_of_no_other(tmp_path: Path, row: str, lost: set[str]) -> None:
    project = kept.project(tmp_path, kept.table({}, {"id": row, "ref_area": "Kenya"}))
    assert project.problems == ()
    found = run.assess(project, as_of=AS_OF, now="2026-11-22", offline=True)
    reasons = {(a.indicator, a.ref_area): a.reason for a in found.assessments if a.reason != "not_applicable"}
    assert {code for (_, code), reason in reasons.items() if reason == "unreadable"} == lost
    assert [f.message for f in found.findings if f.check == "declaration"] == found.evidence.wrong_rows != []
    said = " ".join(f.message for f in found.findings)
    assert "sources/registers/cards.csv:3: ref_area: found 'Kenya'" in said
    assert "Did you mean 'KEN'?" in said


@pytest.mark.parametrize(("old", "new", "says"), [
    ("column: open,", "column: opened,", "cards.yaml:2: rules programmes column: there is no column 'opened'"),
    ("distinct: city", "distinct: issued", "rules programmes distinct: 'issued' is a number, expected"),
    ("type: yes_no, judgement", "judgement", "a 'judgement' is a code or yes/no"),
    ("codes: {card: a card, app: an app}", "means: a card", "a column of type 'code' lists its 'codes'"),
    ("  - {case: A card for some., decision: open no.}\n", "", "examples: found a list of 1, expected 2"),
    ("rule: count", "rule: sum", "found 'sum', expected count, share, checklist, value or state"),
    ("items: [open, data_safe]", "column: open", "a checklist, and only a checklist, names its 'items'"),
    ("name: issued", "name: open", "the column 'open' is declared twice"),
    ("question:", "asks:", "'question' is missing (what it answers, in one sentence)"),
])
def test_a_wrong_declaration_names_its_file_line_and_fix(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        kept.project(tmp_path, kept.table(), kept.REGISTER.replace(old, new, 1))
    assert says in str(caught.value)


def test_a_declaration_without_rows_says_which_file_is_missing(tmp_path: Path) -> None:
    kept.project(tmp_path, kept.table())
    (tmp_path / "sources/registers/cards.csv").unlink()
    with pytest.raises(DefinitionError, match=r"cards\.yaml:1: there is no sources/registers/cards\.csv"):
        load(tmp_path)


# ------------------------------------------------------------------ two readers


def test_kappa_is_what_is_computed_by_hand() -> None:
    # 20 both yes, 5 yes-no, 10 no-yes, 15 both no: observed 0.7, expected 0.5, kappa 0.4
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert registers.kappa(pairs) == Agreement(50, pytest.approx(0.4))
    # three codes: observed 3/4, expected (2*1 + 1*2 + 1*1)/16 = 5/16, kappa 7/11
    assert registers.kappa([("a", "a"), ("a", "b"), ("b", "b"), ("c", "c")]).kappa == pytest.approx(7 / 11)
    assert registers.kappa([("y", "n"), ("n", "y")]).kappa == -1
    assert registers.kappa([("y", "y"), ("n", "n")]).kappa == 1


@pytest.mark.parametrize(("pairs", "why"), [
    ([], "0 rows coded by two people, 2 are needed"),
    ([("y", "y")], "1 row coded by two people, 2 are needed"),
    ([("y", "y")] * 3, "both gave one and the same answer throughout"),
])
def test_no_kappa_has_a_reason(pairs: list[tuple[str, str]], why: str) -> None:
    found = registers.kappa(pairs)
    assert found.kappa is None
    assert why in found.reason


def test_kappa_is_shown_on_the_codebook_page() -> None:
    register = kept.declared()
    pairs = (("yes", "yes"), ("yes", "no"), ("no", "no"), ("", "no"))
    twice = [{**kept.ROW, "open_1": a, "open_2": b} for a, b in pairs]
    assert registers.agreement(register, twice)["open"] == Agreement(3, pytest.approx(0.4))
    assert "Cohen's kappa 0.40 over 3 rows" in codebook.page(register, twice)
    assert "no kappa: 0 rows" in codebook.page(register, [])
    assert "its indicators await entries" in codebook.page(register, [])


# ------------------------------------------------------------------ the curator


def remarks(*changed: dict[str, str]) -> list[str]:
    names = privacy.Withheld((("salt", frozenset(privacy.lines("Marieke Testperson de Vries", "salt"))),))
    found = curation.remarks(kept.declared(), kept.table(*changed), AS_OF, {"T1", "CARD-1"}, names)
    assert all(f":{r.line}:" in r.sentence for r in found if r.line)
    return [f"{r.level} :{r.sentence.removeprefix('sources/registers/cards.csv:')}" for r in found]


def test_a_good_row_has_no_remarks() -> None:
    assert remarks({"linked_r": "T1", "quote": "The card is open to everybody."}) == []


@pytest.mark.parametrize(("changed", "says"), [
    ([{}, {"city": "Bonn"}], "error :2: id: found 'CARDS-DEU-001', expected an id no other row has."),
    ([{"source_url": ""}], "error :2: source_url: found '', expected something: no row without it."),
    ([{"ref_area": "ZZZ"}], "error :2: ref_area: found 'ZZZ'"),
    ([{"kind": "carte"}], "kind: found 'carte', expected card, app. Did you mean 'card'?"),
    ([{"supersedes": "CARDS-9"}], "error :2: supersedes: there is no row 'CARDS-9'."),
    ([{"supersedes": "CARDS-DEU-001"}], "supersedes: the row is replaced by itself in the end"),
    ([{}, {"id": "B", "supersedes": "CARDS-DEU-001"}, {"id": "C", "supersedes": "CARDS-DEU-001", "city": "Bonn"}],
     "warning :4: supersedes: 'CARDS-DEU-001' is already replaced by 'B'."),
    ([{"date_to": "2018"}], "error :2: date_to: found '2018', which is before date_from, '2019'"),
    ([{"date_from": "2027"}], "date_from: found '2027', which is after today, 2026-11-22. Correct the date."),
    ([{"retrieved_on": "2026-11-23"}], "error :2: retrieved_on: found '2026-11-23', which is after"),
    ([{}, {"id": "B"}], "warning :3: id: says the same as 'CARDS-DEU-001'."),
    ([{"archived_url": ""}], "warning : archived_url: 1 of 1 rows have no archived copy (lines 2)."),
    ([{"open_1": "no", "open_2": "no"}], "error :2: open: found 'yes', but both readers say 'no'."),
    ([{"open_1": "no", "open_2": "yes", "open": ""}], "warning :2: open: the readers disagree"),
    ([{"open_1": "no", "open_2": "yes"}], "agreement: the readers disagree on 'open' ('no', 'yes') and"),
    ([{"linked_r": "T2"}], "error :2: linked_r: 'T2' is no item of the mandate and no indicator here. Correct"),
    ([{"linked_r": "T1 CARDS-1"}], "'CARDS-1' is no item of the mandate and no indicator here. Did you mean 'CARD-1'?"),
    ([{"linked_gcm": "24"}], "error :2: linked_gcm: found '24', expected text of the form"),
    ([{"notes": "ask jane@example.org"}], "error :2: notes: holds what looks like an e-mail"),
    ([{"notes": "call +49 30 123 45 67"}], "error :2: notes: holds what looks like an e-mail"),
    ([{"notes": "so said Dr. Jane Example in June"}], "error :2: notes: 'Dr. J… E…' is the name of a person, and"),
    ([{"city": "Jane Example"}], "error :2: city: 'J… E…' looks like the name of a person, and"),
    ([{"city": "Dr. Jane Example"}], "error :2: city: 'Dr. J… E…' is the name of a person, and a register holds none"),
    ([{"notes": "Vries, Marieke told us"}], "error :2: notes: 'V…, M…' is the name of a private person, and is"),
    ([{}, {"id": "B", "city": "Bonn", "supersedes": "CARDS-DEU-01"}], "no row 'CARDS-DEU-01'. Did you mean"),
    ([{"source_url": "https://example.org/1"}], "error :2: source_url: found 'https://example.org/1', which is an "),
    ([{"archived_url": "http://10.0.0.1/x.html"}], "archived_url: found 'http://10.0.0.1/x.html', an address of a pri"),
    ([{"source_url": "http://wiki.local/page"}], "an address of a private network, which no reader can open"),
    ([{"source_url": "ftp://www.iana.org/x"}], "expected an address that begins with https:// and has no blanks"),
    ([{"coder_1": "Jane Example"}], "error :2: coder_1: found 'Jane Example', expected text"),
])
def test_the_curator_says_where_what_and_what_to_do(changed: list[dict[str, str]], says: str) -> None:
    assert [r for r in remarks(*changed) if says in r], remarks(*changed)


@pytest.mark.parametrize("text", [
    "The figure is 2,210,823 cards, of 2015-01-31 to 2024-06-30.", "Act 2016/17, article 4.2, ISO 3166-2",
    "Ministry of Interior and City Council", "5-20-2015", "A/RES/73/195 of 19 December 2018",
])
def test_figures_laws_and_offices_are_no_people(text: str) -> None:
    assert remarks({"notes": text, "city": "Municipality of " + text}) == []


@pytest.mark.parametrize("body", [
    "Minister of Interior", "Deputy Prime Minister", "Amnesty International", "Human Rights Watch", "Red Cross",
    "Rosa Luxemburg Stiftung", "Anna Lindh Foundation", "Save the Children", "New York", "San José", "mayor",
])
def test_offices_and_bodies_named_after_people_may_stand_where_no_person_may(body: str) -> None:
    assert remarks({"city": body}) == []


ORDINARY = privacy.ordinary(["somebody told us about the young mother, in grace"])


@pytest.mark.parametrize(("row", "says"), [
    ({"city": "Erika Mustermann told us about it, in the hall of the town and before many witnesses"},
     "error :2: city: 'E… M…'"),
    ({"notes": "Amina Otieno, a mother of three in Kibera"}, "warning :2: notes: 'A… O…' may be the name"),
    ({"notes": "Mr. Ahmed Karimi, an asylum seeker"}, "error :2: notes: 'Mr. A… K…' is the name of a person"),
    ({"notes": "Grace Young, Monday March, South Sudan"}, ""),  # ordinary words, the calendar, countries
])
def test_names_in_running_text_are_told_by_what_texts_never_write_small(row: dict[str, str], says: str) -> None:
    text = kept.table(row)
    found = [f"{r.level} :{r.line}: {r.sentence.split(': ', 1)[1]}" for r in curation.remarks(
        kept.declared(), text, AS_OF, ordinary=ORDINARY)]
    assert [one[:len(says)] for one in found] == ([says] if says else [])


def test_a_body_that_looks_like_a_person_is_declared_as_one() -> None:
    text = kept.REGISTER + "organisations: [Carta Blanca, Dr. Martin Club]\n"
    for name, right in (("Carta Blanca", True), ("Dr. Martin Club", True), ("Carla Blanca", False)):
        rows = kept.table({"city": name})
        assert (curation.remarks(kept.declared(text), rows, AS_OF) == []) is right
        register = kept.declared(text)
        frame, _ = entries.parse(rows, register.header(), "")
        assert entries.people(frame, register.header(), "", register.organisations) == []


def test_a_register_with_the_name_of_a_private_person_is_not_read_and_the_name_is_not_repeated(tmp_path: Path) -> None:
    names = "salt s\n" + "\n".join(privacy.lines("Marieke Testperson", "s"))
    (tmp_path / "mandate").mkdir()
    (tmp_path / privacy.FILE).write_text(names, encoding="utf-8")
    project = kept.project(tmp_path, kept.table({}, {"id": "B", "notes": "said MARIEKE TESTPERSON in June"}))
    judged = run.assess(project, as_of=AS_OF, now="2026-11-22T00:00:00+00:00", offline=True)
    assert {a.reason for a in judged.assessments if a.indicator == "CARD-1"} == {"unreadable"}
    (said,) = {f.message for f in judged.findings if f.check == "source"}
    assert said == "sources/registers/cards.csv:3: holds the name of a private person, and is withheld until it is " \
                   "taken out."


def test_an_email_in_a_row_keeps_the_register_from_being_read() -> None:
    with pytest.raises(DefinitionError, match=r"cards.csv:2: city: holds what looks like an e-mail"):
        entries.door(kept.table({"city": "j@iana.org"}), kept.declared().header(), "sources/registers/cards.csv")


def test_readers_who_hardly_agree_are_told_so() -> None:
    both = [("yes", "yes", "yes", "")] * 6 + [("yes", "yes", "no", "discussed"), ("no", "no", "yes", "third")] * 3
    said = remarks(*({"id": f"R-{n}", "city": f"City {n}", "open": settled, "open_1": a, "open_2": b, "agreement": how}
                     for n, (settled, a, b, how) in enumerate(both)))
    assert [r for r in said if "open: Cohen's kappa is -0.33 over 12 rows, expected 0.7 or more" in r], said


# ------------------------------------------------------------------ appending

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), width=st.integers(1, 4), end=st.sampled_from(["\n", "\r\n", "\r"]), bom=st.booleans(),
       quoted=st.booleans(), last=st.booleans())
def test_no_row_is_ever_lost(data: st.DataObject, width: int, end: str, bom: bool, quoted: bool, last: bool) -> None:
    header = [f"c{n}" for n in range(width)]
    row = st.lists(CELL, min_size=width, max_size=width)
    old = data.draw(st.lists(row, max_size=4))
    new = data.draw(st.lists(row, min_size=1, max_size=3))
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(out, lineterminator=end, quoting=quoting).writerows([header, *old])
    text = out.getvalue() if last else out.getvalue().removesuffix(end)
    body = (("\ufeff" if bom else "") + text).encode()
    before = entries.table(body.decode(), "x.csv")[1]
    try:
        after = append.grown(body, [dict(zip(header, cells, strict=True)) for cells in new], "x.csv")
    except UnreadableData as refused:  # said, and nothing was written
        assert "would not read as they were written" in str(refused)
        return
    assert after.startswith(body)
    assert [cells for _, cells in entries.table(after.decode(), "x.csv")[1]] == [*(cells for _, cells in before), *new]


def test_a_file_keeps_its_manner() -> None:
    grown = append.grown(b'\xef\xbb\xbf"id","note"\r\n"a","x, y"', [{"note": 'say "no"', "id": "b"}], "x.csv")
    assert grown == b'\xef\xbb\xbf"id","note"\r\n"a","x, y"\r\n"b","say ""no"""\r\n'
    assert append.grown(b"id,note\n", [{"id": "b"}], "x.csv") == b"id,note\nb,\n"
    with pytest.raises(DefinitionError, match="has no column why; it has id, note"):
        append.grown(b"id,note\n", [{"why": "b"}], "x.csv")
    with pytest.raises(UnreadableData, match="Look for a quotation mark"):
        append.grown(b'id,note\n"a,b\n', [{"id": "b"}], "x.csv")


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"id\na\n")
    with pytest.raises(DefinitionError, match="was changed by somebody else"):
        append.replace(path, b"id\n", b"id\nb\n", tmp_path / "lock")
    assert path.read_bytes() == b"id\na\n"
    assert [p.name for p in tmp_path.iterdir() if "adding" in p.name] == []


def test_a_stop_in_the_middle_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"id\na\n")

    def stop(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        append.replace(path, b"id\na\n", b"id\na\nb\n", tmp_path / "lock")
    assert {p.name for p in tmp_path.iterdir()} == {"x.csv", "lock"}
    assert path.read_bytes() == b"id\na\n"


def _hold(lock: Path, ready: object) -> None:
    with append.alone(lock):
        ready.set()  # type: ignore[attr-defined]
        time.sleep(20)


def test_two_writers_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append, "PATIENCE", 0.2)
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    other = context.Process(target=_hold, args=(tmp_path / "lock", ready))
    other.start()
    try:
        assert ready.wait(10)
        with pytest.raises(SourceUnavailable, match=f"Process {other.pid} is writing to the registers"):
            append.replace(tmp_path / "x.csv", None, b"id\na\n", tmp_path / "lock")
        assert not (tmp_path / "x.csv").exists()
    finally:
        other.kill()
        other.join()
    append.replace(tmp_path / "x.csv", None, b"id\na\n", tmp_path / "lock")  # the lock fell with its process
    assert (tmp_path / "x.csv").read_bytes() == b"id\na\n"


def test_a_register_is_checked_field_by_field_as_at_the_door() -> None:
    column = {c.name: c for c in kept.declared().header()}
    assert entries.wrong(column["open"], "maybe") == "found 'maybe', expected yes or no."
    assert entries.wrong(column["ref_area"], "Germany").endswith("Did you mean 'DEU'?")
    assert entries.wrong(column["city"], "") == "found '', expected something: no row without it."
    assert entries.wrong(column["issued"], "") == ""


def test_registers_are_frozen_values() -> None:
    assert isinstance(kept.declared(), Register)
    with pytest.raises(ValueError, match="frozen"):
        kept.declared().title = "x"  # type: ignore[misc]
