"""The backtest: it cannot see what came later, it counts right, and it says the same every time."""

from __future__ import annotations

import json
import math
import random
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from monitor import backtest, backtest_free
from monitor.backtest_page import page
from monitor.backtest_scores import BASE_RATE, STATUSES, free_scores, scores
from monitor.cli import cli
from monitor.series import Series
from tests.fiction import frame, indicator, target
from tests.test_methods import AS_OF

MADE = {
    "RATE": indicator("RATE", scale="rate", direction="up_good", bounds=[0, None]),
    "SHARE": indicator("SHARE", bounds=[0, 100], targets=[target(30)]),
    "YES": indicator("YES", scale="binary"),
}
AREAS = ("DEU", "FRA", "KEN", "NGA", "MEX", "USA", "IND", "CHN", "BRA", "ZAF", "TUR", "ITA")


def cells(seed: int = 1, years: range = range(2000, 2024)) -> list[tuple[object, ...]]:
    dice, rows = random.Random(seed), []
    for key in MADE:
        for area in AREAS:
            x = 40.0
            for year in years:
                x = min(max(x * math.exp(dice.gauss(0, 0.08)), 1.0), 99.0)
                rows.append((key, area, "_T", str(year), 1.0 if key == "YES" else x, "A"))
    return rows


TRIED = ("statcan", "sdsn", "outlook")


@cache
def everything() -> tuple[backtest.Stands, pl.DataFrame, pl.DataFrame]:
    """Some calls of each kind, by three methods: enough to count by hand, and quick."""
    known = backtest.stands(MADE, frame(cells()))
    asked = few(backtest.calls(MADE, known))
    return known, asked, backtest.called(MADE, known, asked, TRIED)


def few(asked: pl.DataFrame) -> pl.DataFrame:
    up = (pl.col("pace") == 0.02) & (pl.col("way") == 1)
    return asked.filter((pl.col("pace") == 0) | up, pl.col("horizon") < 5)


def said(series: Series) -> pl.DataFrame:
    known = backtest.stands(MADE, series)
    asked = few(backtest.calls(MADE, known))
    told = backtest.called(MADE, known, asked, ("unescap", "outlook")).join(asked, on="call")
    return told.select("indicator", "ref_area", "t", "horizon", "way", "pace", "target", "method", "status",
                       "probability").sort(pl.all())


def test_what_comes_later_never_changes_an_earlier_call() -> None:
    before = cells()
    changed = [(*c[:4], c[4] * 3 if c[0] == "RATE" and int(str(c[3])) > 2012 else c[4], c[5]) for c in before]  # type: ignore[operator]
    one, other = (said(frame(rows)) for rows in (before, changed))
    early, late = pl.col("t") <= 2012, pl.col("t") > 2014
    assert one.filter(early).height > 600 and one.filter(early).equals(other.filter(early))
    assert not one.filter(late).equals(other.filter(late)), "the change is seen once it has come"


def test_a_call_is_the_methods_own_judgement_of_the_figures_until_then() -> None:
    """Asked alone, with the figures of one area cut by hand, outlook and statcan say the same."""
    from monitor import plugins

    _, asked, told = everything()
    dice = random.Random(3)
    for row in dice.sample(asked.filter(pl.col("indicator") == "RATE").to_dicts(), 4):
        figures = [c for c in cells() if c[:2] == ("RATE", row["ref_area"]) and int(str(c[3])) <= row["t"]]
        i = indicator("RATE", scale="rate", bounds=[0, None], direction="up_good" if row["way"] > 0 else "down_good",
                      targets=[target(row["target"], str(row["due"]))], baseline={"period": str(row["base_year"])})
        for method in ("statcan", "outlook"):
            alone = plugins.function("methods", method)({"RATE": i}, frame(figures), AS_OF.replace(year=1990))
            mine = told.filter(pl.col("call") == row["call"], pl.col("method") == method)
            assert alone["status"][0] == mine["status"][0]
            assert alone["probability"][0] == pytest.approx(mine["probability"][0])


