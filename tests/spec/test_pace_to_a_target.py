# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods.statcan import PACE, PACE_SCORE
from tests.spec import Section, cases, verify

__doc__ = f"""# The pace to a target

Method `statcan`: the method of Statistics Canada as published in Open SDG (docs/progress-methodology.md, commit
26d2e387). With *y₀* the base figure of year *t₀* (2015 unless declared otherwise), *y* the newest figure of year
*t*, *y_T* the target of year *t_T*, and *d* = +1 where higher is better and −1 where lower is better:

- observed change a year: *g* = (*y* / *y₀*)^(1 / (*t* − *t₀*)) − 1
- change a year that meets the target in time: *g_T* = (*y_T* / *y₀*)^(1 / (*t_T* − *t₀*)) − 1
- pace: *R* = *d* · *g* / |*g_T*|

| the newest figure | status | word of the method |
|---|---|---|
| meets the target, *d* · *y* ≥ *d* · *y_T* | `achieved` | target achieved |
| does not; *R* ≥ {PACE["on_track"]:.0%} | `on_track` | on track |
| {PACE["too_slow"]:.0%} ≤ *R* < {PACE["on_track"]:.0%} | `too_slow` | progress made but acceleration needed |
| {PACE["limited"]:.0%} ≤ *R* < {PACE["too_slow"]:.0%} | `limited` | limited progress |
| *R* < {PACE["limited"]:.0%} | `backwards` | deterioration |

The score runs from −5 to +5 in straight lines between R = {", ".join(f"{x:.0%} ({y:+g})" for x, y in PACE_SCORE)};
a target that is met scores +5.
"""

SECTIONS = [
    Section(
        "The five statuses",
        "From a base of 10 in 2015 to a target of 5 in 2030, 4.5 % less is needed every year.",
        """
        case                                            | figures           | status     | word                                  | rate   | needed | ratio | score
        met                                             | 2015 10, 2024 5   | achieved   | target achieved                       | -7.4 % | -4.5 % | 1.64  | 5
        faster than needed                              | 2015 10, 2024 6   | on_track   | on track                              | -5.5 % | -4.5 % | 1.22  | 4.44
        as fast as needed                               | 2015 10, 2024 6.6 | on_track   | on track                              | -4.5 % | -4.5 % | 1.00  | 2.85
        slower                                          | 2015 10, 2024 7.2 | too_slow   | progress made but acceleration needed | -3.6 % | -4.5 % | 0.79  | 1.38
        much slower                                     | 2015 10, 2024 8.5 | limited    | limited progress                      | -1.8 % | -4.5 % | 0.40  | -0.85
        no movement                                     | 2015 10, 2024 10  | limited    | limited progress                      | 0.0 %  | -4.5 % | 0.00  | -2.50
        the wrong way                                   | 2015 10, 2024 11  | backwards  | deterioration                         | 1.1 %  | -4.5 % | -0.24 | -3.48
        far the wrong way: the score ends at -5         | 2015 10, 2024 20  | backwards  | deterioration                         | 8.0 %  | -4.5 % | -1.77 | -5
        """,
        {"target": "5 by 2030", "direction": "down_good"},
    ),
    Section(
        "Where higher is better",
        "The same, mirrored.",
        """
        case              | figures            | status    | ratio
        met               | 2015 50, 2024 80   | achieved  | 1.68
        as fast as needed | 2015 50, 2024 66.5 | on_track  | 1.01
        slower            | 2015 50, 2024 62   | too_slow  | 0.76
        the wrong way     | 2015 50, 2024 49   | backwards | -0.07
        """,
        {"target": "80 by 2030", "direction": "up_good"},
    ),
    Section(
        "Exactly at a cut-off",
        """The better status holds. What the arithmetic of a computer adds or loses in the last digits does not count.
From 100 in 2015 to 121 in 2017, 10 % a year are needed.""",
        """
        case                | figures              | target       | status   | ratio
        95 % exactly        | 2015 100, 2016 109.5 | 121 by 2017  | on_track | 0.95
        a little less       | 2015 100, 2016 109.49 | 121 by 2017 | too_slow | 0.949
        60 % exactly        | 2015 100, 2016 106   | 121 by 2017  | too_slow | 0.60
        a little less       | 2015 100, 2016 105.99 | 121 by 2017 | limited  | 0.599
        the target exactly  | 2015 100, 2016 121   | 121 by 2017  | achieved | 2.1
        """,
        {"direction": "up_good", "as of": "2017-06-30"},
    ),
    Section(
        "A target that is met is met",
        "Whatever the trend; a note says where the trend is bad, so that a page can.",
        """
        case                                    | figures                   | status    | note
        met, and the trend is bad               | 2015 2, 2024 4    | achieved  | met_but_worsening
        met at the base and held                | 2015 4, 2024 4    | achieved  |
        met at the base and lost later          | 2015 4, 2024 6    | backwards | target_lost
        met between base and newest, and lost   | 2015 10, 2020 4, 2024 6   | on_track  | met_between
        the base is the target, and it is held  | 2015 5, 2024 5    | achieved  |
        the base is the target, and it is lost  | 2015 5, 2024 5.1  | backwards | target_lost
        """,
        {"target": "5 by 2030", "direction": "down_good"},
    ),
    Section(
        "When the target's date has passed",
        """The published method does not speak of it. Here: the newest figure of the target's year or later decides.
A target that is missed is never on track, however close; its score is at most 0. If the newest figure is older than
the target's date, the pace is judged up to it and a note says so.""",
        """
        case                                                 | figures            | target      | status    | note          | score
        met in time                                          | 2015 10, 2020 5    | 5 by 2020   | achieved  |               | 5
        met late                                             | 2015 10, 2024 5    | 5 by 2020   | achieved  |               | 5
        missed by very little                                | 2015 10, 2020 5.01 | 5 by 2020   | too_slow  | target_missed | 0
        missed, after some progress                          | 2015 10, 2024 7    | 5 by 2020   | limited   | target_missed | -1.25
        missed, and going the wrong way                      | 2015 10, 2024 11   | 5 by 2020   | backwards | target_missed | -2.84
        due before the base: only the way can be said        | 2015 10, 2024 9    | 5 by 2015   | limited   | target_missed |
        due before the base, the wrong way                   | 2015 10, 2024 11   | 5 by 2012   | backwards | target_missed |
        the newest figure is older than the target's date    | 2015 10, 2021 6.5  | 5 by 2025   | on_track  | target_due    | 3.10
        """,
        {"direction": "down_good", "max_age": "P10Y"},
    ),
    Section(
        "Targets relative to the base",
        """A target has a number. "Halve it" is declared as the number it comes to, with the citation of the promise
and the base it was worked out from. An interval is declared as its nearer end, in words: the format holds no
interval.""",
        """
        case                       | figures          | target      | status   | ratio
        halve 8 of 2015 by 2030    | 2015 8, 2024 5.2 | 4 by 2030   | on_track | 1.03
        """,
        {"direction": "down_good"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
