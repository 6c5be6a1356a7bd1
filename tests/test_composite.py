"""Composites: by hand, under other units, under chance; what is refused; the page and the command."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import composite, run
from monitor.cli import cli
from monitor.composite_model import Composite
from monitor.errors import DefinitionError
from monitor.project import Project, load

AS_OF = date(2026, 11, 22)
EU = ["AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC"]
NAN = np.nan

HEAD = """
about: {title: Made up, made_by: The tests, purpose: Proves composites., participation: Nobody took part.}
scorecards: [DEU, FRA]
recommendations:
  - {id: T1, title: Do well, text: Do well., source: Invented, year: 2016, date_certainty: stated,
     addressed_to: [national authorities]}
indicators:
"""
INDICATOR = """
  - id: {id}
    title: {title}
    definition: Made up.
    answers: [T1]
    added_by: project
    kind: outcome
    direction: {direction}
    unit: "%"
    scale: {scale}
    no_target: No number was promised.
    {data}
    comparable: {comparable}
    {more}
"""
COMPOSITE = """
composites:
  - id: CMP-1
    title: Chances
    purpose: To try the engine. It must not be used to praise or blame anybody.
    areas: [{areas}]
    parts:
      - {{indicator: A, weight: 2, goalposts: [0, 100], because: The natural ends., margin: 2}}
      - {{indicator: B, weight: 1, goalposts: [20, 0], because: A fifth is as bad as it gets., margin: 1}}
      - {{indicator: C, weight: 1, goalposts: [0, 1], because: A law is in force or not., margin: 0}}
    missing: {{at_least_share: 0.7}}
"""
SOURCE = """
title: Invented
publisher: Invented
official: false
homepage: https://example.org/
licence: {name: CC0 1.0, confirmed: true}
citation: "Invented, {series}"
reader: compact
series: {A: {title: A, unit: "%"}, B: {title: B, unit: "%"}, C: {title: C, unit: "1"}}
"""


def indicator(key: str, title: str, **more: str) -> str:
    filled = {"direction": "up_good", "scale": "percent", "comparable": "true", "more": "",
              "data": f"data: {{source: made, series: {key if key in 'ABC' else 'A'}}}"} | more
    return INDICATOR.format(id=key, title=title, **filled)


def declare(home: Path, composites: str = COMPOSITE.format(areas=", ".join(EU)), indicators: str = "") -> Path:
    """A project with three indicators in twelve countries: Germany lacks B, France C and B, Austria's A is old."""
    (home / "sources/vintages/made").mkdir(parents=True)
    text = HEAD + indicator("A", "Children in school") + indicator("B", "Cost of papers", direction="down_good")
    text += indicator("C", "A law against discrimination", scale="binary", more="method: binary")
    (home / "indicators.yaml").write_text(text + indicators + composites, encoding="utf-8")
    (home / "sources/made.yaml").write_text(SOURCE, encoding="utf-8")
    chance = random.Random(1)
    lock = ["path,sha256,bytes,rows,source,series,unit,fixed,retrieved,url,origin,origin_sha256,licence,publisher,"
            "citation,first_period,last_period,areas"]
    for key, none in (("A", ""), ("B", "DEU FRA"), ("C", "FRA")):
        lines = ["ref_area,time_period,obs_value,obs_status,flag_raw"]
        for area in EU:
            if area not in none.split():
                last = 2015 if (key, area) == ("A", "AUT") else 2025
                for year in (last - 1, last):
                    value = {"A": chance.uniform(5, 99), "B": chance.uniform(0, 25), "C": EU.index(area) % 2}[key]
                    lines.append(f"{area},{year},{value:.2f},,")
        data = ("\n".join(lines) + "\n").encode()
        (home / f"sources/vintages/made/{key}.csv").write_bytes(data)
        mark = hashlib.sha256(data).hexdigest()
        lock.append(f"vintages/made/{key}.csv,{mark},{len(data)},{len(lines) - 1},made,{key},%,,"
                    f"2026-01-01,https://example.org/{key},invented,,CC0 1.0,Invented,Invented,2014,2025,12")
    (home / "sources/vintages.lock").write_text("\n".join(lock) + "\n", encoding="utf-8")
    return home


