# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods.statcan import ZERO_SHARE
from tests.spec import Section, cases, verify

__doc__ = f"""# A target from both sides

Some targets can be missed on either side: parity between girls and boys, or a quota. With direction `target` the
method `statcan` replaces every figure *y* by |*y_T*| + |*y* − *y_T*|, which must fall to |*y_T*|. That is the
published transformation for targets of 50 %, used for any target. It is met within {ZERO_SHARE:.1%} of the target
(of the largest figure, where the target is zero), because no measured figure hits a point exactly. The pace is
that of the distance, so no rate of the figure itself is printed.
"""

SECTIONS = [
    Section(
        "Nearer, further, met",
        "",
        """
        case                                       | figures               | target    | status                       | ratio | note
        nearer from below                          | 2015 0.80, 2024 0.93  | 1 by 2030 | on_track                     | 1.05  |
        nearer from above, the same distance       | 2015 1.20, 2024 1.07  | 1 by 2030 | on_track                     | 1.05  |
        across, and nearer                         | 2015 0.80, 2024 1.07  | 1 by 2030 | on_track                     | 1.05  |
        across, as far as before                   | 2015 0.80, 2024 1.20  | 1 by 2030 | limited                      | 0.00  |
        across, and further                        | 2015 0.80, 2024 1.30  | 1 by 2030 | backwards                    | -0.74 |
        met                                        | 2015 0.80, 2024 1.00  | 1 by 2030 | achieved                     | 1.66  |
        met within a thousandth                    | 2015 0.80, 2024 1.001 | 1 by 2030 | achieved                     | 1.65  |
        missed by two thousandths                  | 2015 0.80, 2024 1.002 | 1 by 2030 | on_track                     | 1.64  |
        kept at the target                         | 2015 1.00, 2024 1.00  | 1 by 2030 | achieved                     |       |
        left the target                            | 2015 1.00, 2024 1.05  | 1 by 2030 | backwards                    |       | target_lost
        without a target there is no direction     | 2015 0.80, 2024 0.93  |           | not_assessed: not_applicable |       | no_target
        """,
        {"direction": "target", "scale": "ratio"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
