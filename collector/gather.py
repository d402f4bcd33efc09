"""Reads from the store what a report is made of.

Stands between the store and ``reports``: reports are pure, so someone must fetch. Only totals are
read, never raw counters: what a report says is what the boards show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from collector.factors.factor import Factor, Match, MatchStatus
from collector.factors.lookup import FactorLibrary
from collector.reports.site_data import (
    DeliveryCounts,
    FactorUsed,
    MeterData,
    Remark,
    SiteOverviewData,
)
from collector.rollup.carbon import JOINT
from collector.rollup.periods import Calendar
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
        factors=_factors_used(factors.factors, days),
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


def _factors_used(known: Iterable[Factor], days: Iterable[Total]) -> tuple[FactorUsed, ...]:
    status: dict[str, MatchStatus] = {}
    for day in days:
        for name in filter(None, day.factor_id.split(JOINT)):
            if day.provisional or name not in status:
                status[name] = "provisional" if day.provisional else "official"
    return tuple(FactorUsed.of(Match(row, status[row.id])) for row in known if row.id in status)
