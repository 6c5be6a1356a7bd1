"""What methods without growth rates share: how far figures are from the target, what is refused, noted and capped.

Nothing here depends on a ratio of two figures, so zero, a change of sign and a target across zero are ordinary.
Direction ``target``: the distance from the target must fall to nothing.
"""

from __future__ import annotations

import polars as pl

from monitor.methods._growth import SMALL_COUNT, refuse
from monitor.methods._points import FIELDS
from monitor.methods._scale import TOLERANCE, ZERO_SHARE


def shortfalls(facts: pl.DataFrame) -> pl.DataFrame:
    """Adds short and short_at_base (0 or less: met), grain (a difference below it is none), met, aimed, late, n1."""
    value, base, target, d = (pl.col(c) for c in ("value", "base_value", "target_value", "d"))
    largest = pl.max_horizontal(value.abs(), base.abs(), target.abs())
    return facts.with_columns(
        grain=largest * TOLERANCE, aimed=target.is_not_null(), n1=pl.col("t1") - pl.col("t0"),
        late=(pl.col("t1") >= pl.col("tt") - TOLERANCE).fill_null(False),
        **{name: pl.when(d == 0).then((x - target).abs() - ZERO_SHARE * pl.when(target != 0).then(target.abs())
                                      .otherwise(largest)).otherwise(d * (target - x))
           for name, x in (("short", value), ("short_at_base", base))},
    ).with_columns(met=(pl.col("short") <= pl.col("grain")).fill_null(False))


def refusal(untargeted: str = "") -> pl.Expr:
    """Why figures are not judged, as a struct of reason and note; null where they are.

    Args:
        untargeted: the note where the method needs a target; "" where it does without.
    """
    nothing = ~pl.col("aimed") & ((pl.col("d") == 0) | pl.lit(untargeted != ""))
    return (
        pl.when(pl.col("refused").is_not_null()).then(pl.struct(pl.col("refused").alias("reason"), note=pl.lit("")))
        .when(nothing).then(refuse("not_applicable", untargeted or "no_target"))
        .when("met").then(None)
        .when((pl.col("n1") >= 1 - TOLERANCE).fill_null(False).not_()).then(refuse("too_few_points", ""))
        .when((~pl.col("ratio").is_finite()).fill_null(False)).then(refuse("not_comparable", "out_of_range"))
    )


def noted() -> pl.Expr:
    """The key of the sentence about the first special case that holds."""
    return (
        pl.when("met", pl.col("away")).then(pl.lit("met_but_worsening")).when("met").then(pl.lit(""))
        .when("late", "met_then").then(pl.lit("target_not_held"))
        .when("late").then(pl.lit("target_missed"))
        .when(pl.col("aimed"), pl.col("due")).then(pl.lit("target_due"))
        .when(pl.col("short_at_base") <= pl.col("grain")).then(pl.lit("target_lost"))
        .when("aimed", "met_between").then(pl.lit("met_between"))
        .when(pl.col("scale") == "count", pl.col("base_value").abs() < SMALL_COUNT).then(pl.lit("small_counts"))
        .when("late_base").then(pl.lit("base_later"))
    )


def concluded(frame: pl.DataFrame, refused: pl.Expr, note: pl.Expr) -> pl.DataFrame:
    """Refusals, the cap after a missed date, notes; and no number that has no meaning for the row.

    ``frame`` has status, word and ratio, and ``away``: the figures move from the target.
    """
    judged = frame.with_columns(refusal=refused).with_columns(
        status=pl.when("late", ~pl.col("met"), pl.col("status") == "on_track").then(pl.lit("too_slow"))
        .otherwise("status"),
        note=pl.coalesce(pl.col("refusal").struct.field("note"), note),
        reason=pl.col("refusal").struct.field("reason"),
    )
    judgement = pl.col("reason").is_null()
    return judged.with_columns(
        status=pl.when(judgement).then("status").otherwise(pl.lit("not_assessed")),
        word=pl.when(judgement).then("word"), ratio=pl.when(judgement, pl.col("ratio").is_finite()).then("ratio"),
    ).select(c for c in FIELDS if c in judged.columns)
