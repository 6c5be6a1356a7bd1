"""A small, safe arithmetic over observations: gaps, ratios, shares and figures per head.

``nationals - foreign``, ``100 * prosecuted / recorded``, ``100000 * crimes / population``: names of
parts, numbers, ``+ - * /`` and brackets; nothing else. Parts meet on area, breakdown and period. A flag
of any part stays on the result, a missing part makes it missing, and a division by zero "cannot exist".

Units. A unit is a short text, taken as it stands: ``persons``, ``EUR a year``, ``percent``; ``1`` is a bare number.
A text that lists several (it holds ``;``, a comma with a blank, or ``or``) is no unit, and one that begins with ``%``
is a percentage. ``+`` and ``-`` want one unit on both sides: a number that is written out has that of the other side,
and a quotient in which everything cancels passes for a percentage (``100 * a / b``). ``*`` and ``/`` combine, a
percentage counts as a number there. What is unknown is refused only where ``+`` or ``-`` must know it.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from monitor import period
from monitor.errors import DefinitionError
from monitor.model import MISSING, TOTAL
from monitor.results import Reason

if TYPE_CHECKING:
    import polars as pl

    from monitor.series import Series

#: which flag a result keeps when its parts carry several: SDMX ranks a break first, then what weakens a value
_RANK = ["B", "U", "D", "E", "I", "F", "G", "J", "K", "W", "N", "P", "S", "V", "A"]
_MEET = ["ref_area", "breakdown", "time_period"]
_LEVEL = 20  # brackets deeper than this are no formula a person wrote
_DO: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}
_SEVERAL = re.compile(r";|, |\bor\b")  # in a text that lists units
#: unit -> power: persons for each dollar is {"persons": 1, "usd": -1}; {} is a bare number, None is not known
Unit = dict[str, int] | None


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise DefinitionError(
            f"'{text}' is no formula: expected part names, numbers, + - * / and brackets, as in '100 * a / b'."
        ) from None


def _sound(node: ast.expr, text: str, depth: int = 0) -> None:
    """Raises:
        DefinitionError: it holds something else than parts, numbers and the four operations.
    """
    if depth > _LEVEL:
        raise DefinitionError(f"'{text[:60]}...' is nested more than {_LEVEL} levels deep.")
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float()) if math.isfinite(_number(node) or 0.0):
            return
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _sound(inner, text, depth + 1)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _DO:
            _sound(left, text, depth + 1)
            _sound(right, text, depth + 1)
            if isinstance(op, ast.Div) and _number(right) == 0:
                said = "divides by zero, so there is never a figure. Divide by a part or another number."
                raise DefinitionError(f"{_where(node, text)} {said}")
            return
    raise DefinitionError(
        f"'{ast.unparse(node)}' in the formula '{text}' is not allowed: only part names, numbers, + - * / and brackets."
    )


def _expression(node: ast.expr) -> pl.Expr:
    """What a sound formula (`_sound`) says, for a table with a column ``value:<part>`` for each part."""
    import polars as pl

    match node:
        case ast.Name(id=name):
            return pl.col(f"value:{name}")
        case ast.UnaryOp(operand=inner):
            return -_expression(inner)
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _expression(left), _expression(right)
            made: pl.Expr = _DO[type(op)](a, b)
            return pl.when(b != 0).then(made) if isinstance(op, ast.Div) else made  # x / (y / 0) is not 0
    return pl.lit(_number(node) or 0.0)


def _where(node: ast.expr, text: str) -> str:
    here = ast.unparse(node)
    return f"the formula '{text}'" if here == text else f"'{here}' in the formula '{text}'"


def _number(node: ast.expr) -> float | None:
    """What numbers alone come to; None where a part stands among them. An infinite one is too large to compute with."""
    match node:
        case ast.Constant(value=int() | float() as number):
            try:
                return float(number)
            except OverflowError:
                return math.inf
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return None if (a := _number(inner)) is None else -a
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _DO:
            a, b = _number(left), _number(right)
            return None if a is None or b is None else float(_DO[type(op)](a, b))
    return None


def names(text: str) -> set[str]:
    """The parts a formula speaks of.

    Raises:
        DefinitionError: it is no formula.
    """
    tree = _parse(text)
    _sound(tree, text)
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def unit(text: str, units: Mapping[str, str]) -> Unit:
    """What the result is counted in.

    Args:
        units: name of a part -> its unit; "" where that is not known.

    Raises:
        DefinitionError: ``+`` or ``-`` joins what has different units, or a unit that is not known.
    """
    return _unit(_parse(text), units, text)


def _unit(node: ast.expr, units: Mapping[str, str], text: str) -> Unit:
    match node:
        case ast.Name(id=name):
            return _read(units[name])
        case ast.UnaryOp(operand=inner):
            return _unit(inner, units, text)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            a, b = _unit(left, units, text), _unit(right, units, text)
            if _number(left) is not None or _number(right) is not None:
                return b if _number(right) is None else a
            both = _where(node, text)
            if a is None or b is None:
                unknown = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _read(units[n.id]) is None]
                why = f" ('{units[unknown[0]]}' is no single unit)" if units[unknown[0]] else ""
                raise DefinitionError(
                    f"{both} needs parts of one unit, and that of '{unknown[0]}' is not known{why}. "
                    f"Say it below the part, in a short form: unit: persons."
                )
            if a != b and not (_share(a) and _share(b) and {} in (a, b)):
                verb = "adds up" if isinstance(op, ast.Add) else "takes one from the other of"
                raise DefinitionError(
                    f"{both} {verb} different units: {_said(a)} and {_said(b)}. Bring them to one unit first; "
                    "where both are counted in the same, say it below the parts with 'unit'."
                )
            return a or b
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _unit(left, units, text), _unit(right, units, text)
            if a is None or b is None:
                return None
            if _number(left) is None and _number(right) is None:
                a, b = ({u: n for u, n in powers.items() if not _percent(u)} for powers in (a, b))
            sign = -1 if isinstance(op, ast.Div) else 1
            found = {u: a.get(u, 0) + sign * b.get(u, 0) for u in dict.fromkeys([*a, *b])}
            return {u: n for u, n in found.items() if n}
    return {}


def _read(told: str) -> Unit:
    known = " ".join(told.casefold().split())
    return None if not known or _SEVERAL.search(known) else {} if known == "1" else {known: 1}


def _percent(one: str) -> bool:
    return one.startswith("%") or one in ("percent", "percentage points")


def _share(powers: dict[str, int]) -> bool:
    return all(_percent(u) and n == 1 for u, n in powers.items()) and len(powers) < 2


def _said(powers: dict[str, int]) -> str:
    over = " * ".join(u for u, n in powers.items() for _ in range(n)) or "1"
    under = "".join(f" / {u}" for u, n in powers.items() for _ in range(-n))
    return f"'{over}{under}'" if powers else "a bare number"


def misfit(text: str, found: Unit, scale: str, declared: str) -> str:
    """Why a result cannot be of an indicator's scale and unit; "" where it can, or where that is not known."""
    if found is None:
        return ""
    amount, quotient = scale in ("count", "money", "duration"), any(n < 0 for n in found.values())
    if amount and (_share(found) or (quotient and scale == "count")):
        return f"the formula '{text}' gives {_said(found)}, which is no figure of scale '{scale}'."
    plain = not _share(found) and not re.search(r"[*/]", text)
    if plain and (scale == "percent" or _percent(declared)):
        return f"the formula '{text}' gives {_said(found)}, and the indicator's unit is '{declared}', a percentage."
    return ""


