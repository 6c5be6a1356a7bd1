"""ESCAP's two indices, used by the five regional commissions of the UN: how far it has come, and where it will be.

- Current status: 10 * (newest - base) / (target - base); 10 where the target is met.
- Anticipated progress: the same with the figure predicted for the target's date in place of the newest. It decides.

The prediction is a regression on time in which a figure of year t weighs 1 / (target's year - t): recent figures weigh
more. Figures with two natural limits are predicted on the logit between them, others on the logarithm. The word names
the class of anticipated progress and that of the current status.

- A target is needed. One figure is enough where it meets the target.
- The base is the figure of 2015, else the first later one; figures since `SPAN` years before it enter the regression.
- The logit of a limit does not exist: figures at or beyond one stand `LIMIT_SHARE` of the range inside it. Zeros, and
  figures of another sign than the newest, enter the logarithm as `ZERO_SHARE` of the largest of base, newest and
  target. Where zero is crossed (scale ``difference``, a lower bound below zero, mixed signs) the line is straight.
- The published form for figures without limits is a weighted geometric mean of changes from one figure to the next; it
  takes a gap of several years for one, so a regression on the logarithm stands in for it here.
- No change predicted: "reverse the trend", as published for an index of 0 or less, and here `limited`.
- The target's date is past: nothing is predicted, the newest figure counts, and it is never on track.
- Direction ``target``: 10 - 10 * |target - figure| / |target - base|, as published for parity.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted, refusal, shortfalls
from monitor.methods._history import History, history
from monitor.methods._points import finish, two_points
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

SOURCE = "UN ESCAP, Progress Assessment Methodology (data.unescap.org); UNECE technical notes on the SDG assessment"
UNCONFIRMED: tuple[str, ...] = (
    "the cut-offs 9 and 0 are those of UNICEF's re-implementation for the Middle East and North Africa",
    "ESCAP's rule for the strength of evidence is not implemented",
)
USES = "all"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: years before the base from which on figures enter the prediction: 2000 for 2015
SPAN = 15
LIMIT_SHARE = 0.001
#: series whose lines are drawn at a time: bounds the memory
AT_ONCE = 100_000
THRESHOLDS: Thresholds = {
    "anticipated progress": (
        Step(9.0, "on_track", "maintain progress"), Step(ABOVE_ZERO, "too_slow", "accelerate progress"),
        Step(0.0, "limited", "reverse the trend"), Step(NO_LEAST, "backwards", "reverse the trend")),
    "current status": (
        Step(9.0, "on_track", "on track"), Step(ABOVE_ZERO, "too_slow", "slow"),
        Step(NO_LEAST, "backwards", "regression")),
}
MET = "target met"


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("unescap", indicator, OPTIONS):
        return said
    if not indicator.targets:
        return "the method 'unescap' measures the way to a target. Declare the target, or use another method."
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("unescap", indicators)
    known, facts = history(series), shortfalls(two_points(indicators, series, as_of, BASE_YEAR))
    facts = facts.with_columns(there=_predicted(known, facts))
    need, met_at_base = pl.col("short_at_base").abs(), pl.col("short_at_base") <= pl.col("grain")

    def index(short: pl.Expr) -> pl.Expr:
        return pl.when(short <= pl.col("grain")).then(10.0).when(need > pl.col("grain")).then(
            10 * (pl.col("short_at_base") - short) / need)

    target, d = pl.col("target_value"), pl.col("d")
    left = pl.when(d == 0).then((target - pl.col("there")).abs()).otherwise(d * (target - pl.col("there")))
    frame = facts.with_columns(
        away=pl.col("short") - pl.col("short_at_base") > pl.col("grain"),
        status_index=index(pl.col("short")), anticipated=index(left),
    ).with_columns(ratio=pl.col("anticipated") / 10)
    ahead, now = THRESHOLDS["anticipated progress"], THRESHOLDS["current status"]

    def part(name: str, met: str) -> pl.Expr:
        lost = pl.when(met_at_base | pl.col("away")).then(pl.lit(getattr(ahead[-1], name))).otherwise(
            pl.lit(getattr(ahead[-2], name)))
        return pl.when("met").then(pl.lit(met)).when(pl.col("anticipated").is_null()).then(lost).otherwise(
            step(pl.col("anticipated"), ahead, name))

    current = pl.when(pl.col("status_index").is_null()).then(pl.lit(now[-1].word)).otherwise(
        step(pl.col("status_index"), now, "word"))
    word = pl.when("met").then(pl.lit(MET)).otherwise(part("word", MET) + pl.lit("; current status: ") + current)
    frame = frame.with_columns(status=part("status", "achieved"), word=word)
    return finish("unescap", concluded(frame, refusal("no_target"), noted()))


def _predicted(known: History, facts: pl.DataFrame) -> pl.Series:
    """The figure at the target's date for each series; the newest where there is nothing to predict from or to."""
    begin = known.since(facts["code"], facts["begin"] - SPAN)
    value, base, target = pl.col("value"), pl.col("base_value"), pl.col("target_value")
    low, high = pl.col("low"), pl.col("high")
    signs = [pl.when(x != 0).then(x.sign()) for x in (value, base, target)]
    crossing = (pl.col("scale") == "difference") | (low < 0).fill_null(False) | (
        pl.max_horizontal(*signs) > pl.min_horizontal(*signs)).fill_null(False)
    plan = facts.select(
        "first", "last", "t1", "tt", low="low", range=pl.when(high > low).then(high - low), value="value",
        begin=pl.max_horizontal("first", begin), sign=pl.coalesce(*signs, 1.0),
        tiny=ZERO_SHARE * pl.max_horizontal(value.abs(), base.abs(), target.abs(), 1e-300), crossing=crossing,
        open=pl.col("aimed") & ~pl.col("late") & ~pl.col("met") & pl.col("t0").is_not_null(),
    ).with_columns(bounded=pl.col("range").is_not_null() & ~pl.col("crossing")).with_row_index("g")
    rows = plan.filter("open").select(pl.exclude("first", "open", "value"))
    parts = [_line(known, rows.slice(at, AT_ONCE)) for at in range(0, max(rows.height, 1), AT_ONCE)]
    spread = pl.col("wxx") - pl.col("wx") ** 2 / pl.col("w")
    slope = pl.when(spread > TOLERANCE).then((pl.col("wxy") - pl.col("wx") * pl.col("wy") / pl.col("w")) / spread)
    straight = pl.col("wy") / pl.col("w") + slope * (pl.col("tt") - pl.col("t1") - pl.col("wx") / pl.col("w"))
    back = (
        pl.when("crossing").then("straight")
        .when("bounded").then(pl.col("low") + pl.col("range") / (1 + (-pl.col("straight")).clip(-700, 700).exp()))
        .otherwise(pl.col("sign") * pl.col("straight").clip(-700, 700).exp())
    )
    found = plan.lazy().join(pl.concat(parts).lazy(), on="g", how="left", maintain_order="left").with_columns(
        straight=straight).select(pl.coalesce(back, "value")).collect(engine="in-memory")
    return found.to_series()


