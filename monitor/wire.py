"""The only door to the web: one session for each source, and limits that hold whatever a server sends.

The key of a source is put on a request in the moment it leaves, for the declared host only, and taken off
again: neither the cache nor a log, an address or an error ever holds it.
"""

from __future__ import annotations

import http.client
import logging
import re
import sqlite3
import ssl
import time
from contextvars import ContextVar
from typing import Any, Self
from urllib.parse import quote, quote_plus

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from requests_cache import CachedSession
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError
from urllib3.util.retry import Retry

from monitor import __version__, payload
from monitor.model import Source
from monitor.network import LATER, PUBLISHER, THREADS, YOU, Network, Trouble, is_public, place
from monitor.paging import Answer
from monitor.payload import too_big, unpack

CONNECT = 10.0  # seconds
AGAIN = (429, 500, 502, 503, 504)
SLOW = 408  # our own, for a request that ran out of time
HEADERS = ("ETag", "Last-Modified", "Content-Type")
CHUNK = 1 << 16

WAIT = "Try again later, or raise 'timeout' of the source."

#: when the request at hand must be over, on the monotonic clock, and the seconds it was given
_limit: ContextVar[tuple[float, float]] = ContextVar("limit")
_secrets: set[str] = set()


class _Redact(logging.Filter):
    """urllib3 writes whole paths into its log, query included."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _secrets:
            record.msg, record.args = _scrub(record.getMessage()), ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_Redact())


def _scrub(text: str) -> str:
    for secret in _secrets:
        text = text.replace(secret, "***")
    return text


def _left() -> float:
    end, given = _limit.get()
    if (left := end - time.monotonic()) <= 0:
        raise Trouble(f"not finished within {given:g} seconds", WAIT, SLOW)
    return left


class _Patience(Retry):
    """Retries that end with the time limit of their request, and read no body of an error, which may be endless."""

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        if response := kwargs.get("response"):
            response.close()
        _left()
        return super().increment(*args, **kwargs)

    def sleep(self, response: Any = None) -> None:
        asked = self.get_retry_after(response) if response else None
        if (asked or self.get_backoff_time()) >= _left():
            cause = f"busy (status {response.status}), it asks to be left alone for {asked:g} seconds" if asked else (
                "still failing when its time was over")
            raise Trouble(cause, LATER, response.status if response else SLOW)
        super().sleep(response)


class _Checked:
    """A connection that refuses a private address, seen after the name was looked up."""

    home: tuple[str, int]

    def _new_conn(self) -> Any:
        sock = super()._new_conn()  # type: ignore[misc]
        if (self.host, self.port) != self.home and not is_public(sock.getpeername()[0]):  # type: ignore[attr-defined]
            sock.close()
            raise _private(self.host)  # type: ignore[attr-defined]
        return sock


def _private(host: str) -> Trouble:
    return Trouble(f"redirected to {host}, an address of a private network, and was not followed",
                   "The publisher must repair it; where it is right, declare that address as the endpoint "
                   "or set MONITOR_ALLOW_PRIVATE=1.")  # fmt: skip


class _Door(HTTPAdapter):
    """Sends the requests of one source: pace, key, addresses, retries, size and time."""

    def __init__(self, source: Source, network: Network, key: str, peek: bool) -> None:
        self.source, self.network, self.key, self.peek = source, network, key, peek
        self.home = place(source.endpoint or "")
        tries = _Patience(
            total=5, connect=1, read=2, status=4, other=0, status_forcelist=AGAIN, raise_on_status=False,
            backoff_factor=network.backoff, backoff_jitter=network.backoff, backoff_max=20,
        )
        super().__init__(4, THREADS, Retry(0, read=False) if peek else tries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        if not self.network.allow_private:
            self.poolmanager.pool_classes_by_scheme = {
                scheme: type("Pool", (pool,), {"ConnectionCls": type("Checked", (_Checked, kind), {"home": self.home})})
                for scheme, pool, kind in (("http", HTTPConnectionPool, HTTPConnection),
                                           ("https", HTTPSConnectionPool, HTTPSConnection))
            }

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = request.url or ""
        allowed = place(url) == self.home or self.network.allow_private or is_public(place(url)[0])
        if not allowed and select_proxy(url, kwargs.get("proxies")):  # without a proxy the connection is looked at
            raise _private(place(url)[0])
        kwargs["stream"] = True
        for last in (False, True):
            response = super().send(self._with_key(request), *args, **kwargs)
            try:
                response._content = self._read(response)
                break
            except (HTTPError, OSError):
                response.close()
                if last:
                    raise Trouble("the answer broke off in the middle, twice", PUBLISHER) from None
                _left()
        response._content_consumed = True  # type: ignore[attr-defined]
        response.request, response.url = request, url
        for name, value in response.headers.items():
            response.headers[name] = self._without_key(value)
        return response

    def _with_key(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        sent = request.copy()
        if self.key and place(request.url or "") == self.home:
            if self.source.auth_param:
                sent.prepare_url(request.url, {self.source.auth_param: self.key})
            for name, value in self.source.headers.items():
                if "{key}" in value:
                    sent.headers[name] = value.replace("{key}", self.key)
        return sent

    def _without_key(self, header: str) -> str:
        if self.key and self.source.auth_param:
            header = re.sub(rf"([?&]){re.escape(quote(self.source.auth_param))}=[^&#\s]*&?", r"\1", header)
        return _scrub(header)

    def _read(self, response: requests.Response) -> bytes:
        """The body of a good answer, unpacked; nothing of any other."""
        if response.status_code != 200 or self.peek:
            response.close()
            return b""
        limit, parts, size = int(self.source.max_megabytes * 1e6), [], 0
        packing = response.headers.get("Content-Encoding", "identity").strip().lower()
        try:
            if int(response.headers.get("Content-Length") or 0) > limit:
                raise too_big(self.source)
            while chunk := response.raw.read1(CHUNK, decode_content=False):
                size += len(chunk)
                if size > limit:
                    raise too_big(self.source)
                parts.append(chunk)
                _left()
            return self._clean(unpack(b"".join(parts), packing, self.source))
        except Trouble:
            response.close()
            raise

    def _clean(self, body: bytes) -> bytes:
        """Some services print the caller's key in their answer; it must not be kept."""
        for secret in {self.key, quote(self.key), quote_plus(self.key)} - {""}:
            body = body.replace(secret.encode(), b"***")
        return body


