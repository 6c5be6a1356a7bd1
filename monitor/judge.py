"""Judge: exactly one Assessment for every indicator in every area. What cannot be judged says why.

The gates, in this order; the first that holds gives the reason:

1. the area is outside ``applies_to`` (areas, groups, kinds of area), or has roles and none of ``applies_to_roles``:
   not_applicable. An area without any recorded role is not left out
2. no ``data`` block: its declared ``missing`` reason
3. the source did not answer or could not be read: the reason the caller gives
4. the newest cell is withheld to protect people (OBS_STATUS Q): suppressed; an older figure is not judged instead
5. no figure: no_data; awaiting_entries where a register people keep by hand has nothing on the area. Of a formula:
   missing_input where one of its inputs has no figure, periods_differ where all have figures and never for the same
   period, division_by_zero where the newest period they share would be divided by zero
6. a finding of level ERROR, for the area or for the whole indicator: failed_check
7. something happened after the newest figure that it knows nothing of (``superseded``): superseded
8. the newest figure is older than ``max_age`` at the cut-off date: too_old. One that is ``true_on`` a day is as old
   as that day, others as old as the end of their period
9. direction context_only: context_only
10. direction ambiguous_needs_companion: needs_companion
11. a score (scale index) of which every figure is an estimate (OBS_STATUS E): estimated
12. a count whose base and newest figure are both below `SMALL_COUNT`: small_numbers
13. fewer figures than the indicator's own ``least_points``: too_few_points
14. whatever the method refuses; where a break in the series left too few figures: not_comparable
15. a gap between groups that is closed or has turned round (``parity``): parity
16. less change since the base than the declared ``least_change``: no_clear_change, unless the target or the best
    possible value is reached. Of a gap that was turned round in the base year, the change counts from parity on

A figure is an observation with a value that is no forecast (OBS_STATUS F), whose period has begun, and which is
not marked as an unfinished year (`monitor.series.UNFINISHED`). From the last break in a series (B) on, earlier
figures are not used. What is known of a figure, its base and its target is filled in even where it is not judged,
so that a page can show it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from monitor import period, plugins
from monitor.methods._points import FIELDS, KEYS, SIGN
from monitor.methods._scale import TOLERANCE
from monitor.model import Indicator
from monitor.results import Assessment, Finding, Level, Reason, Status
from monitor.series import TOTAL, UNFINISHED, Series

#: a change between two smaller counts is as likely chance as anything else
SMALL_COUNT = 30
#: the statuses that say how something moved
PACED = (Status.ON_TRACK, Status.TOO_SLOW, Status.LIMITED, Status.BACKWARDS)
#: what a judgement consists of: left out where there is none
_VERDICT = ("rate", "required", "ratio", "score", "probability")


def judge(
    project_indicators: Mapping[str, Indicator],
    series: Series,
    areas: Sequence[str],
    findings: Sequence[Finding],
    reasons: Mapping[str, Reason],
    as_of: date,
    entered: Mapping[str, Collection[str]] = {},
    lacking: Mapping[str, Mapping[str, Reason]] = {},
    roles: Mapping[str, Collection[str]] = {},
) -> list[Assessment]:
    """One Assessment for each indicator and area, in the order of both.

    Args:
        reasons: indicator -> why it has no observations at all (its source is unavailable or unreadable).
        entered: indicator that reads a register kept by hand -> the areas the register has figures for.
        lacking: indicator with a formula -> area -> why the formula gives it no figure.
        roles: area -> its recorded roles (origin, transit, destination).
    """
    frame = assessments(project_indicators, series, areas, findings, reasons, as_of, entered, lacking, roles)
    return [
        Assessment(**{**row, "status": Status(row["status"]), "reason": row["reason"] and Reason(row["reason"])})
        for row in frame.iter_rows(named=True)
    ]


def assessments(
    indicators: Mapping[str, Indicator],
    series: Series,
    areas: Sequence[str],
    findings: Sequence[Finding],
    reasons: Mapping[str, Reason],
    as_of: date,
    entered: Mapping[str, Collection[str]] = {},
    lacking: Mapping[str, Mapping[str, Reason]] = {},
    roles: Mapping[str, Collection[str]] = {},
    until: date | None = None,
) -> pl.DataFrame:
    """The same as a frame with the fields of `Assessment` as columns, status and reason as text.

    Args:
        until: figures of later periods are left out. Default: ``as_of``.
    """
    areas = list(dict.fromkeys(areas))
    grid = pl.DataFrame({"indicator": list(indicators)}, schema={"indicator": pl.String}).join(
        pl.DataFrame({"ref_area": areas}, schema={"ref_area": pl.String}), how="cross"
    )
    cells = series.frame.filter(
        pl.col("breakdown") == TOTAL, pl.col("indicator").is_in(list(indicators)), pl.col("ref_area").is_in(areas)
    ).with_columns(t=period.decimal_year())
    used, broken = _since_last_break(_figures(cells, until or as_of))
    judged = _by_method(indicators, Series(used), as_of)
    gates = [
        _declared(indicators, areas, roles),
        _pairs((i, a, reason) for i, reason in reasons.items() for a in areas),
        _suppressed(cells),
        _pairs((i, a, Reason.AWAITING_ENTRIES) for i, have in entered.items() for a in areas if a not in have),
        _pairs((i, a, why) for i, found in lacking.items() for a, why in found.items()).join(
            judged, on=KEYS, how="anti"),
        grid.join(judged, on=KEYS, how="anti").with_columns(reason=pl.lit(Reason.NO_DATA.value)),
        _pairs((f.indicator, a, Reason.FAILED_CHECK) for f in findings if f.level is Level.ERROR
               for a in ([f.ref_area] if f.ref_area else areas)),
        _pairs((i, a, Reason.SUPERSEDED) for i, a, when in judged.select(*KEYS, "time_period").iter_rows()
               if indicators[i].superseded and indicators[i].event(a, when)),
        _too_old(judged, indicators, as_of),
        _pairs((i.id, a, why) for i in indicators.values() for a in areas
               if (why := {"context_only": Reason.CONTEXT_ONLY,
                           "ambiguous_needs_companion": Reason.NEEDS_COMPANION}.get(i.direction))),
        _estimated(used, indicators),
        _small(judged, indicators),
        _few(judged, indicators),
        _unclear(judged, indicators),
    ]
    first = pl.concat(gates).unique(KEYS, keep="first", maintain_order=True).rename({"reason": "gate"})
    return _with_gates(
        grid.join(judged, on=KEYS, how="left", maintain_order="left")
        .join(first, on=KEYS, how="left", maintain_order="left")
        .join(broken, on=KEYS, how="left", maintain_order="left")
    )


def usable(series: Series, as_of: date) -> Series:
    """The headline figures that judgements rest on: no forecast, none from before the last break in the series."""
    cells = series.frame.filter(pl.col("breakdown") == TOTAL).with_columns(t=period.decimal_year())
    return Series(_since_last_break(_figures(cells, as_of))[0])


def again(indicators: Mapping[str, Indicator], used: Series, as_of: date) -> pl.DataFrame:
    """The columns `FIELDS` for other figures, of which only the newest is another: what if (`monitor.reasoning`).

    ``used`` comes from `usable`. Only the gates that the newest figure decides are looked at: small counts, parity,
    least change. A key of ``indicators`` need not be the id of its indicator.
    """
    judged = _by_method(indicators, used, as_of)
    gates = pl.concat([_small(judged, indicators), _unclear(judged, indicators)]).unique(
        KEYS, keep="first", maintain_order=True).rename({"reason": "gate"})
    return _with_gates(judged.join(gates, on=KEYS, how="left", maintain_order="left").with_columns(
        broke=pl.lit(None, dtype=pl.Float64)))


def _with_gates(frame: pl.DataFrame) -> pl.DataFrame:
    gated = pl.col("gate").is_not_null()
    start = pl.coalesce("base_period", "time_period").str.slice(0, 4).cast(pl.Float64)
    cut = ~gated & (start == pl.col("broke").floor()).fill_null(False)  # the break is why it starts there
    lone = cut & (pl.col("reason") == Reason.TOO_FEW_POINTS.value).fill_null(False)
    return frame.with_columns(
        reason=pl.when(lone).then(pl.lit(Reason.NOT_COMPARABLE.value)).otherwise(pl.coalesce("gate", "reason")),
        status=pl.when(gated).then(pl.lit(Status.NOT_ASSESSED.value)).otherwise("status"),
        note=pl.when(gated).then(pl.lit(""))
        .when(lone | (cut & pl.col("note").is_in(["", "base_later"]))).then(pl.lit("break_in_series"))
        .otherwise(pl.col("note").fill_null("")),
        **{c: pl.when(gated).then(pl.lit("")).otherwise(pl.col(c).fill_null("")) for c in ("method", "word")},
        **{c: pl.when(~gated).then(c) for c in _VERDICT},
        points=pl.col("points").fill_null(0),
    ).select(*FIELDS)


def _figures(cells: pl.DataFrame, as_of: date) -> pl.DataFrame:
    today = as_of.year + (as_of.month - 1) / 12 + (as_of.day - 1) / 366
    return cells.filter(
        pl.col("obs_value").is_finite(), pl.col("obs_status") != "F", pl.col("t") <= today,
        ~pl.col("comment_obs").str.contains(UNFINISHED),
    )


def _since_last_break(figures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures from the last break on, and when it was for each (indicator, area) that lost earlier ones."""
    breaks = figures.filter(pl.col("obs_status") == "B").group_by(KEYS).agg(broke=pl.col("t").max())
    both = figures.join(breaks, on=KEYS, how="left")
    before = (pl.col("t") < pl.col("broke")).fill_null(False)
    return both.filter(~before), both.filter(before).select(*KEYS, "broke").unique()


