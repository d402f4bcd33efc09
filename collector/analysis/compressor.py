"""Compressors by their measured power: off, unloaded (idle) or loaded, and what idling costs.

States by share of rated power: off below 5 %, unloaded 5 to 60 %, loaded above (editable by
machine). They are true of readings of a minute or so; a half hour is a mixture, which
``mixed_above_minutes`` says. A machine with an inverter has no unloaded state: thresholds say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import power_kw, slot_hours
from collector.analysis.rules_of_thumb import RuleOfThumb, rule_of_thumb

State = Literal["off", "unload", "load", "unknown"]
STATES: tuple[State, ...] = ("off", "unload", "load", "unknown")
OFF, UNLOAD, LOAD, UNKNOWN = range(4)
MIXED_ABOVE_MINUTES = 5.0
"""Slots longer than this may hold several states of a compressor."""

States = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares of rated power: off below the first, loaded above the second.

    Raises ``ValueError`` unless 0 < off_below < load_above.
    """

    off_below: float = 0.05
    load_above: float = 0.60

    def __post_init__(self) -> None:
        if not 0.0 < self.off_below < self.load_above:
            raise ValueError("thresholds need 0 < off_below < load_above, shares of rated power")


@dataclass(frozen=True, slots=True)
class CompressorUse:
    """Hours and kWh by state over the known slots; ``closed_kwh`` in slots the plant is closed.

    ``idle_kwh`` is the energy of unloaded running. ``mixed``: slots are so long that states mix,
    so idle hours are a picture rather than a count.
    """

    rated_kw: float
    thresholds: Thresholds
    off_hours: float
    unload_hours: float
    load_hours: float
    unload_kwh: float
    load_kwh: float
    total_kwh: float
    closed_kwh: float
    closed_running_hours: float
    mixed: bool
    evidence: Evidence

    @property
    def idle_kwh(self) -> float:
        """What it took while it made no air."""
        return self.unload_kwh

    @property
    def idle_share(self) -> float:
        """Idle energy of all, 0 to 1; 0 where it used none."""
        return self.unload_kwh / self.total_kwh if self.total_kwh > 0.0 else 0.0


def states_of(slots: pd.DataFrame, rated_kw: float, thresholds: Thresholds | None = None) -> States:
    """The state of each slot (a number into ``STATES``) by its mean power.

    Raises ``ValueError`` for a rating that is not above zero.
    """
    if not rated_kw > 0.0:
        raise ValueError("a compressor needs its rated power, above zero")
    limits = thresholds or Thresholds()
    share = np.asarray(power_kw(slots), dtype=np.float64) / rated_kw
    found = np.where(
        share < limits.off_below, OFF, np.where(share > limits.load_above, LOAD, UNLOAD)
    )
    return np.where(np.isnan(share), UNKNOWN, found).astype(np.int64)


def compressor_use(
    slots: pd.DataFrame,
    rated_kw: float,
    *,
    closed: npt.NDArray[np.bool_] | None = None,
    thresholds: Thresholds | None = None,
) -> CompressorUse:
    """Hours and energy by state. ``closed`` has True for each slot the plant is closed.

    Raises ``ValueError`` for a rating not above zero, a mask of another length, or no known slot.
    """
    limits = thresholds or Thresholds()
    states, hours = states_of(slots, rated_kw, limits), slot_hours(slots)
    if (states == UNKNOWN).all():
        raise ValueError("no slot has a known energy: choose a period with readings")
    kwh = np.nan_to_num(np.asarray(slots["kwh"], dtype=np.float64))
    shut = np.zeros(len(kwh), dtype=np.bool_) if closed is None else closed
    if len(shut) != len(kwh):
        raise ValueError("the mask of closed slots must have one value a slot")
    running = (states == UNLOAD) | (states == LOAD)
    return CompressorUse(
        rated_kw=rated_kw,
        thresholds=limits,
        off_hours=float((states == OFF).sum()) * hours,
        unload_hours=float((states == UNLOAD).sum()) * hours,
        load_hours=float((states == LOAD).sum()) * hours,
        unload_kwh=float(kwh[states == UNLOAD].sum()),
        load_kwh=float(kwh[states == LOAD].sum()),
        total_kwh=float(kwh.sum()),
        closed_kwh=float(kwh[shut].sum()),
        closed_running_hours=float((running & shut).sum()) * hours,
        mixed=hours * 60.0 > MIXED_ABOVE_MINUTES,
        evidence=evidence_of(slots),
    )


def leak_ratio(load_hours: float, unload_hours: float) -> float:
    """Leaks as a share of what the compressor can make: a test while nobody takes air.

    t_load / (t_load + t_unload) of the machine that runs. Raises ``ValueError`` for no time.
    """
    total = load_hours + unload_hours
    if min(load_hours, unload_hours) < 0.0 or not total > 0.0:
        raise ValueError("a leak test needs hours of loaded and unloaded running")
    return load_hours / total


def leak_ratio_of_power(mean_kw: float, unload_kw: float, load_kw: float) -> float:
    """The same from a mean power between the unloaded and the loaded one (long slots).

    The share of the time under load that gives this mean; 0 to 1. Raises ``ValueError`` unless
    ``unload_kw`` < ``load_kw`` and the mean is between them.
    """
    if not unload_kw < load_kw or not unload_kw <= mean_kw <= load_kw:
        raise ValueError("the mean power must lie between the unloaded and the loaded one")
    return (mean_kw - unload_kw) / (load_kw - unload_kw)


@dataclass(frozen=True, slots=True)
class PressureSaving:
    """What a lower pressure saves (kWh of the window): a published range, not a measurement."""

    low_kwh: float
    high_kwh: float
    rule: RuleOfThumb


def pressure_saving(load_kwh: float, lower_by_mpa: float) -> PressureSaving:
    """What lowering the pressure by so many MPa (above zero) saves of the loaded energy.

    Raises ``ValueError`` for a pressure not above zero or beyond 0.3 MPa, where no rule holds.
    """
    if not 0.0 < lower_by_mpa <= 0.3:
        raise ValueError(
            "lower_by_mpa must lie above 0 and not beyond 0.3: state the change in MPa"
        )
    rule = rule_of_thumb("compressor-pressure")
    steps = lower_by_mpa / 0.1
    return PressureSaving(load_kwh * rule.low * steps, load_kwh * rule.high * steps, rule)
