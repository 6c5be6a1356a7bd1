"""Charts say what the figures say, in words as well as lines, and the same input gives the same bytes."""

from __future__ import annotations

import hashlib
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import chart, document, terminal
from monitor.outputs import _svg
from monitor.scorecard import Line, Point
from monitor.told import Figure
from monitor.words import Words
from tests import sample

ROOT = Path(__file__).parents[1]
TOKENS = dict(document.read(ROOT / "reports/tokens.yaml", typed=True).tree)
ENGLISH = document.read(ROOT / "reports/words/en.yaml").tree
WORDS = Words("en", ENGLISH)
COST, GAP, BREAK = sample.line(1), sample.line(2), sample.line(4)
SVG = "{http://www.w3.org/2000/svg}"


def draw(line: Line) -> ElementTree.Element:
    return ElementTree.fromstring(chart.svg(line, WORDS, TOKENS))


def texts(line: Line) -> list[str]:
    return ["".join(node.itertext()) for node in draw(line).iter(f"{SVG}text")]


def strokes(line: Line, colour: str, width: str) -> list[str]:
    """The paths of one pen."""
    pen = (f"stroke: {TOKENS['chart'][colour]}", f"stroke-width: {width}")
    drawn = [n.get("d", "") for n in draw(line).iter(f"{SVG}path") if all(part in n.get("style", "") for part in pen)]
    return [f"M{one}" for path in drawn for one in path.split("M")[1:]]  # lines side by side are one path


def points(*values: float | None, first: int = 2014, flag: str = "A") -> tuple[Point, ...]:
    return tuple(
        Point(str(first + i), float(first + i), v, "–" if v is None else f"{v:g}", flag) for i, v in enumerate(values)
    )


def bare(*values: float | None, **changes: Any) -> Line:
    """A line of nothing but these values."""
    nothing: dict[str, Any] = {"base": None, "target": None, "comparison": None, "group_points": ()}
    return replace(COST, points=points(*values), **(nothing | {"bounds": (None, None)} | changes))


def test_the_same_line_gives_the_same_bytes_here_and_in_another_process() -> None:
    made = [f(COST, WORDS, TOKENS) for f in (chart.svg, chart.png) for _ in (1, 2)]
    assert made[0] == made[1] and made[2] == made[3]
    script = (
        "import hashlib; from tests.test_chart import *; "
        "print(*[hashlib.sha256(f(COST, WORDS, TOKENS)).hexdigest() for f in (chart.svg, chart.png)])"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)},
    )
    assert other.stdout.split() == [hashlib.sha256(made[i]).hexdigest() for i in (0, 2)]


def test_a_chart_can_stand_in_a_page_with_others() -> None:
    first, second = (chart.svg(line, WORDS, TOKENS).decode() for line in (COST, GAP))
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (first, second)]
    assert ids[0] and not ids[0] & ids[1]
    for text, own in zip((first, second), ids, strict=True):
        assert own == set(re.findall(r'href="#([^"]+)"', text))
        assert "<style" not in text and "<metadata" not in text and "<?xml" not in text and "DOCTYPE" not in text


def test_charts_are_small() -> None:
    for number in range(len(sample.CASES)):
        assert len(chart.svg(sample.line(number), WORDS, TOKENS)) < 12_000


def test_text_is_text_in_the_font_of_the_page() -> None:
    root = draw(COST)
    assert root.get("font-family", "").startswith("'Noto Sans'")
    assert "% of the amount sent" in texts(COST)


def test_title_and_description_are_told_to_those_who_do_not_see_it_and_cannot_break_out() -> None:
    root = draw(replace(COST, chart_title="</title><script>&\x00 \"'", chart_text="<b>5 > 3</b>\x0b"))
    assert (root[0].tag, root[0].text) == (f"{SVG}title", "</title><script>& \"'")
    assert (root[1].tag, root[1].text) == (f"{SVG}desc", "<b>5 > 3</b>")
    assert root.get("role") == "img"


