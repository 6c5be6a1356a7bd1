"""The rows of a register at the door: a CSV as text, held against the declared columns, all failures at once.

The schema is compiled for pandera from the columns; a sentence says the file, the line, what was found and what to do.
A row that is wrong is set aside with the area it speaks of, so that it costs nobody else's figures (`sound`).
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor import area, period, privacy
from monitor.errors import DefinitionError, UnreadableData
from monitor.registers import Column

if TYPE_CHECKING:
    import polars as pl

#: the line of the file on which a row begins
LINE = "_line"
#: how many problems of one file are told at once
TOLD = 50
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_URL = re.compile(r"https?://[^\s<>\"]+\.[^\s<>\"]+")
_PLACE = re.compile(r"([A-Z]{2})([A-Z2-9]{3}|-[A-Z0-9]{1,3})")


class Fault(NamedTuple):
    """One thing that is wrong with a row, and the area the row speaks of; "" where nobody can tell."""

    line: int
    area: str
    said: str


def door(text: str, columns: Sequence[Column], where: str, bodies: Sequence[str] = ()) -> pl.DataFrame:
    """The rows, every cell as text, with `LINE`.

    Args:
        bodies: names that look like a person's and are none.

    Raises:
        UnreadableData: the file is no CSV.
        DefinitionError: columns or cells are not what the register declares; every place is named.
    """
    frame, faults = sound(text, columns, where, bodies)
    if faults:
        raise refused(faults, where)
    return frame


def refused(faults: Sequence[Fault], where: str) -> DefinitionError:
    """What is wrong with rows as one error; of many the first `TOLD`."""
    more = [f"{where}: {len(faults) - TOLD} more problems of this kind."] if len(faults) > TOLD else []
    return DefinitionError([*(fault.said for fault in faults[:TOLD]), *more])


def sound(
    text: str, columns: Sequence[Column], where: str, bodies: Sequence[str] = ()
) -> tuple[pl.DataFrame, list[Fault]]:
    """The rows that are right in themselves, and what is wrong with the others, in the order of the file.

    Raises:
        UnreadableData: the file is no CSV.
        DefinitionError: the heading is not the declared one.
    """
    frame, faults = parse(text, columns, where)
    faults += told(frame, columns, where, bodies)
    wrong = [fault.line for fault in faults]
    return frame.remove(frame[LINE].is_in(wrong)) if wrong else frame, sorted(faults, key=lambda fault: fault.line)


def told(frame: pl.DataFrame, columns: Sequence[Column], where: str, bodies: Sequence[str] = ()) -> list[Fault]:
    """Everything wrong with the cells of well-formed rows."""
    found = [*problems(frame, columns, where), *people(frame, columns, where, bodies)]
    return [Fault(int(frame[row, LINE]), _whose(frame.row(row, named=True)), said) for row, said in found]


def _whose(row: dict[str, str]) -> str:
    """The area of a row that is wrong: as it says, else by its id, which holds it by habit (``CITYID-USA-003``)."""
    said = row.get("ref_area", "")
    by_id = (word for word in row.get("id", "").split("-")[1:] if word.isalpha() and _is_area(word))
    return said if said and _is_area(said) else next(by_id, "")


def parse(text: str, columns: Sequence[Column], where: str) -> tuple[pl.DataFrame, list[Fault]]:
    """The rows as they stand, unchecked but for the heading; and those with too few or too many cells.

    Raises:
        UnreadableData: the file is no CSV.
        DefinitionError: the heading is not the declared one.
    """
    import polars as pl

    header, rows = table(text, where)
    names = [column.name for column in columns]
    wrong = [
        f"{where}:1: the table has no column '{name}'. Add it to the heading." for name in names if name not in header
    ]
    for name in header:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = (
                f"Did you mean '{near[0]}'?" if near else "Take it out, or declare it under 'columns' of the register."
            )
            wrong.append(f"{where}:1: the column '{name}' is not declared. {hint}")
    wrong += [
        f"{where}:1: the column '{name}' stands twice. Keep one." for name in set(header) if header.count(name) > 1
    ]
    ragged = [
        Fault(line, _whose(dict(zip(header, cells, strict=False))),
              f"{where}:{line}: has {len(cells)} cells, expected {len(header)}, one for each column. Look for a comma "
              "in a text that has no quotation marks.")
        for line, cells in rows if len(cells) != len(header)
    ]  # fmt: skip
    if wrong:
        raise DefinitionError([*wrong, *(fault.said for fault in ragged)][:TOLD])
    rows = [(line, cells) for line, cells in rows if len(cells) == len(header)]
    data = {name: [cells[n].strip() for _, cells in rows] for n, name in enumerate(header)}
    return pl.DataFrame(
        {LINE: [line for line, _ in rows], **data}, schema={LINE: pl.Int64, **dict.fromkeys(header, pl.String)}
    ), ragged


def table(text: str, where: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Heading and rows of a CSV; each row with the line it begins on, blank lines left out.

    Raises:
        UnreadableData: a quotation mark is not closed, or stands where none may.
    """
    rows, line = [], 1
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        for cells in reader:
            if cells:
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as problem:
        raise UnreadableData(
            f"{where}:{line}: is no CSV from here on ({problem}). Look for a quotation mark that is "
            "not closed, or double those inside a text."
        ) from None
    if not rows:
        raise UnreadableData(
            f"{where}: is empty, expected a heading. Write the names of the columns in its first line."
        )
    return rows[0][1], rows[1:]


