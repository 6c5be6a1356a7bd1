"""Registers: evidence people keep by hand in a CSV of ours, every row with the address where it can be read.

`sources/registers/<name>.yaml` declares the columns and the rule by which rows become figures:

- ``count``: rows (or different entries of a column) for each area and year. With a yes/no column, those that are yes
  among those that are known, so that a zero needs somebody who looked.
- ``share``: 100 times the yes among the known rows, with Wilson's 95 % interval as bounds.
- ``checklist``: how many items hold by any row in force. An item nobody coded leaves the score open, not lower.
- ``value``: one row is one figure.
- ``state``: 1 from the year of an act that binds and 0 before it, up to the year of which the status is known.

A row in force holds until ``date_to``, or as long as the register was kept for its area. Rows that another one
supersedes, and withdrawn ones, are left out; no rows give no figures.

A row that is wrong costs the figures of its area and of no other: counts, shares, checklists and states rest on all
rows of an area, and among single figures the missing one may be the newest. Where nobody can tell whose row it is,
every area could lack it, and there are no figures at all.

A file without such a declaration is read as plain figures: ``id, ref_area, time_period, measure, obs_value,
source_url, retrieved_on, confidence, note`` and, if there are any, ``obs_status``, ``raw`` and columns nobody reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl
from pydantic import Field

from monitor import area, entries
from monitor.model import Source
from monitor.readers._codes import finish
from monitor.readers._reading import Options, options, reading
from monitor.readers._text import decode
from monitor.registers import SHARED, Column, Rule
from monitor.results import Snapshot
from monitor.series import CL_OBS_STATUS, MISSING

#: how plain figures are read, and what their columns hold
FIGURES = Rule(rule="value", title="Figures", unit="", column="obs_value", at="time_period", dimensions=["measure"],
               missing="obs_status", printed="raw")
PLAIN = {c.name: c for c in (
    *(SHARED[name] for name in ("id", "ref_area", "source_url", "retrieved_on", "archived_url")), Column(name="note"),
    Column(name="time_period", type="period", required=True), Column(name="measure", required=True),
    Column(name="obs_value", type="number"), Column(name="confidence", required=True), Column(name="raw"),
    Column(name="obs_status", type="code", codes=dict.fromkeys(sorted(CL_OBS_STATUS), "")))}
NEEDED = ("id", "ref_area", "time_period", "measure", "obs_value", "source_url", "retrieved_on", "confidence", "note")
#: 95 % of a standard normal distribution lie within this many standard deviations
Z = 1.959964
#: how many rows a comment names
NAMED = 3


class Register(Options):
    columns: list[Column] = Field([], description="as the register declares them; plain figures where none does")
    organisations: list[str] = Field([], description="names that look like a person's and are none")
    rule: Rule = Field(FIGURES, description="as the register declares it; plain figures where none does")


@reading
def read(snapshot: Snapshot, source: Source, series: str) -> pl.DataFrame:
    """Rows of a register as figures; the comment says which rows, and where they can be read.

    Raises:
        DefinitionError: the heading is not what the register declares, or a row of nobody knows which area is wrong.
    """
    chosen, rule = options(Register, source, series), options(Register, source, series).rule
    data, faults = _sound(snapshot, source, series)
    if any(not fault.area for fault in faults):
        raise entries.refused(faults, f"sources/{source.file or snapshot.source}")
    data = _dated(data, rule).remove(pl.col("ref_area").is_in([fault.area for fault in faults]))
    frame = _RULES[rule.rule](data, rule)
    return finish(frame, chosen, snapshot, source, series, places=frame["ref_area"].unique().to_list())


def aside(snapshot: Snapshot, source: Source, series: str) -> list[entries.Fault]:
    """What is wrong with rows, each with the area that has no figures in this series because of it.

    Raises:
        MonitorError: the file cannot be read at all.
    """
    return _sound(snapshot, source, series)[1]


def _sound(snapshot: Snapshot, source: Source, series: str) -> tuple[pl.DataFrame, list[entries.Fault]]:
    """The rows the rule looks at, and what is wrong with others."""
    chosen = options(Register, source, series)
    where, rule = f"sources/{source.file or snapshot.source}", chosen.rule
    text = "\n".join(decode(body, "CSV") for body in snapshot.bodies[:1])
    columns = chosen.columns or _plain(entries.table(text, where)[0])
    data, faults = entries.sound(text, columns, where, chosen.organisations)
    data = counted(data)
    for name, codes in rule.where.items():
        data = data.filter(pl.col(name).is_in([codes] if isinstance(codes, str) else codes))
    if misfit := _MISFITS.get(rule.rule):
        data = data.with_columns(misfit(rule, data).alias("_why"))
        wrong = data.filter(pl.col("_why").is_not_null()).select(entries.LINE, "ref_area", "_why").rows()
        faults += [entries.Fault(line, code, f"{where}:{line}: {why}") for line, code, why in wrong]
        data = data.filter(pl.col("_why").is_null()).drop("_why")
    whose = _countries([fault.area for fault in faults]) if rule.by == "country" else {}
    return data, [fault._replace(area=whose.get(fault.area, fault.area)) for fault in faults]


def _countries(codes: Iterable[str]) -> dict[str, str]:
    """City or region -> its country."""
    return {code: area.from_iso2(code[:2]) or code for code in codes if code and code not in area.table()}


def _plain(header: Sequence[str]) -> list[Column]:
    """The columns of a file that no register declares: the plain ones, and whatever else stands in it."""
    other = (Column.model_construct(name=name) for name in header if name not in PLAIN)
    return [*(c for name, c in PLAIN.items() if name in header or name in NEEDED), *other]


def counted(data: pl.DataFrame) -> pl.DataFrame:
    """Without the rows that another one supersedes, and those that were withdrawn."""
    if "supersedes" in data.columns:
        data = data.filter(~pl.col("id").is_in(data["supersedes"].to_list()))
    return data.filter(pl.col("status") != "withdrawn") if "status" in data.columns else data


def _dated(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """With the area a row counts for, its years, whether it is doubtful, and what to say of it."""
    note = next((n for n in ("notes", "note") if n in data.columns), None)
    countries = _countries(data["ref_area"].unique())
    return data.with_columns(
        (pl.col("ref_area").replace(countries) if rule.by == "country" else pl.col("ref_area")),
        _year(rule.at).alias("_year"),
        (_year(rule.until) if rule.until in data.columns else _year(rule.at)).alias("_until"),
        (_year("date_to") if "date_to" in data.columns else pl.lit(None, pl.Int32)).alias("_to"),
        pl.when(pl.col("confidence") == "low").then(pl.lit("U")).otherwise(pl.lit("")).alias("_low"),
        pl.concat_str(pl.col(note).replace("", None) if note else pl.lit(None, pl.String), "source_url", separator="; ",
                      ignore_nulls=True).alias("_said"),
    )  # fmt: skip


def _year(column: str) -> pl.Expr:
    return pl.col(column).str.slice(0, 4).cast(pl.Int32, strict=False)


def _years(data: pl.DataFrame, carried: bool) -> pl.DataFrame:
    """One line for each row and year in which it counts: the year it is about, or all while it is in force."""
    if not carried:
        return data
    kept = data.with_columns(pl.max("_until").over("ref_area").alias("_kept"))
    last = pl.min_horizontal(pl.coalesce("_to", "_kept"), "_kept")  # an end in the future is not yet known
    years = pl.int_ranges("_year", last + 1, dtype=pl.Int32).alias("_year")
    return kept.with_columns(years).explode("_year").drop_nulls("_year")


def _count(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """How many rows, or different entries, for each area and year; of those known, where a column is named."""
    coded = pl.col(rule.column) if rule.column else pl.lit(rule.yes[0])
    known, what = data.filter(coded.is_in([*rule.yes, *rule.no])), pl.col(rule.distinct or "id")
    value, n = what.filter(coded.is_in(rule.yes)).n_unique().cast(pl.Float64), what.n_unique()
    if rule.many:
        known, n = known.filter(pl.col(rule.many) != ""), pl.len()
        value = pl.col(rule.many).cast(pl.Float64).filter(coded.is_in(rule.yes)).sum()
    if rule.per:
        value = value * rule.times / pl.col(rule.per).cast(pl.Float64, strict=False).max()
    return _enough(_grouped(known, rule, rule.carried, [value.alias("obs_value"), n.alias("_n")]), rule)


def _share(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """100 times the yes among the known rows, each counted as often as it says it stands for."""
    def weight(column: str, otherwise: pl.Expr) -> pl.Expr:
        return pl.coalesce(pl.col(column).cast(pl.Float64, strict=False), otherwise) if column else otherwise

    coded = pl.col(rule.column) if rule.column else pl.lit("")
    counted = pl.col(rule.many_yes) != "" if rule.many_yes else pl.lit(False)
    known = data.filter(coded.is_in([*rule.yes, *rule.no]) | counted).with_columns(
        _cases=weight(rule.many, pl.lit(1.0)),
    ).with_columns(_hits=weight(rule.many_yes, pl.when(coded.is_in(rule.yes)).then("_cases").otherwise(0.0)))
    n, k = pl.col("_n"), pl.col("_k")
    middle, spread = (k + Z * Z / 2) / (n + Z * Z), Z / (n + Z * Z) * (k * (n - k) / n + Z * Z / 4).sqrt()
    frame = _grouped(known, rule, rule.carried, [pl.sum("_hits").alias("_k"), pl.sum("_cases").alias("_n")])
    return _enough(frame.with_columns(
        (100 * k / n).alias("obs_value"), (100 * (middle - spread).clip(0)).alias("lower_bound"),
        (100 * (middle + spread).clip(0, 1)).alias("upper_bound"),
        pl.concat_str(pl.format("{} of {}; ", k.cast(pl.Int64), n.cast(pl.Int64)), "comment_obs").alias("comment_obs"),
    ).drop("_k"), rule)


def _grouped(data: pl.DataFrame, rule: Rule, carried: bool, found: list[pl.Expr]) -> pl.DataFrame:
    """Rows of one area, year and dimensions together, with the rows named."""
    keys = ["ref_area", "_year", *rule.dimensions]
    more = pl.when(pl.len() > NAMED).then(pl.format(" and {} more", pl.len() - NAMED)).otherwise(pl.lit(""))
    rows = pl.concat_str(pl.lit("rows "), pl.col("id").head(NAMED).str.join(", "), more)
    alone = pl.when(pl.len() == 1).then(pl.concat_str(pl.lit("; "), pl.first("_said"))).otherwise(pl.lit(""))
    grouped = _years(data, carried).group_by(keys, maintain_order=True).agg(
        *found, pl.concat_str(rows, alone).alias("comment_obs"), pl.max("_low").alias("obs_status"))
    return grouped.sort(keys).with_columns(pl.col("_year").cast(pl.String).alias("time_period")).drop("_year")


def _enough(frame: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """No figure where fewer than `least` are known, and the comment says so."""
    enough = pl.col("_n") >= rule.least
    lacking = pl.format("{} known, {} are needed; ", pl.col("_n").cast(pl.Int64), pl.lit(rule.least))
    return frame.with_columns(
        *(pl.when(enough).then(c).alias(c) for c in ("obs_value", "lower_bound", "upper_bound") if c in frame.columns),
        pl.when(enough).then("comment_obs").otherwise(pl.concat_str(lacking, "comment_obs")).alias("comment_obs"),
    ).drop("_n")


def _checklist(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """How many items some row in force says yes to; open while an item is neither yes nor no anywhere."""
    answers = [pl.when((pl.col(item) == "yes").any()).then(1).when((pl.col(item) == "no").any()).then(0).alias(item)
               for item in rule.items]
    frame = _grouped(data, rule, True, answers)
    now, keys = pl.col("time_period").cast(pl.Int64), ["ref_area", *rule.dimensions]
    for years in range(1, rule.within):  # what held a little earlier holds still
        past = frame.select(*keys, *rule.items, time_period=(now + years).cast(pl.String))
        frame = frame.join(past, on=[*keys, "time_period"], how="left", suffix="_past", maintain_order="left").select(
            pl.exclude(*rule.items, "^.*_past$"),
            *(pl.when(pl.col(f"{i}_past") == 1).then(1).otherwise(pl.col(i)).alias(i) for i in rule.items))
    met = pl.sum_horizontal(rule.items, ignore_nulls=False)
    score = met * rule.out_of / len(rule.items) if rule.out_of is not None else met

    def named(which: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        said = pl.concat_list(pl.when(which(pl.col(item))).then(pl.lit(item)) for item in rule.items)
        return said.list.drop_nulls().list.join(", ")

    holds, unknown = named(lambda answer: answer == 1), named(pl.Expr.is_null)
    return frame.select(
        "ref_area", "time_period", *rule.dimensions, "obs_status", score.cast(pl.Float64).alias("obs_value"),
        pl.concat_str(pl.lit("holds: "), pl.when(holds != "").then(holds).otherwise(pl.lit("none")),
                      pl.when(unknown != "").then(pl.lit("; not coded: ") + unknown).otherwise(pl.lit("")),
                      pl.lit("; "), "comment_obs").alias("comment_obs"),
    )  # fmt: skip


def _value(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """Each row a figure; the status says why one is not there."""
    empty = pl.col(rule.column) == ""
    why = pl.when(empty).then(pl.lit("O")).otherwise(pl.lit(""))
    status = pl.col(rule.missing) if rule.missing in data.columns else why
    raw = pl.col(rule.printed) if rule.printed in data.columns else pl.lit("")
    printed = pl.when(empty & (raw != "")).then(pl.lit("printed as ") + raw)
    named = (("lower_bound", rule.lower), ("upper_bound", rule.upper), ("obs_value", rule.column))
    return data.select(
        "ref_area", pl.col(rule.at).alias("time_period"), *rule.dimensions,
        *(pl.col(column).alias(name) for name, column in named if column),
        pl.concat_str(printed, "_said", separator="; ", ignore_nulls=True).alias("comment_obs"),
        pl.when((status == "") & ~empty).then("_low").otherwise(status).alias("obs_status"),
    )


def _state(data: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    """0 and 1 by year: what the last act up to that year left behind."""
    keys = ["ref_area", *rule.dimensions]
    acts = data.select(
        *keys, "_low", pl.col("_year").fill_null(0), pl.col("_until").alias("_last"),
        pl.col("_said").alias("comment_obs"),
        pl.col(rule.column).is_in(rule.yes).cast(pl.Float64).alias("obs_value"), pl.col(rule.at).alias("_on"),
    ).sort("_year", "_on", maintain_order=True)
    first = [pl.first("comment_obs").alias("_first"), pl.first("_low").alias("_doubt")]
    states = acts.group_by(keys, maintain_order=True).agg(pl.max("_last"), *first)
    years = states.with_columns(
        pl.int_ranges(rule.since, pl.col("_last") + 1, dtype=pl.Int32).alias("_year")
    ).explode("_year").drop_nulls("_year").sort("_year")
    held = years.join_asof(acts.drop("_last", "_on"), on="_year", by=keys, strategy="backward", check_sortedness=False)
    # before its first act nothing bound a State; the comment still says where that can be read
    return held.sort(*keys, "_year").select(
        *keys, pl.col("_year").cast(pl.String).alias("time_period"), pl.col("obs_value").fill_null(0.0),
        pl.coalesce("comment_obs", "_first").alias("comment_obs"), pl.coalesce("_low", "_doubt").alias("obs_status"),
    )


_RULES: dict[str, Callable[[pl.DataFrame, Rule], pl.DataFrame]] = {
    "count": _count, "share": _share, "checklist": _checklist, "value": _value, "state": _state}


def _more_than_all(rule: Rule, data: pl.DataFrame) -> pl.Expr:
    """A share counts no more of a kind than there are."""
    if not rule.many_yes:
        return pl.lit(None, pl.String)
    cases, hits = (pl.col(name).cast(pl.Float64, strict=False) for name in (rule.many, rule.many_yes))
    return pl.when(hits > cases.fill_null(1)).then(
        pl.lit(f"{rule.many_yes}: expected no more than '{rule.many}' holds."))


def _unlike_its_status(rule: Rule, data: pl.DataFrame) -> pl.Expr:
    """A row without figure says why, and only such a row."""
    if rule.missing not in data.columns:
        return pl.lit(None, pl.String)
    status = pl.col(rule.missing)
    return pl.when((pl.col(rule.column) == "") != status.is_in(list(MISSING))).then(pl.format(
        "{}: found '{}', expected one of {} for a row without figure, and none of them for a row with one.",
        pl.lit(rule.missing), status, pl.lit(", ".join(MISSING))))


def _undated(rule: Rule, data: pl.DataFrame) -> pl.Expr:
    """An act that counts has a date."""
    acted = pl.col(rule.column).is_in([*rule.yes, *rule.ended])
    return pl.when(acted & _year(rule.at).is_null()).then(
        pl.lit(f"{rule.at}: found '', expected the date of the act."))


#: what a rule asks of a row beyond its columns: a sentence where the row fails, else null
_MISFITS: dict[str, Callable[[Rule, pl.DataFrame], pl.Expr]] = {
    "share": _more_than_all, "value": _unlike_its_status, "state": _undated}
