"""A figure or the reason why there is none: what every part of the pack is told from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from collector.analysis.gates import Gate, passed

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Answer(Generic[T]):
    """What an analysis says, None where it cannot.

    ``gates`` are what it needs of the data; where one is shut, nothing was computed. ``why`` is
    what the analysis itself lacked (one line), "" where it lacked nothing.
    """

    value: T | None = None
    gates: tuple[Gate, ...] = ()
    why: str = ""

    @property
    def shut(self) -> tuple[Gate, ...]:
        """The gates that are shut."""
        return tuple(gate for gate in self.gates if not gate.passed)


def answered(make: Callable[[], T], gates: Iterable[Gate] = ()) -> Answer[T]:
    """The answer, where the gates are open and the analysis does not refuse (``ValueError``)."""
    there = tuple(gates)
    if not passed(there):
        return Answer(None, there)
    try:
        return Answer(make(), there)
    except ValueError as error:
        return Answer(None, there, str(error))
