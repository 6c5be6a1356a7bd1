"""The outlook: its chances come true on made-up walks, and what must never change them."""

from __future__ import annotations

import random
from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.methods import outlook
from monitor.methods._points import FIELDS
from monitor.model import Indicator
from monitor.results import Assessment, Reason, Status
from monitor.series import Series
from tests.fiction import frame, indicator, target

AS_OF = date(2026, 11, 22)


def told(i: Indicator, points: dict[int, float], flags: dict[int, str] | None = None, as_of: date = AS_OF) -> Any:
    cells = [("X", "DEU", "_T", str(y), v, (flags or {}).get(y, "A")) for y, v in points.items()]
    row, = outlook.assess({"X": i}, frame(cells), as_of).to_dicts()
    return row


# ------------------------------------------------------------------ what is said comes true


def walks(n: int, shocks: str) -> tuple[dict[str, Indicator], Series, dict[str, bool]]:
    """Percentages, rates and differences that walk at random for 15 years, a target 1 to 6 years on, and the truth."""
    dice = random.Random(20261122)
    made, cells, truth = {}, [], {}
    for k in range(n):
        key, move = f"I{k}", 0.18 * dice.lognormvariate(0, 0.4)
        x, ahead = 0.0, dice.randint(1, 6)
        path = [x]
        for _ in range(14 + ahead):
            kick = dice.gauss(0, 1) if shocks == "normal" else dice.gauss(0, 0.6) * (4 if dice.random() < 0.1 else 1)
            x += move * kick
            path.append(x)
        goal = path[14] + dice.uniform(-2, 2) * move * ahead ** 0.5
        up, scale = dice.random() < 0.5, dice.choice(["rate", "difference"])
        place = (lambda z: 50 * 2.718281828 ** z) if scale == "rate" else (lambda z: 40 + 10 * z)
        made[key] = indicator(key, direction="up_good" if up else "down_good", scale=scale,
                              targets=[target(place(goal), str(2024 + ahead))])
        cells += [(key, "DEU", "_T", str(2010 + y), place(z), "A") for y, z in enumerate(path[:15])]
        truth[key] = path[-1] >= goal if up else path[-1] <= goal
    return made, frame(cells), truth


@pytest.mark.parametrize(("shocks", "allowed"), [("normal", 0.04), ("heavy", 0.10)])
def test_the_chances_come_true_on_random_walks(shocks: str, allowed: float) -> None:
    """Where one step in ten is large, the rule is less sure than it might be between the large ones."""
    made, figures, truth = walks(6000, shocks)
    rows = outlook.assess(made, figures, AS_OF).with_columns(
        met=pl.col("indicator").replace_strict(truth, return_dtype=pl.Float64)
    ).filter(pl.col("probability").is_not_null())
    assert rows.height == 6000
    tenths = rows.group_by((pl.col("probability") * 10).floor().clip(0, 9).alias("tenth")).agg(
        n=pl.len(), said=pl.col("probability").mean(), came=pl.col("met").mean())
    assert tenths.height == 10 and tenths["n"].min() > 150
    for row in tenths.iter_rows(named=True):  # three standard errors, and what a declared constant costs
        assert abs(row["said"] - row["came"]) < allowed + 3 * (0.25 / row["n"]) ** 0.5, (shocks, row)
    brier = rows.select(((pl.col("probability") - pl.col("met")) ** 2).mean()).item()
    assert brier < 0.19 < rows.select(pl.col("met").var()).item()


def test_a_walk_without_direction_is_noise_and_a_steady_way_is_not() -> None:
    dice = random.Random(7)
    walk, steady = {}, {}
    for k in range(400):
        x = 100.0
        for y in range(2010, 2026):
            x *= 2.718281828 ** dice.gauss(0, 0.1)
            walk[k, y] = x
            steady[k, y] = 100 * 0.93 ** (y - 2010) * 2.718281828 ** dice.gauss(0, 0.01)
    for points, least, most in ((walk, 0.75, 1.0), (steady, 0.0, 0.02)):
        cells = [(f"I{k}", "DEU", "_T", str(y), v, "A") for (k, y), v in points.items()]
        got = outlook.assess({f"I{k}": indicator(f"I{k}", scale="rate") for k in range(400)}, frame(cells), AS_OF)
        assert least <= (got["note"] == "within_noise").mean() <= most
    assert (got["status"] == "on_track").mean() > 0.98


