"""What one run has learned about the outside: is there a network, which hosts answer, how fast may they be asked.

Standard library only, so that an offline run never imports an HTTP client.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

#: how many answers are fetched at once
THREADS = 8

YOU = "Check this machine's network, firewall and proxy settings; figures kept or shipped serve meanwhile."
PUBLISHER = "The publisher must repair it; try again later."
LATER = "Nobody needs to do anything: try again later."


By = Literal["you", "publisher", "wait"]
_BY: dict[str, By] = {YOU: "you", PUBLISHER: "publisher", LATER: "wait"}


class Trouble(Exception):
    """Why a publisher's answer could not be had, and who can change that. Never holds an address or a key.

    Attributes:
        cause: what happened, half a sentence.
        who: what is to be done, a sentence.
        by: who can do it: the person at the keyboard, the publisher, or nobody, since it passes.
        status: the HTTP status, where one was the cause.
    """

    def __init__(self, cause: str, who: str, status: int = 0, by: By | None = None) -> None:
        super().__init__(f"{cause}. {who}")
        self.cause, self.who, self.status, self.by = cause, who, status, by or _BY.get(who, "you")


def place(url: str) -> tuple[str, int]:
    """Host and port of an address; a network location, by which politeness and permissions go."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


#: IPv6 addresses that stand for an IPv4 one, as a gateway of the network translates it (RFC 6052)
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """False for a private, loopback, link-local or otherwise reserved IP address; True for a name that is none.

    Addresses that hold another one (IPv4 in IPv6), or are written as one number, count as the one they lead to.
    """
    if address.lower().rstrip(".").endswith("localhost"):
        return False
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        if not re.fullmatch(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}\.?", address.lower()):
            return True
        try:
            found = ipaddress.ip_address(socket.inet_aton(address.rstrip(".")))
        except (OSError, ValueError):
            return False  # nobody knows where it leads
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        return found.is_global and not found.is_multicast if inner is None else is_public(str(inner))
    return found.is_global and not found.is_multicast


class Network:
    """The state of one run, shared by its threads. A new one knows nothing: make one for each run or test.

    Args:
        contact: whom a publisher can write to, sent with every request.
        patience: seconds the first connection may take before a host counts as out of reach. Two hosts out
            of reach, none reached and no try pending: there is no network, as `down` says until a host is
            reached; meanwhile a host not tried yet is given a tenth of that time.
        backoff: seconds, doubled with each further try of a request that failed.
        minute: seconds in the minute of `Source.per_minute`.
        hour: seconds in the hour of `Source.per_hour`.
        allow_private: follow redirects into private networks; None asks MONITOR_ALLOW_PRIVATE.
    """

    def __init__(self, contact: str = "", *, patience: float = 3.0, backoff: float = 0.5, minute: float = 60.0,
                 hour: float = 3600.0, allow_private: bool | None = None) -> None:  # fmt: skip
        self.contact, self.patience, self.backoff, self.minute, self.hour = contact, patience, backoff, minute, hour
        asked = os.environ.get("MONITOR_ALLOW_PRIVATE", "") not in ("", "0")
        self.allow_private = asked if allow_private is None else allow_private
        self.down = ""
        #: source and series -> "fetched", "not modified", or why there was no answer
        self.told: dict[tuple[str, str], str | Trouble] = {}
        self.lock = threading.Condition()
        self.sessions: dict[Any, Any] = {}  # filled by `monitor.wire`, one for each source
        self._up = False
        self._tries: dict[tuple[str, int], float] = {}  # first hop -> when its patience ends, on the monotonic clock
        self._causes: dict[tuple[str, int], str] = {}  # first hop -> why it could not be reached
        self._missing: set[tuple[str, int]] = set()
        self._failures: Counter[tuple[str, int]] = Counter()
        self._asked: dict[tuple[str, int], deque[float]] = {}
        self._gates: dict[tuple[str, int], threading.BoundedSemaphore] = {}

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *error: object) -> None:
        for session in self.sessions.values():
            session.close()
        self.sessions.clear()

    def require(self, url: str) -> None:
        """Return when the host may be asked.

        Raises:
            Trouble: there is no network, or the host has failed twice in this run already.
        """
        target, hop = place(url), _first_hop(url)
        with self.lock:
            if self._failures[target] >= 2:
                raise Trouble(f"{target[0]} failed twice in this run and was not asked again", PUBLISHER)
            if self._up:
                return
            if hop not in self._tries:
                self._tries[hop] = time.monotonic() + (self.patience / 10 if self.down else self.patience)
                threading.Thread(target=self._try, args=(hop, hop == target), daemon=True).start()
            self._await(lambda: hop in self._causes, self._tries[hop])
            self._await(lambda: self._tries.keys() <= self._causes.keys(), max(self._tries.values()))
            if self._up:
                return
            cause = self._causes.get(hop, f"no answer within {self.patience:g} seconds")
            self._missing.add(target)
            if len(self._missing) > 1 and not self.down:
                names = " and ".join(sorted({host for host, _ in self._missing}))
                self.down = f"there seems to be no network ({names}: {cause}), so the rest of the run was offline"
        raise Trouble(self.down or f"{hop[0]} could not be reached ({cause})", YOU)

    def _await(self, done: Callable[[], bool], until: float) -> None:
        self.lock.wait_for(lambda: self._up or done(), until - time.monotonic())

    def _try(self, hop: tuple[str, int], direct: bool) -> None:
        """Connect once. In a thread of its own: looking a name up obeys no time limit."""
        cause = ""
        try:
            socket.create_connection(hop, timeout=self.patience).close()
        except socket.gaierror:
            cause = "its name could not be looked up"
        except (ConnectionRefusedError, ConnectionResetError) as error:
            cause = "" if direct else error.strerror or "refused"  # a host that refuses is there; a proxy leads nowhere
        except (OSError, ValueError) as error:
            cause = getattr(error, "strerror", "") or "no answer"
        with self.lock:
            if cause:
                self._causes[hop] = cause
            else:
                self._up, self.down = True, ""
            self.lock.notify_all()

    def failed(self, url: str) -> None:
        """Remember that a host did not answer, all its retries included."""
        with self.lock:
            self._failures[place(url)] += 1

    def take_turn(self, url: str, per_minute: int) -> None:
        """Wait until one more request to this host keeps to its pace."""
        while True:
            with self.lock:
                asked, now = self._asked.setdefault(place(url), deque()), time.monotonic()
                while asked and now - asked[0] >= self.minute:
                    asked.popleft()
                if len(asked) < max(per_minute, 1):
                    asked.append(now)
                    return
                wait = asked[0] + self.minute - now
            time.sleep(wait)

    @contextmanager
    def among(self, url: str, at_once: int) -> Iterator[None]:
        """Be one of the few requests that a host has to answer at the same time."""
        with self.lock:
            gate = self._gates.setdefault(place(url), threading.BoundedSemaphore(at_once))
        with gate:
            yield


def _first_hop(url: str) -> tuple[str, int]:
    """Where a connection to this address really goes: to the proxy where the environment names one."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return place(url)
    return place(proxy if "//" in proxy else f"http://{proxy}")
