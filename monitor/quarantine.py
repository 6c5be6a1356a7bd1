"""Keep single figures that fail a check out of judgement, and say which; the rest of the series is still judged.

The rule, for each finding of level error that names the figures at fault (`Finding.cells`):

1. Every figure it names is set aside: no judgement, comparison or chart uses it. It stays in the store, and it is
   listed with its reason in ``data/quarantine.csv`` and on the scorecard.
2. The indicator is still judged in that area on the figures that are left, unless the newest figure is among those at
   fault (an older one would pass for the newest), or more than a quarter of its headline figures are (then it is not
   single figures that are wrong).
3. An error that names no figures is a fault of the whole series, in the area it names or in all: another unit, another
   scale, other dates. Then nobody knows what the figures are, so all of them are set aside there, none is printed as
   the value, and the judgement is withheld.

Why it is so: docs/decisions/016-single-wrong-figures-are-set-aside.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from monitor import period
from monitor.results import Finding, Level, Reason
from monitor.series import COLUMNS, KEY, TOTAL, Series

#: where more of the headline figures than this are at fault, none is judged
MOST = 0.25
_WHERE = ["indicator", "ref_area"]
#: what is listed of a figure that was set aside
ROWS = {**COLUMNS, "check": pl.String, "reason": pl.String}
#: what is never told of a figure that is withheld to protect people
_UNTOLD = ("obs_value", "lower_bound", "upper_bound")


@dataclass(frozen=True)
class Quarantine:
    """A Series without the figures at fault, those figures, and where they withhold the judgement all the same."""

    series: Series
    rows: pl.DataFrame  # `ROWS`
    withheld: frozenset[tuple[str, str]]  # (indicator, area)
    nothing_left: dict[str, dict[str, Reason]]  # indicator -> area -> why there is no figure any more

    def withholding(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings for the judge: without the errors that are dealt with by setting single figures aside."""
        return [f for f in findings if not f.cells or f.level is not Level.ERROR
                or (f.indicator, f.ref_area) in self.withheld]


def set_aside(series: Series, findings: Iterable[Finding]) -> Quarantine:
    """Take the figures that errors name out of a Series; all of an area, or of all, where an error names none.

    Args:
        findings: of checks that looked at these very figures. One about an answer in whose place others serve is none.
    """
    errors = [f for f in findings if f.level is Level.ERROR]
    named = pl.DataFrame(
        [(f.indicator, f.ref_area, *cell, f.check, f.message) for f in errors for cell in f.cells],
        schema=dict.fromkeys([*KEY, "check", "reason"], pl.String), orient="row",
    )
    for f in errors:
        if not f.cells:
            wide = series.frame.filter(indicator=f.indicator, **({"ref_area": f.ref_area} if f.ref_area else {}))
            named.extend(wide.select(*KEY, check=pl.lit(f.check), reason=pl.lit(f.message)))
    if not named.height:
        return Quarantine(series, pl.DataFrame(schema=ROWS), frozenset(), {})
    cells = named.group_by(KEY, maintain_order=True).agg(
        pl.col("check").unique(maintain_order=True).str.join(", "),
        pl.col("reason").unique(maintain_order=True).str.join(" "))
    rows = series.frame.join(cells, on=KEY, maintain_order="left")
    left = series.frame.join(cells, on=KEY, how="anti", maintain_order="left")
    figures = pl.col("obs_value").is_finite() & (pl.col("breakdown") == TOTAL)
    faulty, sound = (
        frame.filter(figures).with_columns(t=period.decimal_year()).group_by(_WHERE).agg(
            n=pl.len(), newest=pl.col("t").max()) for frame in (rows, left)
    )
    both = faulty.join(sound, on=_WHERE, how="left", suffix="_left")
    gone = both.filter(pl.col("n_left").is_null())
    withheld = both.filter(
        pl.col("n_left").is_null() | (pl.col("newest") >= pl.col("newest_left"))
        | (pl.col("n") > MOST * (pl.col("n") + pl.col("n_left"))))
    nothing: dict[str, dict[str, Reason]] = {}
    for indicator, area in gone.select(_WHERE).iter_rows():
        nothing.setdefault(indicator, {})[area] = Reason.FAILED_CHECK
    hidden = pl.col("obs_status") == "Q"
    rows = rows.with_columns(pl.when(~hidden).then(pl.col(name)) for name in _UNTOLD).with_columns(
        comment_obs=pl.when(hidden).then(pl.lit("")).otherwise("comment_obs"))
    return Quarantine(Series(left), rows.select(*ROWS), frozenset(withheld.select(_WHERE).iter_rows()), nothing)
