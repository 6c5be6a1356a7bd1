# ruff: noqa: E501 - the tables are read across
from __future__ import annotations

from monitor import judge
from tests.spec import Section, cases, verify

GATES = (judge.__doc__ or "").partition("reason:\n\n")[2].partition("\n\n")[0]
__doc__ = f"""# What cannot be judged

Every indicator has exactly one judgement in every area. Where the evidence does not carry one, the judgement is
`not_assessed` with one reason, the first of these that holds:

{GATES}

The newest figure and the base are shown all the same, where they are known.
"""

SECTIONS = [
    Section(
        "There is nothing to judge",
        """An indicator without public figures says why (`missing` in its declaration). An indicator that is not meant
for an area (`applies_to` names areas, groups, or kinds of area) does not apply there. A source that did not answer, or answered
with something else, costs its own indicators only.""",
        """
        case                                                     | missing         | applies to | area  | source      | figures          | status
        people must keep a register                              | needs_register  |            | DEU   |             |                  | not_assessed: needs_register
        a public source exists, its figures are not here         | awaiting_source |            | DEU   |             |                  | not_assessed: awaiting_source
        the area is another one                                  |                 | USNYC      | DEU   |             | 2015 9, 2024 7   | not_assessed: not_applicable
        the area is named                                        |                 | USNYC      | USNYC |             | 2015 9, 2024 7   | on_track
        the area is of another kind                              |                 | places     | DEU   |             | 2015 9, 2024 7   | not_assessed: not_applicable
        the area is in a named group                             |                 | EU27       | DEU   |             | 2015 9, 2024 7   | on_track
        a reason in the declaration comes before the source's    | needs_register  |            | DEU   | unavailable |                  | not_assessed: needs_register
        the source did not answer                                |                 |            | DEU   | unavailable |                  | not_assessed: unavailable
        the source answered with something else                  |                 |            | DEU   | unreadable  |                  | not_assessed: unreadable
        the source was read and holds nothing for the area       |                 |            | DEU   |             |                  | not_assessed: no_data
        missing values are not figures                           |                 |            | DEU   |             | 2015 - O, 2024 - M | not_assessed: no_data
        neither are values that are no numbers                   |                 |            | DEU   |             | 2015 nan, 2024 inf | not_assessed: no_data
        neither are forecasts                                    |                 |            | DEU   |             | 2015 9 F, 2024 7 F | not_assessed: no_data
        nor figures of a period that has not begun               |                 |            | DEU   |             | 2027 9, 2028 7   | not_assessed: no_data
        """,
    ),
    Section(
        "A register that people keep by hand",
        "No entry is not the same as no figure: somebody has still to look. `register` lists the areas with entries.",
        """
        case                          | register | figures         | status
        nobody has looked yet         | FRA      |                 | not_assessed: awaiting_entries
        the register has entries      | FRA DEU  | 2015 9, 2024 7  | on_track
        entries without a figure      | FRA DEU  |                 | not_assessed: no_data
        """,
    ),
    Section(
        "There is something, but not enough",
        """A newest figure that is withheld to protect people (`Q`) is not replaced by an older one. An error found
by a check withholds the judgement in its area, or everywhere if it names none. The age of a figure is counted
from the end of its period to the cut-off date.""",
        """
        case                                               | max_age | finding     | figures                    | status                         | newest | value
        the newest cell is withheld                        | P5Y     |             | 2015 9, 2023 7, 2024 - Q   | not_assessed: suppressed       | 2023   | 7
        only withheld cells                                | P5Y     |             | 2023 - Q, 2024 - Q         | not_assessed: suppressed       |        |
        an older cell is withheld                          | P5Y     |             | 2015 9, 2020 - Q, 2024 7   | on_track                       | 2024   | 7
        another missing cell after the newest figure       | P5Y     |             | 2015 9, 2023 7, 2024 - O   | on_track                       | 2023   | 7
        a check found an error                             | P5Y     | error DEU   | 2015 9, 2024 7             | not_assessed: failed_check     | 2024   | 7
        a check found an error in the indicator            | P5Y     | error       | 2015 9, 2024 7             | not_assessed: failed_check     | 2024   | 7
        a check found an error elsewhere                   | P5Y     | error FRA   | 2015 9, 2024 7             | on_track                       | 2024   | 7
        a check found something to know                    | P5Y     | warning DEU | 2015 9, 2024 7             | on_track                       | 2024   | 7
        not yet five years old                             | P5Y     |             | 2015 9, 2021 7             | on_track                       | 2021   | 7
        older than five years                              | P5Y     |             | 2015 9, 2020 7             | not_assessed: too_old          | 2020   | 7
        older than this indicator allows                   | P1Y     |             | 2015 9, 2024 7             | not_assessed: too_old          | 2024   | 7
        one figure                                         | P5Y     |             | 2024 7                     | not_assessed: too_few_points   | 2024   | 7
        two figures                                        | P5Y     |             | 2015 9, 2024 7             | on_track                       | 2024   | 7
        three figures: the first and the last count        | P5Y     |             | 2015 9, 2019 1, 2024 7     | on_track                       | 2024   | 7
        two figures less than a year apart                 | P5Y     |             | 2024-Q1 9, 2024-Q3 7       | not_assessed: too_few_points   | 2024-Q3 | 7
        no figure since the base year                      | P25Y    |             | 2010 9, 2014 7             | not_assessed: too_few_points   | 2014   | 7
        """,
    ),
    Section(
        "A break in the series",
        """Figures before and after a break (`B` on the first figure of the new series) measure different things.
Only figures from the last break on are used; if that leaves too few, the series is not comparable.""",
        """
        case                                      | figures                                  | status                       | base | note
        the base is the break                     | 2015 9, 2018 20 B, 2024 16               | on_track                     | 2018 | break_in_series
        without the break it would go backwards   | 2015 9, 2018 20, 2024 16                 | backwards                    | 2015 |
        the last of several breaks                | 2015 9, 2018 20 B, 2020 30 B, 2024 31    | backwards                    | 2020 | break_in_series
        a break before the base changes nothing   | 2012 3, 2014 9 B, 2015 9, 2024 7         | on_track                     | 2015 |
        the newest figure is the break            | 2015 9, 2018 20, 2024 16 B               | not_assessed: not_comparable |      | break_in_series
        a series that begins with a break         | 2015 9 B, 2024 7                         | on_track                     | 2015 |
        """,
    ),
    Section(
        "Figures that must not be judged alone",
        """Some numbers are context, and some mean opposite things at once: more recorded hate crimes can mean more
violence or more trust in the police. They get no colour. For now an ambiguous indicator is never judged, even
where its companions have figures.""",
        """
        case                                    | direction                 | figures          | status                          | newest
        context                                 | context_only              | 2015 9, 2024 7   | not_assessed: context_only      | 2024
        ambiguous                               | ambiguous_needs_companion | 2015 9, 2024 7   | not_assessed: needs_companion   | 2024
        age and absence are said before that    | context_only              | 2010 9, 2015 7   | not_assessed: too_old           | 2015
        the number of figures is not            | context_only              | 2024 7           | not_assessed: context_only      | 2024
        """,
    ),
    Section(
        "Noise is no change",
        """Surveys, averages of prices and marks given by experts move a little every year. An indicator declares the
least change that means something (`least_change`, in its own unit, with the reason); a smaller one since the base is
not judged. A target that is met stays met. A score whose every figure is an estimate (`E`) is not judged at all.""",
        """
        case                                  | scale   | bounds   | least change | target    | figures              | status
        a survey moved by one point           | percent |          | 2            |           | 2015 76.9, 2024 75.9 | not_assessed: no_clear_change
        without a least change it is judged   | percent |          |              |           | 2015 76.9, 2024 75.9 | limited
        just as much as the least             | percent |          | 2            |           | 2015 76.9, 2024 74.9 | limited
        the wrong way, and no clearer         | percent |          | 2            |           | 2015 4.2, 2024 4.21  | not_assessed: no_clear_change
        towards a target                      | percent |          | 0.5          | 3 by 2030 | 2015 6.9, 2024 6.8   | not_assessed: no_clear_change
        the target is met                     | percent |          | 0.5          | 3 by 2030 | 2015 3, 2024 2.9     | achieved
        at the best possible value            | percent | 0 to 100 | 2            |           | 2015 0, 2024 0       | achieved
        one figure                            | percent |          | 2            |           | 2024 75.9            | not_assessed: too_few_points
        a score of estimates                  | index   | 0 to 10  |              |           | 2015 4 E, 2024 7 E   | not_assessed: estimated
        one figure of it is none              | index   | 0 to 10  |              |           | 2015 4, 2024 7 E     | backwards
        estimates of a quantity               | percent |          |              |           | 2015 9 E, 2024 7 E   | on_track
        """,
    ),
    Section(
        "A gap that has closed",
        """Of a gap between groups, `parity` is the figure at which they are equal. Beyond it one group only changes
places with the other: further is not better. A gap that opens is judged, from parity on.""",
        """
        case                              | direction | parity | least change | figures           | status
        a gap that narrows                | down_good | 0      | 3            | 2015 12, 2024 8   | on_track
        a gap that has closed             | down_good | 0      | 3            | 2015 12, 2024 0   | not_assessed: parity
        turned round, and further         | down_good | 0      | 3            | 2015 -5, 2024 -9  | not_assessed: parity
        turned round, and less            | down_good | 0      | 3            | 2015 -9, 2024 -2  | not_assessed: parity
        opened, but not far from equal    | down_good | 0      | 3            | 2015 -5, 2024 0.5 | not_assessed: no_clear_change
        opened                            | down_good | 0      | 3            | 2015 -5, 2024 4   | backwards
        """,
        {"scale": "difference"},
    ),
    Section(
        "Something changed since the figure",
        """A law may change after the day its figure is of. The event is declared with its source (`superseded`), and a
figure that is older is shown and not judged. A figure of a whole year knows of an event only from the next year on; one
that is true on a day (`true_on`) from that day on, and its age is counted from that day, too.""",
        """
        case                                    | true_on | changed on | max_age | figures        | status                   | newest
        the law changed half a year later       | 01-01   | 2024-06-27 | P5Y     | 2015 0, 2024 0 | not_assessed: superseded | 2024
        the next figure knows of it             | 01-01   | 2024-06-27 | P5Y     | 2015 0, 2025 1 | achieved                 | 2025
        on the very day                         | 01-01   | 2024-01-01 | P5Y     | 2015 0, 2024 1 | achieved                 | 2024
        a figure of the year it changed in      |         | 2024-06-27 | P5Y     | 2015 0, 2024 0 | not_assessed: superseded | 2024
        of the year after                       |         | 2024-06-27 | P5Y     | 2015 0, 2025 0 | not_met                  | 2025
        it says more than the age does          | 01-01   | 2020-06-27 | P5Y     | 2015 0, 2019 0 | not_assessed: superseded | 2019
        of a day, almost three years ago        | 01-01   |            | P3Y     | 2015 1, 2024 1 | achieved                 | 2024
        of a day, more than three years ago     | 01-01   |            | P3Y     | 2015 1, 2023 1 | not_assessed: too_old    | 2023
        of that whole year it would still serve |         |            | P3Y     | 2015 1, 2023 1 | achieved                 | 2023
        """,
        {"scale": "binary", "method": "binary", "direction": "up_good"},
    ),
    Section(
        "Several reasons at once",
        "The first in the list is given, because the later ones would not matter if it were put right.",
        """
        case                                | missing        | applies to | source     | finding   | direction    | figures          | status
        another area, and no data block     | needs_register | USNYC      | unreadable | error     | context_only |                  | not_assessed: not_applicable
        no data block, and an error         | needs_register |            |            | error     | context_only |                  | not_assessed: needs_register
        an unread source, and an error      |                |            | unreadable | error     | context_only |                  | not_assessed: unreadable
        withheld, and an error              |                |            |            | error     | context_only | 2015 9, 2019 - Q | not_assessed: suppressed
        no figure, and an error             |                |            |            | error     | context_only | 2015 - O         | not_assessed: no_data
        an error, and too old               |                |            |            | error     | context_only | 2015 9, 2019 7   | not_assessed: failed_check
        too old, and context                |                |            |            |           | context_only | 2015 9, 2019 7   | not_assessed: too_old
        context                             |                |            |            |           | context_only | 2024 7           | not_assessed: context_only
        """,
    ),
]


@cases(SECTIONS)
def test(row: dict[str, str]) -> None:
    verify(row)
