"""What new factors change in this plant: figures of periods, and the first day booked otherwise.

For `collector factors add` and `import`. Nothing is recomputed here, and nothing that is away
stops a factor from being added: without settings or store the answer is a line that says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from collector import config
from collector.accounts.amounts import plain
from collector.accounts.factor_change import (
    FactorChange,
    first_day_changed,
    fiscal_years,
    months,
    what_would_change,
)
from collector.accounts.ledger import Book
from collector.accounts.span import ONE_DAY, Span
from collector.app import Collector
from collector.commands.account_text import figure
from collector.commands.terminal import DEFAULT_CONFIG, open_collector, out
from collector.config import CollectorSettings
from collector.errors import CollectorError, ConfigError
from collector.factors.lookup import FactorLibrary
from collector.gather.account_book import book_of, pending_of, today_of
from collector.site_config import SiteSettings
from collector.state.closed_periods import Closed

MonthsOption = Annotated[
    bool, typer.Option("--months", help="List the months that change beside the fiscal years.")
]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that changes; ``closed`` is the account a person has closed of its period."""

    change: FactorChange
    closed: Closed | None


@dataclass(frozen=True, slots=True)
class Effect:
    """The figures that change, and the first day that a recompute would book otherwise.

    ``pending`` counts the stretches not summed yet, of which nothing is said. ``unknown`` says why
    the plant could not be looked at; it is "" when it was.
    """

    figures: tuple[Figure, ...] = ()
    first_day: date | None = None
    pending: int = 0
    unknown: str = ""


def effect_of(
    path: Path | None, own: Path, old: FactorLibrary, new: FactorLibrary, by_month: bool = False
) -> Effect:
    """What the new factors, in the plant's folder, change in the plant of the settings."""
    try:
        settings = _settings(path, own)
        # The folder of the settings need not be there yet, and both sets of factors are at hand.
        with open_collector(settings.model_copy(update={"factors": None})) as collector:
            return _effect(collector, old, new, by_month)
    except ConfigError as error:
        return Effect(unknown="; ".join(error.faults))
    except CollectorError as error:
        return Effect(unknown=str(error))


def effect_view(effect: Effect) -> dict[str, Any]:
    """The effect as JSON values; kg are decimal text with every digit."""
    return {
        "unknown": effect.unknown or None,
        "pending": effect.pending,
        "figures": [_figure_view(one.change, one.closed) for one in effect.figures],
        "recompute_from": effect.first_day and effect.first_day.isoformat(),
    }


def show_effect(effect: Effect) -> None:
    """Print each period whose figures change, before and after, and whether it is closed."""
    if effect.unknown:
        out.print(f"what changes in this plant is not known: {effect.unknown}", markup=False)
        return
    if not effect.figures:
        out.print("no figure of this plant changes")
    for _, group in groupby(effect.figures, key=lambda one: (one.change.site, one.change.span)):
        for line in _period_lines(list(group)):
            out.print(line, markup=False)
    if effect.pending:
        out.print(f"! {effect.pending} stretches are not summed yet: collector summarise")


def show_next_step(effect: Effect, path: Path | None) -> None:
    """Print how to book the change, which nothing does by itself."""
    if effect.first_day is not None:
        named = f" -c {path}" if path else ""
        out.print(
            "totals, boards and reports keep their figures until:"
            f" collector recompute --from {effect.first_day}{named}",
            markup=False,
        )


def _settings(path: Path | None, own: Path) -> CollectorSettings:
    if path is None and not DEFAULT_CONFIG.exists():
        raise CollectorError("there are no settings here", "name them: -c collector.toml")
    settings = config.load(path or DEFAULT_CONFIG)
    if settings.factors is None or settings.factors.folder.resolve() != own.resolve():
        hint = f'write [factors] with folder = "{own}" in them'
        raise CollectorError(f"the settings do not read factors from {own}", hint)
    store = settings.store.path
    if store is not None and not store.exists():
        raise CollectorError(f"there is no store at {store} yet", "it comes with collector run")
    return settings


