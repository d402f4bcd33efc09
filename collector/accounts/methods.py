"""Which CO2 methods apply to a kWh under a contract, and by which factor each of them counts it.

Japan (SHK scheme, 温対法): ``jp_shk_basic`` and ``jp_shk_adjusted`` by the supplier's menu, and the
two of the GHG Protocol: ``location`` by the national average (the ministry publishes no average of
an area) and ``market`` by the menu's factor. Elsewhere ``location`` by the grid and ``market`` by
the own factor of the supplier that the contract names, else by the residual mix. Upstream
emissions (Scope 3 category 3) are counted where a factor is held.

Market-based in Japan takes the menu's *basic* factor from FY2024 activity on, since which it holds
the certificates the retailer retired and nothing else; before that basic meant fuel only, so the
*adjusted* factor stands for the menu (reference co2-factors.md sections 1.4 and 4; a judgement, to
be confirmed with an assurer). Methods are never added to one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, Protocol

from collector.accounts.contracts import Contract
from collector.accounts.span import ONE_DAY
from collector.errors import FactorError
from collector.factors.factor import Factor, Match
from collector.factors.methods import ADJUSTED as SHK_ADJUSTED
from collector.factors.methods import BASIC as SHK_BASIC
from collector.factors.methods import BREAK_OF_BASIC, LOCATION, SCOPE_3_METHODS
from collector.factors.methods import MARKET as RESIDUAL
from collector.factors.methods import MARKET_SUPPLIER as OWN_OF_SUPPLIER
from collector.factors.methods import NATIONAL_AVERAGE as SHK_AVERAGE
from collector.factors.methods import SUBSTITUTE as SHK_SUBSTITUTE

Status = Literal["official", "provisional", "fallback", "missing"]
STATUSES: tuple[Status, ...] = ("official", "provisional", "fallback", "missing")
"""From the best to the worst: a sum has the worst status of its parts."""

MARKET = "market"
"""The market-based figure, whichever factor it takes; the others are named as their factors."""
SCOPE_2: tuple[str, ...] = (SHK_BASIC, SHK_ADJUSTED, LOCATION, MARKET)
NEW_BASIC_FROM = BREAK_OF_BASIC
"""From this day's activity on, basic holds certificates: another quantity under the same name."""
_PART = ":"
"""Stands between a Scope 3 method and the part of it that a factor is for."""


class Factors(Protocol):
    """The factors known; ``collector.factors.lookup.FactorLibrary`` is the real one."""

    @property
    def factors(self) -> Sequence[Factor]:
        """Every row."""
        ...

    @property
    def snapshot_id(self) -> str:
        """What names this set of rows and no other."""
        ...

    def find(
        self,
        region: str,
        supplier: str | None,
        menu: str | None,
        method: str,
        on: date,
        known_on: date | None = None,
    ) -> Match:
        """The factor for a day. Raises ``FactorError`` when nothing fits."""
        ...


@dataclass(frozen=True, slots=True)
class Applied:
    """The factor that counts, how firm it is, and why when it is not the plain one.

    ``factor`` is None, and ``status`` missing, where nothing fits; ``reason`` then says what.
    """

    factor: Factor | None
    status: Status
    reason: str = ""


