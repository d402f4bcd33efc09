"""What a site pays in, and the unit Grafana shows it with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from collector.config import CollectorSettings
from collector.tariffs.library import TariffLibrary

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


def currencies_of(settings: CollectorSettings) -> Mapping[str, str]:
    """The currency of each site's newest tariff, by site; sites without one are not there.

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
    return {site: _currency(library, one.tariff, one.from_date) for site, one in newest.items()}


def _currency(library: TariffLibrary, tariff: str, on: date) -> str:
    return library.nearest(tariff, on).currency
