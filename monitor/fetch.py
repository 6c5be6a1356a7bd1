"""From a source and a series to a Snapshot: the publisher's answer of now, or the newest one at hand.

The publisher is asked by `monitor.wire`, which is imported only when there is something to ask.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

from monitor import paging, vintages
from monitor.bodies import path_of, sha256
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.model import Source
from monitor.network import THREADS, Network, Trouble, place
from monitor.results import Snapshot

Wanted = tuple[str, str]  # source id, series
_MEND = "See that no other process holds the store of the project, and that its disk is writable and not full."


class NotKept(Trouble):
    """The publisher answered, and its answer could not be kept: what nobody could look at again is not used."""


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
        with Network() if network is None else nullcontext(network) as state:
            try:
                return _live(source, series, store, now, state)
            except NotKept as refused:
                state.told[source.id, series] = refused
                older = at_hand(source, series, layers=layers, store=store, as_of=as_of)
                return _instead(source, series, refused, older, now, as_of)
            except MonitorError:
                raise
            except Exception as error:  # whatever one source does, it stops no edition
                met = error if isinstance(error, Trouble) else _unforeseen(error)
                state.told[source.id, series] = met
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
        except Exception as error:
            state.told[name, series] = met = _unforeseen(error)
            return SourceUnavailable(f"{source.title} ({name}), series {series}: {met}")
        finally:
            done(name, series)

    with Network(contact) if network is None else nullcontext(network) as state, ThreadPoolExecutor(THREADS) as pool:
        turns = _in_turn(wanted)
        answers = dict(zip(turns, pool.map(one, ((name, wanted[name]) for name in turns)), strict=True))
    return {name: answers[name] for name in wanted}


def _in_turn(wanted: Mapping[Wanted, Source]) -> list[Wanted]:
    """One of each host, then the next of each: a slow host, or one asked seldom, keeps no other waiting."""
    before: Counter[str] = Counter()
    turns = []
    for number, (name, source) in enumerate(wanted.items()):
        host = place(source.endpoint or "")[0]
        turns.append((before[host], number, name))
        before[host] += 1
    return [name for *_, name in sorted(turns)]


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
            if one := find():
                found.append(one)
                damaged.extend(filter(None, [one.damage]))  # the one before serves
        except UnreadableData as error:
            damaged.extend(error.problems)

    look(lambda: vintages.newest(store, source.id, series, as_of))
    look(lambda: vintages.shipped(layers, source.id, series, as_of))
    if not found:
        look(lambda: vintages.newest(store, source.id, series))
        look(lambda: vintages.shipped(layers, source.id, series))
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
    damaged = list(dict.fromkeys(filter(None, [chosen.damage, *damaged])))
    asked = f"{trouble} Asked on {day}; the figures {of_day(chosen, as_of)} serve." if trouble else ""
    return replace(chosen, problem=" ".join(filter(None, [asked, *damaged])), unasked=bool(trouble),
                   asked=day if trouble else "", damage=" ".join(damaged))  # fmt: skip


def age(snapshot: Snapshot, as_of: date) -> int | None:
    """Days from an answer to a date; None where nobody knows when it came."""
    return (as_of - date.fromisoformat(snapshot.retrieved[:10])).days if snapshot.retrieved else None


def of_day(snapshot: Snapshot, as_of: date) -> str:
    """When an answer came, for a sentence: ``of 2026-10-01 (52 days old)``."""
    days = age(snapshot, as_of)
    if days is None:
        return "of an unknown day"
    # an answer may be newer than the cut-off date, where none is older
    return f"of {snapshot.retrieved[:10]}" + (f" ({days} day{'s' * (days != 1)} old)" if days >= 0 else "")


def _live(source: Source, series: str, store: Path, now: str, network: Network) -> Snapshot:
    from monitor import wire  # heavy: an HTTP client and its cache

    def ask(url: str) -> paging.Answer:
        return wire.get(url, source, store, network, key, until)

    key, until = _key(source), time.monotonic() + source.time_limit
    url = paging.address(source, series)
    pages = paging.pages(source, series, int(now[:4]), ask)
    bodies = tuple(page.body for page in pages)
    same = all(p.status == 304 or (store / path_of(sha256(p.body))).exists() for p in pages)
    network.told[source.id, series] = "not modified" if same else "fetched"
    snapshot = Snapshot(
        source.id, series, source.reader, bodies, vintages.digest(bodies), url, now, "live", "", source.licence.name,
        source.publisher, source.citation, source.series[series].unit,
    )  # fmt: skip
    try:
        return vintages.keep(store, snapshot, [(page.status, page.headers) for page in pages])
    except (OSError, SourceUnavailable) as error:
        why = getattr(error, "strerror", None) or error
        raise NotKept(f"it answered, and the answer could not be kept ({why})", _MEND) from None


def _instead(source: Source, series: str, met: NotKept, older: Snapshot, now: str, as_of: date) -> Snapshot:
    """The answer at hand, which says that a newer one came and could not be kept."""
    told = f"The answer of {now[:10]} could not be kept, and is not used. The figures {of_day(older, as_of)} serve."
    return replace(older, damage=f"{told} {older.damage}".strip(),
                   problem=f"{_sentence(source, series, met)} {told} {older.problem}".strip())  # fmt: skip


def _unforeseen(error: Exception) -> Trouble:
    """An error nobody thought of, by its class alone: its text may hold an address with a key."""
    return Trouble(f"asking it failed in a way this tool does not know ({type(error).__name__})",
                   "Please report it, with what the publisher answers now.", by="you")  # fmt: skip


def _key(source: Source) -> str:
    return os.environ.get(source.auth_env, "").strip() if source.auth_env else ""


def _sentence(source: Source, series: str, trouble: Trouble) -> str:
    url = paging.address(source, series)
    return f"{source.title} ({source.id}), series {series}, {url}: {trouble}"


def _nothing(source: Source, series: str) -> str:
    why = "was not asked (offline, or a date in the past)" if source.endpoint else "has no address to ask"
    return f"{source.title} ({source.id}), series {series}: {why}."
