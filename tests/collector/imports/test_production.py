"""What was made, by the day, the lot or the hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.columns_found import FileColumns, read_file
from collector.imports.slots import SlotFile
from collector.rollup.periods import midnight_ms

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
TOLD = FileColumns()


def read(text: str, told: FileColumns = TOLD, zone: ZoneInfo = TOKYO) -> SlotFile:
    """The slots of a file of pieces."""
    return read_file(text.encode("cp932"), "made.csv", "production", told, zone, "個")


def by_day(found: SlotFile, zone: ZoneInfo = TOKYO) -> dict[str, float]:
    """Pieces by the local time a slot starts at."""
    at = (datetime.fromtimestamp(slot.start_ms / 1000, zone) for slot in found.slots)
    pieces = (slot.milli_wh / 1000 for slot in found.slots)
    return {f"{moment:%m-%d %H:%M}": n for moment, n in zip(at, pieces, strict=True)}


@pytest.mark.parametrize(
    "header", ["生産日,生産数", "日付,出来高(個)", "Date,Output", "date,pieces", "作業日,数量"]
)
def test_a_day_a_row(header: str) -> None:
    """Dates and amounts are found by the names people give them."""
    found = read(f"{header}\n2026/4/1,120\n2026/4/2,0\n2026/4/3,95.5\n")
    assert by_day(found) == {"04-01 00:00": 120, "04-02 00:00": 0, "04-03 00:00": 95.5}


def test_rows_of_one_day_are_added_up() -> None:
    """A list has a row for each product and lot; it is said that they were added."""
    text = "生産日,品番,生産数\n2026/4/1,A,100\n2026/4/1,B,20\n2026/4/2,A,7\n"
    found = read(text)
    assert by_day(found) == {"04-01 00:00": 120, "04-02 00:00": 7}
    assert "days with several rows, whose amounts are added up: 1" in found.notices
    assert by_day(read(text, FileColumns(only="品番=A"))) == {"04-01 00:00": 100, "04-02 00:00": 7}


def test_times_of_lots_are_taken_by_the_day() -> None:
    """10:23 and 15:07 are when lots were booked, not intervals."""
    found = read("日時,数量\n2026/4/1 10:23,5\n2026/4/1 15:07,6\n2026/4/2 9:01,1\n")
    assert by_day(found) == {"04-01 00:00": 11, "04-02 00:00": 1}


def test_hours_stay_hours() -> None:
    """Regular times of day are intervals of their own; two products of an hour are added."""
    rows = "\n".join(f"2026/4/1 {hour}:00,{hour}" for hour in range(8, 12))
    found = read(f"日時,数量\n{rows}\n2026/4/1 8:00,1\n")
    assert by_day(found) == {
        "04-01 08:00": 9, "04-01 09:00": 9, "04-01 10:00": 10, "04-01 11:00": 11,
    }  # fmt: skip
    assert {slot.end_ms - slot.start_ms for slot in found.slots} == {3_600_000}
    apart = read("日付,時刻,数量\n2026/4/1,8:00,1\n2026/4/1,9:00,2\n")
    assert by_day(apart) == {"04-01 08:00": 1, "04-01 09:00": 2}


def test_days_without_a_row_are_unknown_unless_told() -> None:
    """A weekend that the list leaves out is a hole, said with the way out; or zero, when told."""
    text = "生産日,生産数\n2026/4/3,10\n2026/4/6,12\n"
    found = read(text)
    assert len(found.slots) == 2
    assert any("days without a row: 2 (first: 2026-04-04), not known" in n
               for n in found.notices)  # fmt: skip
    told = read(text, replace(TOLD, rest_is_zero=True))
    assert list(by_day(told).values()) == [10, 0, 0, 12]


def test_bad_rows_are_refused_with_their_line() -> None:
    """Text, a negative amount, no date; an empty amount is passed by."""
    found = read(
        "生産日,生産数\n2026/4/1,10\n2026/4/2,many\n2026/4/3,-4\n2026/2/30,1\nsoon,1\n2026/4/4,\n"
    )
    assert by_day(found) == {"04-01 00:00": 10}
    assert [str(refusal) for refusal in found.refusals] == [
        'line 3: "many" is not a number',
        "line 4: -4 is below zero",
        "line 5: 2026-02-30 is no date",
        'line 6: "soon" is not a time',
    ]


def test_a_day_of_which_a_row_was_refused_is_left_out() -> None:
    """Neither the part that could be read nor a zero stands for it; an hour likewise."""
    text = "生産日,生産数\n2026/4/1,10\n2026/4/2,50\n2026/4/2,many\n2026/4/4,1\n"
    found = read(text, replace(TOLD, rest_is_zero=True))
    assert by_day(found) == {"04-01 00:00": 10, "04-03 00:00": 0, "04-04 00:00": 1}
    said = "days with a row that was refused, left out: 1 (first: 2026-04-02)"
    assert said in found.notices
    hours = "日時,数量\n2026/4/1 8:00,1\n2026/4/1 9:00,x\n2026/4/1 10:00,3\n2026/4/1 12:00,4\n"
    known = {"04-01 08:00": 1, "04-01 10:00": 3, "04-01 12:00": 4}
    assert by_day(read(hours)) == known
    told = read(hours, replace(TOLD, rest_is_zero=True))
    assert by_day(told) == known | {"04-01 11:00": 0}


def test_local_days_have_their_own_length() -> None:
    """A day on which clocks change has 23 or 25 hours and one amount."""
    found = read("date,pieces\n2026-03-29,5\n2026-10-25,6\n", zone=BERLIN)
    hours = [(slot.end_ms - slot.start_ms) / 3_600_000 for slot in found.slots]
    assert hours == [23, 25]
    skipped = read(
        "time,pieces\n2026-03-29 01:00,1\n2026-03-29 01:30,1\n2026-03-29 02:30,1\n", zone=BERLIN
    )
    assert [refusal.line for refusal in skipped.refusals] == [4]


def test_a_meter_of_electricity_takes_no_pieces() -> None:
    """What was made is no kWh, and no file of electricity makes pieces."""
    with pytest.raises(StopError, match=r"counts electricity, and the file what was made"):
        read_file(b"date,pieces\n2026-04-01,1\n", "made.csv", "production", TOLD, TOKYO)
    with pytest.raises(StopError, match="counts 個, and the file electricity"):
        read_file(b"<feed/>", "usage.xml", "green-button", TOLD, TOKYO, "個")


@given(
    st.dictionaries(
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.lists(st.integers(0, 10**6), min_size=1, max_size=4),
        min_size=1,
        max_size=20,
    ),
    st.randoms(),
)
def test_no_piece_is_lost_whatever_the_order(
    made: dict[date, list[int]], random: st.DataObject
) -> None:
    """Every day has the sum of its rows, on its own local day."""
    rows = [f"{day},{n}" for day, amounts in made.items() for n in amounts]
    random.shuffle(rows)  # type: ignore[attr-defined]
    found = read("\n".join(["date,pieces", *rows]))
    assert {slot.start_ms: slot.milli_wh for slot in found.slots} == {
        midnight_ms(TOKYO, day): 1000 * sum(amounts) for day, amounts in made.items()
    }
