"""Every row of the fault matrix, through the whole line: what the user sees, what is kept, what the scorecard says."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from monitor import fetch, outcome, run, store, unreadable
from monitor.network import Network
from monitor.project import Project
from monitor.results import Finding, Reason
from tests.fetch import tiny
from tests.fetch.faults import FAULTS, Fault, names
from tests.fetch.setting import KEY
from tests.server import Publisher, serving


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between tries are a fiftieth of what they are elsewhere; sources that want a key find one."""
    monkeypatch.setenv("OFFICE_KEY", KEY)
    monkeypatch.setattr(fetch, "Network", partial(Network, backoff=0.01))


@contextmanager
def publisher(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    if not fault.tls:
        with serving() as found:
            yield found
        return
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", not_before=datetime(2020, 1, 1), not_after=datetime(2021, 1, 1))
    issued.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "office.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))  # only the date is wrong
    with serving(str(tmp_path / "office.pem")) as found:
        yield found


def _mentions(key: str, findings: Sequence[Finding], said: outcome.Outcome, folder: Path) -> list[str]:
    """Where the beginning of a key stands: on the terminal, in a finding, in a file of the project or its store."""
    places = {"terminal": repr(said).encode(), "findings": repr(findings).encode()}
    places |= {str(p): gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes()
               for p in folder.rglob("*") if p.is_file()}
    return [name for name, held in places.items() if key[:6].encode() in held]


def _keep_good(project: Project, fault: Fault) -> str:
    """The answer of 52 days before, as the store holds it. Gives back its hash."""
    body = tiny.csv(tiny.BEFORE) if fault.kind == "csv" else tiny.page(tiny.BEFORE)
    source = project.sources["office"]
    snapshot = fetch.Snapshot("office", "T.COST", source.reader, (body,), fetch.sha256(body), "https://example.org",
                              tiny.EARLIER, "live", "", "CC BY 4.0", source.publisher, source.citation)  # fmt: skip
    return store.keep(project.store, snapshot).sha256


@pytest.mark.parametrize("fault", FAULTS, ids=names())
def test_with_an_answer_of_before(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with publisher(fault, tmp_path, monkeypatch) as server:
        project = tiny.project(tmp_path / "project", server.url, fault.kind, **dict(fault.more))
        good = _keep_good(project, fault)
        server.paths[tiny.PATH] = fault.answer
        judged = run.assess(project, as_of=tiny.AS_OF, now=tiny.NOW)
        with Network(backoff=0.01) as network:  # what ``monitor fetch`` says
            answers = fetch.fetch_all(
                [(project.sources["office"], "T.COST")], layers=project.layers, store=project.store, offline=False,
                as_of=tiny.AS_OF, now=tiny.NOW, network=network)
            [said] = outcome.outcomes(project, answers, network, tiny.AS_OF)
    [snapshot] = judged.evidence.snapshots.values()
    [assessment] = judged.assessments
    told = [f for f in judged.findings if f.check == "source"]
    held = {kept.snapshot.sha256 for kept in store.answers(project.store)}
    assert good in held
    assert (len(held) > 1) == fault.kept
    assert [bool(unreadable.said(project.store, h)) for h in held - {good}] == [fault.ends == "older"] * fault.kept
    assert server.url not in "".join(f.message for f in judged.findings)
    assert not _mentions(KEY, judged.findings, said, project.folder)
    if fault.ends == "older":
        assert fault.sees in snapshot.problem
        assert (snapshot.sha256, snapshot.retrieved, snapshot.origin) == (good, tiny.EARLIER, "kept")
        assert "2026-10-01 (52 days old) serve." in snapshot.problem
        assert assessment.reason is None
        assert "the figures of 2026-10-01 (52 days old) serve." in told[0].message.replace("The", "the")
        assert snapshot.unasked is not fault.kept
        facts = json.loads(json.dumps(asdict(said)))
        assert (facts["state"], facts["who"]) == ("unreadable" if fault.kept else "stale", fault.who)
        assert (facts["age_days"], facts["sha256"]) == (52, good)
        assert facts["cause"]
        assert facts["cause"] in snapshot.problem
        return
    # it was kept by the first of the two
    assert said.state == ("not modified" if fault.ends == "used" else "unusable")
    if fault.ends == "used":
        assert (snapshot.origin, snapshot.problem, told) == ("live", "", [])
        assert assessment.reason is None
        return
    assert (snapshot.origin, snapshot.sha256) == ("kept", good), "the last sound figures are shown"
    assert snapshot.problem.startswith("The answer of 2026-11-22 was set aside: ")
    assert "The figures of 2026-10-01 (52 days old) serve." in told[0].message
    check, sentence = fault.finding
    found = [f.message for f in judged.findings if f.check == check]
    assert any(sentence in message for message in found), judged.findings
    assert assessment.reason is Reason.FAILED_CHECK


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.ends == "older"],
                         ids=[f.name for f in FAULTS if f.ends == "older"])
def test_without_an_answer_of_before(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with publisher(fault, tmp_path, monkeypatch) as server:
        project = tiny.project(tmp_path / "project", server.url, fault.kind, **dict(fault.more))
        server.paths[tiny.PATH] = fault.answer
        judged = run.assess(project, as_of=tiny.AS_OF, now=tiny.NOW)
    [assessment] = judged.assessments
    assert assessment.reason is (Reason.UNREADABLE if fault.kept else Reason.UNAVAILABLE)
    told = " ".join(f.message for f in judged.findings if f.check == "source")
    assert fault.sees.removeprefix("The answer of 2026-11-22 cannot be read: ") in told
    assert len(store.answers(project.store)) == fault.kept


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len(set(names())) == len(FAULTS)
