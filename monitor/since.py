"""What changed since the edition before, area by area, and why: found out, kept as rows, told in sentences.

The edition before is the newest one beside the one being made that has an earlier cut-off date, is of the same
project, holds its data unaltered and covers the area. Its folder tells the figures, judgements and declarations of
then; `monitor.causes` tells why a judgement is another one.

What is called improved or worsened is a judgement that newer figures alone (or a date that has come) have changed.
One that is another because of a revision, target, method, declaration or program is told by that cause: nothing got
better or worse. What cannot be judged, such as an indicator that only gives context, never improves. Of a figure that
is withheld on either side no value is told.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import polars as pl

from monitor import causes
from monitor.causes import Cause, Pair
from monitor.changes import METHOD, TARGET, Side
from monitor.edition import safe_cell
from monitor.results import Status
from monitor.series import TOTAL

#: kinds of change in the order they are told
LISTED = ("improved", "worsened", "otherwise", "newly_measured", "newly_assessed", "no_longer_assessed",
          "no_longer_measured", "revised", "target", "method", "declaration", "program", "reason", "added",
          "dropped")  # fmt: skip
#: kinds that are only counted: the judgement is what it was
COUNTED = ("newer", "redeclared", "engine")
#: kinds that say how an edition was compared
COMPARED, FIRST, ABSENT = "compared", "first", "absent"
_RANK = {Status.BACKWARDS: 0, Status.NOT_MET: 1, Status.LIMITED: 1, Status.TOO_SLOW: 2, Status.ON_TRACK: 3,
         Status.ACHIEVED: 4}  # fmt: skip
#: where one of these is a cause, the change is called by it
_CALLED = {"program": "program", "method": "method", "target": "target", "declaration": "declaration",
           "revision": "revised"}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """One row of ``data/changes.csv``: one thing that is not as in the edition before. Days are ISO 8601."""

    ref_area: str
    kind: str  # of `LISTED` or `COUNTED`; or how the area was compared
    indicator: str = ""
    status_before: str = ""
    reason_before: str = ""
    status: str = ""
    reason: str = ""
    causes: str = ""  # of `causes.CAUSES`, with blanks between them
    how: str = ""  # alone, each, together, unsure
    period_before: str = ""
    value_before: float | None = None
    target_before: float | None = None
    period: str = ""
    value: float | None = None
    target: float | None = None
    revised: int = 0  # how many headline figures the publisher changed or took back; the newest of them:
    revised_period: str = ""
    revised_from: float | None = None
    revised_to: float | None = None  # None: taken back
    detail: str = ""  # keys declared otherwise; the title of what is gone; the name of the edition before
    retrieved_before: str = ""  # when the newest answer of then was fetched
    retrieved: str = ""


def differences(a: Side, b: Side) -> list[Difference]:
    """Everything that is not in ``b`` as it is in ``a``, by area and indicator, the kinds in their order."""
    areas = [code for code in b.areas if code in a.areas]
    then, now = a.declared["indicators"], b.declared["indicators"]
    kept = [key for key in now if key in then]
    a, b = (replace(s, cells=s.cells.filter(pl.col("ref_area").is_in(areas), pl.col("indicator").is_in(kept)))
            for s in (a, b))  # fmt: skip
    changed = causes.figures(a, b)
    one, other = _judged(a), _judged(b)
    pairs = {(i, c) for i in kept for c in areas if (i, c) in one and (i, c) in other}
    why = causes.explain(a, b, pairs, changed)
    figures: dict[Pair, list[dict[str, object]]] = {}
    for row in changed.sort("time_period").iter_rows(named=True):
        figures.setdefault((row["indicator"], row["ref_area"]), []).append(row)
    withheld = (pl.col("breakdown") == TOTAL) & (pl.col("obs_status") == "Q")
    hidden = {key for s in (a, b) for key in
              s.cells.filter(withheld).select("indicator", "ref_area", "time_period").iter_rows()}  # fmt: skip
    days = _days(a), _days(b)
    told = []
    for code in areas:
        mine = [Difference(code, "engine")] if a.engine != b.engine else []
        for key in kept:
            pair = (key, code)
            if pair not in pairs or {one[pair]["reason"], other[pair]["reason"]} == {"not_applicable"}:
                continue
            said = _said(pair, one[pair], other[pair], hidden, [each.get(pair, "") for each in days])
            names = [n for n in {**then[key], **now[key]} if then[key].get(n) != now[key].get(n)]
            mine += _of(said, why.get(pair), figures.get(pair, []), names)
        mine += [Difference(code, "added", key) for key in now if key not in then and
                 other.get((key, code), {}).get("reason", "not_applicable") != "not_applicable"]  # fmt: skip
        mine += [Difference(code, "dropped", key, detail=then[key]["title"]) for key in then if key not in now and
                 one.get((key, code), {}).get("reason", "not_applicable") != "not_applicable"]  # fmt: skip
        order = {kind: n for n, kind in enumerate((*LISTED, *COUNTED))}
        told += [Difference(code, COMPARED, detail=a.name, retrieved_before=a.as_of, retrieved=b.as_of),
                 *sorted(mine, key=lambda d: order[d.kind])]  # fmt: skip
    return told


def _judged(side: Side) -> dict[Pair, dict[str, str]]:
    return {(row["indicator"], row["ref_area"]): row for row in side.judged.iter_rows(named=True)}


def _days(side: Side) -> dict[Pair, str]:
    """When the newest answer behind the headline of each pair was fetched."""
    hashes = side.cells.filter(pl.col("breakdown") == TOTAL).group_by("indicator", "ref_area").agg(
        pl.col("snapshot").unique())
    return {(i, c): max((side.retrieved.get(h, "") for joined in each for h in joined.split("+")), default="")
            for i, c, each in hashes.iter_rows()}  # fmt: skip


def _said(
    pair: Pair, then: Mapping[str, str], now: Mapping[str, str], hidden: set[tuple[str, ...]], days: Sequence[str]
) -> Difference:
    """The judgements of then and now, without the kind of change; of what is withheld on either side no value."""
    def number(row: Mapping[str, str], name: str) -> float | None:
        told = (*pair, row["time_period"]) not in hidden or name == "target_value"
        return float(row[name]) if row[name] and told else None

    return Difference(
        pair[1], "", pair[0], then["status"], then["reason"], now["status"], now["reason"],
        period_before=then["time_period"], value_before=number(then, "value"),
        target_before=number(then, "target_value"), period=now["time_period"], value=number(now, "value"),
        target=number(now, "target_value"), retrieved_before=days[0], retrieved=days[1],
    )


def _of(
    said: Difference, why: Cause | None, figures: Sequence[Mapping[str, object]], declared: Sequence[str]
) -> Iterable[Difference]:
    """What there is to tell of one indicator in one area."""
    revised = [f for f in figures if f["cause"] == "revision" and f["obs_value"] != f["obs_value_now"]]
    if revised:
        last = revised[-1]
        said = replace(said, revised=len(revised), revised_period=str(last["time_period"]),
                       revised_from=last["obs_value"], revised_to=last["obs_value_now"])  # type: ignore[arg-type]
    detail = " ".join(declared)
    if why:
        yield replace(said, kind=_kind(said, why), causes=" ".join(why.names), how=why.how, detail=detail)
        return
    for kind, keys in (("target", TARGET), ("method", METHOD)):
        if these := [n for n in declared if n in keys]:
            yield replace(said, kind=kind, detail=" ".join(these))
    if revised:
        yield replace(said, kind="revised")
    elif any(f["cause"] == "new_data" for f in figures):
        yield replace(said, kind="newer")
    if any(n not in (*TARGET, *METHOD) for n in declared):
        yield replace(said, kind="redeclared", detail=detail)


def _kind(said: Difference, why: Cause) -> str:
    had, has = bool(said.period_before), bool(said.period)
    judged = said.status_before != Status.NOT_ASSESSED, said.status != Status.NOT_ASSESSED
    if all(judged):
        if {*why.names} <= {"new_data", "time"} and why.how != "unsure":
            then, now = _RANK[Status(said.status_before)], _RANK[Status(said.status)]
            return "improved" if now > then else "worsened" if now < then else "otherwise"
        called = [kind for cause, kind in _CALLED.items() if cause in why.names and why.how != "unsure"]
        return called[0] if called else "otherwise"
    if had != has:
        return "newly_measured" if has else "no_longer_measured"
    return "newly_assessed" if judged[1] else "no_longer_assessed" if judged[0] else "reason"


def as_csv(told: Iterable[Difference]) -> bytes:
    """``data/changes.csv``: one row for each difference."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f.name for f in fields(Difference)]
    writer.writerow(names)
    writer.writerows([safe_cell(getattr(one, n)) for n in names] for one in told)
    return out.getvalue().encode()


def from_csv(data: bytes) -> list[Difference]:
    """The differences that `as_csv` wrote."""
    kinds = {f.name: f.type for f in fields(Difference)}

    def value(name: str, text: str) -> str | int | float | None:
        if kinds[name] == "str":
            return text[1:] if text.startswith("'") and text[1:2] in ("=", "+", "-", "@") else text
        return int(text) if kinds[name] == "int" else float(text) if text else None

    rows = csv.DictReader(io.StringIO(data.decode()))
    return [Difference(**{n: value(n, text) for n, text in row.items()}) for row in rows]  # type: ignore[arg-type]


def counted(told: Iterable[Difference]) -> Counter[str]:
    """How many differences of each kind."""
    return Counter(one.kind for one in told)
