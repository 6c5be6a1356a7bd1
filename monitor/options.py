"""What several commands share: their options, opening a project, the clock, and how a command ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from datetime import date as Date  # noqa: N812  # `date` is a function here
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.errors import LeftOut

if TYPE_CHECKING:
    from monitor.project import Project

in_project = click.option("--project", "folder", metavar="DIR", type=click.Path(path_type=Path),
                          help="Folder of the project. Default: the nearest indicators.yaml above, else the flagship.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print data as JSON.")
offline = click.option("--offline", is_flag=True, help="Ask no public source; use what is kept or shipped.")
as_of = click.option("--as-of", metavar="DATE", help="Cut-off date, 2026-11-22. Default: today.")
of_areas = click.option("--area", "areas", multiple=True, metavar="CODE",
                        help="ISO 3166-1 alpha-3 code or a place of the project. May be repeated.")
of_indicators = click.option("--indicator", "indicators", multiple=True, metavar="ID",
                             help="Only this one. May be repeated.")


def load(folder: Path | None, telling: bool = True) -> Project:
    """What is right of a project; ``telling``: with what is wrong on stderr, where it stays out of the way of JSON."""
    from monitor.project import load as load_project

    project = load_project(folder, strict=False)
    if project.announced:
        click.echo(project.announced, err=True)
    for problem in project.problems if telling else ():
        click.secho(f"wrong: {problem}", err=True, fg="yellow")
    return project


def partly(project: Project, rows: Sequence[str] = ()) -> None:
    """The end of a command that did its work: with exit code 3 where something had to be left out."""
    for problem in rows:
        click.secho(f"wrong: {problem}", err=True, fg="yellow")
    if wrong := [*project.problems, *rows]:
        number = f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''}"
        raise LeftOut(f"{number} in the declarations and registers, named above: what is wrong was left out, the "
                      "rest was used. "
                      "Mend it, then: monitor check")  # fmt: skip


def now() -> str:
    """The time as answers are stamped with it: 2026-11-22T17:00:00+00:00."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def date(text: str | None, option: str = "--as-of") -> Date:
    """The day that an option names; today where it is not given.

    Raises:
        click.BadParameter: it is no date.
    """
    try:
        return Date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        sentence = f"'{text}' is no date: expected a form like 2026-11-22."
        raise click.BadParameter(sentence, param_hint=option) from None
