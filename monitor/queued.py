"""Answers that come later: what Eurostat sends in place of data that take long to prepare, and where to ask for them.

Publisher's guide: "API - Detailed guidelines - Asynchronous API" of the Eurostat data browser. Under status 200 comes
an envelope with a key; the state of the request is asked for below ``/1.0/async/status/`` of the same service, and the
data, once they are there, below ``/1.0/async/data/``. Addresses inside an answer are never followed.
"""

from __future__ import annotations

import re
from typing import Literal

from monitor.network import Trouble

Step = Literal["status", "data"]
_ENVELOPE = re.compile(rb"<(?:\w+:)?queued>.{0,400}?<(?:\w+:)?id>\s*([\w-]{1,80})\s*</", re.DOTALL)
_STATE = re.compile(rb"\b(SUBMITTED|PROCESSING|AVAILABLE|EXPIRED|UNKNOWN_REQUEST|ERROR)\b")
#: the service of before 2023 promised a file in the footer of an SDMX message without data
_FOOTER = re.compile(rb"<(?:\w+:)?Message[^>]{0,200}\bcode=\"413\"")
_TOO_BIG = re.compile(rb"estimated (\d+) rows, max authorised is (\d+)")
_HEAD = 1 << 13


def ticket(body: bytes) -> str:
    """The key of an answer that will come later; "" where these bytes are none."""
    found = _ENVELOPE.search(body[:_HEAD]) if body.lstrip()[:1] == b"<" else None
    return found[1].decode() if found else ""


def address(url: str, key: str, step: Step) -> str:
    """Where to ask for the state, or for the data, of a queued answer.

    Raises:
        Trouble: nobody knows, since the service is not one like Eurostat's.
    """
    service, mark, _ = url.partition("/dissemination/")
    if not mark:
        raise Trouble("queued the answer in the way of Eurostat, but its address is not one of that service",
                      "Ask for less at a time, or declare the address of the data themselves.")  # fmt: skip
    return f"{service}{mark}1.0/async/{step}/{key}"


def state(body: bytes) -> str:
    """The state of a queued answer, in the publisher's word; "" where none is said."""
    found = _STATE.search(body[:_HEAD])
    return found[1].decode() if found else ""


def too_large(body: bytes, source: str) -> Trouble | None:
    """The refusal of a request for too much, as the publisher words it under any status; None where it is none."""
    head = body[:_HEAD]
    if _FOOTER.search(head) or b"EXTRACTION_TOO_BIG" in head:
        rows = _TOO_BIG.search(head)
        return narrower(source, f" ({int(rows[1]):,} rows, at most {int(rows[2]):,})" if rows else "")
    return None


def narrower(source: str, size: str = "") -> Trouble:
    """What to do where a publisher refuses to send so much at once."""
    return Trouble(f"more was asked for than the publisher sends at once{size}",
                   f"Narrow the series in sources/{source}.yaml: name single codes or a first period under its "
                   "'params' (geo, sex, sinceTimePeriod ...), or declare several series.", 413)  # fmt: skip
