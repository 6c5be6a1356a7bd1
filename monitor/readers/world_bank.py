"""World Bank Indicators API v2, JSON: ``[meta, rows]``, page by page.

Publisher's manual: https://datahelpdesk.worldbank.org/knowledgebase/articles/898581
Errors come with HTTP 200 as ``[{"message": [...]}]``; no data is ``[meta, null]``; every other page of rows is checked
against the number of rows that ``meta`` promises.
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot


class WorldBank(Options):
    successors: dict[str, str] = Field({}, description="an archived indicator -> the one to use in its place")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of one indicator; it has no dimensions. Footnotes become comments."""
    chosen = options(WorldBank, source, series)
    found: list[_json.Record] = []
    promised: int | None = 0
    for body in snapshot.bodies:
        meta, page = _page(_json.parse(body), series, chosen)
        promised = _json.whole(meta.get("total"), "the 'total' of the answer")
        found += page
    _json.complete(len(found), promised, len(snapshot.bodies))
    if not found and series in chosen.successors:
        raise UnreadableData(f"{series} was moved to the World Bank's archives and has no rows any more; "
                             f"{chosen.successors[series]} took its place.")
    names = {_json.mapping(row.get("indicator"), "'indicator' of a row").get("id") for row in found}
    rows = [row for row in found if str(row["indicator"].get("id")).upper() == series.upper()]
    if found and not rows:
        raise UnreadableData(f"the answer holds {', '.join(sorted(map(str, names)))}, expected {series}.")
    countries = [_json.mapping(row.get("country"), "'country' of a row") for row in rows]
    iso3 = _json.texts(rows, "countryiso3code", required=False)
    frame = pl.DataFrame({
        "ref_area": [a or b for a, b in zip(iso3, _json.texts(countries, "id"), strict=True)],
        "time_period": _json.texts(rows, "date"),
        "obs_value": _json.texts(rows, "value"),
        "flag_raw": _json.texts(rows, "obs_status", required=False),
        "unit_measure": _json.texts(rows, "unit", required=False),
        "comment_obs": _json.texts(rows, "footnote", required=False),
    }, schema_overrides=dict.fromkeys(("ref_area", "time_period", "obs_value"), pl.String))
    return finish(frame.cast(pl.String), chosen, snapshot, source, series)


def _page(answer: object, series: str, chosen: WorldBank) -> tuple[_json.Record, list[_json.Record]]:
    """Meta and rows of one page."""
    if isinstance(answer, list) and answer and isinstance(answer[0], dict) and "message" in answer[0]:
        messages = _json.records(answer[0]["message"], "the messages of the World Bank")
        said = "; ".join(f"{m.get('id')} {m.get('key')}: {m.get('value')}" for m in messages)
        hint = "Look at the code of the indicator and the address."
        if "archive" in said.lower():
            hint = (f"Use {chosen.successors[series]} in its place." if series in chosen.successors else
                    "Look for the indicator that took its place and declare it under 'options: successors'.")
        raise UnreadableData(f"the World Bank answers with an error, '{said}'. {hint}")
    if not isinstance(answer, list) or len(answer) != 2:
        raise UnreadableData(f"the answer is {_json.shown(answer)}, expected [meta, rows].")
    meta = _json.mapping(answer[0], "the first part of the answer")
    return meta, [] if answer[1] is None else _json.records(answer[1], "the rows")
