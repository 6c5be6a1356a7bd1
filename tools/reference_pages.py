"""The pages of docs/reference/ that have one indicator or one recommendation each, and the lists of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from monitor.items import Action, Ask, Item, Passage, Recommendation
from monitor.mandate import KINDS
from monitor.model import Indicator, Selection, Target
from monitor.project import Project
from monitor.words import Words

ROOT = Path(__file__).resolve().parents[1]
#: source and series -> the line of sources/vintages.lock
Lock = dict[tuple[str, str], dict[str, str]]
#: so that nobody overlooks it
UNCONFIRMED = "**unconfirmed**"
#: how sure a fact is, in words; monitor.model.Confidence
SURE = {"V": "read in a published source", "V2": f"seen second-hand, {UNCONFIRMED}",
        "M": f"general knowledge, {UNCONFIRMED}", "S": "said in the documents of the mandate"}


def pages(project: Project, words: Words) -> dict[str, str]:
    """Path below docs/reference/ -> Markdown: two lists, and a page for each indicator and recommendation."""
    shipped = _shipped()
    return {
        "indicators.md": _document("Indicators of the flagship project", _indicators(project, words)),
        "recommendations.md": _document("Recommendations", _recommendations(project)),
        **{f"indicators/{i.id}.md": _document(f"{i.id} {i.title}", _indicator(i, project, words, shipped))
           for i in project.indicators.values()},
        **{f"recommendations/{r.id}.md": _document(f"{r.id} {r.title}", _recommendation(r, project, words))
           for r in project.recommendations.values()},
    }


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of Markdown; bars and line ends inside a cell do not break it."""
    def cells(row: Sequence[object]) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in row) + " |"

    return "\n".join([cells(columns), "|" + "---|" * len(columns), *map(cells, rows)])


def _document(title: str, blocks: Iterator[str]) -> str:
    return f"# {title}\n\n" + "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def _facts(facts: dict[str, str]) -> str:
    return "\n".join(f"- **{name}:** {text}" for name, text in facts.items() if text)


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _shipped() -> Lock:
    with (ROOT / "sources/vintages.lock").open(encoding="utf-8", newline="") as lines:
        return {(line["source"], line["series"]): line for line in csv.DictReader(lines)}


# ------------------------------------------------------------------ lists


def _indicators(project: Project, words: Words) -> Iterator[str]:
    figures = sum(i.data is not None and not all(p.source in project.registers for p in i.data.parts.values())
                  for i in project.indicators.values())
    yield (f"{len(project.indicators)} indicators, {figures} of them with public figures, for "
           f"{len(project.recommendations)} [recommendations](recommendations.md). Each has a page of its own. Those "
           "that count what people enter by hand say so. What the words mean: [glossary](../../GLOSSARY.md).")
    yield table(("indicator", "title", "kind", "figures", "answers", "facts not confirmed"), [
        (f"[{i.id}](indicators/{i.id}.md)", i.title, words(f"kind.{i.kind}"), _whence(i, project, words),
         ", ".join(dict.fromkeys(_home(project, a, "recommendations/") for a in i.answers)), len(i.unconfirmed) or "")
        for i in sorted(project.indicators.values(), key=lambda i: i.id)])


def _whence(indicator: Indicator, project: Project, words: Words) -> str:
    """In short, where the figures come from, or why there are none."""
    if indicator.data is None:
        return f"none: {words(f'reason.{indicator.missing}')}"
    parts = [part.indicator or project.sources[part.source].publisher for part in indicator.data.parts.values()]
    by_hand = all(p.source in project.registers for p in indicator.data.parts.values())
    return ", ".join(dict.fromkeys(parts)) + (" (register)" if by_hand else "")


def _home(project: Project, name: str, folder: str) -> str:
    """What an id belongs to: a linked recommendation, or the id itself."""
    found = project.mandate.find(name)
    owner = found[1].id if found else name
    return f"[{owner}]({folder}{owner}.md)" if owner in project.recommendations else owner


def _recommendations(project: Project) -> Iterator[str]:
    yield (f"{len(project.recommendations)} recommendations of meetings of 2015 to 2018, word for word, each with a "
           "page of its own. Beside each stands how many [indicators](indicators.md) answer it, by kind; a gap is a "
           "kind that nobody measures, and the page says why.")
    rows = []
    for item in project.recommendations.values():
        kinds = [i.kind for i in project.answering(item.id)]
        counts = [kinds.count(kind) or ("gap" if kind in item.gaps else 0)
                  for kind in ("structure", "process", "outcome", "context")]
        rows.append((f"[{item.id}](recommendations/{item.id}.md)", item.title, item.year, *counts))
    yield table(("recommendation", "title", "year", "commitment", "effort", "result", "context"), rows)