def _by_method(indicators: Mapping[str, Indicator], series: Series, as_of: date) -> pl.DataFrame:
    methods: dict[str, dict[str, Indicator]] = {}
    for key, indicator in indicators.items():
        methods.setdefault(indicator.method, {})[key] = indicator
    frames: list[pl.DataFrame] = [pl.DataFrame(schema=FIELDS)]
    frames += [plugins.function("methods", name)(theirs, series, as_of) for name, theirs in sorted(methods.items())]
    return pl.concat(frames)


def _pairs(rows: Any) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict.fromkeys([*KEYS, "reason"], pl.String), orient="row")


def _declared(
    indicators: Mapping[str, Indicator], areas: Sequence[str], roles: Mapping[str, Collection[str]]
) -> pl.DataFrame:
    def why(i: Indicator, code: str) -> str | None:
        return i.missing if i.applies(code, roles.get(code, ())) else Reason.NOT_APPLICABLE

    return _pairs((i.id, a, reason) for i in indicators.values() for a in areas if (reason := why(i, a)))


def _suppressed(cells: pl.DataFrame) -> pl.DataFrame:
    newest = cells.sort("t").group_by(KEYS, maintain_order=True).last()
    return newest.filter(pl.col("obs_status") == "Q").select(*KEYS, reason=pl.lit(Reason.SUPPRESSED.value))


