"""CO2 and cost booked anew, without the raw readings."""

from __future__ import annotations

from datetime import date

import pytest

from collector.rollup.periods import Window
from collector.rollup.totals import PERIODS
from collector.site_config import ContractSettings
from collector.summarise.evidence import Evidence
from collector.summarise.rebook import RebookReport, rebook
from tests.collector.summarise.plant import APRIL_MS, DAY, LIBRARY, SITE, Plant, steady

OTHER = ContractSettings(region="JP", supplier="A0268", menu="D", from_date=date(2025, 4, 2))
EVER = Window(0, 2**45)


def filled() -> Plant:
    """A plant of 12 kW over three days, whose raw readings are gone since."""
    plant = Plant()
    plant.land("main", steady(APRIL_MS, APRIL_MS + 3 * DAY, 12))
    plant.run()
    plant.memory.readings.clear()
    return plant


def booked_anew(plant: Plant, span: Window = EVER) -> RebookReport:
    """Book with a second contract that begins on the second day."""
    contracts = (*SITE.contracts, OTHER)
    site = SITE.model_copy(update={"contracts": contracts})
    return rebook(plant.store, Evidence(plant.cards), site, LIBRARY, span)


def test_another_contract_changes_the_days_it_covers_and_all_above() -> None:
    """Days from the contract's start have its factor; month and year are the sums again."""
    plant = filled()
    report = booked_anew(plant)
    first, second, third = plant.totals("_site", "1d")
    assert (first.co2_kg, second.co2_kg, third.co2_kg) == (130.176, 121.248, 121.248)
    for period in ("1mo", "1bm", "1fy", "1y"):
        (total,) = plant.totals("_site", period)
        assert total.co2_kg == 130.176 + 2 * 121.248
        assert total.factor_id == "jp-shk-r6-A0269-M-adjusted+jp-shk-r6-A0268-D-adjusted"
    assert report.co2_kg_before == pytest.approx(390.528)
    assert report.co2_kg_after == pytest.approx(372.672)


def test_energy_is_left_as_it_is() -> None:
    """Not a kWh, peak or coverage of any period moves."""
    plant = filled()
    held = [(t.kwh, t.peak_kw, t.coverage) for p in PERIODS for t in plant.totals("_site", p)]
    booked_anew(plant)
    assert held == [
        (t.kwh, t.peak_kw, t.coverage) for p in PERIODS for t in plant.totals("_site", p)
    ]


def test_only_what_changed_is_written() -> None:
    """A second booking finds nothing to do, and a stretch leaves the days outside alone."""
    plant = filled()
    only_third = Window(APRIL_MS + 2 * DAY, APRIL_MS + 3 * DAY)
    report = booked_anew(plant, only_third)
    assert [day.co2_kg for day in plant.totals("main", "1d")] == [130.176, 130.176, 121.248]
    assert report.totals_changed == 2 * 5
    again = booked_anew(plant, only_third)
    assert (again.totals_changed, again.co2_kg_before) == (0, again.co2_kg_after)


def test_without_a_contract_there_is_no_figure() -> None:
    """A contract taken away leaves days without CO2, and a report that says none, not zero."""
    plant = filled()
    site = SITE.model_copy(update={"contracts": ()})
    report = rebook(plant.store, Evidence(plant.cards), site, LIBRARY, EVER)
    assert report.co2_kg_before == pytest.approx(390.528)
    assert report.co2_kg_after is None
    assert {day.co2_kg for day in plant.totals("_site", "1d")} == {None}