def lacking(parts: Mapping[str, Series], made: Series) -> dict[str, Reason]:
    """Why a formula gives an area no figure, by area: of those for which any part has one.

    The newest period in which all parts have something decides; where there is none, whether all have figures at all.
    """
    import polars as pl

    have = {
        name: set(part.frame.filter(pl.col("breakdown") == TOTAL, pl.col("obs_value").is_not_null())["ref_area"])
        for name, part in parts.items()
    }
    found = {
        code: Reason.PERIODS_DIFFER if all(code in areas for areas in have.values()) else Reason.MISSING_INPUT
        for code in set().union(*have.values())
    }
    cells = made.frame.filter(pl.col("breakdown") == TOTAL).with_columns(t=period.decimal_year()).sort("t")
    for code, status in cells.group_by("ref_area", maintain_order=True).last().select("ref_area", "obs_status").rows():
        found[code] = {"M": Reason.DIVISION_BY_ZERO, "O": Reason.MISSING_INPUT}.get(status, Reason.NO_DATA)
    return found


def combine(text: str, parts: Mapping[str, Series], indicator: str) -> Series:
    """The formula's result where all its parts have an observation of the same area, breakdown and period."""
    import polars as pl

    from monitor.series import COLUMNS, Series

    known = names(text)
    value, used = _expression(_parse(text)), [name for name in parts if name in known]
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

    absent = pl.any_horizontal(*(s.is_in(list(MISSING)) for s in all_of("status")),
                               *(v.is_null() for v in all_of("value")))
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
