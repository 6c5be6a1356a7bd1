"""Material revisions: where the publisher rewrote the past, and the figures of then would be judged otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from monitor.model import Indicator
from monitor.results import Assessment, Finding, Level, Status
from monitor.series import COLUMNS, KEY, TOTAL, Series
from monitor.words import Words

CHECK = "material_revision"


def with_earlier(series: Series, before: Series) -> tuple[Series, frozenset[tuple[str, str]]]:
    """The Series as it would be had nothing been rewritten, and the (indicator, area) whose headline that changes.

    Figures that were published before are as they were then, those that were taken back are there again, and those
    that are new stay: a new figure is no revision.

    Args:
        before: the same indicators as the answers before these gave them; those that are not in it stay as they are.
    """
    told = before.frame.filter(pl.col("obs_status") != "Q")  # withheld now: what it was is not told, nor judged
    now = series.frame.select(*KEY, "obs_value", "obs_status", there=pl.lit(True))
    changed = told.join(now, on=KEY, how="left", suffix="_now").filter(
        pl.col("breakdown") == TOTAL,
        pl.col("there").is_null() | pl.col("obs_value").ne_missing(pl.col("obs_value_now"))
        | (pl.col("obs_status") != pl.col("obs_status_now")),
        (pl.col("obs_status_now") != "Q").fill_null(True),
    )
    pairs = frozenset(changed.select("indicator", "ref_area").iter_rows())
    restored = changed.select(*COLUMNS)
    left = series.frame.join(restored.select(KEY), on=KEY, how="anti", maintain_order="left")
    return Series(pl.concat([left, restored])), pairs


def findings(
    words: Words, indicators: Mapping[str, Indicator], pairs: Iterable[tuple[str, str]], now: Iterable[Assessment],
    then: Iterable[Assessment],
) -> list[Finding]:
    """A warning for each (indicator, area) whose status is another with the figures of then."""
    earlier = {(a.indicator, a.ref_area): a for a in then}
    found = []
    for a in now:
        where = (a.indicator, a.ref_area)
        if where in pairs and where in earlier and earlier[where].status != a.status:
            said = words("finding.material_revision", before=_status(words, indicators[a.indicator], earlier[where]),
                         now=_status(words, indicators[a.indicator], a))
            found.append(Finding(CHECK, Level.WARNING, a.indicator, said, a.ref_area))
    return found


def _status(words: Words, indicator: Indicator, judged: Assessment) -> str:
    own = f"status_yes_no.{judged.status}"
    said: Any = words(own if indicator.scale == "binary" and words.has(own) else f"status.{judged.status}")
    return f"{said} ({words(f'reason.{judged.reason}')})" if judged.status is Status.NOT_ASSESSED else str(said)
