"""Makes a backup, beside a running collector or without one.

The state is copied first and the points after it. So a backup may hold readings of which its state
knows nothing (they are asked for again, and a point that comes twice is one point), but never the
other way round: no reading counts as received that is not in it.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from collector.backup.archive import ArchiveWriter, Part, new_archive
from collector.backup.manifest import FORMAT, SETTINGS, STATE, KeptFile, Manifest
from collector.backup.named_files import Found, files_of, secrets_in
from collector.backup.points import line_of, pages
from collector.clock import Clock
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.state import FILE_NAME, open_state
from collector.state.layout import LAYOUT
from collector.storage import open_stores
from collector.storage.port import ReadingStore, Series
from edge_agent.process.bounded import text_in

CUT_OUT = "LEFT-OUT-OF-THE-BACKUP"
Step = Callable[[int, int], None]
"""Told how far it is: what is done, and what there is to do in all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which backup is wanted."""

    settings: CollectorSettings
    settings_file: Path
    target: Path
    with_secrets: bool


def take(asked: Asked, clock: Clock, step: Step) -> Manifest:
    """Write the backup; it is at ``asked.target`` when this returns, else nothing is.

    Raises ``CollectorError`` when it cannot be written or what it is made of cannot be read.
    """
    settings = asked.settings
    text, cut_out = _settings_text(asked)
    with new_archive(asked.target) as archive, closing(open_stores(settings)) as store:
        began_ms = clock.now_ms()
        _add_state(archive, settings.collector.state_dir, asked.target.parent)
        with archive.part(SETTINGS) as part:
            part.write(text.encode())
        files = tuple(_add_files(archive, files_of(settings), asked.with_secrets))
        store.check()
        series = store.series()
        _add_points(archive, store, series, step)
        manifest = Manifest(
            *(FORMAT, version("mieruka"), settings.collector.id, began_ms, clock.now_ms()),
            *(LAYOUT, asked.with_secrets, len(series)),
            *(tuple(archive.members), files, cut_out),
        )
        archive.finish(manifest)
    return manifest


def _add_state(archive: ArchiveWriter, state_dir: Path, beside: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".mieruka-backup-", dir=beside) as folder:
        copy = Path(folder) / FILE_NAME
        with _opened_state(state_dir) as copy_to:
            copy_to(copy)
        archive.add_file(STATE, copy)


@contextmanager
def _opened_state(state_dir: Path) -> Iterator[Callable[[Path], None]]:
    state = open_state(state_dir)
    try:
        yield state.database.copy_to
    finally:
        state.database.close()


def _add_files(
    archive: ArchiveWriter, found: Sequence[Found], with_secrets: bool
) -> Iterator[KeptFile]:
    for number, one in enumerate(found):
        member = "" if one.secret and not with_secrets else f"files/{number:04}-{one.file.name}"
        if member:
            archive.add_file(member, one.file)
        yield KeptFile(one.key, one.path, one.mode, one.secret, member)


def _add_points(
    archive: ArchiveWriter, store: ReadingStore, every: Sequence[Series], step: Step
) -> None:
    done = 0
    for measurement, group in groupby(every, lambda series: series.measurement):
        with archive.part(f"points/{measurement}.jsonl") as part:
            for series in group:
                _add_series(part, store, series)
                done += 1
                step(done, len(every))


def _add_series(part: Part, store: ReadingStore, series: Series) -> None:
    for page in pages(store, series):
        part.write(line_of(series, page))
        part.points += len(page)


# The settings as text: what a person wrote, remarks and all.


def _settings_text(asked: Asked) -> tuple[str, tuple[str, ...]]:
    """The settings' text and, where secrets are left out, the names of those cut out of it."""
    text = text_in(asked.settings_file)
    if asked.with_secrets:
        return text, ()
    written = set(_texts(tomllib.loads(text)))
    inside = [(key, secret) for key, secret in secrets_in(asked.settings) if secret in written]
    for _, secret in inside:
        text = text.replace(secret, CUT_OUT)
    _require_none_left(asked.settings_file, text, [secret for _, secret in inside])
    return text, tuple(key for key, _ in inside)


def _require_none_left(file: Path, text: str, secrets: Sequence[str]) -> None:
    try:
        left = set(_texts(tomllib.loads(text))) & set(secrets)
    except tomllib.TOMLDecodeError:
        left = set(secrets)
    if left:
        hint = "put it into a file of its own (<key>_file), or give --with-secrets"
        raise CollectorError(f"{file} holds a secret that cannot be cut out", hint)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _texts(one)
