"""Whether the pages that registers cite can still be opened: each address is asked once, and no page is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from monitor.errors import SourceUnavailable
from monitor.model import Licence, Source
from monitor.network import Network, Trouble

#: requests to one host in a minute: these are pages for people
PACE = 20
SECONDS = 15.0
#: answers to a program that say nothing about a person with a browser
CLOSED = (401, 403, 405, 406, 429, 503)


class Answer(NamedTuple):
    """How an address answered."""

    dead: bool  # else it answers, or nobody can tell from here
    why: str  # "" where it answers


def ask(urls: Iterable[str], network: Network, progress: Callable[[str], None] = lambda url: None) -> dict[str, Answer]:
    """Every address once, however often it is cited.

    Raises:
        SourceUnavailable: there is no network here, so nothing can be said of any page.
    """
    from monitor import wire  # heavy: an HTTP client

    found: dict[str, Answer] = {}
    for url in dict.fromkeys(urls):
        progress(url)
        try:
            network.require(url)
            network.take_turn(url, PACE)
            status = wire.peek(url, _source(url), network, "", SECONDS)
        except Trouble as trouble:
            if network.down:
                raise SourceUnavailable(f"{network.down}. No link was judged.") from None
            found[url] = Answer(True, trouble.cause)
            continue
        answered = f"answered with status {status}"
        if status in CLOSED:
            found[url] = Answer(False, f"{answered}, so only a person with a browser can tell")
        else:
            found[url] = Answer(status >= 400, answered if status >= 400 else "")
    return found


def _source(url: str) -> Source:
    """An address as the door knows it: a source of its own, without key, headers or series."""
    return Source(id="link", title="A cited page", publisher="", official=False, homepage=url, citation="", reader="",
                  licence=Licence(name="", confirmed=False), endpoint=url, timeout=SECONDS, series={})  # fmt: skip
