"""The station: what is touched is made again, nothing else, and a break is made good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from collector.calendars.plant_calendar import PlantCalendar
from collector.errors import RetryLaterError
from collector.figures.again import mark_again
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import (
    BILL_LINES_1BM,
    DAY_FIGURES,
    LOAD_DAY,
    LOAD_DURATION_1MO,
    MONTH_FIGURES,
    TYPICAL_SLOT,
)
from collector.storage.port import ReadingStore, Row
from tests.collector.figures.season import DAY_MS, END, Rows, Season

A_DAY = timedelta(days=1)
LATE = date(2025, 6, 11)
"""A working day into which a late reading falls."""
SLOT_MS = 1_800_000


@pytest.fixture
def own(tmp_path: Path, season: Season) -> Iterator[Season]:
    """A season of one's own, with every figure made."""
    made = Season.copied(season, tmp_path)
    yield made
    made.close()


def changed(before: Rows, after: Rows) -> set[tuple[str, str, int]]:
    """The rows that are not what they were."""
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_a_late_reading_changes_the_days_that_stand_on_it(own: Season) -> None:
    """The heat map of its own day alone; what is usual on days alike in the eight weeks after."""
    before = own.rows()
    at_ms = own.midnight(LATE) + 20 * SLOT_MS
    own.change_slot("press", at_ms, 45.0)
    own.mark([LATE], ["press"])
    own.run()
    moved = changed(before, own.rows())
    days = {
        name: {at for one, meter, at in moved if one == name} for name in {key[0] for key in moved}
    }
    assert {meter for _, meter, _ in moved} == {"press"}
    assert days[LOAD_DAY] == {own.midnight(LATE)}
    kinds = PlantCalendar.of(own.site.calendar)
    after = [LATE + n * A_DAY for n in range(57)]
    allowed = {own.midnight(day) for day in after if kinds.works(day)}
    assert own.midnight(LATE) in days[DAY_FIGURES]
    assert days[DAY_FIGURES] <= allowed
    assert {at - 20 * SLOT_MS for at in days[TYPICAL_SLOT]} <= allowed
    assert days[MONTH_FIGURES] == {own.midnight(date(2025, month, 1)) for month in (6, 7)}
    assert {at - at % DAY_MS for at in days[LOAD_DURATION_1MO]} == {
        at - at % DAY_MS for at in [own.midnight(date(2025, 6, 1))]
    }


def test_what_was_kept_up_is_what_is_made_from_nothing(own: Season) -> None:
    """After a late reading at the site, the figures are those of a store that is built anew."""
    own.change_slot(SITE_METER, own.midnight(LATE) + 20 * SLOT_MS, 60.0)
    own.change_slot("main", own.midnight(LATE) + 20 * SLOT_MS, 60.0)
    own.mark([LATE], [SITE_METER, "main"])
    own.run()
    kept = own.rows()
    own.mark_all()
    own.run()
    assert changed(kept, own.rows()) == set()


def test_a_second_run_has_nothing_to_do(own: Season) -> None:
    """And one that is asked to do days again changes nothing."""
    before = own.rows()
    assert own.run().rows_written == 0
    own.mark([END - n * A_DAY for n in range(1, 4)])
    assert own.run().rows_written > 0
    assert own.rows() == before


class Breaking:
    """A store whose writing breaks off at the call of this number."""

    def __init__(self, store: ReadingStore, at_call: int) -> None:
        self._store, self._left = store, at_call

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._store, verb)

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Write, until it is the turn."""
        if self._left == 0:
            raise RetryLaterError("the store is away", "wait")
        self._left -= 1
        self._store.write_rows(rows)


@pytest.mark.parametrize("at_call", [0, 1, 2])
def test_a_run_that_breaks_off_is_finished_by_the_next(own: Season, at_call: int) -> None:
    """Wherever the store goes away, the marks of what was not written stay."""
    expected = own.rows()
    day = END - 3 * A_DAY
    own.mark([day], own.meters)
    own.store.write_rows([_emptied(row) for row in _day_of(own, day)])
    with pytest.raises(RetryLaterError):
        own.run(cast(ReadingStore, Breaking(own.store, at_call)))
    assert own.state.stale_figures.pending() != []
    own.run()
    assert own.rows() == expected
    assert own.state.stale_figures.pending() == []


def _day_of(own: Season, day: date) -> list[Row]:
    at_ms = own.midnight(day)
    return [
        row
        for meter in ("_site", "press")
        for row in own.store.read_rows(LOAD_DAY, own.site.id, meter, at_ms, at_ms + 1)
    ]


def _emptied(row: Row) -> Row:
    return Row(row.measurement, row.site, row.meter, row.at_ms, {"known": 0.0})


def test_while_a_day_runs_longer_figures_wait(tmp_path: Path) -> None:
    """Today's own figures and its month are made at once, the duration curve after midnight."""
    own = Season.open(tmp_path, END - A_DAY)
    today = END - A_DAY
    own.mark([today])
    own.run()
    rows = own.rows()
    assert (DAY_FIGURES, "press", own.midnight(today)) in rows
    assert (MONTH_FIGURES, SITE_METER, own.midnight(date(2025, 7, 1))) in rows
    assert not {LOAD_DURATION_1MO, BILL_LINES_1BM} & {name for name, _, _ in rows}
    assert {mark.stage for mark in own.state.stale_figures.pending()} == {"settling"}
    own.now_ms += DAY_MS
    own.run()
    names = {name for name, _, _ in own.rows()}
    assert {LOAD_DURATION_1MO, BILL_LINES_1BM} <= names
    assert own.state.stale_figures.pending() == []
    own.close()


