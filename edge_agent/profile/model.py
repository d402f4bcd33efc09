"""A meter model as data: where its registers are, what they mean, how they may be read. PURE."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from edge_agent.profile.facts import Anchor, IdentityRow, NeverWrite, Setting, Source, Wiring
from edge_agent.profile.register import ReadBlock, Register, plan
from edge_agent.registers import Limits, Span

Parity = Literal["N", "E", "O"]
Side = Literal["primary", "secondary"]
Verification = Literal["hardware", "manual", "code", "none"]
"""What a profile rests on: a device, its manual, other people's drivers, or nothing checked."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A meter model, ready to be read: its registers, and ``blocks``, the plan to fetch them.

    ``unit_id`` to ``stop_bits`` are the settings a new meter comes with; None: it has no serial
    line. ``bauds`` and ``parities`` are all that it can be set to. ``tcp_port`` None: it has no
    Ethernet. ``min_gap_ms`` is the silence it wants before a request. ``counter_modulus_wh`` None:
    the energy counters never start again at zero by themselves. ``values`` "secondary": CT and VT
    ratios are still to be multiplied. With ``anchor``, every address is an offset until
    ``settle`` has found the place. ``extends`` is the profile that it was made from.
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
    baud: int | None
    parity: Parity | None
    stop_bits: int | None
    counter_step_wh: float
    counter_modulus_wh: float | None
    verification: Verification
    sources: tuple[Source, ...]
    extends: str = ""
    wirings: tuple[Wiring, ...] = ()
    values: Side = "primary"
    quirks: tuple[str, ...] = ()
    identity: tuple[IdentityRow, ...] = ()
    settings: tuple[Setting, ...] = ()
    never_write: tuple[NeverWrite, ...] = ()
    anchor: Anchor | None = None
    limits: Limits = field(default_factory=Limits)
    bauds: tuple[int, ...] = ()
    parities: tuple[Parity, ...] = ()
    tcp_port: int | None = None
    must_enable: str = ""

    @property
    def unverified(self) -> tuple[Register, ...]:
        """The registers that only one source knows."""
        return tuple(register for register in self.registers if not register.verified)

    @property
    def doubtful(self) -> bool:
        """Whether the map as a whole rests on one source, or on nothing that was checked."""
        alone = self.verification == "code" and len(self.sources) == 1
        return alone or self.verification == "none"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything in the file that is written for people to read."""
        messages = [row.message for row in self.settings]
        reasons = [row.why for row in self.never_write]
        return tuple(filter(None, [self.must_enable, *messages, *reasons, *self.quirks]))

    @property
    def to_settle(self) -> bool:
        """Whether anything is to be read before the first poll."""
        return bool(self.anchor or self.settings or self.identity)

    @property
    def scales_itself(self) -> bool:
        """Whether ratios come from the meter's own settings."""
        return any(register.scale_by for register in self.registers)

    def moved(self, by: int) -> Profile:
        """The same meter with every address raised by ``by``, planned anew, and no anchor.

        Raises ``ValueError`` when a register would lie beyond 0xFFFF.
        """
        registers = tuple(_moved(row, by) for row in self.registers)
        limits = replace(
            self.limits,
            holes=_moved_spans(self.limits.holes, by),
            readable=_moved_spans(self.limits.readable, by),
        )
        return replace(
            self,
            registers=registers,
            blocks=plan(registers, limits),
            limits=limits,
            identity=tuple(replace(row, address=row.address + by) for row in self.identity),
            settings=tuple(replace(row, address=row.address + by) for row in self.settings),
            anchor=None,
        )

    def with_registers(self, registers: tuple[Register, ...]) -> Profile:
        """The same meter with other registers, planned anew."""
        return replace(self, registers=registers, blocks=plan(registers, self.limits))


def _moved(row: Register, by: int) -> Register:
    beside = None if row.scale_register is None else row.scale_register + by
    return replace(row, address=row.address + by, scale_register=beside)


def _moved_spans(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple(Span(span.address + by, span.count) for span in spans)
