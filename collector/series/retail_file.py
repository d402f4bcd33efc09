"""The 30-minute file as Japanese retailers' portals give it: a row a day, a column a half hour.

Columns are headed 0:00-0:30 to 23:30-24:00 (kWh, six decimals: whole milli-Wh). Where the days
hold one of 25 hours, columns count the day's half hours instead (1 to 50): a clock that shows an
hour twice cannot head two columns. A half hour of which a part is unknown is an empty cell, as
the layout has no room for a quality. ``collector meters import --kind half-hours`` reads it back;
of a file with several meters with ``--only 計測器=ID``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from collector.errors import CollectorError
from collector.rollup.periods import SLOT_MS, Window
from collector.series.column import ENERGY
from collector.series.csv_text import encoded, lines
from collector.series.kinds import SeriesRow, Totals
from collector.series.tally import Tally
from collector.series.wanted import Wanted

METER_HEAD, DATE_HEAD = "計測器", "年月日"
CLOCK_HALF_HOURS, MOST_HALF_HOURS = 48, 50
_KWH, _QUALITY = ([column.name for column in ENERGY].index(name) for name in ("kwh", "quality"))
_KNOWN = ("measured", "estimated")
_PLAIN_DAY_MS = CLOCK_HALF_HOURS * SLOT_MS


def retail_file(wanted: Wanted, codec: str, tally: Tally) -> Iterator[bytes]:
    """The file, a piece at a time; half hours are counted in ``tally``.

    Raises ``CollectorError`` unless half hours are wanted.
    """
    if not isinstance(wanted.series, Totals) or wanted.series.period != "30m":
        raise CollectorError("the layout has half hours", "use --what totals --period 30m")
    return encoded(_texts(wanted, tally), codec)


def _texts(wanted: Wanted, tally: Tally) -> Iterator[str]:
    numbered = any(_long(day) for day in wanted.calendar.windows("1d", wanted.span))
    heads = _numbers() if numbered else _clocks()
    yield lines([(METER_HEAD, DATE_HEAD, *heads)])
    partial = 0
    for meter, rows in wanted.blocks():
        tally.count(wanted, rows)
        partial += sum(row.values[_QUALITY] == "partial" for row in rows)
        days = _days(wanted, rows)
        yield lines((meter, str(day), *_cells(wanted, of, numbered)) for day, of in days)
    if partial:
        tally.notes.append(f"{partial} half hours are known in part only and left empty")


def _long(day: Window) -> bool:
    return day.end_ms - day.start_ms > _PLAIN_DAY_MS


def _clocks() -> Sequence[str]:
    edges = [f"{minute // 60}:{minute % 60:02}" for minute in range(0, 24 * 60 + 1, 30)]
    return [f"{start}-{end}" for start, end in pairwise(edges)]


def _numbers() -> Sequence[str]:
    return [str(number) for number in range(1, MOST_HALF_HOURS + 1)]


def _days(wanted: Wanted, rows: Sequence[SeriesRow]) -> Iterator[tuple[date, list[SeriesRow]]]:
    by_day: dict[date, list[SeriesRow]] = {}
    for row in rows:
        by_day.setdefault(wanted.calendar.date_of(row.start_ms), []).append(row)
    yield from by_day.items()


def _cells(wanted: Wanted, rows: Sequence[SeriesRow], numbered: bool) -> Sequence[str]:
    cells = [""] * (MOST_HALF_HOURS if numbered else CLOCK_HALF_HOURS)
    for place, row in enumerate(rows):
        cells[place if numbered else _place(wanted, row)] = _figure(row)
    return cells


def _place(wanted: Wanted, row: SeriesRow) -> int:
    on_the_wall = datetime.fromtimestamp(row.start_ms / 1000, wanted.site.zone)
    return on_the_wall.hour * 2 + on_the_wall.minute // 30


def _figure(row: SeriesRow) -> str:
    kwh = row.values[_KWH]
    return f"{kwh:.6f}" if row.values[_QUALITY] in _KNOWN and isinstance(kwh, float) else ""
