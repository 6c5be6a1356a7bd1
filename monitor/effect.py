"""What rows added to a register would change: the judgements before and after, on the scorecards they touch."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor import area, run
from monitor.project import Project
from monitor.registers import Register
from monitor.results import Assessment, Reason

#: indicator, area, before, after
Change = tuple[str, str, str, str]


def readers(project: Project, register: Register) -> list[str]:
    """The indicators that read a register, under its own name or through a source of its file."""
    names = {name for name, source in project.sources.items() if source.file == register.file}
    return [
        i.id for i in project.indicators.values() if any(p.source in names for p in project.selections(i))
    ]


def of(
    project: Project, register: Register, after: bytes, areas: Collection[str], as_of: date, now: str
) -> list[Change]:
    """Every judgement that differs once the register is ``after``; in the default scorecards and those of its areas."""
    wanted = readers(project, register)
    countries = {area.from_iso2(code[:2]) for code in areas if code not in area.table()}
    known = {code for code in {*areas, *countries} if code}
    touched = {code for code in known if area.kind(code) == "country" or code in project.places}
    chosen = [*dict.fromkeys([*project.scorecards, *sorted(touched)])]
    if not wanted or not chosen:
        return []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sources" / register.file
        path.parent.mkdir(parents=True)
        path.write_bytes(after)
        grown = replace(project, layers=(Path(folder), *project.layers))
        old, new = (_judged(p, wanted, chosen, as_of, now) for p in (project, grown))
    return [
        (a.indicator, a.ref_area, _said(project, a), _said(project, b))
        for a, b in zip(old, new, strict=True)
        if b.reason is not Reason.NOT_APPLICABLE and _said(project, a) != _said(project, b)
    ]


def _judged(
    project: Project, indicators: Sequence[str], areas: Sequence[str], as_of: date, now: str
) -> list[Assessment]:
    wanted = [project.indicators[name] for name in indicators]
    return run.assess(project, as_of=as_of, now=now, areas=areas, indicators=wanted, offline=True).assessments


def _said(project: Project, one: Assessment) -> str:
    words = project.words(project.languages[0])
    figure = "" if one.value is None else f"{words.number(one.value, 2)} ({one.time_period}), "
    why = f": {words(f'reason.{one.reason}')}" if one.reason else ""
    return figure + words(f"status.{one.status}") + why
