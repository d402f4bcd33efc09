"""One played agent: it polls at the clock's marks, sends, hears receipts, and comes back.

It keeps the agent's manners: live before backlog, the backlog at the agent's own pace or at the
collector's credit, at most twenty messages without PUBACK, a wait that doubles between attempts.
Nothing of it is on a disk, and a poll that falls into an outage is given all the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from edge_agent.contract import topics, wire
from edge_agent.contract.credit import decode_credit
from edge_agent.contract.topics import UpChannel
from edge_agent.pace import Pace
from simulators.fleet.belt import Belt
from simulators.fleet.connection import Card, Connection
from simulators.fleet.numbering import Portion
from simulators.fleet.options import FleetOptions, Who
from simulators.fleet.packets import Hello, Will
from simulators.fleet.tally import Tally

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
GOOD_S = 60.0
LOT_EVERY_S = 1.0
_REFUSED, _NO_SUBSCRIBER = 0x80, 0x10

Dial = Callable[[Callable[[], Connection]], Coroutine[Any, Any, object]]
"""Opens a connection to the broker; raises ``OSError``."""


class Player:
    """Agent ``who`` of the fleet. Lives on one event loop; ``start`` to ``stop``."""

    def __init__(self, who: Who, options: FleetOptions, tally: Tally, dial: Dial) -> None:
        self._who, self._options, self._tally, self._dial = who, options, tally, dial
        self.belt = Belt(who.numbering)
        self._random = Random(who.index)
        self._pace = Pace(options.backlog_per_s, options.jitter_s, self._random)
        self._connection: Connection | None = None
        self._number = 0
        self._wait_s = FIRST_WAIT_S
        self._dialled_s = self._up_s = 0.0
        self._up = self._away = self._stopped = False
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        tally.given += self.belt.given

    # From outside.

    def connect(self) -> None:
        """Dial now, unless it is connected or has been told to stay away."""
        if self._connection is None and not self._away and not self._stopped:
            self._number += 1
            self._dialled_s = time.monotonic()
            self._connection = Connection(self, self._card())
            self._task = asyncio.get_running_loop().create_task(self._open(self._connection))

    def poll(self) -> None:
        """The meters' next mark has come: a message of each, sent when that is possible."""
        before = self.belt.given
        self.belt.give()
        self._tally.given += self.belt.given - before
        self.belt.expire(time.monotonic())
        self._send()

    def look(self) -> None:
        """Send again what has waited too long for its receipt."""
        self.belt.expire(time.monotonic())
        self._send()

    def cut(self) -> None:
        """The connection breaks without a word, and it stays away until ``come_back``."""
        self._away = True
        if self._connection is not None:
            self._connection.end("cut")

    def come_back(self) -> None:
        """Dial as after an outage: in about a second."""
        self._away = False
        self._again_in(self._random.uniform(0.8, 1.2) * FIRST_WAIT_S)

    def stop(self, tidy: bool) -> None:
        """Take leave; ``tidy``: the retained birth and state are taken back too."""
        self._stopped = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if not self._up:
            if self._task is not None:
                self._task.cancel()
            connection.end("stopped")
            return
        for channel in ("birth", "state") if tidy else ():
            connection.publish(topics.up(self._who.agent, channel), b"", None, retain=True)
        connection.farewell()

    # What the connection tells.

    def came_up(self) -> None:
        """Connected: what waits goes out."""
        self._up, self._up_s = True, time.monotonic()
        self._tally.came_up(self._up_s - self._dialled_s)
        waited_s = self.belt.waited_ms(_now_ms()) / 1000
        self._pace.begin(self._number, waited_s, self._up_s)
        self._send()

    def heard(self, topic: str, payload: bytes) -> None:
        """A receipt or a credit; a request to send again is for agents that outlive an hour."""
        try:
            match topic.rpartition("/")[2]:
                case "receipt":
                    self._settle(wire.decode_receipt(payload))
                case "credit":
                    self._tally.credits += 1
                    credit = decode_credit(payload)
                    self._pace.hear(credit.readings_per_s, time.monotonic())
        except wire.WireError:
            self._tally.unreadable += 1

    def answered(self, label: int, code: int) -> None:
        """The broker has taken a message, or has nobody for it, or refuses it."""
        if code == _NO_SUBSCRIBER:
            self._tally.unheard += 1
            self.belt.unheard(label, time.monotonic())
        elif code >= _REFUSED:
            self._tally.refused += 1
        if self.belt.waits:
            self._send()

    def went(self, reason: str) -> None:
        """The connection has ended: it is tried again, unless told otherwise."""
        if self._up:
            self._tally.connected -= 1
            if time.monotonic() - self._up_s >= GOOD_S:
                self._wait_s = FIRST_WAIT_S
        self._up, self._connection = False, None
        self.belt.lost_connection()
        if self._stopped:
            return
        self._tally.losses[reason] += 1
        if not self._away:
            self._again_in(self._wait_s * self._random.uniform(0.8, 1.2))
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)

    # Inside.

    def _card(self) -> Card:
        agent, options = self._who.agent, self._options
        will = wire.encode_state(wire.State(agent, self._number, online=False))
        online = wire.encode_state(wire.State(agent, self._number, online=True))
        birth = wire.encode_birth(self._who.birth(self._number, _now_ms()))
        hello = Hello(
            *(agent, Will(topics.up(agent, "state"), will), options.keepalive_s, options.version),
            expiry_s=options.session_s,
            username=agent if options.password else "",
            password=options.password,
        )
        told = ((topics.up(agent, "state"), online), (topics.up(agent, "birth"), birth))
        return Card(hello, [f"{topics.ROOT}/{agent}/down/+"], told)

    async def _open(self, connection: Connection) -> None:
        try:
            await self._dial(lambda: connection)
        except OSError as error:
            # asyncio has told a connection that was made of its end; this one never was.
            if self._connection is connection:
                self.went(f"not reached: {type(error).__name__}")

    def _again_in(self, wait_s: float) -> None:
        asyncio.get_running_loop().call_later(wait_s, self.connect)

    def _settle(self, receipt: wire.Receipt) -> None:
        if receipt.epoch != self._who.epoch:
            return
        tally, live = self._tally, self.belt.numbering.backlog_messages
        refused = [(one.first, one.last) for one in receipt.rejected]
        for portion, waited_s in self.belt.settle([*receipt.stored, *refused], time.monotonic()):
            rejected = sum(portion.among(*one) for one in refused)
            tally.rejected += rejected
            tally.receipted += portion.polls - rejected
            if portion.number >= live:
                tally.receipt_waits.note(waited_s)

    def _send(self) -> None:
        connection = self._connection
        if connection is None or not self._up:
            return
        while connection.room() and (portion := self.belt.live(_now_ms())) is not None:
            self._publish(connection, "live", portion)
        self._send_back(connection)

    def _send_back(self, connection: Connection) -> None:
        """What the pace allows of the backlog; the next lot in a second."""
        allowed = self._pace.allowance(time.monotonic())
        while connection.room() and (portion := self.belt.back()) is not None:
            if portion.polls > allowed:
                self._later()
                return
            allowed -= portion.polls
            self._pace.spend(portion.polls)
            self._publish(connection, "back", portion)

    def _later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOT_EVERY_S, self._lot)

    def _lot(self) -> None:
        self._timer = None
        self._send()

    def _publish(self, connection: Connection, channel: UpChannel, portion: Portion) -> None:
        who, tally = self._who, self._tally
        payload = wire.encode_readings(who.message(portion))
        topic = topics.up(who.agent, channel)
        tally.bytes_sent += connection.publish(topic, payload, portion.number)
        tally.messages += 1
        if self.belt.sent(portion, time.monotonic()):
            tally.sent += portion.polls
        else:
            tally.sent_again += portion.polls


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
