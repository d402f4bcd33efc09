"""What can be wrong with [registers]: names, formats, scales, addresses. PURE."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from edge_agent.config_faults import near
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.profile.fault_line import fault_line
from edge_agent.profile.register import Function
from edge_agent.profile.text import ProfileText, ReadingText, RegisterText
from edge_agent.registers import FORMATS, Limits, Span, plan_spans
from edge_agent.words import said


def register_faults(file: ProfileText) -> Iterator[str]:
    """Unknown quantities and formats, scales that make no value, settings that are not there."""
    for name, row in file.registers.items():
        where = f"registers.{name}"
        if name not in QUANTITIES:
            yield fault_line(where, said("no such quantity"), near(name, QUANTITIES))
        yield from _format_faults(where, row, file.reading)
        yield from _scale_faults(where, row)
        for setting in row.scale_by:
            if setting not in file.settings:
                hint = near(setting, file.settings)
                yield fault_line(f"{where}.scale_by", said("no such setting"), hint, setting)


def unreadable(file: ProfileText) -> Iterator[str]:
    """Registers that no request may bring, and those too far from their scale register."""
    limits = file.reading.limits()
    for name, row in file.registers.items():
        own, both = _span(row, file.reading), _both(row, file.reading)
        line = _unreadable_line(name, own, limits, said("correct the address or [reading]"))
        if line is None and both != own:
            hint = said("it is read in one request with its scale_register")
            line = _unreadable_line(name, both, limits, hint)
        if line is not None:
            yield line


def overlaps(file: ProfileText) -> Iterator[str]:
    """Registers that share a word with another, or with a scale register."""
    rows = sorted(
        (_function(row, file.reading), _span(row, file.reading), name)
        for name, row in file.registers.items()
    )
    scales = {
        (_function(row, file.reading), Span(row.scale_register, 1), "a scale_register")
        for row in file.registers.values()
        if row.scale_register is not None
    }
    for (function, span, name), (next_function, next_span, next_name) in pairwise(
        sorted([*rows, *scales])
    ):
        if function == next_function and next_span.address < span.end:
            where = f"registers.{next_name}.address" if next_name in file.registers else next_name
            what = said("overlaps {name}", name=name)
            hint = said("check both addresses and formats")
            yield fault_line(where, what, hint, f"0x{next_span.address:04X}")


def _unreadable_line(name: str, span: Span, limits: Limits, hint: str) -> str | None:
    try:
        plan_spans([span], limits)
    except ValueError as error:
        return fault_line(f"registers.{name}", error.args[0], hint)
    return None


def _format_faults(where: str, row: RegisterText, reading: ReadingText) -> Iterator[str]:
    form = row.format or reading.format
    if form is None:
        hint = said("write it here or in [reading]")
        yield fault_line(f"{where}.format", said("missing"), hint)
    elif form not in FORMATS:
        yield unknown_format(f"{where}.format", form)
    elif any(not 0 <= raw < 1 << 16 * FORMATS[form].words for raw in row.not_available):
        what, hint = said("does not fit into {form}", form=form), said("write the raw bits in hex")
        yield fault_line(f"{where}.not_available", what, hint)
    elif row.scale_register is not None and form[0] == "f":
        what = said("a scale_register belongs to whole numbers, not to {form}", form=form)
        yield fault_line(f"{where}.scale_register", what, said("write an integer format"))


def _scale_faults(where: str, row: RegisterText) -> Iterator[str]:
    if row.scale == 0 or not math.isfinite(row.scale) or not math.isfinite(row.offset):
        what = said("scale is zero, or scale or offset is not finite")
        yield fault_line(where, what, said("value = number * scale + offset"))
    if row.range is not None and not row.range[0] < row.range[1]:
        what = said("the lower bound is not below the upper one")
        yield fault_line(f"{where}.range", what, said("write range = [low, high]"))
    if row.scale_by and row.offset:
        what = said("scale_by and offset exclude each other")
        yield fault_line(f"{where}.scale_by", what, said("a factor would not reach the offset"))


def unknown_format(where: str, form: str, *more: str) -> str:
    """The fault of a format that nothing knows; ``more`` are names that would do here too."""
    return fault_line(where, said("unknown format"), near(form, [*FORMATS, *more]), f'"{form}"')


def _function(row: RegisterText, reading: ReadingText) -> Function:
    return row.function or reading.function


def _span(row: RegisterText, reading: ReadingText) -> Span:
    return Span(row.address, FORMATS[row.format or reading.format or ""].words)


def _both(row: RegisterText, reading: ReadingText) -> Span:
    span = _span(row, reading)
    scale = span.address if row.scale_register is None else row.scale_register
    first = min(span.address, scale)
    return Span(first, max(span.end, scale + 1) - first)
