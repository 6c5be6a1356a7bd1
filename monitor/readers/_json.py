"""JSON of publishers, guarded: what is broken, ambiguous or no JSON is refused with the place and the words found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

from monitor.errors import UnreadableData
from monitor.readers._text import decode, excerpt

Record = dict[str, Any]
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def parse(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        UnreadableData: empty, a web page, cut off, NaN or Infinity, a key given twice, nested too deeply.
    """
    text = decode(body, "JSON")
    try:
        value = json.loads(text, parse_constant=_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as problem:
        cut = "is cut off" if problem.pos >= len(text.rstrip()) else "breaks"
        raise UnreadableData(
            f"the JSON {cut} at line {problem.lineno}, column {problem.colno} ({problem.msg}) after "
            f"{excerpt(text[max(0, problem.pos - 40):problem.pos])}; it begins with {excerpt(text)}. Fetch it again."
        ) from None
    except RecursionError:
        raise UnreadableData(f"the JSON is nested too deeply; it begins with {excerpt(text)}.") from None
    except ValueError as problem:  # a number with thousands of digits
        raise UnreadableData(f"the JSON cannot be read ({problem}); it begins with {excerpt(text)}.") from None
    if _SURROGATE.search(text):  # half a character cannot be stored as text
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except (UnicodeEncodeError, RecursionError):
            raise UnreadableData("the JSON holds half a character (a lone surrogate such as \\ud83d); it begins with "
                                 f"{excerpt(text)}.") from None
    return value


def _constant(name: str) -> NoReturn:
    raise UnreadableData(f"the JSON holds {name}, which is no JSON number; expected a number or null.")


def _once(pairs: list[tuple[str, Any]]) -> Record:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = Counter(names).most_common(1)[0][0]
        raise UnreadableData(f"an object of the JSON has the key '{twice}' twice, so its value is not certain.")
    return found


def mapping(value: Any, what: str) -> Record:
    """The value, if it is an object."""
    if not isinstance(value, dict):
        raise UnreadableData(f"{what} is {shown(value)}, expected an object.")
    return value


def records(value: Any, what: str) -> list[Record]:
    """The value, if it is a list of objects: the rows of an answer."""
    if not isinstance(value, list):
        raise UnreadableData(f"{what} are {shown(value)}, expected a list of rows.")
    for number, row in enumerate(value, 1):
        if not isinstance(row, dict):
            raise UnreadableData(f"row {number} of {what} is {shown(row)}, expected an object.")
    return value


def texts(rows: list[Record], key: str, required: bool = True) -> list[str | None]:
    """One column of the rows as text; a number as its shortest decimal form, null and absent as None.

    Raises:
        UnreadableData: a cell is a list or an object; no row has the key (where it is required).
    """
    if required and rows and not any(key in row for row in rows):
        raise UnreadableData(f"no row has '{key}'; the first has {', '.join(list(rows[0])[:20]) or 'no keys'}. "
                             "The publisher's format has changed, or the address is another one.")
    return scalars([row.get(key) for row in rows], key)


def scalars(values: Iterable[Any], what: str) -> list[str | None]:
    """Texts, numbers and nulls as text; a list or an object among them is refused."""
    return [
        v if (kind := type(v)) is str or v is None else repr(v) if kind is float or kind is int else _other(v, what)
        for v in values
    ]


def _other(value: Any, what: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    raise UnreadableData(f"'{what}' of a row is {shown(value)}, expected text or a number.")


def whole(value: Any, what: str) -> int | None:
    """A count the publisher prints as a number or as text ("1"); None where there is none."""
    if value is None or value == "":
        return None
    try:
        return int(str(value))
    except ValueError:
        raise UnreadableData(f"{what} is {shown(value)}, expected a whole number.") from None


def complete(found: int, promised: int | None, pages: int) -> None:
    """Refuse an answer that promised more rows than came: some page is missing."""
    if promised is not None and promised != found:
        raise UnreadableData(f"the publisher promises {promised} rows, but {found} came on {pages} page(s). "
                             "A page is missing or was cut off: fetch again, or look at 'paging' of the source.")


def shown(value: Any) -> str:
    """A value as a reader of the message should see it."""
    return excerpt(value) if isinstance(value, str) else excerpt(json.dumps(value, ensure_ascii=False))[1:-1]
