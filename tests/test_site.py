"""The start page and what belongs to the whole edition: small, linked, alone, deep-linkable, the same bytes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import openpyxl
import pytest
from lxml import html as lxml_html

from monitor import area, chart_card, project, render_site, run, site, site_compare, site_editions, site_meta, workbook
from monitor.before import Before, Past
from monitor.outputs import _site
from monitor.results import Status
from monitor.scorecard import Cell, Changed, Count, Matrix, Row
from monitor.site import Facet, Start
from monitor.words import Words
from tests import sample

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 11, 22)
LANGUAGES = sorted(path.stem for path in (ROOT / "reports/words").glob("*.yaml"))
#: one cell in so many has a status, only a figure, a dash, nothing; as in the edition of the 193 members of the UN
SHARES = "sffddooosffddoofddoo"


@pytest.fixture(scope="module")
def flagship() -> project.Project:
    return project.load(ROOT)


def _world(words: Words, columns: int = 70) -> Start:
    """All member states by many indicators, filled as the real edition is; made up."""
    statuses = itertools.cycle([s for s in Status if s is not Status.NOT_ASSESSED])
    fill = itertools.cycle(SHARES)

    def cell(n: int) -> Cell:
        kind = next(fill)
        if kind == "o":
            return Cell(f"IND-{n}", Status.NOT_ASSESSED, words("status.not_assessed"), "", None, outside=True)
        status = next(statuses) if kind == "s" else Status.NOT_ASSESSED
        text = "" if kind == "d" else f"{n * 137 % 999}.{n % 10} (2021)"
        return Cell(f"IND-{n}", status, words(f"status.{status}"), text, None if kind == "d" else n * 137 % 999)

    members = sorted(area.members_of_the_un(), key=words.area)
    rows = tuple(Row(code, words.area(code), "", (), tuple(cell(n) for n in range(columns)),
                     f"{code}/scorecard.html", ()) for code in members)
    names = tuple((f"IND-{n}", f"An indicator with a name as long as most of them: {n}", f"R-{n // 8}")
                  for n in range(columns))
    groups = tuple((key, f"A recommendation: {key}", sum(g == key for *_, g in names))
                   for key in dict.fromkeys(g for *_, g in names))
    card = sample.scorecard()
    matrix = Matrix(
        title=card.title, edition=card.edition, as_of=card.as_of, language=words.language, direction=words.direction,
        purpose=card.purpose, made_by=card.made_by, contact=card.contact, licence=card.licence, engine=card.engine,
        offline=card.offline, columns=names, groups=groups, rows=rows,
        legend=tuple(Count(s, words(f"status.{s}"), 3) for s in Status), limits=card.limits,
        downloads=(("data/observations.csv", "Figures"),), silent=tuple(f"IND-9{n} Nothing yet" for n in range(60)),
        comparable=tuple(key for key, *_ in names[::3]),
    )
    tiles = tuple(site.Tile(code, words.area(code), *site.grid()[code], f"{code}/scorecard.html", n % columns,
                            site.step(n % columns, columns)) for n, code in enumerate(sorted(members)))
    facets = tuple(Facet(tuple(filter(None, (area.table()[r.area]["region"], area.table()[r.area]["subregion"]))),
                         ("origin",)) for r in rows)
    pages = tuple(f"indicators/{key}.html" for key, *_ in names)
    return Start(matrix, ("One sentence.",) * 4, tiles, facets, site._regions(words, facets),
                 (("origin", words("role.origin")),), site._steps(columns), (), pages)


def _page(start: Start, words: Words, flagship: project.Project, described: Any = None) -> str:
    folders = [layer / "reports" for layer in flagship.layers]
    return _site.start(start, described or {}, words, folders, flagship.tokens()).decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_world_stays_below_300_kb_in_every_language(flagship: project.Project, language: str) -> None:
    words = flagship.words(language)
    start = _world(words)
    page = _page(start, words, flagship)
    assert len(page.encode()) < 300_000
    reading = "A rise may mean better recording; a fall may mean the opposite."
    declared = SimpleNamespace(indicators={key: SimpleNamespace(reading=reading) for key, *_ in start.matrix.columns})
    data = site_compare.compare(declared, words, start.matrix, [sample.scorecard()])  # type: ignore[arg-type]
    folders = [layer / "reports" for layer in flagship.layers]
    assert len(_site.compare(start.matrix, data, words, folders, flagship.tokens())) < 300_000


def test_the_matrix_says_each_status_in_words_and_tells_a_dash_from_what_does_not_apply(
    flagship: project.Project,
) -> None:
    words = flagship.words("en")
    start = _world(words)
    tree = lxml_html.fromstring(_page(start, words, flagship))
    for row, shown in zip(start.matrix.rows, tree.xpath("//table/tbody/tr"), strict=True):
        cells = shown.xpath("./td")
        assert len(cells) == len(row.cells)
        for cell, td in zip(row.cells, cells, strict=True):
            judged = cell.status != Status.NOT_ASSESSED
            assert td.xpath("string(b)") == (cell.status_text if judged else "")
            assert (td.get("class") or "") == site.LETTERS.get(cell.status, "")
            told = "".join(td.xpath("./text()")).strip()
            assert told == ("" if cell.outside else cell.text or "–")
    assert tree.xpath("//table/caption") and tree.xpath("//table//th[@scope='row']")
    names = [th.text_content().strip() for th in tree.xpath("//table/tbody/tr/th")]
    assert names == [row.name for row in start.matrix.rows], "in order of name: no ranking"


def test_there_is_one_tile_for_each_member_and_observer_of_the_un() -> None:
    grid = site.grid()
    assert set(grid) == {*area.members_of_the_un(), "VAT", "PSE"}
    assert len(set(grid.values())) == len(grid)
    for code, (row, column) in grid.items():  # near others of its region
        region = area.table()[code]["region"]
        near = [c for c, (r, k) in grid.items() if c != code and max(abs(r - row), abs(k - column)) <= 3]
        assert any(area.table()[c]["region"] == region for c in near), code


def test_steps_are_equal_and_hold_every_number() -> None:
    for number in (1, 3, 5, 64, 67):
        steps = site._steps(number)
        held = [n for _, low, high in steps for n in range(low, high + 1)]
        assert held == list(range(1, number + 1))
    assert (site.step(0, 64), site.step(1, 64), site.step(64, 64), site.step(0, 0)) == (0, 1, 5, 0)


def test_texts_that_look_like_markup_stay_texts(flagship: project.Project) -> None:
    words = flagship.words("en")
    start = _world(words, 4)
    bad = "</script><script>x()</script><!--"
    columns = tuple((i, bad, r) for i, _, r in start.matrix.columns)
    matrix = replace(start.matrix, title=bad, purpose=bad, columns=columns)
    described = site_meta.data_set(words, matrix, [replace(sample.scorecard(), name=bad)])
    page = _page(replace(start, matrix=matrix, said=(bad,)), words, flagship, described)
    tree = lxml_html.fromstring(page)
    assert [s.get("type") for s in tree.xpath("//script")] == ["application/ld+json", None]
    assert json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])["name"] == bad


def test_the_same_start_page_and_card_give_the_same_bytes(flagship: project.Project) -> None:
    words = flagship.words("en")
    start = _world(words, 4)
    assert _page(start, words, flagship) == _page(_world(words, 4), words, flagship)
    composed = site.start(flagship, words, [sample.scorecard()], start.matrix, (), ["b.html", "a.html", "data/x.csv"])
    assert composed.pages == ("a.html", "b.html"), "in an order that is the same in every process"
    first, second = (chart_card.png(start, ["Edition x"], words, flagship.tokens()) for _ in range(2))
    assert first == second and first.startswith(b"\x89PNG")
    assert (int.from_bytes(first[16:20], "big"), int.from_bytes(first[20:24], "big")) == chart_card.SIZE


def test_the_comparison_keeps_every_figure_and_says_which_may_stand_side_by_side(flagship: project.Project) -> None:
    words = flagship.words("en")
    start = _world(words, 6)
    declared = SimpleNamespace(indicators={key: SimpleNamespace(reading="") for key, *_ in start.matrix.columns})
    changed = Changed("status", "", "IND-1", "One", "on_track", "on track", "backwards", "moving backwards", *[""] * 4)
    card = replace(sample.scorecard(), area="DEU", changed=(changed,), changed_text="Compared with x.")
    data = site_compare.compare(declared, words, start.matrix, [card])  # type: ignore[arg-type]
    assert [i for i, _, together, _ in data["indicators"] if together] == [*start.matrix.comparable]
    for row in start.matrix.rows:
        for cell, written in zip(row.cells, data["figures"][row.area], strict=True):
            if cell.outside:
                assert written == ""
            elif cell.status == Status.NOT_ASSESSED:
                assert written == (f"~{cell.text}" if cell.text else "-")
            else:
                assert data["statuses"][int(written[0], 36)] == (site.LETTERS[cell.status], cell.status_text)
                assert written[1:] == cell.text
    assert data["changed"] == {"DEU": ["Compared with x.", [["One", "on track", "moving backwards"]]]}


def test_what_machines_read_names_files_and_whole_addresses_only_where_the_home_is_declared(
    flagship: project.Project,
) -> None:
    words = flagship.words("en")
    start, cards = _world(words, 4), [sample.scorecard()]
    near = site_meta.data_set(words, start.matrix, cards)
    assert near["@type"] == "Dataset" and near["distribution"][0]["contentUrl"] == "data/observations.csv"
    assert near["license"] == "https://creativecommons.org/licenses/by/4.0/" and "url" not in near
    assert re.fullmatch(r"\d{4}/\d{4}", near["temporalCoverage"])
    assert near["spatialCoverage"] == [cards[0].name]
    assert "og:image" not in _page(start, words, flagship)
    words.home = "https://example.org/editions/"
    far = site_meta.data_set(words, start.matrix, cards)
    assert far["url"] == "https://example.org/editions/index.html"
    assert far["distribution"][0]["contentUrl"].startswith("https://example.org/editions/data/")
    assert 'content="https://example.org/editions/assets/card.png"' in _page(start, words, flagship)
    tree = ElementTree.fromstring(site_meta.site_map(
        words.home, "2026-11-22", ["index.html", "DEU/a&b.html", "quality/index.html", "data/x.csv"], ["en", "fr"]))
    assert sorted(loc.text or "" for loc in tree.iter() if loc.tag.endswith("loc")) == [
        f"https://example.org/editions/{path}" for path in (
            "DEU/a&b.html", "fr/DEU/a&b.html", "fr/index.html", "index.html", "quality/index.html")]


def test_the_workbook_holds_numbers_as_numbers_and_no_formula() -> None:
    table = b"indicator,ref_area,value,message\nIND-1,001,6.5,'=1+1\nIND-2,DEU,,@SUM(A1)\nIND-3,DEU,-2,http://x\n"
    made = [workbook.workbook("About", ["A note"], {"Figures": ("data/x.csv", table)}, AS_OF, "") for _ in range(2)]
    assert made[0] == made[1]
    book = openpyxl.load_workbook(io.BytesIO(made[0]))
    assert book.sheetnames == ["About", "Figures"]
    rows = [[cell.value for cell in row] for row in book["Figures"].iter_rows(min_row=2)]
    assert rows == [["IND-1", "001", 6.5, "=1+1"], ["IND-2", "DEU", None, "@SUM(A1)"], ["IND-3", "DEU", -2, "http://x"]]
    assert {cell.data_type for row in book["Figures"].iter_rows() for cell in row} <= {"s", "n"}, "f is a formula"
    assert not any(cell.hyperlink for row in book["Figures"].iter_rows() for cell in row)


def test_a_table_too_long_for_a_sheet_is_named_instead_of_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 1)
    made = workbook.workbook("About", [], {"Figures": ("data/x.csv", b"value\n1\n2\n")}, AS_OF, "{n} rows, see {file}")
    assert openpyxl.load_workbook(io.BytesIO(made))["Figures"]["A2"].value == "2 rows, see data/x.csv"


def test_an_edition_hands_on_those_before_it_and_says_the_same_when_made_again(tmp_path: Path) -> None:
    old, new = tmp_path / "2026-08", tmp_path / "2026-11"
    old.mkdir()
    first = {"edition": "2026-05", "as_of": "2026-05-01", "areas": 17, "folder": "2026-05"}
    (old / "manifest.json").write_text(json.dumps({"areas": ["DEU", "KEN"], "earlier": [first]}), encoding="utf-8")
    past = Past((Before("2026-08", "2026-08-01", "", ("DEU",), folder=old),))
    found = site_editions.earlier(past, new)
    assert [(e.edition, e.areas, e.folder) for e in found] == [("2026-05", 17, "2026-05"), ("2026-08", 2, "2026-08")]
    elsewhere = site_editions.earlier(past, tmp_path / "deep" / "2026-11")
    assert {e.folder for e in elsewhere} == {""}, "what does not stand beside is named and not linked to"
    told = {"earlier": [vars(e) for e in found]}
    assert site_editions.earlier(Past(), new, json.loads(json.dumps(told))) == found
    assert site_editions.earlier(Past(), new, {}) == ()


@pytest.fixture(scope="module")
def made(flagship: project.Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small edition of the flagship, as a run makes it."""
    folder = tmp_path_factory.mktemp("editions") / "now"
    run.run(flagship, as_of=AS_OF, now="2026-11-22T00:00:00Z", areas=["SWE", "DEU", "USNYC"], offline=True, out=folder,
            formats=("html", "data"), name="now", since="none")
    return folder


