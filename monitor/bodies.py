"""The files of the store: bodies of answers by their SHA-256, rows already read, and the lock that guards them all.

A file under its name is always whole: it is written aside, looked at, and moved.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import logging
import os
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import SourceUnavailable, UnreadableData

if TYPE_CHECKING:
    import polars as pl

#: seconds to wait for another process that writes to the store
PATIENCE = 30.0
#: store -> until when (monotonic) this process does not wait for it again, since it has just waited in vain
_busy: dict[Path, float] = {}
log = logging.getLogger(__name__)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def digest(bodies: Sequence[bytes]) -> str:
    """The hash of an answer: of its only body, or of the joined hashes of all of them."""
    return joined([sha256(body) for body in bodies])


def joined(hashes: Sequence[str]) -> str:
    """The hash of an answer, from those of its bodies."""
    return hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode())


def path_of(name: str) -> str:
    """Where a body stands below the store."""
    return f"snapshots/{name[:2]}/{name}.gz"


def load(store: Path, name: str) -> bytes:
    """A body, unpacked.

    Raises:
        UnreadableData: it is not there, or not the one that was kept.
    """
    try:
        body = gzip.decompress((store / path_of(name)).read_bytes())
        found = sha256(body)
    except (OSError, EOFError, zlib.error) as error:
        body, found = b"", str(error).replace(f"{store}{os.sep}", "")
    if found != name:
        raise UnreadableData(f"{path_of(name)} in the project's store is damaged (found {found}, expected {name}). "
                             "Put it back from a copy of the store; without one delete the file: 'monitor fetch' "
                             "brings it back if the publisher still answers the same.")  # fmt: skip
    return body


def keep(store: Path, body: bytes) -> None:
    """Keep a body, packed, if it is not there yet. The store must be ours alone."""
    if not (store / path_of(sha256(body))).exists():
        place(store, path_of(sha256(body)), gzip.compress(body, 6, mtime=0))


# ------------------------------------------------------------------ rows already read


def rows_key(engine: str, answer: str, *decided_by: object) -> str:
    """The name of rows made by an engine from an answer: both stand in it, so that pruning knows whose they are."""
    told = json.dumps([engine, answer, *decided_by], sort_keys=True, default=str)
    return f"{rows_of(engine, answer)}{sha256(told.encode())[:32]}"


def rows_of(engine: str, answer: str | None = None) -> str:
    """How the names of all rows begin that an engine made, or made from one answer ("": from none alone)."""
    return f"{engine[:16]}-" if answer is None else f"{engine[:16]}-{answer[:16]}-"


def rows_get(store: Path, key: str) -> pl.DataFrame | None:
    """The rows kept under a key; None where there are none, or none that can be read."""
    import polars as pl

    path = store / "rows" / f"{key}.parquet"
    try:
        return pl.read_parquet(path) if path.exists() else None
    except (pl.exceptions.PolarsError, OSError):
        return None  # a cache: it is simply made again


def rows_put(store: Path, key: str, frame: pl.DataFrame) -> None:
    """Keep rows under a key. Where the store cannot be written they are read again the next time."""
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="zstd")
    try:
        with alone(store):
            place(store, f"rows/{key}.parquet", packed.getvalue())
    except (OSError, SourceUnavailable) as error:
        log.warning("rows could not be kept: %s", error)


# ------------------------------------------------------------------ writing


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Only one writer at a time. The system takes the lock from a process that dies; its remains are swept.

    Raises:
        SourceUnavailable: another process holds it and does not end; says which, and since when.
    """
    aside = store / "aside"
    aside.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    until = began if began < _busy.get(store, 0) else began + PATIENCE
    with (store / "store.lock").open("a+", encoding="utf-8") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _busy.pop(store, None)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    _busy[store] = time.monotonic() + 2 * PATIENCE
                    lock.seek(0)
                    since = datetime.fromtimestamp(os.fstat(lock.fileno()).st_mtime, UTC)
                    raise SourceUnavailable(
                        f"The project's store is in use by process {lock.read().strip() or 'unknown'} since "
                        f"{since:%H:%M:%S} UTC on {since:%Y-%m-%d}, for more than {PATIENCE:g} seconds. Wait until it "
                        "has ended, or end it; nothing is lost by that."
                    ) from None
                time.sleep(0.01)
        lock.truncate(0)
        lock.write(f"{os.getpid()} ({' '.join([Path(sys.argv[0]).name, *sys.argv[1:2]])})")
        lock.flush()
        for left in aside.iterdir():
            left.unlink()
        yield


def place(store: Path, name: str, body: bytes) -> None:
    """Write aside, look at what was written, then move: a file under its name is always whole."""
    aside, path = store / "aside" / Path(name).name, store / name
    with aside.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    if sha256(aside.read_bytes()) != sha256(body):
        raise OSError(5, f"{name} was not written as it should be")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # else the index may outlive the name of the body
    finally:
        os.close(folder)
