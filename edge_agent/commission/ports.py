"""The serial ports that are plugged in, by the names that last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

_PATTERNS = ("serial/by-id/*", "ttyUSB*", "ttyACM*", "ttyAMA*", "ttySC*")


def serial_ports(known: Iterable[str] = (), devices: Path = Path("/dev")) -> tuple[str, ...]:
    """The ``known`` ones, then each other port that is plugged in, once.

    It goes by its maker's name where it has one: that stays when adapters change.
    """
    first = tuple(dict.fromkeys(known))
    return (*first, *_others(devices, {Path(name).resolve() for name in first}))


def _others(devices: Path, seen: set[Path]) -> Iterator[str]:
    for pattern in _PATTERNS:
        for path in sorted(devices.glob(pattern)):
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield str(path)
