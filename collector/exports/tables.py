"""A report's data as CSV or Parquet: one zip a report, with a manifest of what is in it.

CSV is UTF-8 with a byte order mark, so that Excel in Japan opens it, and no text of it can become a
formula. The same report gives the same bytes, whenever it is written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from collector.exports.calm_text import harmless
from collector.exports.data_table import DataTable, data_tables, unique
from collector.exports.plain_column import Field, PlainColumn
from collector.reports.report import Report

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The same for every file, so that the bytes depend on the report alone."""


def write_csv(report: Report, path: Path) -> None:
    """Write the report's data as a zip of CSV files. Raises ``OSError`` for what cannot be."""
    _write_zip(report, path, "csv", csv_bytes)


def write_parquet(report: Report, path: Path) -> None:
    """Write the report's data as a zip of Parquet files. Raises ``OSError``."""
    _write_zip(report, path, "parquet", parquet_bytes)


def csv_bytes(table: DataTable) -> bytes:
    """The table as CSV: UTF-8 with a mark, lines end in CR LF, moments in ISO 8601 with offset."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless(head) for head in heads(table.columns)])
    writer.writerows([_written(field) for field in row] for row in table.rows)
    return written.getvalue().encode("utf-8-sig", "replace")


def parquet_bytes(table: DataTable) -> bytes:
    """The table as Parquet: text, 64-bit floats, moments in ms with their time zone."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = zip(*table.rows, strict=True) if table.rows else ((),) * len(table.columns)
    arrays = [
        pa.array(list(held), _arrow_type(pa, column))
        for column, held in zip(table.columns, fields, strict=True)
    ]
    names = list(heads(table.columns))
    held_table = pa.table(arrays, names=names).replace_schema_metadata({"title": table.title})
    sink = io.BytesIO()
    pq.write_table(held_table, sink, compression="zstd")
    return sink.getvalue()


def heads(columns: Sequence[PlainColumn]) -> tuple[str, ...]:
    """The columns' heads with their units, each only once."""
    return unique(column.head for column in columns)


def _arrow_type(pa: Any, column: PlainColumn) -> Any:
    if column.kind == "moment":
        return pa.timestamp("ms", tz=column.unit)
    return pa.float64() if column.kind == "number" else pa.string()


def _written(field: Field) -> str:
    if field is None:
        return ""
    if isinstance(field, datetime):
        return field.isoformat(timespec="seconds")
    return harmless(field) if isinstance(field, str) else f"{field:.15g}"


def _write_zip(report: Report, path: Path, kind: str, bytes_of: Any) -> None:
    entries = []
    with ZipFile(path, "w") as held:
        for table in data_tables(report):
            content = bytes_of(table)
            name = f"{table.name}.{kind}"
            _add(held, name, content, ZIP_DEFLATED if kind == "csv" else ZIP_STORED)
            entries.append(_entry(table, name, content))
        manifest = {
            "title": report.title, "subtitle": report.subtitle, "language": report.language,
            "period": {"from_ms": report.period.from_ms, "to_ms": report.period.to_ms,
                       "text": report.period.text},
            "time_zone": report.zone, "made": report.made, "files": entries,
        }  # fmt: skip
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        _add(held, "manifest.json", text.encode("utf-8", "replace"), ZIP_DEFLATED)


def _entry(table: DataTable, name: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name, "title": table.title, "section": table.section, "kind": table.kind,
        "rows": len(table.rows), "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "columns": [
            {"head": head, "unit": column.unit, "kind": column.kind}
            for head, column in zip(heads(table.columns), table.columns, strict=True)
        ],
    }  # fmt: skip


def _add(held: ZipFile, name: str, content: bytes, how: int) -> None:
    info = ZipInfo(name, _ZIP_TIME)
    info.compress_type = how
    info.external_attr = 0o644 << 16
    held.writestr(info, content)