@dataclass(frozen=True, slots=True)
class _Held:
    """A site with energy and contract: its book, and what is closed of it."""

    site: SiteSettings
    book: Book
    closed: Mapping[Span, Closed]

    def spans(self, by_month: bool) -> list[Span]:
        """Fiscal years, months if asked for, and every closed period; the longest first."""
        years = fiscal_years(self.book, self.site.fiscal_year_starts)
        single = months(self.book) if by_month else ()
        spans = dict.fromkeys((*years, *single, *self.closed))
        return sorted(spans, key=lambda span: (span.first, -span.length))


def _effect(collector: Collector, old: FactorLibrary, new: FactorLibrary, by_month: bool) -> Effect:
    sites = collector.settings.sites
    held = {site.id: found for site in sites if (found := _held(collector, site))}
    asked = [(one.book, one.spans(by_month)) for one in held.values()]
    changed = what_would_change(old, new, asked)
    return Effect(
        tuple(Figure(one, held[one.site].closed.get(one.span)) for one in changed),
        first_day_changed(old, new, [one.book for one in held.values()]),
        sum(pending_of(collector, site) for site in sites),
    )


def _held(collector: Collector, site: SiteSettings) -> _Held | None:
    first = min((contract.from_date for contract in site.contracts), default=None)
    end = today_of(site) + ONE_DAY
    if first is None or first >= end:
        return None
    book = book_of(collector, site, [Span(first, end)])
    # A restatement comes after what it restates, so the newest of a period stands.
    closed = {entry.account.span: entry for entry in collector.state.closed.list(site.id)}
    return _Held(site, book, closed)


def _figure_view(change: FactorChange, closed: Closed | None) -> dict[str, Any]:
    return {
        "site": change.site,
        "period": str(change.span),
        "from": change.span.first.isoformat(),
        "to": change.span.end.isoformat(),
        "method": change.method,
        "old_kg": _text(change.old_kg),
        "new_kg": _text(change.new_kg),
        "difference_kg": _text(change.difference_kg),
        "old_status": change.old_status,
        "new_status": change.new_status,
        "old_factor_ids": list(change.old_factor_ids),
        "new_factor_ids": list(change.new_factor_ids),
        "closed": closed
        and {"id": closed.id, "by": closed.by, "kg": _text(_signed(closed, change.method))},
    }


def _period_lines(group: Sequence[Figure]) -> Iterator[str]:
    change, closed = group[0].change, group[0].closed
    span = change.span
    yield f"{change.site}  {span}  ({span.first} to {span.last})"
    for one in group:
        yield f"  {_change_text(one.change)}"
    if closed is not None:
        yield from _closed_lines([one.change for one in group], closed)


def _closed_lines(changes: Sequence[FactorChange], closed: Closed) -> Iterator[str]:
    signed = {one.method: _signed(closed, one.method) for one in changes}
    by = f"  closed by {closed.by} as no. {closed.id} with"
    if all(signed[one.method] == one.old_kg for one in changes):
        yield f"{by} the figures before, which stay"
    else:
        yield f"{by} these figures, which stay:"
        yield from (f"    {method}: {_kg(kg)}" for method, kg in signed.items())
    restate = f"collector accounts restate {changes[0].site} {changes[0].span}"
    yield f"  to sign the new ones: {restate} --by NAME --reason TEXT"


def _change_text(change: FactorChange) -> str:
    old, new, difference = change.old_kg, change.new_kg, change.difference_kg
    text = f"{change.method}: {_kg(old)} before, {_kg(new)} after"
    if difference is not None and old == new:
        text = f"{change.method}: {_kg(old)} before and after"
    elif difference is not None:
        text += f" ({'+' if difference > 0 else ''}{figure(difference)} kg)"
    if change.old_status != change.new_status:
        return f"{text}, {change.old_status} before, {change.new_status} after"
    return f"{text}, {change.new_status}"


def _signed(closed: Closed, method: str) -> Decimal | None:
    return closed.account.sum_of(method).kg


def _kg(amount: Decimal | None) -> str:
    return "no figure" if amount is None else f"{figure(amount)} kg"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
