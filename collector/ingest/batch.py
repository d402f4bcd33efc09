"""What the steps of ingest hand to one another: a batch of messages, sorted by what they need."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from collector.inlet import Delivery
from collector.state.received import Sender
from collector.storage.port import Columns
from edge_agent.contract import wire
from edge_agent.contract.care import Answer, ConfigState
from edge_agent.contract.health import Health

Ratings = Mapping[tuple[str, str], float | None]
"""The meters of the settings, by (site, meter), each with its rated power in W if known."""


class Source(Protocol):
    """What ingest needs of the inlet."""

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take the next messages, in order of arrival."""
        ...

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put them back to the front."""
        ...

    def ack_all(self, deliveries: Sequence[Delivery]) -> None:
        """Say that these messages are done with."""
        ...

    def send_receipt(self, receipt: wire.Receipt) -> bool:
        """Tell the agent what is stored; False when that is not possible now."""
        ...


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What one batch brought.

    ``receipts`` counts those that could be sent. ``lines`` has one line for each kind of fault,
    with a hint. ``backlog`` counts the readings that came on the back lane, by agent. ``fault``
    is not empty when store or state were away: then the batch is back in the inlet, and all
    other counts are zero.
    """

    messages: int = 0
    readings_stored: int = 0
    readings_rejected: int = 0
    dead_letters: int = 0
    receipts: int = 0
    births: int = 0
    gaps: int = 0
    lines: tuple[str, ...] = ()
    fault: str = ""
    backlog: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """Sound readings of one meter, their numbers in step with them, and how they came."""

    sender: Sender
    seqs: Sequence[int]
    columns: Columns
    clock: str
    delivery: Delivery


@dataclass(slots=True)
class Batch:
    """The deliveries, sorted by what has to be done with them.

    ``homes`` has the site of each agent that is enrolled in the fleet: it speaks for no other.
    """

    now_ms: int
    ratings: Ratings | None = None
    homes: Mapping[str, str] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    values: int = 0
    kept: list[Kept] = field(default_factory=list)
    births: list[wire.Birth] = field(default_factory=list)
    states: list[wire.State] = field(default_factory=list)
    gaps: list[wire.Gap] = field(default_factory=list)
    healths: list[Health] = field(default_factory=list)
    answers: list[Answer | ConfigState] = field(default_factory=list)
    stored: defaultdict[Sender, list[wire.Range]] = field(default_factory=lambda: defaultdict(list))
    refused: defaultdict[Sender, list[tuple[int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    letters: dict[tuple[str, bytes], str] = field(default_factory=dict)
    backlog: Counter[str] = field(default_factory=Counter)
    lines: dict[str, None] = field(default_factory=dict)

    def dead(self, delivery: Delivery, reason: str) -> None:
        """Put the message aside; the first reason stands for it."""
        self.letters.setdefault((delivery.topic, delivery.payload), reason)

    def say(self, line: str) -> None:
        """Note a fault for the report, once."""
        self.lines.setdefault(line)

    def refuse(self, kept: Kept, seq: int, reason: str) -> None:
        """Note a reading that will never be stored; its message is put aside."""
        self.refused[kept.sender].append((seq, reason))
        self.dead(kept.delivery, reason)
        meter = f"{kept.columns.site[:80]}/{kept.columns.meter[:80]}"
        self.say(f"agent {kept.sender.agent}: reading of {meter} refused: {reason}")
