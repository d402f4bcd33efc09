"""PURE. The settings as Kafka's own client wants them, and what its faults mean to a person."""

from __future__ import annotations

from collector.kafka_config import KafkaSettings

Options = dict[str, str | int | float | bool]
RETRY_AT_MOST_MS = 5_000
SILENT = 2
"""Its lines from "critical" up: what else it has to say comes as an error, which is told once."""


def options_of(settings: KafkaSettings, client_id: str) -> Options:
    """What every client of this cluster needs. Names: librdkafka's CONFIGURATION.md."""
    return {
        "bootstrap.servers": ",".join(settings.brokers),
        "client.id": client_id,
        "security.protocol": _protocol(settings),
        "reconnect.backoff.max.ms": RETRY_AT_MOST_MS,
        "topic.metadata.refresh.interval.ms": 10_000,
        "log_level": SILENT,
        **_files(settings),
        **_login(settings),
    }


def _protocol(settings: KafkaSettings) -> str:
    inside = "ssl" if settings.tls else "plaintext"
    return f"sasl_{inside}" if settings.sasl else inside


def _files(settings: KafkaSettings) -> Options:
    named = {
        "ssl.ca.location": settings.ca_file,
        "ssl.certificate.location": settings.cert_file,
        "ssl.key.location": settings.key_file,
    }
    return {name: str(path) for name, path in named.items() if path is not None}


def _login(settings: KafkaSettings) -> Options:
    if not settings.sasl:
        return {}
    return {
        "sasl.mechanisms": settings.sasl,
        "sasl.username": settings.username,
        "sasl.password": settings.password,
    }


LOOK = "is Kafka running, and is [kafka] brokers right? it is tried again for ever"
_HINTS = {
    "_AUTHENTICATION": "check [kafka] sasl, username and password_file",
    "SASL_AUTHENTICATION_FAILED": "check [kafka] sasl, username and password_file",
    "_SSL": "check [kafka] tls and ca_file, and the name in the broker's certificate",
    "TOPIC_AUTHORIZATION_FAILED": "let this user read and write [kafka] topic",
    "GROUP_AUTHORIZATION_FAILED": "let this user read in [kafka] group",
    "FENCED_INSTANCE_ID": "another collector runs with this [collector] id; give each its own",
    "UNKNOWN_TOPIC_OR_PART": "create [kafka] topic, see deploy/kafka/README.md",
    "_UNKNOWN_TOPIC": "create [kafka] topic, see deploy/kafka/README.md",
    "_UNKNOWN_PARTITION": "create [kafka] topic, see deploy/kafka/README.md",
    "MSG_SIZE_TOO_LARGE": "raise max.message.bytes of [kafka] topic",
}


def hint_of(fault: str) -> str:
    """What to do about a fault, by the name that librdkafka gives it."""
    return _HINTS.get(fault, LOOK)
