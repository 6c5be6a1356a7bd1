"""The words of one language, and how it writes numbers, dates and names of areas (Unicode CLDR)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from monitor import area


class Words:
    """All wording of one language, by dotted key: ``words("status.on_track")``.

    A key without a translation falls back to English, visibly, and is remembered in ``missing``.
    """

    def __init__(self, language: str, texts: Mapping[str, Any], fallback: Mapping[str, Any] | None = None) -> None:
        self.language = language
        #: the languages of the edition, the first of which stands at its root; () for this one alone
        self.among: tuple[str, ...] = ()
        #: the address under which the edition is published, with a slash at its end; "" where none is declared
        self.home = ""
        #: texts that are in the language of the project's declarations instead, and that language
        self.foreign: frozenset[str] = frozenset()
        self.original = ""
        #: what the documents say word for word -> a working translation, to stand beside it
        self.working: dict[str, str] = {}
        #: some texts were translated by a machine and no person has confirmed them
        self.unconfirmed = False
        self.texts = _flat(texts)
        self.fallback = _flat(fallback or {})
        self.missing: set[str] = set()

    def __call__(self, key: str, **values: Any) -> str:
        text = self.texts.get(key)
        if text is None:
            self.missing.add(key)
            text = self.fallback.get(key)
            text = f"[{key}]" if text is None else f"{text} [en]"
        return text.format_map(values) if values else text

    @property
    def at(self) -> str:
        """The folder of this language's pages in an edition: "" for the first, else ``fr/``."""
        return f"{self.language}/" if self.among and self.language != self.among[0] else ""

    @property
    def root(self) -> str:
        """The way from that folder to what all languages share, such as the data: "" or ``../``."""
        return "../" if self.at else ""

    def others(self, page: str) -> list[tuple[str, str, str]]:
        """The same page in the edition's other languages: code, the language's own name, address.

        Args:
            page: its path below the language's folder: ``DEU/scorecard.html``.
        """
        up = "../" * page.count("/") + self.root
        folder = {one: f"{one}/" if n else "" for n, one in enumerate(self.among)}
        return [(one, _endonym(one), f"{up}{at}{page}") for one, at in folder.items() if one != self.language]

    def lang(self, text: str) -> str:
        """The code of the language a text is in, where it is not the page's own; else ""."""
        return self.original if text in self.foreign else ""

    def has(self, key: str) -> bool:
        return key in self.texts or key in self.fallback

    def untranslated(self) -> list[str]:
        """Keys that English has and this language lacks."""
        return sorted(set(self.fallback) - set(self.texts))

    def count(self, key: str, number: float, decimals: int = 0, **values: Any) -> str:
        """The plural form CLDR chooses: keys ``<key>.one``, ``<key>.other``, ``<key>.few`` ..."""
        form = self._locale.plural_form(Decimal(f"{number:.{decimals}f}"))
        chosen = f"{key}.{form}" if self.has(f"{key}.{form}") else f"{key}.other"
        return self(chosen, n=self.number(number, decimals), **values)

    @property
    def unused(self) -> tuple[str, ...]:
        """Endings of keys for plural forms that this language does not have."""
        used = {*self._locale.plural_form.tags, "other"}
        return tuple(f".{form}" for form in ("zero", "one", "two", "few", "many") if form not in used)

    @cached_property
    def _locale(self) -> Any:
        from babel import Locale

        return Locale.parse(self.texts.get("locale") or self.language)

    @property
    def direction(self) -> str:
        return str(self._locale.text_direction)

    def number(self, value: float | None, decimals: int = 1) -> str:
        """A number with the language's separators; a minus is a minus sign, never a hyphen."""
        if value is None:
            return "–"
        text = _number(round(value, decimals) + 0.0, decimals, str(self._locale))
        # on a page from right to left, a mark keeps the sign before its number
        return text.replace("-", "\u200e−" if self.direction == "rtl" else "−")

    def day(self, value: date) -> str:
        from babel.dates import format_date

        return str(format_date(value, "long", locale=self._locale))

    def listed(self, names: Sequence[str], style: str = "standard") -> str:
        """One, two and three; with the style ``or``: one, two or three."""
        from babel.lists import format_list

        return str(format_list(names, style, self._locale))

    def area(self, code: str, own: str | None = None) -> str:
        """The name of a country, region or group; a place has the name its project gives it."""
        if own:
            return own
        if self.has(f"areas.{code}"):
            return self(f"areas.{code}")
        iso2 = area.table().get(code, {}).get("iso2", code)
        return str(self._locale.territories.get(iso2, code))


def _endonym(language: str) -> str:
    """A language's name in itself, with a capital: Français."""
    from babel import Locale

    name = str(Locale.parse(language).get_language_name(language))
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=65536)
def _number(value: float, decimals: int, language: str) -> str:
    from babel.numbers import format_decimal

    return str(format_decimal(value, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=language))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = "" if value is None else str(value)
    return flat
