"""What a transformer of today may lose at most: Japan's top-runner standard, as dated data.

E = factor S^exponent is the total loss (W) of an S kVA transformer at its reference load (40 % up
to 500 kVA, 50 % above). It does not say how much of it is no-load loss, so it serves to compare
an old transformer with a new one at that load only.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Literal

FILE = "transformer_standard_jp.toml"
Hertz = Literal[50, 60]
Phases = Literal[1, 3]


@dataclass(frozen=True, slots=True)
class LossStandard:
    """A row: oil-immersed transformers of some phases and frequency, above and up to some kVA."""

    phases: int
    hertz: int
    above_kva: float
    up_to_kva: float
    factor: float
    exponent: float
    reference_load: float
    first: date
    end: date
    confidence: str
    source: str

    def loss_w(self, kva: float) -> float:
        """The total loss (W) at the reference load."""
        return float(self.factor * kva**self.exponent)


@lru_cache(maxsize=1)
def loss_standards() -> tuple[LossStandard, ...]:
    """The rows that come with this program."""
    text = resources.files("collector.analysis").joinpath("data", FILE).read_text(encoding="utf-8")
    doc = tomllib.loads(text)
    return tuple(LossStandard(**row) for row in doc["standard"])


def loss_standard(kva: float, phases: Phases, hertz: Hertz, on: date) -> LossStandard:
    """The row for a transformer sold on a day. Raises ``ValueError`` when there is none."""
    for row in loss_standards():
        if (
            (row.phases, row.hertz) == (phases, hertz)
            and row.above_kva < kva <= row.up_to_kva
            and row.first <= on < row.end
        ):
            return row
    raise ValueError(
        f"no standard is held for {kva:g} kVA, {phases} phases, {hertz} Hz on {on}: "
        "use the nameplate"
    )
