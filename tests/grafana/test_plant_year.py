"""The boards of one site over a simulated plant-year whose figures the product itself made.

Thirteen months of totals and the figures made of them are copied from the embedded store into a
real InfluxDB; then every target is asked. What they have no source for (live demand, silence,
momentary values) is named here; nothing else may be empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from collector import config
from collector.boards.shipped import board_texts
from collector.boards.stamp import stamped
from collector.figures.again import mark_again
from collector.figures.station import run_once
from collector.rollup.periods import Window
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period
from collector.site_config import SiteSettings
from collector.state import open_state
from collector.storage import open_store
from collector.storage.figure_schema import FIGURE_FIELDS
from collector.storage.influx import InfluxStore
from collector.storage.port import ReadingStore
from collector.storage.schema import (
    AMOUNT_MEASUREMENTS,
    ENERGY_30M,
    READING,
    SHORT_LIVED,
)
from collector.summarise.library import library_of
from tests.collector.plant_year import plant_year
from tests.grafana.built_boards import scope
from tests.grafana.rendering import Json, Panel
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services
RAW, TOTALS = "year_raw", "year_totals"
ZONE = ZoneInfo("Asia/Tokyo")
FIRST, END = date(2025, 4, 1), date(2026, 5, 1)
NOW = datetime(2026, 4, 30, 23, 50, tzinfo=ZONE)
FROM_MS, APRIL_MS, TO_MS = 1_743_433_200_000, 1_774_969_200_000, 1_777_561_200_000
"""When the months, this fiscal year and the day after them begin at the plant."""
SOURCELESS = {
    READING, *SHORT_LIVED, "completeness", "grid_intensity", "power_quality_30m", "energy_1sd",
    "amount_1sd", "invoice_1bm", "closed_account",
}  # fmt: skip
"""Measurements of which a year of totals has none: live ones, and days by shift."""
SELDOM = {"Demand (estimated)", "Above contract power"}
"""Marks of single slots, which the shown days may lack; the small plant has them."""
OWN_SETTINGS = """
demand_target_kw = 190
[sites.target]
base_t = 300.0
[sites.calendar]"""


PERIODS: tuple[Period, ...] = ("30m", "1d", "1mo", "1bm", "1fy")


@dataclass(frozen=True)
class Clock:
    """A clock that stands at ``NOW``."""

    def now_ms(self) -> int:
        """Answer always the same instant."""
        return int(NOW.timestamp() * 1000)


@dataclass(frozen=True)
class Year:
    """The plant-year in InfluxDB, its settings, and the store it came from."""

    server: InfluxServer
    site: SiteSettings
    store: ReadingStore

    def ask(self, panel: Panel, target: Json) -> list[Json]:
        """The series that InfluxDB answers a target."""
        bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
        return self.server.query(bucket, panel.render(target))

    def sums(self, period: Period, field: str, from_ms: int = FROM_MS) -> dict[int, float]:
        """The site's totals of a period by their start, out of the embedded store."""
        totals = self.store.read_totals(self.site.id, SITE_METER, period, from_ms, TO_MS)
        return {one.start_ms: getattr(one, field) for one in totals}

    def panels(self, uid: str = "") -> Iterator[Panel]:
        """Every asking panel of the site's English boards, or of one board."""
        for board in board_texts("en"):
            if scope(board) == "site" and board["uid"].startswith(uid):
                own = stamped(board, self.site)
                for body in own["panels"]:
                    if body["type"] not in ("row", "text"):
                        yield Panel(own, body, NOW, picked(own))

    def panel(self, uid: str, title: str) -> Panel:
        """One panel of one board."""
        return next(one for one in self.panels(uid) if one.body["title"] == title)

    def points(self, uid: str, title: str, ref: int = 0) -> dict[int, float]:
        """A series' values by instant."""
        panel = self.panel(uid, title)
        (series,) = self.ask(panel, panel.body["targets"][ref])
        return {row[0]: row[1] for row in series["values"]}


def picked(board: Json) -> dict[str, str]:
    """What a reader picks: another meter, and the variables that only a Grafana fills."""
    variables = board["templating"]["list"]
    asked = {one["name"]: SITE_METER for one in variables if one["type"] == "query"}
    return {**asked, "other": "press"}


