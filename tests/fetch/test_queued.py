"""Answers of Eurostat that come later, or never, since too much was asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import vintages
from monitor.network import Trouble
from monitor.queued import address, ticket, too_large
from tests.fetch.setting import BODY, Ask, refused, source
from tests.server import Publisher

KEY = "98de05ea-540a-43d3-903b-7c9e14faf808"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
    '<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction"><processingTime>92'
    "</processingTime><queued><id>{key}</id><status>{state}</status></queued></ns0:syncResponse></env:Body></env:Envelope>"
)
TOO_BIG = (b'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>413</faultcode><faultstring>'
           b"EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 420709314 rows, max authorised is "
           b"5000000, please change your filters to reduce the extraction size</faultstring></S:Fault>")
DATA = "/api/dissemination/sdmx/2.1/data/EX.1"
STATUS, RESULT = f"/api/dissemination/1.0/async/status/{KEY}", f"/api/dissemination/1.0/async/data/{KEY}"
PATH = "/api/dissemination/sdmx/2.1/data/{series}"


def queue(publisher: Publisher, *states: str) -> None:
    """The publisher queues the answer, says these states one after the other, the last one for ever."""
    publisher.says(DATA, ENVELOPE.format(key=KEY, state="SUBMITTED").encode(), ETag='"1"')
    publisher.paths[STATUS] = lambda a: (
        200, {}, f"<status><key>{KEY}</key><status>{states[min(a.count, len(states)) - 1]}</status></status>".encode())
    publisher.says(RESULT, BODY)


def test_a_queued_answer_is_waited_for(publisher: Publisher, ask: Ask, tmp_path: Path) -> None:
    queue(publisher, "SUBMITTED", "PROCESSING", "AVAILABLE")
    got = ask(source(publisher, PATH))
    assert (got.origin, got.bodies, got.url) == ("live", (BODY,), publisher.url + DATA)
    assert [a.path for a in publisher.asked] == [DATA, STATUS, STATUS, STATUS, RESULT]
    ask(source(publisher, PATH))  # the envelope was not remembered by its ETag
    assert "If-None-Match" not in publisher.asked[5].headers
    assert vintages.newest(tmp_path / "store", "exampleland", "EX.1") is not None


def test_a_queue_that_takes_too_long_says_how_to_ask_for_less(publisher: Publisher, ask: Ask) -> None:
    queue(publisher, "PROCESSING")
    of = source(publisher, PATH, time_limit=0.5)
    refused(ask, of, "queued the answer and had not made it after 0.5 seconds", "Try again in some minutes",
            "'params' in sources/exampleland.yaml")  # fmt: skip
    assert 2 <= publisher.times(STATUS) <= 12, "asked with growing pauses"
    assert not publisher.times(RESULT)


@pytest.mark.parametrize("state", ["EXPIRED", "UNKNOWN_REQUEST", "ERROR", "nonsense"])
def test_a_queued_answer_that_was_lost(publisher: Publisher, ask: Ask, state: str) -> None:
    queue(publisher, state)
    refused(ask, source(publisher, PATH), "queued the answer and then lost it", "try again later")


def test_a_queue_of_another_service_is_not_guessed_at(publisher: Publisher, ask: Ask) -> None:
    publisher.says("/data/EX.1", ENVELOPE.format(key=KEY, state="SUBMITTED").encode())
    refused(ask, source(publisher), "its address is not one of that service")


@pytest.mark.parametrize("status", [200, 413])
def test_too_much_at_once(publisher: Publisher, ask: Ask, status: int) -> None:
    publisher.says(DATA, TOO_BIG, status)
    refused(ask, source(publisher, PATH), "more was asked for than the publisher sends at once (420,709,314 rows, "
            "at most 5,000,000)", "Narrow the series in sources/exampleland.yaml", "sinceTimePeriod")  # fmt: skip


def test_too_much_at_once_without_a_word(publisher: Publisher, ask: Ask) -> None:
    publisher.says(DATA, b"", 413)
    refused(ask, source(publisher, PATH), "more was asked for than the publisher sends at once. Narrow the series")


def test_the_footer_of_the_former_service_is_known(publisher: Publisher, ask: Ask) -> None:
    """As recorded in 2015 and 2018: a message without data that promises a file."""
    publisher.says(DATA, b'<?xml version="1.0"?><message:GenericData><footer:Footer><footer:Message code="413" '
                   b'severity="Infomation"><common:Text>Due to the large query the response will be written to a file'
                   b"</common:Text></footer:Message></footer:Footer></message:GenericData>")  # fmt: skip
    refused(ask, source(publisher, PATH), "more was asked for than the publisher sends at once")


def test_only_an_envelope_is_a_ticket_and_addresses_in_it_are_not_followed() -> None:
    assert ticket(ENVELOPE.format(key=KEY, state="SUBMITTED").encode()) == KEY
    assert not ticket(b"<queued><id>../../etc</id></queued>")
    assert not ticket(BODY)
    assert not ticket(b"id,queued\n" + b"<queued><id>x</id></queued>")
    assert too_large(BODY, "x") is None
    where = "https://ec.europa.eu/eurostat/api/dissemination/1.0/async/data/" + KEY
    assert address("https://ec.europa.eu/eurostat/api/dissemination/statistics/1.0/data/X?a=b", KEY, "data") == where
    with pytest.raises(Trouble, match="not one of that service"):
        address("https://example.org/data", KEY, "data")
