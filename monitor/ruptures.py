"""Mark the breaks in series that are declared (``breaks:`` of an indicator), where the publisher flags none.

The first figure of the new series gets OBS_STATUS B, as if its publisher had flagged it. From then on it is treated
as every break: earlier figures are shown, and no judgement, comparison or reading uses them. The publisher's own flag
stays in FLAG_RAW, and the comment says whose mark it is. Decision 020 says why.
"""

from __future__ import annotations

import polars as pl

from monitor import period
from monitor.model import Indicator
from monitor.results import Assessment
from monitor.series import Series
from monitor.words import Words

COMMENT = "break declared in this project: "


def mark(series: Series, indicator: Indicator) -> Series:
    """The same observations, B on the first with a value from each declared break on, in each area and breakdown."""
    frame = series.frame
    for broke in indicator.breaks:
        since = period.begin(broke.period)
        later = [p for p in frame["time_period"].unique().to_list() if period.begin(p) >= since]
        after = pl.col("obs_value").is_not_null() & pl.col("time_period").is_in(later)
        if broke.areas:
            after &= pl.col("ref_area").is_in(broke.areas)
        start = pl.when(after).then(period.decimal_year())
        first = (start == start.min().over("ref_area", "breakdown")).fill_null(False)
        said = pl.concat_str(pl.when(pl.col("comment_obs") != "").then(pl.col("comment_obs") + "; "),
                             pl.lit(COMMENT + broke.what), ignore_nulls=True)
        frame = frame.with_columns(
            obs_status=pl.when(first).then(pl.lit("B")).otherwise("obs_status"),
            comment_obs=pl.when(first).then(said).otherwise("comment_obs"),
        )
    return Series(frame) if indicator.breaks else series


def said(words: Words, indicator: Indicator, judged: Assessment) -> list[str]:
    """A sentence for each declared break of an area that its newest figure stands after, marked if unconfirmed."""
    found = []
    for broke in indicator.breaks:
        here = not broke.areas or judged.ref_area in broke.areas
        if here and judged.time_period and period.begin(broke.period) <= period.begin(judged.time_period):
            source = broke.source if broke.confidence == "V" else words("sentence.unconfirmed", text=broke.source)
            found.append(words("guard.broke", period=broke.period, what=broke.what, source=source))
    return found
