"""Files of loggers and portals as rows: encodings, numbers, times, order, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.table import (
    Columns,
    Refusal,
    Table,
    read_table,
    refuse_without_rows,
    usual_interval_ms,
)

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
STEEL = Path("/work/shared/data/steel_industry/Steel_industry_data.csv")
PLAIN = Columns("time", ("value",))


def table(text: str | bytes, columns: Columns = PLAIN, zone: ZoneInfo = TOKYO) -> Table:
    """The table of a file with that text."""
    data = text.encode() if isinstance(text, str) else text
    return read_table(data, "file.csv", columns, zone)


def one_value(*rows: str, header: str = "time,value", **more: object) -> Table:
    """The table of rows under a header."""
    return table("\n".join([header, *rows]), **more)  # type: ignore[arg-type]


def local(found: Table, zone: ZoneInfo = TOKYO) -> list[str]:
    """The times of a table as the zone's clocks show them, with offset."""
    times = (datetime.fromtimestamp(row.at_ms / 1000, zone) for row in found.rows)
    return [time.isoformat() for time in times]


def values(found: Table) -> list[Decimal | None]:
    """The first value of every row."""
    return [row.values[0] for row in found.rows]


# Encodings, delimiters, headers.


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_delimiters(encoding: str, delimiter: str, newline: str) -> None:
    """The same file is read the same, however its system wrote it."""
    lines = ['"日時"|"使用量"', '"2026/4/1 0:30"|"12"', "2026/4/1 1:00|13", ""]
    data = newline.join(lines).replace("|", delimiter).encode(encoding)
    found = table(data, Columns("日時", ("使用量",)))
    assert local(found) == ["2026-04-01T00:30:00+09:00", "2026-04-01T01:00:00+09:00"]
    assert values(found) == [12, 13]


def test_european_header_is_no_shift_jis() -> None:
    """Bytes that several encodings read are taken in the one in which the columns are there."""
    data = "Zeit;Zählerstand\n01.04.2026 00:00;1,5\n15.04.2026 00:00;2,5\n".encode("cp1252")
    found = table(data, Columns("Zeit", ("Zählerstand",)), BERLIN)
    assert values(found) == [Decimal("1.5"), Decimal("2.5")]
    assert found.notices[0] == "read as Windows-1252"


def test_lines_above_the_header_are_passed_by() -> None:
    """What a portal writes above its header does not matter, whatever its width."""
    found = table("site,A\n\ncontract,300,kW\ntime,value\n2026-04-01 00:00,1\n")
    assert values(found) == [1]
    assert found.rows[0].line == 5


def test_full_width_header_and_digits() -> None:
    """Full-width letters, digits and marks are the same as half-width ones."""
    found = table(
        "時刻,使用量（ｋＷｈ）\n２０２６／４／１　０：３０,１２．５\n",
        Columns("時刻", ("使用量(kWh)",)),
    )
    assert local(found) == ["2026-04-01T00:30:00+09:00"]
    assert values(found) == [Decimal("12.5")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("\ufeff\n\n", "is empty"),
        ("time,value\n", "has no rows below its header"),
        ("time,values\n2026-04-01,1\n", 'no column "value" (did you mean values?)'),
        (
            ",".join(f"c{n}" for n in range(1, 51)) + "\n1\n",
            "c11, c12 and 38 more",
        ),
        ("a,b\n1,2\n", 'no column "time" (its columns: a, b)'),
        ("time,value,value\n2026-04-01,1,2\n", 'has 2 columns "value"'),
        (b"\xff\xfe\x00\xd8", "is not text"),
        (b"\x81\x8d\x81,\x00\x00", "is not text"),
    ],
)
def test_files_that_cannot_be_read(text: str | bytes, says: str) -> None:
    """An empty file, a column that is not there, and what is not text are each one error."""
    with pytest.raises(StopError) as caught:
        table(text)
    assert says in str(caught.value)


def test_row_with_an_unquoted_decimal_comma_is_refused() -> None:
    """A row with more cells than the header has is not read as something else."""
    found = one_value("2026-04-01 00:00,1,5", "2026-04-01 00:30,2")
    assert found.refusals == (Refusal(2, "has 3 cells under 2 columns (quote decimal commas)"),)
    assert values(found) == [2]


# Numbers.


