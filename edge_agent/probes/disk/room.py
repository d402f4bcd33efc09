"""Whether a disk has the room that somebody has been promised."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from edge_agent.probes.disk.place import nearest
from edge_agent.probes.finding import Finding, fault, note, ok

_MB = 1024 * 1024
_SPARE = 1.25
"""Others write to the disk as well: so much more than promised should be free."""


def spare_findings(folder: Path, least_mb: float) -> Iterator[Finding]:
    """Free space where nobody has set a bound; ``least_mb`` is a sensible reserve."""
    free_mb = _free_mb(os.statvfs(nearest(folder)))
    measured = f"{free_mb:,.0f} MB free"
    if free_mb < least_mb / 10:
        what = "Writing fails within days; agents then keep their readings until there is room."
        yield fault("disk: room", measured, what, "Free some space, or move to a larger disk.")
    elif free_mb < least_mb:
        yield note("disk: room", measured, "Not much for a year of readings.", "Free some space.")
    else:
        yield ok("disk: room", measured)


def room_findings(folder: Path, bound_mb: float, files: str, setting: str) -> Iterator[Finding]:
    """Free space against how far ``files`` (a pattern in ``folder``) may still grow.

    ``setting`` names the bound of ``bound_mb``, as in ``[outbox] max_mb``.
    """
    disk = os.statvfs(nearest(folder))
    free_mb = _free_mb(disk)
    used_mb = sum(path.stat().st_size for path in folder.glob(files)) / _MB
    may_grow_mb = max(bound_mb - used_mb, 0.0)
    measured = (
        f"{free_mb:,.0f} MB free; {used_mb:,.0f} MB used of the {bound_mb:,.0f} MB in {setting}"
    )
    if disk.f_files and not disk.f_favail:
        what = "No new file can be made: the disk has no place left for names (inodes)."
        yield fault("disk: room", measured, what, "Remove old small files; see `df -i`.")
    elif free_mb < may_grow_mb:
        what = (
            "The disk is full before the bound is reached: then readings are kept in memory only."
        )
        much = max(int(used_mb + free_mb / _SPARE), 1)
        yield fault("disk: room", measured, what, f"Free some space, or set {setting} = {much}.")
    elif free_mb < may_grow_mb * _SPARE:
        what = "Enough, if nobody else fills the disk."
        yield note("disk: room", measured, what, f"Free some space, or lower {setting}.")
    else:
        yield ok("disk: room", measured)


def _free_mb(disk: os.statvfs_result) -> float:
    return disk.f_bavail * disk.f_frsize / _MB