def get(url: str, source: Source, store: Any, network: Network, key: str) -> Answer:
    """Ask for one page; conditionally, where its last answer is in the store.

    Raises:
        Trouble: there was no answer, or none that could be data of this source.
    """
    network.require(url)
    network.take_turn(url, source.per_minute)
    token = _limit.set((time.monotonic() + source.timeout, source.timeout))
    try:
        session = _session(source, store, network, key)
        response = session.get(url, timeout=(min(CONNECT, source.timeout), source.timeout))
        if response.status_code != 200:
            raise _refusal(response.status_code, source)
        if why := payload.wrong(response.content, source):
            raise Trouble(_scrub(why), PUBLISHER)
        headers = {n.lower(): response.headers[n] for n in HEADERS if n in response.headers}
        return Answer(response.content, 304 if getattr(response, "revalidated", False) else 200, headers)
    except requests.RequestException as error:
        network.failed(url)
        raise _trouble(error) from None
    except (sqlite3.Error, OSError) as error:
        raise Trouble(f"the project's store could not be used ({getattr(error, 'strerror', None) or error})",
                      f"Make it writable; if it is, delete http/{source.id}.sqlite in it.") from None  # fmt: skip
    except Trouble as trouble:
        if trouble.status in (SLOW, *AGAIN):
            network.failed(url)
        raise
    finally:
        _limit.reset(token)


def peek(url: str, source: Source, network: Network, key: str, seconds: float) -> int:
    """The status a request is answered with; the body is not read and nothing is retried or kept.

    Raises:
        Trouble: there was no answer.
    """
    network.require(url)
    token = _limit.set((time.monotonic() + seconds, seconds))
    try:
        with _prepared(requests.Session(), source, network, key, peek=True) as session:
            return int(session.get(url, timeout=seconds).status_code)
    except requests.RequestException as error:
        raise _trouble(error) from None
    finally:
        _limit.reset(token)


