"""The chance that the target is met in time; without a target, that the change since the base is real and fast enough.

The project's own rule. On a scale where steps are alike (the logit between two natural limits, the logarithm of sizes,
none for differences) a figure moves like a random walk. How far it moves in a year is learnt from all its figures since
the last break in the series, recent ones first, and held near what series of its kind do. The trend of the past goes on
by a small part only: that part, and every other constant, was chosen on one part of the real series of the backtest
(docs/backtest.md) and tried on another.

- With a target: the chance that the figure of the target's date meets it. The cut-offs and their words are those of
  the IPCC's note on uncertainty: likely from 66 %, unlikely below 33 %. `achieved` where the newest figure meets it;
  the chance is then that it still does. An unlikely target from which the figures have surely moved away since the
  base: `backwards`.
- Without one: the chance that the true change since the base is at least `PACE` a year in the wished direction
  (`on_track` if likely). Before that it is asked whether there is any change: between 10 % and 90 % that it went the
  wished way, the change is not distinguishable from noise, and the status is `limited`. Below, `backwards`.
- Wider where a figure says less: a provisional or estimated newest figure (P, E) as if it were `PROVISIONAL` years
  older; a figure with published limits by them, read as a 95 % interval; counts by the Poisson variance of then and of
  the target's date.
- No chance is nearer than 1 % to impossible or certain. After the target's date there is none: missed or met.
- Direction ``target``: no chance that a figure hits a number; refused, see `monitor.methods.interval`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted, refusal, shortfalls
from monitor.methods._growth import refuse
from monitor.methods._history import history
from monitor.methods._points import finish, two_points
from monitor.methods._probability import chance, count_noise, measured, placed
from monitor.methods._scale import NO_LEAST, Step, Thresholds, refuse_options, step, unknown
from monitor.model import Direction, Indicator
from monitor.series import Series

SOURCE = ("this project, docs/decisions/019-the-outlook.md; words and cut-offs of Mastrandrea et al., Guidance Note "
          "for Lead Authors of the IPCC Fifth Assessment Report on Consistent Treatment of Uncertainties (2010)")
UNCONFIRMED: tuple[str, ...] = ("that limits which a publisher gives beside a figure are those of a 95 % interval",)
USES = "all"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: wished change a year, as a share of the base figure, where no target says more
PACE = 0.01
#: years of movement by which a provisional or estimated newest figure is less sure
PROVISIONAL = 1.0
#: half the width of a 95 % interval in standard deviations
LIMITS = 1.96
NOISE = "change not distinguishable from noise"
THRESHOLDS: Thresholds = {
    "chance of meeting the target": (
        Step(0.90, "on_track", "very likely to meet the target in time"),
        Step(0.66, "on_track", "likely to meet the target in time"),
        Step(0.33, "too_slow", "about as likely as not to meet the target in time"),
        Step(0.10, "limited", "unlikely to meet the target in time"),
        Step(NO_LEAST, "limited", "very unlikely to meet the target in time"),
    ),
    "chance that the change went the wished way": (
        Step(0.90, "too_slow", "moving the wished way, slowly"), Step(0.10, "limited", NOISE),
        Step(NO_LEAST, "backwards", "moving the other way"),
    ),
    "chance that the change is fast enough": (
        Step(0.66, "on_track", "moving the wished way, fast enough"),
        Step(NO_LEAST, "too_slow", "moving the wished way, slowly"),
    ),
}
MET, AWAY, MISSED = "target met", "unlikely to meet the target in time, moving away", "target missed"


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if indicator.scale == "binary":
        return "the method 'outlook' is for quantities; a yes or no has no movement of a year. Use the method binary."
    if indicator.direction is Direction.TARGET:
        return ("the method 'outlook' gives the chance that a figure passes its target, and direction 'target' asks to "
                "be near it from both sides. Use the method interval.")
    return unknown("outlook", indicator, OPTIONS)


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("outlook", indicators)
    known = history(series)
    facts = shortfalls(two_points(indicators, series, as_of, BASE_YEAR))
    told = pl.DataFrame({
        end: known.figures["row"].gather(facts[row]) for end, row in (("now", "last"), ("then", "base"))})
    facts = facts.with_columns(
        known.frame[c].gather(told[end]).alias(f"{c}_{end}") for end in told.columns
        for c in ("lower_bound", "upper_bound"))
    frame = measured(known, facts).with_columns(
        z1=placed(pl.col("value")), z0=placed(pl.col("base_value")), zt=placed(_bar()),
        **{f"error_{end}": _published(end) + count_noise(pl.col(value))
           for end, value in (("now", "value"), ("then", "base_value"))})
    frame = frame.with_columns(_met_in_time(), _went(0.0).alias("way"), _went(PACE).alias("fast"))
    frame = frame.with_columns(
        away=pl.col("way") < _cut("chance that the change went the wished way", "limited"),
        noise=pl.col("way").is_between(_cut("chance that the change went the wished way", "limited"),
                                       _cut("chance that the change went the wished way", "too_slow")),
        ratio=pl.lit(None, dtype=pl.Float64),
        probability=pl.when("aimed").then(pl.when(~pl.col("late")).then("in_time")).otherwise("fast"),
    ).with_columns(status=_part("status"), word=_part("word"))
    refused = pl.when(pl.col("scale") == "binary").then(refuse("not_comparable", "no_growth_rate")).when(
        pl.col("d") == 0).then(refuse("not_applicable", "both_sides")).otherwise(pl.coalesce(
        refusal(), pl.when(pl.col("probability").is_null(), ~pl.col("met"), ~pl.col("late")).then(
            refuse("not_comparable", "out_of_range"))))
    special = noted()
    note = pl.when("noise", ~pl.col("met"), (special == "base_later").fill_null(special.is_null())).then(
        pl.lit("within_noise")).otherwise(special)
    judged = concluded(frame, refused, note)
    return finish("outlook", judged.with_columns(
        probability=pl.when(pl.col("reason").is_null()).then("probability")))


def _cut(measure: str, status: str) -> float:
    return next(each.least for each in THRESHOLDS[measure] if each.status == status)


def _published(end: str) -> pl.Expr:
    """The variance that published limits of a figure stand for; 0 where there are none."""
    width = placed(pl.col(f"upper_bound_{end}")) - placed(pl.col(f"lower_bound_{end}"))
    return ((width / (2 * LIMITS)) ** 2).fill_nan(0.0).fill_null(0.0)


def _bar() -> pl.Expr:
    """The target; of whole numbers, half way to the last one that misses it."""
    half = pl.when(pl.col("kind") == "count").then(0.5).otherwise(0.0)
    return pl.col("target_value") - pl.col("d") * half


def _met_in_time() -> pl.Expr:
    """The chance that the figure of the target's date meets the target."""
    ahead = (pl.col("tt") - pl.col("t1")).clip(0)
    unsure = pl.when(pl.col("obs_status").is_in(["P", "E"])).then(PROVISIONAL).otherwise(0.0)
    spread = (pl.col("move") ** 2 * (ahead + unsure) + pl.col("error_now") + count_noise(pl.col("target_value"))).sqrt()
    distance = pl.col("d") * (pl.col("z1") + pl.col("drift") * ahead - pl.col("zt"))
    return chance(distance, spread).alias("in_time")


