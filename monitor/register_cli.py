"""``monitor register``: look at the evidence people keep by hand, check it, add to it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.errors import ChecksFailed, DefinitionError, MonitorError

if TYPE_CHECKING:
    from monitor.curation import Remark
    from monitor.project import Project
    from monitor.registers import Register

_project = click.option(
    "--project",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of the project. Default: the nearest indicators.yaml above, else the flagship.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print data as JSON.")


@click.group()
def register() -> None:
    """Registers: evidence that people keep by hand, a row for each fact with its page."""


@register.command("list")
@_project
@_json
def list_(folder: Path | None, as_json: bool) -> None:
    """Every register: rows, areas, newest row, the indicators that read it, how many errors it has."""
    from monitor import effect, terminal

    project = _load(folder)
    rows = []
    for name, declared in project.registers.items():
        held, found = _rows(project, declared), _remarks(project, declared)
        areas, newest = {row["ref_area"] for row in held}, max((row["retrieved_on"] for row in held), default="")
        used, errors = effect.readers(project, declared), sum(remark.level == "error" for remark in found)
        rows.append((name, len(held), len(areas), newest, " ".join(used), errors, declared.question))
    terminal.table(("register", "rows", "areas", "newest", "indicators", "errors", "question"), rows, as_json)


@register.command()
@click.argument("name")
@_project
@_json
def show(name: str, folder: Path | None, as_json: bool) -> None:
    """The codebook of a register, how far two readers agree, and its rows."""
    from monitor import codebook, terminal
    from monitor.registers import agreement

    project = _load(folder)
    declared = project.register(name)
    held = _rows(project, declared)
    if as_json:
        reached = {column: found._asdict() for column, found in agreement(declared, held).items()}
        _say({"register": declared.model_dump(mode="json"), "agreement": reached, "rows": held})
        return
    click.echo(codebook.page(declared, held))
    if held:
        used = [c.name for c in declared.header() if any(row[c.name] for row in held)]
        terminal.table(used, [[row[c] for c in used] for row in held])


@register.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@_project
@click.option("--strict", is_flag=True, help="Exit with 13 on warnings, not only with 10 on errors.")
@_json
def check(names: tuple[str, ...], folder: Path | None, strict: bool, as_json: bool) -> None:
    """Find what is wrong in the rows: dead and double ones, missing evidence, dates, disagreement, people's names."""
    from monitor import codebook, terminal
    from monitor.registers import agreement

    project = _load(folder)
    chosen = [project.register(name) for name in names] or [*project.registers.values()]
    found = [(declared.id, remark) for declared in chosen for remark in _remarks(project, declared)]
    reached = [
        (declared.id, column, codebook.agreement_text(how))
        for declared in chosen
        for column, how in agreement(declared, _rows(project, declared)).items()
        if how.rows or names
    ]
    errors = sum(remark.level == "error" for _, remark in found)
    if as_json:
        kappas = [dict(zip(("register", "column", "agreement"), row, strict=True)) for row in reached]
        _say({"remarks": [{"register": name, **remark._asdict()} for name, remark in found], "agreement": kappas})
    else:
        for _, remark in found:
            click.secho(f"{remark.level}: {remark.sentence}", fg=terminal.LEVEL[remark.level])
        terminal.table(("register", "judgement", "two readers"), reached)
        click.echo(
            f"{_counted(len(chosen), 'register')}, {_counted(errors, 'error')}, "
            f"{_counted(len(found) - errors, 'warning')}."
        )
    if errors:
        raise DefinitionError(
            f"{_counted(errors, 'error')} in the registers: each names its file, its line and what to do."
        )
    if strict and found:
        raise ChecksFailed(f"{_counted(len(found), 'warning')} in the registers, and --strict asked for failure.")


