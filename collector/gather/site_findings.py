"""What a site's findings are made from, read from settings, store and libraries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from collector.analysis.frame import Floats, index_of
from collector.analysis.site_load import SiteLoad
from collector.billing.load import BilledMonth
from collector.config import CollectorSettings
from collector.findings.carbon import Carbon, carbon_of
from collector.findings.find import ended_on, find
from collector.findings.finding import Findings
from collector.findings.plant import Plant
from collector.findings.prices import Billing, Prices, flat_prices, tariff_prices
from collector.findings.threshold_files import Thresholds
from collector.frames import Store
from collector.gather.bill_months import Question, power_factor_of, site_question
from collector.gather.held import Held
from collector.intensity.series import IntensitySeries, point_of
from collector.rollup.periods import Calendar, midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore
from collector.storage.schema import GRID_INTENSITY
from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import Tariff

GRID_METER = "_grid"
_MOST_MONTHS = 12
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class GivenPrice:
    """A price to reckon with instead of the site's tariff: of a kWh, and of a kW a year."""

    per_kwh: float
    one_kw: float = 0.0


def findings_of(
    collector: Held, site: SiteSettings, first: date, end: date, price: GivenPrice | None = None
) -> Findings:
    """The findings of a site from local ``first`` to ``end``, excluded.

    Raises ``CollectorError`` for an empty period, without a tariff (unless a price is given), and
    without a contract or factor; ``ConfigError`` for a faulty file of thresholds.
    """
    load = Store(collector.store, collector.settings.sites).site_load(site.id, first, end)
    if load.slots["kwh"].isna().all() and (last := _last_before(collector.store, site, first)):
        return Findings((), (ended_on(last),))
    return findings_in(collector, site, load, price)


def findings_in(
    collector: Held, site: SiteSettings, load: SiteLoad, price: GivenPrice | None = None
) -> Findings:
    """The findings in a load that is read already; as ``findings_of``."""
    thresholds = thresholds_of(collector.settings)
    carbon = carbon_of(site, collector.library.factors, load.end - _ONE_DAY)
    prices = prices_of(collector, site, load, price)
    signal = grid_signal(collector.store, site, load)
    return find(load, prices, carbon, thresholds, Plant.of(site), signal)


def carbon_at(collector: Held, site: SiteSettings, on: date) -> Carbon:
    """What a kWh saved counts for by the site's own method on a day."""
    return carbon_of(site, collector.library.factors, on)


def thresholds_of(settings: CollectorSettings) -> Thresholds:
    """The shipped thresholds with the plant's own values. Raises ``ConfigError`` for its faults."""
    own = settings.findings
    return Thresholds.shipped() if own is None else Thresholds.shipped().with_file(own.thresholds)


def prices_of(
    collector: Held, site: SiteSettings, load: SiteLoad, price: GivenPrice | None = None
) -> Prices:
    """The site's prices along a load's slots. Raises ``CollectorError`` when it has no tariff."""
    if price is not None:
        return flat_prices(load.slots, price.per_kwh, price.one_kw)
    billing = billing_of(collector.store, site, collector.library.tariffs, load.first, load.end)
    return tariff_prices(load.slots, calendar_of(site), billing)


def billing_of(
    store: ReadingStore, site: SiteSettings, library: TariffLibrary, first: date, end: date
) -> Billing:
    """The site's bill months within the days (12 at most), under the tariff of the last day.

    Where no month is whole the one of the last day is billed as far as it goes. Raises
    ``CollectorError`` when the site has no tariff on the last day.
    """
    calendar = calendar_of(site)
    last = _last_month(calendar, end)
    several = len(site.tariffs) > 1
    earliest = min((entry.from_date for entry in site.tariffs), default=first)
    count = min(_MOST_MONTHS, _whole_months(calendar, max(first, earliest), last))
    asked = site_question(store, site, library, last, count=count)
    if several:  # what is saved is saved under the newest of them
        newest = site_question(store, site, library, last)
        asked = replace(asked, tariff=newest.tariff, terms=newest.terms)
    percent = power_factor_of(asked)
    billed_from = _first_billed(asked)
    kept = {} if percent is None else {"power_factor_percent": percent}
    return Billing(
        months=asked.months,
        tariff=asked.tariff,
        terms=asked.terms,
        from_month=billed_from,
        others=other_tariffs(library, asked.tariff, end - _ONE_DAY),
        **kept,
    )


def other_tariffs(library: TariffLibrary, tariff: Tariff, on: date) -> tuple[Tariff, ...]:
    """What else is offered on a day for the same area and voltage, in the same currency."""
    ids = {other.id for other in library.tariffs} - {tariff.id}
    nearest = (library.nearest(name, on) for name in sorted(ids))
    return tuple(
        other
        for other in nearest
        if (other.area, other.voltage, other.currency)
        == (tariff.area, tariff.voltage, tariff.currency)
        and (other.status != "example" or tariff.status == "example")
        and other.covers(on)
    )


def grid_signal(store: ReadingStore, site: SiteSettings, load: SiteLoad) -> Floats | None:
    """The grid's carbon along a load's slots (kg/kWh, NaN where not known).

    None where the site names no area or nothing of it is stored.
    """
    index = index_of(load.slots)
    if not site.grid_area or index.empty:
        return None
    step_ms = site.slot_minutes * 60_000
    starts = index.as_unit("ms").asi8.tolist()
    rows = store.read_rows(
        GRID_INTENSITY, site.grid_area, GRID_METER, starts[0], starts[-1] + step_ms
    )
    if not rows:
        return None
    series = IntensitySeries(point_of(site.grid_area, row.at_ms, row.fields) for row in rows)
    means = (series.mean_g_per_kwh(at, at + step_ms) for at in starts)
    return np.array([np.nan if g is None else float(g) / 1000 for g in means], dtype=np.float64)


def _last_before(store: ReadingStore, site: SiteSettings, first: date) -> date | None:
    """The last local day before ``first`` of which the site's energy is known; None without one."""
    found = store.read_total_columns(
        site.id, SITE_METER, "1d", ("coverage",), 0, midnight_ms(site.zone, first)
    )
    rows = zip(found.start_ms, found.values["coverage"], strict=True)
    known = [start_ms for start_ms, coverage in rows if coverage]
    return calendar_of(site).date_of(int(known[-1])) if known else None


def _last_month(calendar: Calendar, end: date) -> date:
    month = calendar.billing_month_of(end - _ONE_DAY)
    window = calendar.billing_month_named(month)
    whole = calendar.date_of(window.end_ms) <= end
    before = calendar.billing_month_of(calendar.date_of(window.start_ms) - _ONE_DAY)
    return month if whole else before


def _whole_months(calendar: Calendar, first: date, last: date) -> int:
    count, month = 0, last
    while count < _MOST_MONTHS:
        window = calendar.billing_month_named(month)
        begins = calendar.date_of(window.start_ms)
        if begins < first:
            break
        count, month = count + 1, calendar.billing_month_of(begins - _ONE_DAY)
    return max(count, 1)


def _first_billed(asked: Question) -> BilledMonth:
    return next(month for month in asked.months if month.first >= asked.from_day)


def window_of(first: date | None, end: date | None, today: date) -> tuple[date, date]:
    """The days asked for: by default the year up to yesterday."""
    last = end or today
    return first or (pd.Timestamp(last) - pd.DateOffset(years=1)).date(), last
