"""A profile as it is written: the schema of the TOML file, and every fault in one.

Before: the text of a profile file. After: a ``ProfileText`` that means something: every quantity
and format is known, every register can be read, none overlaps another.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge_agent.config_faults import fault, near, schema_faults
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.registers import FORMATS, Limits, Order, Span, plan_spans

Function = Literal[3, 4]
Parity = Literal["N", "E", "O"]
Encoding = Literal["", "power_factor_4q"]
Verification = Literal["hardware", "manual", "code", "none"]
"""What a profile rests on: a device, its manual, other people's drivers, or nothing checked."""


class ProfileFaultsError(ValueError):
    """A profile text has faults; ``faults`` holds one line for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _SourceText(_Text):
    title: str
    revision: str = ""
    where: str


class _FactoryText(_Text):
    unit_id: int = Field(ge=0, le=255)
    baud: int = Field(ge=300)
    parity: Parity
    stop_bits: Literal[1, 2]


class ReadingText(_Text):
    """How the meter may be read, and what its registers have in common."""

    function: Function
    format: str | None = None
    word_order: Order
    byte_order: Order = "big"
    max_registers: int = Field(ge=1, le=125)
    max_gap: int = Field(default=0, ge=0)
    min_gap_ms: int = Field(default=0, ge=0)
    timeout_ms: int = Field(ge=10)
    even: bool = False
    holes: tuple[tuple[int, int], ...] = ()
    readable: tuple[tuple[int, int], ...] = ()

    def limits(self) -> Limits:
        """The bounds of a block read; the file names first and last address of each range."""
        return Limits(
            max_registers=self.max_registers,
            max_gap=self.max_gap,
            even=self.even,
            holes=tuple(Span(first, last - first + 1) for first, last in self.holes),
            readable=tuple(Span(first, last - first + 1) for first, last in self.readable),
        )


class _CounterText(_Text):
    step_wh: float = Field(gt=0)
    modulus_wh: float | None = Field(default=None, gt=0)


class RegisterText(_Text):
    """One row of [registers]; None: as [reading] says."""

    address: int = Field(ge=0, le=0xFFFF)
    function: Function | None = None
    format: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    word_order: Order | None = None
    byte_order: Order | None = None
    not_available: tuple[int, ...] = ()
    encoding: Encoding = ""
    optional: bool = False
    verified: bool = True


class ProfileText(_Text):
    """A whole profile file."""

    vendor: str
    models: tuple[str, ...] = Field(min_length=1)
    verification: Verification
    sources: tuple[_SourceText, ...] = Field(min_length=1)
    factory: _FactoryText
    reading: ReadingText
    counter: _CounterText
    registers: dict[str, RegisterText] = Field(min_length=1)


def parse(text: str) -> ProfileText:
    """The profile in ``text``. Raises ``ProfileFaultsError`` with all faults of it."""
    try:
        file = ProfileText.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileFaultsError([f"not TOML: {error}"]) from None
    except ValidationError as error:
        raise ProfileFaultsError(schema_faults(error, ProfileText)) from None
    rows = file.registers.items()
    found = [line for name, row in rows for line in _row_faults(name, row, file.reading)]
    found = found or [*_unreadable(file), *_overlaps(file)]
    if found:
        raise ProfileFaultsError(found)
    return file


def _row_faults(name: str, row: RegisterText, reading: ReadingText) -> Iterator[str]:
    where, form = f"registers.{name}", row.format or reading.format
    if name not in QUANTITIES:
        yield fault(where, "", "no such quantity", near(name, QUANTITIES))
    if form is None:
        yield fault(f"{where}.format", "", "missing", "write it here or in [reading]")
    elif form not in FORMATS:
        yield fault(f"{where}.format", f'"{form}"', "unknown format", near(form, FORMATS))
    elif any(not 0 <= raw < 1 << 16 * FORMATS[form].words for raw in row.not_available):
        what = f"does not fit into {form}"
        yield fault(f"{where}.not_available", "", what, "write the raw bits in hex")
    if row.scale == 0 or not math.isfinite(row.scale) or not math.isfinite(row.offset):
        what = "scale is zero, or scale or offset is not finite"
        yield fault(where, "", what, "value = number * scale + offset")


def _unreadable(file: ProfileText) -> Iterator[str]:
    for name, row in file.registers.items():
        try:
            plan_spans([_span(row, file.reading)], file.reading.limits())
        except ValueError as error:
            yield fault(f"registers.{name}", "", str(error), "correct the address or [reading]")


def _overlaps(file: ProfileText) -> Iterator[str]:
    rows = sorted(
        (row.function or file.reading.function, _span(row, file.reading), name)
        for name, row in file.registers.items()
    )
    for (function, span, name), (next_function, next_span, next_name) in pairwise(rows):
        if function == next_function and next_span.address < span.end:
            where, shown = f"registers.{next_name}.address", f"0x{next_span.address:04X}"
            yield fault(where, shown, f"overlaps {name}", "check both addresses and formats")


def _span(row: RegisterText, reading: ReadingText) -> Span:
    return Span(row.address, FORMATS[row.format or reading.format or ""].words)