def test_every_link_of_the_site_leads_to_a_file(made: Path) -> None:
    for name in ("index.html", "compare.html"):
        text = (made / name).read_text(encoding="utf-8")
        tree = lxml_html.fromstring(text)
        for href in tree.xpath("//a/@href | //link/@href | //@src"):
            parts = urlsplit(href)
            if not parts.scheme and parts.path:
                assert (made / unquote(parts.path)).is_file(), f"{name}: {href}"
        assert not [h for h in tree.xpath("//link/@href | //@src") if urlsplit(h).scheme not in ("", "data")]
        assert not re.search(r"url\((?!\"data:|#)|@import", "".join(tree.xpath("//style/text()")))
    for target in re.findall(r"\]\(([^)]*)\)", (made / "llms.txt").read_text(encoding="utf-8")):
        assert (made / target).is_file(), target
    index = lxml_html.parse(str(made / "index.html"))
    described = json.loads(index.xpath("//script[@type='application/ld+json']/text()")[0])
    assert described["distribution"] and described["variableMeasured"]
    for one in described["distribution"]:
        assert (made / one["contentUrl"]).is_file()
    assert not (made / "sitemap.xml").exists(), "the project declares no home"


def test_the_policy_lets_only_the_scripts_of_the_page_run(made: Path) -> None:
    for name in ("index.html", "compare.html"):
        tree = lxml_html.parse(str(made / name))
        policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert policy.startswith("default-src 'none';") and "script-src 'sha256-" in policy
        for script in tree.xpath("//script[not(@type)]"):
            digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
        assert not tree.xpath("//@*[starts-with(name(), 'on')]")


