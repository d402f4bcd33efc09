"""What can be wrong with the facts around the registers: identity, settings, factory. PURE."""

from __future__ import annotations

from collections.abc import Iterator

from edge_agent.profile.check_registers import unknown_format
from edge_agent.profile.facts import TEXT
from edge_agent.profile.fault_line import fault_line
from edge_agent.profile.text import FactoryText, IdentityText, NeverWriteText, ProfileText
from edge_agent.registers import FORMATS, LAST_ADDRESS
from edge_agent.words import said


def whole_faults(file: ProfileText) -> Iterator[str]:
    """Faults of [factory], [[never_write]] and the ranges of [reading]."""
    yield from _factory_faults(file.factory)
    for index, row in enumerate(file.never_write):
        yield from _never_write_faults(f"never_write[{index}]", row)
    for name, ranges in (("holes", file.reading.holes), ("readable", file.reading.readable)):
        if any(first > last for first, last in ranges):
            what = said("the lower bound is above the upper one")
            yield fault_line(f"reading.{name}", what, said("write [[first, last], ...]"))


def identity_faults(file: ProfileText) -> Iterator[str]:
    """Rows that could not be read or compared."""
    for index, row in enumerate(file.identity):
        where = f"identity[{index}]"
        if row.format == TEXT:
            yield from _text_faults(where, row)
        elif row.format not in FORMATS:
            yield unknown_format(f"{where}.format", row.format, TEXT)
            continue
        else:
            yield from _number_faults(where, row)
        yield from _identity_span_faults(where, row, file.reading.max_registers)


def setting_faults(file: ProfileText) -> Iterator[str]:
    """Settings that could not be read, or mean nothing."""
    for name, row in file.settings.items():
        where = f"settings.{name}"
        if row.format not in FORMATS:
            yield unknown_format(f"{where}.format", row.format)
        if row.scale == 0:
            what, hint = said("zero is no factor"), said("factor = number * scale")
            yield fault_line(f"{where}.scale", what, hint)
        if row.expect and not row.message:
            what = said("missing")
            yield fault_line(f"{where}.message", what, said("say what to do when it is not so"))
        if any(factor <= 0 for _, factor in row.map):
            what = said("a factor that is not above zero")
            yield fault_line(f"{where}.map", what, said("write [[number, factor], ...]"))


def _factory_faults(row: FactoryText) -> Iterator[str]:
    serial = {"baud": row.baud, "parity": row.parity, "stop_bits": row.stop_bits}
    absent = [key for key, value in serial.items() if value is None]
    if 0 < len(absent) < 3:
        hint = said("a serial line has baud, parity and stop_bits")
        for key in absent:
            yield fault_line(f"factory.{key}", said("missing"), hint)
    if len(absent) == 3 and row.tcp_port is None:
        what = said("neither a serial line nor Ethernet")
        yield fault_line("factory", what, said("write baud, parity, stop_bits, or tcp_port"))
    if row.bauds and row.baud not in row.bauds:
        what = said("the factory's own is not among them")
        yield fault_line("factory.bauds", what, said("add {value}", value=row.baud))
    if row.parities and row.parity not in row.parities:
        what = said("the factory's own is not among them")
        yield fault_line("factory.parities", what, said("add {value}", value=row.parity))


def _never_write_faults(where: str, row: NeverWriteText) -> Iterator[str]:
    if (row.address is None) == (row.function is None):
        what = said("neither address nor function, or both")
        yield fault_line(where, what, said("write one of them, and why"))
    if row.last is not None and (row.address is None or row.last < row.address):
        what = said("not behind address")
        yield fault_line(f"{where}.last", what, said("the last address of the range"))


def _text_faults(where: str, row: IdentityText) -> Iterator[str]:
    if row.count is None:
        hint = said("how many registers the text takes")
        yield fault_line(f"{where}.count", said("missing"), hint)
    if row.between or row.equals:
        what = said("a text is compared with text = [..]")
        yield fault_line(where, what, said("or give it a number format"))
    room = (row.count or 0) * row.chars_per_register
    if row.count and any(not begin or len(begin.encode()) > room for begin in row.text):
        what = said("empty, or longer than its registers")
        yield fault_line(f"{where}.text", what, said("{room} characters fit", room=room))


def _number_faults(where: str, row: IdentityText) -> Iterator[str]:
    words = FORMATS[row.format].words
    if row.count not in (None, words):
        what = said("{form} takes {words} registers", form=row.format, words=words)
        yield fault_line(f"{where}.count", what, said("leave it out"), str(row.count))
    if row.text:
        what = said("a number is compared with between or equals")
        yield fault_line(f"{where}.text", what, said('or write format = "text"'))
    if row.between and row.equals:
        what = said("between and equals exclude each other")
        yield fault_line(where, what, said("write [n, n] in between for a single number"))
    if any(low > high for low, high in row.between):
        what = said("the lower bound is above the upper one")
        yield fault_line(f"{where}.between", what, said("write [[low, high], ...]"))


def _identity_span_faults(where: str, row: IdentityText, most: int) -> Iterator[str]:
    count = row.count or (FORMATS[row.format].words if row.format in FORMATS else 1)
    if count > most:
        what = said("longer than the {most} registers of one read", most=most)
        yield fault_line(f"{where}.count", what, said("see [reading] max_registers"), str(count))
    if row.address + count - 1 > LAST_ADDRESS:
        what = said("goes beyond 0xFFFF")
        yield fault_line(f"{where}.address", what, said("correct the address or count"))
