"""Secrets of the settings: read from their files or the environment before the schema looks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collector.config_faults import table
from collector.grafana_config import grafana_secrets
from collector.tenant_config import tenant_secrets
from edge_agent.process.redaction import keep_out
from edge_agent.process.secret_file import secret_in

SECRET_VARIABLES: dict[tuple[str, str], str] = {
    ("store", "token"): "MIERUKA_INFLUX_TOKEN",
    ("grafana", "token"): "MIERUKA_GRAFANA_TOKEN",
    ("grafana", "read_token"): "MIERUKA_GRAFANA_READ_TOKEN",
    ("mqtt", "password"): "MIERUKA_MQTT_PASSWORD",
    ("mail", "password"): "MIERUKA_MAIL_PASSWORD",
    ("kafka", "password"): "MIERUKA_KAFKA_PASSWORD",
    ("outlet", "password"): "MIERUKA_OUTLET_PASSWORD",
}
"""Secrets by section and key, and the environment variable that may hold each of them."""


def put_secrets(doc: dict[str, Any], base: Path) -> Iterator[str]:
    """Put each secret in its place in ``doc``; yield what is wrong with their files."""
    for (section, key), variable in SECRET_VARIABLES.items():
        settings = table(doc, section)
        yield from _from_file(section, settings, key, base)
        if settings and not {key, f"{key}_file"} & set(settings) and variable in os.environ:
            settings[key] = os.environ[variable]
        keep_out(settings.get(key))
    for path, settings, key in (*grafana_secrets(doc), *tenant_secrets(doc)):
        yield from _from_file(path, settings, key, base)
        keep_out(settings.get(key))


def _from_file(path: str, settings: dict[str, Any], key: str, base: Path) -> Iterator[str]:
    file_key = f"{key}_file"
    named = settings.get(file_key)
    if named is not None and key in settings:
        yield f"{path}.{key}: given here and in {file_key} (keep {file_key})"
    elif isinstance(named, str):
        try:
            settings[key] = _secret(base / named)
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else str(error)
            hint = "one line with the secret, readable by the collector"
            yield f'{path}.{file_key} = "{named}": {what} ({hint})'


def _secret(path: Path) -> str:
    text = secret_in(path)
    if not text or "\n" in text:
        raise ValueError("does not hold exactly one line")
    return text
