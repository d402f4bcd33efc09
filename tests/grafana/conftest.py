"""The plants of the boards' queries in real InfluxDBs, each written once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.grafana import asking, two_plants_stored, wide_boards
from tests.grafana.older_influx import OlderInflux, older_influx, writer
from tests.grafana.plant_figures import seed_all
from tests.grafana.wide_boards import Asker
from tests.services.influx import InfluxServer


@pytest.fixture(scope="session")
def plant_influx(influx: InfluxServer) -> Iterator[InfluxServer]:
    """Fill two buckets of our own with the small plant."""
    buckets = asking.RAW, asking.TOTALS
    for bucket in buckets:
        influx.drop_bucket(bucket)
    store = writer(influx, *buckets)
    store.check()
    seed_all(store)
    store.close()
    yield influx
    for bucket in buckets:
        influx.drop_bucket(bucket)


@pytest.fixture(scope="session")
def asker(influx: InfluxServer) -> Iterator[Asker]:
    """Fill two buckets of our own with the two plants."""
    buckets = wide_boards.RAW, wide_boards.TOTALS
    for bucket in buckets:
        influx.drop_bucket(bucket)
    store = writer(influx, *buckets)
    store.check()
    two_plants_stored.seed(store)
    store.close()
    yield Asker(influx)
    for bucket in buckets:
        influx.drop_bucket(bucket)


@pytest.fixture(scope="session")
def influx_18(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OlderInflux]:
    """An InfluxDB 1.8 with the same plants; skips where there is none."""
    server = older_influx(tmp_path_factory.mktemp("influx18"))
    for place, seed in ((asking, seed_all), (wide_boards, two_plants_stored.seed)):
        for database in (place.RAW, place.TOTALS):
            server.database(database)
        store = writer(server, place.RAW, place.TOTALS)
        seed(store)
        store.close()
    yield server
    server.kill()
