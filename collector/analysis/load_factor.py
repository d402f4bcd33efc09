"""How well a load uses its peak and its contract: load, demand, diversity and loss factors.

Two figures are called load factor (負荷率); each has its own name here: ``lf_peak`` (mean over
largest power) and ``lf_contract`` (energy over contract power x hours). Analytics-reports 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd

from collector.analysis.contribution import leaves_of
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.frame import half_hours, index_of
from collector.analysis.grid import HALF_HOUR, aligned_kw, day_numbers, known_kw, kw_of
from collector.analysis.site_load import CircuitLoad


@dataclass(frozen=True, slots=True)
class LoadFactor:
    """How even a load is, over the half hours that are known.

    ``lf_peak`` = mean / largest power; ``lf_contract`` = mean / contract power, None where none
    is given; ``utilisation_hours`` = kWh / largest kW (a year's can be held against a price
    list's 2,500 h); ``loss_factor`` = mean(P²) / max(P)², for transformers. The ratios are 0 to
    1, None where the largest power is nothing.
    """

    kwh: float
    hours: float
    mean_kw: float
    peak_kw: float
    lf_peak: float | None
    lf_contract: float | None
    utilisation_hours: float | None
    loss_factor: float | None
    contract_kw: float | None
    evidence: Evidence


def load_factor_of(slots: pd.DataFrame, contract_kw: float | None = None) -> LoadFactor:
    """Both load factors of the period, with utilisation hours and load loss factor.

    Raises ``ValueError`` when no slot is known, or the contract power is not above zero.
    """
    if contract_kw is not None and contract_kw <= 0:
        raise ValueError(f"a contract power is above 0 kW, not {contract_kw}")
    halves = half_hours(slots)
    kw = known_kw(halves)
    mean, peak, kwh = float(kw.mean()), float(kw.max()), float(kw.sum() * HALF_HOUR)
    return LoadFactor(
        kwh=kwh,
        hours=kw.size * HALF_HOUR,
        mean_kw=mean,
        peak_kw=peak,
        lf_peak=mean / peak if peak > 0 else None,
        lf_contract=None if contract_kw is None else mean / contract_kw,
        utilisation_hours=kwh / peak if peak > 0 else None,
        loss_factor=float(np.mean(kw**2)) / peak**2 if peak > 0 else None,
        contract_kw=contract_kw,
        evidence=evidence_of(halves),
    )


def load_factors(slots: pd.DataFrame, over: Literal["day", "month"] = "day") -> pd.Series[float]:
    """Mean / largest power of each local day or month (0 to 1), by its first day (naive midnight).

    NaN where nothing is known or the largest power is nothing.
    """
    halves = half_hours(slots)
    kw = kw_of(halves)
    day_of, dates = day_numbers(index_of(halves))
    if over == "month":
        months = dates.to_period("M")
        day_of = np.asarray((months.year * 12 + months.month)[day_of], dtype=np.int64)
        day_of -= day_of.min()
        dates = months.unique().to_timestamp()
    known = ~np.isnan(kw)
    sums = np.bincount(day_of[known], weights=kw[known], minlength=len(dates))
    counts = np.bincount(day_of[known], minlength=len(dates))
    peaks = np.full(len(dates), np.nan)
    np.fmax.at(peaks, day_of, kw)
    whole = counts * peaks
    factors = np.divide(sums, whole, out=np.full(len(dates), np.nan), where=whole > 0)
    return pd.Series(factors, index=dates, name=f"lf_peak_{over}")


def demand_factor(peak_kw: float, installed_kw: float) -> float:
    """Demand factor (需要率): largest power over the sum of the nameplates.

    Raises ``ValueError`` when nothing is installed.
    """
    if installed_kw <= 0:
        raise ValueError("a demand factor needs the nameplates: give rated_power_kw of the meters")
    return peak_kw / installed_kw


@dataclass(frozen=True, slots=True)
class Diversity:
    """How far the circuits' peaks miss each other.

    ``factor`` (不等率) = sum of the circuits' own peaks / peak of their sum, 1 or more;
    ``coincidence`` its inverse; ``at`` the half hour of the peak of the sum.
    """

    factor: float
    coincidence: float
    sum_of_peaks_kw: float
    peak_of_sum_kw: float
    at: datetime
    circuits: tuple[str, ...]
    known_slots: int
    evidence: Evidence


def diversity(circuits: Sequence[CircuitLoad]) -> Diversity:
    """Diversity of the circuits that are nobody's parent, where all of them are known.

    Raises ``ValueError`` without circuits, without a half hour in which all are known, and when
    none has a load.
    """
    leaves = leaves_of(circuits)
    if not leaves:
        raise ValueError("diversity needs circuits: measure some")
    halves = half_hours(leaves[0].slots)
    index = index_of(halves)
    each = np.array([aligned_kw(circuit.slots, index) for circuit in leaves])
    whole = ~np.isnan(each).any(axis=0)
    if not whole.any():
        raise ValueError("there is no half hour in which all circuits are known")
    held = each[:, whole]
    total = held.sum(axis=0)
    place = int(total.argmax())
    apart, together = float(held.max(axis=1).sum()), float(total[place])
    if together <= 0:
        raise ValueError("no circuit has a load: diversity is not defined")
    return Diversity(
        factor=apart / together,
        coincidence=together / apart,
        sum_of_peaks_kw=apart,
        peak_of_sum_kw=together,
        at=index[whole][place].to_pydatetime(),
        circuits=tuple(circuit.id for circuit in leaves),
        known_slots=int(whole.sum()),
        evidence=evidence_of(halves),
    )