def test_what_stands_in_the_page_stands_in_the_data(made: Path) -> None:
    tree = lxml_html.parse(str(made / "index.html"))
    beside = tree.xpath("//section[@aria-labelledby='_map']//ul//a/@href")
    assert beside == ["USNYC/scorecard.html"], "a city has no tile"
    with_page = tree.xpath("//ol[@class='tilemap']//a/@href")
    assert sorted(with_page) == ["DEU/scorecard.html", "SWE/scorecard.html"]
    book = openpyxl.load_workbook(made / render_site.WORKBOOK, read_only=True)
    for sheet, path in zip(book.sheetnames[1:], render_site.SHEETS.values(), strict=True):
        rows = sum(1 for _ in book[sheet].iter_rows()) - 1
        with (made / path).open(encoding="utf-8", newline="") as table:
            assert rows == sum(1 for _ in csv.reader(table)) - 1


def test_nothing_is_made_anew_where_nothing_changed(made: Path, flagship: project.Project) -> None:
    run.run(flagship, as_of=AS_OF, now="2026-11-23T00:00:00Z", areas=["SWE", "DEU", "USNYC"], offline=True, out=made,
            formats=("html", "data"), name="now", since="none")
    assert json.loads((made / "build.json").read_text(encoding="utf-8"))["made"] == []


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page of a browser, 1280 pixels wide."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def _rows(page: Any) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('.areas tbody tr')].filter((row) => !row.hidden)"
                                     ".map((row) => row.cells[0].textContent.trim())")
    return found


