"""The editions before this one, as its manifest records them: each takes over what the one before it knew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.before import Past
from monitor.edition import MANIFEST
from monitor.site import Earlier


def earlier(past: Past, folder: Path, manifest: Mapping[str, Any] | None = None) -> tuple[Earlier, ...]:
    """All editions before, oldest first.

    Args:
        past: what this edition is compared with.
        folder: where this edition will be; only editions beside it can be linked to.
        manifest: of an edition that is made again: it says what it said then.
    """
    if manifest is not None:
        return tuple(Earlier(**one) for one in manifest.get("earlier") or ())
    found: dict[tuple[str, str], Earlier] = {}
    for one in past.editions or ():
        if one.folder is not None:
            there = json.loads((one.folder / MANIFEST).read_text(encoding="utf-8"))
            beside = one.folder.resolve().parent == folder.resolve().parent
            for known in (*there.get("earlier", ()), {
                "edition": one.edition, "as_of": one.as_of, "areas": len(there["areas"]), "folder": one.folder.name,
            }):
                kept = Earlier(**{**known, "folder": known["folder"] if beside else ""})
                found[kept.edition, kept.as_of] = kept
    return tuple(sorted(found.values(), key=lambda e: (e.as_of, e.edition)))
