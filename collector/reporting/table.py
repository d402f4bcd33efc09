"""Every report by name: to add one is to add a row. Only the files of the reports asked for load.

A file of ``kinds/`` begins light: frames, analysis and drawing are imported inside its functions,
so that ``collector report --list`` answers at once.
"""

from __future__ import annotations

import difflib
from importlib import import_module

from collector.errors import CollectorError
from collector.reporting.kind import ReportKind

KINDS: dict[str, str] = {
    "daily": "collector.reporting.kinds.daily",
    "monthly": "collector.reporting.kinds.monthly",
    "energy_law": "collector.reporting.kinds.energy_law",
    "jcci": "collector.reporting.kinds.jcci",
    "completeness": "collector.reporting.kinds.completeness",
    "overview": "collector.reporting.kinds.overview",
    "consultant": "collector.reporting.kinds.consultant",
    "portfolio": "collector.reporting.kinds.portfolio",
    "sbt": "collector.reporting.kinds.sbt",
    "scope2": "collector.reporting.kinds.scope2",
    "mv": "collector.reporting.kinds.mv",
}
"""The name of a report, and the module whose ``KIND`` it is."""


def kind_named(name: str) -> ReportKind:
    """The report of that name. Raises ``CollectorError`` with the nearest name there is."""
    if name not in KINDS:
        near = difflib.get_close_matches(name, KINDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"write one of: {', '.join(KINDS)}"
        raise CollectorError(f"there is no report {name}", hint)
    found: ReportKind = import_module(KINDS[name]).KIND
    return found


def all_kinds() -> tuple[ReportKind, ...]:
    """Every report, in the order of the table."""
    return tuple(kind_named(name) for name in KINDS)
