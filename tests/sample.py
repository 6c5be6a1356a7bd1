"""A made-up scorecard for tests of pages, PDF and charts: a fictional country with every case a page must show."""

from __future__ import annotations

from dataclasses import replace

from monitor.scorecard import Block, Citation, Count, Line, Point, Scorecard
from monitor.told import Aside, Asked, Example, Figure, Group, Objective, Promise, Unmeasured

CITATION = Citation(
    source="fiction", publisher="Statistics Office of Exampleland", official=True, series="EX.REM.COST",
    title="Cost of sending money home", citation="Statistics Office of Exampleland, series EX.REM.COST",
    url="https://example.org/data/EX.REM.COST", retrieved="10 May 2023", sha256="ab" * 32,
    licence="CC BY 4.0", origin="shipped", came_from="publisher file", came_from_sha256="cd" * 32,
)
#: status, reason, title, unit, first and last value: long words, big numbers, breaks and gaps on purpose
CASES = [
    ("achieved", "", "Births registered", "% of children under 5", 91.0, 99.6),
    ("on_track", "", "Cost of sending money home", "% of the amount sent", 9.8, 4.1),
    ("too_slow", "", "Employment gap between nationals and citizens of countries outside the European Union",
     "percentage points", 17.2, 14.9),
    ("limited", "", "Labour rights: gap to international standards", "score, 0 best, 10 worst", 3.4, 3.3),
    ("backwards", "", "Deaths and disappearances on migration routes, documented minimum", "people", 541, 1893),
    ("not_assessed", "needs_companion", "Hate crimes recorded by the police", "crimes", 8113, 17007),
    ("not_assessed", "context_only", "Refugees hosted", "people", 1063765, 2593007),
    ("not_assessed", "needs_register", "Public figures and series addressing xenophobia", "a year", None, None),
    ("not_assessed", "no_data", "Felt discriminated against in the last 12 months", "% of people", None, None),
    ("not_assessed", "too_few_points", "Policies for orderly migration", "score, 1 to 4", 3, 3),
]


def line(number: int) -> Line:
    """The n-th case as a line of a scorecard."""
    status, reason, title, unit, first, last = CASES[number]
    points: tuple[Point, ...] = ()
    if first is not None and last is not None:
        step = (last - first) / 9
        points = tuple(
            Point(str(2014 + i), 2014.0 + i, first + step * i + (0.03 * first if i % 3 == 1 else 0),
                  f"{first + step * i:,.1f}", "B" if i == 4 and number == 4 else "A",
                  "break in the series" if i == 4 and number == 4 else "")
            for i in range(10) if not (number == 2 and i == 5)
        )
        if number == 9:
            points = points[-1:]
    latest = Figure(points[-1].text, points[-1].period, points[-1].value) if points else None
    return Line(
        id=f"IND-{number + 1:02d}", title=title,
        definition=f"{title}: what it counts, who counts it and who is left out, in one or two plain sentences.",
        kind=("outcome", "process", "structure", "context")[number % 4],
        kind_text=("result", "effort", "commitment", "context")[number % 4],
        added_by="project" if number % 2 else "recommendation", asks=("level of hate crime",) if number == 5 else (),
        unit=unit, direction="down_good", direction_text="lower is better", status=status,
        status_text=status.replace("_", " "), reason=reason,
        reason_text={"": "", "needs_companion": "cannot be read alone"}.get(reason, reason.replace("_", " ")),
        sentence=f"{title} went from {points[0].text} in {points[0].period} to {points[-1].text} in "
        f"{points[-1].period}." if points else "No figures are published for this area.",
        grade="B" if points else "", grade_text="B, fair" if points else "",
        grade_why=("the newest figure is old for its kind", "some periods have no figure") if points else (),
        latest=latest, base=Figure(points[0].text, points[0].period, points[0].value) if len(points) > 1 else None,
        target=Figure("3.0", "2030", 3.0) if number == 1 else None,
        target_text="3 % by 2030 (SDG target 10.c)" if number == 1 else "No number was promised.",
        comparison=Figure("6.4", "2023", 6.4, "Southern Europe, median of 11 countries") if number == 1 else None,
        reading="A rise can mean that more victims report and police record better." if number == 5 else "",
        method="statcan", method_text="pace since 2015, Statistics Canada / Open SDG" if not reason else "",
        pace="0.82 of the pace needed" if number == 1 else "", points=points,
        group_points=tuple(Point(str(2014 + i), 2014.0 + i, 8.0 - i * 0.2, f"{8 - i * 0.2:.1f}") for i in range(10))
        if number == 1 else (),
        breakdowns=(Figure("15.2", "2023", 15.2, "women"), Figure("12.1", "2023", 12.1, "men")) if number == 2 else (),
        notes=("2018 is a break in the series: earlier figures are not compared.",) if number == 4 else (),
        caveats=("Small samples.",) if number == 2 else (), citations=(CITATION,) if points else (),
        purpose="To see what changed.", do_no_harm="Nobody can be recognised.",
        gcm=("17 Eliminate all forms of discrimination",), sdg=("10.3.1",), bounds=(0, 100 if "%" in unit else None),
        chart_title=f"{title}: from {points[0].text} to {points[-1].text}" if points else "",
        chart_text="A line that starts in 2014 and ends in 2023." if points else "",
    )


