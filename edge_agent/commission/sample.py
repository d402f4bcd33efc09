"""What one profile makes of one meter: its values now, and how much of it could be read.

PURE but for the reads it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_agent.commission.plausible import Plausibility, plausibility
from edge_agent.commission.reader import Read
from edge_agent.decode import Ratios, out_of_bounds, values_in
from edge_agent.errors import RefusedError
from edge_agent.profile import Profile, ReadBlock

AS_READ = Ratios()
_TELLING = ("frequency_hz", "voltage_")


@dataclass(frozen=True, slots=True)
class Sample:
    """The values, what speaks for them, and the share of the profile's requests that was answered.

    ``bounds_told`` are values that the profile itself calls impossible, in words.
    """

    values: Mapping[str, float]
    plausibility: Plausibility
    answered: float
    bounds_told: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """0 to 1: plausible, and readable at all."""
        penalty = 0.5 if self.bounds_told else 1.0
        return self.plausibility.score * self.answered * penalty


def sample(profile: Profile, read: Read) -> Sample:
    """Read every block of ``profile`` by ``read``, the telling ones first.

    A profile whose telling block is refused, or says nonsense, is not read any further. Raises
    what ``read`` raises, other than refusals.
    """
    values: dict[str, float] = {}
    told: list[str] = []
    answered = wanted = 0
    for block in sorted(profile.blocks, key=_tells_least):
        parts = _answers(block, read)
        wanted += not block.optional
        answered += bool(parts) and not block.optional
        for part, words in parts:
            values |= values_in(part, words, AS_READ)
            told += out_of_bounds(part, words)
        if _tells(block) and _hopeless(values):
            break
    return Sample(values, plausibility(values), answered / max(1, wanted), tuple(told))


def is_answered(profile: Profile, read: Read) -> bool:
    """Whether the meter has what the profile's telling request asks for."""
    return bool(_answers(min(profile.blocks, key=_tells_least), read))


def _answers(block: ReadBlock, read: Read) -> list[tuple[ReadBlock, tuple[int, ...]]]:
    """The parts of ``block`` that were answered; a meter that refuses gaps is read without."""
    try:
        return [(block, read(block.function, block.address, block.count))]
    except RefusedError:
        parts = block.without_gaps()
    found = []
    for part in parts if len(parts) > 1 else ():
        try:
            found.append((part, read(part.function, part.address, part.count)))
        except RefusedError:
            if not part.optional:
                return []
    return found


def _hopeless(values: Mapping[str, float]) -> bool:
    if not values:
        return True
    anchors = [point for point in plausibility(values).points if point.anchor]
    return bool(anchors) and not any(point.held > 0.5 for point in anchors)


def _tells(block: ReadBlock) -> int:
    return sum(row.quantity.startswith(_TELLING) for row in block.registers)


def _tells_least(block: ReadBlock) -> int:
    return -_tells(block)
