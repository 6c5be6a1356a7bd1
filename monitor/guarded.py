"""Say how recorded crime is read: the word, the sentence why, and what each companion shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.matrix import ROLES, Moved, Read, Way
from monitor.model import Indicator
from monitor.scorecard import Guarded
from monitor.words import Words


def say(
    words: Words, indicators: Mapping[str, Indicator], read: Read | None,
    number: Callable[[Indicator, float | None], str],
) -> Guarded | None:
    """The reading in a reader's words; None where there is none.

    Args:
        number: prints a value of an indicator.
    """
    if read is None:
        return None
    facts = [_role(words, indicators, role, [m for m in read.moves if m.role == role], number) for role in ROLES]
    return Guarded(read.reading, words(f"guard.reading.{read.reading}"), words(f"guard.why.{read.cell.why}"),
                   tuple(filter(None, facts)))


def _role(
    words: Words, indicators: Mapping[str, Indicator], role: str, moves: list[Moved],
    number: Callable[[Indicator, float | None], str],
) -> str:
    """One sentence for all companions of a role. What has no figure is left out where another serves instead."""
    if role in ("prevalence", "reporting") and any(m.period for m in moves):
        moves = [m for m in moves if m.period]
    told = [_fact(words, indicators.get(m.indicator), m, number) for m in moves]
    return words("guard.fact.all", role=words(f"guard.role.{role}"), told="; ".join(told)) if told else ""


def _fact(
    words: Words, indicator: Indicator | None, moved: Moved, number: Callable[[Indicator, float | None], str]
) -> str:
    if indicator is None:
        return words(f"guard.unknown.{moved.why}")
    base, value = number(indicator, moved.base), number(indicator, moved.value)
    when = {"base": base, "base_period": moved.base_period, "value": value, "period": moved.period}
    if moved.way is Way.UNKNOWN:
        what = words(f"guard.unknown.{moved.why}", **when)
    else:
        share = moved.role == "recorded"
        least = words.number(100 * moved.least, 0) if moved.least and share else words.number(
            moved.least, indicator.decimals)
        clear = "unclear" if moved.way is Way.SAME else "clear"
        way = "stayed" if moved.way is Way.SAME and base == value else moved.way
        what = words(f"guard.moved.{way}", ground=words(f"guard.ground.{moved.why}.{clear}", least=least), **when)
    return what if moved.role == "recorded" else words("guard.fact.one", title=indicator.title, what=what)
