"""What an agent says of its own health, each minute: figures, its lines, how meters are wired.

Sent on ``up/health`` with QoS 0, not retained and not kept in the outbox: the next one says it
better, and no broker shall keep such messages for a collector that is away, in the place of
readings. A figure that the machine does not tell is None; new keys may come, and are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

from edge_agent.contract.wire import CLOCK_STATES, ClockState, Loads, WireError, dump, load

EVERY_S = 60.0
"""How often an agent says it."""
MOST_LINES, MOST_METERS = 100, 1_000
"""More lines or meters than this are refused: no agent has so many."""
_LONGEST = 256
_LARGEST = 1e15


@dataclass(frozen=True, slots=True)
class LineHealth:
    """One line since the agent was made; requests are those to all of its units together.

    ``load`` is the share of the last half minute in which it was in use (0 to 1); ``due`` and
    ``left_out`` count polls; ``bad_answers`` had a wrong checksum, length or sender;
    ``latency_ms`` is the mean time to an answer.
    """

    link: str
    due: int
    left_out: int
    answers: int
    timeouts: int
    bad_answers: int
    refusals: int
    load: float | None = None
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class WiringHealth:
    """How a meter is wired by the newest judgement.

    ``kind`` is the worst verdict's (``sound`` when there is none), ``phases`` those it names, such
    as ``L1 L2``; ``faults`` must be corrected, ``checks`` be looked at. Without ``enough_load``
    only voltages were judged.
    """

    site: str
    meter: str
    kind: str
    phases: str
    faults: int
    checks: int
    enough_load: bool


@dataclass(frozen=True, slots=True)
class Health:
    """One agent at ``at_ms`` (UTC ms by its own clock).

    ``outbox_oldest_s`` is the age of the oldest reading without a receipt (0 when none waits),
    ``outbox_dropped`` counts readings dropped for room since the start, ``outbox_held`` those that
    wait for a right clock. ``disk_written_bytes`` is what the whole card has been written since the
    machine started, ``written_bytes`` the agent's part of it since it started itself.
    """

    agent: str
    at_ms: int
    software: str
    clock: ClockState
    uptime_s: float
    outbox_rows: int
    outbox_dropped: int
    outbox_oldest_s: float | None = None
    outbox_bytes: int | None = None
    outbox_held: int | None = None
    outbox_gaps: int | None = None
    certificate_days: float | None = None
    disk_free_bytes: int | None = None
    disk_written_bytes: int | None = None
    written_bytes: int | None = None
    memory_bytes: int | None = None
    memory_free_bytes: int | None = None
    board_celsius: float | None = None
    lines: tuple[LineHealth, ...] = ()
    wiring: tuple[WiringHealth, ...] = ()


_ROWS: dict[str, tuple[type[LineHealth | WiringHealth], int]] = {
    "lines": (LineHealth, MOST_LINES),
    "wiring": (WiringHealth, MOST_METERS),
}
_NAMES: dict[type, dict[str, str]] = {
    kind: {row.name: str(row.type) for row in fields(kind)}
    for kind in (Health, LineHealth, WiringHealth)
}


def encode_health(health: Health) -> bytes:
    """The health as UTF-8 JSON. Raises ``ValueError`` for a figure that is not finite."""
    return dump(asdict(health))


def decode_health(payload: bytes, loads: Loads = json.loads) -> Health:
    """The health in ``payload``. Raises ``WireError`` naming the first thing that is wrong."""
    doc = load(payload, loads)
    found: dict[str, Any] = {
        name: _value(name, kind, doc.get(name))
        for name, kind in _NAMES[Health].items()
        if name not in _ROWS
    }
    # A newer agent may have a word of its own: a clock that nobody here can vouch for.
    if found["clock"] not in CLOCK_STATES:
        found["clock"] = "unknown"
    for name, (row, most) in _ROWS.items():
        found[name] = _rows(name, row, most, doc.get(name, []))
    return Health(**found)


def _rows(
    name: str, row: type[LineHealth | WiringHealth], most: int, items: object
) -> tuple[LineHealth | WiringHealth, ...]:
    if not isinstance(items, list) or len(items) > most:
        raise WireError(f"{name} is not a list of at most {most} objects")
    return tuple(_row(name, row, item) for item in items)


def _row(
    name: str, row: type[LineHealth | WiringHealth], item: object
) -> LineHealth | WiringHealth:
    if not isinstance(item, dict):
        raise WireError(f"{name} has an entry that is not an object")
    return row(**{key: _value(key, kind, item.get(key)) for key, kind in _NAMES[row].items()})


def _value(name: str, kind: str, value: Any) -> Any:
    if value is None and kind.endswith("None"):
        return None
    accepts, what = _KINDS[kind.removesuffix(" | None")]
    if not accepts(value):
        raise WireError(f"{name} is not {what}")
    return float(value) if kind.startswith("float") else value


def _is_text(value: object) -> bool:
    return type(value) is str and len(value) <= _LONGEST and value.isprintable()


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_number(value: Any) -> bool:
    # NaN is between no two numbers.
    return type(value) in (int, float) and -_LARGEST < value < _LARGEST


_KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "str": (_is_text, f"a printable text of at most {_LONGEST} characters"),
    "ClockState": (_is_text, "a clock's state"),
    "int": (_is_count, "a whole number from 0"),
    "float": (_is_number, "a number of reasonable size"),
    "bool": (lambda value: type(value) is bool, "true or false"),
}
