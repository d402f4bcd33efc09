"""What a meter really answered, kept as a case that tests can read again.

Before: a line to one meter. After: ``capture.toml`` (the words of every request, and those that
were refused) and ``expected.toml`` (what came of them), the two files of
``tests/profiles/<profile>/``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from edge_agent.decode import Ratios, values_in
from edge_agent.errors import RefusedError, SkipMeterError
from edge_agent.meter_link import MeterLink
from edge_agent.profile import Profile
from edge_agent.settle import Settled, settle

WORDS_A_LINE = 8
_Asked = tuple[int, int, int]
"""Function, first address, count."""


@dataclass(slots=True)
class Recorder:
    """Reads from one unit, and remembers what it answered and what it refused, in turn."""

    link: MeterLink
    unit_id: int
    timeout_ms: int
    answers: dict[_Asked, tuple[int, ...]] = field(default_factory=dict)
    refusals: dict[_Asked, int] = field(default_factory=dict)

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words there; asks a second time when no good answer comes. Raises as the link."""
        try:
            words = self._read(function, address, count)
        except RefusedError as error:
            self.refusals[function, address, count] = error.code
            raise
        except SkipMeterError:
            words = self._read(function, address, count)
        self.answers[function, address, count] = words
        return words

    def _read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        return self.link.read(self.unit_id, function, address, count, self.timeout_ms)


@dataclass(frozen=True, slots=True)
class Case:
    """What one meter answered once, and what that means."""

    settled: Settled
    values: Mapping[str, float]
    recorder: Recorder


def take(profile: Profile, recorder: Recorder, ratios: Ratios) -> Case:
    """Settle the profile, then read each of its blocks once.

    Raises the errors of the link; a refused block is read without its gaps, an optional one that
    is refused is left out.
    """
    settled = settle(profile, recorder.read)
    values: dict[str, float] = {}
    waiting = list(settled.profile.blocks)
    while waiting:
        block = waiting.pop(0)
        try:
            words = recorder.read(block.function, block.address, block.count)
        except RefusedError:
            parts = block.without_gaps()
            if len(parts) == 1 and not block.optional:
                raise
            waiting[:0] = parts if len(parts) > 1 else ()
            continue
        values |= values_in(block, words, ratios)
    return Case(settled, values, recorder)


def save(folder: Path, case: Case, at_ms: int) -> None:
    """Write both files of ``case``, read at ``at_ms``, into ``folder``. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    day = datetime.fromtimestamp(at_ms / 1000, UTC).date()
    name = case.settled.profile.name
    head = f'profile = "{name}"\norigin = "read from a device on {day}"\n'
    blocks = [_block(asked, words) for asked, words in case.recorder.answers.items()]
    blocks += [_refusal(asked, code) for asked, code in case.recorder.refusals.items()]
    (folder / "capture.toml").write_text(head + "".join(blocks), encoding="utf-8")
    (folder / "expected.toml").write_text(_expected(case), encoding="utf-8")


def _expected(case: Case) -> str:
    settled, values = case.settled, case.values
    names = [register.quantity for register in settled.profile.registers]
    absent = ", ".join(f'"{name}"' for name in names if name not in values)
    lines = ["# Compare with the meter's own display before you keep this."]
    if settled.serial:
        lines.append(f"serial = {json.dumps(settled.serial)}")
    if settled.model:
        lines.append(f"model = {json.dumps(settled.model)}")
    lines += [f"absent = [{absent}]", "", "[values]"]
    lines += [f"{name} = {values[name]!r}" for name in names if name in values]
    if settled.settings:
        lines += ["", "[settings]", *(f"{k} = {v!r}" for k, v in settled.settings.items())]
    return "".join(f"{line}\n" for line in lines)


def _block(asked: _Asked, words: tuple[int, ...]) -> str:
    rows = [words[at : at + WORDS_A_LINE] for at in range(0, len(words), WORDS_A_LINE)]
    lines = "\n".join("    " + " ".join(f"0x{word:04X}," for word in row) for row in rows)
    function, address, _ = asked
    head = f"\n[[blocks]]\nfunction = {function}\naddress = 0x{address:04X}\nwords = [\n"
    return f"{head}{lines}\n]\n"


def _refusal(asked: _Asked, code: int) -> str:
    function, address, count = asked
    place = f"function = {function}\naddress = 0x{address:04X}\ncount = {count}"
    return f"\n[[refusals]]\n{place}\ncode = {code}\n"
