"""Interval files: one row a slot, or one row a day with a column for each slot."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.half_hours import Label, is_wide, read_long, read_wide
from collector.imports.sheet import read_sheet
from collector.imports.slots import Slot, SlotFile, unit_named
from collector.imports.table import Columns, Refusal

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
KWH, KW = unit_named("kWh"), unit_named("kW")
COLUMNS = Columns("time", ("kwh",))
MIDNIGHT_MS = round(datetime(2026, 4, 1, tzinfo=TOKYO).timestamp() * 1000)
HALF_HOUR_MS = 1_800_000


def long(
    *rows: str, label: Label | None = None, zone: ZoneInfo = TOKYO, unit: str = "kWh"
) -> SlotFile:
    """The slots of rows under the header time,kwh."""
    sheet = read_sheet("\n".join(["time,kwh", *rows]).encode(), "file.csv")
    return read_long(sheet, COLUMNS, zone, unit_named(unit), label)


def wide(header: str, *rows: str, zone: ZoneInfo = TOKYO, label: Label | None = None) -> SlotFile:
    """The slots of rows a day under a header."""
    sheet = read_sheet("\n".join([header, *rows]).encode(), "file.csv")
    return read_wide(sheet, "日付", zone, KWH, label)


def clock(slot: int, minutes: int = 30) -> str:
    """The time of day at the start of a slot, as headers write it."""
    return f"{slot * minutes // 60}:{slot * minutes % 60:02}"


def starts(found: SlotFile) -> list[int]:
    """How many half hours after midnight of 1 April each slot starts."""
    return [(slot.start_ms - MIDNIGHT_MS) // HALF_HOUR_MS for slot in found.slots]


# One row a slot.


def test_day_labelled_by_starts() -> None:
    """A day from 0:00 to 23:30 is labelled by starts; that is said."""
    found = long(*(f"2026-04-01 {clock(i)},{i}" for i in range(48)))
    assert starts(found) == list(range(48))
    assert found.slots[3] == Slot(
        MIDNIGHT_MS + 3 * HALF_HOUR_MS, MIDNIGHT_MS + 4 * HALF_HOUR_MS, 3_000_000, 5
    )
    assert "times are read as the start of their slots of 30 minutes" in found.notices


def test_day_labelled_by_ends() -> None:
    """A day from 0:30 to 24:00, or to the next 0:00, is labelled by ends."""
    for last in ("2026-04-01 24:00", "2026-04-02 0:00"):
        rows = [f"2026-04-01 {clock(i)},{i}" for i in range(1, 48)]
        found = long(*rows, f"{last},48")
        assert starts(found) == list(range(48))
        assert found.slots[-1].milli_wh == 48_000_000


def test_label_that_nothing_tells_is_asked_for() -> None:
    """A part of a day may be labelled either way: refused, and read as told."""
    rows = ("2026-04-01 10:00,1", "2026-04-01 10:30,2")
    with pytest.raises(StopError, match="--label start or --label end"):
        long(*rows)
    assert starts(long(*rows, label="start")) == [20, 21]
    assert starts(long(*rows, label="end")) == [19, 20]


def test_mean_power_becomes_energy() -> None:
    """A kW of half an hour is half a kWh, rounded once to a milli-Wh."""
    found = long("2026-04-01 0:00,3", "2026-04-01 0:30,0.0000005", label="start", unit="kW")
    assert [slot.milli_wh for slot in found.slots] == [1_500_000, 0]


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_length_of_slots_is_told_by_the_file(minutes: int) -> None:
    """A slot is as long as the rows are usually apart, and a missing row is a hole."""
    count = 24 * 60 // minutes
    rows = [f"2026-04-01 {clock(i, minutes)},1" for i in range(count) if i != 5]
    found = long(*rows, label="start")
    assert {slot.end_ms - slot.start_ms for slot in found.slots} == {minutes * 60_000}
    assert len(found.slots) == count - 1


def test_single_row_needs_the_length() -> None:
    """One row does not tell how long a slot is."""
    with pytest.raises(StopError, match="--slot-minutes 30"):
        long("2026-04-01 0:00,1")


def test_rows_that_are_refused() -> None:
    """Negative figures, text and overlapping slots are refused by line; no value is a hole."""
    found = long(
        *("2026-04-01 0:00,-1", "2026-04-01 0:30,x", "2026-04-01 1:00,", "2026-04-01 1:30,4"),
        *("2026-04-01 2:00,5", "2026-04-01 2:20,6", "2026-04-01 3:00,7", "2026-04-01 3:30,8"),
        label="start",
    )
    assert [slot.milli_wh for slot in found.slots] == [4_000_000, 7_000_000, 8_000_000]
    assert found.refusals == (
        Refusal(2, "-1 is below zero"),
        Refusal(3, 'kwh: "x" is not a number'),
        Refusal(6, "its slot lies over that of line 7"),
        Refusal(7, "its slot lies over that of line 6"),
    )


# One row a day.

STARTS = ",".join(["日付", *map(clock, range(48)), "合計"])
ENDS = ",".join(["日付", *(clock(i) for i in range(1, 49))])
RANGES = ",".join(["日付", *(f"{clock(i)}～{clock(i + 1)}" for i in range(48))])
NUMBERS = ",".join(["日付", *map(str, range(1, 49))])
KOMA = ",".join(["日付", *(f"コマ{i}" for i in range(1, 49))])
LATE_MIDNIGHT = ENDS.replace(",24:00", ",0:00")
FIGURES = ",".join(map(str, range(48)))


@pytest.mark.parametrize("header", [STARTS, ENDS, RANGES, NUMBERS, KOMA, LATE_MIDNIGHT])
def test_layouts_of_portals(header: str) -> None:
    """However its header names 48 slots, a day is 48 slots from midnight on."""
    found = wide(header, f"2026/4/1,{FIGURES}", f"2026/4/2,{FIGURES}")
    assert starts(found) == list(range(96))
    assert [slot.milli_wh for slot in found.slots] == [i % 48 * 1_000_000 for i in range(96)]
    assert found.refusals == ()


def test_hours_and_quarters() -> None:
    """24 and 96 columns are hours and quarter hours."""
    hours = wide(
        ",".join(["日付", *(f"{i}時" for i in range(24))]), "2026/4/1," + ",".join("1" * 24)
    )
    assert {slot.end_ms - slot.start_ms for slot in hours.slots} == {3_600_000}
    quarters = wide(",".join(["日付", *map(str, range(1, 97))]), "2026/4/1," + ",".join("1" * 96))
    assert {slot.end_ms - slot.start_ms for slot in quarters.slots} == {900_000}
    assert len(quarters.slots) == 96


def test_wide_is_told_from_long() -> None:
    """Only a header with a column for each slot is the wide layout."""
    assert is_wide(read_sheet(f"{STARTS}\n2026/4/1,1\n".encode(), "f"))
    assert is_wide(read_sheet(f"{NUMBERS}\n2026/4/1,1\n".encode(), "f"))
    assert not is_wide(read_sheet(b"time,kwh\n2026/4/1,1\n", "f"))
    with pytest.raises(StopError, match="no column for each slot"):
        wide("日付,kwh", "2026/4/1,1")


def test_label_against_the_header_is_refused() -> None:
    """A header that says what its times are is not overruled; one that does not may be told."""
    with pytest.raises(StopError, match="the header says that its times are the end"):
        wide(ENDS, f"2026/4/1,{FIGURES}", label="start")
    found = wide(STARTS, f"2026/4/1,{FIGURES}", label="end")
    assert starts(found) == list(range(-1, 47))


def test_cells_that_are_refused() -> None:
    """A faulty cell leaves the rest of its day; days twice with other values are refused."""
    cells = FIGURES.replace(",5,", ",x,").replace(",7,", ",-7,").replace(",9,", ",,")
    found = wide(NUMBERS, f"2026/4/1,{cells}", f"2026/4/2,{FIGURES}", f"2026/4/2,{FIGURES}", "x,1")
    assert [i for i in range(48) if i not in starts(found)] == [5, 7, 9]
    assert [refusal.reason for refusal in found.refusals] == [
        'column 7: "x" is not a number',
        "column 9: -7 is below zero",
        '"x" is not a time',
    ]
    assert "48 slots are there twice with the same value; taken once" in found.notices
    twice = wide(NUMBERS, f"2026/4/1,{FIGURES}", "2026/4/1," + FIGURES.replace("47", "48"))
    assert len(twice.slots) == 47
    assert twice.refusals == (
        Refusal(2, "same slot as line 3, but another value"),
        Refusal(3, "same slot as line 2, but another value"),
    )


def test_days_on_which_clocks_change() -> None:
    """Numbered columns count through a clock change; a figure in a skipped slot is refused."""
    autumn = ",".join(["日付", *map(str, range(1, 51))])
    found = wide(
        autumn, "2026-10-25," + ",".join("1" * 50), "2026-10-26," + ",".join("1" * 48), zone=BERLIN
    )
    assert len(found.slots) == 98
    assert all(b.start_ms == a.end_ms for a, b in zip(found.slots, found.slots[1:], strict=False))
    spring = wide(STARTS, "2026-03-29," + ",".join("1" * 48), zone=BERLIN)
    assert len(spring.slots) == 46
    assert {refusal.reason for refusal in spring.refusals} == {
        "1 in a slot that is not there on that day"
    }


@given(st.lists(st.decimals(0, 10**6, places=3), min_size=48, max_size=48), st.booleans())
def test_both_layouts_say_the_same(figures: list[object], ends: bool) -> None:
    """The same day written long and wide gives the same slots, whole and exact."""
    wide_found = wide(ENDS if ends else STARTS, "2026-04-01," + ",".join(map(str, figures)))
    start = datetime(2026, 4, 1, 0, 30) if ends else datetime(2026, 4, 1)  # noqa: DTZ001
    rows = [
        f"{start + timedelta(minutes=30 * i):%Y-%m-%d %H:%M},{figure}"
        for i, figure in enumerate(figures)
    ]
    long_found = long(*rows)
    assert [slot[:3] for slot in wide_found.slots] == [slot[:3] for slot in long_found.slots]
