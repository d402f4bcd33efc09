"""The retailers' layout: what is written is read back by the importer to the milli-Wh."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.imports.columns_found import FileColumns, read_file
from collector.imports.slots import SlotFile
from collector.rollup.totals import Total
from collector.series.csv_text import ENCODINGS
from collector.series.retail_file import retail_file
from tests.collector.memory_store import MemoryStore
from tests.collector.series.plant import SLOT_MS, asked, site, slot_starts, store_with, tally

APRIL = date(2026, 4, 1)
DAYS = [
    ("Asia/Tokyo", date(2026, 4, 1)),
    ("Europe/Berlin", date(2026, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 24)),
    ("Australia/Lord_Howe", date(2026, 4, 4)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    ("America/Santiago", date(2026, 9, 5)),
    ("America/Santiago", date(2026, 4, 3)),
    ("Asia/Kathmandu", date(2026, 4, 1)),
]
"""Zones and first days of three, with each kind of clock change among them."""


def _file(store: MemoryStore, zone: str, first: date, days: int, codec: str = "utf-8") -> bytes:
    wanted = asked(store, site(zone), "totals", first, days, "main", period="30m")
    return b"".join(retail_file(wanted, codec, tally()))


def _read(data: bytes, zone: str, only: str = "") -> SlotFile:
    told = FileColumns(only=only)
    return read_file(data, "file.csv", "half-hours", told, ZoneInfo(zone))


@settings(max_examples=40, deadline=None)
@given(
    place=st.sampled_from(DAYS),
    milli_wh=st.lists(st.none() | st.integers(0, 10**12), min_size=150, max_size=150),
    encoding=st.sampled_from(sorted(ENCODINGS.values())),
)
def test_the_importer_reads_the_same_half_hours_back(
    place: tuple[str, date], milli_wh: list[int | None], encoding: str
) -> None:
    """Every half hour and no other, to the milli-Wh, in every encoding and over clock changes."""
    zone, first = place
    starts = slot_starts(site(zone), first, 3)
    energies = milli_wh[: len(starts)]
    if not any(energies):
        energies[0] = 1
    read = _read(_file(store_with(starts, energies), zone, first, 3, encoding), zone)
    written = [(at, wh) for at, wh in zip(starts, energies, strict=True) if wh is not None]
    assert [(slot.start_ms, slot.milli_wh) for slot in read.slots] == written
    assert all(slot.end_ms - slot.start_ms == SLOT_MS for slot in read.slots)
    assert read.refusals == ()


def test_the_layout_is_the_portals() -> None:
    """A row a day, 48 columns from 0:00-0:30 on, kWh; a slot that is not known is empty."""
    starts = slot_starts(site(), APRIL, 1)
    energies: list[int | None] = [1_500_000] * 48
    energies[3] = None
    text = _file(store_with(starts, energies), "Asia/Tokyo", APRIL, 1).decode()
    head, row = text.splitlines()
    columns = head.split(",")
    assert columns[:4] == ["計測器", "年月日", "0:00-0:30", "0:30-1:00"]
    assert columns[-1] == "23:30-24:00"
    assert len(columns) == 50
    assert row.split(",")[:6] == ["main", "2026-04-01", "1.500000", "1.500000", "1.500000", ""]


def test_a_half_hour_known_in_part_is_empty_and_said() -> None:
    """The layout has no room for a quality: a part must not look like the whole."""
    starts = slot_starts(site(), APRIL, 1)
    store = store_with(starts, [1_000_000] * 48)
    store.write_totals([Total("sendai", "main", "30m", starts[5], 0.4, 0.0, 0.5, 2.0, missing=0.5)])
    count = tally()
    wanted = asked(store, site(), "totals", APRIL, 1, "main", period="30m")
    text = b"".join(retail_file(wanted, "utf-8", count)).decode()
    assert text.splitlines()[1].split(",")[7] == ""
    assert count.notes == ["1 half hours are known in part only and left empty"]
    assert count.qualities == {"measured": 47, "partial": 1}


def test_several_meters_are_told_apart() -> None:
    """One file, and the importer takes the one that is asked for."""
    starts = slot_starts(site(), APRIL, 2)
    store = store_with(starts, [2_000_000] * 96)
    store.write_totals([Total("sendai", "press", "30m", at, 0.5, 0.0, 1.0, 1.0) for at in starts])
    wanted = asked(store, site(), "totals", APRIL, 2, "main", "press", period="30m")
    data = b"".join(retail_file(wanted, "utf-8", tally()))
    read = _read(data, "Asia/Tokyo", "計測器=press")
    assert {slot.milli_wh for slot in read.slots} == {500_000}
    assert len(read.slots) == 96


@pytest.mark.parametrize("period", ["1d", "1mo"])
def test_only_half_hours_fit(period: str) -> None:
    """A day has no column."""
    wanted = asked(MemoryStore(), site(), "totals", APRIL, 30, "main", period=period)
    with pytest.raises(CollectorError, match="half hours"):
        b"".join(retail_file(wanted, "utf-8", tally()))
