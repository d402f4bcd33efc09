"""A small plant for tests, with one meter per profile or all on one link, at a fixed instant."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from simulators.electricity import Supply
from simulators.load import MinuteLoad, ShapedLoad
from simulators.plant import Link, LinkKind, Plant, PlantMeter, Site
from simulators.shapes import SHAPES
from simulators.shapes.day import Calendar, Hours

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY_MS = int(datetime(2026, 11, 16, tzinfo=TOKYO).timestamp() * 1000)
HOUR_MS = 3_600_000
SITE = Site("works", "工場", "Works", "Asia/Tokyo")


@dataclass
class HandClock:
    """A clock that stands until a test moves it."""

    at_ms: int = field(default=MONDAY_MS + 10 * HOUR_MS)

    def now_ms(self) -> int:
        """UTC ms."""
        return self.at_ms


def shaped(shape: str = "machine", peak_kw: float = 50.0, seed: int = 7) -> MinuteLoad:
    """A load of that shape that starts on Monday, local midnight."""
    load = ShapedLoad(SHAPES[shape], peak_kw, base_kw=1.0, noise=0.1, seed=seed)
    return MinuteLoad(load, Calendar(), Hours(), TOKYO, MONDAY_MS)


def meter(profile: str, **facts: object) -> PlantMeter:
    """A meter of that profile on link ``line``, unit 1, with some history on its counter."""
    plain = PlantMeter("m1", "計器", "Meter", "line", 1, profile, start_wh=123_456_789.0)
    return replace(plain, **facts)  # type: ignore[arg-type]


def plant(
    *meters: PlantMeter,
    kind: LinkKind = "tcp",
    baud: int = 38_400,
    peak_kw: float = 50.0,
    **link: object,
) -> Plant:
    """A plant of these meters on one link, each with a machine's load of its own.

    ``link`` are further facts of the link.
    """
    loads = {m.id: shaped(peak_kw=peak_kw, seed=index) for index, m in enumerate(meters)}
    links = (Link("line", kind, baud=baud, **link),)  # type: ignore[arg-type]
    return Plant(SITE, Supply(), links, meters, loads, MONDAY_MS)
