"""The components of published progress statuses, read from the files that Open SDG sites put out.

Seen in public (statistics offices of Canada and of the Basque Country, and test sites; commits of 2024 to 2026):

- ``indicator_calculation_components.yml`` of sdg-build 2.4: one mapping of indicators, each with ``progress_status``,
  ``score`` and one block for each series, named "1-3-1 / label / label": base_value, base_year, current_value,
  current_year, target, target_year, direction (1, -1), limit, sign, progress_value, status, score; years as 2015.0,
  ``null`` for what is not there, ``.inf`` among the progress values. Zero base and zero target already stand as 0.001.
- Indicators without blocks: a status set by hand, or none (``''``, ``not_available``, ``not_available_manual``).
- Blocks without figures and with a score: yes-or-no indicators (Basque Country).
- The earlier, flat form: one block for each indicator, everything as text ('2015', 'None'), the status as
  ``progress_status``, the growth or ratio as ``progress_calculation_value``, direction as positive or negative.

Assumed, seen nowhere: the same as JSON; one table as CSV or as a list of rows, one row for each series; a file of one
indicator; groups of series as blocks within blocks; the spellings in `NAMES`; years such as 2015-16 (the first counts,
as in the data of Open SDG). Groups that a site averages first are not told in the files that were seen.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from monitor import document
from monitor.errors import DefinitionError, UnreadableData

LIMIT_BYTES = document.LIMIT_BYTES
LIMIT_ROWS = 50_000
LIMIT_LEVELS = 12
#: what is read, and how its column or key may be spelt (lower case, signs and spaces as one underscore)
NAMES: Mapping[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator_id", "indicator_number", "inid", "id", "indicateur", "indicador"),
    "label": ("label", "tag", "series", "series_label", "serie", "série", "disaggregation", "name"),
    "base_year": ("base_year", "baseline_year", "année_de_base", "year_base"),
    "base_value": ("base_value", "baseline_value", "valeur_de_base"),
    "current_year": ("current_year", "latest_year", "année_courante"),
    "current_value": ("current_value", "latest_value", "valeur_courante"),
    "target": ("target", "target_value", "cible"),
    "target_year": ("target_year", "année_cible"),
    "direction": ("direction", "desired_direction"),
    "limit": ("limit", "natural_limit", "limite"),
    "status": ("status", "progress_status", "progress", "statut"),
    "score": ("score", "progress_score"),
    "binary": ("binary", "progress_boolean"),
    "unit": ("unit", "units", "unité"),
}
#: known to be there, and not needed: they are recomputed
DERIVED = frozenset({"sign", "progress_value", "progress_calculation_value", "value", "cagr", "cagr_o", "cagr_r",
                     "ratio", "progress_thresholds", "method", "target_variant", "goal", "sdg_goal", "indicator_name",
                     "target_name"})
FIGURES = ("base_year", "base_value", "current_year", "current_value", "target", "target_year", "limit")
NOTHING = frozenset({"", "none", "null", "nan", ".nan", "na", "n/a", "~", "-", "..", "<na>"})
WAYS = {"1": 1, "-1": -1, "+1": 1, "positive": 1, "negative": -1, "up": 1, "down": -1, "increase": 1, "decrease": -1,
        "positif": 1, "négatif": -1, "up_good": 1, "down_good": -1}
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_YEAR = re.compile(r"(\d{4})(?:\.0+)?(?:\s*(?:-|–|/|to|à)\s*(?:\d{2}|\d{4})(?:\.0+)?)?")
_KNOWN = {spelt: name for name, several in NAMES.items() for spelt in several}


class Facts(NamedTuple):
    """The components of one series; years whole, ``direction`` 1 or -1, 0 where none is given."""

    base_year: int | None
    base_value: float | None
    current_year: int | None
    current_value: float | None
    target: float | None
    target_year: int | None
    limit: float | None
    direction: int
    binary: bool


class Entry(NamedTuple):
    """An indicator, a group of series, or a series (``facts``), with what was published of it."""

    where: str  # the file, and the line or the place in it
    label: str
    status: str  # the published word, "" where there is none
    score: float | None
    facts: Facts | None
    parts: tuple[Entry, ...]


class Components(NamedTuple):
    """One file: its indicators, and the keys of it that nothing was read from."""

    label: str
    indicators: tuple[Entry, ...]
    unread: tuple[str, ...]


def read(path: Path) -> Components:
    """One file of components, YAML, JSON or CSV by its suffix.

    Raises:
        MonitorError: it cannot be read or understood; every place is named, with what was found and expected.
    """
    suffix = path.suffix.lower()
    if suffix in (".yml", ".yaml"):
        found: Any = document.read(path, typed=True)
        tree, places = found.tree, lambda steps: found.at(steps).rstrip(":")
    elif suffix == ".json":
        tree, places = _json(path), lambda steps: f"{path.name}: {'.'.join(map(str, steps))}"
    elif suffix in (".csv", ".tsv"):
        tree, places = _table(path), lambda steps: f"{path.name}:{steps[0] + 2}" if steps else path.name
    else:
        raise UnreadableData(f"{path.name}: ends in '{suffix}', expected .yml, .yaml, .json, .csv or .tsv.")
    understood = _Reader(places)
    indicators = understood.indicators(tree, path.stem)
    if not indicators and not understood.problems:
        understood.problems.append(
            f"{path.name}: has no indicator. Expected one block or row for each, with base_value, base_year, "
            "current_value, current_year, direction and what was published, progress_status or score.")
    if understood.problems:
        raise UnreadableData(understood.problems)
    return Components(path.name, tuple(indicators), tuple(sorted(understood.unread)))


class _Reader:
    """A tree of plain values to entries; what makes no sense is collected."""

    def __init__(self, places: Any) -> None:
        self.places = places
        self.problems: list[str] = []
        self.unread: set[str] = set()

    def indicators(self, tree: Any, stem: str) -> list[Entry]:
        if isinstance(tree, list):
            return self.rows(tree)
        if not isinstance(tree, dict):
            self.wrong((), f"is {_kind(tree)}, expected a mapping of indicators or a list of rows.")
            return []
        if _is_series(tree):
            name = str(_under_known_names(tree).get("indicator") or stem)
            return [entry] if (entry := self.entry(tree, name, (), 1)) else []
        return [entry for key, block in tree.items() if (entry := self.entry(block, str(key), (key,), 1))]

    def entry(self, block: Any, label: str, steps: tuple[Any, ...], level: int) -> Entry | None:
        if block is None:
            block = {}
        if level > LIMIT_LEVELS:
            self.wrong(steps, f"is nested deeper than {LIMIT_LEVELS} levels, expected indicators, groups and series.")
            return None
        if isinstance(block, list):
            block = {str(_under_known_names(each).get("label") or n + 1) if isinstance(each, dict) else str(n + 1): each
                     for n, each in enumerate(block)}
        if not isinstance(block, dict):
            self.wrong(steps, f"is {_kind(block)}, expected a block with base_value, current_value and the like, or "
                       "blocks of series.")
            return None
        parts = [] if _is_series(block) else [
            part for key, value in block.items()
            if isinstance(value, dict | list) and (part := self.entry(value, str(key), (*steps, key), level + 1))]
        return self.one(block, label, steps, tuple(parts))

    def rows(self, rows: Sequence[Any]) -> list[Entry]:
        """A table: one row for each series; a row without a label and without figures speaks of the indicator."""
        found: dict[str, list[Entry]] = {}
        if len(rows) > LIMIT_ROWS:
            self.wrong((), f"has {len(rows):,} rows, expected at most {LIMIT_ROWS:,}. Split the file.")
            return []
        for n, row in enumerate(rows):
            if not isinstance(row, dict):
                self.wrong((n,), f"is {_kind(row)}, expected a row with named columns.")
                continue
            known = _under_known_names(row)
            name = _text(known.get("indicator"))
            if not name:
                self.wrong((n,), "names no indicator. Expected a column 'indicator' with a value in every row.")
                continue
            entry = self.one(row, _text(known.get("label")) or name, (n,), ())
            if entry:
                found.setdefault(name, []).append(entry)
        return [_gathered(name, entries) for name, entries in found.items()]

    def one(
        self, block: Mapping[str, Any], label: str, steps: tuple[Any, ...], parts: tuple[Entry, ...]
    ) -> Entry | None:
        known = _under_known_names(block)
        self.unread |= {key for key, value in block.items() if not isinstance(value, dict | list)
                        and _spelt(key) not in _KNOWN and _spelt(key) not in DERIVED}
        before = len(self.problems)
        figures: dict[str, Any] = {name: self.year(known.get(name), name, steps) if name.endswith("year")
                   else self.number(known.get(name), name, steps) for name in FIGURES}
        score = self.number(known.get("score"), "score", steps)
        if score is not None and abs(score) > 5 + 1e-6:
            self.wrong(steps, f"score is {score:g}, expected -5 to 5.")
        way = _text(known.get("direction")).lower().removesuffix(".0")
        if way not in NOTHING and way not in WAYS:
            self.wrong(steps, f"direction is '{way}', expected 1, -1, positive or negative.")
        unit, said = _text(known.get("unit")), _text(known.get("binary")).lower()
        if said not in NOTHING and said not in _YES:
            self.wrong(steps, f"binary is '{said}', expected true or false.")
        same_year = figures["base_year"] == figures["current_year"] is not None
        if same_year and None is not figures["base_value"] != figures["current_value"] is not None:
            self.wrong(steps, f"base and current year are both {figures['base_year']}, with different figures "
                       f"({figures['base_value']:g} and {figures['current_value']:g}). Expected one figure of a year.")
        for when, what in (("base_year", "base_value"), ("current_year", "current_value")):
            if figures[what] is not None and figures[when] is None:
                self.wrong(steps, f"has a {what} and no {when}. Expected the year the figure is of.")
        if len(self.problems) > before:
            return None
        facts = Facts(**figures, direction=WAYS.get(way, 0), binary=_YES.get(said, unit == "BOOL_YES_NO"))
        status = _text(known.get("status")).strip()
        return Entry(self.places(steps), label, "" if status.lower() in NOTHING else status, score,
                     facts if _is_series(block) else None, parts)

    def number(self, value: Any, name: str, steps: tuple[Any, ...]) -> float | None:
        text = _text(value)
        if text.lower() in NOTHING:
            return None
        try:
            figure = float(text)
        except ValueError:
            figure = math.nan
        if not math.isfinite(figure):
            self.wrong(steps, f"{name} is '{text[:40]}', expected a number such as 12.5, or nothing.")
            return None
        return figure

    def year(self, value: Any, name: str, steps: tuple[Any, ...]) -> int | None:
        text = _text(value)
        if text.lower() in NOTHING:
            return None
        match = _YEAR.fullmatch(text)
        if not match or not 1000 <= int(match[1]) <= 9999:
            self.wrong(steps, f"{name} is '{text[:40]}', expected a year such as 2015 or 2015-16.")
            return None
        return int(match[1])

    def wrong(self, steps: tuple[Any, ...], sentence: str) -> None:
        self.problems.append(f"{self.places(steps)}: {sentence}")


def _gathered(name: str, entries: Sequence[Entry]) -> Entry:
    """The rows of one indicator as one entry."""
    totals = [e for e in entries if e.facts is None or (e.label == name and not _figured(e))]
    series = [e for e in entries if e not in totals]
    if not totals and len(series) == 1:
        return series[0]._replace(label=name)
    total = totals[0] if totals else Entry(series[0].where, name, "", None, None, ())
    return total._replace(label=name, facts=None, parts=tuple(series))


def _figured(entry: Entry) -> bool:
    return entry.facts is not None and entry.facts.current_value is not None


def _is_series(block: Mapping[str, Any]) -> bool:
    """Has it keys of figures of its own, even empty ones?"""
    return any(name in FIGURES for name, value in _under_known_names(block).items())


def _under_known_names(block: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of a block by our names; the first spelling in `NAMES` wins."""
    plain = {_spelt(key): value for key, value in block.items() if not isinstance(value, dict | list)}
    return {name: plain[spelt] for name, several in NAMES.items() for spelt in reversed(several) if spelt in plain}


