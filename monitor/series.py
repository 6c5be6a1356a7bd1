"""Series: the one table of observations, its columns (SDMX concepts, lower-cased) and its invariants.

A reader gives rows: `ROW` columns and one text column for each dimension of the publisher.
A `Series` holds the observations of any number of indicators, one breakdown each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import polars as pl

from monitor import period
from monitor.errors import CannotRender, UnreadableData
from monitor.model import CL_OBS_STATUS as CL_OBS_STATUS
from monitor.model import MISSING as MISSING
from monitor.model import TOTAL as TOTAL
from monitor.model import Selection

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: what every reader returns, besides one String column for each dimension
ROW: dict[str, Any] = {
    "ref_area": pl.String,  # ISO 3166-1 alpha-3, M49, EU27, UN/LOCODE, ISO 3166-2
    "time_period": pl.String,  # canonical, see `monitor.period`
    "obs_value": pl.Float64,  # finite, or null
    "obs_status": pl.String,  # SDMX CL_OBS_STATUS, "A" where the publisher says nothing
    "flag_raw": pl.String,  # the publisher's own flags, "" where none
    "unit_measure": pl.String,
    "lower_bound": pl.Float64,
    "upper_bound": pl.Float64,
    "comment_obs": pl.String,
}
#: the columns of a Series, in order
COLUMNS: dict[str, Any] = {
    "indicator": pl.String,
    **{name: dtype for name, dtype in ROW.items() if name == "ref_area"},
    "breakdown": pl.String,  # "_T" the headline, else "sex=F" or "age=Y15-24;sex=F"
    **{name: dtype for name, dtype in ROW.items() if name != "ref_area"},
    "source": pl.String,
    "series": pl.String,
    "snapshot": pl.String,  # sha256 of the bytes it was read from
}
KEY = ["indicator", "ref_area", "breakdown", "time_period"]
#: how a comment begins that marks a year whose months are not all there: no figure to compare with whole years
UNFINISHED = r"^\d+ of 12 months"


def rows(columns: dict[str, Any] | pl.DataFrame) -> pl.DataFrame:
    """Complete a reader's frame: missing `ROW` columns are added empty, types cast, text never null.

    Raises:
        UnreadableData: a value is no number, or a required column is absent.
    """
    frame = columns if isinstance(columns, pl.DataFrame) else pl.DataFrame(columns)
    for name in ("ref_area", "time_period", "obs_value"):
        if name not in frame.columns:
            raise UnreadableData(f"the reader found no column for {name}; it has {', '.join(frame.columns)}.")
    frame = frame.with_columns(**{n: pl.lit(None, dtype=t) for n, t in ROW.items() if n not in frame.columns})
    value = pl.col("obs_value").cast(pl.Float64, strict=False)
    if frame.schema["obs_value"] == pl.String:
        bad = frame.filter(pl.col("obs_value").str.strip_chars().ne("") & value.is_null())
        if bad.height:
            raise UnreadableData(
                f"'{bad['obs_value'][0]}' ({bad['ref_area'][0]}, {bad['time_period'][0]}) is no number; "
                f"{bad.height} such cells. The source's reader or its 'flags' must say what they mean."
            )
    text = [n for n, t in frame.schema.items() if n not in ROW or ROW[n] == pl.String]
    frame = frame.with_columns(
        pl.when(value.is_finite()).then(value).alias("obs_value"),
        *(pl.col(n).cast(pl.Float64, strict=False) for n in ("lower_bound", "upper_bound")),
        *(pl.col(n).cast(pl.String).fill_null("") for n in text),
    ).select(*ROW, *(n for n in frame.columns if n not in ROW))
    if not (frame["obs_status"] == "").any():
        return frame
    return frame.with_columns(
        pl.when(pl.col("obs_status").ne("")).then("obs_status")
        .when(pl.col("obs_value").is_null()).then(pl.lit("O")).otherwise(pl.lit("A")).alias("obs_status")
    )


def dimensions(frame: pl.DataFrame) -> list[str]:
    """The publisher's dimensions in a reader's frame."""
    return [name for name in frame.columns if name not in ROW]


class Series:
    """Observations of one or more indicators: immutable, with the columns `COLUMNS`."""

    def __init__(self, frame: pl.DataFrame) -> None:
        missing = [c for c in COLUMNS if c not in frame.columns]
        if missing:
            raise UnreadableData(f"a Series lacks the columns {', '.join(missing)}")
        # one chunk: polars 2.1 panics on pl.format where a filter leaves an empty chunk beside a full one
        self.frame = frame.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items()).rechunk()

    @classmethod
    def empty(cls) -> Series:
        return cls(pl.DataFrame(schema=COLUMNS))

    @classmethod
    def concat(cls, parts: Iterable[Series]) -> Series:
        frames = [p.frame for p in parts]
        return cls(pl.concat(frames)) if frames else cls.empty()

    @classmethod
    def pick(cls, frame: pl.DataFrame, indicator: str, chosen: Selection, snapshot: str) -> Series:
        """The headline and the declared breakdowns of one indicator, out of a reader's rows.

        Raises:
            UnreadableData: a dimension has several codes and the declaration selects none, or a
                selected dimension or code is not in the data. Rows are never added up by accident.
        """
        dims = dimensions(frame)
        where = f"{chosen.source} {chosen.series}"
        if unknown := [d for d in chosen.select | chosen.breakdowns if d not in dims]:
            raise UnreadableData(
                f"{where}: selects the dimension {', '.join(unknown)}, but the data have {', '.join(dims) or 'none'}."
            )
        headline = pl.lit(True)
        for dim in dims:
            codes = frame[dim].unique().sort().to_list()
            code = chosen.select.get(dim)
            if code is None and len(codes) > 1:
                raise UnreadableData(
                    f"{where}: the dimension '{dim}' has several codes ({', '.join(map(str, codes[:8]))}); "
                    f"say which one is meant under 'select: {{{dim}: ...}}'."
                )
            if code is not None and frame.height and code not in codes:
                raise UnreadableData(
                    f"{where}: '{dim}: {code}' is selected, but the data have {', '.join(map(str, codes[:8]))}."
                )
            if code is not None:
                headline &= pl.col(dim) == code
        wanted = [frame.filter(headline).with_columns(pl.lit(TOTAL).alias("breakdown"))]
        for dim, codes in chosen.breakdowns.items():
            others = pl.lit(True)
            for other in dims:
                if other != dim and other in chosen.select:
                    others &= pl.col(other) == chosen.select[other]
            wanted.append(
                frame.filter(others & pl.col(dim).is_in(codes) & (pl.col(dim) != chosen.select.get(dim, "")))
                .with_columns((pl.lit(f"{dim}=") + pl.col(dim)).alias("breakdown"))
            )
        return cls(pl.concat(wanted).with_columns(
            pl.lit(indicator).alias("indicator"), pl.lit(chosen.source).alias("source"),
            pl.lit(chosen.series).alias("series"), pl.lit(snapshot).alias("snapshot"),
        ))

    def of(self, indicator: str, area: str | None = None, breakdown: str | None = TOTAL) -> Series:
        """The observations of one indicator, in order of time."""
        keep = pl.col("indicator") == indicator
        if area is not None:
            keep &= pl.col("ref_area") == area
        if breakdown is not None:
            keep &= pl.col("breakdown") == breakdown
        return Series(self.frame.filter(keep).sort("ref_area", "breakdown", "time_period"))

    def with_time(self) -> pl.DataFrame:
        """The frame with ``t``, the beginning of each period as a number of years."""
        return self.frame.with_columns(period.decimal_year().alias("t"))

    def __len__(self) -> int:
        return self.frame.height

    def __repr__(self) -> str:
        return f"Series({len(self)} observations)\n{self.frame}"

    def _repr_html_(self) -> str:
        return self.frame.select("ref_area", "breakdown", "time_period", "obs_value", "obs_status")._repr_html_()

    def to_polars(self) -> pl.DataFrame:
        return self.frame

    def to_arrow(self) -> pa.Table:
        """A pyarrow Table.

        Raises:
            CannotRender: pyarrow is not installed; it comes with ``pip install 'migration-scorecard[arrow]'``.
        """
        try:
            return self.frame.to_arrow()
        except ModuleNotFoundError as absent:
            raise CannotRender(f"{absent.name} is not installed: pip install 'migration-scorecard[arrow]'") from None

    def to_pandas(self) -> pd.DataFrame:
        """A pandas DataFrame, made without pyarrow."""
        import pandas as pd  # heavy; it comes with Great Expectations

        return pd.DataFrame(self.frame.to_dict(as_series=False), columns=self.frame.columns)
