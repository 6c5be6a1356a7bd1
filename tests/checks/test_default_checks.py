"""Which checks an indicator passes: everybody's, its project's, its own; and how one is switched off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor import plugins
from monitor.model import CHECKS
from monitor.project import Project, load
from tests.fiction import indicator


@pytest.fixture(scope="module")
def project() -> Project:
    return replace(load(strict=False), checks={})


def test_nobody_can_forget_a_check(project: Project) -> None:
    assert project.checks_of(indicator()) == {name: {} for name in CHECKS}
    assert set(CHECKS) < set(plugins.names("checks"))


def test_an_indicator_gives_options_of_its_own_over_those_of_its_project(project: Project) -> None:
    theirs = replace(project, checks={"jump": {"least": 50, "times": 10}, "coverage": {"at_least": 0.2}})
    chosen = theirs.checks_of(indicator(checks={"jump": {"times": 200}}))
    assert chosen["jump"] == {"least": 50, "times": 200}
    assert chosen["coverage"] == {"at_least": 0.2}


def test_a_check_is_off_with_a_reason_and_on_again_where_an_indicator_declares_it(project: Project) -> None:
    theirs = replace(project, checks={"frozen": {"off": "The register repeats its figures by rule."}})
    assert "frozen" not in theirs.checks_of(indicator())
    assert theirs.checks_of(indicator(checks={"frozen": {"periods": 9}}))["frozen"] == {"periods": 9}
    assert "zeros" not in theirs.checks_of(indicator(checks={"zeros": {"off": "Its zeros are counted."}}))


@pytest.mark.parametrize("options", [{"off": ""}, {"off": None}, {"off": "why", "periods": 3}])
def test_off_is_a_reason_and_nothing_else(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is switched off by a reason and nothing else"):
        indicator(checks={"frozen": options})
