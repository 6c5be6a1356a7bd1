"""Compose a Scorecard: put judgements, figures and their provenance into words, one area at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from statistics import median

from monitor import __version__, account, area, grid, period
from monitor.evidence import Evidence
from monitor.items import Recommendation
from monitor.line import Observations, Sayer, objective
from monitor.project import Project
from monitor.results import Assessment, Finding, Level, Reason, Reasoning, Status
from monitor.scorecard import Block, Cell, Citation, Count, Line, Matrix, Row, Scorecard
from monitor.told import Figure
from monitor.words import Words

#: a block shows colours only where this share of its indicators has a figure that is recent enough
GATE = 0.6
#: days after which a figure is none to colour a block by, however long its indicator may be judged by it
RECENT = period.days("P5Y")
ORDER = [s.value for s in Status]


def compose(
    project: Project,
    words: Words,
    evidence: Evidence,
    assessments: Sequence[Assessment],
    findings: Sequence[Finding],
    areas: Sequence[str],
    as_of: date,
    edition: str,
    formats: Sequence[str] = (),
    reasonings: Mapping[tuple[str, str], Reasoning] = {},
) -> list[Scorecard]:
    """One Scorecard for each area, in the order given. ``formats`` are what its edition offers for download."""
    sayer = Sayer(project, words, evidence, findings, Observations(evidence.series, areas), reasonings)
    by_area: dict[str, list[Assessment]] = {code: [] for code in areas}
    for one in assessments:
        if one.ref_area in by_area:
            by_area[one.ref_area].append(one)
    links = downloads(words, formats, up="../")
    mandate = "../mandate.html" if "html" in formats else ""
    cards = [_card(project, words, sayer, code, by_area[code], as_of, edition) for code in areas]
    home = f"{str(project.about.home).rstrip('/')}/{words.at}" if project.about.home and "html" in formats else ""
    return [replace(card, downloads=links, mandate=mandate, address=home and f"{home}{card.area}/scorecard.html")
            for card in cards]


def downloads(words: Words, formats: Sequence[str], up: str = "") -> tuple[tuple[str, str], ...]:
    """Links to what stands beside a page: the PDF (of a scorecard, so only one floor down) and the data."""
    printed = {"pdf": "scorecard", **{form: form for form in ("annex", "onepage", "shadow", "reply")}}
    links = [(f"{name}.pdf", words(f"page.download.{form}"))
             for form, name in printed.items() if up and form in formats]
    tables = ("observations", "assessments", "reasoning", "gaps", "findings", "quarantine", "changes")
    data = [f"{name}.csv" for name in tables] + ["metadata.json"]
    links += [(f"{up}{words.root}data/{f}", words(f"page.download.{f.partition('.')[0]}"))
              for f in data if "data" in formats]
    links += [(f"{up}mandate.html", words("page.download.mandate"))] if "html" in formats else []
    links += [(f"{up}{page}", words(key)) for page, key in (
        ("gaps.html", "pages.missing.title"), ("actors/index.html", "pages.actors")) if "html" in formats]
    links += [(f"{up}feed.xml", words("page.download.feed"))] if "html" in formats else []
    links += [(f"{up}{words.root}quality/index.html", words("page.download.quality"))] if "quality" in formats else []
    return tuple(links)


def _card(
    project: Project, words: Words, sayer: Sayer, code: str, judged: Sequence[Assessment], as_of: date, edition: str
) -> Scorecard:
    assessment = {a.indicator: a for a in judged}
    lines = {
        i: sayer.line(project.indicators[i], a) for i, a in assessment.items() if a.reason is not Reason.NOT_APPLICABLE
    }
    blocks = [_block(project, words, r, lines, assessment, as_of) for r in project.recommendations.values()]
    if area.kind(code) == "place":
        blocks.sort(key=lambda b: not project.recommendations[b.id].local)
    shown = list({line.id: line for block in blocks for line in block.lines}.values())
    about = project.about
    sources = _sources(shown)
    return Scorecard(
        area=code, name=project.area_name(code, words), area_kind=area.kind(code),
        roles=_roles(project, words, code),
        title=about.title, edition=edition, as_of=words.day(as_of), as_of_iso=as_of.isoformat(),
        language=words.language, direction=words.direction, made_by=about.made_by, funded_by=about.funded_by,
        contact=about.contact, licence=about.licence, purpose=about.purpose, participation=about.participation,
        next_update=about.next_update, engine=f"migration-scorecard {__version__}",
        offline=shipped_sentence(words, sayer.evidence), summary=_summary(words, shown, project.area_name(code, words)),
        limits=(*wrong_sentences(words, len(project.problems)), *limits(words), *area_notes(words, [code])),
        counts=counts(words, shown), blocks=tuple(b for b in blocks if b.lines),
        quality=_quality(words, shown, assessment), sources=sources, missing=_missing(words, shown),
        aside=sayer.aside(code),
        outside=tuple((i, project.indicators[i].title, why) for i, a in assessment.items()
                      if a.reason is Reason.NOT_APPLICABLE and (why := sayer.outside(project.indicators[i], code))),
        promises=account.promises(project, words, code, as_of),
        questions=account.questions(project, words, code, as_of),
        groups=account.groups(project, words, shown),
        grid=grid.grid(project, words, shown, lambda i: sayer.seen.broken_down.get((i, code), {}),
                       sayer.breakdown_label),
        objectives=account.objectives(project, words, shown),
        promises_text=account.promises_text(project, words, code),
        unmeasured=account.unmeasured(project, words, [project.recommendations[b.id] for b in blocks if not b.lines]),
    )


def _roles(project: Project, words: Words, code: str) -> tuple[str, ...]:
    """What is on record, each with its basis; where nothing is and roles select indicators, what follows from that."""
    place = project.places.get(code)
    if place and place.roles:
        return tuple(f"{words(f'role.{r.role}')}: {r.grounds}" for r in place.roles)
    return (words("outside.none"),) if any(i.applies_to_roles for i in project.indicators.values()) else ()


def _block(
    project: Project,
    words: Words,
    recommendation: Recommendation,
    lines: dict[str, Line],
    assessment: dict[str, Assessment],
    as_of: date,
) -> Block:
    ids = {recommendation.id, *(a.id for a in recommendation.asks), *(a.id for a in recommendation.actions)}
    mine = [line for i, line in lines.items() if ids & set(project.indicators[i].answers)]
    # a stale figure is a figure, but none to colour a block by
    fresh = [
        line for line in mine
        if line.latest is not None and assessment[line.id].reason not in (
            Reason.TOO_OLD, Reason.SUPERSEDED, Reason.FAILED_CHECK)
        and (as_of - (project.indicators[line.id].moment(line.latest.period) or period.end(line.latest.period))).days
        <= RECENT
    ]
    coloured = bool(mine) and len(fresh) >= GATE * len(mine)
    return Block(
        id=recommendation.id, title=recommendation.title, text=recommendation.text, source=recommendation.source,
        addressed_to=tuple(recommendation.addressed_to), actions=tuple(a.text for a in recommendation.actions),
        asks=tuple(a.text for a in recommendation.asks),
        gcm=tuple(f"{g} {objective(project, words, g)}" for g in recommendation.gcm),
        notes=tuple(recommendation.notes),
        left_out=tuple(words("sentence.limits.left_out", id=name)
                       for name, answers in project.left_out.items() if ids & {*answers}),
        lines=tuple(mine), counts=counts(words, mine),
        kinds=tuple(
            Count(kind, words(f"kind.{kind}"), sum(x.kind == kind and x.status != Status.NOT_ASSESSED for x in mine))
            for kind in ("structure", "process", "outcome")
        ),
        coloured=coloured,
        coverage=words(
            f"sentence.coverage.{'enough' if coloured else 'insufficient' if fresh else 'none'}",
            fresh=len(fresh), all=len(mine),
        ),
        examples=account.examples(project, words, recommendation, mine),
        translation=words.working.get(recommendation.text, ""),
    )


def counts(words: Words, lines: Sequence[Line]) -> tuple[Count, ...]:
    """How many lines have each status, in the scale's order, zeros left out. What is in place or not, a law for
    instance, is counted apart from what moves: its word differs."""
    found = Counter((line.status, line.status_text) for line in lines)
    return tuple(Count(s, text, n) for s in ORDER for (status, text), n in sorted(found.items()) if status == s)


def limits(words: Words) -> tuple[str, ...]:
    """What a scorecard does and does not show: the same sentences for everyone."""
    return tuple(words(f"sentence.limits.{key}") for key in ("recorded", "no_ranking", "no_cause", "gaps"))


def area_notes(words: Words, codes: Sequence[str]) -> tuple[str, ...]:
    """What the United Nations say beside the name of an area, for those that are shown."""
    return tuple(words(key) for code in codes if words.has(key := f"area_note.{code}"))


def wrong_sentences(words: Words, number: int) -> list[str]:
    """Says how many problems the declarations have, and what became of them; nothing where all is right."""
    return [words.count("sentence.limits.wrong", number)] if number else []


def shipped_sentence(words: Words, evidence: Evidence) -> str:
    """Says where figures come from the shipped vintages, with their dates; "" where all were fetched."""
    # registers that people keep by hand are no vintages of a publisher
    all_of = [s for s in evidence.snapshots.values() if s.came_from != "register of this project"]
    shipped = sorted(s.retrieved for s in all_of if s.origin == "shipped" and s.retrieved)
    if not shipped:
        return ""
    first, last = (words.day(date.fromisoformat(shipped[i][:10])) for i in (0, -1))
    key = "some" if any(s.origin != "shipped" for s in all_of) else (
        "unasked" if any(s.unasked for s in all_of) else "all")
    span = words("sentence.shipped.on" if first == last else "sentence.shipped.between", first=first, last=last)
    return words(f"sentence.shipped.{key}", span=span, n=len(shipped), all=len(all_of))


def _summary(words: Words, lines: Sequence[Line], name: str) -> tuple[str, ...]:
    found = Counter(line.status for line in lines)
    laws = sum(line.status_text == words("status_yes_no.achieved") for line in lines)
    judged = sum(found.values()) - found[Status.NOT_ASSESSED]
    said = [words.count("sentence.summary.judged", judged, area=name, all=words.number(len(lines), 0))]
    numbers = {"well": found["achieved"] + found["on_track"] - laws, "badly": sum(
        found[s] for s in ("too_slow", "limited", "backwards")), "in_place": laws, "absent": found["not_met"]}
    said += [words.count(f"sentence.summary.{key}", number) for key, number in numbers.items() if number]
    if found[Status.NOT_ASSESSED]:
        said.append(words.count("sentence.summary.unjudged", found[Status.NOT_ASSESSED]))
    return tuple(said)


def _quality(words: Words, lines: Sequence[Line], assessment: dict[str, Assessment]) -> tuple[Figure, ...]:
    figures = [line for line in lines if line.latest is not None]
    years = [period.year(line.latest.period) for line in figures if line.latest]
    flagged = sum(bool(line.points and line.points[-1].flag != "A") for line in figures)
    doubts = sum(bool(line.notes) for line in lines)
    old = sum(a.reason is Reason.TOO_OLD for a in assessment.values())

    def row(key: str, text: str) -> Figure:
        return Figure(text, "", None, words(f"sentence.quality.{key}"))

    return (
        row("coverage", words("sentence.quality.of", n=len(figures), all=len(lines))),
        row("newest", str(round(median(years))) if years else "–"),
        row("old", words.number(old, 0)),
        row("flagged", words.number(flagged, 0)),
        row("doubts", words.number(doubts, 0)),
        row("publishers", words.number(len({c.publisher for line in lines for c in line.citations}), 0)),
    )


def _missing(words: Words, lines: Sequence[Line]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Reason -> titles, for what has no figure at all."""
    grouped: dict[str, list[str]] = {}
    for line in lines:
        if line.latest is None:
            grouped.setdefault(words(f"reason.{line.reason}"), []).append(line.title)
    return tuple((reason, tuple(titles)) for reason, titles in sorted(grouped.items()))


