"""Labels inside a picture: each takes the first place that is free, so that none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from collector.exports.canvas import Frame
from collector.exports.scale import text_width

Anchor = Literal["start", "middle", "end"]
RINGS = 14
"""How many lines of text away from its point a label is still looked for a place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label's baseline starts, has its middle or ends (px)."""

    x: float
    y: float
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Box:
    """The rectangle a text covers (px)."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


@dataclass(slots=True)
class Places:
    """The places taken inside ``frame`` by texts of ``size`` px."""

    frame: Frame
    size: float
    taken: list[Box] = field(default_factory=list)

    def first_free(self, text: str, candidates: Iterable[Place]) -> Place | None:
        """The first candidate that lies in the frame and meets no text; it is taken then."""
        for place in candidates:
            box = self.box(text, place)
            if self._inside(box) and not any(box.meets(other) for other in self.taken):
                self.taken.append(box)
                return place
        return None

    def box(self, text: str, place: Place) -> Box:
        """The rectangle the text would cover there."""
        wide = text_width(text, self.size)
        left = place.x - {"start": 0.0, "middle": wide / 2, "end": wide}[place.anchor]
        return Box(left, place.y - self.size, left + wide, place.y + self.size * 0.3)

    def _inside(self, box: Box) -> bool:
        frame = self.frame
        across = frame.left <= box.left and box.right <= frame.right
        return across and frame.top - self.size <= box.top and box.bottom <= frame.bottom


def around(x: float, y: float, size: float) -> Iterator[Place]:
    """Places around a point, nearest first: above, beside, below, then further away."""
    yield Place(x, y - 9, "middle")
    yield Place(x + 9, y + size * 0.36, "start")
    yield Place(x - 9, y + size * 0.36, "end")
    yield Place(x, y + 9 + size, "middle")
    for ring in range(RINGS):
        up, down = y - 9 - ring * size * 1.4, y + 9 + size + ring * size * 1.4
        for at in (up, down):
            yield Place(x + 9, at, "start")
            yield Place(x - 9, at, "end")
            yield Place(x, at, "middle")


def along(left: float, right: float, y: float, size: float) -> Iterator[Place]:
    """Places along a level line, above it before below: at its ends, then in between."""
    for at in (y - 6, y + size + 4):
        yield Place(right - 6, at, "end")
        yield Place(left + 6, at, "start")
        for step in range(1, 8):
            yield Place(left + (right - left) * step / 8, at, "middle")