def command(*words: str) -> Result:
    return CliRunner().invoke(cli, ["composite", *words, "--offline", "--as-of", "2026-11-22"])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load(declare(tmp_path_factory.mktemp("mine")))


def declared(weights: list[float], posts: list[tuple[float, float]], **more: Any) -> Composite:
    parts = [{"indicator": f"I{n}", "weight": w, "goalposts": p, "because": "Made up.", "margin": more.get("margin", 0)}
             for n, (w, p) in enumerate(zip(weights, posts, strict=True))]
    return Composite.model_validate({
        "id": "X", "title": "X", "purpose": "X", "areas": ["DEU", "FRA"], "parts": parts,
        "missing": more.get("missing", {"at_least_share": 0.5}),
        "uncertainty": {"draws": more.get("draws", 400), "seed": more.get("seed", 7)}})


def computed(composite_: Composite, values: list[list[float]], margin: float = NAN) -> composite.Result:
    found = np.array(values, dtype=float)
    return composite.compute(composite_, found, found - margin, found + margin)


# ---------------------------------------------------------------- by hand

def test_both_means_and_ranks_by_hand() -> None:
    one = declared([3, 1], [(0, 100), (20, 0)])  # weights 0.75 and 0.25
    found = computed(one, [[64, 0], [100, 20], [25, 5]])
    # 0.75*0.64+0.25*1 ; 0.75*1+0.25*0 ; 0.75*0.25+0.25*0.75
    assert found.arithmetic == pytest.approx([0.73, 0.75, 0.375])
    # 0.64^0.75 = 0.8^1.5 ; 1*0.01^0.25 (the floor) ; 0.25^0.75*0.75^0.25
    assert found.geometric == pytest.approx([0.8**1.5, 0.01**0.25, 0.25**0.75 * 0.75**0.25])
    assert found.ranks.tolist() == [[2, 1, 3], [1, 3, 2]]  # one zero turns the order of the means round
    assert found.floored.tolist() == [False, True, False]


def test_a_figure_beyond_a_goalpost_counts_as_the_goalpost_and_is_told() -> None:
    found = computed(declared([1, 1], [(0, 100), (20, 0)]), [[140, 30], [50, 10]])
    assert found.parts.tolist() == [[1, 0], [0.5, 0.5]]
    assert found.clipped.tolist() == [[True, True], [False, False]]


def test_equal_areas_share_the_mean_of_their_ranks() -> None:
    found = composite.rank(np.array([0.3, 0.9, 0.3, NAN, 0.1 + 0.2]))  # the last is 0.30000000000000004
    assert found.tolist() == pytest.approx([3, 1, 3, NAN, 3], nan_ok=True)


def test_leaving_a_part_out_by_hand() -> None:
    # alone, the first part ranks 1 2 3 and the second 3 2 1; together (2:1) 1 2 3
    found = computed(declared([2, 1], [(0, 1), (0, 1)]), [[0.9, 0.2], [0.5, 0.5], [0.1, 0.8]])
    assert found.ranks[0].tolist() == [1, 2, 3]
    assert found.dropped[0, 0].tolist() == [2, 0, -2]  # without the first
    assert found.dropped[1, 0].tolist() == [0, 0, 0]


def test_an_area_with_one_part_has_no_rank_without_it_and_the_others_are_compared_among_themselves() -> None:
    one = declared([1, 1], [(0, 1), (0, 1)], missing={"min_parts": 1})
    found = computed(one, [[0.9, NAN], [0.5, 0.5], [0.1, 0.8]])
    assert found.dropped[0, 0].tolist() == pytest.approx([NAN, 1, -1], nan_ok=True)


def test_what_moves_the_mean_by_hand() -> None:
    # variances 4 and 1 of independent parts with equal weights: four fifths and one fifth
    found = computed(declared([1, 1], [(0, 10), (0, 10)]), [[3, 4], [3, 6], [7, 4], [7, 6]])
    assert found.moves == pytest.approx([0.8, 0.2])
    assert found.correlation == pytest.approx([2 / 5**0.5, 1 / 5**0.5])
    assert found.complete == 4


# ---------------------------------------------------------------- the missing-data rule

