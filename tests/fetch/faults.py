"""The fault matrix: what a publisher can do wrong, what the user sees, what is kept, what the scorecard says.

One row each, run against the local server by ``test_faults.py``; docs/reference/faults.md is printed from it (`page`).
"""

# ruff: noqa: E501  a row of the matrix is easier to read on few lines
from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tests.fetch import tiny
from tests.fetch.setting import dripping, stream
from tests.server import Asked, Reply

PUBLISHER = "The publisher must repair it; try again later."
LATER = "Nobody needs to do anything: try again later."
SLOW = "Try again later, or raise 'timeout' of the source."
HTML = b"<!DOCTYPE html><html><head><title>We are closed</title></head><body>Back soon</body></html>"


@dataclass(frozen=True)
class Fault:
    """A row. What the user sees is on the terminal, with source, series and address before it."""

    name: str
    answer: Callable[[Asked], Reply | None]
    sees: str  # cause and remedy; "" where nothing is wrong in the end
    who: Literal["", "you", "publisher", "wait"] = "publisher"
    ends: Literal["older", "used", "judged"] = "older"  # the older figures serve; the answer is used; it fails a check
    kept: bool = False  # does the store hold the answer?
    finding: tuple[str, str] = ("", "")  # check and sentence, for what is used
    kind: Literal["csv", "json"] = "csv"
    more: tuple[tuple[str, Any], ...] = ()  # keys of the source
    tls: bool = False  # the publisher's certificate has expired


def _says(body: bytes, status: int = 200, **headers: str) -> Callable[[Asked], Reply | None]:
    return lambda asked: (status, {n.replace("_", "-"): v for n, v in headers.items()}, body)


def _raw(head: bytes) -> Callable[[Asked], Reply | None]:
    """A good answer below a head of its own."""

    def answer(asked: Asked) -> None:
        asked.wire.wfile.write(head + GOOD)

    return answer


def _first(count: int, bad: Reply) -> Callable[[Asked], Reply | None]:
    """Wrong so many times, then right."""
    return lambda asked: bad if asked.count <= count else (200, {}, GOOD)


def _reset(asked: Asked) -> None:
    """Half an answer, and the connection is torn."""
    asked.wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + GOOD[:200])
    asked.wire.wfile.flush()
    time.sleep(0.05)  # else the half is lost as well
    asked.wire.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asked.wire.connection.close()


def _pages(number: Callable[[Asked], bytes]) -> Callable[[Asked], Reply | None]:
    return lambda asked: (200, {}, number(asked))


def _number(asked: Asked) -> int:
    return int(asked.query["page"])


def _dataset(**file: Any) -> Callable[[Asked], Reply | None]:
    """A CKAN site: the description of a dataset with one file, and the file itself at the same path."""

    def answer(asked: Asked) -> Reply:
        if "file" in asked.query:
            return 200, {}, GOOD
        here = f"http://{asked.headers['Host']}{asked.path}?file=1"
        said = {"name": "Costs", "format": "CSV", "url": here} | file
        return 200, {}, json.dumps({"success": True, "result": {"resources": [said]}}).encode()

    return answer


GOOD = tiny.csv()
PACKED = gzip.compress(GOOD)
ROWS = tiny.FIGURES
SCALED = [(a, y, round(v * 1000, 2)) for a, y, v in ROWS]
REBASED = [(a, y, round(v * 1.2746, 4)) for a, y, v in ROWS]
SHIFTED = [(a, y - 1, v) for a, y, v in ROWS]
UNREADABLE = "The answer of 2026-11-22 cannot be read: "
CKAN: dict[str, Any] = {"more": (("series", {"T.COST": {"title": "Cost of sending 200 coins", "unit": "% of the amount sent",
                                                        "resource": {"name": "Costs", "format": "CSV"}}}),)}
RESOURCE = "'resource' of T.COST in sources/office.yaml must follow the publisher."
DEEP = b"[" * 100_000 + b"]" * 100_000

