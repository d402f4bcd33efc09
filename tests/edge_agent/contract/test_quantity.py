"""The table of quantities keeps its own rules."""

from __future__ import annotations

import pytest

from edge_agent.contract.quantity import QUANTITIES, Quantity

ENDINGS = {"V": "_v", "A": "_a", "W": "_w", "var": "_var", "VA": "_va", "Hz": "_hz", "Wh": "_wh",
           "varh": "_varh", "m3": "_m3", "kg": "_kg", "count": "_count",
           "ms": "_ms"}  # fmt: skip
COUNTED = ("energy", "volume", "mass", "count")


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=str)
def test_a_name_ends_in_its_unit(quantity: Quantity) -> None:
    """The unit is in the name; only ratios have none."""
    ending = ENDINGS.get(quantity.unit)
    if ending is None:
        assert quantity.name.startswith("power_factor")
    else:
        assert quantity.name.endswith(ending)


@pytest.mark.parametrize("quantity", QUANTITIES.values(), ids=str)
def test_energies_are_counters(quantity: Quantity) -> None:
    """What is counted over time is a counter, everything else a gauge."""
    assert (quantity.kind == "counter") == any(word in quantity.name for word in COUNTED)
    assert quantity.label_en != quantity.label_ja
