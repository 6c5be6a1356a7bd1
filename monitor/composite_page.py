"""What is said about a composite, in words: for the page of an edition and for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from monitor.composite_table import Table
from monitor.words import Words


@dataclass(frozen=True)
class Row:
    """One area with a value. Texts are as printed; ranks are numbers too, for the chart."""

    area: str
    name: str
    arithmetic: str
    geometric: str
    rank: str  # "4 (2 to 7)"
    ranks: str  # by the arithmetic / by the geometric mean
    thirds: str  # share of the draws in the best third / in the worst
    told: str  # from how many others the order can be told
    lacking: str  # parts it lacks, although it has a value
    low: float
    median: float
    high: float
    dropped: tuple[str, ...]  # for each part: change of rank by the arithmetic / by the geometric mean
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One part: what was declared, and what it does."""

    id: str
    title: str
    unit: str
    weight: str
    goalposts: str
    because: str
    margin: str
    correlation: str
    moves: str
    shifts: str  # the most places any area wins or loses without it


@dataclass(frozen=True)
class Shown:
    """Everything printed about one composite. Rows stand by name, not by rank."""

    id: str
    title: str
    warning: str
    purpose: str
    order: str  # how many pairs cannot be told apart
    made: tuple[str, ...]  # how it is made, sentence by sentence
    parts: tuple[Part, ...]
    rows: tuple[Row, ...]
    floored: bool  # a part of some area counted as the floor
    without: tuple[tuple[str, str], ...]  # areas without a value: name, what is missing and why
    chart_title: str = field(default="")
    chart_text: str = field(default="")


def shown(one: Table, words: Words, names: Mapping[str, str]) -> Shown:
    """A composite in the reader's words.

    Args:
        names: area -> its name.
    """
    declared, result = one.declared, one.result
    ranked = [a for a in _by_name(one, names) if result.ranked[a]]
    apart, n = result.apart()[np.ix_(ranked, ranked)], len(ranked)
    pairs, told = n * (n - 1) // 2, int(apart.sum()) // 2
    key = "none" if not pairs or not told else "all" if told == pairs else "some"
    rows = tuple(_row(one, words, names, a, int(apart[i].sum()), n - 1) for i, a in enumerate(ranked))
    return Shown(
        id=declared.id, title=declared.title, warning=words("composite.warning"), purpose=declared.purpose,
        order=words(f"composite.order.{key}", pairs=words.number(pairs, 0), open=words.number(pairs - told, 0)),
        made=_made(one, words), parts=tuple(_part(one, words, p) for p in range(len(declared.parts))), rows=rows,
        floored=bool((result.floored & result.ranked).any()),
        without=tuple((names[one.areas[a]], _missing(one, words, a)) for a in _by_name(one, names)
                      if not result.ranked[a]),
        chart_title=words("composite.chart_title", title=declared.title),
        chart_text=words("composite.chart_text", n=words.number(n, 0)),
    )  # fmt: skip


