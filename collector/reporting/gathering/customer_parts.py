"""The table of customers, the energy of the lines it names, and the allocation made of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from collector.accounts.account import Account
from collector.accounts.allocation import (
    BASES,
    Allocation,
    Basis,
    Customer,
    SubMeter,
    allocate,
)
from collector.accounts.customers import CustomerRow, customers_of
from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.gather.account_book import milli_wh, stored_days
from collector.reporting.sources import Sources
from collector.reports.constants import constant_on
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import Period
from collector.site_config import MeterSettings, SiteSettings
from edge_agent.process.bounded import bytes_in

_LARGEST_FILE = 5_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """An allocation, and whether machine hours in it were measured."""

    allocation: Allocation
    measured_hours: bool


def spread_over_customers(
    sources: Sources, site: SiteSettings, account: Account, file: str, basis: str
) -> Spread:
    """The account's energy and CO2 over the customers of the file.

    Raises ``CollectorError`` for a file that cannot be read or has faults, for lines that the
    site does not have or that contain one another, and as ``allocate`` does.
    """
    rows = customers_of(_read(file))
    lines = _lines(sources, site, account.span, rows)
    measured = any(row.measured_hours for row in rows)
    hours = _running_hours(sources, site, account.span, lines) if measured else {}
    customers = [_with_hours(row, hours) for row in rows]
    kg = {figure.method: figure.kg for figure in account.scope_2}
    known = {method: value for method, value in kg.items() if value is not None}
    total = sum(day.milli_wh for day in account.days)
    found = allocate(total, known, lines, customers, _basis(basis))
    return Spread(found, measured and found.choice.basis == "machine_hours")


def _read(file: str) -> bytes:
    path = Path(file).expanduser()
    try:
        return bytes_in(path, _LARGEST_FILE)
    except OSError as error:
        what = f"{file}: {error.strerror}"
        raise CollectorError(what, "write customers=FILE.csv with its path") from error


def _basis(text: str) -> Basis | None:
    if not text:
        return None
    for basis in BASES:
        if text == basis:
            return basis
    raise CollectorError(f"{text} is not a basis", f"write one of: {', '.join(BASES)}")


def _lines(
    sources: Sources, site: SiteSettings, span: Span, rows: Iterable[CustomerRow]
) -> tuple[SubMeter, ...]:
    electric = {meter.id: meter for meter in site.meters if meter.medium == ELECTRICITY}
    wanted = dict.fromkeys(line for row in rows for line in row.customer.lines)
    unknown = [line for line in wanted if line not in electric]
    if unknown:
        hint = f"the site's lines are: {', '.join(electric)}"
        raise CollectorError(f"{site.id} has no line {unknown[0]}", hint)
    for line in wanted:
        above = _ancestors(electric[line], electric)
        inside = next((other for other in above if other in wanted), None)
        if inside is not None:
            hint = "name only one of them, or its energy would count twice"
            raise CollectorError(f"the line {line} is part of the line {inside}", hint)
    return tuple(_sub_meter(sources, site, electric[line], span) for line in wanted)


def _ancestors(meter: MeterSettings, meters: dict[str, MeterSettings]) -> list[str]:
    # Every meter it was ever part of: a line that moved within the period is caught too.
    found: list[str] = []
    open_ids = [meter.id]
    while open_ids:
        one = meters.get(open_ids.pop())
        parents = [one.parent, *(move.parent for move in one.moves)] if one else []
        fresh = [parent for parent in parents if parent and parent not in found]
        found += fresh
        open_ids += fresh
    return found


def _sub_meter(sources: Sources, site: SiteSettings, meter: MeterSettings, span: Span) -> SubMeter:
    days = stored_days(sources, site, meter.id, span)
    known = [day for day in days if day.coverage or day.kwh or day.estimated_kwh]
    if not known:
        hint = f"leave the line out, or see: collector explain {site.id}"
        raise CollectorError(f"no energy of the line {meter.id} is known in {span}", hint)
    return SubMeter(meter.id, meter.name, sum(milli_wh(day.kwh) for day in known), len(known))


def _running_hours(
    sources: Sources, site: SiteSettings, span: Span, lines: Sequence[SubMeter]
) -> dict[str, Decimal]:
    limit = constant_on("allocation", "running_share", span.first)
    share = float(limit.value) if limit else 0.0
    edges = (midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    period: Period = "15m" if site.slot_minutes == 15 else "30m"
    found = {}
    for line in lines:
        columns = sources.store.read_total_columns(site.id, line.id, period, ("kwh",), *edges)
        kwh = [value for value in columns.values["kwh"] if isinstance(value, float)]
        most = max(kwh, default=0.0)  # a NaN compares as False, so it neither leads nor runs
        running = sum(value > share * most for value in kwh) if most > 0 else 0
        found[line.id] = Decimal(running * site.slot_minutes) / 60
    return found


def _with_hours(row: CustomerRow, hours: dict[str, Decimal]) -> Customer:
    customer = row.customer
    if not row.measured_hours:
        return customer
    running = sum((hours[line] for line in customer.lines), Decimal(0))
    return replace(customer, amounts={**customer.amounts, "machine_hours": running})
