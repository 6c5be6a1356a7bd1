"""``monitor validate``: test what is expected of the figures at hand, and say what does not hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import options
from monitor.errors import ChecksFailed, LeftOut

if TYPE_CHECKING:
    from monitor.validation.outcomes import Validated


@click.command()
@options.in_project
@options.of_indicators
@click.option("--source", "sources", multiple=True, metavar="ID",
              help="Only this one, and the indicators that read it. May be repeated.")
@click.option("--area", "areas", multiple=True, metavar="CODE",
              help="Only the figures of this area. May be repeated. Default: all areas there are figures of.")
@options.as_of
@click.option("--data-docs", metavar="DIR", type=click.Path(path_type=Path),
              help="Write Great Expectations' own pages too. They load style and scripts from other addresses.")
@options.as_json
def validate(
    folder: Path | None, indicators: tuple[str, ...], sources: tuple[str, ...], areas: tuple[str, ...],
    as_of: str | None, data_docs: Path | None, as_json: bool,
) -> None:
    """Test what is expected of the figures at hand with Great Expectations, without a network.

    `expect:` of indicators and sources says what. Ends with 13 where something does not hold or cannot be tested.
    """
    from monitor import evidence
    from monitor.area import require
    from monitor.run import plan_of
    from monitor.validation import plan as validation

    cut_off = options.date(as_of)
    project = options.load(folder)
    named = {project.indicator(name).id for name in indicators}
    reading = {project.source(name).id for name in sources}
    wanted = [i for i in project.indicators.values() if not (named or reading) or i.id in named
              or any(part.source in reading for part in project.selections(i))]
    needed = {i.id: i for i in wanted} | {k: project.indicators[k] for i in wanted for parts in i.expect.parts
                                          for k in parts.of}
    needed |= {k: each for i in [*needed.values()] for k, each in project.inputs(i).items()}
    gathered = evidence.gather(project, needed.values(), cut_off, offline=True, now="")
    known = gathered.series.frame["ref_area"].unique().sort().to_list()
    there = [require(code, tuple(project.places)) for code in areas] or known
    looked = [s for s in project.sources.values() if s.id in reading or not (named or reading)]
    planned = plan_of(project, gathered, there, wanted, looked)
    with validation.started(project.store, planned) as validated:
        outcome = validated()
    if data_docs:
        validation.data_docs(planned, data_docs)
    _show(outcome, as_json)
    if outcome.problem:
        raise ChecksFailed(f"The expectations were not tested: {outcome.problem}.")
    failed, crashed = len(outcome.of("failed")), len(outcome.of("crashed"))
    if failed or crashed:
        said = f"{failed} of {len(outcome.results)} expectations do not hold, {crashed} could not be tested"
        raise ChecksFailed(f"{said}; the table says why.")
    if project.problems:
        raise LeftOut(f"{len(project.problems)} problems in the declarations, named above: the rest was tested.")


def _show(outcome: Validated, as_json: bool) -> None:
    from monitor import terminal
    from monitor.validation.outcomes import ORDER, named

    rows = [
        (one.word, one.expectation.id, one.expectation.expected, one.found, named(one), one.count)
        for word in ORDER for one in outcome.of(word)
    ]
    terminal.table(("outcome", "expectation", "expected", "found", "first rows", "rows"), rows, as_json)
    if not as_json:
        for note in outcome.notes():
            click.echo(note)
