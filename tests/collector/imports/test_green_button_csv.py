"""The CSV that utilities offer as Green Button."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from collector.errors import StopError
from collector.imports.green_button import read_green_button
from collector.imports.slots import SlotFile

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
HEAD = "Name,INVENTED MILL\nAccount Number,0000\n\n"
COLUMNS = "TYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES\n"


def read(*rows: str, columns: str = COLUMNS) -> SlotFile:
    """The slots of a file with these rows."""
    text = HEAD + columns + "\n".join(rows)
    return read_green_button(text.encode(), "usage.csv", LOS_ANGELES)


def starts(found: SlotFile) -> list[str]:
    """When each slot starts, in UTC."""
    at = (datetime.fromtimestamp(slot.start_ms / 1000, ZoneInfo("UTC")) for slot in found.slots)
    return [f"{moment:%d %H:%M}" for moment in at]


@pytest.mark.parametrize(
    ("ends", "minutes"),
    [(("00:14", "00:29"), 15), (("00:15", "00:30"), 15), (("0:59", "1:14"), 60)],
)
def test_ends_are_inclusive_or_the_next_start(ends: tuple[str, str], minutes: int) -> None:
    """0:00 to 0:14 and 0:00 to 0:15 are the same quarter hour."""
    first = read(f"Electric usage,2026-01-05,00:00,{ends[0]},0.25,kWh,$0.05,")
    assert first.slots[0].end_ms - first.slots[0].start_ms == minutes * 60_000
    assert first.slots[0].milli_wh == 250_000


def test_the_last_slot_of_a_day_ends_at_midnight() -> None:
    """23:45 to 23:59 and 23:45 to 00:00 are quarter hours, not days."""
    found = read(
        "Electric usage,2026-01-05,23:45,23:59,1,kWh,,",
        "Electric usage,2026-01-06,23:45,0:00,1,kWh,,",
    )
    assert {slot.end_ms - slot.start_ms for slot in found.slots} == {900_000}


def test_the_hour_that_clocks_repeat_comes_twice() -> None:
    """In November 1:00 is there twice, one after the other; in March 2:00 is not there."""
    rows = [f"Electric usage,2026-11-01,{h:02}:00,{h:02}:59,1,kWh,," for h in (0, 1, 1, 2)]
    assert starts(read(*rows)) == ["01 07:00", "01 08:00", "01 09:00", "01 10:00"]
    spring = [f"Electric usage,2026-03-08,{h:02}:00,{h:02}:59,{h},kWh,," for h in (1, 3, 4)]
    assert starts(read(*spring)) == ["08 09:00", "08 10:00", "08 11:00"]
    assert read(spring[0], "Electric usage,2026-03-08,02:30,02:44,1,kWh,,").refusals


def test_import_columns_with_their_unit() -> None:
    """The newer layout heads IMPORT (kWh) and EXPORT (kWh): what was delivered is taken."""
    columns = "TYPE,DATE,START TIME,END TIME,IMPORT (kWh),EXPORT (kWh),COST,NOTES\n"
    found = read("Electric usage,2026-01-05,00:00,00:14,0.5,9.9,,", columns=columns)
    assert [slot.milli_wh for slot in found.slots] == [500_000]


def test_rows_of_gas_or_in_another_unit_are_refused_with_their_line() -> None:
    """One file may hold two services; figures of different units are not mixed."""
    found = read(
        "Electric usage,2026-01-05,00:00,00:14,1,kWh,,",
        "Natural gas usage,2026-01-05,00:00,00:14,1,therms,,",
        "Electric usage,2026-01-05,00:15,00:29,1,Wh,,",
        "Electric usage,2026-01-05,00:30,soon,1,kWh,,",
        "Electric usage,2026-01-05,00:45,00:59,-1,kWh,,",
    )
    assert len(found.slots) == 1
    assert [str(refusal) for refusal in found.refusals] == [
        "line 6: Natural gas usage is not electricity",
        "line 7: Wh among figures in kWh",
        "line 8: its start or its end is not a time of day",
        "line 9: -1 is below zero",
    ]


def test_another_csv_is_named_as_such() -> None:
    """What lacks the columns says so, and what it has."""
    with pytest.raises(StopError, match=r"neither Green Button XML nor .* it has: DATE, X"):
        read_green_button(b"date,x\n2026-01-05,1\n", "other.csv", LOS_ANGELES)
    with pytest.raises(StopError, match=r"nothing in it can be taken: line 5: .*not electricity"):
        read("Natural gas usage,2026-01-05,00:00,00:14,1,therms,,")