@pytest.mark.parametrize(("rule", "has"), [
    ({"at_least_share": 0.7}, [True, True, False]),
    ({"at_least_share": 0.75}, [True, True, False]),
    ({"at_least_share": 0.8}, [True, False, False]),
    ({"min_parts": 1}, [True, True, True]), ({"min_parts": 2}, [True, False, False]),
])
def test_an_area_without_enough_parts_has_no_value_and_no_rank(rule: dict[str, float], has: list[bool]) -> None:
    found = computed(declared([3, 1], [(0, 1), (0, 1)], missing=rule), [[0.4, 0.5], [0.6, NAN], [NAN, 0.9]])
    for numbers in (found.arithmetic, found.geometric, *found.ranks, found.median, found.low, found.high, found.top):
        assert np.isfinite(numbers).tolist() == has
    assert found.share.tolist() == [1, 0.75, 0.25]


def test_what_is_missing_is_not_filled_in() -> None:
    found = computed(declared([3, 1], [(0, 1), (0, 1)], missing={"min_parts": 1}), [[0.4, 0.5], [0.6, NAN]])
    assert found.arithmetic[1] == found.geometric[1] == pytest.approx(0.6)


def test_nothing_at_all_gives_no_value_and_no_error() -> None:
    found = computed(declared([1, 1], [(0, 1), (0, 1)]), [[NAN, NAN], [NAN, NAN]])
    assert not found.ranked.any()
    assert np.isnan(found.median).all()


# ---------------------------------------------------------------- chance

def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    values = np.random.default_rng(3).uniform(0, 1, (20, 4)).tolist()
    posts = [(0.0, 1.0)] * 4
    first, again, other = (computed(declared([1, 2, 3, 4], posts, seed=s, margin=0.1), values) for s in (1, 1, 2))
    assert (first.top == again.top).all() and (first.low == again.low).all()
    assert (first.top != other.top).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_dominated_area_never_outranks(seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.uniform(0.3, 0.7, (6, 3))
    values[0] = values[1] - chance.uniform(0.02, 0.2, 3)  # worse in every part
    found = computed(declared([1, 2, 1], [(0, 1)] * 3, draws=200, seed=seed), values.tolist())
    assert found.median[0] > found.median[1] and found.low[0] >= found.low[1] and found.high[0] >= found.high[1]
    assert found.ranks[0, 0] > found.ranks[0, 1] and found.ranks[1, 0] > found.ranks[1, 1]


def test_without_noise_the_best_in_all_is_always_first_and_no_interval_touches_it() -> None:
    found = computed(declared([1, 1], [(0, 1)] * 2), [[0.9, 0.9], [0.5, 0.4], [0.4, 0.5]])
    assert (found.low[0], found.high[0], found.top[0]) == (1, 1, 1)
    assert found.apart()[0].tolist() == [False, True, True]
    assert not found.apart()[1, 2]  # each better in one part: the order cannot be told


def test_a_published_margin_counts_before_the_declared_one() -> None:
    values = [[0.50, 0.5], [0.45, 0.5], [0.40, 0.5]]
    one = declared([9, 1], [(0, 1)] * 2, margin=0.3)
    noisy, exact = computed(one, values), computed(one, values, margin=0.0)
    assert (noisy.high - noisy.low)[1] == 2
    assert exact.low.tolist() == exact.high.tolist() == [1, 2, 3]


def test_a_rank_interval_of_a_known_case() -> None:
    # two areas one standard deviation of their difference apart: the lower is first in about 16 of 100 draws
    sd = 0.02
    one = declared([1, 1], [(0, 1)] * 2, margin=composite.Z95 * sd, draws=20_000)
    found = computed(one, [[0.5 + sd, 0.5 + sd], [0.5, 0.5]])
    # the difference has mean sd and, over two equal parts, standard deviation sd: Phi(-1) = 0.159, a little other as
    # weights move
    assert found.top == pytest.approx([0.84, 0.16], abs=0.02) and found.bottom == pytest.approx([0.16, 0.84], abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.001, 1000), st.floats(-1000, 1000))
