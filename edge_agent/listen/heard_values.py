"""What exchanges say of one meter: its values, each with the instant at which it came. PURE.

The other master's requests need not be ours: whatever register lies wholly within an answer is
decoded, and a value is never put together from two answers. Where a scale hangs on a setting of
the meter (``settle``), the value is left out until that setting too was heard; one that a meter
need not have is taken as it comes from the factory meanwhile, and ``assumed`` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edge_agent import sunspec
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.decode import Ratios, values_in
from edge_agent.listen.heard_words import HeardWords
from edge_agent.listen.pairing import Exchange
from edge_agent.profile import Profile, ReadBlock, Register, Setting
from edge_agent.registers import Number
from edge_agent.settle import settle

ROUND_S = 1.0
"""Answers that follow each other within this time are one reading, as a poll of ours would be."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value and the steady time at which its answer came."""

    value: float
    at_s: float


class HeardValues:
    """The newest values of one meter that have not been taken yet."""

    def __init__(self, profile: Profile, ratios: Ratios) -> None:
        self.profile = profile
        self.ever: set[str] = set()
        """The quantities that came at least once."""
        self._ratios = ratios
        self._waiting: dict[str, Value] = {}
        self._words = HeardWords()
        self.assumed: tuple[str, ...] = ()
        """Settings that scale values, were not heard, and are taken as the factory has them."""
        self.wrong = ""
        """Why no value can be right: how the meter is set, in its profile's words."""
        self._place: int | None = None
        self._registers = self._settled()

    @property
    def unscaled(self) -> tuple[str, ...]:
        """Quantities left out for now, since their place or scale was not heard."""
        known = {register.quantity for register in self._registers}
        return tuple(row.quantity for row in self.profile.registers if row.quantity not in known)

    def hear(self, exchange: Exchange) -> None:
        """Take in what one answer of this meter says."""
        if self.profile.to_settle:
            self._settle(exchange)
        asked, words = exchange.question, exchange.answer.words
        inside = tuple(row for row in self._registers if _within(row, exchange))
        if not inside:
            return
        block = ReadBlock(inside[0].function, asked.address, asked.count, inside)
        for name, value in values_in(block, words, self._ratios).items():
            self._waiting[name] = Value(value, exchange.answer.at_s)
            self.ever.add(name)

    def take(self, quantities: Sequence[str]) -> dict[str, Value]:
        """The newest values of these quantities; each is given once."""
        found = {name: self._waiting.pop(name, None) for name in quantities}
        return {name: value for name, value in found.items() if value is not None}

    def _settle(self, exchange: Exchange) -> None:
        news = self._words.keep(exchange)
        if self.profile.anchor and not self._registers:
            self._place = _model_in(exchange, self.profile.anchor.models)
        if news and (self.unscaled or self._has_setting(exchange)):
            self._registers = self._settled()

    def _has_setting(self, exchange: Exchange) -> bool:
        asked = exchange.question
        end = asked.address + asked.count
        return any(
            row.function == asked.function and asked.address <= row.address < end
            for row in self.profile.settings
        )

    def _settled(self) -> tuple[Register, ...]:
        """The registers whose place and scale are known from what was heard."""
        settled = settle(self.profile, self._words.read)
        if settled.profile.anchor:
            if self._place is None:
                return ()
            settled = settle(self.profile.moved(self._place), self._words.read)
        numbers, rows = settled.settings, self.profile.settings
        heard = [row for row in rows if row.name in numbers]
        wrong = [row for row in heard if _stops(row, numbers[row.name])]
        self.wrong = wrong[0].message if wrong else ""
        scaling = {name for row in self.profile.registers for name in row.scale_by}
        free = {row.name for row in rows if row.optional and row.name not in numbers}
        self.assumed = tuple(sorted(free & scaling))
        known = {
            row.name for row in rows if row.name in numbers and row.factor_of(numbers[row.name])
        }
        fit = {r.quantity for r in self.profile.registers if (known | free).issuperset(r.scale_by)}
        return tuple(r for r in settled.profile.registers if r.quantity in fit and not wrong)


def rounds(values: dict[str, Value]) -> list[tuple[float, dict[str, float]]]:
    """The values as readings, oldest first: what came together, and the instant that it has.

    That is the arrival of the energy counter, which slots are cut by, else of the last value.
    """
    found: list[dict[str, Value]] = []
    for name, value in sorted(values.items(), key=lambda row: row[1].at_s):
        if found and value.at_s - _first_s(found[-1]) <= ROUND_S:
            found[-1][name] = value
        else:
            found.append({name: value})
    return [(_stamp_s(row), {name: one.value for name, one in row.items()}) for row in found]


def _first_s(row: dict[str, Value]) -> float:
    return min(one.at_s for one in row.values())


def _stamp_s(row: dict[str, Value]) -> float:
    counters = [one.at_s for name, one in row.items() if QUANTITIES[name].kind == "counter"]
    return max(counters or [one.at_s for one in row.values()])


def _model_in(exchange: Exchange, models: Sequence[int]) -> int | None:
    """Where a SunSpec model begins, when its number and its length are in this answer.

    A master walks the map from its head only once; but it often reads a model as a whole.
    """
    for at, (id, length) in enumerate(pairwise(exchange.answer.words)):
        if id in models and sunspec.LENGTHS.get(id) == length:
            return exchange.question.address + at
    return None


def _stops(row: Setting, number: Number) -> bool:
    return row.severity == "stop" and bool(row.expect) and number not in row.expect


def _within(row: Register, exchange: Exchange) -> bool:
    asked, span = exchange.question, row.span
    inside = asked.address <= span.address and span.end <= asked.address + asked.count
    return row.function == asked.function and inside
