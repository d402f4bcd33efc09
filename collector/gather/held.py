"""What a collector holds, as far as its figures go: a running one, or one opened to read."""

from __future__ import annotations

from typing import Protocol

from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.site_config import SiteSettings
from collector.state import CollectorState
from collector.storage.port import ReadingStore
from collector.summarise.library import Library


class Held(Protocol):
    """Settings, store, state and library."""

    @property
    def settings(self) -> CollectorSettings:
        """The settings it was opened with."""
        ...

    @property
    def store(self) -> ReadingStore:
        """Readings and totals."""
        ...

    @property
    def state(self) -> CollectorState:
        """What it notes for itself."""
        ...

    @property
    def library(self) -> Library:
        """Factors and tariffs."""
        ...


def site_named(settings: CollectorSettings, name: str) -> SiteSettings:
    """The site of that id. Raises ``CollectorError`` with the ids there are."""
    for site in settings.sites:
        if site.id == name:
            return site
    known = ", ".join(site.id for site in settings.sites)
    raise CollectorError(f"there is no site {name} in the settings", f"write one of: {known}")
