"""What the guides show, as values: commands with the lines shown below them, headings, links.

``console`` blocks hold commands after ``$``, which are run; ``sh`` blocks hold those that need
root, hardware or another machine, which are looked at.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

GUIDES = Path(__file__).resolve().parents[2] / "deploy/guides"
PROGRAMS = ("collector", "edge-agent", "plant-sim")
ASKED_OF_THE_SHELL = re.compile(r"\$\([^)]*\)")
"""What a shell fills in: `$(date +%F)`."""
_FENCE = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
_LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a guide; ``shown`` are the lines of output printed below it."""

    guide: str
    text: str
    shown: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """The command as a shell reads it, without what only changes the user."""
        words = shlex.split(ASKED_OF_THE_SHELL.sub("asked", self.text), comments=True)
        while words and (words[0] == "sudo" or words[0].startswith("-")):
            words = words[2:] if words[0] == "-u" else words[1:]
        return words


def guides() -> list[Path]:
    """All guides, the door sign too."""
    return sorted(GUIDES.glob("*.md"))


def pairs() -> list[tuple[Path, Path]]:
    """Guides in English with their Japanese."""
    return [
        (other.with_name(other.name.replace(".ja.md", ".md")), other)
        for other in sorted(GUIDES.glob("*.ja.md"))
    ]


def run_commands(guide: Path) -> list[Command]:
    """What a test runs: each line with ``$``, and what is shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in _lines(guide, "console"):
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            assert found, f"{guide.name}: output without a command: {line}"
            found[-1][1].append(line)
    return [Command(guide.name, text, tuple(shown)) for text, shown in found]


def looked_at_commands(guide: Path) -> list[Command]:
    """What a test only reads: root's, hardware's, other machines'."""
    lines = "\n".join(_lines(guide, "sh")).replace("\\\n", " ").splitlines()
    return [Command(guide.name, line) for line in lines if line.strip()]


def headings(guide: Path) -> list[int]:
    """How deep each heading is, in order."""
    text = _FENCE.sub("", guide.read_text(encoding="utf-8"))
    return [len(mark) for mark in re.findall(r"(?m)^(#+) ", text)]


def shape(guide: Path) -> list[str]:
    """The kinds of lines of a guide: rows of tables, points, steps; fences left out."""
    text = _FENCE.sub("```", guide.read_text(encoding="utf-8"))
    kinds = ("|", "- ", "```", "#")
    return [
        next((kind for kind in kinds if line.startswith(kind)), "1.")
        for line in text.splitlines()
        if line.startswith(kinds) or re.match(r"\d+\. ", line)
    ]


def links(guide: Path) -> list[str]:
    """Where its links and pictures point: paths relative to it."""
    text = guide.read_text(encoding="utf-8")
    found = (one or other for one, other in _LINK.findall(text))
    return [link.partition("#")[0] for link in found if not link.startswith(("http", "#"))]


def _lines(guide: Path, mark: str) -> Iterator[str]:
    for language, body in _FENCE.findall(guide.read_text(encoding="utf-8")):
        if language == mark:
            yield from body.splitlines()


def is_shown(line: str, said: str) -> bool:
    """Whether the output holds the line; ``…`` stands for anything, spaces for spaces."""
    parts = (re.escape(" ".join(part.split())) for part in line.split("…"))
    return re.search(".*?".join(parts), " ".join(said.split())) is not None
