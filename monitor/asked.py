"""What a store remembers of requests: how often a host was asked within the hour, and on which condition to ask again.

Both are read by every run and every process on the store. The file can be deleted: then nothing is asked on condition,
and the count of the hour begins anew.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

FILE = "requests.sqlite"
_TABLES = (
    "create table if not exists asked (host text not null, at real not null)",
    "create table if not exists page (source text not null, url text not null, sha256 text not null, "
    "etag text not null, modified text not null, type text not null, primary key (source, url))",
)


@dataclass(frozen=True)
class Page:
    """The last answer to an address: the hash of its body, and the headers it came with."""

    sha256: str
    etag: str = ""
    modified: str = ""
    type: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """The headers of a request that wants an answer only where it has changed."""
        return {n: v for n, v in (("If-None-Match", self.etag), ("If-Modified-Since", self.modified)) if v}

    @property
    def headers(self) -> dict[str, str]:
        named = (("etag", self.etag), ("last-modified", self.modified), ("content-type", self.type))
        return {name: value for name, value in named if value}


@contextmanager
def _base(store: Path) -> Iterator[sqlite3.Connection]:
    """The file, made where it is missing. Raises sqlite3.Error, OSError where the store cannot be written."""
    store.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(store / FILE, timeout=30, isolation_level=None)) as base:
        base.execute("pragma synchronous = off")  # at worst a whole answer is sent once more than needed
        for table in _TABLES:
            base.execute(table)
        yield base


def take(store: Path, host: str, per_hour: int, hour: float = 3600.0) -> float:
    """Note one more request to a host, or tell how long there may be none.

    Args:
        hour: its length in seconds.

    Returns:
        0.0 where the request may be sent, and is noted; else the seconds until the next one may.
    """
    # the clock of the machine, since other processes must read it; a time in the future is of a clock set back since
    now = time.time()
    with _base(store) as base:
        base.execute("begin immediate")  # count and note in one step, whatever other processes do
        base.execute("delete from asked where host = ? and (at <= ? or at > ?)", (host, now - hour, now + 1))
        times = [at for (at,) in base.execute("select at from asked where host = ? order by at", (host,))]
        if free := len(times) < per_hour:
            base.execute("insert into asked values (?, ?)", (host, now))
        base.execute("commit")
    return 0.0 if free else max(times[-per_hour] + hour - now, 0.001)


def known(store: Path, source: str, url: str) -> Page | None:
    """The last answer to an address that can be asked for on condition; None where there is none."""
    with _base(store) as base:
        found = base.execute("select sha256, etag, modified, type from page where source = ? and url = ?",
                             (source, url)).fetchone()  # fmt: skip
    return Page(*found) if found else None


def remember(store: Path, source: str, url: str, sha256: str, headers: Mapping[str, str]) -> None:
    """Keep the condition for the next request to an address, where the publisher gave one."""
    page = Page(sha256, *(headers.get(name, "") for name in ("etag", "last-modified", "content-type")))
    if page.condition:
        with _base(store) as base:
            base.execute("replace into page values (?, ?, ?, ?, ?, ?)",
                         (source, url, sha256, page.etag, page.modified, page.type))  # fmt: skip
