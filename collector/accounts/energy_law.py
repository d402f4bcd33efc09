"""Japan's energy conservation law (省エネ法): electricity as primary energy and as crude oil.

The heat value is the one of the day's fiscal year, so a period that crosses 1 April 2023 is
counted in two parts. All exact: nothing is rounded here. The ministry's own example shows whole
kL rounded half up (``whole_kl``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.accounts.amounts import added, times, whole
from collector.rollup.carbon import energy_kwh


@dataclass(frozen=True, slots=True)
class HeatValue:
    """Primary energy of purchased electricity (GJ/MWh) for activity from ``first`` to ``end``."""

    gj_per_mwh: Decimal
    first: date
    end: date
    source: str
    note: str = ""


HEAT_VALUES: tuple[HeatValue, ...] = (
    HeatValue(
        Decimal("9.76"),
        date.min,
        date(2023, 4, 1),
        "all-hours value before the revision: ITmedia スマートジャパン 2022-06-16",
        "flat all-hours value; the law's day (8-22 h) and night values could not be sourced",
    ),
    HeatValue(
        Decimal("8.64"),
        date(2023, 4, 1),
        date.max,
        "METI FAQ (tayori sehd2024, ID_F-0012): 8.64 GJ/千kWh from the report submitted in 2024",
    ),
)
KL_PER_GJ = Decimal("0.0258")
"""Crude oil equivalent of a GJ. METI leaflet (FY2014); 東邦ガス FAQ 2024-07-05."""


@dataclass(frozen=True, slots=True)
class PrimaryEnergy:
    """Electricity under one heat value: milli-Wh, GJ and crude-oil kL, all exact."""

    milli_wh: int
    heat_value: HeatValue

    @property
    def gj(self) -> Decimal:
        """Primary energy in GJ."""
        return times(energy_kwh(self.milli_wh), self.heat_value.gj_per_mwh).scaleb(-3)

    @property
    def crude_oil_kl(self) -> Decimal:
        """Crude-oil equivalent in kL."""
        return times(self.gj, KL_PER_GJ)


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount of crude oil a year (kL) from which something changes for a plant or company."""

    kl: Decimal
    of: str
    meaning: str
    source: str


THRESHOLDS: tuple[Threshold, ...] = (
    Threshold(
        Decimal(300),
        "site",
        "next size class of the energy-saving diagnosis (省エネ最適化診断)",
        "shindan-net, classes below 300, 300 to 1,500 and above 1,500 kL",
    ),
    Threshold(
        Decimal(1500),
        "company",
        "designated business: periodic report (省エネ法 定期報告), SHK report of energy CO2",
        "METI FAQ (tayori sehd2024); Hokkaido page on SHK",
    ),
    Threshold(
        Decimal(3000),
        "company",
        "Tokyo report (地球温暖化対策報告書) mandatory: its sites of 30 to 1,500 kL together",
        "Tokyo metropolitan rules, as in force since 2025-04",
    ),
)


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a year's crude oil is from a threshold; ``left`` is below zero when beyond it."""

    threshold: Threshold
    kl_left: Decimal
    kwh_left: int
    """All-electric kWh that the kL left stand for under today's heat value, whole kWh."""


def primary_energy(days: Iterable[tuple[date, int]]) -> tuple[PrimaryEnergy, ...]:
    """The primary energy of daily energies (local day, milli-Wh): one part a heat value."""
    held = list(days)
    parts = []
    for value in HEAT_VALUES:
        within = [milli_wh for day, milli_wh in held if value.first <= day < value.end]
        if within:
            parts.append(PrimaryEnergy(sum(within), value))
    return tuple(parts)


def total_gj(parts: Iterable[PrimaryEnergy]) -> Decimal:
    """GJ of the parts together."""
    return added(part.gj for part in parts)


def total_kl(parts: Iterable[PrimaryEnergy]) -> Decimal:
    """Crude-oil kL of the parts together."""
    return added(part.crude_oil_kl for part in parts)


def whole_kl(kl: Decimal) -> int:
    """Whole kL as a report shows them: rounded half up (東邦ガス FAQ 2024-07-05)."""
    return whole(kl)


def distances(kl_a_year: Decimal) -> tuple[Distance, ...]:
    """How far a year's crude oil (kL) is from each threshold."""
    kl_per_kwh = times(HEAT_VALUES[-1].gj_per_mwh, KL_PER_GJ).scaleb(-3)
    return tuple(
        Distance(threshold, left := threshold.kl - kl_a_year, whole(left / kl_per_kwh))
        for threshold in THRESHOLDS
    )