def test_another_unit_of_a_part_changes_nothing(seed: int, factor: float, shift: float) -> None:
    values = np.random.default_rng(seed).uniform(0, 1, (8, 2))
    there, margin = declared([1, 2], [(0, 1), (1, 0)]), 0.05
    other = declared([1, 2], [(shift, factor + shift), (1, 0)])
    scaled = values * [factor, 1] + [shift, 0]
    half = np.array([margin * factor, margin])
    one = composite.compute(there, values, values - margin, values + margin)
    two = composite.compute(other, scaled, scaled - half, scaled + half)
    assert one.arithmetic == pytest.approx(two.arithmetic, abs=1e-6)
    assert one.geometric == pytest.approx(two.geometric, abs=1e-6)
    assert one.median == pytest.approx(two.median, abs=1) and one.top == pytest.approx(two.top, abs=0.02)


def test_mirrored_direction_changes_nothing() -> None:
    values = np.random.default_rng(5).uniform(0, 1, (8, 2))
    one = computed(declared([1, 2], [(0, 1), (0, 1)], margin=0.05), values.tolist())
    two = computed(declared([1, 2], [(0, -1), (0, 1)], margin=0.05), (values * [-1, 1]).tolist())
    assert one.arithmetic == pytest.approx(two.arithmetic)
    assert one.ranks.tolist() == two.ranks.tolist()


# ---------------------------------------------------------------- refusals

PART = "{indicator: A, weight: 2, goalposts: [0, 100], because: The natural ends., margin: 2}"
OTHERS = {
    "K": indicator("K", "Context", direction="context_only"),
    "L": indicator("L", "Ambiguous", direction="ambiguous_needs_companion", comparable="false", more="companions: [A]"),
    "M": indicator("M", "Police counts", comparable="false"),
    "N": indicator("N", "Nothing yet", data="missing: needs_register"),
    "O": indicator("O", "Nearer is better", direction="target"),

}


def _with(part: str) -> str:
    return COMPOSITE.format(areas="DEU, FRA").replace(PART, part)


@pytest.mark.parametrize(("composites", "place", "says"), [
    (_with(PART.replace("indicator: A", "indicator: AA")), "parts.0.indicator",
     "'AA' is no indicator. Did you mean 'A'?"),
    (_with(PART.replace("[0, 100]", "[50, 50]")), "parts.0.goalposts",
     "found [50, 50], expected two different numbers, the worst first: [0, 100]."),
    (_with(PART.replace("[0, 100]", "[100, 0]")), "parts.0.goalposts",
     "found [100, 0], expected the worst first and then the best: of 'A' higher is better (up_good). "
     "Write [0, 100], or mend its 'direction'."),
    (_with(PART.replace("indicator: A", "indicator: B")), "parts.1.indicator",
     "'B' is a part already. Take one of the two out, and give the other the weight it should have."),
    (_with(PART.replace("weight: 2", "weight: 0")), "parts.0.weight", "found '0', expected greater than 0."),
    (_with(PART.replace("weight: 2", "weight: -1")), "parts.0.weight", "found '-1', expected greater than 0."),
    (_with(PART.replace("weight: 2", "weight: .inf")), "parts.0.weight", "found '.inf', expected a number."),
    (_with(PART.replace("because: The natural ends., ", "")), "parts.0", "'because' is missing"),
    (_with(PART.replace(", margin: 2", "")), "parts.0", "'margin' is missing"),
    (_with(PART.replace("indicator: A", "indicator: K")), "parts.0.indicator",
     "'K' only gives context: no direction is better (direction: context_only). Take it out of the composite."),
    (_with(PART.replace("indicator: A", "indicator: L")), "parts.0.indicator",
     "'L' can mean better or worse and cannot be read alone"),
    (_with(PART.replace("indicator: A", "indicator: M")), "parts.0.indicator",
     "'M' may not be set beside the figures of other areas (comparable: false)."),
    (_with(PART.replace("indicator: A", "indicator: N")), "parts.0.indicator", "'N' has no figures ('missing')."),
    (_with(PART.replace("indicator: A", "indicator: O")), "parts.0.indicator", "'O' is best at its target"),
    (_with(PART).replace("{at_least_share: 0.7}", "{min_parts: 4}"), "missing.min_parts",
     "found 4, expected at most 3, the number of parts: no area could have a value."),
    (_with(PART).replace("{at_least_share: 0.7}", "{}"), "missing",
     "give one rule, 'at_least_share' or 'min_parts'"),
    (_with(PART).replace("{at_least_share: 0.7}", "{at_least_share: 0.7, min_parts: 2}"), "missing", "give one rule"),
    (_with(PART).replace("{at_least_share: 0.7}", "{at_least_share: 70}"), "missing.at_least_share",
     "found '70', expected 1.0 or less."),
    (_with(PART).replace("DEU, FRA", "DEU"), "areas", "a rank needs two areas or more."),
    (_with(PART).replace("DEU, FRA", "DEU, FRX"), "areas.1", "'FRX' is no area known here"),
    (_with(PART).replace("    purpose: To try the engine. It must not be used to praise or blame anybody.\n", ""), "",
     "'purpose' is missing (what it is for, and what it must not be used for)."),
    (_with(PART).replace("id: CMP-1", "id: A"), "", "the id 'A' is taken"),
    (re.sub(r"\n      - {indicator: [BC].*", "", _with(PART)), "parts", "expected 2 values or more."),
])
def test_what_is_refused_says_where_what_was_found_and_what_to_do(
    tmp_path: Path, composites: str, place: str, says: str
) -> None:
    extra = "".join(OTHERS[key] for key in "KLMNO")
    home = declare(tmp_path, composites, extra)
    with pytest.raises(DefinitionError) as refused:
        load(home)
    said = [p for p in refused.value.problems if "composites" in p or "composite" in p]
    assert any(says in p for p in said), refused.value.problems
    where = f"composites.0{'.' if place else ''}{place}"
    at = [re.sub(r" \([^)]*\) ?", ".", p, count=1).translate({ord("["): ".", ord("]"): None}) for p in said]
    assert any(p.startswith("indicators.yaml:") and where in p for p in at), at
    lines = (home / "indicators.yaml").read_text().splitlines()
    start = next(n for n, text in enumerate(lines, 1) if text == "composites:")
    assert all(int(p.split(":")[1]) > start for p in said)
    done = CliRunner().invoke(cli, ["check", "--project", str(home)])
    assert done.exit_code == 10 and says in done.output


