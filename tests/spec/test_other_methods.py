# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

import math

from monitor import plugins
from monitor.methods._scale import ABOVE_ZERO, Step
from tests.spec import Section, cases, verify

INTRODUCTION = """# The other methods

An indicator names its method (`method`) and tells it what it needs (`method_options`). Each method keeps its own words;
the statuses are those of this project. Cut-offs are least values: exactly at one, the better class holds. A target that
is met is `achieved`; a target whose date has passed and that is not met is never `on_track`."""


def _least(step: Step) -> str:
    if step.least == -math.inf:
        return "less"
    return "more than 0" if step.least == ABOVE_ZERO else f"{step.least:g} or more"


def _described(name: str) -> str:
    module = plugins.module("methods", name)
    title, _, text = module.__doc__.partition("\n\n")
    parts = [f"**`{name}`** {' '.join(title.split())}", text.strip(), f"Source: {module.SOURCE}."]
    for measure, steps in module.THRESHOLDS.items():
        rows = "\n".join(f"| {_least(s)} | `{s.status}` | {s.word} |" for s in steps)
        parts.append(f"| {measure} | status | word |\n|---|---|---|\n{rows}")
    if module.OPTIONS:
        parts.append("Options: " + "; ".join(f"`{k}`: {v}" for k, v in module.OPTIONS.items()) + ".")
    if module.UNCONFIRMED:
        parts.append("Unconfirmed: " + "; ".join(module.UNCONFIRMED) + ".")
    return "\n\n".join(parts)


NAMES = ("eurostat", "un_progress_chart", "un_progress_chart_undata", "unescap", "sdsn", "germany", "milestones",
         "ordinal", "interval", "relative")
__doc__ = "\n\n".join([INTRODUCTION, *map(_described, NAMES)])

SECTIONS = [
    Section(
        "Worked ratios",
        """From 10 in 2015 to 5 in 2030. Growth methods need 4.5 % less a year. Eurostat measures since 2019; the UN
projects the growth to 2030; Germany extends the mean change since 2019; ESCAP's ratio is a tenth of its index.""",
        """
        case                                     | method                   | figures                                        | status    | word                                                                 | ratio
        Eurostat: half of the pace               | eurostat                 | 2015 10, 2019 9, 2024 8                        | limited   | insufficient progress; long term: not calculated                     | 0.45
        Eurostat: fifteen years too              | eurostat                 | 2009 12, 2015 10, 2019 9, 2024 7.2             | too_slow  | moderate progress; long term: moderate progress                      | 0.84
        UN 2023: 7.9 in 2030, 0.42 of the way    | un_progress_chart        | 2015 10, 2024 8.67                             | too_slow  | fair progress, but acceleration needed                               | 0.42
        UN 2023: hardly any                      | un_progress_chart        | 2015 10, 2024 9.9                              | limited   | stagnation or regression                                             | 0.03
        UN 2023: the wrong way                   | un_progress_chart        | 2015 10, 2024 10.1                             | backwards | stagnation or regression                                             | -0.03
        UN 2026: marginal                        | un_progress_chart_undata | 2015 10, 2024 8.67                             | limited   | marginal progress, and significant acceleration needed               | 0.42
        UN 2026: stagnation                      | un_progress_chart_undata | 2015 10, 2024 9.9                              | limited   | stagnation                                                           | 0.03
        Germany: 0.3 a year, a tenth short       | germany                  | 2019 8.5, 2021 8, 2022 7.7, 2024 7             | too_slow  | sun and cloud                                                        | 0.90
        """,
        {"target": "5 by 2030", "direction": "down_good", "scale": "rate"},
    ),
    Section(
        "Only a direction, in Germany",
        "The mean change of five years first, the last change second.",
        """
        case               | figures                            | status    | word
        both right         | 2019 9, 2021 8, 2023 8, 2024 7     | on_track  | sun
        the last one wrong | 2019 9, 2021 8, 2023 7, 2024 7.5   | too_slow  | sun and cloud
        only the last one  | 2019 7, 2021 8, 2023 9, 2024 8     | limited   | cloud
        neither            | 2019 7, 2021 8, 2023 8, 2024 9     | backwards | storm
        nothing moves      | 2019 7, 2021 7, 2023 7, 2024 7     | limited   | storm
        """,
        {"method": "germany", "direction": "down_good"},
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
