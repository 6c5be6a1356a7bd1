"""Any JSON that holds a list of rows, by declaration: where the rows are and which key is what, as JMESPath.

Expressions: https://jmespath.org. Example of ``options``, for an answer ``{"result": [{"iso": "TCD", "n": "5"}]}``::

    rows: result
    columns: {ref_area: iso, time_period: year, obs_value: n}
"""

from __future__ import annotations

import re
from typing import Annotated, Any

import polars as pl
from pydantic import AfterValidator, Field

from monitor.errors import UnreadableData
from monitor.model import Source
from monitor.readers import _json
from monitor.readers._codes import finish
from monitor.readers._reading import options, reading
from monitor.readers._text import some
from monitor.readers._tidy import Table, add_up, tidy
from monitor.results import Snapshot
from monitor.series import rows


def _expression(text: str) -> str:
    import jmespath

    try:
        if text:
            jmespath.compile(text)
    except (jmespath.exceptions.JMESPathError, RecursionError) as problem:
        raise ValueError(f"is no JMESPath: {str(problem).splitlines()[0]}") from None
    return text


_CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
Path = Annotated[str, AfterValidator(_expression)]


class JsonRows(Table):
    rows: Path = Field("@", description="JMESPath of the list of rows in the answer; '@' is the answer itself")
    columns: dict[str, Path] = Field({}, description="column of a row, or dimension -> JMESPath in a row")
    total: Path = Field("", description="JMESPath of the number of rows the publisher promises, of all pages")
    error: Path = Field("", description="JMESPath of the publisher's words where it refuses under a good status")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of the declared columns; every name that is no column of a row is a dimension."""
    chosen = options(JsonRows, source, series)
    found: list[_json.Record] = []
    promised = None
    for body in snapshot.bodies:
        answer = _json.parse(body)
        if chosen.error and (said := _search(chosen.error, answer)):
            raise UnreadableData(f"the publisher answers with an error, {_json.shown(said)}. Look at the address, the "
                                 "key and the parameters.")
        if chosen.total:
            promised = _json.whole(_search(chosen.total, answer), f"'{chosen.total}' of the answer")
        page = _search(chosen.rows, answer)
        if page is None:
            raise UnreadableData(f"nothing stands at '{chosen.rows}'; the answer is {_json.shown(answer)}.")
        found += _json.records(page, f"the rows at '{chosen.rows}'")
    _json.complete(len(found), promised, len(snapshot.bodies))
    named = chosen.model_copy(update={"columns": {name: name for name in chosen.columns}})
    table = tidy(_table(found, chosen), named) if found else _nothing(chosen)
    places = [chosen.constants["ref_area"]] if "ref_area" in chosen.constants else []
    return rows(add_up(finish(table, chosen, snapshot, source, series, places=places), chosen))


def _search(expression: str, value: Any) -> Any:
    import jmespath

    try:
        return jmespath.search(expression, value)
    except (jmespath.exceptions.JMESPathError, RecursionError, TypeError, ValueError, OverflowError) as problem:
        raise UnreadableData(f"'{expression}' does not fit the answer ({problem}), which is {_json.shown(value)}."
                             ) from None


def _table(found: list[_json.Record], chosen: JsonRows) -> pl.DataFrame:
    """The declared columns under their names, and for `melt` every other key that holds text or a number."""
    columns = {}
    for name, expression in chosen.columns.items():
        cells = _json.scalars([_search(expression, row) for row in found], expression)
        if name == "time_period":  # a date, where a publisher writes date and time
            cells = [cell[:10] if cell and _CLOCK.match(cell) else cell for cell in cells]
        if all(cell is None for cell in cells) and name in ("ref_area", "time_period", "obs_value"):
            raise UnreadableData(f"no row has '{expression}' ({name}); the first has {some(found[0]) or 'no keys'}.")
        columns[name] = cells
    if chosen.melt:
        keys = dict.fromkeys(key for row in found for key in row if key not in columns)
        columns |= {key: _json.texts(found, key) for key in keys
                    if not any(isinstance(row.get(key), dict | list) for row in found)}
    return pl.DataFrame({name: pl.Series(cells, dtype=pl.String) for name, cells in columns.items()})


def _nothing(chosen: JsonRows) -> pl.DataFrame:
    names = {"ref_area", "time_period", "obs_value", *chosen.columns, *chosen.constants}
    return pl.DataFrame(schema=dict.fromkeys(sorted(names), pl.String))
