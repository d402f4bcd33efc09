"""Plants with a store of totals, for tests of reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from collector import config
from collector.reporting.sources import Sources
from tests.collector.plant_year import plant_year

FIRST, END = date(2025, 4, 1), date(2025, 7, 1)


class At:
    """A clock that stands still."""

    def __init__(self, *utc: int) -> None:
        year, month, day, hour = utc
        self.at = datetime(year, month, day, hour, tzinfo=UTC)

    def now_ms(self) -> int:
        """UTC now, milliseconds since 1970."""
        return round(self.at.timestamp() * 1000)


def quarter(folder: Path) -> Path:
    """The settings of a plant with totals from April to June 2025."""
    return plant_year(folder, first=FIRST, end=END)


@contextmanager
def sources(path: Path, *utc: int) -> Iterator[Sources]:
    """The sources of the settings, read at that hour (UTC)."""
    with Sources.open(config.load(path), At(*(utc or (2025, 7, 1, 0)))) as found:
        yield found
