"""From a site's load to a saving, as a report walks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from collector.analysis.baselines import baseline
from collector.analysis.frame import frame_from_kwh, slot_index
from collector.analysis.operating_states import StatesFit
from collector.analysis.production import ProductionFit
from collector.analysis.savings import avoided
from collector.analysis.site_conditions import (
    daily_conditions,
    daily_energy,
    hourly_conditions,
    hourly_energy,
)
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.analysis.towt import TowtFit
from tests.collector.analysis.weather_year import weather

ZONE = ZoneInfo("Asia/Tokyo")
BEFORE = (date(2024, 4, 1), date(2025, 4, 1))
AFTER = (date(2025, 4, 1), date(2026, 4, 1))
FAN_KW = 6.0


def _load(first: date, end: date, fan_kw: float) -> SiteLoad:
    """A plant by weekdays: 20 kW, 40 more while working, 1.5 kWh a piece, a fan day and night."""
    index = slot_index(ZONE, first, end, 30)
    days = pd.date_range(first, end, inclusive="left")
    kinds = pd.Series(["working" if day.day_of_week < 5 else "sunday" for day in days], index=days)
    draw = np.random.default_rng(first.year)
    pieces = pd.Series(draw.uniform(100.0, 500.0, len(days)), index=days).where(
        kinds == "working", 0.0
    )
    work = np.asarray((index.day_of_week < 5) & (index.hour >= 8) & (index.hour < 18))
    made = pieces.reindex(index.tz_localize(None).normalize()).to_numpy() * 1.5 / 20.0 * work
    kwh = (20.0 + fan_kw + 40.0 * work) / 2.0 + made + draw.normal(0.0, 0.5, len(index))
    fan = frame_from_kwh(pd.Series(fan_kw / 2.0, index=index))
    hours = index[::2]
    return SiteLoad(
        site="sendai",
        name="仙台",
        zone=ZONE,
        first=first,
        end=end,
        slots=frame_from_kwh(pd.Series(kwh, index=index)),
        day_kinds=kinds,
        days=pd.DataFrame(index=days),
        circuits=(CircuitLoad("fan", "換気扇", fan),),
        temperature_c=weather(hours, 1),
        production=pd.DataFrame({"press": pieces}),
    )


def test_option_c_finds_a_fan_that_was_halved() -> None:
    """By the site's meter, production and weather beside: 3 kW over 8,760 hours are found."""
    before, after = _load(*BEFORE, FAN_KW), _load(*AFTER, FAN_KW / 2.0)
    base = baseline(daily_energy(before), daily_conditions(before))
    assert isinstance(base.model, ProductionFit)
    saved = avoided(base, daily_energy(after), daily_conditions(after))
    assert saved.kwh == pytest.approx(3.0 * 8760.0, abs=saved.at_90.uncertainty_kwh)
    assert saved.proven


def test_option_b_finds_it_at_its_own_meter() -> None:
    """By the sub-meter and the kinds of days: the same 26,280 kWh, far more surely."""
    before, after = _load(*BEFORE, FAN_KW), _load(*AFTER, FAN_KW / 2.0)
    kwh = daily_energy(before, "fan") * np.random.default_rng(1).uniform(0.98, 1.02, 365)
    base = baseline(kwh, daily_conditions(before), kind="states", option="B")
    assert isinstance(base.model, StatesFit)
    assert set(base.model.state_kwh) == {"working", "sunday"}
    saved = avoided(base, daily_energy(after, "fan"), daily_conditions(after))
    assert saved.kwh == pytest.approx(26_280.0, rel=0.005)
    assert saved.at_90.uncertainty_kwh < 300.0


def test_option_c_without_production_takes_the_kinds_of_days() -> None:
    """A plant that counts no pieces has a baseline by working days and days off."""
    before, after = _load(*BEFORE, FAN_KW), _load(*AFTER, FAN_KW / 2.0)
    before, after = replace(before, production=None), replace(after, production=None)
    base = baseline(daily_energy(before), daily_conditions(before))
    assert isinstance(base.model, StatesFit)
    assert base.ok
    saved = avoided(base, daily_energy(after), daily_conditions(after))
    assert saved.kwh == pytest.approx(3.0 * 8760.0, abs=1.5 * saved.at_90.uncertainty_kwh)


def test_hours_carry_the_temperature_alone() -> None:
    """Hourly points take the hour-of-week model with the site's temperatures."""
    load = _load(*BEFORE, FAN_KW)
    base = baseline(hourly_energy(load), hourly_conditions(load))
    assert isinstance(base.model, TowtFit)
    assert base.model.coldest_c is not None
    assert float(hourly_energy(load, "fan").sum()) == pytest.approx(FAN_KW * 8760.0)


def test_what_a_site_has_no_series_of_is_none() -> None:
    """Without temperature or production the conditions have none, and the kinds of days remain."""
    load = replace(_load(*BEFORE, FAN_KW), temperature_c=None, production=None)
    found = daily_conditions(load)
    assert (found.temperature_c, found.production) == (None, None)
    assert found.states is not None
    assert hourly_conditions(load).temperature_c is None
    empty = replace(load, production=pd.DataFrame(index=load.day_kinds.index))
    assert daily_conditions(empty).production is None


def test_a_circuit_that_is_none_is_refused() -> None:
    """An id that no circuit has is an error, not the whole site."""
    with pytest.raises(KeyError):
        daily_energy(_load(*BEFORE, FAN_KW), "pump")
