"""Files whose columns are told, or found by the names that portals give them."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from collector.errors import StopError
from collector.imports.columns_found import FileColumns, Kind, read_file
from collector.imports.slots import SlotFile

TOKYO = ZoneInfo("Asia/Tokyo")
BY_START = FileColumns(label="start")


def read(
    text: str,
    kind: Kind = "half-hours",
    told: FileColumns = BY_START,
    unit: str = "",
) -> SlotFile:
    """The slots of a file with that text."""
    return read_file(text.encode("cp932"), "file.csv", kind, replace(told, unit=unit), TOKYO)


LONG = "2026/4/1 0:00,1\n2026/4/1 0:30,2\n"


@pytest.mark.parametrize(
    "header",
    [
        "日時,使用量(kWh)",
        "対象日時,使用電力量",
        "Date Time,Usage",
        "start,kWh",
        "日時,電力量（kWh）",
    ],
)
def test_names_that_portals_give(header: str) -> None:
    """Times and figures are found by name, and it is said which were taken."""
    found = read(f"顧客,0123\n\n{header}\n{LONG}")
    assert [slot.milli_wh for slot in found.slots] == [1_000_000, 2_000_000]
    time, _, value = header.partition(",")
    assert found.notices[0] == f'times are in column "{time}"'
    assert value.replace("（", "(").replace("）", ")") in found.notices[1]


def test_date_and_time_of_day_apart() -> None:
    """A column of times of day beside a column of dates is found."""
    found = read("年月日,時刻,使用量\n2026/4/1,0:00,1\n2026/4/1,0:30,2\n")
    assert len(found.slots) == 2


def test_one_column_a_slot_is_found() -> None:
    """The wide layout is known by its header, and needs no column of figures."""
    header = ",".join(["使用年月日", *(f"{i // 2}:{i % 2 * 30:02}" for i in range(48))])
    found = read(f"{header}\n2026/4/1,{','.join('1' * 48)}\n")
    assert len(found.slots) == 48


def test_one_supply_point_of_several() -> None:
    """Rows of other supply points are passed by; one that is not there is refused."""
    text = "供給地点,日時,使用量\nA1,2026/4/1 0:00,1\nB2,2026/4/1 0:00,5\nA1,2026/4/1 0:30,2\n"
    found = read(text, told=FileColumns(only="供給地点=A1", label="start"))
    assert [slot.milli_wh for slot in found.slots] == [1_000_000, 2_000_000]
    with pytest.raises(StopError, match=r"nowhere holds A3 \(it holds: A1, B2\)"):
        read(text, told=FileColumns(only="供給地点=A3"))
    with pytest.raises(StopError, match="not COLUMN=VALUE"):
        read(text, told=FileColumns(only="供給地点"))


def test_readings_and_consumption() -> None:
    """Typed-in files are read by their own readers."""
    readings = read("検針日,指示数\n2026-04-01,10\n2026-05-01,30\n", "readings")
    assert [slot.milli_wh for slot in readings.slots] == [20_000_000]
    months = read("使用年月,使用量\n2026-04,310\n", "consumption")
    assert [slot.milli_wh for slot in months.slots] == [310_000_000]
    with pytest.raises(StopError, match="kW is a power, and readings are energy"):
        read("検針日,指示数\n2026-04-01,10\n", "readings", unit="kW")


def test_columns_that_are_not_found_are_asked_for() -> None:
    """Where no name fits, the option is named with the columns there are."""
    with pytest.raises(StopError, match=r"holds times is not told \(write --time-column; its col"):
        read("when,使用量\n2026/4/1 0:00,1\n")
    with pytest.raises(StopError, match=r"holds figures is not told \(write --value-column"):
        read("日時,いくら\n2026/4/1 0:00,1\n")


@pytest.mark.parametrize("header", ["需要(kW)", "demand [kW]", "使用量_kW", "kW"])
def test_unit_of_the_header(header: str) -> None:
    """A header that says kW is believed, and said, unless the unit is told."""
    text = f"日時,{header}\n{LONG}"
    told = FileColumns(value=header, label="start")
    assert read(text, told=told).slots[0].milli_wh == 500_000
    assert read(text, told=told, unit="kWh").slots[0].milli_wh == 1_000_000


def test_a_header_that_names_no_unit_is_asked_for_it() -> None:
    """A column "value" may hold anything: the unit is asked for, never taken to be kWh."""
    data = b"time,value\n2026-04-01 00:00,12.5\n2026-04-01 00:30,13.0\n"
    with pytest.raises(StopError, match=r"value does not say what its figures are \(write --unit"):
        read_file(data, "grid.csv", "half-hours", FileColumns(label="start"), TOKYO)
    told = FileColumns(label="start", unit="kW")
    assert [s.milli_wh for s in read_file(data, "grid.csv", "half-hours", told, TOKYO).slots] == [
        6_250_000,
        6_500_000,
    ]
