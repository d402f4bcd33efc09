"""Typed-in readings and consumptions as slots."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from collector.imports.manual import Periods, read_consumption, read_readings
from collector.imports.sheet import read_sheet
from collector.imports.slots import SlotFile, unit_named
from collector.imports.table import Columns, Refusal
from collector.rollup.periods import midnight_ms

TOKYO = ZoneInfo("Asia/Tokyo")
KWH = unit_named("kWh")


def at(day: str) -> int:
    """Local midnight of the day (UTC ms)."""
    return midnight_ms(TOKYO, date.fromisoformat(day))


def used(*rows: str, header: str = "period,kwh", last: str = "", billing_day: int = 1) -> SlotFile:
    """The slots of consumptions under a header."""
    sheet = read_sheet("\n".join([header, *rows]).encode(), "file.csv")
    return read_consumption(sheet, Periods("period", TOKYO, last, billing_day), "kwh", KWH)


def spans(found: SlotFile) -> list[tuple[int, int, float]]:
    """Start, end and kWh of every slot."""
    return [(slot.start_ms, slot.end_ms, slot.milli_wh / 1e6) for slot in found.slots]


def test_readings_give_what_lies_between_them() -> None:
    """Each reading ends a stretch that began with the one before, at midnight or when it says."""
    text = "日付,指示数\n2026-04-01,100\n2026-05-01 09:00,350.5\n2026-06-01,400\n"
    sheet = read_sheet(text.encode(), "file.csv")
    found = read_readings(sheet, Columns("日付", ("指示数",)), TOKYO, KWH)
    nine = at("2026-05-01") + 9 * 3_600_000
    assert spans(found) == [
        (at("2026-04-01"), nine, 250.5),
        (nine, at("2026-06-01"), 49.5),
    ]


def test_reading_below_the_one_before_is_refused() -> None:
    """A fall has no difference: refused with both figures, and counting goes on from the last."""
    text = "日付,指示数\n2026-04-01,100\n2026-05-01,20\n2026-06-01,130\n"
    sheet = read_sheet(text.encode(), "file.csv")
    found = read_readings(sheet, Columns("日付", ("指示数",)), TOKYO, KWH)
    assert spans(found) == [(at("2026-04-01"), at("2026-06-01"), 30.0)]
    (refusal,) = found.refusals
    assert refusal.line == 3
    assert "20 is below 100 of line 2" in refusal.reason


@pytest.mark.parametrize(
    "month", ["2026-04", "2026/4", "2026年4月", "202604", "2026年4月分", "２０２６年４月"]
)
def test_months(month: str) -> None:
    """A month is the calendar month, however it is written."""
    assert spans(used(f"{month},310")) == [(at("2026-04-01"), at("2026-05-01"), 310.0)]


def test_billing_months() -> None:
    """With a billing day a month is the bill's: it ends within the month it is named by."""
    found = used("2026-01,310", billing_day=10)
    assert spans(found) == [(at("2025-12-10"), at("2026-01-10"), 310.0)]


def test_days_and_stretches_of_days() -> None:
    """A day is a day; with a second column the last day is included."""
    assert spans(used("2026-04-30,5", "2026/5/1,6")) == [
        (at("2026-04-30"), at("2026-05-01"), 5.0),
        (at("2026-05-01"), at("2026-05-02"), 6.0),
    ]
    found = used("2026-04-10,2026-05-09,900", header="period,until,kwh", last="until")
    assert spans(found) == [(at("2026-04-10"), at("2026-05-10"), 900.0)]


def test_rows_that_are_refused() -> None:
    """What is no period or no number, below zero, or over another row is refused with its line."""
    found = used(
        "2026-04,1", "2026-04-15,2", "2026-05,x", "2026-06,-3", "soon,4", "2026-07,", "2026-08,5"
    )
    assert spans(found) == [(at("2026-08-01"), at("2026-09-01"), 5.0)]
    assert found.refusals == (
        Refusal(2, "its slot lies over that of line 3"),
        Refusal(3, "its slot lies over that of line 2"),
        Refusal(4, '"x" is not a number'),
        Refusal(5, "-3 is below zero"),
        Refusal(6, '"soon" is not a time'),
    )
    backwards = used("2026-05-09,2026-04-10,1", header="period,until,kwh", last="until")
    assert backwards.refusals == (Refusal(2, "2026-04-10 is before 2026-05-09"),)


def test_days_of_both_columns_have_one_order() -> None:
    """The order of day and month is decided from both columns together."""
    found = used("01/04/2026,30/04/2026,1", header="period,until,kwh", last="until")
    assert spans(found) == [(at("2026-04-01"), at("2026-05-01"), 1.0)]
