"""Two plants with every figure that boards of consultants and support ask for; known by heart.

Rows are made by the schema from one plain function of a half hour's load, so that a test can say
what a board must show without the code that makes figures. A third site, with absurd figures, is
in the same buckets and may turn up nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from statistics import mean, median
from zoneinfo import ZoneInfo

from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.storage import figure_schema

ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 4, 26, 13, 10, 5, tzinfo=ZONE)
TODAY = NOW.date()
FIRST = date(2025, 4, 1)
FOREIGN = "osaka"
METERS = (SITE_METER, "main", "press", "furnace")
PIECES = "pieces"
AGENTS = {"sendai": ("gw1",), "ube": ("gw1", "gw2")}
"""Which agents read meters of a site; one reads for both."""
SILENT = ("ube", "furnace")
"""The meter that fell silent two hours ago, while others of its agent send."""
SILENCES = {2: "meter_fault", 3: "agent_offline", 4: "stale", 5: "never"}
"""Up to so many hours ago, why it was silent; before that it was well."""
GAP_DAY = date(2026, 4, 20)
"""A day of which the press of sendai sent 90 %."""
SITES = tuple(
    SiteSettings.model_validate(
        {
            "id": site,
            "name": name,
            "time_zone": "Asia/Tokyo",
            "contract_power_kw": 120.0,
            "meters": [
                {"id": "main", "name": "受電"},
                {"id": "press", "name": "プレス", "parent": "main"},
                {"id": "furnace", "name": "炉", "parent": "main"},
                {
                    "id": PIECES,
                    "name": "生産数",
                    "medium": "production",
                    "quantity": "production_count",
                    "unit": "個",
                },
            ],
        }
    )
    for site, name in (("sendai", "仙台工場"), ("ube", "宇部工場"))
)
Fields = dict[str, float | str]


def ms(at: datetime) -> int:
    """Say an instant in UTC milliseconds."""
    return int(at.timestamp() * 1000)


def midnight(day: date) -> int:
    """Say when the local day begins, UTC ms."""
    return ms(datetime(day.year, day.month, day.day, tzinfo=ZONE))


def shift_start(day: date) -> int:
    """Say when the first shift of the day begins, UTC ms: at eight."""
    return midnight(day) + 8 * 3_600_000


def days(first: date = FIRST, last: date = TODAY) -> Iterator[date]:
    """Yield the local days from the first to the last, both of them."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def is_unknown(meter: str, day: date, half: int) -> bool:
    """Say whether the half hour is not known: one afternoon of the press, and what is to come."""
    ahead = day == TODAY and half >= NOW.hour * 2
    return ahead or (meter == "press" and day == GAP_DAY and 26 <= half < 31)


def kw(site: str, meter: str, day: date, half: int) -> float:
    """Say the mean load of a half hour by the wall clock, kW."""
    busy = day.weekday() < 5 and 16 <= half < 36
    press = 30.0 + half / 2 + day.day / 10 if busy else 2.0
    furnace = 20.0 + day.toordinal() % 5 + (3.0 if half < 12 else 0.0)
    part = {"press": press, "furnace": furnace, "main": press + furnace + 5.0}
    load = part["main"] if meter == SITE_METER else part[meter]
    return load * {"sendai": 1.0, "ube": 0.5, FOREIGN: 1000.0}[site]


@cache
def half_hours(site: str, meter: str, day: date) -> tuple[float, ...]:
    """Say the known half hours of a day, kW, in order."""
    known = [half for half in range(48) if not is_unknown(meter, day, half)]
    return tuple(kw(site, meter, day, half) for half in known)


def kwh(site: str, meter: str, day: date) -> float:
    """Say a day's energy, kWh."""
    return sum(half_hours(site, meter, day)) / 2


def made(day: date) -> float:
    """Say how many pieces were made on the day."""
    return 400.0 + 10 * day.day if day.weekday() < 5 else 0.0


def start_of(period: str, day: date) -> date:
    """Find the first day of the day, month or fiscal year."""
    if period == "1d":
        return day
    if period == "1mo":
        return day.replace(day=1)
    return date(day.year if day.month >= 4 else day.year - 1, 4, 1)


