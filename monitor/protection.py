"""Where small counts are guarded: the series that are, what earlier editions told of them, and the marks on a Series.

Protection belongs to a series of a source and not to one indicator: whoever reads a guarded series, as a figure or as
part of a formula, gets it with the same cells withheld. `monitor.disclosure` decides which; here they become
OBS_STATUS ``Q`` before any check, judgement or page sees the figure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import polars as pl

from monitor import area, bodies, disclosure
from monitor.errors import MonitorError
from monitor.model import Disclosure, Indicator, Selection
from monitor.project import Project
from monitor.results import Finding, Level
from monitor.series import KEY, TOTAL, Series, dimensions

Wanted = tuple[str, str]  # source id, series
#: what earlier editions told: one line for each figure, without a value where it was withheld
MEMORY = "published.csv"
_CELL = {"source": pl.String, "series": pl.String, "cell": pl.String, "ref_area": pl.String, "time_period": pl.String}
TOLD = {**_CELL, "obs_value": pl.Float64}
GUARDED = {**TOLD, "slice": pl.String, "breakdown": pl.String, "withheld": pl.Boolean, "known": pl.Boolean}
_AT = ["slice", "ref_area", "breakdown", "time_period"]


def rules(project: Project) -> dict[Wanted, tuple[Disclosure, bool]]:
    """The guarded series, each with its strictest rule, and whether that holds for countries too or for places only."""
    found: dict[Wanted, tuple[Disclosure, bool]] = {}
    for indicator in project.indicators.values():
        if indicator.scale != "count" or indicator.disclosure == "none" or not indicator.data:
            continue
        for part in indicator.data.parts.values():
            if part.indicator:
                continue  # guarded as its own declaration says
            key, given = (part.source, part.series), indicator.disclosure
            new = given if isinstance(given, Disclosure) else Disclosure()
            everywhere = isinstance(given, Disclosure) or _counts_people(project, part)
            old, wide = found.get(key, (new, everywhere))
            found[key] = Disclosure(
                k=max(old.k, new.k), fine=max(old.fine, new.fine), keep_zeros=old.keep_zeros and new.keep_zeros,
                release=old.release and new.release), wide or everywhere
    return found


def _counts_people(project: Project, part: Selection) -> bool:
    """A register that adds up a column of numbers (`many`), such as the people who came; most count acts and bodies."""
    register = project.registers.get(part.source)
    rule = register.rules.get(part.series) if register else None
    return bool(rule and rule.rule == "count" and rule.many)


def guard(project: Project, rows: Mapping[Wanted, pl.DataFrame], told: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every cell of a guarded series that some indicator publishes (`GUARDED`), and whether it is withheld.

    All indicators of the project are looked at, also those nobody asked for: what one withholds no other may tell.

    Args:
        told: what earlier editions told (`TOLD`); read from the store where it is not given.
    """
    told = remembered(project.store) if told is None else told
    users: dict[Wanted, list[Selection]] = {}
    for indicator in project.indicators.values():
        for part in indicator.data.parts.values() if indicator.data else ():
            users.setdefault((part.source, part.series), []).append(part)
    found = [pl.DataFrame(schema=GUARDED)]
    for key, (rule, everywhere) in rules(project).items():
        codes = set(rows[key]["ref_area"].unique()) if key in rows else set()
        if everywhere or any(area.kind(code) == "place" for code in codes):
            found.append(_one(project, key, rows[key], users[key], rule, everywhere, told)) if codes else None
    return pl.concat(found)


def mark(series: Series, part: Selection, rows: pl.DataFrame, guarded: pl.DataFrame) -> Series:
    """The Series of one selection with its withheld cells marked; the very same where there are none."""
    gone = guarded.filter("withheld", source=part.source, series=part.series, slice=coordinates(part, rows, TOTAL))
    if not gone.height:
        return series
    return hide(series, gone, _AT[1:])


