"""Registers: evidence people keep by hand, declared as `sources/registers/<name>.yaml` beside a CSV of that name.

The declaration is the codebook (what counts, what does not, worked examples, edge cases), the columns, and the rules
by which rows become the series of a source. A register is a source like any other: `Register.source`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, model_validator

from monitor.model import Declared, Duration, Id, Licence, Offered, Source, Url

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FOLDER = "sources/registers"
#: fewer rows than this coded by two people give no kappa
KAPPA_LEAST = 2


class Column(Declared):
    """One column of a register, and what may stand in it."""

    name: Name
    type: Literal["text", "date", "period", "number", "yes_no", "code", "url", "area"] = "text"
    means: str = Field("", description="what goes in, for the person who fills it")
    required: bool = Field(False, description="no row without it")
    codes: dict[str, str] = Field({}, description="for a code: what may stand here -> what it means")
    least: float | None = Field(None, description="for a number: the smallest that can be")
    most: float | None = Field(None, description="for a number: the largest that can be")
    form: str = Field("", description="for a text: the regular expression it follows")
    judgement: bool = Field(False, description="two people read it apart; their answers stand in <name>_1 and <name>_2")
    ids: bool = Field(False, description="ids of the mandate, or of indicators, with blanks between")
    beside: str = Field("", description="with ids: the regular expression of other ids that may stand there")
    person_free: bool = Field(False, description="never a person's name: offices, bodies and places only")

    @model_validator(mode="after")
    def _codes_where_coded(self) -> Column:
        if (self.type == "code") != bool(self.codes):
            raise ValueError("a column of type 'code' lists its 'codes', and no other does")
        if self.judgement and self.type not in ("code", "yes_no"):
            raise ValueError("a 'judgement' is a code or yes/no, so that two answers can be compared")
        return self


def _code(name: str, means: str, codes: dict[str, str], required: bool = False) -> Column:
    return Column(name=name, type="code", means=means, codes=codes, required=required)


_CODER, _IDS = r"[A-Za-z]{1,4}\d{0,4}", r"[A-Z][\w.-]*( [A-Z][\w.-]*)*"
_OBJECTIVES = r"([1-9]|1\d|2[0-3])( ([1-9]|1\d|2[0-3]))*"
#: what every register has beside its own columns; those before `source_url` stand first, the others last
SHARED: dict[str, Column] = {c.name: c for c in (
    Column(name="id", required=True, means="the row's own id, never used again", form=r"[A-Za-z0-9][A-Za-z0-9_.-]*"),
    Column(name="ref_area", type="area", required=True, means="country (DEU), city (USNYC), region (US-CA) or group"),
    _code("level", "who acts", {"international": "between States", "national": "a State", "regional": "a part of one",
                                "local": "a city or municipality"}),
    Column(name="date_from", type="period", required=True, means="when it began, or the year it is about"),
    Column(name="date_to", type="period", means="when it ended; empty while it lasts"),
    Column(name="source_url", type="url", required=True, means="the page where it can be read"),
    Column(name="archived_url", type="url", means="a copy of that page in a public archive"),
    Column(name="retrieved_on", type="date", required=True, means="the day the project read it: the page, or a stored "
           "copy of it where the notes say so; such a copy is older than this day, and the page was not asked"),
    Column(name="quote", means="the words of the source that settle it"),
    Column(name="language", means="language of the quote: en, fr", form=r"[a-z]{2,3}"),
    Column(name="coder_1", means="first reader, by a code and never by name: K1", form=_CODER),
    Column(name="coder_2", means="second reader, who has not seen the first one's answers", form=_CODER),
    _code("agreement", "how two answers became one", {"agreed": "they were the same", "discussed": "talked over until "
          "both agreed", "third": "a third reader decided"}),
    _code("confidence", "how sure the reader is", {"high": "read in the primary source", "med": "read second-hand, or "
          "inferred in part", "low": "doubtful; the figure is flagged"}, required=True),
    _code("status", "state of the row", {"entered": "read by one person", "checked": "read by a second one",
          "withdrawn": "found wrong; kept, not counted"}),
    Column(name="notes", means="what the next reader must know"),
    Column(name="linked_r", means="ids of the mandate it bears on, with blanks between", form=_IDS,
           ids=True),
    Column(name="linked_gcm", means="objectives of the Global Compact, with blanks between: 4 15", form=_OBJECTIVES),
    Column(name="supersedes", means="id of the row this one replaces; that one is no longer counted"),
)}  # fmt: skip
_LAST = list(SHARED)[list(SHARED).index("source_url"):]


class Rule(Declared):
    """How rows become one series: `count`, `share`, `checklist`, `value` or `state`."""

    rule: Literal["count", "share", "checklist", "value", "state"]
    title: str
    unit: str
    note: str = ""
    where: dict[Name, str | list[str]] = Field({}, description="only rows with these codes")
    dimensions: list[Name] = Field([], description="columns whose codes are kept apart")
    at: Name = Field("date_from", description="column with the period a row is about, or begins in")
    until: Name = Field("retrieved_on", description="column that says up to when a row is known to hold")
    column: str = Field("", description="count, share: the code that is counted; value: the figure; state: the act")
    yes: list[str] = Field(["yes"], description="codes that count")
    no: list[str] = Field(["no"], description="codes that do not; a row with neither is not known and left out")
    ended: list[str] = Field([], description="state: codes that end it")
    items: list[Name] = Field([], description="checklist: its yes/no columns")
    within: int = Field(1, ge=1, description="checklist: an item holds where it did in one of so many years, the last "
                        "of them this one: 2 where some report every second year")
    out_of: float | None = Field(None, description="checklist: the score when all hold; their number if left out")
    carried: bool = Field(False, description="count, share: rows in force in a year instead of rows that begin in it")
    distinct: str = Field("", description="count: different entries of this column instead of rows")
    by: Literal["area", "country"] = Field("area", description="country: what a city or region does counts there")
    least: int = Field(1, ge=1, description="count, share: fewer known rows or cases give no figure")
    many: str = Field("", description="count: column that is added up; share: how many cases a row stands for, else 1")
    many_yes: str = Field("", description="share: column with how many of these are a yes")
    per: str = Field("", description="count: column to divide by, the same in all rows of an area and year")
    times: float = Field(1, description="count: what the quotient is multiplied by: 1000 for each 1,000")
    lower: str = Field("", description="value: column with the lower bound")
    upper: str = Field("", description="value: column with the upper bound")
    missing: str = Field("", description="value: column with the SDMX status, which says why there is no figure")
    printed: str = Field("", description="value: column with the cell as printed")
    since: int = Field(2000, ge=1900, description="state: the first year of the series")

    def columns(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Every column it names: (key of the rule, column, types that serve)."""
        coded, number = ("code", "yes_no"), ("number",)
        yield "at", self.at, ("date", "period")
        if self.carried or self.rule in ("checklist", "state"):
            yield "until", self.until, ("date", "period")
        yield from (("where", name, (*coded, "area")) for name in self.where)
        yield from (("dimensions", name, (*coded, "text")) for name in self.dimensions)
        yield from (("items", name, ("yes_no",)) for name in self.items)
        if self.column:
            yield "column", self.column, number if self.rule == "value" else coded
        others = {"distinct": (*coded, "text", "url"), "missing": ("code",), "printed": ("text",)}
        for key, types in (others | dict.fromkeys(("many", "many_yes", "per", "lower", "upper"), number)).items():
            if name := getattr(self, key):
                yield key, name, types

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Rule:
        if self.rule in ("share", "value", "state") and not (self.column or self.many_yes):
            raise ValueError(f"the rule '{self.rule}' needs a 'column'")
        if (self.rule == "checklist") != bool(self.items):
            raise ValueError("a checklist, and only a checklist, names its 'items'")
        if self.many_yes and not self.many:
            raise ValueError("'many_yes' of how many? Name the column under 'many'")
        return self


