"""The codebook of a register as a page: what counts, worked examples, columns, how far two readers agree."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.registers import Agreement, Column, Register, Rule, agreement


def agreement_text(found: Agreement) -> str:
    """One agreement as printed."""
    return (
        f"no kappa: {found.reason}"
        if found.kappa is None
        else f"Cohen's kappa {found.kappa:.2f} over {found.rows} rows"
    )


def page(register: Register, rows: Sequence[Mapping[str, str]]) -> str:
    """The codebook as Markdown."""
    apart = {f"{column.name}_{n}" for column in register.columns if column.judgement for n in (1, 2)}
    out = [
        f"# {register.title}",
        register.question,
        f"Kept by: {register.keeper}. About the subject: <{register.about}>. Licence: {register.licence.name}"
        + ("" if register.licence.confirmed else " (to be confirmed)")
        + f". {register.licence.note}",
        f"The rows stand in `sources/{register.file}`: {_held(rows)}.",
    ]
    for heading, points in (
        ("What counts", register.counts),
        ("What does not", register.does_not_count),
        ("Edge cases", register.edge_cases),
    ):
        out += [f"## {heading}", "\n".join(f"- {point}" for point in points)] if points else []
    out += ["## Worked examples", _table(("case", "decision"), [(e.case, e.decision) for e in register.examples])]
    out += [
        "## Columns",
        "Needed in every row: " + ", ".join(f"`{c.name}`" for c in register.header() if c.required) + ".",
        _table(
            ("column", "type", "what goes in"),
            [(f"`{c.name}`", _typed(c), _meaning(c)) for c in register.header() if c.name not in apart],
        ),
    ]
    if judged := agreement(register, rows):
        out += [
            "## Two readers",
            "These columns are read by two people apart, whose answers stand in `<column>_1` and "
            "`<column>_2` and the settled one in the column itself.",
            _table(("column", "agreement"), [(f"`{name}`", agreement_text(a)) for name, a in judged.items()]),
        ]
    out += [
        "## From rows to figures",
        "Rows that another row supersedes, and withdrawn ones, are not counted. Without rows "
        "there is no figure, and never a zero.",
        _table(
            ("series", "figure", "unit", "rule"),
            [
                (f"`{n}`", r.title + (f". {r.note}" if r.note else ""), r.unit, _told(r))
                for n, r in register.rules.items()
            ],
        ),
    ]
    return "\n\n".join(out) + "\n"


def pages(registers: Mapping[str, Register], find: Callable[[str], Path]) -> dict[str, str]:
    """The codebook of each register by its name, and README: the list of them. ``find`` gives the file that wins."""
    made, listed = {}, []
    for name, register in registers.items():
        with find(f"sources/{register.file}").open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        made[name] = page(register, rows)
        listed.append((f"[{name}]({name}.md)", register.title, register.question, str(len(rows))))
    told = "Evidence that people keep by hand, because nobody publishes it as a statistic: a row for each fact."
    how = "How to keep one: [keep a register](../howto/keep-a-register.md)."
    listing = _table(("register", "title", "what it answers", "rows"), listed)
    return made | {"README": f"# Registers\n\n{told} {how}\n\n{listing}\n"}


def _held(rows: Sequence[Mapping[str, str]]) -> str:
    areas = {row["ref_area"] for row in rows}
    return f"{len(rows)} rows on {len(areas)} areas" if rows else "none yet; its indicators await entries"


def _typed(column: Column) -> str:
    bounds = "".join(f", {word} {n:g}" for word, n in (("from", column.least), ("to", column.most)) if n is not None)
    return column.type.replace("_", "/") + bounds + (", two readers" if column.judgement else "")


def _meaning(column: Column) -> str:
    codes = "; ".join(f"`{code}` {means}".strip() for code, means in column.codes.items())
    return ". ".join(filter(None, [column.means, codes, "No person's name" if column.person_free else ""]))


def _told(rule: Rule) -> str:
    """The rule as a person would say it, key by key."""
    said = rule.model_dump(exclude_defaults=True, exclude={"title", "unit", "note", "rule"})
    return f"{rule.rule}" + "".join(f"; {key} {_plain(value)}" for key, value in said.items())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"`{k}` {_plain(v)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return (
        {True: "yes"}.get(value, f"{value:g}" if isinstance(value, float) else f"`{value}`")
        if value is not None
        else ""
    )


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    cells = ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), *cells])
