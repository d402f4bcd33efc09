"""Where a report's figures come from: settings, store, state and libraries, opened to read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.frames import Store
from collector.gather.held import site_named
from collector.site_config import SiteSettings
from collector.state import CollectorState, open_state
from collector.storage import open_stores
from collector.storage.port import ReadingStore
from collector.summarise.library import Library, library_of


@dataclass(frozen=True, slots=True)
class Sources:
    """All a report may read (a ``collector.gather.held.Held``), and the time it is made."""

    settings: CollectorSettings
    store: ReadingStore
    state: CollectorState
    library: Library
    clock: Clock

    @classmethod
    @contextmanager
    def open(cls, settings: CollectorSettings, clock: Clock | None = None) -> Iterator[Sources]:
        """Open the files the settings name; they are given back at the end.

        Raises ``CollectorError`` when one of them cannot be used.
        """
        state = open_state(settings.collector.state_dir)
        try:
            store = open_stores(settings)
            try:
                yield cls(settings, store, state, library_of(settings), clock or SystemClock())
            finally:
                store.close()
        finally:
            state.database.close()

    @property
    def frames(self) -> Store:
        """The store as frames."""
        return Store(self.store, self.settings.sites)

    def site(self, name: str) -> SiteSettings:
        """The settings of a site. Raises ``CollectorError`` with the ids there are."""
        return site_named(self.settings, name)
