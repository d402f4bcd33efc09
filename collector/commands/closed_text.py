"""Closed accounts, their comparison with today's, and a year's progress: as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from collector.accounts.amounts import plain
from collector.accounts.progress import Progress
from collector.accounts.restatement import Comparison, MethodChange
from collector.accounts.targets import Path
from collector.accounts.view import account_view
from collector.commands.account_text import figure, show_sums
from collector.commands.terminal import out
from collector.rollup.carbon import energy_kwh
from collector.state.closed_periods import Closed


def closed_view(closed: Closed) -> dict[str, Any]:
    """A closed account as JSON values, without its lines."""
    account = account_view(closed.account)
    kept = ("site", "period", "from", "to", "kwh", "estimated_kwh", "coverage", "scope_2")
    more = ("scope_3_category_3", "energy_gj", "crude_oil_kl", "known_on", "factor_snapshot")
    return {
        "id": closed.id,
        "by": closed.by,
        "closed_at": _instant(closed.closed_at_ms),
        "restates": closed.restates,
        "reason": closed.reason,
        "digest": closed.digest,
        **{name: account[name] for name in (*kept, *more, "software_version")},
    }


def comparison_view(found: Comparison) -> dict[str, Any]:
    """What has changed since an account was closed, as JSON values."""
    return {
        "changed": found.changed,
        "old_kwh": plain(found.old.kwh),
        "new_kwh": plain(found.new.kwh),
        "methods": [_change_view(change) for change in found.methods],
        "causes": list(found.causes),
    }


def show_closed(entries: list[Closed], zone: ZoneInfo) -> None:
    """Print every closed account: its energy, who closed it when (in the zone), its figures."""
    for entry in entries:
        of = f", restates no. {entry.restates}: {entry.reason}" if entry.restates else ""
        out.print(
            f"no. {entry.id}  {entry.account.span}  {figure(entry.account.kwh)} kWh, closed by"
            f" {entry.by} at {_instant(entry.closed_at_ms, zone)}{of}",
            markup=False,
        )
        show_sums(entry.account.scope_2)


def show_comparison(found: Comparison) -> None:
    """Print each method's figure then and now, and what the difference is made of."""
    for change in found.methods:
        old, new, difference, *effects = (figure(amount) for amount in _amounts(change))
        out.print(f"{change.method}: {old} kg then, {new} kg now", markup=False)
        if change.changed and change.difference_kg is not None:
            names = ("energy", "contract", "factor", "certificates")
            parts = (f"{name} {part}" for name, part in zip(names, effects, strict=True))
            out.print(f"  difference {difference} kg: {', '.join(parts)}", markup=False)
    for cause in found.causes:
        out.print(f"because of {cause}", markup=False)


def _amounts(change: MethodChange) -> tuple[Decimal | None, ...]:
    return (
        *(change.old_kg, change.new_kg, change.difference_kg, change.energy_kg),
        *(change.contract_kg, change.factor_kg, change.certificate_kg),
    )


def _change_view(change: MethodChange) -> dict[str, Any]:
    names = ("old_kg", "new_kg", "difference_kg", "energy_kg")
    more = ("contract_kg", "factor_kg", "certificate_kg")
    amounts = zip((*names, *more), _amounts(change), strict=True)
    return {"method": change.method, **{name: _text(amount) for name, amount in amounts}}


def progress_view(found: Progress) -> dict[str, Any]:
    """A year's progress as JSON values."""
    end = found.year_end
    return {
        "site": found.site,
        "year": str(found.year),
        "method": found.method,
        "kg": _text(found.kg),
        "kwh": plain(found.so_far.kwh),
        "days": len(found.so_far.days),
        "allowed_kg": _text(found.allowed_kg and round(found.allowed_kg, 6)),
        "on_path": found.on_path,
        "path": _path_view(found.path),
        "forecast": end
        and {
            "method": end.method,
            "known_days": end.known_days,
            "kwh": plain(energy_kwh(end.milli_wh)),
            "kg": _text(end.kg),
            "low_kg": _text(end.low_kg),
            "high_kg": _text(end.high_kg),
            "status": end.status,
        },
        "remarks": list(found.remarks),
    }


def _path_view(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    rule = path.rule
    return {
        "scheme": rule.scheme,
        "base_year": rule.base_year,
        "base_kg": plain(path.base_kg),
        "target_year": rule.target_year,
        "target_kg": plain(path.target_kg),
        "reduction_percent": plain(rule.percent),
        "source": rule.source,
        "confidence": rule.confidence,
        "note": rule.note,
    }


def show_progress(found: Progress) -> None:
    """Print where the year stands, where it ends, and where the path would have it."""
    for line in _progress_lines(found):
        out.print(line, markup=False)


def _progress_lines(found: Progress) -> Iterator[str]:
    days = f"{len(found.so_far.days)} of {found.year.length} days"
    yield f"{found.site}  {found.year}, {days}, by {found.method}"
    yield f"so far: {_kg(found.kg)}, {figure(found.so_far.kwh)} kWh"
    end = found.year_end
    if end is not None:
        span = f"{_kg(end.low_kg)} to {_kg(end.high_kg)}"
        yield f"year's end ({end.method}): {_kg(end.kg)}, range {span} [{end.status}]"
    if found.path is not None:
        rule = found.path.rule
        yield f"path: {_kg(found.allowed_kg)} for {found.year}"
        yield (
            f"target: {_kg(found.path.target_kg)} in FY{rule.target_year},"
            f" -{plain(rule.percent)} % against FY{rule.base_year} ({_kg(found.path.base_kg)})"
        )
        yield f"rule: {rule.source}; confidence {rule.confidence}. {rule.note}".rstrip()
    if found.on_path is not None:
        yield "on the path" if found.on_path else "above the path"
    yield from (f"! {text}" for text in found.remarks)


def _kg(amount: Decimal | None) -> str:
    return "none" if amount is None else f"{amount:,.1f} kg"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _instant(at_ms: int, zone: tzinfo = UTC) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).isoformat(timespec="seconds")
