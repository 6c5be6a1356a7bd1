"""Steps with a name: "no, in part, yes"; "requires progress" to "fully meets". There is no growth between steps.

The option ``steps`` names them from the lowest figure to the highest (or names one of `SCALES`); the first stands at
the lower bound of the indicator, the last at the upper, the others evenly between. The wished step is the target, or,
without one, the best end.

| the newest figure | status |
|---|---|
| reaches the wished step | achieved |
| is nearer to it than the base figure | too slow: a step was taken, it is not there yet |
| is as near | limited |
| does not reach it, and there is no earlier figure | not met |
| is further from it | backwards |

On track is never said: steps have no even distances, so none can promise to be there in time. The word is the step's
name; a figure between two steps has reached the lower one (seen from the wished step: the one further from it).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._distance import concluded, noted
from monitor.methods._growth import refuse
from monitor.methods._points import finish, two_points
from monitor.methods._scale import NO_LEAST, TOLERANCE, Step, Thresholds, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "this project; scales of IOM's Migration Governance Indicators and of the Open Government Partnership"
UNCONFIRMED: tuple[str, ...] = (
    "the three steps of the Migration Governance Indicators and the five of the Open Government Partnership "
    "(did it open government?) are general knowledge",
)
USES = "two"
OPTIONS: Mapping[str, str] = {"steps": "names of the steps, from the lowest figure to the highest, or mgi or ogp"}
SCALES: Mapping[str, tuple[str, ...]] = {
    "mgi": ("no", "in part", "yes"),
    "ogp": ("worsened", "did not change", "marginal", "major", "outstanding"),
}
BASE_YEAR = 2015
#: steps nearer to the wished one than at the base
THRESHOLDS: Thresholds = {
    "steps gained": (Step(1.0, "too_slow", "(name of the step)"), Step(0.0, "limited", "(name of the step)"),
                     Step(NO_LEAST, "backwards", "(name of the step)")),
}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("ordinal", indicator, OPTIONS):
        return said
    if "steps" not in indicator.method_options:
        return "the method 'ordinal' needs the option 'steps': add the names, from the lowest figure to the highest."
    if not _steps(indicator):
        found = indicator.method_options["steps"]
        return f"the steps are '{found}', expected two names or more, each once, or one of {', '.join(SCALES)}."
    if indicator.scale not in ("index", "binary", "ratio"):
        return f"steps with names are no figures of scale '{indicator.scale}'. Declare scale: index."
    low, high = indicator.bounds
    if low is None or high is None or low >= high:
        return "the method 'ordinal' needs both bounds: the figures of the lowest and of the highest step."
    return ""


def _steps(indicator: Indicator) -> tuple[str, ...]:
    """The names of the steps; none where they are not declared as they must be."""
    told = indicator.method_options.get("steps")
    listed = tuple(map(str, told)) if isinstance(told, list) and all(isinstance(one, str) for one in told) else ()
    names = SCALES.get(told, ()) if isinstance(told, str) else listed
    return names if len(names) > 1 and len(set(names)) == len(names) else ()


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("ordinal", indicators, OPTIONS)
    rows = [(key, list(names), (high - low) / (len(names) - 1)) for key, i in indicators.items()
            for low, high in [i.bounds] if low is not None and high is not None and high > low and (names := _steps(i))]
    told = pl.DataFrame(rows, orient="row", schema={
        "indicator": pl.String, "names": pl.List(pl.String), "apart": pl.Float64})
    d, low, high = pl.col("d"), pl.col("low"), pl.col("high")
    frame = two_points(indicators, series, as_of, BASE_YEAR).join(
        told, on="indicator", how="left", maintain_order="left")
    goal = pl.coalesce("target_value", pl.when(d > 0).then(high).when(d < 0).then(low))

    def steps(figure: pl.Expr) -> pl.Expr:
        """How many steps short of the wished one; a part of a step counts as a whole."""
        away = pl.when(d == 0).then((goal - figure).abs()).otherwise((d * (goal - figure)).clip(0.0))
        return (away / pl.col("apart") - TOLERANCE).ceil()

    within = (pl.col("value") >= low - TOLERANCE) & (pl.col("value") <= high + TOLERANCE)
    frame = frame.with_columns(
        short=steps(pl.col("value")), short_at_base=steps(pl.col("base_value")), grain=pl.lit(0.0),
        aimed=pl.col("target_value").is_not_null(), away=pl.lit(False), ratio=pl.lit(None, dtype=pl.Float64),
        late=(pl.col("t1") >= pl.col("tt") - TOLERANCE).fill_null(False), reached=goal,
    ).with_columns(met=(pl.col("short") <= 0).fill_null(False))
    gained = (pl.col("short_at_base") - pl.col("short")).fill_null(0.0)
    place = (pl.col("value") - low) / pl.col("apart")
    down = (d < 0) | ((d == 0) & (pl.col("value") > goal))  # the whole step is the one further from the wished one
    step = pl.when(down).then((place - TOLERANCE).ceil()).otherwise((place + TOLERANCE).floor())
    frame = frame.with_columns(
        status=pl.when("met").then(pl.lit("achieved")).when(gained >= 1).then(pl.lit("too_slow"))
        .when(pl.col("short_at_base").is_null()).then(pl.lit("not_met"))
        .when(gained >= 0).then(pl.lit("limited")).otherwise(pl.lit("backwards")),
        word=pl.col("names").list.get(step.clip(0, pl.col("names").list.len() - 1).cast(pl.Int64), null_on_oob=True),
    )
    refused = (
        pl.when(pl.col("refused").is_not_null()).then(pl.struct(pl.col("refused").alias("reason"), note=pl.lit("")))
        .when(pl.col("names").is_null()).then(refuse("not_applicable", "no_thresholds"))
        .when(pl.col("reached").is_null()).then(refuse("not_applicable", "no_target"))
        .when(~within).then(refuse("not_comparable", "off_scale"))
    )
    return finish("ordinal", concluded(frame, refused, noted()))
