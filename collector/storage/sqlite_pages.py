"""All that the file holds, page by page: the part of the SQLite store that hands it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.storage.paging import FIELDS, point_from
from collector.storage.port import Point, Series
from collector.storage.schema import READING

ONE_SERIES = "series_id = (SELECT id FROM series WHERE site = ? AND meter = ?)"


class SqlitePages:
    """Series and pages, asked through the questions of the store that inherits this."""

    def _rows(self, statement: str, values: tuple[str | int, ...] = ()) -> list[Any]:
        raise NotImplementedError

    def series(self) -> Sequence[Series]:
        """Every series of every measurement, sorted."""
        return sorted(
            Series(table, site, meter)
            for table in FIELDS
            for site, meter in self._rows(
                f"SELECT site, meter FROM series WHERE EXISTS "
                f"(SELECT 1 FROM {table} WHERE series_id = series.id)"
            )
        )

    def page(self, series: Series, from_ms: int, limit: int) -> Sequence[Point]:
        """The oldest points at or after the instant, ``limit`` at most."""
        table = series.measurement
        time = "at_ms" if table == READING else "start_ms"
        found = self._rows(
            f"SELECT {time}, {', '.join(FIELDS[table])} FROM {table} "
            f"WHERE {ONE_SERIES} AND {time} >= ? ORDER BY {time} LIMIT ?",
            (series.site, series.meter, max(-(2**63), min(from_ms, 2**63 - 1)), limit),
        )
        return [point_from(series, at_ms, values) for at_ms, *values in found]
