"""Settings of a Kafka log between the MQTT broker and the collectors: [kafka] and [bridge]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from collector.config_faults import table
from collector.site_config import LocalPath, Section
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.process.address import is_address

_KAFKA_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")
"""What Kafka allows in the name of a topic. Source: Apache Kafka, ``Topic.LEGAL_CHARS``."""
_NAME_HINT = "letters, digits, ., _ and -, 249 at most"


def _broker(place: str) -> str:
    if not is_address(place):
        raise ValueError("not an address with a port")
    return place


def _kafka_name(text: str) -> str:
    if not _KAFKA_NAME.fullmatch(text) or text in (".", ".."):
        raise ValueError("not a name in Kafka")
    return text


def _share_group(name: str) -> str:
    if name and not re.fullmatch(NAME_PATTERN, name):
        raise ValueError("not a name")
    return name


def _listen(place: str) -> str:
    if place and not is_address(place):
        raise ValueError("not an address with a port")
    return place


class KafkaSettings(Section):
    """The log from which readings are taken instead of from MQTT; receipts still go out there.

    ``password`` is what ``password_file`` or the environment holds.
    """

    brokers: tuple[Annotated[str, AfterValidator(_broker)], ...] = Field(
        min_length=1, description='a few of the cluster, for example ["kafka-1:9092"]'
    )
    topic: Annotated[str, AfterValidator(_kafka_name)] = Field(
        default="mieruka-up", description=_NAME_HINT
    )
    group: Annotated[str, AfterValidator(_kafka_name)] = Field(
        default="mieruka", description=f"the consumer group, {_NAME_HINT}"
    )
    alone: bool = Field(
        default=True, description="false when other collectors read in the same group"
    )
    tls: bool = Field(default=False, description="true or false")
    ca_file: LocalPath | None = Field(default=None, description="a PEM file, with tls only")
    cert_file: LocalPath | None = Field(default=None, description="this client's own, a PEM file")
    key_file: LocalPath | None = Field(default=None, description="its key, a PEM file")
    sasl: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="", description='"" for none, "PLAIN", "SCRAM-SHA-256" or "SCRAM-SHA-512"'
    )
    username: str = Field(default="", description="the name at Kafka, with sasl only")
    password: str = Field(default="", repr=False, description="better: password_file")
    password_file: LocalPath | None = Field(default=None, description="a file with one line")


class BridgeSettings(Section):
    """`collector bridge run`, which takes messages from MQTT to Kafka."""

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1:9874", description='for example "127.0.0.1:9874"; "" for no page'
    )
    share_group: Annotated[str, AfterValidator(_share_group)] = Field(
        default="", description='"" for a single bridge; else a name that the bridges share'
    )


def kafka_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for each pair of these settings that do not fit each other."""
    kafka = table(doc, "kafka")
    if not kafka:
        if "bridge" in doc:
            yield "kafka: missing (a bridge needs to know where Kafka is: add [kafka])"
        return
    yield from _login_faults(kafka)
    yield from _tls_faults(kafka)
    if group := table(doc, "mqtt").get("share_group"):
        hint = "remove it; members of [kafka] group divide the readings"
        yield f'mqtt.share_group = "{group}": not used beside [kafka] ({hint})'


def _login_faults(kafka: Mapping[str, Any]) -> Iterator[str]:
    if kafka.get("sasl"):
        if not kafka.get("username"):
            yield "kafka.username: missing (sasl needs a name)"
        if not kafka.get("password") and "password_file" not in kafka:
            yield "kafka.password_file: missing (a file with one line, or MIERUKA_KAFKA_PASSWORD)"
    elif kafka.get("username"):
        yield f'kafka.username = "{kafka["username"]}": not used without sasl (write sasl = "…")'


def _tls_faults(kafka: Mapping[str, Any]) -> Iterator[str]:
    files = [key for key in ("ca_file", "cert_file", "key_file") if key in kafka]
    if files and kafka.get("tls") is not True:
        yield f'kafka.{files[0]} = "{kafka[files[0]]}": not used without tls (write tls = true)'
    for one, other in (("cert_file", "key_file"), ("key_file", "cert_file")):
        if one in kafka and other not in kafka:
            yield f"kafka.{other}: missing (a certificate and its key belong together)"
