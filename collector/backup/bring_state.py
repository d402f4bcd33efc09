"""The state of a backup back into its folder, last of all."""

from __future__ import annotations

import time
from pathlib import Path

from collector.backup.archive import ArchiveReader
from collector.backup.bring_files import put
from collector.backup.manifest import STATE, Manifest
from collector.backup.restored import Restored
from collector.config import CollectorSettings
from collector.state import FILE_NAME, open_state
from collector.storage.port import ReadingStore

DAY_MS = 86_400_000


def holds_something(state_dir: Path) -> bool:
    """Whether the state file says anything."""
    state = open_state(state_dir)
    try:
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = [row[0] for row in state.database.read(tables) if row[0] != "layout"]
        return any(state.database.read(f"SELECT 1 FROM {name} LIMIT 1") for name in names)
    finally:
        state.database.close()


def bring_state(archive: ArchiveReader, settings: CollectorSettings, report: Restored) -> None:
    """The state into its folder; one that is there and holds something is kept beside it."""
    file = settings.collector.state_dir / FILE_NAME
    if file.exists():
        report.set_aside = _set_aside(file)
    put(archive, STATE, file, 0o600)


def _set_aside(file: Path) -> str:
    """Keep a state that held something, whole, under another name."""
    held = holds_something(file.parent)
    aside = file.with_name(f"{file.stem}.before-restore-{time.time_ns() // 1_000_000}{file.suffix}")
    if held:
        state = open_state(file.parent)
        try:
            state.database.copy_to(aside)
        finally:
            state.database.close()
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    return aside.name if held else ""


def mark_last_day(store: ReadingStore, settings: CollectorSettings, manifest: Manifest) -> None:
    """Let the last day be added up anew: readings came while the totals were being copied."""
    known = {(site.id, meter.id) for site in settings.sites for meter in site.meters}
    span = manifest.began_ms - DAY_MS, manifest.ended_ms + 1
    state = open_state(settings.collector.state_dir)
    try:
        state.dirty.mark_all((*pair, *span) for pair in store.meters() if pair in known)
    finally:
        state.database.close()
