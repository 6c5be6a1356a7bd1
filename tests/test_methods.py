"""Methods: worked numbers, a second and plainer writing of the formula, and what must never change a status."""

from __future__ import annotations

import math
import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import plugins
from monitor.errors import DefinitionError
from monitor.methods import statcan
from monitor.methods._points import FIELDS
from monitor.model import Direction, Indicator
from monitor.results import Assessment, Reason, Status
from monitor.series import Series
from tests.fiction import frame, indicator, series, target

CASES = Path(__file__).parent / "cases" / "methods"
AS_OF = date(2026, 11, 22)
SCALES = ["percent", "count", "rate", "index", "ratio", "difference", "binary", "money", "duration"]


def one(i: Indicator, points: dict[str, float | None], as_of: date = AS_OF, method: str = "statcan") -> dict[str, Any]:
    """The assessment of one made-up series."""
    made = frame([(i.id, "DEU", "_T", when, value, "A") for when, value in points.items()])
    rows = plugins.function("methods", method)({i.id: i}, made, as_of).to_dicts()
    assert len(rows) <= 1
    return rows[0] if rows else {}


def cases() -> list[Any]:
    return [
        pytest.param(folder.name, case, id=f"{folder.name}: {case['name']}")
        for folder in sorted(CASES.iterdir())
        for case in yaml.safe_load((folder / "cases.yaml").read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("method", "case"), cases())
def test_case(method: str, case: dict[str, Any]) -> None:
    declared = case["given"].get("indicator", {})
    if "target" in case["given"]:
        declared["targets"] = [target(*case["given"]["target"])]
    row, = plugins.function("methods", method)({"X": indicator(**declared)}, series(case["given"]["rows"]),
                                               AS_OF).to_dicts()
    for field, value in case["expect"].items():
        assert row[field] == (pytest.approx(value, abs=1e-6) if isinstance(value, float) else value), (field, row)


# ------------------------------------------------------------------ the same, written plainly for one series


def plainly(i: Indicator, points: dict[int, float]) -> tuple[str, str | None, float | None, float | None]:
    """(status, reason, ratio, score) of yearly figures by the text of docs/methodology.md, one series at a time."""
    begin = int(i.baseline.period) if i.baseline else 2015
    years = sorted(y for y in points if y >= begin)
    goal = i.target_for("DEU")
    if i.direction is Direction.TARGET and goal is None:
        return "not_assessed", "not_applicable", None, None
    if not years:
        return "not_assessed", "too_few_points", None, None
    t0, t = years[0], years[-1]
    base, now = points[t0], points[t]
    yt, tt = (goal.value, int(goal.period)) if goal else (None, None)
    largest = max(abs(base), abs(now), abs(yt or 0))
    d = 1 if i.direction is Direction.UP_GOOD else -1
    if i.direction is Direction.TARGET:
        assert yt is not None
        met = abs(now - yt) <= 0.001 * (abs(yt) or largest) * (1 + 1e-9)
        base, now, yt = abs(yt) + abs(base - yt), abs(yt) + abs(now - yt), abs(yt)
    else:
        met = yt is not None and d * (now - yt) >= -1e-9 * largest
    if len(years) == 1:  # one figure meets a target, or tells nothing
        return ("achieved", None, None, 5.0) if met else ("not_assessed", "too_few_points", None, None)
    linear = i.scale == "difference" or (i.bounds[0] or 0) < 0
    limit = i.bounds[1 if d > 0 else 0]
    if yt is None and limit is not None and d * (now - limit) >= -1e-9 * abs(limit):
        return "achieved", None, None, 5.0
    if not met and not linear and len({math.copysign(1, y) for y in (base, now, yt) if y}) > 1:
        return "not_assessed", "not_comparable", None, None
    if not met and linear and i.scale == "index" and yt is None:
        return "not_assessed", "not_comparable", None, None

    def pace(end: float, years: int) -> float:
        if end == base:
            return 0.0
        if linear:
            return (end - base) / years
        sign = next(math.copysign(1, y) for y in (base, now, yt or 0) if y)
        tiny = sign * 0.001 * largest
        share = (end or (0 if base else tiny)) / (base or tiny)
        if end == 0 and end is yt:
            share = tiny / (base or tiny)
        return math.copysign(1, sign) * (share ** (1 / years) - 1) if share >= 0 else math.nan

    g = pace(now, t - t0)
    if yt is not None and tt is not None:
        gt = 0.0 if yt == base else pace(yt, tt - t0) if tt > t0 else None
        ratio = d * g / abs(gt) if gt else None
        missed = t >= tt
        if met:
            return "achieved", None, ratio if ratio is None or math.isfinite(ratio) else None, 5.0
        if ratio is None:
            away = gt == 0 or d * g < -1e-9
            return ("backwards" if away else "limited"), None, None, -5.0 if gt == 0 else None
        score = (ratio - 0.6) / 0.7 * 5 if ratio > 0.6 else (ratio - 0.6) / 1.2 * 5
        score = max(-5.0, min(5.0, score))
        status = ("on_track" if ratio >= 0.95 - 1e-9 else "too_slow" if ratio >= 0.6 - 1e-9
                  else "limited" if ratio >= -1e-9 else "backwards")
        if missed:
            status, score = ("too_slow" if status == "on_track" else status), min(score, 0.0)
        return status, None, ratio, score
    v = d * g
    c = 1.0
    if linear:
        v /= abs(base) or abs(now) or 1
    elif limit is not None and base * limit >= 0:
        size, top = abs(base), abs(limit)
        rising = d * base > 0 or (base == 0 and limit != 0)
        if base == 0:
            c = 0.0 if limit == 0 else 1.0
        elif rising:
            c = 1 - (size / top) ** 4.44 if size < top else 0.0
        else:
            c = 0.0 if size <= top else 1.0 if size >= 2 * top else 1 - ((2 * top - size) / top) ** 4.44
    if v < -1e-9:
        return "backwards", None, None, max(-5.0, -2.5 + 125 * v)
    status = "on_track" if v >= 0.015 * c - 1e-9 else "too_slow" if v >= 0.005 * c - 1e-9 else "limited"
    if c == 0:
        return status, None, None, 5.0
    x = 100 * v / c
    score = -2.5 + 5 * x if x < 0.5 else 2.5 * (x - 0.5) if x < 1.5 else 2.5 + 5 * (x - 1.5)
    return status, None, None, min(5.0, score)


def random_indicator(dice: random.Random, key: str) -> Indicator:
    declared: dict[str, Any] = {
        "direction": dice.choice(["up_good", "down_good", "target"]),
        "scale": dice.choice([s for s in SCALES if s != "binary"]),
        "bounds": dice.choice([[None, None], [0, 100], [0, None], [2, 60], [-10, 10], [None, -1]]),
    }
    if dice.random() < 0.6:
        declared["targets"] = [target(dice.choice([0, 1, 2.5, 5, 50, 100, -3, dice.uniform(-20, 90)]),
                                      str(dice.choice([2012, 2015, 2020, 2024, 2030, 2040])))]
    if dice.random() < 0.3:
        declared["baseline"] = {"period": str(dice.choice([2010, 2016, 2018]))}
    return indicator(key, **declared)


def random_points(dice: random.Random) -> dict[int, float]:
    draw = dice.choice([
        lambda: float(dice.randint(0, 5)), lambda: float(dice.randint(-3, 3)), lambda: dice.uniform(0, 100),
        lambda: dice.lognormvariate(0, 3), lambda: -dice.lognormvariate(0, 3), lambda: 50 + dice.uniform(-1, 1),
    ])
    return {y: draw() for y in range(2010, 2026) if dice.random() < 0.4}


def test_the_vectorised_method_agrees_with_the_plain_one_on_thousands_of_series() -> None:
    dice = random.Random(20261122)
    indicators = {f"I{n}": random_indicator(dice, f"I{n}") for n in range(6000)}
    points = {key: random_points(dice) for key in indicators}
    cells = [(key, "DEU", "_T", str(y), v, "A") for key in indicators for y, v in points[key].items()]
    dice.shuffle(cells)
    got = statcan.assess(indicators, frame(cells), AS_OF)
    assert got["indicator"].to_list() == sorted(k for k in indicators if points[k])
    seen: dict[str, int] = {}
    for row in got.iter_rows(named=True):
        status, reason, ratio, score = plainly(indicators[row["indicator"]], points[row["indicator"]])
        context = (row, indicators[row["indicator"]], points[row["indicator"]])
        assert (row["status"], row["reason"]) == (status, reason), context
        for found, expected in ((row["ratio"], ratio), (row["score"], score)):
            assert found == (expected if expected is None else pytest.approx(expected, rel=1e-6, abs=1e-6)), context
        seen[reason or status] = seen.get(reason or status, 0) + 1
    assert min(seen.values()) > 50, seen
    assert len(seen) == 8, seen


# ------------------------------------------------------------------ what must never change a status

figure = st.one_of(st.integers(0, 20).map(float), st.floats(1e-3, 1e6).map(lambda x: round(x, 4)))
figures = st.dictionaries(st.integers(2010, 2025), figure, min_size=1, max_size=8)
aims = st.one_of(st.none(), st.tuples(figure, st.integers(2012, 2040)))
ways = st.sampled_from(["up_good", "down_good", "target"])


def status(points: dict[int, float], aim: tuple[float, int] | None, way: str, shift: int = 0, **more: Any) -> Any:
    targets = {"targets": [target(aim[0], str(aim[1] + shift))]} if aim else {}
    made = indicator(direction=way, baseline={"period": str(2015 + shift)}, **targets, **more)
    row = one(made, {str(y + shift): v for y, v in points.items()}, AS_OF.replace(year=AS_OF.year + shift))
    return row["status"], row["reason"]


@settings(max_examples=25, deadline=None)
@given(figures, aims, ways, st.sampled_from([0.001, 0.01, 1 / 3, 60, 100, 1000, 1e6]), st.booleans())
def test_a_change_of_unit_changes_no_status(
    points: dict[int, float], aim: tuple[float, int] | None, way: str, factor: float, limited: bool
) -> None:
    bounds, scaled = ([2, 80], [2 * factor, 80 * factor]) if limited else ([None, None], [None, None])
    assert status(points, aim, way, bounds=bounds) == status(
        {y: v * factor for y, v in points.items()}, aim and (aim[0] * factor, aim[1]), way, bounds=scaled)


@settings(max_examples=25, deadline=None)
@given(figures, aims, ways, st.sampled_from(["percent", "difference"]))
def test_a_mirror_changes_no_status(
    points: dict[int, float], aim: tuple[float, int] | None, way: str, scale: str
) -> None:
    mirrored = {"up_good": "down_good", "down_good": "up_good", "target": "target"}[way]
    assert status(points, aim, way, scale=scale) == status(
        {y: -v for y, v in points.items()}, aim and (-aim[0], aim[1]), mirrored, scale=scale)


@settings(max_examples=15, deadline=None)
@given(figures, aims, ways, st.integers(-60, 60))
def test_another_century_changes_no_status(
    points: dict[int, float], aim: tuple[float, int] | None, way: str, shift: int
) -> None:
    assert status(points, aim, way) == status(points, aim, way, shift)


@settings(max_examples=15, deadline=None)
@given(figures, aims, ways, st.randoms(use_true_random=False))
def test_repeated_and_shuffled_rows_change_nothing(
    points: dict[int, float], aim: tuple[float, int] | None, way: str, dice: random.Random
) -> None:
    made = {"X": indicator(direction=way, targets=[target(aim[0], str(aim[1]))] if aim else [])}
    cells = [("X", "DEU", "_T", str(y), v, "A") for y, v in points.items()]
    mixed = cells + dice.choices(cells, k=3)
    dice.shuffle(mixed)
    assert statcan.assess(made, frame(cells), AS_OF).equals(statcan.assess(made, frame(mixed), AS_OF))


# the same for every method, a dozen series at a time. A method is told its numbers in the unit of the series, and a
# mirror turns them round. Natural limits are left out of the mirror: a lower bound below zero says that zero can be
# crossed, which methods of growth answer with a linear pace or a refusal (tests/spec/test_linear_pace.py). The unit of
# a percentage is a hundredth of the whole, so un_progress_chart may say "within a point": the scale here is rate.

Made = tuple[dict[int, float], tuple[float, int] | None, str]
many = st.lists(st.tuples(figures, aims, ways), min_size=6, max_size=12)
METHODS = plugins.names("methods")


def declared_for(method: str, made: Made, factor: float, shift: int) -> dict[str, Any]:
    _, aim, way = made
    mirrored = factor < 0
    by = (aim[1] if aim else 2030) + shift
    targets = [target(aim[0] * factor, str(by))] if aim else []
    if method == "milestones" and aim:
        targets.insert(0, target(aim[0] * 2 * factor, str(by - 6)))
    turned = {"up_good": "down_good", "down_good": "up_good"}
    better = way if method != "interval" else "target"
    goal = aim[0] if aim else 7.5
    red = goal / 3 if way == "up_good" else goal * 3
    ends = sorted([goal * factor, 2 * goal * factor])
    names = ["a", "b", "c", "d", "e"]
    options: dict[str, dict[str, Any]] = {
        "sdsn": {"green": goal * factor, "red": red * factor, "by": by}, "relative": {"factor": 0.5, "by": by},
        "interval": {"low": ends[0], "high": ends[1], "by": by} if aim else {"low": ends[0], "high": ends[1]},
        "ordinal": {"steps": names[::-1] if mirrored else names},
    }
    limits = {"ordinal": sorted([0.0, 20 * factor]), "unescap": [None, None] if mirrored else [0.0, 1e7 * factor]}
    return {"direction": turned.get(better, better) if mirrored else better, "targets": targets,
            "baseline": {"period": str(2015 + shift)}, "scale": "index" if method == "ordinal" else "rate",
            "bounds": limits.get(method, [None, None]), "method_options": options.get(method, {})}


def statuses(method: str, made: list[Made], factor: float = 1.0, shift: int = 0, dice: random.Random | None = None,
             ) -> list[tuple[str, str | None, str]]:
    """Status, reason and word of each; with dice, in shuffled rows of which some are there twice."""
    told = {f"I{n}": indicator(f"I{n}", **declared_for(method, each, factor, shift)) for n, each in enumerate(made)}
    cells = [(f"I{n}", "DEU", "_T", str(y + shift), v * factor, "A")
             for n, (points, _, _) in enumerate(made) for y, v in points.items()]
    if dice:
        cells += dice.choices(cells, k=5)
        dice.shuffle(cells)
    got = plugins.function("methods", method)(told, frame(cells), AS_OF.replace(year=AS_OF.year + shift))
    assert got["indicator"].to_list() == sorted(told)
    return list(got.sort("indicator").select("status", "reason", "word").iter_rows())


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, deadline=None)
@given(many, st.sampled_from([0.001, 0.01, 1 / 3, 60, 1000, 1e6]))
def test_no_method_depends_on_the_unit(method: str, made: list[Made], factor: float) -> None:
    assert statuses(method, made) == statuses(method, made, factor)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, deadline=None)
