"""All that the two buckets hold, page by page: the part of the InfluxDB store that hands it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from collector.storage.admission import LAST_MS
from collector.storage.influx_text import ONE_METER, between, floats, quoted
from collector.storage.paging import FIELDS, point_from
from collector.storage.port import Point, Series
from collector.storage.schema import READING


class InfluxPages:
    """Series and pages, asked through the questions of the store that inherits this."""

    _raw: str
    _totals: str

    def _query(self, bucket: str, text: str, **names: str) -> list[list[Any]]:
        raise NotImplementedError

    def _bucket_of(self, measurement: str) -> str:
        raise NotImplementedError

    def series(self) -> Sequence[Series]:
        """Every series of every measurement of the schema, sorted."""
        return sorted(
            one for bucket in dict.fromkeys((self._raw, self._totals)) for one in self._in(bucket)
        )

    def _in(self, bucket: str) -> Iterator[Series]:
        for name, *_ in self._query(bucket, "SHOW MEASUREMENTS"):
            if name not in FIELDS or self._place_of(name) != bucket:
                continue
            show = f'SHOW TAG VALUES FROM "{name}" WITH KEY ='
            for _, site in self._query(bucket, f'{show} "site"'):
                meters = self._query(bucket, f'{show} "meter" WHERE "site" = $site', site=site)
                yield from (Series(name, site, meter) for _, meter in meters)

    def page(self, series: Series, from_ms: int, limit: int) -> Sequence[Point]:
        """The oldest points at or after the instant, ``limit`` at most."""
        every, bucket = FIELDS[series.measurement], self._place_of(series.measurement)
        source = f'FROM "{series.measurement}"'
        # Fields that nobody has written would only be columns of nothing.
        written = {row[0] for row in self._query(bucket, f"SHOW FIELD KEYS {source}")}
        fields = [name for name in every if name in written]
        if not fields:
            return ()
        text = f"SELECT {quoted(fields)} {source} WHERE {ONE_METER} AND"
        text += f" {between(from_ms, LAST_MS)} ORDER BY time LIMIT {limit}"
        found = self._query(bucket, text, site=series.site, meter=series.meter)
        places = [fields.index(name) + 1 if name in fields else None for name in every]
        return [
            point_from(series, row[0], floats([None if n is None else row[n] for n in places]))
            for row in found
        ]

    def _place_of(self, measurement: str) -> str:
        return self._raw if measurement == READING else self._bucket_of(measurement)
