"""The portfolio over a season whose figures the product itself made, in a real InfluxDB.

The boards of one site are asked so in ``test_plant_year``; here the rows are made by the station
too, so that the board over many sites cannot ask for something the station never says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from collector.boards.stamp import stamped_fleet
from collector.rollup.totals import PERIODS, SITE_METER
from collector.storage.influx import InfluxStore
from collector.storage.port import Row
from tests.collector.figures.season import FIRST, FOREVER, Season
from tests.grafana.rendering import Panel
from tests.grafana.wide_boards import shipped
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services
RAW, TOTALS = "season_raw", "season"
NOT_THERE = {"Completeness (worst day)", "Completeness by day (31 days)", "Against last year"}
"""Panels about arrivals and a year before, which a season of totals has not."""


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """Four months with every figure made."""
    made = Season.open(tmp_path_factory.mktemp("season"))
    made.mark_all()
    made.run()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(season: Season, influx: InfluxServer) -> Iterator[InfluxServer]:
    """The season's totals and figures, copied from store to store."""
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)
    store = InfluxStore(
        url=influx.url, org=influx.org, token=influx.token,
        bucket_raw=RAW, bucket_totals=TOTALS, raw_retention_days=36_500,
    )  # fmt: skip
    store.check()
    found = season.rows().items()
    site = season.site.id
    store.write_rows([Row(name, site, meter, at, row) for (name, meter, at), row in found])
    for meter in season.meters:
        for period in set(PERIODS) - {"15m", "30m"}:
            store.write_totals(season.store.read_totals(site, meter, period, 0, FOREVER))
    store.close()
    yield influx
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)


def test_portfolio_shows_what_the_station_made(server: InfluxServer, season: Season) -> None:
    """On the season's last evening each panel knows something; energy is the days' own."""
    now = datetime(2025, 7, 31, 20, tzinfo=season.site.zone)
    board = stamped_fleet(shipped("mieruka-portfolio", "en"), [season.site])
    empty, figures = set(), {}
    for body in board["panels"]:
        for target in body.get("targets", ()):
            bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
            series = server.query(bucket, Panel(board, body, now).render(target))
            cells = [cell for one in series for row in one["values"] for cell in row[1:]]
            figures[body["title"]] = cells
            if all(cell is None for cell in cells):
                empty.add(body["title"])
    assert empty == NOT_THERE
    july, end = date(2025, 7, 1), date(2025, 8, 1)
    kwh = sum(one.kwh for one in season.totals(SITE_METER, "1d", july, end))
    assert figures["Energy this month"] == [pytest.approx(kwh)]
    co2_kg = sum(one.co2_kg or 0 for one in season.totals(SITE_METER, "1d", FIRST, end))
    assert figures["CO2 this fiscal year"] == [pytest.approx(co2_kg / 1000)]
