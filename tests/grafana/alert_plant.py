"""Two sites whose alerts are known by heart: one where all is well, one where everything is not.

Both stand in the same buckets, so that a rule that looks at the wrong site is found out. A kWh
costs 25.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from collector.rollup.totals import Total
from collector.site_config import SiteSettings
from collector.storage import figure_schema as figures
from collector.storage import schema
from collector.storage.port import Row
from tests.grafana.plant import NOW, SITE, ZONE, ms

WELL = SITE.model_copy(update={"contract_power_kw": 110.0})
ANNEX = WELL.model_copy(update={"id": "ube-annex", "name": "宇部別館", "name_en": "Ube annex"})
"""Where the ill site's agent reads meters as well."""
ILL = WELL.model_copy(update={"id": "ube", "name": "宇部工場", "name_en": "Ube plant"})
MINUTE = timedelta(minutes=1)
TODAY = NOW.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
YESTERDAY = TODAY - timedelta(days=1)
THIS_MONTH = TODAY.replace(day=1)
LAST_MONTH = (THIS_MONTH - timedelta(days=1)).replace(day=1)
Fields = dict[str, float | str]


def rows(site: SiteSettings, *, ill: bool) -> Iterator[Row]:
    """Every row the alerts look at, of one site."""
    yield from _demand(site.id, ill=ill)
    yield from _silence(site.id, ill=ill)
    yield from _agents(site.id, ill=ill)
    yield from _days(site.id, ill=ill)
    yield from _months(site.id, ill=ill)


def _demand(site: str, *, ill: bool) -> Iterator[Row]:
    live: Fields = {
        "elapsed_kwh": 20.0, "now_kw": 90.0, "demand_kw": 40.0, "age_s": 4.0, "left_s": 1200.0,
        "forecast_kw": 108.0 if ill else 70.0, "contract_kw": 110.0, "target_kw": 100.0,
        "shed_kw": 12.0 if ill else -45.0,
    }  # fmt: skip
    yield Row(figures.DEMAND_NOW, site, "_site", _minute(0), live)


def totals(site: SiteSettings, *, ill: bool) -> list[Total]:
    """The newest day's highest half hour, and its energy."""
    peak_kw, start = 102.0 if ill else 80.0, (NOW - timedelta(hours=3)).replace(minute=0, second=0)
    slot = Total(
        site=site.id, meter="_site", period="30m", start_ms=ms(start), kwh=peak_kw / 2,
        estimated_kwh=0.0, coverage=1.0, peak_kw=peak_kw, co2_kg=None, provisional=0.0,
        factor_id="",
    )  # fmt: skip
    return [slot, replace(slot, period="1d", start_ms=ms(TODAY), kwh=400.0, energy_cost=10_000.0)]


def _silence(site: str, *, ill: bool) -> Iterator[Row]:
    ok: Fields = {"age_s": 20.0, "lag_s": 1.0, "state": "ok", "interval_s": 60.0}
    for minute in range(60):
        # Where all is ill the collector itself stopped 30 minutes ago.
        if not ill or minute >= 30:
            yield Row(schema.STALENESS, site, f"_collector_{site}", _minute(minute), ok)
            yield from _meters(site, minute, ok, ill=ill)


def _meters(site: str, minute: int, ok: Fields, *, ill: bool) -> Iterator[Row]:
    silent: Fields = {**ok, "age_s": 3600.0 - 60 * minute, "state": "meter_fault"}
    away: Fields = {**ok, "age_s": 7200.0, "state": "agent_offline"}
    # Read twice an hour: forty minutes are no silence.
    rare: Fields = {**ok, "age_s": 2400.0, "interval_s": 1800.0}
    for meter, wrong in (("main", ok), ("press", silent), ("furnace", away), ("solo", rare)):
        row = wrong if ill or meter == "solo" else ok
        yield Row(schema.STALENESS, site, meter, _minute(minute), row)


def _agents(site: str, *, ill: bool) -> Iterator[Row]:
    well: Fields = {
        "online": 1.0, "holes": 0.0, "newest_age_s": 20.0, "outbox_days": 0.0,
        "disk_free_bytes": 9e9, "certificate_days": 200.0,
    }  # fmt: skip
    worse: Fields = {
        "online": 0.0, "newest_age_s": 7200.0, "outbox_days": 1.5, "disk_free_bytes": 4e8,
        "certificate_days": 12.0,
    }  # fmt: skip
    state = {**well, **(worse if ill else {})}
    # It reads meters of a second site as well, and is one agent all the same.
    for one in (site, f"{site}-annex"):
        yield Row(figures.AGENT_STATE, one, f"_agent_{site}-pi", _minute(2), state)
    # An agent that tells nothing but what the collector itself can see.
    few: Fields = {"online": 1.0, "holes": 0.0}
    yield Row(figures.AGENT_STATE, site, f"_agent_{site}-plain", _minute(2), few)


def _days(site: str, *, ill: bool) -> Iterator[Row]:
    for day, running in ((YESTERDAY, False), (TODAY, True)):
        for meter in ("main", "press"):
            wrong = ill and meter == "press"
            # The running day is never whole, whatever it lacks.
            share = 0.5 if running else 0.9 if wrong else 0.999
            yield Row(schema.COMPLETENESS, site, meter, ms(day), {
                "expected": 1440.0, "on_time": 1440 * share, "late": 0.0, "estimated": 0.0,
                "gap": 1440 * (1 - share), "longest_gap_s": 0.0, "share": share,
            })  # fmt: skip
            late = 400.0 if running else 80.0 if wrong else 5.0
            yield Row(figures.DAY_FIGURES, site, meter, ms(day), {
                "coverage": 1.0, "off_hours_kwh": 200.0, "after_hours_kwh": late,
            })  # fmt: skip


def _months(site: str, *, ill: bool) -> Iterator[Row]:
    before: Fields = {"peak_kw": 90.0, "kwh": 1.0, "coverage": 1.0, "cum_kwh": 1.0, "peak_at": ""}
    for month, this in ((LAST_MONTH, False), (THIS_MONTH, True)):
        wrong = this and ill
        site_wide: Fields = {
            "twelve_month_kw": 102.0 if wrong else 100.0, "new_peak": 1.0 if wrong else 0.0,
            "power_factor_percent": 80.0 if wrong else 98.0,
        }  # fmt: skip
        yield Row(figures.MONTH_FIGURES, site, "_site", ms(month), {**before, **site_wide})
        creep: Fields = {"base_kw": 24.0, "base_change_percent": 20.0 if wrong else 1.0}
        yield Row(figures.MONTH_FIGURES, site, "press", ms(month), {**before, **creep})


def _minute(back: int) -> int:
    return ms(NOW.replace(second=0) - back * MINUTE)
