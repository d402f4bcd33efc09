"""The account of a site and a period: energy, and its CO2 by every method, with all evidence.

An account is a list of lines: days under one contract and one factor, by one method. Kilograms
are exact decimals. Sums are per method and never across methods; a method of which one line has
no factor has no sum at all, because a part must not look like a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.accounts.amounts import ZERO, added, less
from collector.accounts.certificates import Certificate
from collector.accounts.contracts import Contract
from collector.accounts.energy_law import PrimaryEnergy, total_gj, total_kl
from collector.accounts.methods import Status, in_scope_3, worst
from collector.accounts.span import Span
from collector.factors.factor import Factor
from collector.rollup.carbon import co2_kg, energy_kwh


@dataclass(frozen=True, slots=True)
class DayEnergy:
    """A local day's energy of the site, in whole milli-Wh.

    ``estimated_milli_wh`` is the part of it that was bridged over gaps, ``coverage`` the share of
    the day that was measured (0 to 1).
    """

    day: date
    milli_wh: int
    estimated_milli_wh: int = 0
    coverage: float = 1.0


@dataclass(frozen=True, slots=True)
class FactorUse:
    """A factor as an account cites it: value (kg/kWh), window, and where it was published."""

    id: str
    method: str
    kg_per_kwh: Decimal
    gas: str
    valid_from: date
    valid_to: date | None
    known_on: date
    row_status: str
    title: str
    publisher: str
    revision: str
    published_on: str
    licence: str
    attribution: str
    url: str = ""

    @classmethod
    def of(cls, row: Factor) -> FactorUse:
        """The citation of a row."""
        own = (row.id, row.method, row.kg_per_kwh, row.gas)
        source = row.source
        return cls(
            *(*own, row.valid_from, row.valid_to, row.known_on, row.status),
            *(source.title, source.publisher, source.revision, source.published_on),
            *(source.licence, source.attribution, source.url),
        )


@dataclass(frozen=True, slots=True)
class AccountLine:
    """Days ``first`` to ``end`` (excluded) under one contract and one factor, by one method.

    ``milli_wh`` is what was used, ``certificate_milli_wh`` the part of it claimed by certificates,
    ``deducted_kg`` what these take off. ``factor`` is None, and ``status`` missing, where there is
    no contract or no factor; ``reason`` says why the status is not official.
    """

    method: str
    first: date
    end: date
    contract: Contract | None
    milli_wh: int
    estimated_milli_wh: int
    factor: FactorUse | None
    status: Status
    reason: str = ""
    certificate_milli_wh: int = 0
    deducted_kg: Decimal = ZERO

    @property
    def kwh(self) -> Decimal:
        """Energy used, kWh."""
        return energy_kwh(self.milli_wh)

    @property
    def certificate_kwh(self) -> Decimal:
        """The part of it claimed by certificates, kWh."""
        return energy_kwh(self.certificate_milli_wh)

    @property
    def gross_kg(self) -> Decimal | None:
        """KWh times factor, before certificates; None without a factor."""
        return None if self.factor is None else co2_kg(self.milli_wh, self.factor.kg_per_kwh)

    @property
    def kg(self) -> Decimal | None:
        """CO2 after certificates, kg; None without a factor."""
        gross = self.gross_kg
        return None if gross is None else less(gross, self.deducted_kg)


@dataclass(frozen=True, slots=True)
class MethodSum:
    """One method's figure: kg after certificates, kg before them, and the worst status in it.

    ``kg`` and ``gross_kg`` are None when energy is left without a factor
    (``missing_milli_wh``).
    """

    method: str
    kg: Decimal | None
    gross_kg: Decimal | None
    deducted_kg: Decimal
    certificate_milli_wh: int
    missing_milli_wh: int
    status: Status
    factor_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimUse:
    """How far one certificate was used by one method: within the period, and before it."""

    certificate: Certificate
    method: str
    used_milli_wh: int
    before_milli_wh: int

    @property
    def left_milli_wh(self) -> int:
        """What is still unused at the end of the period (milli-Wh)."""
        return self.certificate.milli_wh - self.used_milli_wh - self.before_milli_wh


@dataclass(frozen=True, slots=True)
class Account:
    """Everything a site answers for in a period; ``days`` are those of which energy is known.

    ``coverage`` is the measured share of the period's time. ``known_on``: the day whose knowledge
    of factors and certificates it is made with (None: all there is). ``factor_snapshot`` names
    the set of factors, ``remarks`` says in words what a reader must know.
    """

    site: str
    span: Span
    days: tuple[DayEnergy, ...]
    coverage: float
    lines: tuple[AccountLine, ...]
    claims: tuple[ClaimUse, ...]
    primary: tuple[PrimaryEnergy, ...]
    remarks: tuple[str, ...]
    known_on: date | None = None
    factor_snapshot: str = ""
    software_version: str = ""

    @property
    def kwh(self) -> Decimal:
        """Energy used, kWh."""
        return energy_kwh(sum(day.milli_wh for day in self.days))

    @property
    def estimated_kwh(self) -> Decimal:
        """The part of it that was bridged over gaps, kWh."""
        return energy_kwh(sum(day.estimated_milli_wh for day in self.days))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods counted by, in the order of the lines."""
        return tuple(dict.fromkeys(line.method for line in self.lines))

    @property
    def scope_2(self) -> tuple[MethodSum, ...]:
        """One sum a method; never to be added to one another."""
        return tuple(self.sum_of(method) for method in self.methods if not in_scope_3(method))

    @property
    def scope_3(self) -> tuple[MethodSum, ...]:
        """Category 3: losses and upstream, where a factor is held."""
        return tuple(self.sum_of(method) for method in self.methods if in_scope_3(method))

    @property
    def energy_gj(self) -> Decimal | None:
        """Primary energy (GJ) under Japan's energy law; None where it does not apply."""
        return total_gj(self.primary) if self.primary else None

    @property
    def crude_oil_kl(self) -> Decimal | None:
        """Crude-oil equivalent (kL) under Japan's energy law; None where it does not apply."""
        return total_kl(self.primary) if self.primary else None

    def lines_of(self, method: str) -> tuple[AccountLine, ...]:
        """The lines of a method, in order of time."""
        return tuple(line for line in self.lines if line.method == method)

    def sum_of(self, method: str) -> MethodSum:
        """The figure of a method; without kg when the method has no lines."""
        return _sum(method, self.lines_of(method))


def _sum(method: str, lines: tuple[AccountLine, ...]) -> MethodSum:
    missing = sum(line.milli_wh for line in lines if line.factor is None)
    whole = bool(lines) and not any(line.milli_wh for line in lines if line.factor is None)
    ids = dict.fromkeys(line.factor.id for line in lines if line.factor is not None)
    return MethodSum(
        method=method,
        kg=_known(line.kg for line in lines) if whole else None,
        gross_kg=_known(line.gross_kg for line in lines) if whole else None,
        deducted_kg=added(line.deducted_kg for line in lines),
        certificate_milli_wh=sum(line.certificate_milli_wh for line in lines),
        missing_milli_wh=missing,
        status=worst([line.status for line in lines]) if lines else "missing",
        factor_ids=tuple(ids),
    )


def _known(amounts: Iterable[Decimal | None]) -> Decimal:
    return added(amount for amount in amounts if amount is not None)
