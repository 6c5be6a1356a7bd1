"""What stands in a value cell, and the flags beside it: numbers, bounds, and why there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from monitor.errors import UnreadableData
from monitor.readers._text import some
from monitor.series import CL_OBS_STATUS, MISSING

#: one status out of joined flags ("bu"): a break matters most to who compares years
_ORDER = "BDUEPFN"


def values(frame: pl.DataFrame, absent: Mapping[str, str], inequalities: str | None) -> pl.DataFrame:
    """Text -> numbers; what was printed in place of one goes into the comment, why into ``_why`` (for `statuses`)."""
    frame = frame.with_columns(
        pl.col(b).cast(pl.String).str.strip_chars().replace(list(absent), None).cast(pl.Float64, strict=False)
        for b in ("lower_bound", "upper_bound") if b in frame.columns
    )
    if inequalities is None and (plain := _plain(frame["obs_value"], absent)) is not None:
        return frame.with_columns(plain)
    text, value = pl.col("obs_value").cast(pl.String).str.strip_chars().fill_null(""), pl.col("obs_value")
    frame = frame.with_columns(text.alias("_text"))
    sign = pl.col("_text").str.extract(r"^([<>≤≥])") if inequalities else pl.lit(None, pl.String)
    if frame.schema["obs_value"] == pl.String:
        value = pl.col("_text").str.strip_chars_start("<>≤≥= ") if inequalities else pl.col("_text")
        value = pl.when(~pl.col("_text").is_in(list(absent))).then(value.cast(pl.Float64, strict=False))
    frame = frame.with_columns(value.alias("_number"), sign.alias("_sign"))
    known = pl.col("_text").is_in(list(absent))
    bad = frame.filter(~known & ~pl.col("_number").is_finite().fill_null(False))
    if bad.height:
        raise UnreadableData(
            f"'{bad['_text'][0]}' ({bad['ref_area'][0]}, {bad['time_period'][0]}) is no number; {bad.height} such "
            "cells. Say what it means: 'options: missing' (text -> H, L, M, O or Q) or 'options: inequalities'."
        )
    printed = known & (pl.col("_text") != "") | pl.col("_sign").is_not_null()
    bounds = [
        pl.when(pl.col("_sign").is_in(list(signs))).then("_number")
        .otherwise(name if name in frame.columns else None).cast(pl.Float64).alias(name)
        for name, signs in (("lower_bound", ">≥"), ("upper_bound", "<≤"))
    ] if inequalities else []
    said = pl.when(printed).then(pl.lit("printed as ") + pl.col("_text"))
    comment = pl.col("comment_obs").replace("", None) if "comment_obs" in frame.columns else pl.lit(None, pl.String)
    number = pl.when(pl.col("_sign").is_null()).then("_number") if inequalities == "empty" else pl.col("_number")
    why = pl.col("_text").replace_strict(list(absent), list(absent.values()), default="", return_dtype=pl.String)
    return frame.with_columns(
        number.alias("obs_value"), *bounds,
        pl.concat_str(comment, said, separator="; ", ignore_nulls=True).alias("comment_obs"),
        pl.when(pl.col("_sign").is_not_null()).then(pl.lit("O" if inequalities == "empty" else "E")).otherwise(why)
        .alias("_why"),
    ).drop("_text", "_number", "_sign")


def _plain(cells: pl.Series, absent: Mapping[str, str]) -> pl.Series | None:
    """The numbers, where every cell is a finite one or empty; None where a cell needs a closer look."""
    number = cells.cast(pl.Float64, strict=False)
    if not number.is_finite().all(ignore_nulls=True):  # NaN and infinite
        return None
    if number.null_count() > cells.null_count() + (0 if cells.dtype != pl.String else int((cells == "").sum())):
        return None
    coded = [n for n in pl.Series(list(absent), dtype=pl.String).cast(pl.Float64, strict=False) if n is not None]
    return None if coded and number.is_in(coded).any() else number


def statuses(frame: pl.DataFrame, flags: Mapping[str, str]) -> pl.DataFrame:
    """CL_OBS_STATUS out of what the reader gave, the text in the cell, and the publisher's flags."""
    named = [c for c in ("flag_raw", "obs_status") if c in frame.columns]
    frame = frame.with_columns(stripped(frame[c]) for c in named)
    raws = (frame["flag_raw"].unique().to_list() if "flag_raw" in named else []) or [""]
    meant = {raw: _meant(raw, flags) for raw in raws}
    if unknown := sorted(raw for raw, m in meant.items() if m is None):
        raise UnreadableData(f"the flag {some(unknown)} has no meaning: declare it under 'flags' of the source "
                             f"(publisher's flag -> CL_OBS_STATUS), beside {', '.join(flags) or 'none so far'}.")
    present = {raw: next((s for s in _ORDER if s in (m or "")), (m or "")[:1]) for raw, m in meant.items()}
    empty = {raw: _withheld(m or "") for raw, m in meant.items()}
    given = frame["obs_status"].unique().to_list() if "obs_status" in named else [""]
    if wrong := sorted(set(given) - CL_OBS_STATUS - {""}):
        raise UnreadableData(f"the status {some(wrong)} is not in CL_OBS_STATUS ({' '.join(sorted(CL_OBS_STATUS))}).")

    def status(own: Collection[str], codes: Mapping[str, str], first: list[str]) -> pl.Expr:
        """What comes first and says something: the status given and why there is no number, else the flag."""
        says = {"obs_status": pl.col("obs_status").is_in(list(own)), "_why": pl.col("_why") != ""}
        chain = [pl.when(says[c]).then(c) for c in first if c in frame.columns and (c == "_why" or any(given))]
        flagged = len({*codes.values()}) > 1
        return pl.coalesce(*chain, mapped(frame["flag_raw"], codes) if flagged else pl.lit(codes[raws[0]]))

    found = status(CL_OBS_STATUS, present, ["obs_status", "_why"])
    if frame["obs_value"].null_count():
        without = status(MISSING, empty, ["_why", "obs_status"])
        found = pl.when(pl.col("obs_value").is_null()).then(without).otherwise(found)
    return frame.with_columns(found.alias("obs_status")).drop("_why", strict=False)


def stripped(column: pl.Series) -> pl.Series:
    """Text without the blanks around it, "" where there is none; one look at each different text."""
    column = column.cast(pl.String).fill_null("")
    return mapped(column, {text: text.strip() for text in column.unique()})


def mapped(column: pl.Series, codes: Mapping[str, str | None]) -> pl.Series:
    """Each text as `codes` say, which must know all of them; null stays null. By number of the text, not by text."""
    if all(text == code for text, code in codes.items()):
        return column
    texts = pl.Series(column.name, list(codes.values()), dtype=pl.String)
    return texts.gather(column.cast(pl.Enum(list(codes))).to_physical())


def _meant(raw: str, flags: Mapping[str, str]) -> str | None:
    """The statuses of a flag, or of each letter of joined flags; None if one is not declared."""
    if raw in flags or not raw:
        return flags.get(raw, "")
    letters = [flags.get(letter) for letter in raw if letter not in " ,;"]
    return None if None in letters else "".join(letter or "" for letter in letters)


def _withheld(statuses: str) -> str:
    """Why a cell is empty. One that is empty and marked unreliable was withheld for that reason: Q."""
    return next((s for s in "MQLH" if s in statuses), "Q" if "U" in statuses else "O")
