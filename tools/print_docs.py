"""Print the generated pages of the documentation anew, so that they cannot drift from the program.

    python tools/print_docs.py

Writes docs/reference/: the command line from its own help, a page for each indicator and recommendation
(tools/reference_pages.py) and one of all sources from their declarations, readers, checks and methods from their
docstrings; docs/registers/: the code books; docs/schema/: the JSON Schemas of the declarations; docs/methodology.md. A
page that is right already is left alone, and one whose indicator or recommendation is gone is removed.
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

from monitor import codebook, errors, grade, plugins, schema  # noqa: E402
from monitor.cli import cli  # noqa: E402
from monitor.model import Source  # noqa: E402
from monitor.project import Project, load  # noqa: E402
from monitor.readers._reading import Options  # noqa: E402
from tests.fetch import faults  # noqa: E402
from tools import reference_pages  # noqa: E402
from tools.reference_pages import table  # noqa: E402

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
    return {
        REFERENCE / "cli.md": _page("The command line", _commands()),
        **{REFERENCE / path: NOTE + text
           for path, text in reference_pages.pages(project, project.words("en")).items()},
        REFERENCE / "sources.md": _page("Sources of the flagship project", _sources(project)),
        **{REFERENCE / f"{kind}.md": _page(kind.capitalize(), _plugins(kind)) for kind in WHAT},
        REFERENCE / "grades.md": _page("Grades of the evidence", _grades()),
        REFERENCE / "faults.md": _page("Faults of publishers", iter([faults.page()])),
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
    yield table(("code", "meaning"), rows)
    for name in sorted(cli.commands):
        command = cli.commands[name]
        yield f"## monitor {name}"
        yield _help(command, f"monitor {name}")
        for part, inner in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            yield _help(inner, f"monitor {name} {part}")


def _grades() -> Iterator[str]:
    yield inspect.cleandoc(grade.__doc__ or "").partition("\n\n")[2].replace("`RULES`", "the first table").replace(
        "`GRADES`", "the second")
    yield table(("what", "points", "when"), [(rule.key, rule.points, rule.what) for rule in grade.RULES])
    most = list(grade.GRADES.values())
    least = [0, *(m + 1 for m in most)]
    rows = [(letter, f"{low} to {high}") for letter, low, high in zip(grade.GRADES, least, most, strict=False)]
    yield table(("grade", "points"), [*rows, ("D", f"{most[-1] + 1} or more, or an error")])
    yield ("The grade and what took points stand in `data/assessments.csv`, in the columns `grade` and `grade_why`, "
           "and beside each status on the scorecard.")


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, terminal_width=WIDTH, max_content_width=WIDTH,
                            help_option_names=["-h", "--help"])
    return f"```text\n{command.get_help(context)}\n```"


def _sources(project: Project) -> Iterator[str]:
    yield "Where the figures come from, under which terms, and what is odd about each source."
    for source in project.sources.values():
        yield f"## {source.id}"
        official = "Official" if source.official else "Not official"
        yield f"{source.publisher}: {source.title}. {official} statistics. <{source.homepage}>"
        yield "\n".join(f"- **{name}:** {text}" for name, text in _terms(source).items() if text)
        rows = [(f"`{name}`", offered.title, offered.unit, ", ".join(offered.dimensions), offered.note)
                for name, offered in source.series.items()]
        yield table(("series", "title", "unit", "dimensions", "note"), rows)


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
            yield table(("option", "meaning", "default"), options)


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


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def stale() -> list[Path]:
    """Pages of indicators and recommendations that no longer exist."""
    current = pages()
    return [page for folder in ("indicators", "recommendations") for page in sorted((REFERENCE / folder).glob("*.md"))
            if page not in current]


def main() -> None:
    """Write every page that changed and remove the stale ones, then the methodology."""
    for path in stale():
        path.unlink()
        print(f"{path.relative_to(ROOT)} removed")
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    runpy.run_path(str(ROOT / "tools/print_methodology.py"), run_name="__main__")


if __name__ == "__main__":
    main()
