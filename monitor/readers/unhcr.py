"""UNHCR Refugee Population Statistics API, JSON: ``{"page": 1, "maxPages": 2, "items": [...]}``.

Publisher's manual: https://api.unhcr.org/docs/refugee-statistics.html
One item has several figures side by side; they become codes of one dimension. Zero is the text "0", "-" and "" are no
figure. A query without ``coo`` or ``coa`` sums over all of them and prints "-" for it.
"""

from __future__ import annotations

from typing import Literal

import polars as pl
from pydantic import Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.results import Snapshot

#: what tells the endpoint -> the dimension its figures become, and the figures
_ENDPOINTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "applied": ("", ("applied",)),
    "dec_total": ("decision", ("dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total")),
    "resettlement": ("solution", ("returned_refugees", "resettlement", "naturalisation", "returned_idps")),
    "asylum_seekers": ("population_type", ("refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps",
                                           "stateless", "ooc", "oip", "hst")),
}
_KINDS = ("procedure_type", "app_type", "dec_level", "app_pc", "dec_pc")  # each stays a dimension, never added up
_ABSENT = ["", "-"]


class Unhcr(Options):
    area: Literal["coa", "coo"] = Field("coa", description="whose figures: the country of asylum or of origin")
    summed: bool = Field(False, description="is the other country summed over on purpose?")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows by country of asylum or origin. Where the other country is not summed over it is a dimension too."""
    chosen = options(Unhcr, source, series)
    items: list[_json.Record] = []
    pages: int | None = None
    for body in snapshot.bodies:
        answer = _json.mapping(_json.parse(body), "the answer")
        if "items" not in answer:
            raise UnreadableData(f"the answer is {_json.shown(answer)}, expected an object with 'items'.")
        pages = _json.whole(answer.get("maxPages"), "'maxPages' of the answer")
        items += _json.records(answer["items"], "'items' of the answer")
    if pages is not None and pages > len(snapshot.bodies):
        raise UnreadableData(f"the publisher has {pages} pages, but {len(snapshot.bodies)} came. Fetch again, or look "
                             "at 'paging' of the source.")
    other = "coo" if chosen.area == "coa" else "coa"
    if not items:
        empty = pl.DataFrame(schema=dict.fromkeys(("ref_area", "time_period", "obs_value"), pl.String))
        return finish(empty, chosen, snapshot, source, series)
    dimension, figures = _figures(items)
    kinds = [k for k in _KINDS if any(k in item for item in items)]
    frame = pl.DataFrame({
        "ref_area": _json.texts(items, f"{chosen.area}_iso"), "time_period": _json.texts(items, "year"),
        other: _json.texts(items, f"{other}_iso"),
        **{name: _json.texts(items, name) for name in (*kinds, *figures)},
    }).cast(pl.String)
    frame = _sides(frame, other, chosen)
    keys = [c for c in frame.columns if c not in figures]
    long = frame.unpivot(figures, index=keys, variable_name=dimension or "_", value_name="obs_value")
    return finish(long.drop([] if dimension else "_").filter(~pl.col("obs_value").fill_null("").is_in(_ABSENT)),
                  chosen, snapshot, source, series)


def _figures(items: list[_json.Record]) -> tuple[str, list[str]]:
    """The dimension and the columns of figures of this endpoint."""
    keys = {key for item in items for key in item}
    for sign, (dimension, figures) in _ENDPOINTS.items():
        if sign in keys:
            return dimension, [f for f in figures if f in keys]
    raise UnreadableData(f"the items have {', '.join(sorted(keys)[:20]) or 'no keys'}, expected one of "
                         f"{', '.join(_ENDPOINTS)}.")


def _sides(frame: pl.DataFrame, other: str, chosen: Unhcr) -> pl.DataFrame:
    """Refuse sums nobody asked for, and pairs where a sum was expected."""
    names = {"coa": "country of asylum", "coo": "country of origin"}
    if frame.filter(pl.col("ref_area").is_in(_ABSENT)).height:
        raise UnreadableData(f"the answer is summed over the {names[chosen.area]} ({chosen.area}_iso is '-'): ask with "
                             f"{chosen.area}_all=true, or declare the other country as 'options: area'.")
    sums = frame.filter(pl.col(other).is_in(_ABSENT)).height
    if sums and not chosen.summed:
        raise UnreadableData(f"the answer is summed over the {names[other]} ({other}_iso is '-'): declare "
                             f"'options: summed: true' if that is meant, or ask with {other}_all=true.")
    if chosen.summed and sums < frame.height:
        raise UnreadableData(f"a sum over the {names[other]} was expected ('options: summed'), but "
                             f"{frame.height - sums} of {frame.height} items are of single ones.")
    return frame.drop(other) if chosen.summed else frame
