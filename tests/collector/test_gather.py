"""What a report is made of is read from the store, each factor with its standing of today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from collector.factors.lookup import FactorLibrary
from collector.gather.overview import site_overview_data
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import ContractSettings, SiteSettings
from collector.storage.sqlite import SqliteStore
from tests.collector.accounts.books import factor

DAY_MS = 86_400_000
SUBSTITUTE = factor(
    "substitute", "jp_shk_substitute", "0.416", kind="substitute", valid_to=date(2027, 4, 1)
)
LIBRARY = FactorLibrary(
    [
        factor("adjusted", "jp_shk_adjusted", "0.4"),
        factor("average", "jp_shk_national_average", "0.423"),
        SUBSTITUTE,
    ]
)
SINCE = ContractSettings(region="JP", supplier="S1", menu="M", from_date=date(2020, 4, 1))
NOBODY = ContractSettings(region="JP", from_date=date(2020, 4, 1))


def site(*contracts: ContractSettings, method: str = "jp_shk_adjusted") -> SiteSettings:
    """A plant in Tokyo under the contracts."""
    return SiteSettings(id="s", time_zone="Asia/Tokyo", contracts=contracts, co2_method=method)


def used(
    folder: Path, plant: SiteSettings, first: date, booked: Sequence[tuple[str, float]]
) -> dict[str, str]:
    """The standing of each factor of days booked with these factors, provisional or not."""
    start_ms = midnight_ms(plant.zone, first)
    days = [
        Total(
            *("s", SITE_METER, "1d", start_ms + number * DAY_MS, 100.0, 0.0, 1.0, 5.0, 40.0),
            provisional=provisional,
            factor_id=name,
        )
        for number, (name, provisional) in enumerate(booked)
    ]
    store = SqliteStore(folder / "store.sqlite")
    try:
        store.check()
        store.write_totals(days)
        end_ms = start_ms + len(days) * DAY_MS
        data = site_overview_data(store, plant, LIBRARY, start_ms, end_ms, end_ms)
    finally:
        store.close()
    return {one.id: one.status for one in data.factors}


def test_a_factor_of_its_own_days_is_official(tmp_path: Path) -> None:
    """Nothing stood in, and nothing would today."""
    assert used(tmp_path, site(SINCE), date(2025, 6, 1), [("adjusted", 0.0)] * 2) == {
        "adjusted": "official"
    }


def test_a_factor_has_the_worst_standing_it_had(tmp_path: Path) -> None:
    """Official on the last day of March, provisional from April on: the figure is provisional."""
    booked = [("adjusted", 0.0), ("adjusted", 1.0)]
    assert used(tmp_path, site(SINCE), date(2026, 3, 31), booked) == {"adjusted": "provisional"}


@pytest.mark.parametrize(
    ("method", "name"), [("jp_shk_adjusted", "substitute"), ("market_residual", "average")]
)
def test_another_kind_of_factor_is_a_fallback(tmp_path: Path, method: str, name: str) -> None:
    """Without a supplier in the contract none fits, which is not the same as not yet."""
    plant = site(NOBODY, method=method)
    assert used(tmp_path, plant, date(2025, 6, 1), [(name, 1.0)]) == {name: "fallback"}


@pytest.mark.parametrize(
    ("plant", "name", "provisional"),
    [
        (site(SINCE), "average", 1.0),  # another factor applies today
        (site(SINCE), "adjusted", 1.0),  # it stood in when it was booked, and does no more
        (site(), "adjusted", 0.0),  # no contract covers the day any more
    ],
)
def test_what_would_be_booked_otherwise_by_now_is_outdated(
    tmp_path: Path, plant: SiteSettings, name: str, provisional: float
) -> None:
    """A figure booked before factors or contracts changed claims no standing of today."""
    booked = [(name, provisional)]
    assert used(tmp_path, plant, date(2025, 6, 1), booked) == {name: "outdated"}
