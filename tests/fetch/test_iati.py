"""IATI activities of d-portal, page by page, as the flagship declares them."""

from __future__ import annotations

from monitor.readers import iati_xml
from tests.fetch.setting import Ask, refused
from tests.readers.genuine import flagship
from tests.server import Asked, Publisher

HEAD = (b'<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03" '
        b'xmlns:dstore="http://d-portal.org/xmlns/dstore">\n')


def activity(number: int, amount: int = 100) -> bytes:
    return (f'<iati-activity default-currency="USD" dstore:index="{number}">'
            f'<iati-identifier>XX-{number}</iati-identifier><recipient-country code="KE"/>'
            '<sector code="15190" vocabulary="1"/><transaction><transaction-type code="3"/>'
            f'<transaction-date iso-date="2024-02-01"/><value>{amount}</value></transaction>'
            "</iati-activity>\n").encode()


def portal(publisher: Publisher, activities: list[bytes]) -> None:
    def page(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        part = activities[int(asked.query["offset"]):][:int(asked.query["limit"])]
        return 200, {"Content-Type": "application/xml"}, HEAD + b"".join(part) + b"</iati-activities>"

    publisher.paths["/q.xml"] = page


def test_activities_are_asked_for_page_by_page_and_count_once(publisher: Publisher, ask: Ask) -> None:
    declared = flagship("iati")
    assert declared.endpoint == "https://d-portal.org/q.xml"
    here = declared.model_copy(update={"endpoint": publisher.url + "/q.xml", "per_minute": 1000})
    activities = [activity(n) for n in range(205)]
    portal(publisher, [*activities[:150], activities[0], *activities[150:], activity(7, amount=40)])
    got = ask(here, series="sector_15190")
    assert [a.query["offset"] for a in publisher.asked] == ["0", "100", "200", "0"]  # has the first changed?
    assert publisher.asked[0].query == {
        "from": "act,sector", "sector_code": "15190", "limit": "100", "offset": "0"}
    rows = iati_xml.read(got, here, "sector_15190")
    [row] = rows.select("ref_area", "time_period", "currency", "transaction_type", "obs_value").rows()
    assert row == ("KEN", "2024", "USD", "3", 205 * 100 + 40.0), "the same twice counts once, another of its id as well"


def test_a_portal_that_ignores_the_offset_is_found_out(publisher: Publisher, ask: Ask) -> None:
    here = flagship("iati").model_copy(update={
        "endpoint": publisher.url + "/q.xml", "per_minute": 1000, "id": "exampleland",
        "title": "Statistics of Exampleland", "series": {"EX.1": flagship("iati").series["sector_15190"]}})
    body = HEAD + b"".join(map(activity, range(100))) + b"</iati-activities>"
    publisher.says("/q.xml", body)
    refused(ask, here, "page 2 is page 1 once more")
