"""``monitor backtest``: stand at each past year, call the status ahead, compare with what happened."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from monitor.errors import DefinitionError, LeftOut


@click.command()
@click.option("--project", "folder", metavar="DIR", type=click.Path(path_type=Path),
              help="Folder of the project. Default: the nearest indicators.yaml above, else the flagship.")
@click.option("--indicator", "indicators", multiple=True, metavar="ID", help="Only this one. May be repeated.")
@click.option("--method", "methods", multiple=True, metavar="NAME",
              help="Only this one. May be repeated. Default: every method that judges by a target and figures.")
@click.option("--as-of", metavar="DATE", help="Cut-off date, 2026-11-22. Default: today.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the page to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print data as JSON.")
def backtest(
    folder: Path | None, indicators: tuple[str, ...], methods: tuple[str, ...], as_of: str | None, out: Path | None,
    as_json: bool,
) -> None:
    """Do calls come true? Try the methods on the past of the figures at hand, without a network.

    At each past year what came later is hidden, and every method says whether a target will be met one, three and five
    years ahead. Printed: how often that came true, and how often a status flips within a year.
    """
    from monitor import backtest as trying
    from monitor import evidence
    from monitor.backtest_page import page
    from monitor.backtest_scores import scores
    from monitor.project import load

    try:
        cut_off = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError:
        raise click.BadParameter(f"'{as_of}' is no date: expected 2026-11-22.", param_hint="--as-of") from None
    if strange := [m for m in methods if m not in trying.METHODS]:
        known = ", ".join(trying.METHODS)
        raise click.BadParameter(f"'{strange[0]}' cannot be tried: known are {known}.", param_hint="--method")
    project = load(folder, strict=False)
    if project.announced:
        click.echo(project.announced, err=True)
    for problem in project.problems:
        click.secho(f"wrong: {problem}", err=True, fg="yellow")
    wanted = [project.indicator(name) for name in indicators] or [*project.indicators.values()]
    needed = {i.id: i for i in wanted} | {k: each for i in wanted for k, each in project.inputs(i).items()}
    gathered = evidence.gather(project, needed.values(), cut_off, offline=True, now="")
    chosen = {i.id: i for i in wanted}
    known_stands = trying.stands(chosen, gathered.series)
    asked = trying.calls(chosen, known_stands)
    if asked["holdout"].n_unique() < 2:
        raise DefinitionError(
            f"There is nothing to try the methods on: of {', '.join(indicators) or 'this project'} there are too few "
            f"yearly series of {trying.LEAST_POINTS} figures or more to tune on one part and to report on another.")
    tried = [m for m in trying.METHODS if m in methods] or trying.METHODS
    found = scores(asked, trying.called(chosen, known_stands, asked, tried))
    text = page(found, tried, cut_off)
    if out:
        out.write_text(text, encoding="utf-8")
    if as_json:
        told = {"calls": found.calls, "series": found.series, "declared": found.declared}
        frames = {name: getattr(found, name).to_dicts() for name in ("methods", "calibration", "shares")}
        click.echo(json.dumps(told | frames, indent=1))
    elif not out:
        click.echo(text)
    if project.problems:
        raise LeftOut(f"{len(project.problems)} problems in the declarations, named above: the rest was tried.")
