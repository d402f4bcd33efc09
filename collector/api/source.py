"""The files a server reads, opened once: settings, store, state, factors and tariffs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.state import CollectorState, open_state
from collector.storage import open_stores
from collector.storage.port import ReadingStore
from collector.summarise.library import Library, library_of


@dataclass(frozen=True, slots=True)
class OpenSource:
    """All of it, open; threads share it."""

    settings: CollectorSettings
    store: ReadingStore
    state: CollectorState
    library: Library
    clock: Clock


@contextmanager
def open_source(settings: CollectorSettings, clock: Clock | None = None) -> Iterator[OpenSource]:
    """Open the files the settings name; they are given back at the end.

    Raises ``CollectorError`` when one of them cannot be used.
    """
    state = open_state(settings.collector.state_dir)
    try:
        store = open_stores(settings)
        try:
            yield OpenSource(settings, store, state, library_of(settings), clock or SystemClock())
        finally:
            store.close()
    finally:
        state.database.close()
