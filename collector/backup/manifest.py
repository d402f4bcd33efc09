"""What a backup says of itself: its parts with digests, where files belong, what was left out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from collector.errors import CollectorError, NewerLayoutError

FORMAT = 1
"""Number of the layout of the file; it rises when an older program cannot read it any more."""
MANIFEST = "manifest.json"
SETTINGS = "settings/collector.toml"
STATE = "state/collector-state.sqlite"
_MISSHAPEN = (
    ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """A part of the backup: its size, its SHA-256 in hexadecimal, the points it holds."""

    name: str
    bytes: int
    sha256: str
    points: int = 0


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file beside the settings or in the state folder.

    ``key`` is the setting that names it or its folder (``mqtt.password_file``), empty for a file of
    the state folder; ``path`` is its place within the folder, empty for a file named by itself.
    ``member`` is the part that holds it, empty when it was left out.
    """

    key: str
    path: str
    mode: int
    secret: bool
    member: str = ""

    @property
    def told(self) -> str:
        """What it is called when people are told of it."""
        return " ".join(part for part in (self.key, self.path) if part) or "state"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of it. Times in UTC ms: the state is of ``began_ms``, all else of then or later."""

    format: int
    program: str
    collector: str
    began_ms: int
    ended_ms: int
    state_layout: int
    with_secrets: bool
    series: int
    members: tuple[Member, ...]
    files: tuple[KeptFile, ...]
    cut_out: tuple[str, ...]
    """Settings whose text was a secret, replaced in the copy of the settings."""

    @property
    def points(self) -> int:
        """Readings, totals and other rows together."""
        return sum(member.points for member in self.members)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is not in it because it is a secret."""
        return (*self.cut_out, *(file.told for file in self.files if not file.member))

    def text(self) -> bytes:
        """As JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def manifest_in(text: bytes, where: str) -> Manifest:
    """The manifest of the backup called ``where``.

    Raises ``NewerLayoutError`` for one of a later program, ``CollectorError`` for anything else
    that is none.
    """
    try:
        document = json.loads(text)
        form, program = int(document["format"]), str(document["program"])
        if form > FORMAT:
            raise NewerLayoutError(
                f"{where} was made by mieruka {program} (format {form}; here is {FORMAT})",
                f"install mieruka {program}; nothing was changed",
            )
        return _made(document)
    except _MISSHAPEN as error:
        hint = "take another backup; nothing was changed"
        raise CollectorError(f"{where}: its {MANIFEST} cannot be understood", hint) from error


def _made(document: dict[str, Any]) -> Manifest:
    members = tuple(
        Member(str(m["name"]), int(m["bytes"]), str(m["sha256"]), int(m["points"]))
        for m in document["members"]
    )
    files = tuple(
        KeptFile(
            *(str(f["key"]), str(f["path"]), int(f["mode"]), bool(f["secret"]), str(f["member"]))
        )
        for f in document["files"]
    )
    numbers = ("format", "began_ms", "ended_ms", "state_layout", "series")
    counts = {name: int(document[name]) for name in numbers}
    return Manifest(
        program=str(document["program"]),
        collector=str(document["collector"]),
        with_secrets=bool(document["with_secrets"]),
        members=members,
        files=files,
        cut_out=tuple(map(str, document["cut_out"])),
        **counts,
    )
