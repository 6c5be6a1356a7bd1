"""The pace of the last five years, and of the last fifteen, as Eurostat's monitoring of the SDGs in the EU measures it.

Growth a year within the window is compared with the growth that would have led from the window's beginning to the
target in time; without a target, with fixed growth rates. The status is that of the short window (5 years); the word
names both. Decided here, where what was seen of the published text is silent:

- A window begins with the figure nearest to its first year, the later of two that are as near, within the limits of
  `WINDOWS`. Without one there is no short-term pace: too few points. Without a long-term pace the word says so.
- A target that is met is achieved, and the word is that of the best class.
- Zeros, signs, targets from both sides and missed dates: see `monitor.methods._growth`, as in statcan.
- Figures whose zero is crossed are refused: no rate of growth. No easing near natural limits.
- The score is Eurostat's: growth of 2 % a year is +5, in a straight line, without a target; with one 60 % of the pace
  is 0, 130 % +5 and -60 % -5.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods._growth import concluded, graded, noted, paces, refusal
from monitor.methods._history import history
from monitor.methods._points import finish, two_points, window
from monitor.methods._scale import NO_LEAST, Step, Thresholds, growing, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "Eurostat, Sustainable development in the European Union: monitoring report on progress towards the SDGs"
UNCONFIRMED: tuple[str, ...] = (
    "the annex with the formula was not at hand: cut-offs as restated by Eustat and by Statistics Canada",
    "which years may stand in for the first year of a window",
    "the class of a target that is met",
)
USES = "two"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: window -> years, and how short and how long it may be where its first year has no figure
WINDOWS = {"short": (5, 3, 7), "long": (15, 10, 17)}
THRESHOLDS: Thresholds = {
    "ratio": (
        Step(0.95, "on_track", "significant progress"), Step(0.60, "too_slow", "moderate progress"),
        Step(0.0, "limited", "insufficient progress"), Step(NO_LEAST, "backwards", "movement away"),
    ),
    "rate": (
        Step(0.01, "on_track", "significant progress"), Step(0.001, "too_slow", "moderate progress"),
        Step(-0.001, "limited", "no progress"), Step(-0.01, "backwards", "moderate movement away"),
        Step(NO_LEAST, "backwards", "significant movement away"),
    ),
}
NO_LONG = "not calculated"


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    return unknown("eurostat", indicator, OPTIONS) or growing("eurostat", indicator)


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("eurostat", indicators)
    known, facts = history(series), two_points(indicators, series, as_of, BASE_YEAR)
    met = THRESHOLDS["ratio"][0].word
    short, long = (graded(paces(window(known, facts, *years)), THRESHOLDS, met) for years in WINDOWS.values())
    slow = pl.select(pl.when(long.select(refusal().is_null()).to_series(), long["n1"].is_not_null())
                     .then(long["word"]).otherwise(pl.lit(NO_LONG))).to_series()
    v, ratio = pl.col("v"), pl.col("ratio")
    score = (
        pl.when("met").then(5.0).when("aimed").then(
            pl.when(ratio > 0.6).then((ratio - 0.6) / 0.7 * 5).otherwise((ratio - 0.6) / 1.2 * 5))
        .otherwise(250 * v)
    ).clip(-5.0, 5.0)
    both = pl.col("word") + pl.lit("; long term: ") + slow
    return finish("eurostat", concluded(short.with_columns(word=both, score=score), refusal(), noted()))
