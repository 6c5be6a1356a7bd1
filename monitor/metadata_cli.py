"""``monitor metadata``: what an Open SDG site says of an indicator, beside what the project declares of it."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor import options
from monitor.errors import UnreadableData

if TYPE_CHECKING:
    from monitor.model import Source
    from monitor.readers._open_sdg import Metadata, Progress

#: spellings of one unit
_SAME = {"percentage (%)": "%", "percentage": "%", "percent": "%", "per cent": "%"}
_DIRECTION = {"negative": "down_good", "positive": "up_good"}


@click.command()
@click.argument("source")
@click.argument("series")
@options.in_project
@click.option("--file", "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A file of a repository, meta/10-c-1.md. Default: the newest answer at hand.")
@click.option("--draft", is_flag=True, help="Print its options of progress as indicators to finish and declare.")
@options.as_json
def metadata(
    source: str, series: str, folder: Path | None, path: Path | None, draft: bool, as_json: bool
) -> None:
    """Show what an Open SDG site says of an indicator: unit, sources, licence, reporting status, progress."""
    from monitor import fetch, terminal
    from monitor.readers import open_sdg
    from monitor.results import Snapshot

    project = options.load(folder)
    declared = project.source(source)
    if series not in declared.series:
        offered = ", ".join(declared.series)
        raise click.BadParameter(f"'{series}' is no series of {declared.id}, which offers {offered}.")
    if path:
        answer = Snapshot(declared.id, series, declared.reader, (path.read_bytes(),), "", str(path), "", "kept")
    else:
        answer = fetch.at_hand(declared, series, layers=project.layers, store=project.store, as_of=options.date(None))
    said = open_sdg.description(answer)
    if said is None:
        raise UnreadableData(f"{declared.id} {series}: the answer holds no description of the indicator. Declare "
                             "'metadata' in the source and fetch it, or name a file with --file.")  # fmt: skip
    if as_json:
        terminal.data(asdict(replace(said, progress=tuple(replace(p, select=dict(p.select)) for p in said.progress))))
    elif draft:
        click.echo(drafted(said, declared, series), nl=False)
    else:
        heading = f"{said.number or series}: {said.name or declared.series[series].title}"
        terminal.facts(heading, facts(said, declared, series))
    options.partly(project)


def facts(said: Metadata, source: Source, series: str) -> list[tuple[str, str]]:
    """Label and text of each thing that is said; what differs from the declaration says so."""
    from monitor.readers._open_sdg import STATES

    unit = source.series[series].unit
    here = "as declared here" if _unit(unit) == _unit(said.unit) else f"declared here: {unit or 'none'}"
    rows = [
        ("reporting status", f"{said.status} ({STATES[said.status]})" if said.status else ""),
        ("unit", f"{said.unit} ({here})" if said.unit else ""), ("coverage", said.coverage),
        ("description", said.description), ("stands in for", "the indicator of the UN (proxy)" if said.proxy else ""),
        ("figures from", "; ".join(said.sources)),
        ("licence", said.licence or f"not said there; declared here: {source.licence.name}"),
        *(("progress", _sentence(one)) for one in said.progress),
    ]
    return [(label, text) for label, text in rows if text]


def _unit(text: str) -> str:
    text = " ".join(text.lower().split())
    return _SAME.get(text, text)


def _sentence(one: Progress) -> str:
    which = ", ".join(f"{name} {code}" for name, code in one.select.items()) or "the headline"
    aim = f"target {one.target:g} in {one.target_year}" if one.target is not None else "no target" + (
        f", limit {one.limit:g}" if one.limit is not None else "")
    return f"{which}: {'down' if one.direction == 'negative' else 'up'} is better, base year {one.base_year}, {aim}"


def drafted(said: Metadata, source: Source, series: str) -> str:
    """Indicators as YAML, one each series of progress; what the site does not say is left to be written."""
    import json

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)  # a YAML string in quotes

    lines = [f"# Drafted from what {source.publisher} says of {said.number or series}. Finish it where it says WRITE."]
    if not said.progress:
        lines.append("# The site declares no options of progress: direction and target are to be decided.")
    for number, one in enumerate(said.progress or (None,), start=1):
        tail = f"-{number}" if len(said.progress) > 1 else ""
        lines += [
            f"- id: {re.sub(r'[^A-Za-z0-9]+', '-', f'{source.id}-{series}').upper()}{tail}",
            f"  title: {text(said.name or source.series[series].title)}",
            f"  definition: {text(said.description or 'WRITE: what is counted')}",
            "  kind: outcome",
            f"  direction: {_DIRECTION[one.direction] if one else 'WRITE: up_good or down_good'}",
            f"  unit: {text(source.series[series].unit or said.unit)}",
            "  scale: WRITE  # percent, count, rate ... (docs/reference)",
        ]
        if one:
            lines += ["  method: statcan  # the method of Open SDG's sites", f"  baseline: {{period: {one.base_year}}}"]
            if one.limit is not None:
                ends = f"{one.limit:g}, null" if one.direction == "negative" else f"null, {one.limit:g}"
                lines.append(f"  bounds: [{ends}]")
            if one.target is not None:
                lines += ["  targets:", f"    - value: {one.target:g}", f"      period: {one.target_year}",
                          "      announced: WRITE  # when it was promised",
                          f"      citation: {text(f'{source.publisher}, {source.title}, {said.number or series}')}"]
        if one is None or one.target is None:
            lines.append(f"  no_target: {text(f'{source.publisher} names no target for it.')}")
        select = {_column(name): code for name, code in one.select.items() if _column(name) != "units"} if one else {}
        lines.append(f"  data: {{source: {source.id}, series: {series}"
                     + (f", select: {json.dumps(select, ensure_ascii=False)}" if select else "") + "}")
    return "\n".join(lines) + "\n"


def _column(name: str) -> str:
    """A column of the data as the reader names it; the site calls the column of units ``unit``."""
    from monitor.readers._delimited import snake

    return {"unit": "units"}.get(snake(name), snake(name))
