"""Keys of publishers, taken out of whatever comes back: some services print the caller's key in their answer."""

from __future__ import annotations

import html.entities
import re
from functools import lru_cache
from urllib.parse import quote

STARS = "***"
_known: set[str] = set()
_NAMED: dict[str, list[str]] = {}
for _name, _character in html.entities.html5.items():
    if _name.endswith(";"):
        _NAMED.setdefault(_character, []).append(_name)


def hide(key: str) -> None:
    """From now on `scrub` takes this key out of every text of this process."""
    if key:
        _known.add(key)


def scrub(text: str) -> str:
    """A text without any key known to this process, however it is written."""
    for key in _known:
        text = _pattern(key).sub(STARS, text)
    return text


def clean(body: bytes, key: str) -> bytes:
    """The bytes of an answer without a key, however it is written."""
    if not key:
        return body
    for wide in ("utf-16-le", "utf-16-be"):
        body = body.replace(key.encode(wide), STARS.encode(wide))
    return re.sub(_pattern(key).pattern.encode(), STARS.encode(), body)


@lru_cache
def _pattern(key: str) -> re.Pattern[str]:
    """A key as it is, or with some of its characters written for an address, JSON or HTML."""
    return re.compile("".join(map(_written, key)))


def _written(character: str) -> str:
    code, percent = ord(character), "".join(f"%(?:25)*{b:02x}" for b in character.encode())
    ways = [re.escape(character), f"(?i:{percent})", rf"(?i:\\+u{code:04x})", rf"&#(?:0*{code}|[xX](?i:0*{code:x}));?"]
    ways += [rf"&{re.escape(name)}" for name in _NAMED.get(character, [])]
    if quote(character, safe="") != character:  # JSON and other languages may put a backslash before it
        ways.append(rf"\\+{re.escape(character)}")
    return f"(?:{'|'.join(ways)}{'|[+]' * (character == ' ')})"
