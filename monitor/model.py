"""What people declare in YAML, as frozen values: indicators, sources, areas.

Unknown keys are errors, and JSON Schema is free (Pydantic). Recommendations and the other items of a mandate stand in
`monitor.items`; what the run computes stands in `monitor.results`.
Words follow SDMX, the UN and OHCHR; see GLOSSARY.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from monitor import area, period
from monitor.declared import Confidence as Confidence
from monitor.declared import Declared as Declared
from monitor.declared import Duration as Duration
from monitor.declared import Id as Id
from monitor.declared import LeastChange as LeastChange
from monitor.declared import Period as Period
from monitor.declared import Url as Url
from monitor.expect import Expect, Expected
from monitor.matrix import Break, ReadingMatrix
from monitor.results import Assessment, Edition, Finding, Level, Reason, Snapshot, Status  # noqa: F401


def _checks(declared: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for name, options in declared.items():
        if "off" in options and (len(options) > 1 or not str(options["off"] or "").strip()):
            raise ValueError(f"the check '{name}' is switched off by a reason and nothing else: {name}: {{off: why}}")
    return declared


Checks = Annotated[dict[str, dict[str, Any]], AfterValidator(_checks)]
#: OHCHR's three kinds (commitment, effort, result), and what only gives context
Kind = Literal["structure", "process", "outcome", "context"]

#: what an area is to migrants; several may hold
RoleName = Literal["origin", "transit", "destination"]
#: the checks that every indicator passes, unless its project or its own declaration says otherwise
CHECKS = ("bounds", "duplicates", "freshness", "frozen", "jump", "outliers", "revision", "schema_drift", "shift",
          "unit", "zeros")

#: the breakdown of a headline figure
TOTAL = "_T"
#: SDMX CL_OBS_STATUS codes of an observation that has no value, and why
MISSING = {"H": "holiday or weekend", "L": "exists, not collected", "M": "cannot exist", "O": "unspecified",
           "Q": "suppressed"}
CL_OBS_STATUS = set("ABDEFGHIJKLMNOPQSUVW")

#: words that may stand in ``applies_to`` for every area of a kind
KINDS_OF_AREA = {"countries": "country", "places": "place", "groups": "group"}


class Direction(StrEnum):
    """Which way is better, and whether a colour may be given at all."""

    UP_GOOD = "up_good"
    DOWN_GOOD = "down_good"
    TARGET = "target"  # better is nearer to the target, from either side
    CONTEXT_ONLY = "context_only"  # never coloured
    AMBIGUOUS = "ambiguous_needs_companion"  # coloured only together with its companions


# ------------------------------------------------------------------ what people declare: indicators


class Target(Declared):
    """A promised number with a date. A target is never rewritten: a later one is added below it."""

    value: float
    period: Period
    announced: str = Field(description="when it was promised: 2015 or 2015-09-25")
    citation: str
    url: Url | None = None
    areas: list[str] = Field([], description="empty: all areas")
    confidence: Confidence = "V"


class Baseline(Declared):
    period: Period
    note: str = ""


class Superseded(Declared):
    """Something that made older figures untrue: a law that was changed. They are shown and not judged."""

    areas: list[str] = Field(min_length=1, description="the areas in which it happened")
    on: datetime.date = Field(description="the day from which it holds: 2024-06-27")
    what: str = Field(description="in one clause a reader understands")
    source: str = Field(description="where that can be read: the act, the journal it was published in")
    url: Url | None = None
    confidence: Confidence = "V"


class Selection(Declared):
    """One series of a source: one code for each dimension, so that rows are never added up by accident.

    As a part of a formula it may be another indicator of the project instead, with that indicator's own selection.
    """

    source: Id = Field("", description="a file in sources/, without .yaml")
    series: str = Field("", description="one of the source's series")
    indicator: Id = Field("", description="in a formula, instead of a source: another indicator")
    unit: str = Field("", description="in a formula: what the part is counted in, in a short form such as persons, "
                      "usd, percent, or 1 for a bare number; needed where the source or indicator has no single unit")
    select: dict[str, str] = Field({}, description="dimension -> the code taken as the headline")
    breakdowns: dict[str, list[str]] = Field({}, description="dimension -> codes kept besides, one at a time")

    @model_validator(mode="after")
    def _one_origin(self) -> Selection:
        if self.indicator and (self.source or self.series or self.select or self.breakdowns):
            raise ValueError("an 'indicator' brings its own figures: no 'source', 'series', 'select' or 'breakdowns'")
        if not self.indicator and not (self.source and self.series):
            raise ValueError("give 'source' and 'series', or, in a formula, another 'indicator'")
        return self


class Data(Declared):
    """Where an indicator's figures come from: one selection, or several joined by a formula."""

    parts: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Selection]
    formula: str | None = Field(None, description="arithmetic over the parts: + - * / ( ) and numbers")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        """``{source: ..., series: ...}`` is short for one part named ``value``."""
        if isinstance(value, dict) and "parts" not in value:
            return {"parts": {"value": value}}
        return value

    @model_validator(mode="after")
    def _formula_when_many(self) -> Data:
        derived = any(part.indicator for part in self.parts.values())
        if derived and self.formula is None:
            raise ValueError("a part that is an 'indicator' needs a 'formula' that says what is computed from it")
        if not derived and (len(self.parts) > 1) != (self.formula is not None):
            raise ValueError("several parts need a 'formula' that joins them, and one part needs none")
        return self