def _line(known: History, plan: pl.DataFrame) -> pl.DataFrame:
    """The weighted sums of each series of a plan that a line through its figures is drawn from."""
    rows = plan.lazy().with_columns(at=pl.int_ranges("begin", pl.col("last") + 1)).explode(
        "at", empty_as_null=False, keep_nulls=False
    ).with_columns(y=pl.lit(known.figures["value"]).gather("at"), t=pl.lit(known.figures["key"]).gather("at"))
    w, x, y, t = (pl.col(c) for c in "wxyt")
    share = ((y - pl.col("low")) / pl.col("range")).clip(LIMIT_SHARE, 1 - LIMIT_SHARE)
    return rows.with_columns(t=known.year("t")).select(
        "g", w=1 / (pl.col("tt") - t), x=t - pl.col("t1"),
        y=pl.when("crossing").then(y).when("bounded").then((share / (1 - share)).log())
        .otherwise(pl.max_horizontal(pl.col("sign") * y, "tiny").log())
    ).with_columns(wx=w * x, wy=w * y).group_by("g").agg(
        w=w.sum(), wx=pl.col("wx").sum(), wy=pl.col("wy").sum(), wxx=(pl.col("wx") * x).sum(),
        wxy=(pl.col("wx") * y).sum(),
    ).collect(engine="in-memory")
