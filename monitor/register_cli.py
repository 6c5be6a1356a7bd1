"""``monitor register``: look at the evidence people keep by hand, check it, add to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import options
from monitor.errors import ChecksFailed, DefinitionError, MonitorError

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from monitor.curation import Remark
    from monitor.project import Project
    from monitor.register_form import Objection
    from monitor.registers import Register

#: rows of a register that its summary shows
SHOWN = 12


@click.group()
def register() -> None:
    """Registers: evidence that people keep by hand, a row for each fact with its page."""


@register.command("list")
@options.in_project
@options.as_json
def list_(folder: Path | None, as_json: bool) -> None:
    """Every register: rows, areas, newest row, the indicators that read it, how many errors it has."""
    listing(options.load(folder), as_json)


def listing(project: Project, as_json: bool) -> None:
    """All registers, one line each."""
    from monitor import effect, terminal

    rows = []
    for name, declared in project.registers.items():
        held, found = _rows(project, declared), _remarks(project, declared)
        areas, newest = {row["ref_area"] for row in held}, max((row["retrieved_on"] for row in held), default="")
        used, errors = effect.readers(project, declared), sum(remark.level == "error" for remark in found)
        rows.append((name, len(held), len(areas), newest, " ".join(used), errors, declared.question))
    terminal.table(("register", "rows", "areas", "newest", "indicators", "errors", "question"), rows, as_json)


def named(project: Project, name: str) -> str:
    """The register a person means: ``cityid``, or ``REG-CITYID`` as documents call it; "" where it is none."""
    found = name.upper().removeprefix("REG-").lower()
    also = (one.id for one in project.registers.values() if name.upper() in one.known_as)
    return found if found in project.registers else next(also, "")


def summary(project: Project, name: str, as_json: bool) -> None:
    """A register in short: what it answers, what counts, its series, its readers, and its rows."""
    from monitor import codebook, effect, terminal
    from monitor.registers import agreement

    declared = project.register(name)
    held = _rows(project, declared)
    used, reached = effect.readers(project, declared), agreement(declared, held)
    if as_json:
        _say({"register": declared.model_dump(mode="json"), "indicators": used, "rows": held,
              "agreement": {column: found._asdict() for column, found in reached.items()}})  # fmt: skip
        return
    areas = {row["ref_area"] for row in held}
    facts = [("answers", declared.question), ("kept by", declared.keeper)]
    facts += [("counts", text) for text in declared.counts] + [("does not", text) for text in declared.does_not_count]
    facts += [("series", f"{series}: {rule.title}, {rule.unit} ({rule.rule})")
              for series, rule in declared.rules.items()]
    facts += [("two readers", f"{column}: {codebook.agreement_text(found)}") for column, found in reached.items()]
    facts += [("read by", f"{one}  {project.indicators[one].title}") for one in used]
    facts += [] if used else [("read by", "no indicator yet")]
    facts += [("rows", f"{len(held)} on {_counted(len(areas), 'area')}" if held else "none yet"),
              ("codebook", f"monitor register show {name}")]
    terminal.facts(f"{name}  {declared.title}", facts)
    if held:
        columns = [c for c in ("id", "date_from", "date_to", *(c.name for c in declared.columns if c.required),
                               "source_url") if c in held[0]]
        terminal.table(columns, [[row[c] for c in columns] for row in held[:SHOWN]])
        if len(held) > SHOWN:
            click.echo(f"... and {len(held) - SHOWN} more: monitor register show {name}")


@register.command()
@click.argument("name")
@options.in_project
@options.as_json
def show(name: str, folder: Path | None, as_json: bool) -> None:
    """The codebook of a register, how far two readers agree, and its rows."""
    from monitor import codebook, terminal
    from monitor.registers import agreement

    project = options.load(folder)
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
@options.in_project
@click.option("--strict", is_flag=True, help="Exit with 13 on warnings, not only with 10 on errors.")
@click.option("--links", "online", is_flag=True, help="Ask every cited page, and its copy, whether it is still there.")
@options.as_json
def check(names: tuple[str, ...], folder: Path | None, strict: bool, online: bool, as_json: bool) -> None:
    """Find what is wrong in the rows: doubles, missing evidence, dates, disagreement, people's names, dead links."""
    from monitor import codebook, terminal
    from monitor.registers import agreement

    project = options.load(folder)
    chosen = [project.register(name) for name in names] or [*project.registers.values()]
    found = [(declared.id, remark) for declared in chosen for remark in _remarks(project, declared)]
    found += _dead(project, chosen) if online else []
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
            colour = terminal.LEVEL[remark.level] if remark.level != "note" else None
            click.secho(f"{remark.level}: {remark.sentence}", fg=colour, dim=colour is None)
        terminal.table(("register", "judgement", "two readers"), reached)
        doubts = sum(remark.level == "warning" for _, remark in found)
        click.echo(f"{_counted(len(chosen), 'register')}, {_counted(errors, 'error')}, {_counted(doubts, 'warning')}.")
    if errors:
        raise DefinitionError(
            f"{_counted(errors, 'error')} in the registers: each names its file, its line and what to do."
        )
    found = [(name, remark) for name, remark in found if remark.level != "note"]
    if strict and found:
        raise ChecksFailed(f"{_counted(len(found), 'warning')} in the registers, and --strict asked for failure.")


