"""The feed of status changes (Atom, RFC 4287): one entry for each area whose judgements changed, no clock.

Ids are name-based UUIDs (RFC 9562, version 5) over the project's title, the language, the area and the cut-off date, so
an edition that is made again, under whatever address, gives the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from monitor.changed import lines
from monitor.scorecard import Scorecard

#: characters that XML 1.0 forbids, whatever a publisher or a declaration holds
_FORBIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)))


def feed(cards: Sequence[Scorecard], home: str, subtitle: str) -> bytes:
    """The bytes of ``feed.xml``.

    Args:
        home: the address under which these pages are published; "" where it is not known, so that links are relative.
    """
    first = cards[0]
    base = home.rstrip("/") + "/" if home else ""
    when = f"{max(card.as_of_iso for card in cards)}T00:00:00Z"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(first.language)}>',
        f"<id>{_id(first.title, first.language)}</id>", f"<title>{_text(first.title)}</title>",
        f"<subtitle>{_text(subtitle)}</subtitle>",
        f"<updated>{when}</updated>", f"<author><name>{_text(first.made_by)}</name></author>",
        f"<rights>{_text(first.licence)}</rights>", f"<generator>{_text(first.engine)}</generator>",
        f'<link rel="alternate" type="text/html" href={quoteattr(base + "index.html")}/>',
    ]
    if base:
        parts.append(f'<link rel="self" type="application/atom+xml" href={quoteattr(base + "feed.xml")}/>')
    for card in cards:
        if judged := [one for one in card.changed if one.before]:
            kinds = ", ".join(dict.fromkeys(one.kind_text for one in judged))
            page = f"{base}{card.area}/scorecard.html#_changed"
            parts += [
                "<entry>", f"<id>{_id(first.title, first.language, card.area, card.as_of_iso)}</id>",
                f"<title>{_text(f'{card.name}: {kinds}')}</title>",
                f"<updated>{card.as_of_iso}T00:00:00Z</updated>",
                f'<link rel="alternate" type="text/html" href={quoteattr(page)}/>',
                f"<summary>{_text(card.changed_text)}</summary>",
                f'<content type="text">{_text(chr(10).join(lines(judged)))}</content>', "</entry>",
            ]
    return "\n".join([*parts, "</feed>", ""]).encode()


def _text(text: str) -> str:
    return escape(text.translate(_FORBIDDEN))


def _id(*names: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, chr(31).join(names))}"
