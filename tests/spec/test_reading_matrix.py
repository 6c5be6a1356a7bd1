# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from datetime import date

from monitor import guard
from monitor.judge import judge
from monitor.matrix import MATRIX, ROLES, Read
from monitor.series import Series
from tests.fiction import indicator, series
from tests.spec import AS_OF, Section, cases

_OUT = {"least_share": 0.1, "within": 1, "prevalence": ["P"], "reporting": ["R"], "completeness": ["C"]}


def _either(ways: str) -> str:
    return " or ".join(ways.split()) or "any"


__doc__ = f"""# How recorded crime is read

Recorded crime has no status: more of it can mean more crime, more trust or better recording. Where its indicator
declares a `reading_matrix`, it is read together with what people meet by surveys (prevalence), how many of the victims
report (reporting), and how completely it is recorded (completeness). The first row of the matrix that holds decides:

| recorded | prevalence | reporting | completeness | reading | key of the reason | after |
|---|---|---|---|---|---|---|
{chr(10).join(f"| {_either(c.recorded)} | {_either(c.prevalence)} | {_either(c.reporting)} | {_either(c.completeness)} | {c.reading.value} | `{c.why}` | {c.source} |" for c in MATRIX)}

`same` is also what moved by no more than noise, `unknown` what has no comparable figures. A reading never changes the
status, which stays `not_assessed: needs_companion`, and an indicator with a matrix can never be declared comparable
between areas. Why it is so: docs/decisions/020-the-reading-matrix.md.
"""

SECTIONS = [
    Section(
        "The two readings that are more than cannot tell",
        """In these tables the recorded figure is a count and the others are a share of people who met such a crime (least
change 1), a share of the victims who report (least change 2), and things of five that are recorded (any change counts).""",
        """
        case                                     | recorded           | prevalence      | reporting         | completeness    | reading            | why
        more recorded, less met, more reported   | 2015 100, 2023 150 | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | likely_improvement | more_report
        less recorded, fewer report              | 2015 150, 2023 100 | 2015 9, 2023 9  | 2015 50, 2023 40  | 2015 4, 2023 4  | warning            | fewer_report
        even where fewer people meet it          | 2015 150, 2023 100 | 2015 9, 2023 6  | 2015 50, 2023 40  | 2015 4, 2023 4  | warning            | fewer_report
        or nobody was asked                      | 2015 150, 2023 100 |                 | 2015 50, 2023 40  | 2015 4, 2023 4  | warning            | fewer_report
        more recorded, more met, more reported   | 2015 100, 2023 150 | 2015 6, 2023 9  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | undecided
        more recorded, less met, fewer report    | 2015 100, 2023 150 | 2015 9, 2023 6  | 2015 50, 2023 40  | 2015 4, 2023 4  | cannot_tell        | undecided
        less recorded, less met, more reported   | 2015 150, 2023 100 | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | undecided
        """,
    ),
    Section(
        "A companion is missing or recording changed",
        "Nothing is assumed of what is not known, and a change of recording spoils the comparison whichever way it goes.",
        """
        case                                     | recorded           | prevalence      | reporting         | completeness    | reading     | why
        nobody was asked whether they met it     | 2015 100, 2023 150 |                 | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell | prevalence_unknown
        nobody was asked whether they report     | 2015 100, 2023 150 | 2015 9, 2023 6  |                   | 2015 4, 2023 4  | cannot_tell | reporting_unknown
        recording is unknown                     | 2015 100, 2023 150 | 2015 9, 2023 6  | 2015 40, 2023 50  |                 | cannot_tell | completeness_unknown
        more agencies take part                  | 2015 100, 2023 150 | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 3, 2023 4  | cannot_tell | completeness_changed
        fewer take part                          | 2015 150, 2023 100 | 2015 9, 2023 9  | 2015 50, 2023 40  | 2015 4, 2023 3  | cannot_tell | completeness_changed
        one recorded figure                      | 2023 150           | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell | recorded_unknown
        """,
    ),
    Section(
        "What is noise, and what is of other years",
        f"""Two counts differ where chance gives counts so far apart in less than {guard.ALPHA:.0%} of cases (Poisson) and by at
least {_OUT["least_share"]:.0%} of the base. A companion's figures may be {_OUT["within"]} year away from those of the recorded figure.""",
        """
        case                                     | recorded             | prevalence      | reporting         | completeness    | reading            | why
        few cases, though twice as many          | 2015 5, 2023 10      | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | recorded_same
        none, then three                         | 2015 0, 2023 3       | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | recorded_same
        none, then six                           | 2015 0, 2023 6       | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | likely_improvement | more_report
        no chance, yet less than a tenth         | 2015 10000, 2023 10900 | 2015 9, 2023 6 | 2015 40, 2023 50 | 2015 4, 2023 4  | cannot_tell        | recorded_same
        a tenth                                  | 2015 10000, 2023 11000 | 2015 9, 2023 6 | 2015 40, 2023 50 | 2015 4, 2023 4  | likely_improvement | more_report
        a survey that moved less than its least  | 2015 100, 2023 150   | 2015 9, 2023 8.1 | 2015 40, 2023 50 | 2015 4, 2023 4  | cannot_tell        | undecided
        surveys a year away                      | 2015 100, 2023 150   | 2014 9, 2022 6  | 2016 40, 2022 50  | 2015 4, 2023 4  | likely_improvement | more_report
        a survey that ended long before          | 2015 100, 2023 150   | 2015 9, 2019 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | prevalence_unknown
        a survey that began later                | 2015 100, 2023 150   | 2015 9, 2023 6  | 2019 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | reporting_unknown
        """,
    ),
    Section(
        "Breaks in series",
        "Only figures from the last break on are compared, of the recorded figure as of its companions.",
        """
        case                                     | recorded                        | prevalence      | reporting         | completeness    | reading            | why
        fewer agencies from 2021 on              | 2015 100, 2021 60 B, 2023 90    | 2021 9, 2023 6  | 2021 40, 2023 50  | 2021 4, 2023 4  | likely_improvement | more_report
        companions that end at the break         | 2015 100, 2021 60 B, 2023 90    | 2015 9, 2020 6  | 2015 40, 2020 50  | 2015 4, 2023 4  | cannot_tell        | completeness_unknown
        nothing since the break                  | 2015 100, 2023 60 B             | 2015 9, 2023 6  | 2015 40, 2023 50  | 2015 4, 2023 4  | cannot_tell        | recorded_unknown
        a survey that asked otherwise from 2020  | 2015 100, 2023 150              | 2015 9, 2020 5 B, 2023 6 | 2015 40, 2023 50 | 2015 4, 2023 4 | cannot_tell | prevalence_unknown
        """,
    ),
]