class Disclosure(Declared):
    """How small counts of people are withheld, so that nobody can be recognised in them (`monitor.disclosure`)."""

    k: int = Field(5, ge=2, description="a headline count below this is withheld; no narrower range can be worked out")
    fine: int = Field(10, ge=2, description="a count of a breakdown below this is withheld; at least k")
    keep_zeros: bool = Field(True, description="zeros are printed; false where that nobody is there must not be known")
    release: bool = Field(False, description="true: what an earlier edition withheld may be printed now")

    @model_validator(mode="after")
    def _parts_are_no_less_guarded(self) -> Disclosure:
        if self.fine < self.k:
            raise ValueError(f"'fine' is {self.fine} and 'k' {self.k}: a part needs no less care than the whole")
        return self


class Indicator(Declared):
    """One measure: what it says, where it comes from, how it is judged, and what it cannot say."""

    id: Id
    title: str
    definition: str = Field(description="plain language, one or two sentences")
    answers: list[Id] = Field(description="the asks, recommendations or items of the mandate it answers")
    added_by: Literal["recommendation", "project"] = Field(
        "recommendation", description="'project' marks a bridging indicator that the text does not name"
    )
    kind: Kind
    direction: Direction
    unit: str = Field(description="as a reader reads it: '% of the amount sent'")
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    scale: Literal["percent", "count", "rate", "index", "ratio", "difference", "binary", "money", "duration"]
    bounds: tuple[float | None, float | None] = Field((None, None), description="natural limits: [0, 100]")
    numerator: str = ""
    denominator: str = ""
    baseline: Baseline | None = None
    targets: list[Target] = []
    no_target: str = Field("", description="said where no number was promised, and why none is assumed")
    data: Data | None = None
    missing: Literal["needs_register", "awaiting_source", "not_applicable"] | None = Field(
        None, description="why there is no 'data' block"
    )
    missing_note: str = ""
    applies_to: list[str] = Field([], description="areas, groups, 'countries', 'places' or 'groups'; empty: every area")
    applies_to_roles: list[RoleName] = Field(
        [], description="only for areas with one of these roles; empty: all. An area without any recorded role is "
        "never left out"
    )
    companions: list[Id] = Field([], description="indicators that must be read beside this one")
    reading: str = Field("", description="a sentence printed with the figure wherever it stands")
    reading_matrix: ReadingMatrix | None = Field(None, description="how recorded crime is read with its companions")
    breaks: list[Break] = Field([], description="where a series broke and its publisher has not flagged it")
    cadence: Duration = "P1Y"
    true_on: str = Field("", pattern=r"^(\d\d-\d\d)?$", description="month and day a figure is of, where it tells how "
                         "things stood on one day of its year: 01-01")
    superseded: list[Superseded] = Field([], description="events that older figures know nothing of")
    least_change: LeastChange | None = None
    parity: float | None = Field(None, description="of a gap between groups: the figure at which they are equal. At it "
                                 "or beyond it, further is not better, so nothing is judged")
    least_points: Annotated[int, Field(ge=1)] = Field(2, description="fewer figures than this are too few to judge by")
    max_age: Duration = Field("P5Y", description="older than this at the cut-off date is too old to judge")
    checks: Checks = Field({}, description="name of a check -> its options, beside those every indicator has; or "
                           "{off: why}")
    expect: Expect = Field(Expect(), description="what is expected of its figures taken together")
    method: str = "statcan"
    method_options: dict[str, Any] = {}
    comparable: bool = Field(False, description="may areas be set beside each other? Never police counts")
    caveats: list[str] = []
    gcm: list[Annotated[int, Field(ge=1, le=23)]] = []
    sdg: list[str] = []
    confidence: Confidence = "V"
    unconfirmed: list[str] = Field(
        [], description="facts of this block that are second-hand or general knowledge; printed with the limits"
    )
    purpose: str = Field("", description="what the figure is for, and what it must not be used for")
    disclosure: Disclosure | Literal["none"] | None = Field(
        None, description="how small counts are withheld; 'none' where no people are counted. Without it counts of "
        "cities and parts of countries, and of people in registers, are guarded by default"
    )
    people: bool = Field(True, description="are people counted, asked or described? false: it is about laws, treaties, "
                         "plans, offices or prices, and nobody can be found in it")
    do_no_harm: str = Field("", description="how the people who are counted are kept from harm by being counted")
    self_identification: str = Field(
        "", description="who says that a person belongs to the group that is counted: the person or somebody else"
    )

    @model_validator(mode="after")
    def _says_what_is_missing(self) -> Indicator:
        if (self.data is None) == (self.missing is None):
            raise ValueError("give either 'data' or, where no public figures exist, 'missing' with its reason")
        if not self.targets and not self.no_target:
            raise ValueError("give 'targets' with a citation, or say in 'no_target' that no number was promised")
        if isinstance(self.disclosure, Disclosure) and self.scale != "count":
            raise ValueError("'disclosure' is for counts (scale: count); what is computed from them follows by itself")
        if self.true_on:
            datetime.date.fromisoformat(f"2023-{self.true_on}")  # a ValueError says what is wrong with it
        if self.direction is Direction.AMBIGUOUS and not self.companions:
            raise ValueError("an ambiguous indicator names the 'companions' that explain it")
        if self.direction is Direction.AMBIGUOUS and self.comparable:
            raise ValueError("what is ambiguous must not be set beside other areas or ranked: leave 'comparable' out")
        if self.reading_matrix and self.direction is not Direction.AMBIGUOUS:
            raise ValueError("a 'reading_matrix' is for an indicator that is never judged alone: "
                             "direction ambiguous_needs_companion")
        return self

    def moment(self, when: str) -> datetime.date | None:
        """The day that a figure of this period is of, where it is true of one day; None where of the whole period."""
        return datetime.date.fromisoformat(f"{when[:4]}-{self.true_on}") if self.true_on and len(when) == 4 else None

    def event(self, code: str, when: str) -> Superseded | None:
        """The newest event in an area that a figure of this period knows nothing of, or not wholly."""
        of = self.moment(when) or period.begin(when)
        return max((e for e in self.superseded if code in e.areas and of < e.on), key=lambda e: e.on, default=None)

    def applies(self, code: str, roles: Collection[str] = ()) -> bool:
        """Is the indicator meant for this area, which has these recorded roles? One without any is not left out."""
        open_to = not self.applies_to_roles or not roles or not {*roles}.isdisjoint(self.applies_to_roles)
        return open_to and self.covers(code)

    def covers(self, code: str) -> bool:
        """Is the area one of ``applies_to``?"""
        named = {KINDS_OF_AREA.get(a, a) for a in self.applies_to}
        return not named or code in named or area.kind(code) in named or any(code in area.members(a) for a in named)

    def target_for(self, code: str) -> Target | None:
        """The newest target that holds for an area: one of its own before a general one."""
        own = [t for t in self.targets if code in t.areas]
        found = own or [t for t in self.targets if not t.areas]
        return found[-1] if found else None


