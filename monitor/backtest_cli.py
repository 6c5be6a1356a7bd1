"""``monitor backtest``: stand at each past year, call the status ahead, compare with what happened."""

from __future__ import annotations

import json
from pathlib import Path

import click

from monitor import options
from monitor.errors import DefinitionError, LeftOut


@click.command()
@options.in_project
@options.of_indicators
@click.option("--method", "methods", multiple=True, metavar="NAME",
              help="Only this one. May be repeated. Default: every method that judges by a target and figures.")
@options.as_of
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the page to a file.")
@options.as_json
def backtest(
    folder: Path | None, indicators: tuple[str, ...], methods: tuple[str, ...], as_of: str | None, out: Path | None,
    as_json: bool,
) -> None:
    """Do calls come true? Try the methods on the past of the figures at hand, without a network.

    At each past year what came later is hidden, and every method says whether a target will be met one, three and five
    years ahead; and, without a target, whether what it calls improving went on. Printed: how often that came true, and
    how often a status flips within a year.
    """
    from monitor import backtest as trying
    from monitor import backtest_free, evidence
    from monitor.backtest_page import page
    from monitor.backtest_scores import free_scores, scores

    cut_off = options.date(as_of)
    if strange := [m for m in methods if m not in trying.METHODS]:
        known = ", ".join(trying.METHODS)
        raise click.BadParameter(f"'{strange[0]}' cannot be tried: known are {known}.", param_hint="--method")
    project = options.load(folder)
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
    without = backtest_free.free_calls(known_stands)
    freely = [m for m in backtest_free.METHODS if m in tried]
    free = free_scores(without, backtest_free.free_called(chosen, known_stands, without, freely)) if freely else None
    text = page(found, tried, cut_off, free)
    if out:
        out.write_text(text, encoding="utf-8")
    if as_json:
        told = {"calls": found.calls, "series": found.series, "declared": found.declared}
        names = ("methods", "calibration", "shares")
        frames = {name: getattr(found, name).to_dicts() for name in names}
        freed = {name: getattr(free, name).to_dicts() for name in names} if free else None
        click.echo(json.dumps(told | frames | {"without_a_target": freed}, indent=1))
    elif not out:
        click.echo(text)
    if project.problems:
        raise LeftOut(f"{len(project.problems)} problems in the declarations, named above: the rest was tried.")
