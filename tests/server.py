"""A publisher of our own on the loopback address: each path has a function that answers, every request is noted."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    count: int  # the how-manieth of this path
    wire: BaseHTTPRequestHandler  # for answers that break the rules


Reply = tuple[int, dict[str, str], bytes]
Answering = Callable[[Asked], "Reply | None"]  # None: it has written to the wire itself


@dataclass
class Publisher:
    url: str
    paths: dict[str, Answering] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def says(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """This path always answers the same."""
        self.paths[path] = lambda asked: (status, {n.replace("_", "-"): v for n, v in headers.items()}, body)

    def times(self, path: str) -> int:
        return sum(a.path == path for a in self.asked)


@contextlib.contextmanager
def serving(certificate: str = "") -> Iterator[Publisher]:
    """A publisher for the length of a block; with a PEM file of certificate and key it speaks TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # header and body in one packet: else each answer waits 40 ms for an acknowledgement
        timeout = 5

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), dict(self.headers),
                          publisher.times(parts.path) + 1, self)  # fmt: skip
            publisher.asked.append(asked)
            answer = publisher.paths.get(parts.path, lambda _: (404, {}, b"no such path"))(asked)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up is what these tests are about

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    publisher = Publisher(f"http{'s' * bool(certificate)}://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield publisher
    finally:
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
