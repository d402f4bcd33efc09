"""The factors of a site's energy: by the contract in force on each local day, by every method.

Energy without a factor has no CO2 rather than none at all: the method is left out, and one line
says what is missing for the site's own. Certificates are not taken into account here but in the
site's account (``collector.accounts``), since they are claimed for a period, not for a meter.
"""

from __future__ import annotations

from datetime import date

from collector.accounts.contracts import Contract, contract_on, contracts_of
from collector.accounts.methods import Applied, Factors, Lookup, own_method
from collector.rollup.co2_totals import METHOD_FIELDS, DayRates, Rate
from collector.site_config import SiteSettings

OFFICIAL = "official"


class SiteEmissions:
    """The rates of a site's days; ``faults`` says what was missing on the way."""

    def __init__(self, site: SiteSettings, factors: Factors) -> None:
        self._site = site
        self._own = own_method(site.co2_method)
        self._contracts = contracts_of(site)
        self._lookup = Lookup(factors)
        self._by_day: dict[date, DayRates] = {}
        self._faults: dict[str, None] = {}

    @property
    def faults(self) -> tuple[str, ...]:
        """What is missing, each thing once, in the order it was met."""
        return tuple(self._faults)

    def on(self, day: date) -> DayRates:
        """The rates of a local day; none without contract or factor."""
        if day not in self._by_day:
            self._by_day[day] = self._rates(day)
        return self._by_day[day]

    def _rates(self, day: date) -> DayRates:
        contract = contract_on(self._contracts, day)
        if contract is None:
            self._note_missing_contract()
            return DayRates()
        methods = [name for name in self._lookup.methods(contract) if name in METHOD_FIELDS]
        found: dict[str, Rate] = {}
        for method in dict.fromkeys((self._own, *methods)):
            applied = self._lookup.applied(contract, method, day)
            if applied.factor is not None:
                value = applied.factor.kg_per_kwh
                stands_in = applied.status != OFFICIAL
                found[method] = Rate.of(applied.factor.id, value, stands_in)
            elif method == self._own:
                self._note_missing_factor(applied, contract)
        by_method = {name: found[name] for name in METHOD_FIELDS if name in found}
        return DayRates.of(found.get(self._own), by_method)

    def _note_missing_factor(self, own: Applied, contract: Contract) -> None:
        reason = own.reason or f"no factor of {contract} by {self._site.co2_method}"
        self._faults[f"site {self._site.id}: {reason}"] = None

    def _note_missing_contract(self) -> None:
        if self._contracts:
            self._faults[
                f"site {self._site.id}: no contract before {self._contracts[0].first}, so no CO2"
                " for days before it (add a [[sites.contracts]] that begins earlier)"
            ] = None
