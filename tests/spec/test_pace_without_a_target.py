# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods.statcan import GROWTH, GROWTH_SCORE, LIMIT_EXPONENT
from tests.spec import Section, cases, verify

__doc__ = f"""# The pace without a target

Where no number was promised, none is invented. The method `statcan` then compares the growth a year in the wished
direction, *v* = *d* · *g*, with fixed rates, the same for every indicator:

| growth a year in the wished direction | status | word of the method |
|---|---|---|
| *v* ≥ {GROWTH["on_track"]:.1%} · *C* | `on_track` | on track |
| {GROWTH["too_slow"]:.1%} · *C* ≤ *v* < {GROWTH["on_track"]:.1%} · *C* | `too_slow` | progress made but acceleration needed |
| {GROWTH["limited"]:.0%} ≤ *v* < {GROWTH["too_slow"]:.1%} · *C* | `limited` | limited progress |
| *v* < {GROWTH["limited"]:.0%} | `backwards` | deterioration |

*C* is 1, but smaller near a natural limit *L* (`bounds`) that lies in the wished direction, because a share of 99 %
cannot grow by 1.5 % a year:

- a highest limit: *C* = 1 − (*y₀* / *L*)^{LIMIT_EXPONENT} below it, 0 at it
- a lowest limit: *C* = 1 − ((2*L* − *y₀*) / *L*)^{LIMIT_EXPONENT} from *L* to 2*L*, 1 above, 0 at it

The exponent is seen in program code, not in the published text; on the published Canadian results the formula for
a highest limit was confirmed on 33 series, the one for a lowest limit on none.

The score runs from −5 to +5 in straight lines between v = {", ".join(f"{x:.1%} ({y:+g})" for x, y in GROWTH_SCORE)};
the positive rates are multiplied by *C*. "Achieved" needs a target.
"""

SECTIONS = [
    Section(
        "The four statuses",
        "Ten years from a base of 100. Where lower is better the same figures are read the other way round.",
        """
        case                              | direction | figures                | status    | rate   | score
        2 % a year more                   | up_good   | 2015 100, 2025 121.9   | on_track  | 2.0 %  | 5.0
        exactly 1.5 % a year              | up_good   | 2015 100, 2016 101.5   | on_track  | 1.5 %  | 2.5
        a little less                     | up_good   | 2015 100, 2025 116.0   | too_slow  | 1.5 %  | 2.5
        exactly 0.5 % a year              | up_good   | 2015 100, 2016 100.5   | too_slow  | 0.5 %  | 0.0
        a little less                     | up_good   | 2015 100, 2025 105.0   | limited   | 0.5 %  | -0.1
        no movement                       | up_good   | 2015 100, 2025 100     | limited   | 0.0 %  | -2.5
        less                              | up_good   | 2015 100, 2025 99      | backwards | -0.1 % | -2.6
        2 % a year less                   | up_good   | 2015 100, 2025 81      | backwards | -2.1 % | -5.0
        2 % a year less, lower is better  | down_good | 2015 100, 2025 81      | on_track  | -2.1 % | 5.0
        more, lower is better             | down_good | 2015 100, 2025 121.9   | backwards | 2.0 %  | -5.0
        """,
        {"as of": "2026-11-22", "max_age": "P11Y"},
    ),
    Section(
        "Near a natural limit",
        """One percentage point in nine years from a base of 95 % is 0.12 % a year: limited progress on an endless
scale, but more than 0.5 % · *C* = 0.10 % so close to 100 %.

At the limit nothing can become better. The published rule calls a figure there improving even if it never moved; that
it is `achieved`, with the word "best possible value", is our decision.""",
        """
        case                                           | direction | bounds     | figures              | status    | score
        no limit declared                              | up_good   |            | 2015 95, 2024 96     | limited   | -1.9
        near the highest limit                         | up_good   | 0 to 100   | 2015 95, 2024 96     | too_slow  | 0.2
        as fast as can be expected there               | up_good   | 0 to 100   | 2015 95, 2024 98     | on_track  | 3.5
        far from it the limit makes no difference      | up_good   | 0 to 100   | 2015 20, 2024 21     | too_slow  | 0.1
        a limit on the other side does not count       | down_good | 0 to 100   | 2015 95, 2024 94.5   | limited   | -2.2
        near a lowest limit                            | down_good | 10 to none | 2015 10.5, 2024 10.4 | too_slow  | 0.1
        without it                                     | down_good |            | 2015 10.5, 2024 10.4 | limited   | -2.0
        twice a lowest limit is far enough             | down_good | 10 to none | 2015 20, 2024 19.8   | limited   | -1.9
        a lowest limit of zero is always far           | down_good | 0 to none  | 2015 1, 2024 0.99    | limited   | -1.9
        at the highest limit and held there            | up_good   | 0 to 100   | 2015 100, 2024 100   | achieved  | 5
        come to the highest limit                      | up_good   | 0 to 100   | 2015 60, 2024 100    | achieved  | 5
        at the limit on the other side                 | up_good   | 0 to 100   | 2015 0, 2024 0       | limited   | -2.5
        at the highest limit and left it               | up_good   | 0 to 100   | 2015 100, 2024 99    | backwards | -2.6
        at a lowest limit of zero and held there       | down_good | 0 to none  | 2015 0, 2024 0       | achieved  | 5
        the same without a declared limit              | down_good |            | 2015 0, 2024 0       | limited   | -2.5
        """,
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
