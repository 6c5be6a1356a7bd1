"""A declared composite, computed: two means side by side, and how far the ranks rest on choices and on noise.

The method is that of OECD/European Commission Joint Research Centre, Handbook on Constructing Composite Indicators:
Methodology and User Guide (2008), steps 5 to 8: normalising between two values (here fixed goalposts), linear and
geometric aggregation, uncertainty analysis by drawing weights, normalisation and aggregation anew (Monte Carlo), and
leaving one part out. Nothing is imputed.

A figure x counts (x - worst) / (best - worst), not less than 0 and not more than 1. Of an area that fulfils the
missing-data rule, the weights of its parts that have a figure are made to add up to 1. In each draw, the same for all
areas: the weights come from a Dirichlet distribution round the declared ones, each goalpost moves evenly by up to the
declared share of the distance, one of the two means is taken by the toss of a coin; and every figure moves by its own
error: a normal distribution whose 95 % interval is what its publisher prints, else the declared margin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.composite_model import Composite

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: half the width of a 95 % interval in standard deviations of the normal distribution
Z95 = 1.959963984540054
#: draws that are computed at once: so many that numpy's loops are long, so few that they stay in the cache
AT_ONCE = 100
#: the rank interval: from the 5th to the 95th of a hundred draws
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, eq=False)
class Result:
    """Everything computed of one composite over A areas and P parts; NaN where there is none.

    A rank is 1 for the best; areas that are equal share the mean of their ranks.
    """

    parts: Floats  # A x P: 0 to 1 between the goalposts
    clipped: Bools  # A x P: the figure lies beyond a goalpost
    share: Floats  # A: weight of the parts that have a figure
    arithmetic: Floats  # A: 0 to 1
    geometric: Floats  # A
    floored: Bools  # A: a part counted as the floor in the geometric mean
    ranks: Floats  # 2 x A: by the arithmetic, by the geometric mean
    median: Floats  # A: of the rank over all draws
    low: Floats  # A: 5 % of the draws rank it better
    high: Floats  # A: 5 % rank it worse
    top: Floats  # A: share of the draws in which it is in the best third
    bottom: Floats  # A: in the worst third
    dropped: Floats  # P x 2 x A: places lost (+) or won (-) when the part is left out, by either mean
    correlation: Floats  # P: of the part with the arithmetic mean (Pearson)
    moves: Floats  # P: share of the variance of the arithmetic mean that comes from the part; they add up to 1
    complete: int  # areas with a figure for every part: what ``moves`` is computed over

    @property
    def ranked(self) -> Bools:
        """Which areas have a value."""
        return np.isfinite(self.arithmetic)

    def apart(self) -> Bools:
        """A x A: the rank intervals of the two do not overlap, so their order can be told."""
        found: Bools = (self.high[:, None] < self.low[None, :]) | (self.low[:, None] > self.high[None, :])
        return found


def compute(declared: Composite, values: Floats, lower: Floats, upper: Floats) -> Result:
    """Everything that is said about one composite.

    Args:
        values: A x P figures in the order of the declared parts; NaN where there is none.
        lower, upper: the limits of the 95 % interval that the publisher prints; NaN where it prints none.
    """
    posts = np.array([part.goalposts for part in declared.parts], dtype=float)
    weights = np.array(declared.weights())
    raw = (values - posts[:, 0]) / (posts[:, 1] - posts[:, 0])
    parts, there = np.clip(raw, 0, 1), np.isfinite(values)
    share = there @ weights
    rule = declared.missing
    enough = share >= (rule.at_least_share or 0) - 1e-9 if rule.min_parts is None else there.sum(1) >= rule.min_parts
    both = np.where(enough, means(parts, weights, declared.floor), np.nan)
    ranks = rank(both)
    dropped = np.array([_shift(both, means(np.delete(parts, p, 1), np.delete(weights, p), declared.floor))
                        for p in range(len(weights))])  # fmt: skip
    drawn = np.full((declared.uncertainty.draws, len(values)), np.nan)
    if enough.any():
        drawn[:, enough] = np.concatenate([*_draws(declared, values[enough], lower[enough], upper[enough])])
    third = max(1, int(enough.sum()) // 3)
    low, median, high = np.quantile(drawn, [LOW, 0.5, HIGH], axis=0, method="inverted_cdf")
    correlation, moves, complete = _influence(parts, weights, both[0])
    return Result(
        parts=parts, clipped=there & ((raw < 0) | (raw > 1)), share=share, arithmetic=both[0], geometric=both[1],
        floored=enough & (parts < declared.floor).any(1), ranks=ranks, median=median, low=low, high=high,
        top=np.where(enough, (drawn <= third).mean(0), np.nan),
        bottom=np.where(enough, (drawn >= enough.sum() + 1 - third).mean(0), np.nan),
        dropped=dropped, correlation=correlation, moves=moves, complete=complete,
    )


def means(parts: Floats, weights: Floats, floor: float) -> Floats:
    """2 x A: arithmetic and geometric mean over the parts that are there; NaN where none is."""
    there = np.isfinite(parts)
    with np.errstate(invalid="ignore"):
        of = weights * there
        of = of / of.sum(-1, keepdims=True)
        plain = (of * np.where(there, parts, 0)).sum(-1)
        product = np.exp((of * np.log(np.where(there, np.maximum(parts, floor), 1))).sum(-1))
    return np.stack([plain, product])


def rank(scores: Floats) -> Floats:
    """Along the last axis: 1 the highest, equals share the mean of their ranks, NaN where there is no score."""
    rounded = -np.round(scores, 12)  # what is equal but for the last bit is equal
    order = np.argsort(rounded, axis=-1, kind="stable")  # NaN last
    ordered = np.take_along_axis(rounded, order, -1)
    n = scores.shape[-1]
    place = np.broadcast_to(np.arange(n), scores.shape)
    new = np.ones(scores.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
    ends = np.ones(scores.shape, dtype=bool)
    ends[..., :-1] = new[..., 1:]
    last = np.flip(np.minimum.accumulate(np.flip(np.where(ends, place, n), -1), axis=-1), -1)
    found = np.empty(scores.shape)
    np.put_along_axis(found, order, (first + last) / 2 + 1, -1)
    return np.where(np.isfinite(scores), found, np.nan)


def _shift(both: Floats, left: Floats) -> Floats:
    """2 x A: how the ranks change, among the areas that still have a part."""
    still = np.isfinite(both) & np.isfinite(left)
    found: Floats = rank(np.where(still, left, np.nan)) - rank(np.where(still, both, np.nan))
    return found


def _draws(declared: Composite, values: Floats, lower: Floats, upper: Floats) -> Iterator[Floats]:
    """Ranks, some draws at a time: draws x A."""
    asked, weights = declared.uncertainty, np.array(declared.weights())
    posts = np.array([part.goalposts for part in declared.parts], dtype=float)
    span = posts[:, 1] - posts[:, 0]
    margin = np.array([part.margin for part in declared.parts], dtype=float)
    printed = np.isfinite(lower) & np.isfinite(upper)
    # in goalposts, and as the declared noise where nothing is printed; an interval need not be even on both sides
    centre = (values - posts[:, 0]) / span
    down = np.where(printed, values - lower, margin) / Z95 / span
    up = np.where(printed, upper - values, margin) / Z95 / span
    there = np.isfinite(values)
    whole, noisy = bool(there.all()), bool(((down != 0) | (up != 0))[there].any())
    chance = np.random.default_rng(asked.seed)
    ahead = asked.draws
    while ahead > 0:
        n = min(AT_ONCE, ahead)
        ahead -= n
        drawn = chance.dirichlet(asked.concentration * weights, n)
        moved = chance.uniform(-asked.goalposts, asked.goalposts, (n, len(weights), 2))
        geometric = chance.random(n) < 0.5
        figures = np.broadcast_to(centre, (n, *centre.shape))
        if noisy:
            z = chance.standard_normal((n, *centre.shape))
            figures = centre + np.where(z < 0, down, up) * z
        worst, best = moved[:, None, :, 0], 1 + moved[:, None, :, 1]
        parts = np.clip((figures - worst) / (best - worst), 0, 1)
        parts[geometric] = np.log(np.maximum(parts[geometric], declared.floor))
        if whole:
            score = np.matmul(parts, drawn[:, :, None])[..., 0]
        else:
            parts[:, ~there] = 0
            score = np.matmul(parts, drawn[:, :, None])[..., 0] / (drawn @ there.T)
        yield rank(score)  # the order of the logarithms is that of the means


def _influence(parts: Floats, weights: Floats, mean: Floats) -> tuple[Floats, Floats, int]:
    """Of each part: its correlation with the mean, and its share of the mean's variance; the areas with every part."""
    correlation = np.array([_pearson(column, mean) for column in parts.T])
    full = np.isfinite(parts).all(1) & np.isfinite(mean)
    variance = mean[full].var() if full.sum() > 2 else 0.0
    if variance < 1e-24:
        return correlation, np.full(len(weights), np.nan), int(full.sum())
    off = mean[full] - mean[full].mean()
    covariance = ((parts[full] - parts[full].mean(0)) * off[:, None]).mean(0)
    return correlation, weights * covariance / variance, int(full.sum())


def _pearson(x: Floats, y: Floats) -> Any:
    both = np.isfinite(x) & np.isfinite(y)
    if both.sum() < 3 or np.ptp(x[both]) < 1e-12 or np.ptp(y[both]) < 1e-12:
        return np.nan  # of what does not vary there is none
    return np.corrcoef(x[both], y[both])[0, 1]
