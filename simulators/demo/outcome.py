"""The verdict of a run: what the plant's ledger says against what the store holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MeterEnergy:
    """One meter's energy over the run: the plant's truth, the store's sum, and the allowance."""

    meter: str
    simulated_kwh: float
    stored_kwh: float
    resolution_kwh: float

    @property
    def off(self) -> bool:
        """Whether the two differ by more than the counter can tell."""
        return abs(self.simulated_kwh - self.stored_kwh) > self.resolution_kwh


@dataclass(frozen=True, slots=True)
class Outcome:
    """The run in figures. ``faults`` are plain lines saying what is wrong; empty means proven."""

    site: str
    readings_served: int
    readings_stored: int
    lost: int
    duplicated: int
    kwh_simulated: float
    kwh_stored: float
    co2_kg: float | None
    report: str
    max_demand_kw: float | None
    faults: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 when everything arrived once and the energy agrees, else 1."""
        return 1 if self.faults else 0

    def as_json(self) -> dict[str, Any]:
        """The last line of ``--json``; ``max_demand_kw`` is there for replayed files only."""
        document: dict[str, Any] = {
            "site": self.site,
            "readings_served": self.readings_served,
            "readings_stored": self.readings_stored,
            "lost": self.lost,
            "duplicated": self.duplicated,
            "kwh_simulated": round(self.kwh_simulated, 3),
            "kwh_stored": round(self.kwh_stored, 3),
            "co2_kg": None if self.co2_kg is None else round(self.co2_kg, 3),
            "report": self.report,
        }
        if self.max_demand_kw is not None:
            document["max_demand_kw"] = round(self.max_demand_kw, 2)
        return document
