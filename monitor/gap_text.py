"""Gaps between groups in a reader's words: who is worst off, by how much, whether that grows, how each is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.gaps import Member, Spread, Trend
from monitor.model import Indicator
from monitor.results import Assessment, Status
from monitor.scorecard import Gap, Part
from monitor.told import Figure
from monitor.words import Words

#: scales on which a difference has the unit of the figures, and how many times as high says something too
TIMES = ("rate", "money", "duration", "ratio")


@dataclass(frozen=True)
class Teller:
    """Tells the gaps of one indicator in one area."""

    words: Words
    indicator: Indicator
    number: Callable[[Indicator, float | None], str]  # a figure as printed
    label: Callable[[str], str]  # a breakdown's name
    status_text: Callable[[Indicator, Assessment], str]

    def gap(self, one: Spread, whole: Assessment, wholes: Mapping[str, float]) -> Gap | None:
        """One dimension; nothing where there is neither a comparison nor a judgement.

        Args:
            wholes: period -> figure of all.
        """
        compared = [m for m in one.members if m.value is not None]
        sentences = self._sentences(one, compared) if compared else ()
        judged = [a for a in (whole, *one.assessments) if a.status is not Status.NOT_ASSESSED]
        parts = self._parts(one, compared, whole, wholes) if judged and one.assessments else ()
        if not sentences and not parts:
            return None
        worst = self._named(one, [m for m in compared if m.place == "worst"])
        trend = compared[0].trend if compared and self._course(one, compared) else None
        return Gap(
            dimension=self._dimension(one.dimension), worst=worst, sentences=sentences, trend=trend or "",
            trend_text=self.words(f"gap.trend_name.{trend}") if trend else "", parts=parts,
        )

    def _near(self, one: Spread, first: Member) -> bool:
        """Are the groups nearer to each other than what counts as a change, and not equal? Nobody is worst off then."""
        return one.ranked and bool(first.gap) and abs(first.gap or 0) < one.tolerance

    def _course(self, one: Spread, compared: Sequence[Member]) -> bool:
        """Is there a gap whose course can be told?"""
        first = compared[0]
        return first.gap is not None and bool(first.place or len(compared) == 1 or self._near(one, first))

    def unit(self, size: float) -> str:
        """The size of a difference with what it is counted in."""
        i = self.indicator
        text = self.words.number(abs(size), i.decimals)
        if i.scale == "percent" or (i.scale == "difference" and i.bounds == (-100, 100)):
            return self.words("gap.points", n=text)
        return f"{text} {i.unit}" if i.scale in TIMES else text

    def _dimension(self, name: str) -> str:
        key = f"gap.dimension.{name}"
        return self.words(key) if self.words.has(key) else name.replace("_", " ")

    def _name(self, one: Spread, code: str) -> str:
        return self.label(f"{one.dimension}={code}")

    def _named(self, one: Spread, members: Sequence[Member]) -> str:
        return self.words.listed([self._name(one, m.group) for m in members])

    def _sentences(self, one: Spread, compared: Sequence[Member]) -> tuple[str, ...]:
        say, first, last = self.words, compared[0], compared[-1]
        top = [m for m in compared if m.place in ("worst", "highest")]
        low = [m for m in compared if m.place in ("best", "lowest")]
        if len(compared) == 1 and first.whole is not None and first.gap is not None:
            way = "same" if not first.gap else ("worse" if first.gap > 0 else "better") if one.ranked else (
                "higher" if first.gap > 0 else "lower")
            said = [say(f"gap.single.{way}", group=self._name(one, first.group), value=self._value(first.value),
                        whole=self._value(first.whole), period=first.period, gap=self.unit(first.gap))]
        elif not top and self._near(one, first):
            said = [say("gap.near", worst=self._name(one, first.group), value=self._value(first.value),
                        period=first.period, best=self._name(one, last.group), best_value=self._value(last.value),
                        tolerance=self.unit(one.tolerance))]
        elif not top or first.gap is None:
            said = [say("gap.equal" if one.ranked else "gap.same", groups=self._named(one, compared),
                        period=first.period)]
        else:
            said = [say("gap.worst" if one.ranked else "gap.spread", worst=self._named(one, top),
                        value=self._value(first.value), period=first.period, gap=self.unit(first.gap),
                        best=self._named(one, low), best_value=self._value(last.value), times=self._times(first, last))]
            if one.ranked and first.whole is not None and first.value is not None:
                said.append(say("gap.whole", whole=self._value(first.whole),
                                gap=self.unit(first.value - first.whole)))
        if self._course(one, compared):
            said += self._trend(one, first)
        if weak := [m for m in compared if m.obs_status == "U"]:
            said.append(say("gap.weak", groups=self._named(one, weak)))
        for key, codes in (("withheld", one.withheld), ("absent", one.absent)):
            if codes:
                said.append(say(f"gap.{key}", groups=say.listed([self._name(one, c) for c in codes])))
        return tuple(said)

    def _value(self, value: float | None) -> str:
        return self.number(self.indicator, value)

    def _times(self, first: Member, last: Member) -> str:
        a, b = first.value, last.value
        if self.indicator.scale not in TIMES or a is None or b is None or min(a, b) <= 0:
            return ""
        return self.words("gap.times", n=self.words.number(max(a, b) / min(a, b), 1))

    def _trend(self, one: Spread, first: Member) -> list[str]:
        say = self.words
        base = "" if first.gap_base is None else self.unit(first.gap_base)
        if first.gap_base is not None and first.gap_base < 0 < (first.gap or 0):
            base = say("gap.other_way", gap=base)
        if first.trend is not Trend.CANNOT_TELL:
            return [say(f"gap.trend.{first.trend}", base=base, base_period=first.base_period,
                        tolerance=self.unit(one.tolerance), group=self._name(one, first.group))]
        why = say(f"gap.why.{first.why}") if first.why == "withheld" else say.count(
            f"gap.why.{first.why}", first.points, needed=say.number(one.needed, 0))
        known = [say("gap.was", base=base, base_period=first.base_period)] if base and first.points > 1 else []
        return [*known, say("gap.trend.cannot_tell", why=why)]

    def _parts(
        self, one: Spread, compared: Sequence[Member], whole: Assessment, wholes: Mapping[str, float]
    ) -> tuple[Part, ...]:
        """All together, then every group: its figure and its status by the target and the rule of all."""
        when = compared[0].period if compared else whole.time_period or ""
        every = wholes.get(when)
        by_group = dict(zip([m.group for m in one.members if m.status], one.assessments, strict=True))
        rows = [Part(self.words("gap.all"), self._figure(every, when), "", *self._status(whole))]
        for m in one.members:
            if judged := by_group.get(m.group):
                value, period = (m.value, m.period) if m.period else (judged.value, judged.time_period or "")
                gap = "" if m.gap is None else self.unit(m.gap)
                rows.append(Part(self._name(one, m.group), self._figure(value, period), gap, *self._status(judged)))
        return tuple(rows)

    def _figure(self, value: float | None, when: str) -> Figure | None:
        return None if value is None else Figure(self._value(value), when, value)

    def _status(self, judged: Assessment) -> tuple[str, str, str]:
        reason = self.words(f"reason.{judged.reason}") if judged.reason else ""
        return judged.status, self.status_text(self.indicator, judged), reason
