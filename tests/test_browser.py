"""Pages in a real browser: accessible, usable by keyboard and on narrow screens, printable, interactive from disk.

What is compared is structure, never pictures: letters are drawn differently from machine to machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import browser, edition, kinds  # noqa: F401 - fixtures

#: success criteria of WCAG 2.2 at levels A and AA, and what axe holds to be good practice
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: text that is cut or sticks out, seen from the script of a page: (what, its text)
ASTRAY = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push(["page", document.documentElement.scrollWidth]);
  for (const one of document.querySelectorAll("h1,h2,h3,h4,p,li,dt,dd,summary,figcaption,label,.chip")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".vh,.scroll,.wide,svg,.skip")) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width && (left < -1 || right > wide + 1)) found.push([one.tagName, one.textContent.trim().slice(0, 40)]);
  }
  return found;
}"""
#: pairs of texts in the rows of indicators that lie over each other
OVERLAPS = """() => {
  const found = [];
  for (const row of document.querySelectorAll(".indicator, .strip > li, .keys > li")) {
    const boxes = [...row.querySelectorAll(":scope > *")].map((one) => [one, one.getBoundingClientRect()])
      .filter(([, box]) => box.width && box.height);
    boxes.forEach(([a, p], n) => boxes.slice(n + 1).forEach(([b, q]) => {
      const over = Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
        && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1;
      if (over) found.push([row.id, a.className, b.className]);
    }));
  }
  return found;
}"""


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:  # noqa: F811
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened = context.new_page()
    opened.problems = []
    opened.on("pageerror", lambda problem: opened.problems.append(str(problem)))
    opened.on("console", lambda said: opened.problems.append(said.text) if said.type == "error" else None)
    opened.on("request", lambda asked: opened.problems.append(asked.url) if asked.url.startswith("http") else None)
    yield opened
    context.close()


def _axe(page: Any, rules: list[str] = RULES, within: list[str] | None = None) -> list[tuple[str, str]]:
    from axe_playwright_python.sync_playwright import Axe

    options = {"resultTypes": ["violations"], "runOnly": rules, "preload": False}
    found = Axe().run(page, context=within, options=options).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:160]) for one in found]