@cache
def days_of(period: str, start: date) -> list[date]:
    """List the days known of the period that begins on ``start``."""
    return [day for day in days() if start_of(period, day) == start]


def starts(period: str) -> list[date]:
    """List the periods that are known of, by their first day."""
    return sorted({start_of(period, day) for day in days()})


@cache
def loads(site: str, meter: str, period: str, start: date) -> list[float]:
    """List all known half hours of the period, kW."""
    return [one for day in days_of(period, start) for one in half_hours(site, meter, day)]


def month_fields(site: str, meter: str, period: str, start: date) -> Fields:
    """Say the figures of a month or fiscal year, as ``MONTH_FIGURES`` names them."""
    known = loads(site, meter, period, start)
    lowest = [min(half_hours(site, meter, day)) for day in days_of(period, start)]
    energy = sum(known) / 2
    found: Fields = {
        "peak_kw": max(known), "kwh": energy, "coverage": 0.98, "cum_kwh": 3 * energy,
        "load_factor": mean(known) / max(known), "base_kw": median(lowest),
        "base_change_percent": 4.5, "kwh_last_year": energy * 1.05, "kwh_target": energy * 1.04,
        "cum_kwh_last_year": 3.1 * energy, "power_factor_percent": 91.0, "gj": energy * 0.00864,
        "crude_oil_kl": energy * 0.00864 * 0.0258, "off_kwh": energy * 0.3,
        "night_kwh": energy * 0.35, "standby_kwh": energy * 0.2, "peak_at": f"{start}T09:30",
    }  # fmt: skip
    if meter == SITE_METER:
        found |= {
            "twelve_month_kw": max(known) + 1, "new_peak": 0.0, "contract_kw": 120.0,
            "target_kw": 110.0, "cum_co2_kg": energy * 0.4, "cum_co2_last_year_kg": energy * 0.45,
            "co2_target_kg": energy * 0.42,
        }  # fmt: skip
    return found


def day_fields(site: str, meter: str, day: date) -> Fields:
    """Say the figures of a day, as ``DAY_FIGURES`` names them."""
    known = half_hours(site, meter, day)
    return {
        "coverage": len(known) / 48, "base_kw": min(known), "peak_kw": max(known),
        "mean_kw": mean(known), "load_factor": mean(known) / max(known),
        "night_kwh": 10.0, "off_hours_kwh": 12.0 + day.day, "standby_kw": 1.5,
        "after_hours_kwh": 0.5 * day.day, "expected_kwh": 1.1 * sum(known) / 2,
        "unusual": float(day.day == 7), "power_factor_percent": 80.0 + day.day % 20,
        "pf_kwh": 100.0, "pf_kvarh": 30.0, "leading_night": float(day.day % 10 == 3),
    }  # fmt: skip


def intensity_fields(site: str, period: str, start: date) -> Fields:
    """Say the intensity of a day or month, as ``INTENSITY_1D`` names its fields."""
    inside = days_of(period, start)
    amount = sum(made(day) for day in inside)
    energy = sum(kwh(site, SITE_METER, day) for day in inside)
    fixed = 500.0 * len(inside)
    found: Fields = {
        "amount": amount, "kwh": energy, "expected_kwh": fixed + 0.7 * amount,
        "fixed_kwh": fixed, "cusum_kwh": fixed + 0.7 * amount - energy,
    }  # fmt: skip
    return found | ({"kwh_per_unit": energy / amount} if amount else {})


def quality_fields(meter: str, half: int) -> Fields:
    """Say a half hour's power quality, as ``POWER_QUALITY_30M`` names its fields."""
    found: Fields = {
        "readings": 30.0, "voltage_v": 202.0 + half / 48, "voltage_min_v": 199.0,
        "voltage_max_v": 206.0, "voltage_unbalance_percent": 0.5 + (2.0 if half == 20 else 0.0),
        "current_unbalance_percent": 6.0, "power_factor": 0.92, "frequency_hz": 50.01,
    }  # fmt: skip
    harmonics: Fields = {"thd_voltage_percent": 3.1, "thd_current_percent": 12.0}
    return found | (harmonics if meter == "press" else {})


