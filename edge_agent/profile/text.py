"""A profile as it is written: the schema of the TOML file.

``edge_agent/profiles/README.md`` explains every key to who writes one.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_agent.profile.facts import Role, Severity, Wiring
from edge_agent.profile.model import Parity, Side, Verification
from edge_agent.profile.register import Encoding, Function
from edge_agent.registers import Limits, Order, Span

Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
Address = Annotated[Whole, Field(ge=0, le=0xFFFF)]
Finite = Annotated[Number, Field(allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Raw = Whole | Finite


class Text(BaseModel):
    """What every table of a profile is: frozen, and no key is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceText(Text):
    """One of [[sources]]."""

    title: str
    revision: str = ""
    where: str


class FactoryText(Text):
    """[factory]: how a new meter is set; no baud, parity, stop_bits: it has no serial line."""

    unit_id: Whole = Field(ge=0, le=255)
    baud: Whole | None = Field(default=None, ge=300)
    parity: Parity | None = None
    stop_bits: Literal[1, 2] | None = None
    bauds: tuple[Annotated[Whole, Field(ge=300)], ...] = ()
    parities: tuple[Parity, ...] = ()
    tcp_port: Whole | None = Field(default=None, ge=1, le=0xFFFF)
    must_enable: str = ""


class ReadingText(Text):
    """[reading]: how the meter may be read, and what its registers have in common."""

    function: Function
    format: str | None = None
    word_order: Order
    byte_order: Order = "big"
    max_registers: Whole = Field(ge=1, le=125)
    max_gap: Whole = Field(default=0, ge=0)
    min_gap_ms: Whole = Field(default=0, ge=0)
    timeout_ms: Whole = Field(ge=10)
    even: Flag = False
    holes: tuple[tuple[Address, Address], ...] = ()
    readable: tuple[tuple[Address, Address], ...] = ()

    def limits(self) -> Limits:
        """The bounds of a block read; the file names first and last address of each range."""
        return Limits(
            max_registers=self.max_registers,
            max_gap=self.max_gap,
            even=self.even,
            holes=tuple(Span(first, last - first + 1) for first, last in self.holes),
            readable=tuple(Span(first, last - first + 1) for first, last in self.readable),
        )


class CounterText(Text):
    """[counter]: how finely energy is counted, and where it begins again."""

    step_wh: Number = Field(gt=0)
    modulus_wh: Number | None = Field(default=None, gt=0)


class RegisterText(Text):
    """One row of [registers]; None: as [reading] says."""

    address: Address
    function: Function | None = None
    format: str | None = None
    scale: Number = 1.0
    offset: Number = 0.0
    word_order: Order | None = None
    byte_order: Order | None = None
    not_available: tuple[Whole, ...] = ()
    encoding: Encoding = ""
    optional: Flag = False
    verified: Flag = True
    scale_by: tuple[str, ...] = ()
    scale_register: Address | None = None
    zero_is_missing: Flag = False
    range: tuple[Finite, Finite] | None = None


class IdentityText(Text):
    """One of [[identity]]; of ``between``, ``equals`` and ``text`` at most one."""

    role: Role
    function: Function
    address: Address
    format: str
    count: Whole | None = Field(default=None, ge=1, le=125)
    chars_per_register: Literal[1, 2] = 2
    word_order: Order | None = None
    byte_order: Order | None = None
    between: tuple[tuple[Raw, Raw], ...] = ()
    equals: tuple[Raw, ...] = ()
    text: tuple[str, ...] = ()


class SettingText(Text):
    """One table of [settings]."""

    function: Function
    address: Address
    format: str
    word_order: Order | None = None
    byte_order: Order | None = None
    scale: Finite = 1.0
    expect: tuple[Raw, ...] = ()
    severity: Severity = "warn"
    message: str = ""
    map: tuple[tuple[Raw, Finite], ...] = ()
    optional: Flag = False


class NeverWriteText(Text):
    """One of [[never_write]]: an address, to ``last``, or a function."""

    why: str = Field(min_length=1)
    address: Address | None = None
    last: Address | None = None
    function: Whole | None = Field(default=None, ge=1, le=127)


class AnchorText(Text):
    """[anchor]: what the addresses count from."""

    kind: Literal["sunspec"]
    models: tuple[Annotated[Whole, Field(ge=2, le=0xFFFE)], ...] = Field(min_length=1)


class ProfileText(Text):
    """A whole profile file, what it takes from its parent filled in."""

    extends: str = ""
    vendor: str
    models: tuple[str, ...] = Field(min_length=1)
    verification: Verification
    wirings: tuple[Wiring, ...] = ()
    values: Side = "primary"
    quirks: tuple[str, ...] = ()
    sources: tuple[SourceText, ...] = Field(min_length=1)
    factory: FactoryText
    reading: ReadingText
    counter: CounterText
    identity: tuple[IdentityText, ...] = ()
    settings: dict[str, SettingText] = {}
    never_write: tuple[NeverWriteText, ...] = ()
    anchor: AnchorText | None = None
    registers: dict[str, RegisterText] = Field(min_length=1)
