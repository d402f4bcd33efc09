"""The figures of the season on a real InfluxDB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.rollup.totals import PERIODS, UNMEASURED_METER
from collector.storage.schema import AMOUNT_MEASUREMENTS
from tests.collector.figures.season import FOREVER, PIECES, Season
from tests.collector.storage.backends import InfluxBackend
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services


@pytest.fixture
def there(season: Season, influx: InfluxServer, tmp_path: Path) -> Iterator[Season]:
    """The season's totals in InfluxDB, every day marked, no figure made."""
    backend = InfluxBackend(influx)
    made = Season.open(tmp_path)
    made.store.close()
    made.store = backend.open()
    made.store.check()
    for meter in (*season.meters, UNMEASURED_METER):
        for period in PERIODS:
            totals = season.store.read_totals(season.site.id, meter, period, 0, FOREVER)
            made.store.write_totals(totals)
    for measurement in AMOUNT_MEASUREMENTS.values():
        rows = season.store.read_rows(measurement, season.site.id, PIECES, 0, FOREVER)
        made.store.write_rows(rows)
    made.mark_all()
    yield made
    made.close()
    backend.drop()


def test_every_figure_is_that_of_the_embedded_store(season: Season, there: Season) -> None:
    """To the last digit; made again with less known, nothing stale is left."""
    there.run()
    assert there.rows() == season.rows()
    kept = there.site.model_copy(update={"contract_power_kw": None})
    there.settings = there.settings.model_copy(update={"sites": (kept,)})
    there.mark_all()
    there.run()
    expected = {
        key: {name: value for name, value in fields.items() if name != "contract_kw"}
        for key, fields in season.rows().items()
    }
    assert there.rows() == expected
