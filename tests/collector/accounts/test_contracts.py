"""Contracts as stretches of days."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.contracts import Contract, contract_on, contracts_of, stretches
from collector.accounts.span import Span
from collector.site_config import ContractSettings, SiteSettings

OLD = Contract(date(2024, 4, 1), "JP", "A0268", "D")
NEW = Contract(date(2025, 7, 10), "JP", "A0269", "M", "no. 7")
YEAR = Span(date(2025, 4, 1), date(2026, 4, 1))


def test_a_contract_lasts_until_the_next_begins() -> None:
    """A change in July cuts the year in two, on the day itself."""
    old, new = stretches([OLD, NEW], YEAR)
    assert (old.span, old.contract) == (Span(date(2025, 4, 1), date(2025, 7, 10)), OLD)
    assert (new.span, new.contract) == (Span(date(2025, 7, 10), date(2026, 4, 1)), NEW)


def test_days_before_the_first_contract_have_none() -> None:
    """They are a stretch of their own, so that they can be named."""
    before, _ = stretches([NEW], YEAR)
    assert before.contract is None
    assert contract_on([NEW], date(2025, 7, 9)) is None


def test_contracts_come_from_the_settings_in_order_of_time() -> None:
    """Supplier, menu and evidence are carried along."""
    site = SiteSettings(
        id="s",
        time_zone="Asia/Tokyo",
        contracts=(
            ContractSettings(
                region="JP",
                supplier="A0269",
                menu="M",
                from_date=date(2025, 7, 10),
                evidence="no. 7",
            ),
            ContractSettings(region="JP", supplier="A0268", menu="D", from_date=date(2024, 4, 1)),
        ),
    )
    assert contracts_of(site) == (OLD, NEW)
    assert str(NEW) == "JP A0269 menu M"


def test_japan_and_its_regions_are_japanese() -> None:
    """Okinawa is; Jersey (JE) and a region that only begins alike are not."""
    assert Contract(date.min, "JP-47").japanese
    assert not Contract(date.min, "JPX").japanese


@given(st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), unique=True, max_size=6))
def test_stretches_cover_a_span_without_hole(firsts: list[date]) -> None:
    """Whatever the contracts, every day is in exactly one stretch, under the contract of it."""
    contracts = [Contract(first, "JP", f"S{first}") for first in firsts]
    found = stretches(contracts, YEAR)
    days = [day for stretch in found for day in stretch.span.days()]
    assert days == list(YEAR.days())
    for stretch in found:
        for day in (stretch.span.first, stretch.span.last):
            assert contract_on(contracts, day) == stretch.contract