# ------------------------------------------------------------------ one indicator


def _indicator(i: Indicator, project: Project, words: Words, shipped: Lock) -> Iterator[str]:
    yield i.definition
    yield "\n".join(f"> ⚠ {UNCONFIRMED}: {text}" + "\n>" * (text != i.unconfirmed[-1]) for text in i.unconfirmed)
    yield _facts({
        "Kind": words(f"kind.{i.kind}"),
        "Direction": words(f"direction.{i.direction}"),
        "Unit": i.unit,
        "Natural limits": " to ".join("none" if b is None else f"{b:g}" for b in i.bounds) if any(
            b is not None for b in i.bounds) else "",
        "Numerator": i.numerator,
        "Denominator": i.denominator,
        "Only for": ", ".join(i.applies_to),
        "For countries of": ", ".join(i.applies_to_roles),
        "Only for areas of": ", ".join(i.applies_to_roles),
        "Cadence": f"a new figure every {_span(i.cadence)}; older than {_span(i.max_age)} is too old to judge",
        "Areas side by side": "may be compared" if i.comparable else "not to be compared or ranked",
        "Judged by": f"[{i.method}](../methods.md#{i.method})",
        "Checks": ", ".join(f"[{check}](../checks.md#{check})" for check in project.checks_of(i)) if i.data else "",
        "Read with": ", ".join(f"[{c}]({c}.md) {project.indicators[c].title}" for c in i.companions),
        "How sure": "" if i.confidence == "V" else SURE[i.confidence],
        "Declared in": _file(project, i.id),
    })
    yield "## What it answers"
    named = "" if i.added_by == "recommendation" else "This project added it; the documents do not name it."
    yield f"{named}\n\n{_listed(_answer(project, a) for a in i.answers)}".strip()
    yield "## What was promised"
    yield _listed(_target(t) for t in i.targets) or i.no_target
    yield "## Figures"
    if i.data is None:
        yield f"None. {words(f'reason.{i.missing}').capitalize()}. {i.missing_note}"
    else:
        yield f"Joined as `{i.data.formula}`." if i.data.formula else ""
        yield _listed(_part(name, part, project, shipped) for name, part in i.data.parts.items())
    if i.reading or i.caveats:
        yield "## How to read it"
    yield i.reading
    yield _listed(i.caveats)
    people = {"What it is for": i.purpose, "Those who are counted": i.do_no_harm, "Who says so": i.self_identification,
              "Small counts": _guard(i)}
    if any(people.values()):
        yield "## People behind the figure"
        yield _facts(people)
    yield "## Frameworks"
    yield _frameworks(project, i.gcm, i.sdg) or "None named."


def _answer(project: Project, name: str) -> str:
    found = project.mandate.find(name)
    if found is None:
        return name
    kind, item, part = found
    owner = f"[{item.id}](../recommendations/{item.id}.md)" if kind == "recommendations" else f"{item.id} ({kind[:-1]})"
    return f"{owner} {item.title}" + (f", {part.id}: {_said(part.text)}" if part else "")


def _target(target: Target) -> str:
    where = f" ({', '.join(target.areas)})" if target.areas else ""
    address = f" <{target.url}>" if target.url else ""
    sure = "" if target.confidence in ("V", "S") else f" ({SURE[target.confidence]})"
    return f"{target.value:g} by {target.period}{where}, announced {target.announced}: {target.citation}{address}{sure}"


def _part(name: str, part: Selection, project: Project, shipped: Lock) -> str:
    """One ingredient: publisher, series, codes, breakdowns, licence, and what ships of it."""
    label = "" if name == "value" else f"`{name}`: "
    if part.indicator:
        return f"{label}[{part.indicator}]({part.indicator}.md) {project.indicators[part.indicator].title}"
    source = project.sources[part.source]
    codes = "".join(f", {dim} `{code}`" for dim, code in part.select.items())
    said = [f"{label}{source.publisher}, [{part.source}](../sources.md#{part.source}), series `{part.series}`{codes}"]
    said += [f"also broken down by {dim}: {', '.join(codes)}" for dim, codes in part.breakdowns.items()]
    said.append(f"licence: {source.licence.name}" + ("" if source.licence.confirmed else f" ({UNCONFIRMED})"))
    if part.source in project.registers:
        said.append(f"a register that people keep: [code book](../../registers/{part.source}.md)")
    if line := shipped.get((part.source, part.series)):
        said.append(f"shipped: {line['first_period']} to {line['last_period']}, retrieved {line['retrieved']}; "
                    f"{line['origin'].split(':')[0]}")
    return "; ".join(said)