def test_the_file_of_a_chart_says_its_message_and_its_source_and_knows_dark_pages() -> None:
    odd = replace(COST, chart_title="</text><script>&\x00")
    root = ElementTree.fromstring(_svg.alone(chart.svg(COST, WORDS, TOKENS), odd, WORDS, TOKENS))
    said = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert "</text><script>&" in said
    assert any(COST.citations[0].publisher in text and COST.citations[0].series in text for text in said)
    _, top, width, height = map(float, root.get("viewBox", "").split())
    plain = draw(COST).get("viewBox", "").split()
    assert top < 0 and width == float(plain[2]) and height > float(plain[3]) - top
    style = "".join(node.text or "" for node in root.iter(f"{SVG}style"))
    assert all(colour in style for colour in (*TOKENS["dark"]["chart"].values(), TOKENS["dark"]["ground"]))
    assert set(TOKENS["dark"]["chart"]) == {k for k, v in TOKENS["chart"].items() if isinstance(v, str)}


def test_dollar_signs_are_no_formulas() -> None:
    assert "$x^2$" in texts(replace(COST, unit="$x^2$"))


def test_newest_value_baseline_target_and_comparison_are_named_with_their_figures() -> None:
    said = " | ".join(texts(replace(COST, base=Figure("9.8", "2014", 9.8))))
    for words in ("4.1 (2023)", "9.8, baseline 2014", "target 3.0, 2030", "Southern Europe", "6.2"):
        assert words in said


def test_no_line_is_drawn_over_a_year_that_is_missing() -> None:
    assert [len(run) for run in chart._runs(GAP.points)] == [5, 4]
    assert len(strokes(GAP, "series", "1.6")) == 2
    assert len(strokes(bare(1, 2, None, 4, 5), "series", "1.6")) == 2
    assert len(strokes(bare(1, 2, 3, 4, 5), "series", "1.6")) == 1


def test_a_series_of_every_fourth_year_has_no_gaps() -> None:
    sparse = tuple(replace(p, t=2000.0 + 4 * i, period=str(2000 + 4 * i)) for i, p in enumerate(points(1, 2, 3, 4)))
    assert len(chart._runs(sparse)) == 1


def test_a_break_cuts_the_line_and_is_named() -> None:
    assert len(strokes(BREAK, "series", "1.6")) == 2
    assert "break in the series, 2018" in texts(BREAK)
    assert any("stroke-dasharray" in n.get("style", "") and TOKENS["chart"]["break"] in n.get("style", "")
               for n in draw(BREAK).iter(f"{SVG}path"))


def test_values_that_are_not_final_are_hollow_and_the_sign_is_explained() -> None:
    line = bare(1, 2, 3)
    line = replace(line, points=(*line.points[:2], replace(line.points[2], flag="P")))
    hollow = [n for n in draw(line).iter(f"{SVG}use") if f"fill: {TOKENS['ground']}" in n.get("style", "")]
    assert len(hollow) == 2  # the value, and the sign before its word
    assert "provisional" in texts(line)
    assert "provisional" not in texts(bare(1, 2, 3))


def test_a_margin_of_uncertainty_is_a_band() -> None:
    line = bare(4, 5, 6)
    line = replace(line, points=tuple(replace(p, lower=p.value - 1, upper=p.value + 1) for p in line.points if p.value))
    assert any("opacity: 0.15" in n.get("style", "") for n in draw(line).iter())
    assert "7" in texts(line) or "8" in texts(line)  # the axis holds the band, not only the values


def test_counts_begin_at_zero_and_a_cut_axis_says_so() -> None:
    assert "0" in texts(bare(900, 950, 990))
    percent = replace(bare(91, 95, 98), bounds=(0, 100), unit="% of children")
    assert any(re.search(r"% of children · axis starts at 90", t) for t in texts(percent))
    assert not any("axis starts" in t for t in texts(replace(percent, bounds=(0, None))))


def test_negative_values_stand_below_a_line_at_zero() -> None:
    assert {"−4", "0", "4"} <= set(texts(bare(-3, 0, 3.5)))


def test_yes_or_no_has_these_words_at_the_axis() -> None:
    line = replace(bare(0, 0, 1), points=tuple(replace(p, text="yes" if p.value else "no") for p in points(0, 0, 1)))
    assert {"yes", "no", "yes (2016)"} <= set(texts(line)) and "0.5" not in texts(line)


@pytest.mark.parametrize("line", [bare(), bare(3), bare(None, None), bare(0, 0, 0), bare(100, 100, bounds=(0, 100)),
                                  bare(-5, -5, bounds=(None, 0)), bare(1e12, 2e12), bare(1e-6, 3e-6)])
