"""The publisher's codes -> ours, for whole frames: areas, periods, values, flags. The last step of every reader."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import polars as pl

from monitor import area, period
from monitor.errors import UnreadableData
from monitor.model import Snapshot, Source
from monitor.readers._reading import Options
from monitor.series import CL_OBS_STATUS, MISSING, ROW, rows

#: one status out of joined flags ("bu"): a break matters most to who compares years
_ORDER = "BDUEPFN"
_UNSPECIFIED = "_X"  # SDMX: the publisher gives no code


def finish(
    frame: pl.DataFrame,
    chosen: Options,
    snapshot: Snapshot,
    source: Source,
    series: str,
    *,
    missing: Mapping[str, str] | None = None,
    flags: Mapping[str, str] | None = None,
    places: Collection[str] = (),
) -> pl.DataFrame:
    """A reader's table in the publisher's terms -> rows (`monitor.series.ROW` and the dimensions).

    Args:
        frame: ``ref_area``, ``time_period``, ``obs_value`` and, where there are any, ``flag_raw`` and other
            columns of a row, as text; every other column is a dimension. Values may be Float64 already.
        missing: texts of this wire format that stand for no value -> CL_OBS_STATUS; options add to them.
        flags: flags of this wire format -> CL_OBS_STATUS; the source's declaration adds to them.
        places: codes the declaration itself gives, kept as they are.

    Raises:
        UnreadableData: no area is known, or a period, a value or a flag has no meaning; examples are given.
    """
    frame = _where(_recoded(frame, source), chosen)
    frame = _periods(_areas(frame, {p: p for p in places} | source.recodes.get("ref_area", {})))
    frame = _values(frame, {"": ""} | dict(missing or {}) | dict(chosen.missing), chosen.inequalities)
    frame = _statuses(frame, dict(flags or {}) | source.flags)
    offered = source.series.get(series)
    default = (offered.unit if offered else "") or snapshot.unit
    unit = pl.col("unit_measure") if "unit_measure" in frame.columns else pl.lit(None, pl.String)
    dims = [c for c in frame.columns if c not in ROW]
    return rows(frame.with_columns(
        pl.when(unit.fill_null("") != "").then(unit).otherwise(pl.lit(default)).alias("unit_measure"),
        *(pl.col(d).replace("", None).fill_null(_UNSPECIFIED) for d in dims),
    ))


def our_area(code: str) -> str | None:
    """An area's code if it is, or names without doubt, one of ours; None for other groups.

    Known are ISO 3166-1 alpha-3 and alpha-2 (with Eurostat's EL and UK), ISO 3166-2, M49 numbers and the EU of 27.
    """
    if code in area.table():
        return code
    if code in ("EU27", "EU27_2020"):
        return "EU27"
    if re.fullmatch(r"[0-9]{1,3}", code):
        return area.from_m49(code)
    if re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code):
        return code if area.from_iso2(code[:2]) else None
    return area.from_iso2(code)


def _recoded(frame: pl.DataFrame, source: Source) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).fill_null("").replace(dict(codes))
        for name, codes in source.recodes.items() if name in frame.columns and name != "ref_area"
    )


def _where(frame: pl.DataFrame, chosen: Options) -> pl.DataFrame:
    for name, codes in chosen.where.items():
        if name not in frame.columns:
            raise UnreadableData(f"options: where: there is no dimension '{name}'; the data have "
                                 f"{', '.join(c for c in frame.columns if c not in ROW) or 'none'}.")
        wanted = [codes] if isinstance(codes, str) else codes
        kept = frame.filter(pl.col(name).is_in(wanted))
        if frame.height and not kept.height:
            raise UnreadableData(f"options: where: no row has {name} {' or '.join(wanted)}; the data have "
                                 f"{_some(frame[name].unique().sort())}.")
        frame = kept.drop(name) if isinstance(codes, str) else kept
    return frame


def _areas(frame: pl.DataFrame, declared: Mapping[str, str]) -> pl.DataFrame:
    """Rows of countries and known groups, under our codes; the publisher's other aggregates are left out."""
    found = [str(code) for code in frame["ref_area"].unique().drop_nulls()]
    ours = {code: our_area(declared.get(code.strip(), code.strip())) or declared.get(code.strip()) for code in found}
    kept = frame.with_columns(
        pl.col("ref_area").replace_strict(list(ours), list(ours.values()), default=None, return_dtype=pl.String)
    ).filter(pl.col("ref_area").fill_null("") != "")
    if frame.height and not kept.height:
        raise UnreadableData(f"none of the areas is known here ({_some(sorted(found)) or 'all empty'}): expected ISO 3166, "
                             "M49 or EU27_2020. Map others under 'recodes: ref_area' of the source.")
    return kept


def _periods(frame: pl.DataFrame) -> pl.DataFrame:
    canonical: dict[str, str] = {}
    refused: list[str] = []
    for text in frame["time_period"].unique().sort():
        try:
            canonical[text] = period.normalise(text or "")
        except UnreadableData:
            refused.append(f"'{text or ''}'")
    if refused:
        raise UnreadableData(f"{', '.join(refused[:5])} is no period: expected 2024, 2024-Q3, 2024-05, 2024-05-17 or "
                             f"2007/08 ({len(refused)} such texts). 'recodes: time_period' can say what is meant.")
    return frame.with_columns(pl.col("time_period").replace_strict(canonical, return_dtype=pl.String))


def _values(frame: pl.DataFrame, absent: Mapping[str, str], inequalities: str | None) -> pl.DataFrame:
    """Text -> numbers; ``said`` and ``why`` keep what was printed in place of one and the status it stands for."""
    frame = frame.with_columns(
        pl.col(b).cast(pl.String).str.strip_chars().replace(list(absent), None).cast(pl.Float64, strict=False)
        for b in ("lower_bound", "upper_bound") if b in frame.columns
    )
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
            f"'{bad['_text'][0]}' ({bad['ref_area'][0]}, {bad['time_period'][0]}) is no number; {bad.height} such cells. "
            "Say what it means under 'options: missing' (text -> H, L, M, O or Q) or 'options: inequalities' (for < and >)."
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


def _statuses(frame: pl.DataFrame, flags: Mapping[str, str]) -> pl.DataFrame:
    """CL_OBS_STATUS out of what the reader gave, the text in the cell, and the publisher's flags."""
    frame = frame.with_columns(
        pl.lit("").alias(c) for c in ("flag_raw", "obs_status") if c not in frame.columns
    ).with_columns(pl.col("flag_raw", "obs_status").fill_null("").str.strip_chars())
    meant = {raw: _meant(raw, flags) for raw in frame["flag_raw"].unique()}
    if unknown := sorted(raw for raw, statuses in meant.items() if statuses is None):
        raise UnreadableData(f"the flag {_some(unknown)} has no meaning: declare it under 'flags' of the source "
                             f"(publisher's flag -> CL_OBS_STATUS), beside {', '.join(flags) or 'none so far'}.")
    present = {raw: next((s for s in _ORDER if s in (m or "")), (m or "")[:1]) for raw, m in meant.items()}
    empty = {raw: _withheld(m or "") for raw, m in meant.items()}
    if wrong := sorted(set(frame["obs_status"].unique()) - CL_OBS_STATUS - {""}):
        raise UnreadableData(f"the status {_some(wrong)} is not in CL_OBS_STATUS ({' '.join(sorted(CL_OBS_STATUS))}).")

    def by(codes: Mapping[str, str]) -> pl.Expr:
        return pl.col("flag_raw").replace_strict(list(codes), list(codes.values()), return_dtype=pl.String)

    given, why = pl.col("obs_status"), pl.col("_why")
    none = pl.coalesce(pl.when(why != "").then(why), pl.when(given.is_in(list(MISSING))).then(given), by(empty))
    some = pl.coalesce(pl.when(given != "").then(given), pl.when(why != "").then(why), by(present))
    return frame.with_columns(
        pl.when(pl.col("obs_value").is_null()).then(none).otherwise(some).alias("obs_status")
    ).drop("_why")


def _meant(raw: str, flags: Mapping[str, str]) -> str | None:
    """The statuses of a flag, or of each letter of joined flags; None if one is not declared."""
    if raw in flags or not raw:
        return flags.get(raw, "")
    letters = [flags.get(letter) for letter in raw if letter not in " ,;"]
    return None if None in letters else "".join(letter or "" for letter in letters)


def _withheld(statuses: str) -> str:
    """Why a cell is empty. One that is empty and marked unreliable was withheld for that reason: Q."""
    return next((s for s in "MQLH" if s in statuses), "Q" if "U" in statuses else "O")


def _some(texts: Iterable[object]) -> str:
    """The first few, for a message."""
    shown = [f"'{t}'" for t in texts]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
