"""Brings a backup back: into an empty store, with the settings that are there or its own.

Nothing is changed before every part has been compared with its digest. Points come first and the
state last, so that what was interrupted is seen at the next try: the store is no longer empty.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from collector import config
from collector.backup.archive import ArchiveReader, open_archive
from collector.backup.bring_files import bring_files, bring_settings
from collector.backup.bring_points import bring_points
from collector.backup.bring_state import bring_state, holds_something, mark_last_day
from collector.backup.manifest import Manifest
from collector.backup.restored import Restored
from collector.backup.take import Step
from collector.config import CollectorSettings
from collector.errors import CollectorError, ConfigError, NewerLayoutError
from collector.state import FILE_NAME
from collector.state.layout import LAYOUT
from collector.storage import open_stores
from collector.storage.port import ReadingStore

OVERWRITE = "--overwrite"


def verify(path: Path, step: Step) -> Manifest:
    """Compare every part of the backup with its digest. Raises ``CollectorError`` for a fault."""
    with open_archive(path) as archive:
        return _verified(archive, step)


def restore(path: Path, settings_file: Path, overwrite: bool, step: Step) -> Restored:
    """Bring all of the backup back, by the settings at ``settings_file``.

    Where there are none they come from the backup. ``overwrite`` lets it go into a store that
    holds something: points of the same instant are replaced, the state is set aside.
    Raises ``CollectorError`` when it cannot be; told as one line.
    """
    with open_archive(path) as archive:
        manifest = _verified(archive, step)
        report = Restored(manifest)
        bring_settings(archive, settings_file, report)
        settings = _loaded(settings_file, manifest)
        with closing(open_stores(settings)) as store:
            store.check()
            if not overwrite:
                _require_empty(store, settings)
            bring_points(archive, store, report, step)
            bring_files(archive, settings.collector.state_dir, report)
            bring_state(archive, settings, report)
            mark_last_day(store, settings, manifest)
    return report


def _verified(archive: ArchiveReader, step: Step) -> Manifest:
    manifest = archive.manifest
    if manifest.state_layout > LAYOUT:
        raise NewerLayoutError(
            f"{archive.path} was made by mieruka {manifest.program}"
            f" (state layout {manifest.state_layout}; here is {LAYOUT})",
            f"install mieruka {manifest.program}; nothing was changed",
        )
    every, read = sum(member.bytes for member in manifest.members), 0

    def told(count: int) -> None:
        nonlocal read
        read += count
        step(read, every)

    archive.verify(told)
    return manifest


def _loaded(file: Path, manifest: Manifest) -> CollectorSettings:
    try:
        return config.load(file)
    except ConfigError as error:
        left = ", ".join(manifest.left_out)
        hint = f"left out of the backup: {left}; put them there, and" if left else "correct them,"
        raise ConfigError(error.faults, f"{hint} restore again") from error


def _require_empty(store: ReadingStore, settings: CollectorSettings) -> None:
    hint = f"name an empty one in the settings; {OVERWRITE} writes over it"
    held = next((one for one in store.series() if store.page(one, 0, 1)), None)
    if held is not None:
        text = f"the store is not empty: it holds {held.measurement} of {held.site}, {held.meter}"
        raise CollectorError(text, hint)
    file = settings.collector.state_dir / FILE_NAME
    if file.exists() and holds_something(settings.collector.state_dir):
        hint = f"name an empty state_dir in the settings; {OVERWRITE} sets it aside"
        raise CollectorError(f"{file} is not empty", hint)
