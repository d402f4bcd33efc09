"""A day's figures, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from collector.figures.day_figures import Usual, day_figures, power_factor_percent
from collector.figures.day_load import DayLoad, Slot, by_the_wall
from collector.figures.operating import declared_off
from collector.figures.typical import bands_of
from collector.rollup.periods import SLOT_MS, Window

NIGHT_KW, DAY_KW = 20.0, 120.0


def load(
    kw: list[float | None], lagging: float | None = None, leading: float | None = None
) -> DayLoad:
    """A day of 48 half hours from midnight UTC; those that are None are unknown."""
    slots = [
        Slot(number * SLOT_MS, number, one / 2, lagging, leading)
        for number, one in enumerate(kw)
        if one is not None
    ]
    window = Window(0, 48 * SLOT_MS)
    return DayLoad(date(1970, 1, 1), window, tuple(slots), by_the_wall(slots))


def working_day() -> list[float | None]:
    """20 kW by night, 120 kW from 08:00 to 17:00."""
    return [DAY_KW if 16 <= number < 34 else NIGHT_KW for number in range(48)]


def test_a_day_by_itself() -> None:
    """9 h x 120 kW and 15 h x 20 kW: 1380 kWh, mean 57.5 kW; the night is 10 h x 20 kW."""
    assert day_figures(load(working_day()), Usual()) == {
        "coverage": 1.0,
        "peak_kw": 120.0,
        "mean_kw": 57.5,
        "base_kw": 20.0,
        "load_factor": 57.5 / 120,
        "night_kwh": 200.0,
    }


def test_off_hours_and_what_was_left_on_in_them() -> None:
    """15 h off; from 17:00 to 19:00 50 kW stand 30 kW above a base of 20: 60 kWh left on."""
    kw = working_day()
    kw[34:38] = [50.0] * 4
    found = day_figures(load(kw), Usual(off=declared_off("08:00-17:00"), base_kw=20.0))
    assert found["off_hours_kwh"] == 13 * 20 + 2 * 50
    assert found["standby_kw"] == pytest.approx(360 / 15)
    assert found["after_hours_kwh"] == 60.0


@pytest.mark.parametrize(("kw", "left_on"), [(22.0, 0.0), (22.1, 15 * 2.1)])
def test_a_little_above_the_base_is_standby(kw: float, left_on: float) -> None:
    """A tenth above a base of 20 kW, 2 kW, is nothing left on yet."""
    day: list[float | None] = [DAY_KW if 16 <= number < 34 else kw for number in range(48)]
    found = day_figures(load(day), Usual(off=declared_off("08:00-17:00"), base_kw=20.0))
    assert found["after_hours_kwh"] == pytest.approx(left_on)


def test_a_small_load_is_left_on_only_above_a_kilowatt() -> None:
    """On a base of 1 kW, 1.9 kW are within the kilowatt that is let pass."""
    day: list[float | None] = [1.9] * 48
    found = day_figures(load(day), Usual(off=(True,) * 48, base_kw=1.0))
    assert found["after_hours_kwh"] == 0.0


def test_a_usual_day_is_expected_over_the_half_hours_known() -> None:
    """Of a day that is half over, half the typical energy is expected, and nothing is judged."""
    days = [tuple(working_day())] * 6
    half = working_day()[:24] + [None] * 24
    found = day_figures(load(half), Usual(bands_of(days), days))
    assert found["expected_kwh"] == 8 * 20 + 4 * 120
    assert found["coverage"] == 0.5
    assert not {"unusual", "base_kw"} & found.keys()


def test_power_factor_and_leading_at_night() -> None:
    """14 h of 8-22: 9 x 120 + 5 x 20 = 1180 kWh; 28 x 10 kvarh: 97.3 %. At night 12 of 10 lead."""
    found = day_figures(load(working_day(), lagging=10.0, leading=12.0), Usual())
    assert found["pf_kwh"] == 1180.0
    assert found["pf_kvarh"] == 280.0
    assert found["power_factor_percent"] == pytest.approx(97.2983, abs=1e-4)
    assert found["leading_night"] == 1.0
    less = day_figures(load(working_day(), lagging=10.0, leading=10.0), Usual())
    assert less["leading_night"] == 0.0


def test_without_energy_there_is_neither_load_factor_nor_power_factor() -> None:
    """A machine that stood still all day divides nothing by nothing."""
    found = day_figures(load([0.0] * 48, lagging=0.0), Usual())
    assert not {"load_factor", "power_factor_percent"} & found.keys()
    assert power_factor_percent(0.0, 5.0) is None
    assert power_factor_percent(30.0, 40.0) == 60.0
