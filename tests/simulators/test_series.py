"""CSV load profiles: the real steel plant, and every trap of such files, one by one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.errors import StopError
from simulators.series import Columns, Label, Series, read

STEEL = Path(__file__).parents[3] / "shared/data/steel_industry/Steel_industry_data.csv"
TOKYO = ZoneInfo("Asia/Tokyo")


def _read(
    tmp_path: Path,
    text: str,
    label: Label = "start",
    zone: str = "Asia/Tokyo",
    encoding: str = "utf-8",
) -> Series:
    path = tmp_path / "load.csv"
    path.write_bytes(text.encode(encoding))
    return read(path, Columns("time", energy="kWh", label=label, time_zone=zone))


def _rows(*rows: str) -> str:
    return "\n".join(("time,kWh", *rows)) + "\n"


def _starts(series: Series, zone: ZoneInfo = TOKYO) -> list[str]:
    moments = (datetime.fromtimestamp(row.start_ms / 1000, zone) for row in series.intervals)
    return [f"{moment:%Y-%m-%d %H:%M}" for moment in moments]


@pytest.fixture(scope="module")
def steel() -> Series:
    """The steel plant's year."""
    if not STEEL.is_file():
        pytest.skip(f"REAL DATA MISSING: {STEEL}")
    columns = Columns("date", energy="Usage_kWh", label="end", time_zone="Asia/Seoul")
    began = time.monotonic()
    series = read(STEEL, columns)
    assert time.monotonic() - began < 10
    return series


def test_the_steel_year_is_whole(steel: Series) -> None:
    """All 35,040 quarters of 2018 are there, without gap, and add up to the known total."""
    zone = ZoneInfo("Asia/Seoul")
    assert (len(steel.intervals), steel.step_s) == (35_040, 900)
    assert steel.total_kwh == 959_636.71
    first = datetime.fromtimestamp(steel.intervals[0].start_ms / 1000, zone)
    last = datetime.fromtimestamp(steel.end_ms / 1000, zone)
    assert (first, last) == (datetime(2018, 1, 1, tzinfo=zone), datetime(2019, 1, 1, tzinfo=zone))
    assert all(
        a.end_ms == b.start_ms for a, b in zip(steel.intervals, steel.intervals[1:], strict=False)
    )


def test_the_steel_plants_largest_demand_is_known(steel: Series) -> None:
    """The largest 30-minute demand is 587.16 kW, in November."""
    assert steel.largest_demand_kw() == pytest.approx(587.16, abs=0.005)
    november = steel.intervals[304 * 96 : 334 * 96]
    alone = Series(november, (), steel.step_s)
    assert alone.largest_demand_kw() == steel.largest_demand_kw()


def test_the_steel_files_trap_is_said(steel: Series) -> None:
    """The reader says that 365 midnights bore the wrong date, and how it read the dates."""
    dates, midnights = steel.notices
    assert dates == 'dates are read as day/month/year: line 1154 says "13/01/2018 00:15"'
    assert midnights.startswith("365 rows read 00:00 of the day that ends instead of the next day")
    assert "line 97, 2018-01-01" in midnights
    assert "END of an interval" in midnights


def test_labels_name_the_start_or_the_end(tmp_path: Path) -> None:
    """A label at the end of an interval puts it one step earlier than a label at the start."""
    text = _rows("2026-04-01 01:00,1", "2026-04-01 02:00,2")
    assert _starts(_read(tmp_path, text)) == ["2026-04-01 01:00", "2026-04-01 02:00"]
    assert _starts(_read(tmp_path, text, "end")) == ["2026-04-01 00:00", "2026-04-01 01:00"]
    assert _read(tmp_path, text).notices == ()


@pytest.mark.parametrize("rows", [3, 4])
def test_a_misdated_midnight_is_moved(tmp_path: Path, rows: int) -> None:
    """A midnight that closes its own date belongs to the next day, also as the last row."""
    lines = ["2018/1/1 22:00,1", "2018/1/1 23:00,2", "2018/1/1 0:00,3", "2018/1/2 1:00,4"]
    series = _read(tmp_path, _rows(*lines[:rows]), "end")
    expected = ["2018-01-01 21:00", "2018-01-01 22:00", "2018-01-01 23:00", "2018-01-02 00:00"]
    assert _starts(series) == expected[:rows]
    assert [row.kwh for row in series.intervals] == [1, 2, 3, 4][:rows]
    assert series.notices[0].startswith("1 row reads 00:00 of the day that ends")
    assert len(series.notices) == 1