@given(many)
def test_no_method_prefers_up_to_down(method: str, made: list[Made]) -> None:
    free = [(p, a, w) for p, a, w in made] if method != "unescap" else made
    if method == "unescap":  # without limits on either side, see above
        assert [s[:2] for s in statuses(method, free, -1.0)] == [s[:2] for s in unlimited(free)]
    else:  # the word of an ordinal scale is the name of the step, which is another one from the other side
        n = 2 if method == "ordinal" else 3
        assert [s[:n] for s in statuses(method, free)] == [s[:n] for s in statuses(method, free, -1.0)]


def unlimited(made: list[Made]) -> list[tuple[str, str | None, str]]:
    """unescap without natural limits: mirrored twice."""
    return statuses("unescap", [({y: -v for y, v in p.items()}, a and (-a[0], a[1]),
                                 {"up_good": "down_good", "down_good": "up_good"}.get(w, w)) for p, a, w in made], -1.0)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, deadline=None)
@given(many, st.integers(-60, 60))
def test_no_method_depends_on_the_century(method: str, made: list[Made], shift: int) -> None:
    assert statuses(method, made) == statuses(method, made, shift=shift)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, deadline=None)
@given(many, st.randoms(use_true_random=False))
def test_no_method_counts_a_figure_twice(method: str, made: list[Made], dice: random.Random) -> None:
    assert statuses(method, made) == statuses(method, made, dice=dice)


