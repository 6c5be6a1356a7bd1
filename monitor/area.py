"""Areas: countries (ISO 3166-1 alpha-3), UN regions (M49), the EU of 27, cities and parts of countries.

Kosovo has the user-assigned code XKX. References to Kosovo are to be understood in the context of UN Security Council
resolution 1244 (1999).

A city is written by its UN/LOCODE without the blank (``USNYC``), a part of a country by ISO 3166-2
(``US-CA``). Names are Unicode CLDR's, in the reader's language; only cities need a name of their own.
"""

from __future__ import annotations

import csv
import difflib
from functools import cache
from importlib.resources import files

from monitor.errors import DefinitionError

#: groups beside the M49 regions: code -> column of areas.csv
_COLUMNS = {"EU27": "eu27", "LDC": "ldc", "LLDC": "lldc", "SIDS": "sids"}
WORLD = "001"


@cache
def table() -> dict[str, dict[str, str]]:
    """areas.csv by ISO 3166-1 alpha-3 code, or XKX."""
    lines = files("monitor").joinpath("areas.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row for row in csv.DictReader(line for line in lines if not line.startswith("#"))}


def members_of_the_un() -> list[str]:
    """The 193 member states, by code."""
    return [code for code, row in table().items() if row["un_member"] == "1"]


@cache
def members(group: str) -> tuple[str, ...]:
    """The countries of an M49 region, of the world, or of EU27, LDC, LLDC, SIDS; none for what is no group."""
    rows = table().items()
    if group == WORLD:
        return tuple(code for code, row in rows if row["m49"])
    if group in _COLUMNS:
        return tuple(code for code, row in rows if row[_COLUMNS[group]] == "1")
    return tuple(c for c, row in rows if group in (row["region"], row["subregion"], row["intermediate"]))


@cache
def _by(column: str) -> dict[str, str]:
    return {row[column]: code for code, row in table().items()}


def from_m49(number: str | int) -> str | None:
    """M49 number -> our code: ``4`` -> ``AFG``, ``1`` -> ``001``; None where it is neither country nor region."""
    m49 = str(number).strip().zfill(3)
    if m49 in _by("m49"):
        return _by("m49")[m49]
    return m49 if m49 == WORLD or members(m49) else None


def from_iso2(code: str) -> str | None:
    """ISO 3166-1 alpha-2 -> alpha-3; EL and UK, as Eurostat writes them, are Greece and the United Kingdom."""
    return _by("iso2").get({"EL": "GR", "UK": "GB"}.get(code, code))


def english(code: str) -> str:
    """The English name, for sentences of checks; a place that CLDR does not know stays its code."""
    from babel import Locale  # heavy: names are needed only where something was found

    return str(Locale("en").territories.get(table().get(code, {}).get("iso2", code), code))


def comparison_group(code: str) -> str | None:
    """The group a country is compared with: the EU for its members, else its M49 subregion, or intermediate region."""
    row = table().get(code)
    if row is None:
        return None
    return "EU27" if row["eu27"] == "1" else row["intermediate"] or row["subregion"] or None


def comparison_groups(code: str) -> tuple[str, ...]:
    """The groups a country may be compared with, nearest first; a wider one serves where no nearer has figures."""
    row = table().get(code, {})
    nearest = comparison_group(code)
    wider = (row["intermediate"], row["subregion"], row["region"]) if nearest else ()
    return tuple(dict.fromkeys(group for group in (nearest, *wider) if group))


def kind(code: str) -> str:
    """``country``, ``group``, or ``place`` (a city or a part of a country)."""
    if code in table():
        return "country"
    return "group" if code in _COLUMNS or members(code) else "place"


def names_in_english() -> dict[str, str]:
    """CLDR's English names of countries and regions, by ISO 3166-1 alpha-2 or M49 code."""
    from babel import Locale  # heavy: names are needed only to help

    return dict(Locale("en").territories)


def require(code: str, places: tuple[str, ...] = ()) -> str:
    """The code, upper case, if this package or the project knows it.

    Raises:
        DefinitionError: it is unknown; the message names the nearest code or name.
    """
    found = code.strip().upper()
    if found in table() or found in places or kind(found) == "group":
        return found
    names = {name.casefold(): iso2 for iso2, name in names_in_english().items()}
    iso3 = from_iso2(names.get(code.strip().casefold(), "")) or from_iso2(found)
    codes = [*(table() if len(found) > 2 else ()), *places]
    near = iso3 or next(iter(difflib.get_close_matches(found, codes, n=1, cutoff=0.6)), None)
    hint = f" Did you mean '{near}'?" if near else ""
    raise DefinitionError(
        f"'{code}' is no area known here: expected an ISO 3166-1 alpha-3 code (DEU), an M49 region (150), "
        f"EU27, or a place the project declares ({', '.join(places) or 'none'}).{hint}"
    )