def hide(series: Series, gone: pl.DataFrame, on: list[str]) -> Series:
    """The Series with the cells of ``gone`` withheld: no figure, no bounds, no remark from which it could be read."""
    marked = series.frame.join(gone.select(*on, gone=pl.lit(True)).unique(), on=on, how="left", maintain_order="left")
    empty = {"obs_value": None, "lower_bound": None, "upper_bound": None, "obs_status": "Q", "flag_raw": "",
             "comment_obs": ""}
    seen = pl.col("gone").is_null()
    return Series(marked.with_columns(pl.when(seen).then(n).otherwise(pl.lit(w)).alias(n) for n, w in empty.items()))


def coordinates(part: Selection, rows: pl.DataFrame, breakdown: str) -> str:
    """The codes of all dimensions of a cell, so that two selections of the same figure are seen to be one."""
    dim, _, code = breakdown.partition("=")
    chosen = {d: code if d == dim else part.select.get(d) or str(rows[d][0]) for d in sorted(dimensions(rows))}
    return ";".join(f"{d}={c}" for d, c in chosen.items())


def computed(project: Project, indicator: Indicator, made: Series) -> Series:
    """A count that a formula gives, with its small cells withheld, as strictly as it and what it reads are guarded.

    What is withheld of its parts is missing here already. Two figures that are both printed have a difference that
    anybody can form: only their own protection helps against that.
    """
    if indicator.scale != "count" or indicator.disclosure == "none":
        return made
    of, given = rules(project), indicator.disclosure
    found = [of[key] for p in project.selections(indicator) if (key := (p.source, p.series)) in of]
    found += [(given if isinstance(given, Disclosure) else Disclosure(), isinstance(given, Disclosure))]
    k, fine = max(rule.k for rule, _ in found), max(rule.fine for rule, _ in found)
    least = pl.when(pl.col("breakdown") == TOTAL).then(k).otherwise(fine)
    places = [code for code in made.frame["ref_area"].unique() if area.kind(code) == "place"]
    small = pl.col("obs_value").abs() < least
    if all(rule.keep_zeros for rule, _ in found):
        small &= pl.col("obs_value") != 0
    ruled = pl.lit(any(wide for _, wide in found)) | pl.col("ref_area").is_in(places)
    return hide(made, made.frame.filter(small, ruled), KEY)


def findings(indicators: Iterable[Indicator], guarded: pl.DataFrame) -> list[Finding]:
    """What is withheld now and was printed by an earlier edition; how many, and never which or how much."""
    late = guarded.filter("withheld", "known")
    found = []
    for indicator in indicators:
        for part in indicator.data.parts.values() if indicator.data else ():
            mine = late.filter(source=part.source, series=part.series).unique(["cell", "ref_area", "time_period"])
            for code, n in sorted(mine.group_by("ref_area").len().iter_rows()):
                said = (f"{n} of the figures that are withheld now were printed in an earlier edition, where they can "
                        "still be read. Withdraw that edition.")
                found.append(Finding("disclosure", Level.NOTE, indicator.id, said, code, count=n))
    return list(dict.fromkeys(found))


# ------------------------------------------------------------------ what earlier editions told


def remembered(store: Path) -> pl.DataFrame:
    """What the editions made from this store told of guarded series (`TOLD`)."""
    with suppress(OSError):
        return _read((store / MEMORY).read_bytes())
    return pl.DataFrame(schema=TOLD)


def remember(store: Path, guarded: pl.DataFrame, areas: Iterable[str]) -> None:
    """Add what an edition of these areas tells; nothing is ever forgotten. No file where nothing is guarded."""
    told = pl.col("withheld") | pl.col("obs_value").is_not_null()
    cells = guarded.filter(told, pl.col("ref_area").is_in(list(areas)))
    if not cells.height:
        return
    value = pl.when(~pl.col("withheld")).then("obs_value").alias("obs_value")

    def together() -> pl.DataFrame:
        return pl.concat([remembered(store), cells.select(*_CELL, value)]).unique().sort(pl.all())

    if together().height != remembered(store).height:
        with bodies.alone(store):  # another run may have added to it since
            bodies.place(store, MEMORY, together().write_csv().encode())


