"""Gathers the energy-law report: five years of accounts, activity, and the year's half hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from collector.accounts.span import Span, fiscal_year_of, fiscal_year_span
from collector.analysis.intensity import YEARS
from collector.errors import CollectorError
from collector.gather.account_book import milli_wh
from collector.reporting.gathering.signed_accounts import signed_account, site_of, span_asked
from collector.reporting.kind import Request, Step
from collector.reporting.option_values import by_year_of, days_of
from collector.reporting.sources import Sources
from collector.reports.constants import fuels_on
from collector.reports.energy_law_report.data import EnergyLawData, IntensityYear, Origin
from collector.reports.energy_law_report.optimisation import Optimisation, optimise
from collector.reports.signed import SignedAccount
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Period
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.schema import AMOUNT_MEASUREMENTS

_PRODUCTION = "production"
_AMOUNT_STEP = Decimal("0.000001")
"""Amounts are stored as binary numbers: what stands behind this place is their noise."""


@dataclass(frozen=True, slots=True)
class _Activity:
    """The denominator: entered by year, or counted by a production meter."""

    entered: Mapping[int, Decimal]
    meter: MeterSettings | None
    unit: str


def energy_law_data(sources: Sources, request: Request, step: Step) -> EnergyLawData:
    """Everything the report says of the fiscal year asked for.

    Raises ``CollectorError`` for a site outside Japan, where the law does not apply, and for
    options that cannot be read.
    """
    site, span = site_of(sources, request), span_asked(request)
    step("account", 0.1)
    signed = signed_account(sources, site, span)
    if not signed.account.primary:
        what = f"Japan's energy law does not apply to {site.id} in {span}"
        raise CollectorError(what, "choose a site with a contract in Japan, or Asia/Tokyo time")
    activity = _activity(site, request.options)
    step("years", 0.4)
    years = tuple(_years(sources, site, signed, activity, request.options))
    step("half hours", 0.7)
    named = activity.meter
    return EnergyLawData(
        *(site.id, site.name, site.name_en, site.zone, site.fiscal_year_starts),
        signed=signed,
        made_at_ms=sources.clock.now_ms(),
        years=years,
        activity_name=named.name if named else "",
        activity_name_en=named.name_en or named.name if named else "",
        activity_unit=activity.unit,
        fuels=fuels_on(span.first),
        optimisation=_optimisation(sources, site, span, request.options),
    )


def _activity(site: SiteSettings, options: Mapping[str, str]) -> _Activity:
    meters = {meter.id: meter for meter in site.meters if meter.medium == _PRODUCTION}
    text = options.get("activity", "").strip()
    unit = options.get("unit", "").strip()
    if text and text not in meters:
        if ":" in text:
            return _Activity(by_year_of(options, "activity"), None, unit)
        known = ", ".join(meters) or "none"
        hint = f"production meters: {known}; or write FY2021:3.2;FY2022:3.1"
        raise CollectorError(f"activity = {text} is no production meter of {site.id}", hint)
    # With one production meter alone there is nothing to choose.
    meter = meters.get(text) if text else next(iter(meters.values()), None)
    if not text and len(meters) > 1:
        meter = None
    return _Activity({}, meter, unit or (meter.unit if meter else ""))


def _years(
    sources: Sources,
    site: SiteSettings,
    signed: SignedAccount,
    activity: _Activity,
    options: Mapping[str, str],
) -> list[IntensityYear]:
    last = fiscal_year_of(signed.account.span.first, site.fiscal_year_starts)
    entered = by_year_of(options, "energy_kl")
    sold, heat = by_year_of(options, "sold_kl"), by_year_of(options, "heat_kl")
    found = []
    for year in range(last - YEARS + 1, last + 1):
        span = fiscal_year_span(year, site.fiscal_year_starts)
        account = signed if year == last else signed_account(sources, site, span)
        kl, origin, whole = _energy(account, entered.get(year), this_year=year == last)
        amount, counted, all_days = _amount(sources, site, activity, span, year)
        if not all_days and year != last:
            amount, counted = None, "none"
        found.append(
            IntensityYear(
                *(year, kl, origin, amount, counted),
                *(sold.get(year, Decimal(0)), heat.get(year, Decimal(0))),
                whole=whole and all_days,
            )
        )
    return found


def _energy(
    signed: SignedAccount, entered: Decimal | None, this_year: bool
) -> tuple[Decimal | None, Origin, bool]:
    if entered is not None:
        return entered, "entered", True
    account = signed.account
    whole = len(account.days) == account.span.length
    # A part of an earlier year must not look like the whole of it.
    if account.crude_oil_kl is None or not (whole or this_year):
        return None, "none", whole
    return account.crude_oil_kl, "account", whole


def _amount(
    sources: Sources, site: SiteSettings, activity: _Activity, span: Span, year: int
) -> tuple[Decimal | None, Origin, bool]:
    if year in activity.entered:
        return activity.entered[year], "entered", True
    if activity.meter is None:
        return None, "none", True
    edges = (midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    rows = sources.store.read_rows(AMOUNT_MEASUREMENTS["1d"], site.id, activity.meter.id, *edges)
    known = [row for row in rows if float(row.fields["missing"]) < 1]
    if not known:
        return None, "none", True
    amounts = (Decimal(repr(float(row.fields["amount"]))) for row in known)
    amount = sum(amounts, Decimal(0)).quantize(_AMOUNT_STEP, rounding=ROUND_HALF_UP)
    return amount, "production", len(known) == span.length


def _optimisation(
    sources: Sources, site: SiteSettings, span: Span, options: Mapping[str, str]
) -> Optimisation | None:
    up, down = days_of(options, "dr_up"), days_of(options, "dr_down")
    _check_days((*up, *down), span)
    edges = (midnight_ms(site.zone, span.first), midnight_ms(site.zone, span.end))
    period: Period = "15m" if site.slot_minutes == 15 else "30m"
    found = sources.store.read_total_columns(site.id, SITE_METER, period, ("kwh",), *edges)
    slots = [
        (int(start_ms), milli_wh(kwh))
        for start_ms, kwh in zip(found.start_ms, found.values["kwh"], strict=True)
        if isinstance(kwh, float) and kwh == kwh
    ]
    return optimise(slots, site.zone, span.first, up, down) if slots else None


def _check_days(days: tuple[date, ...], span: Span) -> None:
    outside = [day for day in days if not span.holds(day)]
    if outside:
        hint = "name days of the year reported"
        raise CollectorError(f"the day {outside[0]} of demand response is not in {span}", hint)
