"""Publishers' area codes -> ours. Kosovo has no ISO 3166 code: ``XKX``, as the World Bank writes it."""

from __future__ import annotations

from monitor import area

KOSOVO = "XKX"


def from_iso3(code: str) -> str | None:
    """An ISO 3166-1 alpha-3 code if it is one (or Kosovo's), else None."""
    return code if code == KOSOVO or code in area.table() else None


def from_m49(code: str) -> str | None:
    """An M49 number: country, region or world; None for groupings that are no M49 region."""
    return KOSOVO if code == "412" else area.from_m49(code)


def from_eurostat(code: str) -> str | None:
    """A Eurostat geo code: countries and EU27_2020; None for other aggregates (EA20, EU28, EFTA)."""
    known = {"EU27_2020": "EU27", "XK": KOSOVO}
    return known.get(code) or area.from_iso2(code)
