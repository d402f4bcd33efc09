"""What comes back on a link for one request: answers, refusals, silence, collisions, noise.

Before: a request that a server took off its line. After: frames, each after its wait, and an
entry in the ledger for each reading that was given whole. No sockets and no ports here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from simulators.face import Face
from simulators.faults import Fault, Faults
from simulators.frames import (
    DEVICE_FAILURE,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    Framing,
    Request,
    Serial,
    refusal_body,
    words_body,
)
from simulators.ledger import Entry, Ledger
from simulators.plant import Link
from simulators.timing import Sent, frame_s, on_one_pair

log = logging.getLogger(__name__)
MOST_REGISTERS = 125
_KEPT_WHOLE = (None, "slow", "noisy")
"""Faults with which a reading still counts as given."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One unit's answer: the frame, and what the ledger gets when it arrives."""

    sent: Sent
    meter: str
    entry: Entry | None


class Responder:
    """The units of one link, asked one request at a time, by one thread.

    ``now_ms`` is the plant's clock; ``wait`` really waits so many seconds. ``time_factor`` scales
    what baud and turnaround cost; a fault's ``delay_s`` is never scaled.
    """

    def __init__(
        self,
        faces: Sequence[Face],
        link: Link,
        framing: Framing,
        now_ms: Callable[[], int],
        ledger: Ledger,
        faults: Faults,
        wait: Callable[[float], object],
        time_factor: float = 1.0,
    ) -> None:
        self._faces, self._link, self._framing = faces, link, framing
        self._now_ms, self._ledger, self._faults = now_ms, ledger, faults
        self._wait, self._time_factor = wait, time_factor
        self._serial = isinstance(framing, Serial)

    def replies(self, request: Request) -> Iterator[bytes]:
        """The frames that come back, each yielded when its last byte would have arrived."""
        said = [said for face in self._asked(request.unit) if (said := self._said(face, request))]
        heard = on_one_pair([each.sent for each in said], self._link)
        passed_s = -self._line_s(request.size)
        for sent in heard if self._serial else heard[:1]:
            until_s = sent.at_s + self._line_s(len(sent.frame))
            if until_s > passed_s:
                self._wait(until_s - passed_s)
                passed_s = until_s
            frame = self._arriving(sent.frame, said)
            if frame:
                yield frame

    def _asked(self, unit: int) -> list[Face]:
        """The units that take this request for theirs: none, one, or two of a doubled id."""
        link = self._faults.link(self._link.id)
        if link and link.name == "dead":
            return []
        return [face for face in self._faces if self._unit_id(face) == unit]

    def _unit_id(self, face: Face) -> int:
        doubled = self._faults.doubled(face.meter.id)
        return doubled.unit_id if doubled else face.meter.unit_id

    def _said(self, face: Face, request: Request) -> _Said | None:
        fault = self._faults.answer(face.meter.id)
        name = fault.name if fault else None
        if name in ("silent", "dead"):
            return None
        body, entry = self._body(face, request, fault)
        frame = self._framing.packed(request, request.unit + (name == "wrong-unit"), body)
        at_s = face.meter.turnaround_ms / 1000 * self._time_factor
        if fault and name in ("late", "slow"):
            at_s += fault.delay_s
        return _Said(Sent(at_s, frame), face.meter.id, entry if name in _KEPT_WHOLE else None)

    def _body(
        self, face: Face, request: Request, fault: Fault | None
    ) -> tuple[bytes, Entry | None]:
        function, name = request.function, fault.name if fault else None
        if function not in (3, 4):
            return refusal_body(function, ILLEGAL_FUNCTION), None
        if not 1 <= request.count <= MOST_REGISTERS:
            return refusal_body(function, ILLEGAL_VALUE), None
        if name == "refuse":
            return refusal_body(function, DEVICE_FAILURE), None
        try:
            answer = face.answer(function, request.address, request.count, self._now_ms())
        except ValueError as error:
            log.warning("meter %s cannot show its values: %s", face.meter.id, error)
            return refusal_body(function, DEVICE_FAILURE), None
        if answer is None:
            return refusal_body(function, ILLEGAL_ADDRESS), None
        return words_body(function, answer.words[: -1 if name == "short" else None]), answer.entry

    def _arriving(self, frame: bytes, said: Sequence[_Said]) -> bytes:
        """The frame as it reaches the caller; what reaches it whole is entered."""
        whole = [each for each in said if each.sent.frame == frame]
        noise = self._noise(said)
        if not whole or noise:
            # A gateway checks what it hears, and passes nothing on that is broken.
            return (
                (self._faults.with_wrong_bits(frame) if noise else frame) if self._serial else b""
            )
        for each in whole:
            if each.entry:
                self._ledger.enter(each.meter, each.entry)
        return frame

    def _noise(self, said: Sequence[_Said]) -> bool:
        found = [self._faults.link(self._link.id), *(self._faults.answer(s.meter) for s in said)]
        return any(
            self._faults.strikes(fault) for fault in found if fault and fault.name == "noisy"
        )

    def _line_s(self, size: int) -> float:
        return frame_s(self._link, size) * self._time_factor if self._link.baud_timing else 0.0
