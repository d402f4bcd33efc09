"""Station: questions from the broker -> the running agent -> answers to the broker.

Before: payloads of ``down/ask``. After: answers on ``up/answer``, a line in the log and one in the
plant's own record for each. Questions are worked on one after the other in a thread of its own, so
that neither polling nor sending waits for them; what is too much is refused at once.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import version

from edge_agent.care.audit import Audit
from edge_agent.care.gate import Gate
from edge_agent.care.keeper import Keeper
from edge_agent.care.log_tail import tail_of_log
from edge_agent.care.plant import Plant
from edge_agent.care.questions import QUESTIONS, Question
from edge_agent.care.resume import FOLDER
from edge_agent.care.told import Told, fault, line_of, payload_of
from edge_agent.clock import Clock, SystemClock
from edge_agent.contract.care import Answer, Ask, decode_ask, encode_config_state
from edge_agent.contract.wire import ClockState, WireError
from edge_agent.errors import AgentError, RetryLaterError
from edge_agent.outbox import clock_state
from edge_agent.update import Updates, wish_in
from edge_agent.update.keeper import Place
from edge_agent.uplink import Uplink
from edge_agent.words import said

log = logging.getLogger(__name__)

MOST_WAITING = 8
"""More questions than this are refused while one is worked on."""
MOST_ANSWERS = 50
"""So many answers wait for the broker; then the oldest goes, for which nobody waits any more."""
MOST_FAULTS = 100
CONFIG, UPDATE = "config", "update"


class Care:
    """Remote care of one agent, over all its starts. ``serve`` is for the thread that forwards.

    ``news`` is called, in any thread, when an answer waits to be sent.
    """

    def __init__(
        self,
        plant: Plant,
        clock: Clock | None = None,
        *,
        questions: Mapping[str, Question] = QUESTIONS,
        state_of_clock: Callable[[], ClockState] = clock_state,
    ) -> None:
        self._plant, self._clock = plant, clock or SystemClock()
        self._state_of_clock = state_of_clock
        self.keeper = Keeper(plant, self._clock, state_of_clock)
        self._updates = Updates(Place(plant.settings, plant.path, version("mieruka")), self._clock)
        own = {CONFIG: Question(CONFIG, self._push), UPDATE: Question(UPDATE, self._update)}
        self._questions = {**questions, **own}
        agent = plant.settings().agent
        self._gate = Gate(agent.id, {kind: one.word for kind, one in self._questions.items()})
        self._audit = Audit(agent.state_dir / FOLDER)
        self._work: queue.Queue[tuple[Ask, AgentError | None] | None] = queue.Queue(MOST_WAITING)
        self._answers: deque[Answer] = deque(maxlen=MOST_ANSWERS)
        self._worker: threading.Thread | None = None
        self._faults: set[str] = set()
        self._connection, self._changes_told = 0, -1
        self.news: Callable[[], object] = lambda: None
        tail_of_log()

    def serve(self, uplink: Uplink) -> None:
        """Hear what was asked, and hand over what is answered, as far as the broker takes it.

        Whatever goes wrong here is told, and is no reason to stop sending readings.
        """
        try:
            self._serve(uplink)
        except Exception as error:  # noqa: BLE001 - told by `_broken`
            self._broken(error)

    def _serve(self, uplink: Uplink) -> None:
        for payload in uplink.asks():
            try:
                ask = decode_ask(payload)
            except WireError as error:
                uplink.unreadable.tell(said("question"), error, said("passed over"))
                continue
            self._hear(ask)
        if uplink.connected:
            self._say_state(uplink)
            self._send(uplink)

    def look(self) -> None:
        """Judge settings that are on trial. To be called about twice a second."""
        self.keeper.look()
        if self.keeper.changes != self._changes_told:
            self.news()

    def close(self) -> None:
        """Answer nothing more. What is worked on now is left to its end."""
        self._updates.close()
        worker, self._worker = self._worker, None
        if worker is not None:
            with suppress(queue.Full):
                self._work.put_nowait(None)

    def _hear(self, ask: Ask) -> None:
        known = self._gate.is_known(ask)
        if known and ask.kind != CONFIG:
            return  # the broker delivered it twice
        now_ms = self._clock.now_ms() if self._state_of_clock() == "synchronised" else None
        care = self._plant.settings().care
        refusal = self._gate.refusal(ask, care, now_ms, time.monotonic())
        if self._gate.limited > 1 and refusal is not None:
            self._post(self._answer(ask, fault(refusal)))  # a flood costs neither disk nor log
            return
        try:
            self._work.put_nowait((ask, refusal))
        except queue.Full:
            busy = RetryLaterError(
                said("earlier questions are still worked on"), said("ask again a minute later")
            )
            self._post(self._answer(ask, fault(busy)))
            return
        self._begin()

    def _begin(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._forever, name="care", daemon=True)
            self._worker.start()

    def _forever(self) -> None:
        while (item := self._work.get()) is not None:
            ask, refusal = item
            begun_s = time.monotonic()
            told = self._told(ask) if refusal is None else fault(refusal)
            answer = self._answer(ask, told, round(1000 * (time.monotonic() - begun_s)))
            self._note(ask, answer)
            self._post(answer)

    def _told(self, ask: Ask) -> Told:
        try:
            told = self._questions[ask.kind].answer(self._plant, ask)
            json.dumps(dict(told.body), allow_nan=False)
            return told
        except AgentError as error:
            return fault(error)
        except Exception as error:  # noqa: BLE001 - told by `_broken`
            return fault(self._broken(error))

    def _broken(self, error: Exception) -> RetryLaterError:
        """A fault of ours: told once, and answered."""
        what = f"{type(error).__name__}: {error}"
        found = RetryLaterError(what, said("a fault in the program: please report this line"))
        if what not in self._faults and len(self._faults) < MOST_FAULTS:
            self._faults.add(what)
            log.error(found.told)
            log.debug("traceback of the fault above", exc_info=True)
        return found

    def _push(self, _plant: Plant, ask: Ask) -> Told:
        self._audit.begin(ask, self._clock.now_ms())
        return self.keeper.push(ask)

    def _update(self, _plant: Plant, ask: Ask) -> Told:
        self._audit.begin(ask, self._clock.now_ms())
        standing = self._updates.take(wish_in(ask.arguments))
        body = {"phase": standing.phase, "version": standing.version}
        if standing.phase == "failed":
            return Told("failed", standing.reason, body=body)
        return Told("done" if standing.phase == "done" else "accepted", body=body)

    def _answer(self, ask: Ask, told: Told, took_ms: int = 0) -> Answer:
        return Answer(
            id=ask.id,
            agent=self._plant.settings().agent.id,
            kind=ask.kind,
            outcome=told.outcome,
            at_ms=self._clock.now_ms(),
            took_ms=took_ms,
            message=told.message,
            hint=told.hint,
            body=told.body,
        )

    def _post(self, answer: Answer) -> None:
        """Let it be sent; who hears it can rely on the record."""
        self._answers.append(answer)
        self.news()

    def _note(self, ask: Ask, answer: Answer) -> None:
        log.info(line_of(ask, answer))
        self._audit.note(ask, answer)

    # To the broker, in the thread that forwards.

    def _say_state(self, uplink: Uplink) -> None:
        """Which settings are in use: on each new connection, and after each change."""
        if CONFIG not in self._plant.settings().care.allow:
            return
        changes = self.keeper.changes
        if uplink.connection == self._connection and changes == self._changes_told:
            return
        if uplink.publish("answer", encode_config_state(self.keeper.state())):
            self._connection, self._changes_told = uplink.connection, changes

    def _send(self, uplink: Uplink) -> None:
        while self._answers and uplink.room():
            answer = self._answers[0]
            _, payload = payload_of(answer, uplink.most_bytes)
            if not uplink.publish("answer", payload):
                return
            # Another thread may have pushed it out meanwhile.
            if self._answers and self._answers[0] is answer:
                self._answers.popleft()
