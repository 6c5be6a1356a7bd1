"""What a card says of promises: commitments, questions, examples, who is left out, and the Compact's objectives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from monitor import period
from monitor.errors import MonitorError
from monitor.items import Commitment, Practice, Question, Recommendation
from monitor.line import objective
from monitor.project import Project
from monitor.registers import current
from monitor.scorecard import Line
from monitor.told import Asked, Example, Figure, Group, Objective, Promise, Unmeasured
from monitor.words import Words

#: at most so many examples for one recommendation: a page is no catalogue
EXAMPLES = 4
#: the register of answers
ANSWERS = "answers"
#: themes that every card shows, blank forms included
THEMES = ("X-WOMEN", "X-CHILD")


def promises(project: Project, words: Words, area: str, as_of: date = date.min) -> tuple[Promise, ...]:
    """The commitments of the area's own government. Those of civil society are the same for every area."""
    return tuple(_promise(words, c, as_of) for c in project.mandate.commitments.values() if area in c.areas)


def promises_text(project: Project, words: Words, area: str) -> str:
    """How many commitments are this government's, and where those stand that are nobody's in particular."""
    every = project.mandate.commitments.values()
    own, common = sum(area in c.areas for c in every), sum(not c.areas for c in every)
    said = [words("account.promises_text" if own else "account.promises_none")] if every else []
    return " ".join(said + ([words.count("account.promises_common", common)] if common else []))


def unmeasured(
    project: Project, words: Words, recommendations: Sequence[Recommendation]
) -> tuple[Unmeasured, ...]:
    """Recommendations of which nothing is measured on a card: named all the same, each with the reason."""
    found = []
    for one in recommendations:
        why = [words.count("account.outside", len(there))] if (there := project.answering(one.id)) else []
        why += [words("account.gap", kind=words(f"kind.{kind}"), why=said) for kind, said in one.gaps.items()]
        why += [words("sentence.limits.left_out", id=name) for name, answers in project.left_out.items()
                if {*one.ids} & {*answers}]
        found.append(Unmeasured(one.id, one.year, one.title, one.text or one.title, one.source, tuple(why),
                                examples(project, words, one, ())))
    return tuple(found)


def _promise(words: Words, one: Commitment, as_of: date = date.min) -> Promise:
    standing = one.history[-1]
    ended = one.due is None or one.continuous or one.status in ("delivered", "superseded")
    return Promise(
        id=one.id, actors=tuple(one.actors) or (words("account.no_actor"),), what=one.deliverable,
        due=one.due or "", due_text=one.due_text, status=one.status, status_text=words(f"account.status.{one.status}"),
        as_of=standing.on, evidence=str(standing.evidence or ""), conditions=one.conditions,
        overdue=0 if ended else max(0, (as_of - period.end(str(one.due))).days),
    )


def questions(project: Project, words: Words, area: str, as_of: date) -> tuple[Asked, ...]:
    """The questions put to governments, and what this one answered by the cut-off date."""
    every = project.mandate.questions_to("governments")
    try:
        rows, lacking = project.entered(ANSWERS) if every and ANSWERS in project.registers else ([], set())
    except MonitorError:  # `monitor check` says what is wrong
        lacking = {area}
    if area in lacking:
        return tuple(Asked(q.id, q.text or q.title, words("account.answer_unreadable")) for q in every)
    mine = [row for row in rows if row["ref_area"] == area and row.get("state_on", "") <= as_of.isoformat()]
    standing = {row["question"]: row for row in sorted(current(mine), key=lambda row: row["state_on"])}
    return tuple(_asked(words, q, standing.get(q.id)) for q in every)


def _asked(words: Words, question: Question, row: Mapping[str, str] | None) -> Asked:
    text = question.text or question.title
    if row is None:
        return Asked(question.id, text, words("account.no_answer"))
    days = (row["state_on"], row["date_from"])
    on, since = (words.day(date.fromisoformat(day)) if len(day) == 10 else day for day in days)
    said = words(f"account.answer_state.{row['state']}", on=on, since=since, office=row["office"], by=row["asked_by"])
    return Asked(question.id, text, said, row["text"], row["source_url"], row.get("language", ""))


def examples(
    project: Project, words: Words, recommendation: Recommendation, lines: Sequence[Line]
) -> tuple[Example, ...]:
    """Good practices for a recommendation that is not on its way; none where everything measured is."""
    well = [line for line in lines if line.status in ("achieved", "on_track")]
    if lines and len(well) == len(lines):
        return ()
    return tuple(_example(words, p) for p in project.mandate.practices_for(recommendation.id)[:EXAMPLES])


def _example(words: Words, one: Practice) -> Example:
    return Example(one.id, one.title, one.place, one.claim, words(f"account.evidence.{one.evidence}"))


def groups(project: Project, words: Words, lines: Sequence[Line]) -> tuple[Group, ...]:
    """Women and children: what the documents say of them, blanks included, and what is measured apart."""
    found = []
    for theme in (project.mandate.themes[t] for t in THEMES if t in project.mandate.themes):
        blank = words("account.empty_by_source", document=_cited(project, theme.document))
        said = [theme.text or blank]
        said += [passage.text for passage in theme.also if passage.text]
        known = {words(f"breakdown.sex.{c}") for c in ("F", "FEMALE")} if theme.id == "X-WOMEN" else {
            words(f"breakdown.age.{c}") for c in ("<1Y", "<5Y", "<18Y")}
        apart = [
            _apart(words, line, b) for line in lines for b in line.breakdowns if b.label in known
        ]
        found.append(Group(theme.id, theme.title, tuple(said), tuple(apart)))
    return tuple(found)


def _cited(project: Project, document: str) -> str:
    """A document as a reader knows it: its title, where it comes from, and its year."""
    if (found := project.mandate.documents.get(document)) is None:
        return document
    year = "" if str(found.year) in found.event else f", {found.year}"
    return f"{found.title}, {found.event}{year}"


def _apart(words: Words, line: Line, part: Figure) -> str:
    """A figure of a group with its unit, and the whole beside it where there is one of the same period."""
    unit = "" if line.unit.startswith("%") and "%" in part.text else f" {line.unit}"
    said = words("account.apart", title=line.title, value=part.text, unit=unit, label=part.label, period=part.period)
    whole = next((p.text for p in line.points if p.period == part.period and p.value is not None), "")
    return words("account.apart_of", said=said, whole=whole) if whole else said


def objectives(project: Project, words: Words, lines: Sequence[Line]) -> tuple[Objective, ...]:
    """The 23 objectives of the Compact, with the indicators that speak to each and how many have a figure here."""
    by_number: Mapping[int, list[Line]] = {n: [] for n in project.gcm}
    for line in lines:
        for number in project.indicators[line.id].gcm:
            by_number[number].append(line)
    return tuple(
        Objective(n, objective(project, words, n), len(by_number[n]), sum(x.latest is not None for x in by_number[n]))
        for n in project.gcm
    )
