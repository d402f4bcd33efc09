"""PURE. Payload and metric of Sparkplug B, as numbers on the wire.

Field numbers and data types are those of the published ``sparkplug_b.proto`` (Eclipse Sparkplug
3.0, chapter 6.4). Of properties only the unit is written, as ``engUnit``, which SCADA programs
show; data sets, templates and other properties are passed over where a payload holds them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from collector.outlet import protobuf
from collector.outlet.protobuf import I32, I64, LEN, VARINT, Value

INT64, DOUBLE, BOOLEAN, STRING = 4, 10, 11, 12
"""Data types that are used, by their index."""
UNIT = "engUnit"
_LONG, _DOUBLE, _BOOLEAN, _STRING = 11, 13, 14, 15
_SIGNED_64 = 1 << 63
MetricValue = int | float | bool | str | None


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: its name, the instant it was taken (UTC ms), its type and value.

    None is sent as null: known by name, its value is not. ``historical`` is what comes late and
    must not be taken for the present. ``unit`` is for births.
    """

    name: str
    at_ms: int
    datatype: int
    value: MetricValue
    historical: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """A message: when it was sent (UTC ms), its number (0 to 255; None in a will), its metrics."""

    at_ms: int
    seq: int | None
    metrics: Sequence[Metric] = ()


def encode(payload: Payload) -> bytes:
    """The payload as it goes on the wire."""
    parts = [protobuf.whole(1, payload.at_ms)]
    parts += [protobuf.held(2, _encode_metric(metric)) for metric in payload.metrics]
    if payload.seq is not None:
        parts.append(protobuf.whole(3, payload.seq))
    return b"".join(parts)


def _encode_metric(metric: Metric) -> bytes:
    found = protobuf.text(1, metric.name) + protobuf.whole(3, metric.at_ms)
    found += protobuf.whole(4, metric.datatype)
    if metric.historical:
        found += protobuf.whole(5, 1)
    if metric.unit:
        found += protobuf.held(9, _encode_unit(metric.unit))
    return found + (protobuf.whole(7, 1) if metric.value is None else _encode_value(metric))


def _encode_unit(unit: str) -> bytes:
    """A set of properties: its keys, then as many values, each a type and a text."""
    value = protobuf.whole(1, STRING) + protobuf.text(8, unit)
    return protobuf.text(1, UNIT) + protobuf.held(2, value)


def _encode_value(metric: Metric) -> bytes:
    value = metric.value
    if metric.datatype == DOUBLE and isinstance(value, int | float):
        return protobuf.double(_DOUBLE, value)
    if metric.datatype == BOOLEAN:
        return protobuf.whole(_BOOLEAN, bool(value))
    if metric.datatype == INT64 and isinstance(value, int):
        return protobuf.whole(_LONG, value)
    return protobuf.text(_STRING, str(value))


def decode(message: bytes) -> Payload:
    """What a host has sent. Raises ``ValueError`` for what is no payload."""
    at_ms, seq, metrics = 0, None, []
    for number, kind, value in protobuf.fields(message):
        if (number, kind) == (1, VARINT) and isinstance(value, int):
            at_ms = value
        elif (number, kind) == (3, VARINT) and isinstance(value, int):
            seq = value
        elif (number, kind) == (2, LEN) and isinstance(value, bytes):
            metrics.append(_decode_metric(value))
    return Payload(at_ms, seq, tuple(metrics))


def _decode_metric(message: bytes) -> Metric:
    name, at_ms, datatype, historical = "", 0, 0, False
    value: MetricValue = None
    for number, kind, held in protobuf.fields(message):
        if number == 1 and isinstance(held, bytes):
            name = held.decode("utf-8")
        elif number == 3 and isinstance(held, int):
            at_ms = held
        elif number == 4 and isinstance(held, int):
            datatype = held
        elif number == 5:
            historical = held == 1
        elif number >= 10:
            value = _decode_value(number, kind, held)
    return Metric(name, at_ms, datatype, value, historical)


def _decode_value(number: int, kind: int, held: Value) -> MetricValue:
    if isinstance(held, int):
        if number == _BOOLEAN:
            return bool(held)
        return held - 2 * _SIGNED_64 if number == _LONG and held >= _SIGNED_64 else held
    if kind in (I64, I32):
        return float(struct.unpack("<d" if kind == I64 else "<f", held)[0])
    return held.decode("utf-8") if number == _STRING else None
