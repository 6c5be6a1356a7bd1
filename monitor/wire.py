"""The only door to the web: one session for each source, and limits that hold whatever a server sends.

The key of a source is put on a request in the moment it leaves, for the declared host only, and taken off
again: neither the cache nor a log, an address or an error ever holds it.
"""

from __future__ import annotations

import logging
import math
import re
import sqlite3
import ssl
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, InvalidHeader, NameResolutionError, ReadTimeoutError
from urllib3.util.retry import Retry

from monitor import __version__, asked, deadline, hidden, payload, queued
from monitor.bodies import load, path_of, sha256
from monitor.deadline import SLOW
from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.network import LATER, PUBLISHER, THREADS, YOU, Network, Trouble, is_public, place
from monitor.paging import Answer
from monitor.partial import Part
from monitor.payload import too_big, unpack

CONNECT = 10.0  # seconds
AGAIN = (429, 500, 502, 503, 504)
HEADERS = ("ETag", "Last-Modified", "Content-Type")
CHUNK = 1 << 16
ERROR = 1 << 13  # bytes read of an error that explains itself
SENDS = 6  # of one request whose answer breaks off, as long as each brings something new

MALFORMED = "it sent a header that no program can understand"


class _Redact(logging.Filter):
    """urllib3 writes whole paths into its log, query included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = hidden.scrub(record.getMessage()), ()
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_Redact())


class _Patience(Retry):
    """Retries that end with the time limit of their request, and read no body of an error, which may be endless."""

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        if response := kwargs.get("response"):
            response.close()
        deadline.left()
        return super().increment(*args, **kwargs)

    def get_retry_after(self, response: Any) -> float | None:
        try:
            return super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):  # neither a number nor a date: as if it were not there
            return None

    def sleep(self, response: Any = None) -> None:
        asked = self.get_retry_after(response) if response else None
        if (asked or self.get_backoff_time()) >= deadline.left():
            cause = f"busy (status {response.status}), it asks to be left alone for {asked:.0f} seconds" if asked else (
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
                   "The publisher must repair it; where it is right, declare that address as the endpoint, "
                   "or set 'allow_private: true' in the source.", by="publisher")  # fmt: skip


def _furnish(manager: Any, more: type, **facts: Any) -> Any:
    """Let the connections of a manager do more."""
    manager.pool_classes_by_scheme = {
        scheme: type("Pool", (pool,), {"ConnectionCls": type(more.__name__, (more, pool.ConnectionCls), facts)})
        for scheme, pool in manager.pool_classes_by_scheme.items()
    }
    return manager


class _Door(HTTPAdapter):
    """Sends the requests of one source: pace, key, addresses, retries, size and time."""

    def __init__(self, source: Source, network: Network, key: str, peek: bool) -> None:
        self.source, self.network, self.key, self.peek = source, network, key, peek
        self.inside = network.allow_private or source.allow_private
        self.home = place(source.endpoint or "")
        tries = _Patience(
            total=5, connect=1, read=2, status=4, other=0, status_forcelist=AGAIN, raise_on_status=False,
            backoff_factor=network.backoff, backoff_jitter=network.backoff, backoff_max=20,
        )
        super().__init__(4, THREADS, Retry(0, read=False) if peek else tries)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        if not self.inside:
            _furnish(self.poolmanager, _Checked, home=self.home)
        _furnish(self.poolmanager, deadline.Timed)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **kwargs)
        return manager if known else _furnish(manager, deadline.Timed)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        url = request.url or ""
        allowed = place(url) == self.home or self.inside or is_public(place(url)[0])
        if not allowed:  # a name is looked at once it is connected, see `_Checked`
            raise _private(place(url)[0])
        kwargs["stream"] = True
        part = Part()
        for turn in range(SENDS):
            response = super().send(part.rest_of(self._with_key(request)), *args, **kwargs)
            try:
                response = self._read(response, part)
                break
            except (HTTPError, OSError):
                response.close()
                deadline.left()
                if turn + 1 == SENDS or not part.may_be_asked_again():
                    raise Trouble("the answer broke off in the middle, time and again", PUBLISHER) from None
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
        return hidden.scrub(header)

    def _read(self, response: requests.Response, part: Part) -> requests.Response:
        """The response with its whole body, unpacked; of an error nothing, or what explains it."""
        limit, status = int(self.source.max_megabytes * 1e6), response.status_code
        if self.peek:
            response._content = b""
        elif status == 413:
            response._content = response.raw.read(ERROR, decode_content=True)
            deadline.left()
        elif status == 200 or part.continues(response):
            if status == 200:
                part.begin(response)
            try:
                declared = response.headers.get("Content-Length", "")  # whatever a server wrote there
                if (int(declared[:20]) if declared.isascii() and declared.isdigit() else 0) + len(part.body) > limit:
                    raise too_big(self.source)
                while chunk := response.raw.read1(CHUNK, decode_content=False):
                    part.body += chunk
                    if len(part.body) > limit:
                        raise too_big(self.source)
                    deadline.left()
                deadline.left()  # an answer without a declared length seems whole when its connection is torn
            except Trouble:
                response.close()
                raise
            response.headers, response.status_code = part.headers, 200
            packing = part.headers.get("Content-Encoding", "identity").strip().lower()
            response._content = hidden.clean(unpack(bytes(part.body), packing, self.source), self.key)
            return response
        else:
            response._content = b""
        if status == 304:
            response.raw.drain_conn()  # it has no body: the connection serves the next request
        else:
            response.close()
        return response


def get(url: str, source: Source, store: Path, network: Network, key: str, until: float) -> Answer:
    """Ask for one page; conditionally, where its last answer is in the store. A queued answer is waited for.

    Args:
        until: when all pages of the series must be there, on the monotonic clock.

    Raises:
        Trouble: there was no answer, or none that could be data of this source.
    """
    if source.per_hour:
        _hourly(url, source, store, network)
    answer = _ask(url, source, store, network, key, until)
    if not (ticket := queued.ticket(answer.body)):
        return answer
    pause = 4 * network.backoff
    while (state := queued.state(answer.body)) != "AVAILABLE":
        if state not in ("SUBMITTED", "PROCESSING"):
            raise Trouble(f"queued the answer and then lost it (state {state or 'not said'})", LATER)
        if time.monotonic() + pause >= until:
            raise Trouble(f"queued the answer and had not made it after {source.time_limit:g} seconds",
                          "Try again in some minutes, when it will be ready; or ask for less: name single codes or a "
                          f"first period under 'params' in sources/{source.id}.yaml.", by="wait")  # fmt: skip
        time.sleep(pause)
        pause = min(1.5 * pause, 60 * network.backoff)
        answer = _ask(queued.address(url, ticket, "status"), source, store, network, key, until)
    return _ask(queued.address(url, ticket, "data"), source, store, network, key, until)


def _hourly(url: str, source: Source, store: Path, network: Network) -> None:
    """Keep to the publisher's limit for an hour: wait a little, or leave the series for a later run."""
    try:
        while wait := asked.take(store, place(url)[0], source.per_hour or 1, network.hour):
            if wait > source.timeout:
                raise Trouble(f"its limit of {source.per_hour} requests an hour is used up, and the next one may be "
                              f"sent in {math.ceil(wait / 60)} minutes", LATER)  # fmt: skip
            time.sleep(wait)
    except (sqlite3.Error, OSError) as error:
        raise _unwritable(error) from None


