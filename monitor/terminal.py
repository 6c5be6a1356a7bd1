"""What the terminal shows: tables, a small chart, progress. Plain when piped, JSON when asked."""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from monitor.model import Source
from monitor.results import Edition, Finding, Snapshot
from monitor.scorecard import Line, Point

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.outcome import Outcome
    from monitor.project import Project

COLOUR = {"achieved": "green", "on_track": "green", "too_slow": "yellow", "limited": "dark_orange", "backwards": "red",
          "not_met": "magenta", "not_assessed": "dim"}
LEVEL = {"error": "red", "warning": "yellow", "note": "dim"}


class _Plain:
    """A console that knows no colour: what a pipe gets, without loading a library for it."""

    def print(self, text: str = "") -> None:
        click.echo(re.sub(r"(?<!\\)\[/?[a-z_ ]*\]", "", text).replace("\\[", "["))


def _console() -> Console | _Plain:
    if not _is_terminal():
        return _Plain()
    from rich.console import Console

    return Console(highlight=False)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _say(data: Any) -> None:
    click.echo(json.dumps(data, indent=1, ensure_ascii=False, default=str))


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not _is_terminal():  # one line a row and tabs: what grep, cut and awk can work with
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(str(cell).replace("\n", " ") for cell in row))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    Console().print(table)


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], as_json: bool = False) -> None:
    """Rows under their headings; as JSON a list of objects."""
    _say([dict(zip(columns, row, strict=True)) for row in rows]) if as_json else _table(columns, rows)


def facts(heading: str, rows: Sequence[tuple[str, str]]) -> None:
    """A heading, and below it one labelled line for each fact."""
    out = _console()
    out.print(f"[bold]{_esc(heading)}[/bold]")
    for label, text in rows:
        out.print(f"[dim]{_esc(label)}:[/dim] {_esc(text)}")


def data(tree: Any) -> None:
    """Anything as JSON."""
    _say(tree)


@contextmanager
def progress(pages: int, quiet: bool = False) -> Iterator[Callable[[str, str], None]]:
    """A bar on stderr while it is a terminal; nothing otherwise. Gives the function to report steps to."""
    if quiet or not sys.stderr.isatty():
        yield lambda step, detail: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=pages or None)

        def report(step: str, detail: str) -> None:
            bar.update(task, description=f"{step} {detail}"[:60], advance=1 if step == "render" else 0)

        yield report


def edition(made: Edition, as_json: bool) -> None:
    if as_json:
        _say(dataclasses.asdict(made))
        return
    pages = f"{len(made.areas)} scorecards, {made.written} files made, {made.kept} unchanged and carried over"
    click.echo(f"Edition {made.name}: {pages}.")
    click.echo("Judgements: " + ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in made.statuses) + ".")
    where = ", in data/findings.csv." if "data" in made.formats else "."
    click.echo(f"Findings of the checks: {made.findings}{where}")
    for note in made.notes:
        click.echo(note)
    click.echo(f"Open {made.folder}/index.html" if "html" in made.formats else f"Wrote {made.folder}")


