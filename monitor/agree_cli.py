"""``monitor agree``: do we reach the statuses that a statistics office published, from its own components?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor import options

if TYPE_CHECKING:
    from monitor.agreement import Outcome


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--method", default="statcan", show_default=True, metavar="NAME", help="The method to judge by.")
@options.as_json
def agree(files: tuple[Path, ...], method: str, as_json: bool) -> None:
    """Compare our statuses with those a statistics office published, from its own components.

    FILE is what an Open SDG site puts out as indicator_calculation_components.yml, or the same as JSON or CSV. Printed:
    how many statuses and scores agree, and each disagreement with its figures.
    """
    from monitor import agreement, components

    if method not in agreement.METHODS:
        known = ", ".join(agreement.METHODS)
        raise click.BadParameter(f"'{method}' cannot be compared: known are {known}.", param_hint="--method")
    told = []
    for path in files:
        found = components.read(path)
        outcomes = agreement.compare(found, method)
        told.append({"file": found.label, "unread": found.unread, "summary": _counts(outcomes),
                     "outcomes": [o._asdict() for o in outcomes]})
        if not as_json:
            click.echo("\n".join(_lines(found.label, outcomes, found.unread)))
    if as_json:
        click.echo(json.dumps(told, indent=1, ensure_ascii=False))


def _counts(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Of series and of indicators: published statuses and scores that were compared, and that agree."""
    return {level: {
        "statuses": sum(o.agrees is not None for o in some), "statuses_agree": sum(o.agrees is True for o in some),
        "scores": sum(o.score_agrees is not None for o in some),
        "scores_agree": sum(o.score_agrees is True for o in some),
        "not_compared": sum(o.agrees is None and o.score_agrees is None for o in some),
    } for level in ("series", "group", "indicator") if (some := [o for o in outcomes if o.level == level])}


def _lines(label: str, outcomes: Sequence[Outcome], unread: Sequence[str]) -> list[str]:
    lines = [label]
    for level, n in _counts(outcomes).items():
        lines.append(f"  {level}: {n['statuses_agree']} of {n['statuses']} statuses agree, {n['scores_agree']} of "
                     f"{n['scores']} scores; {n['not_compared']} not compared")
    for o in outcomes:
        if o.agrees is False or o.score_agrees is False:
            apart = "" if o.score is None or o.our_score is None else f", apart {o.our_score - o.score:+.4f}"
            given = ", ".join(f"{name} {value:g}" if isinstance(value, int | float) else f"{name} {value}"
                              for name, value in o.inputs.items())
            lines += [f"  differs: {o.label} ({o.level}, {o.where})", f"    given:  {given}",
                      f"    theirs: {_said(o.status, o.score)}",
                      f"    ours:   {_said(o.our_status, o.our_score)}{apart}" + (f" ({o.word})" if o.word else "")]
            lines += [f"    why:    {o.why}"] if o.why else []
        elif o.agrees is None and o.score_agrees is None and o.our_status != "not_available":
            lines.append(f"  {o.label}: ours {_said(o.our_status, o.our_score)}; {o.why}")
    reasons: dict[str, int] = {}
    for o in outcomes:
        if o.agrees is None and o.score_agrees is None:
            reasons[o.why] = reasons.get(o.why, 0) + 1
    lines += [f"  not compared, {n}: {why}" for why, n in reasons.items()]
    return lines + ([f"  nothing was read from: {', '.join(unread)}"] if unread else [])


def _said(status: str, score: float | None) -> str:
    return (status or "no status") + ("" if score is None else f", score {score:.4f}")
