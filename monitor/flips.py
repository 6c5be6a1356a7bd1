"""How far would the newest figure alone have to be another for the status to be another?

Every judged series is copied under made-up names with another newest figure, and judged by its own method with the
gates that this figure decides (small counts, parity, least change), all copies at once. First figures are tried on a
grid, near ones close together, and at the numbers where something may happen (target, base, limits); then the gap
between the last figure with the status and the first without it is narrowed `ROUNDS` times.

- The limit is `LIMIT` of the size of the figure, and for a percentage at least `POINTS` of its points; nothing beyond
  the indicator's natural limits is tried.
- A share is one of the figure. Where zero can be crossed that has no meaning: it is one of the range between the
  natural limits, where there is one. Nor has it where the figure is small beside base and target.
- Counts are whole, and so are scores of which every figure is and that are declared without decimals: the flip is the
  first whole number with another status.
- The grain is the publisher's: the declared decimals, or those of the figures themselves where they have more.
- Yes and no: the only other figure is the other answer.
- A band narrower than the grid, in which no number of interest lies, can be missed: then the flip is told too far out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from monitor import judge
from monitor.methods._scale import number
from monitor.model import Indicator
from monitor.results import Assessment, Flip, Reason, Status
from monitor.series import Series

#: how far is looked, as a share of the size of the figure
LIMIT = 0.5
#: and for percentages at least so many of their points
POINTS = 5.0
#: the moves tried first, as shares of the limit
GRID = (0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8,
        0.9, 1.0)
#: a figure less than this share of base and target is near zero: their size serves
NEAR_ZERO = 0.1
#: how often the gap is narrowed, and to which part each time: 4 times a twentieth is six millionths
ROUNDS, PARTS = 4, 20
#: rows of copied figures judged at a time: bounds the memory
AT_ONCE = 1_000_000
#: no publisher's grain is taken for finer than so many decimals
FINEST = 6
#: between an indicator's id and the number of a copy; no id has it
APART = "\x1f"
_PAIR = ["indicator", "ref_area"]


class Moves(NamedTuple):
    """How far was looked, the flip each way, what their shares are of (figure, range, ""), and the grain."""

    limit: float
    higher: Flip | None
    lower: Flip | None
    of: str
    grain: float


def flips(
    indicators: Mapping[str, Indicator], used: Series, judged: Sequence[Assessment], as_of: date
) -> dict[tuple[str, str], Moves]:
    """(indicator, area) -> its `Moves`.

    Args:
        used: the figures that were judged by (`monitor.judge.usable`).
        judged: those with a status.
    """
    kinds: dict[str, Any] = {
        **dict.fromkeys((*_PAIR, "newest", "status"), pl.String),
        **dict.fromkeys(("y", "share", "reach", "low", "high"), pl.Float64),
        "whole": pl.Boolean, "marks": pl.List(pl.Float64), "of": pl.String, "decimals": pl.Int64,
    }
    pairs = pl.DataFrame([_pair(indicators[a.indicator], a) for a in judged], orient="row", schema=kinds)
    cells = used.frame.join(pairs.select(*_PAIR, "newest"), on=_PAIR)
    value = pl.col("obs_value")
    seen = cells.group_by(_PAIR).agg(
        n=pl.len(), steps=(value == value.round()).all(),
        digits=pl.sum_horizontal(*(((value - value.round(k)).abs() > 1e-9 * value.abs()).any().cast(pl.Int64)
                                   for k in range(FINEST))))
    pairs = pairs.join(seen, on=_PAIR, maintain_order="left").with_columns(
        whole=pl.col("whole") & pl.col("steps"), decimals=pl.max_horizontal("decimals", "digits"))
    longest = max(pairs["n"].to_list(), default=1)
    per = max(1, AT_ONCE // (longest * 3 * len(GRID)))
    found: dict[tuple[str, str], Moves] = {}
    for at in range(0, pairs.height, per):
        found |= _of(indicators, cells, pairs.slice(at, per).with_row_index("pair"), as_of)
    return found


def _pair(one: Indicator, a: Assessment) -> tuple[object, ...]:
    value, (low, high) = a.value or 0.0, one.bounds
    if one.scale == "binary":
        return (*_head(a), value, None, 1.0, 0.0, 1.0, True, [], "", 0)
    others = [abs(x) for x in (a.base_value, a.target_value) if x is not None]
    crossing = one.scale == "difference" or (low is not None and low < 0)
    size, of = abs(value), "" if crossing else "figure"
    if others and size < NEAR_ZERO * max(others):
        size, of = max(others), ""
    share = size
    if one.scale in ("index", "difference") and low is not None and high is not None:
        size = high - low
        share, of = (size, "range") if crossing else (share, of)
    reach = max(LIMIT * size, POINTS if one.scale == "percent" else 0.0)
    options = [number(one, name) for name in one.method_options]
    least = one.least_change.by if one.least_change else None
    base = a.base_value
    marks = [a.target_value, base, one.parity, *options,
             *((base - least, base + least) if least is not None and base is not None else ())]
    whole = one.scale == "count" or (one.scale == "index" and one.decimals == 0)
    return (*_head(a), value, share if of and share else None, reach, low, high, whole,
            [x for x in marks if x is not None], of if share else "", one.decimals)


def _head(a: Assessment) -> tuple[object, ...]:
    return a.indicator, a.ref_area, a.time_period, a.status.value


def _of(
    indicators: Mapping[str, Indicator], cells: pl.DataFrame, pairs: pl.DataFrame, as_of: date
) -> dict[tuple[str, str], Moves]:
    """The flips of some pairs, all at once."""
    facts = pairs.drop("reach", "marks", "share", "of", "decimals")
    x, y, reach = pl.col("x"), pl.col("y"), pl.col("reach")
    moves = pl.DataFrame({"move": [*(-step for step in GRID), *GRID]})
    first = pl.concat([
        pairs.join(moves, how="cross").select("pair", x=y + reach * pl.col("move")),
        *(pairs.select("pair", x=limit).drop_nulls() for limit in ("low", "high")),
        pairs.select("pair", x="marks").explode("x", empty_as_null=False).drop_nulls(),
    ]).join(pairs.select("pair", "y", "reach"), on="pair").filter((x - y).abs() <= reach * (1 + 1e-9))
    known = _tried(indicators, cells, first.select("pair", "x"), facts, as_of)
    for _ in range(ROUNDS):
        between = _ends(known).filter(~pl.col("whole") | ((pl.col("outside") - pl.col("inside")).abs() > 1)).join(
            pl.DataFrame({"part": [n / PARTS for n in range(1, PARTS)]}), how="cross")
        if not between.height:
            break
        inner = between.select("pair", x=pl.col("inside") + (pl.col("outside") - pl.col("inside")) * pl.col("part"))
        new = inner.join(known, on=["pair", "x"], how="anti")
        known = pl.concat([known, _tried(indicators, cells, new, facts, as_of)])
    ends = {(pair, up): rest for pair, up, *rest in _ends(known).select(
        "pair", "up", "outside", "is", "why").iter_rows()}
    found = {}
    for pair, indicator, area, value, share, limit, of, decimals in pairs.select(
            "pair", *_PAIR, "y", "share", "reach", "of", "decimals").iter_rows():
        higher, lower = (_flip(value, share, *ends.get((pair, up), (None, "", None))) for up in (True, False))
        found[indicator, area] = Moves(limit, higher, lower, of, 10.0 ** -decimals)
    return found


def _flip(y: float, share: float | None, x: float | None, status: str, why: str | None) -> Flip | None:
    if x is None:
        return None
    return Flip(x, x - y, abs(x - y) / share if share else None, Status(status), Reason(why) if why else None)


def _tried(
    indicators: Mapping[str, Indicator], cells: pl.DataFrame, points: pl.DataFrame, facts: pl.DataFrame, as_of: date
) -> pl.DataFrame:
    """The points with ``up``, ``far`` (distance), ``is`` and ``why`` (status and reason there), ``same``."""
    x, y = pl.col("x"), pl.col("y")
    whole = y + (x - y).sign() * ((x - y).abs() - 1e-9).ceil()  # outward, to the next whole figure
    asked = points.select("pair", "x").join(facts, on="pair").with_columns(
        x=pl.when("whole").then(whole).otherwise(x)
    ).filter(x != y, (x >= pl.col("low")).fill_null(True), (x <= pl.col("high")).fill_null(True)).unique(
        ["pair", "x"], maintain_order=True).with_columns(
        key=pl.col("indicator") + APART + pl.int_range(pl.len()).over("pair").cast(pl.String))
    copies = asked.select("key", "x", *_PAIR).join(cells, on=_PAIR).with_columns(
        indicator="key", obs_value=pl.when(pl.col("time_period") == pl.col("newest")).then("x").otherwise("obs_value"))
    own = {key: indicators[key.partition(APART)[0]] for key in asked["key"].unique()}
    said = judge.again(own, Series(copies), as_of).select("ref_area", "status", "reason", key="indicator")
    return asked.join(said.rename({"status": "is", "reason": "why"}), on=["key", "ref_area"]).select(
        "pair", "x", "y", "is", "why", "whole", up=x > y, far=(x - y).abs(), same=pl.col("is") == pl.col("status"))


def _ends(known: pl.DataFrame) -> pl.DataFrame:
    """Of each pair and way: the nearest figure with another status (``outside``), and the last one before it."""
    way = ["pair", "up"]
    first = known.filter(~pl.col("same")).sort("far").group_by(way, maintain_order=True).first().select(
        *way, "is", "why", limit="far", outside="x")
    before = known.join(first.select(*way, "limit"), on=way).filter(pl.col("far") < pl.col("limit")).sort(
        "far").group_by(way, maintain_order=True).last().select(*way, inside="x")
    start = known.group_by(way).agg(pl.col("y", "whole").first())
    return first.join(before, on=way, how="left").join(start, on=way).with_columns(
        inside=pl.coalesce("inside", "y"))
