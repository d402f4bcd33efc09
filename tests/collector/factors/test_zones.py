"""The time zone of a region's windows, and the region a part lies in."""

from __future__ import annotations

import pytest

from collector.factors.zones import wider, zone_of


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("JP", "Asia/Tokyo"),
        ("JP-47", "Asia/Tokyo"),
        ("AU-WA-SWIS", "Australia/Perth"),
        ("US-CAMX", "America/Los_Angeles"),
        ("US-MROW", ""),
        ("US", ""),
        ("EU27", ""),
        ("", ""),
    ],
)
def test_zones(region: str, zone: str) -> None:
    """A part has its own zone, else its country's; several zones are none."""
    assert zone_of(region) == zone


def test_wider() -> None:
    """A part lies in the region before its last dash; a country in none."""
    assert [wider("AU-WA-SWIS"), wider("AU-WA"), wider("AU")] == ["AU-WA", "AU", ""]