# ------------------------------------------------------------------ what people declare: sources, areas


class Licence(Declared):
    name: str
    url: Url | None = None
    confirmed: bool = Field(description="has a person read it at the publisher's?")
    note: str = ""
    terms: str = Field("", description="for a file a person downloads: what is accepted by doing so, in plain words")


class Paging(Declared):
    """How a publisher cuts a long answer into pages."""

    kind: Literal["page", "offset", "years"]
    param: str = "page"
    first: int = 1
    pages_at: str = Field("", description="path to the number of pages in the JSON answer: '0.pages'")
    step: int = Field(0, description="rows a page, for 'offset'")


class Offered(Declared):
    """One series a source offers."""

    title: str
    unit: str = ""
    dimensions: list[str] = []
    cadence: Duration | None = None
    note: str = ""
    params: dict[str, str] = Field({}, description="query parameters of this series, beside the source's")
    options: dict[str, Any] = Field({}, description="options of the reader for this series")
    resource: dict[Literal["id", "name", "file", "format"], str] = Field(
        {}, description="of a CKAN dataset (package_show): the file meant, by its id, name, file name or format"
    )


class Source(Declared):
    """A public dataset: everything a citizen could check about it, and what the reader must be told."""

    id: Id
    title: str
    publisher: str
    official: bool
    homepage: Url
    licence: Licence
    citation: str = Field(description="may hold {series}, {retrieved}, {url}")
    reader: str
    endpoint: str | None = Field(None, description="https address; may hold {series}; none for a register")
    metadata: str | None = Field(None, description="https address of what the publisher says of {series}, where apart")
    params: dict[str, str] = {}
    headers: dict[str, str] = {}
    paging: Paging | None = None
    auth_env: str | None = Field(None, description="name of the environment variable that holds the key")
    auth_param: str | None = None
    per_minute: Annotated[int, Field(ge=1)] = 60
    per_hour: Annotated[int, Field(ge=1)] | None = Field(
        None, description="requests an hour the publisher allows, counted over all runs on this store"
    )
    at_once: Annotated[int, Field(ge=1)] = Field(4, description="requests its host answers at the same time")
    timeout: float = Field(60.0, gt=0, description="seconds one request may take, retries included")
    time_limit: float = Field(
        600.0, gt=0, description="seconds all pages of a series may take together, or an answer the publisher queues"
    )
    max_megabytes: float = 64.0
    allow_private: bool = Field(False, description="follow redirects into private networks: a server of one's own")
    cadence: Duration = "P1Y"
    release: str = Field("", description="when new figures appear, in words")
    file: str | None = Field(None, description="for a register: path below sources/")
    options: dict[str, Any] = Field({}, description="options of the reader")
    flags: dict[str, str] = Field({}, description="the publisher's flag -> SDMX CL_OBS_STATUS")
    recodes: dict[str, dict[str, str]] = Field({}, description="dimension (or ref_area) -> found -> kept")
    expect: Expected = Field(Expected(), description="what is expected of all figures taken from it")
    quirks: list[str] = []
    series: dict[str, Offered]


class Role(Declared):
    """Origin, transit or destination: cited, dated where ``as_of`` is given; several may hold."""

    role: RoleName
    basis: str
    as_of: Period | None = Field(None, description="the period of the figure that it rests on")
    url: Url | None = None
    confidence: Confidence = "V"

    @property
    def grounds(self) -> str:
        """The basis, with the period of its figure where the words do not name it."""
        return f"{self.basis} ({self.as_of})" if self.as_of and self.as_of not in self.basis else self.basis


class Place(Declared):
    """An area a project names: a country with its roles, or a city or region with its name and country."""

    name: str | None = Field(None, description="for cities and parts of countries; countries have CLDR's name")
    country: str | None = None
    roles: list[Role] = []


class About(Declared):
    """Who stands behind a project: printed on every page."""

    title: str
    made_by: str
    funded_by: str = ""
    contact: str = ""
    purpose: str
    licence: str = "CC BY 4.0"
    participation: str = Field("", description="which migrants took part, and how; or that none have yet")
    next_update: str = ""
    home: Url | None = Field(None, description="where editions are published, for the links of the feed")
