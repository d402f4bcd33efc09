"""Reads from the store what a report is made of.

Stands between the store and ``reports``: reports are pure, so someone must fetch. Only totals are
read, never raw counters: what a report says is what the boards show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from collector.accounts.contracts import contract_on, contracts_of
from collector.accounts.methods import Applied, Lookup, own_method
from collector.factors.lookup import FactorLibrary
from collector.reports.site_data import (
    STANDINGS,
    DeliveryCounts,
    FactorUsed,
    MeterData,
    Remark,
    SiteOverviewData,
    Standing,
)
from collector.rollup.carbon import JOINT
from collector.rollup.periods import Calendar
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.port import ReadingStore


def site_overview_data(
    store: ReadingStore,
    site: SiteSettings,
    factors: FactorLibrary,
    from_ms: int,
    to_ms: int,
    now_ms: int,
    delivery: DeliveryCounts | None = None,
    remarks: Sequence[Remark] = (),
) -> SiteOverviewData:
    """Everything the site overview says of a period (UTC ms, end excluded).

    Raises what the store raises.
    """
    first_ms = Calendar(site.zone, site.fiscal_year_starts).day(from_ms).start_ms
    days = tuple(store.read_totals(site.id, SITE_METER, "1d", first_ms, to_ms))
    return SiteOverviewData(
        site_id=site.id,
        name=site.name,
        name_en=site.name_en,
        zone=site.zone,
        from_ms=from_ms,
        to_ms=to_ms,
        made_at_ms=now_ms,
        software_version=version("mieruka"),
        site_days=days,
        site_slots=tuple(store.read_totals(site.id, SITE_METER, "30m", first_ms, to_ms)),
        meters=tuple(_meter(store, site, meter, first_ms, to_ms) for meter in site.meters),
        unmeasured_days=tuple(store.read_totals(site.id, UNMEASURED_METER, "1d", first_ms, to_ms)),
        factors=_factors_used(factors, site, days),
        delivery=delivery,
        fiscal_year_starts=site.fiscal_year_starts,
        contract_power_kw=site.contract_power_kw,
        remarks=tuple(remarks),
    )


def _meter(
    store: ReadingStore, site: SiteSettings, meter: MeterSettings, from_ms: int, to_ms: int
) -> MeterData:
    return MeterData(
        id=meter.id,
        name=meter.name,
        name_en=meter.name_en,
        parent=meter.parent,
        days=tuple(store.read_totals(site.id, meter.id, "1d", from_ms, to_ms)),
        slots=tuple(store.read_totals(site.id, meter.id, "30m", from_ms, to_ms)),
        readings=store.count_readings(site.id, meter.id, from_ms, to_ms),
    )


def _factors_used(
    library: FactorLibrary, site: SiteSettings, days: Iterable[Total]
) -> tuple[FactorUsed, ...]:
    lookup, contracts, method = Lookup(library), contracts_of(site), own_method(site.co2_method)
    calendar = calendar_of(site)
    found: dict[str, Standing] = {}
    for total in days:
        contract = contract_on(contracts, calendar.date_of(total.start_ms))
        for name in filter(None, total.factor_id.split(JOINT)):
            standing: Standing = "outdated"
            if contract is not None:
                day = calendar.date_of(total.start_ms)
                standing = _standing(lookup.applied(contract, method, day), name, total)
            found[name] = max(found.get(name, standing), standing, key=STANDINGS.index)
    return tuple(FactorUsed.of(row, found[row.id]) for row in library.factors if row.id in found)


def _standing(now: Applied, name: str, booked: Total) -> Standing:
    # A total keeps no more than that something stood in. What it was is asked again; a day that
    # would be booked otherwise by now has no standing of today.
    same = now.factor is not None and now.factor.id == name
    if (
        not same
        or now.status == "missing"
        or (now.status == "official") == bool(booked.provisional)
    ):
        return "outdated"
    return now.status