def test_no_page_breaks_a_rule_of_axe(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    broken = {}
    for kind, path in kinds.items():
        if kind in ("area", "empty", "many"):
            continue  # the city's pages are of the same templates, and axe takes its time
        page.goto(path.as_uri())
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        if kind in ("city", "arabic"):  # charts drawn, and all else that opens
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.wait_for_timeout(100)
        part = ["header", "main > section:first-of-type", "footer"] if kind == "mandate" else None  # it repeats itself
        broken[kind, "wide, light"] = _axe(page, within=part)
        page.set_viewport_size({"width": 390, "height": 900})
        page.emulate_media(color_scheme="dark")
        narrow = ["target-size", "scrollable-region-focusable"]
        broken[kind, "narrow, dark"] = _axe(page, narrow + ["color-contrast"] * (kind in ("city", "start")), part)
    assert not page.problems
    assert {kind: found for kind, found in broken.items() if found} == {}


def test_nothing_sticks_out_or_lies_over_another_at_any_width(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    astray: dict[tuple[str, int], Any] = {}
    for kind, path in kinds.items():
        page.goto(path.as_uri())
        for width in (320, 390, 768, 1280):  # 320: a page of 1280 at a zoom of 400 %
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(ASTRAY) + page.evaluate(OVERLAPS):
                astray[kind, width] = found[:3]
    assert astray == {}


def test_high_contrast_keeps_statuses_and_courses_apart(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.goto(kinds["city"].as_uri())
    chip = page.locator(".chip").first
    assert chip.evaluate("one => getComputedStyle(one).borderTopColor") == page.evaluate(
        "(() => { const one = document.body.appendChild(document.createElement('i')); one.style.color = 'CanvasText';"
        " return getComputedStyle(one).color; })()")
    assert _axe(page, ["color-contrast"]) == []


def test_the_keyboard_alone_opens_an_indicator_and_reads_its_chart(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.goto(kinds["area"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["y"] >= 0, "the way past the head is seen when it is reached"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "_main"
    details = page.locator(".indicator:has(.chart) > details").first
    details.locator("> summary").focus()
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    page.keyboard.press("Enter")
    assert details.evaluate("one => one.open")
    page.wait_for_selector(".plot canvas")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "plot"
    assert page.evaluate(outline) == "solid", "where the keyboard is can be seen"
    newest = details.locator("output").text_content()
    page.keyboard.press("ArrowLeft")
    assert details.locator("output").text_content() not in ("", newest)
    page.keyboard.press("End")
    assert details.locator("output").text_content() == newest
    assert not page.problems


def test_everything_that_can_be_used_is_reached_in_the_order_of_the_page(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.goto(kinds["city"].as_uri())
    order = "one => (one.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_PRECEDING)"
    wanted = page.evaluate("[...document.querySelectorAll('a[href],summary,input,button,[tabindex=\"0\"]')]"
                           ".filter((one) => one.checkVisibility()).length")
    seen = 0
    handle = None
    for _ in range(wanted + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert handle is None or not handle.evaluate(order)
        handle = page.evaluate_handle("document.activeElement")
        seen += 1
    assert seen == wanted


def test_a_deep_link_opens_the_details_of_its_indicator(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.goto(kinds["area"].as_uri())
    drawn, gone = (page.locator(f"{what} >> nth=3").get_attribute("id") for what in (".indicator", "details li[id]"))
    for target in (drawn, gone):
        page.goto(f"{kinds['area'].as_uri()}#{target}")
        page.wait_for_timeout(100)
        place = page.locator(f"[id='{target}']")
        assert place.is_visible()
        assert -1 <= place.bounding_box()["y"] < 900
    assert page.locator(f"[id='{drawn}'] > details").evaluate("one => one.open")


def test_a_chart_from_disk_has_values_and_can_be_told_what_to_show(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.goto(kinds["area"].as_uri() + "#IND-54b")
    figure = page.locator("#IND-54b .chart")
    figure.locator("canvas").wait_for()
    assert figure.locator("img").is_hidden()
    figure.locator(".plot").hover(position={"x": 300, "y": 100})
    said = figure.locator("output").text_content()
    assert ":" in said and "·" in said, "its own figure, and that of its group"
    before = figure.locator("canvas").evaluate("one => one.toDataURL()")
    ticks = figure.get_by_role("checkbox").all()
    assert len(ticks) == 2 and all(tick.is_checked() for tick in ticks)
    ticks[0].uncheck()
    page.wait_for_timeout(100)
    assert figure.locator("canvas").evaluate("one => one.toDataURL()") != before
    figure.locator(".plot").hover(position={"x": 320, "y": 100})
    assert "·" not in figure.locator("output").text_content()
    assert not page.problems


def test_without_scripts_charts_stand_as_pictures(browser: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(kinds["area"].as_uri())
    first = page.locator(".indicator:has(.chart) > details").first
    first.locator("> summary").click()
    picture = first.locator("img")
    picture.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    assert picture.is_visible() and picture.bounding_box()["height"] > 80
    context.close()


def test_a_chart_follows_dark_pages(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    chart = sorted((kinds["area"].parent / "charts").glob("*.svg"))[0]
    seen = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(chart.as_uri())
        seen.append(page.locator("svg > path").first.evaluate("one => getComputedStyle(one).fill"))
    assert seen[0] == "rgb(255, 255, 255)" and seen[1] != seen[0]


def test_on_paper_everything_is_open_and_nothing_is_cut(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    pikepdf = pytest.importorskip("pikepdf")
    page.goto(kinds["city"].as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 900})  # the width of A4 within the margins, at 96 dots to the inch
    assert page.evaluate(ASTRAY) == []
    hidden = page.evaluate("[...document.querySelectorAll('.indicator .definition')].filter((one) =>"
                           " !one.getBoundingClientRect().height).length")
    assert hidden == 0, "what is closed on the screen is open on paper"
    with pikepdf.open(io.BytesIO(page.pdf(format="A4"))) as printed:
        assert 2 <= len(printed.pages) <= 30


@pytest.mark.parametrize("language", ["", "ar/"])
def test_pages_of_areas_stay_under_the_size_they_may_have(edition: Path, language: str) -> None:  # noqa: F811
    for area in ("DEU", "LBN", "USNYC"):
        for name in ("scorecard.html", "figures.html"):
            assert (edition / language / area / name).stat().st_size < 300_000, (language, area, name)


def test_an_arabic_page_runs_from_right_to_left(page: Any, kinds: dict[str, Path]) -> None:  # noqa: F811
    page.goto(kinds["arabic"].as_uri())
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    row = page.locator(".indicator").first
    title, value = (row.locator(part).first.bounding_box()["x"] for part in ("header", ".value"))
    assert title > value
