"""Which verdicts stand: those given twice in a row, until they are twice not given. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from edge_agent.wiring.verdict import Key, Look, Verdict

BY_PHASE = ("directions", "rated", "factor")
"""Ways of looking that see a phase only while it is loaded."""


class Standing:
    """The verdicts of one meter that stand. Notes never do."""

    def __init__(self) -> None:
        self._stands: dict[Key, Verdict] = {}
        self._once: dict[Key, Verdict] = {}
        self._missed: set[Key] = set()

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What stands, with its newest figures."""
        return tuple(self._stands.values())

    def update(self, found: Iterable[Verdict], looks: Sequence[Look]) -> list[tuple[bool, Verdict]]:
        """Take a judgement in; what began (True) or ended (False) by it."""
        given = [verdict for verdict in found if verdict.severity != "note"]
        changes = list(self._begin(given))
        names = {name for verdict in given for name in _names(verdict)}
        changes += self._end(names, looks)
        for key, verdict in list(self._once.items()):
            if key not in names and _saw(looks, verdict):
                del self._once[key]
        return changes

    def _begin(self, given: Iterable[Verdict]) -> Iterator[tuple[bool, Verdict]]:
        for verdict in given:
            known = next((name for name in _names(verdict) if name in self._stands), None)
            if known is not None:
                self._missed.discard(known)
                if known == verdict.key:
                    self._stands[known] = verdict
            elif any(name in self._once for name in _names(verdict)):
                for name in _names(verdict):
                    self._once.pop(name, None)
                self._stands[verdict.key] = verdict
                yield True, verdict
            else:
                self._once[verdict.key] = verdict

    def _end(self, names: set[Key], looks: Sequence[Look]) -> Iterator[tuple[bool, Verdict]]:
        for key, verdict in list(self._stands.items()):
            if key in names or not _saw(looks, verdict):
                continue
            if key not in self._missed:
                self._missed.add(key)
                continue
            self._missed.discard(key)
            yield False, self._stands.pop(key)


def _names(verdict: Verdict) -> tuple[Key, ...]:
    """The verdict by its own name, and by those of what shows the same figures."""
    return verdict.key, *verdict.others


def _saw(looks: Sequence[Look], verdict: Verdict) -> bool:
    """Whether one of ``looks`` would have seen what ``verdict`` is about."""
    for look in looks:
        if look.check == verdict.check and look.done:
            everything = not look.phases or look.check not in BY_PHASE
            return everything or set(verdict.phases) <= set(look.phases)
    return False