def _ask(url: str, source: Source, store: Path, network: Network, key: str, until: float) -> Answer:
    network.require(url)
    network.take_turn(url, source.per_minute)
    with network.among(url, source.at_once):
        now = time.monotonic()
        given = min(source.timeout, until - now)
        whole = given < source.timeout  # it is the time for all pages that ends first
        limit = (source.time_limit, "time_limit") if whole else (source.timeout, "timeout")
        with deadline.within(given, *limit):
            try:
                deadline.left()
                return _page(url, source, store, _session(source, network, key), min(CONNECT, given), given)
            except requests.RequestException as error:
                network.failed(url)
                raise _trouble(error) from None
            except (sqlite3.Error, OSError) as error:
                raise _unwritable(error) from None
            except Trouble as trouble:
                if trouble.status in (SLOW, *AGAIN):
                    network.failed(url)
                raise
            except ValueError:  # the address of a redirect, for one
                raise Trouble(MALFORMED, PUBLISHER) from None


def _page(url: str, source: Source, store: Path, session: requests.Session, connect: float, read: float) -> Answer:
    """One page, asked for on condition where its last answer is still in the store."""
    known = asked.known(store, source.id, url)
    if known and not (store / path_of(known.sha256)).exists():
        known = None
    response = session.get(url, timeout=(connect, read), headers=known.condition if known else None)
    if response.status_code == 304 and known:
        try:
            return Answer(load(store, known.sha256), 304, known.headers)
        except UnreadableData:  # what was kept is damaged
            response = session.get(url, timeout=(connect, read))
    body = response.content or b""
    if trouble := queued.too_large(body, source.id):
        raise trouble
    if response.status_code != 200:
        raise payload.refusal(response.status_code, source)
    if why := payload.wrong(body, source):
        raise Trouble(hidden.scrub(why), PUBLISHER)
    headers = {n.lower(): response.headers[n] for n in HEADERS if n in response.headers}
    if not queued.ticket(body):
        asked.remember(store, source.id, url, sha256(body), headers)
    return Answer(body, 200, headers)


