"""Sparkplug's payload, judged by google's protobuf."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.outlet.payload import (
    BOOLEAN,
    DOUBLE,
    INT64,
    STRING,
    Metric,
    MetricValue,
    Payload,
    decode,
    encode,
)
from collector.outlet.protobuf import varint
from tests.collector.outlet import sparkplug_oracle as oracle

INSTANTS = st.integers(0, 2**63)
FIELDS = {INT64: "long_value", DOUBLE: "double_value", BOOLEAN: "boolean_value"}


def typed() -> st.SearchStrategy[tuple[int, MetricValue]]:
    """A data type with a value of it."""
    doubles = st.floats(allow_nan=False)
    return st.one_of(
        st.tuples(st.just(INT64), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just(DOUBLE), doubles),
        st.tuples(st.just(BOOLEAN), st.booleans()),
        st.tuples(st.just(STRING), st.text()),
        st.tuples(st.sampled_from([INT64, DOUBLE, BOOLEAN, STRING]), st.none()),
    )


METRICS = st.builds(
    lambda name, at_ms, kind, historical: Metric(name, at_ms, kind[0], kind[1], historical),
    *(st.text(), INSTANTS, typed(), st.booleans()),
)
PAYLOADS = st.builds(
    Payload, INSTANTS, st.none() | st.integers(0, 255), st.lists(METRICS, max_size=4).map(tuple)
)


@given(PAYLOADS)
def test_google_reads_what_we_write(payload: Payload) -> None:
    """Every field under its published number, with its value; no byte besides."""
    seen = oracle.read(encode(payload))
    assert seen.timestamp == payload.at_ms
    assert seen.HasField("seq") == (payload.seq is not None)
    assert seen.seq == (payload.seq or 0)
    assert len(seen.metrics) == len(payload.metrics)
    for own, other in zip(payload.metrics, seen.metrics, strict=True):
        assert (own.name, own.at_ms, own.datatype) == (other.name, other.timestamp, other.datatype)
        assert other.is_historical == own.historical
        value = own.value
        if own.datatype == INT64 and isinstance(value, int):
            value %= 2**64
        assert oracle.value_of(other) == value
        if value is not None:
            assert other.WhichOneof("value") == FIELDS.get(own.datatype, "string_value")


@given(PAYLOADS)
def test_we_read_what_google_writes(payload: Payload) -> None:
    """Round trip over the other's encoder."""
    assert decode(oracle.read(encode(payload)).SerializeToString()) == payload


def test_a_unit_is_a_property_and_no_part_of_the_value() -> None:
    """As SCADA programs show it; what comes back is read without it."""
    metric = Metric("kwh", 1, DOUBLE, 2.0, unit="m³")
    message = encode(Payload(1, 0, (metric, Metric("kw", 1, DOUBLE, None))))
    assert oracle.units(message) == {"kwh": "m³"}
    assert oracle.values(message) == {"kwh": 2.0, "kw": None}
    assert decode(message).metrics[0].value == 2.0


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(message: bytes) -> None:
    """A hostile command costs a ValueError, nothing else."""
    try:
        decode(message)
    except ValueError:
        return


def test_what_we_do_not_know_is_passed_over() -> None:
    """A host may send aliases, floats, bodies and more: the rest is read."""
    theirs = oracle.OraclePayload(timestamp=5, seq=7, uuid="u", body=b"b")
    theirs.metrics.add(name="a", alias=3, datatype=9, float_value=0.5, is_transient=True)
    theirs.metrics.add(name="b", datatype=17, bytes_value=b"\xff\x00")
    theirs.metrics.add(name="c", datatype=7, int_value=4_000_000_000)
    found = decode(theirs.SerializeToString())
    assert (found.at_ms, found.seq) == (5, 7)
    assert [(one.name, one.value) for one in found.metrics] == [
        *(("a", 0.5), ("b", None)),
        ("c", 4_000_000_000),
    ]


@pytest.mark.parametrize(
    "message",
    [
        b"\x08",
        b"\x12\x05\x0a",
        b"\x0b",
        b"\x08" + b"\xff" * 11,
        b"\x12\x04\x0a\x02\xff\xff",
        b"\x09\x00\x00",
    ],
    ids=["no value", "ends early", "group", "endless number", "no text", "half a double"],
)
def test_what_is_no_payload_is_refused(message: bytes) -> None:
    """With a ValueError, whatever is wrong."""
    with pytest.raises(ValueError, match=r"."):
        decode(message)


@pytest.mark.parametrize(
    ("value", "wire"), [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02"), (-1, "ff" * 9 + "01")]
)
def test_numbers_on_the_wire(value: int, wire: str) -> None:
    """The examples of protobuf.dev, "Base 128 Varints" and "Signed Integers"."""
    assert varint(value).hex() == wire
