"""A reading: one poll of one meter. It is made at the poll and never changed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What one meter showed at one instant.

    ``at_ms`` is UTC in milliseconds since 1970, stamped at the poll. ``values`` maps quantity
    names (``QUANTITIES``) to finite numbers in the unit the name ends in; a value that the meter
    did not give is absent, never zero or NaN. Counters are raw: nobody upstream of the collector
    subtracts.
    """

    site: str
    meter: str
    at_ms: int
    values: Mapping[str, float]
