"""Whether targets, baseline and limits of an indicator make sense together: a slip of a digit must not make a status.

A target beyond the natural limits cannot be meant, and would be met or missed by every figure. Two targets promised on
the same day for the same areas leave open which of them holds. A base year that is not over can never have a figure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor import period
from monitor.document import Location
from monitor.errors import UnreadableData
from monitor.model import Indicator


def problems(indicator: Indicator) -> Iterator[tuple[str, Location]]:
    """What is wrong, as a sentence and the steps to it."""
    low, high = indicator.bounds
    if low is not None and high is not None and low >= high:
        yield f"found [{low:g}, {high:g}], expected the lower limit first: [{high:g}, {low:g}].", ("bounds",)
        low = high = None
    newest: dict[tuple[str, ...], tuple[str, float, str]] = {}
    for n, target in enumerate(indicator.targets):
        try:
            announced = period.normalise(target.announced)
        except UnreadableData as problem:
            yield str(problem), ("targets", n, "announced")
            continue
        if period.end(target.period).year < period.year(announced):
            yield (f"found {target.period}, which is before the target was announced ({announced}).",
                   ("targets", n, "period"))
        whose = tuple(sorted(target.areas))
        before, value, due = newest.get(whose, ("", 0.0, ""))
        if announced < before:
            yield (f"found {announced}, but the target above is of {before}: add a newer target below.",
                   ("targets", n, "announced"))
        if (announced, target.period) == (before, due) and target.value != value:
            yield (f"found {target.value:g} for {due}, and {value:g} above for the same year, both announced {before}: "
                   "which of them holds? Leave one, or give each its own day.", ("targets", n, "value"))
        newest[whose] = announced, target.value, target.period
        if (low is not None and target.value < low) or (high is not None and target.value > high):
            span = f"{'any' if low is None else format(low, 'g')} to {'any' if high is None else format(high, 'g')}"
            yield (f"found {target.value:g}, which no figure can reach: the 'bounds' are {span}. Correct the target or "
                   "the bounds.", ("targets", n, "value"))
    base = indicator.baseline.period if indicator.baseline else ""
    for target in indicator.targets:
        if base and period.end(base) >= period.end(target.period):
            yield (f"found {base}, which is not before the target of {target.period}: no way would lead from it there.",
                   ("baseline", "period"))
            break
