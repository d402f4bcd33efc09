"""A series as Parquet (https://parquet.apache.org): instants in the site's zone, units beside.

The unit and the meaning of a column stand in the metadata of its field, site, zone, period and
software in those of the file. Every block is a row group.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from io import RawIOBase
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from collector.series.column import Column
from collector.series.csv_file import columns_of
from collector.series.kinds import SeriesRow
from collector.series.tally import Tally
from collector.series.wanted import Wanted

_TEXT_KIND = pa.dictionary(pa.int32(), pa.string())


def parquet_file(wanted: Wanted, out: RawIOBase, tally: Tally) -> None:
    """Write the file to ``out``, a stretch at a time; what went in is counted in ``tally``."""
    schema = schema_of(wanted)
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for meter, rows in wanted.blocks():
            tally.count(wanted, rows)
            if rows:
                writer.write_table(_table(wanted, meter, rows, schema))


def schema_of(wanted: Wanted) -> Any:
    """The schema, with its metadata."""
    period = getattr(wanted.series, "period", "")
    told = {
        "site": wanted.site.id,
        "zone": wanted.site.time_zone,
        "what": wanted.what,
        "period": period,
        "from": str(wanted.first),
        "to": str(wanted.end),
        "made_by": f"mieruka {version('mieruka')}",
    }
    fields = [_field(column, wanted.site.time_zone) for column in columns_of(wanted)]
    return pa.schema(fields, metadata={f"mieruka.{key}": text for key, text in told.items()})


def _field(column: Column, zone: str) -> Any:
    kind = _TEXT_KIND if column.kind == "text" else pa.float64()
    if column.kind == "instant":
        kind = pa.timestamp("ms", tz="UTC" if column.name.endswith("_utc") else zone)
    return pa.field(
        column.name, kind, metadata={"unit": column.unit, "description": column.meaning}
    )


def _table(wanted: Wanted, meter: str, rows: Sequence[SeriesRow], schema: Any) -> Any:
    starts, ends, values = zip(*rows, strict=True)
    of_meter = ([text] * len(rows) for text in (wanted.site.id, meter, wanted.name_of(meter)))
    times = (starts, starts) if wanted.what == "readings" else (starts, ends, starts)
    columns = (*of_meter, *times, *zip(*values, strict=True))
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