# ------------------------------------------------------------------ what every method declares


@pytest.mark.parametrize("method", METHODS)
def test_every_method_declares_its_rule_as_data(method: str) -> None:
    module = plugins.module("methods", method)
    assert module.SOURCE and isinstance(module.UNCONFIRMED, tuple) and all(module.OPTIONS.values())
    assert module.THRESHOLDS
    for steps in module.THRESHOLDS.values():
        cuts = [each.least for each in steps]
        assert cuts == sorted(set(cuts), reverse=True), cuts
        assert all(each.word and Status(each.status) for each in steps)
    assert module.fits(indicator(method_options={"nonsense": 1}))


periods = st.one_of(
    st.integers(1990, 2060).map(str),
    st.tuples(st.integers(2010, 2030), st.integers(1, 4)).map(lambda q: f"{q[0]}-Q{q[1]}"),
    st.tuples(st.integers(2010, 2030), st.integers(1, 12)).map(lambda m: f"{m[0]}-{m[1]:02d}"),
    st.dates(date(2010, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    st.integers(2010, 2030).map(lambda y: f"{y}/{(y + 1) % 100:02d}"),
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(periods, st.one_of(st.none(), st.floats()), max_size=8),
    st.sampled_from(list(Direction)), st.sampled_from(SCALES), st.sampled_from(plugins.names("methods")),
    st.one_of(st.none(), st.tuples(st.floats(allow_nan=False, allow_infinity=False), periods)),
    st.tuples(st.one_of(st.none(), st.floats(-1e9, 1e9)), st.one_of(st.none(), st.floats(-1e9, 1e9))), periods,
)
def test_no_series_raises_and_every_row_is_a_whole_assessment(
    points: dict[str, float | None], way: Direction, scale: str, method: str,
    aim: tuple[float, str] | None, bounds: tuple[float | None, float | None], baseline: str,
) -> None:
    made = indicator(direction=way, scale=scale, bounds=bounds, baseline={"period": baseline},
                     targets=[target(*aim)] if aim else [])
    row = one(made, points, method=method)
    assert bool(row) == any(v is not None and math.isfinite(v) for v in points.values())
    if row:
        Assessment(**{**row, "status": Status(row["status"]), "reason": row["reason"] and Reason(row["reason"])})
        assert all(math.isfinite(v) for v in row.values() if isinstance(v, float)), row
        assert (row["word"] == "") == (row["status"] == "not_assessed")


# ------------------------------------------------------------------ many at once


def test_a_target_of_an_area_comes_before_the_general_one_and_the_newest_before_older_ones() -> None:
    made = indicator(targets=[target(8), target(5), target(2, areas=["FRA"]), target(1, "2020", areas=["FRA"])])
    got = statcan.assess({"X": made}, series("DEU 2015 10; DEU 2024 9; FRA 2015 10; FRA 2024 9"), AS_OF)
    assert got.select("ref_area", "target_value", "target_period").rows() == [
        ("DEU", 5.0, "2030"), ("FRA", 1.0, "2020"),
    ]


def test_indicators_do_not_mix() -> None:
    made = {k: indicator(k, **d) for k, d in {
        "A": {"direction": "up_good"}, "B": {"direction": "down_good"}, "C": {"scale": "binary"},
        "D": {"baseline": {"period": "2018"}},
    }.items()}
    cells = [(k, a, "_T", str(y), 10.0 + n + y - 2015, "A") for n, a in enumerate(["DEU", "FRA"]) for k in "ABCDZ"
             for y in range(2015, 2025)]
    got = statcan.assess(made, frame(cells), AS_OF)
    assert got.columns == list(FIELDS)
    assert got.select("indicator", "ref_area").rows() == [(k, a) for k in "ABCD" for a in ("DEU", "FRA")]
    for key, i in made.items():
        alone = statcan.assess({key: i}, frame([c for c in cells if c[0] == key]), AS_OF)
        assert got.filter(pl.col("indicator") == key).equals(alone)


def test_only_the_headline_is_judged() -> None:
    made = {"X": indicator()}
    assert statcan.assess(made, series("DEU 2015 10 A sex=F; DEU 2024 2 A sex=F"), AS_OF).is_empty()


@pytest.mark.parametrize("method", plugins.names("methods"))
def test_nothing_in_nothing_out(method: str) -> None:
    for made in ({}, {"X": indicator()}):
        empty = plugins.function("methods", method)(made, Series.empty(), AS_OF)
        assert dict(empty.schema) == FIELDS
        assert empty.is_empty()


@pytest.mark.parametrize("method", plugins.names("methods"))
def test_published_thresholds_are_not_for_a_declaration_to_change(method: str) -> None:
    with pytest.raises(DefinitionError, match=rf"X: the method '{method}' has no option"):
        plugins.function("methods", method)({"X": indicator(method_options={"on_track": 0.5})}, Series.empty(), AS_OF)