def _session(source: Source, store: Any, network: Network, key: str) -> Any:
    """The session of a source, made when first needed; its threads share connections and cache."""
    with network.lock:
        if (source.id, store) not in network.sessions:
            session = CachedSession(
                str(store / "http" / f"{source.id}.sqlite"), backend="sqlite", serializer="json",  # a pickle runs code
                expire_after=0,  # always asked, with the ETag or date of the last answer
                filter_fn=lambda response: response.status_code != 200 or not payload.wrong(response.content, source),
            )
            network.sessions[source.id, store] = _prepared(session, source, network, key, peek=False)
        return network.sessions[source.id, store]


def _prepared(session: Any, source: Source, network: Network, key: str, peek: bool) -> Any:
    if key:
        _secrets.update({key, quote(key), quote_plus(key)})
    door = _Door(source, network, key, peek)
    session.mount("https://", door)
    session.mount("http://", door)
    session.max_redirects = 5
    session.auth = lambda request: request  # else a .netrc of the user would be read and sent
    contact = f"; contact: {network.contact}" if network.contact else ""
    session.headers.update({
        "User-Agent": f"migration-scorecard/{__version__} (scorecards from public statistics{contact})",
        "Accept-Encoding": "gzip", **{n: v for n, v in source.headers.items() if "{key}" not in v},
    })  # fmt: skip
    return session


def _refusal(status: int, source: Source) -> Trouble:
    """What an HTTP status other than 200 means, and for whom."""
    file = f"sources/{source.id}.yaml"
    if status in (401, 403):
        who = f"Set the environment variable {source.auth_env} to a valid key." if source.auth_env else (
            "The publisher does not let programs in, or not from here; ask it, or correct "
            f"'endpoint' in {file}.")  # fmt: skip
    elif status in (400, 404, 406, 410, 413, 414, 422):
        who = f"'endpoint', 'params' or 'series' in {file} must follow the publisher."
    elif status == 429:
        who = f"Try again later; lower 'per_minute' in {file} if it comes back."
    else:
        who = PUBLISHER
    return Trouble(f"answered with status {status} ({http.client.responses.get(status, 'unknown')})", who, status)


def _trouble(error: BaseException) -> Trouble:
    """An error of requests in plain words. Its own text is never used: it holds the address with the key."""
    inner = list(_inside(error))
    for found in inner:
        if isinstance(found, ssl.SSLCertVerificationError):
            return Trouble(f"its certificate could not be verified ({found.verify_message})",
                           "The publisher must renew it; behind a company's proxy set REQUESTS_CA_BUNDLE.")  # fmt: skip
    if isinstance(error, requests.TooManyRedirects):
        return Trouble("redirected more than 5 times", PUBLISHER)
    if isinstance(error, requests.exceptions.InvalidSchema):
        return Trouble("redirected to an address that is neither http nor https", PUBLISHER)
    if isinstance(error, requests.exceptions.ProxyError):
        return Trouble("the proxy of this machine did not let it through", YOU)
    if any(isinstance(found, NameResolutionError) for found in inner):
        return Trouble("its name could not be looked up", YOU)
    if isinstance(error, requests.ReadTimeout) or any(isinstance(f, ReadTimeoutError) for f in inner):
        return Trouble("did not answer in time", WAIT)
    system = next((f.strerror for f in inner if isinstance(f, OSError) and f.errno and f.strerror), "")
    return Trouble(f"the connection failed ({system or 'closed without an answer'})", PUBLISHER)


def _inside(error: BaseException | None) -> Any:
    """An error and what it was made of, outermost first."""
    seen = []
    while isinstance(error, BaseException) and error not in seen:
        seen.append(error)
        inner = [a for a in error.args if isinstance(a, BaseException)]
        error = getattr(error, "reason", None) or (inner[0] if inner else None) or error.__cause__ or error.__context__
    return seen
