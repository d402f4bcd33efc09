"""What energy costs, day by day, under the tariff in force."""

from __future__ import annotations

from datetime import date

from collector.rollup.periods import Window
from collector.site_config import SiteSettings, TariffSettings
from collector.summarise.evidence import Evidence
from collector.summarise.rebook import rebook
from tests.collector.summarise.plant import DAY, LIBRARY, SITE, Plant, at, steady

KYUSHU = "jp-kyushu-industrial-tou-a-6kv"
WEDNESDAY_MS = at("2025-07-02T00:00+09:00")
TARIFF = TariffSettings(tariff=KYUSHU, from_date=date(2020, 4, 1))
SUMMER_DAY_YEN = 3 * 19.74 + 11 * 17.27 + 10 * 15.17
"""1 kW for a working day in July: 13-16 h peak, the rest of 8-22 h daytime, night (kWh x price)."""


def site(*tariffs: TariffSettings) -> SiteSettings:
    """The plant with these tariffs."""
    return SITE.model_copy(update={"tariffs": tariffs})


def ran(*tariffs: TariffSettings) -> tuple[Plant, tuple[str, ...]]:
    """A plant of 1 kW over a Wednesday in July, summed."""
    plant = Plant(site(*tariffs))
    plant.land("main", steady(WEDNESDAY_MS, WEDNESDAY_MS + DAY, 1))
    report = plant.run()
    return plant, (*report.faults, *report.notes)


def test_each_slot_is_priced_by_its_band() -> None:
    """Energy cost is the sum over the day's bands and the adders per kWh, up to the year."""
    plant, faults = ran(TARIFF)
    levy = 24 * 3.98
    (day,) = plant.totals("_site", "1d")
    assert (round(day.energy_cost or 0, 6), day.currency) == (
        round(SUMMER_DAY_YEN + levy, 6),
        "JPY",
    )
    for period in ("1mo", "1bm", "1fy", "1y"):
        assert plant.totals("main", period)[0].energy_cost == day.energy_cost
    assert plant.totals("main", "30m")[0].energy_cost is None
    (note,) = faults
    assert "Fuel adjustment is not known for 2025-07: cost is booked without it" in note


def test_without_a_tariff_there_is_no_cost() -> None:
    """No contract for the day is no cost, never zero; a tariff nobody knows is told once."""
    for tariffs in ((), (TariffSettings(tariff=KYUSHU, from_date=date(2025, 7, 3)),)):
        plant, faults = ran(*tariffs)
        assert plant.totals("_site", "1d")[0].energy_cost is None
        assert faults == ()
    plant, faults = ran(TariffSettings(tariff="kyushu", from_date=date(2020, 4, 1)))
    assert plant.totals("_site", "1d")[0].energy_cost is None
    assert [fault for fault in faults if "there is no tariff kyushu" in fault] == list(faults)


def test_a_tariff_may_come_later() -> None:
    """Cost is booked for the past from the stored slots, without the raw readings."""
    plant, _ = ran()
    plant.memory.readings.clear()
    span = Window(WEDNESDAY_MS, WEDNESDAY_MS + DAY)
    rebook(plant.store, Evidence(plant.cards), site(TARIFF), LIBRARY, span, cost=True)
    expected, _ = ran(TARIFF)
    for period in ("1d", "1mo", "1fy"):
        assert plant.totals("_site", period) == expected.totals("_site", period)


def test_what_is_not_known_yet_is_a_note_and_no_fault() -> None:
    """A fuel adjustment nobody published yet needs nobody at once: one line for all its months."""
    plant = Plant(site(TARIFF))
    plant.land("main", steady(WEDNESDAY_MS - 40 * DAY, WEDNESDAY_MS, 1))
    report = plant.run()
    assert report.faults == ()
    assert len(report.notes) == 1
    assert "3 months, 2025-05 to 2025-07" in report.notes[0]
