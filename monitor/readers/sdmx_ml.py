"""SDMX-ML, structure-specific data (2.0 compact, 2.1, 3.0): keys and observations as attributes of Series and Obs.

Format: https://github.com/sdmx-twg/sdmx-ml. Series by series or flat (all of it on each Obs); attributes of a group or
of the whole data set say nothing a row keeps. Generic messages, which name every value in an element of its own, are
read by `sdmx_generic`.
"""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from monitor.model import Source
from monitor.readers import _sdmx, _xml
from monitor.readers._reading import options, reading
from monitor.results import Snapshot

_EXPECTED = "structure-specific SDMX-ML"
_ROOTS = {"StructureSpecificData", "StructureSpecificTimeSeriesData", "CompactData"}
_FIRST = re.compile(r"(?:[\w.-]+:)?(?:Obs|Series)\s+([\w.:-]+)\s*=\s*")
_NEXT = re.compile(r"\s+([\w.:-]+)\s*=\s*")
_MEASURE = re.compile(rb"dimensionAtObservation\s*=\s*[\"']([\w.-]+)[\"']")
_TYPE = "xsi:type"  # with explicit measures the type of an observation is its code in the dimension of measures


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a message, one text column for each dimension."""
    chosen = options(_sdmx.Sdmx, source, series)
    pages = [_page(body) for body in snapshot.bodies]
    data = pl.concat([table for table, _ in pages], how="diagonal")
    keys = dict.fromkeys(name for _, names in pages for name in names)
    if not data.height:
        data = pl.DataFrame(schema=dict.fromkeys(("REF_AREA", "TIME_PERIOD", "OBS_VALUE"), pl.String))
    return _sdmx.rows(data, keys, chosen, snapshot, source, series, missing=_sdmx.NAN)


def _page(body: bytes) -> tuple[pl.DataFrame, list[str]]:
    """All attributes of each observation and of its series, as text; and which of them may be dimensions."""
    _, plain = _xml.check(body, _EXPECTED, _ROOTS, " The reader 'sdmx_generic' reads generic data.")
    table, keys = (_split(body) if plain else None) or _walked(body)
    across = _MEASURE.search(body[: 1 << 16])
    at = across[1].decode() if across else "TIME_PERIOD"
    if _TYPE in table.columns:
        table = table.with_columns(pl.col(_TYPE).str.replace(r"^[^:]*:", "").alias(at)) if at not in table.columns \
            else table
        table = table.drop(_TYPE)
    return table, [*(keys or table.columns), *([at] if at in table.columns else [])]


Split = tuple[pl.DataFrame, list[str]]


def _split(body: bytes) -> Split | None:
    """The attributes by cutting the text at `<` and `"`, which in well-formed XML stand nowhere else.

    Several times faster than a call for each tag. Rows come grouped by the attributes they have, not in the order of
    the message. None where the text is written otherwise (single quotes, names with a prefix, another encoding than
    UTF-8); `_walked` reads those.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if re.match(r"\s*<\?xml[^>]*encoding\s*=\s*.(?!utf-8|us-ascii)", text, re.IGNORECASE):
        return None
    tag, marks = pl.col("tag"), pl.col("tag").str.count_matches('"', literal=True)
    tags = pl.Series("tag", [text]).str.split("<").explode().to_frame()
    tags = tags.with_columns(tag.str.starts_with("Obs").alias("obs"), tag.str.starts_with("Series").alias("series"))
    others = tags.filter(~(pl.col("obs") | pl.col("series")))["tag"]
    if others.str.contains(r"^[^\s/>]+:(Obs|Series)").any():
        return None
    tags = tags.filter(pl.col("obs") | pl.col("series")).select(
        "tag", "obs", marks.alias("marks"), (~pl.col("obs")).cum_sum().alias("_of"))
    whole = not any(mark in text for mark in "&\t\r")
    found: dict[bool, list[pl.DataFrame]] = {True: [], False: []}
    for obs, number in tags.select("obs", "marks").unique().sort("obs", "marks").rows():
        group = tags.filter(pl.col("obs") == obs, pl.col("marks") == number)
        parts = _attributes(group, number, whole)
        if parts is None:
            return None
        found[obs] += parts
    if not found[True]:
        return pl.DataFrame(), []
    table = pl.concat(found[True], how="diagonal")
    if not found[False] or not (table["_of"] > 0).all():
        return (table.drop("_of"), []) if not found[False] else None
    keys = pl.concat(found[False], how="diagonal").sort("_of").drop("_of")
    own = table.drop("_of")
    theirs = keys.select(pl.all().gather(table["_of"] - 1))
    return pl.concat([theirs.drop(n for n in own.columns if n in theirs.columns), own], how="horizontal"), keys.columns


def _attributes(group: pl.DataFrame, marks: int, whole: bool) -> list[pl.DataFrame] | None:
    """One column for each attribute, of tags with the same number of quotation marks; several frames if names differ.

    Args:
        whole: no value holds a reference, a tab or a carriage return.
    """
    place = group.select("_of")
    if not marks:
        return None if group["tag"].str.contains("=", literal=True).any() else [place]
    fields = group["tag"].str.split_exact('"', marks).struct.unnest()
    cut = [f"field_{n}" for n in range(0, marks, 2)]
    if marks % 2 or fields[f"field_{marks}"].str.contains("=", literal=True).any():
        return None  # an attribute in single quotes behind the last double one
    if all((fields[name] == fields[name][0]).all() for name in cut):
        alike: Any = [fields.with_columns(place)]
    else:
        alike = fields.with_columns(place).partition_by(cut, maintain_order=True)
    parts = []
    for frame in alike:
        names = []
        for n, name in enumerate(cut):
            match = (_NEXT if n else _FIRST).fullmatch(frame[name][0])
            if match is None:
                return None
            names.append(_plain(match[1]))
        parts.append(frame.select("_of", *(
            (_unescaped(column, whole)).alias(name)
            for name, column in zip(names, frame[[f"field_{n}" for n in range(1, marks, 2)]], strict=True))))
    return parts


def _plain(name: str) -> str:
    return _TYPE if name.endswith(":type") else name.rpartition(":")[2]


def _unescaped(column: pl.Series, whole: bool) -> pl.Series:
    """Text of an attribute as XML means it: references resolved, line ends as blanks."""
    if not (column.str.contains("\n", literal=True) if whole else column.str.contains(r"[&\t\r\n]")).any():
        return column
    texts = column.unique()
    return column.replace_strict(texts, [_meant(text) for text in texts], return_dtype=pl.String)


_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def _meant(text: str) -> str:
    text = re.sub(r"\r\n|[\t\r\n]", " ", text)
    return re.sub(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|(\w+));",
                  lambda m: chr(int(m[1], 16)) if m[1] else chr(int(m[2])) if m[2] else _NAMED[m[3]], text)


def _walked(body: bytes) -> Split:
    """The same, tag by tag."""
    keys: dict[str, None] = {}
    found: list[dict[str, str]] = []
    current: dict[str, str] = {}

    def start(name: str, attributes: list[str]) -> None:
        nonlocal current
        if name not in ("Series", "Obs"):
            return
        given = {_plain(k): v for k, v in zip(attributes[::2], attributes[1::2], strict=True)}
        if name == "Series":
            current = given
            keys.update(dict.fromkeys(given))
        else:
            found.append(current | given)

    _xml.walk(body, _EXPECTED, start)
    names = dict.fromkeys(name for row in found for name in row)
    table = pl.DataFrame({n: pl.Series([row.get(n) for row in found], dtype=pl.String) for n in names})
    return table, list(keys)
