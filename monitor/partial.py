"""What has come of an answer that breaks off, and how the rest of it is asked for (RFC 9110: Range, If-Range)."""

from __future__ import annotations

import re
from typing import Any

from monitor.network import PUBLISHER, Trouble


class Part:
    """What has come of an answer that may break off, and how to ask for the rest of it."""

    def __init__(self) -> None:
        self.body, self.begun, self.had = bytearray(), 0, 0
        self.headers: Any = {}

    def begin(self, response: Any) -> None:
        """The answer from its first byte: whatever had come before is void."""
        self.headers, self.begun = response.headers, self.begun + 1
        self.body.clear()

    def mark(self) -> str:
        """By what the server can tell whether its answer is still the same: a strong ETag, else a date."""
        if not self.body or self.headers.get("Accept-Ranges", "").strip().lower() == "none":
            return ""
        tag = self.headers.get("ETag", "")
        return str(tag if tag and not tag.startswith("W/") else self.headers.get("Last-Modified", ""))

    def may_be_asked_again(self) -> bool:
        """From the middle as often as that brings something new; from the beginning twice."""
        if self.mark() and len(self.body) > self.had:
            self.had = len(self.body)
            return True
        self.body.clear()
        self.had = 0
        return self.begun < 2

    def rest_of(self, request: Any) -> Any:
        """The request for what is missing, on condition that the answer is still the same."""
        if mark := self.mark():
            for name in ("If-None-Match", "If-Modified-Since"):
                request.headers.pop(name, None)
            request.headers.update({"Range": f"bytes={len(self.body)}-", "If-Range": mark})
        return request

    def continues(self, response: Any) -> bool:
        """Is this the missing rest?

        Raises:
            Trouble: it is some other part.
        """
        if response.status_code == 416:
            self.body.clear()
            raise OSError  # nothing can follow what has come: from the beginning, if that is still allowed
        if response.status_code != 206:
            return False
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", response.headers.get("Content-Range", "").strip())
        same = response.headers.get("Content-Encoding", "") == self.headers.get("Content-Encoding", "")
        whole = self.headers.get("Content-Length") or (found[3] if found else "")
        if (not found or not same or not self.body or int(found[1]) != len(self.body) or found[3] not in (whole, "*")
                or (found[3] != "*" and int(found[2]) + 1 != int(found[3]))):
            response.close()
            raise Trouble("sent another part of the answer than the one asked for", PUBLISHER)
        return True
