"""The inlet that the settings call for. Only a collector behind Kafka loads Kafka's client."""

from __future__ import annotations

from collector.config import CollectorSettings
from collector.errors import StopError
from collector.inlet.inlet import Inlet
from collector.kafka_config import KafkaSettings


def open_inlet(settings: CollectorSettings) -> Inlet:
    """The inlet of this collector, not connected yet.

    Raises ``StopError`` when the settings have a [kafka] and its client is not installed.
    """
    if settings.kafka is None:
        return Inlet(settings.mqtt, settings.collector.id)
    try:
        from collector.inlet.kafka import KafkaInlet
    except ModuleNotFoundError as error:
        raise no_client(error) from error
    return KafkaInlet(settings.mqtt, settings.kafka, settings.collector.id)


def no_client(error: ModuleNotFoundError) -> StopError:
    """What to say when Kafka's client is not installed."""
    return StopError(f"{error.name} is not installed", 'pip install "mieruka[collector,kafka]"')


def kafka_there(kafka: KafkaSettings, collector_id: str) -> str:
    """Look once at Kafka and the topic; answers what was found, and leaves no member behind.

    Raises ``RetryLaterError`` when they are not there, ``StopError`` as ``open_inlet`` does.
    """
    try:
        from collector.inlet.kafka.consumer import check
    except ModuleNotFoundError as error:
        raise no_client(error) from error
    return check(kafka, f"mieruka-collector-{collector_id}-check")


def group_of(settings: CollectorSettings) -> str:
    """The group whose members divide the readings with this collector; empty when it has all."""
    kafka = settings.kafka
    if kafka is None:
        return settings.mqtt.share_group
    return "" if kafka.alone else kafka.group
