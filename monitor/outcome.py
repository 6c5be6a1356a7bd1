"""What became of asking the publishers: each series for ``monitor fetch``, each endpoint for ``monitor doctor``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from monitor import fetch, paging, payload, unreadable, vintages
from monitor.errors import MonitorError, SourceUnavailable
from monitor.model import Source
from monitor.network import PUBLISHER, Network, Trouble
from monitor.project import Project
from monitor.results import Level, Snapshot

State = Literal["fetched", "not modified", "stale", "unreadable", "failed", "not kept", "not asked"]
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
    """What became of each answer. New ones are read once, so that one that cannot be read is known at once."""
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
    serving, bad = answer, unreadable.said(project.store, answer.sha256)
    if told == "fetched" or bad:
        from monitor import evidence  # heavy: Polars, for what is new

        try:
            serving, _ = evidence.readable(project, answer, as_of)
        except MonitorError as error:
            who, remedy = _blame(answer)
            return Outcome(*name, "unreadable", cause=error.problems[0], who=who, remedy=remedy, url=answer.url,
                           problem=" ".join(error.problems))  # fmt: skip
    facts: dict[str, Any] = {"retrieved": serving.retrieved, "age_days": fetch.age(serving, as_of),
                             "sha256": serving.sha256, "url": serving.url, "problem": serving.problem}  # fmt: skip
    if isinstance(told, Trouble):
        kind: State = "not kept" if isinstance(told, fetch.NotKept) else "stale"
        return Outcome(*name, kind, cause=told.cause, who=told.by, remedy=told.who, **facts)
    if serving is not answer and serving.sha256 != answer.sha256:
        cause = (unreadable.said(project.store, answer.sha256) or serving.damage).splitlines()[0]
        who, remedy = _blame(answer)
        return Outcome(*name, "unreadable", cause=cause, who=who, remedy=remedy, **facts)
    state: State = "not asked" if told is None else "fetched" if told == "fetched" else "not modified"
    return Outcome(*name, state, **facts)


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
    shape: Literal["as expected", "first of its kind", "drifted", "unreadable", "unknown"]
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
        return "broken" if self.shape == "unreadable" else "stale" if self.shape == "drifted" else "ok"

    def facts(self) -> dict[str, str]:
        return {"what": f"{self.source} {self.series}", "state": self.state, **asdict(self)}


def matrix(project: Project, sources: Iterable[Source], as_of: date, now: str) -> list[Endpoint]:
    """Every series the sources offer, asked now (on condition: what has not changed is not sent again), read, and
    compared with the last good answer of the same reader."""
    wanted = [(source, series) for source in sources if source.endpoint for series in source.series]
    with Network(project.about.contact, patience=2.0) as network:
        answers = fetch.fetch_all(wanted, layers=project.layers, store=project.store, offline=False, as_of=as_of,
                                  now=now, network=network)  # fmt: skip
    found = outcomes(project, answers, network, as_of)
    return [_endpoint(project, source, one, answers[source.id, one.series], network)
            for (source, _), one in zip(wanted, found, strict=True)]  # fmt: skip


def _endpoint(
    project: Project, source: Source, one: Outcome, answer: Snapshot | MonitorError, network: Network
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
    if one.state == "unreadable":
        return Endpoint(source.id, one.series, url, "yes", "unreadable", key, one.cause + hint, one.who)
    try:
        before = vintages.before(project.layers, project.store, answer)
        then = evidence.read(project, before) if before and before.reader == answer.reader else None
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
    """The error a fetch ends with; None where every answer came and can be read."""
    states = [one.state for one in found]
    wrong = sum(state in ("stale", "failed", "unreadable", "not kept") for state in states)
    if not wrong:
        return None
    return SourceUnavailable(f"{wrong} of {len(states)} series could not be fetched or read; the table says why, "
                             "and who can mend it.")  # fmt: skip
