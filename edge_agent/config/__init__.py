"""What the agent is told: its TOML settings. ``whole`` puts the tables together."""

from edge_agent.config.demand import ActionKind, DemandActionSettings, DemandSettings
from edge_agent.config.links import NETWORK_KEYS, SERIAL_KEYS, SERIAL_KINDS, LinkKind, LinkSettings
from edge_agent.config.meters import MeterSettings, Wiring
from edge_agent.config.parts import (
    CareSettings,
    CareWord,
    ClockSettings,
    DeliverySettings,
    FleetSettings,
    HealthSettings,
    IdentitySettings,
    MqttSettings,
    OutboxSettings,
    PageSettings,
    PollGroupSettings,
    PollSettings,
    UpdateSettings,
)
from edge_agent.config.text import Name, Number, Whole
from edge_agent.config.whole import HINT, AgentSettings, load

__all__ = [
    "HINT",
    "NETWORK_KEYS",
    "SERIAL_KEYS",
    "SERIAL_KINDS",
    "ActionKind",
    "AgentSettings",
    "CareSettings",
    "CareWord",
    "ClockSettings",
    "DeliverySettings",
    "DemandActionSettings",
    "DemandSettings",
    "FleetSettings",
    "HealthSettings",
    "IdentitySettings",
    "LinkKind",
    "LinkSettings",
    "MeterSettings",
    "MqttSettings",
    "Name",
    "Number",
    "OutboxSettings",
    "PageSettings",
    "PollGroupSettings",
    "PollSettings",
    "UpdateSettings",
    "Whole",
    "Wiring",
    "load",
]
