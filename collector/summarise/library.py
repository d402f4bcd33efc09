"""The dated data that totals are booked with: emission factors and tariffs."""

from __future__ import annotations

from dataclasses import dataclass

from collector.config import CollectorSettings
from collector.factors.lookup import FactorLibrary
from collector.tariffs.library import TariffLibrary


@dataclass(frozen=True, slots=True)
class Library:
    """Factors and tariffs, those shipped and the plant's own."""

    factors: FactorLibrary
    tariffs: TariffLibrary


def library_of(settings: CollectorSettings) -> Library:
    """Everything shipped, and what the settings' own folders add.

    Raises ``FactorError`` or ``TariffError`` with every fault of a folder's files.
    """
    factors, tariffs = FactorLibrary.shipped(), TariffLibrary.shipped()
    if settings.factors is not None:
        factors = factors.with_folder(settings.factors.folder)
    if settings.tariffs is not None:
        tariffs = tariffs.with_folder(settings.tariffs.folder)
    return Library(factors, tariffs)
