"""Series as CSV: what is read back is what is stored, holes are empty, no text is a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.imports.columns_found import FileColumns, read_file
from collector.rollup.totals import Total
from collector.series.csv_file import csv_file
from collector.series.csv_text import cell, cell_text, encoded, encoding_named, iso, iso_utc, lines
from collector.series.wanted import Wanted
from collector.storage.port import Row
from collector.storage.schema import AMOUNT_MEASUREMENTS, COMPLETENESS
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryStore
from tests.collector.series.plant import asked, site, slot_starts, store_with, tally

APRIL = date(2026, 4, 1)
APRIL_MS = 1_774_969_200_000
"""2026-04-01T00:00+09:00."""
DAY_MS = 86_400_000


def _text(wanted: Wanted, codec: str = "utf-8") -> str:
    return b"".join(csv_file(wanted, codec, tally())).decode(codec)


def _rows(wanted: Wanted) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text(wanted), newline="")))


def test_every_slot_is_a_row_and_one_that_is_not_stored_has_no_figure() -> None:
    """Never a zero: coverage 0, missing 1, quality missing."""
    starts = slot_starts(site(), APRIL, 1)
    energies: list[int | None] = [1_234_567] * 48
    energies[10] = None
    energies[11] = 0
    rows = _rows(asked(store_with(starts, energies), site(), "slots", APRIL, 1, "main"))
    assert len(rows) == 48
    assert rows[0]["kwh (kWh)"] == "1.234567"
    assert rows[0]["start"] == "2026-04-01T00:00:00+09:00"
    assert rows[0]["end"] == "2026-04-01T00:30:00+09:00"
    assert rows[0]["start_utc"] == "2026-03-31T15:00:00Z"
    assert (rows[10]["kwh (kWh)"], rows[10]["quality"]) == ("", "missing")
    assert (rows[10]["coverage (0-1)"], rows[10]["missing (0-1)"]) == ("0", "1")
    assert (rows[11]["kwh (kWh)"], rows[11]["quality"]) == ("0", "measured")


@pytest.mark.parametrize(
    ("coverage", "missing", "estimated", "quality"),
    [
        (1.0, 0.0, 0.0, "measured"), (0.5, 0.0, 2.0, "estimated"), (0.5, 0.5, 0.0, "partial"),
        (0.4, 0.3, 1.0, "partial"), (0.5, 0.0, 0.0, "estimated"),
    ],
)  # fmt: skip
def test_the_quality_says_how_well_a_period_is_known(
    coverage: float, missing: float, estimated: float, quality: str
) -> None:
    """What a reader may not overlook stands in one word beside the figure."""
    store = MemoryStore()
    start_ms = slot_starts(site(), APRIL, 1)[0]
    store.write_totals(
        [Total("sendai", "main", "30m", start_ms, 2.0, estimated, coverage, 4.0, missing=missing)]
    )
    row = _rows(asked(store, site(), "slots", APRIL, 1, "main"))[0]
    assert row["quality"] == quality
    assert row["kwh (kWh)"] == "2"


def test_a_day_of_which_nothing_is_known_any_more_has_no_figure() -> None:
    """It is kept in the store as nothing with no coverage."""
    store = MemoryStore()
    store.write_totals([Total("sendai", "main", "1d", APRIL_MS, 0.0, 0.0, 0.0, 0.0, missing=1.0)])
    (row,) = _rows(asked(store, site(), "days", APRIL, 1, "main"))
    assert (row["kwh (kWh)"], row["peak_kw (kW)"], row["quality"]) == ("", "", "missing")


def test_days_carry_their_factors_and_currency() -> None:
    """A figure that leaves the system can be traced."""
    store = MemoryStore()
    store.write_totals(
        [
            Total(
                *("sendai", "main", "1d", APRIL_MS, 100.0, 0.0, 1.0, 9.0),
                *(42.3, 1.0, "jp-1"),
                co2_location_kg=43.0,
                method_factors="location=jp-2",
                energy_cost=1700.5,
                currency="JPY",
            )
        ]
    )
    (row,) = _rows(asked(store, site(), "days", APRIL, 1, "main"))
    assert row["co2_kg (kg)"] == "42.3"
    assert row["factor_id"] == "jp-1"
    assert row["provisional (0/1)"] == "1"
    assert row["method_factors"] == "location=jp-2"
    assert (row["energy_cost (currency)"], row["currency"]) == ("1700.5", "JPY")
    assert row["co2_market_kg (kg)"] == ""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.none() | st.integers(0, 10**10), min_size=48, max_size=48).filter(any))
def test_the_importer_reads_the_long_file_too(milli_wh: list[int | None]) -> None:
    """Heads name column and unit as the importer looks for them: nothing has to be told."""
    starts = slot_starts(site(), APRIL, 1)
    store = store_with(starts, milli_wh)
    data = _text(asked(store, site(), "slots", APRIL, 1, "main")).encode()
    read = read_file(
        data, "x.csv", "half-hours", FileColumns(label="start"), ZoneInfo("Asia/Tokyo")
    )
    written = [(at, wh) for at, wh in zip(starts, milli_wh, strict=True) if wh is not None]
    assert [(slot.start_ms, slot.milli_wh) for slot in read.slots] == written


def test_clock_changes_are_told_by_the_offset() -> None:
    """The hour that comes twice has two offsets; the day has 50 rows."""
    berlin = site("Europe/Berlin")
    rows = _rows(asked(MemoryStore(), berlin, "slots", date(2026, 10, 25), 1, "main"))
    assert len(rows) == 50
    twice = [row["start"] for row in rows if "T02:00" in row["start"]]
    assert twice == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]


def test_readings_are_wide_with_nothing_where_a_poll_had_none() -> None:
    """A column for each quantity that is stored, in the contract's order."""
    store = MemoryStore()
    store.write_readings(
        [
            Reading("sendai", "main", APRIL_MS + 60_000, {"active_energy_import_wh": 12.5}),
            Reading("sendai", "main", APRIL_MS + 1_500, {"active_power_w": -3.0}),
            Reading("sendai", "main", APRIL_MS + DAY_MS, {"frequency_hz": 50.0}),
        ]
    )
    rows = _rows(asked(store, site(), "readings", APRIL, 1, "main"))
    assert [row["time"] for row in rows] == [
        "2026-04-01T00:00:01.500+09:00",
        "2026-04-01T00:01:00+09:00",
    ]
    assert rows[0]["active_power_w (W)"] == "-3", "a number is no formula"
    assert rows[0]["active_energy_import_wh (Wh)"] == ""
    assert rows[1]["active_energy_import_wh (Wh)"] == "12.5"
    assert "frequency_hz (Hz)" not in rows[0], "it is of the next day"


