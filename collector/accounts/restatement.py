"""What has changed since an account was closed, and why: energy, contract, factor, certificates.

Stands beside the list of closed periods: the closed account stays as it was, the new one is
compared with it day by day. The four effects are exact and add up to the whole difference:

energy        other kWh of a day, at the old factor
contract      another contract on a day: the new kWh at the difference of the factors
factor        the same contract, another factor: likewise
certificates  what is deducted now less what was deducted then
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.accounts.account import Account, AccountLine
from collector.accounts.amounts import added, grouped, less, plain, times
from collector.accounts.contracts import Contract
from collector.rollup.carbon import co2_kg, energy_kwh


@dataclass(frozen=True, slots=True)
class MethodChange:
    """One method's figure then and now (kg; None: there was none) and the effects between.

    The effects are None when either figure is.
    """

    method: str
    old_kg: Decimal | None
    new_kg: Decimal | None
    energy_kg: Decimal | None = None
    contract_kg: Decimal | None = None
    factor_kg: Decimal | None = None
    certificate_kg: Decimal | None = None

    @property
    def difference_kg(self) -> Decimal | None:
        """The new figure less the old one; None without both."""
        if self.old_kg is None or self.new_kg is None:
            return None
        return less(self.new_kg, self.old_kg)

    @property
    def changed(self) -> bool:
        """Whether the figure is another one."""
        return self.old_kg != self.new_kg


@dataclass(frozen=True, slots=True)
class Comparison:
    """An account that was closed beside the one made now, of the same site and period."""

    old: Account
    new: Account
    methods: tuple[MethodChange, ...]
    causes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether energy or any figure is another one."""
        return self.old.kwh != self.new.kwh or any(method.changed for method in self.methods)


def compare(old: Account, new: Account) -> Comparison:
    """The two accounts beside each other, every method of either, and the causes in words."""
    methods = dict.fromkeys((*old.methods, *new.methods))
    changes = tuple(_change(method, old, new) for method in methods)
    return Comparison(old, new, changes, tuple(_causes(old, new)))


@dataclass(frozen=True, slots=True)
class _Day:
    milli_wh: int
    contract: Contract | None
    kg_per_kwh: Decimal | None


def _change(method: str, old: Account, new: Account) -> MethodChange:
    before, after = old.sum_of(method), new.sum_of(method)
    if before.kg is None or after.kg is None:
        return MethodChange(method, before.kg, after.kg)
    energy: list[Decimal] = []
    contract: list[Decimal] = []
    factor: list[Decimal] = []
    for then, now in _pairs(_days(old, method), _days(new, method)):
        old_value, new_value = then.kg_per_kwh or Decimal(0), now.kg_per_kwh or Decimal(0)
        energy.append(co2_kg(now.milli_wh - then.milli_wh, old_value))
        effect = times(energy_kwh(now.milli_wh), less(new_value, old_value))
        (factor if then.contract == now.contract else contract).append(effect)
    deducted = less(before.deducted_kg, after.deducted_kg)
    sums = (added(energy), added(contract), added(factor), deducted)
    return MethodChange(method, before.kg, after.kg, *sums)


def _days(account: Account, method: str) -> dict[date, _Day]:
    lines = account.lines_of(method)
    found = {}
    for energy in account.days:
        line = _line_of(lines, energy.day)
        value = line.factor.kg_per_kwh if line and line.factor else None
        found[energy.day] = _Day(energy.milli_wh, line.contract if line else None, value)
    return found


def _line_of(lines: tuple[AccountLine, ...], day: date) -> AccountLine | None:
    return next((line for line in lines if line.first <= day < line.end), None)


def _pairs(then: dict[date, _Day], now: dict[date, _Day]) -> Iterator[tuple[_Day, _Day]]:
    # A day known on one side only differs by its energy alone: the factor is the known side's.
    for day in sorted(then.keys() | now.keys()):
        one, other = then.get(day), now.get(day)
        if one is not None and other is not None:
            yield one, other
        elif one is not None:
            yield one, _Day(0, one.contract, one.kg_per_kwh)
        elif other is not None:
            yield _Day(0, other.contract, other.kg_per_kwh), other


def _causes(old: Account, new: Account) -> Iterator[str]:
    if _energies(old) != _energies(new):
        yield (
            f"energy: {grouped(old.kwh)} kWh on {len(old.days)} days then,"
            f" {grouped(new.kwh)} kWh on {len(new.days)} days now"
        )
    if _contracts(old) != _contracts(new):
        yield f"contract: {_listed(_contracts(old))} then, {_listed(_contracts(new))} now"
    for method in dict.fromkeys((*old.methods, *new.methods)):
        then, now = _factors(old, method), _factors(new, method)
        if then != now:
            yield f"factor: {method}: {_listed(then)} then, {_listed(now)} now"
    if old.claims != new.claims:
        yield f"certificates: {_claimed(old)} then, {_claimed(new)} now"


def _energies(account: Account) -> list[tuple[date, int]]:
    return [(energy.day, energy.milli_wh) for energy in account.days]


def _contracts(account: Account) -> list[str]:
    found = ((line.first, str(line.contract)) for line in account.lines if line.contract)
    return list(dict.fromkeys(text for _, text in sorted(found)))


def _factors(account: Account, method: str) -> list[str]:
    return [
        f"{line.factor.id} ({plain(line.factor.kg_per_kwh)}, {line.status})"
        for line in account.lines_of(method)
        if line.factor is not None
    ]


def _claimed(account: Account) -> str:
    used: dict[str, int] = {}
    for claim in account.claims:
        used[claim.method] = used.get(claim.method, 0) + claim.used_milli_wh
    texts = [f"{grouped(energy_kwh(amount))} kWh by {method}" for method, amount in used.items()]
    return _listed(texts)


def _listed(items: list[str]) -> str:
    return ", ".join(items) or "none"
