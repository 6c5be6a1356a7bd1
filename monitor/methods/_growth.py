"""Growth between two figures, growth needed to a target, and what is refused, noted and capped in every such method.

- A zero base or target cannot grow. The stand-in is `ZERO_SHARE` of the largest of base, newest figure and target.
  A target is met by its true value, never by its stand-in. Zero before and zero now is no movement.
- The base equals the target: any figure that misses it has moved away. The base was past the target: losing it is
  backwards.
- The target's date is past and missed: never on track, whatever the pace was.
- Direction ``target``: each figure y is replaced by |target| + |y - target|, which must fall to |target|.
- Mixed signs are refused; all negative, the size of the figure is what shrinks or grows.
"""

from __future__ import annotations

import polars as pl

from monitor.methods._points import FIELDS
from monitor.methods._scale import TOLERANCE, ZERO_SHARE, Step, Thresholds, rung, word_of

SMALL_COUNT = 30


def paces(facts: pl.DataFrame) -> pl.DataFrame:
    """Adds rate and required (change a year), ratio, v (growth in the wished direction), met, and their parts."""
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
        aimed=target.is_not_null(), late=(pl.col("t1") >= pl.col("tt") - TOLERANCE).fill_null(False),
    )
    y0, y1, yt, way, linear = (pl.col(c) for c in ("y0", "y1", "yt", "way", "linear"))
    nt = pl.when(pl.col("nt") > TOLERANCE).then("nt")
    sign = pl.coalesce(*(pl.when(y != 0).then(y.sign()) for y in (y0, y1, yt)))
    start, goal = (pl.when(y == 0).then(sign * pl.col("least")).otherwise(y) for y in (y0, yt))
    size = pl.when(y0 != 0).then(y0.abs()).otherwise(pl.max_horizontal(y0.abs(), y1.abs(), yt.abs()))
    mixed = ~linear & ((y0.sign() * y1.sign() < 0) | (start.sign() * goal.sign() < 0).fill_null(False))

    def change(end: pl.Expr, stand_in: pl.Expr, years: pl.Expr) -> pl.Expr:
        return (
            pl.when(end == y0).then(0.0).when(linear).then((end / size - y0 / size) / years)
            .when(~mixed).then(sign * ((stand_in / start) ** (1 / years) - 1))
        )

    return frame.with_columns(
        rate=change(y1, y1, pl.col("n1")), required=change(yt, goal, nt), mixed=mixed, start=start, goal=goal,
    ).with_columns(
        v=way * pl.col("rate") + 0.0,  # no minus zero
        ratio=pl.when(pl.col("required") != 0).then(way * pl.col("rate") / pl.col("required").abs() + 0.0),
    )


def projected(frame: pl.DataFrame) -> pl.DataFrame:
    """The ratio as the UN Statistics Division forms it: the change projected to the target's date over that needed."""
    y0, yt, start = pl.col("y0"), pl.col("yt"), pl.col("start")
    there = pl.when(pl.col("y1") == y0).then(y0).otherwise(
        start * (pl.col("y1") / start) ** (pl.col("nt") / pl.col("n1")))
    usable = (yt != y0) & (pl.col("nt") > TOLERANCE) & ~pl.col("mixed")
    return frame.with_columns(ratio=pl.when(usable).then(pl.col("way") * (there - y0) / (yt - y0).abs() + 0.0))


def refusal(linear: bool = False) -> pl.Expr:
    """Why a pair of figures is not judged, as a struct of reason and note; null where it is.

    Args:
        linear: the method has a linear pace for figures whose zero is crossed.
    """
    # a target is met by one figure: that needs no course
    alone = pl.lit(linear) & pl.col("met").fill_null(False) & pl.col("aimed") & (pl.col("points") == 1)
    aimed, crossing = pl.col("aimed"), pl.col("linear")
    unmeasured = (crossing & (pl.col("scale") == "index") & ~aimed) if linear else crossing
    return (
        pl.when(pl.col("refused").is_not_null()).then(pl.struct(pl.col("refused").alias("reason"), note=pl.lit("")))
        .when(pl.col("d") == 0, ~aimed).then(refuse("not_applicable", "no_target"))
        .when((pl.col("n1") >= 1 - TOLERANCE).fill_null(False).not_() & ~alone).then(refuse("too_few_points", ""))
        .when("met").then(None)
        .when("mixed").then(refuse("not_comparable", "mixed_signs"))
        .when(unmeasured).then(refuse("not_comparable", "no_growth_rate"))
        .when(~pl.col("v").is_finite() | (~pl.col("ratio").is_finite()).fill_null(False)).then(
            refuse("not_comparable", "out_of_range"))
    )


