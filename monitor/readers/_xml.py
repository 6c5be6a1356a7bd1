"""XML of publishers, guarded: no document type, so no entity of anybody's making, no file and no address is opened.

Expat (of Python's own library) checks that the whole text is well-formed before anything is taken from it. A document
type is refused at its first character, which refuses every entity bomb and every external entity with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, NoReturn
from xml.parsers import expat

from monitor.errors import UnreadableData
from monitor.readers._text import excerpt

_SPACE = b"\xef\xbb\xbf \t\r\n"
Start = Callable[[str, list[str]], None]


def check(body: bytes, expected: str, roots: Collection[str], hint: str = "") -> tuple[str, bool]:
    """The name of the outermost element without its prefix, and whether every `<` begins a tag.

    The latter is false where a comment, a CDATA section or an instruction holds a ``<``.

    Args:
        roots: names the outermost element may have.
        hint: a sentence for the message where it has another.

    Raises:
        UnreadableData: empty, no XML, not well-formed, cut off, with a document type, another message.
    """
    plain, root = True, ""

    def hidden(*texts: str) -> None:
        nonlocal plain
        plain &= not any("<" in text for text in texts)

    def begin(name: str, attributes: list[str]) -> None:
        nonlocal root
        root = name.rpartition(":")[2]
        parser.StartElementHandler = None

    def section() -> None:
        nonlocal plain
        plain = False

    parser = _parser()
    parser.StartElementHandler = begin
    parser.CommentHandler = parser.ProcessingInstructionHandler = hidden
    parser.StartCdataSectionHandler = section
    _run(parser, body, expected)
    if root not in roots:
        raise UnreadableData(f"the XML is a '{root}', expected {expected} ({' or '.join(sorted(roots))}); it begins "
                             f"with {_excerpt(body)}.{hint}")
    return root, plain


def walk(body: bytes, expected: str, start: Start, end: Callable[[str], None] | None = None,
         text: Callable[[str], None] | None = None) -> None:
    """Call `start` with the name, without its prefix, and the attributes (name, value, name, value ...) of each tag."""
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    _run(parser, body, expected)


def _excerpt(body: bytes) -> str:
    return excerpt(body[:400].decode("utf-8", "replace"))


def _parser() -> Any:
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(name: str, *_: object) -> NoReturn:
    raise UnreadableData(f"the XML has a document type ('{name[:40]}'), through which it could swell without end or "
                         "read files; no publisher's data need one. Look at the address.")


def _run(parser: Any, body: bytes, expected: str) -> None:
    text = body.lstrip(_SPACE)
    if not text:
        raise UnreadableData(f"the answer is empty ({len(body)} bytes), expected {expected}. "
                             "Fetch it again; if it stays so, look at the address.")
    begins = f"it begins with {_excerpt(body)}"
    if re.match(rb"(?i)<(!doctype\s+html|html)\b", text):
        raise UnreadableData(f"the answer is a web page, expected {expected}; {begins}.")
    try:
        parser.Parse(text if text[:1] == b"<" else body, True)
    except expat.ExpatError as problem:
        why = expat.errors.messages.get(problem.code, str(problem))
        kind = "is cut off" if problem.code in _CUT else "breaks"
        raise UnreadableData(f"the XML {kind} at line {problem.lineno}, column {problem.offset} ({why}), expected "
                             f"{expected}; {begins}.") from None
    except (LookupError, ValueError, UnicodeError) as problem:  # an encoding that Python or expat does not know
        raise UnreadableData(f"the XML cannot be read ({problem}), expected {expected}; {begins}.") from None


#: what a text that stops in the middle is called by expat
_CUT = {expat.errors.codes[name] for name in (
    expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN,
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION, expat.errors.XML_ERROR_PARTIAL_CHAR)}