def test_a_misdated_midnight_contradicts_start_labels(tmp_path: Path) -> None:
    """Such midnights mean end labels; where start was said, the reader objects."""
    lines = ["2018/1/1 22:00,1", "2018/1/1 23:00,2", "2018/1/1 0:00,3", "2018/1/2 1:00,4"]
    notices = _read(tmp_path, _rows(*lines), "start").notices
    assert notices[1] == "but the labels were said to mark the START of the intervals: check that"


def test_a_misdated_midnight_after_a_hole_is_moved(tmp_path: Path) -> None:
    """The row before midnight may lack a number or be missing."""
    lines = ["2018/1/1 22:00,1", "2018/1/1 23:00,", "2018/1/1 0:00,3", "2018/1/2 1:00,4"]
    series = _read(tmp_path, _rows(*lines), "end")
    assert _starts(series) == ["2018-01-01 21:00", "2018-01-01 23:00", "2018-01-02 00:00"]


def test_newest_first_is_only_sorted(tmp_path: Path) -> None:
    """A file that runs backwards is sorted and said, and its midnights stay where they are."""
    lines = [
        "2018/1/2 1:00,4", "2018/1/2 0:00,3", "2018/1/1 23:00,2", "2018/1/1 22:00,1",
        "2018/1/1 21:00,0",
    ]  # fmt: skip
    series = _read(tmp_path, _rows(*lines), "end")
    assert [row.kwh for row in series.intervals] == [0, 1, 2, 3, 4]
    assert series.notices == ("the rows are not in order of time (first: line 3); sorted",)