def test_the_rest_of_a_project_runs_without_a_composite_that_is_wrong(tmp_path: Path) -> None:
    home = declare(tmp_path, _with(PART.replace("[0, 100]", "[100, 0]")))
    left = load(home, strict=False)
    assert not left.composites and len(left.indicators) == 3
    with pytest.raises(DefinitionError, match="left out because its declaration is wrong"):
        left.composite("CMP-1")


def test_a_composite_falls_with_its_part_and_says_so(tmp_path: Path) -> None:
    home = declare(tmp_path, _with(PART))
    text = (home / "indicators.yaml").read_text().replace("series: B}", "series: Z}")
    (home / "indicators.yaml").write_text(text)
    left = load(home, strict=False)
    assert not left.composites
    assert any("left out, as its part 'B' is." in p for p in left.problems)


# ---------------------------------------------------------------- the figures, the page, the command

def test_only_figures_that_can_serve_are_used(project: Project) -> None:
    judged = run.assess(project, as_of=AS_OF, now="", areas=EU, offline=True)
    table = run.composite(project, project.composites["CMP-1"], judged.evidence, AS_OF)
    reasons = dict(zip(table.areas, table.reasons, strict=True))
    assert reasons["AUT"] == ("too_old", "", "")
    assert reasons["DEU"] == ("", "no_data", "")
    assert reasons["FRA"] == ("", "no_data", "no_data")
    assert [a for a, has in zip(table.areas, table.result.ranked, strict=True) if not has] == ["AUT", "FRA"]
    newest = {row["ref_area"]: row for row in table_of(project, "A") if row["time_period"] == "2025"}
    assert table.values[table.areas.index("DEU"), 0] == float(newest["DEU"]["obs_value"])


def table_of(project: Project, key: str) -> list[dict[str, str]]:
    with (project.folder / f"sources/vintages/made/{key}.csv").open() as file:
        return list(csv.DictReader(file))


