"""Outdoor temperatures: downloads of 気象庁, and plain files."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from collector.errors import StopError
from collector.imports.slots import SlotFile
from collector.imports.weather import WeatherColumns, read_weather

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
TOLD = WeatherColumns()
TOP = "ダウンロードした時刻:2026/04/02 12:00:00\r\n\r\n"
HOURLY = (
    TOP + ",仙台,仙台,仙台\r\n年月日時,気温(℃),気温(℃),気温(℃)\r\n,,品質情報,均質番号\r\n"
    "2026/4/1 1:00:00,4.5,8,1\r\n2026/4/1 2:00:00,4.0,8,1\r\n2026/4/1 3:00:00,-0.3,5,1\r\n"
)


def read(text: str, told: WeatherColumns = TOLD, zone: ZoneInfo = TOKYO) -> SlotFile:
    """The temperatures of a file in the encoding of the office."""
    return read_weather(text.encode("cp932"), "data.csv", told, zone)


def shown(found: SlotFile, zone: ZoneInfo = TOKYO) -> list[tuple[str, float, float]]:
    """When each stretch begins, how many hours it has, and how warm it was."""
    return [
        (
            f"{datetime.fromtimestamp(slot.start_ms / 1000, zone):%m-%d %H:%M}",
            (slot.end_ms - slot.start_ms) / 3_600_000,
            slot.milli_wh / 1000,
        )
        for slot in found.slots
    ]


# 気象庁.


def test_an_hourly_download() -> None:
    """The temperature at 1:00 stands for the hour that ends there, so days are the office's."""
    found = read(HOURLY)
    assert shown(found) == [
        ("04-01 00:00", 1, 4.5), ("04-01 01:00", 1, 4.0), ("04-01 02:00", 1, -0.3),
    ]  # fmt: skip
    assert "temperatures of 仙台 (気象庁)" in found.notices
    assert "read as Shift_JIS (cp932)" in found.notices
    assert not found.refusals


def test_a_daily_download() -> None:
    """平均気温 of a date stands for its local day; other figures of the file are passed by."""
    text = (
        TOP + ",仙台,仙台,仙台,仙台,仙台,仙台,仙台\r\n"
        "年月日,最高気温(℃),最高気温(℃),最高気温(℃),平均気温(℃),平均気温(℃),平均気温(℃),降水量\r\n"
        ",,品質情報,均質番号,,品質情報,均質番号,\r\n"
        "2026/4/1,15.0,8,1,9.1,8,1,0\r\n2026/4/2,16.0,8,1,10.2,8,1,3\r\n"
    )
    assert shown(read(text)) == [("04-01 00:00", 24, 9.1), ("04-02 00:00", 24, 10.2)]


def test_dates_in_parts() -> None:
    """The download has an option for year, month, day and hour in columns of their own."""
    text = (
        TOP + ",,,,仙台,仙台\r\n年,月,日,時,気温(℃),気温(℃)\r\n,,,,,品質情報\r\n"
        "2026,4,1,1,4.5,8\r\n2026,4,1,24,3.5,8\r\n"
    )
    assert shown(read(text)) == [("04-01 00:00", 1, 4.5), ("04-01 23:00", 1, 3.5)]


def test_without_quality_columns() -> None:
    """The options may be left out; then the line of them is empty or not there."""
    for below in ("", ",\r\n"):
        text = TOP + f",仙台\r\n年月日時,気温(℃)\r\n{below}2026/4/1 1:00:00,4.5\r\n"
        assert shown(read(text)) == [("04-01 00:00", 1, 4.5)]


@pytest.mark.parametrize(
    ("quality", "why"), [("4", "too few"), ("2", "doubtful"), ("1", "missing"), ("9", "not known")]
)
def test_bad_quality_is_refused_with_its_line(quality: str, why: str) -> None:
    """8 and 5 are sound; all else is refused with what it means."""
    found = read(HOURLY + f"2026/4/1 4:00:00,9.9,{quality},1\r\n")
    assert len(found.slots) == 3
    (refusal,) = found.refusals
    assert (refusal.line, why in refusal.reason) == (9, True)


