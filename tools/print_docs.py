"""Print the generated pages of the documentation anew, so that they cannot drift from the program.

    python tools/print_docs.py

Writes docs/reference/: the command line from its own help, the indicators and sources from their declarations, and
readers, checks and methods from their docstrings; docs/schema/: the JSON Schemas of the declarations. Where
tools/print_methodology.py exists, it is run too.
"""

from __future__ import annotations

import inspect
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import click  # noqa: E402  the path must be set first

from monitor import codebook, errors, plugins, schema  # noqa: E402
from monitor.cli import cli  # noqa: E402
from monitor.model import Indicator, Source, Target  # noqa: E402
from monitor.project import Project, load  # noqa: E402
from monitor.readers._reading import Options  # noqa: E402
from monitor.words import Words  # noqa: E402

REFERENCE = ROOT / "docs/reference"
NOTE = "<!-- Printed by tools/print_docs.py; do not edit by hand. -->\n\n"
WIDTH = 100
WHAT = {
    "readers": "A reader turns a publisher's bytes into rows. Named by `reader:` in a source.",
    "checks": "A check looks at the figures and gives findings. Named under `checks:` of an indicator.",
    "methods": "A method judges progress. Named by `method:` of an indicator.",
}


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    project = load(ROOT)
    words = project.words("en")
    return {
        REFERENCE / "cli.md": _page("The command line", _commands()),
        REFERENCE / "indicators.md": _page("Indicators of the flagship project", _indicators(project, words)),
        REFERENCE / "sources.md": _page("Sources of the flagship project", _sources(project)),
        **{REFERENCE / f"{kind}.md": _page(kind.capitalize(), _plugins(kind)) for kind in WHAT},
        **{ROOT / f"docs/registers/{name}.md": NOTE + text
           for name, text in codebook.pages(project.registers, project.find).items()},
        **{ROOT / f"docs/schema/{name}.json": schema.text(tree) for name, tree in schema.schemas().items()},
    }


def _page(title: str, blocks: Iterator[str]) -> str:
    return f"{NOTE}# {title}\n\n" + "\n\n".join(block.strip("\n") for block in blocks) + "\n"


def _commands() -> Iterator[str]:
    yield ("Every command prints this help with `--help`. `--json` prints data; tables that are piped have tabs and no "
           "colour.")
    yield _help(cli, "monitor")
    yield "## Exit codes"
    yield "Off track is a result and no error: the exit code is 0 unless `--fail-on` asks for another."
    rows = [(0, "done"), (2, "the call itself is wrong: an unknown option, a date that is none")]
    rows += [(kind.exit_code, inspect.cleandoc(kind.__doc__ or "")) for kind in errors.MonitorError.__subclasses__()]
    yield _table(("code", "meaning"), rows)
    for name in sorted(cli.commands):
        command = cli.commands[name]
        yield f"## monitor {name}"
        yield _help(command, f"monitor {name}")
        for part, inner in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            yield _help(inner, f"monitor {name} {part}")


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH,
                            help_option_names=["-h", "--help"])
    return f"```text\n{command.get_help(context)}\n```"


def _indicators(project: Project, words: Words) -> Iterator[str]:
    figures = sum(i.data is not None and not all(p.source in project.registers for p in i.data.parts.values())
                  for i in project.indicators.values())
    yield (f"{len(project.indicators)} indicators, {figures} of them with public figures, for "
           f"{len(project.recommendations)} recommendations. An indicator that answers several is described at the "
           "first. What the words mean: [glossary](../../GLOSSARY.md).")
    told: dict[str, str] = {}
    for recommendation in project.recommendations.values():
        yield f"## {recommendation.id} {recommendation.title}"
        yield f"> {recommendation.text}\n>\n> {recommendation.source} ({recommendation.year})"
        answering = project.answering(recommendation.id)
        if recommendation.asks:
            yield _table(("ask", "in its own words", "indicators"), [
                (ask.id, ask.text, ", ".join(_link(i) for i in answering if ask.id in i.answers))
                for ask in recommendation.asks])
        for indicator in answering:
            if indicator.id not in told:
                told[indicator.id] = recommendation.id
                yield from _indicator(indicator, project, words)


def _indicator(indicator: Indicator, project: Project, words: Words) -> Iterator[str]:
    yield f"### {indicator.id} {indicator.title}"
    yield indicator.definition
    facts = {
        "Kind": f"{words(f'kind.{indicator.kind}')}; {words(f'direction.{indicator.direction}')}",
        "Unit": indicator.unit,
        "Answers": ", ".join(indicator.answers) + ("" if indicator.added_by == "recommendation" else
                                                   "; added by this project, not named in the text"),
        "Promised": "; ".join(_target(t) for t in indicator.targets) or indicator.no_target,
        "Figures": _figures(indicator, project, words),
        "Judged by": f"[{indicator.method}](methods.md#{indicator.method}); too old after {indicator.max_age}",
        "Checks": ", ".join(f"[{c}](checks.md#{c})" for c in indicator.checks),
        "Only for": ", ".join(indicator.applies_to),
        "Read with": ", ".join(_link(project.indicators[c]) for c in indicator.companions),
        "How to read it": indicator.reading,
        "Limits": " ".join(indicator.caveats),
        "Not confirmed": "; ".join(indicator.unconfirmed),
        "What it is for": indicator.purpose,
        "Those who are counted": indicator.do_no_harm,
        "Who says so": indicator.self_identification,
        "Compact": ", ".join(f"{g} {project.gcm[g]}" for g in indicator.gcm),
        "SDG": ", ".join(indicator.sdg),
    }
    yield "\n".join(f"- **{name}:** {text}" for name, text in facts.items() if text)


