"""Costs are added exactly, or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.rollup.costs import Cost, add_costs

YEN = Cost(Decimal("0.1"), "JPY")


def test_costs_add_up_exactly() -> None:
    """Ten times a tenth is one."""
    assert add_costs([YEN] * 10) == Cost(Decimal("1.0"), "JPY")


@pytest.mark.parametrize("parts", [[], [YEN, None], [YEN, Cost(Decimal(1), "EUR")]])
def test_a_part_never_looks_like_a_whole(parts: list[Cost | None]) -> None:
    """No parts, a part without a cost, or two currencies: no sum."""
    assert add_costs(parts) is None