def test_calls_are_about_what_happened() -> None:
    asked = backtest.calls(MADE, everything()[0])
    value = {(c[0], c[1], int(str(c[3]))): c[4] for c in cells()}
    assert set(asked["indicator"]) == {"RATE", "SHARE"}, "yes or no is no quantity"
    assert set(asked["horizon"]) == {1, 3, 5} and (asked["t"] % 2 == 0).all()
    for row in asked.sample(400, seed=1).iter_rows(named=True):
        key = (row["indicator"], row["ref_area"])
        now, base = value[(*key, row["due"])], value[(*key, row["base_year"])]
        assert row["base_year"] == max(2000, row["t"] - 10) and row["due"] == row["t"] + row["horizon"]
        assert row["met"] == float(row["way"] * (now - row["target"]) >= 0)  # type: ignore[operator]
        if row["pace"]:
            expected = base * (1 + row["way"] * row["pace"]) ** (row["due"] - row["base_year"])  # type: ignore[operator]
            assert row["target"] == pytest.approx(expected) and not (row["indicator"] == "SHARE" and expected > 100)
        else:
            assert (row["indicator"], row["target"], row["way"]) == ("SHARE", 30.0, -1)


def test_a_break_cuts_off_what_was_before_and_no_call_leads_across_it() -> None:
    rows = [(*c[:5], "B" if c[3] == "2010" else "A") for c in cells()]
    known = backtest.stands(MADE, frame(rows))
    asked = backtest.calls(MADE, known)
    assert not asked.filter(pl.col("t") < 2010, pl.col("due") >= 2010).height
    assert asked.filter(pl.col("t") >= 2010)["base_year"].min() == 2010
    late = known.frame.filter(pl.col("t") == 2015)["stand"]
    assert known.series.frame.filter(pl.col("indicator").is_in(late.to_list()))["time_period"].min() == "2010"


def test_the_holdout_is_a_third_and_no_series_stands_in_both_parts() -> None:
    names = [(f"IND-{n}", area) for n in range(200) for area in AREAS]
    assert 0.3 < sum(backtest.held_out(*name) for name in names) / len(names) < 0.37
    _, asked, _ = everything()
    assert asked.group_by("indicator", "ref_area").agg(pl.col("holdout").n_unique())["holdout"].max() == 1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.backtest_scores.RESAMPLES", 60)


@pytest.mark.usefixtures("quick")
def test_scores_are_what_a_plain_count_gives() -> None:
    _, asked, told = everything()
    found = scores(asked, told)
    rows = told.join(asked, on="call")
    able = {call for (call,), group in rows.group_by("call") if (group["status"] != "not_assessed").all()}
    for part, held in (("holdout", True), ("tuning", False)):
        here = rows.filter(pl.col("holdout") == held, pl.col("horizon") == 3, pl.col("call").is_in(able))
        own = here.filter(method="outlook")
        mine = found.methods.filter(part=part, horizon=3, method="outlook").to_dicts()[0]
        assert mine["brier"] == pytest.approx(((own["probability"] - own["met"]) ** 2).mean())
        assert mine["brier_low"] < mine["brier"] < mine["brier_high"]
        tuning = rows.filter(~pl.col("holdout"), pl.col("horizon") == 3, pl.col("method") == "statcan")
        share = {s: tuning.filter(status=s)["met"].mean() for s in tuning["status"].unique()}
        other = here.filter(method="statcan")
        brier = sum((share[s] - m) ** 2 for s, m in other.select("status", "met").iter_rows()) / other.height
        theirs = found.methods.filter(part=part, horizon=3, method="statcan").to_dicts()[0]
        assert theirs["brier"] == pytest.approx(brier) and theirs["calls"] == mine["calls"] == own.height
        assert theirs["brier_behind"] == pytest.approx(brier - mine["brier"])
        assert theirs["accuracy_low"] <= theirs["accuracy"] <= theirs["accuracy_high"]
    names = {*TRIED, STATUSES, BASE_RATE}
    assert set(found.methods["method"]) == names
    assert found.calibration["calls"].sum() == rows.filter(pl.col("holdout"), method="outlook").height


@pytest.mark.usefixtures("quick")
def test_the_same_figures_give_the_same_page() -> None:
    known, asked, told = everything()
    again = backtest.called(MADE, known, asked, TRIED)
    assert again.sort("call", "method").equals(told.sort("call", "method"))
    texts = {page(scores(asked, t.sample(fraction=1, shuffle=True, seed=s)), TRIED, AS_OF)
             for s, t in ((1, told), (2, again))}
    assert len(texts) == 1
    text, = texts
    assert "## The holdout" in text and "## Is outlook better?" in text and "revised since" in text


