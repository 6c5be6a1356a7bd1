"""The mandate: complete, word for word, without names of private persons; and what the terminal shows of it."""

from __future__ import annotations

import hashlib
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from monitor import document, privacy, project, schema
from monitor.cli import cli
from monitor.errors import DefinitionError
from monitor.items import ANSWERS, Passage, Recommendation, wilson
from monitor.mandate import KINDS

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
HERE = ["--project", str(ROOT)]
WITHHELD = "[name withheld]"
#: labels of the form of S1, which the scan has run into the lines of its fields
LABELS = re.compile(
    r"^\s*(Recommendation(?= \|)|\d\s+and who|targeted to|recommendation|\(up to two|maximum\)\.?|Action\(s\) for this"
    r"|Indicator\(s\) of|change or success|on this|1\. Governance|mechanisms:|2\. Global|Compact:|[12]\. Children: \|"
    r"|[1-4]\.(?= \|))?\s*\|?"
)


@cache
def flagship() -> project.Project:
    return project.load(ROOT)


def listed() -> list[str]:
    lines = (ROOT / "tests/data/mandate_ids.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# ------------------------------------------------------------------ complete


def test_every_id_of_the_documents_is_declared_and_no_other() -> None:
    expected = {name for name in listed() if not name.startswith("IND-")}
    declared = flagship().mandate.ids() - flagship().mandate.documents.keys()
    assert declared - expected == set(), "an item without a line in tests/data/mandate_ids.txt"
    assert expected - declared == set(), "an id of the documents that is not declared"
    assert len(listed()) == len(set(listed()))


def test_every_number_of_the_catalogue_has_an_indicator() -> None:
    numbers = {name[:6] for name in flagship().indicators}
    assert [name for name in listed() if name.startswith("IND-") and name not in numbers] == []


def test_no_stated_gap_is_answered_and_every_kind_has_an_answer_or_a_gap() -> None:
    for recommendation in flagship().recommendations.values():
        answered = {i.kind for i in flagship().answering(recommendation.id)}
        assert set(ANSWERS) <= answered | recommendation.gaps.keys(), recommendation.id
        closed = answered & recommendation.gaps.keys()
        assert not closed, f"{recommendation.id}: take {closed} out of its gaps, an indicator answers now"
        assert all(len(reason) > 30 for reason in recommendation.gaps.values()), recommendation.id


def test_indicators_for_recommendations_that_name_none_are_marked_as_ours() -> None:
    for recommendation in flagship().recommendations.values():
        if not recommendation.asks:
            ours = [i for i in flagship().answering(recommendation.id) if recommendation.id == i.answers[0]]
            assert [i.id for i in ours if i.added_by != "project"] == [], recommendation.id


# ------------------------------------------------------------------ word for word


def squeezed(text: str) -> str:
    return "".join(text.split())


@cache
def seed(name: str) -> str:
    """A document without the labels of its form."""
    (path,) = SEEDS.glob(f"00{name[1:]}_*.txt")
    text = path.read_text(encoding="utf-8")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == flagship().mandate.documents[name].sha256, name
    return " ".join(LABELS.sub("", line) for line in text.splitlines()) if name == "S1" else text


def quoted() -> Iterator[tuple[str, str, str]]:
    """Id, document and words of everything that is quoted."""
    for _, item in flagship().mandate.each():
        passages: list[Passage] = [item, *item.also]
        yield from ((item.id, p.document, p.text) for p in passages if not p.empty_by_source)
        yield from ((part.id, item.document, part.text) for part in item.parts)
        extra = [getattr(item, "due_text", ""), *(p.text for p in getattr(item, "positions", []))]
        yield from ((item.id, item.document, text) for text in extra if text)


def test_everything_is_quoted_word_for_word() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the folder of documents is not here")
    hidden = names()
    count = 0
    for name, where, text in quoted():
        count += 1
        if WITHHELD not in text:
            assert squeezed(text) in squeezed(seed(where)), f"{name}: not in {where}: {text}"
            continue
        parts = [r"\s*".join(map(re.escape, squeezed(part))) for part in text.split(WITHHELD)]
        found = re.search(r"\s*([^,.]{1,60}?)\s*".join(parts), seed(where))
        assert found, f"{name}: not in {where}: {text}"
        for withheld in found.groups():
            words = [word for word in withheld.split() if word not in ("van", "der")]
            assert words and all(digest(word) in hidden for word in words), f"{name}: more than a name was withheld"
    assert count > 200


def test_what_was_left_blank_is_blank_in_the_document() -> None:
    blank = [(item.id, item.document) for _, item in flagship().mandate.each() if item.empty_by_source]
    assert blank == [("QT2018-1", "S3"), ("QT2018-2", "S3"), ("X-WOMEN", "S1")]
    if not SEEDS.is_dir():
        pytest.skip("the folder of documents is not here")
    assert "1.Women:2.Children:" in squeezed(next(SEEDS.glob("001_*")).read_text(encoding="utf-8"))
    fields = squeezed(seed("S3")).split('orput"anonymous".')
    assert len(fields) == 3 and fields[1].startswith("SECTIONB") and fields[2] == ""


def test_every_item_has_its_place_and_every_inferred_date_its_reason() -> None:
    for name, text in flagship().mandate.documents.items():
        assert len(text.why) > 60 and len(text.sha256) == 64, name
    assert [n for n, d in flagship().mandate.documents.items() if d.date_certainty == "stated"] == ["S3"]
    for _, item in flagship().mandate.each():
        assert item.at and all(p.at for p in item.also), item.id


def test_a_name_that_is_explained_stands_in_the_text() -> None:
    for _, item in flagship().mandate.each():
        said = squeezed(" ".join(p.text for p in (item, *item.also, *item.parts)))
        for name in item.names:
            assert squeezed(name) in said, f"{item.id}: {name}"


# ------------------------------------------------------------------ no private persons


def digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def names() -> set[str]:
    lines = (ROOT / "tests/data/withheld_names.txt").read_text(encoding="utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_no_private_person_is_named_in_what_is_published() -> None:
    hidden = names()
    for folder in ("mandate", "indicators", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".yaml", ".md", ".json", ".csv", ".txt"):
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    found = [word for word in re.findall(r"[^\W\d_]+", line) if digest(word) in hidden]
                    assert not found, f"{path.relative_to(ROOT)}:{number}: {found}"


def test_the_list_of_names_finds_those_of_the_documents() -> None:
    """The list is no use unless it holds the words that follow a title in the documents."""
    if not SEEDS.is_dir():
        pytest.skip("the folder of documents is not here")
    hidden, titled = names(), []
    for path in SEEDS.glob("*.txt"):
        titled += re.findall(r"\b(?:Mr|Mrs|Ms)\. (\w+)", path.read_text(encoding="utf-8"))
        titled += re.findall(r"(?:Moderator|Rapporteur): (\w+)", path.read_text(encoding="utf-8"))
    assert len(titled) >= 9
    assert [word for word in titled if digest(word) not in hidden] == []


def full_names() -> set[str]:
    """Names of two words and more that stand in the documents, from the hashes of their words."""
    hidden, found = names(), set()
    for path in SEEDS.glob("*.txt"):
        for run in re.findall(r"[^\W\d_]+(?:[ \n]+[^\W\d_]+)+", path.read_text(encoding="utf-8")):
            part: list[str] = []
            for word in [*run.split(), ""]:
                if (word in ("van", "der") and part) or (word and digest(word) in hidden):
                    part.append(word)
                else:
                    found.add(" ".join(part)) if len(part) > 1 else None
                    part = []
    return found


def test_the_shipped_list_finds_every_full_name_of_the_documents_in_any_order() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the folder of documents is not here")
    shipped, people = privacy.read([ROOT]), full_names()
    assert len(people) >= 12
    for person in people:
        words = person.split()
        for text in (person, person.upper(), f"{words[-1]}, {' '.join(words[:-1])}"):
            assert [*privacy.withheld(f"It was {text}.", shipped)], "a name of the documents is not on the list"
    surnames = {person.split()[-1] for person in people}
    assert sum(bool([*privacy.withheld(f"So said {name} in Dhaka.", shipped)]) for name in surnames) >= 12


def test_nothing_the_flagship_publishes_holds_a_withheld_name() -> None:
    shipped = privacy.read([ROOT])
    assert len(shipped.lists[0][1]) >= 30
    for folder in ("mandate", "indicators", "sources", "docs", "reports"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".yaml", ".md", ".json", ".csv", ".txt", ".j2") and "vintages" not in path.parts:
                assert [*privacy.withheld(path.read_text(encoding="utf-8"), shipped)] == [], path


@pytest.mark.parametrize(("text", "says"), [
    ("text: As Dr. Jane Roe told us.", "'Dr. J… R…' names a person or says how to reach one."),
    ("text: Write to jane@iana.org.", "'j…@i….o…' names a person or says how to reach one."),
    ("text: So said VRIES, Marieke.", "'V…, M…' is the name of a private person, and is withheld."),
])
def test_a_private_person_in_the_mandate_costs_the_item_and_is_not_repeated(text: str, says: str, mine: Path) -> None:
    (mine / "mandate").mkdir()
    listed = "\n".join(["salt s", *privacy.lines("Marieke Testperson de Vries", "s")])
    (mine / privacy.FILE).write_text(listed, encoding="utf-8")
    whole = TEXTS + f"""messages:
- {{id: A, title: M, document: D1, text: Words., to: [States]}}
- id: B
  title: M
  document: D1
  {text}
  to: [States]
- {{id: C, title: M, document: D1, text: Words., to: [States]}}
"""
    (sentence,) = refused(mine, whole)
    assert sentence.startswith(f"9: {says}")
    loaded = project.load(mine, strict=False)
    assert list(loaded.mandate.messages) == ["A", "C"]
    assert list(loaded.left_out) == ["B"]
    (mine / "indicators.yaml").write_text(whole + "organisations: [Dr. Jane Roe]\n", encoding="utf-8")
    assert (project.load(mine, strict=False).problems == ()) is ("Roe" in text)


def test_the_list_of_names_grows_by_a_command(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "monitor.privacy", str(tmp_path)]
    first = subprocess.run(call, input="Marieke Testperson\n", text=True, capture_output=True, check=True).stdout
    (tmp_path / "mandate").mkdir()
    (tmp_path / privacy.FILE).write_text("# a comment\n" + first, encoding="utf-8")
    more = subprocess.run(call, input="Marieke Testperson\nJana Probe\n", text=True, capture_output=True, check=True)
    (tmp_path / privacy.FILE).write_text(first + more.stdout, encoding="utf-8")
    assert "salt" not in more.stdout
    listed = privacy.read([tmp_path])
    assert [name for _, name in privacy.withheld("Probe, Jána; Marieke and Jana; Testperson", listed)] == [
        "Probe, Jána", "Testperson"]


# ------------------------------------------------------------------ commitments, claims


def test_a_commitment_says_honestly_how_it_stands() -> None:
    for commitment in flagship().mandate.commitments.values():
        assert commitment.history[0].status == "pledged", commitment.id
        assert commitment.status in ("unknown", "no_actor_assigned") or commitment.history[-1].evidence
        assert (commitment.status == "no_actor_assigned") == bool(commitment.no_actor), commitment.id
    assert [c.id for c in flagship().mandate.commitments.values() if c.no_actor] == ["C2016-3", "C2016-4"]


def test_causal_claims_are_never_called_confirmed() -> None:
    claims = flagship().mandate.claims.values()
    assert {c.id for c in claims if c.causal} == {"M-2", "M-3", "M-8", "M-9", "M-10"}
    assert all(c.result == "unconfirmed" for c in claims if c.causal)


def test_one_article_in_eight_has_its_interval() -> None:
    claim = flagship().mandate.claims["M-1"]
    assert claim.interval is not None
    assert [round(end, 1) for end in claim.interval] == [9.6, 14.9]
    assert claim.value is not None and claim.interval[0] < claim.value < claim.interval[1]
    assert claim.sample is not None and round(100 * claim.sample.count / claim.sample.of) == claim.value


def test_wilson_agrees_with_published_values() -> None:
    """Newcombe (1998), Statistics in Medicine 17, table I, method 3: the four examples."""
    for count, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
                                 (1, 29, 0.0061, 0.1718)):
        found = wilson(count, of)
        assert (round(found[0], 4), round(found[1], 4)) == (low, high)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_holds_the_share_and_mirrors_its_complement(sample: tuple[int, int]) -> None:
    count, of = sample
    low, high = wilson(count, of)
    assert -1e-12 <= low <= count / of + 1e-12 and count / of - 1e-12 <= high <= 1 + 1e-12
    other = wilson(of - count, of)
    assert math.isclose(low, 1 - other[1], abs_tol=1e-9) and math.isclose(high, 1 - other[0], abs_tol=1e-9)


# ------------------------------------------------------------------ how it hangs together


def test_links_are_followed_from_both_ends() -> None:
    mandate = flagship().mandate
    assert [c.id for c in mandate.commitments_for("BGD")] == ["C2015-1"]
    assert [c.id for c in mandate.commitments_for("R2015-12")] == ["C2015-1"]
    assert mandate.commitments_for("DEU") == []
    assert {"GP2016-3", "GP2016-4", "GP2016B-6", "GP2016B-7"} <= {p.id for p in mandate.practices_for("R2016B-11")}
    assert [p.id for p in mandate.practices_for("R2015-9")] == ["GP2015-8"]
    assert [q.id for q in mandate.questions_to("governments") if q.document == "S3"] == [
        "Q2018-1", "Q2018-2", "Q2018-3", "Q2018-4"]
    assert "GP2016B-8" in mandate.linked("R2016-3"), "it links to an action of the recommendation"
    assert mandate.linked("R2016-3.A2") == ["R2015-5", "R2016B-10", "GP2016B-8"]


def test_every_practice_belongs_to_a_recommendation() -> None:
    mandate = flagship().mandate
    shown = {p.id for name in mandate.recommendations for p in mandate.practices_for(name)}
    assert mandate.practices.keys() == shown


def test_a_recommendation_has_the_year_and_source_of_its_document() -> None:
    recommendation = flagship().recommendations["R2016-1"]
    assert (recommendation.year, recommendation.date_certainty) == (2016, "inferred")
    assert recommendation.source == (
        "Civil Society Days of the Global Forum on Migration and Development, Dhaka, December 2016: session report, "
        "section 2, recommendation 1")


def test_both_sides_of_a_disagreement_are_kept() -> None:
    assert [p.title for p in flagship().recommendations["R2016B-4"].positions] == ["Targeted messages", "Mass media"]


# ------------------------------------------------------------------ what is wrong is said

ABOUT = "about: {title: T, made_by: M, purpose: P}\n"
TEXTS = ABOUT + """documents:
- {id: D1, title: a report, event: A meeting, date: 2018-12-04, date_certainty: stated, why: It is on its first page.}
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a project, on a flagship of nothing but the framework and the English words."""
    ground = tmp_path / "flagship"
    for name in ("sources/frameworks/gcm.yaml", "reports/words/en.yaml"):
        (ground / name).parent.mkdir(parents=True, exist_ok=True)
        (ground / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(project, "flagship", lambda: ground)
    (tmp_path / "mine").mkdir()
    return tmp_path / "mine"


def refused(folder: Path, text: str) -> list[str]:
    (folder / "indicators.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        project.load(folder)
    return [problem.removeprefix("indicators.yaml:") for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "expected"), [
    ("messages:\n- {id: P1, title: M, document: D9, text: Words., to: [States]}",
     "5: messages[0] (P1) document: 'D9' is no document. Known: D1."),
    ("messages:\n- {id: P1, title: M, document: D1, to: [States]}",
     "5: messages[0] (P1): give the 'text' word for word, or 'empty_by_source: true' where the form was left blank."),
    ("messages:\n- {id: P1, title: M, document: D1, text: Words., empty_by_source: true, to: [States]}",
     "5: messages[0] (P1): give the 'text' word for word, or 'empty_by_source: true' where the form was left blank."),
    ("messages:\n- {id: P1, title: M, document: D1, text: Words., to: [States], links: [P2]}",
     "5: messages[0] (P1) links[0]: 'P2' is no item of the mandate or indicator beside this one. Known: D1."),
    ("messages:\n- {id: P1, title: M, document: D1, text: Words., to: [States], principles: [human_right]}",
     "5: messages[0] (P1) principles[0]: 'human_right' is no guiding principle. Did you mean 'human_rights'?"),
    ("messages:\n- {id: D1, title: M, document: D1, text: Words., to: [States]}",
     "3: documents[0] (D1): the id 'D1' is taken in indicators.yaml:5."),
    ("themes:\n- {id: X, title: M, document: D1, text: Words., also: [{document: D2, text: More.}]}",
     "5: themes[0] (X) also[0].document: 'D2' is no document. Known: D1."),
    ("recommendations:\n- {id: R, title: M, text: Words., addressed_to: [States]}",
     "5: recommendations[0] (R): name its 'document', or give 'source', 'year' and 'date_certainty'."),
    ("commitments:\n- {id: C, title: M, document: D1, text: Words., deliverable: A., history: [{status: pledged, "
     "on: 2018, note: A.}]}",
     "5: commitments[0] (C): give the 'actors', or in 'no_actor' the reason why nobody is named."),
    ("commitments:\n- {id: C, title: M, document: D1, text: Words., actors: [A], deliverable: A., history: [{status: "
     "delivered, on: 2018, note: A.}]}",
     "5: commitments[0] (C) history[0]: 'delivered' needs 'evidence': an address a reader can open."),
    ("commitments:\n- {id: C, title: M, document: D1, text: Words., actors: [A], areas: [Germany], deliverable: A., "
     "history: [{status: pledged, on: 2018, note: A.}]}",
     "5: commitments[0] (C) areas[0]: 'Germany' is no area known here: expected an ISO 3166-1 alpha-3 code (DEU), an "
     "M49 region (150), EU27, or a place the project declares (none). Did you mean 'DEU'?"),
    ("commitments:\n- {id: C, title: M, document: D1, text: Words., actors: [A], deliverable: A., history: "
     "[{status: unknown, on: 2019, note: A.}, {status: pledged, on: 2018, note: A.}]}",
     "5: commitments[0] (C): the 'history' runs from the oldest entry to the newest."),
    ("claims:\n- {id: M, title: M, document: D1, text: Words., place: P, period: P, original_source: S, checked: No., "
     "result: unconfirmed, confidence: S, sample: {count: 9, of: 8}}",
     "5: claims[0] (M) sample: found 9 of 8, expected no more than there are."),
])
def test_a_broken_mandate_is_refused_with_a_sentence(text: str, expected: str, mine: Path) -> None:
    assert refused(mine, TEXTS + text + "\n") == [expected]


def test_a_kind_that_nothing_answers_must_be_explained(mine: Path) -> None:
    text = TEXTS + "recommendations:\n- {id: R, title: M, document: D1, text: Words., addressed_to: [States]%s}\n"
    said = refused(mine, text % ", gaps: {process: Nobody counts., outcome: Nobody asks.}")
    assert said == [
        "5: recommendations[0] (R) gaps: no indicator of kind 'structure' answers it. Declare one, or say under 'gaps' "
        "why there is none."]
    assert len(refused(mine, text % "")) == 3
    gaps = ", gaps: {structure: No law., process: Nobody counts., outcome: Nobody asks.}"
    (mine / "indicators.yaml").write_text(text % gaps, encoding="utf-8")
    recommendation = project.load(mine).recommendations["R"]
    assert (recommendation.source, recommendation.year) == ("A meeting: a report", 2018)


def test_an_id_is_never_used_twice_whatever_it_names(mine: Path) -> None:
    said = refused(mine, TEXTS + """messages:
- {id: A, title: M, document: D1, text: Words., to: [States]}
questions:
- {id: A, title: M, document: D1, text: Words., to: [States]}
""")
    assert said == ["7: questions[0] (A): the id 'A' is taken in indicators.yaml:5."]


def test_what_is_wrong_in_one_item_does_not_cost_the_others(mine: Path) -> None:
    (mine / "indicators.yaml").write_text(TEXTS + """messages:
- {id: A, title: M, document: D9, text: Words., to: [States]}
- {id: B, title: M, document: D1, text: Words., to: [States], links: [A]}
""", encoding="utf-8")
    loaded = project.load(mine, strict=False)
    assert list(loaded.mandate.messages) == ["B"]
    assert len(loaded.problems) == 1
    assert loaded.mandate.linked("B") == ["A"]


# ------------------------------------------------------------------ crosswalk


def test_the_limited_set_of_the_un_is_empty_until_a_person_fills_it() -> None:
    crosswalk = flagship().crosswalks["gcm_un_limited_set"]
    assert (crosswalk.version, crosswalk.indicators) == (0, [])
    rows = json.loads(call("doctor", *HERE, "--json").stdout)
    (row,) = (r for r in rows if r["what"] == "gcm_un_limited_set")
    assert row["state"] == "missing"
    assert row["detail"].startswith("0 indicators filled in")


def test_a_filled_crosswalk_names_only_indicators_that_exist(mine: Path) -> None:
    empty = (ROOT / "sources/frameworks/gcm_un_limited_set.yaml").read_text(encoding="utf-8")
    path = mine / "sources/frameworks/list.yaml"
    path.parent.mkdir(parents=True)
    line = "- {number: '1', wording: W, page: '3', ours: [IND-1], filled_by: Us, filled_on: 2026-12-01}"
    path.write_text(empty.replace("indicators: []", f"indicators:\n{line}"), encoding="utf-8")
    (mine / "indicators.yaml").write_text(ABOUT, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"list\.yaml:\d+: indicators\[0\]\.ours\[0\]: 'IND-1' is no indicator"):
        project.load(mine)


def test_the_frameworks_satisfy_their_schemas() -> None:
    rules = {name: jsonschema.Draft202012Validator(each) for name, each in schema.schemas().items()}
    for path in (ROOT / "sources/frameworks").glob("*.yaml"):
        name = "framework" if path.stem == "gcm" else "crosswalk"
        rules[name].validate(document.read(path, typed=True).tree)
    assert len(flagship().principles) == 10


# ------------------------------------------------------------------ on the terminal


def call(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize("kind", ["documents", *KINDS])
def test_every_kind_is_listed_as_rows_and_as_data(kind: str) -> None:
    rows = json.loads(call("list", kind, *HERE, "--json").stdout)
    assert [row["id"] for row in rows] == list(getattr(flagship().mandate, kind))
    plain = call("list", kind, *HERE).stdout
    assert len(plain.splitlines()) == len(rows) + 1


def test_everything_with_an_id_can_be_shown() -> None:
    from monitor import terminal_mandate

    mandate = flagship().mandate
    for name in [*mandate.ids(), *flagship().indicators]:
        if name not in flagship().indicators:
            data = mandate.as_data(name)
            assert data["id"] == name and data["type"]
            heading, rows = terminal_mandate._item(flagship(), name)
            assert heading.startswith(name)
            assert all(label and text for label, text in rows), name


def test_an_item_is_shown_with_all_that_belongs_to_it() -> None:
    text = call("show", "C2016-2", *HERE).stdout
    for said in ("Immigrant Council of Ireland", WITHHELD, "2016-12, inferred", "due: 2017-06", "continuous: yes",
                 "unknown, 2026-11-22, No evidence has been collected.", "M-5  Ten participants are interested"):
        assert said in text
    text = call("show", "R2018-5", *HERE).stdout
    assert "indicator: IND-54a  " in text and "(outcome, added by this project)" in text
    assert "Compact: 20 Faster" in text and "practice" not in text.split("\n")[1]
    assert "95 % interval: 9.6 to 14.9" in call("show", "M-1", *HERE).stdout
    assert "text: left blank in the document" in call("show", "X-WOMEN", *HERE).stdout
    assert "part of: R2016-1  " in call("show", "R2016-1.A2", *HERE).stdout
    assert "why: " in call("show", "S4", *HERE).stdout


def test_an_item_is_shown_as_data() -> None:
    data = json.loads(call("show", "C2016-4", *HERE, "--json").stdout)
    assert (data["type"], data["status"], data["made_at"], data["year"]) == (
        "commitments", "no_actor_assigned", "2016-12", 2016)
    assert data["document"]["date_certainty"] == "inferred"
    assert "GM2016-3" in data["linked"]
    ask = json.loads(call("show", "R2016-1.I2", *HERE, "--json").stdout)
    assert (ask["type"], ask["part_of"]) == ("asks", "R2016-1")
    assert "IND-13" in [answer["id"] for answer in ask["answered_by"]]
    claim = json.loads(call("show", "M-1", *HERE, "--json").stdout)
    assert [round(end, 1) for end in claim["interval"]] == [9.6, 14.9]


def test_an_indicator_without_an_area_is_shown_as_declared() -> None:
    text = call("show", "IND-54a", *HERE).stdout
    assert "definition: " in text and "targets: 3, 2030" in text and "bounds: 0, 100" in text
    assert json.loads(call("show", "IND-54a", *HERE, "--json").stdout)["targets"][0]["value"] == 3


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (("show", "R2018-55"), 10, "Did you mean 'R2018-5'"),
    (("show", "C2015-1", "BGD"), 2, "for an indicator in an area"),
    (("show", "IND-54a", "--chart", "a.svg"), 2, "for an indicator in an area"),
])
def test_a_wrong_call_says_what_to_do(arguments: tuple[str, ...], code: int, words: str) -> None:
    result = call(*arguments, *HERE)
    assert result.exit_code == code
    assert words in result.output


def test_where_an_item_is_declared() -> None:
    for name, file in (("C2018-5", "commitments"), ("S4", "documents"), ("M-1", "claims")):
        assert f"mandate/{file}.yaml:" in call("where", name, *HERE).stdout


def test_a_recommendation_keeps_its_own_source_beside_a_document() -> None:
    text = flagship().mandate.documents["S3"]
    own = Recommendation(id="R", title="T", text="W.", addressed_to=["States"], document="S3", year=2019)
    assert (own.cited(text).year, own.cited(text).date_certainty) == (2019, "stated")
    assert own.cited(None) is own