@register.command()
@click.argument("name")
@options.in_project
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take rows from a CSV with a heading, or from a JSON list, instead of asking.",
)
@click.option("--set", "given", multiple=True, metavar="COLUMN=VALUE",
              help="The value of a column, instead of asking. May be repeated.")  # fmt: skip
@click.option("--as-of", metavar="DATE", help="Show the effect at this cut-off date, 2026-11-22. Default: today.")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--names-checked", is_flag=True, help="What looks like the name of a private person has been looked at, "
              "and is none.")  # fmt: skip
def add(
    name: str, folder: Path | None, source: Path | None, given: tuple[str, ...], as_of: str | None, yes: bool,
    names_checked: bool,
) -> None:
    """Add a row: asked for field by field, checked, and shown with what it changes before it is written."""
    from monitor import append, effect, register_form, terminal

    project = options.load(folder)
    declared = project.register(name)
    target, there, body = _target(project, declared)
    values = dict(register_form.pair(text, declared) for text in given)
    cut_off = options.date(as_of)
    taken = {row["id"] for row in _rows(project, declared)}
    if source:
        rows = [{**row, **values} for row in register_form.from_file(source)]
    else:
        looking = _looking(project, declared)
        rows = [values] if values else [register_form.asked(declared, taken, options.date(None), looking)]
    by_form = not source and not values
    for row in rows:
        row["id"] = row.get("id") or register_form.next_id(declared, row.get("ref_area", ""), taken)
        taken.add(row["id"])
    after = append.grown(body, rows, f"sources/{declared.file}")
    try:
        _refuse(project, declared, body, after, names_checked or by_form or not yes)
    except DefinitionError as problem:
        if by_form:
            draft = project.store / f"{declared.id}-row.json"
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
            kept = f"Your answers are kept in {draft}. Mend them, then: monitor register add {name} --from {draft}"
            raise DefinitionError([*problem.problems, kept]) from None
        raise
    click.echo(f"{_counted(len(rows), 'new row')}:")
    for row in rows:
        click.echo("  " + "; ".join(f"{column} {value}" for column, value in row.items() if value))
    areas = {row["ref_area"] for row in rows}
    changed = effect.of(project, declared, after, areas, cut_off, options.now())
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
    from monitor.entries import LINE

    frame = _frame(project, declared)
    return [] if frame is None else frame.drop(LINE).to_dicts()


