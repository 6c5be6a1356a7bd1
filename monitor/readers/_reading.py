"""What every reader is told and how it speaks: its options, checked, and errors that name source and series."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import wraps
from typing import Literal, TypeVar

import polars as pl
from pydantic import Field, ValidationError

from monitor import queued
from monitor.errors import DefinitionError, MonitorError, UnreadableData
from monitor.model import Declared, Source
from monitor.results import Snapshot

Read = Callable[[Snapshot, Source, str], pl.DataFrame]


class Options(Declared):
    """Options all readers understand, under ``options:`` of a source or of one of its series."""

    where: dict[str, str | list[str]] = Field(
        {}, description="dimension -> the code whose rows are kept (the dimension is then left out), or several codes"
    )
    missing: dict[str, Literal["H", "L", "M", "O", "Q"]] = Field(
        {}, description="text in a value cell -> why there is no value, in SDMX CL_OBS_STATUS"
    )
    inequalities: Literal["value", "empty"] | None = Field(
        None, description="'<1' and '>95' are a bound; is the printed number also the value, or is there none?"
    )


Chosen = TypeVar("Chosen", bound=Options)


def options(kind: type[Chosen], source: Source, series: str) -> Chosen:
    """The options of a series: the source's own, and over them those of the series.

    Raises:
        DefinitionError: an option is unknown (the allowed ones are named) or has a value it cannot have.
    """
    offered = source.series.get(series)
    given = {**source.options, **(offered.options if offered else {})}
    try:
        return kind.model_validate(given)
    except ValidationError as problem:
        raise DefinitionError(_sentence(e["loc"], e["type"], e["msg"], e["input"], kind, source)
                              for e in problem.errors()) from None


def _sentence(
    location: tuple[str | int, ...], error: str, message: str, found: object, kind: type[Options], source: Source
) -> str:
    name = ".".join(map(str, location))
    if error == "extra_forbidden":
        near = difflib.get_close_matches(name, kind.model_fields, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return (f"options: '{name}' is no option of the reader '{source.reader}', which has "
                f"{', '.join(sorted(kind.model_fields))}.{hint}")
    return f"options: {name or 'together'}: found {found!r}: {message}."


def _no_promise(body: bytes, source: Source) -> None:
    """Refuse what only says that the data come later or are too many, under whatever status it came."""
    if key := queued.ticket(body):
        raise UnreadableData(f"the publisher prepares the answer for later (number {key}); there are no data in it. "
                             "Fetch it again in some minutes.")
    if trouble := queued.too_large(body, source.id):
        raise UnreadableData(str(trouble))


def reading(read: Read) -> Read:
    """A reader whose every error begins with the source and the series it was asked for."""

    @wraps(read)
    def named(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
        try:
            for body in snapshot.bodies:
                _no_promise(body, source)
            return read(snapshot, source, series)
        except MonitorError as problem:
            raise type(problem)(f"{source.id} {series}: {p}" for p in problem.problems) from problem
        except pl.exceptions.PolarsError as problem:  # what no reader foresaw is still the data's fault, not a crash
            raise UnreadableData(f"{source.id} {series}: the table cannot be read: {problem}") from problem

    return named