def of_edition(project: Project, rows: Mapping[Wanted, pl.DataFrame], folder: Path) -> pl.DataFrame:
    """What the edition in a folder tells (`TOLD`): it may have been made elsewhere, with another store."""
    try:
        text = (folder / "data/observations.csv").read_text(encoding="utf-8")
    except OSError:
        return pl.DataFrame(schema=TOLD)
    guarded, told = rules(project), []
    for line in csv.DictReader(io.StringIO(text)):
        key = (line.get("source", ""), line.get("series", ""))
        indicator = project.indicators.get(line.get("indicator", ""))
        if key in guarded and key in rows and indicator and indicator.data and len(indicator.data.parts) == 1:
            part = next(iter(indicator.data.parts.values()))
            if (part.source, part.series) == key and (line["obs_value"] or line["obs_status"] == "Q"):
                with suppress(ValueError, KeyError, IndexError):
                    value = float(line["obs_value"]) if line["obs_value"] else None
                    cell = coordinates(part, rows[key], line["breakdown"])
                    told.append((*key, cell, line["ref_area"], line["time_period"], value))
    return pl.DataFrame(told, schema=TOLD, orient="row")


def _read(body: bytes) -> pl.DataFrame:
    frame = pl.read_csv(body, schema_overrides=TOLD)
    return frame.select(pl.col(name).cast(kind) for name, kind in TOLD.items())


# ------------------------------------------------------------------ one series


def _one(
    project: Project, key: Wanted, rows: pl.DataFrame, parts: Iterable[Selection], rule: Disclosure, everywhere: bool,
    told: pl.DataFrame,
) -> pl.DataFrame:
    cells = []
    for part in parts:
        with suppress(MonitorError):  # a selection that does not fit the data publishes nothing
            picked = Series.pick(rows, "", part, "").frame
            at = {b: coordinates(part, rows, b) for b in picked["breakdown"].unique()}
            cells.append(picked.select(
                pl.lit(coordinates(part, rows, TOTAL)).alias("slice"), *_AT[1:], "obs_value", "obs_status",
                pl.col("breakdown").replace_strict(at, return_dtype=pl.String).alias("cell")))
    if not cells:
        return pl.DataFrame(schema=GUARDED)
    ruled = [c for c in rows["ref_area"].unique() if everywhere or area.kind(c) == "place"]
    frame = pl.concat(cells).unique(_AT, maintain_order=True).with_columns(
        source=pl.lit(key[0]), series=pl.lit(key[1]), ruled=pl.col("ref_area").is_in(ruled))
    before = told.filter(source=key[0], series=key[1])
    kept = before.filter(pl.col("obs_value").is_null()).select(*_CELL, kept=pl.lit(not rule.release)).unique()
    known = before.drop_nulls("obs_value").select(*TOLD, known=pl.lit(True)).unique()
    frame = frame.join(kept, on=[*_CELL], how="left", maintain_order="left").join(
        known, on=[*TOLD], how="left", maintain_order="left").with_columns(pl.col("kept", "known").fill_null(False))
    held = disclosure.withheld(frame.select(*disclosure.CELLS), rule, inside(project, frame["ref_area"].unique()))
    return frame.with_columns(held.alias("withheld")).select(*GUARDED)


def inside(project: Project, codes: Iterable[str]) -> dict[str, list[str]]:
    """For each area the others of them it lies in: a city in its country, a country in its regions."""
    codes = sorted(codes)
    groups = {code: members(code) for code in codes if area.kind(code) == "group"}
    found = {}
    for code in codes:
        place = project.places.get(code)
        city = area.kind(code) == "place"
        country = (place.country if place else None) or area.from_iso2(code[:2]) if city else code
        own = groups.get(code, frozenset([country] if country else []))
        found[code] = [g for g, held in groups.items() if own and own <= held and (own < held or code not in groups)]
        if city and country in codes:
            found[code].append(str(country))
    return found


@cache
def members(group: str) -> frozenset[str]:
    return frozenset(area.members(group))
