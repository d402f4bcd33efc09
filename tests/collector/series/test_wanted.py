"""What is asked for in words: meters, periods and kinds, each wrong one told in one line."""

from __future__ import annotations

from datetime import date

import pytest

from collector.errors import CollectorError
from collector.series.wanted import meters_of, what_named
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore
from tests.collector.series.plant import asked, site

APRIL = date(2026, 4, 1)


def test_without_meters_all_that_have_such_a_series() -> None:
    """Energy of electricity and the two sums, amounts of other media, readings of real meters."""
    of = site()
    assert meters_of(of, "totals") == ("main", "press", "rest", "_site", "_unmeasured")
    assert meters_of(of, "amounts") == ("gas",)
    assert meters_of(of, "readings") == ("main", "press", "gas")
    assert meters_of(of, "completeness") == ("main", "press", "gas")


def test_each_meter_is_told_once_in_the_order_asked_for() -> None:
    """However often it is named."""
    wanted = asked(MemoryStore(), site(), "days", APRIL, 1, "press", "main", "press")
    assert wanted.meters == ("press", "main")


def test_slots_are_the_site_s_own() -> None:
    """A site of quarter hours has those; half hours are there as totals."""
    quarter = site(slot_minutes=15)
    blocks = asked(MemoryStore(), quarter, "slots", APRIL, 1, "main").blocks()
    assert [len(rows) for _, rows in blocks] == [96]
    halves = asked(MemoryStore(), quarter, "totals", APRIL, 1, "main", period="30m").blocks()
    assert [len(rows) for _, rows in halves] == [48]


def test_only_whole_periods_are_told() -> None:
    """A month that begins before the days asked for is not in the list."""
    wanted = asked(MemoryStore(), site(), "totals", date(2026, 4, 15), 60, "main", period="1mo")
    ((_, rows),) = wanted.blocks()
    assert len(rows) == 1, "May; April and June are cut"


@pytest.mark.parametrize(
    ("what", "meters", "period", "days", "words"),
    [
        ("energy", (), "", 1, "energy is not a kind of series"),
        ("totals", ("none",), "", 31, "has no totals of a meter none"),
        ("totals", ("gas",), "", 31, "has no totals of a meter gas"),
        ("amounts", ("main",), "", 1, "has no amounts of a meter main"),
        ("readings", ("_site",), "", 1, "has no readings of a meter _site"),
        ("totals", (), "1w", 31, "1w is not a period"),
        ("totals", (), "15m", 31, "15m is not a period"),
        ("totals", (), "1sd", 31, "1sd is not a period"),
        ("slots", (), "1d", 1, "slots are of 30m, not 1d"),
        ("days", (), "30m", 1, "days are of 1d, not 30m"),
        ("completeness", (), "1mo", 1, "completeness are of 1d, not 1mo"),
        ("totals", (), "1mo", 20, "no whole 1mo lies"),
        ("slots", (), "", 0, "has no day"),
        ("readings", (), "", 1, "no reading of sendai is stored"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_one_line_with_a_hint(
    what: str, meters: tuple[str, ...], period: str, days: int, words: str
) -> None:
    """It says what there is instead."""
    with pytest.raises(CollectorError) as caught:
        asked(MemoryStore(), site(), what, APRIL, days, *meters, period=period)
    assert words in caught.value.message
    assert caught.value.hint


def test_a_quantity_that_is_not_known_is_refused() -> None:
    """Nothing silently empty."""
    store = MemoryStore()
    store.write_readings([Reading("sendai", "main", 0, {"active_power_w": 1.0})])
    with pytest.raises(CollectorError, match="kw is not a quantity"):
        asked(store, site(), "readings", APRIL, 1, "main", quantities=["kw"])


def test_a_kind_is_its_name() -> None:
    """As typed."""
    assert what_named("days") == "days"
