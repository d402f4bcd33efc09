"""The two plants' rows, totals and readings, and how they are written to a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.storage import figure_schema, schema
from collector.storage.port import ReadingStore, Row
from edge_agent.contract.reading import Reading
from tests.grafana.two_plants import (
    AGENTS,
    FOREIGN,
    GAP_DAY,
    LINE,
    LOST,
    METERS,
    NOW,
    PIECES,
    SITES,
    TODAY,
    Fields,
    agent_fields,
    curve_kw,
    day_fields,
    days,
    days_of,
    gap_of,
    intensity_fields,
    is_unknown,
    kw,
    kwh,
    loads,
    made,
    midnight,
    minutes,
    month_fields,
    ms,
    quality_fields,
    shift_start,
    silence_fields,
    starts,
    typical_kw,
    values,
    wiring_fields,
)


def _yearly(site: str, meter: str) -> Iterator[Row]:
    for day in days():
        known = {
            f"h{half:02d}": kw(site, meter, day, half)
            for half in range(48)
            if not is_unknown(meter, day, half)
        }
        at_ms = midnight(day)
        yield Row(figure_schema.LOAD_DAY, site, meter, at_ms, {"known": float(len(known)), **known})
        yield Row(figure_schema.DAY_FIGURES, site, meter, at_ms, day_fields(site, meter, day))
    for period, figures, curve in (
        ("1mo", figure_schema.MONTH_FIGURES, figure_schema.LOAD_DURATION_1MO),
        ("1fy", figure_schema.FISCAL_FIGURES, figure_schema.LOAD_DURATION_1FY),
    ):
        for start in starts(period):
            at_ms = midnight(start)
            yield Row(figures, site, meter, at_ms, month_fields(site, meter, period, start))
            yield from _curve(curve, site, meter, (period, start))


def _curve(name: str, site: str, meter: str, of: tuple[str, date]) -> Iterator[Row]:
    for percent, power in enumerate(curve_kw(site, meter, *of)):
        fields: Fields = {"pct": float(percent), "kw": power, "hours": percent / 2}
        yield Row(name, site, meter, midnight(of[1]) + 1000 * percent, fields)


def _recent(site: str, meter: str) -> Iterator[Row]:
    yesterday = TODAY - timedelta(days=1)
    for half in range(48):
        at_ms = midnight(yesterday) + half * 1_800_000
        fields: Fields = {"days": 300.0, **typical_kw(site, meter, half)}
        yield Row(figure_schema.TYPICAL_DAY, site, meter, at_ms, fields)
    if meter not in (SITE_METER, "furnace"):
        for day in days(TODAY - timedelta(days=30)):
            for half in range(48):
                at_ms = midnight(day) + half * 1_800_000
                fields = quality_fields(meter, half)
                yield Row(figure_schema.POWER_QUALITY_30M, site, meter, at_ms, fields)


def _arrivals(site: str, meter: str) -> Iterator[Row]:
    for day in days(TODAY - timedelta(days=60)):
        gap = gap_of(site, meter, day)
        fields: Fields = {
            "expected": 1440.0, "on_time": 1440.0 - gap, "late": 0.0, "estimated": 0.0,
            "gap": gap, "longest_gap_s": gap * 60, "share": 1 - gap / 1440,
        }  # fmt: skip
        yield Row(schema.COMPLETENESS, site, meter, midnight(day), fields)
    for minute in minutes(_hours(site)):
        fields = silence_fields(site, meter, minute)
        yield Row(schema.STALENESS, site, meter, ms(minute), fields)


def _hours(site: str) -> int:
    return 2 if site == FOREIGN else 25


def _of_agents(site: str) -> Iterator[Row]:
    for minute in minutes(_hours(site)):
        beat: Fields = {"age_s": 5.0, "lag_s": 0.0, "state": "ok", "interval_s": 60.0}
        yield Row(schema.STALENESS, site, schema.collector_meter("hq"), ms(minute), beat)
        for agent in AGENTS.get(site, ("gw9",)):
            fields, named = agent_fields(agent, minute), figure_schema.agent_meter(agent)
            yield Row(figure_schema.AGENT_STATE, site, named, ms(minute), fields)
            line = figure_schema.line_meter(agent, "bus")
            yield Row(figure_schema.LINE_STATE, site, line, ms(minute), LINE)
    for agent in AGENTS.get(site, ("gw9",)):
        named = figure_schema.agent_meter(agent)
        yield Row(figure_schema.GAP_RECORD, site, named, midnight(GAP_DAY), LOST)
    for meter in METERS[1:]:
        quarter = ms(NOW) - ms(NOW) % 900_000
        fields = wiring_fields(meter)
        yield Row(figure_schema.WIRING_STATE, site, meter, quarter, fields)


def _of_production(site: str) -> Iterator[Row]:
    for period, name in (("1d", figure_schema.INTENSITY_1D), ("1mo", figure_schema.INTENSITY_1MO)):
        for start in starts(period):
            fields = intensity_fields(site, period, start)
            yield Row(name, site, PIECES, midnight(start), fields)
    for day in days(TODAY - timedelta(days=100)):
        fields = {
            "amount": made(day), "estimated_amount": 0.0, "coverage": 1.0, "missing": 0.0,
            "peak_per_h": 50.0, "unit": "個",
        }  # fmt: skip
        yield Row(schema.AMOUNT_MEASUREMENTS["1sd"], site, PIECES, shift_start(day), fields)


def rows(site: str) -> Iterator[Row]:
    """Yield every row of a site."""
    for meter in METERS[:2] if site == FOREIGN else METERS:
        yield from _yearly(site, meter)
        yield from _recent(site, meter)
    for meter in (*METERS[1:], PIECES):
        yield from _arrivals(site, meter)
    yield from _of_agents(site)
    yield from _of_production(site)


def total(site: str, meter: str, period: Period, start: date) -> Total:
    """Say the total of a period as the collector would book it."""
    known = loads(site, meter, period, start)
    energy = sum(known) / 2
    return Total(
        site, meter, period, midnight(start), energy, energy * 0.01, 0.98, max(known),
        co2_kg=energy * 0.4, provisional=1.0, factor_id="jp-a0269-m-2025", energy_cost=energy * 20,
        co2_location_kg=energy * 0.45, co2_market_kg=energy * 0.4, currency="JPY",
    )  # fmt: skip


def totals(site: str) -> Iterator[Total]:
    """Yield every total of a site from days up; the remainder is a twentieth of the site."""
    for meter in METERS:
        # By one half hour the pickers know a meter.
        yield Total(site, meter, "30m", midnight(TODAY), 5.0, 0.0, 1.0, 10.0)
    periods: tuple[Period, ...] = ("1d", "1mo", "1fy")
    for period in periods:
        for start in starts(period):
            for meter in METERS:
                yield total(site, meter, period, start)
            rest = 2.5 * 24 * len(days_of(period, start))
            yield Total(site, UNMEASURED_METER, period, midnight(start), rest, 0.0, 1.0, 5.0)
    for meter in METERS:
        for day in days(TODAY - timedelta(days=100)):
            kwh_of_day = kwh(site, meter, day)
            yield Total(site, meter, "1sd", shift_start(day), kwh_of_day, 0.0, 1.0, 50.0)


def readings(site: str) -> Iterator[Reading]:
    """Yield a day of readings, one every five minutes and one a minute in the last hour."""
    for meter in ("main", "press", "furnace"):
        for number, at in enumerate(minutes(25)):
            if number % 5 == 0 or NOW - at < timedelta(hours=1):
                yield Reading(site, meter, ms(at), values(meter, number))


def seed(store: ReadingStore) -> None:
    """Write both plants and the foreign one."""
    for site in (*(one.id for one in SITES), FOREIGN):
        store.write_rows([*rows(site)])
        store.write_totals([*totals(site)])
        assert list(store.write_readings([*readings(site)])) == []
