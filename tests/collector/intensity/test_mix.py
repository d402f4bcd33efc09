"""The mix: sum of energy times weight over energy generated, and what is left out of it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from collector.intensity.fuels import FuelLibrary
from collector.intensity.mix import FUELS, Fuel, mix_kg_per_kwh

SETS = FuelLibrary.shipped().sets
ENERGIES = st.dictionaries(
    st.sampled_from(FUELS),
    st.decimals(min_value=0, max_value=50_000, places=1, allow_nan=False),
    min_size=1,
)


@given(generated=ENERGIES, weights=st.sampled_from(SETS))
def test_the_mix_lies_between_its_smallest_and_largest_weight(
    generated: dict[Fuel, Decimal], weights: object
) -> None:
    """Whatever is generated, the mix is never outside the weights of the fuels that took part."""
    kg_per_kwh = next(held for held in SETS if held is weights).kg_per_kwh
    found = mix_kg_per_kwh(generated, kg_per_kwh)
    used = [kg_per_kwh[fuel] for fuel, mwh in generated.items() if mwh > 0]
    if not used:
        assert found is None
    else:
        assert found is not None
        # The quotient has 28 digits: its last one may be off.
        assert min(used) - Decimal("1e-25") <= found <= max(used) + Decimal("1e-25")


@given(generated=ENERGIES, scale=st.integers(1, 1000))
def test_the_unit_of_energy_does_not_matter(generated: dict[Fuel, Decimal], scale: int) -> None:
    """MWh, 万kWh or MW: a mix is a ratio and stays the same."""
    weights = SETS[0].kg_per_kwh
    scaled = {fuel: mwh * scale for fuel, mwh in generated.items()}
    one, other = mix_kg_per_kwh(generated, weights), mix_kg_per_kwh(scaled, weights)
    assert one == other or (one and other and abs(one - other) < Decimal("1e-25"))


def test_a_worked_mix_to_the_last_digit() -> None:
    """12,500 kWh of coal and 7,500 of wind are 0.475 kg/kWh at 0.760 and 0."""
    mix: dict[Fuel, Decimal] = {"coal": Decimal("12.5"), "wind": Decimal("7.5")}
    assert mix_kg_per_kwh(mix, {"coal": Decimal("0.760"), "wind": Decimal(0)}) == Decimal("0.475")


def test_own_use_of_a_standing_plant_is_left_out() -> None:
    """A negative figure of a fuel changes neither energy nor CO2."""
    mix: dict[Fuel, Decimal] = {"coal": Decimal(10), "nuclear": Decimal(-3)}
    assert mix_kg_per_kwh(mix, {"coal": Decimal("0.760"), "nuclear": Decimal(0)}) == Decimal("0.76")


def test_nothing_generated_has_no_intensity() -> None:
    """No generation is absent, not zero."""
    assert mix_kg_per_kwh({"coal": Decimal(0)}, {"coal": Decimal("0.760")}) is None
