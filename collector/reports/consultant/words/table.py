"""All words of the pack under one roof; a key stands in one file only."""

from __future__ import annotations

from collector.reports.consultant.words import (
    appendix,
    circuits,
    demand,
    equipment,
    limits,
    models,
    profile,
    proposals,
    summary,
    workbook,
    working,
)
from collector.reports.wording import Words

PARTS = (
    summary,
    limits,
    profile,
    demand,
    circuits,
    working,
    models,
    equipment,
    proposals,
    appendix,
    workbook,
)
WORDS = Words({key: said for part in PARTS for key, said in part.ROWS.items()})
