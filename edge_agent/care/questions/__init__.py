"""Every kind of question: to add one is to add its file and its row here.

Each is a function of the running agent and of the question; what it raises of ``AgentError`` is
the answer then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from edge_agent.care.plant import Plant
from edge_agent.care.questions import doctor, log, read, settings, status, wiring
from edge_agent.care.told import Told
from edge_agent.contract.care import Ask


@dataclass(frozen=True, slots=True)
class Question:
    """``answer`` it, when the plant allows ``word`` from afar."""

    word: str
    answer: Callable[[Plant, Ask], Told]


QUESTIONS: Mapping[str, Question] = {
    "status": Question("status", status.answer),
    "read": Question("read", read.answer),
    "wiring": Question("wiring", wiring.answer),
    "log": Question("log", log.answer),
    "doctor": Question("doctor", doctor.answer),
    "settings": Question("config", settings.answer),
}
