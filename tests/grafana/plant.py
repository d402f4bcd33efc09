"""A small plant with known figures, written through the store: what board queries are judged by.

Four meters over a fiscal year and its turn, with estimated slots, a day without totals, a
meter that fell silent, and a second site that no query may touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore
from edge_agent.contract.reading import Reading

ZONE = ZoneInfo("Asia/Tokyo")
START = datetime(2025, 4, 1, tzinfo=ZONE)
NOW = datetime(2026, 4, 27, 13, 10, 5, tzinfo=ZONE)
SLOT = timedelta(minutes=30)
METERS = ("main", "press", "furnace", "solo")
CONTRACT_KW = 82.5
TARGET_KW = 80.0
YEN_PER_KWH = 22.5
GRID_AREA = "jp-02"
SITE = SiteSettings.model_validate(
    {
        "id": "sendai",
        "name": "仙台工場",
        "time_zone": "Asia/Tokyo",
        "contract_power_kw": CONTRACT_KW,
        "demand_target_kw": TARGET_KW,
        "grid_area": GRID_AREA,
        "meters": [
            {"id": "main", "name": "受電"},
            {"id": "press", "name": "プレス", "parent": "main"},
            {"id": "furnace", "name": "炉", "parent": "main"},
            {"id": "solo", "name": "別館"},
        ],
    }
)
OTHER = SITE.model_copy(update={"id": "ube", "contract_power_kw": None, "meters": ()})


def ms(at: datetime) -> int:
    """Say an instant in UTC milliseconds."""
    return int(at.timestamp() * 1000)


def booked_slots() -> Iterator[datetime]:
    """Yield the start of every slot that was booked."""
    at = START
    while at + SLOT <= NOW:
        # Nothing was booked on 10 February: a day that must stay blank.
        if at.date() != datetime(2026, 2, 10, tzinfo=ZONE).date():
            yield at
        at += SLOT


def slot_kwh(meter: str, at: datetime) -> float:
    """Say what the meter used in the slot, kWh."""
    hour, busy = at.hour + at.minute / 60, at.weekday() < 5 and 8 <= at.hour < 18
    press = (18 + hour / 2 if busy else 1.5) + at.day / 100
    furnace = 9.0 + (at.toordinal() % 7)
    solo = 2.0 + (at.hour % 3) / 4
    rest = 4.0 + at.hour / 10
    main = press + furnace + rest
    kwh = {"main": main, "press": press, "furnace": furnace, "solo": solo}
    return {**kwh, SITE_METER: main + solo, UNMEASURED_METER: rest}[meter]


def _total(meter: str, period: Period, start: datetime, slots: Sequence[datetime]) -> Total:
    kwh = [slot_kwh(meter, at) for at in slots]
    bridged = sum(slot_kwh(meter, at) for at in slots if is_estimated(at))
    official = start < datetime(2026, 4, 1, tzinfo=ZONE) and period != "1fy"
    factor = 0.4 if start < datetime(2026, 4, 1, tzinfo=ZONE) else 0.5
    return Total(
        site=SITE.id,
        meter=meter,
        period=period,
        start_ms=ms(start),
        kwh=sum(kwh),
        estimated_kwh=bridged,
        coverage=sum(not is_estimated(at) for at in slots) / len(slots),
        peak_kw=2 * max(kwh),
        co2_kg=sum(kwh) * factor,
        provisional=0.0 if official else 1.0,
        factor_id="jp-a0269-m-2025",
        co2_location_kg=sum(kwh) * 0.43,
        co2_market_kg=sum(kwh) * factor,
        co2_basic_kg=sum(kwh) * (factor + 0.01),
        co2_adjusted_kg=sum(kwh) * factor,
        method_factors="location=jp-average;market=jp-a0269-m",
        energy_cost=sum(kwh) * YEN_PER_KWH,
        currency="JPY",
    )


def is_estimated(at: datetime) -> bool:
    """Say whether the slot was bridged over a gap."""
    return at.day in (3, 23, 27) and at.hour in (9, 10)


def period_starts(at: datetime) -> dict[Period, datetime]:
    """Find the start of the slot, day, month and fiscal year that hold the instant."""
    day = at.replace(hour=0, minute=0)
    april = day.replace(month=4, day=1)
    year = april if at >= april else april.replace(year=at.year - 1)
    return {"30m": at, "1d": day, "1mo": day.replace(day=1), "1fy": year}


@cache
def seeded() -> dict[tuple[str, Period], list[Total]]:
    """Make every total of the plant, by meter and period, in order of time."""
    grouped: dict[tuple[Period, datetime], list[datetime]] = defaultdict(list)
    for at in booked_slots():
        for period, start in period_starts(at).items():
            grouped[period, start].append(at)
    totals: dict[tuple[str, Period], list[Total]] = defaultdict(list)
    for meter in (*METERS, SITE_METER, UNMEASURED_METER):
        for (period, start), slots in grouped.items():
            totals[meter, period].append(_total(meter, period, start, slots))
    return totals


def readings() -> Iterator[Reading]:
    """Yield three hours of readings before now, one a minute; the press fell silent an hour ago."""
    for meter in METERS:
        for minute in range(180):
            at = NOW - timedelta(minutes=minute, seconds=4)
            if meter != "press" or minute > 60:
                values = {"active_power_w": watts(meter, at), "active_energy_import_wh": 1e6 + 1}
                yield Reading(site=SITE.id, meter=meter, at_ms=ms(at), values=values)


def watts(meter: str, at: datetime) -> float:
    """Say what the meter showed at the instant, W."""
    return 1000.0 * (METERS.index(meter) + 1) + at.minute


def local(at_ms: int) -> datetime:
    """Say the instant in the plant's zone."""
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(ZONE)


def _of_other_site(total: Total) -> Total:
    changes = {"site": OTHER.id, "kwh": total.kwh + 7777, "peak_kw": 9999.0}
    return Total(**{**{key: getattr(total, key) for key in Total.__slots__}, **changes})


def _reading_of_other_site(one: Reading) -> Reading:
    return Reading(site=OTHER.id, meter=one.meter, at_ms=one.at_ms, values={"active_power_w": 7e6})


def seed(store: ReadingStore) -> None:
    """Write the plant, and the second site's figures, which must not turn up anywhere."""
    for (meter, period), totals in seeded().items():
        # Boards ask the slots of the whole year of the site only.
        few = period == "30m" and meter != SITE_METER
        store.write_totals(totals[-14 * 48 :] if few else totals)
        if totals[0].period != "30m":
            store.write_totals([_of_other_site(total) for total in totals])
    assert list(store.write_readings([*readings()])) == []
    assert list(store.write_readings([_reading_of_other_site(one) for one in readings()])) == []
