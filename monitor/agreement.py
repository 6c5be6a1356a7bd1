"""Do we reach the status and score that a statistics office published, from the components it published?

Every series of a file (`monitor.components`) is judged by our method itself, the same code that judges the project's
indicators, from base, newest figure, target, direction and limit as the file gives them; then the two are compared.

- A status agrees where it is the same word of sdg-build. A score agrees within `SCORE_TOLERANCE`: sdg-build has its
  straight lines with four decimals (7.1429, 4.2857, 4.1667), ours are exact.
- Of several series the mean score counts, of groups first the mean of each group; `GROUPED` says which status that is.
  All have to have met their targets for "target achieved". Files tell of no groups: where the plain mean is not the
  published score, series are tried in groups by the first parts of their names, and it is said so.
- Not compared are statuses set by hand, indicators without figures, and files in the words of another rule.
- Without a direction the published default holds, downwards; without a target's year, 2030.
- A limit counts as the published text has it: without a target, and only where the base is not beyond it. All
  figures below zero with a limit below zero are judged with both signs turned, which the published rule does not tell
  apart.

Where ours departs from sdg-build on purpose, a disagreement carries the reason (`WHY`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Any, NamedTuple

import polars as pl

from monitor import plugins
from monitor.components import Components, Entry, Facts
from monitor.methods.statcan import BEST, WORDS
from monitor.model import TOTAL, Baseline, Direction, Indicator, Target
from monitor.series import ROW, Series

SCORE_TOLERANCE = 0.001
DEFAULT_TARGET_YEAR = 2030
#: the rules whose published words are known, and the word of sdg-build for each of ours
METHODS: Mapping[str, Mapping[str, str]] = {"statcan": {
    **dict(zip(WORDS.values(), ("target_achieved", "substantial_progress", "moderate_progress", "limited_progress",
                                "deterioration"), strict=True)),
    BEST: "substantial_progress", "target not achieved": "target_not_achieved",
    "target not achieved, moved away": "target_not_achieved",
}}
ACHIEVED, NONE = "target_achieved", "not_available"
#: least mean score, and the published status
GROUPED = ((2.5, "substantial_progress"), (0.0, "moderate_progress"), (-2.5, "limited_progress"),
           (-5.0, "deterioration"))
#: as people write them instead of the words of sdg-build
SPELT = {"on_track": "substantial_progress", "progress_made_but_acceleration_needed": "moderate_progress",
         "acceleration_needed": "moderate_progress", "achieved": ACHIEVED, "unable_to_assess": NONE,
         "not_available_manual": NONE, "": NONE}
WHY = {
    "rounding": "the scores are the same: the figure lies on a cut-off, and rounding in the last digit decides",
    "late": "the target's date is past and it was missed: ours never calls that on track",
    "beyond_limit": "the base is beyond the limit: ours leaves such a limit aside, the published code does not",
    "at_limit": "the newest figure is at the best possible value: ours gives full score, the published rule the pace",
    "zero": "base or target is zero: ours puts a share of the largest figure in its place, the published rule 0.001",
    "base_is_target": "the base equals the target: the published ratio divides by nothing",
    "parts": "series of it disagree, see there",
    "untold": "no status is published: ours alone",
    "by_hand": "no figures are published: set by hand, or not assessed",
}
AS_OF = date(1000, 1, 1)  # no target's date is past: what matters is the year of the newest figure


class Outcome(NamedTuple):
    """One published judgement and ours. ``agrees`` is None where it cannot be compared, and ``why`` says why not."""

    where: str
    indicator: str
    label: str
    level: str  # "series", "group" or "indicator"
    inputs: dict[str, Any]
    status: str
    score: float | None
    our_status: str
    our_score: float | None
    word: str  # our method's own, or why it refuses
    agrees: bool | None
    score_agrees: bool | None
    why: str


class _Ours(NamedTuple):
    status: str
    score: float | None
    word: str
    why: str


def compare(found: Components, method: str = "statcan") -> list[Outcome]:
    """Every published judgement of a file beside ours, in the file's order: series first, then their indicator."""
    leaves = [e for entry in found.indicators for e in _leaves(entry)]
    verdicts = dict(zip(map(id, leaves), _judged(leaves, method), strict=True))
    known = {*METHODS[method].values(), NONE}
    foreign = sorted({e.status for e in leaves if _word(e.status) not in known})
    outcomes: list[Outcome] = []
    for entry in found.indicators:
        outcomes += _walk(entry, entry.label, verdicts, top=True)
    if not foreign:
        return outcomes
    said = f"the file speaks in words of another rule: {', '.join(foreign)}"
    return [o._replace(agrees=None, score_agrees=None, why=said) for o in outcomes]


