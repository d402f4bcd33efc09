"""Totals made of totals: there and back, the site and what is unmeasured."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.carbon import Emission
from collector.rollup.energy import PeriodEnergy
from collector.rollup.periods import SLOT_MS, Window
from collector.rollup.sums import (
    Family,
    emission_of,
    energy_of,
    site_slot,
    sum_of,
    to_total,
    unmeasured_slot,
)
from collector.rollup.totals import Total

SLOT = Window(0, SLOT_MS)
FAMILY = Family({"main": None, "press": "main", "oven": "main", "fan": "oven", "solar": None})


def slot(milli_wh: int, measured_ms: int = SLOT_MS, estimated_milli_wh: int = 0) -> PeriodEnergy:
    """The energy of the first slot."""
    return PeriodEnergy(0, SLOT_MS, milli_wh, estimated_milli_wh, measured_ms, milli_wh * 2 / 1e6)


@given(
    milli_wh=st.integers(-(10**15), 10**15),
    estimated=st.integers(0, 10**15),
    measured=st.integers(0, SLOT_MS),
)
def test_a_stored_total_gives_back_its_energy(milli_wh: int, estimated: int, measured: int) -> None:
    """Energy, estimated energy and measured time survive being stored as floats."""
    energy = PeriodEnergy(0, SLOT_MS, milli_wh, estimated, measured, 1.5)
    assert energy_of(to_total("s", "m", "30m", energy, None), SLOT_MS) == energy


@given(digits=st.integers(0, 10**15 - 1), places=st.integers(0, 10))
def test_a_stored_total_gives_back_its_emission(digits: int, places: int) -> None:
    """CO2 of up to fifteen digits survives being stored as a float, with its factors."""
    emission = Emission(Decimal(digits).scaleb(-places), ("a", "b"), True)
    assert emission_of(to_total("s", "m", "1d", slot(1), emission)) == emission


def test_a_total_without_co2_has_no_emission() -> None:
    """No factor asked for stays no emission, and never becomes zero."""
    total = to_total("s", "m", "30m", slot(5), None)
    assert (total.co2_kg, total.factor_id, total.provisional) == (None, "", 0.0)
    assert emission_of(total) is None


def test_the_site_is_its_top_meters() -> None:
    """The site sums the meters without a parent; one not known lowers the coverage."""
    known = {"main": {0: slot(100)}, "solar": {0: slot(20)}, "press": {0: slot(60)}}
    others: dict[str, dict[int, PeriodEnergy]] = {"oven": {}, "fan": {}}
    site = site_slot(known | others, FAMILY, SLOT)
    assert site is not None
    assert (site.milli_wh, site.coverage) == (120, 1.0)
    half = site_slot(known | others | {"solar": {}}, FAMILY, SLOT)
    assert half is not None
    assert (half.milli_wh, half.coverage) == (100, 0.5)
    assert site_slot({meter: {} for meter in FAMILY.parents}, FAMILY, SLOT) is None


def test_unmeasured_is_parents_less_children() -> None:
    """Over all parents: (main - press - oven) + (oven - fan), covered as the least of them."""
    slots = {
        "main": {0: slot(100_000_000)},
        "press": {0: slot(50_000_000, measured_ms=SLOT_MS // 2, estimated_milli_wh=10_000_000)},
        "oven": {0: slot(30_000_000)},
        "fan": {0: slot(5_000_000)},
        "solar": {0: slot(1)},
    }
    rest = unmeasured_slot(slots, FAMILY, SLOT)
    assert rest is not None
    assert rest.milli_wh == 20_000_000 + 25_000_000
    assert (rest.coverage, rest.estimated_milli_wh, rest.peak_kw) == (0.5, 10_000_000, 90.0)


def test_unmeasured_needs_every_meter() -> None:
    """When a child is not known there is no remainder, and none without children."""
    slots = {"main": {0: slot(9)}, "press": {0: slot(5)}, "oven": {0: slot(1)}, "fan": {}}
    assert unmeasured_slot(slots, FAMILY, SLOT) is None
    assert unmeasured_slot({"a": {0: slot(9)}}, Family({"a": None}), SLOT) is None


def test_children_may_count_more_than_their_parent() -> None:
    """A remainder below zero is shown as it is, with nothing estimated in it."""
    family = Family({"a": None, "b": "a"})
    rest = unmeasured_slot({"a": {0: slot(10)}, "b": {0: slot(13, 0, 13)}}, family, SLOT)
    assert rest is not None
    assert (rest.milli_wh, rest.estimated_milli_wh) == (-3, 0)


def test_a_period_is_the_sum_of_its_known_pieces() -> None:
    """Pieces add up; totals at other starts are passed by; no piece known is no total."""
    pieces = [Window(start, start + SLOT_MS) for start in range(0, 4 * SLOT_MS, SLOT_MS)]
    whole = Window(0, 4 * SLOT_MS)
    emission = Emission(Decimal("0.5"), ("f",), False)

    def part(start_ms: int, milli_wh: int) -> Total:
        energy = PeriodEnergy(start_ms, start_ms + SLOT_MS, milli_wh, 0, SLOT_MS, milli_wh / 1e6)
        return to_total("s", "m", "30m", energy, emission)

    parts = {0: part(0, 2_000_000), SLOT_MS: part(SLOT_MS, 1_000_000)}
    stray = {SLOT_MS // 2: part(SLOT_MS // 2, 7)}
    total = sum_of(parts | stray, pieces, "1d", whole)
    assert total == Total("s", "m", "1d", 0, 3.0, 0.0, 0.5, 2.0, 1.0, 0.0, "f")
    assert sum_of(stray, pieces, "1d", whole) is None
