"""All that is known of a site's load in a period: what findings and reports are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd


@dataclass(frozen=True, slots=True)
class CircuitLoad:
    """One meter: its slots (see ``collector.analysis.frame``) and its place in the tree.

    ``parent`` is the id of the meter it is part of, None at the top. ``rated_kw`` is its
    nameplate, where one is given.
    """

    id: str
    name: str
    slots: pd.DataFrame
    parent: str | None = None
    rated_kw: float | None = None
    name_en: str = ""

    def called(self, language: str) -> str:
        """The name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.id


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """A site over local days ``first`` to ``end`` (excluded).

    ``slots`` is the whole site, ``circuits`` its electricity meters, ``unmeasured`` what the
    parents count and their children do not. ``day_kinds`` has for each local date (naive
    midnight) its kind: working, saturday, sunday, holiday or closed. ``days`` are the site's
    stored totals by local date (naive midnight): ``kwh``, ``co2_kg`` by the site's own method,
    ``co2_location_kg``, ``co2_market_kg``, ``energy_cost``. ``temperature_c`` is the hourly mean
    outside (index in the site's zone), None where there is no series; ``production`` has a column
    of amounts by local date (naive midnight) for each production meter, with its unit in
    ``production_units``.
    """

    site: str
    name: str
    zone: ZoneInfo
    first: date
    end: date
    slots: pd.DataFrame
    day_kinds: pd.Series[str]
    days: pd.DataFrame
    circuits: tuple[CircuitLoad, ...] = ()
    unmeasured: pd.DataFrame | None = None
    temperature_c: pd.Series[float] | None = None
    production: pd.DataFrame | None = None
    production_units: Mapping[str, str] = field(default_factory=dict)
    contract_power_kw: float | None = None
    billing_day: int = 1
    fiscal_year_starts: int = 4
    name_en: str = ""

    def called(self, language: str) -> str:
        """The site's name in the language, else the one there is."""
        return (self.name_en if language == "en" else "") or self.name or self.site

    def circuit(self, meter: str) -> CircuitLoad:
        """The circuit of that id. Raises ``KeyError`` when there is none."""
        for circuit in self.circuits:
            if circuit.id == meter:
                return circuit
        raise KeyError(meter)

    @property
    def leaves(self) -> tuple[CircuitLoad, ...]:
        """The circuits that are nobody's parent."""
        parents = {circuit.parent for circuit in self.circuits}
        return tuple(circuit for circuit in self.circuits if circuit.id not in parents)
