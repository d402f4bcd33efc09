"""A month's bill from its slots, a tariff and the terms of the site. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.billing.cautions import (
    caution_of_limit,
    cautions_of_demand,
    cautions_of_load,
    cautions_of_tariff,
)
from collector.billing.demand import BilledDemand, billed_demand, measured_demand
from collector.billing.demand_lines import demand_lines
from collector.billing.energy_lines import energy_lines, market_lines, reactive_lines
from collector.billing.errors import BillError
from collector.billing.lines import Bill, BillLine, plain, total_of
from collector.billing.load import BilledMonth, PreviousMonth, Terms
from collector.billing.other_lines import adder_lines, minimum_line, tax_line
from collector.billing.power_factor import month_power_factor, slots_without_reactive
from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import DemandCharge, EnergyCharge, Tariff, Utilisation

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The charges that apply at a site's hours of use, and what to say of that choice."""

    energy: tuple[EnergyCharge, ...]
    demand: tuple[DemandCharge, ...]
    cautions: tuple[str, ...] = ()


def bill(month: BilledMonth, tariff: Tariff, terms: Terms | None = None) -> Bill:
    """What the month costs under the tariff.

    Energy is exact; amounts are rounded only where the tariff says so. Raises ``BillError`` when
    there is no slot at all, when slots are too long for the tariff's demand or bands, and when an
    agreed power is needed and not given.
    """
    if not month.slots:
        hint = "choose another month, or look at collector summarise"
        raise BillError(f"{month.site}: no energy is known from {month.first} to {month.end}", hint)
    found = list(_lines(month, tariff, terms or Terms()))
    lines = [item for item in found if isinstance(item, BillLine)]
    lines += _closing(tariff, lines)
    return Bill(
        site=month.site,
        tariff_id=tariff.id,
        from_date=month.first,
        to_date=month.end,
        lines=tuple(lines),
        total=total_of(tariff, lines),
        currency=tariff.currency,
        warnings=tuple(item for item in found if isinstance(item, str)),
    )


def previous_month(month: BilledMonth, tariff: Tariff) -> PreviousMonth:
    """What later bills must know of this month: its kWh and its demands by charge."""
    days = TariffDays(tariff)
    found = {charge.id: measured_demand(month, charge, days) for charge in tariff.demand}
    known = {part: power for part, power in found.items() if power is not None}
    return PreviousMonth(month.month, month.kwh, known)


def _lines(month: BilledMonth, tariff: Tariff, terms: Terms) -> Iterator[BillLine | str]:
    days = TariffDays(tariff)
    chosen = _chosen(month, tariff, terms, days)
    yield from cautions_of_tariff(month, tariff)
    yield from cautions_of_load(month)
    yield from cautions_of_demand(month, tariff, chosen.demand, terms)
    yield from chosen.cautions
    stretches = [billed_demand(month, charge, days, terms) for charge in chosen.demand]
    yield from _demand(month, tariff, chosen.demand, stretches, days, terms)
    yield from energy_lines(month, tariff, chosen.energy, days)
    if tariff.market is not None:
        yield from market_lines(month, tariff, tariff.market, terms)
    yield from reactive_lines(month, tariff)
    yield from adder_lines(month, tariff, stretches[0] if stretches else ())


def _demand(
    month: BilledMonth,
    tariff: Tariff,
    charges: Sequence[DemandCharge],
    stretches: Sequence[Sequence[BilledDemand]],
    days: TariffDays,
    terms: Terms,
) -> Iterator[BillLine | str]:
    percent = None
    if tariff.power_factor is not None and charges:
        percent = month_power_factor(month, tariff.power_factor)
        if percent is None and terms.power_factor_percent is not None:
            percent = min(terms.power_factor_percent, tariff.power_factor.cap_percent)
            yield f"no reactive energy: power factor {plain(percent)} % as given"
        elif percent is None:
            percent = tariff.power_factor.base_percent
            neither = "neither discount nor surcharge"
            yield f"no reactive energy: power factor taken as {plain(percent)} %, {neither}"
        elif slots_without_reactive(month):
            without = slots_without_reactive(month)
            yield f"power factor without {without} of {len(month.slots)} slots: not measured there"
    for charge, parts in zip(charges, stretches, strict=True):
        limit = caution_of_limit(tariff, measured_demand(month, charge, days))
        if limit:
            yield limit
        yield from demand_lines(month, tariff, charge, parts, days, percent)


def _chosen(month: BilledMonth, tariff: Tariff, terms: Terms, days: TariffDays) -> _Chosen:
    by_energy = {charge.utilisation for charge in tariff.energy}
    by_demand = {charge.utilisation for charge in tariff.demand}
    if by_energy | by_demand <= {Utilisation()}:
        return _Chosen(tariff.energy, tariff.demand)
    hours, months = _utilisation_hours(month, tariff.demand[0], terms, days)
    caution = f"{hours:,.0f} hours of use, from {months} of {_MONTHS} months"
    return _Chosen(
        tuple(charge for charge in tariff.energy if charge.utilisation.covers(hours)),
        tuple(charge for charge in tariff.demand if charge.utilisation.covers(hours)),
        (caution,) if months < _MONTHS else (),
    )


def _utilisation_hours(
    month: BilledMonth, charge: DemandCharge, terms: Terms, days: TariffDays
) -> tuple[Decimal, int]:
    # kWh of twelve months / largest demand; with fewer months known, as if the rest were like them.
    earlier = [known for known in terms.previous if known.month < month.month][-(_MONTHS - 1) :]
    peaks = [known.demand[charge.id] for known in earlier if charge.id in known.demand]
    peak = max([measured_demand(month, charge, days) or Decimal(0), *peaks])
    kwh = sum((known.kwh for known in earlier), month.kwh)
    months = len(earlier) + 1
    return (kwh * _MONTHS / months / peak if peak else Decimal(0)), months


def _closing(tariff: Tariff, lines: Sequence[BillLine]) -> Iterator[BillLine]:
    amount = sum((line.amount for line in lines), Decimal(0))
    least = minimum_line(tariff, amount)
    if least is not None:
        amount += least.amount
        yield least
    tax = tax_line(tariff, amount)
    if tax is not None:
        yield tax