def test_a_moved_station_is_said() -> None:
    """Temperatures before and after another 均質番号 may differ."""
    found = read(HOURLY + "2026/4/1 4:00:00,9.9,8,2\r\n")
    assert any(
        "line 9: station or instrument changed (均質番号 1 to 2)" in n for n in found.notices
    )


TWO = (
    TOP + ",仙台,仙台,石巻,石巻\r\n年月日時,気温(℃),気温(℃),気温(℃),気温(℃)\r\n"
    ",,品質情報,,品質情報\r\n2026/4/1 1:00:00,4.5,8,3.5,8\r\n"
)


def test_one_of_several_stations() -> None:
    """Which one is asked for, and taken by its name."""
    with pytest.raises(StopError, match=r"several stations: 仙台, 石巻 \(choose one: --station"):
        read(TWO)
    assert shown(read(TWO, WeatherColumns(station="石巻"))) == [("04-01 00:00", 1, 3.5)]
    with pytest.raises(StopError, match=r"no station 東京 \(it has: 仙台, 石巻\)"):
        read(TWO, WeatherColumns(station="東京"))


def test_a_download_without_temperatures() -> None:
    """Rain alone is no temperature."""
    text = TOP + ",仙台\r\n年月日時,降水量(mm)\r\n2026/4/1 1:00:00,0\r\n"
    with pytest.raises(StopError, match="holds no 気温"):
        read(text)


# Plain files.


@pytest.mark.parametrize(
    ("header", "warm"),
    [
        ("time,temperature", 12.5),
        ("日時,外気温(℃)", 12.5),
        ("datetime,Temp [C]", 12.5),
        ("time,temp_c", 12.5),
        ("timestamp,Temperature (F)", -10.833),
        ("time,temp_f", -10.833),
    ],
)
def test_names_and_units_of_columns(header: str, warm: float) -> None:
    """Celsius unless the header says Fahrenheit; what was taken is said."""
    found = read(f"{header}\n2026-04-01 00:00,12.5\n2026-04-01 00:10,12.5\n")
    assert {slot.milli_wh for slot in found.slots} == {round(warm * 1000)}
    assert "°" in found.notices[0]


def test_a_time_may_be_the_end_of_its_stretch() -> None:
    """As told; else the start, which is said."""
    text = "time,temp\n2026-04-01 01:00,5\n2026-04-01 02:00,6\n"
    assert [one[0] for one in shown(read(text))] == ["04-01 01:00", "04-01 02:00"]
    ended = read(text, WeatherColumns(label="end"))
    assert [one[0] for one in shown(ended)] == ["04-01 00:00", "04-01 01:00"]


def test_days_have_their_own_length() -> None:
    """Daily means over a clock change: 23 and 25 hours."""
    rows = "2026-03-28,5\n2026-03-29,6\n2026-03-30,7\n"
    found = read(f"date,temp\n{rows}", zone=BERLIN)
    assert [hours for _, hours, _ in shown(found, BERLIN)] == [24, 23, 24]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("time,humidity\n2026-04-01 00:00,5\n", "which column holds temperatures is not told"),
        ("when,temp\n2026-04-01 00:00,5\n", "which column holds times is not told"),
        ("time,temp\n2026-04-01 00:00,5\n", "cannot be told from one row"),
        ("date,temp\n2026-04-01,5\n2026-05-01,6\n", "its rows are 30 days apart"),
    ],
)
def test_what_cannot_be_told_is_asked_for(text: str, why: str) -> None:
    """One line each, with what to do."""
    with pytest.raises(StopError, match=why):
        read(text)


def test_no_temperature_of_the_air_and_no_number_are_refused() -> None:
    """A sensor's -999 and text come with their lines."""
    found = read(
        "time,temp\n2026-04-01 00:00,5\n2026-04-01 01:00,-999\n2026-04-01 02:00,cold\n"
        "2026-04-01 03:00,61\n2026-04-01 04:00,\n2026-04-01 05:00,4\n"
    )
    assert len(found.slots) == 2
    assert [str(refusal) for refusal in found.refusals] == [
        "line 3: -999 °C is no temperature of the air",
        'line 4: temp: "cold" is not a number',
        "line 5: 61 °C is no temperature of the air",
    ]
