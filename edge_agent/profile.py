"""A meter model as data: where its registers are, what they mean, how they may be read.

PURE but for opening the one file. A profile is a TOML file in ``edge_agent/profiles`` (or
anywhere, by path). ``load`` checks it whole and plans its block reads once; polling only walks
the plan. Simulators run a profile backwards with ``Register.words_of``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from edge_agent import profile_text
from edge_agent.config_faults import is_path, near, shipped_profiles
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import ConfigError, StopError
from edge_agent.profile_text import (
    Encoding,
    Function,
    Parity,
    ProfileFaultsError,
    ProfileText,
    ReadingText,
    RegisterText,
    Verification,
)
from edge_agent.registers import (
    FORMATS,
    Limits,
    Number,
    Order,
    Span,
    plan_spans,
    raw_of_words,
    words_of_raw,
)


@dataclass(frozen=True, slots=True)
class Register:
    """One value of a meter: ``address`` is the 0-based address on the wire.

    The value, in the quantity's unit, is ``number * scale + offset``. ``not_available`` are raws
    (see ``registers``) that mean "no value". ``verified`` is False when one source alone has it.
    """

    quantity: str
    function: Function
    address: int
    format: str
    scale: float = 1.0
    offset: float = 0.0
    word_order: Order = "big"
    byte_order: Order = "big"
    not_available: tuple[int, ...] = ()
    encoding: Encoding = ""
    optional: bool = False
    verified: bool = True

    @property
    def words(self) -> int:
        """How many registers the value takes."""
        return FORMATS[self.format].words

    def value_of(self, words: Sequence[int]) -> float | None:
        """The value in ``words``, None when the meter says that it has none."""
        raw = raw_of_words(words, self.word_order, self.byte_order)
        number = None if raw in self.not_available else FORMATS[self.format].number(raw)
        if number is None:
            return None
        if self.encoding == "power_factor_4q":
            number = power_factor_of_4q(number)
        value = _scaled(number, self.scale) + self.offset
        return value if math.isfinite(value) else None

    def words_of(self, value: float) -> list[int]:
        """The words with which the meter would show ``value``: the inverse of ``value_of``.

        Raises ``ValueError`` when the register cannot hold it.
        """
        number = _unscaled(value - self.offset, self.scale)
        raw = FORMATS[self.format].raw(number)
        return words_of_raw(raw, self.words, self.word_order, self.byte_order)


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One request: ``count`` registers from ``address``, and the values that it brings."""

    function: Function
    address: int
    count: int
    registers: tuple[Register, ...]

    @property
    def optional(self) -> bool:
        """Whether the meter may refuse this block without being at fault."""
        return all(register.optional for register in self.registers)

    def without_gaps(self) -> tuple[ReadBlock, ...]:
        """The same values in requests that touch no other register; itself when it has no gap."""
        limits = Limits(max_registers=self.count)
        reads = plan_spans(map(_span, self.registers), limits)
        return tuple(_blocks(self.function, self.registers, reads))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a profile's facts come from."""

    title: str
    revision: str
    where: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A meter model, ready to be read: its registers, and ``blocks``, the plan to fetch them.

    ``unit_id`` to ``stop_bits`` are the settings a new meter comes with. ``min_gap_ms`` is the
    silence it wants before a request. ``counter_modulus_wh`` None: the energy counters never
    start again at zero by themselves.
    """

    name: str
    vendor: str
    models: tuple[str, ...]
    registers: tuple[Register, ...]
    blocks: tuple[ReadBlock, ...]
    max_registers: int
    max_gap: int
    min_gap_ms: int
    timeout_ms: int
    unit_id: int
    baud: int
    parity: Parity
    stop_bits: int
    counter_step_wh: float
    counter_modulus_wh: float | None
    verification: Verification
    sources: tuple[Source, ...]

    @property
    def unverified(self) -> tuple[Register, ...]:
        """The registers that only one source knows."""
        return tuple(register for register in self.registers if not register.verified)


def power_factor_of_4q(number: Number) -> Number:
    """Schneider's four-quadrant power factor (-2 to 2) as a plain one (-1 to 1).

    Beyond 1 the load is leading and the power factor is ``2 - |x|``; the sign stays that of the
    quadrant. Anything beyond 2 is no power factor and becomes NaN.
    """
    size = abs(number)
    if size > 2:
        return math.nan
    return number if size <= 1 else math.copysign(2 - size, number)


def available() -> tuple[str, ...]:
    """The names of the shipped profiles, sorted."""
    return shipped_profiles()


def load(name_or_path: str) -> Profile:
    """The profile of that name, or in the file at that path (it ends in ``.toml``).

    Raises ``StopError`` telling every fault of the file, or the near names when there is none.
    """
    name, text = _text(name_or_path)
    try:
        return _profile(name, profile_text.parse(text))
    except ProfileFaultsError as error:
        lines = [f"profile {name}: {line}" for line in error.faults]
        raise ConfigError(lines, "correct the profile; the shipped ones show the form") from None


def faults(name_or_path: str) -> list[str]:
    """What ``load`` would complain about, one line each; empty when the profile is sound."""
    try:
        load(name_or_path)
    except StopError as error:
        return error.message.splitlines()
    return []


def plan(registers: Iterable[Register], limits: Limits) -> tuple[ReadBlock, ...]:
    """The block reads that bring every register once, within ``limits``.

    Optional registers never share a block with the others, and only with those that touch them,
    so that a refusal costs no value the meter has. Raises ``ValueError`` for a register that
    cannot be read.
    """
    rows = sorted(registers, key=lambda row: (row.optional, row.function, row.address))
    blocks: list[ReadBlock] = []
    for optional, function in sorted({(row.optional, row.function) for row in rows}):
        group = [row for row in rows if (row.optional, row.function) == (optional, function)]
        bounds = _without_gaps(limits) if optional else limits
        blocks += _blocks(function, group, plan_spans(map(_span, group), bounds))
    return tuple(blocks)


def _text(name_or_path: str) -> tuple[str, str]:
    source: Path | Traversable = Path(name_or_path)
    if not is_path(name_or_path):
        if name_or_path not in available():
            raise StopError(
                f"there is no profile {name_or_path}",
                f"{near(name_or_path, available())} A path must end in .toml",
            )
        source = files("edge_agent").joinpath("profiles", f"{name_or_path}.toml")
    try:
        return source.name.removesuffix(".toml"), source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        hint = "give the path of a readable .toml file, or a name of `edge-agent profiles`"
        raise StopError(f"profile {name_or_path} cannot be read: {reason}", hint) from error


def _profile(name: str, file: ProfileText) -> Profile:
    registers = _registers(file)
    return Profile(
        name=name,
        vendor=file.vendor,
        models=file.models,
        registers=registers,
        blocks=plan(registers, file.reading.limits()),
        max_registers=file.reading.max_registers,
        max_gap=file.reading.max_gap,
        min_gap_ms=file.reading.min_gap_ms,
        timeout_ms=file.reading.timeout_ms,
        unit_id=file.factory.unit_id,
        baud=file.factory.baud,
        parity=file.factory.parity,
        stop_bits=file.factory.stop_bits,
        counter_step_wh=file.counter.step_wh,
        counter_modulus_wh=file.counter.modulus_wh,
        verification=file.verification,
        sources=tuple(Source(row.title, row.revision, row.where) for row in file.sources),
    )


def _registers(file: ProfileText) -> tuple[Register, ...]:
    """Every register with the defaults of [reading] filled in, in the order people expect."""
    rows = file.registers
    return tuple(_register(name, rows[name], file.reading) for name in QUANTITIES if name in rows)


def _register(name: str, row: RegisterText, reading: ReadingText) -> Register:
    return Register(
        quantity=name,
        function=row.function or reading.function,
        address=row.address,
        format=row.format or reading.format or "",
        scale=row.scale,
        offset=row.offset,
        word_order=row.word_order or reading.word_order,
        byte_order=row.byte_order or reading.byte_order,
        not_available=row.not_available,
        encoding=row.encoding,
        optional=row.optional,
        verified=row.verified,
    )


def _without_gaps(limits: Limits) -> Limits:
    return Limits(limits.max_registers, 0, limits.even, limits.holes, limits.readable)


def _span(register: Register) -> Span:
    return Span(register.address, register.words)


def _blocks(function: Function, rows: Sequence[Register], reads: list[Span]) -> Iterator[ReadBlock]:
    for read in reads:
        inside = [row for row in rows if read.address <= row.address < read.end]
        yield ReadBlock(function, read.address, read.count, tuple(inside))


def _scaled(number: Number, scale: float) -> float:
    # 2301 / 10 is 230.1 where 2301 * 0.1 is 230.10000000000002.
    divisor = round(1 / scale)
    return number / divisor if divisor > 1 and 1 / divisor == scale else number * scale


def _unscaled(value: float, scale: float) -> float:
    divisor = round(1 / scale)
    return value * divisor if divisor > 1 and 1 / divisor == scale else value / scale
