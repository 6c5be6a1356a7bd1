# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from datetime import date

from monitor import judge, quarantine
from monitor.checks import bounds
from tests.fiction import indicator, series
from tests.spec import AS_OF, Section, cases

RULE = (quarantine.__doc__ or "").partition("(`Finding.cells`):\n\n")[2].partition("\n\nWhy")[0]
__doc__ = f"""# Figures that fail a check

A check may find that single figures cannot be true. What then holds:

{RULE}
"""

SECTIONS = [
    Section(
        "Single figures, the newest one, many",
        "The indicator is a percentage with the natural limits 0 and 100, and the check is `bounds`.",
        """
        case                                        | figures                                          | set aside       | status                     | newest
        all figures are possible                    | 2015 9, 2018 8, 2021 8, 2024 7                   |                 | on_track                   | 2024
        one of five is not                          | 2015 9, 2018 800, 2019 8, 2021 8, 2024 7         | 2018            | on_track                   | 2024
        one of four: no more than a quarter         | 2015 9, 2018 800, 2021 8, 2024 7                 | 2018            | on_track                   | 2024
        one of three: more than a quarter           | 2015 9, 2018 800, 2024 7                         | 2018            | not_assessed: failed_check | 2024
        the newest: an older one must not pass for it | 2015 9, 2018 8, 2019 8, 2021 8, 2024 700       | 2024            | not_assessed: failed_check | 2021
        the oldest: the comparison begins later     | 2015 900, 2018 9, 2019 8, 2021 8, 2024 7         | 2015            | on_track                   | 2024
        nothing is left                             | 2021 800, 2024 700                               | 2021 2024       | not_assessed: failed_check |
        a withheld figure is none that can fail     | 2015 9, 2018 - Q, 2019 8, 2021 8, 2024 7         |                 | on_track                   | 2024
        """,
    ),
]


@cases(SECTIONS)
def test_case(row: dict[str, str]) -> None:
    given = series("; ".join(f"DEU {cell.strip()}" for cell in row["figures"].split(",")))
    declared = {"X": indicator(bounds=[0, 100])}
    found = bounds.check(given, {"X": (declared["X"], {})}, date.fromisoformat(AS_OF), None)
    done = quarantine.set_aside(given, found)
    assert done.rows["time_period"].to_list() == row["set aside"].split()
    [got] = judge.judge(declared, done.series, ["DEU"], done.withholding(found), {}, date.fromisoformat(AS_OF),
                        lacking=done.nothing_left)
    status, _, reason = row["status"].partition(": ")
    assert (got.status, got.reason or "", got.time_period or "") == (status, reason, row["newest"])
