"""FBI Crime Data Explorer, hate crime, JSON: sections of counts by what was recorded, one answer a year.

Publisher's page: https://cde.ucr.cjis.gov. Neither year nor area stand in the answer: the year is that of the query
(``paging: kind: years``), the area an option. The form was seen in programs that ask for it, never in an answer itself:
``{"incident_section": {"bias": {"Anti-Asian": 10, ...}, ...}, "bias_section": {...}}``.
"""

from __future__ import annotations

import polars as pl
from pydantic import Field

from monitor.errors import DefinitionError, UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.readers._text import some
from monitor.results import Snapshot


class FbiCde(Options):
    ref_area: str = Field("USA", description="the area of the query: USA, or a state such as US-CA")
    section: str = Field("incident_section", description="the section of the answer: what is counted")
    breakdown: str = Field("bias", description="the part of the section, and the name of the dimension")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows by year and code of the breakdown."""
    chosen = options(FbiCde, source, series)
    if source.paging is None or source.paging.kind != "years":
        raise DefinitionError("paging: expected 'kind: years' with the first year, as no answer says its own year.")
    years: list[str] = []
    codes: list[str] = []
    cells: list[str | None] = []
    for year, body in enumerate(snapshot.bodies, source.paging.first):
        answer = _json.mapping(_json.parse(body), "the answer")
        if said := answer.get("error") or answer.get("message"):
            raise UnreadableData(f"the publisher answers with an error, {_json.shown(said)}. Look at the key and the "
                                 "address.")
        if chosen.section not in answer:
            raise UnreadableData(f"the answer of {year} has {some(answer) or 'no keys'}, expected '{chosen.section}'.")
        section = _json.mapping(answer[chosen.section], f"'{chosen.section}'")
        if chosen.breakdown not in section:
            raise UnreadableData(f"'{chosen.section}' of {year} has {some(section) or 'no keys'}, expected "
                                 f"'{chosen.breakdown}'.")
        counts = _json.mapping(section[chosen.breakdown], f"'{chosen.breakdown}'")
        years += [str(year)] * len(counts)
        codes += list(counts)
        cells += _json.scalars(counts.values(), chosen.breakdown)
    frame = pl.DataFrame({"time_period": years, chosen.breakdown: codes, "obs_value": cells}, schema=dict.fromkeys(
        ("time_period", chosen.breakdown, "obs_value"), pl.String))
    return finish(frame.with_columns(pl.lit(chosen.ref_area).alias("ref_area")), chosen, snapshot, source, series,
                  places=[chosen.ref_area])
