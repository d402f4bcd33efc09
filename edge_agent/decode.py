"""Words to values: what one answered block says, in the units of ``contract.quantity``.

PURE. Before: a planned block and the words that the meter answered. After: values by quantity,
of the primary side; what the meter did not give is absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import BadAnswerError
from edge_agent.profile import ReadBlock

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
        value = register.value_of(words[start : start + register.words])
        if value is not None:
            values[register.quantity] = value * ratios.of(QUANTITIES[register.quantity].unit)
    return values
