"""The pages of indicators, recommendations and actors, and the page of what is missing: from made-up figures."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import html as lxml_html

from monitor import area, compose, pages, pages_figure, pages_gaps, pages_mandate, pages_parts
from monitor.evidence import Evidence
from monitor.model import Indicator
from monitor.outputs import _pages as printed
from monitor.page import Look
from monitor.project import Project, load
from monitor.results import Assessment, Reason, Snapshot, Status
from monitor.scorecard import Matrix, Scorecard
from monitor.series import COLUMNS, Series
from monitor.words import Words

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
AREAS = ("DEU", "BGD", "NGA", "USNYC")
FORMATS = ("html", "data", "pdf")
#: what other parts of an edition make, to which these pages link
OTHERS = {"index.html", "mandate.html"}


@dataclasses.dataclass
class Made:
    """An edition of made-up figures, as far as the pages need it."""

    project: Project
    words: Words
    evidence: Evidence
    assessments: list[Assessment]
    areas: Sequence[str]
    cards: list[Scorecard]
    matrix: Matrix
    look: Look

    def parts(self) -> dict[str, Any]:
        about = pages_parts.About(self.project, self.words, self.cards, self.assessments, AS_OF, FORMATS)
        return {part.path: part for part in pages_parts.parts(about, self.matrix, self.look, ["style"])}

    def data(self) -> dict[str, bytes]:
        made = pages_parts.data(self.project, self.evidence, self.assessments, self.areas)
        return {part.path: part.make() for part in made if part.make}


@pytest.fixture(scope="module")
def project() -> Project:
    return load(ROOT)


def _figures(
    indicators: Sequence[Indicator], areas: Sequence[str], changed: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    for i, one in enumerate(indicators):
        part = next(iter(one.data.parts.values())) if one.data else None
        for a, code in enumerate(areas):
            if part is None or (a + i) % 4 == 3:  # every fourth has none
                continue
            for n, year in enumerate(range(2012, 2024, 1 + i % 2)):
                value = 1.0 if one.scale == "binary" else 10 + 3 * a + n * (-1) ** a + changed.get(one.id, 0)
                yield {"indicator": one.id, "ref_area": code, "breakdown": "_T", "time_period": str(year),
                       "obs_value": value, "obs_status": "B" if n == 3 and a == 1 else "A", "flag_raw": "",
                       "unit_measure": "", "lower_bound": value - 1 if a == 0 else None,
                       "upper_bound": value + 1 if a == 0 else None, "comment_obs": "",
                       "source": part.source or "x", "series": part.series or "x", "snapshot": "ab"}


def _judged(
    indicators: Sequence[Indicator], areas: Sequence[str], series: Series, project: Project
) -> list[Assessment]:
    rows = series.frame.sort("time_period").group_by("indicator", "ref_area", maintain_order=True)
    seen = {(k[0], k[1]): f for k, f in ((key, frame) for key, frame in rows)}
    coloured = cycle([s for s in Status if s is not Status.NOT_ASSESSED])
    without = cycle([Reason.NO_DATA, Reason.AWAITING_SOURCE, Reason.NEEDS_REGISTER, Reason.UNAVAILABLE])
    doubtful = cycle([None, Reason.TOO_OLD, None, Reason.CONTEXT_ONLY])
    found = []
    for one in indicators:
        for code in areas:
            frame = seen.get((one.id, code))
            if not one.applies(code, project.roles.get(code, [])):
                found.append(Assessment(one.id, code, Status.NOT_ASSESSED, Reason.NOT_APPLICABLE))
            elif frame is None:
                found.append(Assessment(one.id, code, Status.NOT_ASSESSED, next(without)))
            else:
                why = next(doubtful)
                base, last = frame.row(0, named=True), frame.row(-1, named=True)
                found.append(Assessment(
                    one.id, code, Status.NOT_ASSESSED if why else next(coloured), why, "statcan",
                    value=last["obs_value"], time_period=last["time_period"], base_value=base["obs_value"],
                    base_period=base["time_period"], points=frame.height))
    return found


def make(
    project: Project, areas: Sequence[str] = AREAS, words: Words | None = None,
    indicators: Sequence[Indicator] | None = None, changed: Mapping[str, float] | None = None,
) -> Made:
    asked = list(project.indicators.values()) if indicators is None else list(indicators)
    series = Series(pl.DataFrame(list(_figures(asked, areas, changed or {})), schema=COLUMNS))
    snapshots = {
        (p.source, p.series): Snapshot(p.source, p.series, "x", (b"",), "ab" * 32, "https://example.org/x",
                                       "2026-01-02T00:00:00Z", "live", licence="CC BY 4.0")
        for one in asked for p in project.selections(one)
    }
    words = words or project.words("en")
    evidence = Evidence(series, snapshots=snapshots)
    judged = _judged(asked, areas, series, project)
    cards = compose.compose(project, words, evidence, judged, [], areas, AS_OF, "2026-11", FORMATS)
    look = Look((str(ROOT / "reports"),), words, project.tokens())
    return Made(project, words, evidence, judged, areas, cards, compose.matrix(project, words, cards, FORMATS), look)


@pytest.fixture(scope="module")
def made(project: Project) -> Made:
    return make(project)


@pytest.fixture(scope="module")
def written(made: Made) -> dict[str, bytes]:
    return {path: part.make() for path, part in made.parts().items() if not path.endswith(".png")} | made.data()


def tree(written: Mapping[str, bytes], path: str) -> Any:
    return lxml_html.fromstring(written[path].decode())


def text(written: Mapping[str, bytes], path: str) -> str:
    return " ".join(tree(written, path).text_content().split())


def test_every_indicator_recommendation_and_actor_has_a_page(made: Made, written: Mapping[str, bytes]) -> None:
    project = made.project
    assert {f"indicators/{i}.html" for i in project.indicators} <= written.keys()
    assert {f"recommendations/{r}.html" for r in project.recommendations} <= written.keys()
    named = {name for c in project.mandate.commitments.values() for name in c.actors}
    assert {f"actors/{pages_mandate.slug(name)}.html" for name in named} <= written.keys()
    assert len({pages_mandate.slug(name) for name in named}) == len(named)
    assert {"actors/index.html", "actors/nobody.html", "gaps.html"} <= written.keys()
    assert made.words.missing == set()


def test_every_link_leads_somewhere(made: Made, written: Mapping[str, bytes]) -> None:
    there = {*written, *OTHERS, *(path for path in made.parts()), *(f"{a}/scorecard.html" for a in AREAS)}
    ids = {path: {e.get("id") for e in tree(written, path).iter() if e.get("id")}
           for path in written if path.endswith(".html")}
    ids["mandate.html"] = {*made.project.mandate.ids(), *made.project.indicators}
    wrong = []
    for path in (p for p in written if p.endswith(".html")):
        for element in tree(written, path).iter("a", "img"):
            href = str(element.get("href") or element.get("src") or "")
            if href.startswith("http"):
                continue
            to, _, place = href.partition("#")
            target = (Path("/") / Path(path).parent / to).resolve().relative_to("/").as_posix() if to else path
            if target not in there or (place and target in ids and place not in ids[target]):
                wrong.append((path, href))
    assert wrong == []


def test_no_page_asks_another_host_for_anything(written: Mapping[str, bytes]) -> None:
    for path in (p for p in written if p.endswith(".html")):
        page = tree(written, path)
        assert not page.xpath("//script | //iframe | //link[@rel='stylesheet'] | //object")
        assert all("//" not in src for src in page.xpath("//img/@src"))
        assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_areas_stand_by_name_whatever_their_figures(project: Project) -> None:
    one = project.indicators["IND-54a"]
    up, down = (make(project, ("NGA", "KEN", "BGD"), indicators=[one], changed={one.id: by}) for by in (0.0, 50.0))
    names = []
    for made in (up, down):
        page = next(p for p in pages.pages(project, made.words, made.cards) if p.id == one.id)
        names.append([row.name for row in page.rows])
        assert page.course and [panel.name for panel in page.course.panels] == names[-1]
    assert names[0] == names[1] == ["Bangladesh", "Kenya", "Nigeria"]


def _heights(made: Made, one: Indicator) -> tuple[Any, list[list[float]]]:
    """Of each panel, how high its figures stand (the top is 38)."""
    page = next(p for p in pages.pages(made.project, made.words, made.cards) if p.id == one.id)
    assert page.course
    paths = [p.path.replace("M", "L").strip("L").split("L") for p in page.course.panels]
    return page.course, [[float(at.split()[1]) for at in path] for path in paths]


def test_only_comparable_indicators_have_one_scale(project: Project) -> None:
    alike = project.indicators["IND-54a"]
    own = alike.model_copy(update={"comparable": False})
    course, heights = _heights(make(project, ("NGA", "KEN", "BGD"), indicators=[alike]), alike)
    assert [panel.name for panel in course.panels] == ["Bangladesh", "Kenya", "Nigeria"]
    # in 2012 they had 16, 13 and 10: what is more stands higher
    assert heights[0][0] < heights[1][0] < heights[2][0]
    assert [min(panel) == pages_figure.TOP for panel in heights] == [True, False, False]
    assert "same scale, from 0.0\xa0% to 27.0\xa0%" in " ".join(course.text)
    changed = replace(project, indicators={**project.indicators, own.id: own})
    course, heights = _heights(make(changed, ("NGA", "KEN", "BGD"), indicators=[own]), own)
    # the third has a margin of uncertainty above its figures
    assert [min(panel) == pages_figure.TOP for panel in heights] == [True, True, False]
    assert "own scale" in " ".join(course.text)
    assert "may not be set beside each other" in " ".join(course.text)


def test_a_line_stops_at_a_break_and_at_a_hole(made: Made, project: Project) -> None:
    one = project.indicators["IND-54a"]
    alone = make(project, ("NGA", "KEN", "BGD"), indicators=[one])
    line = next(card.lines()[0] for card in alone.cards if card.area == "KEN")
    course = pages_figure.multiples(alone.words, one, [("Kenya", line)])
    assert course and course.panels[0].path.count("M") == 2
    assert len(course.panels[0].breaks) == 1
    holed = replace(line, points=tuple(p for p in line.points if p.period not in ("2019", "2020")))
    course = pages_figure.multiples(alone.words, one, [("Kenya", holed)])
    assert course and course.panels[0].path.count("M") == 3
    assert pages_figure.multiples(alone.words, one, [("Kenya", replace(line, points=line.points[:1]))]) is None


def test_an_indicator_tells_what_was_promised_and_how_it_is_judged(written: Mapping[str, bytes]) -> None:
    cost = text(written, "indicators/IND-54a.html")
    assert "Promised (25 September 2015): 3.0 % by 2030." in cost.replace("\xa0", " ")
    assert "A newest figure older than 5 years is too old to judge." in cost
    assert "ab" * 32 in cost
    assert "Source: World Bank" in written["indicators/IND-54a.svg"].decode()
    crime = text(written, "indicators/IND-13.html")
    assert "It gets no colour and no status." in crime
    assert "How to read it:" in crime


def test_an_area_without_a_figure_is_named_with_its_reason(made: Made, written: Mapping[str, bytes]) -> None:
    for one in made.project.indicators.values():
        lacking = [a for a in made.assessments if a.indicator == one.id and a.value is None
                   and a.reason is not Reason.NOT_APPLICABLE]
        section = tree(written, f"indicators/{one.id}.html").xpath("//section[@aria-labelledby='_absent']")[0]
        listed = {a.text for dd in section.xpath("./dl//dd") for a in dd.iter("a")}
        assert listed == {made.project.area_name(a.ref_area, made.words) for a in lacking}


def test_a_recommendation_stands_word_for_word(made: Made, written: Mapping[str, bytes]) -> None:
    for one in made.project.recommendations.values():
        page = tree(written, f"recommendations/{one.id}.html")
        if one.text:
            assert page.xpath("//blockquote")[0].text_content().strip() == " ".join(one.text.split("\n")).strip()
        counted = sum(int(b.text) for b in page.xpath("//section[@aria-labelledby='_areas']/ul//b"))
        meant = [a for i in made.project.answering(one.id) for a in made.assessments
                 if a.indicator == i.id and a.reason is not Reason.NOT_APPLICABLE]
        assert counted == len(meant)


def test_a_working_translation_stands_under_the_words(project: Project) -> None:
    words = project.words("en")
    one = project.recommendations["R2016-1"]
    words.working = {one.text: "Eine Arbeitsübersetzung."}
    words.foreign, words.original = frozenset({one.text}), "fr"  # as if the project were written in French
    made = make(project, ("DEU",), words, [project.indicators["IND-13"]])
    page: Any = lxml_html.fromstring(made.parts()["recommendations/R2016-1.html"].make().decode())
    quoted = page.xpath("//header//blockquote")[0]
    assert quoted.get("lang") == "fr"
    assert "Working translation" in quoted.getnext().text_content()
    assert "Eine Arbeitsübersetzung." in quoted.getnext().text_content()


def test_civil_society_stands_beside_governments(made: Made, written: Mapping[str, bytes]) -> None:
    shown = [a.text for a in tree(written, "actors/index.html").xpath("//h3/a")]
    assert shown[:-1] == sorted(shown[:-1], key=str.casefold)
    assert {"Government of Bangladesh", "civil society"} <= {*shown}
    assert shown[-1] == "Nobody is named"
    heads = [[d.text_content() for d in tree(written, f"actors/{name}.html").xpath("//article[1]//dt")][:3]
             for name in ("government-of-bangladesh", "civil-society")]
    assert heads[0] == heads[1]
    told = text(written, "actors/civil-society.html")
    assert "Due 2019; 2,518 days past that date." in told
    assert "is no proof of what the promise did" in told


def test_a_kept_promise_is_not_overdue(project: Project) -> None:
    one = project.mandate.commitments["C2015-1"]
    kept = one.model_copy(update={"history": [
        *one.history, one.history[-1].model_copy(update={"status": "delivered", "evidence": ["https://example.org"]})]})
    commitments = {**project.mandate.commitments, one.id: kept}
    changed = replace(project, mandate=replace(project.mandate, commitments=commitments))
    page = next(p for p in pages_mandate.actors(changed, project.words("en"), [], AS_OF)
                if p.name == "Government of Bangladesh")
    assert page.promises[0].due == "2016-12"
    assert page.promises[0].status_text == "delivered"
    assert page.promises[0].history[-1][3] == ("https://example.org",)


def test_every_reason_is_some_task_or_no_gap() -> None:
    named = [reason for reasons in pages_gaps.TASKS.values() for reason in reasons]
    assert len(named) == len({*named})
    for reason in Reason:
        bare = Assessment("X", "DEU", Status.NOT_ASSESSED, reason)
        told = Assessment("X", "DEU", Status.NOT_ASSESSED, reason, value=1.0, time_period="2020")
        assert bool(pages_gaps.task(bare)) == (reason is not Reason.NOT_APPLICABLE)
        assert bool(pages_gaps.task(told)) == (
            reason in (*pages_gaps.TASKS["old"], *pages_gaps.TASKS["withheld"]))
    assert pages_gaps.task(Assessment("X", "DEU", Status.ON_TRACK, value=1.0)) == ""


def test_gaps_add_up_on_the_page_and_in_its_file(made: Made, written: Mapping[str, bytes]) -> None:
    page = pages_gaps.gaps(made.project, made.words, made.assessments, made.areas, FORMATS)
    rows = list(csv.DictReader(io.StringIO(written["data/gaps_in_data.csv"].decode())))
    whole = sum(n for *_, n in page.tasks)
    assert whole == len(rows) == sum(row.gaps for row in page.reasons)
    meant = [a for a in made.assessments if a.reason is not Reason.NOT_APPLICABLE]
    tables = {table.key: table.rows for table in page.tables}
    for key in ("by_region", "by_area", "by_indicator"):
        assert sum(row.meant for row in tables[key]) == len(meant)
        assert sum(sum(row.tasks) for row in tables[key]) == whole
    for row in (row for rows in tables.values() for row in rows):
        assert row.meant == row.recent + sum(row.tasks)
        assert row.recent <= row.figure <= row.meant
    assert {row["ref_area"] for row in rows} <= {*AREAS}
    assert "pairs of an area and an indicator" in page.sentences[0]


def test_tables_of_the_pages_are_files_with_the_same_numbers(made: Made, written: Mapping[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(written["data/recommendations.csv"].decode())))
    for page in pages_mandate.recommendations(made.project, made.words, made.cards):
        mine = {row["indicator"]: row for row in rows if row["recommendation"] == page.id}
        for shown in page.indicators:
            told = mine[shown.id]
            assert (int(told["areas"]), int(told["with_figure"])) == (shown.areas, shown.figures)
            assert {c.key for c in shown.counts} == {s.value for s in Status if int(told[s.value])}
    figures = list(csv.DictReader(io.StringIO(written["data/indicators/IND-54a.csv"].decode())))
    assert {row["indicator"] for row in figures} == {"IND-54a"}
    assert len(csv.DictReader(io.StringIO(written["data/commitments.csv"].decode())).__next__()) == 14


def test_a_spreadsheet_takes_no_text_for_a_formula(project: Project) -> None:
    one = next(iter(project.mandate.commitments.values()))
    bad = one.model_copy(update={"deliverable": "=HYPERLINK(1)", "title": "@x"})
    changed = replace(project, mandate=replace(project.mandate, commitments={one.id: bad}))
    made = make(changed, ("DEU",), indicators=[])
    assert "'=HYPERLINK(1)" in made.data()["data/commitments.csv"].decode()


def _marked(value: Any) -> Any:
    """The same value with every text replaced by markup, but what addresses and chooses."""
    if isinstance(value, str):
        return "<script>x()</script>\"'&"
    if isinstance(value, tuple):
        return tuple(_marked(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = ("id", "key", "status", "href", "origin", "downloads", "url")
        return replace(value, **{f.name: _marked(getattr(value, f.name)) for f in dataclasses.fields(value)
                                 if f.name not in kept})
    return value


def test_no_text_becomes_markup(made: Made) -> None:
    pages_of = [
        ("indicator.html.j2", next(p for p in pages.pages(made.project, made.words, made.cards) if p.course)),
        ("recommendation.html.j2", next(pages_mandate.recommendations(made.project, made.words, made.cards))),
        ("actor.html.j2", next(pages_mandate.actors(made.project, made.words, made.cards, AS_OF))),
        ("gaps.html.j2", pages_gaps.gaps(made.project, made.words, made.assessments, made.areas)),
    ]
    folders = [ROOT / "reports"]
    for template, one in pages_of:
        bad = printed.page(template, "x/y.html", made.matrix, _marked(one), made.words, folders, made.look.tokens)
        assert b"<script" not in bad
        assert b"&lt;script&gt;" in bad
    course = next(p.course for p in pages.pages(made.project, made.words, made.cards) if p.course)
    drawn = printed.drawing(_marked(course), made.words, folders, made.look.tokens)
    assert b"<script" not in drawn
    lxml_html.fromstring(drawn.replace(b'<?xml version="1.0"?>', b""))


def test_the_same_figures_give_the_same_pages_and_pictures(made: Made, project: Project) -> None:
    again = make(project)
    before, after = made.parts(), again.parts()
    assert {p: part.inputs for p, part in before.items()} == {p: part.inputs for p, part in after.items()}
    for path in ("indicators/IND-54a.html", "indicators/IND-54a.svg", "indicators/IND-54a.png", "gaps.html"):
        assert before[path].make() == after[path].make()
    assert before["indicators/IND-54a.png"].make().startswith(b"\x89PNG")


def test_another_figure_makes_only_its_own_pages_anew(made: Made, project: Project) -> None:
    other = make(project, changed={"IND-54a": 0.5}).parts()
    anew = {path for path, part in made.parts().items() if other[path].inputs != part.inputs}
    assert {"indicators/IND-54a.html", "indicators/IND-54a.svg", "indicators/IND-54a.png"} <= anew
    assert {path for path in anew if path.startswith("indicators/")} <= {
        f"indicators/IND-54a.{suffix}" for suffix in ("html", "svg", "png")}
    assert "gaps.html" not in anew


def test_from_right_to_left_the_drawing_begins_at_the_right(project: Project) -> None:
    one = project.indicators["IND-54a"]
    made = make(project, ("NGA", "KEN", "BGD"), indicators=[one])
    lines = [(card.name, card.lines()[0]) for card in made.cards]
    arabic = Words("ar", {**made.words.texts, "locale": "ar"})
    course = pages_figure.multiples(arabic, one, lines)
    assert course and course.rtl and course.panels[0].at[0] > course.panels[1].at[0]
    assert course.title[0].startswith("\u2067")
    drawn = printed.drawing(course, arabic, [ROOT / "reports"], project.tokens()).decode()
    assert 'text-anchor="end"' in drawn.split("<g")[1]


def test_all_member_states_stay_below_the_size_of_a_page(project: Project) -> None:
    states = area.members_of_the_un()
    chosen = project.answering("R2018-1")[:3]
    made = make(project, states, indicators=chosen)
    sizes = {path: len(part.make()) for path, part in made.parts().items() if path.endswith(".html")}
    assert sizes["recommendations/R2018-1.html"] > 15_000
    # the page of what is missing for every indicator, judged or not
    every = [Assessment(i, code, Status.NOT_ASSESSED, Reason.NO_DATA) for i in project.indicators for code in states]
    page = pages_gaps.gaps(project, made.words, every, states)
    sizes["gaps.html"] = len(printed.page("gaps.html.j2", "gaps.html", made.matrix, page, made.words,
                                          [ROOT / "reports"], project.tokens()))
    drawn = {path for path in made.parts() if path.startswith("indicators/") and path.endswith((".svg", ".png"))}
    assert drawn and not any(path.endswith(".png") for path in drawn)  # too large to be a picture
    assert max(sizes.values()) < 300_000, max(sizes.items(), key=lambda item: item[1])