def test_odd_series_are_drawn_too(line: Line, recwarn: pytest.WarningsRecorder) -> None:
    assert chart.png(line, WORDS, TOKENS).startswith(b"\x89PNG")
    shown = [p for p in line.points if p.value is not None]
    assert any((f"({shown[-1].period})" in t) if shown else (t == line.status_text) for t in texts(line))
    assert not recwarn.list


def test_months_and_split_years_stand_under_the_axis_as_their_publisher_writes_them() -> None:
    months = tuple(Point(f"2022-{m + 1:02d}", 2022 + m / 12, 3.0 + m, str(3 + m)) for m in range(9))
    assert "2022-01" in texts(replace(bare(), points=months))
    split = tuple(replace(p, period=f"{p.period}/{int(p.period[2:]) + 1}") for p in points(1, 2, 3, 4))
    assert "2014/15" in texts(replace(bare(), points=split))


def test_a_past_target_is_a_level_and_a_far_one_lengthens_the_axis() -> None:
    assert "2030" in texts(replace(COST, target=Figure("3.0", "2030", 3.0)))
    early = replace(COST, target=Figure("3.0", "2001", 3.0))
    assert "target 3.0, 2001" in texts(early) and "2001" not in texts(early)


@pytest.mark.parametrize("level", [0.0, 0.1, 4.1, 9.9, 10.0])
def test_names_do_not_cover_each_other_nor_the_years(level: float) -> None:
    near = {"group_points": points(*[level] * 10), "target": Figure("x", "2023", level)}
    root = draw(replace(COST, points=(*COST.points[:-1], replace(COST.points[-1], value=level)), base=None, **near))
    words = {"".join(n.itertext()): (float(n.get("x", 0)), float(n.get("y", 0))) for n in root.iter(f"{SVG}text")}
    heights = sorted(y for x, y in words.values() if x > 330)
    assert len(heights) == 4  # the newest value, two lines of the comparison, the target
    assert all(b - a >= chart._TEXT for a, b in pairwise(heights))
    assert heights[-1] < words["2022"][1] and heights[0] > words["% of the amount sent"][1]


def test_letters_that_join_are_drawn_as_shapes() -> None:
    arabic = replace(COST, unit="% من المبلغ")
    assert not texts(arabic) and texts(COST)
    assert "من" not in ElementTree.tostring(draw(arabic), encoding="unicode")


def test_a_machines_own_copy_of_the_font_is_not_used() -> None:
    from matplotlib.font_manager import FontProperties, findfont

    assert "fontpkg_noto_sans" in findfont(FontProperties(family=chart.families()[0]))


def test_drawing_leaves_matplotlib_as_it_was() -> None:
    before = dict(matplotlib.rcParams)
    chart.svg(COST, WORDS, TOKENS)
    assert dict(matplotlib.rcParams) == before


NUMBER = st.floats(-1e9, 1e9, allow_nan=False).map(lambda v: round(v, 3))


LIMITS = st.sampled_from([(None, None), (0.0, None), (0.0, 100.0), (1.0, 4.0)])


@given(st.lists(NUMBER, min_size=1, max_size=12), LIMITS)
@settings(max_examples=300, deadline=None)
def test_ticks_hold_all_values_in_few_even_steps(values: list[float], bounds: tuple[Any, Any]) -> None:
    ticks = chart._ticks(values, bounds)
    assert ticks == sorted(set(ticks)) and 2 <= len(ticks) <= 8
    slack = 1e-6 * max(map(abs, ticks))
    assert ticks[0] <= min(values) + slack and max(values) <= ticks[-1] + slack
    inside = ticks[1:-1] if bounds != (None, None) else ticks
    steps = [b - a for a, b in pairwise(inside)]
    assert all(math.isclose(s, steps[0], rel_tol=1e-6) for s in steps)
    if min(values) >= 0 and bounds[1] is None:
        assert ticks[0] == 0


def test_what_never_moved_has_one_label_at_the_axis_of_the_terminal() -> None:
    rows = terminal.plot(points(3, 3, 3))
    assert sum(row.lstrip().startswith("3 ") for row in rows) == 1
    rows = terminal.plot(points(3, 4))
    assert sum(row.lstrip()[0] in "34" for row in rows if "┤" in row) == 2
