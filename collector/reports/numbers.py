"""Numbers as people read them: three or four significant digits, thousands separated."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

ABSENT = "–"
"""What stands where a number is not known; never a zero."""

Number = float | Decimal


def exact_sum(numbers: Iterable[Number]) -> Decimal:
    """Add in decimals, each number as it prints, so that nothing is rounded on the way."""
    return sum((_decimal(number) for number in numbers), Decimal())


def decimals_for(largest: Number, digits: int = 4) -> int:
    """How many decimals show ``largest`` with that many significant digits (never below 0)."""
    number = _decimal(largest)
    return max(0, _places(number, digits)) if number else 0


def plain(number: Number | None, digits: int = 4, decimals: int | None = None) -> str:
    """Write the number with at most ``digits`` significant digits, rounded half up, once.

    ``decimals`` bounds the decimals as well, so that a column of numbers lines up.
    """
    if number is None:
        return ABSENT
    value = _decimal(number)
    places = _places(value, digits) if value else (decimals or 0)
    if _rounded(value, places).adjusted() > value.adjusted():  # 999.96 is 1,000, not 1,000.0
        places -= 1
    places = places if decimals is None else min(places, decimals)
    return f"{_rounded(value, places):,.{max(0, places)}f}".replace("-", "−")


def percent(share: Number | None) -> str:
    """Write a share (0 to 1) as percent with three digits.

    100 stands only where less than half a hundredth of a percent is missing (half a minute a week).
    """
    if share is None:
        return ABSENT
    value = _decimal(share) * 100
    if Decimal("99.9") < value < Decimal("99.995"):
        return "99.9"
    if 0 < value < Decimal("0.1"):
        return "<0.1"
    return plain(value, 3, 0 if value == 0 or Decimal("99.995") <= value <= 100 else 1)


def energy(kwh: Number | None) -> tuple[str, str]:
    """(text, unit) of an energy: kWh, from 100,000 kWh on MWh."""
    if kwh is not None and abs(_decimal(kwh)) >= 100_000:
        return plain(_decimal(kwh) / 1000), "MWh"
    return _modest(kwh), "kWh"


def mass(kg: Number | None) -> tuple[str, str]:
    """(text, unit) of a mass of CO2: kg, from 10,000 kg on t."""
    if kg is not None and abs(_decimal(kg)) >= 10_000:
        return plain(_decimal(kg) / 1000), "t-CO₂"
    return _modest(kg), "kg-CO₂"


def _decimal(number: Number) -> Decimal:
    return number if isinstance(number, Decimal) else Decimal(repr(float(number)))


def power(kw: Number | None) -> str:
    """Write a power in kW with three or four digits, 52.3 or 1,234."""
    return _modest(kw)


def as_given(kw: float) -> str:
    """Write a power a person has set as they would write it: 250, not 250.0."""
    return f"{kw:,.10g}"


def _modest(number: Number | None) -> str:
    if number == 0:
        return "0"
    return plain(number, 4, 2 if number is not None and abs(_decimal(number)) < 10 else 1)


def _places(number: Decimal, digits: int) -> int:
    return digits - 1 - number.adjusted()


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
