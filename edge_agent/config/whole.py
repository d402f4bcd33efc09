"""What the agent is told: its TOML settings, read once and frozen.

Upstream of everything that does something. ``load`` reads one file (the annotated example is
``deploy/examples/agent.toml``), checks every value and every relation between values, and tells
**all** faults at once. Times are seconds (``_s``) or milliseconds (``_ms``).
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from edge_agent.config.demand import DemandSettings
from edge_agent.config.links import LinkSettings
from edge_agent.config.meters import MeterSettings
from edge_agent.config.parts import (
    CareSettings,
    ClockSettings,
    DeliverySettings,
    FleetSettings,
    HealthSettings,
    IdentitySettings,
    MqttSettings,
    OutboxSettings,
    PageSettings,
    PollSettings,
    UpdateSettings,
)
from edge_agent.config.text import Settings
from edge_agent.config_faults import is_path, schema_faults
from edge_agent.config_relations import ProfileFaults, relation_faults
from edge_agent.errors import ConfigError
from edge_agent.process.bounded import tables_in, text_in
from edge_agent.words import joined, said

HINT = said("correct the file, then run `edge-agent check` again")
MQTT_FILES = ("password_file", "ca_file", "cert_file", "key_file")
Part = TypeVar("Part", bound="Settings")


class AgentSettings(Settings):
    """The whole file, frozen; attributes mirror its tables."""

    agent: IdentitySettings
    mqtt: MqttSettings
    poll: PollSettings = PollSettings()
    outbox: OutboxSettings = OutboxSettings()
    clock: ClockSettings = ClockSettings()
    delivery: DeliverySettings = DeliverySettings()
    fleet: FleetSettings = FleetSettings()
    health: HealthSettings = HealthSettings()
    page: PageSettings = PageSettings()
    care: CareSettings = CareSettings()
    update: UpdateSettings = UpdateSettings()
    demand: DemandSettings | None = None
    links: tuple[LinkSettings, ...] = ()
    meters: tuple[MeterSettings, ...] = ()

    def beside(self, folder: Path) -> Self:
        """The same settings with every relative path taken from ``folder``."""
        return self.model_copy(
            update={
                "agent": _rooted(self.agent, folder, "state_dir"),
                "mqtt": _rooted(self.mqtt, folder, *MQTT_FILES),
                "page": _rooted(self.page, folder, "pin_file"),
                "update": _rooted(self.update, folder, "keys_file"),
                "meters": tuple(_with_profile_path(meter, folder) for meter in self.meters),
            }
        )


def load(
    path: Path,
    *,
    profile_faults: ProfileFaults | None = None,
    page_on: bool = False,
    unenrolled: bool = False,
) -> AgentSettings:
    """The settings in ``path``.

    ``profile_faults``, when given, is asked about every profile file that exists, so that
    ``edge-agent check`` tells those faults too. ``page_on``: the commissioning page is on whatever
    the file says, so that it may be without meters. ``unenrolled``: the files by which the broker
    knows the agent are passed over, as on a new card that has the settings and no state yet.
    Raises ``ConfigError`` with one line per fault.
    """
    document = _document(path)
    if unenrolled and isinstance(mqtt := document.get("mqtt"), dict):
        document["mqtt"] = {key: mqtt[key] for key in mqtt if key not in (*MQTT_FILES, "username")}
    settings: AgentSettings | None = None
    faults: list[str] = []
    try:
        settings = AgentSettings.model_validate(document)
    except ValidationError as error:
        faults += schema_faults(error, AgentSettings)
    faults += relation_faults(document, path.parent, profile_faults, page_on)
    if faults or settings is None:
        lines: list[str] = [said("{path}: {fault}", path=path, fault=fault) for fault in faults]
        raise ConfigError(lines, HINT)
    return settings.beside(path.parent.absolute())


def _document(path: Path) -> dict[str, Any]:
    try:
        return tables_in(text_in(path))
    except FileNotFoundError:
        hint = said("make one with `edge-agent init`, or give the right path with -c")
        raise _unread(path, said("there is no such file"), hint) from None
    except OSError as error:
        what = said("cannot be read: {reason}", reason=error.strerror or str(error))
        hint = said("give the path of a readable file with -c")
        raise _unread(path, what, hint) from error
    except UnicodeDecodeError as error:
        raise _unread(path, said("not UTF-8 text at byte {at}", at=error.start), HINT) from error
    except tomllib.TOMLDecodeError as error:
        what, text = said("not TOML: {error}", error=str(error)), str(error)
        hint = said("write [[links]] and [[meters]] in double brackets, and every key once")
        double = re.search("twice|overwrite|namespace", text)
        raise _unread(path, what, joined("; ", [hint, HINT]) if double else HINT) from error


def _unread(path: Path, what: str, hint: str) -> ConfigError:
    return ConfigError([said("{path}: {fault}", path=path, fault=what)], hint)


def _rooted(part: Part, folder: Path, *keys: str) -> Part:
    found = {key: getattr(part, key) for key in keys}
    return part.model_copy(update={k: folder / v for k, v in found.items() if v is not None})


def _with_profile_path(meter: MeterSettings, folder: Path) -> MeterSettings:
    if not is_path(meter.profile):
        return meter
    return meter.model_copy(update={"profile": str(folder / meter.profile)})
