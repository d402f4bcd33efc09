"""How an amount of money or a power is rounded: only where a tariff says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

RoundingMode = Literal["down", "half_up", "up"]
_MODES: dict[RoundingMode, str] = {
    "down": ROUND_FLOOR,
    "half_up": ROUND_HALF_UP,
    "up": ROUND_CEILING,
}


@dataclass(frozen=True, slots=True)
class Rounding:
    """To a multiple of ``step`` (in the unit of what is rounded): down, half up or up.

    Down is to the smaller number, so that a deduction grows; half up is away from zero.
    """

    mode: RoundingMode
    step: Decimal

    def apply(self, value: Decimal) -> Decimal:
        """The value as a multiple of the step."""
        return (value / self.step).quantize(Decimal(1), _MODES[self.mode]) * self.step

    @property
    def text(self) -> str:
        """How a formula says it, for example "rounded down to 1"."""
        how = {"down": "down", "half_up": "half up", "up": "up"}[self.mode]
        return f"rounded {how} to {self.step}"
