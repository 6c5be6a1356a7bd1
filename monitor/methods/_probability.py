"""From figures to a chance: a scale on which steps are alike, how far figures move in a year, a distribution.

On that scale a figure moves like a random walk: what it does next adds to what it is now. How far it moves in a year
is a mean of the steps seen, recent ones first, held near what series of the kind do; its errors have the heavy tails
of Student's t with four degrees of freedom. All constants were chosen on the tuning part of the backtest
(`monitor.backtest`), none on its holdout.

A plan is a frame with one row for each series: first, last (rows of the history), t1 (time of the newest figure),
scale, low, high, and target_value; `measured` adds to it what the functions after it need.
"""

from __future__ import annotations

import polars as pl

from monitor.methods._history import History

#: weight of a step that is a year older than another
DECAY = 0.8
#: mean size of a step -> its standard deviation, were steps normal
HALF_NORMAL = 1.2533
#: kind of scale -> the movement of a year that is usual; for straight scales as a share of the largest figure
USUAL = {"logit": 0.27, "log": 0.18, "count": 0.33, "straight": 0.18}
#: how many steps the usual movement weighs as much as
USUAL_WEIGHT = 1.0
#: the drift is the median step, times n / (n + this) for n steps: trends of the past go on by little
DRIFT_STEPS = 20.0
#: figures at a natural limit stand inside it by this share of the largest distance from the limit
LIMIT_SHARE = 0.001
#: series that are measured at a time: bounds the memory
AT_ONCE = 100_000
#: no chance is nearer to 0 or 1 than this: the past does not hold everything
LEAST_CHANCE = 0.01


def measured(known: History, plan: pl.DataFrame) -> pl.DataFrame:
    """Adds kind, top, bottom (largest and smallest figure), move (standard deviation of a year), drift, steps.

    ``move`` and ``drift`` are on the scale of `placed`; drift is already damped. ``steps`` is how many there are.
    """
    parts = [_of(known, plan.slice(at, AT_ONCE)) for at in range(0, max(plan.height, 1), AT_ONCE)]
    return pl.concat(parts)


def _of(known: History, plan: pl.DataFrame) -> pl.DataFrame:
    plan = plan.with_row_index("g")
    rows = plan.lazy().select(
        "g", "t1", "scale", "low", "high", "target_value", at=pl.int_ranges("first", pl.col("last") + 1)
    ).explode("at", empty_as_null=False, keep_nulls=False).with_columns(
        y=pl.lit(known.figures["value"]).gather("at"), t=pl.lit(known.figures["key"]).gather("at")
    ).with_columns(t=known.year("t"))
    span = rows.group_by("g").agg(top=pl.col("y").max(), bottom=pl.col("y").min())
    plan = plan.lazy().join(span, on="g", how="left", maintain_order="left").with_columns(kind=_kind()).collect()
    every = rows.join(plan.lazy().select("g", "kind", "top", "bottom"), on="g", maintain_order="left")
    step, years = (pl.col(c) - pl.col(c).shift().over("g") for c in ("z", "t"))
    steps = every.select("g", "t1", "t", z=placed(pl.col("y"))).with_columns(step=step, years=years).filter(
        pl.col("years") > 0).with_columns(w=DECAY ** (pl.col("t1") - pl.col("t")).clip(0))
    seen = steps.group_by("g").agg(
        spread=(pl.col("w") * pl.col("step").abs() / pl.col("years").sqrt()).sum() * HALF_NORMAL,
        w=pl.col("w").sum(), median=(pl.col("step") / pl.col("years")).median(), steps=pl.len().cast(pl.Int64),
    ).collect(engine="in-memory")
    largest = pl.max_horizontal(pl.col("top").abs(), pl.col("bottom").abs())
    usual = pl.col("kind").replace_strict(USUAL, return_dtype=pl.Float64) * pl.when(
        pl.col("kind") == "straight").then(largest).otherwise(1.0)
    return plan.join(seen, on="g", how="left", maintain_order="left").with_columns(
        pl.col("spread", "w", "median", "steps").fill_null(0)
    ).with_columns(
        move=(pl.col("spread") + USUAL_WEIGHT * usual) / (pl.col("w") + USUAL_WEIGHT),
        drift=pl.col("median") * pl.col("steps") / (pl.col("steps") + DRIFT_STEPS),
    ).drop("g", "spread", "w", "median")


def _kind() -> pl.Expr:
    """Which scale makes steps alike: between two limits the logit, of sizes the logarithm, of differences none."""
    low, high, ends = pl.col("low"), pl.col("high"), (pl.col("top"), pl.col("bottom"), pl.col("target_value"))
    one_sign = (pl.min_horizontal(*ends) >= 0) | (pl.max_horizontal(*ends) <= 0)
    return (
        pl.when(pl.col("scale") == "difference").then(pl.lit("straight"))
        .when((high > low).fill_null(False)).then(pl.lit("logit"))
        .when(~one_sign | ((low < 0) & (pl.col("top") > 0)).fill_null(False)
              | ((high > 0) & (pl.col("bottom") < 0)).fill_null(False)).then(pl.lit("straight"))
        .when(pl.col("scale") == "count", pl.col("bottom") >= 0).then(pl.lit("count"))
        .otherwise(pl.lit("log"))
    )


def placed(y: pl.Expr) -> pl.Expr:
    """A figure's place on the scale of its series; higher figures stand higher."""
    low, high, top, bottom = (pl.col(c) for c in ("low", "high", "top", "bottom"))
    up, down = (pl.when(x > 0).then(x).otherwise(high - low) * LIMIT_SHARE for x in (top - low, high - bottom))
    sign = pl.when(top > 0).then(1.0).otherwise(-1.0)
    tiny = pl.max_horizontal(top.abs(), bottom.abs(), 1e-300) * LIMIT_SHARE
    return (
        pl.when(pl.col("kind") == "straight").then(y)
        .when(pl.col("kind") == "logit").then(
            (pl.max_horizontal(y - low, up) / pl.max_horizontal(high - y, down)).log())
        .when(pl.col("kind") == "count").then((y.clip(0) + 0.5).log())
        .otherwise(sign * pl.max_horizontal(y.abs(), tiny).log())
    )


def chance(distance: pl.Expr, spread: pl.Expr) -> pl.Expr:
    """That a movement of this spread does not undo the distance, by Student's t with four degrees of freedom.

    Nothing where the numbers are too large to tell.
    """
    q = distance / (distance ** 2 + 4 * spread ** 2).sqrt()
    sure = 0.5 + 0.75 * q * (1 - q ** 2 / 3)
    return pl.when((distance ** 2 + 4 * spread ** 2) > 0).then(sure).otherwise(0.5).fill_nan(
        None).clip(LEAST_CHANCE, 1 - LEAST_CHANCE)


def count_noise(figure: pl.Expr) -> pl.Expr:
    """The variance of the count of a rare event on its scale: Poisson; with the walk as of a negative binomial."""
    return pl.when(pl.col("kind") == "count").then(1 / (figure.clip(0) + 0.5)).otherwise(0.0)
