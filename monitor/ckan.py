"""CKAN sites (HDX, data.gov, open.canada.ca ...): which file of a dataset is meant, and where it is.

Interface: https://docs.ckan.org/en/latest/api/, actions ``package_show`` and ``datastore_search``. The dataset is asked
for first; it lists its files ("resources"), whose addresses change with every upload, so none is declared. The file is
then fetched like any other answer. Refusals come as ``{"success": false, "error": ...}``, under status 200 too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.model import Source
from monitor.network import PUBLISHER, Trouble, is_public, place
from monitor.payload import excerpt

#: file names that a resource of an ambiguous dataset is told apart by, in a message
_TOLD = 12


def address(body: bytes, source: Source, series: str) -> str:
    """The address of the declared file, out of the dataset's description.

    Raises:
        Trouble: the site refuses, the dataset is private or withdrawn, no file or several are the declared one, its
            format is another, or it stands where this machine must not ask.
    """
    result = _result(body)
    wanted = source.series[series].resource
    if not isinstance(result, dict) or not isinstance(result.get("resources"), list):
        raise Trouble(f"the answer describes no dataset of CKAN; it begins with {excerpt(body)}",
                      f"'endpoint' in sources/{source.id}.yaml must be an address of package_show.")  # fmt: skip
    if result.get("private") is True:
        raise Trouble("the dataset is private", "Its organisation must let the public in; ask it.", by="publisher")
    if (state := str(result.get("state") or "active")) != "active":
        raise Trouble(f"the dataset is withdrawn (state {state})", _follow(source, series))
    files = [f for f in result["resources"] if isinstance(f, dict) and str(f.get("state") or "active") == "active"]
    named = [f for f in files if all(_is(f, key, value) for key, value in wanted.items() if key != "format")]
    said = ", ".join(f"{key} '{value}'" for key, value in wanted.items() if key != "format") or "any name"
    if not named:
        raise Trouble(f"the dataset no longer has the declared file ({said}); it has {_listed(files)}",
                      _follow(source, series))  # fmt: skip
    fits = [f for f in named if "format" not in wanted or _is(f, "format", wanted["format"])]
    if not fits:
        raise Trouble(f"the declared file ({said}) is no longer {wanted['format']}, but "
                      f"{', '.join(sorted({str(f.get('format') or 'of no format') for f in named}))}",
                      _follow(source, series) + " The reader may have to be another one too.")  # fmt: skip
    if len(fits) > 1:
        raise Trouble(f"{len(fits)} files of the dataset fit the declaration: {_listed(fits)}",
                      f"Say which under 'resource' of {series} in sources/{source.id}.yaml: its id, name or file.")
    return _allowed(str(fits[0].get("url") or ""), source)


def rows(body: bytes) -> tuple[int, int] | None:
    """Rows of a page of ``datastore_search``, and of the whole table (-1: not said); None where it is no such page.

    Raises:
        Trouble: the site refuses.
    """
    result = _result(body)
    if not isinstance(result, dict) or not isinstance(result.get("records"), list):
        return None
    total = result.get("total")
    return len(result["records"]), total if isinstance(total, int) and not isinstance(total, bool) else -1


def _result(body: bytes) -> Any:
    """What stands under ``result``; None where there is none. Raises Trouble where the site refuses."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    if answer.get("success") is False:
        error = answer.get("error")
        said = error.get("message") or error.get("__type") if isinstance(error, Mapping) else error
        raise Trouble(f"the site refused ({excerpt(str(said or 'it gives no reason').encode())})",
                      "If the dataset was renamed or withdrawn, 'series' of the source must follow; else the publisher "
                      "must repair it.", by="publisher")  # fmt: skip
    return answer.get("result")


def _is(file: Mapping[str, Any], key: str, value: str) -> bool:
    """Is a file what was declared? Small and capital letters are one; ``file`` is the end of its address."""
    found = _file(file) if key == "file" else str(file.get(key) or "")
    return " ".join(found.split()).lower().lstrip("." * (key == "format")) == " ".join(value.split()).lower()


def _file(file: Mapping[str, Any]) -> str:
    return unquote(urlsplit(str(file.get("url") or "")).path.rpartition("/")[2])


def _listed(files: list[dict[str, Any]]) -> str:
    shown = [f"'{_file(f)}' ({str(f.get('name') or 'no name')[:60]}, {f.get('format') or 'no format'})" for f in files]
    return ", ".join(shown[:_TOLD]) + (f" and {len(shown) - _TOLD} more" if shown[_TOLD:] else "") or "no file"


def _allowed(url: str, source: Source) -> str:
    """An address out of an answer: http or https, and no private one but the site's own."""
    try:
        scheme, at = urlsplit(url).scheme, place(url)
    except ValueError:  # a port that is no number, half an IPv6 address
        scheme, at = "", ("", 0)
    if scheme not in ("http", "https") or not at[0]:
        raise Trouble("the address of the declared file is neither http nor https", PUBLISHER)
    if at != place(source.endpoint or "") and not source.allow_private and not is_public(at[0]):
        raise Trouble(f"the declared file is on {at[0]}, an address of a private network, and was not asked for",
                      "The publisher must repair it; where it is right, set 'allow_private: true' in the source.",
                      by="publisher")  # fmt: skip
    return url


def _follow(source: Source, series: str) -> str:
    return f"'resource' of {series} in sources/{source.id}.yaml must follow the publisher."
