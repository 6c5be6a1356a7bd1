"""A row as a person gives it: asked for field by field, named on the command line, or read from a file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from monitor.entries import table, wrong
from monitor.errors import DefinitionError
from monitor.registers import Column, Register

Row = dict[str, str]


class Objection(NamedTuple):
    """What is wrong with a row as far as it is filled in; ``sure``: not only by guess."""

    column: str
    said: str
    sure: bool = True


Look = Callable[[Row], Iterable[Objection]]


def pair(text: str, register: Register) -> tuple[str, str]:
    """``column=value`` of the command line."""
    column, found, value = (part.strip() for part in text.partition("="))
    names = [c.name for c in register.header()]
    if not found or column not in names:
        near = difflib.get_close_matches(column, names, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known are {', '.join(names)}."
        raise click.BadParameter(f"'{text}' is not COLUMN=VALUE for this register. {hint}", param_hint="--set")
    return column, value


def from_file(path: Path) -> list[Row]:
    """Rows of a CSV with a heading, or of a JSON list.

    Raises:
        DefinitionError: it is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() != ".json":
            header, rows = table(text, path.name)
            return [dict(zip(header, cells, strict=True)) for _, cells in rows]
        tree = json.loads(text)
    except ValueError as problem:
        raise DefinitionError(
            f"{path.name}: cannot be read ({problem}). Expected a CSV with a heading, or JSON, in UTF-8."
        ) from None
    listed = tree if isinstance(tree, list) else [tree]
    if not listed or not all(isinstance(row, dict) for row in listed):
        raise DefinitionError(
            f'{path.name}: expected a list of rows such as [{{"ref_area": "DEU", "domain": "police"}}].'
        )
    return [{str(key): _plain(value) for key, value in row.items()} for row in listed]


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)


def asked(register: Register, taken: Collection[str], today: date, look: Look = lambda _: ()) -> Row:
    """One row, field by field; an answer that cannot stand is asked for again. Ctrl-C ends it (`click.Abort`).

    Args:
        look: what is wrong with the row so far, across its columns; asked after every answer.
    """
    click.echo(f"{register.title}. {register.question}")
    click.echo("Enter leaves a field empty, or takes what stands in brackets. Ctrl-C ends without writing.")
    row: Row = {}
    kept: set[str] = set()  # guesses the person has looked at
    for column in sorted(register.header(), key=lambda c: c.name == "id"):  # the id last: it is proposed from the area
        proposed = {"retrieved_on": today.isoformat(), "id": next_id(register, row.get("ref_area", ""), taken)}
        row[column.name] = _ask(register, column, proposed.get(column.name, ""), taken)
        while found := next((o for o in look(row) if o.column in row and o.said not in kept), None):
            click.secho(f"  {found.column}: {found.said}", fg="red" if found.sure else "yellow", err=True)
            if not found.sure and click.confirm("  Keep it, because it names no private person?", default=False):
                kept.add(found.said)
            else:
                again = next(c for c in register.header() if c.name == found.column)
                row[again.name] = _ask(register, again, proposed.get(again.name, ""), taken)
    return row


def _ask(register: Register, column: Column, proposed: str, taken: Collection[str]) -> str:
    codes = [*column.codes] or ["yes", "no"] * (column.type == "yes_no")
    meanings = [f"{code}: {means}" for code, means in column.codes.items() if means]
    twice = {f"{c.name}_{n}": who for c in register.columns if c.judgement for n, who in
             ((1, "What the first reader found"), (2, "What the second reader found, without knowing the first's"))}
    said = f"{twice[column.name]}: {column.means}" if column.name in twice else column.means
    for told in filter(None, (said[:1].upper() + said[1:], "; ".join(meanings))):
        click.secho(told, dim=True)
    label = column.name + ", needed" * column.required + f" ({', '.join(codes)})" * bool(codes)
    while True:
        answer = str(click.prompt(label, default=proposed, show_default=bool(proposed))).strip()
        problem = wrong(column, answer, register.organisations) or (
            f"found '{answer}', expected an id no other row has." if column.name == "id" and answer in taken else ""
        )
        if not problem:
            return answer
        click.secho(f"  {problem}", fg="red", err=True)


def next_id(register: Register, area: str, taken: Collection[str]) -> str:
    """An id nobody has: ``CITYID-USA-003``."""
    stem = f"{register.id.upper()}-{area or 'ROW'}"
    return next(made for n in range(1, len(taken) + 2) if (made := f"{stem}-{n:03}") not in taken)
