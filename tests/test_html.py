"""The web pages: they stand alone, escape everything, hide nothing, and have no words but those of the language."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html as lxml_html

from monitor import chart
from monitor.errors import CannotRender
from monitor.outputs import _site, _svg, html
from monitor.results import Reason, Status
from monitor.scorecard import URGENCY, Cell, Chapter, Count, Entry, Matrix, Point, Row
from monitor.site import Facet, Start
from monitor.words import Words
from tests import sample

REPORTS = Path(__file__).parents[1] / "reports"


def _yaml(name: str) -> Any:
    return yaml.load((REPORTS / name).read_text(encoding="utf-8"), yaml.BaseLoader)


TOKENS = _yaml("tokens.yaml")
TOKENS["chart"] |= {k: float(TOKENS["chart"][k]) for k in ("width", "height")}
ENGLISH = _yaml("words/en.yaml")


def _words() -> Words:
    return Words("en", ENGLISH)


def _card() -> Any:
    """The sample with one line for each status and each reason."""
    card = sample.scorecard()
    bare = sample.line(8)
    more = tuple(
        replace(bare, id=f"WHY-{r.value}", reason=r.value, reason_text=_words()(f"reason.{r.value}")) for r in Reason
    )
    words = {s.value: _words()(f"status.{s.value}") for s in Status}
    blocks = [
        replace(b, lines=tuple(replace(x, status_text=words[x.status]) for x in b.lines)) for b in card.blocks
    ]
    blocks[3] = replace(blocks[3], lines=(*blocks[3].lines, *more))
    return replace(card, blocks=tuple(blocks))


def _page(card: Any = None, charts: Any = None, folders: Any = (REPORTS,), words: Words | None = None) -> str:
    return html.render(card or _card(), words or _words(), folders, TOKENS, charts or {}).decode()


def _figures(card: Any = None) -> str:
    return html.figures(card or _card(), _words(), [REPORTS], TOKENS).decode()


def _matrix() -> Matrix:
    card = _card()
    columns = tuple((line.id, line.title, b.id) for b in card.blocks for line in b.lines)
    rows = tuple(
        Row(code, name, "Southern Europe", (), tuple(
            Cell(i, s.value, _words()(f"status.{s.value}"), f"{n}.5 (2023)", n + 0.5)
            for n, ((i, _, _), s) in enumerate(zip(columns, itertools.cycle(Status), strict=False))
        ), f"{code}/scorecard.html", ())
        for code, name in (("EXA", "Exampleland"), ("UTO", "Utopia"))
    )
    return Matrix(
        title=card.title, edition=card.edition, as_of=card.as_of, language="en", direction="ltr",
        purpose=card.purpose, made_by=card.made_by, contact=card.contact, licence=card.licence, engine=card.engine,
        offline=card.offline, columns=columns, groups=tuple((b.id, b.title, len(b.lines)) for b in card.blocks),
        rows=rows, legend=tuple(Count(s.value, _words()(f"status.{s.value}"), 3) for s in Status),
        limits=card.limits, downloads=(("data/observations.csv", "Figures"),), comparable=(columns[0][0],),
    )


def _index(matrix: Matrix | None = None, words: Words | None = None) -> str:
    shown = matrix or _matrix()
    start = Start(shown, (), (), (Facet((), ()),) * len(shown.rows), (), (), (), ())
    return _site.start(start, {}, words or _words(), [REPORTS], TOKENS).decode()


def _drawn(card: Any) -> dict[str, bytes]:
    return {line.id: chart.svg(line, _words(), TOKENS) for line in card.lines() if line.points}


def test_the_same_card_gives_the_same_bytes() -> None:
    charts = _drawn(_card())
    assert _page(charts=charts) == _page(charts=charts)
    assert _index() == _index()


def test_every_status_and_every_reason_is_said_in_words() -> None:
    text = lxml_html.fromstring(_page()).text_content()
    for status in Status:
        assert _words()(f"status.{status.value}") in text
    for reason in Reason:
        assert _words()(f"reason.{reason.value}") in text


def test_no_word_is_missing_from_the_language_file() -> None:
    words = _words()
    card = replace(_card(), downloads=(("../data/observations.csv", "Figures"),), missing=(), sources=())
    html.render(card, words, [REPORTS], TOKENS, {})
    html.render(_card(), words, [REPORTS], TOKENS, {})
    _index(words=words)
    assert words.missing == set()


def _everything(value: Any) -> Any:
    """The same card with every text replaced by markup."""
    if isinstance(value, str):
        return "<script>x()</script>\"'&"
    if isinstance(value, tuple):
        return tuple(_everything(v) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = ("id", "key", "status", "kind", "origin", "flag", "language", "direction", "recommendation")
        return replace(value, **{
            f.name: _everything(getattr(value, f.name)) for f in dataclasses.fields(value) if f.name not in kept
        })
    return value


def test_every_text_is_escaped() -> None:
    page = _page(_everything(_card()), _drawn(_card()))
    assert page.count("<script") == 3, "the page's own two, and its data"
    assert "<script" not in _figures(_everything(_card()))
    assert page.count("&lt;script&gt;") > 100
    matrix = _everything(_matrix())
    assert _index(replace(matrix, columns=_matrix().columns)).count("<script") == 2  # its own, and data


def test_an_address_that_is_not_of_the_web_is_no_link() -> None:
    card = _card()
    bad = replace(sample.CITATION, url="javascript:alert(1)")
    lines = tuple(replace(x, citations=(bad,)) for x in card.blocks[0].lines)
    block = replace(card.blocks[0], lines=lines)
    odd = replace(card, blocks=(block,), sources=(bad,), contact="javascript:x()")
    assert "javascript:x()" in _page(odd)
    assert not re.search(r'href="\s*javascript', _page(odd) + _figures(odd))


def test_a_page_asks_no_other_host_for_anything() -> None:
    text = _page(charts=_drawn(_card()))
    tree = lxml_html.fromstring(text)
    asked = tree.xpath("//@src | //link[not(contains('canonical icon', @rel))]/@href")
    assert {re.sub(r"IND-\d+", "N", one) for one in asked} == {
        "charts/N.svg", "../assets/uplot.css", "../assets/uplot.js", "../assets/card.js"}
    assert not tree.xpath("//@srcset | //@poster | //@data | //@background | //*[name()='image']")
    assert not tree.xpath("//iframe | //object | //embed | //base | //form")
    assert not re.search(r"@import|url\((?!#)|//fonts\.|[a-z]+\.googleapis", "".join(tree.xpath("//style/text()")))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data: 'self';")
    assert policy.endswith("script-src 'self'") and "unsafe-eval" not in policy
    assert text.index("Content-Security-Policy") < text.index("<style")


def test_a_page_that_needs_no_script_may_have_none() -> None:
    assert "script" not in lxml_html.fromstring(_figures()).xpath(
        "string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert not lxml_html.fromstring(_figures()).xpath("//script[not(@type)]")


def test_a_card_without_charts_does_not_load_what_draws_them() -> None:
    assert lxml_html.fromstring(_page()).xpath("//script/@src") == ["../assets/card.js"]


def test_what_the_script_draws_is_what_the_chart_shows() -> None:
    data = json.loads(lxml_html.fromstring(_page(charts=_drawn(_card()))).xpath("string(//script[@id='_drawing'])"))
    cost = data["charts"]["IND-02"]
    assert [row[1] for row in cost["p"]] == [p.value for p in sample.line(1).points]
    assert cost["p"][0][:1] == [2014] and cost["p"][0][2] == sample.line(1).points[0].text
    assert (cost["t"][0], len(cost["g"])) == (3.0, 10)
    assert data["charts"]["IND-05"]["b"] == [4]


@pytest.mark.parametrize("page", [lambda: _page(charts=_drawn(_card())), _figures, _index],
                         ids=["scorecard", "figures", "index"])
def test_a_page_has_landmarks_one_title_and_headings_in_order(page: Any) -> None:
    tree = lxml_html.fromstring(page())
    assert tree.get("lang") == "en"
    assert tree.get("dir") == "ltr"
    assert [len(tree.xpath(f"//{tag}")) for tag in ("h1", "main", "head/title")] == [1, 1, 1]
    levels = [int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4")]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = [h[1:] for h in tree.xpath("//@href") if h.startswith("#")]
    pointed = " ".join(tree.xpath("//@aria-labelledby | //@aria-describedby")).split()
    assert set(targets + pointed) <= set(ids)
    for table in tree.xpath("//table"):
        assert table.xpath("./caption")
        assert table.xpath(".//th[@scope='col']")
        # a first cell that is a head in every row is the head of its row by the rules of HTML
        assert all(row[0].tag == "th" for row in table.xpath("./tbody/tr"))


def test_an_indicator_of_two_recommendations_is_told_once_and_listed_twice() -> None:
    card = _card()
    shared = card.blocks[0].lines[0]
    other = replace(card.blocks[1], lines=(shared, *card.blocks[1].lines))
    tree = lxml_html.fromstring(_page(replace(card, blocks=(card.blocks[0], other))))
    assert len(tree.xpath(f"//article[@id='{shared.id}']")) == 1
    assert tree.xpath(f"//section[@id='{card.blocks[1].id}']//p[@class='also']/a[@href='#{shared.id}']")


def test_a_recommendation_without_enough_evidence_has_no_colour_as_a_whole_and_says_why() -> None:
    tree = lxml_html.fromstring(_page())
    (block,) = tree.xpath("//section[@id='R2016-2']")
    assert "Insufficient evidence" in block.text_content()
    own = block.xpath(".//article//span[contains(@class, 'chip')]/@class")
    assert own and "plain" not in {c.split()[1] for c in own}, "a single indicator keeps its colour"
    strip = {
        row.xpath("string(.//a/@href)"): {c.split()[1] for c in row.xpath(".//span[contains(@class, 'chip')]/@class")}
        for row in tree.xpath("//section[@aria-labelledby='_strip']//*[.//a[starts-with(@href, '#R')] and .//span]")
    }
    assert strip["#R2016-2"] <= {"plain", "not_assessed"}


def test_an_indicator_without_a_figure_keeps_its_place_and_says_why() -> None:
    tree = lxml_html.fromstring(_page())
    (place,) = tree.xpath("//li[@id='IND-08']")
    (row,) = tree.xpath("//dl/div[.//li[@id='IND-08']]/dt")
    assert row.text_content() == _words()("reason.needs_register")
    assert "not assessed" in place.xpath("string(ancestor::details)")
    assert place.xpath(".//a/@href") == ["../indicators/IND-08.html"]
    assert _words()("reason.needs_register") in tree.xpath("string(//section[@aria-labelledby='_missing'])")


def test_recommendations_without_any_figure_stand_in_one_list() -> None:
    card = _card()
    bare = replace(card.blocks[3], id="R-SILENT", lines=(sample.line(8),))
    tree = lxml_html.fromstring(_page(replace(card, blocks=(*card.blocks[:2], bare))))
    assert tree.xpath("//ul[@class='silent']//a/@href") == ["#R-SILENT"]
    assert not tree.xpath("//ol[@class='strip']//a[@href='#R-SILENT']")
    assert bare.text in tree.xpath("string(//details[@id='R-SILENT'])")


def test_key_figures_are_first_the_judged_ones_of_each_recommendation() -> None:
    order = lxml_html.fromstring(_page()).xpath("//ul[@class='keys']/li/a/@href")
    card = _card()
    lines = {f"#{line.id}": line for line in card.lines() if line.latest}
    judged = {key for key, line in lines.items() if line.status != "not_assessed"}
    assert len(order) == html.KEY == len(set(order))
    assert judged <= set(order)
    home = {f"#{line.id}": block.id for block in reversed(card.blocks) for line in block.lines}
    firsts = order[:len({home[key] for key in judged})]
    assert len({home[key] for key in firsts}) == len(firsts), "one of each recommendation before a second of any"
    for part in (firsts, [key for key in order[len(firsts):] if key in judged]):  # what falls short is said first
        ranks = [URGENCY.index(lines[key].status) for key in part]
        assert ranks == sorted(ranks)


def test_a_chart_stands_as_a_file_with_a_text_in_its_place() -> None:
    tree = lxml_html.fromstring(_page(charts=_drawn(_card())))
    (img,) = tree.xpath("//article[@id='IND-02']//img")
    assert (img.get("src"), img.get("loading")) == ("charts/IND-02.svg", "lazy")
    assert img.get("alt") == sample.line(1).chart_text
    assert not tree.xpath("//article[@id='IND-01']//svg[not(@aria-hidden)]")


def test_the_reading_guard_stands_once() -> None:
    card = _card()
    guarded = card.blocks[2].lines[1]
    line = replace(guarded, sentence=f"It rose. {guarded.reading}")
    page = _page(replace(card, blocks=(replace(card.blocks[2], lines=(line,)),)))
    assert guarded.reading
    assert page.count(guarded.reading) == 1


def test_the_provenance_of_a_figure_reaches_its_bytes() -> None:
    card = replace(_card(), sources=(sample.CITATION,))
    assert "figures.html#IND-01" in lxml_html.fromstring(_page(card)).xpath("//article[@id='IND-01']//details//a/@href")
    tree = lxml_html.fromstring(_figures(card))
    assert "#_s1" in tree.xpath("//article[@id='IND-01']//a/@href")
    said = tree.xpath("string(//section[@aria-labelledby='_sources'])") + " ".join(tree.xpath("//section//@href"))
    for name in ("publisher", "series", "url", "retrieved", "sha256", "came_from", "came_from_sha256", "licence"):
        assert getattr(sample.CITATION, name) in said


def test_every_figure_stands_in_a_table_with_its_flag_and_its_margin() -> None:
    line = sample.line(4)
    points = (*line.points[:-1], replace(line.points[-1], lower=1800.0, upper=1990.0))
    block = replace(_card().blocks[0], lines=(replace(line, points=points),))
    tree = lxml_html.fromstring(_figures(replace(_card(), blocks=(block,))))
    rows = [[" ".join(c.text_content().split()) for c in row] for row in tree.xpath("//article//tbody/tr")]
    assert [row[:2] for row in rows] == [[p.period, p.text] for p in line.points]
    assert rows[4][3] == "break in the series" and rows[-1][2] == "1,800.0 – 1,990.0"


def test_what_limits_several_figures_is_told_once() -> None:
    card, said = _card(), "Definitions differ."
    lines = tuple(replace(sample.line(n), caveats=(said, f"Only {sample.line(n).id}.")) for n in range(html.SHARED))
    page = _figures(replace(card, blocks=(replace(card.blocks[0], lines=lines),)))
    assert page.count(said) == 1
    assert all(page.count(f"Only {x.id}.") == 1 for x in lines)


def test_pages_of_sixty_indicators_stay_small() -> None:
    card = sample.scorecard()
    many = tuple(Point(str(y), float(y), 3.2, "3.2") for y in range(2000, 2024))
    lines = tuple(replace(sample.line(n % 10), id=f"I-{n}") for n in range(60))
    lines = tuple(replace(x, points=many) if x.points else x for x in lines)
    blocks = tuple(replace(b, lines=lines[15 * n:15 * n + 15]) for n, b in enumerate(card.blocks))
    card = replace(card, blocks=blocks)
    drawn = {x.id: b"" for x in lines if x.points}
    assert len(_page(card, drawn).encode()) < 200_000
    assert len(_figures(card).encode()) < 200_000


def _points(*values: tuple[float, float | None, str]) -> list[Point]:
    return [Point(str(int(t)), t, v, str(v), flag) for t, v, flag in values]


def test_a_sparkline_stops_where_years_are_missing_and_at_a_break() -> None:
    years = ((2010, "A"), (2011, "A"), (2012, "A"), (2015, "A"), (2016, "B"), (2017, "A"))
    spark = _svg.sparkline(_points(*((year, float(year), flag) for year, flag in years)))
    assert spark.path.count("M") == 3
    assert len(spark.breaks) == 1
    assert spark.last == (_svg.WIDTH - _svg.PAD, _svg.PAD)


def test_a_value_withheld_in_between_leaves_a_gap() -> None:
    spark = _svg.sparkline(_points((2010, 1, "A"), (2011, 1, "A"), (2012, 1, "A"), (2013, None, "Q"), (2014, 1, "A")))
    assert spark.path.count("M") == 2
    assert spark.count == 4


@pytest.mark.parametrize("points", [[], _points((2010, None, "O"))])
def test_nothing_to_draw_is_no_sparkline(points: list[Point]) -> None:
    assert _svg.sparkline(points) == _svg.Spark()


def test_one_value_is_a_dot() -> None:
    spark = _svg.sparkline(_points((2010, 7, "A")))
    assert spark.path.endswith("h0")
    assert spark.last is not None


PREFIX = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 9 9">'
)


def test_two_charts_with_the_same_ids_do_not_meet() -> None:
    drawing = (
        f'{PREFIX}<defs><style>*{{stroke-linejoin: round}}</style><clipPath id="p1"><rect width="9" height="9"/>'
        '</clipPath><path id="m" d="M0 0"/></defs><g clip-path="url(#p1)"><use xlink:href="#m"/></g></svg>'
    )
    one, two = (_svg.inline(drawing.encode(), name, "a title", "a text") for name in ("A", "B"))
    ids = [re.findall(r' id="([^"]+)"', text) for text in (one, two)]
    assert not set(ids[0]) & set(ids[1])
    assert 'url(#A_p1)' in one
    assert 'href="#A_m"' in one
    assert "<style" not in one
    assert 'role="img"' in one and "<title" in one


@pytest.mark.parametrize("inside", [
    "<script>x()</script>", '<g onload="x()"/>', '<image href="https://example.org/a.png"/>',
    '<use href="https://example.org/a.svg#b"/>', '<g style="fill: url(https://example.org/a)"/>',
    "<foreignObject/>", '<a href="#x"/>',
])
def test_a_chart_with_anything_but_drawing_is_refused(inside: str) -> None:
    with pytest.raises(CannotRender, match="IND-01 cannot stand in a page"):
        _svg.inline(f"{PREFIX}{inside}</svg>".encode(), "IND-01", "a title", "a text")


@pytest.mark.parametrize("bad", [b"not xml", b"<html/>", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>'])
def test_a_chart_that_is_no_svg_is_refused(bad: bytes) -> None:
    with pytest.raises(CannotRender, match="IND-01"):
        _svg.inline(bad, "IND-01", "a title", "a text")


def _with(folder: Path, text: str, name: str = "_strip.html.j2") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return _page(folders=(folder, REPORTS))


def test_a_users_template_wins(tmp_path: Path) -> None:
    assert "<p>mine: Exampleland</p>" in _with(tmp_path, "<p>mine: {{ card.name }}</p>")


@pytest.mark.parametrize("escape", [
    "{{ ''.__class__.__mro__ }}", "{{ words.__init__.__globals__ }}", "{{ spark.__globals__ }}",
    "{{ card|attr('__class__') }}", "{{ '{0.__class__}'.format(card) }}", "{% set _ = words.missing.add('x') %}",
    "{% set _ = tokens.update({}) %}",
])
def test_a_template_cannot_leave_its_sandbox(tmp_path: Path, escape: str) -> None:
    with pytest.raises(CannotRender, match=r"_strip\.html\.j2, line 2: SecurityError"):
        _with(tmp_path, f"<p>one</p>\n{escape}")


@pytest.mark.parametrize(("text", "said"), [
    ("a\nb\n{{ card.nmae }}", r"_strip\.html\.j2, line 3: UndefinedError.*nmae"),
    ("a\n{% if %}", r"_strip\.html\.j2, line 2: TemplateSyntaxError"),
    ("{{ 1 / 0 }}", r"_strip\.html\.j2, line 1: ZeroDivisionError"),
    ("{% for i in range(999999999) %}{% endfor %}", r"_strip\.html\.j2, line 1: OverflowError"),
    ("{% include 'absent.html.j2' %}", "no template 'absent.html.j2'"),
    ("{% include '../../etc/passwd' %}", "no template"),
])
def test_an_error_in_a_template_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CannotRender, match=said):
        _with(tmp_path, text)


@pytest.mark.parametrize("page", ["<p>no head</p>", '<!doctype html><html><head><script src="x"></script>{{ policy }}'])
def test_a_page_that_does_not_begin_with_the_policy_is_refused(tmp_path: Path, page: str) -> None:
    with pytest.raises(CannotRender, match="must begin with"):
        _with(tmp_path, page, "scorecard.html.j2")


def test_a_style_sheet_cannot_end_its_element(tmp_path: Path) -> None:
    with pytest.raises(CannotRender, match="end the style sheet early"):
        _with(tmp_path, "a{}</style><script>x()</script>", "style.css.j2")


def _light(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [TOKENS, TOKENS["dark"]], ids=["light", "dark"])
def test_text_can_be_read_on_its_ground(palette: dict[str, Any]) -> None:
    for name in ("ink", "muted", "link", "accent"):
        for ground in ("ground", "soft"):
            assert _contrast(palette[name], palette[ground]) >= 4.5, (name, ground)


def test_words_and_symbols_can_be_read_on_the_colour_of_a_status() -> None:
    for key, look in [*TOKENS["status"].items(), ("dark", TOKENS["dark"]["not_assessed"])]:
        assert _contrast(look["on"], look["fill"]) >= 4.5, key
    for palette, off in ((TOKENS, TOKENS["status"]["not_assessed"]), (TOKENS["dark"], TOKENS["dark"]["not_assessed"])):
        assert _contrast(off["on"], palette["line"]) >= 3, "the symbol crosses the lines of the hatching"


def test_the_style_sheet_has_no_colours_of_its_own() -> None:
    css = (REPORTS / "style.css.j2").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(|:\s*(?:white|black|gray|red|green|blue)\b", css)


@pytest.mark.parametrize("template", sorted(REPORTS.glob("*.[hs][tv]*.j2")), ids=lambda p: p.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.S)
    literals = re.findall(r"'([^']*)'", " ".join(re.findall(r"\{[{%].*?[%}]\}", source, flags=re.S)))
    assert not [t for t in literals if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", t)]
    source = re.sub(r"\{% block style %\}.*?\{% endblock %\}", " ", source, flags=re.S)  # CSS, no text
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.S)
    spoken = re.findall(r'\b(?:title|alt|aria-label|placeholder|data-label)="([^"]*)"', source)
    assert not [t for t in spoken if re.search(r"[A-Za-z]", t)]
    assert not re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", source))


def test_what_cannot_be_measured_is_named_with_its_reason_and_its_full_text_a_click_away() -> None:
    for mandate in ("../mandate.html", ""):
        page = _page(replace(_card(), mandate=mandate))
        row = lxml_html.fromstring(page).xpath("//section[@aria-labelledby='_unmeasured']//div[@id='R-9']")[0]
        said = row.text_content()
        assert "Share practice" in said and "nobody counts" in said and "2016" in said and "A festival" in said
        assert ("Share what works." in said) != bool(mandate)
        links = row.xpath(".//a/@href")
        assert links == (["../recommendations/R-9.html", f"{mandate}#GP-2"] if mandate else [])


def test_what_an_indicator_is_for_is_a_click_away_or_told_where_there_is_no_page_of_it() -> None:
    assert "../indicators/IND-01.html" in lxml_html.fromstring(_figures()).xpath("//article[@id='IND-01']//a/@href")
    alone = replace(_card(), mandate="")
    assert "Nobody can be recognised." in lxml_html.fromstring(_figures(alone)).xpath("string(//article[@id='IND-01'])")
    assert "Nobody can be recognised." in lxml_html.fromstring(_page(alone)).xpath("string(//li[@id='IND-08'])")


def test_the_page_of_the_mandate_leads_from_item_to_item() -> None:
    told = Chapter("recommendations", "Recommendations", "What was asked.", (
        Entry("R-1", "First", "<b>words</b>", (("Addressed to", ("States",)),), "S1, 2", ("R-2", "IND-9")),
        Entry("R-2", "Second", "more", ()),
    ))
    page = html.mandate(_matrix(), (told,), _words(), [REPORTS], TOKENS)
    tree = lxml_html.fromstring(page)
    assert "<b>words</b>" in tree.xpath("string(//article[@id='R-1']//blockquote)")
    assert tree.xpath("//article[@id='R-1']//a/@href") == ["#R-2"], "what is not on the page is no link"
    assert page.decode().count("[annex.") == 0


def test_promises_questions_groups_and_objectives_are_shown() -> None:
    tree = lxml_html.fromstring(_page())
    assert "no evidence on record" in tree.xpath("string(//tr[@id='C-2'])")
    assert tree.xpath("//tr[@id='C-1']//a/@href") == ["https://example.org/law"]
    assert "No answer is on record." in tree.xpath("string(//*[@id='Q-1'])")
    assert "Nothing is measured apart" in tree.xpath("string(//section[@aria-labelledby='_groups'])")
    assert "../recommendations/R2016-1.html" in tree.xpath("//section[@id='R2016-1']//a/@href")
    tree = lxml_html.fromstring(_page(replace(_card(), mandate="")))
    assert "A library for all" in tree.xpath("string(//section[@id='R2016-1'])")
    assert {"#_promises", "#_questions", "#_groups", "#_objectives"} <= set(tree.xpath("//nav//a/@href"))
