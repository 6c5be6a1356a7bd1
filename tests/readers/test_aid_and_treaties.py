"""Genuine IATI activities, and the table of a treaty's participants, against a second and independent reading."""

from __future__ import annotations

import html
import math
from collections import Counter
from xml.etree import ElementTree

import pytest

from monitor.errors import UnreadableData
from tests.readers.genuine import DATA, flagship, genuine, lines, read, source, total


@genuine
def test_d_portal_activities() -> None:
    path = DATA / "iati/dportal/foodsecurity_dportal.xml"
    sums: dict[tuple[str, str, str, str], float] = {}
    number = 0
    for activity in ElementTree.fromstring(path.read_bytes()):
        countries = {c.get("code", ""): float(c.get("percentage") or 100) / 100
                     for c in activity.findall("recipient-country")}
        for one in activity.findall("transaction"):
            number += 1
            value, date, kind = one.find("value"), one.find("transaction-date"), one.find("transaction-type")
            assert value is not None and date is not None and kind is not None
            own = {c.get("code", ""): 1.0 for c in one.findall("recipient-country")}
            regional = one.find("recipient-region") is not None
            for country, share in ({} if regional else own or countries).items():
                currency = value.get("currency") or activity.get("default-currency") or ""
                key = (country, (date.get("iso-date") or "")[:4], currency, kind.get("code") or "")
                sums[key] = sums.get(key, 0.0) + float(value.text or 0) * share
    assert number == 63
    iso2 = {"COG": "CG", "NGA": "NG", "HTI": "HT", "PHL": "PH"}
    frame = read([path], source("iati_xml"))
    found = frame.select("ref_area", "time_period", "currency", "transaction_type", "obs_value").iter_rows()
    ours = {(iso2.get(a, a), t, c, k): v for a, t, c, k, v in found}
    assert ours.keys() == sums.keys()
    assert all(math.isclose(ours[key], sums[key], rel_tol=1e-12) for key in sums)
    assert math.isclose(total(frame), math.fsum(sums.values()), rel_tol=1e-12)
    assert read([path], flagship("iati"), "sector_15190").is_empty(), "none of these activities is of the sector"


def page(rows: list[dict[str, str]]) -> bytes:
    """The page of a treaty, made from its table; the page itself is not at hand."""
    head = list(rows[0])
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(r[h])}</td>" for h in head) + "</tr>" for r in rows)
    names = "".join(f"<th>{html.escape(h)}</th>" for h in head)
    return f"<!DOCTYPE html><html><body><table><tr>{names}</tr>{cells}</table></body></html>".encode()


@genuine
def test_parties_to_the_convention_on_migrant_workers() -> None:
    given = lines(DATA / "law/untc_2015/4-13.csv")
    bound = next(h for h in given[0] if h.startswith("Ratification"))
    frame = read(page(given), flagship("un_treaty_pages"), "IV-13")
    last = frame.filter(frame["time_period"] == "2015")
    assert last.height == len(given)
    assert total(last) == sum(bool(r[bound]) for r in given) == 47
    early = frame.filter(frame["time_period"] == "2003")
    assert total(early) == sum(bool(r[bound]) and int(r[bound].split()[2]) <= 2003 for r in given)
    assert Counter(last["flag_raw"]) == Counter((r[bound].split() + [""] * 4)[3] for r in given)


@genuine
def test_a_page_without_its_table_is_refused() -> None:
    with pytest.raises(UnreadableData, match="no table whose heading begins with 'Participant'"):
        read(b"<!DOCTYPE html><html><body>We apologise</body></html>", flagship("un_treaty_pages"), "IV-13")
