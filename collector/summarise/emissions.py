"""The CO2 of a site's energy: by the contract in force on each local day and the site's method.

Stands between ``factors`` (which factor applies) and ``sums`` (totals). Energy without a factor
has no CO2 rather than none at all: the answer is None, and one line says what is missing.
"""

from __future__ import annotations

from datetime import date

from collector.errors import FactorError
from collector.factors.factor import Match
from collector.factors.lookup import FactorLibrary
from collector.rollup.carbon import Emission, co2_kg
from collector.site_config import ContractSettings, SiteSettings


class SiteEmissions:
    """Energy in, emission out, for one site; ``faults`` says what was missing on the way."""

    def __init__(self, site: SiteSettings, factors: FactorLibrary) -> None:
        self._site = site
        self._factors = factors
        self._matches: dict[date, Match | None] = {}
        self._faults: dict[str, None] = {}

    @property
    def faults(self) -> tuple[str, ...]:
        """What is missing, each thing once, in the order it was met."""
        return tuple(self._faults)

    def of(self, milli_wh: int, day: date) -> Emission | None:
        """The emission of energy (milli-Wh) of a local day; None without contract or factor."""
        if day not in self._matches:
            self._matches[day] = self._match(day)
        match = self._matches[day]
        if match is None:
            return None
        kg = co2_kg(milli_wh, match.factor.kg_per_kwh)
        return Emission(kg, (match.factor.id,), match.status == "provisional")

    def _match(self, day: date) -> Match | None:
        contract = self._contract(day)
        if contract is None:
            return None
        try:
            return self._factors.find(
                contract.region, contract.supplier, contract.menu, self._site.co2_method, day
            )
        except FactorError as error:
            self._note(f"site {self._site.id}: {error}")
            return None

    def _contract(self, day: date) -> ContractSettings | None:
        contracts = self._site.contracts
        begun = [contract for contract in contracts if contract.from_date <= day]
        if contracts and not begun:
            first = min(contract.from_date for contract in contracts)
            self._note(
                f"site {self._site.id}: no contract before {first}, so no CO2 for days before it"
                " (add a [[sites.contracts]] that begins earlier)"
            )
        return max(begun, key=lambda contract: contract.from_date, default=None)

    def _note(self, fault: str) -> None:
        self._faults[fault] = None
