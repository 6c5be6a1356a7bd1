"""The pace since 2015, as Statistics Canada and Open SDG measure it.

Observed growth a year (compound, between the base and the newest figure) is compared with the growth a year
that would meet the target in time; without a target, with fixed growth rates, eased near a natural limit.
Cut-offs, scores and the exponent are the constants below. Source: Statistics Canada's method in Open SDG,
docs/progress-methodology.md (commit 26d2e387), and sdg-build 2.4.0 for the exponent and for the limits.

Where the published text is silent or breaks down, this module decides, and docs/methodology.md shows it:

- A zero base or target cannot grow. The published stand-in is 0.001 in any unit, so that the same series in
  other units gets another status. Here the stand-in is `ZERO_SHARE` of the largest of base, newest figure and
  target: the published 0.001 where that largest figure is 1. A target is met by its true value, never by
  its stand-in. Zero before and zero now is no movement.
- The base equals the target: any figure that misses it has moved away. The base was past the target: losing
  it is backwards.
- The target's date is past and missed: never on track, whatever the pace was.
- Quantities whose zero is crossed (scale ``difference``, or a lower bound below zero) are judged by a linear
  pace, and the word says so: with a target by the ratio of the two slopes, without one by the change a year as
  a share of the base. An index has no meaningful zero, so without a target it is refused.
- Direction ``target``: each figure y is replaced by |target| + |y - target|, which must fall to |target|
  (the published transformation of "Goldilocks" indicators, for any target). Met within `ZERO_SHARE` of it.
- Mixed signs are refused, as published; all negative, the size of the figure is what shrinks or grows.
- Scale ``binary``: met or not met, see `monitor.methods.binary`.

``note`` is one of: mixed_signs, no_growth_rate, no_target, out_of_range, met_but_worsening, target_missed,
target_due (its date is past, the newest figure is older), target_lost, zero_base, zero_target, small_counts
(fewer than `SMALL_COUNT`: chance alone can move them), base_later; the first that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import polars as pl

from monitor.methods import binary
from monitor.methods._points import FIELDS, finish, refuse_options, two_points
from monitor.model import Indicator
from monitor.series import Series

BASE_YEAR = 2015
#: least share of the pace needed, with a target, from the best status down; below the last: backwards
PACE = {"on_track": 0.95, "too_slow": 0.60, "limited": 0.0}
#: least growth a year in the wished direction, without a target
GROWTH = {"on_track": 0.015, "too_slow": 0.005, "limited": 0.0}
WORDS = {"achieved": "target achieved", "on_track": "on track",
         "too_slow": "progress made but acceleration needed", "limited": "limited progress",
         "backwards": "deterioration"}
#: (value, score) corners; straight lines between them, flat outside
PACE_SCORE = [(-0.6, -5.0), (0.6, 0.0), (1.3, 5.0)]
GROWTH_SCORE = [(-0.02, -5.0), (0.0, -2.5), (0.005, 0.0), (0.015, 2.5), (0.02, 5.0)]
#: how steeply thresholds fall near a natural limit
LIMIT_EXPONENT = 4.44
#: what counts as nothing, as a share of the largest figure involved
ZERO_SHARE = 0.001
SMALL_COUNT = 30
#: rounding noise of a computer is neither a missed cut-off nor a movement
TOLERANCE = 1e-9


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("statcan", indicators)
    yes_no = {key: i for key, i in indicators.items() if i.scale == "binary"}
    paced = {key: i for key, i in indicators.items() if i.scale != "binary"}
    facts = two_points(paced, series, as_of, BASE_YEAR)
    judged = finish("statcan", facts.pipe(_paces).pipe(_verdict))
    return pl.concat([judged, finish("statcan", binary.assess(yes_no, series, as_of))]).sort("indicator", "ref_area")


def _paces(facts: pl.DataFrame) -> pl.DataFrame:
    """Adds rate and required (change a year), ratio, v (growth in the wished direction), limit (C), met."""
    base, value, target, d = pl.col("base_value"), pl.col("value"), pl.col("target_value"), pl.col("d")
    largest = pl.max_horizontal(base.abs(), value.abs(), target.abs())
    near = ZERO_SHARE * pl.when(target != 0).then(target.abs()).otherwise(largest)

    def folded(figure: pl.Expr) -> pl.Expr:
        return pl.when(d == 0).then(target.abs() + (figure - target).abs()).otherwise(figure)

    frame = facts.with_columns(
        y0=folded(base), y1=folded(value), yt=pl.when(d == 0).then(target.abs()).otherwise(target),
        way=pl.when(d == 0).then(-1).otherwise(d), least=largest * ZERO_SHARE,
        linear=(pl.col("scale") == "difference") | (pl.col("low") < 0).fill_null(False),
        n1=pl.col("t1") - pl.col("t0"), nt=pl.col("tt") - pl.col("t0"),
        met=pl.when(d == 0).then((value - target).abs() <= near * (1 + TOLERANCE))
        .otherwise(d * (value - target) >= -TOLERANCE * largest).fill_null(False),
    )
    y0, y1, yt, way, linear = (pl.col(c) for c in ("y0", "y1", "yt", "way", "linear"))
    nt = pl.when(pl.col("nt") > TOLERANCE).then("nt")
    sign = pl.coalesce(*(pl.when(y != 0).then(y.sign()) for y in (y0, y1, yt)))
    start, goal = (pl.when(y == 0).then(sign * pl.col("least")).otherwise(y) for y in (y0, yt))
    size = pl.when(y0 != 0).then(y0.abs()).otherwise(pl.max_horizontal(y0.abs(), y1.abs(), yt.abs()))

    def change(end: pl.Expr, stand_in: pl.Expr, years: pl.Expr) -> pl.Expr:
        return (
            pl.when(end == y0).then(0.0).when(linear).then((end / size - y0 / size) / years)
            .when(~mixed).then(sign * ((stand_in / start) ** (1 / years) - 1))
        )

    mixed = ~linear & ((y0.sign() * y1.sign() < 0) | (start.sign() * goal.sign() < 0).fill_null(False))
    return frame.with_columns(
        rate=change(y1, y1, pl.col("n1")), required=change(yt, goal, nt), mixed=mixed,
        limit=_limit_factor(base, pl.when(way > 0).then("high").otherwise("low"), way, linear),
    ).with_columns(
        v=way * pl.col("rate") + 0.0,  # no minus zero
        ratio=pl.when(pl.col("required") != 0).then(way * pl.col("rate") / pl.col("required").abs() + 0.0),
    )


def _limit_factor(base: pl.Expr, limit: pl.Expr, way: pl.Expr, linear: pl.Expr) -> pl.Expr:
    """C: 1 far from the natural limit that lies in the wished direction, 0 at it.

    A limit on the other side of zero, and linear paces, are left alone.
    """
    y, top = base.abs(), limit.abs()
    outward = way * base.sign() > 0  # progress means a larger size: the limit is a maximum
    return (
        pl.when(linear | limit.is_null() | (base.sign() * limit.sign() < 0)).then(1.0)
        .when(base == 0).then((limit != 0).cast(pl.Float64))
        .when(pl.when(outward).then(y >= top).otherwise(y <= top)).then(0.0)
        .when(outward).then(1 - (y / top) ** LIMIT_EXPONENT)
        .when(y >= 2 * top).then(1.0)
        .otherwise(1 - ((2 * top - y) / top) ** LIMIT_EXPONENT)
    )


def _verdict(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds status, reason, word, score and note; blanks what has no meaning for the row."""
    aimed, ratio, v = pl.col("target_value").is_not_null(), pl.col("ratio"), pl.col("v")
    late = aimed & (pl.col("t1") >= pl.col("tt") - TOLERANCE)
    refusal = (
        pl.when(pl.col("refused").is_not_null()).then(pl.struct(pl.col("refused").alias("reason"), note=pl.lit("")))
        .when(pl.col("d") == 0, ~aimed).then(_refusal("not_applicable", "no_target"))
        .when((pl.col("n1") >= 1 - TOLERANCE).fill_null(False).not_()).then(_refusal("too_few_points", ""))
        .when("met").then(None)
        .when("mixed").then(_refusal("not_comparable", "mixed_signs"))
        .when(pl.col("linear"), pl.col("scale") == "index", ~aimed).then(
            _refusal("not_comparable", "no_growth_rate"))
        .when(~v.is_finite() | (~ratio.is_finite()).fill_null(False)).then(
            _refusal("not_comparable", "out_of_range"))
    )
    away = v < -TOLERANCE
    status = (
        pl.when("met").then(pl.lit("achieved"))
        # no pace to compare: the base was the target, or the target was due before the base
        .when(aimed, ratio.is_null()).then(
            pl.when(away | (pl.col("required") == 0)).then(pl.lit("backwards")).otherwise(pl.lit("limited")))
        .when(aimed).then(_step(ratio, PACE, pl.lit(1.0)))
        .otherwise(_step(v, GROWTH, pl.col("limit")))
    )
    score = (
        pl.when("met").then(5.0)
        .when(aimed, pl.col("required") == 0).then(-5.0)
        .when(aimed).then(_score(ratio, PACE_SCORE))
        .when(away).then(_score(v, GROWTH_SCORE))
        .when(pl.col("limit") == 0).then(5.0)
        .otherwise(_score(v / pl.col("limit"), GROWTH_SCORE))
    )
    note = (
        pl.when("met", away).then(pl.lit("met_but_worsening")).when("met").then(pl.lit(""))
        .when(late).then(pl.lit("target_missed"))
        .when(aimed, pl.col("due")).then(pl.lit("target_due"))
        .when(aimed, pl.col("way") * (pl.col("y0") - pl.col("yt")) >= 0).then(pl.lit("target_lost"))
        .when(pl.col("y0") == 0).then(pl.lit("zero_base"))
        .when(pl.col("yt") == 0, ~pl.col("linear")).then(pl.lit("zero_target"))
        .when(pl.col("scale") == "count", pl.col("base_value").abs() < SMALL_COUNT).then(pl.lit("small_counts"))
        .when("late_base").then(pl.lit("base_later"))
    )
    judged = frame.with_columns(refusal=refusal, status=status, score=score).with_columns(
        # missed in its time: the best that can be said is that the pace was too slow
        status=pl.when(late, pl.col("status") == "on_track").then(pl.lit("too_slow")).otherwise("status"),
        score=pl.when(late, ~pl.col("met")).then(pl.col("score").clip(upper_bound=0.0)).otherwise("score"),
        note=pl.coalesce(pl.col("refusal").struct.field("note"), note),
        reason=pl.col("refusal").struct.field("reason"),
    )
    refused = pl.col("reason").is_not_null()
    shares = (pl.col("y0") != 0) & (pl.col("d") != 0)  # else a change has no size, or not of the figure itself
    manner = pl.when(pl.col("linear"), ~pl.col("met")).then(pl.lit("linear pace: ")).otherwise(pl.lit(""))
    return judged.with_columns(
        status=pl.when(refused).then(pl.lit("not_assessed")).otherwise("status"),
        word=pl.when(~refused).then(manner + pl.col("status").replace_strict(WORDS, default="")),
        score=pl.when(~refused).then("score"), ratio=pl.when(~refused, ratio.is_finite()).then("ratio"),
        **{c: pl.when(~refused, shares, pl.col(c).is_finite()).then(c) for c in ("rate", "required")},
    ).select(c for c in FIELDS if c != "method")


def _refusal(reason: str, note: str) -> pl.Expr:
    return pl.struct(reason=pl.lit(reason), note=pl.lit(note))


def _step(value: pl.Expr, cuts: Mapping[str, float], factor: pl.Expr) -> pl.Expr:
    """The best status whose cut-off the value reaches."""
    status = pl.lit("backwards")
    for name, cut in sorted(cuts.items(), key=lambda item: item[1]):
        status = pl.when(value >= cut * factor - TOLERANCE).then(pl.lit(name)).otherwise(status)
    return status


def _score(value: pl.Expr, corners: list[tuple[float, float]]) -> pl.Expr:
    """Straight lines between the corners, flat outside."""
    score = pl.lit(corners[-1][1])
    for (x0, s0), (x1, s1) in reversed(list(pairwise(corners))):
        score = pl.when(value < x1).then(s0 + (value - x0) * ((s1 - s0) / (x1 - x0))).otherwise(score)
    return pl.when(value <= corners[0][0]).then(corners[0][1]).when(value.is_not_null()).then(score)
