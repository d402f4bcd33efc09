"""Transformers: what they lose by themselves, by their load, and what merging two would save.

Loss = Pi + L² Pc with Pi no-load loss, Pc load loss at rated load and L = kVA over rated kVA
(JIS C 4304; METI's subsidy guide takes the same loss over 8,760 h). Of a year: 8,760 Pi + Pc sum
L² h. The best load is sqrt(Pi / Pc). Load losses are those of the reference temperature; taps,
harmonics and unbalance are not in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.fit import Floats
from collector.analysis.frame import slot_hours

HOURS_A_YEAR = 8760.0


@dataclass(frozen=True, slots=True)
class Transformer:
    """A nameplate: rated ``kva``, no-load and load loss (W) at rated load.

    Raises ``ValueError`` for a rating or loss that is not above zero.
    """

    kva: float
    no_load_w: float
    load_loss_w: float
    name: str = ""

    def __post_init__(self) -> None:
        if not min(self.kva, self.no_load_w, self.load_loss_w) > 0.0:
            raise ValueError("a transformer needs kva, no_load_w and load_loss_w above zero")

    @property
    def best_load(self) -> float:
        """The load (share of rated kVA) at which it loses least of what it passes on."""
        return math.sqrt(self.no_load_w / self.load_loss_w)

    def loss_w(self, kva: Floats) -> Floats:
        """Its loss (W) at those loads (kVA)."""
        return np.asarray(self.no_load_w + (kva / self.kva) ** 2 * self.load_loss_w)


@dataclass(frozen=True, slots=True)
class TransformerUse:
    """What a transformer lost over the slots, and loads as shares of rated kVA.

    ``rms_load`` is the root of the mean square, ``efficiency`` energy passed on over energy taken
    (all-day efficiency, of the whole window). Losses of unknown slots are those of the mean known
    one; ``evidence`` tells how many these are. ``by_assumed_power_factor`` is the power factor
    that stood in for reactive energy, None where that was measured.
    """

    transformer: Transformer
    no_load_kwh: float
    load_kwh: float
    mean_load: float
    rms_load: float
    peak_load: float
    efficiency: float
    hours: float
    by_assumed_power_factor: float | None
    evidence: Evidence

    @property
    def kwh(self) -> float:
        """All of the loss over the window."""
        return self.no_load_kwh + self.load_kwh

    @property
    def kwh_a_year(self) -> float:
        """The loss of 8,760 h of the like."""
        return self.kwh * HOURS_A_YEAR / self.hours

    @property
    def no_load_kwh_a_year(self) -> float:
        """What it loses in 8,760 h whatever it carries: saved where it is switched off."""
        return self.no_load_kwh * HOURS_A_YEAR / self.hours


@dataclass(frozen=True, slots=True)
class Merging:
    """Two transformers' loads on one: losses of a year before and after (kWh).

    ``peak_load`` and ``hours_above_rated`` are of the one that stays, over the window. Reactive
    power is added with its sign, so the loads are summed as they meet, not as if at once.
    """

    before_kwh_a_year: float
    after_kwh_a_year: float
    peak_load: float
    hours_above_rated: float
    evidence: Evidence

    @property
    def saved_kwh_a_year(self) -> float:
        """Below zero where one would lose more than two."""
        return self.before_kwh_a_year - self.after_kwh_a_year


def apparent_power_kva(slots: pd.DataFrame, power_factor: float | None = None) -> Floats:
    """The load of each slot (kVA), NaN where unknown: root of squares of kW and kvar.

    ``power_factor`` (0 to 1) stands in where no reactive energy is measured. Raises
    ``ValueError`` where neither is there.
    """
    real, reactive = _power(slots, power_factor)
    return np.hypot(real, reactive)


def transformer_use(
    transformer: Transformer, slots: pd.DataFrame, power_factor: float | None = None
) -> TransformerUse:
    """What a transformer lost under the load of those slots (of its own meter).

    ``power_factor`` as of ``apparent_power_kva``. Raises ``ValueError`` for no known slot.
    """
    kva = apparent_power_kva(slots, power_factor)
    loads = _known(kva) / transformer.kva
    hours = len(kva) * slot_hours(slots)
    square = float((loads**2).mean())
    no_load = transformer.no_load_w * hours / 1000.0
    load = transformer.load_loss_w * square * hours / 1000.0
    passed = float(np.nanmean(slots["kwh"])) * len(kva)
    return TransformerUse(
        transformer=transformer,
        no_load_kwh=no_load,
        load_kwh=load,
        mean_load=float(loads.mean()),
        rms_load=math.sqrt(square),
        peak_load=float(loads.max()),
        efficiency=passed / (passed + no_load + load) if passed > 0.0 else 0.0,
        hours=hours,
        by_assumed_power_factor=None if _measured(slots) else power_factor,
        evidence=evidence_of(slots),
    )


def merged(
    one: Transformer,
    one_slots: pd.DataFrame,
    other: Transformer,
    other_slots: pd.DataFrame,
    *,
    onto: Transformer,
    power_factor: float | None = None,
) -> Merging:
    """Both loads on ``onto`` (one of the two, or a new one), slot by slot as measured.

    Both frames must have the same index. Raises ``ValueError`` where they do not, or where no
    slot is known of both.
    """
    if not one_slots.index.equals(other_slots.index):
        raise ValueError("the two loads must be of the same slots: cut them to one period")
    first, second = _power(one_slots, power_factor), _power(other_slots, power_factor)
    apart = one.loss_w(np.hypot(*first)) + other.loss_w(np.hypot(*second))
    kva = np.hypot(first[0] + second[0], first[1] + second[1])
    known = _known(kva)
    return Merging(
        before_kwh_a_year=float(np.nanmean(apart)) * HOURS_A_YEAR / 1000.0,
        after_kwh_a_year=float(onto.loss_w(known).mean()) * HOURS_A_YEAR / 1000.0,
        peak_load=float(known.max()) / onto.kva,
        hours_above_rated=float((known > onto.kva).sum()) * slot_hours(one_slots),
        evidence=evidence_of(one_slots),
    )


def _power(slots: pd.DataFrame, power_factor: float | None) -> tuple[Floats, Floats]:
    hours = slot_hours(slots)
    real = np.asarray(slots["kwh"], dtype=np.float64) / hours
    if _measured(slots):
        lagging = np.asarray(slots["reactive_kvarh"], dtype=np.float64)
        leading = np.nan_to_num(np.asarray(slots["reactive_export_kvarh"], dtype=np.float64))
        return real, (lagging - leading) / hours
    if power_factor is None:
        raise ValueError("no reactive energy is measured: state a power factor")
    if not 0.0 < power_factor <= 1.0:
        raise ValueError("a power factor lies between 0 and 1")
    return real, real * math.tan(math.acos(power_factor))


def _measured(slots: pd.DataFrame) -> bool:
    known = slots["kwh"].notna()
    return bool(known.any() and slots.loc[known, "reactive_kvarh"].notna().all())


def _known(kva: Floats) -> Floats:
    known = kva[np.isfinite(kva)]
    if not known.size:
        raise ValueError("no slot has a known load: choose a period with readings")
    return known
