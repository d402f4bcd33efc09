"""Packages for agents: kept beside the authority, handed out part by part to members alone."""

from __future__ import annotations

from pathlib import Path

from collector.fleet.reception import Refused

FOLDER = "packages"
PART_BYTES = 256 * 1024
"""As the agents ask for them (``edge_agent/update/fetch.py``)."""


def part_in(folder: Path, name: str) -> bytes:
    """Part n of a package, asked for as ``<package>.part<n>``. Raises ``Refused``."""
    package, _, number = name.rpartition(".part")
    path = folder / FOLDER / package
    if not (package.endswith(".zip") and number.isdecimal() and len(number) < 7):
        raise Refused("no_such_place", name)
    try:
        with path.open("rb") as file:
            file.seek(int(number) * PART_BYTES)
            content = file.read(PART_BYTES)
    except OSError:
        raise Refused("no_such_place", name) from None
    if not content:
        raise Refused("no_such_place", name)
    return content
