"""The CO2 and the crude oil of a kWh saved: by one named factor, and by the law's heat value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.accounts.contracts import contract_on, contracts_of
from collector.accounts.energy_law import HEAT_VALUES, KL_PER_GJ
from collector.accounts.methods import Factors, Lookup, own_method
from collector.errors import FactorError
from collector.findings.finding import Range, Said
from collector.site_config import SiteSettings


@dataclass(frozen=True, slots=True)
class Carbon:
    """kg CO2 and kL of crude oil a kWh; ``factor`` is the id of the factor's row.

    ``basis`` tells method, factor and heat value in a sentence; ``provisional`` is true where the
    factor stands in for the one that will apply.
    """

    kg_per_kwh: float
    kl_per_kwh: float
    factor: str
    basis: Said
    provisional: bool = False

    def co2_t(self, kwh: Range) -> Range:
        """Tonnes of CO2 of an energy (kWh)."""
        return kwh.times(self.kg_per_kwh / 1000)

    def crude_oil_kl(self, kwh: Range) -> Range:
        """Crude-oil equivalent (kL) of an energy (kWh): MWh x 8.64 GJ x 0.0258 kL."""
        return kwh.times(self.kl_per_kwh)


def kl_per_kwh(on: date) -> float:
    """Crude-oil kL of a kWh by the heat value of the day (``accounts.energy_law``)."""
    value = next(row for row in HEAT_VALUES if row.first <= on < row.end)
    return float(value.gj_per_mwh * KL_PER_GJ) / 1000


def carbon_of(site: SiteSettings, factors: Factors, on: date) -> Carbon:
    """What a kWh saved counts for by the site's own method, with the factor of the day.

    What is saved is saved in the years to come, so the newest factor counts for all of it. Raises
    ``FactorError`` when the site has no contract on the day, or no factor applies.
    """
    contract = contract_on(contracts_of(site), on)
    if contract is None:
        hint = "write [[sites.contracts]] with region, supplier and from"
        raise FactorError(f"site {site.id} has no contract on {on}, so no CO2 factor", hint)
    method = own_method(site.co2_method)
    applied = Lookup(factors).applied(contract, method, on)
    if applied.factor is None:
        hint = "collector factors list shows what there is; add a row to your own folder"
        raise FactorError(f"site {site.id}: {applied.reason or f'no {method} factor'}", hint)
    row = applied.factor
    kg = f"{float(row.kg_per_kwh):.6g} kg/kWh"
    why = f" ({applied.status}: {applied.reason})" if applied.reason else ""
    return Carbon(
        kg_per_kwh=float(row.kg_per_kwh),
        kl_per_kwh=kl_per_kwh(on),
        factor=row.id,
        basis=Said(f"{method} {row.id}: {kg}{why}", f"{method} {row.id}: {kg}{why}"),
        provisional=applied.status != "official",
    )