def _link(indicator: Indicator) -> str:
    return f"[{indicator.id}](#{slug(f'{indicator.id} {indicator.title}')})"


def _target(target: Target) -> str:
    where = f" ({', '.join(target.areas)})" if target.areas else ""
    return f"{target.value:g} by {target.period}{where}, announced {target.announced}: {target.citation}"


def _figures(indicator: Indicator, project: Project, words: Words) -> str:
    if indicator.data is None:
        return f"none. {words(f'reason.{indicator.missing}').capitalize()}. {indicator.missing_note}"
    parts = [f"{name}: {project.sources[p.source].publisher}, [{p.source}](sources.md#{p.source}) `{p.series}`"
             + "".join(f", {dim} {code}" for dim, code in p.select.items()) for name, p in indicator.data.parts.items()]
    joined = f"`{indicator.data.formula}`; " if indicator.data.formula else ""
    return joined + "; ".join(p.removeprefix("value: ") for p in parts)


def _sources(project: Project) -> Iterator[str]:
    yield "Where the figures come from, under which terms, and what is odd about each source."
    for source in project.sources.values():
        yield f"## {source.id}"
        official = "Official" if source.official else "Not official"
        yield f"{source.publisher}: {source.title}. {official} statistics. <{source.homepage}>"
        yield "\n".join(f"- **{name}:** {text}" for name, text in _terms(source).items() if text)
        rows = [(f"`{name}`", offered.title, offered.unit, ", ".join(offered.dimensions), offered.note)
                for name, offered in source.series.items()]
        yield _table(("series", "title", "unit", "dimensions", "note"), rows)


def _terms(source: Source) -> dict[str, str]:
    confirmed = "" if source.licence.confirmed else " (to be confirmed with the publisher)"
    address = f"`{source.endpoint}`" if source.endpoint else "none; shipped only"
    if source.file:
        address = f"register `sources/{source.file}`"
    return {
        "Licence": f"{source.licence.name}{confirmed}. {source.licence.note}",
        "Read by": f"[{source.reader}](readers.md#{source.reader})",
        "Address": address,
        "New figures": source.release,
        "Key": f"environment variable `{source.auth_env}`" if source.auth_env else "",
        "What is odd": " ".join(source.quirks),
    }


def _plugins(kind: str) -> Iterator[str]:
    yield f"{WHAT[kind]} How to write one: [write a reader, check or method](../howto/write-a-plug-in.md)."
    for name in plugins.names(kind):
        found = plugins.module(kind, name)
        yield f"## {name}"
        yield _markdown(inspect.cleandoc(found.__doc__ or ""))
        if options := _options(found):
            yield _table(("option", "meaning", "default"), options)


def _options(module: object) -> list[tuple[str, str, str]]:
    """The options a reader declares as a model of its own."""
    kinds = [c for _, c in inspect.getmembers(module, inspect.isclass) if issubclass(c, Options)]
    if not kinds:
        return []
    fields = max(kinds, key=lambda kind: len(kind.mro())).model_fields  # its own, where it is more than the common ones
    return [(f"`{name}`", field.description or "", "required" if field.is_required() else f"`{field.default!r}`")
            for name, field in fields.items()]


def _markdown(text: str) -> str:
    """A docstring as Markdown: a section such as ``Levels:`` gets a bold head, an example becomes a code block."""
    out = []
    for block in re.split(r"\n\s*\n", text):
        head, _, rest = block.partition("\n")
        if re.fullmatch(r"[A-Z][\w ]*:", head) and rest.startswith("    "):
            body = inspect.cleandoc(rest)
            if head in ("Bad:", "Good:"):
                out.append(f"**{head[:-1]}**\n\n```text\n{body}\n```")
            elif re.match(r"\w+: ", body):
                said = [" ".join(part.split()) for part in re.split(r"\n(?=\w+: |[A-Z])", body)]
                items = [f"- {part}" for part in said if re.match(r"\w+: ", part)]
                after = [part for part in said if not re.match(r"\w+: ", part)]
                out += [f"**{head[:-1]}**\n\n" + "\n".join(items), *after]
            else:
                out.append(f"**{head[:-1]}**\n\n{body}")
        else:
            out.append(block)
    return "\n\n".join(out)


def _table(columns: tuple[str, ...], rows: list) -> str:  # type: ignore[type-arg]
    def cells(row: object) -> str:
        return "| " + " | ".join(str(c).replace("|", "\\|").replace("\n", " ") for c in row) + " |"  # type: ignore[attr-defined]

    return "\n".join([cells(columns), "|" + "---|" * len(columns), *map(cells, rows)])


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def main() -> None:
    """Write every page, then the methodology where its printer exists."""
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    if (ROOT / "tools/print_methodology.py").is_file():
        runpy.run_path(str(ROOT / "tools/print_methodology.py"), run_name="__main__")


if __name__ == "__main__":
    main()
