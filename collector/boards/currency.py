"""What a site pays in, the unit Grafana shows it with, and what a kW of demand costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collector.config import CollectorSettings
from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import Tariff

BUILT_UNIT = "currencyJPY"
"""The unit of money in the shipped boards."""
_KNOWN = frozenset({
    "USD", "GBP", "EUR", "JPY", "RUB", "UAH", "BRL", "DKK", "ISK", "NOK", "SEK", "CZK", "CHF",
    "PLN", "ZAR", "INR", "KRW", "IDR", "PHP", "VND",
})  # fmt: skip
"""Currencies that Grafana 9.4 and later have a unit of their own for."""


def unit_of(currency: str) -> str:
    """Grafana's unit of a currency (ISO 4217); one it does not know is written before the figure.

    >>> unit_of("EUR"), unit_of("THB")
    ('currencyEUR', 'currency:THB ')
    """
    return f"currency{currency}" if currency in _KNOWN else f"currency:{currency} "


def headed(title: str, currency: str) -> str:
    """A shipped heading with the site's currency in place of the yen it was built with.

    >>> headed("Cost (JPY)", "EUR"), headed("料金(今日まで、円)", "EUR")
    ('Cost (EUR)', '料金(今日まで、EUR)')
    """
    if currency == "JPY":
        return title
    return re.sub(r"(?<=[(、 ])(円|JPY)\)$", f"{currency})", title)


@dataclass(frozen=True, slots=True)
class Money:
    """What a site's newest tariff tells: its currency (ISO 4217), and what a kW of demand costs.

    ``per_kw_month`` is the highest price of the first demand charge, 0 without one by kW and month.
    """

    currency: str = ""
    per_kw_month: float = 0.0


UNKNOWN = Money()


def money_of(settings: CollectorSettings) -> Mapping[str, Money]:
    """What is known of each site's money; sites without a tariff are not there.

    Raises ``TariffError`` for a tariff that is not known, and for a folder with faults.
    """
    newest = {
        site.id: max(site.tariffs, key=lambda one: one.from_date)
        for site in settings.sites
        if site.tariffs
    }
    if not newest:
        return {}
    library = TariffLibrary.shipped()
    if settings.tariffs is not None:
        library = library.with_folder(settings.tariffs.folder)
    return {
        site: _money(library.nearest(one.tariff, one.from_date)) for site, one in newest.items()
    }


def _money(tariff: Tariff) -> Money:
    charge = next(iter(tariff.demand), None)
    if charge is None or (charge.unit, charge.per) != ("kW", "month"):
        return Money(tariff.currency)
    prices = [tier.price for season in charge.prices for tier in season.tiers]
    return Money(tariff.currency, float(max(prices, default=0)))
