"""What the energy-law report is made of: five years' accounts, activity, what a person entered."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.accounts.account import Account
from collector.analysis.intensity import FiveYearChange, five_year_change, intensity_of
from collector.reports.constants import Fuel
from collector.reports.energy_law_report.optimisation import Optimisation
from collector.reports.signed import SignedAccount

METHODS = ("jp_shk_basic", "jp_shk_adjusted")
"""Basic and adjusted emissions of the SHK scheme, reported both."""
Origin = Literal["account", "entered", "production", "none"]


@dataclass(frozen=True, slots=True)
class IntensityYear:
    """A fiscal year's W = (A - B - B') / C and where A and C come from.

    Energies in crude-oil kL. ``energy_kl`` and ``activity`` are None where they are not known;
    ``whole`` is False where A or C rests on a year of which days are missing.
    """

    year: int
    energy_kl: Decimal | None
    energy_origin: Origin
    activity: Decimal | None
    activity_origin: Origin
    sold_kl: Decimal = Decimal(0)
    bought_heat_kl: Decimal = Decimal(0)
    whole: bool = True

    @property
    def intensity(self) -> Decimal | None:
        """W with 4 significant digits; None where A or C is not known, or W is not above zero."""
        if self.energy_kl is None or not self.activity:
            return None
        found = intensity_of(
            self.energy_kl, self.activity, sold=self.sold_kl, bought_heat=self.bought_heat_kl
        )
        return found if found > 0 else None


@dataclass(frozen=True, slots=True)
class EnergyLawData:
    """The year's figures; ``years`` are five fiscal years, the reported one last."""

    site: str
    name: str
    name_en: str
    zone: ZoneInfo
    fiscal_year_starts: int
    signed: SignedAccount
    made_at_ms: int
    years: tuple[IntensityYear, ...]
    activity_name: str
    activity_name_en: str
    activity_unit: str
    fuels: tuple[Fuel, ...]
    optimisation: Optimisation | None

    @property
    def account(self) -> Account:
        """The account that is told."""
        return self.signed.account

    @property
    def complete(self) -> bool:
        """Whether energy is known of every day of the year."""
        return len(self.account.days) == self.account.span.length

    @property
    def unlike_years(self) -> bool:
        """Whether this year's A is metered electricity alone, but an earlier one was entered.

        What was entered may hold fuels: the two are then no like figures.
        """
        *earlier, last = self.years
        return last.energy_origin == "account" and any(
            year.energy_origin == "entered" for year in earlier
        )

    @property
    def change(self) -> FiveYearChange | None:
        """The five-year mean change; None while a year's intensity is not known."""
        found = [year.intensity for year in self.years]
        known = [intensity for intensity in found if intensity is not None]
        return five_year_change(known) if len(known) == len(found) else None
