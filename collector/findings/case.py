"""What rules look at: a site's load by the half hour, its circuits, hours, prices and limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import Floats, half_hours, index_of
from collector.analysis.grid import HALF_HOUR, Bools, aligned_kw, day_numbers, kinds_of
from collector.analysis.operating import DeclaredHours, declared_mask, operating_mask
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.analysis.standby import CLOSED
from collector.findings.carbon import Carbon
from collector.findings.circuit_view import CircuitView, view_of
from collector.findings.finding import Silence
from collector.findings.plant import Plant
from collector.findings.prices import Prices
from collector.findings.threshold_files import Thresholds
from collector.rollup.totals import UNMEASURED_METER

UNMEASURED = CircuitLoad("", "未計測分", pd.DataFrame(), name_en="unmeasured remainder")
_MAJORITY = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A site's window, laid out by half hour; all arrays are along ``index``.

    ``kw`` is the site's mean power (NaN where unknown), ``kinds`` the day kind, ``kind_numbers``
    its number, ``per_kwh`` the marginal price (the mean where not known). ``operating`` is None
    where the plant's hours are neither declared nor to be seen in its load. ``views`` are the
    circuits known well enough, ``thin`` those that are not. ``grid_kg`` is the grid's carbon
    signal (kg/kWh, NaN where not known), None where none is stored.
    """

    load: SiteLoad
    slots: pd.DataFrame
    index: pd.DatetimeIndex
    kw: Floats
    kinds: np.ndarray
    kind_numbers: np.ndarray
    prices: Prices
    per_kwh: Floats
    carbon: Carbon
    thresholds: Thresholds
    plant: Plant
    operating: Bools | None
    views: tuple[CircuitView, ...]
    thin: tuple[CircuitView, ...]
    evidence: Evidence
    grid_kg: Floats | None = None

    @property
    def days(self) -> int:
        """How many local days the window has."""
        return (self.load.end - self.load.first).days

    @property
    def closed(self) -> Bools:
        """Which slots lie on Sundays, holidays and closed days."""
        return np.isin(self.kinds, CLOSED)

    @property
    def working(self) -> Bools:
        """Which slots lie on working days."""
        return np.asarray(self.kinds == "working", dtype=np.bool_)

    @property
    def minute(self) -> np.ndarray:
        """The minute of the day each slot begins at."""
        return np.asarray(self.index.hour * 60 + self.index.minute, dtype=np.int64)

    @property
    def leaves(self) -> tuple[CircuitView, ...]:
        """The circuits that are nobody's parent, and the unmeasured remainder; else the site."""
        return tuple(view for view in self.views if view.leaf)

    def value(self, name: str) -> float:
        """The value of a threshold: ``value("standby.share")``."""
        return self.thresholds.value(name)

    def of_kind(self, kind: str) -> tuple[CircuitView, ...]:
        """The circuits whose equipment is of the kind."""
        return tuple(v for v in self.views if v.equipment is not None and v.equipment.kind == kind)


def case_of(
    load: SiteLoad,
    prices: Prices,
    carbon: Carbon,
    thresholds: Thresholds,
    plant: Plant,
    grid_kg: Floats | None = None,
) -> Case:
    """The case of a site's load. Raises ``ValueError`` when the load has no slots.

    ``prices.per_kwh`` and ``grid_kg`` are along the load's own slots.
    """
    slots = half_hours(load.slots)
    index = index_of(slots)
    day_of, dates = day_numbers(index)
    kinds = kinds_of(dates, load.day_kinds)[day_of]
    operating = operating_of(slots, load.day_kinds, kinds, plant)
    views = tuple(_views(load, slots, kinds, operating, plant))
    least = thresholds.value("general.known_share")
    per_kwh = _halved(prices.per_kwh, len(index))
    return Case(
        load=load,
        slots=slots,
        index=index,
        kw=aligned_kw(slots, index),
        kinds=kinds,
        kind_numbers=np.unique(kinds.astype(str), return_inverse=True)[1],
        prices=prices,
        per_kwh=np.where(np.isnan(per_kwh), prices.mean, per_kwh),
        carbon=carbon,
        thresholds=thresholds,
        plant=plant,
        operating=operating,
        views=tuple(view for view in views if view.known >= least),
        thin=tuple(view for view in views if view.known < least),
        evidence=evidence_of(slots),
        grid_kg=None if grid_kg is None else _halved(grid_kg, len(index)),
    )


def operating_of(
    slots: pd.DataFrame, day_kinds: pd.Series[str], kinds: np.ndarray, plant: Plant
) -> Bools | None:
    """Which half hours operate: as declared, else as most working days and Saturdays do.

    Sundays, holidays and closed days never do. None where nothing is declared and the load is so
    even that hours cannot be told from it.
    """
    index = index_of(slots)
    if plant.hours is not None:
        first, end = (time(at // 60 % 24, at % 60) for at in plant.hours)
        return declared_mask(index, day_kinds, DeclaredHours(first, end))
    try:
        runs = operating_mask(slots)
    except ValueError:
        return None
    known = slots["kwh"].notna().to_numpy()
    hour = np.asarray(index.hour, dtype=np.int64)
    found = np.zeros(len(index), dtype=np.bool_)
    for kind in ("working", "saturday"):
        of_kind = np.asarray(kinds == kind, dtype=np.bool_)
        votes = np.bincount(hour[of_kind & known], minlength=24)
        ran = np.bincount(hour[of_kind & known & runs], minlength=24)
        found |= of_kind & (ran > _MAJORITY * votes)[hour]
    return found


def not_told(rule: str, circuit: str, ja: str, en: str, lacking: bool = False) -> Silence:
    """A rule that says nothing, and why."""
    return Silence(rule, circuit, ja, en, lacking)


def no_hours(rule: str) -> Silence:
    """A rule that needs the plant's hours and has none."""
    return Silence(
        rule,
        "",
        "操業時間が分からない: [sites.calendar] hours を設定する",
        "the plant's hours are not known: declare [sites.calendar] hours",
        lacking=True,
    )


def _views(
    load: SiteLoad,
    slots: pd.DataFrame,
    kinds: np.ndarray,
    operating: Bools | None,
    plant: Plant,
) -> Iterator[CircuitView]:
    index = index_of(slots)
    leaves = {circuit.id for circuit in load.leaves}
    for circuit in load.circuits:
        kw = aligned_kw(circuit.slots, index)
        equipment = plant.equipment.get(circuit.id)
        yield view_of(circuit, kw, kinds, operating, equipment, circuit.id in leaves)
    rest = load.unmeasured
    if rest is not None and load.circuits and rest["kwh"].notna().any():
        unmeasured = CircuitLoad(
            UNMEASURED_METER, UNMEASURED.name, rest, name_en=UNMEASURED.name_en
        )
        yield view_of(unmeasured, aligned_kw(rest, index), kinds, operating, None, True)
    if not load.circuits:
        site = CircuitLoad("", load.name, load.slots, name_en=load.name_en)
        yield view_of(site, aligned_kw(slots, index), kinds, operating, None, True)


def _halved(values: Floats, count: int) -> Floats:
    if len(values) == count:
        return values
    if len(values) != 2 * count:
        raise ValueError(f"{len(values)} prices for {count} half hours of the load")
    return np.asarray(values.reshape(-1, 2).mean(axis=1), dtype=np.float64)


KWH_A_KW = HALF_HOUR
"""kWh of a slot for each kW of its mean power."""
