"""The time of one request: when it is over its connections are torn, whatever the server was dripping into them."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from monitor.network import Trouble

SLOW = 408  # our own status, for a request that ran out of time
WAIT = "Try again later, or raise '{}' of the source."


class _Deadline:
    """The end of one request. It holds doubles of its sockets: the originals may change hands meanwhile (TLS)."""

    def __init__(self, seconds: float, limit: float, name: str) -> None:
        self.limit, self.name, self.end = limit, name, time.monotonic() + seconds
        self.over = False
        self._doubles: list[socket.socket] = []
        self._lock = threading.Lock()

    def watch(self, sock: socket.socket) -> None:
        double = socket.fromfd(sock.fileno(), sock.family, sock.type)
        with self._lock:
            self._doubles.append(double)
        if self.over:
            self.strike()

    def strike(self) -> None:
        """A limit on each read would not do: one byte in time begins it anew."""
        self.over = True
        with self._lock:
            for double in self._doubles:
                with suppress(OSError):
                    double.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self._lock:
            while self._doubles:
                self._doubles.pop().close()


_at_hand: ContextVar[_Deadline] = ContextVar("deadline")


@contextmanager
def within(seconds: float, limit: float, name: str) -> Iterator[None]:
    """Give the request in this block, and every connection it uses, so many seconds.

    Args:
        limit: the declared one that ends in so many seconds.
        name: its name in the source.
    """
    deadline = _Deadline(seconds, limit, name)
    timer = threading.Timer(max(seconds, 0), deadline.strike)
    timer.daemon = True
    token = _at_hand.set(deadline)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        deadline.close()
        _at_hand.reset(token)


def left() -> float:
    """Seconds left for the request at hand.

    Raises:
        Trouble: none.
    """
    deadline = _at_hand.get()
    if deadline.over or (seconds := deadline.end - time.monotonic()) <= 0:
        raise Trouble(f"not finished within {deadline.limit:g} seconds", WAIT.format(deadline.name), SLOW, "wait")
    return seconds


def remedy() -> str:
    """What to do about a request that took too long."""
    return WAIT.format(_at_hand.get().name)


class Timed:
    """A connection of urllib3 that ends with the time of the request it serves, from the handshake on."""

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        _at_hand.get().watch(sock)
        return sock

    def getresponse(self) -> Any:
        if sock := self.sock:  # type: ignore[attr-defined]  # one of before, perhaps
            _at_hand.get().watch(sock)
        return super().getresponse()  # type: ignore[misc]
