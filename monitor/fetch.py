"""From a source and a series to a Snapshot: the publisher's answer of now, or the newest one at hand.

The publisher is asked by `monitor.wire`, which is imported only when there is something to ask.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

from monitor import paging, vintages
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.model import Source
from monitor.network import THREADS, YOU, Network, Trouble
from monitor.results import Snapshot

Wanted = tuple[str, str]  # source id, series
log = logging.getLogger(__name__)


def fetch(
    source: Source, series: str, *, layers: Sequence[Path], store: Path, offline: bool, as_of: date, now: str,
    network: Network | None = None,
) -> Snapshot:  # fmt: skip
    """The answer to work with: live where the publisher may and can be asked, else the newest kept or shipped.

    A register comes from its file. A date in the past is answered from what was kept then: a publisher only
    knows the present.

    Args:
        layers: the folders of the project and the flagship, the nearest first.
        now: ISO 8601, the time the answer is marked with.
        network: what the run has learned about the outside; None starts anew.

    Raises:
        SourceUnavailable: there is no answer at all.
        UnreadableData: all that is at hand is damaged.
        DefinitionError: the declaration of the source is wrong.
    """
    if source.file:
        return vintages.register(layers, source, series)
    trouble = ""
    if source.endpoint and not offline and as_of.isoformat() >= now[:10]:
        try:
            with Network() if network is None else nullcontext(network) as state:
                return _live(source, series, store, now, state)
        except Trouble as met:
            trouble = _sentence(source, series, met)
    return at_hand(source, series, layers=layers, store=store, as_of=as_of, trouble=trouble)


def fetch_all(
    requests: Sequence[tuple[Source, str]], *, layers: Sequence[Path], store: Path, offline: bool, as_of: date,
    now: str, contact: str = "", network: Network | None = None,
    done: Callable[[str, str], None] = lambda source, series: None,
) -> dict[Wanted, Snapshot | MonitorError]:  # fmt: skip
    """Every answer, or the error it failed with, in the order asked for.

    Args:
        contact: whom publishers can write to; sent with every request.
        done: told of each answer as it ends, by the thread that fetched it.
    """
    wanted = {(source.id, series): source for source, series in requests}

    def one(item: tuple[Wanted, Source]) -> Snapshot | MonitorError:
        (name, series), source = item
        try:
            return fetch(source, series, layers=layers, store=store, offline=offline, as_of=as_of, now=now,
                         network=state)  # fmt: skip
        except MonitorError as error:
            return error
        finally:
            done(name, series)

    with Network(contact) if network is None else nullcontext(network) as state, ThreadPoolExecutor(THREADS) as pool:
        return dict(zip(wanted, pool.map(one, wanted.items()), strict=True))


def at_hand(
    source: Source, series: str, *, layers: Sequence[Path], store: Path, as_of: date, trouble: str = ""
) -> Snapshot:
    """The newest answer kept or shipped that was known on a date; if none was, a later one, and that is said.

    Raises:
        SourceUnavailable: nothing is kept and nothing ships.
        UnreadableData: something is, but none of it is as it was when it was kept.
    """
    if source.file:
        return vintages.register(layers, source, series)
    found: list[Snapshot] = []
    damaged: list[str] = []

    def look(find: Callable[[], Snapshot | None]) -> None:
        try:
            found.extend(filter(None, [find()]))
        except UnreadableData as error:
            damaged.extend(error.problems)

    look(lambda: vintages.newest(store, source.id, series, as_of))
    look(lambda: vintages.shipped(layers, source.id, series))
    if not found:
        look(lambda: vintages.newest(store, source.id, series))
    if not found:
        if damaged:
            raise UnreadableData(damaged)
        raise SourceUnavailable(
            f"{trouble or _nothing(source, series)} Nothing is kept and nothing ships for this series."
        )
    day = as_of.isoformat()
    known = [snapshot for snapshot in found if snapshot.retrieved[:10] <= day]
    chosen = max(known or found, key=lambda snapshot: snapshot.retrieved)
    if not known:
        damaged.append(f"{source.title}, series {series}: no answer from {day} or before is at hand; "
                       f"this one was retrieved on {chosen.retrieved[:10]}.")  # fmt: skip
    if trouble:
        trouble += f" The answer of {chosen.retrieved[:10]} serves in its place."
    told = " ".join(filter(None, [trouble, *damaged]))
    return replace(chosen, problem=told, unasked=bool(trouble), damage=" ".join(damaged))


def probe(source: Source, network: Network | None = None) -> tuple[str, str]:
    """How a source answers right now: a state (ok, missing, offline, broken) and a sentence. Reads no data."""
    if source.endpoint is None:
        return "ok", "read from a file, nothing is asked"
    from monitor import wire

    url = paging.address(source, next(iter(source.series)))
    without = f" without a key ({source.auth_env} is not set)" if source.auth_env and not _key(source) else ""
    try:
        with Network(patience=2.0) if network is None else nullcontext(network) as state:
            status = wire.peek(url, source, state, _key(source), seconds=5.0)
    except Trouble as trouble:
        return "offline" if trouble.who == YOU else "broken", str(trouble)
    if status < 400:
        return "ok", f"reachable{without}"
    verdict = "missing" if without and status in (401, 403) else "broken"
    return verdict, f"answered with status {status}{without}"


def _live(source: Source, series: str, store: Path, now: str, network: Network) -> Snapshot:
    from monitor import wire  # heavy: an HTTP client and its cache

    def ask(url: str) -> paging.Answer:
        return wire.get(url, source, store, network, key)

    key = _key(source)
    url = paging.address(source, series)
    pages = paging.pages(source, series, int(now[:4]), ask)
    bodies = tuple(page.body for page in pages)
    snapshot = Snapshot(
        source.id, series, source.reader, bodies, vintages.digest(bodies), url, now, "live", "", source.licence.name,
        source.publisher, source.citation, source.series[series].unit,
    )  # fmt: skip
    try:
        return vintages.keep(store, snapshot, [(page.status, page.headers) for page in pages])
    except (OSError, SourceUnavailable) as error:
        log.warning("%s, series %s: used, but could not be kept: %s", source.title, series, error)
        return snapshot


def _key(source: Source) -> str:
    return os.environ.get(source.auth_env, "").strip() if source.auth_env else ""


def _sentence(source: Source, series: str, trouble: Trouble) -> str:
    url = paging.address(source, series)
    return f"{source.title} ({source.id}), series {series}, {url}: {trouble}"


def _nothing(source: Source, series: str) -> str:
    why = "was not asked (offline, or a date in the past)" if source.endpoint else "has no address to ask"
    return f"{source.title} ({source.id}), series {series}: {why}."
