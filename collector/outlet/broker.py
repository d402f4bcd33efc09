"""Which broker the open data go to: the readings' own, or one that stands nearer to others."""

from __future__ import annotations

from collector.config import CollectorSettings, MqttSettings


def broker_of(settings: CollectorSettings) -> MqttSettings:
    """The settings of the connection; nothing of the readings' broker is told to another one."""
    outlet = settings.outlet
    if not outlet.url:
        return settings.mqtt
    return MqttSettings(
        url=outlet.url,
        version=settings.mqtt.version,
        username=outlet.username,
        password=outlet.password,
        ca_file=outlet.ca_file,
    )