def links(words: Words, formats: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What the start page of an edition links to."""
    page = [("composites.html", words("composite.title"))] if "html" in formats else []
    data = [(f"{words.root}data/composites.csv", words("composite.download")),
            (f"{words.root}data/composite-parts.csv", words("composite.download_parts"))]
    return (*page, *(data if "data" in formats else ()))


def _by_name(one: Table, names: Mapping[str, str]) -> list[int]:
    return sorted(range(len(one.areas)), key=lambda a: (names[one.areas[a]].casefold(), one.areas[a]))


def _row(one: Table, words: Words, names: Mapping[str, str], a: int, told: int, others: int) -> Row:
    r = one.result

    def place(rank: float) -> str:
        return words.number(rank, 0 if float(rank).is_integer() else 1)

    def change(places: float) -> str:
        return words("composite.none") if np.isnan(places) else ("+" if places > 0 else "") + place(places)

    values = {"median": place(r.median[a]), "low": place(r.low[a]), "high": place(r.high[a])}
    figures = []
    for p, indicator in enumerate(one.indicators):
        if why := one.reasons[a][p]:
            figures.append(words(f"reason.{why}"))
            continue
        value = words.number(one.values[a, p], indicator.decimals)
        beyond = "beyond" if r.clipped[a, p] else "figure"
        figures.append(words(f"composite.{beyond}", value=value, period=one.periods[a][p]))
    return Row(
        area=one.areas[a], name=names[one.areas[a]], arithmetic=words.number(100 * r.arithmetic[a]),
        geometric=words.number(100 * r.geometric[a]) + (words("composite.floor_mark") if r.floored[a] else ""),
        rank=words("composite.interval", **values), ranks=" / ".join(place(rank) for rank in r.ranks[:, a]),
        thirds=" / ".join(_share(words, share) for share in (r.top[a], r.bottom[a])),
        told=words("composite.told", n=words.number(told, 0), of=words.number(others, 0)),
        lacking=_missing(one, words, a), low=float(r.low[a]), median=float(r.median[a]), high=float(r.high[a]),
        dropped=tuple(" / ".join(change(x) for x in r.dropped[p, :, a]) for p in range(len(one.indicators))),
        figures=tuple(figures),
    )


def _part(one: Table, words: Words, p: int) -> Part:
    declared, indicator, r = one.declared.parts[p], one.indicators[p], one.result
    none = words("composite.none")
    worst, best = (words.number(post, _digits(post, 0)) for post in declared.goalposts)
    moved = np.abs(r.dropped[p])
    return Part(
        id=indicator.id, title=indicator.title, unit=indicator.unit, weight=_share(words, one.declared.weights()[p]),
        goalposts=words("composite.goalposts", worst=worst, best=best), because=declared.because,
        margin=words.number(declared.margin, _digits(declared.margin, 0)),
        correlation=none if np.isnan(r.correlation[p]) else words.number(r.correlation[p], 2),
        moves=none if np.isnan(r.moves[p]) else _share(words, r.moves[p]),
        shifts=words.number(float(np.nanmax(moved)), 1).removesuffix(".0") if np.isfinite(moved).any() else none,
    )


def _made(one: Table, words: Words) -> tuple[str, ...]:
    declared, drawn = one.declared, one.declared.uncertainty
    rule = declared.missing
    missing = words("composite.made.share", share=_share(words, rule.at_least_share)) if rule.at_least_share else (
        words("composite.made.least", n=words.number(rule.min_parts or 0, 0)))
    return (
        words("composite.made.scale"),
        words("composite.made.means", floor=words.number(100 * declared.floor, _digits(100 * declared.floor, 0))),
        missing,
        words("composite.made.draws", n=words.number(drawn.draws, 0), goalposts=_share(words, drawn.goalposts),
              concentration=words.number(drawn.concentration, _digits(drawn.concentration, 0)), seed=drawn.seed),
        words("composite.made.ranks"),
        words("composite.made.moves", n=words.number(one.result.complete, 0)),
    )


def _missing(one: Table, words: Words, a: int) -> str:
    return "; ".join(f"{one.indicators[p].title} ({words(f'reason.{one.reasons[a][p]}')})" for p in one.lacking(a))


def _share(words: Words, share: float) -> str:
    return words("figure.percent", n=words.number(100 * share, 0))


def _digits(number: float, least: int) -> int:
    """As many decimals as a declared number needs, at least so many."""
    return next((d for d in range(least, 7) if abs(round(number, d) - number) < 1e-9), 7)


def as_data(one: Table, shown: Shown, areas: Sequence[str] = ()) -> dict[str, Any]:
    """The same as numbers, the warning first; of these areas only, where some are named."""
    r, codes = one.result, list(one.areas)

    def number(value: float) -> float | None:
        return round(float(value), 10) if np.isfinite(value) else None

    keys = {"arithmetic": r.arithmetic, "geometric": r.geometric, "rank_arithmetic": r.ranks[0],
            "rank_geometric": r.ranks[1], "rank_median": r.median, "rank_low": r.low, "rank_high": r.high,
            "share_top_third": r.top, "share_bottom_third": r.bottom, "weight_with_figures": r.share}
    return {
        "warning": shown.warning, "order": shown.order, "declared": one.declared.model_dump(mode="json"),
        "parts": [{"indicator": part.indicator, "weight": number(one.declared.weights()[p]),
                   "correlation": number(r.correlation[p]), "moves": number(r.moves[p])}
                  for p, part in enumerate(one.declared.parts)],
        "areas": [
            {"ref_area": code, **{key: number(values[a]) for key, values in keys.items()},
             "lacking": {one.indicators[p].id: one.reasons[a][p] for p in one.lacking(a)},
             "rank_change_without": {part.indicator: [number(x) for x in r.dropped[p, :, a]]
                                     for p, part in enumerate(one.declared.parts)}}
            for a, code in sorted(enumerate(codes), key=lambda each: each[1]) if not areas or code in areas
        ],
    }
