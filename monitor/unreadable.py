"""Answers that came and cannot be read: they stay in the store, marked, and the last good answer serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from monitor import vintages
from monitor.bodies import alone, place
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.fetch import of_day
from monitor.results import Snapshot

T = TypeVar("T")


def instead(
    layers: Sequence[Path], store: Path, bad: Snapshot, problem: UnreadableData, as_of: date,
    read: Callable[[Snapshot], T],
) -> tuple[Snapshot, T]:  # fmt: skip
    """The newest older answer that can be read, kept or shipped, with what was read from it.

    Its ``damage`` says what is wrong with the newer one and how old the figures are.

    Raises:
        UnreadableData: the problem given, where no older answer can be read either.
    """
    mark(store, bad, problem.problems)
    for older in reversed(vintages.every(layers, store, bad.source, bad.series)):
        if older.snapshot.sha256 == bad.sha256 or older.snapshot.retrieved > bad.retrieved:
            continue
        try:
            good = older.load()
            found = read(good)
        except MonitorError:
            continue  # another one that cannot be read
        more = f" (and {len(problem.problems) - 1} more)" if len(problem.problems) > 1 else ""
        told = (f"The answer of {bad.retrieved[:10]} cannot be read: {problem.problems[0]}{more} "
                f"The figures {of_day(good, as_of)} serve.")  # fmt: skip
        return replace(good, unasked=bad.unasked, asked=bad.asked, damage=told, problem=told,
                       instead_of=bad.sha256, instead_of_retrieved=bad.retrieved), found  # fmt: skip
    raise problem


def mark(store: Path, bad: Snapshot, why: Sequence[str]) -> None:
    """Write down that an answer of the store cannot be read, and why. Its bytes are not touched."""
    text = "\n".join(why) + "\n"
    if bad.origin == "shipped" or said(store, bad.sha256) == text.strip():
        return
    try:
        with alone(store):
            place(store, f"unreadable/{bad.sha256}.txt", text.encode())
    except (OSError, SourceUnavailable):
        return  # a store that cannot be written: the run itself says what is wrong


def clear(store: Path, good: Snapshot) -> None:
    """Take the mark away: a later reader can read the answer."""
    if said(store, good.sha256):
        (store / f"unreadable/{good.sha256}.txt").unlink(missing_ok=True)


def said(store: Path, sha256: str) -> str:
    """Why an answer of the store could not be read the last time; "" where it could, or nobody tried."""
    try:
        return (store / f"unreadable/{sha256}.txt").read_text(encoding="utf-8").strip()
    except OSError:
        return ""
