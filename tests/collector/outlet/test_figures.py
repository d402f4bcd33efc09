"""What is read of the store for each meter."""

from __future__ import annotations

import pytest

from collector.outlet.figures import Figure, Look, SiteFigures
from collector.rollup.totals import SITE_METER
from tests.collector.memory_store import MemoryStore
from tests.collector.outlet import plant
from tests.collector.outlet.plant import DAY_MS, HALF_HOUR_MS, NOW_MS, POWER, SITE


def values(meter: str, store: MemoryStore | None = None, now_ms: int = NOW_MS) -> dict[str, float]:
    """The values of a meter, without their instants."""
    found = plant.figures(store, now_ms)[meter]
    return {name: figure.value for name, figure in found.values.items()}


def test_a_meter_has_the_stored_totals_and_its_newest_reading() -> None:
    """Energy is the sum of all years, demand the mean of the half hour just over."""
    assert values("main") == {
        "energy_kwh": 120_000.0,
        "today_kwh": 600.0,
        "month_kwh": 600.0,
        "co2_kg_today": 270.0,
        "co2_kg_month": 270.0,
        "coverage_percent": pytest.approx(100 * 10 / (10 + 1 / 6), abs=0.1),
        "demand_kw": 60.0,
        POWER: 60_001.25,
    }


def test_the_site_has_its_running_demand_and_no_reading() -> None:
    """The forecast is the one that boards show."""
    found = values(SITE_METER)
    assert (found["demand_now_kw"], found["demand_forecast_kw"]) == (61.0, 59.5)
    assert POWER not in found


def test_another_medium_has_amounts_in_its_unit() -> None:
    """Gas is no energy, and no demand is made of it."""
    found = plant.figures()["gas"]
    assert (found.medium, found.unit) == ("gas", "m3")
    assert {name: one.value for name, one in found.values.items() if "amount" in name} == {
        "amount": 512.5,
        "today_amount": 12.0,
    }
    assert found.slots == ()
    assert "today_kwh" not in found.values


def test_a_total_holds_up_to_the_newest_reading() -> None:
    """What this collector has taken itself is known to the millisecond, a row to the minute."""
    store = plant.filled(MemoryStore())
    assert plant.figures(store)["main"].values["today_kwh"] == Figure(
        600.0, NOW_MS - 10_000, DAY_MS
    )
    look = Look(newest_ms={("sendai", "main"): NOW_MS - 2_500})
    main = SiteFigures(store, SITE, look, NOW_MS).read()[1]
    assert (main.meter, main.age_s) == ("main", 2.5)
    assert main.values["today_kwh"].at_ms == NOW_MS - 2_500


def test_nothing_known_is_nothing_said() -> None:
    """An empty store makes no zero."""
    found = plant.figures(MemoryStore())["main"]
    assert (found.state, found.age_s, found.values, found.slots) == ("unknown", None, {}, ())
    assert not found.heard


def test_a_row_of_staleness_that_is_old_says_nothing_of_now() -> None:
    """When nobody watches any more, nothing is known."""
    found = plant.figures(plant.filled(MemoryStore()), NOW_MS + 6 * 60_000)["main"]
    assert (found.state, found.heard) == ("unknown", False)


@pytest.mark.parametrize("state", ["stale", "meter_fault", "agent_offline", "never"])
def test_a_difference_is_as_well_as_its_worst_part(state: str) -> None:
    """The remainder is not known without the press; the site's sum is, in part."""
    store = plant.filled(MemoryStore())
    plant.silence(store, "press-1", state, 900.0)
    found = plant.figures(store)
    assert (found["rest"].state, found["rest"].age_s) == (state, 900.0)
    assert found[SITE_METER].heard
    assert found["main"].heard


def test_a_meter_whose_agent_has_left_is_not_there() -> None:
    """At once, not only when its readings are missed; one that is silent keeps its own word."""
    store = plant.filled(MemoryStore())
    plant.silence(store, "press-1", "meter_fault", 900.0)
    look = Look(away={("sendai", "main"), ("sendai", "press-1")})
    found = {one.meter: one.state for one in SiteFigures(store, SITE, look, NOW_MS).read()}
    assert (found["main"], found["press-1"], found["gas"]) == ("agent_offline", "meter_fault", "ok")


def test_a_reading_that_is_old_is_not_the_newest() -> None:
    """Five minutes after it, power is unknown, though its meter may send other figures."""
    store = plant.filled(MemoryStore())
    later_ms = NOW_MS + 5 * 60_000
    plant.silence(store, "main", "ok", 5.0, later_ms)
    assert POWER not in values("main", store, later_ms)


def test_demand_is_only_of_the_half_hour_just_over() -> None:
    """Without a sum for it, an older one does not stand in."""
    store = plant.filled(MemoryStore())
    assert "demand_kw" not in values("main", store, NOW_MS + HALF_HOUR_MS)


def test_a_half_hour_is_told_when_its_last_reading_has_come() -> None:
    """Two minutes after its end, not before: until then it is still summed up."""
    store = plant.filled(MemoryStore())
    plant.slot(store, "main", DAY_MS + 20 * HALF_HOUR_MS, 29.0)
    end_ms = DAY_MS + 21 * HALF_HOUR_MS
    for now_ms, kw in ((end_ms + 119_000, 60.0), (end_ms + 120_000, 58.0)):
        assert plant.figures(store, now_ms)["main"].values["demand_kw"].value == kw


def test_older_slots_come_when_they_are_asked_for() -> None:
    """The last hours always, since a reading may be late; more for who was not told them."""
    store = plant.filled(MemoryStore())
    look = Look(slots_from_ms={("sendai", "main"): DAY_MS})
    _, main, press, *_ = SiteFigures(store, SITE, look, NOW_MS).read()
    assert [main.slots[0].start_ms, len(main.slots)] == [DAY_MS, 20]
    assert len(press.slots) == 11


def test_names_are_in_the_language_asked_for() -> None:
    """The English name, where there is one."""
    store = plant.filled(MemoryStore())
    english, japanese = (
        [one.name for one in SiteFigures(store, SITE, Look(japanese=ja), NOW_MS).read()]
        for ja in (False, True)
    )
    assert english == ["Sendai works", "Intake", "プレス", "ガス", "その他"]
    assert japanese == ["仙台工場", "受電", "プレス", "ガス", "その他"]