def _leaves(entry: Entry) -> Iterator[Entry]:
    if entry.facts:
        yield entry
    for part in entry.parts:
        yield from _leaves(part)


def _word(status: str) -> str:
    """A published status as sdg-build spells it."""
    word = "_".join(status.lower().replace("_", " ").replace("-", " ").split())
    return SPELT.get(word, word)


def _walk(entry: Entry, indicator: str, verdicts: Mapping[int, _Ours], top: bool = False) -> list[Outcome]:
    """What is said of an entry, after what is said of its parts."""
    level = "indicator" if top else "group" if entry.parts else "series"
    if entry.facts:
        ours = verdicts[id(entry)]
        inputs = {k: v for k, v in entry.facts._asdict().items() if v is not None and (k != "binary" or v)}
        return [_set_beside(entry, indicator, level, ours, inputs)]
    below = [_walk(part, indicator, verdicts) for part in entry.parts]
    if not below:
        return [_set_beside(entry, indicator, level, _Ours(NONE, None, "", ""), {})]
    own = [outcomes[-1] for outcomes in below]
    mean, how = _mean(own, entry)
    met = [o.our_status == ACHIEVED for o in own if o.our_score is not None]
    status = _grouped(mean, bool(met) and all(met))
    why = "parts" if any(o.agrees is False or o.score_agrees is False for o in own) else ""
    total = _set_beside(entry, indicator, level, _Ours(status, mean, how, why), {"series": len(own)})
    return [*(o for outcomes in below for o in outcomes), total]


def _set_beside(entry: Entry, indicator: str, level: str, ours: _Ours, inputs: dict[str, Any]) -> Outcome:
    theirs = _word(entry.status)
    figured = bool(entry.parts) or (entry.facts is not None and entry.facts.current_value is not None)
    untold = not entry.status and entry.score is None
    comparable = figured and (bool(entry.status) or (untold and ours.status == NONE))
    agrees = theirs == ours.status if comparable else None
    close = None
    if figured and entry.score is not None:
        close = ours.score is not None and abs(entry.score - ours.score) <= SCORE_TOLERANCE
    why = ours.why if agrees is False or close is False else ""
    if agrees is False and close and any(abs((ours.score or 0) - cut) <= SCORE_TOLERANCE for cut, _ in GROUPED):
        why = "rounding"
    why = WHY.get(why, why)
    if agrees is None and close is None:
        why = WHY["untold" if figured else "by_hand"]
    return Outcome(entry.where, indicator, entry.label, level, inputs, theirs if entry.status else "", entry.score,
                   ours.status, ours.score, ours.word, agrees, close, why)


def _grouped(mean: float | None, met: bool) -> str:
    if mean is None:
        return NONE
    return ACHIEVED if met else next(status for least, status in GROUPED if mean >= least - 1e-9)


def _mean(parts: Sequence[Outcome], entry: Entry) -> tuple[float | None, str]:
    """The mean score of the parts, in the groups that give the published one, and how it was formed."""
    scored = [(tuple(o.label.split(" / ")), o.our_score) for o in parts if o.our_score is not None]
    if not scored:
        return None, ""
    plain = fmean(score for _, score in scored)
    if entry.score is None or abs(plain - entry.score) <= SCORE_TOLERANCE or len(scored) < 3:
        return plain, "mean of the series" if len(scored) > 1 else ""
    for depth in range(2, max(len(name) for name, _ in scored)):
        mean = _nested(scored, 1, depth)
        if abs(mean - entry.score) <= SCORE_TOLERANCE:
            return mean, f"mean of groups of series that share the first {depth} parts of their names"
    return plain, "mean of the series"


def _nested(scored: Sequence[tuple[tuple[str, ...], float]], level: int, depth: int) -> float:
    """The mean of the means of those that share the next part of their names, down to ``depth`` parts."""
    groups: dict[str, list[tuple[tuple[str, ...], float]]] = {}
    for n, (name, score) in enumerate(scored):
        groups.setdefault(name[level] if len(name) > level else str(n), []).append((name, score))
    return fmean(_nested(group, level + 1, depth) if level + 1 < depth and len(group) > 1
                 else fmean(score for _, score in group) for group in groups.values())


