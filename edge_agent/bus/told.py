"""What is told of faults: when they begin and when they end, in the reader's language."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from edge_agent.contract.reading import Reading
from edge_agent.errors import AgentError, one_line
from edge_agent.words import Language, in_language, said

log = logging.getLogger("edge_agent.poll")


@dataclass(frozen=True, slots=True)
class Fault:
    """One meter that could not be read, or not wholly, and what to do about it."""

    meter: str
    message: str
    hint: str

    def __str__(self) -> str:
        """Message and hint in one line."""
        return one_line(self.message, self.hint)


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What one ``run_once`` brought: the readings put, and one fault for each failed meter."""

    readings: tuple[Reading, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class Told:
    """Which faults of one thing (``name``) the log has been told since it last worked."""

    name: str = ""
    language: Language = "en"
    kinds: set[str] = field(default_factory=set)
    polls: int = 0
    said: set[str] = field(default_factory=set)

    def fault(self, error: AgentError) -> None:
        """Log a fault of a kind that is new since the last success."""
        self.polls += 1
        kind = f"{type(error).__name__} {getattr(error, 'code', '')}"
        if kind not in self.kinds:
            self.kinds.add(kind)
            self.tell(one_line(error.message, error.hint))

    def success(self) -> None:
        """Log that it works again, when it did not."""
        if self.kinds:
            self.tell(said("back after {polls} failed polls", polls=self.polls))
            self.kinds.clear()
        self.polls = 0

    def once(self, text: str, key: str = "") -> None:
        """Log a line the first time only; ``key`` tells it from others, the text by default."""
        if (key or text) not in self.said:
            self.said.add(key or text)
            self.tell(text)

    def tell(self, text: str) -> None:
        """Log a line of this thing."""
        line = said("{thing}: {text}", thing=self.name, text=text)
        log.warning("%s", in_language(line, self.language))
