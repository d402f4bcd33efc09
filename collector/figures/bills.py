"""The bill of each billing month, and what the running one will come to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import fmean

from collector.billing.lines import Bill
from collector.billing.load import BilledMonth, BilledSlot
from collector.billing.what_if import bills
from collector.errors import CollectorError
from collector.figures.plant import A_DAY, FigurePlant
from collector.figures.typical import (
    BACK_DAYS,
    EVERY_GROUP,
    Bands,
    Group,
    History,
    bands_of,
)
from collector.gather.bill_months import Question, site_question
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.periods import SLOT_MS
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import BILL_LINES_1BM
from collector.storage.port import Row
from collector.tariffs.series import months_on
from collector.tariffs.tariff import LineKind

_KINDS: dict[str, tuple[LineKind, ...]] = {
    "basic_cost": ("demand", "excess"),
    "energy_cost": ("energy", "market"),
    "adder_cost": ("fuel", "capacity", "adjustment", "discount"),
    "levy_cost": ("levy",),
    "other_cost": ("reactive", "fixed", "minimum", "tax"),
}
"""The lines of a bill by what a board shows; each kind of line is in one of them."""
_LOOKBACK = 12
"""Bill months whose demand charge hangs on a month: itself and eleven after it."""


def bill_rows(plant: FigurePlant, touched: Collection[date]) -> Iterator[Row]:
    """The bills of the billing months that hang on these days, up to the running one.

    They are those from the first day's month to the eleventh after the last day's.

    A month that cannot be billed (no tariff, no energy) has no row: ``collector bill`` says why.
    """
    calendar = plant.calendar
    month, running = calendar.billing_month_of(min(touched)), calendar.billing_month_of(plant.today)
    last = min(running, months_on(calendar.billing_month_of(max(touched)), _LOOKBACK - 1))
    while month <= last:
        with suppress(CollectorError):
            yield _bill_row(plant, month, month == running)
        month = months_on(month, 1)


def _bill_row(plant: FigurePlant, month: date, running: bool) -> Row:
    asked = site_question(plant.store, plant.settings, plant.library.tariffs, month)
    bill = _newest(asked)
    kwh = asked.months[-1].kwh
    projected = _newest(_to_its_end(plant, asked)) if running else bill
    fields: dict[str, float | str] = {
        "projected": float(running),
        "currency": bill.currency,
        "total_cost": float(bill.total),
        "projected_total": float(projected.total),
    }
    for name, kinds in _KINDS.items():
        fields[name] = float(sum((bill.amount(kind) for kind in kinds), Decimal(0)))
    if bill.total:
        fields["demand_share"] = float(fields["basic_cost"]) / float(bill.total)
    if kwh:
        fields["unit_price"] = float(bill.total / kwh)
    start_ms = plant.calendar.billing_month_named(month).start_ms
    return Row(BILL_LINES_1BM, plant.site, SITE_METER, start_ms, fields)


def _newest(asked: Question) -> Bill:
    return bills(asked.months, asked.tariff, asked.terms, asked.from_day)[-1]


def _to_its_end(plant: FigurePlant, asked: Question) -> Question:
    """The same question, the running month filled with the days to come as they usually are."""
    month = asked.months[-1]
    filled = replace(month, all_slots=(*month.slots, *_to_come(plant, month)))
    return replace(asked, months=(*asked.months[:-1], filled))


def _to_come(plant: FigurePlant, month: BilledMonth) -> Iterator[BilledSlot]:
    step_ms = plant.settings.slot_minutes * 60_000
    last_ms = max((slot.end_ms for slot in month.slots), default=month.from_ms)
    mean_kwh = fmean(slot.milli_wh or 0 for slot in month.slots) / MILLI_WH_PER_KWH
    usual = _usual_days(plant)
    for start_ms in range(last_ms, month.to_ms, step_ms):
        day, minute = month.local(start_ms)
        bands = usual.get(plant.group(day))
        kw = bands.median[minute // 30] if bands else None
        kwh = mean_kwh if kw is None else kw * step_ms / (2 * SLOT_MS)
        milli_wh = round(kwh * MILLI_WH_PER_KWH)
        yield BilledSlot(
            start_ms, start_ms + step_ms, milli_wh, quality="estimated", estimated_milli_wh=milli_wh
        )


def _usual_days(plant: FigurePlant) -> Mapping[Group, Bands]:
    first = plant.today - BACK_DAYS * A_DAY
    profiles = plant.profiles(SITE_METER, first, plant.today)
    history = History(profiles, plant.groups(first, plant.today))
    alike = {group: history.before(plant.today, group) for group in EVERY_GROUP}
    return {group: bands for group, days in alike.items() if (bands := bands_of(days))}
