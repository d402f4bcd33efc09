"""Parts of requests to InfluxDB, and of what it answers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from collector.storage.admission import LAST_MS, surely_placed
from collector.storage.line_protocol import column_lines
from collector.storage.port import Columns


def in_parts(columns: Sequence[Columns], lines: int) -> Iterator[list[Columns]]:
    """The columns in their order, so many of them together as make the lines of one request."""
    part: list[Columns] = []
    held = 0
    for one in columns:
        if part and held + len(one.at_ms) > lines:
            yield part
            part, held = [], 0
        part.append(one)
        held += len(one.at_ms)
    if part:
        yield part


def body_of(part: Sequence[Columns]) -> bytes | None:
    """The lines of one request; None when some reading of it has to be looked at."""
    if not all(map(surely_placed, part)):
        return None
    blocks = [block for one in part if (block := column_lines(one)) is not None]
    return "".join(blocks).encode() if len(blocks) == len(part) else None


def between(from_ms: int, to_ms: int) -> str:
    """The half-open range as InfluxQL; bounds beyond storable time are drawn in."""
    first, last = (max(0, min(ms, LAST_MS)) for ms in (from_ms, to_ms))
    return f"time >= {first}ms AND time < {last}ms"


ONE_METER = '"site" = $site AND "meter" = $meter'


def select(fields: Iterable[str], measurement: str, from_ms: int, to_ms: int) -> str:
    """The question for some fields of one meter's points in the half-open range."""
    where = f"{ONE_METER} AND {between(from_ms, to_ms)}"
    return f'SELECT {quoted(fields)} FROM "{measurement}" WHERE {where}'


def question(url: str, bucket: str, text: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The request that asks a bucket in InfluxQL, ``$names`` filled in; times in ms."""
    fields = {"db": bucket, "q": text, "epoch": "ms", "params": orjson.dumps(names).decode()}
    return {"url": url, "fields": fields, "encode_multipart": False}


def floats(values: Sequence[Any]) -> list[Any]:
    """The values of a point; JSON writes whole numbers without a point."""
    return [float(value) if type(value) is int else value for value in values]


def quoted(names: Iterable[str]) -> str:
    """The names as a list of InfluxQL."""
    return ", ".join(f'"{name}"' for name in names)
