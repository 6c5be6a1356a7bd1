# ruff: noqa: E501 - the tables are read across
"""# Awkward series under every method

The same list of series before every method. Scale `percent` has the limits 0 and 100, `index` -5 and 5. Each cell is the status, or, after a dash, why there is none; behind the
slash the key of the note. `un` is `un_progress_chart`, `un26` is `un_progress_chart_undata`.

What only some methods need is declared alike for all rows: `sdsn` has green 5, red 15 and the year of the target
(2030 without one); `interval` keeps between 3 and 5; `relative` halves the base by that year; `milestones` has 8 in 2022 (in 2010 where
the target is due earlier); `ordinal` has five steps from 0 to 20. Where the declared direction is `target`, `sdsn` has no colours.
These methods therefore judge in the tables without a target too, except `milestones` and `unescap`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from monitor.judge import judge
from monitor.series import Series
from tests.fiction import indicator, series, target
from tests.spec import AS_OF, Section

METHODS = {
    "statcan": "statcan", "eurostat": "eurostat", "un": "un_progress_chart", "un26": "un_progress_chart_undata",
    "unescap": "unescap", "sdsn": "sdsn", "germany": "germany", "milestones": "milestones", "relative": "relative",
    "interval": "interval", "ordinal": "ordinal", "binary": "binary", "outlook": "outlook",
}

#: natural limits of the scales in the tables
BOUNDS = {"percent": [0, 100], "index": [-5, 5]}

SECTIONS = [
    Section(
        "Zero, sign and size",
        "With a target of 5 by 2030 unless the case says otherwise; lower is better.",
        """
        case                              | scale      | target      | figures                                          | statcan                         | eurostat                          | un                                | un26                              | unescap                 | sdsn                    | germany                 | milestones              | relative                        | interval                | ordinal                      | binary          | outlook
        zero, then zero                   | rate       | 0 by 2030   | 2015 0, 2020 0, 2020 0, 2022 0, 2023 0, 2024 0   | achieved                        | achieved                          | achieved                          | achieved                          | achieved                | achieved                | achieved                | achieved                | achieved                        | limited                 | achieved                     | achieved        | achieved
        a base of zero                    | rate       | 5 by 2030   | 2015 0, 2020 3, 2022 5, 2023 6, 2024 7           | backwards / target_lost         | backwards / target_lost           | backwards / target_lost           | - not_comparable / zero_growth    | backwards / target_lost | backwards / target_lost | backwards / target_lost | on_track / target_lost  | backwards / target_lost         | limited                 | backwards / target_lost      | backwards       | too_slow / target_lost
        a target of zero                  | rate       | 0 by 2030   | 2015 10, 2020 8, 2022 7, 2023 6, 2024 5          | limited / zero_target           | limited / zero_target             | too_slow / zero_target            | too_slow / zero_target            | too_slow                | achieved                | too_slow                | on_track                | achieved                        | achieved                | too_slow                     | not_met         | limited / within_noise
        base = target, kept               | rate       | 5 by 2030   | 2015 5, 2020 5, 2022 5, 2023 5, 2024 5           | achieved                        | achieved                          | achieved                          | achieved                          | achieved                | achieved                | achieved                | achieved                | limited                         | achieved                | achieved                     | achieved        | achieved
        base = target, lost               | rate       | 5 by 2030   | 2015 5, 2020 5, 2022 6, 2023 6, 2024 7           | backwards / target_lost         | backwards / target_lost           | backwards / target_lost           | backwards / target_lost           | backwards / target_lost | backwards / target_lost | backwards / target_lost | on_track / target_lost  | backwards                       | backwards / target_lost | backwards / target_lost      | backwards       | limited / target_lost
        a change of sign                  | rate       | -5 by 2030  | 2015 10, 2020 4, 2022 2, 2023 1, 2024 -1         | - not_comparable / mixed_signs  | - not_comparable / mixed_signs    | - not_comparable / mixed_signs    | - not_comparable / mixed_signs    | on_track                | achieved                | on_track                | on_track                | achieved                        | limited                 | - not_comparable / off_scale | not_met         | limited
        a change of sign, as a difference | difference | -5 by 2030  | 2015 10, 2020 4, 2022 2, 2023 1, 2024 -1         | on_track                        | - not_comparable / no_growth_rate | - not_comparable / no_growth_rate | - not_comparable / no_growth_rate | on_track                | achieved                | on_track                | on_track                | achieved                        | limited                 | - not_comparable / off_scale | not_met         | limited
        a target across zero              | rate       | -5 by 2030  | 2015 10, 2020 8, 2022 8, 2023 7, 2024 7          | - not_comparable / mixed_signs  | - not_comparable / mixed_signs    | - not_comparable / mixed_signs    | - not_comparable / mixed_signs    | too_slow                | too_slow                | limited                 | too_slow                | too_slow                        | on_track                | limited                      | not_met         | limited / within_noise
        negative figures                  | rate       | -20 by 2030 | 2015 -10, 2020 -12, 2022 -13, 2023 -13, 2024 -14 | too_slow                        | too_slow                          | too_slow                          | too_slow                          | too_slow                | achieved                | limited                 | on_track                | achieved                        | backwards               | - not_comparable / off_scale | not_met         | limited / within_noise
        rare counts                       | count      | 0 by 2030   | 2015 0, 2020 1, 2022 0, 2023 2, 2024 3           | - small_numbers                 | - small_numbers                   | - small_numbers                   | - small_numbers                   | - small_numbers         | - small_numbers         | - small_numbers         | - small_numbers         | - small_numbers                 | - small_numbers         | - small_numbers              | - small_numbers | - small_numbers
        beyond all measure                | rate       | 5 by 2030   | 2015 1e-300, 2020 1, 2022 1, 2023 1, 2024 1e300  | - not_comparable / out_of_range | backwards / target_lost           | - not_comparable / out_of_range   | - not_comparable / out_of_range   | backwards / target_lost | backwards / target_lost | backwards / target_lost | backwards / target_lost | - not_comparable / out_of_range | backwards / target_lost | - not_comparable / off_scale | backwards       | limited / target_lost
        not a number, infinite            | rate       | 5 by 2030   | 2015 10, 2020 nan, 2022 inf                      | - too_few_points                | - too_few_points                  | - too_few_points                  | - too_few_points                  | - too_few_points        | - too_few_points        | - too_few_points        | - too_few_points        | - too_few_points                | - too_few_points        | not_met                      | not_met         | - too_few_points
        """,
    ),
    Section(
        "Points and years",
        "",
        """
        case                                   | scale | target    | figures                                                           | statcan                            | eurostat                           | un                                 | un26                               | unescap                            | sdsn                               | germany                            | milestones                         | relative                           | interval                           | ordinal                    | binary                    | outlook
        one figure                             | rate  | 5 by 2030 | 2024 8                                                            | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | not_met                    | not_met                   | - too_few_points
        one figure, met                        | rate  | 5 by 2030 | 2024 4                                                            | achieved                           | - too_few_points                   | - too_few_points                   | - too_few_points                   | achieved                           | achieved                           | achieved                           | achieved                           | - too_few_points                   | achieved                           | achieved                   | achieved                  | achieved
        two figures                            | rate  | 5 by 2030 | 2015 10, 2024 6                                                   | on_track                           | - too_few_points                   | on_track                           | on_track                           | on_track                           | - too_few_points                   | - too_few_points                   | on_track / milestone_missed        | on_track                           | on_track                           | limited                    | not_met                   | too_slow / within_noise
        three figures                          | rate  | 5 by 2030 | 2015 10, 2020 8, 2024 6                                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | - too_few_points                   | on_track                           | on_track                           | on_track                           | limited                    | not_met                   | too_slow / within_noise
        gaps                                   | rate  | 5 by 2030 | 2015 10, 2019 8, 2024 6                                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | - too_few_points                   | on_track                           | on_track                           | on_track                           | limited                    | not_met                   | too_slow / within_noise
        no figure of the base year, later ones | rate  | 5 by 2030 | 2017 10, 2020 8, 2022 7, 2023 7, 2024 6                           | on_track / base_later              | on_track                           | on_track / base_later              | on_track / base_later              | on_track / base_later              | on_track                           | on_track                           | on_track / base_later              | on_track / base_later              | on_track / base_later              | limited / base_later       | not_met                   | too_slow / within_noise
        only earlier ones beside the newest    | rate  | 5 by 2030 | 2012 10, 2014 9, 2024 6                                           | - too_few_points                   | - too_few_points                   | on_track / base_earlier            | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | - too_few_points                   | not_met                    | not_met                   | - too_few_points
        no figure since the base year          | rate  | 5 by 2030 | 2010 10, 2011 9, 2012 8, 2013 7                                   | - too_few_points                   | on_track                           | on_track / base_earlier            | - too_few_points                   | - too_few_points                   | - too_few_points                   | on_track                           | - too_few_points                   | - too_few_points                   | - too_few_points                   | not_met                    | not_met                   | - too_few_points
        years that straddle two                | rate  | 5 by 2030 | 2015/16 10, 2020/21 8, 2021/22 8, 2022/23 7, 2023/24 7, 2024/25 6 | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | limited                    | not_met                   | too_slow / within_noise
        the same year twice                    | rate  | 5 by 2030 | 2015 10, 2015 10, 2020 7, 2022 7, 2023 6, 2024 6, 2024 6          | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | on_track                           | limited                    | not_met                   | limited
        the newest figure withheld             | rate  | 5 by 2030 | 2015 10, 2020 7, 2022 7, 2023 6, 2024 - Q                         | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed                       | - suppressed               | - suppressed              | - suppressed
        a break between base and newest        | rate  | 5 by 2030 | 2015 10, 2019 20 B, 2020 17, 2022 16, 2023 15, 2024 14            | limited / break_in_series          | limited / break_in_series          | too_slow / break_in_series         | too_slow / break_in_series         | too_slow / break_in_series         | too_slow / break_in_series         | too_slow / break_in_series         | limited / milestone_missed         | on_track / break_in_series         | too_slow / break_in_series         | too_slow / break_in_series | not_met / break_in_series | limited / within_noise
        the newest figure begins a new series  | rate  | 5 by 2030 | 2015 10, 2020 7, 2023 6, 2024 12 B                                | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | - not_comparable / break_in_series | not_met / break_in_series  | not_met / break_in_series | - not_comparable / break_in_series
        """,
    ),
    Section(
        "Targets and their dates",
        "",
        """
        case                                  | scale | target    | figures                                                           | statcan                      | eurostat                     | un                           | un26                         | unescap                      | sdsn                         | germany                      | milestones                   | relative                  | interval                 | ordinal                   | binary    | outlook
        met                                   | rate  | 5 by 2030 | 2015 10, 2020 6, 2022 6, 2023 5, 2024 4                           | achieved                     | achieved                     | achieved                     | achieved                     | achieved                     | achieved                     | achieved                     | achieved                     | achieved                  | achieved                 | achieved                  | achieved  | achieved
        met, and worsening                    | rate  | 5 by 2030 | 2015 2, 2020 3, 2022 3, 2023 4, 2024 4                            | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | achieved / met_but_worsening | backwards                 | achieved                 | achieved                  | achieved  | achieved / met_but_worsening
        met, then lost                        | rate  | 5 by 2030 | 2015 4, 2020 4, 2022 5, 2023 6, 2024 6                            | backwards / target_lost      | backwards / target_lost      | backwards / target_lost      | backwards / target_lost      | backwards / target_lost      | backwards / target_lost      | backwards / target_lost      | on_track / target_lost       | backwards                 | backwards / target_lost  | backwards / target_lost   | backwards | limited / target_lost
        met on its date, then lost            | rate  | 5 by 2020 | 2015 10, 2019 6, 2020 5, 2021 6, 2022 6, 2023 7, 2024 7           | limited / target_not_held    | backwards / target_not_held  | too_slow / target_not_held   | limited / target_not_held    | too_slow / target_not_held   | backwards / target_not_held  | backwards / target_not_held  | too_slow / target_not_held   | limited / target_not_held | limited / target_missed  | limited / target_not_held | not_met   | limited / target_not_held
        its date has passed, missed by little | rate  | 5 by 2020 | 2015 10, 2019 6, 2020 5.1, 2021 5.1, 2022 5.1, 2023 5.1, 2024 5.1 | limited / target_missed      | limited / target_missed      | too_slow / target_missed     | too_slow / target_missed     | too_slow / target_missed     | limited / target_missed      | limited / target_missed      | too_slow / target_missed     | limited / target_missed   | limited / target_missed  | limited / target_missed   | not_met   | limited / target_missed
        its date has passed, far from it      | rate  | 5 by 2020 | 2015 10, 2020 9, 2021 9, 2022 9, 2023 9, 2024 9                   | limited / target_missed      | limited / target_missed      | too_slow / target_missed     | limited / target_missed      | too_slow / target_missed     | limited / target_missed      | limited / target_missed      | limited / target_missed      | limited / target_missed   | limited / target_missed  | limited / target_missed   | not_met   | limited / target_missed
        due before the base                   | rate  | 5 by 2012 | 2015 10, 2020 8, 2022 8, 2023 7, 2024 7                           | limited / target_missed      | limited / target_missed      | limited / target_missed      | limited / target_missed      | too_slow / target_missed     | limited / target_missed      | limited / target_missed      | too_slow / target_missed     | limited / target_missed   | too_slow / target_missed | limited / target_missed   | not_met   | limited / target_missed
        as fast as needed                     | rate  | 5 by 2030 | 2015 10, 2018 9, 2020 8, 2022 7.6, 2023 7.3, 2024 7               | too_slow                     | too_slow                     | too_slow                     | too_slow                     | too_slow                     | too_slow                     | limited                      | on_track                     | too_slow                  | on_track                 | limited                   | not_met   | limited / within_noise
        no movement                           | rate  | 5 by 2030 | 2015 10, 2020 10, 2022 10, 2023 10, 2024 10                       | limited                      | limited                      | limited                      | limited                      | limited                      | limited                      | limited                      | limited / milestone_missed   | limited                   | limited                  | limited                   | not_met   | limited / within_noise
        the wrong way                         | rate  | 5 by 2030 | 2015 10, 2020 11, 2022 12, 2023 12, 2024 13                       | backwards                    | backwards                    | backwards                    | backwards                    | backwards                    | backwards                    | backwards                    | backwards / milestone_missed | backwards                 | backwards                | backwards                 | backwards | limited / within_noise
        """,
    ),
    Section(
        "Without a target",
        "",
        """
        case                                     | scale   | target | figures                                     | statcan                           | eurostat                          | un                                | un26                              | unescap                      | sdsn                         | germany   | milestones                   | relative                | interval                | ordinal                      | binary                       | outlook
        falling                                  | rate    |        | 2015 10, 2020 9, 2022 9, 2023 8, 2024 7     | on_track                          | on_track                          | on_track                          | on_track                          | - not_applicable / no_target | on_track                     | on_track  | - not_applicable / no_target | too_slow                | on_track                | limited                      | - not_applicable / no_target | limited / within_noise
        no movement                              | rate    |        | 2015 10, 2020 10, 2022 10, 2023 10, 2024 10 | limited                           | limited                           | limited                           | limited                           | - not_applicable / no_target | limited                      | limited   | - not_applicable / no_target | limited                 | limited                 | limited                      | - not_applicable / no_target | limited / within_noise
        rising                                   | rate    |        | 2015 10, 2020 11, 2022 12, 2023 12, 2024 13 | backwards                         | backwards                         | backwards                         | backwards                         | - not_applicable / no_target | backwards                    | backwards | - not_applicable / no_target | backwards               | backwards               | backwards                    | - not_applicable / no_target | limited / within_noise
        zero, then zero                          | rate    |        | 2015 0, 2020 0, 2022 0, 2023 0, 2024 0      | limited / zero_base               | limited / zero_base               | limited / zero_base               | - not_comparable / zero_growth    | - not_applicable / no_target | achieved                     | limited   | - not_applicable / no_target | achieved                | limited                 | achieved                     | - not_applicable / no_target | limited / within_noise
        at the best possible value               | percent |        | 2015 3, 2020 2, 2022 1, 2023 0, 2024 0      | achieved                          | on_track                          | on_track                          | - not_comparable / zero_growth    | - not_applicable / no_target | achieved                     | too_slow  | - not_applicable / no_target | achieved                | backwards / target_lost | achieved                     | - not_applicable / no_target | limited / within_noise
        at the best possible value, and left     | percent |        | 2015 0, 2020 0, 2022 0, 2023 1, 2024 2      | backwards / zero_base             | backwards / zero_base             | backwards / zero_base             | - not_comparable / zero_growth    | - not_applicable / no_target | achieved / met_but_worsening | backwards | - not_applicable / no_target | backwards / target_lost | on_track                | backwards / target_lost      | - not_applicable / no_target | limited / within_noise
        an index across zero                     | index   |        | 2015 2, 2020 1, 2022 1, 2023 0, 2024 -1     | - not_comparable / no_growth_rate | - not_comparable / no_growth_rate | - not_comparable / no_growth_rate | - not_comparable / no_growth_rate | - not_applicable / no_target | achieved                     | on_track  | - not_applicable / no_target | achieved                | backwards               | - not_comparable / off_scale | - not_applicable / no_target | limited / within_noise
        yes and no: what should not be has ended | binary  |        | 2015 1, 2020 1, 2022 1, 2023 0, 2024 0      | achieved                          | on_track                          | achieved                          | - not_applicable / no_growth_rate | - not_applicable / no_target | achieved                     | too_slow  | - not_applicable / no_target | achieved                | backwards               | achieved                     | achieved                     | - not_comparable / no_growth_rate
        """,
    ),
    Section(
        "From both sides",
        "Direction `target`: nearer to 5 is better.",
        """
        case                             | scale | target    | figures                                 | statcan                      | eurostat                     | un                           | un26                         | unescap                      | sdsn                             | germany                      | milestones                   | relative  | interval  | ordinal                      | binary                       | outlook
        nearer from above                | rate  | 5 by 2030 | 2015 10, 2020 8, 2022 7, 2023 7, 2024 6 | on_track                     | on_track                     | on_track                     | on_track                     | on_track                     | - not_applicable / no_thresholds | on_track                     | on_track / milestone_missed  | on_track  | on_track  | limited                      | not_met                      | - not_applicable / both_sides
        from below to above              | rate  | 5 by 2030 | 2015 2, 2020 4, 2022 5, 2023 6, 2024 7  | limited / met_between        | backwards / met_between      | too_slow / met_between       | too_slow / met_between       | backwards / met_between      | - not_applicable / no_thresholds | backwards / met_between      | on_track / milestone_missed  | backwards | backwards | limited / met_between        | not_met                      | - not_applicable / both_sides
        passed to the other side, as far | rate  | 5 by 2030 | 2015 2, 2020 4, 2022 6, 2023 7, 2024 8  | limited                      | backwards                    | limited                      | limited                      | backwards                    | - not_applicable / no_thresholds | backwards                    | limited / milestone_missed   | backwards | backwards | limited                      | not_met                      | - not_applicable / both_sides
        no target                        | rate  |           | 2015 2, 2020 4, 2022 6, 2023 7, 2024 8  | - not_applicable / no_target | - not_applicable / no_target | - not_applicable / no_target | - not_applicable / no_target | - not_applicable / no_target | - not_applicable / no_thresholds | - not_applicable / no_target | - not_applicable / no_target | backwards | backwards | - not_applicable / no_target | - not_applicable / no_target | - not_applicable / both_sides
        """,
        {"direction": "target"},
    ),
]


def _declared(row: dict[str, str], method: str) -> dict[str, Any]:
    value, _, when = row["target"].partition(" by ")
    when = when or "2030"
    options: dict[str, dict[str, Any]] = {
        "sdsn": {"green": 5, "red": 15, "by": int(when)}, "interval": {"low": 3, "high": 5, "by": int(when)},
        "relative": {"factor": 0.5, "by": int(when)},
        "ordinal": {"steps": ["very low", "low", "middle", "high", "very high"]},
    }
    declared: dict[str, Any] = {k: row[k] for k in ("direction", "scale") if row.get(k)}
    declared |= {"method": METHODS[method], "method_options": options.get(method, {}), "max_age": "P15Y"}
    if value:
        final = target(float(value), when)
        early = target(8, "2022" if when > "2022" else "2010")
        declared["targets"] = [early, final] if method == "milestones" else [final]
    return declared | {"bounds": [0, 20] if method == "ordinal" else BOUNDS.get(row["scale"], [None, None])}


@cache
def _all() -> dict[str, str]:
    """Every method on every row, judged in one go: an indicator for each pair."""
    keys, made, given = [], {}, []
    for section in SECTIONS:
        for row in section.rows:
            for method in METHODS:
                name = f"I{len(keys)}"
                keys.append(f"{method}: {section.title}: {row['case']}")
                made[name] = indicator(name, **_declared(section.common | row, method))
                given.append(series("\n".join(f"DEU {f.strip()}" for f in row["figures"].split(",")), name))
    judged = judge(made, Series.concat(given), ["DEU"], [], {}, date.fromisoformat(AS_OF))
    shown = [f"- {got.reason}" if got.reason else str(got.status) for got in judged]
    return {key: f"{text} / {got.note}" if got.note else text
            for key, text, got in zip(keys, shown, judged, strict=True)}


@pytest.mark.parametrize(("key", "said"), [
    pytest.param(key, row[method], id=key) for section in SECTIONS for row in section.rows for method in METHODS
    for key in [f"{method}: {section.title}: {row['case']}"]
])
def test(key: str, said: str) -> None:
    assert _all()[key] == said
