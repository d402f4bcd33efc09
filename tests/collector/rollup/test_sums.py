"""Totals made of totals: there and back, and longer periods from their pieces."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.carbon import Emission
from collector.rollup.costs import Cost
from collector.rollup.energy import PeriodEnergy
from collector.rollup.periods import SLOT_MS, Window
from collector.rollup.sums import (
    METHOD_FIELDS,
    SIDE_QUANTITIES,
    Booked,
    Emissions,
    add_emissions,
    booked_of,
    carried,
    cost_of,
    emissions_of,
    sum_of,
    to_total,
    with_cost,
    with_emissions,
)
from collector.rollup.totals import Total

PIECES = [Window(start, start + SLOT_MS) for start in range(0, 4 * SLOT_MS, SLOT_MS)]
WHOLE = Window(0, 4 * SLOT_MS)
HALF = Emission(Decimal("0.5"), ("f",), False)


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


@given(
    digits=st.integers(0, 10**15 - 1),
    places=st.integers(0, 10),
    methods=st.sets(st.sampled_from(sorted(METHOD_FIELDS))),
)
def test_a_stored_total_gives_back_its_emissions(
    digits: int, places: int, methods: set[str]
) -> None:
    """CO2 of up to fifteen digits survives being stored as a float, with the factors' names."""
    own = Emission(Decimal(digits).scaleb(-places), ("a", "b"), True)
    by_method = {method: replace(own, provisional=False) for method in sorted(methods)}
    emissions = Emissions(own, by_method)
    assert emissions_of(with_emissions(part(0, 1), emissions)) == emissions


def test_a_total_without_co2_has_no_emission() -> None:
    """No factor asked for stays no emission, and never becomes zero; an old figure goes."""
    total = with_emissions(
        with_emissions(part(0, 5), Emissions(HALF, {"market": HALF})), Emissions()
    )
    assert total == part(0, 5)
    assert (total.co2_kg, total.co2_market_kg) == (None, None)
    assert emissions_of(total) == Emissions()


def test_methods_are_added_each_for_itself() -> None:
    """A method that one part lacks has no sum: a part must not look like a whole."""
    parts = [Emissions(HALF, {"market": HALF, "location": HALF}), Emissions(HALF, {"market": HALF})]
    total = add_emissions(parts)
    assert total.own == Emission(Decimal("1.0"), ("f",), False)
    assert total.by_method == {"market": Emission(Decimal("1.0"), ("f",), False)}
    assert add_emissions([Emissions(HALF), Emissions()]).own is None


def test_a_cost_is_stored_exactly_and_taken_away_again() -> None:
    """An amount of fifteen digits comes back; a total without one has none."""
    cost = Cost(Decimal("123456.789012345"), "JPY")
    priced = with_cost(part(0, 1), cost)
    assert (cost_of(priced), priced.currency) == (cost, "JPY")
    assert cost_of(with_cost(priced, None)) is None
    assert with_cost(priced, None) == part(0, 1)


def test_a_period_is_the_sum_of_its_known_pieces() -> None:
    """Pieces add up; totals at other starts are passed by; no piece known is no total."""
    parts = {0: part(0, 2_000_000), SLOT_MS: part(SLOT_MS, 1_000_000, export_kwh=250_000)}
    stray = {SLOT_MS // 2: part(SLOT_MS // 2, 7)}
    total = sum_of(parts | stray, PIECES, "1d", WHOLE)
    assert total is not None
    assert (total.kwh, total.coverage, total.missing, total.peak_kw) == (3.0, 0.5, 0.5, 2.0)
    assert (total.export_kwh, total.reactive_kvarh) == (0.25, None)
    assert sum_of(stray, PIECES, "1d", WHOLE) is None


def test_co2_and_cost_are_carried_up() -> None:
    """A month has the CO2 and cost of its days; with a day that has none it has none either."""
    priced = {
        start: with_cost(
            with_emissions(part(start, 1_000_000), Emissions(HALF, {"market": HALF})),
            Cost(Decimal("21.35"), "JPY"),
        )
        for start in (0, SLOT_MS)
    }
    month = sum_of(priced, PIECES, "1mo", WHOLE)
    assert month is not None
    whole = carried(month, priced, PIECES)
    assert (whole.co2_kg, whole.co2_market_kg, whole.energy_cost) == (1.0, 1.0, 42.7)
    assert (whole.factor_id, whole.method_factors, whole.currency) == ("f", "market=f", "JPY")
    bare = carried(month, priced | {SLOT_MS: part(SLOT_MS, 1_000_000)}, PIECES)
    assert (bare.co2_kg, bare.co2_market_kg, bare.energy_cost, bare.currency) == (None,) * 3 + ("",)