def test_today_is_told_in_advance(own: Season) -> None:
    """At ten past midnight of a day without readings, yesterday's mark is enough for all of it."""
    own.mark([END - A_DAY])
    own.run()
    rows = own.rows(TYPICAL_SLOT)
    today = [at for _, meter, at in rows if meter == SITE_METER and at >= own.midnight(END)]
    assert sorted(today) == [own.midnight(END) + n * SLOT_MS for n in range(48)]
    assert (DAY_FIGURES, SITE_METER, own.midnight(END)) not in own.rows(DAY_FIGURES)


def test_a_running_month_s_bill_is_projected_to_its_end(own: Season) -> None:
    """On the 15th of July half is used: the projected bill is near that of the whole month."""
    whole = own.rows(BILL_LINES_1BM)[BILL_LINES_1BM, SITE_METER, own.midnight(date(2025, 7, 1))]
    half_ms = own.midnight(date(2025, 7, 15))
    for meter in own.meters:
        totals = own.store.read_totals(own.site.id, meter, "30m", half_ms, 2**43)
        own.store.write_totals([_gone(total) for total in totals])
    own.now_ms = half_ms + 600_000
    own.mark([date(2025, 7, 14)])
    own.run()
    row = own.rows(BILL_LINES_1BM)[BILL_LINES_1BM, SITE_METER, own.midnight(date(2025, 7, 1))]
    assert row["projected"] == 1.0
    assert row["total_cost"] < 0.75 * float(whole["total_cost"])  # type: ignore[operator]
    assert row["projected_total"] == pytest.approx(float(whole["total_cost"]), rel=0.15)


def _gone(total: Any) -> Any:
    return replace(total, kwh=0.0, coverage=0.0, missing=1.0, estimated_kwh=0.0, peak_kw=0.0)


def test_a_day_whose_energy_went_leaves_no_stale_figure(own: Season) -> None:
    """Readings taken back: the day has neither heat map nor peak, and a coverage of nothing."""
    at_ms = own.midnight(LATE)
    totals = own.store.read_totals(own.site.id, "press", "30m", at_ms, at_ms + DAY_MS)
    own.store.write_totals([_gone(total) for total in totals])
    own.mark([LATE], ["press"])
    own.run()
    rows = own.rows(LOAD_DAY, DAY_FIGURES)
    assert rows[LOAD_DAY, "press", at_ms] == {"known": 0.0}
    assert rows[DAY_FIGURES, "press", at_ms] == {"coverage": 0.0}


def test_days_of_sites_and_meters_that_are_gone_are_struck_off(own: Season) -> None:
    """Nobody could make figures of them, and nothing waits for ever."""
    own.state.stale_figures.mark("elsewhere", [("main", 0, 0, DAY_MS)])
    own.mark([LATE], ["scrapped", "_unmeasured"])
    assert own.run().rows_written == 0
    assert own.state.stale_figures.pending() == []


def test_all_days_of_a_stretch_can_be_marked_again(own: Season) -> None:
    """Ten days of the site and its three meters of electricity; no momentary values."""
    span = own.window(LATE, LATE + 10 * A_DAY)
    assert mark_again(own.store, own.state.stale_figures, own.site, span) == 40
    marks = own.state.stale_figures.pending()
    assert {mark.meter for mark in marks} == {SITE_METER, "main", "press", "furnace"}
    assert all(mark.from_ms == mark.to_ms == mark.day_ms for mark in marks)
