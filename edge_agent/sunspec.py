"""The SunSpec map: where a meter's models lie, and who made it. PURE but for the reads it is given.

Before: a way to read registers (function 3). After: the model that was looked for, and the common
model's texts. Requests: 2 registers at 40000, 50000 and 0 until "SunS" is there, 2 at the ID
register of each model up to the one looked for, and 66 from the ID register of model 1.
Source: SunSpec Device Information Model Specification; models 1, 201-204 and 211-214.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from edge_agent.errors import RefusedError
from edge_agent.registers import LAST_ADDRESS, text_of_words
from edge_agent.words import said

Read = Callable[[int, int, int], tuple[int, ...]]
"""Function, address, count of registers to their words; raises the errors of a meter link."""
BASES = (40_000, 50_000, 0)
MARKER = (0x5375, 0x6E53)
END = 0xFFFF
COMMON = 1
COMMON_WORDS = 66
MOST_MODELS = 64
LENGTHS = {model: 105 for model in range(201, 205)} | {model: 124 for model in range(211, 215)}
"""What the length register of a meter model must say."""
_NOT_THERE = frozenset({1, 2, 3})
"""Exceptions with which a meter says that it has no such register."""
_TEXTS = {"vendor": (2, 16), "model": (18, 16), "firmware": (42, 8), "serial": (50, 16)}
"""In the common model: offset from its ID register, and registers."""


class NoMapError(Exception):
    """There is no SunSpec map, or it makes no sense; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model of a map: its ID register's address, and the registers after its length."""

    id: int
    address: int
    length: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the wanted model is, and what the common model says of the meter; texts may be ""."""

    model: Model
    texts: Mapping[str, str]


def find(read: Read, wanted: Sequence[int]) -> Place:
    """The first model of ``wanted`` in the meter's map.

    Raises ``NoMapError`` when there is no map or no such model in it, and what ``read`` raises
    other than the refusal of an address.
    """
    texts: Mapping[str, str] = {}
    seen: list[str] = []
    for model in _models(read, _base(read) + len(MARKER)):
        if model.id == COMMON and model.length + 2 >= COMMON_WORDS:
            texts = _common(read, model)
        if model.id in wanted:
            return Place(_fitting(model), texts)
        seen.append(str(model.id))
    models, found = ", ".join(map(str, wanted)), ", ".join(seen)
    raise NoMapError(said("no SunSpec model {models} among {found}", models=models, found=found))


def is_absent(error: RefusedError) -> bool:
    """Whether a meter says that it has no such register, rather than that it cannot now."""
    return error.code in _NOT_THERE


def _base(read: Read) -> int:
    for base in BASES:
        if _answered(read, base, len(MARKER)) == MARKER:
            return base
    raise NoMapError(said("no SunSpec map at register 40000, 50000 or 0"))


def _models(read: Read, address: int) -> Iterator[Model]:
    """The chain of models: each says how long it is, and so where the next begins."""
    for _ in range(MOST_MODELS):
        if address + 1 > LAST_ADDRESS:
            break
        head = _answered(read, address, 2)
        if head is None:
            break
        id, length = head
        if id == END:
            return
        yield Model(id, address, length)
        address += 2 + length
    raise NoMapError(said("the SunSpec map has no end, at register {address}", address=address))


def _fitting(model: Model) -> Model:
    length = LENGTHS.get(model.id, model.length)
    if model.length == length and model.address + 2 + length <= LAST_ADDRESS:
        return model
    values = {"model": model.id, "found": model.length, "length": length}
    raise NoMapError(
        said("SunSpec model {model} is {found} registers long, not {length}", **values)
    )


def _common(read: Read, model: Model) -> Mapping[str, str]:
    words = _answered(read, model.address, COMMON_WORDS)
    if words is None:
        return {}
    return {role: text_of_words(words[at : at + n]) for role, (at, n) in _TEXTS.items()}


def _answered(read: Read, address: int, count: int) -> tuple[int, ...] | None:
    """The words there; None when the meter has no such registers."""
    try:
        return read(3, address, count)
    except RefusedError as error:
        if not is_absent(error):
            raise
        return None
