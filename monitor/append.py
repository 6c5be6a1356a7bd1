"""Append rows to a CSV that people keep: nothing that stands there changes, and no row is ever lost.

Written aside, looked at, then moved into place, under a lock against a second writer. The lock falls with its process.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from monitor.entries import table
from monitor.errors import DefinitionError, SourceUnavailable, UnreadableData

#: seconds to wait for another writer
PATIENCE = 10.0


def grown(body: bytes, rows: Sequence[Mapping[str, str]], where: str) -> bytes:
    """The file with rows at its end, in its own manner: its bytes as they are, its line ends, its order of columns.

    Raises:
        UnreadableData: the file is no CSV in UTF-8.
        DefinitionError: a row has a column the file does not have.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise UnreadableData(f"{where}: is no text in UTF-8 ({problem}). Save it as such.") from None
    header, before = table(text, where)
    if unknown := sorted({name for row in rows for name in row} - {*header}):
        raise DefinitionError(f"{where}: has no column {', '.join(unknown)}; it has {', '.join(header)}.")
    heading = text.removeprefix("\ufeff")
    end = _line_end(heading)
    quoted = heading.lstrip("\r\n").startswith('"')
    new = io.StringIO(newline="")
    writer = csv.writer(new, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    added = [[row.get(name, "") for name in header] for row in rows]
    writer.writerows(added)
    joint = "" if text.endswith(("\n", "\r")) else end
    after = (text + joint + new.getvalue()).encode()
    if [cells for _, cells in table(after.decode(), where)[1]] != [*(cells for _, cells in before), *added]:
        raise UnreadableData(
            f"{where}: the rows would not read as they were written, so nothing was. Look for a quotation mark "
            "that is not closed, or a line break in a text."
        )
    return after


def _line_end(text: str) -> str:
    first = text.lstrip("\r\n").splitlines(keepends=True)[:1]
    return next((end for end in ("\r\n", "\r", "\n") if first and first[0].endswith(end)), "\n")


def replace(path: Path, before: bytes | None, after: bytes, lock: Path) -> None:
    """Put the new bytes in the place of the old ones, if those are still there; None: if there is no file yet.

    Raises:
        DefinitionError: somebody has changed the file since it was read; nothing was written.
        SourceUnavailable: another writer does not end.
        OSError: the disk is full or may not be written; nothing was changed.
    """
    aside = path.with_name(f".{path.name}.adding-{os.getpid()}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with alone(lock):
        if (path.read_bytes() if path.exists() else None) != before:
            raise DefinitionError(
                f"{path}: was changed by somebody else since it was read, so nothing was written. Try again."
            )
        try:
            with aside.open("wb") as file:
                file.write(after)
                file.flush()
                os.fsync(file.fileno())
            if aside.read_bytes() != after:
                raise OSError(5, f"{path} was not written as it should be")
            if path.exists():
                aside.chmod(path.stat().st_mode)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Only one writer at a time.

    Raises:
        SourceUnavailable: another one has not ended within `PATIENCE`.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    with lock.open("a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    file.seek(0)
                    who = file.read().strip() or "unknown"
                    raise SourceUnavailable(
                        f"Process {who} is writing to the registers and does not end. Wait until it has, then try "
                        "again; nothing was written."
                    ) from None
                time.sleep(0.02)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
