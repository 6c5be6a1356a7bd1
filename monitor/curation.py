"""What a careful reader of a register would object to: row by row, with file, line and what to do.

The door (`monitor.entries`) refuses what cannot be read at all; here stands what can be read and is still not right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import polars as pl

from monitor import period, privacy
from monitor.entries import LINE, parse, told
from monitor.errors import MonitorError
from monitor.privacy import Withheld
from monitor.registers import Register, agreement
from monitor.results import Level

#: below this, two readers do not mean the same thing: the codebook or the coding must change
KAPPA_GOOD = 0.7
#: judged only over this many rows
KAPPA_ROWS = 10
#: characters up to which a text is a name of something, and no running text
SHORT = 60
#: names that RFC 2606 and 6761 keep for examples and tests
_MADE_UP = re.compile(r"(^|\.)(example(\.(com|net|org))?|test|invalid)$")


class Remark(NamedTuple):
    """One objection: where, what, and what to do about it."""

    level: Level
    line: int  # of the file; 0 for the register as a whole
    sentence: str
    about: Literal["", "double", "name"] = ""  # what a person must answer before a new row like this is written


def remarks(
    register: Register, text: str, today: date, mandate: Collection[str] = (), names: Withheld = privacy.NONE,
    elsewhere: Collection[str] = (), bodies: Collection[str] = (), ordinary: frozenset[str] = frozenset(),
) -> list[Remark]:
    """Everything wrong or doubtful in the rows of a register, in the order of the file.

    Args:
        text: the CSV.
        today: dates after it are in the future.
        mandate: ids that `linked_r` and other columns of ids may name; none: not looked at.
        names: those of private persons, which may stand nowhere.
        elsewhere: ids of what could not be read or is left out: a link to them is not judged.
        bodies: names of the project that look like a person's and are none.
        ordinary: words that are no part of a name; none: plain names in running text are not looked for.
    """
    where, columns = f"sources/{register.file}", register.header()
    try:
        frame, wrong = parse(text, columns, where)
    except MonitorError as problem:
        return refused(problem)
    wrong += told(frame, columns, where, register.organisations)
    found = [Remark(Level.ERROR, fault.line, fault.said) for fault in wrong]

    say = partial(_said, frame, where)
    known = (partial(_people, names, bodies, ordinary), partial(_links, mandate, elsewhere))
    for look in (_replaced, partial(_dates, today), _twice, _readers, *known, _addresses):
        found += look(register, frame, say)
    if "archived_url" in frame.columns and (lines := frame.filter(pl.col("archived_url") == "")[LINE].to_list()):
        found.append(
            Remark(
                Level.WARNING,
                0,
                f"{where}: archived_url: {len(lines)} of {frame.height} rows have no archived "
                f"copy (lines {_ranges(lines)}). Save the page in a public archive and put its address here.",
            )
        )
    for name, reached in agreement(register, frame.to_dicts()).items():
        if reached.kappa is not None and reached.rows >= KAPPA_ROWS and reached.kappa < KAPPA_GOOD:
            found.append(
                Remark(
                    Level.WARNING,
                    0,
                    f"{where}: {name}: Cohen's kappa is {reached.kappa:.2f} over {reached.rows} "
                    f"rows, expected {KAPPA_GOOD} or more. Sharpen the codebook and code these rows anew.",
                )
            )
    return sorted(found, key=lambda remark: (remark.line == 0, remark.line))


def doubts(
    register: Register, text: str, names: Withheld, bodies: Collection[str], ordinary: frozenset[str]
) -> Iterator[str]:
    """What may be the name of a private person in the rows of a register; nothing where they cannot be read."""
    where = f"sources/{register.file}"
    try:
        frame, _ = parse(text, register.header(), where)
    except MonitorError:
        return  # told elsewhere
    for remark in _people(names, bodies, ordinary, register, frame, partial(_said, frame, where)):
        if remark.about == "name":
            yield remark.sentence


def _said(
    frame: pl.DataFrame, where: str, level: Level, row: int, column: str, sentence: str,
    about: Literal["", "double", "name"] = "",
) -> Remark:
    line = int(frame[row, LINE])
    return Remark(level, line, f"{where}:{line}: {column}: {sentence}", about)


def refused(problem: MonitorError) -> list[Remark]:
    """What kept a file from being read at all."""
    return [Remark(Level.ERROR, _line(sentence), sentence) for sentence in problem.problems]


Say = Callable[..., Remark]


def _replaced(register: Register, frame: pl.DataFrame, say: Say) -> Iterator[Remark]:
    """Rows that replace each other: what is named must be there, and be replaced once."""
    if "supersedes" not in frame.columns:
        return
    rows = {cell: n for n, cell in enumerate(frame["id"])}
    after = {n: rows.get(cell) for n, cell in enumerate(frame["supersedes"]) if cell}
    replaced: dict[int, int] = {}
    for n, old in after.items():
        cell = frame[n, "supersedes"]
        if old is None:
            hint = _near(cell, rows) or " Correct the id, or leave it empty."
            yield say(Level.ERROR, n, "supersedes", f"there is no row '{cell}'.{hint}")
            continue
        if old in replaced:
            first = frame[replaced[old], "id"]
            yield say(
                Level.WARNING, n, "supersedes", f"'{cell}' is already replaced by '{first}'. Name that one instead."
            )
        replaced[old] = n
        chain, step = [n], after.get(n)
        while step is not None and step not in chain:
            chain.append(step)
            step = after.get(step)
        if step == n:
            yield say(
                Level.ERROR,
                n,
                "supersedes",
                "the row is replaced by itself in the end, so none of them counts. Leave it empty in the newest one.",
            )
    if "status" in frame.columns:
        for n, cell in enumerate(frame["status"]):
            if cell == "superseded" and n not in replaced:
                yield say(
                    Level.ERROR, n, "status", "says superseded, but no row supersedes it. Add that row, or correct it."
                )


def _dates(today: date, register: Register, frame: pl.DataFrame, say: Say) -> Iterator[Remark]:
    """Nothing read or begun in the future, nothing ended before it began."""
    past = {"retrieved_on", "date_from", *(rule.at for rule in register.rules.values())} & {*frame.columns}
    for name in sorted(past):
        for n, cell in enumerate(frame[name]):
            if (began := _span(cell)) and began[0] > today:
                yield say(Level.ERROR, n, name, f"found '{cell}', which is after today, {today}. Correct the date.")
    if {"date_from", "date_to"} <= {*frame.columns}:
        for n, (start, stop) in enumerate(frame.select("date_from", "date_to").iter_rows()):
            began, ended = _span(start), _span(stop)
            if began and ended and ended[1] < began[0]:
                yield say(
                    Level.ERROR,
                    n,
                    "date_to",
                    f"found '{stop}', which is before date_from, '{start}': the row never counts. Correct one of them.",
                )


def _span(text: str) -> tuple[date, date] | None:
    """First and last day of a period; None where it is none (said already)."""
    try:
        last = period.end(period.normalise(text))
    except MonitorError:
        return None
    first = (
        text if len(text) == 10 else f"{text[:4]}-{text[5:7] if len(text) == 7 and text[5:7].isdigit() else '01'}-01"
    )
    return date.fromisoformat(first) if text[4:5] != "/" else date(int(text[:4]), 4, 1), last


def _twice(register: Register, frame: pl.DataFrame, say: Say) -> Iterator[Remark]:
    """The same evidence under two ids counts twice."""
    aside = {"id", LINE, "notes", "note", "coder_1", "coder_2", "archived_url", "retrieved_on", "supersedes"}
    same: dict[tuple[str, ...], int] = {}
    for n, cells in enumerate(frame.select(c for c in frame.columns if c not in aside).iter_rows()):
        if cells in same:
            other = frame[same[cells], "id"]
            if "supersedes" in frame.columns and frame[n, "supersedes"] == other:
                continue
            sentence = f"says the same as '{other}'. Withdraw one, or say in its columns how they differ."
            yield say(Level.WARNING, n, "id", sentence, "double")
        same.setdefault(cells, n)


def _readers(register: Register, frame: pl.DataFrame, say: Say) -> Iterator[Remark]:
    """Two answers become one in the open: the settled answer stands beside them, and how it was reached."""
    for name in (column.name for column in register.columns if column.judgement):
        for n, row in enumerate(frame.iter_rows(named=True)):
            settled, one, two = (row[key] for key in (name, f"{name}_1", f"{name}_2"))
            if one and two and one == two != settled:
                yield say(Level.ERROR, n, name, f"found '{settled}', but both readers say '{one}'. Write their answer.")
            elif one and two and one != two and not settled:
                yield say(
                    Level.WARNING,
                    n,
                    name,
                    f"the readers disagree ('{one}', '{two}') and nothing is settled, so the "
                    "row is not counted. Talk it over, or ask a third reader.",
                )
            elif one and two and one != two and row.get("agreement") not in ("discussed", "third"):
                yield say(
                    Level.ERROR,
                    n,
                    "agreement",
                    f"the readers disagree on '{name}' ('{one}', '{two}') and '{settled}' "
                    "stands without saying how. Write discussed or third.",
                )


def _links(
    mandate: Collection[str], elsewhere: Collection[str], register: Register, frame: pl.DataFrame, say: Say
) -> Iterator[Remark]:
    """Ids of the mandate that a row bears on must be there."""
    for column in (c for c in register.header() if c.ids and mandate and c.name in frame.columns):
        for n, cell in enumerate(frame[column.name]):
            for one in cell.split():
                if one not in mandate and one not in elsewhere and not (
                        column.beside and re.fullmatch(column.beside, one)):
                    yield say(Level.ERROR, n, column.name, f"'{one}' is no item of the mandate and no indicator here."
                              f"{_near(one, mandate) or ' Correct the id.'}")  # fmt: skip


def addresses(register: Register, frame: pl.DataFrame) -> Iterator[tuple[int, str, str]]:
    """Every address in the rows: (row, column, address)."""
    for name in (c.name for c in register.header() if c.type == "url" and c.name in frame.columns):
        yield from ((n, name, cell) for n, cell in enumerate(frame[name]) if cell)


def _addresses(register: Register, frame: pl.DataFrame, say: Say) -> Iterator[Remark]:
    """An address nobody else can open is no evidence."""
    for n, name, url in addresses(register, frame):
        if why := closed(url):
            yield say(Level.ERROR, n, name, f"found '{url[:80]}', {why}. Give the public page where it can be read.")


def closed(url: str) -> str:
    """Why an address can never be evidence; "" where it can."""
    try:
        host = (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return "which is no address"
    if _MADE_UP.search(host):
        return "which is an address for examples, and no evidence"
    try:
        own = not ip_address(host).is_global
    except ValueError:
        own = host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa"))
    return "an address of a private network, which no reader can open" if own else ""


def _people(
    names: Withheld, bodies: Collection[str], ordinary: frozenset[str], register: Register, frame: pl.DataFrame,
    say: Say,
) -> Iterator[Remark]:
    """No private person in a public file. (A name with a title is refused at the door.)"""
    bodies = [*bodies, *register.organisations]
    for column in (c for c in register.header() if c.type == "text" and c.name in frame.columns and c.name != "id"):
        for n, cell in enumerate(frame[column.name]):
            for _, name in privacy.withheld(cell, names):
                yield say(Level.ERROR, n, column.name, f"'{privacy.masked(name)}' is the name of a private person, and "
                          "is withheld. Write the organisation or office instead.")  # fmt: skip
            if column.form or column.ids or privacy.titled(cell, register.organisations):
                continue
            found = [name for _, name in privacy.doubtful(cell, ordinary, bodies)] if ordinary else []
            if column.person_free:
                short = privacy.plain(cell, bodies) if len(cell) <= SHORT else ""
                if short and not ordinary.issuperset(short.lower().split()):  # stricter: nothing but a name is here
                    found.append(short)
                for name in dict.fromkeys(found):
                    yield say(Level.ERROR, n, column.name, f"'{privacy.masked(name)}' looks like the name of a person, "
                              "and the column is free of persons. Write the office or organisation; if it is one, add "
                              f"its name to 'organisations' of {register.id}.yaml.")  # fmt: skip
            else:
                for name in dict.fromkeys(found):
                    yield say(Level.WARNING, n, column.name, f"'{privacy.masked(name)}' may be the name of a private "
                              "person. Write the office or the organisation; if it is one, add its name to "
                              f"'organisations' of {register.id}.yaml.", "name")  # fmt: skip


def _near(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, [*known], n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _line(sentence: str) -> int:
    found = re.match(r"[^:]+:(\d+):", sentence)
    return int(found[1]) if found else 0


def _ranges(lines: Sequence[int]) -> str:
    """``2-9, 12``, and how many more ranges there are."""
    parts: list[list[int]] = []
    for line in lines:
        if parts and line == parts[-1][1] + 1:
            parts[-1][1] = line
        else:
            parts.append([line, line])
    shown = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts[:8])
    return shown + (f" and {len(parts) - 8} more" if len(parts) > 8 else "")