class Example(Declared):
    """A case as it is met, and what becomes of it."""

    case: str
    decision: str


class Register(Declared):
    """What one register holds, how it is kept, and which series it gives."""

    id: Id
    title: str
    known_as: list[str] = Field([], description="what documents call it: REG-TREATY; REG- and its id need not be said")
    question: str = Field(description="what it answers, in one sentence")
    keeper: str = Field("People who keep this project, by hand", description="who keeps it, or publishes what it holds")
    about: Url = Field(description="a public page that explains the subject")
    licence: Licence
    citation: str = Field("", description="may hold {series}, {retrieved}, {url}")
    cadence: Duration = "P1Y"
    counts: list[str] = Field(min_length=1, description="what counts")
    does_not_count: list[str] = Field(min_length=1, description="what does not")
    examples: list[Example] = Field(min_length=2, description="worked examples")
    edge_cases: list[str] = []
    organisations: list[str] = Field(
        [], description="names that may stand in a column free of persons though they look like a person's"
    )
    shared: list[str] = Field([*SHARED], description="which of the shared columns it has: all, if left out")
    columns: list[Column] = Field(min_length=1, description="its own columns")
    rules: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Rule] = Field(
        min_length=1, description="name of a series -> how rows become its figures"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Register:
        if unknown := [name for name in self.shared if name not in SHARED]:
            raise ValueError(f"'{unknown[0]}' is no shared column; known are {', '.join(SHARED)}")
        for columns in (self.columns, self.header()):
            names = [column.name for column in columns]
            if twice := [name for name in names if names.count(name) > 1]:
                raise ValueError(f"the column '{twice[0]}' is declared twice")
        types = {column.name: column for column in self.header()}
        for series, rule in self.rules.items():
            for key, name, serve in rule.columns():
                if name not in types:
                    raise ValueError(f"rules {series} {key}: there is no column '{name}'")
                if types[name].type not in serve:
                    kind = types[name].type
                    raise ValueError(f"rules {series} {key}: '{name}' is a {kind}, expected {' or '.join(serve)}")
            if rule.rule != "state" and not types[rule.at].required:
                raise ValueError(f"rules {series} at: '{rule.at}' dates the rows, so it must be 'required'")
        return self

    def header(self) -> list[Column]:
        """All columns as the CSV has them; a judgement is followed by what each of two readers found."""
        own = {c.name: c for c in self.columns}
        shared = [own.pop(name, SHARED[name]) for name in self.shared]
        first = [c for c in shared if c.name not in _LAST]
        alone = {"required": False, "judgement": False}
        body = [c for column in own.values() for c in (
            [column, *(column.model_copy(update={"name": f"{column.name}_{n}", **alone}) for n in (1, 2))]
            if column.judgement else [column])]
        return [*first, *body, *(c for c in shared if c.name in _LAST)]

    @property
    def file(self) -> str:
        """Its CSV, below sources/."""
        return f"registers/{self.id}.csv"

    def told(self) -> dict[str, Any]:
        """Its columns as the reader is told of them, in plain values."""
        told = {"columns": [c.model_dump(exclude_defaults=True, exclude={"means", "judgement", "ids", "beside"})
                            for c in self.header()]}
        return told | ({"organisations": self.organisations} if self.organisations else {})

    def source(self) -> Source:
        """The register as a source: its rules are its series."""
        return self.read_through(Source(
            id=self.id, title=self.title, publisher=self.keeper, official=False, homepage=self.about,
            licence=self.licence, reader="register", file=self.file, cadence=self.cadence,
            citation=self.citation or f"{self.title}, a register kept by hand, newest row of {{retrieved}}",
            series={name: Offered(title=rule.title, unit=rule.unit, dimensions=list(rule.dimensions), note=rule.note)
                    for name, rule in self.rules.items()},
        ))  # fmt: skip

    def read_through(self, source: Source) -> Source:
        """A source that reads this register's file, told what the register declares."""
        series = {
            name: offered.model_copy(update={"options": {
                "rule": self.rules[name].model_dump(exclude_defaults=True), **offered.options}})
            if name in self.rules else offered for name, offered in source.series.items()
        }
        return source.model_copy(update={"options": {**self.told(), **source.options}, "series": series})


def joined(registers: Mapping[str, Register], sources: Mapping[str, Source]) -> dict[str, Source]:
    """Sources, and registers as sources; a register whose file a source of its own names is read through that one."""
    by_file = {register.file: register for register in registers.values()}
    read = {name: by_file[s.file].read_through(s) if s.file in by_file else s for name, s in sources.items()}
    taken = {source.file for source in read.values()}
    return read | {name: register.source() for name, register in registers.items() if register.file not in taken}


def current(rows: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Without the rows that another one supersedes, and those that were withdrawn."""
    rows = [*rows]
    replaced = {row.get("supersedes") for row in rows}
    return [row for row in rows if row.get("id") not in replaced and row.get("status") != "withdrawn"]


class Agreement(NamedTuple):
    """How far two readers of one column agree: Cohen's kappa, unweighted, or why there is none."""

    rows: int
    kappa: float | None
    reason: str = ""


def agreement(register: Register, rows: Sequence[Mapping[str, str]]) -> dict[str, Agreement]:
    """Cohen's kappa of every judgement, over the rows that two people coded.

    Source: J. Cohen, A coefficient of agreement for nominal scales, Educ. and Psychol. Measurement 20 (1960), 37-46.
    """
    found = {}
    for column in register.columns:
        if column.judgement:
            pairs = [(row[f"{column.name}_1"], row[f"{column.name}_2"]) for row in rows]
            found[column.name] = kappa([(one, two) for one, two in pairs if one and two])
    return found


def kappa(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa of pairs of answers: 1 all alike, 0 no more alike than by chance, below 0 less."""
    n = len(pairs)
    if n < KAPPA_LEAST:
        return Agreement(n, None, f"{n} {'row' if n == 1 else 'rows'} coded by two people, {KAPPA_LEAST} are needed")
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    observed, expected = sum(a == b for a, b in pairs), sum(first[k] * second[k] for k in first)
    if expected == n * n:
        return Agreement(n, None, "both gave one and the same answer throughout, so chance alone explains it")
    return Agreement(n, (observed * n - expected) / (n * n - expected))