def scorecard(name: str = "Exampleland", area: str = "EXA", lines: int = len(CASES)) -> Scorecard:
    """A scorecard of four recommendations that share out the cases."""
    every = [line(i % len(CASES)) for i in range(lines)]
    titles = ("Reach beyond the already convinced", "Genuine dialogue in the whole community",
              "Cities and regions as first responders", "A safe and open pathway to citizenship")
    counts = tuple(
        Count(k, k.replace("_", " "), sum(x.status == k for x in every)) for k in dict.fromkeys(x.status for x in every)
    )
    block = Block(
        id="R2016-1", title=titles[0],
        text="National and local authorities, civil society, migrants and diaspora association should move away from "
        "preaching to the converted when combating xenophobia.", source="Civil Society Days, Dhaka, 2016",
        addressed_to=("national authorities", "local authorities", "civil society"),
        actions=("Raise awareness among the masses without mass media.", "Use existing material through local groups."),
        asks=("Level of populism", "level of hate crime"), gcm=("16 Inclusion and social cohesion",),
        notes=("The word addressing is ambiguous.",), lines=tuple(every[:3]), counts=counts,
        kinds=(Count("structure", "commitment", 1), Count("process", "effort", 0), Count("outcome", "result", 2)),
        coloured=True, coverage="2 of 3 indicators have figures not older than five years.",
        examples=(Example("GP-1", "A library for all", "Exampleton", "Lends to everyone.", "told in a discussion"),),
    )
    share = max(1, len(every) // 4)
    blocks = tuple(
        replace(block, id=f"R2016-{n + 1}", title=titles[n],
                lines=tuple(every[n * share:(n + 1) * share if n < 3 else None]), coloured=n != 1,
                coverage=block.coverage if n != 1 else "Insufficient evidence: 1 of 4 indicators has recent figures.")
        for n in range(4)
    )
    return Scorecard(
        area=area, name=name, area_kind="country", roles=("destination: 18.8 % born abroad (2020)",),
        title="Migration promises scorecard", edition="2026-11", as_of="22 November 2026", as_of_iso="2026-11-22",
        language="en", direction="ltr", made_by="Example Network", funded_by="", contact="monitor@example.org",
        licence="CC BY 4.0", purpose="Monitors what was recommended in 2016.",
        participation="No migrants have taken part yet.",
        next_update="May 2027", engine="migration-scorecard 0.1.0",
        offline="Figures are from the vintages shipped with the project, 2022-08-01 to 2026-04-17.",
        summary=("Of 10 indicators, 2 are on track or met.", "3 go too slowly or backwards.",
                 "For 5 the evidence does not allow a judgement."),
        limits=("Recorded crime says how much police record.", "No ranking is intended."),
        counts=counts, blocks=blocks, quality=(Figure("70 %", "", 0.7, "indicators with figures"),
                                               Figure("2021", "", None, "median year of the newest figure")),
        sources=(CITATION,), missing=(("needs a curated register", ("Public figures and series",)),),
        aside=(Aside("IND-02", "Cost of sending money home", Figure("998.6", "2016", 998.6, "women"),
                     "Outside the limits."),),
        promises=(
            Promise("C-1", ("Government of Exampleland",), "A law against discrimination.", "2020", "by 2020",
                    "delivered", "delivered", "2021", "https://example.org/law"),
            Promise("C-2", ("nobody is named",), "A campaign.", "", "",
                    "unknown", "not known", "2026-11-22", "", "If asked."),
        ),
        promises_text="What was undertaken.", mandate="../mandate.html",
        unmeasured=(Unmeasured("R-9", 2016, "Share practice", "Share what works. " * 40, "Dhaka",
                               ("effort: nobody counts.",),
                               (Example("GP-2", "A festival", "Exampleton", "", "told in a discussion"),)),),
        questions=(Asked("Q-1", "How will you listen to migrants?", "No answer is on record."),),
        groups=(Group("X-WOMEN", "Women", ("The form was left blank at this place.",), ("Births: 99 % (women, 2020)",)),
                Group("X-CHILD", "Children", ("Schools for all.",), ())),
        objectives=(Objective(1, "Accurate data", 3, 2), Objective(2, "Drivers", 0, 0)),
    )