def _sources(lines: Sequence[Line]) -> tuple[Citation, ...]:
    every = {(c.source, c.series): c for line in lines for c in line.citations}
    return tuple(every[key] for key in sorted(every))


def matrix(
    project: Project, words: Words, cards: Sequence[Scorecard], formats: Sequence[str] = ()
) -> Matrix:
    """The start page: every scorecard's areas by every indicator, rows by name, each column once."""
    columns: dict[str, tuple[str, str, str]] = {}
    for recommendation in project.recommendations.values():
        for card in cards:
            for block in card.blocks:
                if block.id == recommendation.id:
                    for line in block.lines:
                        columns.setdefault(line.id, (line.id, line.title, block.id))
    # a column with no figure in any row says nothing a hundred times: those indicators are named below the table
    measured = {line.id for card in cards for line in card.lines() if line.latest is not None}
    silent = tuple(f"{i} {title}" for i, title, _ in columns.values() if i not in measured)
    columns = {i: column for i, column in columns.items() if i in measured}
    order = {r: n for n, r in enumerate(project.recommendations)}
    ordered = sorted(columns.values(), key=lambda c: (order[c[2]], list(project.indicators).index(c[0])))
    width = Counter(c[2] for c in ordered)
    first = cards[0]
    notes = area_notes(words, sorted(card.area for card in cards))
    return Matrix(
        title=first.title, edition=first.edition, as_of=first.as_of, language=first.language,
        direction=first.direction, purpose=first.purpose, made_by=first.made_by, contact=first.contact,
        licence=first.licence, engine=first.engine, offline=first.offline, columns=tuple(ordered),
        groups=tuple((r.id, r.title, width[r.id]) for r in project.recommendations.values() if width[r.id]),
        rows=tuple(_row(words, card, [c[0] for c in ordered]) for card in sorted(cards, key=lambda c: c.name)),
        legend=tuple(Count(s, _both(words, s), sum(x.number for c in cards for x in c.counts if x.key == s))
                     for s in ORDER),
        limits=(*(each for each in first.limits if each not in notes), *notes), downloads=downloads(words, formats),
        silent=silent,
        comparable=tuple(c[0] for c in ordered if project.indicators[c[0]].comparable),
    )


