"""A factor, a change and a match as plain records: what ``--json`` prints and reports quote."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from collector.factors.changes import Change
from collector.factors.factor import UNSTATED, Factor
from collector.factors.lookup import FactorLibrary

Record = dict[str, Any]


def factor_record(factor: Factor, library: FactorLibrary) -> Record:
    """Everything that is known of the row; decimals and dates as text, absent as None."""
    record = dataclasses.asdict(factor)
    newer = library.superseded_by(factor)
    record["kg_per_kwh"] = format(factor.kg_per_kwh, "f")
    record["valid_from"] = day_text(factor.valid_from)
    for name in ("valid_to", "measured_from", "measured_to", "known_on"):
        record[name] = day_text(record[name])
    source = record.pop("source")
    return {
        **record,
        "decimals_published": factor.decimals_published,
        "known_until": day_text(newer.known_on) if newer else None,
        "superseded_by": newer.id if newer else None,
        "source": source,
    }


def change_record(change: Change) -> Record:
    """The key and window that changes, and the rows before and after, None where there is none."""
    row = change.factor
    return {
        "kind": change.kind,
        "region": row.region,
        "supplier": row.supplier,
        "menu": row.menu,
        "method": row.method,
        "valid_from": day_text(row.valid_from),
        "valid_to": day_text(row.valid_to),
        "before": _short(change.before),
        "after": _short(change.after),
    }


def day_text(day: date | None) -> str | None:
    """The day as YYYY-MM-DD; None for an open end, and for a beginning nobody stated."""
    return None if day is None or day == UNSTATED else day.isoformat()


def _short(factor: Factor | None) -> Record | None:
    if factor is None:
        return None
    value = format(factor.kg_per_kwh, "f")
    return {"factor_id": factor.id, "kg_per_kwh": value, "status": factor.status}