@pytest.mark.parametrize(
    ("cells", "delimiter", "wanted"),
    [
        (["1", "2.5"], ",", ["1", "2.5"]),
        (['"1,234"', '"12,345.5"'], ",", ["1234", "12345.5"]),
        (['"1,234"', "7"], ",", ["1234", "7"]),
        (['"1,5"', '"2,25"'], ",", ["1.5", "2.25"]),
        (['"0,125"', '"1,234"'], ",", ["0.125", "1.234"]),
        (["1.234,5", "999"], ";", ["1234.5", "999"]),
        (["12,345", "1,000"], ";", ["12.345", "1.000"]),
        (["1.234.567", "2.345.678"], ";", ["1234567", "2345678"]),
        (["0.5", "1.234"], ";", ["0.5", "1.234"]),
        (["1 234", "1'234"], ",", ["1234", "1234"]),
        (["１２３", "４５６"], ",", ["123", "456"]),
        (["−5", "▲6"], ",", ["-5", "-6"]),
        (["1e3", "1.5E-2"], ",", ["1000", "0.015"]),
        (["", "---", "7"], ",", [None, None, "7"]),
        (['"1,234"', '"5,678"', "0.25"], "\t", ["1234", "5678", "0.25"]),
    ],
)
def test_numbers(cells: list[str], delimiter: str, wanted: list[str | None]) -> None:
    """Thousands, decimals, signs and absent values are told from the whole column."""
    rows = [f"2026-04-01 00:{i:02}{delimiter}{cell}" for i, cell in enumerate(cells)]
    found = one_value(*rows, header=f"time{delimiter}value")
    assert found.refusals == ()
    assert values(found) == [None if text is None else Decimal(text) for text in wanted]


@pytest.mark.parametrize(("cell", "delimiter"), [("1.234", ";"), ("1,234", "\t")])
def test_number_that_may_be_read_either_way(cell: str, delimiter: str) -> None:
    """A column that may be thousands or decimals is refused, and read as told."""
    text = f"time{delimiter}value\n2026-04-01 00:00{delimiter}{cell}\n"
    with pytest.raises(StopError, match="--decimal comma or --decimal point"):
        table(text)
    by_point = table(text, Columns("time", ("value",), decimal="."))
    by_comma = table(text, Columns("time", ("value",), decimal=","))
    assert {*values(by_point), *values(by_comma)} == {Decimal("1234"), Decimal("1.234")}


@pytest.mark.parametrize(
    "cell", ["abc", "1_000", "NaN", "inf", "1.2.3", "12 34", ".", "5 kWh", "1e999"]
)
def test_text_in_numbers_refuses_its_row_only(cell: str) -> None:
    """What is no number is refused with line and column; the others are taken."""
    found = one_value("2026-04-01 00:00,1", f"2026-04-01 00:01,{cell}", "2026-04-01 00:02,3")
    assert found.refusals == (Refusal(3, f'value: "{cell}" is not a number'),)
    assert values(found) == [1, 3]


@given(st.lists(st.decimals(-(10**12), 10**12, places=3), min_size=1, max_size=20))
def test_any_number_comes_back(numbers: list[Decimal]) -> None:
    """Every number written in a way that names its mark is read to the last digit."""
    for mark, text in ((".", "{:,.3f}"), (",", "{:.3f}")):
        cells = [text.format(number) for number in numbers]
        if mark == ",":
            cells = [cell.replace(".", ",") for cell in cells]
        rows = [f'2026-04-01 {i // 60:02}:{i % 60:02},"{cell}"' for i, cell in enumerate(cells)]
        told = Columns("time", ("value",), decimal="," if mark == "," else ".")
        assert values(table("\n".join(["time,value", *rows]), told)) == numbers


# Times.


@pytest.mark.parametrize(
    "time",
    [
        *("2026/4/1 0:15", "2026-04-01 00:15", "2026-04-01 00:15:00", "2026-04-01T00:15:00.000"),
        *(
            "2026.04.01 00:15",
            "2026/4/1(水) 0:15",
            "2026年4月1日 0時15分",
            "2026年04月01日00時15分00秒",
        ),
        *("2026-04-01T00:15+09:00", "2026-03-31T15:15:00Z", "2026-03-31 15:15:00 +0000"),
        *("20260401 0015", "202604010015", "20260401001500", "1774970100", "1774970100000"),
        *(
            "1774970100.0",
            "2026/4/1 12:15 AM",
            "2026年4月1日 午前0時15分",
            "２０２６/４/１ ０:１５",
        ),
    ],
)
def test_times_as_people_and_machines_write_them(time: str) -> None:
    """Every way to write a quarter past midnight of the first of April is that instant."""
    assert local(one_value(f"{time},1")) == ["2026-04-01T00:15:00+09:00"]


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("13/04/2026 0:00", "14/04/2026 0:00", "2026-04-14"),
        ("04/13/2026 0:00", "04/14/2026 0:00", "2026-04-14"),
        ("01/04/2026 0:00", "02/04/2026 0:00", "2026-04-02"),
        ("04/01/2026 0:00", "04/02/2026 0:00", "2026-04-02"),
    ],
)
def test_order_of_day_and_month_is_decided_from_the_file(
    first: str, second: str, wanted: str
) -> None:
    """A day above 12 proves the order; else the order in which the dates do not jump is taken."""
    found = one_value(f"{first},1", f"{second},2")
    assert local(found)[1].startswith(wanted)
    assert any("dates are read as" in notice for notice in found.notices)


