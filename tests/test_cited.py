"""An edition is made again from the very answers it cites, byte for byte, and these are never pruned."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor import bodies, cited, fetch, run, store
from monitor.cli import cli
from monitor.errors import SourceUnavailable
from monitor.network import Network
from monitor.project import Project
from tests import history
from tests.fetch import tiny
from tests.server import Publisher, serving

AS_OF = date(2026, 11, 22)


def made(project: Project, out: Path, hour: int) -> Path:
    run.run(project, as_of=AS_OF, now=f"2026-11-22T{hour:02}:00:00+00:00", out=out, formats=("html", "data"))
    return out


def files(edition: Path) -> dict[str, bytes]:
    return {str(p.relative_to(edition)): p.read_bytes() for p in edition.rglob("*")
            if p.is_file() and p.name != "build.json"}  # fmt: skip


def again(project: Project, edition: Path, code: int = 0) -> str:
    out = edition.with_name(f"{edition.name}-again")
    call = ["run", "--from", str(edition), "--out", str(out), "--project", str(project.folder)]
    result = CliRunner().invoke(cli, call)
    assert result.exit_code == code, result.output
    return result.output


def test_editions_of_one_day_come_back_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fetched, served stale, set aside, unreadable, and without any answer: whatever came later."""
    def quick(contact: str = "") -> Network:
        return Network(contact, backoff=0.01)

    monkeypatch.setattr(fetch, "Network", quick)
    with serving() as publisher:
        project = tiny.project(tmp_path / "project", publisher.url)
        publisher.says(tiny.PATH, b"", 404)
        editions = [made(project, tmp_path / "nothing", 6)]
        publisher.says(tiny.PATH, tiny.csv(tiny.BEFORE))
        editions.append(made(project, tmp_path / "first", 7))
        publisher.says(tiny.PATH, tiny.csv([(a, y, v + 0.5) for a, y, v in tiny.FIGURES]))
        editions.append(made(project, tmp_path / "revised", 8))
        publisher.says(tiny.PATH, b"", 404)
        editions.append(made(project, tmp_path / "stale", 9))
        publisher.says(tiny.PATH, tiny.csv([(a, y, v * 1000) for a, y, v in tiny.FIGURES]))
        editions.append(made(project, tmp_path / "aside", 10))
        publisher.says(tiny.PATH, tiny.csv(area="country"))
        editions.append(made(project, tmp_path / "unreadable", 11))
        publisher.says(tiny.PATH, tiny.csv())
        made(project, tmp_path / "later", 12)
    assert len({files(edition)["manifest.json"] for edition in editions}) == 6
    for edition in editions:
        assert "The same as 2026-11-22, byte for byte." in again(project, edition)
        assert files(edition.with_name(f"{edition.name}-again")) == files(edition)


def test_what_is_not_the_same_is_said(tmp_path: Path) -> None:
    project = history.project(tmp_path / "project")
    first = history.keep(project, "cost", history.table(history.COST), "2024-01-01")
    edition = tmp_path / "edition"
    run.run(project, as_of=AS_OF, now="", offline=True, out=edition, formats=("data",))
    (project.folder / "indicators.yaml").write_text(history.PROJECT.replace("title: Cost", "title: Costs"))
    told = again(project, edition, 13)
    assert "Declarations changed: indicators.yaml." in told
    assert "Files changed: data/" in told and "data/metadata.json" in told
    assert "Answers" not in told
    (project.store / first.path).unlink()
    assert "Answers that are not the same: office cost." in again(project, edition, 13)
    manifest = json.loads((edition / "manifest.json").read_text())
    assert cited.differences(manifest, manifest) == []
    other = {**manifest, "engine": {**manifest["engine"], "version": "0"}}
    assert cited.differences(manifest, other)[0].startswith("The program is another one: version 0, code ")
    del manifest["failed"]
    (edition / "manifest.json").write_text(json.dumps(manifest))
    assert "lacks failed, as an earlier version made it" in again(project, edition, 12)
    call = ["run", "--from", str(edition), "--area", "KEN", "--out", "x", "--project", str(project.folder)]
    assert CliRunner().invoke(cli, call).exit_code == 2


def test_what_an_edition_anywhere_cites_is_never_pruned(tmp_path: Path) -> None:
    project = history.project(tmp_path / "project")
    for year in (2023, 2024, 2025):
        history.keep(project, "cost", history.table(history.COST | {"2023": 4.0 + year / 1e4}), f"{year}-01-01")
    run.run(project, as_of=date(2024, 6, 1), now="", offline=True, out=tmp_path / "elsewhere/e", formats=("data",))
    shutil.rmtree(tmp_path / "elsewhere")
    call = ["vintages", "prune", "--keep", "1", "--yes", "--project", str(project.folder)]
    assert "2 older ones stay: editions cite them." in CliRunner().invoke(cli, call).output
    assert not [kept for kept in store.answers(project.store) if kept.pruned]


def test_a_store_in_use_is_waited_for_once_and_nothing_is_used_that_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.6)
    with serving() as publisher:
        project = tiny.project(tmp_path / "project", publisher.url)
        publisher.says(tiny.PATH, tiny.csv())
        made(project, tmp_path / "before", 7)
        _newer(publisher)
        with (project.store / "store.lock").open("a+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(SourceUnavailable, match="is in use"), bodies.alone(project.store):
                pass
            began = time.monotonic()
            with pytest.raises(SourceUnavailable, match="is in use"), bodies.alone(project.store):
                pass
            assert time.monotonic() - began < 0.3, "it waited in vain just now"
            made(project, tmp_path / "meanwhile", 8)
        [answer] = json.loads((tmp_path / "meanwhile/manifest.json").read_text())["snapshots"]
        assert answer["sha256"] in {kept.snapshot.sha256 for kept in store.answers(project.store)}
        assert answer["damage"].startswith("The answer of 2026-11-22 could not be kept, and is not used.")
        made(project, tmp_path / "after", 9)
    [answer] = json.loads((tmp_path / "after/manifest.json").read_text())["snapshots"]
    assert (answer["damage"], answer["origin"]) == ("", "live")


def _newer(publisher: Publisher) -> None:
    publisher.says(tiny.PATH, tiny.csv() + b"\nDEU,2026,4.5,PC,x")
