"""Why a status is what it is: how near another one was (`monitor.flips`), between which cut-offs of the method the
measured number lies, and what every other published method says of the same figures, target and gates.

Other methods are asked where their own ``fits`` says they can judge the indicator. They are told nothing but the
declaration: no options, which are each method's own. So a method that cannot do without options is not asked. Of a yes
or no none is: there is one rule for it, which every method that takes it uses.

Where more than the method decided a status (the reading matrix of recorded crime, for instance) there is no Reasoning:
a flip of the method would tell nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from monitor import judge, plugins
from monitor.flips import flips
from monitor.methods import statcan
from monitor.methods._points import SIGN
from monitor.methods._scale import TOLERANCE, Step
from monitor.model import Indicator
from monitor.results import Assessment, Cutoff, Opinion, Reason, Reasoning, Status
from monitor.series import Series

#: from the best to the worst, as far as one is better than another
ORDER = (Status.ACHIEVED, Status.ON_TRACK, Status.TOO_SLOW, Status.LIMITED, Status.NOT_MET, Status.BACKWARDS)
#: asks whether a bar is reached by now, and not how figures move towards it
OTHER_QUESTION = ("binary",)
Pair = tuple[str, str]


def reasonings(
    indicators: Mapping[str, Indicator], series: Series, assessments: Sequence[Assessment], as_of: date
) -> dict[Pair, Reasoning]:
    """(indicator, area) -> the Reasoning, for every pair that has a status.

    Args:
        series: what was judged by, without what failed a check.
    """
    judged = [a for a in assessments if a.reason is None]
    if not judged:
        return {}
    pairs = pl.DataFrame([(a.indicator, a.ref_area) for a in judged], orient="row",
                         schema=dict.fromkeys(("indicator", "ref_area"), pl.String))
    used = judge.usable(Series(series.frame.join(pairs, on=["indicator", "ref_area"], how="semi")), as_of)
    told = {i: indicators[i] for i in dict.fromkeys(a.indicator for a in judged)}
    alone = {(i, area): status for i, area, status in judge.again(told, used, as_of).select(
        "indicator", "ref_area", "status").iter_rows()}
    judged = [a for a in judged if alone.get((a.indicator, a.ref_area)) == a.status]
    moves, others = flips(told, used, judged, as_of), opinions(told, used, as_of)
    found = {}
    for a in judged:
        limit, higher, lower, share_of, grain = moves[a.indicator, a.ref_area]
        found[a.indicator, a.ref_area] = Reasoning(
            a.indicator, a.ref_area, higher, lower, limit, cutoff(indicators[a.indicator], a),
            () if at_limit(indicators[a.indicator], a) else tuple(others.get((a.indicator, a.ref_area), ())),
            share_of, grain)
    return found


def at_limit(indicator: Indicator, a: Assessment) -> bool:
    """Achieved without a target: the figure stands at its natural limit, which the other methods do not know of."""
    return a.status is Status.ACHIEVED and a.target_value is None and indicator.scale != "binary"


def opinions(indicators: Mapping[str, Indicator], used: Series, as_of: date) -> dict[Pair, list[Opinion]]:
    """What each other method that fits an indicator says of it, in the order of the methods' names."""
    found: dict[Pair, list[Opinion]] = {}
    for name in plugins.names("methods"):
        fits = getattr(plugins.module("methods", name), "fits", lambda one: "it does not say what it fits")
        asked = {key: bare for key, one in indicators.items() if name not in (one.method, *OTHER_QUESTION)
                 and one.scale != "binary"
                 and not fits(bare := one.model_copy(update={"method": name, "method_options": {}}))}
        if not asked:
            continue
        theirs = used.frame.filter(pl.col("indicator").is_in([*asked]))
        for row in judge.again(asked, Series(theirs), as_of).iter_rows(named=True):
            found.setdefault((row["indicator"], row["ref_area"]), []).append(Opinion(
                name, Status(row["status"]), Reason(row["reason"]) if row["reason"] else None, row["word"]))
    return found


def cutoff(indicator: Indicator, a: Assessment) -> Cutoff | None:
    """The number that decided, and the cut-offs next to it; nothing where something else did (a met target, a cap)."""
    if a.status is Status.ACHIEVED:
        return None
    way = SIGN.get(indicator.direction) or -1
    known = {
        "ratio": a.ratio, "rate": None if a.rate is None or a.target_value is not None else way * a.rate,
        "anticipated progress": None if a.ratio is None else 10 * a.ratio,
        "chance of meeting the target": a.probability if a.target_value is not None else None,
        "chance that the change is fast enough": a.probability if a.target_value is None else None,
    }
    rule = getattr(plugins.module("methods", indicator.method), "THRESHOLDS", {})
    for measure, steps in rule.items():
        value = known.get(measure)
        if value is None:
            continue
        ease = _eased(indicator, a) if measure == "rate" and indicator.method == "statcan" else 1.0
        at = next(n for n, each in enumerate(steps) if value >= each.least * ease - TOLERANCE or each is steps[-1])
        if steps[at].status == a.status:
            better, worse = _around(steps, at)
            return Cutoff(measure, value, better and better * ease, worse and worse * ease)
    return None


def _around(steps: Sequence[Step], at: int) -> tuple[float | None, float | None]:
    """The cut-offs to another status above and below a step."""
    status = steps[at].status
    above = next((each.least for each in reversed(steps[:at]) if each.status != status), None)
    below = next((n for n in range(at, len(steps)) if steps[n].status != status), None)
    return above, None if below is None else steps[below - 1].least


def _eased(indicator: Indicator, a: Assessment) -> float:
    """How much the cut-offs without a target are eased near a natural limit."""
    low, high = indicator.bounds
    way = SIGN.get(indicator.direction) or -1
    linear = indicator.scale == "difference" or (low is not None and low < 0)
    row = pl.DataFrame({"y": [a.base_value], "limit": [high if way > 0 else low], "way": [way], "linear": [linear]},
                       schema={"y": pl.Float64, "limit": pl.Float64, "way": pl.Int64, "linear": pl.Boolean})
    factor = statcan.limit_factor(pl.col("y"), pl.col("limit"), pl.col("way"), pl.col("linear"))
    return float(row.select(factor).item())
