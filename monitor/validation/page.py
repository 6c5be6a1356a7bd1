"""What the quality page says: the outcomes in words, in the order in which a reader needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.model import Indicator
from monitor.scorecard import Matrix
from monitor.validation.outcomes import ORDER, Outcome, Validated, Word, named


@dataclass(frozen=True)
class Row:
    """One expectation as printed."""

    id: str
    subject: str  # "IND-54a Cost of sending money home", or a source
    expected: str
    found: str
    examples: str
    why: str


@dataclass(frozen=True)
class QualityPage:
    """The page of a validation; the first fields are what every page of an edition says of itself."""

    title: str
    edition: str
    as_of: str
    language: str
    direction: str
    purpose: str
    licence: str
    engine: str
    made_by: str
    problem: str
    tested_with: str
    counts: tuple[tuple[Word, int], ...]
    rows: tuple[tuple[Word, tuple[Row, ...]], ...]  # in the order of `ORDER`; empty ones left out
    suites: tuple[str, ...]


def page(
    index: Matrix, validated: Validated, indicators: Mapping[str, Indicator], suites: tuple[str, ...]
) -> QualityPage:
    """The page beside an edition's start page, whose title, date and licence it carries."""
    found = {word: tuple(_row(one, indicators) for one in validated.of(word)) for word in ORDER}
    return QualityPage(
        title=index.title, edition=index.edition, as_of=index.as_of, language=index.language,
        direction=index.direction, purpose=index.purpose, licence=index.licence, engine=index.engine,
        made_by=index.made_by, problem=validated.problem,
        tested_with=", ".join(f"{name} {number}" for name, number in validated.engine.items()),
        counts=tuple((word, len(rows)) for word, rows in found.items()),
        rows=tuple((word, rows) for word, rows in found.items() if rows), suites=suites,
    )


def _row(one: Outcome, indicators: Mapping[str, Indicator]) -> Row:
    expectation = one.expectation
    title = indicators[expectation.indicator].title if expectation.indicator in indicators else ""
    return Row(expectation.id, f"{expectation.subject} {title}".strip(), expectation.expected, one.found, named(one),
               expectation.why)
