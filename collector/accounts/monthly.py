"""An account by calendar months: the days of its lines, each line cut where a month ends.

So a closed account can be told by months as it was signed, and months add up to its lines exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from collector.accounts.account import Account, AccountLine, DayEnergy
from collector.accounts.energy_law import PrimaryEnergy, primary_energy
from collector.rollup.carbon import co2_kg, energy_kwh


@dataclass(frozen=True, slots=True)
class MonthLine:
    """The part of a line in one month (its first day); energies in milli-Wh."""

    month: date
    line: AccountLine
    milli_wh: int
    estimated_milli_wh: int

    @property
    def kwh(self) -> Decimal:
        """Energy used, kWh."""
        return energy_kwh(self.milli_wh)

    @property
    def gross_kg(self) -> Decimal | None:
        """KWh times factor, before certificates; None without a factor."""
        factor = self.line.factor
        return None if factor is None else co2_kg(self.milli_wh, factor.kg_per_kwh)


@dataclass(frozen=True, slots=True)
class MonthEnergy:
    """A month of an account: how many of its days are asked for and known, and their energy.

    ``coverage`` is the measured share of the days asked for (0 to 1).
    """

    month: date
    asked_days: int
    known_days: int
    milli_wh: int
    estimated_milli_wh: int
    coverage: float
    primary: tuple[PrimaryEnergy, ...]

    @property
    def kwh(self) -> Decimal:
        """Energy used, kWh."""
        return energy_kwh(self.milli_wh)


def month_lines(account: Account, method: str) -> tuple[MonthLine, ...]:
    """The method's lines cut by months, in order of time.

    An account without any contract has no lines: its energy is then one line without a factor.
    """
    lines = account.lines_of(method) if account.lines else (_without_contract(account, method),)
    return tuple(
        MonthLine(
            *(month, line, sum(day.milli_wh for day in days)),
            sum(day.estimated_milli_wh for day in days),
        )
        for line in lines
        for month, days in _by_month(account, line)
    )


def month_energies(account: Account) -> tuple[MonthEnergy, ...]:
    """Every month the account's period touches, also those of which nothing is known."""
    asked: dict[date, int] = {}
    for day in account.span.days():
        asked[_first(day)] = asked.get(_first(day), 0) + 1
    abroad = [line for line in account.lines if line.contract and not line.contract.japanese]
    return tuple(_month(account, month, count, abroad) for month, count in asked.items())


def _month(account: Account, month: date, asked: int, abroad: Sequence[AccountLine]) -> MonthEnergy:
    days = [day for day in account.days if _first(day.day) == month]

    def under_law(day: date) -> bool:
        return bool(account.primary) and not any(x.first <= day < x.end for x in abroad)

    return MonthEnergy(
        month=month,
        asked_days=asked,
        known_days=len(days),
        milli_wh=sum(day.milli_wh for day in days),
        estimated_milli_wh=sum(day.estimated_milli_wh for day in days),
        coverage=sum(day.coverage for day in days) / asked,
        primary=primary_energy((d.day, d.milli_wh) for d in days if under_law(d.day)),
    )


def _without_contract(account: Account, method: str) -> AccountLine:
    return AccountLine(
        *(method, account.span.first, account.span.end, None),
        milli_wh=sum(day.milli_wh for day in account.days),
        estimated_milli_wh=sum(day.estimated_milli_wh for day in account.days),
        factor=None,
        status="missing",
    )


def _by_month(account: Account, line: AccountLine) -> Iterator[tuple[date, list[DayEnergy]]]:
    within = (day for day in account.days if line.first <= day.day < line.end)
    for month, days in groupby(within, key=lambda day: _first(day.day)):
        yield month, list(days)


def _first(day: date) -> date:
    return day.replace(day=1)