def test_an_edition_has_the_page_with_the_warning_before_every_number(project: Project, tmp_path: Path) -> None:
    edition = run.run(project, as_of=AS_OF, now="", out=tmp_path / "e", offline=True, formats=("html", "data"))
    page = (tmp_path / "e/composites.html").read_text(encoding="utf-8")
    warning, chart, table = (page.index(mark) for mark in ("Read this first", "<svg viewBox=\"0 0 446", "<table"))
    assert page.index("<h2") < warning < chart < table
    names = re.findall(r'<tr><th scope="row">([^<]*)</th>', page[table:page.index("</table>")])
    assert names == sorted(names) and len(names) == 10 and "France" not in names
    assert page.count("<caption") == page.count("<table") == 4
    assert "<title id=\"CMP-1_title\">" in page and "<desc id=\"CMP-1_desc\">One row for each of 10 areas" in page
    assert "To try the engine. It must not be used to praise or blame anybody." in page
    assert "<strong>France</strong>: Cost of papers (" in page
    assert "[composite" not in page and "nan" not in page.lower().replace("finance", "")
    start = (tmp_path / "e/index.html").read_text(encoding="utf-8")
    assert 'href="composites.html"' in start and 'href="data/composites.csv"' in start
    with (tmp_path / "e/data/composites.csv").open() as file:
        rows = {row["ref_area"]: row for row in csv.DictReader(file)}
    assert rows["FRA"]["arithmetic"] == rows["FRA"]["rank_median"] == "" and rows["FRA"]["lacking"] == "B C"
    shown = re.search(r'<th scope="row">Belgium</th><td>([\d.]+)</td>', page)
    assert shown and float(shown[1]) == pytest.approx(100 * float(rows["BEL"]["arithmetic"]), abs=0.05)
    with (tmp_path / "e/data/composite-parts.csv").open() as file:
        parts = [row for row in csv.DictReader(file) if row["ref_area"] == "BEL"]
    again = sum(float(p["weight"]) * float(p["normalised"]) for p in parts)
    assert again == pytest.approx(float(rows["BEL"]["arithmetic"]))
    assert "CMP-1" in json.loads((tmp_path / "e/data/metadata.json").read_text())["composites"]
    files = json.loads((tmp_path / "e/manifest.json").read_text())["files"]
    assert {"composites.html", "data/composites.csv", "data/composite-parts.csv"} <= files.keys()
    again_made = run.run(project, as_of=AS_OF, now="", out=tmp_path / "e", offline=True, formats=("html", "data"))
    assert edition.written and not again_made.written  # the same input, the same bytes


def test_the_command_prints_the_warning_above_the_table(project: Project) -> None:
    done = command("CMP-1", "--project", str(project.folder))
    assert done.exit_code == 0, done.output
    assert done.output.index("Read this first") < done.output.index("Arithmetic mean") < done.output.index("Belgium")
    assert "France: Cost of papers" in done.output
    one = command("--project", str(project.folder), "--area", "BEL")
    assert "Belgium" in one.output and "Bulgaria" not in one.output


def test_the_command_gives_the_same_as_json(project: Project) -> None:
    done = command("--project", str(project.folder), "--json", "--area", "BEL", "--area", "FRA")
    told = json.loads(done.output)[0]
    assert next(iter(told)) == "warning" and told["warning"].startswith("Read this first")
    belgium, france = told["areas"]
    assert belgium["rank_low"] <= belgium["rank_median"] <= belgium["rank_high"] <= 10
    assert france["rank_median"] is None and france["lacking"] == {"B": "no_data", "C": "no_data"}


@pytest.mark.parametrize(("words", "code", "says"), [
    (("CMP-2",), 10, "there is no composite 'CMP-2' in this project. Did you mean 'CMP-1'?"),
    (("--area", "USA"), 2, "'USA' is no area of CMP-1"), (("--as-of", "soon"), 2, "'soon' is no date"),
])
def test_a_wrong_call_says_what_was_expected(project: Project, words: tuple[str, ...], code: int, says: str) -> None:
    done = CliRunner().invoke(cli, ["composite", "--project", str(project.folder), "--offline", *words])
    assert done.exit_code == code and says in done.output


def test_a_project_without_one_has_no_page_and_the_command_says_how_to_declare_one(tmp_path: Path) -> None:
    home = declare(tmp_path / "p", "")
    run.run(load(home), as_of=AS_OF, now="", out=tmp_path / "e", offline=True, formats=("html", "data"))
    assert not list((tmp_path / "e").rglob("composite*"))
    assert "composites.html" not in (tmp_path / "e/index.html").read_text()
    done = command("--project", str(home))
    assert done.exit_code == 10 and "declares no composite" in done.output
