"""A publisher's bytes as text, and the refusal of what is no data at all: nothing, or a web page."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.errors import DefinitionError, UnreadableData

_MARKUP = re.compile(r"\s*<(!doctype|!--|\?xml|[a-z])", re.IGNORECASE)


def excerpt(text: str, length: int = 80) -> str:
    """The first printable characters, on one line, in quotes."""
    plain = "".join(c if c.isprintable() else " " for c in text[: 20 * length])
    return "'" + " ".join(plain.split())[:length] + "'"


def decode(body: bytes, expected: str, encoding: str = "utf-8-sig") -> str:
    """The text of an answer.

    Args:
        expected: what was due, for the message: "JSON", "CSV".
        encoding: a Python codec of text.

    Raises:
        UnreadableData: it is empty, a web page or XML, or not in this encoding.
        DefinitionError: there is no such encoding.
    """
    if not body[:4096].strip() and not body.strip():
        raise UnreadableData(f"the answer is empty ({len(body)} bytes), expected {expected}. "
                             "Fetch it again; if it stays so, look at the address.")
    try:
        text = body.decode(encoding)
    except LookupError:
        raise DefinitionError(f"options: encoding: '{encoding}' is no encoding of text; "
                              "expected a name such as utf-8-sig, cp1252, latin-1 or utf-16.") from None
    except UnicodeError as problem:
        raise UnreadableData(f"the answer is not {encoding} text ({problem}); it begins with "
                             f"{excerpt(body.decode('latin-1'))}, expected {expected}.") from None
    if _MARKUP.match(text):
        raise UnreadableData(f"the answer is a web page or XML that begins with {excerpt(text)}, expected {expected}. "
                             "Publishers send such pages for errors: look at the address, then try again.")
    return text.removeprefix("\ufeff")


def some(texts: Iterable[object]) -> str:
    """The first few, for a message."""
    shown = [f"'{t}'" for t in texts]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
