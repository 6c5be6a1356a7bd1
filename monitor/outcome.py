"""What became of asking the publishers: each series for ``monitor fetch``, each endpoint for ``monitor doctor``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from monitor import fetch, paging, payload, pruning, unreadable
from monitor.errors import MonitorError, SourceUnavailable, UnreadableData
from monitor.model import Source
from monitor.network import PUBLISHER, Network, Trouble
from monitor.project import Project
from monitor.results import Level, Snapshot

if TYPE_CHECKING:
    from monitor.evidence import Evidence

#: unusable: it came and can be read, and the checks set it aside for the sound one before it
State = Literal["fetched", "not modified", "stale", "unreadable", "unusable", "failed", "not kept", "not asked"]
#: what came and is no use: to ask again brings the same, and a person must look
USELESS = ("unreadable", "unusable")
Wanted = tuple[str, str]  # source id, series


@dataclass(frozen=True)
class Outcome:
    """What became of one series. What is empty does not apply."""

    source: str
    series: str
    state: State
    retrieved: str = ""  # when the answer that serves came
    age_days: int | None = None
    sha256: str = ""
    url: str = ""
    cause: str = ""  # why the state is stale, unreadable or failed
    who: Literal["", "you", "publisher", "wait"] = ""  # who can mend that; wait: nobody needs to
    remedy: str = ""  # what is to be done
    problem: str = ""  # all of it in sentences


def outcomes(
    project: Project, answers: Mapping[Wanted, Snapshot | MonitorError], network: Network, as_of: date
) -> list[Outcome]:
    """What became of each answer. New ones are read and checked once, so that one that is no use is known at once."""
    return [_outcome(project, name, answer, network.told.get(name), as_of) for name, answer in answers.items()]


def _outcome(
    project: Project, name: Wanted, answer: Snapshot | MonitorError, told: str | Trouble | None, as_of: date
) -> Outcome:
    if isinstance(answer, MonitorError):
        text = " ".join(dict.fromkeys(answer.problems))
        if isinstance(told, Trouble) and told.cause in text:
            return Outcome(*name, "failed", cause=told.cause, who=told.by, remedy=told.who, problem=text)
        both = f"{text} Besides, the publisher was asked in vain: {told}" if isinstance(told, Trouble) else text
        return Outcome(*name, "failed", cause=answer.problems[0], who="you", problem=both)  # the store's own trouble
    serving, fault = answer, ""
    if told == "fetched" or pruning.useless(project.store, answer.sha256):  # what has not changed is quick
        from monitor import evidence  # heavy: Polars, for what is new

        try:
            readable, _ = evidence.readable(project, answer, as_of)
            serving, said = evidence.sound(project, readable, as_of)
            fault = said[0].message if serving is not readable else ""
        except MonitorError as error:
            who, remedy = _blame(answer)
            return Outcome(*name, "unreadable", cause=error.problems[0], who=who, remedy=remedy, url=answer.url,
                           problem=" ".join(error.problems))  # fmt: skip
    facts = _facts(serving, as_of)
    if isinstance(told, Trouble):
        kind: State = "not kept" if isinstance(told, fetch.NotKept) else "stale"
        return Outcome(*name, kind, cause=told.cause, who=told.by, remedy=told.who, **facts)
    if bad := unreadable.said(project.store, answer.sha256):
        who, remedy = _blame(answer)
        return Outcome(*name, "unreadable", cause=bad.splitlines()[0], who=who, remedy=remedy, **facts)
    if fault:
        return Outcome(*name, "unusable", cause=fault, who="you", remedy=_compare(answer), **facts)
    state: State = "not asked" if told is None else "fetched" if told == "fetched" else "not modified"
    return Outcome(*name, state, **facts)


def _facts(serving: Snapshot, as_of: date) -> dict[str, Any]:
    return {"retrieved": serving.retrieved, "age_days": fetch.age(serving, as_of), "sha256": serving.sha256,
            "url": serving.url, "problem": serving.problem}


def behind(project: Project, gathered: Evidence, as_of: date) -> list[Outcome]:
    """The answers that figures were read from: how old each is, and what became of asking for a newer one."""
    found = [Outcome(*name, _state(project, one), **_facts(one, as_of)) for name, one in gathered.snapshots.items()]
    return found + [Outcome(*name, "failed", problem=" ".join(error.problems)) for name, error in
                    gathered.failed.items() if name not in gathered.snapshots]


def _state(project: Project, serving: Snapshot) -> State:
    if serving.instead_of:
        return "unreadable" if unreadable.said(project.store, serving.instead_of) else "unusable"
    return "stale" if serving.problem else "fetched" if serving.origin == "live" else "not asked"


def _compare(answer: Snapshot) -> str:
    name = f"{answer.source} {answer.series} {answer.sha256[:12]}"
    return ("Compare with the publisher's own table. Where the new figures are right: monitor vintages accept "
            f"{name} --reason WHY. Where they are not, nothing is to be done until it repairs them.")  # fmt: skip


def _blame(answer: Snapshot) -> tuple[Literal["you", "publisher"], str]:
    """Who can mend an answer that cannot be read, and how."""
    if any(map(payload.about_failure, answer.bodies)):
        return "publisher", PUBLISHER
    return "you", _follow(answer.source)


def _follow(source: str) -> str:
    return (f"See whether the publisher sent an error, which passes, or changed its form: then sources/{source}.yaml "
            "must follow.")  # fmt: skip


# ------------------------------------------------------------------ source x endpoint


@dataclass(frozen=True)
class Endpoint:
    """How one endpoint of a source stands."""

    source: str
    series: str
    url: str
    reachable: Literal["yes", "no", "refused", "no network"]  # refused: it wants a key
    shape: Literal["as expected", "first of its kind", "drifted", "unreadable", "unusable", "unknown"]
    key: Literal["none needed", "set", "missing"]
    detail: str = ""
    who: str = ""

    @property
    def state(self) -> Literal["ok", "missing", "broken", "stale", "offline"]:
        """In the words of `monitor.diagnosis`."""
        if self.reachable == "no":
            return "broken" if self.who == "you" else "stale"
        if self.reachable != "yes":
            return "missing" if self.reachable == "refused" else "offline"
        return "broken" if self.shape in USELESS else "stale" if self.shape == "drifted" else "ok"

    def facts(self) -> dict[str, str]:
        return {"what": f"{self.source} {self.series}", "state": self.state, **asdict(self)}


def matrix(project: Project, sources: Iterable[Source], as_of: date, now: str) -> list[Endpoint]:
    """Every series the sources offer, asked now (on condition: what has not changed is not sent again), read, and
    compared with the last sound answer of the same reader."""
    wanted = [(source, series) for source in sources if source.endpoint for series in source.series]
    with Network(project.about.contact, patience=2.0) as network:
        answers = fetch.fetch_all(wanted, layers=project.layers, store=project.store, offline=False, as_of=as_of,
                                  now=now, network=network)  # fmt: skip
    found = outcomes(project, answers, network, as_of)
    return [_endpoint(project, source, one, answers[source.id, one.series], network, as_of)
            for (source, _), one in zip(wanted, found, strict=True)]  # fmt: skip


def _endpoint(
    project: Project, source: Source, one: Outcome, answer: Snapshot | MonitorError, network: Network, as_of: date
) -> Endpoint:
    key: Literal["none needed", "set", "missing"] = (
        "none needed" if not source.auth_env else "set" if os.environ.get(source.auth_env, "").strip() else "missing")
    hint = f" No key: set {source.auth_env}." if key == "missing" else ""
    from monitor import evidence
    from monitor.checks import schema_drift

    try:
        url = paging.address(source, one.series)
    except MonitorError as error:
        return Endpoint(source.id, one.series, source.endpoint or "", "no", "unknown", key, str(error), "you")
    if one.state in ("stale", "failed", "not kept") or isinstance(answer, MonitorError):
        met = network.told.get((source.id, one.series))
        refused = key == "missing" and isinstance(met, Trouble) and met.status in (401, 403)
        no: Literal["no", "refused", "no network"] = "no network" if network.down else "refused" if refused else "no"
        cause = "This machine has no network" if network.down else one.cause[:1].upper() + one.cause[1:]
        return Endpoint(source.id, one.series, url, no, "unknown", key, f"{cause}.{hint}",
                        "you" if network.down else one.who)  # fmt: skip
    if one.state == "unreadable" or one.state == "unusable":
        return Endpoint(source.id, one.series, url, "yes", one.state, key, one.cause + hint, one.who)
    try:
        before = evidence.alike(project, answer, as_of)
        then = evidence.read(project, before) if before else None
    except MonitorError:
        then = None
    if then is None:
        return Endpoint(source.id, one.series, url, "yes", "first of its kind", key, hint.strip())
    where = f"{source.id} {one.series}"
    changes = schema_drift.drifted(evidence.read(project, answer), then, where, [""])
    drifted = any(change.level is Level.WARNING for change in changes)
    detail = " ".join(change.message for change in changes if drifted) + hint
    return Endpoint(source.id, one.series, url, "yes", "drifted" if drifted else "as expected", key, detail.strip(),
                    "you" if drifted else "")  # fmt: skip


def failure(found: Iterable[Outcome]) -> MonitorError | None:
    """The error a fetch ends with; None where every answer came and can be used.

    To try again is worth it where one did not come; where all came, and some are no use, it is not.
    """
    states = [one.state for one in found]
    absent = sum(state in ("stale", "failed", "not kept") for state in states)
    useless = sum(state in USELESS for state in states)
    told = (f"of {len(states)} series could not be fetched, {useless} cannot be used; the table says why, and who can "
            "mend it.")  # fmt: skip
    if absent:
        return SourceUnavailable(f"{absent} {told}")
    return UnreadableData(f"0 {told}") if useless else None