def agent_fields(agent: str, minute: datetime) -> Fields:
    """Say an agent's state in a minute; gw2 has been away for two hours."""
    away = agent == "gw2" and NOW - minute < timedelta(hours=2)
    if away:
        return {"online": 0.0, "newest_age_s": 7000.0, "holes": 2.0}
    back = (NOW - minute).total_seconds() / 60
    return {
        "online": 1.0, "newest_age_s": 12.0, "holes": 0.0, "outbox_rows": 25.0,
        "outbox_days": 0.1, "clock_offset_s": 0.02, "certificate_days": 20.0,
        "disk_free_bytes": 9e9, "dropped": 3.0, "clock_kept": 1.0, "outbox_bytes": 4e6,
        "disk_written_bytes": 5e9 - back * 1e6, "memory_bytes": 6e7, "memory_free_bytes": 5e8,
        "board_celsius": 55.0, "uptime_s": 86_400.0, "software": "mieruka 1",
    }  # fmt: skip


LINE: Fields = {
    "due": 1000.0, "left_out": 50.0, "answers": 900.0, "timeouts": 60.0, "bad_answers": 40.0,
    "refusals": 0.0, "load": 0.3, "latency_ms": 42.0,
}  # fmt: skip
"""Each agent's only line."""


def wiring_fields(meter: str) -> Fields:
    """Say how a meter is wired: the press wrongly."""
    wrong = meter == "press"
    return {
        "kind": "reversed_ct" if wrong else "sound", "phases": "L2" if wrong else "",
        "faults": float(wrong), "checks": 0.0, "enough_load": 1.0,
    }  # fmt: skip


LOST: Fields = {"readings": 120.0, "reason": "thinned"}
"""What each agent has lost on the day with gaps."""


def silence_fields(site: str, meter: str, minute: datetime) -> Fields:
    """Say how a meter is in a minute, as ``STALENESS`` names its fields."""
    if (site, meter) == SILENT:
        for hours, state in SILENCES.items():
            if NOW - minute < timedelta(hours=hours):
                age_s = hours * 3600 - (NOW - minute).total_seconds()
                return {"age_s": age_s, "lag_s": 3.0, "state": state, "interval_s": 60.0}
    return {"age_s": 20.0, "lag_s": 3.0, "state": "ok", "interval_s": 60.0}


def gap_of(site: str, meter: str, day: date) -> float:
    """Say how many readings of the day are missing."""
    return 144.0 if (site, meter, day) == ("sendai", "press", GAP_DAY) else 0.0


def minutes(hours: int) -> Iterator[datetime]:
    """Yield the full minutes of the last hours, oldest first."""
    newest = NOW.replace(second=0)
    for number in range(hours * 60, -1, -1):
        yield newest - timedelta(minutes=number)


def curve_kw(site: str, meter: str, period: str, start: date) -> list[float]:
    """Say the power reached for 0, 1 .. 100 % of the period, kW, to the nearest half hour."""
    ranked = sorted(loads(site, meter, period, start), reverse=True)
    return [ranked[round(percent * (len(ranked) - 1) / 100)] for percent in range(101)]


def typical_kw(site: str, meter: str, half: int) -> dict[str, float]:
    """Say the typical half hour of each group of days, kW."""
    base = kw(site, meter, date(2026, 4, 22), half)
    found = {}
    for number, group in enumerate(figure_schema.TYPICAL_GROUPS):
        for part, factor in (("", 1.0), ("_low", 0.9), ("_high", 1.2)):
            found[f"{group}{part}_kw"] = base * factor / (number + 1)
    return found


def values(meter: str, number: int) -> dict[str, float]:
    """Say what the meter showed in the reading, by quantity."""
    step = number % 10
    found = {"active_power_w": 40_000.0 + step, "active_energy_import_wh": 1e6 + number}
    for phase in (1, 2, 3):
        found[f"voltage_l{phase}_v"] = 115.0 + phase
        found[f"current_l{phase}_a"] = 100.0 * phase + step
        found[f"active_power_l{phase}_w"] = 10_000.0 * phase
    if meter == "press":
        found |= {"modbus_latency_ms": 30.0 + step, "modbus_answers_count": 990.0,
                  "modbus_timeouts_count": 8.0, "modbus_bad_answers_count": 2.0}  # fmt: skip
    return found
