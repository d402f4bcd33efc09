"""What each method is: its scheme, scope and boundary, and what its name has meant over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from collector.factors.factor import Boundary, Gas, Gwp, Key, Scheme, Scope

LOCATION = "location"
MARKET = "market_residual"
MARKET_SUPPLIER = "market_supplier"
"""A supplier's or contract's own factor under the GHG Protocol: it comes before a residual mix."""
LIFECYCLE = "lifecycle_average"
NATIONAL_AVERAGE = "jp_shk_national_average"
"""Stands for the region's average where there is no supplier, and for ``location`` in Japan,
whose ministry publishes no other average."""
SUBSTITUTE = "jp_shk_substitute"
BASIC, ADJUSTED, UNADJUSTED = "jp_shk_basic", "jp_shk_adjusted", "jp_shk_unadjusted"
SUPPLIER_METHODS = (BASIC, ADJUSTED)
"""What a customer of a Japanese retailer reports by; unadjusted factors are for the retailers."""
SCOPE_3_METHODS = ("scope3_td", "scope3_wtt", "scope3_upstream_td")
BREAK_OF_BASIC = date(2024, 4, 1)
"""From activity of FY2024 on, 基礎排出係数 counts the certificates a retailer retired; before, it
counted fuel only: two quantities under one name (ministry's review of the scheme, 2023-2024)."""
FUEL_ONLY, WITH_CERTIFICATES = "fuel_only", "with_certificates"


@dataclass(frozen=True, slots=True)
class Method:
    """What a row of the method is made for, unless the row says otherwise."""

    scheme: Scheme = "ghgp"
    scope: Scope = "2"
    boundary: Boundary = "generation"
    regional: bool = False
    """Whether it is the same for every supplier of the region."""


METHODS = {
    BASIC: Method("shk"),
    ADJUSTED: Method("shk"),
    UNADJUSTED: Method("shk"),
    NATIONAL_AVERAGE: Method("shk", regional=True),
    SUBSTITUTE: Method("shk", regional=True),
    "jp_industry_average_basic": Method("industry", regional=True),
    "jp_industry_average_adjusted": Method("industry", regional=True),
    LOCATION: Method(regional=True),
    MARKET: Method(regional=True),
    MARKET_SUPPLIER: Method(),
    LIFECYCLE: Method(boundary="lifecycle", regional=True),
    "project_margin": Method("project", "none", regional=True),
    "scope3_td": Method(scope="3.3", boundary="consumption", regional=True),
    "scope3_wtt": Method(scope="3.3", boundary="lifecycle", regional=True),
    "scope3_upstream_td": Method(scope="3.3", boundary="lifecycle", regional=True),
}
_OTHER = Method()
_GASES: tuple[tuple[Gas, Gwp], ...] = (
    ("CO2e", "AR6"),
    ("CO2e", "AR5"),
    ("CO2e", "AR4"),
    ("CO2e", "as_published"),
    ("CO2", "none"),
    ("CH4", "none"),
    ("N2O", "none"),
)


def method_named(name: str) -> Method:
    """What the method is; one that is not in the table counts as Scope 2 of the GHG Protocol."""
    return METHODS.get(name, _OTHER)


def definition_of(method: str, valid_from: date) -> str:
    """Which quantity the method's name means for activity from that day: "" where there is one."""
    if method == UNADJUSTED:
        return FUEL_ONLY
    if method == BASIC:
        return WITH_CERTIFICATES if valid_from >= BREAK_OF_BASIC else FUEL_ONLY
    return ""


def gas_rank(gas_key: Key) -> int:
    """Which gas is taken when none is named: CO2e before CO2, the newer GWPs first."""
    return next((rank for rank, known in enumerate(_GASES) if known == gas_key), len(_GASES))
