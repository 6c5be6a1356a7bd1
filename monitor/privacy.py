"""Names of private persons, and ways to reach them: found in any text, so that none is ever published.

A project withholds names by their salted hashes (`mandate/withheld_names.txt`), so that the list names nobody. A hash
is of a surname, or of two words of one name in alphabetical order: the order in a text, accents, capitals and
particles (*van der*) make no difference. Guessing a name and trying it is possible, so the list hides names from
readers of the file and not from somebody who knows whom to look for.

Names that no list holds are guessed at (`titled`, `plain`, `doubtful`). No guess finds a single word, a name in small
letters or in capitals throughout, one in another script than the Latin one, or one whose words are ordinary ones
(*Grace Young*) or of places (*Jordan Israel*): whoever writes a text must still read it.

To withhold a name: ``python -m monitor.privacy FOLDER`` reads names from its input, one on each line with the first
name first, and writes the lines to append to the list of the project in that folder.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from monitor import area
from monitor.errors import DefinitionError

FILE = "mandate/withheld_names.txt"
TITLES = r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Herr|Frau|Monsieur|Madame|Mme|Señora?|Sra?|Doña|Signora?"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.\w+)+")
_PHONE = re.compile(r"(?<![\w/.=-])(\+\d[\d ()./-]{7,}\d|\(?0\d{1,4}\)?[ /-]\d{2,}[ /-]?\d{2,}[\d /-]*)(?![\w-])")
_TITLED = re.compile(rf"\b(?:{TITLES})\.? (?:(?:[A-ZÀ-Ý]\.|van|von|de|der|al|bin|el) )*[A-ZÀ-Ý][\w'’-]+"
                     r"(?: [A-ZÀ-Ý][\w'’-]+){0,2}")  # fmt: skip
_PLAIN = re.compile(r"\b[A-ZÀ-Ý][a-zà-ÿ]+(?: (?:[A-Z]\.|van|von|de|al|bin|el))* [A-ZÀ-Ý][a-zà-ÿ'’-]+\b")
#: words of names that are no person's
_BODY = re.compile(
    r"\b(action|agency|aid|alliance|association|authority|bank|board|broadcaster|cent(?:er|re)|chamber|church|city|club|"
    r"coalition|college|commission|committee|confederation|congress|council|county|court|cross|department|directorate|"
    r"federation|fondation|forum|foundation|fund|fundaci[oó]n|government|group|human|institute|international|justice|"
    r"lab|media|migrants?|ministry|minister|municipality|national|network|news|office|ombud\w*|organi[sz]ation|parliament|"
    r"party|platform|police|press|programme|radio|red|refugees?|regional|rights|school|service|society|state|states|"
    r"stiftung|team|television|times|trust|union|united|university|voice|watch|women|world|youth|new|san|los|las)\b",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿāăąćčďđēęěğīļłńňņőœřśšşţťūůűųźžż'’]+(?:-[A-ZÀ-ÖØ-Þ]\w+)?"
_GAP = r"(?: |\n +)"
_RUN = re.compile(rf"(?<![\w./@-]){_NAME}(?:{_GAP}(?:[A-Z]\.|van|von|de|der|al|el|bin|ben|da|dos)){{0,2}}"
                  rf"{_GAP}{_NAME}(?:{_GAP}{_NAME}){{0,2}}(?![\w/@])")  # fmt: skip
_ORDINARY = re.compile(r"(?<![\w/._@=&-])[a-zß-öø-ÿ]{2,}(?![\w/_@=&]|\.\w)")
_CALENDAR = frozenset([
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_WORD = re.compile(r"[^\W\d_]+")
_CAPITAL = re.compile(r"(?<![^\W\d_])[^\W\d_a-z][^\W\d_]+")
_BETWEEN = re.compile(r"[\s,.'’-]{0,3}(?:(?:van|von|der|den|de|da|di|dos|al|el|bin)\s+){0,2}")


class Withheld(NamedTuple):
    """The names nobody may read, as hashes; falsy where there are none (`NONE`)."""

    lists: tuple[tuple[str, frozenset[str]], ...] = ()  # salt, hashes

    def __bool__(self) -> bool:
        return bool(self.lists)


NONE = Withheld()


def read(layers: Sequence[Path]) -> Withheld:
    """The lists of a project and of the projects below it: what one of them withholds, all do."""
    lists = []
    for layer in layers:
        if (path := layer / FILE).is_file():
            lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
            words = [line for line in lines if line and not line.startswith("#")]
            salt = next((line.partition(" ")[2] for line in words if line.startswith("salt ")), "")
            lists.append((salt, frozenset(line for line in words if not line.startswith("salt "))))
    return Withheld(tuple(lists))


def hashed(words: Iterable[str], salt: str) -> str:
    """The hash of words of a name, whatever their order, accents and capitals."""
    return hashlib.sha256(f"{salt} {' '.join(sorted(map(_normal, words)))}".encode()).hexdigest()[:32]


def _normal(word: str) -> str:
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).casefold()


def lines(name: str, salt: str) -> list[str]:
    """The hashes that withhold a name: its surname, and every two of its words."""
    words = [word for word in _WORD.findall(name) if word[:1].isupper()]
    return [hashed(part, salt) for part in ([words[-1]], *combinations(words, 2)) if words] if words else []


def withheld(text: str, names: Withheld) -> Iterator[tuple[int, str]]:
    """Every withheld name in a text: where it begins, and how it stands there."""
    if not names:
        return
    words = [m for m in _CAPITAL.finditer(text) if m[0][0].isupper()]
    end = -1
    for one, two in pairwise([*words, None]):
        if one is None or one.start() < end:
            continue
        near = two is not None and bool(_BETWEEN.fullmatch(text[one.end():two.start()]))
        both = near and two is not None and _hidden(names, one[0], two[0])
        if both or _hidden(names, one[0]):
            last = two if both and two is not None else one
            end = last.end()
            yield one.start(), text[one.start():end]


@cache  # the words of a project are few, and stand in it often
def _hidden(names: Withheld, *part: str) -> bool:
    return any(hashed(part, salt) in hashes for salt, hashes in names.lists)


def reached(text: str) -> str:
    """An e-mail address or telephone number in a text; "" where there is none."""
    match = _MAIL.search(text) or _PHONE.search(text)
    return match[0].strip() if match else ""


def persons(text: str, organisations: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Every title with a name behind it and every e-mail address: where it begins, and how it stands there."""
    for match in chain(_TITLED.finditer(text), _MAIL.finditer(text) if "@" in text else ()):
        if not any(match[0] in name or name in match[0] for name in organisations):
            yield match.start(), match[0].strip()


