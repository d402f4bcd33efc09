"""PURE. What Home Assistant is told of a meter: a device with its sensors, in one message.

Device discovery of Home Assistant 2024.11 and later (home-assistant.io/integrations/mqtt, "Device
discovery payload"; sensors: integrations/sensor.mqtt). ``energy_kwh`` is what its Energy board
takes. An entity is there while the collector is and the meter's readings come.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from collector.outlet.figures import MeterFigures
from collector.outlet.quantities import Language, Published
from collector.outlet.tree import AVAILABLE, STATE, level, meter_topic, outlet_topic, rows_of
from collector.rollup.totals import SITE_METER

MAKER = "Mieruka"
STATES = ("ok", "stale", "meter_fault", "agent_offline", "never", "unknown")
STATE_LABELS = {"en": "State", "ja": "状態"}


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where things are: Home Assistant's prefix, the tree's root, the collector that fills it."""

    prefix: str
    root: str
    collector: str
    language: Language = "en"

    def topic(self, site: str, meter: str) -> str:
        """Where the meter's message goes; an empty one there takes the device away again."""
        return f"{self.prefix}/device/{object_id(site, meter)}/config"

    def payload(self, meter: MeterFigures, quantities: Sequence[str], area: str) -> str:
        """The message: ``area`` is what people call the site."""
        own = object_id(meter.site, meter.meter)
        device: dict[str, Any] = {
            "identifiers": [own],
            "name": meter.name,
            "manufacturer": MAKER,
            "suggested_area": area,
        }
        if not meter.whole_site:
            device["via_device"] = object_id(meter.site, SITE_METER)
        rows = rows_of(meter, quantities)
        return json.dumps(
            {
                "device": device,
                "origin": {"name": MAKER, "sw_version": version("mieruka")},
                "availability": self._availability(meter),
                "availability_mode": "all",
                "components": {
                    **{row.name: self._sensor(meter, row) for row in rows},
                    STATE: self._state(meter),
                },
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def _availability(self, meter: MeterFigures) -> list[dict[str, str]]:
        branch = meter_topic(self.root, meter.site, meter.meter)
        return [
            {"topic": outlet_topic(self.root, self.collector)},
            {"topic": f"{branch}/{AVAILABLE}"},
        ]

    def _sensor(self, meter: MeterFigures, row: Published) -> dict[str, Any]:
        sensor: dict[str, Any] = {
            "platform": "sensor",
            "unique_id": f"{object_id(meter.site, meter.meter)}-{row.name}",
            "name": row.label(self.language),
            "state_topic": f"{meter_topic(self.root, meter.site, meter.meter)}/{row.name}",
            "state_class": row.state_class,
            "suggested_display_precision": min(row.decimals, 2),
        }
        if row.unit:
            sensor["unit_of_measurement"] = row.unit
        if row.device_class:
            sensor["device_class"] = row.device_class
        if row.diagnostic:
            sensor["entity_category"] = "diagnostic"
        return sensor

    def _state(self, meter: MeterFigures) -> dict[str, Any]:
        branch = meter_topic(self.root, meter.site, meter.meter)
        return {
            "platform": "sensor",
            "unique_id": f"{object_id(meter.site, meter.meter)}-{STATE}",
            "name": STATE_LABELS[self.language],
            "state_topic": f"{branch}/{STATE}",
            "device_class": "enum",
            "options": list(STATES),
            "entity_category": "diagnostic",
            # It is there to tell why the others are not.
            "availability": [{"topic": outlet_topic(self.root, self.collector)}],
        }


def object_id(site: str, meter: str) -> str:
    """A name of a meter that is stable and no other's, of letters, digits, ``_`` and ``-``.

    A hyphen within an id is doubled, so a single one only stands between the two.
    """
    return "-".join(("mieruka", *(level(name).replace("-", "--") for name in (site, meter))))
