"""What the expectations came to: each held, failed, crashed or was not tested by Great Expectations.

What failed withholds no judgement (see docs/decisions/015-two-kinds-of-rules.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from monitor.results import Finding, Level
from monitor.validation import saying
from monitor.validation.suites import Expectation
from monitor.validation.worker import Tested

Word = Literal["failed", "crashed", "held", "untested"]
#: in the order in which a reader needs them
ORDER: tuple[Word, ...] = ("failed", "crashed", "held", "untested")
#: how many rows a finding names
EXAMPLES = 3


@dataclass(frozen=True)
class Outcome:
    """What became of one expectation."""

    expectation: Expectation
    word: Word
    found: str  # in words; "" where it held
    examples: tuple[str, ...] = ()
    count: int = 0  # rows that do not hold, as far as the expectation speaks of rows


@dataclass(frozen=True)
class Validated:
    """All outcomes in the order of the declarations, what tested them, and why nothing was tested."""

    outcomes: tuple[Outcome, ...] = ()
    problem: str = ""
    engine: Mapping[str, str] = field(default_factory=dict)
    results: Sequence[Mapping[str, Any]] = ()

    def of(self, word: Word) -> list[Outcome]:
        return [one for one in self.outcomes if one.word == word]

    def findings(self) -> list[Finding]:
        """A warning for each expectation that crashed, or for the worker that gave nothing.

        What failed is known before: `monitor.validation.direct` tests the same, and the grade has counted it.
        """
        found = [Finding("validation", Level.WARNING, "", f"The expectations were not tested: {self.problem}. The "
                         "figures are as the checks left them.")] if self.problem else []
        for one in self.of("crashed"):
            found.append(Finding(
                "validation", Level.WARNING, one.expectation.indicator,
                f"{one.expectation.id} could not be tested: {one.found}. This says nothing about the figures.",
                hint="Look at what is declared under 'expect'."))
        return found

    def notes(self) -> list[str]:
        """What a person at the terminal must know."""
        if self.problem:
            return [f"The expectations were not tested: {self.problem}."]
        if not self.results:
            return []
        broken = [f"{len(found)} {word}" for word in ORDER[:2] if (found := self.of(word))]
        return [f"{len(self.results)} expectations of the figures tested: {', '.join(broken) or 'all hold'}."]

    def as_json(self) -> bytes:
        """``quality/results.json``: what revalidate.py compares with, and what each expectation means."""
        tree = {
            "engine": dict(self.engine), "problem": self.problem, "results": list(self.results),
            "untested": [{"id": o.expectation.id, "expected": o.expectation.expected, "why": o.expectation.untested}
                         for o in self.of("untested")],
        }
        return (json.dumps(tree, indent=1, ensure_ascii=False) + "\n").encode()


def named(one: Outcome) -> str:
    """The first rows, and how many more there are."""
    shown = one.examples[:EXAMPLES]
    return "; ".join(shown) + (f" and {one.count - len(shown)} more" if one.count > len(shown) else "")


def settle(expectations: Sequence[Expectation], tested: Tested) -> Validated:
    """Join what was expected with what was found."""
    results = {str(one["id"]): one for one in tested.results}
    outcomes = []
    for each in expectations:
        if each.untested or each.id not in results:
            outcomes.append(Outcome(each, "untested", each.untested or "the expectations were not tested"))
        else:
            outcomes.append(_outcome(each, results[each.id]))
    return Validated(tuple(outcomes), tested.problem, tested.engine, tested.results)


def _outcome(each: Expectation, result: Mapping[str, Any]) -> Outcome:
    word: Word = result["outcome"]
    if word == "crashed":
        return Outcome(each, word, " ".join(str(result["crash"]).split()).rstrip("."))
    count = int(result.get("unexpected") or 0)
    rows = tuple(saying.told(each, row, with_area=True) for row in result.get("examples", ()))
    if "unexpected" in result:
        said = "without a figure" if each.rule == "complete" else "not as expected"
        found = f"{count} of {result['rows']} {said}" if count else ""
    else:
        found = saying.figures(each, result.get("observed"))
    return Outcome(each, word, found, rows, count)
