"""Sites with slots of 15 minutes: the same findings as from half hours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from collector.analysis.frame import frame_from_kwh, slot_index
from collector.analysis.site_load import SiteLoad
from collector.findings.prices import flat_prices
from tests.collector.findings.plants import (
    END,
    FIRST,
    ZONE,
    found_in,
    plant_of,
    year_of,
)


def _quartered(load: SiteLoad) -> SiteLoad:
    index = slot_index(ZONE, FIRST, END, 15)

    def split(slots: pd.DataFrame) -> pd.DataFrame:
        return frame_from_kwh(pd.Series(np.repeat(slots["kwh"].to_numpy() / 2, 2), index=index))

    circuits = tuple(replace(c, slots=split(c.slots)) for c in load.circuits)
    return replace(load, slots=split(load.slots), circuits=circuits)


def test_quarter_hours_give_the_findings_of_half_hours() -> None:
    """Half the energy in twice the slots is the same waste, worth the same."""
    year = year_of()
    kw = np.where(year.closed, 30.0, year.load(60.0, 12.0, at_lunch=60.0))
    halves = plant_of(year, {"press": kw}, kvar=None)
    quarters = _quartered(halves)
    prices = flat_prices(quarters.slots, 16.13, 10_000.0)
    rules = ("standby", "closed_day", "lunch", "peak")
    expected = found_in(halves, *rules).found
    found = found_in(quarters, *rules, prices=prices).found
    assert [finding.key for finding in found] == [finding.key for finding in expected]
    for one, other in zip(found, expected, strict=True):
        assert one.kwh.mid == pytest.approx(other.kwh.mid)
        assert one.yen.high == pytest.approx(other.yen.high)


def test_prices_of_another_length_are_refused() -> None:
    """Prices must be along the load's slots: others are a clear error."""
    year = year_of()
    load = plant_of(year, {"press": year.load(60.0, 10.0)})
    prices = replace(flat_prices(load.slots, 20.0), per_kwh=np.ones(5))
    with pytest.raises(ValueError, match="5 prices for 17520 half hours"):
        found_in(load, "standby", prices=prices)
