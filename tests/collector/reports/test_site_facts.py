"""The site's key figures, worked out by hand from the sample plant.

Weekday: press 10 h x 40 kW + 14 h x 4 kW = 456 kWh, oven 240, unseen 144, together 840 kWh.
Saturday or Sunday: 96 + 240 + 144 = 480 kWh. Week: 5 x 840 + 2 x 480 = 5,160 kWh.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.reports.dates import Dates
from collector.reports.site_data import SiteOverviewData
from collector.reports.site_facts import SiteFacts, mean_kwh, site_facts, slot_quality
from tests.collector.reports.sample_site import DAY_MS, MONDAY_MS, SLOT_MS, TOKYO, nothing, plant

DATES = Dates(TOKYO, "en")


def _facts(data: SiteOverviewData) -> SiteFacts:
    return site_facts(data, DATES)


def test_a_week_of_the_sample_plant() -> None:
    """Energy, CO2, peak, base load and load factor equal those worked out by hand."""
    facts = _facts(plant())
    assert facts.kwh == Decimal(5160)
    assert facts.co2_kg == Decimal(2580)
    assert facts.peak is not None
    assert (facts.peak.peak_kw, facts.peak.start_ms) == (56.0, MONDAY_MS + 16 * SLOT_MS)
    assert facts.base_load_kw == 20.0
    assert facts.mean_kw == pytest.approx(5160 / 168)
    assert facts.load_factor == pytest.approx(5160 / 168 / 56)
    assert facts.base_share == pytest.approx(20 / (5160 / 168))
    assert mean_kwh(facts, DATES, weekend=False) == 840
    assert mean_kwh(facts, DATES, weekend=True) == 480


def test_nothing_known_is_none_not_zero() -> None:
    """Without totals no figure is given, and every slot of the week is expected."""
    facts = _facts(nothing())
    assert (facts.kwh, facts.co2_kg, facts.peak, facts.mean_kw) == (None, None, None, None)
    assert (facts.base_load_kw, facts.load_factor, facts.base_share) == (None, None, None)
    assert len(facts.expected_slots) == 336


def test_a_slot_that_still_runs_is_left_out() -> None:
    """A period that ends within a slot does not show the unfinished slot."""
    data = replace(plant(), to_ms=MONDAY_MS + 20 * SLOT_MS + 60_000)
    facts = _facts(data)
    assert facts.slots[-1].start_ms == MONDAY_MS + 19 * SLOT_MS
    assert len(facts.expected_slots) == 20


def test_an_unfinished_day_counts_for_no_mean() -> None:
    """A day that is not over is left out of the mean of weekdays."""
    facts = _facts(replace(plant(), to_ms=MONDAY_MS + DAY_MS + 10 * SLOT_MS))
    assert facts.whole_days == {date(2026, 11, 16)}
    assert mean_kwh(facts, DATES, weekend=False) == 840
    assert mean_kwh(facts, DATES, weekend=True) is None


def test_a_day_with_few_slots_does_not_lower_the_base_load() -> None:
    """One known slot of 2 kW in a day that is otherwise missing leaves the median alone."""
    data = plant()
    first = replace(data.site_slots[0], kwh=1.0)
    facts = _facts(replace(data, site_slots=(first, *data.site_slots[48:])))
    assert facts.base_load_kw == 20.0


def test_days_without_a_factor_are_counted_not_zeroed() -> None:
    """A day without CO2 leaves the sum of the others and is counted."""
    data = plant()
    days = (replace(data.site_days[0], co2_kg=None), *data.site_days[1:])
    facts = _facts(replace(data, site_days=days))
    assert (facts.co2_kg, facts.days_without_co2) == (Decimal(2580 - 420), 1)


def test_quality_of_a_slot() -> None:
    """Bridged energy or little coverage makes a slot estimated; no total makes it missing."""
    slot = plant(1).site_slots[0]
    assert slot_quality(slot) == "measured"
    assert slot_quality(None) == "missing"
    assert slot_quality(replace(slot, estimated_kwh=slot.kwh * 0.02)) == "estimated"
    assert slot_quality(replace(slot, estimated_kwh=slot.kwh * 0.005)) == "measured"
    assert slot_quality(replace(slot, coverage=0.4)) == "estimated"
