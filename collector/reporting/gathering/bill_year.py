"""A site's electricity bills of several months, each under the tariff of its own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from collector.billing.what_if import bills
from collector.errors import CollectorError
from collector.gather.bill_months import library_of, site_question
from collector.reporting.sources import Sources
from collector.reports.jcci.data import MonthBill
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings


@dataclass(frozen=True, slots=True)
class BillYear:
    """Bills by bill month (its first day); ``why`` says why a month has none."""

    bills: dict[date, MonthBill]
    why: str = ""


def bill_year(sources: Sources, site: SiteSettings, months: Sequence[date]) -> BillYear:
    """The bills of the months (first days); a month that cannot be billed is left out."""
    found: dict[date, MonthBill] = {}
    why = "" if site.tariffs else f"site {site.id} has no tariff"
    for run in _runs(site, months):
        try:
            found |= _billed(sources, site, run)
        except CollectorError as error:
            why = error.message
    return BillYear(found, why)


def _runs(site: SiteSettings, months: Sequence[date]) -> Iterator[list[date]]:
    # Months in a row under one tariff are one question to the store.
    calendar = calendar_of(site)

    def tariff(month: date) -> str:
        first = calendar.date_of(calendar.billing_month_named(month).start_ms)
        begun = [entry for entry in site.tariffs if entry.from_date <= first]
        return max(begun, key=lambda entry: entry.from_date).tariff if begun else ""

    for name, run in groupby(months, key=tariff):
        if name:
            yield list(run)


def _billed(sources: Sources, site: SiteSettings, run: list[date]) -> dict[date, MonthBill]:
    library = library_of(sources.settings)
    asked = site_question(sources.store, site, library, run[-1], count=len(run))
    months = [month for month in asked.months if month.slots]
    return {
        bill.to_date.fromordinal(bill.to_date.toordinal() - 1).replace(day=1): MonthBill(
            bill.total, bill.tariff_id, bill.currency, bill.warnings
        )
        for bill in bills(months, asked.tariff, asked.terms, asked.from_day)
    }
