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
