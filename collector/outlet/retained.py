"""PURE. Which retained topics must change at a broker, so that it holds what is wanted.

Only what changed is sent. What waits is kept by topic, the newest payload in place of the older:
a slow broker costs neither memory nor time, only the values in between, which are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from collector.outlet.message import Message

MOST_WAITING = 200_000
"""Topics that may wait; what comes on top is left for the next round."""


class Retained:
    """What the broker was given, and what still waits to go to it.

    ``known`` are topics that an earlier run of this program has filled: their payload is unknown.
    ``asked`` are those whose receipt is asked for, so that a broker's refusal is noticed.
    """

    def __init__(self, known: Iterable[str] = (), asked: Iterable[str] = ()) -> None:
        self._asked = frozenset(asked)
        self._given: dict[str, str] = dict.fromkeys(known, "")
        self._waiting: dict[str, str] = {}
        self.replaced = 0
        """Values that a newer one overtook before they were sent."""
        self.left = 0
        """Values for which there was no room to wait."""

    @property
    def filled(self) -> bool:
        """Whether the broker may hold anything of ours."""
        return bool(self._given)

    @property
    def waiting(self) -> int:
        """How many topics wait."""
        return len(self._waiting)

    def holds(self, topic: str) -> bool:
        """Whether the broker holds, or is to hold, something of ours there."""
        return topic in self._given or bool(self._waiting.get(topic))

    def want(self, leaves: Mapping[str, str]) -> None:
        """Have the broker hold these topics, all of them and no others that we filled."""
        for topic in self._given.keys() | self._waiting.keys():
            if topic not in leaves:
                self._wait(topic, "")
        for topic, payload in leaves.items():
            self._wait(topic, payload)

    def _wait(self, topic: str, payload: str) -> None:
        waits = self._waiting.get(topic)
        if waits == payload:
            return
        if waits is None and len(self._waiting) >= MOST_WAITING:
            self.left += 1
            return
        if topic in self._given and self._given[topic] == payload and payload:
            self._waiting.pop(topic, None)
            return
        self.replaced += waits is not None
        self._waiting[topic] = payload

    def lost(self) -> None:
        """Begin anew: another connection may lead to a broker that has forgotten everything."""
        for topic, payload in self._given.items():
            if payload:  # of the others ``want`` has not said yet what is to become of them
                self._waiting.setdefault(topic, payload)
        self._given = dict.fromkeys(self._given, "")

    def send(self, publish: Callable[[Message], bool]) -> list[str]:
        """Hand over what waits for as long as ``publish`` takes it; answers emptied topics.

        Removals go at QoS 1: one that is lost would leave a wrong figure standing for ever.
        """
        emptied = []
        for topic, payload in list(self._waiting.items()):
            qos = 1 if not payload or topic in self._asked else 0
            message = Message(topic, payload.encode("utf-8"), qos=qos)
            if not publish(message):
                break
            del self._waiting[topic]
            if payload:
                self._given[topic] = payload
            else:
                self._given.pop(topic, None)
                emptied.append(topic)
        return emptied
