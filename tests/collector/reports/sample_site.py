"""A small plant with round numbers, so that every expected figure can be worked out by hand.

Monday 16 to Sunday 22 November 2026 in Tokyo. Press: 40 kW on weekdays 08:00-18:00, else 4 kW.
Oven: 10 kW always. Intake: press + oven + 6 kW that no meter sees. Factor 0.5 kg/kWh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.reports.site_overview import DeliveryCounts, FactorUsed, MeterData, SiteOverviewData
from collector.rollup.totals import Period, Total

TOKYO = ZoneInfo("Asia/Tokyo")
SLOT_MS = 1_800_000
DAY_MS = 86_400_000
MONDAY_MS = round(datetime(2026, 11, 15, 15, tzinfo=UTC).timestamp() * 1000)
FACTOR_ID = "sample-2026"
KG_PER_KWH = 0.5


def press_kw(at_ms: int) -> float:
    """Power of the press line."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(TOKYO)
    return 40.0 if local.weekday() < 5 and 8 <= local.hour < 18 else 4.0


def oven_kw(_: int) -> float:
    """Power of the oven."""
    return 10.0


def intake_kw(at_ms: int) -> float:
    """Power of the whole plant."""
    return press_kw(at_ms) + oven_kw(at_ms) + 6.0


def total(meter: str, period: Period, start_ms: int, kwh: float, peak_kw: float) -> Total:
    """A measured total with its CO2."""
    return Total(
        "s", meter, period, start_ms, kwh, 0.0, 1.0, peak_kw, kwh * KG_PER_KWH, 0.0, FACTOR_ID
    )


def slots_of(meter: str, kw: Callable[[int], float], from_ms: int, to_ms: int) -> tuple[Total, ...]:
    """The meter's 30-minute totals."""
    starts = range(from_ms, to_ms, SLOT_MS)
    return tuple(total(meter, "30m", at_ms, kw(at_ms) / 2, kw(at_ms)) for at_ms in starts)


def days_of(slots: tuple[Total, ...], from_ms: int) -> tuple[Total, ...]:
    """The daily totals of the slots; days of 24 hours from ``from_ms`` on."""
    found: dict[int, list[Total]] = {}
    for slot in slots:
        found.setdefault((slot.start_ms - from_ms) // DAY_MS, []).append(slot)
    return tuple(
        replace(
            total(held[0].meter, "1d", from_ms + day * DAY_MS, sum(slot.kwh for slot in held),
                  max(slot.peak_kw for slot in held)),
            coverage=sum(slot.coverage for slot in held) / 48,
            estimated_kwh=sum(slot.estimated_kwh for slot in held),
        )
        for day, held in found.items()
    )  # fmt: skip


def meter_of(
    meter: str, name: str, kw: Callable[[int], float], to_ms: int, parent: str | None = None
) -> MeterData:
    """A meter with its slots and days."""
    slots = slots_of(meter, kw, MONDAY_MS, to_ms)
    return MeterData(meter, name, days_of(slots, MONDAY_MS), slots, parent, readings=len(slots) * 6)


def factor(value: str = "0.5") -> FactorUsed:
    """The factor behind the sample's CO2."""
    return FactorUsed(
        FACTOR_ID,
        Decimal(value),
        "List of factors",
        "The ministry",
        "official",
        date(2026, 4, 1),
        date(2027, 4, 1),
        "jp_shk_adjusted",
        "A0269 Power Company",
        "menu M",
        "2026-01-09",
    )


def plant(days: int = 7) -> SiteOverviewData:
    """The plant with three meters."""
    to_ms = MONDAY_MS + days * DAY_MS
    main = meter_of("main", "受電", intake_kw, to_ms)
    press = replace(meter_of("press", "プレス", press_kw, to_ms, "main"), name_en="Press line")
    oven = meter_of("oven", "炉", oven_kw, to_ms, "main")
    rest = days_of(slots_of("_unmeasured", lambda _: 6.0, MONDAY_MS, to_ms), MONDAY_MS)
    return SiteOverviewData(
        "s",
        "仙台工場",
        TOKYO,
        MONDAY_MS,
        to_ms,
        to_ms + 60_000,
        "0.1.0",
        main.days,
        main.slots,
        (main, press, oven),
        rest,
        (factor(),),
        DeliveryCounts(6048, 0, 0),
        "Sendai works",
        contract_power_kw=80,
    )


def one_meter(days: int = 7) -> SiteOverviewData:
    """The plant with the intake alone."""
    data = plant(days)
    return replace(data, meters=data.meters[:1], unmeasured_days=())


def nothing() -> SiteOverviewData:
    """The plant's week before anything was received."""
    return replace(
        plant(1),
        to_ms=MONDAY_MS + 7 * DAY_MS,
        site_days=(),
        site_slots=(),
        meters=(),
        unmeasured_days=(),
        factors=(),
        delivery=None,
    )


def year() -> SiteOverviewData:
    """A fiscal year (365 days from 1 April 2025) of the intake: 17,520 slots."""
    from_ms = round(datetime(2025, 3, 31, 15, tzinfo=UTC).timestamp() * 1000)
    to_ms = from_ms + 365 * DAY_MS
    slots = slots_of("main", intake_kw, from_ms, to_ms)
    days = days_of(slots, from_ms)
    return replace(
        one_meter(1),
        from_ms=from_ms,
        to_ms=to_ms,
        site_days=days,
        site_slots=slots,
        meters=(MeterData("main", "受電", days, slots),),
    )
