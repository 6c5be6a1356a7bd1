"""``monitor composite``: the composites that a project declares, with the warning above the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import options
from monitor.errors import DefinitionError

if TYPE_CHECKING:
    from monitor.composite_page import Shown

HEADS = ("area", "arithmetic", "geometric", "rank", "ranks", "thirds", "told", "lacking")


@click.command()
@click.argument("name", metavar="[ID]", default="")
@options.in_project
@click.option("--area", "areas", multiple=True, metavar="CODE",
              help="Print only this area; ranks stay those among all areas of the composite. May be repeated.")
@options.as_of
@options.offline
@options.as_json
def composite(
    name: str, folder: Path | None, areas: tuple[str, ...], as_of: str | None, offline: bool, as_json: bool
) -> None:
    """Several indicators in one number, where a project declares it; without ID all that it declares.

    Printed: the arithmetic and the geometric mean, the rank with the interval it has when weights, scales, mean and
    figures are drawn anew, and what is lacking. Areas stand by name.
    """
    from monitor import composite_page, run

    day = options.date(as_of)
    project = options.load(folder)
    chosen = [project.composite(name)] if name else [*project.composites.values()]
    if not chosen:
        raise DefinitionError("this project declares no composite, and no scorecard needs one. To declare one, see "
                              "docs/howto/declare-a-composite.md.")
    words = project.words(project.languages[0])
    told: list[dict[str, Any]] = []
    for declared in chosen:
        codes = declared.codes(project.scorecards)
        if strange := [area for area in areas if area not in codes]:
            raise click.BadParameter(f"'{strange[0]}' is no area of {declared.id}: {', '.join(codes)}.",
                                     param_hint="--area")
        asked = [project.indicators[part.indicator] for part in declared.parts]
        judged = run.assess(project, as_of=day, now=options.now(), areas=codes, indicators=asked, offline=offline)
        names = {code: project.area_name(code, words) for code in codes}
        table = run.composite(project, declared, judged.evidence, day)
        shown = composite_page.shown(table, words, names)
        if as_json:
            told.append(composite_page.as_data(table, shown, areas))
        else:
            _print(shown, words, {names[code] for code in areas or codes})
    if as_json:
        from monitor import terminal

        terminal.data(told)
    options.partly(project)


def _print(shown: Shown, words: Any, names: set[str]) -> None:
    from monitor import terminal

    facts = [(words("composite.purpose"), shown.purpose), (words("composite.rows"), shown.order)]
    click.secho(shown.warning, bold=True)
    terminal.facts(f"{shown.id} {shown.title}", facts)
    rows = [(row.name, row.arithmetic, row.geometric, row.rank, row.ranks, row.thirds, row.told, row.lacking)
            for row in shown.rows if row.name in names]
    terminal.table([words(f"composite.column.{head}") for head in HEADS], rows)
    if lacking := [(name, why) for name, why in shown.without if name in names]:
        terminal.facts(words("composite.without"), lacking)
    heads = ("part", "weight", "goalposts", "correlation", "moves", "shifts")
    parts = [(f"{p.id} {p.title}", p.weight, p.goalposts, p.correlation, p.moves, p.shifts) for p in shown.parts]
    terminal.table([words(f"composite.column.{head}") for head in heads], parts)
    for sentence in shown.made:
        click.echo(sentence)