def _spelt(key: Any) -> str:
    return re.sub(r"\W+", "_", str(key).strip().lower()).strip("_")


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", type(None): "empty"}
    return names.get(type(value), f"'{str(value)[:40]}'")


def _body(path: Path) -> str:
    try:
        body = path.read_bytes()
    except OSError as problem:
        raise DefinitionError(f"{path.name}: cannot be read: {problem.strerror}.") from None
    if len(body) > LIMIT_BYTES:
        raise UnreadableData(f"{path.name}: has {len(body):,} bytes, expected at most {LIMIT_BYTES:,}. Split the file.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise UnreadableData(f"{path.name}:{line}: is no UTF-8 text. Save the file as UTF-8.") from None


def _json(path: Path) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise UnreadableData(f"{path.name}: the key '{key}' stands twice in one block. Keep one.")
            found[key] = value
        return found

    try:
        return json.loads(_body(path), object_pairs_hook=once)
    except json.JSONDecodeError as problem:
        raise UnreadableData(f"{path.name}:{problem.lineno}: is no valid JSON: {problem.msg}.") from None
    except RecursionError:
        raise UnreadableData(f"{path.name}: is nested too deeply, expected indicators, groups and series.") from None


def _table(path: Path) -> list[dict[str, str]]:
    text = _body(path)
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=sign, strict=True) if any(line)]
    except csv.Error as problem:
        raise UnreadableData(f"{path.name}: is no valid CSV: {problem}.") from None
    return list(_rows(path.name, lines))


def _rows(label: str, lines: Sequence[Sequence[str]]) -> Iterator[dict[str, str]]:
    header = [cell.strip() for cell in lines[0]] if lines else []
    for name, several in NAMES.items():
        if len(twice := [cell for cell in header if _spelt(cell) in several]) > 1 and name not in ("label", "unit"):
            raise UnreadableData(f"{label}:1: the columns {' and '.join(twice)} say the same. Keep one.")
    for n, line in enumerate(lines[1:], start=2):
        if len(line) != len(header):
            raise UnreadableData(f"{label}:{n}: has {len(line)} cells, expected {len(header)} as in line 1.")
        yield dict(zip(header, line, strict=True))



