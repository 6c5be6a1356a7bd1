"""The UN's SDG Progress Chart of 2023: where the pace since 2015 leads by the target's date.

The growth since the base is projected to the date of the target; the change that makes, as a share of the change
needed, decides. Without a target the growth a year does. The published scale has three classes. The lowest,
"stagnation or regression", is here `limited` where the figures move the right way or not at all, and `backwards` where
they move the wrong way.

- The base is the figure of 2015, else the first later one, else the last earlier one (note ``base_earlier``).
- Met: the newest figure meets the target. A percentage within `NEAR_POINTS` of a target of 0 or 100 has met it too.
- The target's date is past: what the figures had come to by then is judged, unless the newest figure meets it. The
  status is then never on track (decided here; the note speaks of a class "met or on track").
- Yes and no: met, or else the lowest class. Growth rates and other figures whose zero is crossed: the note leaves them
  to experts, so they are refused.
- Zeros, signs and targets from both sides: see `monitor.methods._growth`. A target that was met at the base and is
  lost counts as moving away; the published ratio would call it progress.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from monitor.methods import binary
from monitor.methods._growth import concluded, graded, noted, paces, projected, refusal
from monitor.methods._history import history
from monitor.methods._points import based, finish, newest_by, two_points
from monitor.methods._scale import NO_LEAST, TOLERANCE, Step, Thresholds, growing, refuse_options, unknown
from monitor.model import Indicator
from monitor.series import Series

SOURCE = "UN Statistics Division, SDG Progress Chart 2023, Technical Note"
UNCONFIRMED: tuple[str, ...] = (
    "the note was not at hand: formula, cut-offs and exceptions as Eustat restates them in its methodology",
)
USES = "two"
OPTIONS: Mapping[str, str] = {}
BASE_YEAR = 2015
#: a percentage as near as this to a target of 0 or 100 has met it, in points
NEAR_POINTS = 1.0
MET = "target met or on track"
_FAIR, _LOW = "fair progress, but acceleration needed", "stagnation or regression"
THRESHOLDS: Thresholds = {
    "ratio": (Step(0.95, "on_track", MET), Step(0.10, "too_slow", _FAIR),
              Step(0.0, "limited", _LOW), Step(NO_LEAST, "backwards", _LOW)),
    "rate": (Step(0.02, "on_track", MET), Step(0.005, "too_slow", _FAIR),
             Step(0.0, "limited", _LOW), Step(NO_LEAST, "backwards", _LOW)),
}


def fits(indicator: Indicator) -> str:
    """Why the method cannot judge an indicator as it is declared, with the remedy; nothing where it can."""
    said = unknown("un_progress_chart", indicator, OPTIONS)
    return said or (growing("un_progress_chart", indicator) if indicator.scale != "binary" else "")


def assess(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    """One row for each (indicator, area) with a figure: the columns of `monitor.model.Assessment`."""
    refuse_options("un_progress_chart", indicators)
    yes_no = {key: i for key, i in indicators.items() if i.scale == "binary"}
    paced = {key: i for key, i in indicators.items() if i.scale != "binary"}
    known, facts = history(series), two_points(paced, series, as_of, BASE_YEAR)
    before = pl.when(pl.col("last") > pl.col("first")).then(pl.col("last") - 1)
    facts = facts.with_columns(points=pl.when(pl.col("base").is_null() & before.is_not_null())
                               .then(pl.max_horizontal("points", 2)).otherwise("points"))
    facts = based(known, facts.with_columns(base=pl.coalesce("base", before)))
    newest = paces(facts)
    near = ((pl.col("scale") == "percent") & pl.col("target_value").is_in([0.0, 100.0])
            & ((pl.col("value") - pl.col("target_value")).abs() <= NEAR_POINTS + TOLERANCE)).fill_null(False)
    by_then = paces(newest_by(known, facts)).with_columns(
        met=newest.select(pl.col("met") | near).to_series(), value=facts["value"], late=newest["late"])
    frame = graded(projected(by_then), THRESHOLDS, MET)
    judged = finish("un_progress_chart", concluded(frame, refusal(), noted()))
    if not yes_no:
        return judged
    words = pl.when(pl.col("status") == "achieved").then(pl.lit(MET)).when(pl.col("word") != "").then(pl.lit(_LOW))
    either = finish("un_progress_chart", binary.assess(yes_no, series, as_of).with_columns(word=words))
    return pl.concat([judged, either]).sort("indicator", "ref_area")
