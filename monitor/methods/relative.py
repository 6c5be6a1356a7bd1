"""A promise relative to the baseline: "halve it by 2030". The target is worked out from each area's own base figure.

The option ``factor`` says what the base is to be multiplied with (0.5: halve; 0: end; 2: double), ``by`` the year. The
pace since the base is then compared with the pace needed as in `monitor.methods.statcan`, with the same cut-offs.
Decided here:

- The base of the promise is the figure of the declared ``baseline``, or of 2015, or the first later one (noted). A
  promise about a figure that nobody published cannot be judged: with one figure, too few points.
- A base of zero: halving nothing is nothing, and doubling it too. The target is zero, met while the figure is zero.
- Negative figures: the size is what is halved. Figures whose zero is crossed: linear pace.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._growth import concluded, graded, noted, paces, refusal, refuse
from monitor.methods._history import history
from monitor.methods._points import finish, met_then, two_points
from monitor.methods._scale import Thresholds, lacking, number, refuse_options, unknown, year, yearless
from monitor.methods.statcan import BASE_YEAR, WORDS
from monitor.methods.statcan import THRESHOLDS as PUBLISHED
from monitor.model import Direction, Indicator
from monitor.series import Series

SOURCE = "this project; cut-offs of Statistics Canada and Open SDG"
UNCONFIRMED: tuple[str, ...] = ()
USES = "two"
OPTIONS: Mapping[str, str] = {"factor": "what the base figure is to be multiplied with: 0.5 is half",
                              "by": "the year by which"}
THRESHOLDS: Thresholds = PUBLISHED


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    if said := unknown("relative", indicator, OPTIONS) or yearless(indicator) or lacking(
            "relative", indicator, "factor", "by"):
        return said
    factor = number(indicator, "factor") or 0.0
    if factor < 0 or factor == 1:
        return f"the factor is {factor:g}, expected 0 or more and not 1: 0.5 is half, 2 is double."
    if indicator.targets:
        return "a target in numbers and a factor of the base are two promises. Keep one of 'targets' and 'factor'."
    if indicator.direction is Direction.TARGET:
        return "with direction target 'nearer' has no better side. Declare up_good or down_good."
    shrinking = (indicator.bounds[1] if indicator.bounds[1] is not None else 1) > 0
    if shrinking and (factor < 1) is (indicator.direction is Direction.UP_GOOD):
        better = "up_good asks for more than 1" if factor < 1 else "down_good asks for less than 1"
        return f"the factor {factor:g} is on the wrong side: direction {better}."
    return ""


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("relative", indicators, OPTIONS)
    rows = [(key, number(i, "factor"), str(by), float(by), by < as_of.year)
            for key, i in indicators.items() if number(i, "factor") is not None and (by := year(i))]
    told = pl.DataFrame(rows, orient="row", schema={
        "indicator": pl.String, "factor": pl.Float64, "target_period": pl.String, "tt": pl.Float64, "due": pl.Boolean})
    facts = two_points(indicators, series, as_of, BASE_YEAR).drop("target_value", "target_period", "tt", "due").join(
        told, on="indicator", how="left", maintain_order="left"
    ).with_columns(target_value=pl.col("factor") * pl.col("base_value"), tt=pl.col("tt") + pl.col("t1") % 1)
    frame = graded(paces(met_then(history(series), facts)), THRESHOLDS, WORDS["achieved"])
    untold = pl.when(pl.col("factor").is_null(), pl.col("refused").is_null()).then(
        refuse("not_applicable", "no_thresholds"))
    manner = pl.when(pl.col("linear"), ~pl.col("met")).then(pl.lit("linear pace: ")).otherwise(pl.lit(""))
    frame = frame.with_columns(word=manner + pl.col("word"))
    return finish("relative", concluded(frame, pl.coalesce(untold, refusal(linear=True)), noted()))
