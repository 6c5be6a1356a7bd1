"""The items of a mandate as people declare them, word for word: recommendations, commitments, questions and the rest.

Every item says in which document it stands and where. What a form left blank stays, marked as blank by its source:
that is no missing data. Items of all kinds, their parts and the indicators share one space of ids, which never change.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from monitor.model import Confidence, Declared, Id, Kind, Period, Url

Certainty = Literal["stated", "inferred"]
Objective = Annotated[int, Field(ge=1, le=23)]
#: what OHCHR asks of every recommendation: something about law and institutions, about effort, about results
ANSWERS: tuple[Kind, ...] = ("structure", "process", "outcome")


# ------------------------------------------------------------------ what every item has


class Named(Declared):
    id: Id
    title: str = Field(description="a short working title of ours")


class Document(Named):
    """A text that items were taken from."""

    event: str = Field(description="where it comes from, as a reader would cite it")
    date: Period = Field(description="2018-12-04, 2016-12 or 2015")
    date_certainty: Certainty
    why: str = Field(description="what the date, and the event where inferred, rest on")
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = Field(
        "", description="of the text the items are compared with"
    )
    notes: list[str] = []

    @property
    def year(self) -> int:
        return int(self.date[:4])


class Passage(Declared):
    """Words of a document, exactly as they stand there; a private person's name is ``[name withheld]``."""

    document: Id
    at: str = Field("", description="where in the document: section 2, recommendation 1")
    text: str = Field("", description="verbatim")
    reported_by: str = Field("", description="who says it, where the document only reports it")
    empty_by_source: bool = Field(False, description="the form has a field for it, and it was left blank")

    @model_validator(mode="after")
    def _words_or_blank(self) -> Self:
        if bool(self.text) == self.empty_by_source:
            raise ValueError("give the 'text' word for word, or 'empty_by_source: true' where the form was left blank")
        return self


class Item(Passage, Named):
    """What all kinds of item share."""

    also: list[Passage] = Field([], description="where else the documents say it")
    names: dict[str, str] = Field({}, description="a name as the text has it -> the name it is known by")
    links: list[Id] = Field([], description="items and indicators it belongs with")
    gcm: list[Objective] = []
    principles: list[Id] = Field([], description="guiding principles of the Compact: sources/frameworks/gcm.yaml")
    sdg: list[str] = []
    notes: list[str] = []

    @property
    def parts(self) -> list[Action | Ask]:
        """What has an id of its own inside the item."""
        return []

    @property
    def ids(self) -> list[str]:
        """The item's own id, then those of its parts."""
        return [self.id, *(part.id for part in self.parts)]


# ------------------------------------------------------------------ recommendations


class Action(Declared):
    id: Id
    text: str
    addressed_to: list[str] = []


class Ask(Declared):
    """An indicator as the recommendation itself names it, word for word."""

    id: Id
    text: str
    note: str = ""


class Position(Declared):
    """One side of a disagreement that the document records."""

    title: str
    text: str


class Recommendation(Item):
    """What civil society recommended, verbatim, to whom, and how it said success would show."""

    document: Id = Field("", description="or 'source', 'year' and 'date_certainty'")
    source: str = Field("", description="document, section and date")
    year: int = 0
    date_certainty: Certainty | None = None
    local: bool = Field(False, description="the card of a city or region begins with it")
    addressed_to: list[str]
    actions: list[Action] = []
    asks: list[Ask] = Field([], description="the indicators the recommendation names")
    positions: list[Position] = Field([], description="where the document records a disagreement, both sides")
    gaps: dict[Literal["structure", "process", "outcome"], str] = Field(
        {}, description="a kind of indicator that none answers yet -> why"
    )

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Self:
        if not self.document and not (self.source and self.year and self.date_certainty):
            raise ValueError("name its 'document', or give 'source', 'year' and 'date_certainty'")
        return self

    @property
    def parts(self) -> list[Action | Ask]:
        return [*self.actions, *self.asks]

    def cited(self, document: Document | None) -> Recommendation:
        """With the source, year and certainty of its document, where it does not give its own."""
        if document is None:
            return self
        own = self.model_dump(include={"source", "year", "date_certainty"}, exclude_defaults=True)
        source = f"{document.event}: {document.title}{', ' + self.at if self.at else ''}"
        found = {"source": source, "year": document.year, "date_certainty": document.date_certainty}
        return self.model_copy(update=found | own)


# ------------------------------------------------------------------ commitments


State = Literal[
    "pledged", "in_progress", "delivered", "partly", "not_delivered", "superseded", "unknown", "no_actor_assigned"
]
#: what may be said without a link: the document is the evidence of a pledge, and for the others there is none
UNEVIDENCED = ("pledged", "unknown", "no_actor_assigned")