def read(row: dict[str, str]) -> Read:
    """The reading of one made-up area, through every gate of the judge."""
    declared = {
        "X": indicator("X", direction="ambiguous_needs_companion", scale="count", unit="crimes", reading_matrix=_OUT),
        "P": indicator("P", least_change={"by": 1, "because": "Made up."}),
        "R": indicator("R", direction="up_good", least_change={"by": 2, "because": "Made up."}),
        "C": indicator("C", direction="up_good", scale="index", unit="of 5"),
    }
    known = Series.concat(
        series("\n".join(f"DEU {f.strip()}" for f in row[role].split(",") if f.strip()), key)
        for key, role in zip("XPRC", ROLES, strict=True)
    )
    as_of = date.fromisoformat(AS_OF)
    judged = judge(declared, known, ["DEU"], [], {}, as_of)
    found = guard.readings(declared, known, judged, as_of)
    told = {a.indicator: a for a in guard.told(judged, found)}
    assert (told["X"].status, told["X"].reason, told["X"].reading) == (
        "not_assessed", "needs_companion", found["X", "DEU"].reading)
    assert {told[key].reading for key in "PRC"} == {""}
    return found["X", "DEU"]


@cases(SECTIONS)
def test_the_reading_is_what_the_matrix_says(row: dict[str, str]) -> None:
    got = read(row)
    assert (got.reading, got.cell.why) == (row["reading"], row["why"]), got


def test_every_row_of_the_matrix_is_shown() -> None:
    shown = {row["why"] for section in SECTIONS for row in section.rows}
    assert shown == {cell.why for cell in MATRIX}