@pytest.fixture(scope="module")
def year(influx: InfluxServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The year, its figures made by the station, copied into buckets of our own."""
    folder = tmp_path_factory.mktemp("year")
    path = plant_year(folder, circuits=1, first=FIRST, end=END)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[sites.calendar]", OWN_SETTINGS, 1), encoding="utf-8")
    settings = config.load(path)
    (site,) = settings.sites
    store, state = open_store(settings.store), open_state(settings.collector.state_dir)
    store.check()
    mark_again(store, state.stale_figures, site, Window(FROM_MS, TO_MS))
    run_once(store, state.stale_figures, settings.sites, library_of(settings), Clock())
    state.database.close()
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)
    _copied(store, influx, site)
    yield Year(influx, site, store)
    store.close()
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)


def _copied(store: ReadingStore, influx: InfluxServer, site: SiteSettings) -> None:
    into = InfluxStore(
        url=influx.url, org=influx.org, token=influx.token,
        bucket_raw=RAW, bucket_totals=TOTALS, raw_retention_days=36_500,
    )  # fmt: skip
    into.check()
    for meter in (SITE_METER, UNMEASURED_METER, *(one.id for one in site.meters)):
        for period in PERIODS:
            into.write_totals(list(store.read_totals(site.id, meter, period, 0, TO_MS)))
        for name in (*FIGURE_FIELDS, *AMOUNT_MEASUREMENTS.values()):
            into.write_rows(list(store.read_rows(name, site.id, meter, 0, TO_MS)))
    into.close()


def test_every_target_with_a_source_finds_values(year: Year) -> None:
    """Every panel of every board of a site shows what the product made of the year."""
    empty = []
    for panel in year.panels():
        for target in panel.body["targets"]:
            if not any(f'"{name}"' in target["query"] for name in SOURCELESS):
                rows = [row for found in year.ask(panel, target) for row in found["values"]]
                known = any(cell is not None for row in rows for cell in row[1:])
                if not known and target["alias"] not in SELDOM:
                    empty.append((panel.board["uid"], panel.body["title"], target["alias"]))
    assert empty == []


def test_months_of_energy_are_the_sum_of_all_slots(year: Year) -> None:
    """Thirteen bars and 18,950 slots are one figure."""
    panel = year.panel("mieruka-energy", "Energy per month (13 months)")
    (series,) = year.ask(panel, panel.body["targets"][0])
    bars = [kwh for _, _, kwh, _ in series["values"]]
    slots = year.sums("30m", "kwh")
    assert len(slots) == 18_950
    assert sum(bars) == pytest.approx(sum(slots.values()))


def test_monthly_peaks_are_the_highest_slots(year: Year) -> None:
    """Each month's bar on Demand is the highest of its slots, by the local calendar."""
    highest: dict[date, float] = {}
    for at, kw in year.sums("30m", "peak_kw").items():
        month = datetime.fromtimestamp(at / 1000, tz=ZONE).date().replace(day=1)
        highest[month] = max(kw, highest.get(month, 0.0))
    bars = year.points("mieruka-demand", "Monthly peak demand (12 months)")
    months = {datetime.fromtimestamp(at / 1000, tz=ZONE).date(): kw for at, kw in bars.items()}
    newest = sorted(highest)[-12:]
    assert months == pytest.approx({month: highest[month] for month in newest})


def test_the_year_agrees_on_energy_and_co2(year: Year) -> None:
    """The fiscal year's figures are the days' sums: kWh, and tonnes by each method."""
    kwh = year.points("mieruka-energy", "Energy this fiscal year")
    assert list(kwh.values()) == pytest.approx([sum(year.sums("1d", "kwh", APRIL_MS).values())])
    for title, field in (
        ("Location-based", "co2_location_kg"),
        ("Adjusted factor", "co2_adjusted_kg"),
    ):
        tonnes = year.points("mieruka-co2", title)
        expected = sum(year.sums("1d", field, APRIL_MS).values()) / 1000
        assert list(tonnes.values()) == pytest.approx([expected])


def test_no_raw_slot_is_left_out(year: Year) -> None:
    """What was copied is what was in the embedded store."""
    text = f'SELECT count("kwh") FROM "{ENERGY_30M}" WHERE "meter" = \'{SITE_METER}\''
    ((_, count),) = year.server.query(TOTALS, text)[0]["values"]
    assert count == len(year.sums("30m", "kwh"))
