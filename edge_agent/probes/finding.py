"""What a probe found: measured, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Mark = Literal["ok", "note", "fault"]
"""``fault``: readings can be lost or cannot flow. ``note``: worth knowing, nothing is lost."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a doctor's report.

    ``measured`` is a fact with its units, ``meaning`` what it does to readings, ``remedy`` what a
    person can do; the last two are empty where there is nothing to say.
    """

    mark: Mark
    subject: str
    measured: str
    meaning: str = ""
    remedy: str = ""


def ok(subject: str, measured: str, meaning: str = "") -> Finding:
    """Nothing to do."""
    return Finding("ok", subject, measured, meaning)


def note(subject: str, measured: str, meaning: str, remedy: str = "") -> Finding:
    """Worth knowing; no reading is at risk."""
    return Finding("note", subject, measured, meaning, remedy)


def fault(subject: str, measured: str, meaning: str, remedy: str) -> Finding:
    """Readings can be lost, or cannot flow, until a person has done something."""
    return Finding("fault", subject, measured, meaning, remedy)


def document(findings: Iterable[Finding]) -> dict[str, Any]:
    """The report as plain data: ``ok`` is true when there is no fault."""
    rows = [asdict(finding) for finding in findings]
    return {"ok": all(row["mark"] != "fault" for row in rows), "findings": rows}
