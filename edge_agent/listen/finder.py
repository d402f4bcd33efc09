"""Frames in a stream of bytes, without help of the pauses between them. PURE.

USB adapters hand bytes over in bunches, so pauses of 3.5 characters are lost on the way; what
remains is that a frame ends with its own checksum. The finder stays in step by taking whole
frames, and falls into step again byte by byte when it has joined in the middle, or after noise.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from edge_agent.listen.frames import (
    FEWEST_BYTES,
    LONGEST_BYTES,
    QUESTION_BYTES,
    Heard,
    Question,
    Shape,
    Unread,
    parsed,
    shapes,
    whole,
)


class FrameFinder:
    """Takes bytes as they arrive and gives what they make up, in order.

    A checksum holds by chance once in 65,536 tries. Where bytes could be two things, the answer
    that fits the question just heard goes before a question, and both before any other reading.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._arrived = array("d")
        self._unread = 0
        self._unread_at_s = 0.0
        self._asked: Question | None = None

    @property
    def waiting(self) -> int:
        """How many bytes cannot be judged yet."""
        return len(self._bytes)

    def feed(self, data: bytes, at_s: float) -> list[Heard]:
        """What can be told with these bytes, which arrived at ``at_s`` (monotonic seconds)."""
        self._bytes += data
        self._arrived.extend([at_s] * len(data))
        return [*self._found(final=False)]

    def quiet(self) -> list[Heard]:
        """What can be told once the line has been silent: nothing that has begun will go on."""
        return [*self._found(final=True), *self._left_over()]

    def _found(self, final: bool) -> Iterator[Heard]:
        while len(self._bytes) >= (1 if final else FEWEST_BYTES):
            ready, shape = self._decided(final)
            if not ready:
                return
            if shape is None:
                self._skip()
            else:
                yield from self._left_over()
                yield self._taken(shape)

    def _decided(self, final: bool) -> tuple[bool, Shape | None]:
        """Whether the first bytes can be judged, and what they are; None for no frame."""
        for shape in self._shapes():
            if shape.length is None or shape.length > len(self._bytes):
                if not final:
                    return False, None
            elif whole(bytes(self._bytes[: shape.length])):
                return True, shape
        return True, None

    def _shapes(self) -> list[Shape]:
        head = bytes(self._bytes[:LONGEST_BYTES])
        # So many bytes tell any length; what they do not, or what is longer, is no frame.
        full = len(head) == LONGEST_BYTES
        found = [
            one
            for one in shapes(head)
            if (one.length is None and not full) or 0 < (one.length or 0) <= LONGEST_BYTES
        ]
        fitting = [shape for shape in found if self._fits(shape)]
        return fitting + [shape for shape in found if shape not in fitting]

    def _fits(self, shape: Shape) -> bool:
        asked = self._asked
        # An answer of seven bytes would win over questions that begin like it: to unit 4, many do.
        if asked is None or shape.kind != "answer" or (shape.length or 0) <= QUESTION_BYTES:
            return False
        return self._bytes[:3] == bytes((asked.unit, asked.function, 2 * asked.count))

    def _taken(self, shape: Shape) -> Heard:
        end = shape.length or 0
        frame = parsed(shape.kind, bytes(self._bytes[:end]), self._arrived[end - 1])
        del self._bytes[:end], self._arrived[:end]
        if isinstance(frame, Question):
            self._asked = frame
        elif shape.kind != "other":
            self._asked = None
        return frame

    def _skip(self) -> None:
        self._unread += 1
        self._unread_at_s = self._arrived[0]
        del self._bytes[0], self._arrived[0]

    def _left_over(self) -> Iterator[Unread]:
        if self._unread:
            yield Unread(self._unread, self._unread_at_s)
            self._unread = 0
