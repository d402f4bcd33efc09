"""A month's bill, and what the demand charge hangs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.analysis.demand import MonthMaximum, contract_power
from collector.billing.lines import Bill
from collector.billing.load import AgreedPower
from collector.billing.what_if import bills, hours_of_use, value_of_one_kw
from collector.errors import CollectorError
from collector.gather.bill_months import Question, power_factor_of, site_question
from collector.reporting.sources import Sources
from collector.reports.monthly.data import ContractOutlook
from collector.site_config import SiteSettings
from collector.tariffs.series import months_on

_LOOKBACK = 12


@dataclass(frozen=True, slots=True)
class MonthBill:
    """A bill, or why there is none, and what a kW less of demand is worth in a year."""

    bill: Bill | None
    why_not: str = ""
    one_kw_a_year: Decimal | None = None


def month_bill(sources: Sources, site: SiteSettings, month: date) -> MonthBill:
    """The bill of the billing month named after the month of that first day."""
    try:
        asked = site_question(sources.store, site, sources.library.tariffs, month)
        (bill,) = bills(asked.months, asked.tariff, asked.terms, asked.from_day)
        return MonthBill(bill, "", _one_kw(asked))
    except CollectorError as error:
        return MonthBill(None, str(error))


def _one_kw(asked: Question) -> Decimal | None:
    percent = power_factor_of(asked)
    if not asked.tariff.demand:
        return None
    hours = hours_of_use(asked.months, asked.tariff)
    counted = Decimal(100) if percent is None else percent
    return value_of_one_kw(asked.tariff, counted, asked.from_day.year, hours)


def contract_outlook(
    site: SiteSettings, maxima: Sequence[MonthMaximum], month: date, found: MonthBill
) -> ContractOutlook | None:
    """What this month's demand charge hangs on, and the least that next month's can be.

    None where the demand of none of the twelve months is known, and where neither a tariff nor an
    agreed power says that demand is charged for.
    """
    if not site.tariffs and not site.contract_powers:
        return None
    agreed = [AgreedPower(Decimal(repr(one.kw)), one.from_date) for one in site.contract_powers]
    ahead = months_on(month, 1)
    try:
        now = contract_power(maxima, month, agreed=agreed)
        then = contract_power(maxima, ahead, agreed=agreed)
    except ValueError:
        return None
    return ContractOutlook(
        kw=now.kw,
        demand_kw=now.demand_kw,
        set_by=now.set_by.month,
        agreed=now.agreed,
        next_kw=then.kw,
        next_demand_kw=then.demand_kw,
        next_set_by=then.set_by.month,
        counts_until=months_on(then.set_by.month, _LOOKBACK - 1),
        missing=len(now.missing),
        negotiated=now.negotiated,
        one_kw_a_year=found.one_kw_a_year,
        currency=found.bill.currency if found.bill else "",
    )
