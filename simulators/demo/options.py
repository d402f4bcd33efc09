"""What a person may ask of the demo, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """A load-profile file to replay instead of the built-in plant."""

    path: Path
    time_column: str
    energy_column: str | None
    power_column: str | None
    label: Literal["start", "end"]
    time_zone: str
    region: str
    supplier: str
    menu: str


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """One run of the demo. ``every_s`` is the poll interval of the replayed past; None: as fits."""

    days: int
    live_s: float
    out: Path
    every_s: int | None
    plant: str
    csv: CsvOptions | None
    broker: str | None
    influx: str | None
    influx_org: str
    influx_token: str
    grafana: str | None
    grafana_token: str


@dataclass(frozen=True, slots=True)
class Span:
    """The replayed past: UTC ms, polled at both ends and every ``every_s`` seconds between."""

    from_ms: int
    to_ms: int
    every_s: int

    @property
    def instants(self) -> range:
        """The instants of the polls, UTC ms."""
        return range(self.from_ms, self.to_ms + 1, self.every_s * 1000)


def past_days(days: int, zone: ZoneInfo, now_ms: int, every_s: int) -> Span:
    """From local midnight ``days`` days ago to the last whole poll instant before now."""
    today = datetime.fromtimestamp(now_ms / 1000, zone).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    start = int((today - timedelta(days=days)).timestamp() * 1000)
    step = every_s * 1000
    return Span(start, now_ms // step * step, every_s)
