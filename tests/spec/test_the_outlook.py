# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor.methods._probability import DECAY, DRIFT_STEPS, LEAST_CHANCE, USUAL, USUAL_WEIGHT
from monitor.methods.outlook import PACE, PROVISIONAL, THRESHOLDS
from tests.spec import Section, cases, verify

_AIM, _WAY, _FAST = THRESHOLDS.values()

__doc__ = f"""# The chance of meeting a target

Method `outlook`: the project's own. It is not the default; docs/backtest.md shows how often its calls came true, and
docs/decisions/019-the-outlook.md why it is as it is. On a scale on which steps are alike, figures move like a random walk:

- the scale is the logit between two natural limits, the logarithm of sizes and counts, none for differences;
- the movement of a year, *s*, is the mean size of the steps seen since the last break, each year of age with {DECAY:g} of
  the weight, mixed with the weight of {USUAL_WEIGHT:g} step of the usual movement ({USUAL["logit"]:g} on the logit,
  {USUAL["log"]:g} on the logarithm, {USUAL["count"]:g} for counts, {USUAL["straight"]:g} of the largest figure for differences);
- of the median step a year, *n* / (*n* + {DRIFT_STEPS:g}) goes on, for *n* steps;
- the chance is that of Student's *t* with four degrees of freedom for the way left to the target over *s* times the root
  of the years left; never nearer than {LEAST_CHANCE:.0%} to impossible or certain.

| chance of meeting the target | status | word of the method |
|---|---|---|
{chr(10).join(f"| {f'from {s.least:.0%}' if s.least >= 0 else 'less'} | `{s.status}` | {s.word} |" for s in _AIM)}

A target that is met is `achieved`. One that is unlikely, from which the figures have moved away by more than noise, is
`backwards`. The change since the base is more than noise where the chance that it went the wished way is above
{_WAY[0].least:.0%} or below {_WAY[1].least:.0%}.
"""

SECTIONS = [
    Section(
        "The more is left and the less time, the smaller the chance",
        "A rate that has stood at 100 since 2015, higher is better, and nothing but usual movement.",
        """
        case             | figures             | target      | status    | chance | note
        little is left   | 2015 100, 2025 100  | 101 by 2030 | too_slow  | 48 %   | within_noise
        more             | 2015 100, 2025 100  | 110 by 2030 | too_slow  | 33 %   | within_noise
        much             | 2015 100, 2025 100  | 130 by 2030 | limited   | 13 %   | within_noise
        the same, sooner | 2015 100, 2025 100  | 110 by 2027 | limited   | 25 %   | within_noise
        very much        | 2015 100, 2025 100  | 200 by 2030 | limited   | 1 %    | within_noise
        met              | 2015 100, 2025 120  | 110 by 2030 | achieved  | 62 %   |
        met and missed   | 2015 100, 2025 100  | 110 by 2020 | limited   |        | target_missed
        """,
        {"method": "outlook", "scale": "rate", "direction": "up_good"},
    ),
    Section(
        "What is no more than noise is not a change",
        f"""Without a target: `{_FAST[0].status}` where the chance that the change is at least {PACE:.0%} a year in the
wished direction is {_FAST[0].least:.0%} or more, `{_WAY[0].status}` where it surely goes the wished way, `{_WAY[2].status}` where
it surely goes the other way, else `{_WAY[1].status}`: change not distinguishable from noise. Lower is better.""",
        """
        case                        | figures                                                                                      | status    | word                                 | note
        two figures prove little    | 2015 100, 2025 80                                                                            | limited   | change not distinguishable from noise | within_noise
        up and down                 | 2015 100, 2016 120, 2017 90, 2018 110, 2019 85, 2020 115, 2021 95, 2022 90                   | limited   | change not distinguishable from noise | within_noise
        steadily, fast enough       | 2015 100, 2016 94, 2017 89, 2018 84, 2019 79, 2020 75, 2021 71, 2022 67, 2023 63, 2024 60    | on_track  | moving the wished way, fast enough   |
        steadily, slowly            | 2015 100, 2016 99.6, 2017 99.1, 2018 98.7, 2019 98.2, 2020 97.8, 2021 97.3, 2022 96.9, 2023 96.4, 2024 96, 2025 95.5 | limited | change not distinguishable from noise | within_noise
        steadily the other way      | 2015 60, 2016 63, 2017 67, 2018 71, 2019 75, 2020 79, 2021 84, 2022 89, 2023 94, 2024 100    | backwards | moving the other way                 |
        """,
        {"method": "outlook", "scale": "rate", "direction": "down_good"},
    ),
    Section(
        "Figures that say less",
        f"A provisional or estimated newest figure (P, E) is as if it were {PROVISIONAL:g} year older; rare events have the noise of counting.",
        """
        case                    | figures                     | scale      | target     | status   | chance
        final                   | 2024 10, 2025 12            | difference | 15 by 2028 | limited  | 27 %
        provisional             | 2024 10, 2025 12 P          | difference | 15 by 2028 | limited  | 30 %
        thousands               | 2024 6000, 2025 6000        | count      | 8000 by 2026 | limited | 8 %
        a hundred               | 2024 60, 2025 60            | count      | 80 by 2026 | limited  | 15 %
        """,
        {"method": "outlook", "direction": "up_good"},
    ),
    Section(
        "What it does not judge",
        "",
        """
        case                                   | figures           | direction | scale  | target    | status                       | note
        one figure                             | 2024 10           | up_good   | rate   | 15 by 2030 | not_assessed: too_few_points |
        yes or no has no movement              | 2015 0, 2024 1    | up_good   | binary |           | not_assessed: not_comparable | no_growth_rate
        no chance that a figure hits a number  | 2015 10, 2024 12  | target    | rate   | 15 by 2030 | not_assessed: not_applicable | both_sides
        """,
        {"method": "outlook"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
