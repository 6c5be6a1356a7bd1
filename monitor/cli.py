"""The command line: arguments in, sentences out, an exit code for each class of failure. The only clock."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from monitor import __version__, options, register_cli
from monitor.agree_cli import agree
from monitor.backtest_cli import backtest
from monitor.composite_cli import composite
from monitor.errors import CannotRender, ChecksFailed, DefinitionError, MonitorError
from monitor.explain_cli import explain
from monitor.metadata_cli import metadata as metadata_command
from monitor.register_cli import register, wrong_rows
from monitor.validate_cli import validate as validate_command
from monitor.vintages_cli import diff, vintages


class _Group(click.Group):
    """Turns a MonitorError into its sentences and its exit code; a traceback only with --debug."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MonitorError as problem:
            if ctx.params.get("debug"):
                raise
            for sentence in problem.problems:
                click.secho(f"{type(problem).__name__}: {sentence}", err=True, fg="red")
            ctx.exit(problem.exit_code)
        except BaseException as crash:
            # a Rust library that panics raises past Exception; a person still gets a sentence and an exit code
            if type(crash).__name__ != "PanicException" or ctx.params.get("debug"):
                raise
            click.secho(f"A library failed ({crash}). Please report the command that led here.", err=True, fg="red")
            ctx.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, help="Show a traceback where something fails.")
@click.version_option(__version__, prog_name="monitor")
def cli(debug: bool) -> None:
    """Monitor what governments promised on migration.

    Exit codes: 0 done, 2 wrong call, 3 done without the declarations that are wrong, 10 a declaration is wrong,
    11 a source is unavailable (try again), 12 data cannot be read, 13 checks failed, 14 a page cannot be made.
    """


cli.add_command(agree)
cli.add_command(backtest)
cli.add_command(composite)
cli.add_command(explain)
cli.add_command(metadata_command)
cli.add_command(register)
cli.add_command(validate_command)
cli.add_command(vintages)
cli.add_command(diff)


@cli.command()
@options.in_project
@options.of_areas
@click.option("--all-members", is_flag=True, help="A scorecard for each of the 193 member states of the UN.")
@click.option("--edition", "name", metavar="NAME", default="", help="Default: the cut-off date and the areas.")
@options.as_of
@options.offline
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder of the edition. Default: editions/NAME beside the project.")
@click.option("--to", "formats", metavar="FORMS", default="",
              help="What to make, separated by commas. Default: html,pdf,annex,data; with --all-members html,pdf,data. "
              "On request: onepage, shadow (for a shadow report), reply (a form for a government's answer).")
@click.option("--validate/--no-validate", default=True, show_default=True,
              help="With 'data': test what is expected of the figures (Great Expectations), beside the rest.")
@click.option("--from", "again", metavar="EDITION", type=click.Path(exists=True, path_type=Path),
              help="Make this edition (folder or manifest.json) again, from the very answers it cites. Needs --out.")
@click.option("--since", metavar="EDITION", default="",
              help="Say what changed since this edition (folder or name), or: none. Default: the newest one before.")
@click.option("--lang", "languages", metavar="CODES", default="",
              help="Languages, separated by commas: en,fr. The first stands at the root. Default: the project's.")
@click.option("--fail-on", metavar="STATUS", help="Exit with 13 if any status is this one: backwards, limited ...")
@options.as_json
def run(
    folder: Path | None, areas: tuple[str, ...], all_members: bool, name: str, as_of: str | None, offline: bool,
    out: Path | None, formats: str, validate: bool, again: Path | None, since: str, languages: str,
    fail_on: str | None, as_json: bool,
) -> None:
    """Make an edition of scorecards: fetch, read, check, assess, compose, render, publish."""
    from monitor import area, plugins, terminal
    from monitor import run as line
    from monitor.results import Status

    if again and (areas or all_members or name or as_of or since or languages or out is None):
        raise click.UsageError("--from takes area, date, name, languages and the edition before from the edition: "
                               "give it --out and none of these.")
    project, cut_off, manifest = options.load(folder), options.date(as_of), None
    if again:
        from monitor import cited

        manifest = cited.manifest_of(again)
        cut_off, areas, name = options.date(manifest["as_of"]), tuple(manifest["areas"]), manifest["edition"]
        languages, formats = ",".join(manifest["languages"]), ",".join(f for f in manifest["formats"] if f != "quality")
        validate = "quality" in manifest["formats"]
    if project.problems and not (project.indicators and (areas or project.scorecards or all_members)):
        raise DefinitionError("Of this project nothing is left to make an edition of: mend what is named above.")
    chosen = [f.strip() for f in formats.split(",") if f.strip()]
    chosen = chosen or [f for f in line.FORMATS if not (all_members and f == "annex")]
    able = [*plugins.names("outputs"), "data"]
    if unknown := [f for f in chosen if f not in able]:
        known = ", ".join(able)
        raise click.BadParameter(f"'{unknown[0]}' cannot be made: known are {known}.", param_hint="--to")
    chosen += ["quality"] if validate and "data" in chosen else []
    if fail_on and fail_on not in list(Status):
        raise click.BadParameter(f"'{fail_on}' is no status: known are {', '.join(Status)}.", param_hint="--fail-on")
    if all_members:
        areas = (*area.members_of_the_un(), *areas)
    pages = len(areas or project.scorecards) if set(chosen) - {"data"} else 0
    with terminal.progress(pages, quiet=as_json) as progress:
        edition = line.run(project, as_of=cut_off, now=options.now(), areas=areas, name=name, out=out,
                                     formats=chosen, offline=offline, progress=progress,
                           languages=[one.strip() for one in languages.split(",") if one.strip()],
                           manifest=manifest, since=since, made_in=again)  # fmt: skip
    terminal.edition(edition, as_json)
    if manifest:
        if told := cited.differences(manifest, cited.manifest_of(Path(edition.folder))):
            raise ChecksFailed(told)
        click.echo(f"The same as {name}, byte for byte.", err=True)
    statuses = dict(edition.statuses)
    if fail_on and statuses.get(fail_on):
        raise ChecksFailed(f"{statuses[fail_on]} judgements are '{fail_on}', and --fail-on asked for failure.")
    if edition.unprinted:
        raise CannotRender(list(edition.unprinted))
    options.partly(project, edition.wrong_rows)