def _span(duration: str) -> str:
    """``P3M`` -> 3 months."""
    names = {"Y": "year", "M": "month", "W": "week", "D": "day"}
    return " ".join(f"{n} {names[unit]}{'s' * (n != '1')}" for n, unit in re.findall(r"(\d+)([YMWD])", duration))


def _guard(i: Indicator) -> str:
    if i.disclosure is None or i.disclosure == "none":
        return ""
    return f"withheld below {i.disclosure.k}, in breakdowns below {i.disclosure.fine}"


def _file(project: Project, name: str) -> str:
    path = Path(ROOT, project.lines[name].split(":")[0]).relative_to(ROOT)
    return f"[{path}](../../../{path})"


def _frameworks(project: Project, gcm: Sequence[int], sdg: Sequence[str], principles: Sequence[str] = ()) -> str:
    return _facts({
        "Global Compact for Migration": "; ".join(
            f"{n} {project.gcm[n]}" + f" (title {UNCONFIRMED})" * (n in project.unconfirmed_titles) for n in gcm),
        "Its guiding principles": "; ".join(project.principles.get(key, key) for key in principles),
        "Sustainable Development Goals": ", ".join(sdg),
    })


# ------------------------------------------------------------------ one recommendation


def _recommendation(item: Recommendation, project: Project, words: Words) -> Iterator[str]:
    yield _quoted(item.text) if item.text else "Left blank in the document."
    document = project.mandate.documents.get(item.document)
    yield _facts({
        "Stands in": item.source + (f" ({document.id})" if document else ""),
        "Year": f"{item.year}, {item.date_certainty}" + (f": {document.why}" if document else ""),
        "Reported by": item.reported_by,
        "Addressed to": ", ".join(item.addressed_to),
        **{f"Known as, for “{said}”": known for said, known in item.names.items()},
        "Declared in": _file(project, item.id),
    })
    if item.also:
        yield "## Where else the documents say it"
        yield _listed(_passage(passage) for passage in item.also)
    if item.actions:
        yield "## Actions it names"
        yield _listed(f"{a.id}: {_said(a.text)}" + (f" ({', '.join(a.addressed_to)})" if a.addressed_to else "")
                      for a in item.actions)
    if item.positions:
        yield "## A disagreement that the document records"
        yield _listed(f"{p.title}: {_said(p.text)}" for p in item.positions)
    answering = project.answering(item.id)
    if item.asks:
        yield "## Signs of success it names"
        yield table(("ask", "in its own words", "indicators", "note"), [
            (ask.id, ask.text,
             ", ".join(f"[{i.id}](../indicators/{i.id}.md)" for i in answering if ask.id in i.answers), ask.note)
            for ask in item.asks])
    yield "## Indicators"
    yield table(("indicator", "title", "kind", "named by", "figures"), [
        (f"[{i.id}](../indicators/{i.id}.md)", i.title, words(f"kind.{i.kind}"),
         "the recommendation" if i.added_by == "recommendation" else "this project", _whence(i, project, words))
        for i in answering]) if answering else "None."
    if item.gaps:
        yield "## Gaps"
        yield _listed(f"no indicator of {words(f'kind.{kind}')}: {why}" for kind, why in item.gaps.items())
    yield from _belonging(item, project)
    if frameworks := _frameworks(project, item.gcm, item.sdg, item.principles):
        yield "## Frameworks"
        yield frameworks
    if item.notes:
        yield "## Notes"
        yield _listed(item.notes)


def _belonging(item: Recommendation, project: Project) -> Iterator[str]:
    """What else of the mandate belongs with it, by kind: commitments, questions, practices ..."""
    linked = [found for name in project.mandate.linked(item.id) if (found := project.mandate.find(name))]
    for kind in KINDS:
        if those := [_other(kind, other, part) for which, other, part in linked if which == kind]:
            yield f"## {'Recommendations it belongs with' if kind == 'recommendations' else kind.capitalize()}"
            yield _listed(those)


def _other(kind: str, item: Item, part: Action | Ask | None) -> str:
    if kind == "recommendations":
        return f"[{item.id}]({item.id}.md) {item.title}" + (f", {part.id}: {_said(part.text)}" if part else "")
    known = [f"{label}: {value}" for label, value in (
        ("due", getattr(item, "due", None)), ("status", getattr(item, "status", None)),
        ("evidence", getattr(item, "evidence", None)), ("result of a check", getattr(item, "result", None))) if value]
    return f"{item.id} {item.title}: {_said(item.text)}" + (f" ({'; '.join(known)})" if known else "")


def _passage(passage: Passage) -> str:
    return f"{passage.document}, {passage.at}: {_said(passage.text)}"


def _said(text: str) -> str:
    """Words of a document on one line, in quotation marks."""
    return f"“{' '.join(text.split())}”" if text else "left blank in the document"
