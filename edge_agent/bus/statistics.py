"""How a unit answers: counted at every request, whoever asked. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.errors import BadAnswerError, RefusedError, SilentMeterError
from edge_agent.link_faults import SpoiledAnswerError


@dataclass(frozen=True, slots=True)
class UnitStatistics:
    """One unit since the agent was made: how its requests ended, and how quick it is.

    ``bad_answers`` are spoiled ones and those of another unit; ``refusals`` are Modbus
    exceptions. Latencies are from the end of the request's pause to the end of the answer, mean
    and longest; they and ``last_answer_s_ago`` are None while there was none.
    """

    answers: int = 0
    timeouts: int = 0
    bad_answers: int = 0
    refusals: int = 0
    latency_ms: float | None = None
    latency_max_ms: float | None = None
    last_answer_s_ago: float | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """How the requests to one unit ended in a stretch of time; ``spoiled`` ones were no frames."""

    sound: int = 0
    spoiled: int = 0
    timeouts: int = 0

    @property
    def asked(self) -> int:
        """All requests."""
        return self.sound + self.spoiled + self.timeouts

    @property
    def share(self) -> float:
        """The spoiled ones among all."""
        return self.spoiled / max(self.asked, 1)

    def since(self, before: Answers | None) -> Answers:
        """What came after ``before``."""
        if before is None:
            return self
        return Answers(
            self.sound - before.sound,
            self.spoiled - before.spoiled,
            self.timeouts - before.timeouts,
        )


@dataclass(slots=True)
class UnitCounts:
    """What is added up for one unit; times in seconds of the steady clock."""

    answers: int = 0
    timeouts: int = 0
    bad_answers: int = 0
    refusals: int = 0
    spoiled: int = 0
    latency_s: float = 0.0
    latency_max_s: float = 0.0
    answered_at_s: float | None = None
    figured: tuple[int, float] = (0, 0.0)

    def answered(self, latency_s: float, now_s: float) -> None:
        """The unit gave what it was asked for."""
        self.answers += 1
        self._timed(latency_s, now_s)

    def failed(self, error: Exception, latency_s: float, now_s: float) -> None:
        """The request ended in ``error``; one of the link's own is not the unit's doing."""
        if isinstance(error, SilentMeterError):
            self.timeouts += 1
        elif isinstance(error, BadAnswerError):
            self.bad_answers += 1
            self.spoiled += isinstance(error, SpoiledAnswerError)
        elif isinstance(error, RefusedError):
            self.refusals += 1
            self._timed(latency_s, now_s)

    def statistics(self, now_s: float) -> UnitStatistics:
        """The counts as others see them."""
        timed = self.answers + self.refusals
        at_s = self.answered_at_s
        return UnitStatistics(
            answers=self.answers,
            timeouts=self.timeouts,
            bad_answers=self.bad_answers,
            refusals=self.refusals,
            latency_ms=1000 * self.latency_s / timed if timed else None,
            latency_max_ms=1000 * self.latency_max_s if timed else None,
            last_answer_s_ago=None if at_s is None else max(now_s - at_s, 0.0),
        )

    def figures(self) -> dict[str, float]:
        """The counts as values of a reading; the latency (ms) is the mean since the last ones."""
        timed = self.answers + self.refusals
        (was, was_s), self.figured = self.figured, (timed, self.latency_s)
        found = {
            "modbus_answers_count": float(self.answers),
            "modbus_timeouts_count": float(self.timeouts),
            "modbus_bad_answers_count": float(self.bad_answers),
            "modbus_refusals_count": float(self.refusals),
        }
        if timed > was:
            mean_ms = 1000 * (self.latency_s - was_s) / (timed - was)
            found["modbus_latency_ms"] = round(64 * mean_ms) / 64  # exact in 32 bits
        return found

    def ended(self) -> Answers:
        """How the requests have ended so far."""
        return Answers(self.answers + self.refusals, self.spoiled, self.timeouts)

    def _timed(self, latency_s: float, now_s: float) -> None:
        self.latency_s += latency_s
        self.latency_max_s = max(self.latency_max_s, latency_s)
        self.answered_at_s = now_s