@cli.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.in_project
@options.as_json
def fetch(sources: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Ask the public sources for the series the indicators need, and keep their answers."""
    from monitor import fetch as fetching
    from monitor import outcome, terminal
    from monitor.network import Network

    project = options.load(folder)
    for source in sources:
        project.source(source)
    wanted = dict.fromkeys(
        (part.source, part.series) for indicator in project.indicators.values()
        for part in project.selections(indicator) if not sources or part.source in sources
    )
    with terminal.progress(0, quiet=as_json), Network(project.about.contact) as network:
        answers = fetching.fetch_all([(project.sources[s], series) for s, series in wanted], layers=project.layers,
                                     store=project.store, offline=False, as_of=options.date(None), now=options.now(),
                                     network=network)
        found = outcome.outcomes(project, answers, network, options.date(None))
    terminal.outcomes(found, as_json)
    if failure := outcome.failure(found):
        raise failure
    options.partly(project)


@cli.command()
@options.in_project
@options.of_areas
@options.as_of
@click.option("--strict", is_flag=True, help="Exit with 13 on warnings too, not only on errors.")
@options.as_json
def check(folder: Path | None, areas: tuple[str, ...], as_of: str | None, strict: bool, as_json: bool) -> None:
    """Check the declarations, the words and the figures at hand, and list what was found."""
    from monitor import lock as locked
    from monitor import run as line
    from monitor import terminal, wording
    from monitor import vintages as at_hand
    from monitor.results import Level

    project = options.load(folder, telling=False)
    judged = line.assess(project, as_of=options.date(as_of), now=options.now(), areas=areas, offline=True)
    gaps = wording.lacking(project)
    rewritten, notes = locked.problems(project)
    broken = [*project.problems, *wrong_rows(project), *rewritten]
    problems = [*broken, *at_hand.verify(project.layers), *gaps]
    aside = judged.evidence.aside
    found = [replace(f, level=Level.ERROR) if f.check == "declaration" else f for f in judged.findings]
    found += line.names(project)
    terminal.findings(problems, found, aside.filter(aside["ref_area"].is_in(list(judged.areas))).to_dicts(),
                      as_json)
    for note in notes:
        click.echo(note, err=True)
    if broken:
        raise DefinitionError(f"{len(broken)} problems in the declarations and registers.")
    levels = (Level.ERROR, Level.WARNING) if strict else (Level.ERROR,)
    worst = sum(f.level in levels for f in found)
    if worst or (strict and problems):
        raise ChecksFailed(f"{worst} findings of level {' or '.join(levels)}, {len(problems)} other problems.")


@cli.command()
@options.in_project
@click.option("--update", "reason", metavar="REASON", default="",
              help="Take over what was corrected or given up, and record it with this reason and the day.")
def lock(folder: Path | None, reason: str) -> None:
    """Lock what may not change: ids, promised numbers and verbatim texts, in mandate/mandate.lock.

    Adds what is new. What changed since it was locked is refused, unless --update says why; monitor check names it.
    """
    from monitor import lock as locked

    click.echo(locked.write(options.load(folder, telling=False), reason, options.date(None)))


@cli.command()
@click.argument("name", metavar="ID")
@click.argument("area", required=False)
@options.in_project
@options.as_of
@click.option("--online", is_flag=True, help="Ask the public source first. Default: what is kept or shipped.")
@click.option("--chart", metavar="FILE", type=click.Path(path_type=Path), help="Write the chart to a .svg or .png.")
@options.as_json
def show(
    name: str, area: str | None, folder: Path | None, as_of: str | None, online: bool, chart: Path | None, as_json: bool
) -> None:
    """Show an indicator in an area, or anything declared by its id.

    With an area: the series, a small chart, the judgement, and the chain back to the bytes. Without one: how the
    indicator is declared; or a recommendation, commitment, question, practice or other item of the mandate, with its
    document, what belongs with it and the indicators that answer it.
    """
    from monitor import outcome, terminal, terminal_mandate
    from monitor.area import require
    from monitor.face import Monitor

    project = options.load(folder)
    name = project.named(name)
    if area is None or name in project.mandate.ids():
        if area or chart:
            raise click.UsageError("An area or chart is for an indicator in an area: monitor show IND-54a DEU.")
        declared = name in project.indicators or name in project.mandate.ids()
        if not declared and (kept := register_cli.named(project, name)):
            register_cli.summary(project, kept, as_json)
        elif number := terminal_mandate.objective(name, project):
            terminal_mandate.show_objective(number, project, as_json)
        elif not declared and terminal_mandate.family(name, project):
            terminal_mandate.show_family(name, project, options.date(as_of), options.now(), as_json)
        else:
            terminal_mandate.show(name, project, as_json)
        options.partly(project)
        return
    face = Monitor(project, options.date(as_of), offline=not online)
    code = require(area, tuple(project.places))
    if chart:
        if chart.suffix not in (".svg", ".png"):
            raise click.BadParameter(f"'{chart}' ends in neither .svg nor .png.", param_hint="--chart")
        drawn = face.chart(project.indicator(name).id, code)
        chart.write_bytes(drawn.svg if chart.suffix == ".svg" else drawn.png)
    shown = project.indicator(name).id
    answers = outcome.behind(project, face.evidence(shown, code), face.as_of)
    terminal.line(face.line(shown, code), face.area_name(code), as_json, answers)
    options.partly(project)


@cli.command("list")
@click.argument("kind", type=click.Choice(
    ["indicators", "recommendations", "commitments", "messages", "questions", "practices", "lessons", "mechanisms",
     "claims", "quotes", "themes", "documents", "registers", "sources", "areas", "checks", "methods", "readers",
     "reports"]))
@options.in_project
@options.as_json
def list_(kind: str, folder: Path | None, as_json: bool) -> None:
    """List what the project declares, or what it can use."""
    from monitor import terminal, terminal_mandate

    project = options.load(folder)
    if kind == "registers":
        register_cli.listing(project, as_json)
    else:
        listing = terminal_mandate.listing if kind in terminal_mandate.COLUMNS else terminal.listing
        listing(kind, project, as_json)
    options.partly(project)


@cli.command()
@click.argument("thing")
@options.in_project
@options.as_json
def where(thing: str, folder: Path | None, as_json: bool) -> None:
    """Where something is declared: an indicator, item of the mandate, source, or a path such as reports/tokens.yaml.

    The first line is what counts; what it overrides follows.
    """
    from monitor import terminal

    project = options.load(folder)
    if thing in project.sources and (terms := project.sources[thing].licence.terms):
        click.echo(f"Before you download its file: {terms}", err=True)
    terminal.places([str(p) for p in project.where(thing)], as_json)


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
def init(directory: Path) -> None:
    """Begin a project of your own: one file that runs at once."""
    from importlib.resources import files

    target = directory / "indicators.yaml"
    if target.exists():
        raise DefinitionError(f"{target} is there already; nothing was written. Name another folder.")
    directory.mkdir(parents=True, exist_ok=True)
    target.write_text(files("monitor").joinpath("starter.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    click.echo(f"Wrote {target}. Run it: monitor run --project {directory}")


@cli.command()
@options.in_project
@options.as_json
@click.option("--sources", "probe", is_flag=True, help="Ask every endpoint of every source, and read what it answers.")
def doctor(folder: Path | None, as_json: bool, probe: bool) -> None:
    """What is configured, what is stale, what is missing; with --sources what is reachable and what has changed.

    With --sources each series of each source is asked for: is it reachable, has the answer the shape it had, is a key
    missing? Answers are kept as by monitor fetch.
    """
    from monitor import diagnosis, terminal

    project = options.load(folder, telling=False)
    report, endpoints = diagnosis.examine(project, options.date(None)), []
    if probe:
        from monitor import outcome

        endpoints = outcome.matrix(project, project.sources.values(), options.date(None), options.now())
    terminal.diagnosis(report, [one.facts() for one in endpoints], as_json)
    if any(state == "broken" for _, state, _ in report) or any(one.state == "broken" for one in endpoints):
        sys.exit(DefinitionError.exit_code)
