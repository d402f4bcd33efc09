"""A CSV of times and figures: time zones, the days the clocks change, and wrong lines."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from collector.errors import CollectorError
from collector.intensity.timed_csv import TimedValues, read_timed_values

LONDON = ZoneInfo("Europe/London")


def read(lines: str, zone: ZoneInfo | None = LONDON) -> TimedValues:
    """What the lines below a head of time and value hold."""
    return read_timed_values(f"time,value\n{lines}\n".encode(), "time", "value", zone)


def times(found: TimedValues) -> list[str]:
    """The instants, UTC."""
    return [f"{datetime.fromtimestamp(v.at_ms / 1000, UTC):%H:%M}" for v in found.values]


@pytest.mark.parametrize(
    "text",
    ["2025-07-01T13:30", "2025-07-01 13:30:00", "2025/7/1 13:30", "2025-07-01T12:30Z",
     "2025-07-01T14:30+02:00"],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str) -> None:
    """Local times of the stated zone, or with their own offset: one instant."""
    assert times(read(f"{text},300")) == ["12:30"]


def test_a_local_time_without_a_zone_is_refused() -> None:
    """No zone is guessed."""
    (refused,) = read("2025-07-01 13:30,300", None).refused
    assert refused.where == "line 2"
    assert refused.reason == "'2025-07-01 13:30' has no time zone; add --time-zone"


def test_the_repeated_hour_comes_twice() -> None:
    """On the day the clocks go back 1:00 and 1:30 are read in their order: no time is lost."""
    lines = "\n".join(f"2025-10-26 0{h}:{m:02},9" for h in (0, 1, 1, 2) for m in (0, 30))
    found = read(lines)
    assert found.refused == ()
    assert times(found) == ["23:00", "23:30", "00:00", "00:30", "01:00", "01:30", "02:00", "02:30"]


def test_the_skipped_hour_is_refused() -> None:
    """On the day the clocks go forward there is no 1:30."""
    (refused,) = read("2025-03-30 01:30,9").refused
    assert refused.reason == "'2025-03-30 01:30' does not exist: the clocks skip it"


def test_lines_without_a_figure_are_passed_over() -> None:
    """A blank is nothing, not zero."""
    found = read("2025-07-01 13:30,\n,\n2025-07-01 14:00,0")
    assert ([value.value for value in found.values], found.blank) == ([0.0], 2)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2025-07-01 13:30,many", "'many' is not a number"),
        ("2025-07-01 13:30,nan", "'nan' is not a number"),
        ("2025-07-01 13:30,1e999", "'1e999' is not a finite number"),
        ("yesterday,1", "'yesterday' is not a time; write it as 2025-10-01 13:30"),
        ("2025-07-01 12:00,1", "the same time as line 2"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(line: str, told: str) -> None:
    """The others stay."""
    found = read(f"2025-07-01 12:00,1\n{line}")
    assert [(item.where, item.reason) for item in found.refused] == [("line 3", told)]
    assert len(found.values) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "there is no column time and no column value"),
        (b"time,g\n", "there is no column value"),
    ],
)
def test_a_missing_column_is_told_with_those_there_are(content: bytes, told: str) -> None:
    """The hint lists the first line."""
    with pytest.raises(CollectorError) as refused:
        read_timed_values(content, "time", "value", None)
    assert refused.value.message == told
    assert refused.value.hint.startswith("the first line names: ")
