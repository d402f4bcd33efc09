"""A column of plain data: what it is called, its unit and what its fields are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Literal

Field = str | float | datetime | None
FieldKind = Literal["text", "number", "moment"]
_NUMBER = re.compile(r"[-−+]?\d{1,3}(,\d{3})*(\.\d+)?|[-−+]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class PlainColumn:
    """All fields of a column are of its ``kind`` or None; ``decimals`` is how many to show."""

    label: str
    unit: str
    kind: FieldKind
    decimals: int = 0

    @property
    def head(self) -> str:
        """The label with its unit: Energy (kWh)."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def known_number(number: float | None) -> float | None:
    """The number as a float; None for NaN and infinity, which no file holds well."""
    return None if number is None or not isfinite(number) else float(number)


def number_in(text: str) -> float | None:
    """The number a text shows, thousands separated or not; None when it is something else."""
    if not _NUMBER.fullmatch(text.strip()):
        return None
    return float(text.strip().replace(",", "").replace("−", "-"))