# ------------------------------------------------------------------ what makes a figure less sure


def test_provisional_figures_and_wide_limits_bring_the_chance_nearer_to_one_half() -> None:
    i, points = indicator(scale="rate", targets=[target(80)]), {y: 100.0 + y % 3 for y in range(2015, 2026)}
    plain, flagged = told(i, points), told(i, points, {2025: "P"})
    assert plain["probability"] < flagged["probability"] < 0.5
    survey = frame([("X", "DEU", "_T", str(y), v, "A") for y, v in points.items()]).frame
    wide = [outlook.assess({"X": i}, Series(survey.with_columns(
        lower_bound=pl.col("obs_value") - w, upper_bound=pl.col("obs_value") + w)), AS_OF)["probability"][0]
        for w in (0.0, 10.0, 40.0)]
    assert wide[0] == plain["probability"] < wide[1] < wide[2] < 0.5


def test_a_small_count_says_less_than_a_large_one() -> None:
    few, many = (told(indicator(scale="count", direction="up_good", targets=[target(goal)]),
                      {y: float(n) for y in range(2015, 2026)})["probability"] for n, goal in ((4, 8), (4000, 8000)))
    assert many < few < 0.5


# ------------------------------------------------------------------ what must never change a status

figure = st.one_of(st.integers(0, 20).map(float), st.floats(1e-3, 1e6).map(lambda x: round(x, 4)))
aims = st.one_of(st.none(), st.tuples(figure, st.integers(2012, 2040)))
#: points, target, direction, limits
case = st.tuples(
    st.dictionaries(st.integers(2010, 2025), figure, min_size=1, max_size=9), aims,
    st.sampled_from(["up_good", "down_good"]), st.sampled_from([(None, None), (0.0, None), (0.0, 2e6)]))
many = st.lists(case, min_size=15, max_size=25)
CHANGES = settings(max_examples=8, deadline=None)


def outcomes(cases: list[Any], scale: str, shift: int = 0) -> pl.DataFrame:
    made, cells = {}, []
    for n, (points, aim, way, bounds) in enumerate(cases):
        key = f"I{n:03}"
        made[key] = indicator(key, direction=way, scale=scale, bounds=list(bounds),
                              targets=[target(aim[0], str(aim[1] + shift))] if aim else [],
                              baseline={"period": str(2015 + shift)})
        cells += [(key, "DEU", "_T", str(y + shift), v, "A") for y, v in points.items()]
    got = outlook.assess(made, frame(cells), AS_OF.replace(year=AS_OF.year + shift))
    return got.select("indicator", "status", "reason", "note", pl.col("probability").round(6) + 0.0)


def turned(cases: list[Any], factor: float, way: dict[str, str]) -> list[Any]:
    """The same cases with every number times a factor; a negative one turns limits and directions round."""
    return [
        ({y: v * factor for y, v in points.items()}, aim and (aim[0] * factor, aim[1]), way.get(d, d),
         tuple(None if b is None else b * factor for b in (bounds if factor > 0 else bounds[::-1])))
        for points, aim, d, bounds in cases
    ]


@CHANGES
@given(many, st.sampled_from([0.001, 1 / 3, 60, 1e6]), st.sampled_from(["rate", "difference"]))
def test_a_change_of_unit_changes_nothing(cases: Any, factor: float, scale: str) -> None:
    same(outcomes(cases, scale), outcomes(turned(cases, factor, {}), scale))


@CHANGES
@given(many, st.sampled_from(["rate", "difference"]))
def test_a_mirror_changes_nothing(cases: Any, scale: str) -> None:
    mirrored = turned(cases, -1.0, {"up_good": "down_good", "down_good": "up_good"})
    same(outcomes(cases, scale), outcomes(mirrored, scale))


