"""Sparkplug payloads as google's protobuf reads them: the oracle for our own encoder.

The message types are built here from the field table of the published ``sparkplug_b.proto``
(Eclipse Sparkplug 3.0, 6.4), as far as metrics go.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

_TYPE = descriptor_pb2.FieldDescriptorProto
METRIC_FIELDS = (
    ("name", 1, _TYPE.TYPE_STRING),
    ("alias", 2, _TYPE.TYPE_UINT64),
    ("timestamp", 3, _TYPE.TYPE_UINT64),
    ("datatype", 4, _TYPE.TYPE_UINT32),
    ("is_historical", 5, _TYPE.TYPE_BOOL),
    ("is_transient", 6, _TYPE.TYPE_BOOL),
    ("is_null", 7, _TYPE.TYPE_BOOL),
)
VALUE_FIELDS = (
    ("int_value", 10, _TYPE.TYPE_UINT32),
    ("long_value", 11, _TYPE.TYPE_UINT64),
    ("float_value", 12, _TYPE.TYPE_FLOAT),
    ("double_value", 13, _TYPE.TYPE_DOUBLE),
    ("boolean_value", 14, _TYPE.TYPE_BOOL),
    ("string_value", 15, _TYPE.TYPE_STRING),
    ("bytes_value", 16, _TYPE.TYPE_BYTES),
)
PAYLOAD_FIELDS = (
    ("timestamp", 1, _TYPE.TYPE_UINT64),
    ("seq", 3, _TYPE.TYPE_UINT64),
    ("uuid", 4, _TYPE.TYPE_STRING),
    ("body", 5, _TYPE.TYPE_BYTES),
)


def _payload_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="sparkplug_oracle.proto", package="oracle", syntax="proto2"
    )
    _add_properties(file)
    metric = file.message_type.add(name="Metric")
    metric.oneof_decl.add(name="value")
    for name, number, kind in METRIC_FIELDS:
        metric.field.add(name=name, number=number, type=kind, label=_TYPE.LABEL_OPTIONAL)
    metric.field.add(
        name="properties",
        number=9,
        type=_TYPE.TYPE_MESSAGE,
        type_name=".oracle.PropertySet",
        label=_TYPE.LABEL_OPTIONAL,
    )
    for name, number, kind in VALUE_FIELDS:
        metric.field.add(
            name=name, number=number, type=kind, label=_TYPE.LABEL_OPTIONAL, oneof_index=0
        )
    payload = file.message_type.add(name="Payload")
    for name, number, kind in PAYLOAD_FIELDS:
        payload.field.add(name=name, number=number, type=kind, label=_TYPE.LABEL_OPTIONAL)
    payload.field.add(
        name="metrics",
        number=2,
        type=_TYPE.TYPE_MESSAGE,
        type_name=".oracle.Metric",
        label=_TYPE.LABEL_REPEATED,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("oracle.Payload"))


def _add_properties(file: Any) -> None:
    value = file.message_type.add(name="PropertyValue")
    for name, number, kind in (
        ("type", 1, _TYPE.TYPE_UINT32),
        ("string_value", 8, _TYPE.TYPE_STRING),
    ):
        value.field.add(name=name, number=number, type=kind, label=_TYPE.LABEL_OPTIONAL)
    found = file.message_type.add(name="PropertySet")
    found.field.add(name="keys", number=1, type=_TYPE.TYPE_STRING, label=_TYPE.LABEL_REPEATED)
    found.field.add(
        name="values",
        number=2,
        type=_TYPE.TYPE_MESSAGE,
        type_name=".oracle.PropertyValue",
        label=_TYPE.LABEL_REPEATED,
    )


OraclePayload = _payload_class()


def read(message: bytes) -> Any:
    """The message as google's protobuf reads it; every field must be one of the published ones."""
    payload = OraclePayload.FromString(message)
    assert payload.ByteSize() == len(message)
    return payload


def value_of(metric: Any) -> object:
    """The value of a metric, None when it is null."""
    if metric.is_null:
        assert metric.WhichOneof("value") is None
        return None
    value: object = getattr(metric, metric.WhichOneof("value"))
    return value


def units(message: bytes) -> dict[str, str]:
    """The units of a message by metric, as far as it tells them."""
    found = {}
    for metric in read(message).metrics:
        if metric.HasField("properties"):
            assert list(metric.properties.keys) == ["engUnit"]
            (value,) = metric.properties.values
            assert value.type == 12  # String
            found[metric.name] = value.string_value
    return found


def values(message: bytes) -> dict[str, object]:
    """The metrics of a message by name."""
    return {metric.name: value_of(metric) for metric in read(message).metrics}
