"""Which cells of published counts must be withheld, so that no small one can be read or worked out.

A small count is withheld (primary), and others with it until adding and subtracting what is left cannot bring it
back (secondary). The argument is exchange: a withheld cell is safe where an amount of at least ``k`` can be moved
between it and other withheld cells, or what nobody publishes, without changing a figure that is printed. Every step
looks only for such an exchange, and where there is none withholds the sum itself:

1. where a headline is withheld, so is everything below it; a cell that stands in two selections goes in both;
2. within an area, period and dimension the members that are smallest over all periods join it (so that the pattern is
   the same in each), then all with their zeros, then the headline;
3. two selections of a series bound each other (complaints, those with an arrest), and three may add up: in three a code
   is withheld in all;
4. headlines of areas that lie in the same published groups cover each other, else those groups are withheld;
5. a breakdown of an area is withheld in every group that holds the area.

The steps are repeated until none adds a cell, so the order of rows means nothing. See docs/decisions/011.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import polars as pl

from monitor.model import Disclosure
from monitor.series import TOTAL

#: one withheld cell alone is covered by what no figure shows only where that is this many thresholds wide
WIDE = 3
#: what `withheld` needs of each cell, once
CELLS = {
    "slice": pl.String,  # one selection of a series: its headline
    "ref_area": pl.String, "breakdown": pl.String, "time_period": pl.String,
    "cell": pl.String,  # the codes of all dimensions: the same cell in two selections has the same
    "obs_value": pl.Float64, "obs_status": pl.String,
    "ruled": pl.Boolean,  # does the threshold hold for this area?
    "kept": pl.Boolean,  # withheld in an earlier edition
    "known": pl.Boolean,  # an earlier edition printed this very figure
}  # fmt: skip
_FAMILY, _ROW = ["slice", "area", "t", "dim"], ["slice", "area", "t"]
_hid, _v = pl.col("hid"), pl.col("v")
_open = _v.is_not_null() & (~_hid | pl.col("known"))  # what a reader has the figure of
_dark = _hid & ~pl.col("known")
#: how fine a period is
_GRAIN = {"-S": 1, "-Q": 2, r"^\d{4}-\d\d$": 3, r"^\d{4}-\d\d-\d\d$": 4}
_Step = Callable[[pl.DataFrame], pl.DataFrame]


def withheld(cells: pl.DataFrame, rule: Disclosure, inside: Mapping[str, Collection[str]] | None = None) -> pl.Series:
    """For each of the `CELLS` of one series whether its figure is withheld, here or by its publisher.

    Args:
        inside: area -> the areas it lies in.
    """
    frame = _mixed(_coded(cells, rule))
    if not frame["hid"].any():
        return frame["hid"]
    areas = _Areas(frame, rule, inside or {})
    steps: list[_Step] = [_below, _same, lambda f: _members(f, rule), _selections]
    steps += [areas.headlines, areas.upward] if areas.edges.height else []
    before = -1
    while (now := int(frame["hid"].sum())) != before:
        before = now
        for step in steps:
            frame = step(frame)
    return frame.sort("row").select(_hid & (_v.is_not_null() | pl.col("q")))["hid"]


def _coded(cells: pl.DataFrame, rule: Disclosure) -> pl.DataFrame:
    """Codes instead of texts, and what is withheld for its own sake."""
    dim = pl.col("breakdown").str.extract(r"^([^=]*)=", 1).fill_null("")
    limit = pl.when(pl.col("breakdown") == TOTAL).then(rule.k).otherwise(rule.fine)
    text = {"slice": "slice", "area": "ref_area", "t": "time_period", "cell": "cell", "code": "breakdown"}
    small = (_v < pl.col("limit")) & ((_v > 0) if rule.keep_zeros else (_v >= 0)) & pl.col("ruled")
    return (
        cells.lazy().with_row_index("row")
        .select(
            "row", "ruled", "kept", "known", v="obs_value", q=pl.col("obs_status") == "Q", limit=limit,
            dim=pl.when(pl.col("breakdown") == TOTAL).then(pl.lit("")).otherwise(dim).cast(pl.Categorical),
            head=pl.col("breakdown") == TOTAL, name=pl.col("ref_area"), when=pl.col("time_period"),
            **{short: pl.col(long).cast(pl.Categorical) for short, long in text.items()},
        )
        .with_columns(small=small.fill_null(False), weight=_v.sum().over("slice", "area", "cell"))
        .with_columns(hid=(pl.col("small") | pl.col("kept") | (pl.col("q") & pl.col("ruled"))))
        .collect(engine="in-memory")
    )  # fmt: skip


def _mixed(frame: pl.DataFrame) -> pl.DataFrame:
    """Months and quarters beside their years would add up to them: only the longest periods are published."""
    if not frame["small"].any() and not frame["kept"].any():
        return frame
    whens = frame.select("when").unique().with_columns(
        grain=sum((pl.col("when").str.contains(form).cast(pl.Int32) * n for form, n in _GRAIN.items()), pl.lit(0)))
    if whens["grain"].n_unique() == 1:
        return frame
    short = whens.filter(pl.col("grain") > pl.col("grain").min())["when"].implode()
    finer = pl.col("when").is_in(short)
    return frame.with_columns(hid=_hid | finer, q=pl.col("q") | finer)


def _below(frame: pl.DataFrame) -> pl.DataFrame:
    heads = frame.filter(pl.col("head") & _hid).select(_ROW).unique()
    return _add(frame, frame.join(heads, on=_ROW, how="semi").filter(_v.is_not_null()))


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    if frame["slice"].n_unique() == 1:
        return frame
    cells = frame.filter(_hid).select("cell", "area", "t").unique()
    return _add(frame, frame.join(cells, on=["cell", "area", "t"], how="semi"))


def _bounds(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """``low`` and ``high``: what another selection of the series shows for the same code, if it is less or more."""
    if frame["slice"].n_unique() == 1:
        return rows.with_columns(low=pl.lit(0.0), high=pl.lit(float("inf")))
    heads = frame.filter("head", _open).select("slice", "area", "t", sum="v")
    other = frame.filter(_open).join(rows.select("area", "t").unique(), on=["area", "t"], how="semi").join(
        heads, on=["slice", "area", "t"]).select("slice", "area", "t", "code", shown="v", other="sum")
    mine = rows.select("row", "slice", "area", "t", "code").join(heads, on=["slice", "area", "t"], how="left")
    both = mine.join(other, on=["area", "t", "code"]).filter(pl.col("slice") != pl.col("slice_right"))
    larger = pl.col("other") >= pl.col("sum").fill_null(-1)
    found = both.group_by("row").agg(
        low=pl.when(~larger).then("shown").max().fill_null(0.0), high=pl.when(larger).then("shown").min())
    return rows.join(found, on="row", how="left").with_columns(
        low=pl.col("low").fill_null(0.0), high=pl.col("high").fill_null(float("inf")))


def _members(frame: pl.DataFrame, rule: Disclosure) -> pl.DataFrame:
    """Members of a dimension cover each other against the headline they add up to, or are part of."""
    touched = frame.filter(~pl.col("head") & _hid).select(_FAMILY).unique()
    heads = frame.filter(pl.col("head") & _open).select(*_ROW, total=_v)
    parts = frame.filter(~pl.col("head")).join(touched, on=_FAMILY, how="semi").join(heads, on=_ROW)
    if not parts.height:
        return frame
    shown, least = pl.when(_open).then(_v).otherwise(0.0), pl.max_horizontal("low", "one")
    left, spare = pl.col("left"), pl.col("left") - pl.col("lows") - pl.col("over")
    family = _bounds(frame, parts).with_columns(
        left=(pl.col("total") - shown.sum().over(_FAMILY)), whole=~_open.any().over(_FAMILY),
        dark=pl.when(_dark).then(_v).sum().over(_FAMILY), blind=(_dark & _v.is_null()).any().over(_FAMILY),
        over=(_v.sum().over(_FAMILY) - pl.col("total")).clip(0),  # members overlap: so much is counted twice
    ).with_columns(
        n=(_dark & (_v.is_null() | (_v > pl.col("over")) | (pl.col("over") == 0))).sum().over(_FAMILY),
        overlap=pl.col("over") >= rule.k,
        one=pl.when(pl.col("whole") | (not rule.keep_zeros)).then(0.0).otherwise(1.0),
    ).with_columns(low=least).with_columns(
        lows=pl.when(_dark).then("low").sum().over(_FAMILY), highs=pl.when(_dark).then("high").sum().over(_FAMILY),
    )
    # between what the others leave at least and at most
    others = pl.when(pl.col("highs").is_infinite()).then(0.0).otherwise(left - pl.col("highs") + pl.col("high"))
    width = pl.min_horizontal("high", spare + pl.col("low")) - pl.max_horizontal("low", others)
    # one cell alone is covered only by what no figure shows, and that must be wide
    alone = (left >= WIDE * rule.fine) & (pl.col("blind") | (left - pl.col("dark") >= rule.k))
    covered = pl.col("whole") | (~pl.col("overlap") & ((pl.col("n") >= 2) | alone))
    narrow = (_dark & (pl.col("small") | pl.col("kept") | pl.col("q")) & (width < rule.k)).any().over(_FAMILY)
    open_ = family.filter(~covered | narrow)
    if not open_.height:
        return frame
    more = _cover(open_.filter(~pl.col("overlap")), _FAMILY, spare, rule)
    lost = open_.join(more.select(_FAMILY).unique(), on=_FAMILY, how="anti")
    rest = lost.filter(~_hid & _v.is_not_null())  # nothing else helps: all members, zeros too
    told = lost.join(rest.select(_FAMILY).unique(), on=_FAMILY, how="anti")
    # and where even that is too narrow: the same in the other selections, and what is known of members, the headline
    at = ["area", "t", "dim"]
    across = frame.filter(~pl.col("head")).join(told.select(at).unique(), on=at, how="semi")
    bare = told.filter(~pl.col("whole") | (pl.col("high").is_infinite() & (pl.col("low") <= 0)).all().over(_FAMILY))
    heads = frame.filter("head", ~pl.col("known")).join(bare.select(_ROW).unique(), on=_ROW, how="semi")
    return _add(frame, more, rest, across.filter(_v.is_not_null()), heads)


def _cover(group: pl.DataFrame, keys: list[str], spare: pl.Expr, rule: Disclosure) -> pl.DataFrame:
    """The fewest of the smallest members that widen a group to ``k``; no row of a group that cannot be widened.

    Args:
        group: with ``n``, how many are withheld, and ``low``, the least that each can be.
        spare: by how much the withheld members exceed the least they can be.
    """
    free = group.filter(~_hid, ~pl.col("known"), _v > pl.col("low")).sort("weight", "cell", "area")
    grown = free.with_columns(
        wide=spare + (_v - pl.col("low")).cum_sum().over(keys),
        size=pl.col("n") + pl.int_range(1, pl.len() + 1).over(keys),
    ).with_columns(ok=((pl.col("size") >= 2) & (pl.col("wide") >= rule.k)).cast(pl.Int32))
    before = pl.col("ok").cum_sum().over(keys) - pl.col("ok")
    return grown.filter(pl.col("ok").max().over(keys) == 1, before == 0)


def _selections(frame: pl.DataFrame) -> pl.DataFrame:
    """One pattern in three selections of a series: all complaints less those with an arrest are those without."""
    if frame["slice"].n_unique() < 3:
        return frame
    codes = frame.filter(_hid, ~pl.col("head")).select("area", "t", "code").unique()
    parts = frame.filter(~pl.col("head"), _v > 0).join(codes, on=["area", "t", "code"], how="semi")
    # headlines that add up: the greatest is the others' sum
    heads = frame.filter("head").with_columns(
        most=_v.max().over("area", "t"), all=_v.sum().over("area", "t"), n=pl.len().over("area", "t"),
        dark=(_hid & _v.is_not_null()).any().over("area", "t"), shown=_open.sum().over("area", "t"))
    sums = heads.filter("dark", pl.col("n") > 2, pl.col("shown") >= pl.col("n") - 1,
                        (2 * pl.col("most") - pl.col("all")).abs() < 1e-9 * pl.col("most"))
    next_ = sums.filter(~_hid, ~pl.col("known"), _v > 0).sort("v", "cell").unique(["area", "t"], keep="first")
    return _add(frame, parts, next_)


class _Areas:
    """Areas that lie in other areas of the same series, and what their sums tell."""

    def __init__(self, frame: pl.DataFrame, rule: Disclosure, inside: Mapping[str, Collection[str]]) -> None:
        self.rule = rule
        names = frame.select("name", "area").unique()
        here = set(names["name"])
        pairs = [(a, g) for a in sorted(here) for g in sorted(here & set(inside.get(a, ())))]
        edges = pl.DataFrame(pairs, schema={"name": pl.String, "group_name": pl.String}, orient="row")
        self.edges = edges.join(names, on="name").join(
            names.select(group_name="name", group="area"), on="group_name").select("area", "group", "group_name")
        self.groups = self.edges.select(area="group").unique()
        self.simple = self.groups.join(  # groups that hold no other group
            self.edges.join(self.groups, on="area", how="semi").select(area="group"), on="area", how="anti")

    def headlines(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Areas in exactly the same published groups can cover each other; no sum changes when they exchange."""
        fresh = frame.filter("head", _hid, _v.is_not_null()).select("slice", "t").unique()
        heads = frame.filter("head").join(fresh, on=["slice", "t"], how="semi")
        if not heads.height:
            return frame
        printed = heads.filter(_open).select("slice", "t", group="area", sum="v")
        held = heads.join(self.groups, on="area", how="anti").join(self.edges, on="area").join(
            printed, on=["slice", "t", "group"])
        rest = held.with_columns(rest=pl.col("sum") - _v.sum().over("slice", "t", "group"))
        within = rest.group_by("row").agg(
            signature=pl.col("group_name").sort().str.join(" "), groups=pl.len(), group=pl.col("group").first(),
            rest=pl.col("rest").first())
        keys = ["slice", "t", "signature"]
        simple = pl.col("group").is_in(self.simple["area"].implode())
        room = pl.when((pl.col("groups") == 1) & simple).then(pl.col("rest")).otherwise(0.0)
        one = 1.0 if self.rule.keep_zeros else 0.0
        classes = _bounds(frame, heads.join(within, on="row")).with_columns(
            low=pl.max_horizontal("low", pl.lit(one))).with_columns(
            n=_dark.sum().over(keys), slack=pl.when(_dark).then(_v - pl.col("low")).sum().over(keys),
            fresh=(_dark & _v.is_not_null()).any().over(keys), room=room)
        safe = ((pl.col("n") >= 2) & (pl.col("slack") >= self.rule.k)) | (pl.col("room") >= self.rule.k)
        open_ = classes.filter("fresh", ~safe)
        more = _cover(open_, keys, pl.col("slack"), self.rule)
        lost = open_.join(more.select(keys).unique(), on=keys, how="anti").select("row").unique()
        sums = held.join(lost, on="row", how="semi").select("slice", "t", area="group").unique()
        return _add(frame, more, heads.join(sums, on=["slice", "t", "area"], how="semi").filter(~pl.col("known")))

    def upward(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A breakdown withheld in an area is withheld in all that hold it; then the area's own exchange is free."""
        dark = frame.filter(_hid, _v.is_not_null() | ~pl.col("q"))
        cells = dark.filter(~pl.col("head")).join(self.edges, on="area").select("slice", "cell", "t", area="group")
        onward = frame.filter(~pl.col("head")).join(cells.unique(), on=["slice", "cell", "t", "area"], how="semi")
        # a small count of a group that no area of it explains: nothing about the group, and no sum of what holds it
        own = dark.join(self.groups, on="area", how="anti").join(self.edges, on="area")
        lone = dark.join(self.groups, on="area", how="semi").filter("small").join(
            own.select("slice", "cell", "t", area="group").unique(), on=["slice", "cell", "t", "area"], how="anti")
        above = lone.join(self.edges, on="area").select("slice", "t", area="group").select(_ROW)
        bare = pl.concat([lone.select(_ROW), above]).unique()
        heads = frame.filter("head", ~pl.col("known")).join(bare, on=_ROW, how="semi")
        return _add(frame, onward, heads)


def _add(frame: pl.DataFrame, *more: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat([m.select("row") for m in more]).join(frame.filter(_hid).select("row"), on="row", how="anti")
    if not rows.height:
        return frame
    return frame.with_columns(hid=_hid | pl.col("row").is_in(rows["row"].implode()))
