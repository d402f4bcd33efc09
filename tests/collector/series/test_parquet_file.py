"""Series as Parquet: the same rows as in the store, with zone and units in the metadata."""

from __future__ import annotations

import io
from datetime import date
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.series.parquet_file import parquet_file
from collector.series.wanted import Wanted
from collector.series.written import Hashed
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore
from tests.collector.series.plant import EVIL, asked, site, slot_starts, store_with, tally

APRIL = date(2026, 4, 1)


def _file(wanted: Wanted) -> io.BytesIO:
    held = io.BytesIO()
    parquet_file(wanted, Hashed(held), tally())
    held.seek(0)
    return held


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.integers(0, 10**12), min_size=50, max_size=50))
def test_what_is_read_back_is_what_is_stored(milli_wh: list[int | None]) -> None:
    """Exact figures, null for what is not known, instants in the site's zone."""
    berlin, first = site("Europe/Berlin"), date(2026, 10, 25)
    starts = slot_starts(berlin, first, 1)
    table = pq.read_table(
        _file(asked(store_with(starts, milli_wh), berlin, "slots", first, 1, "main"))
    )
    told = [None if wh is None else wh / 1e6 for wh in milli_wh]
    assert table.column("kwh").to_pylist() == told
    instants = table.column("start").to_pylist()
    assert [round(at.timestamp() * 1000) for at in instants] == starts
    assert table.schema.field("start").type.tz == "Europe/Berlin"
    assert instants[0].tzinfo == ZoneInfo("Europe/Berlin")
    assert table.schema.field("start_utc").type.tz == "UTC"


def test_units_and_the_zone_stand_in_the_metadata() -> None:
    """Each field has its unit and meaning; the file says of what it is."""
    schema = pq.read_schema(_file(asked(store_with([], []), site(), "days", APRIL, 1, "main")))
    assert schema.field("kwh").metadata[b"unit"] == b"kWh"
    assert schema.field("co2_kg").metadata[b"unit"] == b"kg"
    assert all(field.metadata[b"description"] for field in schema)
    told = schema.metadata
    assert told[b"mieruka.zone"] == b"Asia/Tokyo"
    assert told[b"mieruka.site"] == b"sendai"
    assert (told[b"mieruka.from"], told[b"mieruka.to"]) == (b"2026-04-01", b"2026-04-02")


def test_each_stretch_is_a_row_group_and_a_name_is_as_it_is() -> None:
    """Nothing is escaped where nothing runs a formula."""
    wanted = asked(store_with([], []), site(), "slots", APRIL, 61, "main", "press")
    file = pq.ParquetFile(_file(wanted))
    assert file.num_row_groups == 4
    assert file.metadata.num_rows == 2 * 61 * 48
    assert file.read().column("name")[0].as_py() == EVIL


def test_readings_have_a_column_a_quantity() -> None:
    """Null where a poll had none."""
    store = MemoryStore()
    at_ms = slot_starts(site(), APRIL, 1)[0]
    store.write_readings(
        [
            Reading("sendai", "main", at_ms, {"active_power_w": 1.0}),
            Reading("sendai", "main", at_ms + 1, {"frequency_hz": 50.0}),
        ]
    )
    table = pq.read_table(_file(asked(store, site(), "readings", APRIL, 1, "main")))
    assert table.column("active_power_w").to_pylist() == [1.0, None]
    assert table.column("frequency_hz").to_pylist() == [None, 50.0]
