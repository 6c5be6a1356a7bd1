"""A small, safe arithmetic over observations: gaps, ratios, shares and figures per head.

``nationals - foreign``, ``100 * prosecuted / recorded``, ``100000 * crimes / population``: names of
parts, numbers, ``+ - * /`` and brackets; nothing else. Parts meet on area, breakdown and period. A flag
of any part stays on the result, a missing part makes it missing, and a division by zero "cannot exist".
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import polars as pl

from monitor.errors import DefinitionError
from monitor.series import COLUMNS, MISSING, Series

#: which flag a result keeps when its parts carry several: SDMX ranks a break first, then what weakens a value
_RANK = ["B", "U", "D", "E", "I", "F", "G", "J", "K", "W", "N", "P", "S", "V", "A"]
_MEET = ["ref_area", "breakdown", "time_period"]
_LEVEL = 20  # brackets deeper than this are no formula a person wrote


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise DefinitionError(
            f"'{text}' is no formula: expected part names, numbers, + - * / and brackets, as in '100 * a / b'."
        ) from None


def _build(node: ast.expr, text: str, depth: int = 0) -> pl.Expr:
    if depth > _LEVEL:
        raise DefinitionError(f"'{text[:60]}...' is nested more than {_LEVEL} levels deep.")
    match node:
        case ast.Name(id=name):
            return pl.col(f"value:{name}")
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as number):
            return pl.lit(float(number))
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_build(inner, text, depth + 1)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _build(left, text, depth + 1), _build(right, text, depth + 1)
            match op:
                case ast.Add():
                    return a + b
                case ast.Sub():
                    return a - b
                case ast.Mult():
                    return a * b
                case ast.Div():
                    return a / b
    raise DefinitionError(
        f"'{ast.unparse(node)}' in the formula '{text}' is not allowed: only part names, numbers, + - * / and brackets."
    )


def names(text: str) -> set[str]:
    """The parts a formula speaks of.

    Raises:
        DefinitionError: it is no formula.
    """
    tree = _parse(text)
    _build(tree, text)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def combine(text: str, parts: Mapping[str, Series], indicator: str) -> Series:
    """The formula's result where all its parts have an observation of the same area, breakdown and period."""
    value = _build(_parse(text), text)
    used = [name for name in parts if name in names(text)]
    joined: pl.DataFrame | None = None
    for name in used:
        part = parts[name].frame.select(
            *_MEET,
            *(pl.col(c).alias(f"{short}:{name}") for short, c in
              [("value", "obs_value"), ("status", "obs_status"), ("raw", "flag_raw"), ("said", "comment_obs"),
               ("source", "source"), ("series", "series"), ("snapshot", "snapshot")]),
        )
        joined = part if joined is None else joined.join(part, on=_MEET)
    if joined is None:
        return Series.empty()

    def all_of(short: str) -> list[pl.Expr]:
        return [pl.col(f"{short}:{name}") for name in used]

    def told(short: str, mark: str) -> pl.Expr:
        return pl.concat_list(all_of(short)).list.unique(maintain_order=True).list.join(mark)

    absent = pl.any_horizontal(*(s.is_in(list(MISSING)) for s in all_of("status")))
    hidden = pl.any_horizontal(*(s == "Q" for s in all_of("status")))
    worst = len(_RANK)
    rank = pl.min_horizontal(
        *(s.replace_strict(_RANK, range(worst), default=worst, return_dtype=pl.Int32) for s in all_of("status"))
    )
    said = [pl.when(s.ne("")).then(s) for s in all_of("said")]
    frame = joined.with_columns(value.round_sig_figs(12).alias("obs_value")).with_columns(
        pl.when(pl.col("obs_value").is_finite() & ~absent).then("obs_value").alias("obs_value"),
        pl.when(hidden).then(pl.lit("Q")).when(absent).then(pl.lit("O"))
        .when(pl.col("obs_value").is_finite().fill_null(False))
        .then(rank.replace_strict(range(len(_RANK)), _RANK, default="A", return_dtype=pl.String))
        .otherwise(pl.lit("M")).alias("obs_status"),
        pl.concat_str(all_of("raw")).alias("flag_raw"),
        pl.concat_str(*said, separator="; ", ignore_nulls=True).alias("comment_obs"),
        *(told(column, "+").alias(column) for column in ("source", "series", "snapshot")),
        pl.lit(indicator).alias("indicator"), pl.lit("").alias("unit_measure"),
        pl.lit(None, dtype=pl.Float64).alias("lower_bound"), pl.lit(None, dtype=pl.Float64).alias("upper_bound"),
    )
    return Series(frame.select(*COLUMNS))
