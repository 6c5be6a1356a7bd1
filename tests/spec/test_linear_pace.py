# ruff: noqa: E501 - the tables are read across
"""# The linear pace

Quantities whose zero can be crossed do not grow by percentages: a gap between two groups, a balance, an index
from −2.5 to +2.5. Indicators of scale `difference`, and those with a lower limit below zero, are judged by a
straight line, and the word says "linear pace". This is ours, not part of the published method; the cut-offs are
the same. (On the Canadian series with a target, growth rates and straight lines gave another category for 3 of 75.)

- with a target: *R* = *d* · ((*y* − *y₀*) / (*t* − *t₀*)) / |(*y_T* − *y₀*) / (*t_T* − *t₀*)|
- without one: the change a year as a share of the base; of the newest figure, where the base is zero
- an index has no meaningful zero, so without a target there is nothing to take a share of: not comparable
"""

from __future__ import annotations

from tests.spec import Section, cases, verify

SECTIONS = [
    Section(
        "Gaps and balances",
        "",
        """
        case                                      | direction | figures             | target     | status    | ratio | word                          | rate
        a gap on its way to zero                  | down_good | 2015 10, 2024 4     | 0 by 2030  | on_track  | 1.00  | linear pace: on track         | -6.7 %
        too slowly                                | down_good | 2015 10, 2024 6     | 0 by 2030  | too_slow  | 0.67  | linear pace: progress made but acceleration needed | -4.4 %
        a gap that turned round is below zero     | down_good | 2015 10, 2024 -1    | 0 by 2030  | achieved  | 1.83  | target achieved               | -12.2 %
        a gap that is meant to be closed          | target    | 2015 10, 2024 -4    | 0 by 2030  | on_track  | 1.00  | linear pace: on track         |
        a gap that opens on the other side        | target    | 2015 3, 2024 -4     | 0 by 2030  | backwards | -0.56 | linear pace: deterioration    |
        from minus to plus                        | up_good   | 2015 -10, 2024 3    | 10 by 2030 | on_track  | 1.08  | linear pace: on track         | 14.4 %
        without a target                          | down_good | 2015 10, 2024 9     |            | too_slow  |       | linear pace: progress made but acceleration needed | -1.1 %
        without a target, through zero            | down_good | 2015 2, 2024 -1     |            | on_track  |       | linear pace: on track         | -16.7 %
        without a target, from zero               | down_good | 2015 0, 2024 1      |            | backwards |       | linear pace: deterioration    |
        without a target, no movement             | down_good | 2015 0, 2024 0      |            | limited   |       | linear pace: limited progress |
        """,
        {"scale": "difference"},
    ),
    Section(
        "An index that can be negative",
        "",
        """
        case                                       | bounds      | figures             | target   | status                       | ratio | note
        with a target                              | -2.5 to 2.5 | 2015 -1, 2024 0.2   | 1 by 2030 | on_track                    | 1.00  |
        without one                                | -2.5 to 2.5 | 2015 -1, 2024 0.2   |          | not_assessed: not_comparable |       | no_growth_rate
        without one, in the positive part too      | -2.5 to 2.5 | 2015 1, 2024 1.2    |          | not_assessed: not_comparable |       | no_growth_rate
        an index that begins at zero grows         | 0 to 10     | 2015 5, 2024 6      |          | on_track                     |       |
        """,
        {"scale": "index", "direction": "up_good"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