def test_amounts_carry_their_unit_and_completeness_its_counts() -> None:
    """Gas by the day, and how many readings came."""
    store = MemoryStore()
    amount: dict[str, float | str] = {
        "amount": 12.0, "estimated_amount": 0.0, "coverage": 1.0, "missing": 0.0,
        "peak_per_h": 2.0, "unit": "m3",
    }  # fmt: skip
    counts: dict[str, float | str] = {
        "expected": 10.0, "on_time": 9.0, "late": 0.0, "estimated": 0.0, "gap": 1.0,
        "longest_gap_s": 60.0, "share": 0.9,
    }  # fmt: skip
    store.write_rows([Row(AMOUNT_MEASUREMENTS["1d"], "sendai", "gas", APRIL_MS, amount)])
    store.write_rows([Row(COMPLETENESS, "sendai", "main", APRIL_MS, counts)])
    gas = _rows(asked(store, site(), "amounts", APRIL, 2))
    assert [(row["amount (unit)"], row["quality"], row["unit"]) for row in gas] == [
        ("12", "measured", "m3"),
        ("", "missing", ""),
    ]
    counted = _rows(asked(store, site(), "completeness", APRIL, 1))
    assert [(row["meter"], row["gap (readings)"]) for row in counted] == [
        ("main", "1"),
        ("press", ""),
        ("gas", ""),
    ]


def test_a_hostile_name_stays_one_harmless_cell() -> None:
    """A formula gets an apostrophe, a comma and a line break stay inside the cell."""
    rows = _rows(asked(MemoryStore(), site(), "slots", APRIL, 1, "main"))
    assert rows[0]["name"].startswith("'=HYPERLINK(")
    assert len(rows) == 48


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    """Whatever a name is made of, the cell is plain text and comes back as one cell."""
    told = cell_text(text)
    assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    (row,) = csv.reader(io.StringIO(lines([["a", told, "b"]]), newline=""))
    assert row == ["a", told, "b"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_figure_has_every_digit(value: float) -> None:
    """Read back it is the same."""
    assert float(cell(value)) == value


@given(st.integers(0, 4_102_444_800_000), st.sampled_from(["Asia/Tokyo", "Europe/Berlin"]))
def test_an_instant_is_told_exactly(at_ms: int, zone: str) -> None:
    """To the millisecond, in the zone and in UTC."""
    for text in (iso(at_ms, ZoneInfo(zone)), iso_utc(at_ms)):
        moment = datetime.fromisoformat(text)
        assert moment - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(milliseconds=at_ms)


def test_the_mark_of_utf_8_stands_once_at_the_beginning() -> None:
    """Where it is asked for, and nowhere else."""
    data = b"".join(encoded(["a,b\r\n", "あ\r\n"], encoding_named("utf-8-bom")))
    assert data == b"\xef\xbb\xbfa,b\r\n" + "あ\r\n".encode()
    assert b"".join(encoded(["あ"], encoding_named("shift-jis"))) == b"\x82\xa0"


def test_a_letter_that_shift_jis_lacks_is_named() -> None:
    """With the encoding that has it."""
    with pytest.raises(CollectorError, match="한 is no letter of Shift_JIS") as caught:
        b"".join(encoded(["a", "한국"], "cp932"))
    assert "utf-8-bom" in caught.value.hint
    with pytest.raises(CollectorError, match="latin-1 is not an encoding"):
        encoding_named("latin-1")


def test_the_memory_holds_a_stretch_and_not_the_years() -> None:
    """A month of slots of one meter at a time, a day of readings."""
    store = store_with([], [])
    wanted = asked(store, site(), "slots", date(2020, 1, 1), 5 * 365, "main", "press")
    sizes = [len(rows) for _, rows in wanted.blocks()]
    assert max(sizes) == 31 * 48
    assert sum(sizes) == 2 * 5 * 365 * 48
