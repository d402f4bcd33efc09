"""The stored figures of the small plant, worked out from its slots in plain Python.

Only what the boards for a site's energy manager ask for; by the schema, without the code that
makes these figures in the product. The second site has figures a thousand times larger.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from collector.rollup.totals import SITE_METER, Period, Total
from collector.storage import figure_schema as figures
from collector.storage import schema
from collector.storage.port import ReadingStore, Row
from tests.grafana.plant import (
    CONTRACT_KW,
    GRID_AREA,
    METERS,
    NOW,
    OTHER,
    SITE,
    TARGET_KW,
    ZONE,
    ms,
    seed,
    seeded,
    slot_kwh,
)

Fields = dict[str, float | str]
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
LONGEST_GAP_SHARE = 0.87
"""The press's completeness on the worst day of the newest two weeks."""
LIVE: Fields = {
    "elapsed_kwh": 7.5, "now_kw": 88.0, "forecast_kw": 96.4, "demand_kw": 15.0, "left_s": 1200.0,
    "age_s": 4.0, "contract_kw": CONTRACT_KW, "target_kw": TARGET_KW, "shed_kw": 9.6,
}  # fmt: skip
"""The running half hour in its newest minute."""


def seed_all(store: ReadingStore) -> None:
    """Write the plant and all of its figures, and the second site's."""
    seed(store)
    made = [*rows()]
    store.write_rows(made)
    store.write_rows([_of_other_site(row) for row in made if row.site == SITE.id])


@cache
def rows() -> tuple[Row, ...]:
    """All stored figures of the plant."""
    return (
        *_minutes(), *_usual(), *_days(), *_periods("1mo"), *_periods("1fy"), *_bills(),
        *_completeness(), *_grid(), *_signed(),
    )  # fmt: skip


def of(measurement: str, meter: str = SITE_METER) -> dict[int, Fields]:
    """The rows of a measurement by their instant."""
    found = [row for row in rows() if (row.measurement, row.meter) == (measurement, meter)]
    return {row.at_ms: dict(row.fields) for row in found}


def newest(measurement: str, field: str, meter: str = SITE_METER) -> float:
    """The newest value of a field."""
    found = of(measurement, meter)
    return float(found[max(found)][field])


def _minutes() -> Iterator[Row]:
    now = NOW.replace(second=0)
    for minute in range(60, -1, -1):
        at_ms = ms(now - timedelta(minutes=minute))
        live = LIVE if minute == 0 else LIVE | {"now_kw": 50.0, "left_s": 60.0 * minute}
        yield Row(figures.DEMAND_NOW, SITE.id, SITE_METER, at_ms, live)
        for meter in METERS:
            silent = meter == "press"
            state = {"state": "meter_fault" if silent else "ok", "interval_s": 60.0, "lag_s": 1.0}
            age_s = 3660.0 - 60 * minute if silent else 4.0
            yield Row(schema.STALENESS, SITE.id, meter, at_ms, {"age_s": age_s, **state})


def _usual() -> Iterator[Row]:
    for slot in range(48):
        kw = 2 * slot_kwh(SITE_METER, MIDNIGHT + slot * timedelta(minutes=30))
        fields = {"expected_kw": kw + 1, "low_kw": kw - 4, "high_kw": kw + 6}
        yield Row(
            figures.TYPICAL_SLOT, SITE.id, SITE_METER, ms(MIDNIGHT) + slot * 1_800_000, fields
        )


def _days() -> Iterator[Row]:
    for meter in (SITE_METER, *METERS):
        for day in seeded()[meter, "1d"]:
            slots = _slots_of(meter, day.start_ms, day.start_ms + 86_400_000)
            kw = [slot.peak_kw for slot in slots]
            fields: Fields = {
                "coverage": len(kw) / 48, "base_kw": min(kw), "peak_kw": max(kw),
                "mean_kw": sum(kw) / len(kw), "night_kwh": day.kwh * 0.3,
                "off_hours_kwh": day.kwh * 0.4, "after_hours_kwh": day.kwh * 0.05,
                "expected_kwh": day.kwh * 1.02, "unusual": 0.0,
            }  # fmt: skip
            yield Row(figures.DAY_FIGURES, SITE.id, meter, day.start_ms, fields)


def _periods(period: Period) -> Iterator[Row]:
    month = period == "1mo"
    name = figures.MONTH_FIGURES if month else figures.FISCAL_FIGURES
    for meter in (SITE_METER, *METERS):
        for total in seeded()[meter, period]:
            fields = _period_fields(meter, total)
            yield Row(name, SITE.id, meter, total.start_ms, fields)
    ranks = figures.PEAK_RANK_1MO if month else figures.PEAK_RANK_1FY
    curve = figures.LOAD_DURATION_1MO if month else figures.LOAD_DURATION_1FY
    for total in seeded()[SITE_METER, period]:
        yield from _ranks(ranks, total)
        yield from _curve(curve, total)


def _period_fields(meter: str, total: Total) -> Fields:
    kwh = total.kwh
    fields: Fields = {
        "peak_kw": total.peak_kw, "kwh": kwh, "coverage": total.coverage, "cum_kwh": kwh * 2,
        "peak_at": "2026-04-02T10:00", "load_factor": 0.5, "base_kw": 20.0,
        "kwh_last_year": kwh * 1.1, "kwh_target": kwh * 1.089, "cum_kwh_last_year": kwh * 2.2,
        "gj": kwh * 8.64e-3, "crude_oil_kl": kwh * 2.229e-4, "off_kwh": kwh * 0.4,
        "night_kwh": kwh * 0.3, "standby_kwh": kwh * 0.25,
    }  # fmt: skip
    if meter == SITE_METER:
        co2_kg = total.co2_kg or 0.0
        fields |= {
            "twelve_month_kw": total.peak_kw + 2, "new_peak": 1.0, "contract_kw": CONTRACT_KW,
            "target_kw": TARGET_KW, "cum_co2_kg": co2_kg, "cum_co2_last_year_kg": co2_kg * 1.2,
            "co2_target_kg": co2_kg * 1.05,
        }  # fmt: skip
    return fields