def titled(text: str, organisations: Collection[str] = ()) -> str:
    """A title with a name behind it; "" where there is none, or only inside the name of an organisation."""
    match = _TITLED.search(_without(text, organisations))
    return match[0].strip() if match else ""


def plain(text: str, organisations: Collection[str] = ()) -> str:
    """Two or more words in a row that could be a person's name, in a text that names no body."""
    text = _without(text, organisations)
    match = None if _BODY.search(text) else _PLAIN.search(text)
    return match[0] if match else ""


def ordinary(texts: Iterable[str]) -> frozenset[str]:
    """The words that texts write in small letters, and those of countries and of the calendar: no names of persons."""
    found = {word for text in texts for word in _ORDINARY.findall(text)}
    places = " ".join(area.names_in_english().values())
    return _CALENDAR.union(found, (word.lower() for word in _WORD.findall(places)))


def doubtful(text: str, known: frozenset[str], organisations: Collection[str] = ()) -> Iterator[tuple[int, str]]:
    """Two or more words in a row that could be a person's name: where they begin, and how they stand there.

    Args:
        known: words that are no part of a name (`ordinary`).
        organisations: names that look like a person's and are none.
    """
    for match in _RUN.finditer(text):
        found = " ".join(match[0].split())
        words = [word.lower() for word in re.split(r"[ '’-]", found)
                 if word[:1].isupper() and word[1:2] not in ("", ".")]
        if (known.isdisjoint(words) and not _BODY.search(found)
                and not any(found in name or name in found for name in organisations)):
            yield match.start(), found


def masked(text: str) -> str:
    """A name as a message may print it, since messages are published too: ``Dr. J… R…``."""
    title = re.match(rf"(?:{TITLES})\.? ", text)
    head = title[0] if title else ""
    return head + re.sub(r"([^\W_])[^\W_]+", r"\1…", text[len(head):])


def _without(text: str, organisations: Collection[str]) -> str:
    for name in organisations:
        text = text.replace(name, "")
    return text


def _main(folder: Path) -> None:
    there = read([folder]).lists
    old, known = there[0] if there else ("", frozenset[str]())
    salt = old or secrets.token_hex(8)
    new = sorted({line for name in sys.stdin for line in lines(name, salt)} - known)
    sys.stdout.write("\n".join([*([] if old else [f"salt {salt}"]), *new, ""]))


if __name__ == "__main__":
    _main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))


def refuse(body: bytes, file: str, hidden: Withheld) -> None:
    """A register that names a private person is not read, so that nothing of it is published.

    Raises:
        DefinitionError: it does; every line is named, and nobody.
    """
    text = body.decode("utf-8", "replace")
    if lines := sorted({text.count("\n", 0, start) + 1 for start, _ in withheld(text, hidden)}):
        raise DefinitionError(f"sources/{file}:{n}: holds the name of a private person, and is withheld until it is "
                              "taken out." for n in lines)
