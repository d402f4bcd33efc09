"""The chain of models with which a SunSpec device says what it is and where its values are.

PURE. Before: which meter model it has. After: the words of the head and of the common model, and
where the meter model begins (SunSpec Device Information Model Specification, V1.2.1, 6.1-6.4).
"""

from __future__ import annotations

from collections.abc import Mapping

from edge_agent.registers import words_of_text
from simulators.vectors import Wiring

HEAD_AT = 40_000
COMMON, COMMON_LENGTH = 1, 66
METER_AT = HEAD_AT + 2 + 2 + COMMON_LENGTH
END = 0xFFFF
_MODEL: Mapping[Wiring, int] = {"1P2W": 1, "1P3W": 2, "3P4W": 3, "3P3W": 4}
"""Last digit of the model's number: single, split, wye, delta; 20x has integers, 21x floats."""
_LENGTHS = {20: 105, 21: 124}
_TEXTS = ((0, 16, "maker"), (16, 16, "model"), (40, 8, "version"), (48, 16, "serial"))
"""Place in the common model, registers, what it says."""


def meter_model(models: tuple[int, ...], wiring: Wiring) -> int:
    """The model of those that a meter in this wiring has; the first when none is for it."""
    fitting = [model for model in models if model % 10 == _MODEL[wiring]]
    return [*fitting, models[0]][0]


def chain(model: int, texts: Mapping[str, str]) -> dict[int, int]:
    """The words of head, common model, and the meter model's own head, by address.

    ``texts`` has maker, model, version and serial.
    """
    length = _LENGTHS.get(model // 10, 0)
    words = dict(enumerate(words_of_text("SunS", 2, 2), HEAD_AT))
    common = [COMMON, COMMON_LENGTH, *([0] * COMMON_LENGTH)]
    for place, count, what in _TEXTS:
        common[2 + place : 2 + place + count] = words_of_text(texts[what], count, 2)
    words |= dict(enumerate(common, HEAD_AT + 2))
    words |= {METER_AT: model, METER_AT + 1: length}
    words |= dict.fromkeys(range(METER_AT + 2, METER_AT + 2 + length), 0)
    return words | {METER_AT + 2 + length: END, METER_AT + 3 + length: 0}