def ranked(total: Total, ends_ms: int) -> list[Total]:
    """The slots of the site from the total's start until ``ends_ms``, highest first."""
    slots = _slots_of(SITE_METER, total.start_ms, ends_ms)
    return sorted(slots, key=lambda slot: -slot.peak_kw)


def end_of(total: Total) -> int:
    """When the total's period ends, ms."""
    start = datetime.fromtimestamp(total.start_ms / 1000, tz=ZONE)
    if total.period == "1fy":
        return ms(start.replace(year=start.year + 1))
    return ms((start + timedelta(days=32)).replace(day=1))


def _ranks(name: str, total: Total) -> Iterator[Row]:
    for number, slot in enumerate(ranked(total, end_of(total))[:20], start=1):
        at = datetime.fromtimestamp(slot.start_ms / 1000, tz=ZONE)
        told: Fields = {
            "kw": slot.peak_kw, "at": at.strftime("%Y-%m-%dT%H:%M"), "circuits": "press 40 kW",
            "circuits_en": "press 40 kW",
        }  # fmt: skip
        yield Row(name, SITE.id, SITE_METER, total.start_ms + 1000 * number, told)


def _curve(name: str, total: Total) -> Iterator[Row]:
    kw = [slot.peak_kw for slot in ranked(total, end_of(total))]
    for pct in range(101):
        power = kw[min(len(kw) - 1, pct * len(kw) // 100)]
        fields: Fields = {"pct": float(pct), "kw": power, "hours": pct * len(kw) / 200}
        yield Row(name, SITE.id, SITE_METER, total.start_ms + 1000 * pct, fields)


def _bills() -> Iterator[Row]:
    for total in seeded()[SITE_METER, "1mo"]:
        runs = total is seeded()[SITE_METER, "1mo"][-1]
        lines = {
            "basic_cost": 150_000.0, "energy_cost": total.kwh * 18, "adder_cost": -total.kwh,
            "levy_cost": total.kwh * 3.5, "other_cost": 100.0,
        }  # fmt: skip
        cost = sum(lines.values())
        fields: Fields = {
            **lines, "projected": float(runs), "total_cost": cost,
            "projected_total": cost * 1.2 if runs else cost, "unit_price": cost / total.kwh,
            "demand_share": 150_000 / cost, "currency": "JPY",
        }  # fmt: skip
        yield Row(figures.BILL_LINES_1BM, SITE.id, SITE_METER, total.start_ms, fields)


CLOSED: Fields = {
    "co2_kg": 1200.0, "first_co2_kg": 1000.0, "restatements": 1.0, "span": "FY2025",
    "closed_on": "2026-06-01", "reason": "another factor",
}  # fmt: skip
"""The only closed period, restated once."""
INVOICED: Fields = {
    "invoiced": 1010.0, "reckoned": 1000.0, "difference": 10.0, "fits": 0.0, "currency": "JPY",
}  # fmt: skip
"""The only invoice that was kept."""


def _signed() -> Iterator[Row]:
    month = max(of_month(SITE_METER))
    yield Row(figures.CLOSED_ACCOUNT, SITE.id, SITE_METER, month + 30, CLOSED)
    yield Row(figures.INVOICE_1BM, SITE.id, SITE_METER, month, INVOICED)


def of_month(meter: str) -> list[int]:
    """When the months of a meter begin."""
    return [total.start_ms for total in seeded()[meter, "1mo"]]


def _completeness() -> Iterator[Row]:
    for meter in METERS:
        for day in seeded()[meter, "1d"]:
            bad = meter == "press" and day.start_ms == ms(MIDNIGHT - timedelta(days=3))
            share = LONGEST_GAP_SHARE if bad else 1.0
            fields = {
                "expected": 1440.0, "on_time": 1440.0 * share, "late": 0.0, "estimated": 0.0,
                "gap": 1440.0 * (1 - share), "longest_gap_s": 0.0, "share": share,
            }  # fmt: skip
            yield Row(schema.COMPLETENESS, SITE.id, meter, day.start_ms, fields)


def _grid() -> Iterator[Row]:
    for hour in range(24 * 8):
        fields: Fields = {
            "g_per_kwh": 400.0 + hour % 24, "duration_s": 3600.0, "kind": "actual",
            "boundary": "generation", "source": "invented",
        }  # fmt: skip
        at_ms = ms(NOW.replace(minute=0, second=0) - timedelta(hours=hour))
        yield Row(schema.GRID_INTENSITY, GRID_AREA, "_grid", at_ms, fields)


@cache
def _slots_of(meter: str, from_ms: int, to_ms: int) -> list[Total]:
    return [one for one in seeded()[meter, "30m"] if from_ms <= one.start_ms < to_ms]


def _of_other_site(row: Row) -> Row:
    fields = {
        name: value * 1000 if isinstance(value, float) else value
        for name, value in row.fields.items()
    }
    return Row(row.measurement, OTHER.id, row.meter, row.at_ms, fields)
