"""The small plant in a real InfluxDB, written once for all tests of board queries."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.storage.influx import InfluxStore
from tests.grafana.asking import RAW, TOTALS
from tests.grafana.plant_figures import seed_all
from tests.services.influx import InfluxServer


@pytest.fixture(scope="session")
def plant_influx(influx: InfluxServer) -> Iterator[InfluxServer]:
    """Fill two buckets of our own with the plant."""
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)
    store = InfluxStore(
        url=influx.url, org=influx.org, token=influx.token,
        bucket_raw=RAW, bucket_totals=TOTALS, raw_retention_days=36_500,
    )  # fmt: skip
    store.check()
    seed_all(store)
    store.close()
    yield influx
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)
