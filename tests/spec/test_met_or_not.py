# ruff: noqa: E501 - the tables are read across
"""# Met or not met

A law is in force or it is not. The method `binary`, and `statcan` for indicators of scale `binary`, ask only
whether the newest figure reaches the bar: the declared target, or for yes and no (1 and 0) yes where higher is
better and no where lower is better. One figure is enough. The published words are "target achieved" and "target
not achieved"; the second has the status `not_met`, which says nothing of a pace, and `backwards` stands where the
newest figure is further from the bar than the base: a law taken back.
"""

from __future__ import annotations

from tests.spec import Section, cases, verify

SECTIONS = [
    Section(
        "Yes and no",
        "",
        """
        case                                  | method  | direction | figures        | status    | word
        yes                                   | binary  | up_good   | 2024 1         | achieved  | target achieved
        no                                    | binary  | up_good   | 2024 0         | not_met   | target not achieved
        no, and no before                     | binary  | up_good   | 2015 0, 2024 0 | not_met   | target not achieved
        yes, and no before                    | binary  | up_good   | 2015 0, 2024 1 | achieved  | target achieved
        taken back                            | binary  | up_good   | 2015 1, 2024 0 | backwards | target not achieved, moved away
        what should not be is not             | binary  | down_good | 2024 0         | achieved  | target achieved
        what should not be is                 | binary  | down_good | 2024 1         | not_met   | target not achieved
        the same in the other method          | statcan | up_good   | 2024 1         | achieved  | target achieved
        the same in the other method, not met | statcan | up_good   | 2015 1, 2024 0 | backwards | target not achieved, moved away
        """,
        {"scale": "binary"},
    ),
    Section(
        "Levels with a name",
        """A scale of steps ("requires progress", "partly meets", "meets", "meets fully" as 1 to 4) has no growth rate:
step 4 is not twice step 2. With the method `binary` and the wished step as target it is met or not.""",
        """
        case                              | figures        | target    | status                       | note
        the wished step                   | 2015 2, 2024 4 | 4 by 2030 | achieved                     |
        a step up is not there yet        | 2015 2, 2024 3 | 4 by 2030 | not_met                      |
        a step down                       | 2015 3, 2024 2 | 4 by 2030 | backwards                    |
        without a target there is no bar  | 2015 2, 2024 3 |           | not_assessed: not_applicable | no_target
        """,
        {"method": "binary", "scale": "index", "direction": "up_good", "bounds": "1 to 4"},
    ),
    Section(
        "Exactly",
        "Direction `target` asks for the very level.",
        """
        case   | figures | target    | status
        the    | 2024 2  | 2 by 2030 | achieved
        above  | 2024 3  | 2 by 2030 | not_met
        """,
        {"method": "binary", "scale": "index", "direction": "target"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
