"""The store's slots as billed slots."""

from __future__ import annotations

from dataclasses import replace

from collector.billing.from_totals import slots_of_totals
from collector.rollup.totals import Total

SLOT = Total("plant", "_site", "30m", 1_000, 12.345678, 0.0, 1.0, 24.7)


def test_a_total_gives_back_its_whole_milli_watt_hours() -> None:
    """12.345678 kWh are 12,345,678 milli-Wh; reactive import lags, export leads."""
    (slot,) = slots_of_totals([replace(SLOT, reactive_kvarh=5.0, reactive_export_kvarh=0.25)], 30)
    assert (slot.start_ms, slot.end_ms, slot.milli_wh) == (1_000, 1_801_000, 12_345_678)
    assert (slot.lagging_milli_varh, slot.leading_milli_varh) == (5_000_000, 250_000)
    assert slot.quality == "measured"


def test_estimated_and_missing_are_carried() -> None:
    """A bridged slot is estimated, a partly unknown one says so, an unknown one is left out."""
    bridged, partly = slots_of_totals(
        [replace(SLOT, estimated_kwh=1.5), replace(SLOT, missing=1.0), replace(SLOT, missing=0.5)],
        30,
    )
    assert (bridged.quality, bridged.estimated_milli_wh) == ("estimated", 1_500_000)
    assert partly.missing_ms == 900_000
    assert bridged.lagging_milli_varh is None
