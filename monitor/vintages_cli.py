"""``monitor vintages`` and ``monitor diff``: what was known when, what changed, and the store it is kept in."""

from __future__ import annotations

import csv
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import options
from monitor.errors import DefinitionError, UnreadableData

if TYPE_CHECKING:
    from monitor.changes import Change, Side
    from monitor.project import Project
    from monitor.realtime import Matrix, Told


class _Vintages(click.Group):
    """``monitor vintages IND-54a DEU`` is short for ``monitor vintages show IND-54a DEU``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Vintages)
def vintages() -> None:
    """What publishers showed, and when: monitor vintages INDICATOR AREA shows every value and its revisions."""


@vintages.command()
@click.argument("indicator")
@click.argument("area", required=False)
@options.in_project
@click.option("--as-of", metavar="DATE", help="Only what was known on this day. Default: today.")
@click.option("--breakdowns", is_flag=True, help="With the breakdowns, not only the headline.")
@click.option("--csv", "as_csv", is_flag=True, help="Print one line for each change as CSV, with breakdowns.")
@options.as_json
def show(
    indicator: str, area: str | None, folder: Path | None, as_of: str | None, breakdowns: bool, as_csv: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Each value as first published and as revised: periods by vintages, only what changed.

    Without an area: the vintages of the series behind the indicator, shipped and kept.
    """
    from monitor import realtime, terminal
    from monitor.area import require

    project = options.load(folder)
    declared = project.indicator(indicator)
    if area is None:
        rows = [(v.snapshot.source, v.snapshot.series, v.snapshot.retrieved, v.snapshot.origin, v.snapshot.sha256,
                 v.size, v.snapshot.url) for v in realtime.past(project, declared)]  # fmt: skip
        terminal.table(("source", "series", "retrieved", "origin", "sha256", "bytes", "url"), rows, as_json)
        return
    code = require(area, tuple(project.places))
    found = realtime.matrix(project, declared, code, options.date(as_of), options.now())
    if as_json:
        _say(_tree(found) | {"indicator": declared.id, "area": code})
    elif as_csv:
        names = [f.name for f in dataclasses.fields(found.told[0])] if found.told else []
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["indicator", "ref_area", *names])
        out.writerows([declared.id, code, *dataclasses.astuple(told)] for told in found.told)
    else:
        click.echo(f"{declared.id}  {declared.title}, {declared.unit}: {code}")
        told = [t for t in found.told if breakdowns or t.breakdown == "_T"]
        dates = sorted({t.retrieved for t in told})
        cells = {(t.breakdown, t.time_period): [""] * len(dates) for t in told}
        for one in told:
            cells[one.breakdown, one.time_period][dates.index(one.retrieved)] = _figure(one)
        days = [d[:10] if [other[:10] for other in dates].count(d[:10]) == 1 else d[:16] for d in dates]
        terminal.table(("period", *(("breakdown",) if breakdowns else ()), *days), [
            (when, *((what,) if breakdowns else ()), *values) for (what, when), values in cells.items()])
        click.echo(f"{_counted(len(found.vintages), 'vintage')}; a value stands under the day it came or changed.")
    for problem in found.problems:
        click.secho(f"warning: {problem}", err=True, fg="yellow")


@vintages.command()
@options.in_project
@options.as_json
def verify(folder: Path | None, as_json: bool) -> None:
    """Hash everything anew, kept and shipped, and say what is damaged. Ends with 12 where something is."""
    from monitor import store
    from monitor import vintages as shipped

    project = options.load(folder)
    problems, answers, bodies = store.verify(project.store)
    problems += shipped.verify(project.layers)
    files = sum(len(shipped.locked(layer)) for layer in project.layers) if not problems else 0
    if as_json:
        _say({"answers": answers, "bodies": bodies, "shipped": files, "problems": problems})
    if problems:
        raise UnreadableData([*problems, f"{_counted(len(problems), 'problem')} in what is kept and shipped."])
    if not as_json:
        click.echo(f"All is as it was kept: {_counted(answers, 'answer')} in {_counted(bodies, 'file')} of the store, "
                   f"{_counted(files, 'shipped file')}.")  # fmt: skip