@register.command()
@click.argument("name")
@_project
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take rows from a CSV with a heading, or from a JSON list, instead of asking.",
)
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="The value of a column, instead of asking. May be repeated.",
)
@click.option("--as-of", metavar="DATE", help="Show the effect at this cut-off date, 2026-11-22. Default: today.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
def add(
    name: str, folder: Path | None, source: Path | None, given: tuple[str, ...], as_of: str | None, yes: bool
) -> None:
    """Add a row: asked for field by field, checked, and shown with what it changes before it is written."""
    from monitor import append, effect, register_form, terminal

    project = _load(folder)
    declared = project.register(name)
    target, there, body = _target(project, declared)
    values = dict(register_form.pair(text, declared) for text in given)
    cut_off = _date(as_of)
    taken = {row["id"] for row in _rows(project, declared)}
    if source:
        rows = [{**row, **values} for row in register_form.from_file(source)]
    else:
        rows = [values] if values else [register_form.asked(declared, taken, _today())]
    for row in rows:
        row["id"] = row.get("id") or register_form.next_id(declared, row.get("ref_area", ""), taken)
        taken.add(row["id"])
    after = append.grown(body, rows, f"sources/{declared.file}")
    _refuse(project, declared, body, after)
    click.echo(f"{_counted(len(rows), 'new row')}:")
    for row in rows:
        click.echo("  " + "; ".join(f"{column} {value}" for column, value in row.items() if value))
    areas = {row["ref_area"] for row in rows}
    changed = effect.of(project, declared, after, areas, cut_off, datetime.now(UTC).isoformat(timespec="seconds"))
    used = ", ".join(effect.readers(project, declared))
    if changed:
        terminal.table(("indicator", "scorecard", "before", "after"), changed)
    else:
        click.echo(
            f"No figure or status of {used} changes by it." if used else "No indicator here reads this register yet."
        )
    if not yes and not click.confirm(f"Write to {target}?", default=False):
        click.echo("Nothing was written.")
        return
    append.replace(target, there, after, project.store / "registers.lock")
    click.echo(f"Written: {_counted(len(rows), 'row')} at the end of {target}.")


def wrong_rows(project: Project) -> list[str]:
    """A sentence for each row of any register that is wrong, for ``monitor check``."""
    found = [remark for declared in project.registers.values() for remark in _remarks(project, declared)]
    return [remark.sentence for remark in found if remark.level == "error"]


def _load(folder: Path | None) -> Project:
    from monitor.project import load

    project = load(folder)
    if project.announced:
        click.echo(project.announced, err=True)
    return project


def _today() -> date:
    return datetime.now(UTC).date()


def _date(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else _today()
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is no date: expected a form like 2026-11-22.", param_hint="--as-of"
        ) from None


def _say(tree: object) -> None:
    click.echo(json.dumps(tree, indent=1, ensure_ascii=False))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _text(body: bytes, declared: Register) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DefinitionError(f"sources/{declared.file}: is no text in UTF-8 ({problem}). Save it as such.") from None


def _body(project: Project, declared: Register) -> bytes:
    return project.find(f"sources/{declared.file}").read_bytes()


def _rows(project: Project, declared: Register) -> list[dict[str, str]]:
    """The rows as they stand; none where they cannot be read (`check` says why)."""
    from monitor.entries import LINE, parse

    try:
        frame = parse(_text(_body(project, declared), declared), declared.header(), f"sources/{declared.file}")
    except MonitorError:
        return []
    return frame.drop(LINE).to_dicts()


def _remarks(project: Project, declared: Register, body: bytes | None = None) -> list[Remark]:
    from monitor import curation

    try:
        text = _text(_body(project, declared) if body is None else body, declared)
    except DefinitionError as problem:
        return curation.refused(problem)
    own = (project.folder / "sources" / declared.file).is_file()  # an inherited one speaks of another mandate
    return curation.remarks(declared, text, _today(), project.lines.keys() if own else ())


def _refuse(project: Project, declared: Register, before: bytes, after: bytes) -> None:
    """The new rows must be right. What was wrong before is no reason to refuse them."""
    known = {remark.sentence for remark in _remarks(project, declared, before)}
    found = [remark for remark in _remarks(project, declared, after) if remark.sentence not in known]
    if errors := [remark.sentence for remark in found if remark.level == "error"]:
        raise DefinitionError([*errors, "Nothing was written."])
    for remark in found:
        if remark.line:
            click.secho(f"warning: {remark.sentence}", fg="yellow", err=True)


def _target(project: Project, declared: Register) -> tuple[Path, bytes | None, bytes]:
    """The file a row goes into, its bytes (None: not there yet), and those it is added to: the flagship's at first."""
    from monitor import vintages
    from monitor.layers import packaged

    if project.folder == packaged():
        raise DefinitionError(
            "The project that comes with the package is not written to. Begin your own: monitor init DIR"
        )
    for layer in project.layers:
        if (layer / "sources" / declared.file).is_file():
            if any(line["path"] == declared.file for line in vintages.locked(layer)):
                raise DefinitionError(
                    f"sources/{declared.file} is locked: tools/make_vintages.py rebuilds it, and a row added by hand "
                    "would make it unreadable. Add the row there, or take its line out of sources/vintages.lock first."
                )
            break
    body, target = _body(project, declared), project.folder / "sources" / declared.file
    return target, target.read_bytes() if target.exists() else None, body
