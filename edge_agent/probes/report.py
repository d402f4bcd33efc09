"""Findings as lines for a person to read."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from edge_agent.probes.finding import Finding

_STYLES = {"ok": "green", "note": "yellow", "fault": "red"}
_INDENT = " " * 7
_WIDEST = 100


def show(console: Console, findings: Iterable[Finding]) -> bool:
    """Print each finding as it comes, then their number; True when there is no fault."""
    counts: Counter[str] = Counter()
    for finding in findings:
        counts[finding.mark] += 1
        console.print(_rows(finding, min(console.width, _WIDEST)))
    console.print(_sum(counts), markup=False)
    return not counts["fault"]


def _rows(finding: Finding, width: int) -> Text:
    first = _folded(f"{finding.subject}: {finding.measured}", width)
    rows = Text(f"{finding.mark:<7}", style=_STYLES[finding.mark])
    rows.append(first.removeprefix(_INDENT), style="default")
    for lead, text in (("", finding.meaning), ("To do: ", finding.remedy)):
        if text:
            rows.append("\n" + _folded(lead + text, width), style="default")
    return rows


def _folded(text: str, width: int) -> str:
    # Addresses and settings stay whole: somebody will copy them.
    lines = (
        textwrap.wrap(
            part,
            max(width, 40),
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for part in text.splitlines()
    )
    return "\n".join(line for wrapped in lines for line in wrapped)


def _sum(counts: Counter[str]) -> str:
    notes, faults = counts["note"], counts["fault"]
    return f"{counts['ok']} ok, {notes} note{'s'[: notes != 1]}, {faults} fault{'s'[: faults != 1]}"