def _judged(leaves: Sequence[Entry], method: str) -> list[_Ours]:
    """Our verdict on each series, through the method itself, all at once."""
    asked = {str(n): e.facts for n, e in enumerate(leaves) if e.facts and e.facts.current_value is not None}
    rows = [row for key, facts in asked.items() for row in _figures(key, facts)]
    frame = pl.DataFrame(rows, schema={"indicator": pl.String, "ref_area": pl.String, "time_period": pl.String,
                                       "obs_value": pl.Float64}, orient="row")
    text = {name: pl.lit("") for name in ("unit_measure", "flag_raw", "comment_obs", "source", "series", "snapshot")}
    series = Series(frame.with_columns(breakdown=pl.lit(TOTAL), obs_status=pl.lit("A"), **text, **{
        name: pl.lit(None, dtype=ROW[name]) for name in ("lower_bound", "upper_bound")}))
    judge = plugins.function("methods", method)
    said = judge({key: _declared(key, facts) for key, facts in asked.items()}, series, AS_OF) if asked else None
    found = {row["indicator"]: row for row in said.iter_rows(named=True)} if said is not None else {}
    return [_ours(METHODS[method], facts, found[str(n)]) if (facts := asked.get(str(n)))
            else _Ours(NONE, None, "", "") for n in range(len(leaves))]


def _ours(words: Mapping[str, str], facts: Facts, row: Mapping[str, Any]) -> _Ours:
    refused = row["status"] == "not_assessed"
    score = row["score"]
    if facts.binary and not refused:
        score = 5.0 if row["status"] == "achieved" else -5.0
    status = NONE if refused else words[row["word"].removeprefix("linear pace: ")]
    return _Ours(status, None if refused else score, row["reason"] + f" {row['note'] or ''}".rstrip() if refused
                 else row["word"], _why(facts, row))


def _why(facts: Facts, row: Mapping[str, Any]) -> str:
    """What of our departures from sdg-build concerns a series."""
    met = facts.target is not None and facts.current_value is not None and (
        facts.current_value >= facts.target if facts.direction > 0 else facts.current_value <= facts.target)
    if facts.base_value == 0 or facts.target == 0:
        return "zero"
    if facts.target is None:
        return "at_limit" if row["word"] == BEST else "beyond_limit" if facts.limit is not None and not _usable(facts) \
            else ""
    if facts.base_value == facts.target:
        return "base_is_target"
    return "late" if (facts.current_year or 0) >= (facts.target_year or DEFAULT_TARGET_YEAR) and not met else ""


def _figures(key: str, facts: Facts) -> Iterator[tuple[str, str, str, float | None]]:
    turn = -1 if _turned(facts) else 1
    if facts.base_value is not None and (facts.base_year or 0) < (facts.current_year or 0):
        yield key, "W", str(facts.base_year), turn * facts.base_value
    yield key, "W", str(facts.current_year), turn * (facts.current_value or 0.0)


def _turned(facts: Facts) -> bool:
    """Are limit and base below zero? Then the signs of all figures, and the direction, are turned."""
    return facts.target is None and (facts.limit or 0) < 0 and (facts.base_value or 0) < 0


def _usable(facts: Facts) -> bool:
    """Is the limit one that the base can still come nearer to, on its own side of zero?"""
    base, limit = facts.base_value, facts.limit
    if base is None or limit is None or facts.target is not None or base * limit < 0:
        return False
    return base <= limit if facts.direction > 0 else base >= limit


def _declared(key: str, facts: Facts) -> Indicator:
    """A series as the project would declare it."""
    turned = _turned(facts)
    up = (facts.direction > 0) != turned
    limit = (-(facts.limit or 0) if turned else facts.limit) if _usable(facts) else None
    due = str(facts.target_year or DEFAULT_TARGET_YEAR)
    targets = [] if facts.target is None else [
        Target.model_construct(value=facts.target, period=due, announced="", citation="", areas=[])]
    return Indicator.model_construct(  # type: ignore[call-arg] # only what a method asks for
        id=key, direction=Direction.UP_GOOD if up else Direction.DOWN_GOOD,
        scale="binary" if facts.binary else "rate", bounds=(None, limit) if up else (limit, None), targets=targets,
        baseline=Baseline.model_construct(period=str(facts.base_year or facts.current_year), note=""),
        method="statcan", method_options={})
