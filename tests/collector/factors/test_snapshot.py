"""The name of a set of factors: the same for the same rows, another for any other."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from collector.factors.lookup import FactorLibrary
from collector.factors.snapshot import snapshot_of
from tests.collector.factors.sample import GOOD, OTHER_MENU, library

HELD = library(GOOD, f'{OTHER_MENU}, value = "0.5"')


def test_it_is_a_sha_256() -> None:
    """64 hexadecimal digits, and the same for rows read again."""
    assert re.fullmatch(r"[0-9a-f]{64}", HELD.snapshot_id)
    assert library(GOOD, f'{OTHER_MENU}, value = "0.5"').snapshot_id == HELD.snapshot_id


@pytest.mark.parametrize(
    "change",
    [
        {"kg_per_kwh": Decimal("0.40")},
        {"kg_per_kwh": Decimal("0.41")},
        {"valid_to": None},
        {"known_on": date(2025, 1, 2)},
        {"note": "other"},
        {"source": dataclasses.replace(HELD.factors[0].source, licence="other")},
    ],
)
def test_any_value_changes_it(change: dict[str, Any]) -> None:
    """Value, printed decimals, window, knowledge, note and source are all in it."""
    first, second = HELD.factors
    changed = (dataclasses.replace(first, **change), second)
    assert snapshot_of(changed) != HELD.snapshot_id


def test_order_is_in_it() -> None:
    """Rows in another order are another set."""
    assert FactorLibrary(HELD.factors[::-1]).snapshot_id != HELD.snapshot_id