def test_order_that_nothing_tells_is_asked_for() -> None:
    """One ambiguous date, a contradiction and a two-digit year are refused, or read as told."""
    with pytest.raises(StopError, match="--date-order dmy or --date-order mdy"):
        one_value("05/04/2026 00:00,1", "05/04/2026 00:30,2")
    with pytest.raises(StopError, match="line 2 is day first, line 3 month first"):
        one_value("13/04/2026,1", "04/13/2026,2")
    with pytest.raises(StopError, match="the year has two digits"):
        one_value("26/4/1 0:00,1")
    told = Columns("time", ("value",), date_order="ymd")
    assert local(one_value("26/4/1 0:00,1", columns=told)) == ["2026-04-01T00:00:00+09:00"]
    same = one_value("05/05/2026 00:00,1")
    assert local(same) == ["2026-05-05T00:00:00+09:00"]


@pytest.mark.parametrize(
    ("time", "says"),
    [
        ("yesterday", '"yesterday" is not a time'),
        ("2026/2/30 0:00", "2026-02-30 is no date"),
        ("2026/4/1 25:00", "is no time of day"),
        ("2026/4/1 24:30", "is no time of day"),
        ("2026/4/1 0:61", "is no time of day"),
        ("1800/4/1 0:00", "lies outside of 1970 to 2199"),
        ("2026/4/10:15", "is not a time"),
    ],
)
def test_times_that_are_none(time: str, says: str) -> None:
    """A row whose time is none is refused; the others are taken."""
    found = one_value("2026/4/2 0:00,1", f"{time},2")
    assert values(found) == [1]
    assert found.refusals[0].line == 3
    assert says in found.refusals[0].reason


@pytest.mark.parametrize(
    "clock", ["0:30", "0030", "0時30分", "00:30:00", "0:30-1:00", "00:30～01:00"]
)
def test_date_and_time_of_day_in_two_columns(clock: str) -> None:
    """Date and time of day may stand apart; a range stands for its beginning."""
    columns = Columns("day", ("value",), clock="clock")
    found = table(f"day,clock,value\n2026/4/1,{clock},1\n", columns)
    assert local(found) == ["2026-04-01T00:30:00+09:00"]


def test_midnight_as_the_end_of_a_day() -> None:
    """24:00, and 0:00 with the date of the day that ends, are the next day's midnight."""
    found = one_value("2026/4/1 23:30,1", "2026/4/1 24:00,2", "2026/4/2 0:30,3")
    assert local(found)[1] == "2026-04-02T00:00:00+09:00"
    assert found.ends_days
    steel = one_value(
        *("2026/4/1 23:30,1", "2026/4/1 23:45,2", "2026/4/1 0:00,3", "2026/4/2 0:15,4"),
        *("2026/4/2 0:30,5",),
    )
    assert local(steel)[2] == "2026-04-02T00:00:00+09:00"
    assert steel.ends_days
    assert "1 row reads 0:00 with the date of the day that ends there" in steel.notices[0]


def test_midnight_that_begins_a_day_stays() -> None:
    """An ordinary midnight is not moved, not even in a file of daily rows."""
    found = one_value("2026/4/1 0:00,1", "2026/4/2 0:00,2", "2026/4/3 0:00,3")
    assert local(found)[0] == "2026-04-01T00:00:00+09:00"
    assert not found.ends_days
    assert found.notices == ()


@pytest.mark.skipif(not STEEL.exists(), reason="the steel year is not here")
def test_the_steel_year() -> None:
    """A real year of quarter hours, midnights of the wrong date: in order, whole, one a slot."""
    columns = Columns("date", ("Usage_kWh",))
    found = read_table(STEEL.read_bytes(), "steel", columns, ZoneInfo("Asia/Seoul"))
    assert len(found.rows) == 365 * 96
    assert {later.at_ms - earlier.at_ms for earlier, later in pairwise(found.rows)} == {900_000}
    assert found.ends_days
    assert found.refusals == ()
    assert local(found, ZoneInfo("Asia/Seoul"))[-1] == "2019-01-01T00:00:00+09:00"