def _frame(project: Project, declared: Register) -> pl.DataFrame | None:
    from monitor.entries import parse

    try:
        return parse(_text(_body(project, declared), declared), declared.header(), f"sources/{declared.file}")[0]
    except MonitorError:
        return None


def _remarks(project: Project, declared: Register, body: bytes | None = None) -> list[Remark]:
    from monitor import curation

    try:
        text = _text(_body(project, declared) if body is None else body, declared)
    except DefinitionError as problem:
        return curation.refused(problem)
    ids = project.mandate.ids() | project.indicators.keys()
    own = (project.folder / "sources" / declared.file).is_file()  # an inherited one speaks of another mandate
    return curation.remarks(
        declared, text, options.date(None), ids if own else (), project.hidden, project.elsewhere, project.bodies,
        project.ordinary,
    )


def _dead(project: Project, chosen: list[Register]) -> list[tuple[str, Remark]]:
    """The rows whose pages are gone: a warning where a copy stands in an archive, else an error."""
    from monitor import curation, links, terminal
    from monitor.entries import LINE
    from monitor.network import Network
    from monitor.results import Level

    cited = []
    for declared in chosen:
        frame = _frame(project, declared)
        if frame is not None:
            copies = frame["archived_url"] if "archived_url" in frame.columns else [""] * frame.height
            cited += [(declared, int(frame[n, LINE]), column, url, copies[n])
                      for n, column, url in curation.addresses(declared, frame)]
    with Network(project.about.contact) as network, terminal.progress(len({url for *_, url, _ in cited})) as progress:
        open_ = [url for *_, url, _ in cited if network.allow_private or not curation.closed(url)]
        answers = links.ask(open_, network, lambda url: progress("render", url))
    found = []
    for declared, line, column, url, copy in cited:
        answer = answers.get(url)  # an address of a private network is not asked
        if answer and answer.why:
            saved = copy != url and copy in answers and not answers[copy].dead
            level = Level.ERROR if answer.dead and not saved else Level.WARNING if answer.dead else Level.NOTE
            todo = " Its archived copy serves." if saved else (
                " Find the page's new address, or a copy of it." if answer.dead else "")  # fmt: skip
            said = f"sources/{declared.file}:{line}: {column}: {url}: {answer.why}.{todo}"
            found.append((declared.id, curation.Remark(level, line, said)))
    return found


def _looking(project: Project, declared: Register) -> Callable[[dict[str, str]], list[Objection]]:
    """What is wrong with a row that is being filled in: by itself, and in whom it replaces."""
    from monitor import append
    from monitor.register_form import Objection

    heading = ",".join(column.name for column in declared.header()) + "\n"
    there = {row["id"] for row in _rows(project, declared)}

    def look(row: dict[str, str]) -> list[Objection]:
        alone = {**row, "supersedes": "", "status": ""} if "supersedes" in row else {**row}
        body = append.grown(heading.encode(), [alone], "")
        found = []
        for remark in _remarks(project, declared, body):
            column, _, said = remark.sentence.removeprefix(f"sources/{declared.file}:2: ").partition(": ")
            if remark.line and (remark.level == "error" or remark.about == "name"):
                found.append(Objection(column, said, remark.level == "error"))
        if (old := row.get("supersedes")) and old not in there:
            found.append(Objection("supersedes", f"there is no row '{old}'. Correct the id, or leave it empty."))
        return found

    return look


def _refuse(project: Project, declared: Register, before: bytes, after: bytes, names_checked: bool) -> None:
    """The new rows must be right. What was wrong before is no reason to refuse them."""
    known = {remark.sentence for remark in _remarks(project, declared, before)}
    found = [remark for remark in _remarks(project, declared, after) if remark.sentence not in known]
    errors = [remark.sentence for remark in found if remark.level == "error" or remark.about == "double"]
    if names := [remark.sentence for remark in found if remark.about == "name" and not names_checked]:
        errors += [*names, "If these are no private persons: --names-checked."]
    if errors:
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
