"""What the demand guard tells: the window, what is forecast, and who is to act.

Published retained on ``topics.demand``; whoever stands in the plant's network may listen (a panel,
a PLC, a lamp). No collector needs it: the bill's demand comes from the counters.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from edge_agent.contract.wire import WireError, dump, load

Level = Literal["calm", "caution", "alarm", "certain"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""In order: nothing to do; near the target; above it by the forecast; above it already."""


@dataclass(frozen=True, slots=True)
class DemandNotice:
    """One step of the ladder, in kW (means over the window) and UTC milliseconds.

    ``to_shed_kw`` is the power to take off from now to the window's end to keep the target,
    negative when there is room; ``allowed_kw`` the mean power that may still flow. ``measured`` is
    False when part of the window's energy is estimated. Figures are None when a window ended
    without a look. ``owner`` acts, by ``note``.
    """

    agent: str
    site: str
    meter: str
    at_ms: int
    level: Level
    window_start_ms: int
    window_minutes: int
    target_kw: float
    measured: bool
    minutes_left: float | None = None
    present_kw: float | None = None
    forecast_kw: float | None = None
    to_shed_kw: float | None = None
    allowed_kw: float | None = None
    owner: str = ""
    note: str = ""


_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "Level": (str,),
    "int": (int,),
    "bool": (bool,),
    "float": (float, int),
    "float | None": (float, int, type(None)),
}


def encode_demand(notice: DemandNotice) -> bytes:
    """The notice as UTF-8 JSON. Raises ``ValueError`` for a figure that is not finite."""
    return dump(asdict(notice))


def decode_demand(payload: bytes) -> DemandNotice:
    """The notice in ``payload``; unknown keys are ignored. Raises ``WireError``."""
    doc = load(payload, json.loads)
    found = {row.name: _checked(doc, row.name, str(row.type)) for row in fields(DemandNotice)}
    if found["level"] not in LEVELS:
        raise WireError(f"level is none of {', '.join(LEVELS)}")
    return DemandNotice(**found)


def _checked(doc: dict[str, Any], name: str, kind: str) -> Any:
    value = doc.get(name)
    if type(value) not in _TYPES[kind]:
        raise WireError(f"{name} is no {kind}")
    if kind.startswith("float") and value is not None:
        if not math.isfinite(value):
            raise WireError(f"{name} is not finite")
        return float(value)
    return value
