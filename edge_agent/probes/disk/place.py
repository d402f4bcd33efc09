"""On which file system and which kind of device a folder is.

Sources: proc(5) for ``/proc/self/mountinfo``; the kernel's sysfs rules for ``/sys/dev/block``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edge_agent.probes.finding import Finding, fault, note, ok

PROC, SYS = Path("/proc"), Path("/sys")
CARD, USB_STICK, MEMORY, NETWORK = "memory card", "USB storage", "memory", "network"
_MEMORY = ("tmpfs", "ramfs", "devtmpfs")
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs", "virtiofs")
_LAYERED = ("overlay", "aufs")
_NO_JOURNAL = ("vfat", "msdos", "exfat", "ext2")
_NO_BARRIER = frozenset({"nobarrier", "barrier=0"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where ``folder`` really is.

    ``medium`` is a word for the kind of device, ``errors`` how many errors the file system has
    noted of itself since its last repair (ext4 only, else 0).
    """

    folder: Path
    kind: str
    source: str
    options: frozenset[str]
    medium: str
    errors: int = 0


def place_of(folder: Path, proc: Path = PROC, sys: Path = SYS) -> Place:
    """The place of ``folder``, or of the nearest folder above it when it is not there yet."""
    real = nearest(folder)
    try:
        rows = (proc / "self" / "mountinfo").read_text(encoding="utf-8", errors="replace")
        fields, (kind, source, own) = _mount(rows, str(real))
    except (OSError, ValueError):
        return Place(real, "unknown", "unknown", frozenset(), "device of a kind unknown")
    options = frozenset(f"{fields[5]},{own}".split(","))
    disk = (sys / "dev" / "block" / fields[2]).resolve()
    medium = MEMORY if kind in _MEMORY else NETWORK if kind in _NETWORK else _medium(disk)
    return Place(real, kind, source, options, medium, _errors(sys, disk.name))


def nearest(folder: Path) -> Path:
    """``folder`` itself, or the nearest one above it that exists; links followed."""
    real = Path(os.path.realpath(folder))
    while not real.exists() and real != real.parent:
        real = real.parent
    return real


def place_findings(place: Place, setting: str) -> Iterator[Finding]:
    """What the place means; ``setting`` names where the folder is set, as in ``[agent] x``."""
    where = f"{place.folder} is on {place.kind}, {place.source} ({place.medium})"
    kind = _kind_finding(place, where, setting)
    yield kind or ok("disk", where, "A file system on a disk of this machine.")
    if "ro" in place.options:
        yield fault(
            "disk: mount",
            f"{place.source} is mounted read-only",
            "Nothing can be kept. A worn-out card often ends like this: the kernel refuses writes.",
            "See `dmesg`; replace the card, or mount it read-write.",
        )
    if place.options & _NO_BARRIER:
        yield fault(
            "disk: mount",
            f"{place.source} is mounted without write barriers",
            "Sync returns before the data is on the disk: a power cut takes committed readings.",
            "Remove nobarrier or barrier=0 from /etc/fstab.",
        )
    if place.errors:
        yield fault(
            "disk: errors",
            f"the file system has noted {place.errors} errors of its own",
            "The card or disk loses what it was given.",
            f"Replace it soon; until then repair it: fsck {place.source}, while not mounted.",
        )


def _kind_finding(place: Place, where: str, setting: str) -> Finding | None:
    move = f"Give {setting} a folder on a disk of this machine."
    if place.kind in _MEMORY:
        what = "That is memory, not a disk: a restart or power cut takes everything in it."
        return fault("disk", where, what, move)
    if place.kind in _NETWORK:
        what = "Over a network neither locks nor sync can be relied on: the file can be damaged."
        return fault("disk", where, what, move)
    if place.kind in _LAYERED:
        what = "A layer that goes with its container, or with a restart of a read-only system."
        return fault("disk", where, what, f"{move} In a container: mount a volume there.")
    if place.kind in _NO_JOURNAL:
        what = "A file system without a journal: a power cut can damage all of it."
        return fault("disk", where, what, f"{move} Best ext4.")
    return _medium_finding(place, where)


def _medium_finding(place: Place, where: str) -> Finding | None:
    if place.medium == USB_STICK:
        what = "USB sticks often say that data is on them when it is not; a power cut takes it."
        return note("disk", where, what, "Use an SSD in a good case, or an industrial card.")
    if place.medium == CARD:
        what = "Cards wear out by being written to, and plain ones lie about sync more often."
        return note("disk", where, what, "Use a card sold as industrial or high endurance.")
    if place.kind == "unknown":
        what = "This system does not tell where its folders are; see below what was measured."
        return note("disk", where, what)
    return None


def _mount(rows: str, folder: str) -> tuple[list[str], list[str]]:
    """The fields of the mount that holds ``folder``: before and after the dash."""
    found: tuple[list[str], list[str]] | None = None
    deepest = -1
    for row in rows.splitlines():
        before, _, after = row.partition(" - ")
        fields, rest = before.split(), after.split()
        if len(fields) < 6 or len(rest) < 3:
            continue
        point = _plain(fields[4])
        # Of two mounts on one point the later one is seen.
        if _holds(point, folder) and len(point) >= deepest:
            found, deepest = (fields, [rest[0], _plain(rest[1]), rest[2]]), len(point)
    if found is None:
        raise ValueError("no mount holds this folder")
    return found


def _holds(point: str, folder: str) -> bool:
    return folder == point or folder.startswith(point.rstrip("/") + "/")


def _plain(text: str) -> str:
    """Spaces and the like stand as octal numbers there."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def _medium(disk: Path) -> str:
    whole = disk.parent if (disk / "partition").exists() else disk
    if whole.name.startswith("mmcblk"):
        return "eMMC" if _word(whole / "device" / "type") == "MMC" else CARD
    if "/usb" in str(whole):
        return USB_STICK
    if whole.name.startswith(("vd", "xvd")):
        return "virtual disk"
    if whole.name.startswith("loop"):
        return "a file as a disk"
    turning = {"0": "SSD", "1": "hard disk"}
    return turning.get(_word(whole / "queue" / "rotational"), "device of a kind unknown")


def _errors(sys: Path, name: str) -> int:
    text = _word(sys / "fs" / "ext4" / name / "errors_count")
    return int(text) if text.isdecimal() else 0


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
