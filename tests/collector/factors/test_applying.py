"""Which methods apply to a kWh, side by side: by country, gas, part and knowledge."""

from __future__ import annotations

from datetime import date

import pytest

from collector.errors import FactorError
from collector.factors.lookup import FactorLibrary
from tests.collector.factors.sample import library

LIBRARY = FactorLibrary.shipped()
Told = list[tuple[str, str, str]]


def told(region: str, supplier: str, menu: str, on: date, known_on: date | None = None) -> Told:
    """Method, factor and status of each match."""
    found = LIBRARY.matches(region, supplier, menu, on, known_on)
    return [(match.method, match.factor.id, match.status) for match in found]


def test_japan_with_a_supplier() -> None:
    """Basic and adjusted of the menu, and the national average as location; no substitute."""
    assert told("JP", "A0269", "M", date(2025, 10, 1)) == [
        ("jp_shk_basic", "jp-shk-r6-A0269-M-basic", "official"),
        ("jp_shk_adjusted", "jp-shk-r6-A0269-M-adjusted", "official"),
        ("location", "jp-shk-r6-national-average", "official"),
    ]


@pytest.mark.parametrize("supplier", ["", "A9999"])
def test_japan_with_an_unknown_supplier(supplier: str) -> None:
    """The average is location; the substitute value is there, and marked as standing in."""
    assert told("JP", supplier, "", date(2025, 10, 1)) == [
        ("location", "jp-shk-r6-national-average", "official"),
        ("jp_shk_substitute", "jp-shk-r6-substitute", "fallback"),
    ]


def test_great_britain() -> None:
    """Location by gas, market by location, losses, and upstream in its two parts."""
    assert told("GB", "", "", date(2026, 5, 1)) == [
        ("location", "desnz-2026-GB", "official"),
        ("location", "desnz-2026-GB-CO2", "official"),
        ("market_residual", "desnz-2026-GB", "fallback"),
        ("scope3_td", "desnz-2026-GB-td", "official"),
        ("scope3_wtt", "desnz-2026-GB-wtt-generation", "official"),
        ("scope3_wtt", "desnz-2026-GB-wtt-td", "official"),
    ]


def test_a_gas_not_published_for_the_day_is_left_out() -> None:
    """In 2025 only CO2e is published: CO2 of another year does not stand beside it."""
    assert told("GB", "", "", date(2025, 5, 1))[:2] == [
        ("location", "desnz-2025-GB", "official"),
        ("market_residual", "desnz-2025-GB", "fallback"),
    ]


def test_united_states_by_gas() -> None:
    """CO2 and CO2e of eGRID are never merged; the residual mix is Green-e's."""
    assert told("US-CAMX", "", "", date(2023, 5, 1)) == [
        ("location", "egrid-2023-CAMX", "official"),
        ("location", "egrid-2023-CAMX-CO2", "official"),
        ("location", "egrid-2023-published-CAMX", "official"),
        ("market_residual", "green-e-2025-CAMX", "official"),
    ]


def test_europe() -> None:
    """Location and residual mix, each with its own status for the day."""
    assert told("DE", "", "", date(2024, 5, 1)) == [
        ("location", "eea-2023-DE", "provisional"),
        ("market_residual", "aib-2024-DE", "official"),
    ]


def test_a_country_without_an_official_factor() -> None:
    """A life-cycle average stands in, marked, for both methods."""
    assert told("ID", "", "", date(2023, 5, 1)) == [
        ("location", "ember-2023-ID", "fallback"),
        ("market_residual", "ember-2023-ID", "fallback"),
    ]


def test_margins_of_projects_are_not_offered() -> None:
    """India's margins are for crediting projects: no kWh of a plant is counted by them."""
    methods = {method for method, _, _ in told("IN", "", "", date(2024, 5, 1))}
    assert methods == {"location", "market_residual"}


def test_a_grid_of_its_own_in_japan() -> None:
    """Okinawa's islands have their own factor; the national average is a wider region's there."""
    assert told("JP-47", "okinawa-network", "", date(2025, 5, 1)) == [
        ("jp_shk_basic", "jp-shk-r6-okinawa-network-whole-basic", "official"),
        ("jp_shk_adjusted", "jp-shk-r6-okinawa-network-whole-adjusted", "official"),
        ("location", "jp-shk-r6-national-average", "fallback"),
    ]


def test_as_known_on_a_day() -> None:
    """Case 3: Shikoku's menu C before and from the correction on."""
    on = date(2022, 10, 1)
    before = told("JP", "A0274", "C", on, date(2023, 5, 31))
    after = told("JP", "A0274", "C", on, date(2023, 6, 1))
    assert before[1] == ("jp_shk_adjusted", "jp-shk-r3-A0274-C-adjusted", "official")
    assert after[1] == ("jp_shk_adjusted", "jp-shk-r3-A0274-C-adjusted-corrected", "official")


def test_a_residual_mix_of_ones_own_in_japan() -> None:
    """Where a plant holds a residual mix for Japan, market-based is shown too."""
    held = library(
        'id = "x-1", region = "JP", kind = "residual", method = "market_residual", value = "0.5"'
    )
    found = held.matches("JP", "", "", date(2025, 5, 1))
    assert [(match.method, match.status) for match in found] == [("market_residual", "official")]


def test_nothing_held_is_an_error() -> None:
    """A region nobody knows has no methods, and the error names near ones."""
    with pytest.raises(FactorError, match="no emission factor for ZZ location") as error:
        LIBRARY.matches("ZZ", "", "", date(2025, 5, 1))
    assert "no factor of region ZZ is held" in error.value.hint
