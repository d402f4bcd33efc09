"""What a site's bill needs, from its settings and the store: months, tariff, terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from collector.billing.bill import previous_month
from collector.billing.from_totals import slots_of_totals
from collector.billing.load import AgreedPower, BilledMonth, BilledSlot, Terms
from collector.billing.power_factor import month_power_factor
from collector.config import CollectorSettings
from collector.errors import CollectorError, NoTariffError
from collector.rollup.periods import Calendar
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore
from collector.tariffs.library import TariffLibrary
from collector.tariffs.series import months_on
from collector.tariffs.tariff import Tariff

_A_YEAR_BACK = 11


@dataclass(frozen=True, slots=True)
class Question:
    """Months of a load (the first ones as history only), and how they are to be billed."""

    months: tuple[BilledMonth, ...]
    tariff: Tariff
    terms: Terms
    from_day: date


def library_of(settings: CollectorSettings) -> TariffLibrary:
    """The tariffs shipped and those of the plant's own folder."""
    shipped = TariffLibrary.shipped()
    return shipped if settings.tariffs is None else shipped.with_folder(settings.tariffs.folder)


def month_named(text: str) -> date:
    """The first day of the month written as 2025-10. Raises ``CollectorError`` otherwise."""
    try:
        if len(text) != len("2025-10"):
            raise ValueError(text)
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise CollectorError(f"{text} is not a month", "write it as 2025-10") from error


def months_asked(count: int) -> int:
    """The number of months. Raises ``CollectorError`` below one."""
    if count < 1:
        raise CollectorError(f"--months {count}: at least one", "write --months 12 for a year")
    return count


def site_question(
    store: ReadingStore,
    site: SiteSettings,
    library: TariffLibrary,
    month: date,
    power_factor_percent: float | None = None,
    count: int = 1,
) -> Question:
    """The bill months of a site up to the named one, with what its tariff looks back to.

    Raises ``CollectorError`` when the site has no tariff on the first billed day.
    """
    calendar = Calendar(site.zone, slot_minutes=site.slot_minutes, billing_day=site.billing_day)
    window = calendar.billing_month_named(months_on(month, 1 - count))
    first = calendar.date_of(window.start_ms)
    tariff = library.nearest(_tariff_id(site, first), first)
    names = [months_on(month, -back) for back in range(count - 1 + months_back(tariff), -1, -1)]
    from_ms = calendar.billing_month_named(names[0]).start_ms
    to_ms = calendar.billing_month_named(month).end_ms
    period: Literal["15m", "30m"] = "15m" if site.slot_minutes == 15 else "30m"
    totals = store.read_totals(site.id, SITE_METER, period, from_ms, to_ms)
    slots = list(slots_of_totals(totals, site.slot_minutes))
    terms = Terms(
        agreed=_agreed(site, tariff), power_factor_percent=decimal_of(power_factor_percent)
    )
    return Question(months_of(site.id, calendar, names, slots), tariff, terms, first)


def months_of(
    name: str, calendar: Calendar, names: Sequence[date], slots: Sequence[BilledSlot]
) -> tuple[BilledMonth, ...]:
    """The slots cut into the bill months (their first days), in order of time."""
    found = []
    for month in names:
        window = calendar.billing_month_named(month)
        first, end = calendar.date_of(window.start_ms), calendar.date_of(window.end_ms)
        inside = tuple(s for s in slots if window.start_ms <= s.start_ms < window.end_ms)
        found.append(BilledMonth(name, calendar.zone, first, end, inside))
    return tuple(found)


def months_back(tariff: Tariff) -> int:
    """How many months before the bill's own are looked at: a year's, or more if a charge says so.

    Another tariff the load is compared under may look back where this one does not.
    """
    return max([_A_YEAR_BACK, *(charge.lookback_months for charge in tariff.demand)])


def power_factor_of(asked: Question) -> Decimal | None:
    """The power factor (%) that the newest month's demand charge is billed with.

    None where the tariff does not ask for it.
    """
    rule = asked.tariff.power_factor
    if rule is None or asked.terms.power_factor_percent is not None:
        return asked.terms.power_factor_percent
    measured = month_power_factor(asked.months[-1], rule)
    return rule.base_percent if measured is None else measured


def beyond_contract(asked: Question, contract_kw: Decimal | None) -> list[str]:
    """Say where the load reaches above a contract power that is only supposed."""
    if contract_kw is None:
        return []
    known = [previous_month(m, asked.tariff) for m in asked.months if m.first >= asked.from_day]
    peak = max((kw for month in known for kw in month.demand.values()), default=Decimal(0))
    if peak <= contract_kw:
        return []
    return [
        f"the load reaches {peak:,.1f} kW, above the {contract_kw:,} kW supposed:"
        " a supplier charges for that, or raises the contract power"
    ]


def decimal_of(value: float | None) -> Decimal | None:
    """A number of the command line as the decimal that was typed."""
    return None if value is None else Decimal(repr(value))


def _tariff_id(site: SiteSettings, on: date) -> str:
    begun = [entry for entry in site.tariffs if entry.from_date <= on]
    if not begun:
        hint = "write [[sites.tariffs]] with tariff and from; collector bill tariffs lists them"
        raise NoTariffError(f"site {site.id} has no tariff on {on}", hint)
    return max(begun, key=lambda entry: entry.from_date).tariff


def _agreed(site: SiteSettings, tariff: Tariff) -> tuple[AgreedPower, ...]:
    powers = [(power.kw, power.from_date) for power in site.contract_powers]
    agreed_mode = any(charge.mode == "agreed" for charge in tariff.demand)
    if agreed_mode and site.contract_power_kw is not None:
        powers.append((site.contract_power_kw, date.min))
    return tuple(AgreedPower(Decimal(repr(kw)), first) for kw, first in powers)
