"""What a step of the ladder sets off: a message, a web hook, a relay, each with its owner.

Actions run on a thread of their own, so that a slow web hook holds up no polling. A notice whose
window is over is not sent any more; a relay is always set to what the newest level asks for.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from edge_agent.config import DemandActionSettings, DemandSettings
from edge_agent.contract.demand import LEVELS, DemandNotice, encode_demand
from edge_agent.demand.guard import Step
from edge_agent.demand.relay import Relay, open_relay
from edge_agent.demand.webhook import post
from edge_agent.errors import RetryLaterError
from edge_agent.words import said

log = logging.getLogger(__name__)

MOST_WAITING = 100


@dataclass(frozen=True, slots=True)
class Order:
    """One action to carry out: whether its level is reached, and the notice, its window's end."""

    number: int
    action: DemandActionSettings
    reached: bool
    notice: DemandNotice
    until_ms: int


class Actions:
    """The actions of ``settings``. ``publish`` hands a notice to the broker's connection.

    ``now_ms`` is the agent's clock. Relays are opened at once: raises ``StopError`` when one
    cannot be.
    """

    def __init__(
        self,
        settings: DemandSettings,
        publish: Callable[[bytes, int], None],
        now_ms: Callable[[], int],
        opener: Callable[[DemandActionSettings], Relay] = open_relay,
    ) -> None:
        self._settings = settings
        self._publish, self._now_ms = publish, now_ms
        self._relays = self._open_relays(opener)
        self._waiting: queue.Queue[Order | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Carry out orders from now on."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="demand", daemon=True)
            self._thread.start()

    def stop(self, wait_s: float = 10.0) -> None:
        """Carry out what waits, let every relay go, and end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._put(None)
            thread.join(wait_s)
        for relay in self._relays.values():
            relay.off()
            relay.close()

    @property
    def waiting(self) -> int:
        """How many orders wait to be carried out."""
        return self._waiting.qsize()

    def order(self, step: Step, notice: DemandNotice, until_ms: int) -> None:
        """Have carried out what ``step`` sets off. Never waits."""
        was, now = LEVELS.index(step.was), LEVELS.index(step.level)
        for number, action in enumerate(self._settings.actions):
            on = LEVELS.index(action.on)
            if max(was, now) >= on:
                self._put(Order(number, action, now >= on, notice, until_ms))

    def _open_relays(self, opener: Callable[[DemandActionSettings], Relay]) -> Mapping[int, Relay]:
        rows = enumerate(self._settings.actions)
        return {number: opener(row) for number, row in rows if row.kind == "relay"}

    def _put(self, order: Order | None) -> None:
        while True:
            try:
                return self._waiting.put_nowait(order)
            except queue.Full:
                self._waiting.get_nowait()
                log.warning(
                    "%s",
                    said(
                        "demand: an action was left out: more than {most} wait", most=MOST_WAITING
                    ),
                )

    def _work(self) -> None:
        while (order := self._waiting.get()) is not None:
            try:
                self._carry_out(order)
            except RetryLaterError as error:
                told = said("demand: {owner}: {what}", owner=order.action.owner, what=error.told)
                log.warning("%s", told)
            except Exception:
                log.exception("%s", said("demand: an action failed (please report this line)"))

    def _carry_out(self, order: Order) -> None:
        action = order.action
        if action.kind == "relay":
            relay = self._relays[order.number]
            relay.on() if order.reached else relay.off()
        elif order.notice.level != "calm" and self._now_ms() > order.until_ms:
            log.warning(
                "%s",
                said(
                    "demand: a notice to {owner} came too late and was dropped", owner=action.owner
                ),
            )
        elif action.kind == "mqtt":
            self._publish(_body(order), order.until_ms)
        else:
            post(action.url, _body(order))


def _body(order: Order) -> bytes:

    return encode_demand(replace(order.notice, owner=order.action.owner, note=order.action.note))
