"""What a profile must change to make sense of a meter: address, function, order, format.

PURE but for the reads it is given. Before: a profile that reads nonsense. After: the readings
that physics allows, the simplest first, beside the reading as it is. Nothing is changed here: a
proposal is looked at by a person and written as a profile of its own (see ``proposed_profile``).
Sources of these mistakes: register numbers taken for addresses (manuals count from 1), lists that
name the wrong table, and meters whose word order can be set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

from edge_agent.commission.reader import Read, SharedReader
from edge_agent.commission.sample import Sample, is_answered, sample
from edge_agent.errors import RefusedError
from edge_agent.profile import Profile, Register, plan
from edge_agent.registers import LAST_ADDRESS, Limits, Order
from edge_agent.settle import settle
from edge_agent.words import joined, said

Lengthwise = Literal["", "f32", "s32", "u32"]
OFFSETS = (0, -1, 1)
LIKELY = 0.55
"""The least that a proposal must score."""
BETTER = 0.15
"""It must be so much better than the reading as it is."""
EACH_CHANGE = 0.03
MOST = 3
"""So many proposals are worth a person's look."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a reading differs from the profile: all of its registers alike.

    ``format`` is what registers of two words hold instead of what the profile says; with
    ``plain`` their scales below 1 fall away, as floats carry the decimal point themselves.
    """

    offset: int = 0
    other_function: bool = False
    swap_words: bool = False
    swap_bytes: bool = False
    format: Lengthwise = ""
    plain: bool = False

    @property
    def size(self) -> int:
        """How many things are changed."""
        flags = (self.offset, self.other_function, self.swap_words, self.swap_bytes, self.format)
        return sum(map(bool, flags))

    def of(self, row: Register) -> Register:
        """``row`` as this change reads it."""
        twice = self.format if row.words == 2 and self.format else row.format
        beside = row.scale_register
        return replace(
            row,
            address=row.address + self.offset,
            scale_register=None if beside is None else beside + self.offset,
            function=_other(row.function) if self.other_function else row.function,
            word_order=_turned(row.word_order) if self.swap_words else row.word_order,
            byte_order=_turned(row.byte_order) if self.swap_bytes else row.byte_order,
            format=twice,
            scale=1.0 if self.plain and row.words == 2 and row.scale < 1 else row.scale,
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """A changed reading that makes sense; ``told`` says what is changed, for people."""

    change: Change
    sample: Sample
    score: float
    told: str


@dataclass(frozen=True, slots=True)
class Solution:
    """The reading as the profile has it, None when the meter refuses it, and better ones."""

    as_it_is: Sample | None
    proposals: tuple[Proposal, ...]


def solve(profile: Profile, read: Read) -> Solution:
    """The changes to ``profile`` that make its values those of a power meter, the best first.

    A profile that reads well gets no proposal; nor does a SunSpec map, whose addresses are found.
    Raises what ``read`` raises when the unit does not answer.
    """
    shared = SharedReader(read)
    shared.knock()
    plain = _settled(profile, shared)
    if plain is None:
        return Solution(None, ())
    as_it_is = sample(plain, shared) if is_answered(plain, shared) else None
    bar = max(LIKELY, (as_it_is.score if as_it_is else 0.0) + BETTER)
    proposals = [
        Proposal(change, taken, round(taken.score - EACH_CHANGE * change.size, 4), told_of(change))
        for place in _places(plain, shared)
        for change in _ways(plain, place)
        if (taken := sample(changed(plain, change), shared)).score >= bar
    ]
    proposals.sort(key=lambda one: (-one.score, one.change.size))
    return Solution(as_it_is, tuple(_different(proposals))[:MOST])


def changed(profile: Profile, change: Change) -> Profile:
    """``profile`` with every register changed, planned anew.

    Raises ``ValueError`` when a register would lie outside the addresses.
    """
    registers = tuple(change.of(row) for row in profile.registers)
    # Which ranges can be read, and that they begin evenly, was part of the mistake.
    limits = Limits(profile.max_registers, profile.max_gap)
    return replace(
        profile, registers=registers, blocks=plan(registers, limits), limits=limits, identity=()
    )


def told_of(change: Change) -> str:
    """What ``change`` changes, for people."""
    return joined(", ", tuple(_told(change))) or said("nothing changed")


def _told(change: Change) -> Iterator[str]:
    if change.offset:
        up, down = said("addresses one higher"), said("addresses one lower")
        yield up if change.offset > 0 else down
    if change.other_function:
        yield said("the other function (3 instead of 4, or 4 instead of 3)")
    if change.swap_words:
        yield said("words the other way round")
    if change.swap_bytes:
        yield said("bytes the other way round")
    if change.format:
        yield said("numbers of two registers as {format}", format=change.format)


def _settled(profile: Profile, shared: SharedReader) -> Profile | None:
    if profile.anchor:
        return None
    try:
        return settle(profile, shared).profile
    except RefusedError:
        return profile


def _places(profile: Profile, shared: SharedReader) -> Iterator[Change]:
    """Where the registers may lie: the functions and offsets that the meter answers at all."""
    for other_function, offset in product((False, True), OFFSETS):
        change = Change(offset, other_function)
        if _fits(profile, change) and is_answered(changed(profile, change), shared):
            yield change


def _ways(profile: Profile, place: Change) -> Iterator[Change]:
    """How the registers of ``place`` may be read; they are there, so this costs no request."""
    formats = {row.format for row in profile.registers if row.words == 2}
    ways: list[tuple[Lengthwise, bool]] = [("", False)]
    others: tuple[Lengthwise, ...] = ("f32", "s32", "u32")
    for other in others:
        if formats and other not in formats:
            ways += [(other, False), (other, True)]
    swaps = (False, True)
    for words, turned, (format, plain) in product(swaps, swaps, ways):
        change = replace(place, swap_words=words, swap_bytes=turned, format=format, plain=plain)
        if change.size:
            yield change


def _fits(profile: Profile, change: Change) -> bool:
    firsts = [row.span.address + change.offset for row in profile.registers]
    ends = [row.span.end + change.offset for row in profile.registers]
    return min(firsts) >= 0 and max(ends) <= LAST_ADDRESS + 1


def _different(proposals: list[Proposal]) -> Iterator[Proposal]:
    """Each set of values once, by the simplest change that gives it."""
    seen: list[dict[str, float]] = []
    for one in proposals:
        values = dict(one.sample.values)
        if values not in seen:
            seen.append(values)
            yield one


def _other(function: Literal[3, 4]) -> Literal[3, 4]:
    return 4 if function == 3 else 3


def _turned(order: Order) -> Order:
    return "little" if order == "big" else "big"
