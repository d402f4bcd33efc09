"""A series as CSV: units in the heads, quality beside the figures, a row for every period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from collector.series.column import (
    END,
    METER,
    NAME,
    SITE,
    START,
    START_UTC,
    TIME,
    TIME_UTC,
    Column,
)
from collector.series.csv_text import cell, cell_text, encoded, iso, iso_utc, lines
from collector.series.kinds import SeriesRow
from collector.series.tally import Tally
from collector.series.wanted import Wanted


def columns_of(wanted: Wanted) -> tuple[Column, ...]:
    """The columns of the file, in their order."""
    times = (TIME, TIME_UTC) if wanted.what == "readings" else (START, END, START_UTC)
    return (SITE, METER, NAME, *times, *wanted.series.columns)


def csv_file(wanted: Wanted, codec: str, tally: Tally) -> Iterator[bytes]:
    """The file, a piece at a time; what went into it is counted in ``tally``."""
    return encoded(_texts(wanted, tally), codec)


def _texts(wanted: Wanted, tally: Tally) -> Iterator[str]:
    yield lines([[column.head for column in columns_of(wanted)]])
    for meter, rows in wanted.blocks():
        tally.count(wanted, rows)
        yield lines(_cells(wanted, meter, rows))


def _cells(wanted: Wanted, meter: str, rows: Iterable[SeriesRow]) -> Iterator[Sequence[str]]:
    zone = wanted.site.zone
    of_meter = (wanted.site.id, meter, cell_text(wanted.name_of(meter)))
    if wanted.what == "readings":
        for start_ms, _, values in rows:
            yield (*of_meter, iso(start_ms, zone), iso_utc(start_ms), *map(cell, values))
        return
    for start_ms, end_ms, values in rows:
        times = (iso(start_ms, zone), iso(end_ms, zone), iso_utc(start_ms))
        yield (*of_meter, *times, *map(cell, values))