@vintages.command()
@click.argument("source")
@click.argument("series")
@click.argument("sha256")
@click.option("--reason", required=True, help="Why the figures are right: what the publisher says about the change.")
@options.in_project
def accept(source: str, series: str, sha256: str, reason: str, folder: Path | None) -> None:
    """Take the figures of an answer that was set aside for right. Recorded for good, with the reason and the day.

    SHA256 is the answer's hash or how it begins: monitor vintages INDICATOR lists them.
    """
    from monitor import soundness, store

    project = options.load(folder)
    found = {k.snapshot.sha256 for k in store.answers(project.store, project.source(source).id, series)
             if k.snapshot.sha256.startswith(sha256)}  # fmt: skip
    if len(found) != 1:
        what = "several answers begin" if found else "no answer that is kept begins"
        raise DefinitionError(f"{source} {series}: {what} with '{sha256}'. monitor vintages INDICATOR lists them.")
    try:
        soundness.accept(project.store, source, series, found.pop(), options.now(), reason)
    except OSError as problem:
        raise UnreadableData(f"The store cannot be written to ({problem}). Make it writable.") from None
    click.echo("Accepted. What comes later is compared with these figures.")


@vintages.command()
@options.in_project
@click.option("--keep", metavar="N", type=click.IntRange(min=1),
              help="Keep the N newest answers that differ, of each series.")
@click.option("--keep-since", metavar="DATE", help="Keep what was known on this day, and all that came later.")
@click.option("--cited-by", "citing", metavar="DIR", multiple=True,
              type=click.Path(exists=True, file_okay=False, path_type=Path),
              help="Keep what editions in this folder cite, too. May be repeated.")
@click.option("--yes", is_flag=True, help="Delete. Without it, it is only shown what would go.")
@options.as_json
def prune(
    folder: Path | None, keep: int | None, keep_since: str | None, citing: tuple[Path, ...], yes: bool, as_json: bool
) -> None:
    """Delete old answers from the store, and rows kept of them. What was there, and when it went, stays in its index.

    Never deleted: what an edition was made from that this project made, wherever it stands, or one in --cited-by; and
    the newest of a series. Rows of answers that go, and those that an earlier version of this program read, are made
    again where they are needed.
    """
    from monitor import pruning, store, terminal
    from monitor.evidence import engine_hash
    from monitor.run import home

    if keep is None and keep_since is None:
        raise click.UsageError("Say what to keep: --keep N or --keep-since DATE.")
    project = options.load(folder)
    since = options.date(keep_since, "--keep-since") if keep_since else None
    used = pruning.cited([project.store / "cited", home(project) / "editions", *citing])
    planned = pruning.plan(project.store, keep, since, used, engine_hash())
    rows = [(k.snapshot.source, k.snapshot.series, k.snapshot.retrieved, k.snapshot.sha256,
             sum(page.size for page in k.pages)) for k in planned.answers]  # fmt: skip
    columns = ("source", "series", "retrieved", "sha256", "bytes")
    if as_json:
        going = [dict(zip(columns, row, strict=True)) for row in rows]
        _say({"answers": going, "freed": planned.size, "cited": planned.cited, "rows": len(planned.rows),
              "rows_freed": planned.rows_size, "deleted": yes})
    else:
        terminal.table(columns, rows)
        stay = f" {_counted(planned.cited, 'older one')} stay: editions cite them." if planned.cited else ""
        click.echo(f"{_counted(len(rows), 'answer')}, {planned.size} bytes on the disk.{stay}")
        click.echo(f"{_counted(len(planned.rows), 'file')} of rows read from them or by an earlier version, "
                   f"{planned.rows_size} bytes; in all {planned.size + planned.rows_size} bytes.")
    going_away = bool(rows or planned.rows)
    if yes and going_away:
        rule = " and ".join(filter(None, [f"the {keep} newest" * bool(keep), f"since {since}" * bool(since)]))
        try:
            if rows:
                store.prune(project.store, [k.number for k in planned.answers], options.now(), f"kept were {rule}")
            pruning.sweep(project.store, planned.rows)
        except OSError as problem:
            raise UnreadableData(f"The store cannot be written to ({problem}). Make it writable.") from None
    if not as_json:
        hint = " Add --yes to delete them." * going_away
        click.echo("Deleted." if yes and going_away else f"Nothing was deleted.{hint}")


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@options.in_project
@click.option("--as-of", "dates", nargs=2, metavar="DATE DATE",
              help="Compare what was known of INDICATOR A in AREA B on two days.")