@pytest.mark.parametrize(
    "written",
    [
        "2018/1/2 {h}:00", "2018-01-02T{h:02}:00:00", "2018-01-02 {h:02}:00:00.000",
        "2018年1月2日 {h}時00分", "2018-01-02T{h:02}:00+09:00", "2018.1.2 {h}:00",
        "  2018/1/2  {h}:00 ",
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(tmp_path: Path, written: str) -> None:
    """Every usual way to write a time, year first, gives the same instants."""
    text = _rows(f"{written.format(h=1)},1", f"{written.format(h=2)},1")
    assert _starts(_read(tmp_path, text)) == ["2018-01-02 01:00", "2018-01-02 02:00"]


def test_an_offset_in_the_time_wins_over_the_zone(tmp_path: Path) -> None:
    """A time that says UTC or an offset is taken at its word."""
    series = _read(tmp_path, _rows("2018-01-02T01:00Z,1", "2018-01-02T02:00Z,1"))
    assert _starts(series) == ["2018-01-02 10:00", "2018-01-02 11:00"]
    series = _read(tmp_path, _rows("2018-01-02T01:00-0330,1", "2018-01-02T02:00-0330,1"))
    assert _starts(series) == ["2018-01-02 13:30", "2018-01-02 14:30"]


def test_24_00_is_the_next_days_midnight(tmp_path: Path) -> None:
    """Japanese files close a day with 24:00; that needs no notice."""
    series = _read(tmp_path, _rows("2018/1/31 23:30,1", "2018/1/31 24:00,2"), "end")
    assert _starts(series) == ["2018-01-31 23:00", "2018-01-31 23:30"]
    assert series.notices == ()


@pytest.mark.parametrize(
    ("first", "second", "day", "said"),
    [
        ("13/01/2018 0:00", "13/01/2018 1:00", "2018-01-13", "day/month/year: line 2 says"),
        ("01/13/2018 0:00", "01/13/2018 1:00", "2018-01-13", "month/day/year: line 2 says"),
        ("03/02/2018 23:00", "04/02/2018 0:00", "2018-02-03", "day/month/year: the other order"),
        ("02/03/2018 23:00", "02/04/2018 0:00", "2018-02-03", "month/day/year: the other order"),
        ("03/02/2018 1:00", "03/02/2018 2:00", "2018-02-03", "day/month/year: nothing proves it"),
    ],
)
def test_the_order_of_day_and_month_is_decided_and_said(
    tmp_path: Path, first: str, second: str, day: str, said: str
) -> None:
    """Numbers above 12 prove the order; else the one without jumps; else day first, all said."""
    series = _read(tmp_path, _rows(f"{first},1", f"{second},1"))
    assert _starts(series)[0].startswith(day)
    assert said in series.notices[0]


@pytest.mark.parametrize(("encoding", "notices"), [("utf-8", 0), ("utf-8-sig", 0), ("cp932", 1)])
def test_encodings_are_found_out(tmp_path: Path, encoding: str, notices: int) -> None:
    """UTF-8 with and without a mark and Shift_JIS are read; the last is said."""
    path = tmp_path / "load.csv"
    path.write_bytes("日時,電力量\n2018/1/1 0:00,1.5\n2018/1/1 0:30,2.5\n".encode(encoding))
    series = read(path, Columns("日時", energy="電力量", time_zone="Asia/Tokyo"))
    assert series.total_kwh == 4
    assert len(series.notices) == notices


@pytest.mark.parametrize(
    "text",
    [
        'time,kWh\n2018/1/1 0:00,"1,234.5"\n2018/1/1 0:30,0.5\n',
        "time;kWh\n2018/1/1 0:00;1.234,5\n2018/1/1 0:30;0,5\n",
        "time\tkWh\n2018/1/1 0:00\t1234.5\n2018/1/1 0:30\t0.5\n",
        "time,kWh\r\n2018/1/1 0:00,1234.5\r\n\r\n2018/1/1 0:30, 0.5 \r\n,\r\n",
    ],
)
def test_delimiters_and_numbers_are_found_out(tmp_path: Path, text: str) -> None:
    """Commas, semicolons with decimal commas, tabs, thousands, and blank rows are read."""
    series = _read(tmp_path, text)
    assert (series.total_kwh, series.notices) == (1235, ())


def test_power_becomes_energy(tmp_path: Path) -> None:
    """Mean kW times the hours of the interval is its kWh."""
    path = tmp_path / "load.csv"
    path.write_text("t,kW\n2018/1/1 0:00,10\n2018/1/1 0:15,20\n", encoding="utf-8")
    series = read(path, Columns("t", power="kW"))
    assert [row.kwh for row in series.intervals] == [2.5, 5]
    assert series.largest_power_kw() == 20
    assert series.largest_demand_kw() == 15


def test_cells_that_are_no_numbers_become_gaps(tmp_path: Path) -> None:
    """Text, nothing and negative energy are left out, counted once, the first with its line."""
    lines = ["2018/1/1 0:00,1", "2018/1/1 1:00,欠測", "2018/1/1 2:00,", "2018/1/1 3:00,-1",
             "2018/1/1 4:00,nan", "2018/1/1 5:00,2"]  # fmt: skip
    series = _read(tmp_path, _rows(*lines))
    assert series.total_kwh == 3
    assert series.notices == (
        '4 cells are empty, negative or not a number in kWh (first: line 3: "欠測"); '
        "left out, as a gap",
        "1 gap of 4 hours together (first: 2018-01-01 01:00 to 2018-01-01 05:00); "
        "no energy is assumed there",
    )


def test_repeated_times_keep_the_first(tmp_path: Path) -> None:
    """A time that occurs twice is kept once; a differing value is said."""
    lines = ["2018/1/1 0:00,1", "2018/1/1 1:00,2", "2018/1/1 1:00,2", "2018/1/1 1:00,9",
             "2018/1/1 2:00,3"]  # fmt: skip
    series = _read(tmp_path, _rows(*lines))
    assert series.total_kwh == 6
    assert series.notices == (
        "2 rows repeat the time of another (first: line 4), 1 with another value; "
        "the first of each is kept",
    )


def test_rows_off_the_step_are_cut_at_their_neighbours(tmp_path: Path) -> None:
    """An extra row between two steps is said; intervals do not overlap."""
    lines = ["2018/1/1 0:00,1", "2018/1/1 1:00,2", "2018/1/1 2:00,3", "2018/1/1 2:20,4",
             "2018/1/1 3:00,5"]  # fmt: skip
    for label in ("start", "end"):
        series = _read(tmp_path, _rows(*lines), label)
        assert "2 rows are off the step of 60 minutes (first: line 5)" in series.notices[0]
        pairs = zip(series.intervals, series.intervals[1:], strict=False)
        assert all(a.end_ms <= b.start_ms for a, b in pairs)
        assert series.total_kwh == 15


def test_clocks_that_go_back_and_forward(tmp_path: Path) -> None:
    """The hour that summer time repeats is told by its order; the skipped one is no gap."""
    autumn = [f"2026-10-25 0{hour}:00,1" for hour in (1, 2, 2, 3)]
    series = _read(tmp_path, _rows(*autumn), zone="Europe/Berlin")
    assert [row.start_ms // 3_600_000 % 24 for row in series.intervals] == [23, 0, 1, 2]
    spring = [f"2026-03-29 0{hour}:00,1" for hour in (0, 1, 3, 4)]
    series = _read(tmp_path, _rows(*spring), zone="Europe/Berlin")
    assert [row.start_ms // 3_600_000 % 24 for row in series.intervals] == [23, 0, 1, 2]
    assert series.notices == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,kwh\n2018/1/1 0:00,1\n", r"no column kWh \(did you mean kwh\?\)"),
        ("a,b\n1,2\n", r"no column time \(its columns: a, b\)"),
        ("", "is empty"),
        ("time,kWh\n", "no rows"),
        ("time,kWh\n2018/1/1 0:00,1\n", "no interval can be told"),
        ("time,kWh\n2018/1/1 0:00,x\n2018/1/1 1:00,y\n", 'holds no number .line 2: "x".'),
        ("time,kWh\n2018/1/1 0:00,1\nyesterday,1\n", 'line 3: "yesterday" is not a time'),
        ("time,kWh\n2018/1/1 0:00,1\n2018/1/1 24:30,1\n", "line 3.*no such time of day"),
        ("time,kWh\n2018/1/1 0:00,1\n2018/2/30 0:00,1\n", 'line 3: "2018/2/30 0:00" is no date'),
        ("time,kWh\n18/1/1 0:00,1\n18/1/1 1:00,1\n", "line 2.*is no date"),
        ("time,kWh\n13/1/2018 0:00,1\n1/13/2018 1:00,1\n", "both day first and month first"),
    ],
)
def test_what_cannot_be_read_is_one_error(tmp_path: Path, text: str, told: str) -> None:
    """Each unreadable file is one error, with the line and what to do."""
    with pytest.raises(StopError, match=told) as raised:
        _read(tmp_path, text)
    assert raised.value.hint


def test_wrong_choices_are_one_error(tmp_path: Path) -> None:
    """A missing or binary file, an unknown zone, and no or two value columns are refused."""
    good = tmp_path / "good.csv"
    good.write_text(_rows("2018/1/1 0:00,1", "2018/1/1 1:00,1"), encoding="utf-8")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x81")
    for path, columns, told in (
        (tmp_path / "none.csv", Columns("time", energy="kWh"), "cannot be read"),
        (binary, Columns("time", energy="kWh"), "neither UTF-8 nor Shift_JIS"),
        (good, Columns("time", energy="kWh", time_zone="Asia/Tokio"), "not a time zone"),
        (good, Columns("time"), "either an energy column or a power column"),
        (good, Columns("time", energy="kWh", power="kWh"), "either an energy column"),
    ):
        with pytest.raises(StopError, match=told):
            read(path, columns)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1000), min_size=2, max_size=60), st.sampled_from([15, 30, 60]))
def test_energy_is_kept_whatever_the_step(
    tmp_path_factory: pytest.TempPathFactory, kwh: list[float], minutes: int
) -> None:
    """Nothing is added or lost between the cells and the intervals."""
    begin = datetime(2026, 4, 1, tzinfo=UTC)
    times = (begin + timedelta(minutes=minutes * i) for i in range(len(kwh)))
    rows = (f"{at:%Y-%m-%d %H:%M},{value!r}" for at, value in zip(times, kwh, strict=True))
    folder = tmp_path_factory.mktemp("series")
    series = _read(folder, _rows(*rows), zone="UTC")
    assert series.total_kwh == pytest.approx(sum(kwh))
    assert series.notices == ()
    assert series.step_s == minutes * 60
