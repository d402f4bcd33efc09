"""Times every query of every board over 100 meters and a year, on a real InfluxDB.

Rows are written by the schema at the pace the collector writes them; their values do not matter.
Each query is asked as Grafana renders it, three times; its time is the middle one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from zoneinfo import ZoneInfo

from collector.boards.shipped import board_texts
from collector.boards.stamp import stamped, stamped_fleet
from collector.rollup.totals import SITE_METER, UNMEASURED_METER
from collector.site_config import SiteSettings
from collector.storage import figure_schema as figures
from collector.storage import schema
from collector.storage.influx import InfluxStore
from tests.grafana.built_boards import asking, scope
from tests.grafana.rendering import Json, Panel
from tests.services.influx import InfluxServer, start_influx

METERS, DAYS = 100, 365
WITHIN_MS = 300.0
RAW, TOTALS = "bench_raw", "bench_totals"
ZONE = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 31, 13, 10, 5, tzinfo=ZONE)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0)
A_DAY, SLOT = timedelta(days=1), timedelta(minutes=30)
LINES = 20_000
CIRCUITS = tuple(f"circuit{number:03d}" for number in range(1, METERS))
SITE = SiteSettings.model_validate(
    {
        "id": "sendai", "name": "Sendai", "time_zone": "Asia/Tokyo", "contract_power_kw": 5000.0,
        "demand_target_kw": 4800.0, "grid_area": "jp-02",
        "meters": [
            {"id": "main", "name": "Intake"},
            *({"id": name, "parent": "main"} for name in CIRCUITS),
        ],
    }
)  # fmt: skip
EVERY = (SITE_METER, UNMEASURED_METER, "main", *CIRCUITS)
MADE = ("pieces",)


@dataclass(frozen=True, slots=True)
class Timing:
    """One board: how many queries, and their times in ms."""

    board: str
    times_ms: tuple[float, ...]
    slowest: str

    def markdown(self) -> str:
        """The board as a table row."""
        high = quantiles(self.times_ms, n=20, method="inclusive")[-1]
        kept = "yes" if high <= WITHIN_MS else "NO"
        times = f"{median(self.times_ms):.0f} | {high:.0f} | {max(self.times_ms):.0f}"
        return f"| {self.board} | {len(self.times_ms)} | {times} | {self.slowest} | {kept} |"


def timings() -> Iterator[Timing]:
    """Every board in English, then all queries together."""
    with tempfile.TemporaryDirectory() as name:
        server = start_influx(Path(name))
        try:
            _fill(server)
            found = [_timed(server, board) for board in _boards()]
        finally:
            server.kill()
    yield from found
    together = tuple(took for one in found for took in one.times_ms)
    yield Timing("all", together, max(found, key=lambda one: max(one.times_ms)).slowest)


def _boards() -> Iterator[Json]:
    for board in board_texts("en"):
        yield stamped(board, SITE) if scope(board) == "site" else stamped_fleet(board, [SITE])


def _timed(server: InfluxServer, board: Json) -> Timing:
    times: dict[str, float] = {}
    for body in asking(board):
        for number, target in enumerate(body["targets"]):
            times[f"{body['title']} {number}"] = _middle_ms(server, board, body, target)
    slowest = max(times, key=lambda name: times[name])
    return Timing(str(board["title"]), tuple(times.values()), slowest)


def _middle_ms(server: InfluxServer, board: Json, body: Json, target: Json) -> float:
    picked = {"product": MADE[0], "meter": SITE_METER, "other": "main"}
    text = Panel(board, body, NOW, picked).render(target)
    bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
    found = []
    for _ in range(3):
        begun = time.perf_counter()
        server.query(bucket, text)
        found.append((time.perf_counter() - begun) * 1000)
    return median(found)


def _fill(server: InfluxServer) -> None:
    store = InfluxStore(
        url=server.url, org=server.org, token=server.token,
        bucket_raw=RAW, bucket_totals=TOTALS, raw_retention_days=36_500,
    )  # fmt: skip
    store.check()
    store.close()
    for bucket, lines in ((TOTALS, _kept()), (RAW, _live())):
        waiting: list[str] = []
        for line in lines:
            waiting.append(line)
            if len(waiting) >= LINES:
                server.write(bucket, "\n".join(waiting))
                waiting.clear()
        server.write(bucket, "\n".join(waiting))


def _kept() -> Iterator[str]:
    total = dict.fromkeys(("kwh", "estimated_kwh", "coverage", "peak_kw"), float)
    longer = {name: str if name in schema.TEXT_FIELDS else float for name in schema.TOTAL_FIELDS}
    slots = _instants(SLOT, DAYS * 48)
    days, months = _instants(A_DAY, DAYS), _months()
    yield from _lines(schema.ENERGY_30M, EVERY, slots, total)
    yield from _lines(figures.POWER_QUALITY_30M, EVERY[2:], slots[-48 * 60 :])
    yield from _lines(figures.TYPICAL_SLOT, (SITE_METER, *CIRCUITS[:10]), slots)
    for name in (schema.ENERGY_1D, schema.ENERGY_1SD):
        yield from _lines(name, EVERY, days, longer)
    for name in (figures.DAY_FIGURES, figures.LOAD_DAY, schema.COMPLETENESS):
        yield from _lines(name, EVERY, days)
    for name in (schema.ENERGY_1MO, schema.ENERGY_1BM, schema.ENERGY_1FY):
        yield from _lines(name, EVERY, months[-1:] if name == schema.ENERGY_1FY else months, longer)
    yield from _lines(figures.MONTH_FIGURES, EVERY, months)
    yield from _lines(figures.FISCAL_FIGURES, EVERY, months[:1])
    yield from _lines(figures.BILL_LINES_1BM, (SITE_METER,), months)
    for name, starts, count in (
        (figures.LOAD_DURATION_1MO, months, 101),
        (figures.LOAD_DURATION_1FY, months[:1], 101),
        (figures.PEAK_RANK_1MO, months, 21),
        (figures.PEAK_RANK_1FY, months[:1], 21),
    ):
        whose = (SITE_METER,) if count == 21 else EVERY
        seconds = [at + 1000 * n for at in starts for n in range(count)]
        yield from _lines(name, whose, seconds)
    yield from _lines(figures.INTENSITY_1D, MADE, days)
    yield from _lines(figures.INTENSITY_1MO, MADE, months)
    for period, starts in (("1d", days), ("1sd", days), ("1mo", months)):
        yield from _lines(schema.AMOUNT_MEASUREMENTS[period], MADE, starts)
    yield from _lines(schema.GRID_INTENSITY, ("_grid",), slots[::2], site="jp-02")


def _live() -> Iterator[str]:
    minutes = [_ms(NOW.replace(second=0)) - 60_000 * n for n in range(2 * 1440)]
    yield from _lines(schema.STALENESS, (*EVERY[2:], "_collector_hq"), minutes)
    yield from _lines(figures.DEMAND_NOW, (SITE_METER,), minutes)
    yield from _lines(figures.AGENT_STATE, ("_agent_gw1", "_agent_gw2"), minutes)
    slots = _instants(SLOT, 48)
    yield from _lines(figures.TYPICAL_DAY, EVERY, slots)
    read = dict.fromkeys(("active_power_w", "active_energy_import_wh"), float)
    polls = [_ms(NOW) - 10_000 * n for n in range(1, 8640)]
    yield from _lines(schema.READING, EVERY[2:], polls, read)


def _lines(
    name: str,
    meters: Sequence[str],
    instants: Sequence[int],
    fields: Mapping[str, type] | None = None,
    site: str = SITE.id,
) -> Iterator[str]:
    named = schema.ROW_FIELDS[name] if fields is None else fields
    texts = ",".join(f'{key}="ok"' for key, kind in named.items() if kind is str)
    numbers = [key for key, kind in named.items() if kind is float]
    for meter in meters:
        tags = f"{name},meter={meter},site={site} "
        for number, at in enumerate(instants):
            value = 10.0 + number % 97
            values = ",".join(f"{key}={value}" for key in numbers)
            yield f"{tags}{','.join(part for part in (values, texts) if part)} {at}"


def _instants(step: timedelta, count: int) -> list[int]:
    newest = MIDNIGHT if step == A_DAY else MIDNIGHT + A_DAY - SLOT
    return [_ms(newest - step * n) for n in range(count - 1, -1, -1)]


def _months() -> list[int]:
    april = datetime(2025, 4, 1, tzinfo=ZONE)
    names = [(april.year + (3 + n) // 12, (3 + n) % 12 + 1) for n in range(12)]
    return [_ms(april.replace(year=year, month=month)) for year, month in names]


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