def test_every_state_of_the_start_page_can_be_linked_to(page: Any, made: Path) -> None:
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda problem: wrong.append(str(problem)))
    start = (made / "index.html").as_uri()
    page.goto(start)
    assert _rows(page) == ["Germany", "New York City", "Sweden"]
    page.fill("input[name=q]", "swe")
    page.select_option("select[name=rec]", "R2016-1")
    page.click("thead th[data-id=name] button")
    here = page.url
    assert _rows(page) == ["Sweden"] and "q=swe" in here and "rec=R2016-1" in here and "sort=-name" in here
    page.goto("about:blank")
    page.goto(here)
    assert _rows(page) == ["Sweden"]
    assert page.input_value("select[name=rec]") == "R2016-1"
    assert page.get_attribute("thead th[data-id=name]", "aria-sort") == "descending"
    page.click("button[type=reset]")
    page.wait_for_function("!location.hash")
    assert _rows(page) == ["Germany", "New York City", "Sweden"]
    page.goto(f"{start}#sort=-IND-54b")
    cells = page.evaluate("""() => {
        const n = [...document.querySelectorAll("thead tr:last-child th")].findIndex((h) => h.dataset.id === "IND-54b");
        return [...document.querySelectorAll(".areas tbody tr")].map((r) => parseFloat(r.cells[n].lastChild?.data));
    }""")
    assert cells[0] > cells[1] and cells[2] != cells[2], "by size of the figure, what has none last"
    page.goto(f"{start}#region=150&status=achieved")
    assert _rows(page) == ["Germany", "Sweden"]
    page.goto(f"{start}#map=IND-50b")
    assert page.get_attribute(".tilemap a[href^=SWE]", "class") == site.LETTERS["achieved"]
    assert "in place" in page.get_attribute(".tilemap a[href^=SWE]", "title")
    page.goto(f"{start}#rec=x&region=y&status=z&sort=a&map=b&q=%3Cb%3E")
    assert wrong == [], "an address that makes no sense does no harm"


def test_the_comparison_follows_its_address_and_sets_only_comparable_figures_beside_each_other(
    page: Any, made: Path, flagship: project.Project,
) -> None:
    page.goto(f"{(made / 'compare.html').as_uri()}#SWE,DEU")
    heads = page.locator(".pairs thead th").all_inner_texts()
    assert heads[1:] == ["Sweden", "Germany"]
    together = set(page.locator(".pairs tbody th").all_inner_texts())
    apart = set(page.locator(".apart h3").all_inner_texts())
    comparable = {i.title for i in flagship.indicators.values() if i.comparable}
    assert together and together <= comparable and apart and not apart & comparable
    page.select_option("select[name=second]", "USNYC")
    assert page.url.endswith("#SWE,USNYC")
    page.select_option("select[name=second]", "SWE")
    assert page.locator("#_pair").is_visible() and not page.locator("#_compared").is_visible()


def test_a_narrow_screen_shows_one_recommendation_and_nothing_runs_out_of_the_page(page: Any, made: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("about:blank")
    page.goto((made / "index.html").as_uri())
    assert "rec=" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(f"{(made / 'compare.html').as_uri()}#SWE,DEU")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
