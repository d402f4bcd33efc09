"""Words to values: what one answered block says, in the units of ``contract.quantity``.

PURE. Before: a planned block and the words that the meter answered. After: values by quantity,
of the primary side; what the meter did not give, or what cannot be true, is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import BadAnswerError
from edge_agent.profile import ReadBlock, Register, power_of
from edge_agent.words import said

_BY_CURRENT = frozenset({"A", "W", "var", "VA", "Wh", "varh"})
_BY_VOLTAGE = frozenset({"V", "W", "var", "VA", "Wh", "varh"})


@dataclass(frozen=True, slots=True)
class Ratios:
    """What turns a meter's secondary values into primary ones; 1 when it does so itself."""

    ct: float = 1.0
    vt: float = 1.0

    def of(self, unit: str) -> float:
        """The factor for values in ``unit``: current by CT, voltage by VT, power by both."""
        return (self.ct if unit in _BY_CURRENT else 1.0) * (self.vt if unit in _BY_VOLTAGE else 1.0)


def values_in(block: ReadBlock, words: Sequence[int], ratios: Ratios) -> dict[str, float]:
    """The values that ``words``, the answer to ``block``, hold.

    Raises ``BadAnswerError`` when there are not as many words as were asked for.
    """
    if len(words) != block.count:
        raise BadAnswerError(
            f"{len(words)} registers came where {block.count} were asked for",
            "another program may be polling the same line",
        )
    values: dict[str, float] = {}
    for register in block.registers:
        start = register.address - block.address
        power = 0 if register.scale_register is None else _power(register, block, words)
        if power is None:
            continue
        value = register.value_of(words[start : start + register.words], power)
        if value is not None:
            values[register.quantity] = value * ratios.of(QUANTITIES[register.quantity].unit)
    return values


def out_of_bounds(block: ReadBlock, words: Sequence[int]) -> tuple[str, ...]:
    """What the meter gave and ``values_in`` left out, since it cannot be true: one line each.

    The values are the meter's own, before the ratios. Worth a call only when values are missing.
    """
    told = []
    for register in block.registers:
        if register.bounds is None:
            continue
        start = register.address - block.address
        power = _power(register, block, words)
        part = words[start : start + register.words]
        value = None if power is None else register.unbounded_of(part, power)
        low, high = register.bounds
        if value is not None and not low <= value <= high:
            place = {"quantity": register.quantity, "value": f"{value:g}"}
            limits = {"low": f"{low:g}", "high": f"{high:g}"}
            told.append(said("{quantity} is {value}, outside {low} to {high}", **place, **limits))
    return tuple(told)


def _power(register: Register, block: ReadBlock, words: Sequence[int]) -> int | None:
    """The power of ten that the register's scale register holds; None when it holds none."""
    if register.scale_register is None:
        return 0
    return power_of(words[register.scale_register - block.address])