@CHANGES
@given(many, st.integers(-60, 60), st.sampled_from(["rate", "difference", "count"]))
def test_another_century_changes_nothing(cases: Any, shift: int, scale: str) -> None:
    same(outcomes(cases, scale), outcomes(cases, scale, shift))


def same(one: pl.DataFrame, other: pl.DataFrame) -> None:
    assert one.drop("probability").equals(other.drop("probability"))
    apart = (one["probability"] - other["probability"]).abs()
    assert (apart.max() or 0.0) < 1e-5 and (one["probability"].is_null() == other["probability"].is_null()).all()


@CHANGES
@given(many, st.randoms(use_true_random=False))
def test_repeated_and_shuffled_rows_change_nothing(cases: Any, dice: random.Random) -> None:
    made = {f"I{n}": indicator(f"I{n}", direction=way, bounds=list(bounds),
                               targets=[target(aim[0], str(aim[1]))] if aim else [])
            for n, (_, aim, way, bounds) in enumerate(cases)}
    cells = [(f"I{n}", "DEU", "_T", str(y), v, "A") for n, (points, *_) in enumerate(cases) for y, v in points.items()]
    mixed = cells * 3
    dice.shuffle(mixed)
    assert outlook.assess(made, frame(cells), AS_OF).equals(outlook.assess(made, frame(mixed), AS_OF))


# ------------------------------------------------------------------ never an exception

INF, NAN = float("inf"), float("nan")
AWKWARD = {
    "zero to zero": {2015: 0.0, 2024: 0.0}, "zero base": {2015: 0.0, 2024: 3.0}, "one figure": {2024: 3.0},
    "figures before the base only": {2010: 3.0, 2012: 4.0}, "sign change": {2015: -3.0, 2024: 4.0},
    "all negative": {2015: -9.0, 2020: -5.0, 2024: -4.0}, "constant": dict.fromkeys(range(2010, 2025), 5.0),
    "at the limit": {2015: 100.0, 2020: 100.0, 2024: 100.0}, "beyond the limit": {2015: 99.0, 2020: 130.0, 2024: 120.0},
    "not finite": {2015: NAN, 2016: 4.0, 2020: INF, 2024: 3.0}, "enormous": {2015: 1e-300, 2020: 1e300, 2024: 1.0},
    "huge": {2015: 1e308, 2024: -1e308}, "gaps": {2015: 4.0, 2016: 5.0, 2024: 3.0}, "nothing": {2015: NAN, 2024: INF},
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_series_get_a_status_or_a_named_refusal(name: str) -> None:
    ways = ("up_good", "down_good", "target", "context_only")
    scales = ("percent", "count", "rate", "index", "difference", "binary", "money")
    bounds = ([None, None], [0, 100], [0, None], [-10, 10], [5, 5], [None, -1])
    aimed = ([], [target(0)], [target(5)], [target(-5)], [target(1e308)], [target(5, "2010")])
    made = {f"I{n}": indicator(f"I{n}", direction=w, scale=s, bounds=b, targets=t)
            for n, (w, s, b, t) in enumerate(product(ways, scales, bounds, aimed))}
    cells = [(key, "DEU", "_T", str(y), v, "A") for key in made for y, v in AWKWARD[name].items()]
    rows = outlook.assess(made, frame(cells), AS_OF)
    assert dict(rows.schema) == FIELDS and rows.height == (len(made) if name != "nothing" else 0)
    for row in rows.iter_rows(named=True):
        Assessment(**{**row, "status": Status(row["status"]), "reason": row["reason"] and Reason(row["reason"])})
        p = row["probability"]
        assert p is None or (0.01 <= p <= 0.99 and row["reason"] is None), (row, made[row["indicator"]])
        assert (row["word"] == "") == (row["reason"] is not None), row


@pytest.mark.parametrize(("declared", "said"), [
    ({"scale": "binary"}, "Use the method binary"), ({"direction": "target"}, "Use the method interval"),
    ({"method_options": {"pace": 1}}, "has no options"), ({}, ""),
])
def test_what_does_not_fit_is_named_with_the_remedy(declared: dict[str, Any], said: str) -> None:
    assert said in outlook.fits(indicator(**declared)) and bool(said) == bool(outlook.fits(indicator(**declared)))
