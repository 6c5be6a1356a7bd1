"""What changed since the edition before: each cause told apart by judging again, in words, as rows and as a feed."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from lxml import etree

from monitor import before, bodies, changes, since
from monitor import run as line
from monitor.changed import tell
from monitor.cli import cli
from monitor.errors import DefinitionError, UnreadableData
from monitor.project import Project
from tests import history
from tests.history import COST, PAY, table

ATOM = "{http://www.w3.org/2005/Atom}"
THEN, NOW = date(2026, 1, 1), date(2026, 3, 1)
LATER = "2026-02-01"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """First published in 2024: the cost falls fast enough."""
    made = history.project(tmp_path)
    history.keep(made, "cost", table(COST), "2024-01-01")
    history.keep(made, "pay", table(PAY), "2024-01-01")
    return made


def edition(project: Project, name: str, as_of: date, **more: Any) -> Path:
    more.setdefault("areas", ("DEU",))
    out = project.folder / "editions" / name
    line.run(project, as_of=as_of, now="", offline=True, name=name, out=out, **({"formats": ("data",)} | more))
    return out


def rows(folder: Path, indicator: str = "COST") -> list[dict[str, str]]:
    with (folder / "data/changes.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["indicator"] == indicator]


def short(folder: Path, indicator: str = "COST") -> list[tuple[str, ...]]:
    """Kind, status of then and now, causes and how they work of each row."""
    return [tuple(row[n] for n in ("kind", "status_before", "status", "causes", "how"))
            for row in rows(folder, indicator)]  # fmt: skip


def declared(project: Project, *changes: tuple[str, str]) -> Project:
    text = history.PROJECT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return history.project(project.folder, text=text)


def sentences(project: Project, folder: Path, area: str = "DEU") -> tuple[list[str], str]:
    entries, text = tell(project, project.words("en"), since.from_csv((folder / before.CHANGES).read_bytes()), area)
    said = [" ".join(filter(None, [f"{e.kind_text}: {e.indicator}.", e.judged, e.sentence, e.why])) for e in entries]
    return [one.replace("\u00a0", " ") for one in said], text


# ------------------------------------------------------------------ each cause alone


def test_newer_figures_improve_or_worsen(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 9.5}), LATER)
    b = edition(project, "b", NOW)
    assert short(b) == [("worsened", "on_track", "limited", "new_data", "alone")]
    said, text = sentences(project, b)
    assert said[0] == ("Worsened: COST. Before: on track. Now: little or no progress. The newest figure is 9.5 % for "
                       "2024; before, it was 4.0 % for 2023. Cause: new figures.")  # fmt: skip
    assert text.startswith("Compared with the edition a, made for the cut-off date 1 January 2026.")
    history.keep(project, "cost", table(COST | {"2024": 9.5, "2025": 2.5}), "2026-04-01")
    c = edition(project, "c", date(2026, 5, 1))
    assert short(c) == [("improved", "limited", "achieved", "new_data", "alone")]
    assert rows(c)[0]["retrieved_before"] == LATER and rows(c)[0]["retrieved"] == "2026-04-01"


@pytest.mark.parametrize("then", [date(2022, 1, 1), date(2022, 6, 1)])
def test_a_figure_that_only_the_date_let_in_is_new(tmp_path: Path, then: date) -> None:
    """The very same answer serves both dates: a period entered all the same, as ``monitor diff`` says."""
    project = history.project(tmp_path)
    history.keep(project, "cost", table(COST | {"2023": 9.5}), "2021-12-31")
    a, b = edition(project, "a", then), edition(project, "b", NOW)
    assert short(b) == [("worsened", "on_track", "limited", "new_data", "alone")]
    entered = {c.time_period for c in changes.compare(changes.edition(a), changes.edition(b))
               if (c.kind, c.indicator, c.ref_area) == ("new_period", "COST", "DEU")}
    assert entered == {rows(b)[0]["period"]} == {"2023"}


def test_what_only_the_date_let_in_is_newly_measured_by_new_figures(tmp_path: Path) -> None:
    project = history.project(tmp_path)
    history.keep(project, "cost", table({"2022": 9.0, "2023": 4.0}), "2021-12-01")
    edition(project, "a", date(2022, 1, 1))
    assert short(edition(project, "b", NOW)) == [("newly_measured", "not_assessed", "on_track", "new_data", "alone")]


def test_a_revision_is_no_worsening(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2015": 4.2, "2017": 4.2}), LATER)
    b = edition(project, "b", NOW)
    assert short(b) == [("revised", "on_track", "limited", "revision", "alone")]
    assert sentences(project, b)[0][0] == (
        "Revised: COST. Before: on track. Now: little or no progress. 2 earlier figures were revised: the newest of "
        "them, for 2017, was 9.0 % and is now 4.2 %. Cause: figures that the publisher revised.")


def test_a_revised_figure_without_another_judgement_is_told(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2017": 9.1}), LATER)
    b = edition(project, "b", NOW)
    assert short(b) == [("revised", "on_track", "on_track", "", "")]
    assert sentences(project, b)[0] == [
        "Revised: COST. 1 earlier figure was revised: that for 2017 was 9.0 % and is now 9.1 %. "
        "The judgement is the same: on track."]


def test_newer_figures_without_another_judgement_are_counted(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 3.5}), LATER)
    b = edition(project, "b", NOW)
    assert short(b) == [("newer", "on_track", "on_track", "", "")]
    said, text = sentences(project, b)
    assert said == []
    assert text == ("Compared with the edition a, made for the cut-off date 1 January 2026. No judgement changed, "
                    "and no figure behind one was revised. 1 other indicator has newer figures and the same judgement.")


@pytest.mark.parametrize(("old", "new", "row", "part"), [
    ("value: 3, period: 2030", "value: 5, period: 2030", ("target", "on_track", "achieved", "target", "alone"),
     "The target was"),
    ("max_age: P9Y, checks", "least_points: 9, max_age: P9Y, checks",
     ("no_longer_assessed", "on_track", "not_assessed", "method", "alone"), "Cause: another method."),
    ("max_age: P9Y, checks", "max_age: P1Y, checks",
     ("no_longer_assessed", "on_track", "not_assessed", "declaration", "alone"), "Cause: another declaration"),
    ("direction: down_good", "direction: context_only",
     ("no_longer_assessed", "on_track", "not_assessed", "declaration", "alone"), "not assessed"),
], ids=["target", "method", "declaration", "direction"])  # fmt: skip
def test_what_is_declared_otherwise(project: Project, old: str, new: str, row: tuple[str, ...], part: str) -> None:
    edition(project, "a", THEN)
    b = edition(declared(project, (old, new)), "b", NOW)
    assert short(b) == [row]
    [said] = [one for one in sentences(project, b)[0] if "COST" in one]
    assert part in said and "Improved" not in said


def test_a_target_that_changes_no_judgement_is_told(project: Project) -> None:
    edition(project, "a", THEN)
    b = edition(declared(project, ("value: 3, period: 2030", "value: 2.9, period: 2030")), "b", NOW)
    assert short(b) == [("target", "on_track", "on_track", "", "")]
    assert "The target was 3.0 % and is now 2.9 %. The judgement is the same: on track." in sentences(project, b)[0][0]


def test_time_alone_makes_figures_too_old(project: Project) -> None:
    edition(project, "a", THEN)
    assert short(edition(project, "b", date(2034, 1, 1))) == [
        ("no_longer_assessed", "on_track", "not_assessed", "time", "alone")]


def test_another_program_is_a_cause_only_where_it_judges_otherwise(project: Project) -> None:
    a = edition(project, "a", THEN)
    edited = a / "data/assessments.csv"
    edited.write_text(edited.read_text().replace("COST,DEU,on_track", "COST,DEU,too_slow"))
    manifest = json.loads((a / "manifest.json").read_text())
    manifest["engine"]["code_sha256"] = "0" * 64
    manifest["files"]["data/assessments.csv"]["sha256"] = bodies.sha256(edited.read_bytes())
    (a / "manifest.json").write_text(json.dumps(manifest))
    b = edition(project, "b", NOW)
    assert short(b) == [("program", "too_slow", "on_track", "program", "alone")]
    assert short(b, "RATIO") == []
    assert sentences(project, b)[1].endswith("The program that judges is another version.")
    history.keep(project, "cost", table(COST | {"2015": 4.2, "2017": 4.2}), LATER)
    assert short(edition(project, "b", NOW)) == [("program", "too_slow", "limited", "revision program", "together")]


def test_the_same_program_that_cannot_judge_as_before_is_no_certain_cause(project: Project) -> None:
    a = edition(project, "a", THEN)
    then = changes.edition(a)
    judged = then.judged.with_columns(status=pl.lit("too_slow"))
    [cost] = [d for d in since.differences(changes.Side(**{**vars(then), "judged": judged}), then)
              if d.indicator == "COST"]  # fmt: skip
    assert (cost.kind, cost.causes, cost.how) == ("otherwise", "", "unsure")


# ------------------------------------------------------------------ several at once


def test_new_data_and_a_revision_are_told_apart(project: Project) -> None:
    """Either may be there without a part in it: what is named is what makes the difference."""
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2017": 9.1, "2024": 9.5}), LATER)
    assert short(edition(project, "b", NOW)) == [("worsened", "on_track", "limited", "new_data", "alone")]
    history.keep(project, "cost", table(COST | {"2015": 4.1, "2017": 4.2, "2019": 4.1, "2021": 4.1, "2024": 3.99}),
                 "2026-02-02")
    assert short(edition(project, "b", NOW)) == [("revised", "on_track", "limited", "revision", "alone")]


def test_two_that_only_together_change_a_judgement_are_both_named(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 3.6}), LATER)
    b = edition(declared(project, ("value: 3, period: 2030", "value: 3.7, period: 2030")), "b", NOW)
    assert short(b) == [("target", "on_track", "achieved", "new_data target", "together")]
    assert "Causes: new figures and another target or baseline; only together" in sentences(project, b)[0][0]


def test_two_of_which_each_is_enough_are_both_named(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 2.0}), LATER)
    b = edition(declared(project, ("value: 3, period: 2030", "value: 5, period: 2030")), "b", NOW)
    assert short(b) == [("target", "on_track", "achieved", "new_data target", "each")]
    assert "each of them is enough by itself." in sentences(project, b)[0][0]


# ------------------------------------------------------------------ there and not there


def test_newly_measured_and_no_longer_measured(project: Project) -> None:
    edition(project, "a", THEN, areas=("FRA",))
    history.keep(project, "cost", table(COST, ("DEU", "FRA")), LATER)
    b = edition(project, "b", NOW, areas=("FRA",))
    assert short(b) == [("newly_measured", "not_assessed", "on_track", "new_data", "alone")]
    history.keep(project, "cost", table(COST, ("DEU",)), "2026-04-01")
    c = edition(project, "c", date(2026, 5, 1), areas=("FRA",))
    assert short(c) == [("no_longer_measured", "on_track", "not_assessed", "revision", "alone")]


def test_indicators_that_are_new_or_dropped(project: Project) -> None:
    edition(project, "a", THEN)
    b = edition(declared(project, ("id: RATIO", "id: SHARE")), "b", NOW)
    assert [row[0] for row in short(b, "SHARE") + short(b, "RATIO")] == ["added", "dropped"]
    assert sentences(project, b)[0] == ["New indicator: SHARE. It was not on the scorecard before.",
                                        "Indicator dropped: RATIO. It is no longer on the scorecard."]  # fmt: skip


@pytest.mark.parametrize("way", ["then", "now"])
def test_of_a_figure_withheld_on_either_side_no_value_is_told(project: Project, way: str) -> None:
    shown, withheld = table(COST), table(COST | {"2023": " Q"})
    history.keep(project, "cost", withheld if way == "then" else shown, "2025-01-01")
    a = edition(project, "a", THEN)
    history.keep(project, "cost", shown if way == "then" else withheld, LATER)
    b = edition(project, "b", NOW)
    [row] = rows(b)
    assert (row["kind"], row["causes"]) == (
        "newly_assessed" if way == "then" else "no_longer_assessed", "withheld")
    assert "4.0" not in {row["value"], row["value_before"], row["revised_from"], row["revised_to"]}
    assert "4.0 %" not in " ".join(sentences(project, b)[0])
    assert a.exists()


# ------------------------------------------------------------------ which edition is the one before


def test_the_newest_earlier_edition_of_the_area_is_the_one_before(project: Project) -> None:
    edition(project, "old", date(2025, 1, 1), areas=("DEU", "KEN"))
    edition(project, "newer", THEN, areas=("DEU",))
    edition(project, "same-day", NOW, areas=("DEU", "KEN"))
    edition(project, "pages-only", date(2026, 2, 1), areas=("DEU",), formats=("html",))
    b = edition(project, "b", NOW, areas=("DEU", "KEN", "FRA"))
    named = json.loads((b / "manifest.json").read_text())["since"]
    assert [(one["edition"], one["areas"], one["chosen"]) for one in named] == [
        ("newer", ["DEU"], False), ("old", ["KEN"], False)]
    manifest = (project.folder / "editions/newer/manifest.json").read_bytes()
    assert named[0]["manifest_sha256"] == bodies.sha256(manifest)
    assert sentences(project, b, "FRA") == (
        [], "This is the first edition for France: there is none before it to compare with.")


def test_an_edition_that_was_altered_or_is_of_another_project_is_passed_over(project: Project) -> None:
    a = edition(project, "a", THEN)
    (a / "data/assessments.csv").write_text("altered")
    other = edition(project, "other", date(2026, 2, 1))
    manifest = json.loads((other / "manifest.json").read_text())
    manifest["project"]["title"] = "Another"
    (other / "manifest.json").write_text(json.dumps(manifest))
    b = edition(project, "b", NOW)
    assert json.loads((b / "manifest.json").read_text())["since"] == []
    with pytest.raises(UnreadableData, match=r"assessments\.csv is not what its manifest says"):
        edition(project, "b", NOW, since="a")


def test_a_person_may_choose_or_switch_it_off(project: Project) -> None:
    edition(project, "old", date(2025, 1, 1)), edition(project, "newer", THEN)
    b = edition(project, "b", NOW, since="old", areas=("DEU", "KEN"))
    [named] = json.loads((b / "manifest.json").read_text())["since"]
    assert (named["edition"], named["areas"], named["chosen"]) == ("old", ["DEU"], True)
    assert sentences(project, b, "KEN")[1].startswith("The edition old, which this one was to be compared with, has no")
    off = edition(project, "off", NOW, since="none")
    assert json.loads((off / "manifest.json").read_text())["since"] is None
    assert sentences(project, off) == ([], "")
    for wrong, part in (("nothing", "is no folder of an edition"), ("b", "is the one being made")):
        with pytest.raises(DefinitionError, match=part):
            edition(project, "b", NOW, since=wrong, areas=("DEU", "KEN"))
    with pytest.raises(DefinitionError, match="of 2026-03-01, a later day"):
        edition(project, "early", THEN, since="b")


def test_a_second_run_makes_nothing_anew_and_an_edition_is_never_compared_with_itself(project: Project) -> None:
    formats = ("html", "pdf", "data")
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 9.5}), LATER)
    first = {p: p.read_bytes() for p in edition(project, "b", NOW, formats=formats).rglob("*") if p.is_file()}
    made = line.run(project, as_of=NOW, now="", offline=True, name="b", areas=("DEU",), formats=formats)
    assert made.written == 0
    assert {p: p.read_bytes() for p in first if p.name != "build.json"} == {
        p: data for p, data in first.items() if p.name != "build.json"}
    replaced = edition(project, "a", date(2026, 1, 2))
    assert json.loads((replaced / "manifest.json").read_text())["since"] == []


# ------------------------------------------------------------------ pages, feed, again


def test_the_pages_say_it_with_its_cause(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 9.5}), LATER)
    b = edition(project, "b", NOW, formats=("html", "data"))
    page = (b / "DEU/scorecard.html").read_text(encoding="utf-8")
    told = page[page.index('id="_changed"'):page.index('id="_strip"')]
    for part in ("Compared with the edition a", "<h3>Worsened</h3>", 'href="#COST"', "Cause: new figures.",
                 "The figures were retrieved on 1 February 2026; those of before, on 1 January 2024."):  # fmt: skip
        assert part in told
    assert "first edition for Germany" in (
        edition(project, "c", date(2025, 1, 1), formats=("html",)) / "DEU/scorecard.html").read_text(encoding="utf-8")
    off = edition(project, "off", NOW, formats=("html",), since="none") / "DEU/scorecard.html"
    assert 'id="_changed"' not in off.read_text(encoding="utf-8")


def test_the_feed_is_well_formed_and_the_same_again(project: Project, tmp_path: Path) -> None:
    odd = declared(project, ("title: Cost,", 'title: "Costs <b> & more \\x0b",'))
    edition(odd, "a", THEN, areas=("DEU", "KEN"))
    history.keep(project, "cost", table(COST | {"2024": 9.5}, ("DEU",)) + table(COST, ("KEN",))[20:], LATER)
    b = edition(odd, "b", NOW, areas=("DEU", "KEN"), formats=("html", "data"))
    text = (b / "feed.xml").read_bytes()
    root = etree.fromstring(text)
    assert [root.tag, root.findtext(f"{ATOM}updated")] == [f"{ATOM}feed", "2026-03-01T00:00:00Z"]
    for name in ("id", "title", "author"):
        assert root.find(f"{ATOM}{name}") is not None
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Germany: Worsened"
    assert "Costs <b> & more" in str(entry.findtext(f"{ATOM}content"))
    assert [link.get("href") for link in entry.iter(f"{ATOM}link")] == ["DEU/scorecard.html#_changed"]
    again = edition(odd, "b2", NOW, areas=("DEU", "KEN"), formats=("html", "data"))
    assert (again / "feed.xml").read_bytes() == text
    made = declared(odd, ("about: {", "about: {home: 'https://example.org/e/', "))
    home = etree.fromstring((edition(made, "b3", NOW, formats=("html", "data")) / "feed.xml").read_bytes())
    assert [link.get("href") for link in home.iter(f"{ATOM}link")] == [
        "https://example.org/e/index.html", "https://example.org/e/feed.xml",
        "https://example.org/e/DEU/scorecard.html#_changed"]
    assert home.findtext(f"{ATOM}entry/{ATOM}id") == entry.findtext(f"{ATOM}id")


def test_an_edition_made_again_says_the_same_of_the_one_before(project: Project) -> None:
    a = edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 9.5}), LATER)
    b = edition(project, "b", NOW, formats=("html", "data"))
    edition(project, "between", date(2026, 2, 1))  # came later; it is not what b was compared with

    def again(code: int) -> str:
        call = ["run", "--from", str(b), "--out", str(project.folder / "again"), "--project", str(project.folder)]
        result = CliRunner().invoke(cli, call)
        assert result.exit_code == code, result.output
        return result.output

    assert "The same as b, byte for byte." in again(0)
    shutil.rmtree(a)
    assert "The same as b, byte for byte." in again(0), "from the list of changes that it holds"
    (b / before.CHANGES).unlink()
    assert "The edition a, which b is compared with, is gone, and data/changes.csv is not beside" in again(12)


def test_rows_come_back_from_their_file(project: Project) -> None:
    odd = since.Difference("DEU", "revised", "X", detail="=1+1", value=-2.5, revised=3, revised_to=None)
    assert since.from_csv(since.as_csv([odd])) == [odd]


def test_diff_says_the_same_sentences(project: Project) -> None:
    edition(project, "a", THEN)
    history.keep(project, "cost", table(COST | {"2024": 9.5}), LATER)
    b = edition(project, "b", NOW)
    told = CliRunner().invoke(cli, ["diff", "a", "b", "--project", str(project.folder)])
    assert told.exit_code == 0, told.output
    assert "Before: on track. Now: little or no progress." in told.output
    assert "Cause: new figures." in told.output
    data = json.loads(CliRunner().invoke(cli, ["diff", "a", "b", "--json", "--project", str(project.folder)]).stdout)
    entries, _ = tell(project, project.words("en"), since.from_csv((b / before.CHANGES).read_bytes()), "DEU")
    assert [one["sentence"] for one in data["said"]["DEU"]["changed"]] == [one.sentence for one in entries]


def test_a_feed_without_changes_has_no_entry(project: Project) -> None:
    b = edition(project, "b", NOW, formats=("html", "data"))
    assert not etree.fromstring((b / "feed.xml").read_bytes()).findall(f"{ATOM}entry")
