"""How much CO2 a kWh of a grid stood for in one interval, and what a file of such figures gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["actual", "forecast", "estimated"]
"""Measured and closed; foretold; or worked out by a model or from a coarser split of fuels."""
Boundary = Literal["direct", "lifecycle"]
"""CO2 of the power plants alone, or with plant, fuel supply and disposal: never to be mixed."""

SIGNAL = "signal for shifting load, never part of a reported total"
"""The label that goes with every figure of this room."""
RANK: dict[Kind, int] = {"forecast": 0, "estimated": 1, "actual": 2}
"""A kind never takes the place of one that ranks higher."""


@dataclass(frozen=True, slots=True)
class IntensityPoint:
    """The carbon intensity (g/kWh) of a grid area from ``start_ms`` (included) to ``end_ms``.

    Times are UTC ms. ``area`` is the area's key ("jp-03", "gb", "gb-13"), ``source`` names the
    kind of file and, where fuels were weighed, the set of weights.
    """

    area: str
    start_ms: int
    end_ms: int
    g_per_kwh: float
    kind: Kind
    boundary: Boundary
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """What of a file was not taken: where it stands, why, and how many rows it is."""

    where: str
    reason: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds.

    ``passed_over`` counts rows that say nothing: padding, and slots not published yet.
    """

    points: tuple[IntensityPoint, ...]
    refused: tuple[Refused, ...] = ()
    passed_over: int = 0
