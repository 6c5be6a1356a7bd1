# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods.statcan import SMALL_COUNT, ZERO_SHARE
from tests.spec import Section, cases, verify

__doc__ = f"""# Zero and sign

Growth rates know no zero and no change of sign. Here the method `statcan` decides where its published form breaks
down, or makes the judgement depend on the unit.

**The stand-in for zero.** A base or a target of zero is replaced in the published method by 0.001, in any unit. The
published text itself warns that the choice can change the result: a Canadian series that fell from 0.052 to 0.048
with a target of zero is "limited progress" with 0.001 and "achieved" with 0.1. Here the stand-in is {ZERO_SHARE:.1%}
of the largest of the three figures (base, newest, target): the same as the published one where that figure is 1,
and the same judgement in per cent, in shares and in people. Whether a target is met is decided by the true figures,
never by a stand-in. A rate has no size where the base is zero, so none is printed.
"""

SECTIONS = [
    Section(
        "A target of zero",
        """No growth rate reaches zero. The pace asks for a fall to a thousandth, which is demanding: half of the way
in half of the time is not enough.""",
        """
        case                                              | figures               | target    | status    | ratio | note
        reached                                           | 2015 10, 2024 0       | 0 by 2030 | achieved  | 2.71  |
        halved in nine of fifteen years                   | 2015 10, 2024 5       | 0 by 2030 | limited   | 0.20  | zero_target
        the same in other units                           | 2015 0.01, 2024 0.005 | 0 by 2030 | limited   | 0.20  | zero_target
        the Canadian example is not achieved              | 2015 0.052, 2024 0.048 | 0 by 2030 | limited  | 0.02  | zero_target
        a hundredth left                                  | 2015 10, 2024 0.1     | 0 by 2030 | on_track  | 1.09  | zero_target
        the wrong way                                     | 2015 10, 2024 11      | 0 by 2030 | backwards | -0.03 | zero_target
        zero at the base and now                          | 2015 0, 2024 0        | 0 by 2030 | achieved  |       |
        zero at the base and lost                         | 2015 0, 2024 2        | 0 by 2030 | backwards |       | target_lost
        """,
        {"direction": "down_good"},
    ),
    Section(
        "A base of zero",
        "",
        """
        case                                        | direction | figures          | target      | status    | rate | note
        anything is growth, lower is better         | down_good | 2015 0, 2024 3   |             | backwards |      | zero_base
        anything is growth, higher is better        | up_good   | 2015 0, 2024 3   |             | on_track  |      | zero_base
        zero and still zero is no movement          | up_good   | 2015 0, 2024 0   |             | limited   |      | zero_base
        toward a target, from the stand-in          | up_good   | 2015 0, 2024 3   | 100 by 2030 | too_slow  |      | zero_base
        toward a target, still zero                 | up_good   | 2015 0, 2024 0   | 100 by 2030 | limited   |      | zero_base
        reached                                     | up_good   | 2015 0, 2024 100 | 100 by 2030 | achieved  |      |
        a newest figure of zero is a fall of all    | down_good | 2015 4, 2024 0   |             | on_track  | -100 % |
        a newest figure of zero where more is meant | up_good   | 2015 4, 2024 0   |             | backwards | -100 % |
        """,
    ),
    Section(
        "Negative figures",
        """All negative: the published method turns the direction round, because a smaller minus is more. Mixed signs
are not comparable, unless the target is met. What is meant to change sign is declared as a `difference`
(see the linear pace).""",
        """
        case                                        | direction | figures             | target       | status                       | rate   | note
        a smaller minus is more                     | up_good   | 2015 -10, 2024 -8   |              | on_track                     | 2.4 %  |
        a larger minus is less                      | up_good   | 2015 -10, 2024 -12  |              | backwards                    | -2.0 % |
        where lower is better                       | down_good | 2015 -10, 2024 -12  |              | on_track                     | -2.0 % |
        toward a target                             | up_good   | 2015 -10, 2024 -7   | -5 by 2030   | too_slow                     | 3.9 %  |
        toward zero from below                      | up_good   | 2015 -10, 2024 -7   | 0 by 2030    | limited                      | 3.9 %  | zero_target
        from zero to below                          | up_good   | 2015 0, 2024 -7     |              | backwards                    |        | zero_base
        mixed signs                                 | up_good   | 2015 -10, 2024 4    |              | not_assessed: not_comparable |        | mixed_signs
        a target of the other sign                  | up_good   | 2015 -10, 2024 -4   | 5 by 2030    | not_assessed: not_comparable |        | mixed_signs
        mixed signs, but the target is met          | up_good   | 2015 -10, 2024 6    | 5 by 2030    | achieved                     |        |
        """,
    ),
    Section(
        "Counts of rare events",
        f"""From no hate crime to three, or from two to one: chance alone can do that. Where both figures are under
{SMALL_COUNT} no judgement is made; a note marks a base under {SMALL_COUNT}. The figures themselves are shown.""",
        """
        case                    | scale | figures            | status                      | note
        none, then three        | count | 2015 0, 2024 3     | not_assessed: small_numbers |
        two, then one           | count | 2015 2, 2024 1     | not_assessed: small_numbers |
        two, then ninety        | count | 2015 2, 2024 90    | backwards                   | small_counts
        thirty, then twenty     | count | 2015 30, 2024 20   | on_track                    |
        a rate is no count      | rate  | 2015 2, 2024 1     | on_track                    |
        """,
        {"direction": "down_good"},
    ),
    Section(
        "Figures beyond all measure",
        "Where the arithmetic of a computer ends, nothing is claimed.",
        """
        case                                | figures                  | status                       | note
        growth too large for any number     | 2023 1e-300, 2024 1e300  | not_assessed: not_comparable | out_of_range
        """,
        {"direction": "up_good"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
