"""One indicator in one area, put into words: figures as printed, the sentence, the chart's message, the sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

import polars as pl

from monitor import area, guarded, ruptures
from monitor.evidence import Evidence
from monitor.gap_text import Teller
from monitor.gaps import Spread
from monitor.methods._points import SIGN
from monitor.methods._scale import ZERO_SHARE
from monitor.model import Direction, Indicator
from monitor.period import decimal_year
from monitor.project import Project
from monitor.results import Assessment, Finding, Level, Reason, Reasoning, Snapshot, Status
from monitor.scorecard import Citation, Gap, Line, Point
from monitor.series import MISSING, TOTAL, UNFINISHED, Series
from monitor.told import Aside, Figure
from monitor.why import Case, fragile, sentences
from monitor.words import Words

#: fewer members of a group than this give no comparison line
GROUP_LEAST = 5
#: so many areas are named of those that an indicator is only for
NAMED = 4
#: period, t, value, obs_status, lower and upper bound
_Seen = tuple[str, float, float | None, str, float | None, float | None]


class Observations:
    """Observations by indicator and area, ordered by time, for quick look-up while composing."""

    def __init__(self, series: Series, areas: Sequence[str]) -> None:
        self.headline: dict[tuple[str, str], list[_Seen]] = {}
        self.broken_down: dict[tuple[str, str], dict[str, _Seen]] = {}
        self.latest_snapshot: dict[str, str] = {}
        # a year of which only some months are in is no figure of that year: the data hold it, no page prints it
        whole = series.frame.filter(~pl.col("comment_obs").fill_null("").str.contains(UNFINISHED))
        frame = whole.with_columns(decimal_year().alias("t")).sort("time_period")
        columns = ["indicator", "ref_area", "time_period", "t", "obs_value", "obs_status", "lower_bound", "upper_bound"]
        for i, a, *seen in frame.filter(breakdown=TOTAL).select(columns).iter_rows():
            self.headline.setdefault((i, a), []).append(tuple(seen))
        parts = frame.filter((pl.col("breakdown") != TOTAL) & pl.col("ref_area").is_in(list(areas)))
        for i, a, b, *seen in parts.select("indicator", "ref_area", "breakdown", *columns[2:]).iter_rows():
            self.broken_down.setdefault((i, a), {})[b] = tuple(seen)  # the last one stands

    def group(self, indicator: str, group: str, but: str) -> tuple[list[_Seen], int]:
        """A group as its publisher gives it (0), else the median of its members with the least number of them."""
        if published := self.headline.get((indicator, group)):
            return published, 0
        values: dict[tuple[str, float], list[float]] = {}
        for member in area.members(group):
            for when, t, value, *_ in self.headline.get((indicator, member), []):
                if value is not None and member != but:
                    values.setdefault((when, t), []).append(value)
        enough = {k: v for k, v in sorted(values.items()) if len(v) >= GROUP_LEAST}
        medians: list[_Seen] = [(w, t, median(v), "A", None, None) for (w, t), v in enough.items()]
        return medians, min(map(len, enough.values()), default=0)


def objective(project: Project, words: Words, number: int) -> str:
    """The title of an objective of the Compact, marked where nobody compared it with the resolution."""
    title = project.gcm[number]
    return words("account.title_unconfirmed", title=title) if number in project.unconfirmed_titles else title


def printed(words: Words, indicator: Indicator, value: float | None) -> str:
    """A value as printed: yes and no for binary ones, a per cent sign that cannot part from its number."""
    if value is None:
        return "–"
    if indicator.scale == "binary":
        return words("figure.yes" if value else "figure.no")
    text = words.number(value, indicator.decimals)
    return words("figure.percent", n=text) if indicator.scale == "percent" else text


class Sayer:
    """Says one indicator in one area, in one language."""

    def __init__(
        self, project: Project, words: Words, evidence: Evidence, findings: Sequence[Finding], seen: Observations,
        reasonings: Mapping[tuple[str, str], Reasoning] = {},
    ) -> None:
        self.project, self.words, self.evidence, self.seen = project, words, evidence, seen
        self.reasonings = reasonings
        self.gaps: dict[tuple[str, str], list[Spread]] = {}
        for gap in evidence.gaps:
            self.gaps.setdefault((gap.indicator, gap.ref_area), []).append(gap)
        self.found: dict[str, list[Finding]] = {}
        for finding in findings:
            self.found.setdefault(finding.indicator, []).append(finding)
        self._asks = {a.id: a.text for r in project.recommendations.values() for a in r.asks}
        self._citations: dict[str, tuple[Citation, ...]] = {}

    def line(self, indicator: Indicator, judged: Assessment) -> Line:
        words, code = self.words, judged.ref_area
        points = tuple(
            Point(when, t, value, self.number(indicator, value), flag,
                  words(f"flag.{flag}") if flag != "A" else "", lower, upper)
            for when, t, value, flag, lower, upper in self.seen.headline.get((indicator.id, code), [])
        )
        shown = [p for p in points if p.value is not None]
        latest = self._figure(indicator, judged.value, judged.time_period)
        base = self._figure(indicator, judged.base_value, judged.base_period)
        target = self._figure(indicator, judged.target_value, judged.target_period)
        reason_text = words(f"reason.{judged.reason}") if judged.reason else ""
        if judged.reason in (Reason.NEEDS_REGISTER, Reason.AWAITING_SOURCE) and indicator.missing_note:
            reason_text = f"{reason_text}. {indicator.missing_note}"
        if judged.reason is Reason.SUPERSEDED:
            reason_text = f"{reason_text}: {self._superseded(indicator, judged)}"
        if judged.reason is Reason.NOT_APPLICABLE and (why := self.outside(indicator, code)):
            reason_text = f"{reason_text}: {why}"
        comparison, group_points = self._comparison(indicator, code)
        compared = self._compared(indicator, code, shown, comparison, group_points)
        case = Case(words, indicator, judged, self.reasonings.get((indicator.id, code)),
                    {key: self.project.indicators[key].title for key in indicator.companions
                     if key in self.project.indicators})
        return Line(
            id=indicator.id, title=indicator.title, definition=indicator.definition, kind=indicator.kind,
            kind_text=words(f"kind.{indicator.kind}"), added_by=indicator.added_by,
            asks=tuple(self._asks[a] for a in indicator.answers if a in self._asks), unit=indicator.unit,
            direction=indicator.direction, direction_text=words(f"direction.{indicator.direction}"),
            status=judged.status, status_text=self._status_text(indicator, judged), reason=judged.reason or "",
            reason_text=reason_text, sentence=self._sentence(indicator, judged, latest, base, target),
            grade=judged.grade, grade_text=words(f"grade.{judged.grade}") if judged.grade else "",
            grade_why=tuple(words(f"grade.why.{one.split()[0]}") for one in judged.grade_why.split(", ") if one),
            latest=latest, base=base, target=target, target_text=self._target_text(indicator, code),
            guarded=guarded.say(
                words, self.project.indicators, self.evidence.readings.get((indicator.id, code)), self.number),
            comparison=comparison, comparison_text=compared,
            gaps=self._gaps(indicator, judged, shown), reading=indicator.reading, method=judged.method,
            method_text=words(f"method.{judged.method}") if judged.method and judged.reason is None else "",
            pace=self._pace(judged), points=points, group_points=group_points,
            breakdowns=self._breakdowns(indicator, code), notes=self._notes(indicator, judged),
            caveats=(*indicator.caveats, *self._unconfirmed(indicator)), purpose=indicator.purpose,
            do_no_harm=indicator.do_no_harm,
            citations=self.citations(indicator) if shown else (),
            gcm=tuple(f"{g} {objective(self.project, words, g)}" for g in indicator.gcm), sdg=tuple(indicator.sdg),
            bounds=indicator.bounds, chart_title=self._chart_title(indicator, shown),
            chart_text=self._chart_text(indicator, shown), why=sentences(case), fragile=fragile(case),
        )

    def outside(self, indicator: Indicator, code: str) -> str:
        """Why an indicator is not meant for an area, in a reader's words; "" where it is."""
        words, roles = self.words, self.project.roles.get(code, [])
        if indicator.applies(code, roles):
            return ""
        if not indicator.covers(code):
            known = [words(f"outside.{a}") if words.has(f"outside.{a}") else self.project.area_name(a, words)
                     for a in indicator.applies_to]
            if (more := len(known) - NAMED) > 1:
                known[NAMED:] = [words("outside.more", n=more)]
            return words("outside.area", areas=words.listed(known))
        wanted, held = ([words(f"role.{r}") for r in dict.fromkeys(of)] for of in (indicator.applies_to_roles, roles))
        basis = "; ".join(role.grounds for role in self.project.places[code].roles)
        return words(f"outside.role.{area.kind(code)}", wanted=words.listed(wanted, "or"), roles=words.listed(held),
                     area=self.project.area_name(code, words), basis=basis)

    def aside(self, code: str) -> tuple[Aside, ...]:
        """The figures of an area that failed a check, with the reason."""
        columns = ["indicator", "time_period", "obs_value", "breakdown", "reason"]
        mine = self.evidence.aside.filter(ref_area=code).sort("indicator", "breakdown", "time_period")
        return tuple(
            Aside(key, one.title, Figure(self.number(one, value), when, value,
                                         "" if part == TOTAL else self.breakdown_label(part)), reason)
            for key, when, value, part, reason in mine.select(columns).iter_rows()
            if (one := self.project.indicators.get(key))
        )

    def _unconfirmed(self, indicator: Indicator) -> tuple[str, ...]:
        """What the declaration says on somebody else's word, marked as such."""
        return tuple(self.words("sentence.unconfirmed_fact", text=text) for text in indicator.unconfirmed)

    def number(self, indicator: Indicator, value: float | None) -> str:
        return printed(self.words, indicator, value)

    def _status_text(self, indicator: Indicator, judged: Assessment) -> str:
        """The word on the chip: a law is in place or not, and where no number was promised no target is met."""
        kind = "status_yes_no" if indicator.scale == "binary" else "status"
        if kind == "status" and judged.target_value is None:
            kind = "status_free"
        own = f"{kind}.{judged.status}"
        return self.words(own if self.words.has(own) else f"status.{judged.status}")

    def _figure(self, indicator: Indicator, value: float | None, when: str | None) -> Figure | None:
        return None if value is None else Figure(self.number(indicator, value), when or "", value)

    def _target_text(self, indicator: Indicator, code: str) -> str:
        target = indicator.target_for(code)
        if target is None:
            return indicator.no_target
        value = self.number(indicator, target.value)
        text = self.words("sentence.promise", value=value, period=target.period, citation=target.citation)
        earlier = [t for t in indicator.targets if t is not target and (t.areas == target.areas)]
        moved = [
            self.words("sentence.promise_was", value=self.number(indicator, t.value), period=t.period) for t in earlier
        ]
        return " ".join([text, *moved])

    def _pace(self, judged: Assessment) -> str:
        if judged.ratio is None or judged.reason is not None or judged.status is Status.ACHIEVED:
            return ""
        return self.words("sentence.pace", pace=self.words.number(100 * judged.ratio, 0))

    def _sentence(
        self, indicator: Indicator, judged: Assessment, latest: Figure | None, base: Figure | None,
        target: Figure | None,
    ) -> str:
        say, name = self.words, self.project.area_name(judged.ref_area, self.words)
        if latest is None:
            return say("sentence.nothing", area=name, reason=say(f"reason.{judged.reason}"))
        said = []
        if indicator.scale == "binary":
            day = indicator.moment(latest.period)
            said.append(say(f"sentence.binary.{'yes' if latest.value else 'no'}{'_on' if day else ''}",
                            period=say.day(day) if day else latest.period))
        elif base and base.period != latest.period and base.value is not None and latest.value is not None:
            way = "same" if base.text == latest.text else "up" if latest.value > base.value else "down"
            said.append(say(f"sentence.change.{way}", value=latest.text, period=latest.period, base=base.text,
                            base_period=base.period))
        else:
            said.append(say("sentence.single", value=latest.text, period=latest.period))
        if judged.status is Status.NOT_ASSESSED:
            why = say(f"reason.{judged.reason}")
            if judged.reason is Reason.SUPERSEDED:
                why = self._superseded(indicator, judged)
            said.append(say("sentence.unjudged", reason=why))
        elif indicator.scale != "binary":
            kind = "target" if target else "free"
            still = kind == "free" and judged.rate == 0 and judged.status is Status.LIMITED
            key = f"sentence.{kind}.{'unchanged' if still else judged.status}"
            said.append(say(key, target=target.text if target else "", year=target.period if target else ""))
        if indicator.direction is Direction.AMBIGUOUS and indicator.reading:
            said.append(indicator.reading)
        return " ".join(said)

    def _superseded(self, indicator: Indicator, judged: Assessment) -> str:
        """What happened after the newest figure, when, and what day or period that figure is of."""
        when = judged.time_period or ""
        event, day = indicator.event(judged.ref_area, when), indicator.moment(when)
        if event is None:
            return ""
        source = event.source if event.confidence == "V" else self.words("sentence.unconfirmed", text=event.source)
        return self.words("sentence.superseded", what=event.what, on=self.words.day(event.on), source=source,
                          of=self.words.day(day) if day else when)

    def _comparison(self, indicator: Indicator, code: str) -> tuple[Figure | None, tuple[Point, ...]]:
        """The nearest group that has figures: the EU for its members, else the M49 region round the country."""
        if not indicator.comparable or indicator.scale in ("count", "binary"):
            return None, ()
        for group in area.comparison_groups(code):
            seen, members = self.seen.group(indicator.id, group, code)
            if seen := [s for s in seen if s[2] is not None]:
                break
        else:
            return None, ()
        name = self.words.area(group)
        label = self.words("sentence.group.median", group=name, n=members) if members else name
        when, _, value, *_ = seen[-1]
        points = tuple(Point(w, t, v, self.number(indicator, v), f) for w, t, v, f, *_ in seen)
        return Figure(self.number(indicator, value), when, value, label), points

    def _compared(
        self, indicator: Indicator, code: str, shown: Sequence[Point], group: Figure | None, points: Sequence[Point]
    ) -> str:
        """How far the area is from its group in the newest period that both have; "" where they never meet."""
        own = {p.period: p for p in shown if p.flag != "F"}
        both = [(own[p.period], p) for p in points if p.period in own]
        if group is None or not both:
            return ""
        mine, theirs = both[-1]
        difference = (mine.value or 0) - (theirs.value or 0)
        way = "same" if mine.text == theirs.text else "higher" if difference > 0 else "lower"
        return self.words(f"sentence.group.{way}", group=group.label, value=theirs.text, period=theirs.period,
                          area=self.project.area_name(code, self.words), own=mine.text,
                          difference=self._teller(indicator).unit(difference))

    def _teller(self, indicator: Indicator) -> Teller:
        return Teller(self.words, indicator, self.number, self.breakdown_label, self._status_text)

    def _gaps(self, indicator: Indicator, judged: Assessment, shown: Sequence[Point]) -> tuple[Gap, ...]:
        wholes = {p.period: p.value for p in shown if p.value is not None}
        told = (self._teller(indicator).gap(one, judged, wholes)
                for one in self.gaps.get((indicator.id, judged.ref_area), ()))
        return tuple(gap for gap in told if gap)

    def _breakdowns(self, indicator: Indicator, code: str) -> tuple[Figure, ...]:
        return tuple(
            Figure(self.words("flag.Q") if flag == "Q" else self.number(indicator, value), when, value,
                   self.breakdown_label(name))
            for name, (when, _, value, flag, *_) in sorted(self.seen.broken_down.get((indicator.id, code), {}).items())
            if value is not None or flag in MISSING
        )

    def breakdown_label(self, name: str) -> str:
        labels = []
        for part in name.split(";"):
            dim, _, value = part.partition("=")
            key = f"breakdown.{dim}.{value}"
            labels.append(self.words(key) if self.words.has(key) else value.replace("_", " ").lower())
        return ", ".join(labels)

    def _notes(self, indicator: Indicator, judged: Assessment) -> tuple[str, ...]:
        """The method's word on an edge case, then what the checks found on this area or on all."""
        own = [self.words(f"sentence.note.{judged.note}", **self._met(indicator, judged))] if judged.note else []
        own += ruptures.said(self.words, indicator, judged)
        mine = [
            f"{f.message} {self.words('sentence.aside')}" if f.cells else f.message
            for f in self.found.get(indicator.id, [])
            if f.ref_area in ("", judged.ref_area) and f.level is not Level.NOTE
            and f.check != "source"  # said once in the banner, and with the source
        ]
        return tuple(dict.fromkeys(own + mine))

    def _met(self, indicator: Indicator, judged: Assessment) -> dict[str, str]:
        """The last figure before the newest that met the target, for the note that it was met and lost."""
        goal, way = judged.target_value, SIGN.get(indicator.direction) or 0
        if judged.note != "met_between" or goal is None:
            return {}
        met = [(when, value) for when, _, value, flag, *_ in self.seen.headline.get((indicator.id, judged.ref_area), [])
               if value is not None and flag != "F" and (judged.base_period or "") < when < (judged.time_period or "")
               and (way * (value - goal) >= 0 if way else abs(value - goal) <= ZERO_SHARE * abs(goal))]
        when, value = met[-1] if met else ("", None)
        return {"period": when, "value": self.number(indicator, value)}

    def citations(self, indicator: Indicator) -> tuple[Citation, ...]:
        """The answers an indicator was read from, with all that is needed to walk back to the bytes."""
        if indicator.id not in self._citations and indicator.data:
            wanted = dict.fromkeys((p.source, p.series) for p in self.project.selections(indicator))
            self._citations[indicator.id] = tuple(
                self._citation(*key) for key in wanted if key in self.evidence.snapshots
            )
        return self._citations.get(indicator.id, ())

    def _citation(self, source_id: str, series: str) -> Citation:
        source, snapshot = self.project.sources[source_id], self.evidence.snapshots[(source_id, series)]
        retrieved = self.words.day(date.fromisoformat(snapshot.retrieved[:10])) if snapshot.retrieved else ""
        licence = snapshot.licence or source.licence.name
        if not source.licence.confirmed and "unconfirmed" not in licence:
            licence = self.words("sentence.unconfirmed", text=licence)
        return Citation(
            source=source_id, publisher=snapshot.publisher or source.publisher, official=source.official, series=series,
            title=source.series[series].title,
            citation=source.citation.format_map({"series": series, "retrieved": retrieved, "url": snapshot.url}),
            url=snapshot.url or source.homepage, retrieved=retrieved, sha256=snapshot.sha256, licence=licence,
            origin=snapshot.origin, came_from=snapshot.came_from, came_from_sha256=snapshot.came_from_sha256,
            stale=f"{self._unasked(snapshot, retrieved)} {snapshot.damage}".strip(),
        )

    def _unasked(self, snapshot: Snapshot, retrieved: str) -> str:
        """That the publisher gave no usable answer, and how old the figures are that serve; "" where it did."""
        if not (snapshot.asked and snapshot.retrieved):
            return ""
        asked = date.fromisoformat(snapshot.asked)
        days = (asked - date.fromisoformat(snapshot.retrieved[:10])).days
        return self.words.count("sentence.unasked", days, asked=self.words.day(asked), retrieved=retrieved)

    def _chart_title(self, indicator: Indicator, shown: Sequence[Point]) -> str:
        if not shown:
            return ""
        shown = _comparable(shown)
        first, last = shown[0], shown[-1]
        key = "one" if len(shown) == 1 else "many" if len({p.value for p in shown}) > 1 else "flat"
        return self.words(f"sentence.chart.{key}", title=indicator.title, first=first.text, first_period=first.period,
                          last=last.text, last_period=last.period)

    def _chart_text(self, indicator: Indicator, shown: Sequence[Point]) -> str:
        if not shown:
            return ""
        earlier = len(shown) - len(shown := _comparable(shown))
        low = min(shown, key=lambda p: p.value or 0)
        high = max(shown, key=lambda p: p.value or 0)
        said = self.words("sentence.chart.text", unit=indicator.unit, n=len(shown), first_period=shown[0].period,
                          last_period=shown[-1].period, low=low.text, low_period=low.period, high=high.text,
                          high_period=high.period, last=shown[-1].text)
        before = [self.words.count("sentence.chart.before", earlier, period=shown[0].period)] if earlier else []
        return " ".join([said, *before])


def _comparable(shown: Sequence[Point]) -> Sequence[Point]:
    """The points from the last break in the series on."""
    return shown[max((n for n, p in enumerate(shown) if p.flag == "B"), default=0):]
