"""What the tests of meter models lay on the table: a sound profile, and a meter's registers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent import profile
from edge_agent.errors import RefusedError
from edge_agent.profile import Profile

GOOD = """
vendor = "Acme"
models = ["One"]
verification = "manual"
[[sources]]
title = "Manual"
where = "acme.example"
[factory]
unit_id = 1
baud = 9600
parity = "N"
stop_bits = 1
[reading]
function = 3
format = "u16"
word_order = "big"
max_registers = 10
max_gap = 2
timeout_ms = 300
[counter]
step_wh = 1
[registers]
voltage_l1_v = { address = 0x0000, scale = 0.1 }
current_l1_a = { address = 0x0002, scale = 0.01, offset = -1.0 }
active_energy_import_wh = { address = 0x0010, format = "u32", function = 4, word_order = "little" }
frequency_hz = { address = 0x0003, optional = true, not_available = [0xFFFF] }
"""


def write(folder: Path, text: str, name: str = "acme") -> str:
    """``text`` as a file in ``folder``; its path."""
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def made(folder: Path, more: str, text: str = GOOD) -> Profile:
    """The profile of ``text`` and ``more`` tables behind it."""
    return profile.load(write(folder, text + more))


@dataclass
class Registers:
    """A meter's registers by function and address; what is not there is refused."""

    words: dict[tuple[int, int], int] = field(default_factory=dict)
    asked: list[tuple[int, int, int]] = field(default_factory=list)
    code: int = 2

    def put(self, function: int, address: int, words: Iterable[int]) -> Registers:
        """Put these words there."""
        self.words |= {(function, address + at): word for at, word in enumerate(words)}
        return self

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words there; raises ``RefusedError``."""
        self.asked.append((function, address, count))
        wanted = [(function, address + at) for at in range(count)]
        if any(place not in self.words for place in wanted):
            raise RefusedError("unit 1 refused", code=self.code)
        return tuple(self.words[place] for place in wanted)