class Lookup:
    """Factors by contract, method and day, as known on a day (None: all that is known)."""

    def __init__(self, factors: Factors, known_on: date | None = None) -> None:
        self._factors = factors
        self._known_on = known_on
        self._missing: dict[tuple[Contract, str], FactorError] = {}
        self._scope_3 = _scope_3(factors.factors)

    def methods(self, contract: Contract) -> tuple[str, ...]:
        """The methods by which a kWh under the contract is counted."""
        scope_2 = SCOPE_2 if contract.japanese else (LOCATION, MARKET)
        return (*scope_2, *self._scope_3.get(contract.region, ()))

    def applied(self, contract: Contract, method: str, day: date) -> Applied:
        """The factor of the method for a kWh of the day."""
        return _RULES.get(method, Lookup._plain)(self, contract, method, day)

    def average(self, contract: Contract, day: date) -> Factor | None:
        """Japan's national average, by which certificates are counted in the SHK scheme."""
        return self._found(contract, SHK_AVERAGE, day).factor

    def _plain(self, contract: Contract, method: str, day: date) -> Applied:
        name, _, part = method.partition(_PART)
        of_part = replace(contract, supplier="", menu=part)
        return self._found(of_part, name, day)

    def _shk(self, contract: Contract, method: str, day: date) -> Applied:
        if contract.supplier:
            return self._found(contract, method, day)
        found = self._found(contract, SHK_SUBSTITUTE, day)
        return _instead(found, "no supplier in the contract: the substitute value (代替値)")

    def _location(self, contract: Contract, method: str, day: date) -> Applied:
        found = self._found(contract, LOCATION, day)
        if found.factor is None or found.factor.method in (LOCATION, SHK_AVERAGE):
            return found
        return _instead(found, f"no official average of {contract.region}: {found.factor.method}")

    def _market(self, contract: Contract, method: str, day: date) -> Applied:
        found = self._of_market(contract, day)
        if found.factor is not None:
            return found
        why = f"{found.reason}: the location-based factor" if found.reason else ""
        return _instead(self._location(contract, method, day), why)

    def _of_market(self, contract: Contract, day: date) -> Applied:
        if not contract.japanese:
            found = self._found(contract, RESIDUAL, day)  # a supplier's own factor comes first
            right = found.factor is None or found.factor.method in (OWN_OF_SUPPLIER, RESIDUAL)
            return found if right else Applied(None, "missing", "no residual mix is held")
        if not contract.supplier:
            return Applied(None, "missing", "no supplier in the contract, no residual mix in Japan")
        basic = day >= NEW_BASIC_FROM
        return self._found(contract, SHK_BASIC if basic else SHK_ADJUSTED, day)

    def _found(self, contract: Contract, method: str, day: date) -> Applied:
        # What cannot be found for a contract cannot be found on any day; asking again is dear.
        known = self._missing.get((contract, method))
        if known is None:
            try:
                match = self._match(contract, method, day)
            except FactorError as error:
                known = self._missing[contract, method] = error
            else:
                return Applied(match.factor, match.status, _why(match, contract, day))
        return Applied(None, "missing", str(known))

    def _match(self, contract: Contract, method: str, day: date) -> Match:
        return self._factors.find(
            *(contract.region, contract.supplier, contract.menu, method, day, self._known_on)
        )


def own_method(setting: str) -> str:
    """The name in accounts of the method that a site's settings call so."""
    return MARKET if setting == RESIDUAL else setting


def in_scope_3(method: str) -> bool:
    """Whether the method counts what is emitted upstream (Scope 3 category 3)."""
    return method.partition(_PART)[0] in SCOPE_3_METHODS


def worst(statuses: Sequence[Status]) -> Status:
    """The worst of the statuses; official for none."""
    return max(statuses, key=STATUSES.index, default="official")


def _scope_3(rows: Sequence[Factor]) -> dict[str, tuple[str, ...]]:
    # The upstream methods of each region, one for each part that has its own factor.
    found: dict[str, dict[str, None]] = {}
    for row in sorted(rows, key=lambda row: (row.method, row.menu)):
        if row.method in SCOPE_3_METHODS and not row.supplier:
            name = f"{row.method}{_PART}{row.menu}" if row.kind == "part" else row.method
            found.setdefault(row.region, {})[name] = None
    return {region: tuple(names) for region, names in found.items()}


def _instead(found: Applied, reason: str) -> Applied:
    if found.factor is None:
        return found
    return Applied(found.factor, "fallback", reason or found.reason)


def _why(match: Match, contract: Contract, day: date) -> str:
    row = match.factor
    if match.status == "official":
        return ""
    if not row.covers(day):
        end = "on" if row.valid_to is None else f"to {row.valid_to - ONE_DAY}"
        return f"the row for activity from {row.valid_from} {end} stands in"
    if row.status == "preliminary":
        return "its publisher calls it preliminary"
    if match.status == "fallback":
        return f"the {row.method} of {row.region} stands in"
    return f"the {row.kind} row stands in for {contract}"


_RULES: dict[str, Callable[[Lookup, Contract, str, date], Applied]] = {
    SHK_BASIC: Lookup._shk,
    SHK_ADJUSTED: Lookup._shk,
    LOCATION: Lookup._location,
    MARKET: Lookup._market,
}