def refuse(reason: str, note: str) -> pl.Expr:
    """A refusal as a struct."""
    return pl.struct(reason=pl.lit(reason), note=pl.lit(note))


def graded(frame: pl.DataFrame, thresholds: Thresholds, met: str, factor: pl.Expr | float = 1.0) -> pl.DataFrame:
    """Adds status and word: by the steps of ``ratio`` where there is a target, else of ``rate``.

    Args:
        met: the method's word for a target that is met.
        factor: what the cut-offs without a target are multiplied by.
    """
    paced, free = thresholds["ratio"], thresholds["rate"]
    unpaced = (Step(0.0, "achieved", met), Step(0.0, "backwards", word_of("backwards", paced)),
               Step(0.0, "limited", word_of("limited", paced)))
    outcomes = (*unpaced, *paced, *free)
    away = (pl.col("v") < -TOLERANCE) | (pl.col("required") == 0)
    best_late = sum(each.status == "on_track" for each in paced)  # missed: not on track, however fast it was
    pace = len(unpaced) + rung(pl.col("ratio"), paced)
    number = (
        pl.when("met").then(0)
        # no pace to compare: the base was the target, or the target was due before the base
        .when(pl.col("aimed"), pl.col("ratio").is_null()).then(pl.when(away).then(1).otherwise(2))
        .when("late").then(pl.max_horizontal(pace, len(unpaced) + best_late)).when("aimed").then(pace)
        .otherwise(len(unpaced) + len(paced) + rung(pl.col("v"), free, factor))
    )
    return frame.with_columns(number=number).with_columns(
        status=pl.lit(pl.Series([each.status for each in outcomes])).gather("number"),
        word=pl.lit(pl.Series([each.word for each in outcomes])).gather("number"),
    )


def noted() -> pl.Expr:
    """The key of the sentence about the first special case that holds."""
    aimed = pl.col("aimed")
    return (
        pl.when("met", pl.col("v") < -TOLERANCE).then(pl.lit("met_but_worsening")).when("met").then(pl.lit(""))
        .when("late", "met_then").then(pl.lit("target_not_held"))
        .when("late").then(pl.lit("target_missed"))
        .when(aimed, pl.col("due")).then(pl.lit("target_due"))
        .when(aimed, pl.col("way") * (pl.col("y0") - pl.col("yt")) >= 0).then(pl.lit("target_lost"))
        .when(aimed, "met_between").then(pl.lit("met_between"))
        .when(pl.col("y0") == 0).then(pl.lit("zero_base"))
        .when(pl.col("yt") == 0, ~pl.col("linear")).then(pl.lit("zero_target"))
        .when(pl.col("scale") == "count", pl.col("base_value").abs() < SMALL_COUNT).then(pl.lit("small_counts"))
        .when(pl.col("t0").floor() < pl.col("begin").floor()).then(pl.lit("base_earlier"))
        .when("late_base").then(pl.lit("base_later"))
    )


def concluded(frame: pl.DataFrame, refused: pl.Expr, note: pl.Expr) -> pl.DataFrame:
    """Refusals, the cap after a missed date, notes; and no number that has no meaning for the row."""
    score = pl.col("score") if "score" in frame.columns else pl.lit(None, dtype=pl.Float64)
    judged = frame.with_columns(refusal=refused, score=score).with_columns(
        # missed in its time: the best that can be said is that the pace was too slow
        status=pl.when("late", ~pl.col("met"), pl.col("status") == "on_track").then(pl.lit("too_slow"))
        .otherwise("status"),
        score=pl.when("late", ~pl.col("met")).then(pl.col("score").clip(upper_bound=0.0)).otherwise("score"),
        note=pl.coalesce(pl.col("refusal").struct.field("note"), note),
        reason=pl.col("refusal").struct.field("reason"),
    )
    judgement = pl.col("reason").is_null()
    shares = (pl.col("y0") != 0) & (pl.col("d") != 0)  # else a change has no size, or not of the figure itself
    return judged.with_columns(
        status=pl.when(judgement).then("status").otherwise(pl.lit("not_assessed")),
        word=pl.when(judgement).then("word"),
        score=pl.when(judgement).then("score"), ratio=pl.when(judgement, pl.col("ratio").is_finite()).then("ratio"),
        **{c: pl.when(judgement, shares, pl.col(c).is_finite()).then(c) for c in ("rate", "required")},
    ).select(c for c in FIELDS if c in judged.columns)
