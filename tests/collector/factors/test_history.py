"""Values over the years: superseded rows and the break of 2024 are marked."""

from __future__ import annotations

import pytest

from collector.errors import FactorError
from collector.factors.history import history
from collector.factors.lookup import FactorLibrary

LIBRARY = FactorLibrary.shipped()


def test_corrections_are_marked() -> None:
    """A corrected value stands before its correction and names it."""
    rows = history(LIBRARY, "JP", "四国電力(株)", "C")
    named = {row.factor.id: row.superseded_by for row in rows}
    newer = named["jp-shk-r3-A0274-C-adjusted"]
    assert newer is not None
    assert newer.id == "jp-shk-r3-A0274-C-adjusted-corrected"
    assert named[newer.id] is None


def test_the_break_is_marked_once_a_series() -> None:
    """The first basic row that counts certificates is marked in each series, no other row is."""
    rows = history(LIBRARY, "JP", "A0274")
    assert [row.factor.id for row in rows if row.break_before] == [
        "jp-shk-r6-A0274-whole-basic",
        "jp-shk-r5-A0274-A-basic",
        "jp-shk-r5-A0274-B-basic",
        "jp-shk-r5-A0274-C-basic",
    ]


def test_a_region_shows_its_own_rows() -> None:
    """Without a supplier only rows of the region itself, in order of method and time."""
    rows = history(LIBRARY, "JP")
    assert {row.factor.supplier for row in rows} == {""}
    average = [row.factor for row in rows if row.factor.method == "jp_shk_national_average"]
    assert [str(row.valid_from) for row in average] == ["2019-04-01", "2025-04-01"]
    assert not any(row.break_before for row in rows)


@pytest.mark.parametrize(
    ("region", "supplier", "menu", "hint"),
    [
        ("ZZ", "", "", "no factor of region ZZ is held"),
        ("JP", "A02", "", "suppliers near A02: A0267"),
        ("JP", "A0269", "Z", "A0269 has the menus A, B"),
        ("JP-47", "", "", "name one of its suppliers"),
    ],
)
def test_nothing_there_is_an_error(region: str, supplier: str, menu: str, hint: str) -> None:
    """Nothing found says what is there instead."""
    with pytest.raises(FactorError) as error:
        history(LIBRARY, region, supplier, menu)
    assert hint in error.value.hint
