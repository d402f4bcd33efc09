"""The saving, its uncertainty, and its CO2 and crude oil, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Band:
    """The saving as a range (kWh) that holds it with that confidence (0 to 1).

    ``t`` is Student's t it was made with; ``fraction`` the uncertainty over the saving, None where
    nothing was saved.
    """

    confidence: float
    t: float
    uncertainty_kwh: float
    low_kwh: float
    high_kwh: float
    fraction: float | None


@dataclass(frozen=True, slots=True)
class Noticed:
    """A lasting change in the course of the saving (kWh a day, above zero)."""

    direction: Literal["saving", "waste"]
    since: date
    seen: date
    kwh_a_day: float


@dataclass(frozen=True, slots=True)
class Savings:
    """What was avoided (kWh): expected - actual + adjustments, over ``points`` days.

    ``k`` is the factor of the uncertainty formula for ``months`` months; the uncertainty at 68 %
    must be below ``most_uncertain`` of the saving. ``beyond_share`` of the days lie beyond what the
    baseline has seen, up to ``most_beyond`` is allowed. ``proven`` counts both.
    """

    kwh: float
    expected_kwh: float
    actual_kwh: float
    adjustments_kwh: float
    share: float | None
    at_68: Band
    at_90: Band
    points: int
    months: float
    k: float
    k_source: str
    most_uncertain: float
    uncertain_source: str
    beyond_share: float
    most_beyond: float
    proven: bool
    noticed: tuple[Noticed, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether something was saved, and its uncertainty at 68 % is small enough."""
        fraction = self.at_68.fraction
        return self.kwh > 0.0 and fraction is not None and fraction < self.most_uncertain


@dataclass(frozen=True, slots=True)
class FactorPart:
    """A factor, its days (``end`` excluded), and the saving it counts (kWh, t)."""

    id: str
    method: str
    publisher: str
    title: str
    kg_per_kwh: float
    status: str
    reason: str
    first: date
    end: date
    kwh: float
    co2_t: float


@dataclass(frozen=True, slots=True)
class HeatPart:
    """A heat value (GJ/MWh), its days (``end`` excluded), and the saving it counts (kWh, kL)."""

    gj_per_mwh: float
    kl_per_gj: float
    source: str
    first: date
    end: date
    kwh: float
    kl: float


@dataclass(frozen=True, slots=True)
class CarbonPart:
    """CO2 and crude oil of the saving, by factor and by heat value.

    ``co2_t`` is None where a day has no contract (``without_contract`` is the first), or no factor
    (``without_factor`` says why), or nothing is told.
    """

    method: str
    factors: tuple[FactorPart, ...] = ()
    heats: tuple[HeatPart, ...] = ()
    without_factor: str = ""
    without_contract: date | None = None

    @property
    def co2_t(self) -> float | None:
        """Tonnes of CO2 of the whole saving."""
        if self.without_factor or self.without_contract or not self.factors:
            return None
        return sum(part.co2_t for part in self.factors)

    @property
    def kl(self) -> float | None:
        """Crude oil of the whole saving (kL)."""
        return sum(part.kl for part in self.heats) if self.heats else None
