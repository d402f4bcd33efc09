"""What a meter really answered, kept as a case that tests can read again.

Before: a poll over any link. After: ``capture.toml`` (the words of every request) and
``expected.toml`` (the values that came of them), the two files of ``tests/profiles/<profile>/``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from edge_agent.contract.reading import Reading
from edge_agent.meter_link import MeterLink
from edge_agent.profile import Profile

WORDS_A_LINE = 8


class RecordingLink:
    """A ``MeterLink`` that remembers every answer of the one beneath it."""

    def __init__(self, link: MeterLink) -> None:
        self._link = link
        self.answers: list[tuple[int, int, tuple[int, ...]]] = []

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """Ask the link beneath, and remember (function, address, words)."""
        words = self._link.read(unit_id, function, address, count, timeout_ms)
        self.answers.append((function, address, words))
        return words

    def close(self) -> None:
        """Let go of the link beneath."""
        self._link.close()


def save(folder: Path, profile: Profile, link: RecordingLink, reading: Reading) -> None:
    """Write both files of a case into ``folder``. Raises ``OSError``."""
    folder.mkdir(parents=True, exist_ok=True)
    day = datetime.fromtimestamp(reading.at_ms / 1000, UTC).date()
    head = f'profile = "{profile.name}"\norigin = "read from a device on {day}"\n'
    blocks = [_block(*answer) for answer in link.answers]
    (folder / "capture.toml").write_text(head + "".join(blocks), encoding="utf-8")
    (folder / "expected.toml").write_text(_expected(profile, reading), encoding="utf-8")


def _expected(profile: Profile, reading: Reading) -> str:
    names = [register.quantity for register in profile.registers]
    absent = ", ".join(f'"{name}"' for name in names if name not in reading.values)
    lines = [f"{name} = {reading.values[name]!r}" for name in names if name in reading.values]
    head = "# Compare with the meter's own display before you keep this.\n"
    return f"{head}absent = [{absent}]\n\n[values]\n" + "".join(f"{line}\n" for line in lines)


def _block(function: int, address: int, words: tuple[int, ...]) -> str:
    rows = [words[at : at + WORDS_A_LINE] for at in range(0, len(words), WORDS_A_LINE)]
    lines = "\n".join("    " + " ".join(f"0x{word:04X}," for word in row) for row in rows)
    head = f"\n[[blocks]]\nfunction = {function}\naddress = 0x{address:04X}\nwords = [\n"
    return f"{head}{lines}\n]\n"