def outcomes(found: Sequence[Outcome], as_json: bool) -> None:
    """What became of asking for each series; as JSON with the cause and who can mend it as fields."""
    if as_json:
        _say([dataclasses.asdict(one) for one in found])
        return
    _table(("source", "series", "state", "retrieved", "days old", "sha256", "who can mend it", "problem"),
           [(one.source, one.series, one.state, one.retrieved, "" if one.age_days is None else one.age_days,
             one.sha256[:12], one.who, one.problem) for one in found])
    states = [one.state for one in found]
    click.echo(", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states)) + ".", err=True)


def findings(
    problems: Sequence[str], found: Sequence[Finding], aside: Sequence[Mapping[str, Any]], as_json: bool
) -> None:
    if as_json:
        listed = [dataclasses.asdict(f) for f in found]
        _say({"problems": list(problems), "findings": listed, "quarantine": list(aside)})
        return
    for problem in problems:
        click.secho(problem, fg="red")
    _table(("level", "check", "indicator", "area", "finding"),
           [(f.level, f.check, f.indicator, f.ref_area, f"{f.message} {f.hint}".strip()) for f in found])
    if aside:
        click.echo(f"{len(aside)} figures are kept out of judgement:")
        columns = ("indicator", "ref_area", "time_period", "breakdown", "obs_value", "check")
        _table(columns, [tuple(row[name] for name in columns) for row in aside])
    click.echo(f"{len(problems)} problems in declarations, words and vintages; {len(found)} findings on the figures.")


def line(one: Line, area_name: str, as_json: bool, answers: Sequence[Outcome] = ()) -> None:
    """An indicator in an area; below it each answer behind it, how old it is, and why no newer one serves."""
    if as_json:
        _say(dataclasses.asdict(one) | {"answers": [dataclasses.asdict(answer) for answer in answers]})
        return
    out = _console()
    out.print(f"[bold]{one.id}  {_esc(one.title)}[/bold]\n{_esc(area_name)}, {_esc(one.unit)}; {one.direction_text}")
    out.print(f"[{COLOUR[one.status]}]{one.status_text}[/]" + (f": {_esc(one.reason_text)}" if one.reason else ""))
    if one.grade:
        out.print(f"[dim]{_esc('evidence ' + '; '.join([one.grade_text, *one.grade_why]))}[/dim]")
    out.print(_esc(one.sentence))
    for extra in filter(None, (one.pace, one.target_text, one.reading, *one.notes)):
        out.print(f"[dim]{_esc(extra)}[/dim]")
    if one.guarded:
        out.print(_esc(" ".join([f"{one.guarded.word}: {one.guarded.text}", *one.guarded.facts])))
    values = [p for p in one.points if p.value is not None]
    if len(values) > 1:
        out.print()
        for row in plot(values):
            out.print(_esc(row))
    out.print()
    _table(("period", "value", "flag"), [(p.period, p.text, p.flag_text) for p in one.points])
    ages = {(a.source, a.series): _old(a.age_days)
            for a in answers if a.age_days is not None}
    for c in one.citations:
        out.print()
        out.print(f"[bold]{_esc(c.publisher)}[/bold], {_esc(c.title)} ({c.source}/{_esc(c.series)})")
        chain = [
            f"{len(values)} values read by the reader for {c.origin} answers",
            f"from bytes with sha256 {c.sha256}",
            f"{c.url}  retrieved {c.retrieved}" + (f", {days}" if (days := ages.get((c.source, c.series))) else ""),
            *([f"{c.came_from}, sha256 {c.came_from_sha256}"] if c.came_from else []),
            f"licence {c.licence}",
        ]
        for depth, step in enumerate(chain):
            out.print(_esc("  " * depth + "└ " + step))
    for answer in answers:
        if answer.problem:
            out.print()
            out.print(f"[yellow]{_esc(answer.problem)}[/yellow]")


def _esc(text: str) -> str:
    if not _is_terminal():
        return text.replace("[", "\\[")
    from rich.markup import escape

    return escape(text)


def plot(points: Sequence[Point], height: int = 7, width: int = 60) -> list[str]:
    """A small line of dots: the highest and lowest value at the left, the first and last period below."""
    values = [p.value or 0.0 for p in points]
    low, high = min(values), max(values)
    span, first = (high - low) or 1.0, points[0].t
    years = (points[-1].t - first) or 1.0
    grid = [[" "] * width for _ in range(height)]
    for p, value in zip(points, values, strict=True):
        row = height - 1 - round((value - low) / span * (height - 1))
        grid[row][round((p.t - first) / years * (width - 1))] = "○" if p.flag == "B" else "●"
    top = next(p.text for p in points if p.value == high)
    bottom = next(p.text for p in points if p.value == low)
    margin = max(len(top), len(bottom))
    # what never moved lies on the lowest row, under one label
    label = {height - 1: bottom} if low == high else {0: top, height - 1: bottom}
    rows = [f"{label.get(n, ''):>{margin}} ┤{''.join(row).rstrip()}" for n, row in enumerate(grid)]
    gap = width - len(points[0].period) - len(points[-1].period)
    return [*rows, f"{'':>{margin}}  {points[0].period}{' ' * max(gap, 1)}{points[-1].period}"]


def listing(kind: str, project: Project, as_json: bool) -> None:
    columns, rows = _listed(kind, project)
    _say([dict(zip(columns, row, strict=True)) for row in rows]) if as_json else _table(columns, rows)


def _listed(kind: str, project: Project) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    from monitor import plugins

    if kind == "indicators":
        return ("id", "kind", "direction", "figures", "title"), [
            (i.id, i.kind, i.direction, "+".join(dict.fromkeys(p.source or p.indicator for p in i.data.parts.values()))
             if i.data else i.missing, i.title) for i in project.indicators.values()]
    if kind == "sources":
        return ("id", "reader", "series", "licence", "publisher"), [
            (s.id, s.reader, len(s.series), s.licence.name, s.publisher) for s in project.sources.values()]
    if kind == "areas":
        words = project.words(project.languages[0])
        return ("code", "name", "roles", "scorecard"), [
            (code, project.area_name(code, words), "+".join(r.role for r in place.roles),
             "yes" if code in project.scorecards else "no") for code, place in project.places.items()]
    if kind == "reports":
        found = {p.name for layer in project.layers for p in (layer / "reports").glob("[!_]*.*") if p.suffix != ".yaml"}
        return ("template", "file"), [(name, str(project.find(f"reports/{name}"))) for name in sorted(found)]
    return ("name", "what it does"), [
        (name, (plugins.module(kind, name).__doc__ or "").strip().split("\n")[0]) for name in plugins.names(kind)]


def places(found: Sequence[str], as_json: bool) -> None:
    _say(list(found)) if as_json else click.echo("\n".join(found))


def diagnosis(report: Sequence[tuple[str, str, str]], endpoints: Sequence[Mapping[str, str]], as_json: bool) -> None:
    """What a person may have to mend; then, where they were asked, how each endpoint of each source stands."""
    if as_json:
        _say([{"what": what, "state": state, "detail": detail} for what, state, detail in report] + [*endpoints])
        return
    _table(("what", "state", "detail"), report)
    if endpoints:
        columns = ("source", "series", "reachable", "shape", "key", "detail")
        click.echo()
        _table(columns, [[one[column] for column in columns] for one in endpoints])


def source_state(source: Source, newest: Snapshot | None, as_of: date) -> str:
    """How old the newest answer of a source is, in days; "" where there is none."""
    if newest is None or not newest.retrieved:
        return ""
    return _old((as_of - date.fromisoformat(newest.retrieved[:10])).days)


def _old(days: int) -> str:
    """How old an answer is on the day asked about, for which a later one may have to serve."""
    return "retrieved after that day" if days < 0 else f"{days} day{'s' * (days != 1)} old"