# Clock changes.


def test_hour_that_clocks_repeat_is_told_by_its_order() -> None:
    """In a file in order, the repeated hour counts twice, forwards and backwards."""
    start = datetime(2026, 10, 24, 23, tzinfo=UTC)
    at = [start + timedelta(minutes=30 * i) for i in range(8)]
    rows = [f"{one.astimezone(BERLIN):%Y-%m-%d %H:%M},{i}" for i, one in enumerate(at)]
    for written in (rows, rows[::-1]):
        found = one_value(*written, zone=BERLIN)
        assert [row.at_ms for row in found.rows] == [round(one.timestamp() * 1000) for one in at]
        assert values(found) == list(range(8))


def test_hour_that_a_file_does_not_repeat_is_said() -> None:
    """Where the file has the repeated hour once, the first of the two is taken, and said."""
    found = one_value("2026-10-25 02:30,1", "2026-10-25 04:00,2", zone=BERLIN)
    assert local(found, BERLIN)[0] == "2026-10-25T02:30:00+02:00"
    assert any("repeat" in notice for notice in found.notices)


def test_hour_that_clocks_skip_is_refused() -> None:
    """A time that never was is refused; the beginning of the skipped hour is its instant."""
    found = one_value(
        *("2026-03-29 01:30,1", "2026-03-29 02:00,2", "2026-03-29 02:30,3", "2026-03-29 03:30,4"),
        zone=BERLIN,
    )
    assert values(found) == [1, 2, 4]
    assert local(found, BERLIN)[1] == "2026-03-29T03:00:00+02:00"
    why = "its time is skipped when the clocks change in Europe/Berlin"
    assert found.refusals == (Refusal(4, why),)


@given(
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]),
    st.integers(1_600_000_000, 1_900_000_000),
    st.integers(2, 200),
)
def test_any_series_in_order_comes_back(zone_name: str, start_s: int, count: int) -> None:
    """Half-hourly rows written by a zone's clocks are the instants they were written at."""
    zone = ZoneInfo(zone_name)
    at = [(start_s // 1800 + i) * 1800 for i in range(count)]
    times = [datetime.fromtimestamp(one, zone) for one in at]
    # A file that begins in the second of two equal hours cannot tell that it does.
    assume(times[0].fold == 0)
    found = one_value(*(f"{time:%Y-%m-%d %H:%M:%S},{i}" for i, time in enumerate(times)), zone=zone)
    assert [row.at_ms for row in found.rows] == [one * 1000 for one in at]


# Order and doubles.


def test_rows_out_of_order_are_sorted() -> None:
    """Rows come in order of time, and it is said that they were not."""
    found = one_value("2026-04-01 01:00,2", "2026-04-01 00:00,1", "2026-04-01 02:00,3")
    assert values(found) == [1, 2, 3]
    assert found.notices == ("the rows are not in order of time (first: line 3); sorted",)


def test_double_rows() -> None:
    """The same row twice is dropped and said; two that contradict each other are both refused."""
    same = one_value("2026-04-01 00:00,1", "2026-04-01 00:00,1.0", "2026-04-01 00:30,2")
    assert values(same) == [1, 2]
    assert same.notices == ("1 row repeats the time and values of another; dropped",)
    other = one_value("2026-04-01 00:00,1", "2026-04-01 00:00,3", "2026-04-01 00:30,2")
    assert values(other) == [2]
    assert other.refusals == (
        Refusal(2, "same time as line 3, but another value"),
        Refusal(3, "same time as line 2, but another value"),
    )


def test_absent_value_is_none() -> None:
    """An empty cell and a row that ends early are rows without a value, not zero."""
    found = table("time,value,more\n2026-04-01 00:00,,1\n2026-04-01 00:30\n")
    assert values(found) == [None, None]


def test_usual_interval() -> None:
    """The interval that occurs most often, the shorter of two; none of fewer than two rows."""
    assert usual_interval_ms([0, 60, 120, 500, 560]) == 60
    assert usual_interval_ms([0, 60, 160]) == 60
    assert usual_interval_ms([5]) is None


def test_file_without_a_single_row_is_refused() -> None:
    """When every row was refused, the first reason is told."""
    found = one_value("2026-04-01 00:00,x")
    with pytest.raises(StopError, match='no row can be read: line 2: value: "x"'):
        refuse_without_rows(found)
    refuse_without_rows(one_value("2026-04-01 00:00,1"))
