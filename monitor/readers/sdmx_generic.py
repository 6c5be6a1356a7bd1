"""SDMX-ML, generic data (2.0, 2.1): every value in an element of its own, read by pysdmx (extra ``sdmx``).

Publishers that can, should be asked for SDMX-CSV or structure-specific data: those are read here without an extra and
many times faster. The same library reads code lists (`code_lists`), from which ``recodes`` of a source can be written.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import polars as pl

from monitor.errors import CannotRender, UnreadableData
from monitor.model import Source
from monitor.readers import _sdmx, _xml
from monitor.readers._reading import options, reading
from monitor.results import Snapshot

_ROOTS = {"GenericData", "GenericTimeSeriesData"}


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a message, one text column for each dimension."""
    chosen = options(_sdmx.Sdmx, source, series)
    data = pl.concat([_page(body) for body in snapshot.bodies], how="diagonal")
    return _sdmx.rows(data, data.columns, chosen, snapshot, source, series, missing=_sdmx.NAN)


def code_lists(body: bytes) -> pl.DataFrame:
    """The code lists of a structure message: columns ``code_list``, ``code``, ``name``.

    Raises:
        UnreadableData: the message has none, or cannot be read.
        CannotRender: pysdmx is not installed.
    """
    _xml.check(body, "an SDMX-ML structure message", {"Structure"})
    message = _message(body)
    rows = [(found.id, code.id, code.name) for found in message.get_codelists() for code in found.codes]
    if not rows:
        raise UnreadableData("the structure message holds no code list.")
    return pl.DataFrame(rows, schema=dict.fromkeys(("code_list", "code", "name"), pl.String), orient="row")


def _page(body: bytes) -> pl.DataFrame:
    _xml.check(body, "generic SDMX-ML", _ROOTS, " The reader 'sdmx_ml' reads structure-specific data.")
    sets = _message(body).data or []
    tables = [pl.DataFrame({
        str(name): pl.Series([v if isinstance(v, str) and v else None for v in column.tolist()], dtype=pl.String)
        for name, column in each.data.items()
    }) for each in sets]
    if not tables or not sum(t.height for t in tables):
        return pl.DataFrame(schema=dict.fromkeys(("REF_AREA", "TIME_PERIOD", "OBS_VALUE"), pl.String))
    return pl.concat(tables, how="diagonal")


def _message(body: bytes) -> Any:
    """The message as pysdmx understands it; what it stumbles over is the data's fault."""
    try:
        from pysdmx.io import read_sdmx
    except ImportError as absent:
        raise CannotRender(f"{absent.name} is not installed, which reads such messages: "
                           "pip install 'migration-scorecard[sdmx]'") from None
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(b"<?xml"):  # pysdmx knows XML by its declaration
        text = b'<?xml version="1.0" encoding="UTF-8"?>' + text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # the schemas of the standard refuse messages that publishers do send, so they are not asked
            return read_sdmx(io.BytesIO(text), validate=False)
    except ImportError as absent:  # pysdmx without its own extra
        raise CannotRender(f"pysdmx cannot read XML without {absent.name}: pip install 'migration-scorecard[sdmx]'"
                           ) from None
    except Exception as problem:  # a foreign library, and any kind of broken message
        raise UnreadableData(f"the message cannot be read as SDMX-ML ({type(problem).__name__}: {problem}). Ask the "
                             "publisher for SDMX-CSV or structure-specific data.") from None
