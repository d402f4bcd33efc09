"""Totals made of totals: there and back, and longer periods from their pieces."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.co2_totals import DayRates, Rate, with_co2
from collector.rollup.costs import Cost
from collector.rollup.energy import PeriodEnergy
from collector.rollup.periods import SLOT_MS, Window
from collector.rollup.sums import (
    SIDE_QUANTITIES,
    Booked,
    booked_of,
    carried,
    cost_of,
    pieces_known,
    sum_of,
    to_total,
    with_cost,
)
from collector.rollup.totals import Total

PIECES = [Window(start, start + SLOT_MS) for start in range(0, 4 * SLOT_MS, SLOT_MS)]
WHOLE = Window(0, 4 * SLOT_MS)
HALF = Rate.of("f", Decimal("0.5"), False)


def part(start_ms: int, milli_wh: int, **sides: int) -> Total:
    """A measured slot of this energy."""
    energy = PeriodEnergy(start_ms, start_ms + SLOT_MS, milli_wh, 0, SLOT_MS, milli_wh / 1e6)
    return to_total("s", "m", "30m", Booked(energy, sides))


@given(
    milli_wh=st.integers(-(10**15), 10**15),
    estimated=st.integers(0, 10**15),
    measured=st.integers(0, SLOT_MS),
    bridged=st.integers(0, SLOT_MS),
    sides=st.dictionaries(st.sampled_from(sorted(SIDE_QUANTITIES)), st.integers(0, 10**15)),
)
def test_a_stored_total_gives_back_its_energy(
    milli_wh: int, estimated: int, measured: int, bridged: int, sides: dict[str, int]
) -> None:
    """Energies, and the times measured, estimated and missing, survive being stored as floats."""
    estimated_ms = min(bridged, SLOT_MS - measured)
    energy = PeriodEnergy(0, SLOT_MS, milli_wh, estimated, measured, 1.5, estimated_ms)
    booked = Booked(energy, sides)
    assert booked_of(to_total("s", "m", "30m", booked), SLOT_MS) == booked


def test_a_cost_is_stored_exactly_and_taken_away_again() -> None:
    """An amount of fifteen digits comes back; a total without one has none."""
    cost = Cost(Decimal("123456.789012345"), "JPY")
    priced = with_cost(part(0, 1), cost)
    assert (cost_of(priced), priced.currency) == (cost, "JPY")
    assert cost_of(with_cost(priced, None)) is None
    assert with_cost(priced, None) == part(0, 1)


def test_a_period_is_the_sum_of_its_known_pieces() -> None:
    """Pieces add up; totals at other starts are passed by; no piece known is none."""
    parts = {0: part(0, 2_000_000), SLOT_MS: part(SLOT_MS, 1_000_000, export_kwh=250_000)}
    stray = {SLOT_MS // 2: part(SLOT_MS // 2, 7)}
    total = sum_of(pieces_known(parts | stray, PIECES), "1d", WHOLE)
    assert (total.kwh, total.coverage, total.missing, total.peak_kw) == (3.0, 0.5, 0.5, 2.0)
    assert (total.export_kwh, total.reactive_kvarh) == (0.25, None)
    assert pieces_known(stray, PIECES) == []


def test_co2_and_cost_are_carried_up() -> None:
    """A month has the CO2 and cost of its days; with a day that has none it has none either."""
    priced = {
        start: with_cost(
            with_co2(part(start, 1_000_000), 1_000_000, DayRates.of(HALF, {"market": HALF})),
            Cost(Decimal("21.35"), "JPY"),
        )
        for start in (0, SLOT_MS)
    }
    month = sum_of(pieces_known(priced, PIECES), "1mo", WHOLE)
    whole = carried(month, list(priced.values()))
    assert (whole.co2_kg, whole.co2_market_kg, whole.energy_cost) == (1.0, 1.0, 42.7)
    assert (whole.factor_id, whole.method_factors, whole.currency) == ("f", "market=f", "JPY")
    bare = carried(month, [priced[0], part(SLOT_MS, 1_000_000)])
    assert (bare.co2_kg, bare.co2_market_kg, bare.energy_cost, bare.currency) == (None,) * 3 + ("",)