@pytest.mark.usefixtures("quick")
def test_the_command_tries_one_method_on_one_indicator(tmp_path: Path) -> None:
    out = tmp_path / "page.md"
    done = CliRunner().invoke(cli, ["backtest", "--indicator", "IND-16b", "--method", "statcan", "--json", "--as-of",
                                    "2026-11-22", "--out", str(out)])
    assert done.exit_code == 0, done.output
    tree = json.loads(done.stdout)
    assert {row["method"] for row in tree["methods"]} == {"statcan", BASE_RATE} and tree["calls"] > 100
    assert out.read_text(encoding="utf-8").count("`statcan`") > 5


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (["--method", "robust"], 2, "'robust' cannot be tried: known are statcan"),
    (["--indicator", "IND-50a"], 10, "There is nothing to try the methods on"),
    (["--as-of", "soon"], 2, "expected a form like 2026-11-22"),
])
def test_a_wrong_call_is_answered_with_what_is_known(arguments: list[str], code: int, said: str) -> None:
    done = CliRunner().invoke(cli, ["backtest", *arguments])
    assert done.exit_code == code and said in done.output


@cache
def freely() -> tuple[pl.DataFrame, pl.DataFrame]:
    known = everything()[0]
    asked = backtest_free.free_calls(known)
    return asked, backtest_free.free_called(MADE, known, asked, ("statcan", "outlook"))


def test_without_a_target_it_is_asked_whether_a_figure_went_on() -> None:
    asked, told = freely()
    value = {(c[0], c[1], int(str(c[3]))): c[4] for c in cells()}
    assert asked.height == 2 * asked.filter(way=1).height > 1000
    for row in asked.sample(300, seed=2).iter_rows(named=True):
        now, then = (value[(row["indicator"], row["ref_area"], row[t])] for t in ("t", "due"))
        change = row["way"] * (then - now)  # type: ignore[operator]
        assert row["met"] == float(change > 0)
        assert row["fast"] == float(change >= 0.01 * now * row["horizon"])  # type: ignore[operator]
    assert set(told["status"]) >= {"on_track", "limited", "backwards"}


def test_the_class_that_came_is_the_methods_own_word_for_the_years_after() -> None:
    asked, told = freely()
    value = {(c[0], c[1], int(str(c[3]))): c[4] for c in cells()}
    rows = told.filter(method="statcan").join(asked, on="call").filter(pl.col("indicator") == "RATE")
    rows = rows.sample(200, seed=3)
    for row in rows.iter_rows(named=True):
        now, then = (value[(row["indicator"], row["ref_area"], row[t])] for t in ("t", "due"))
        growth = row["way"] * ((then / now) ** (1 / row["horizon"]) - 1)  # type: ignore[operator]
        expected = ("on_track" if growth >= 0.015 else "too_slow" if growth >= 0.005 else "limited" if growth >= 0
                    else "backwards")
        assert row["after"] == expected


@pytest.mark.usefixtures("quick")
def test_scores_without_a_target_are_what_a_plain_count_gives() -> None:
    asked, told = freely()
    found = free_scores(asked, told)
    rows = told.filter(method="statcan").join(asked, on="call").filter(pl.col("horizon") == 3)
    tuning, held = rows.filter(~pl.col("holdout")), rows.filter(pl.col("holdout"))
    share = {s: tuning.filter(status=s)["met"].mean() for s in tuning["status"].unique()}
    row = found.methods.filter(part="holdout", horizon=3, method="statcan").to_dicts()[0]
    assert row["calls"] == held.height
    assert row["brier"] == pytest.approx(sum((share[s] - m) ** 2 for s, m in held.select("status", "met").iter_rows())
                                         / held.height)
    assert row["kept"] == pytest.approx((held["after"] == held["status"]).mean())
    moved = held.filter(pl.col("later").is_not_null())
    assert row["flips"] == pytest.approx((moved["later"] != moved["status"]).mean())
    came = found.shares.filter(method="statcan", horizon=3, status="backwards").to_dicts()[0]
    assert came["share"] == pytest.approx(share["backwards"])
    assert came["came_true"] == pytest.approx(held.filter(status="backwards")["met"].mean())
    assert came["low"] <= came["came_true"] <= came["high"]
    text = page(scores(*everything()[1:]), TRIED, AS_OF, found)
    assert "## Without a target" in text and "The chance of outlook without a target" in text