def _went(pace: float) -> pl.Expr:
    """The chance that the true change since the base is more than ``pace`` a year in the wished direction."""
    base, d, years = pl.col("base_value"), pl.col("d"), pl.col("n1")
    size = pl.when(base != 0).then(base.abs()).otherwise(pl.max_horizontal(pl.col("top").abs(), pl.col("bottom").abs()))
    straight = base + d * pace * years * size
    grown = base * (1 + d * base.sign() * pace) ** years
    bar = placed(pl.when(pl.col("kind") == "straight").then(straight).otherwise(grown))
    unsure = pl.when(pl.col("obs_status").is_in(["P", "E"])).then(PROVISIONAL).otherwise(0.0)
    spread = (pl.col("move") ** 2 * (years + unsure) + pl.col("error_now") + pl.col("error_then")).sqrt()
    return chance(d * (pl.col("z1") - bar), spread)


def _part(name: str) -> pl.Expr:
    """Status or word."""
    aim, way, fast = THRESHOLDS.values()

    def of(status: str, word: str) -> pl.Expr:
        return pl.lit(status if name == "status" else word)

    unlikely = pl.col("in_time") < _cut("chance of meeting the target", "too_slow")
    free = pl.when((pl.col("way") >= way[0].least) & (pl.col("fast") >= fast[0].least)).then(
        of(fast[0].status, fast[0].word)).otherwise(step(pl.col("way"), way, name))
    return (
        pl.when("met").then(of("achieved", MET))
        .when("late", "away").then(of("backwards", MISSED)).when("late").then(of("limited", MISSED))
        .when("aimed", unlikely & pl.col("away")).then(of("backwards", AWAY))
        .when("aimed").then(step(pl.col("in_time"), aim, name)).otherwise(free)
    )
