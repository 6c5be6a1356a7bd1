"""A made-up project with one register, for tests: its declaration, its rows, and the indicators that read it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import yaml

from monitor.project import Project, load
from monitor.registers import Register

PROJECT = """
about: {title: Made up, made_by: The tests, purpose: To test registers.}
scorecards: [DEU, KEN]
recommendations:
  - {id: T1, title: Cards, text: Give cards., source: Invented, year: 2016, date_certainty: stated,
     addressed_to: [cities]}
indicators:
"""
INDICATOR = """
  - {{id: {id}, title: Made up, definition: Invented., answers: [T1], kind: structure, direction: up_good, unit: cards,
     scale: count, no_target: None., max_age: P9Y, data: {{source: cards, series: {series}}}, applies_to: [{areas}]}}
"""
REGISTER = """
title: City cards
question: Which cities give a card to everybody?
about: https://example.org/cards
licence: {name: CC0, confirmed: true}
counts: [A card.]
does_not_count: [No card.]
examples:
  - {case: A card for everybody., decision: open yes.}
  - {case: A card for some., decision: open no.}
columns:
  - {name: city, required: true, person_free: true, means: which city}
  - {name: open, type: yes_no, judgement: true, means: for everybody}
  - {name: data_safe, type: yes_no, means: are data safe}
  - {name: kind, type: code, codes: {card: a card, app: an app}}
  - {name: issued, type: number, least: 0}
rules:
  programmes: {rule: count, title: In force, unit: programmes, distinct: city, column: open, carried: true}
  score: {rule: checklist, title: Score, unit: of 2, items: [open, data_safe]}
"""
ROW = {
    "id": "CARDS-DEU-001", "ref_area": "DEU", "date_from": "2019", "city": "Berlin", "open": "yes", "data_safe": "yes",
    "source_url": "https://www.iana.org/1", "archived_url": "https://web.archive.org/1",
    "retrieved_on": "2024-05-01", "confidence": "high",
}


def declared(text: str = REGISTER) -> Register:
    """The register on its own."""
    return Register.model_validate({"id": "cards", **yaml.load(text, yaml.BaseLoader)})


def table(*rows: dict[str, str]) -> str:
    """The CSV of some rows: each `ROW`, with what is given changed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.name for column in declared().header()], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return out.getvalue()


def project(folder: Path, text: str, register: str = REGISTER) -> Project:
    """The project in a folder, with these rows: CARD-1 counts programmes, CARD-2 is a score for Germany only."""
    (folder / "sources/registers").mkdir(parents=True)
    two = INDICATOR.format(id="CARD-1", series="programmes", areas="countries")
    two += INDICATOR.format(id="CARD-2", series="score", areas="DEU")
    (folder / "indicators.yaml").write_text(PROJECT + two, encoding="utf-8")
    (folder / "sources/registers/cards.yaml").write_text(register, encoding="utf-8")
    (folder / "sources/registers/cards.csv").write_text(text, encoding="utf-8", newline="")
    return load(folder)