class Standing(Declared):
    """How a commitment stood on a date. Entries are never rewritten: a later one is added below."""

    status: State
    on: Period
    evidence: list[Url] = []
    note: str

    @model_validator(mode="after")
    def _evidenced(self) -> Standing:
        if self.status not in UNEVIDENCED and not self.evidence:
            raise ValueError(f"'{self.status}' needs 'evidence': an address a reader can open")
        return self


class Commitment(Item):
    """Who undertook to do what by when, and what is known of it."""

    actors: list[str] = Field([], description="organisations, never persons")
    no_actor: str = Field("", description="why nobody is named")
    areas: list[str] = Field([], description="codes of the governments among the actors")
    made_at: Period | None = Field(None, description="when, if not on the date of the document")
    due: Period | None = None
    due_text: str = Field("", description="verbatim")
    due_certainty: Certainty | None = None
    continuous: bool = Field(False, description="due is when it begins, and it has no end")
    deliverable: str
    conditions: str = ""
    history: list[Standing] = Field(min_length=1, description="how it stood, oldest first")

    @model_validator(mode="after")
    def _somebody_some_day(self) -> Commitment:
        if bool(self.actors) == bool(self.no_actor):
            raise ValueError("give the 'actors', or in 'no_actor' the reason why nobody is named")
        if (self.due is None) != (self.due_certainty is None):
            raise ValueError("'due' and 'due_certainty' go together")
        if self.status == "no_actor_assigned" and self.actors:
            raise ValueError("'no_actor_assigned' is for commitments without 'actors'")
        if [e.on for e in self.history] != sorted(e.on for e in self.history):
            raise ValueError("the 'history' runs from the oldest entry to the newest")
        return self

    @property
    def status(self) -> State:
        return self.history[-1].status


# ------------------------------------------------------------------ what else the documents hold


class Message(Item):
    """What the chair of the meeting was asked to tell governments first."""

    to: list[str]


class Question(Item):
    """What was asked, and of whom. Answers are kept apart, for each government, dated and cited."""

    to: list[str]


class Practice(Item):
    """An example that was held up as good, and how far that is known."""

    claim: str = Field(description="what it is said to have done; nothing is added to it")
    place: str
    level: list[Literal["community", "local", "regional", "national", "global"]]
    years: str = Field(description="as the document gives them, or that it gives none")
    evidence: Literal["anecdote", "monitored", "evaluated"]
    transferability: str


class Lesson(Item):
    """What works against the aim, what was learnt, what to think about."""

    kind: Literal["counter_productive", "lesson", "reflection"]


class Mechanism(Item):
    """A body, procedure or framework that the documents name, to use or to improve."""

    kind: Literal["governance", "compact", "sdg"]
    bodies: list[str] = []


class Sample(Declared):
    """A share of a sample, from which its uncertainty follows."""

    count: Annotated[int, Field(ge=0)]
    of: Annotated[int, Field(ge=1)]
    note: str = ""

    @model_validator(mode="after")
    def _a_share(self) -> Sample:
        if self.count > self.of:
            raise ValueError(f"found {self.count} of {self.of}, expected no more than there are")
        return self


class Claim(Item):
    """A statement that could be checked, and what a check found."""

    value: float | None = None
    unit: str = ""
    place: str
    period: str
    causal: bool = Field(False, description="it says that one thing brings about another")
    original_source: str
    original_url: Url | None = None
    checked: str = Field(description="what a check found, or that none was made")
    result: Literal["confirmed", "roughly", "contradicted", "unconfirmed", "not_checkable"]
    sample: Sample | None = None
    confidence: Confidence

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % Wilson interval of the sampled share, in per cent."""
        if self.sample is None:
            return None
        low, high = wilson(self.sample.count, self.sample.of)
        return 100 * low, 100 * high


class Quote(Item):
    """Words of a participant that a session found inspiring."""

    attribution: str
    consent: str


class Theme(Item):
    """What runs through several documents: women, children, the diaspora, cities ..."""


def wilson(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of a share, after Wilson (1927).

    >>> [round(100 * end, 1) for end in wilson(69, 577)]
    [9.6, 14.9]
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = count / of, 1 + z * z / of
    middle = (share + z * z / (2 * of)) / weight
    half = z / weight * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


# ------------------------------------------------------------------ the crosswalk to a list that people fill


class Listed(Declared):
    """One indicator of a published list, and ours that stand for it."""

    number: str
    wording: str = Field(description="verbatim from the publication")
    page: str
    gcm: list[Objective] = []
    sdg: list[str] = []
    ours: list[Id] = Field([], description="indicators of this project; empty: none")
    filled_by: str = Field(description="the organisation that compared it")
    filled_on: Period
    note: str = ""


class Crosswalk(Named):
    """A published list of indicators beside ours. It stays empty until a person has the publication before them."""

    publication: str
    url: Url
    version: Annotated[int, Field(ge=0)] = Field(description="0 while empty; one more with each change")
    how_to_fill: str
    indicators: list[Listed] = []
