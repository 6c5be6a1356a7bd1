# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods.statcan import BASE_YEAR
from tests.spec import Section, cases, verify

__doc__ = f"""# Base and time

The base is the figure of {BASE_YEAR}, the year the 2030 Agenda was adopted, unless the indicator declares a
`baseline`. Only two figures are used, the base and the newest; what lies between is shown but not judged.
"""

SECTIONS = [
    Section(
        "Which figure is the base",
        """Where the base year has no figure, the next later one is taken. (The published method takes 2014 by hand
in a few cases; here a `baseline` must say so.)""",
        """
        case                                       | baseline | figures                          | status                       | base | note       | points
        the base year                              |          | 2012 20, 2015 10, 2020 9, 2024 8 | on_track                     | 2015 |            | 3
        the next later one                         |          | 2012 20, 2017 10, 2024 8         | on_track                     | 2017 | base_later | 2
        an earlier one is not taken                |          | 2014 10, 2024 8                  | not_assessed: too_few_points |      |            | 1
        a declared baseline                        | 2014     | 2014 10, 2024 8                  | on_track                     | 2014 |            | 2
        a declared baseline without a figure       | 2018     | 2015 10, 2019 9, 2024 8          | on_track                     | 2019 | base_later | 2
        a baseline in a month, figures of years    | 2018-12  | 2015 10, 2018 9, 2024 8          | on_track                     | 2018 |            | 2
        a missing value is no base                 |          | 2015 - Q, 2016 10, 2024 8        | on_track                     | 2016 | base_later | 2
        gaps between base and newest do not matter |          | 2015 10, 2024 8                  | on_track                     | 2015 |            | 2
        the order of the rows does not matter      |          | 2024 8, 2012 20, 2015 10         | on_track                     | 2015 |            | 2
        """,
    ),
    Section(
        "Years that straddle two, and parts of a year",
        """A year such as 2015/16 counts as 2015, as published. Figures of months, quarters and halves are compared
with the same part of the base year, so that no season is taken for progress.""",
        """
        case                                        | figures                                                  | status   | base    | newest  | rate
        financial years                             | 2015/16 10, 2024/25 8                                    | on_track | 2015/16 | 2024/25 | -2.4 %
        a third quarter with a third quarter        | 2015-Q1 2, 2015-Q3 10, 2024-Q1 1, 2024-Q3 8              | on_track | 2015-Q3 | 2024-Q3 | -2.4 %
        a January with a January                    | 2015-01 10, 2015-07 2, 2024-07 1, 2025-01 8              | on_track | 2015-01 | 2025-01 | -2.2 %
        the base year lacks that quarter            | 2015-Q1 2, 2016-Q3 10, 2024-Q3 8                         | on_track | 2016-Q3 | 2024-Q3 | -2.8 %
        halves                                      | 2015-S1 2, 2015-S2 10, 2024-S2 8                         | on_track | 2015-S2 | 2024-S2 | -2.4 %
        days                                        | 2015-06-30 10, 2024-03-31 8                              | on_track | 2015-06-30 | 2024-03-31 | -2.5 %
        """,
    ),
    Section(
        "Time to the target",
        "A target by 2030 is due in the same part of 2030 that the newest figure is of.",
        """
        case                          | figures                  | target       | needed | ratio | status
        years                         | 2015 10, 2024 8          | 5 by 2030    | -4.5 % | 0.54  | limited
        quarters                      | 2015-Q3 10, 2024-Q3 8    | 5 by 2030    | -4.5 % | 0.54  | limited
        a target within a year        | 2015 10, 2024 8          | 5 by 2030-07 | -4.4 % | 0.56  | limited
        """,
        {"direction": "down_good"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
