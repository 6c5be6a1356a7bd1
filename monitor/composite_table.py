"""The figures of a composite, area by area and part by part, as the judge knows them; and the result as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from monitor.composite import Floats, Result, compute
from monitor.composite_model import Composite
from monitor.model import Indicator
from monitor.results import Assessment, Reason
from monitor.series import TOTAL, Series

#: reasons that withhold the judgement on a course; the newest figure itself stands
STANDING = {Reason.TOO_FEW_POINTS, Reason.NO_CLEAR_CHANGE, Reason.PARITY, Reason.NOT_COMPARABLE}


@dataclass(frozen=True, eq=False)
class Table:
    """One composite with its figures and its result, over A areas and P parts."""

    declared: Composite
    indicators: tuple[Indicator, ...]  # P, in the order of the parts
    areas: tuple[str, ...]  # A
    values: Floats  # A x P: the newest figure; NaN where there is none that can serve
    lower: Floats  # limits of the interval that the publisher prints; NaN where it prints none
    upper: Floats
    periods: tuple[tuple[str, ...], ...]  # A x P: of the figure
    reasons: tuple[tuple[str, ...], ...]  # A x P: key of the reason there is no figure; "" where there is one
    result: Result

    def lacking(self, area: int) -> list[int]:
        """The parts without a figure."""
        return [p for p, reason in enumerate(self.reasons[area]) if reason]


def table(
    declared: Composite, indicators: Mapping[str, Indicator], areas: Sequence[str], assessments: Sequence[Assessment],
    series: Series,
) -> Table:
    """Look up the newest figure of each part in each area, and compute.

    Args:
        assessments: one for each part and area; they say which figures are too old, failed a check, are withheld ...
        series: the observations they rest on, for the margins.
    """
    ids = [part.indicator for part in declared.parts]
    known = {(one.ref_area, one.indicator): one for one in assessments}
    cells = series.frame.filter(pl.col("indicator").is_in(ids), pl.col("breakdown") == TOTAL)
    margins = {
        (area, indicator, when): (lower, upper) for area, indicator, when, lower, upper in cells.select(
            "ref_area", "indicator", "time_period", "lower_bound", "upper_bound").iter_rows()
    }  # fmt: skip
    values, lower, upper = (np.full((len(areas), len(ids)), np.nan) for _ in range(3))
    periods, reasons = [[""] * len(ids) for _ in areas], [[""] * len(ids) for _ in areas]
    for a, area in enumerate(areas):
        for p, key in enumerate(ids):
            one = known[area, key]
            if one.value is None or one.time_period is None or (one.reason and one.reason not in STANDING):
                reasons[a][p] = str(one.reason or Reason.NO_DATA)
                continue
            values[a, p], periods[a][p] = one.value, one.time_period
            low, high = margins.get((area, key, one.time_period), (None, None))
            lower[a, p], upper[a, p] = (np.nan if limit is None else limit for limit in (low, high))
    return Table(
        declared, tuple(indicators[key] for key in ids), tuple(areas), values, lower, upper,
        tuple(map(tuple, periods)), tuple(map(tuple, reasons)), compute(declared, values, lower, upper),
    )


def areas_csv(tables: Sequence[Table]) -> bytes:
    """A row for each composite and area: both means, the ranks with their intervals, what is lacking."""
    heads = ("composite", "ref_area", "arithmetic", "geometric", "rank_arithmetic", "rank_geometric", "rank_median",
             "rank_low", "rank_high", "share_top_third", "share_bottom_third", "weight_with_figures", "lacking")
    rows = []
    for one in tables:
        r = one.result
        for a, area in enumerate(one.areas):
            numbers = (r.arithmetic, r.geometric, *r.ranks, r.median, r.low, r.high, r.top, r.bottom, r.share)
            lacking = " ".join(one.indicators[p].id for p in one.lacking(a))
            rows.append([one.declared.id, area, *(_cell(n[a]) for n in numbers), lacking])
    return _csv(heads, rows)


def parts_csv(tables: Sequence[Table]) -> bytes:
    """A row for each composite, area and part: the figure, what it counts, and the ranks without the part."""
    heads = ("composite", "ref_area", "indicator", "weight", "worst", "best", "time_period", "obs_value",
             "lower_bound", "upper_bound", "margin", "normalised", "beyond_goalpost", "reason",
             "rank_change_arithmetic", "rank_change_geometric")
    rows = []
    for one in tables:
        r, weights = one.result, one.declared.weights()
        for a, area in enumerate(one.areas):
            for p, part in enumerate(one.declared.parts):
                figure = (_cell(n[a, p]) for n in (one.values, one.lower, one.upper))
                rows.append([
                    one.declared.id, area, part.indicator, _cell(weights[p]), *map(_cell, part.goalposts),
                    one.periods[a][p], *figure, _cell(part.margin), _cell(r.parts[a, p]), int(r.clipped[a, p]),
                    one.reasons[a][p], *map(_cell, r.dropped[p, :, a]),
                ])
    return _csv(heads, rows)


def _cell(number: float) -> str:
    """Ten digits: what differs behind them is the machine's arithmetic."""
    return f"{number + 0.0:.10g}" if np.isfinite(number) else ""


def _csv(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([heads, *rows])
    return out.getvalue().encode()
