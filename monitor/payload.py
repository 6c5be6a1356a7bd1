"""Whether an answer can be data at all: of a good status, unpacked, bounded, no web page, not cut off."""

from __future__ import annotations

import re
import zlib
from http.client import responses

from monitor.model import Source
from monitor.network import LATER, PUBLISHER, Trouble
from monitor.queued import narrower

#: words of texts about failures
_FAILURE = re.compile(rb"error|exception|fail(ed|ure)|denied|forbidden|invalid|unavailable|maintenance|log ?in|"
                      rb"timed? ?out|too many|limit exceeded|try again", re.IGNORECASE)  # fmt: skip


def too_big(source: Source) -> Trouble:
    """The refusal of an answer beyond the declared size, however it is packed."""
    return Trouble(f"more than {source.max_megabytes:g} MB, and was refused",
                   f"Raise 'max_megabytes' in sources/{source.id}.yaml if that much is right.")  # fmt: skip


def unpack(body: bytes, packing: str, source: Source) -> bytes:
    """The body of an answer without its packing, which may only be gzip.

    Raises:
        Trouble: damaged, cut off (where zlib alone would keep silent), beyond the source's limit, or packed otherwise.
    """
    if packing in ("", "identity"):
        return body
    if packing not in ("gzip", "x-gzip"):
        raise Trouble(f"packed as '{packing}', though only gzip was asked for", PUBLISHER)
    limit, out = int(source.max_megabytes * 1e6), bytearray()
    while body:
        member = zlib.decompressobj(wbits=31)
        try:
            out += member.decompress(body, limit - len(out) + 1)
        except zlib.error:
            raise Trouble("the packed answer is damaged", PUBLISHER) from None
        if len(out) > limit:
            raise too_big(source)
        if not member.eof:
            raise Trouble("the packed answer is cut off", PUBLISHER)
        body = member.unused_data
    return bytes(out)


def wrong(body: bytes, source: Source) -> str:
    """Why these bytes cannot be an answer of this source; "" where they can. A status of 200 says little."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    start = text[:2048].lower()
    if not text:
        return "the answer is empty"
    if body.startswith(b"\x1f\x8b"):
        return "it is a gzip file inside, packed once more than it says"
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) and "16" not in str(source.options.get("encoding", "")):
        return "it is UTF-16 text, where UTF-8 was expected (a source of the reader csv_table can declare 'encoding')"
    if start.startswith(b"<") and (b"<html" in start or b"<!doctype html" in start) and "html" not in source.reader:
        title = re.search(rb"<title[^>]*>(.*?)</title>", text[: 1 << 16], re.IGNORECASE | re.DOTALL)
        return "it sent a web page instead of data" + (f", titled {excerpt(title[1])}" if title else "")
    if text[:1] in (b"{", b"[") and text.rstrip()[-1:] not in (b"}", b"]"):
        return "the JSON answer stops in the middle"
    return ""


def about_failure(body: bytes) -> bool:
    """Is this a short text about something that went wrong, such as a service sends in place of data?"""
    text = body.strip(b"\xef\xbb\xbf \t\r\n")
    shaped = text[:1] in (b"{", b"[", b"<") or b"\n" not in text
    return shaped and len(text) < 1 << 12 and bool(_FAILURE.search(text))


def excerpt(body: bytes, length: int = 60) -> str:
    """The beginning of a text, on one line, in quotes."""
    text = " ".join(body[: 4 * length].decode("utf-8", "replace").split())
    return "'" + (text[:length] + "..." if len(text) > length else text) + "'"


def refusal(status: int, source: Source) -> Trouble:
    """What an HTTP status other than 200 means, and for whom."""
    file = f"sources/{source.id}.yaml"
    if status in (401, 403):
        who = f"Set the environment variable {source.auth_env} to a valid key." if source.auth_env else (
            "The publisher does not let programs in, or not from here; ask it, or correct "
            f"'endpoint' in {file}.")  # fmt: skip
    elif status == 413:
        return narrower(source.id)
    elif status in (400, 404, 406, 410, 414, 422):
        who = f"'endpoint', 'params' or 'series' in {file} must follow the publisher."
    elif status == 429:
        who = f"Try again later; lower 'per_minute' in {file} if it comes back."
    else:
        who = LATER if status == 503 else PUBLISHER
    return Trouble(f"answered with status {status} ({responses.get(status, 'unknown')})", who, status,
                   "wait" if status == 429 else None)  # fmt: skip