@options.as_json
def diff(a: str, b: str, folder: Path | None, dates: tuple[str, str] | None, as_json: bool) -> None:
    """What changed from edition A to edition B: figures, judgements, targets, methods, declarations.

    A and B are folders, or names of editions beside the project. With --as-of: an indicator and an area.
    """
    from monitor import changed, changes, since, terminal

    project = options.load(folder)
    if dates:
        one, other = (_known(project, a, b, text) for text in dates)
    else:
        one, other = (changes.edition(_edition(project, name)) for name in (a, b))
    found = changes.compare(one, other)
    counts = {kind: n for kind in changes.KINDS if (n := sum(c.kind == kind for c in found))}
    words, explained = project.words(project.languages[0]), since.differences(one, other)
    said = {code: changed.tell(project, words, explained, code) for code in other.areas if code in one.areas}
    if as_json:
        sides = [{"name": s.name, "as_of": s.as_of, "areas": s.areas, "engine": s.engine} for s in (one, other)]
        _say({"a": sides[0], "b": sides[1], "counts": counts, "changes": [dataclasses.asdict(c) for c in found],
              "said": {code: {"text": text, "changed": [dataclasses.asdict(e) for e in entries]}
                       for code, (entries, text) in said.items()}})
        return
    click.echo(f"From {one.name} (as of {one.as_of}) to {other.name} (as of {other.as_of}): "
               + (", ".join(f"{_plain(kind)} {n}" for kind, n in counts.items()) or "nothing changed") + ".")
    if found:
        terminal.table(("change", "indicator", "area", "figure", "before", "after", "detail"), [_row(c) for c in found])
    for code, (entries, _) in said.items():
        for sentence in changed.lines(entries):
            click.echo(f"{code}  {sentence}")


def _row(c: Change) -> tuple[str, ...]:
    figure = " ".join(filter(None, [c.time_period, c.breakdown if c.breakdown != "_T" else ""]))
    because = f"because {', '.join(_plain(kind) for kind in c.because)}" if c.because else ""
    return (_plain(c.kind), c.indicator, c.ref_area, figure, _short(c.before), _short(c.after), c.detail or because)


def _plain(kind: str) -> str:
    return kind.replace("_", " ")


def _short(value: Any, most: int = 60) -> str:
    if isinstance(value, dict) and value.keys() == {"value", "flag"}:
        number = "" if value["value"] is None else f"{value['value']:.15g}"
        flag = {"A": "", "Q": "withheld"}.get(value["flag"], value["flag"])
        return " ".join(filter(None, [number, flag])) or "no value"
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _figure(told: Told) -> str:
    if told.change == "removed":
        return "taken back"
    return _short({"value": told.value, "flag": told.flag})


def _tree(found: Matrix) -> dict[str, Any]:
    shown = ("source", "series", "retrieved", "origin", "sha256", "url", "path", "licence")
    told: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in found.told:
        tree = dataclasses.asdict(one)
        told.setdefault((tree.pop("breakdown"), tree.pop("time_period")), []).append(tree)
    return {
        "vintages": [{name: getattr(v.snapshot, name) for name in shown} for v in found.vintages],
        "values": [{"breakdown": b, "time_period": t, "told": rows} for (b, t), rows in told.items()],
        "problems": found.problems,
    }


def _edition(project: Project, name: str) -> Path:
    from monitor.run import home

    for place in (Path(name), home(project) / "editions" / name):
        if (place / "manifest.json").is_file():
            return place
    known = sorted(path.parent.name for path in (home(project) / "editions").glob("*/manifest.json"))
    here = f"here are {', '.join(known)}" if known else "there are none beside the project"
    raise DefinitionError(f"'{name}' is no folder of an edition and no edition's name: {here}. Make one: monitor run")


def _known(project: Project, indicator: str, area: str, text: str) -> Side:
    """What is said of an indicator in an area as on a date; the declarations are those of now."""
    from monitor import changes, run
    from monitor.area import require

    declared, code, as_of = project.indicator(indicator), require(area, tuple(project.places)), options.date(text)
    judged = run.assess(project, as_of=as_of, now=options.now(), areas=(code,), indicators=[declared], offline=True)
    return changes.known(
        f"{declared.id} {code}", as_of.isoformat(), code,
        judged.evidence.series.of(declared.id, code, breakdown=None).frame,
        judged.assessments, {declared.id: declared.model_dump(mode="json")},
    )


def _say(tree: object) -> None:
    click.echo(json.dumps(tree, indent=1, ensure_ascii=False))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
