"""A bill from an interval file, without settings or store: a first answer for a new plant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.billing.load import AgreedPower, BilledSlot, Terms
from collector.errors import CollectorError
from collector.gather.bill_months import Question, months_back, months_of
from collector.imports.table import Columns, Table, read_table, refuse_without_rows
from collector.rollup.periods import Calendar
from collector.tariffs.library import TariffLibrary
from collector.tariffs.series import months_on

_MILLI_PER_KILO = 1_000_000
_QUARTER_MS = 900_000
_LONGEST_MS = 20 * 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class IntervalFile:
    """How a file of intervals is to be read: kWh in the first value column, then kvarh if given."""

    columns: Columns
    label: Literal["start", "end"]
    zone: ZoneInfo
    billing_day: int


def file_question(
    data: bytes,
    name: str,
    file: IntervalFile,
    library: TariffLibrary,
    tariff_id: str,
    month: date,
    count: int,
    power_factor_percent: Decimal | None,
    contract_kw: Decimal | None,
) -> tuple[Question, Sequence[str]]:
    """The months of a file up to the named one, and what reading the file found out.

    Raises ``CollectorError`` for a file whose intervals are not 15, 30 or 60 minutes or of which
    rows cannot be read.
    """
    table = read_table(data, name, file.columns, file.zone)
    refuse_without_rows(table)
    calendar = Calendar(file.zone, billing_day=file.billing_day)
    slots = list(_slots(table, file.label))
    first_ms = calendar.billing_month_named(months_on(month, 1 - count)).start_ms
    first = calendar.date_of(first_ms)
    tariff = library.nearest(tariff_id, first)
    names = [months_on(month, -back) for back in range(count - 1 + months_back(tariff), -1, -1)]
    agreed = () if contract_kw is None else (AgreedPower(contract_kw, date.min),)
    terms = Terms(agreed=agreed, power_factor_percent=power_factor_percent)
    refused = [str(refusal) for refusal in table.refusals]
    question = Question(months_of(name, calendar, names, slots), tariff, terms, first)
    return question, (*table.notices, *refused)


def market_prices(data: bytes, name: str, zone: ZoneInfo) -> Mapping[int, Decimal]:
    """Market prices per kWh from a file with the columns ``start`` and ``price``.

    Each price holds from its start to the next one's; the answer has it for every quarter hour
    (UTC ms) of that time. Raises ``CollectorError`` for a file that cannot be read, or of too long
    a time.
    """
    table = read_table(data, name, Columns("start", ("price",)), zone)
    refuse_without_rows(table)
    length_ms = table.usual_interval_ms or _QUARTER_MS
    if length_ms * len(table.rows) > _LONGEST_MS:
        raise CollectorError(f"{name} holds prices for more than 20 years", "give the years asked")
    return {
        at_ms: row.values[0]
        for row in table.rows
        for at_ms in range(row.at_ms, row.at_ms + length_ms, _QUARTER_MS)
        if row.values[0] is not None
    }


def _slots(table: Table, label: Literal["start", "end"]) -> Iterator[BilledSlot]:
    interval_ms = table.usual_interval_ms
    if interval_ms is None or interval_ms not in (900_000, 1_800_000, 3_600_000):
        found = "one row" if interval_ms is None else f"intervals of {interval_ms / 60_000:g} min"
        hint = "use a file with 15, 30 or 60 minutes; collector energy reads a counter"
        raise CollectorError(f"{table.name} has {found}", hint)
    if label == "start" and table.ends_days:
        hint = "write --label end"
        raise CollectorError(f"{table.name} labels its intervals at their end (24:00)", hint)
    for row in table.rows:
        start_ms = row.at_ms if label == "start" else row.at_ms - interval_ms
        figures = [None if value is None else _milli(value) for value in row.values]
        lagging, leading = (*figures[1:], None, None)[:2]
        yield BilledSlot(start_ms, start_ms + interval_ms, figures[0], lagging, leading)


def _milli(value: Decimal) -> int:
    return round(value * _MILLI_PER_KILO)