def _small(judged: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    counts = [key for key, i in indicators.items() if i.scale == "count"]
    few = pl.max_horizontal("base_value", "value") < SMALL_COUNT
    return judged.filter(pl.col("indicator").is_in(counts), few).select(
        *KEYS, reason=pl.lit(Reason.SMALL_NUMBERS.value))


def _few(judged: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Where the declaration asks for more figures than the method would."""
    least = {key: i.least_points for key, i in indicators.items() if i.least_points > 2}
    needed = pl.col("indicator").replace_strict(least, default=0, return_dtype=pl.Int64)
    return judged.filter(pl.col("points") < needed).select(*KEYS, reason=pl.lit(Reason.TOO_FEW_POINTS.value))


def _too_old(judged: pl.DataFrame, indicators: Mapping[str, Indicator], as_of: date) -> pl.DataFrame:
    limit = {key: period.days(i.max_age) for key, i in indicators.items()}
    old = [
        (key, when) for key, when in judged.select("indicator", "time_period").unique(maintain_order=True).iter_rows()
        if (as_of - (indicators[key].moment(when) or period.end(when))).days > limit[key]
    ]
    frame = pl.DataFrame(old, schema=dict.fromkeys(("indicator", "time_period"), pl.String), orient="row")
    return judged.join(frame, on=["indicator", "time_period"], how="semi", maintain_order="left").select(
        *KEYS, reason=pl.lit(Reason.TOO_OLD.value))


def _estimated(used: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """A score that its publisher only estimated, year after year: its movements are those of the estimate."""
    scores = [key for key, i in indicators.items() if i.scale == "index"]
    return used.filter(pl.col("indicator").is_in(scores)).group_by(KEYS, maintain_order=True).agg(
        every=(pl.col("obs_status") == "E").all()
    ).filter("every").select(*KEYS, reason=pl.lit(Reason.ESTIMATED.value))


def _unclear(judged: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Judged on a change that is within the noise, or on a gap between groups that there is no more."""
    terms = pl.DataFrame(
        [(key, i.least_change.by if i.least_change else None, i.parity, SIGN.get(i.direction))
         for key, i in indicators.items() if i.least_change or i.parity is not None],
        schema={"indicator": pl.String, "by": pl.Float64, "parity": pl.Float64, "d": pl.Int8}, orient="row",
    )
    base, value, parity, d = (pl.col(c) for c in ("base_value", "value", "parity", "d"))
    turned = (pl.when(d != 0, d * (x - parity) >= 0).then(True).otherwise(False) for x in (value, base))
    closed, closed_at_base = turned
    change = (value - pl.when(closed_at_base).then(parity).otherwise(base)).abs()
    reason = pl.when(closed).then(pl.lit(Reason.PARITY.value)).when(change < pl.col("by") * (1 - TOLERANCE)).then(
        pl.lit(Reason.NO_CLEAR_CHANGE.value))
    paced = pl.col("status").is_in([s.value for s in PACED])
    return judged.filter(paced).join(terms, on="indicator", maintain_order="left").select(
        *KEYS, reason=reason).drop_nulls("reason")