def problems(frame: pl.DataFrame, columns: Sequence[Column], where: str) -> list[tuple[int, str]]:
    """(row, sentence) for each cell that is not what its column declares, in the order of the file."""
    declared = {column.name: column for column in columns}
    found = []
    for row, name, rule in _broken(frame, columns):
        cell = frame[row, name]
        shown = f"'{cell[:60]}{'...' if len(cell) > 60 else ''}'"
        line = f":{frame[row, LINE]}" if LINE in frame.columns else ""
        asked = {"required": "expected something: no row without it", "unique": "expected an id no other row has"}
        sentence = f"{where}{line}: {name}: found {shown}, {asked.get(rule) or expected(declared[name], cell)}"
        found.append((row, sentence if sentence.endswith("?") else f"{sentence}."))
    return found


def people(
    frame: pl.DataFrame, columns: Sequence[Column], where: str, bodies: Sequence[str] = ()
) -> list[tuple[int, str]]:
    """(row, sentence) for each cell that says how to reach a person, or names one with a title before the name."""
    found = []
    for column in (c for c in columns if c.type == "text" and c.name in frame.columns and c.name != "id"):
        for row, cell in enumerate(frame[column.name]):
            line = f":{frame[row, LINE]}" if LINE in frame.columns else ""
            if privacy.reached(cell):
                found.append((row, f"{where}{line}: {column.name}: holds what looks like an e-mail address or "
                              "telephone number. Take it out: a register holds no way to reach a person."))
            elif name := privacy.titled(cell, bodies):
                found.append((row, f"{where}{line}: {column.name}: '{privacy.masked(name)}' is the name of a person, "
                              "and a register holds none. Write the office or organisation; if it is one, add its "
                              "name to 'organisations' of the register's YAML."))
    return found


def wrong(column: Column, text: str, bodies: Sequence[str] = ()) -> str:
    """Why one answer cannot stand in a column; "" where it can."""
    import polars as pl

    one = pl.DataFrame({column.name: [text]})
    alone = problems(one, [column], "") or people(one, [column], "", bodies)
    return alone[0][1].removeprefix(f": {column.name}: ") if alone else ""


def expected(column: Column, found: str = "") -> str:
    """What a column takes, and what to do."""
    if column.type == "code":
        near = difflib.get_close_matches(found, column.codes, n=1)
        return f"expected {', '.join(column.codes)}" + (f". Did you mean '{near[0]}'?" if near else "")
    if column.type == "number":
        limits = [
            f", {word} {n:g}" for word, n in (("not below", column.least), ("not above", column.most)) if n is not None
        ]
        return "expected a number such as 1234.5 without separators" + "".join(limits)
    if column.type == "area":
        return _area_hint(found)
    return {
        "text": f"expected text of the form {column.form}", "yes_no": "expected yes or no",
        "date": "expected a day such as 2026-11-22",
        "url": "expected an address that begins with https:// and has no blanks",
        "period": "expected 2024, 2024-Q3, 2024-05, 2024-05-17 or 2007/08",
    }[column.type]  # fmt: skip


def _area_hint(found: str) -> str:
    said = "expected ISO 3166-1 alpha-3 (DEU), UN/LOCODE (USNYC), ISO 3166-2 (US-CA), M49 (150) or EU27"
    try:
        area.require(found)
    except DefinitionError as problem:
        return said + (f". Did you{hint}" if (hint := str(problem).rpartition(" Did you")[2]) != str(problem) else "")
    return said


def _may_stand(column: Column, text: str) -> bool:
    if not text:
        return True  # whether it may be empty is another question
    if column.type == "period" or column.type == "date":
        try:
            return (
                date.fromisoformat(text).isoformat() == text
                if column.type == "date"
                else period.normalise(text) == text
            )
        except (ValueError, UnreadableData):
            return False
    if column.type == "number":
        if not _NUMBER.fullmatch(text):
            return False
        return not ((column.least is not None and float(text) < column.least)
                    or (column.most is not None and float(text) > column.most))  # fmt: skip
    if column.type == "area":
        return _is_area(text)
    if column.type == "url":
        return bool(_URL.fullmatch(text))
    if column.type == "text":
        return not column.form or bool(re.fullmatch(column.form, text))
    return text in (column.codes if column.type == "code" else ("yes", "no"))


def _is_area(text: str) -> bool:
    place = _PLACE.fullmatch(text)
    return text in area.table() or area.kind(text) == "group" or bool(place and area.from_iso2(place[1]))


def _broken(frame: pl.DataFrame, columns: Sequence[Column]) -> list[tuple[int, str, str]]:
    """(row, column, rule) of every cell that breaks a rule, in the order of the file."""
    if frame.is_empty():
        return []  # nothing to look at, and nothing heavy to import for it
    import pandera.polars as pa
    import polars as pl
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors

    def stands(column: Column) -> Any:
        def look(data: Any) -> pl.LazyFrame:
            texts = data.lazyframe.select(pl.col(column.name).unique()).collect().to_series()
            good = [text for text in texts if _may_stand(column, text)]
            return data.lazyframe.select(pl.col(column.name).is_in(good))  # type: ignore[no-any-return]

        return pa.Check(look, error="stands")

    filled = pa.Check(lambda data: data.lazyframe.select(pl.col(data.key) != ""), error="required")
    once = pa.Check(lambda data: data.lazyframe.select(~pl.col(data.key).is_duplicated()), error="unique")
    schema = pa.DataFrameSchema(
        {
            column.name: pa.Column(
                pl.String,
                [stands(column), *([filled] if column.required else []), *([once] if column.name == "id" else [])],
            )
            for column in columns
        }
    )
    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(frame, lazy=True)
    except SchemaErrors as problem:
        cases = problem.failure_cases.select("index", "column", "check")
        order = {column.name: n for n, column in enumerate(columns)}
        # an empty id is no second fault beside one that is not its own
        return sorted(
            {(row, name): (row, name, rule) for row, name, rule in cases.iter_rows()}.values(),
            key=lambda case: (case[0], order[case[1]]),
        )
    return []