def _both(words: Words, status: str) -> str:
    """A status as the start page counts it: of what moves towards a target, and of what is in place or is not."""
    own = f"status_yes_no.{status}"
    both = [words(f"status.{status}"), *([words(own)] if words.has(own) else [])]
    return " / ".join(both)


def _row(words: Words, card: Scorecard, columns: Sequence[str]) -> Row:
    lines = {line.id: line for line in card.lines()}
    outside = {i: why for i, _, why in card.outside}
    cells = []
    for indicator in columns:
        line = lines.get(indicator)
        if line is None:
            nothing = ": ".join(filter(None, (words("reason.not_applicable"), outside.get(indicator))))
            cells.append(Cell(indicator, Status.NOT_ASSESSED, words("status.not_assessed"), "", None, nothing, True))
        else:
            text = f"{line.latest.text} ({line.latest.period})" if line.latest else ""
            value = line.latest.value if line.latest else None
            why = words(f"reason.{line.reason}") if line.reason else ""
            cells.append(Cell(indicator, line.status, line.status_text, text, value, why))
    row = area.table().get(card.area, {})
    region = words.area(row["subregion"] or row["region"]) if row else ""
    return Row(card.area, card.name, region, card.roles, tuple(cells), f"{card.area}/scorecard.html", card.counts)


def levels(findings: Sequence[Finding]) -> dict[Level, int]:
    """How many findings of each level."""
    found = Counter(f.level for f in findings)
    return {level: found[level] for level in Level}
