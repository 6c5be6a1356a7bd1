"""Monitor what governments promised on migration: indicators, public figures, judgements, scorecards.

>>> import monitor
>>> p = monitor.load()                      # the flagship, or a folder with an indicators.yaml
>>> p.series("IND-54a", "DEU").to_polars()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Assessment", "Edition", "Indicator", "Monitor", "MonitorError", "Scorecard", "Series", "load"]

if TYPE_CHECKING:
    from monitor.errors import MonitorError
    from monitor.face import Monitor, load
    from monitor.model import Indicator
    from monitor.results import Assessment, Edition
    from monitor.scorecard import Scorecard
    from monitor.series import Series

_HOME = {
    "Assessment": "results", "Edition": "results", "Indicator": "model", "Monitor": "face", "MonitorError": "errors",
    "Scorecard": "scorecard", "Series": "series", "load": "face",
}


def __getattr__(name: str) -> Any:
    """Names are imported when first used (PEP 562), so that ``monitor --help`` stays instant."""
    if name not in _HOME:
        raise AttributeError(f"module 'monitor' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(f"monitor.{_HOME[name]}"), name)
