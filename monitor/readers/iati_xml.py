"""IATI activities as XML (2.0x), also d-portal's: transactions of a sector, summed by recipient country and year.

Standard: https://iatistandard.org. A transaction without a sector or country of its own is shared out by the
percentages of its activity. An activity that comes twice, word for word, counts once: d-portal repeats one for each row
of its own that fits the question. Currencies are never converted or added together: ``currency`` stays a dimension, and
so does ``transaction_type`` (2 commitment, 3 disbursement, 4 expenditure ...). Activities name countries by ISO 3166-1
alpha-2; regions are no areas here and are left out.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from typing import Any

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _xml
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot

_COLUMNS = ("ref_area", "time_period", "currency", "transaction_type", "reporting_org", "obs_value")


class Iati(Options):
    sector: str = Field("", description="code of the sector, such as 15190; every sector where it is left out")
    vocabulary: str = Field("1", description="the list the code is from: 1 is the DAC's of five digits")
    by_organisation: bool = Field(False, description="keep reporting organisations apart (dimension reporting_org)")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows by country, year, currency and type of transaction."""
    chosen = options(Iati, source, series)
    seen: set[bytes] = set()
    found = [row for body in snapshot.bodies for row in _transactions(body, chosen, seen)]
    frame = pl.DataFrame(found, schema=dict.fromkeys(_COLUMNS[:-1], pl.String) | {"obs_value": pl.Float64},
                         orient="row")
    keys = [c for c in _COLUMNS[:-1] if c != "reporting_org" or chosen.by_organisation]
    sums = frame.group_by(keys, maintain_order=True).agg(pl.col("obs_value").sum()).sort(keys)
    return finish(sums.with_columns(pl.col("currency").alias("unit_measure")), chosen, snapshot, source, series)


def _transactions(body: bytes, chosen: Iati, seen: set[bytes]) -> Iterator[tuple[Any, ...]]:
    """Country, year, currency, type, organisation and amount of each part of each transaction; fills ``seen``."""
    from lxml import etree

    _xml.check(body, "IATI activities", {"iati-activities"})
    try:
        activities = etree.iterparse(
            io.BytesIO(body.lstrip(b"\xef\xbb\xbf \t\r\n")), tag="iati-activity", resolve_entities=False,
            load_dtd=False, no_network=True, huge_tree=False)
        for _, activity in activities:
            same = hashlib.sha256(etree.tostring(activity, with_tail=False)).digest()
            if same not in seen:
                seen.add(same)
                yield from _parts(activity, chosen)
            activity.clear()
    except etree.XMLSyntaxError as problem:
        raise UnreadableData(f"the XML breaks ({problem}), expected IATI activities.") from None


def _parts(activity: Any, chosen: Iati) -> Iterator[tuple[Any, ...]]:
    sectors, places = _sectors(activity, chosen), _places(activity)
    reporter = activity.find("reporting-org")
    who = (reporter.get("ref") or "") if reporter is not None else ""
    name = (activity.findtext("iati-identifier") or "?").strip()
    for one in activity.iterfind("transaction"):
        value, date, kind = one.find("value"), one.find("transaction-date"), one.find("transaction-type")
        if value is None or date is None or kind is None:
            raise UnreadableData(f"a transaction of '{name}' lacks its value, date or type.")
        amount, year = _number(value.text, name), (date.get("iso-date") or "")[:4]
        currency = value.get("currency") or activity.get("default-currency") or ""
        share = _sectors(one, chosen) if one.find("sector") is not None else sectors
        countries = _places(one) if _placed(one) else places
        if not share:
            continue
        for country, part in countries.items():
            yield country, year, currency, kind.get("code"), who, amount * share * part


def _sectors(of: Any, chosen: Iati) -> float:
    """The share that goes to the sector: 0 for none of it, 1 for all."""
    listed = [s for s in of.iterfind("sector") if (s.get("vocabulary") or "1") == chosen.vocabulary]
    if not chosen.sector:
        return 1.0
    mine = [_percent(s, len(listed)) for s in listed if s.get("code") == chosen.sector]
    return min(sum(mine), 1.0)


def _placed(of: Any) -> bool:
    return of.find("recipient-country") is not None or of.find("recipient-region") is not None


def _places(of: Any) -> dict[str, float]:
    """Country (or region, which no area of ours is) -> its share."""
    listed = [*of.iterfind("recipient-country"), *of.iterfind("recipient-region")]
    shares: dict[str, float] = {}
    for place in listed:
        code = place.get("code") or "" if place.tag == "recipient-country" else "region"
        shares[code] = shares.get(code, 0.0) + _percent(place, len(listed))
    return shares or {"region": 1.0}


def _percent(of: Any, among: int) -> float:
    """The percentage of one among several; without one, an equal share, as the standard's 100 for one alone."""
    text = of.get("percentage")
    return 1.0 / among if text in (None, "") else _number(text, of.get("code") or "?") / 100


def _number(text: str | None, name: str) -> float:
    try:
        number = float((text or "").replace(",", ""))
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e18:
        raise UnreadableData(f"'{(text or '')[:40]}' ({name}) is no amount or percentage.")
    return number