FAULTS: tuple[Fault, ...] = (
    # ------------------------------------------------------------------ no answer
    Fault("no answer in time", lambda a: time.sleep(0.8), f"not finished within 0.3 seconds. {SLOW}", "wait",
          more=(("timeout", 0.3),)),
    Fault("an answer drop by drop", stream(b"HTTP/1.1 200 OK", b"1,2\n", 0.05),
          f"not finished within 0.3 seconds. {SLOW}", "wait", more=(("timeout", 0.3),)),
    Fault("a header drop by drop", dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "),
          f"not finished within 0.3 seconds. {SLOW}", "wait", more=(("timeout", 0.3),)),
    Fault("the size of a part drop by drop", dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
          f"not finished within 0.3 seconds. {SLOW}", "wait", more=(("timeout", 0.3),)),
    Fault("an error drop by drop", dripping(b"HTTP/1.1 413 Too Much\r\n\r\n"),
          f"not finished within 0.3 seconds. {SLOW}", "wait", more=(("timeout", 0.3),)),
    Fault("a header that is no number", _raw(b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n"), "", "", "used", kept=True),
    Fault("two headers that contradict each other", _raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 99\r\n\r\n"),
          f"it sent a header that no program can understand. {PUBLISHER}"),
    Fault("connection closed without an answer", lambda a: None,
          f"the connection failed (closed without an answer). {PUBLISHER}"),
    Fault("connection reset in the middle, each time", _reset,
          f"the answer broke off in the middle, time and again. {PUBLISHER}"),
    Fault("connection reset in the middle, once", lambda a: _reset(a) if a.count == 1 else (200, {}, GOOD), "", "",
          "used", kept=True),
    Fault("certificate expired", _says(GOOD), "its certificate could not be verified (certificate has expired). "
          "The publisher must renew it; behind a company's proxy set REQUESTS_CA_BUNDLE.", tls=True),
    # ------------------------------------------------------------------ a status
    Fault("429 with Retry-After, then good", _first(1, (429, {"Retry-After": "1"}, b"")), "", "", "used", kept=True),
    Fault("429 without Retry-After, for ever", _says(b"", 429), "answered with status 429 (Too Many Requests). Try again "
          "later; lower 'per_minute' in sources/office.yaml if it comes back.", "wait"),
    Fault("429 with a Retry-After that is no time, then good", _first(1, (429, {"Retry-After": "soon"}, b"")), "", "",
          "used", kept=True),
    Fault("429 with a negative Retry-After, for ever", _says(b"", 429, Retry_After="-5"), "answered with status 429 (Too "
          "Many Requests). Try again later; lower 'per_minute' in sources/office.yaml if it comes back.", "wait"),
    Fault("500, then good", _first(2, (500, {}, b"oops")), "", "", "used", kept=True),
    Fault("500 for ever", _says(b"oops", 500), f"answered with status 500 (Internal Server Error). {PUBLISHER}"),
    Fault("503 for an hour", _says(b"", 503, Retry_After="3600"),
          f"busy (status 503), it asks to be left alone for 3600 seconds. {LATER}", "wait"),
    Fault("404", _says(b"gone", 404), "answered with status 404 (Not Found). 'endpoint', 'params' or 'series' in "
          "sources/office.yaml must follow the publisher.", "you"),
    Fault("413, too much asked for", _says(b"<faultstring>EXTRACTION_TOO_BIG: estimated 9000000 rows, max authorised is "
          b"5000000</faultstring>", 413), "more was asked for than the publisher sends at once (9,000,000 rows, at most "
          "5,000,000). Narrow the series in sources/office.yaml: name single codes or a first period", "you"),
    # ------------------------------------------------------------------ where it sends us
    Fault("redirect in a circle", _says(b"", 302, Location=tiny.PATH), f"redirected more than 5 times. {PUBLISHER}"),
    Fault("redirect to 127.0.0.1", _says(b"", 302, Location="http://127.0.0.1:9/secret"), "redirected to 127.0.0.1, an "
          "address of a private network, and was not followed. The publisher must repair it; where it is right, declare "
          "that address as the endpoint, or set 'allow_private: true' in the source."),
    Fault("redirect to 127.0.0.1, written as one number", _says(b"", 302, Location="http://2130706433:9/secret"),
          "redirected to 2130706433, an address of a private network, and was not followed."),
    Fault("redirect to an address that is none", _says(b"", 302, Location="http://[::1"),
          f"it sent a header that no program can understand. {PUBLISHER}"),
    Fault("redirect to a file", _says(b"", 302, Location="file:///etc/passwd"),
          f"redirected to an address that is neither http nor https. {PUBLISHER}"),
    # ------------------------------------------------------------------ size and packing
    Fault("gzip cut off", _says(PACKED[:-9], Content_Encoding="gzip"), f"the packed answer is cut off. {PUBLISHER}"),
    Fault("gzip damaged", _says(PACKED[:40] + b"\0\1\2\3" + PACKED[44:], Content_Encoding="gzip"),
          f"the packed answer is damaged. {PUBLISHER}"),
    Fault("a small packed answer of 30 MB", _says(gzip.compress(b"0" * 30_000_000), Content_Encoding="gzip"),
          "more than 1 MB, and was refused. Raise 'max_megabytes' in sources/office.yaml if that much is right.", "you"),
    Fault("an answer without end", stream(b"HTTP/1.1 200 OK", b"DEU,2015,1.0,PC\n" * 4000),
          "more than 1 MB, and was refused. Raise 'max_megabytes'", "you"),
    Fault("10 GB declared", stream(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000", b"0"),
          "more than 1 MB, and was refused. Raise 'max_megabytes'", "you"),
    # ------------------------------------------------------------------ something else under status 200
    Fault("HTML under 200", _says(HTML, Content_Type="text/csv"),
          f"it sent a web page instead of data, titled 'We are closed'. {PUBLISHER}"),
    Fault("empty body", _says(b"\n"), f"the answer is empty. {PUBLISHER}"),
    Fault("an error text under 200", _says(b'{"error": "service unavailable"}'),
          f"{UNREADABLE}office T.COST: the table has no column", "publisher", kept=True),
    Fault("the caller's key in an error under 200", _says(b'{"error":"key s3cr3t\\/of+mine, s3cr3t%2fof%2Bmine is invalid"}'),
          f"{UNREADABLE}office T.COST: the table has no column", "publisher", kept=True,
          more=(("auth_env", "OFFICE_KEY"), ("auth_param", "key"))),
    Fault("a gzip file inside", _says(PACKED), f"it is a gzip file inside, packed once more than it says. {PUBLISHER}"),
    Fault("UTF-16", _says(GOOD.decode().encode("utf-16")), "it is UTF-16 text, where UTF-8 was expected"),
    Fault("wrong content type, right data", _says(GOOD, Content_Type="application/pdf"), "", "", "used", kept=True),
    Fault("a PDF under 200", _says(b"%PDF-1.7\n\xe2\xe3\xcf\xd3 1 0 obj", Content_Type="text/csv"),
          f"{UNREADABLE}office T.COST: the answer is not utf-8-sig text", "you", kept=True),
    Fault("wrong charset", _says(GOOD.decode().encode("cp1252"), Content_Type="text/csv; charset=utf-8"),
          f"{UNREADABLE}office T.COST: the answer is not utf-8-sig text", "you", kept=True),
    Fault("byte order mark", _says(b"\xef\xbb\xbf" + GOOD), "", "", "used", kept=True),
    # ------------------------------------------------------------------ JSON
    Fault("JSON with NaN", _says(tiny.page([(a, y, float("nan")) for a, y, _ in ROWS])),
          f"{UNREADABLE}office T.COST: the JSON holds NaN, which is no JSON number", "you", kept=True, kind="json"),
    Fault("JSON with a key twice", _says(tiny.page(ROWS).replace(b'"date": "2015"', b'"date": "2015", "date": "2016"')),
          f"{UNREADABLE}office T.COST: an object of the JSON has the key 'date' twice", "you", kept=True, kind="json"),
    Fault("JSON nested 100,000 deep", _says(DEEP), "the answer has no number of pages at '0.pages'; it begins with "
          "'[[[[", "you", kind="json"),
    # ------------------------------------------------------------------ pages
    Fault("ten times more pages than announced", _pages(lambda a: tiny.page(ROWS[11 * _number(a) - 11:][:11], _number(a),
          2, total=220)), f"{UNREADABLE}office T.COST: the publisher promises 220 rows, but 22 came on 2 page(s)", "you",
          kept=True, kind="json"),
    Fault("a page that comes again", _pages(lambda a: tiny.page(ROWS[:11], 1, 2)), "page 2 is page 1 once more. If the "
          "publisher counts pages otherwise, correct 'paging' in sources/office.yaml; else it must repair it.", "you",
          kind="json"),
    Fault("a number of pages that changes meanwhile", _pages(lambda a: tiny.page(ROWS[:_number(a)], _number(a), 1 + _number(a))),
          f"the number of pages changed while they were read, twice (at last 3 instead of 2). {LATER}", "wait",
          kind="json"),
    Fault("pages of two editions", _pages(lambda a: tiny.page([(c, y, v + a.count) for c, y, v in ROWS][11 * _number(a) - 11:][:11],
          _number(a), 2, total=22)), "the data of the pages changed while they were read, twice (at last page 1 was another "
          f"one when it was asked for again). {LATER}", "wait", kind="json"),
    # ------------------------------------------------------------------ a file of a dataset (CKAN)
    Fault("a dataset with its file", _dataset(), "", "", "used", kept=True, **CKAN),
    Fault("a dataset refused under 200", _says(b'{"success": false, "error": {"message": "Not found"}}'),
          "the site refused ('Not found'). If the dataset was renamed or withdrawn", **CKAN),
    Fault("a dataset without the declared file", _dataset(name="Prices"), "the dataset no longer has the declared file (name "
          f"'Costs'); it has 'T.COST' (Prices, CSV). {RESOURCE}", "you", **CKAN),
    Fault("a file of a dataset in another format", _dataset(format="XLSX"), "the declared file (name 'Costs') is no longer "
          f"CSV, but XLSX. {RESOURCE} The reader may have to be another one too.", "you", **CKAN),
    Fault("a file of a dataset on 127.0.0.1", _dataset(url="http://127.0.0.1:9/secret"), "the declared file is on 127.0.0.1, an "
          "address of a private network, and was not asked for.", **CKAN),
    # ------------------------------------------------------------------ the data themselves
    Fault("a column renamed", _says(tiny.csv(area="country")), f"{UNREADABLE}office T.COST: the table has no column "
          "'area'; it has 'country', 'year', 'value', 'unit', 'note'.", "you", kept=True),
    Fault("units changed silently", _says(tiny.csv(REBASED)), "", "", "judged", True,
          ("unit", "All figures were multiplied by 1.27 since")),
    Fault("values rescaled by 1,000", _says(tiny.csv(SCALED)), "", "", "judged", True, ("jump", "All figures are 1,000 times")),
    Fault("all dates shifted", _says(tiny.csv(SHIFTED)), "", "", "judged", True, ("shift", "All figures stand 1 year earlier than in the vintage before.")),
)  # fmt: skip


def page() -> str:
    """docs/reference/faults.md without its heading."""
    rows = ["| what the publisher does | what you see | who can mend it | what is kept | what the scorecard says |",
            "|---|---|---|---|---|"]
    rows += ["| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(fault)) + " |" for fault in FAULTS]
    return "\n\n".join([
        "What can go wrong between a publisher and a scorecard, and what comes of it. Each row is run by "
        "`tests/fetch/test_faults.py` through the whole line, against a server on the same machine: for an indicator whose "
        "last good answer is of 1 October 2026, asked again on 22 November, and once more without any answer of before. On "
        "the terminal, source, series and address stand before what you see. Nothing in the store is ever overwritten.",
        "\n".join(rows),
        "**The older figures**: the indicator is judged by them, and the page says beside their source: *Asked on 22 November "
        "2026, the publisher gave no usable answer; the figures of 1 October 2026 (52 days old) serve.* Where an answer came "
        "and cannot be read, it says so with the reason. Without an answer of before, the indicator is not assessed: "
        "*the source could not be reached* (unavailable), or *the source answered in a form we cannot read* (unreadable).",
    ])


def _cells(fault: Fault) -> Iterator[str]:
    yield fault.name
    if fault.sees:
        yield fault.sees + " ..." * (fault.sees[-1] != ".")
    else:
        yield "nothing while fetching" if fault.ends == "judged" else "nothing: it is asked again, or read as it is"
    yield {"": "–", "wait": "nobody needs to"}.get(fault.who, fault.who)
    yield "the answer" + ", marked as unreadable" * (fault.ends == "older") if fault.kept else "nothing new"
    if fault.ends == "older":
        yield f"The older figures; without any, {'unreadable' if fault.kept else 'unavailable'}"
    elif fault.ends == "used":
        yield "The new figures"
    else:
        check, sentence = fault.finding
        yield f"Not assessed, failed a check (`{check}`): {sentence} ..."


def names() -> list[str]:
    return [fault.name for fault in FAULTS]


