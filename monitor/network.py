"""What one run has learned about the outside: is there a network, which hosts answer, how fast may they be asked.

Standard library only, so that an offline run never imports an HTTP client.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
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


def is_public(address: str) -> bool:
    """False for a private, loopback, link-local or otherwise reserved IP address; True for a name that is none."""
    if address.lower().rstrip(".").endswith("localhost"):
        return False
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return True


class Network:
    """The state of one run, shared by its threads. A new one knows nothing: make one for each run or test.

    Args:
        contact: whom a publisher can write to, sent with every request.
        patience: seconds the first connection may take before a host counts as out of reach. Two hosts out
            of reach and none reached: the rest of the run is offline, and `down` says so.
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
        self.lock = threading.RLock()
        self.sessions: dict[Any, Any] = {}  # filled by `monitor.wire`, one for each source
        self._up = False
        self._tries: dict[tuple[str, int], threading.Thread] = {}
        self._causes: dict[tuple[str, int], str] = {}  # "" where the connection stood
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
            if self.down:
                raise Trouble(self.down, YOU)
            if self._failures[target] >= 2:
                raise Trouble(f"{target[0]} failed twice in this run and was not asked again", PUBLISHER)
            if self._up:
                return
            if hop not in self._tries:
                self._tries[hop] = threading.Thread(target=self._try, args=hop, daemon=True)
                self._tries[hop].start()
        if hop not in self._causes:
            self._tries[hop].join(self.patience)
        with self.lock:
            cause = self._causes.setdefault(hop, f"no answer within {self.patience:g} seconds")
            if not cause:
                self._up = True
            if self._up:
                return
            self._missing.add(target)
            if len(self._missing) > 1 and not self.down:
                names = " and ".join(sorted({host for host, _ in self._missing}))
                self.down = f"there seems to be no network ({names}: {cause}), so the rest of the run was offline"
        raise Trouble(f"{hop[0]} could not be reached ({cause})", YOU)

    def _try(self, host: str, port: int) -> None:
        """Connect once. In a thread of its own: looking a name up obeys no time limit."""
        cause = ""
        try:
            socket.create_connection((host, port), timeout=self.patience).close()
        except socket.gaierror:
            cause = "its name could not be looked up"
        except OSError as error:
            cause = error.strerror or "no answer"
        with self.lock:
            self._causes.setdefault(hop := (host, port), cause)
            self._up |= not self._causes[hop]

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
