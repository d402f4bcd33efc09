"""A circuit as rules see it: its power by half hour, and what it takes at work and at rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours
from collector.analysis.grid import Bools
from collector.analysis.site_load import CircuitLoad
from collector.analysis.standby import CLOSED
from collector.findings.finding import Said
from collector.site_config import EquipmentSettings

LEAST_SLOTS = 48
"""A day's worth: a median of fewer half hours is not used."""


@dataclass(frozen=True, slots=True, eq=False)
class CircuitView:
    """A circuit along the case's half hours; "" is the site itself.

    ``night_kw`` is the median power outside of operation on working days, ``closed_kw`` that of
    closed days, ``standby_kw`` the smaller of the two: what is on at all times; ``operating_kw``
    the mean in operation. None where the hours or the slots are not known. ``known`` is the share
    of known slots.
    """

    id: str
    name: str
    name_en: str
    kw: Floats
    known: float
    parent: str | None
    leaf: bool
    rated_kw: float | None
    equipment: EquipmentSettings | None
    evidence: Evidence
    night_kw: float | None = None
    closed_kw: float | None = None
    operating_kw: float | None = None

    @property
    def standby_kw(self) -> float | None:
        """What is on at all times outside of operation (kW)."""
        levels = [kw for kw in (self.night_kw, self.closed_kw) if kw is not None]
        return min(levels, default=None)

    @property
    def called(self) -> Said:
        """Its name in both languages."""
        return Said(self.name or self.id, self.name_en or self.name or self.id)

    def name_in(self, language: Literal["ja", "en"]) -> str:
        """Its name in the language."""
        return self.called.in_(language)


def view_of(
    circuit: CircuitLoad,
    kw: Floats,
    kinds: np.ndarray,
    operating: Bools | None,
    equipment: EquipmentSettings | None,
    leaf: bool,
) -> CircuitView:
    """The view of a circuit; ``kw`` and ``kinds`` along the case's half hours."""
    rated = equipment.rated_kw if equipment is not None else None
    off = None if operating is None else ~operating
    return CircuitView(
        id=circuit.id,
        name=circuit.name,
        name_en=circuit.name_en,
        kw=kw,
        known=float((~np.isnan(kw)).mean()),
        parent=circuit.parent,
        leaf=leaf,
        rated_kw=rated or circuit.rated_kw,
        equipment=equipment,
        evidence=evidence_of(half_hours(circuit.slots)),
        night_kw=None if off is None else _median(kw[off & (kinds == "working")]),
        closed_kw=None if off is None else _median(kw[off & np.isin(kinds, CLOSED)]),
        operating_kw=None if operating is None else _mean(kw[operating]),
    )


def _median(kw: Floats) -> float | None:
    known = kw[~np.isnan(kw)]
    return float(np.median(known)) if len(known) >= LEAST_SLOTS else None


def _mean(kw: Floats) -> float | None:
    known = kw[~np.isnan(kw)]
    return float(known.mean()) if len(known) >= LEAST_SLOTS else None