def _unwritable(error: BaseException) -> Trouble:
    return Trouble(f"the project's store could not be used ({getattr(error, 'strerror', None) or error})",
                   f"Make it writable; if it is, delete {asked.FILE} in it.")  # fmt: skip


def peek(url: str, source: Source, network: Network, key: str, seconds: float) -> int:
    """The status a request is answered with; the body is not read and nothing is retried or kept.

    Raises:
        Trouble: there was no answer.
    """
    network.require(url)
    with (deadline.within(seconds, seconds, "timeout"),
          _prepared(requests.Session(), source, network, key, peek=True) as session):  # fmt: skip
        try:
            return int(session.get(url, timeout=seconds).status_code)
        except requests.RequestException as error:
            raise _trouble(error) from None
        except ValueError:
            raise Trouble(MALFORMED, PUBLISHER) from None


def _session(source: Source, network: Network, key: str) -> requests.Session:
    """The session of a source, made when first needed; its threads share connections."""
    with network.lock:
        if source.id not in network.sessions:
            network.sessions[source.id] = _prepared(requests.Session(), source, network, key, peek=False)
        session: requests.Session = network.sessions[source.id]
        return session


def _prepared(session: requests.Session, source: Source, network: Network, key: str, peek: bool) -> requests.Session:
    hidden.hide(key)
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


def _trouble(error: BaseException) -> Trouble:
    """An error of requests in plain words. Its own text is never used: it holds the address with the key.

    Raises:
        Trouble: the time of the request is over.
    """
    deadline.left()  # a connection torn because its time was over ends in one of many ways
    inner = list(_inside(error))
    for found in inner:
        if isinstance(found, ssl.SSLCertVerificationError):
            return Trouble(f"its certificate could not be verified ({found.verify_message})",
                           "The publisher must renew it; behind a company's proxy set REQUESTS_CA_BUNDLE.",
                           by="publisher")  # fmt: skip
    if isinstance(error, requests.TooManyRedirects):
        return Trouble("redirected more than 5 times", PUBLISHER)
    if isinstance(error, requests.exceptions.InvalidSchema):
        return Trouble("redirected to an address that is neither http nor https", PUBLISHER)
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)):
        return Trouble(MALFORMED, PUBLISHER)
    if isinstance(error, requests.exceptions.ProxyError):
        return Trouble("the proxy of this machine did not let it through", YOU)
    if any(isinstance(found, NameResolutionError) for found in inner):
        return Trouble("its name could not be looked up", YOU)
    if isinstance(error, requests.ReadTimeout) or any(isinstance(f, ReadTimeoutError) for f in inner):
        return Trouble("did not answer in time", deadline.remedy(), by="wait")
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
