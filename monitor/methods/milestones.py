"""Dated interim targets: is the figure on the path that they draw?

Every ``target`` of the indicator is a milestone (those of an area before general ones; of two for the same period the
one further down, which is newer). The path runs in straight lines from the base figure through the milestones. What has
been done since the base, as a share of what the path asks for by now, decides.

- The last milestone is met: achieved. Its date is past and it is not: never on track.
- Better at the base than the path asks for: on track while the figure is on the path, else backwards.
- A milestone whose date has passed and that was missed on its date is noted, whatever the figure is now.
- Before the first milestone's date, the base figure is where the path begins; without one there is no path: too few
  points. Where a milestone is older than the base, the path begins at the base all the same.
- Direction ``target``: the distance from each milestone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor import period
from monitor.methods._distance import concluded, noted, refusal
from monitor.methods._history import TICKS, history
from monitor.methods._points import finish, met_then, two_points
from monitor.methods._scale import (
    ABOVE_ZERO,
    NO_LEAST,
    TOLERANCE,
    ZERO_SHARE,
    Step,
    Thresholds,
    refuse_options,
    step,
    unknown,
)
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "this project"
UNCONFIRMED: tuple[str, ...] = ()
USES = "two"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: progress since the base as a share of the progress the path asks for by now
THRESHOLDS: Thresholds = {
    "ratio": (Step(1.0, "on_track", "on the path"), Step(0.5, "too_slow", "behind the path"),
              Step(ABOVE_ZERO, "limited", "far behind the path"), Step(0.0, "limited", "no movement"),
              Step(NO_LEAST, "backwards", "moving away from the path")),
}
MET, OFF = "last milestone met", "off the path"


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("milestones", indicator, OPTIONS):
        return said
    for areas in {tuple(t.areas) for t in indicator.targets} or {()}:
        if len({t.period for t in indicator.targets if tuple(t.areas) == areas}) < 2:
            whose = f" of {', '.join(areas)}" if areas else ""
            return (f"the method 'milestones' needs targets{whose} for two periods or more. Add the interim targets, "
                    "each with its period and citation, or use another method.")
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("milestones", indicators)
    known, path = history(series), _path(indicators, as_of)
    own = path.filter(pl.col("whose") != "").select("indicator", "whose", special=True).unique()
    facts = two_points(indicators, series, as_of, BASE_YEAR).drop("target_value", "target_period", "tt", "due").join(
        own, left_on=["indicator", "ref_area"], right_on=["indicator", "whose"], how="left", maintain_order="left"
    ).with_columns(whose=pl.when("special").then("ref_area").otherwise(pl.lit(""))).with_row_index("order")
    yearly = path.group_by("indicator").agg(yearly=(pl.col("target_period").str.len_chars() == 4).all())
    facts = facts.join(yearly, on="indicator", how="left", maintain_order="left").with_columns(
        **{c: pl.when(pl.col("yearly")).then(pl.col(f"t{n}").floor()).otherwise(f"t{n}")
           for n, c in enumerate(("begin_t", "now"))})
    last = path.group_by("indicator", "whose").agg(final=pl.col("target_value").last(), end=pl.col("tt").last())
    frame = facts.join(last, on=["indicator", "whose"], how="left", maintain_order="left").sort("now")
    for name, strategy, exact in (("before", "backward", True), ("next", "forward", False)):
        frame = frame.join_asof(
            path.rename({c: f"{name}_{c}" for c in ("target_value", "target_period", "tt", "due")}).sort(f"{name}_tt"),
            left_on="now", right_on=f"{name}_tt", by=["indicator", "whose"], strategy=strategy,  # type: ignore[arg-type]
            allow_exact_matches=exact, check_sortedness=False)
    frame = frame.sort("order")
    d, value, base = pl.col("d"), pl.col("value"), pl.col("base_value")
    passed = pl.col("before_tt") > pl.col("begin_t")  # a milestone since the base: the path goes on from there
    y_from = pl.when(passed).then("before_target_value").otherwise("base_value")
    t_from = pl.when(passed).then("before_tt").otherwise("begin_t")
    share = (pl.col("now") - t_from) / (pl.col("next_tt") - t_from)
    frame = frame.with_columns(
        path=pl.when(pl.col("next_tt").is_null()).then("final")
        .otherwise(y_from + share * (pl.col("next_target_value") - y_from)),
        goal=pl.coalesce("next_target_value", "final"), aimed=pl.col("final").is_not_null(),
        late=(pl.col("now") >= pl.col("end") - TOLERANCE).fill_null(False), n1=pl.col("t1") - pl.col("t0"),
        tt=pl.coalesce("next_tt", "end"), target_period=pl.coalesce("next_target_period", "before_target_period"),
        due=pl.coalesce("next_due", "before_due"), target_value=pl.coalesce("next_target_value", "final"),
    ).with_columns(grain=TOLERANCE * pl.max_horizontal(value.abs(), base.abs(), pl.col("final").abs()))

    def ahead(figure: pl.Expr, of: pl.Expr) -> pl.Expr:
        """How far a figure is on the right side of another; negative: on the wrong side."""
        return pl.when(d == 0).then((of - pl.col("goal")).abs() - (figure - pl.col("goal")).abs()).otherwise(
            d * (figure - of))

    close = pl.when(pl.col("final") != 0).then(pl.col("final").abs()).otherwise(
        pl.max_horizontal(value.abs(), base.abs()))
    met = pl.when(d == 0).then((value - pl.col("final")).abs() <= ZERO_SHARE * close * (1 + TOLERANCE)).otherwise(
        d * (value - pl.col("final")) >= -pl.col("grain"))
    asked, done = ahead(pl.col("path"), base), ahead(value, base)
    at = known.since(frame["code"], frame.select(
        (pl.col("before_tt") + pl.when("yearly").then(pl.col("t1") % 1).otherwise(0.0) + 1 / TICKS)
        .fill_null(pl.col("t1"))).to_series())
    on_its_date = known.figures["value"].gather(frame.select(pl.max_horizontal(pl.lit(at) - 1, "first")).to_series())
    milestone = pl.col("before_target_value")
    missed = pl.when(d == 0).then((pl.lit(on_its_date) - milestone).abs() > ZERO_SHARE * milestone.abs()).otherwise(
        d * (pl.lit(on_its_date) - milestone) < -pl.col("grain"))
    frame = frame.with_columns(
        met=met.fill_null(False), away=done < -pl.col("grain"),
        missed=missed & (pl.col("before_tt") >= pl.col("begin_t")),
        ratio=pl.when(asked > pl.col("grain")).then(done / asked),
        on_path=ahead(value, pl.col("path")) >= -pl.col("grain"),
        short_at_base=-ahead(base, pl.col("final")),
    )
    steps = THRESHOLDS["ratio"]

    def part(name: str, achieved: str, on: str, off: str) -> pl.Expr:
        return (
            pl.when("met").then(pl.lit(achieved)).when(pl.col("ratio").is_not_null())
            .then(step(pl.col("ratio"), steps, name)).when("on_path").then(pl.lit(on)).otherwise(pl.lit(off))
        )

    frame = frame.with_columns(status=part("status", "achieved", "on_track", "backwards"),
                               word=part("word", MET, steps[0].word, OFF))
    frame = met_then(known, frame)
    note = pl.coalesce(pl.when("missed", ~pl.col("met"), ~pl.col("late")).then(pl.lit("milestone_missed")), noted())
    return finish("milestones", concluded(frame, refusal("no_target"), note))


def _path(indicators: Mapping[str, Indicator], as_of: date) -> pl.DataFrame:
    """Every milestone: indicator, whose (an area, or "" for all), and the columns of a target; in order of time."""
    found = {(key, area, t.period): t.value for key, i in indicators.items() for t in i.targets
             for area in (t.areas or [""])}
    rows = [(*key, value, period.end(key[2]) < as_of) for key, value in found.items()]
    return pl.DataFrame(rows, orient="row", schema={
        "indicator": pl.String, "whose": pl.String, "target_period": pl.String, "target_value": pl.Float64,
        "due": pl.Boolean}).with_columns(tt=period.decimal_year("target_period")).sort("indicator", "whose", "tt")
