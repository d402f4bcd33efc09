"""Files of temperatures taken in as a site's weather, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from collector.commands.weather import Rows
from collector.errors import CollectorError
from collector.frames import Store
from collector.imports.slots import Slot, SlotFile
from collector.imports.taking_in import Origin
from collector.imports.weather_taking_in import WeatherShelf
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings
from collector.state.database import StateDatabase
from collector.state.imported import ImportLedger
from collector.storage.port import Row
from collector.storage.schema import WEATHER, WEATHER_METER
from collector.storage.sqlite import SqliteStore

SITE = SiteSettings(id="sendai", time_zone="Asia/Tokyo")
DAY = date(2026, 4, 1), date(2026, 4, 2)
MIDNIGHT_MS = midnight_ms(SITE.zone, DAY[0])
HOUR_MS = 3_600_000


class Desk:
    """A real store and a real ledger."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "store.sqlite")
        self.store.check()
        self.database = StateDatabase(folder / "state.sqlite")
        self.shelf = WeatherShelf(Rows(self.store), ImportLedger(self.database), WEATHER_METER)

    def take(self, digest: str, *degrees: float, first_hour: int = 0, replace: bool = False) -> int:
        """Take hourly temperatures in; answers the import's id, 0 when nothing was to be taken."""
        slots = tuple(
            Slot(
                MIDNIGHT_MS + hour * HOUR_MS,
                MIDNIGHT_MS + (hour + 1) * HOUR_MS,
                round(c * 1000),
                hour + 2,
            )
            for hour, c in enumerate(degrees, first_hour)
        )
        origin = Origin("data.csv", digest, "weather", "sato", 1)
        taken = self.shelf.take_in("sendai", SlotFile("data.csv", slots), origin, replace=replace)
        return taken.import_id or 0

    def temperatures(self) -> dict[int, float]:
        """What the frames hold, in the order of the hours."""
        found = Store(self.store, [SITE]).temperature_c("sendai", *DAY)
        return {} if found is None else dict(enumerate(found.dropna()))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Nothing taken in yet."""
    made = Desk(tmp_path)
    yield made
    made.store.close()
    made.database.close()


def test_temperatures_reach_the_frames(desk: Desk) -> None:
    """What was taken in is the weather of the site, by the hour."""
    desk.take("a", 4.5, -0.3)
    assert desk.temperatures() == {0: 4.5, 1: -0.3}


def test_the_mean_of_a_day_stands_for_each_of_its_hours(desk: Desk) -> None:
    """Models of a day's weather need whole days, however the file was kept."""
    day = Slot(MIDNIGHT_MS, MIDNIGHT_MS + 24 * HOUR_MS, 9100, 2)
    origin = Origin("days.csv", "d", "weather", "sato", 1)
    desk.shelf.take_in("sendai", SlotFile("days.csv", (day,)), origin)
    assert desk.temperatures() == dict.fromkeys(range(24), 9.1)


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    """The second time says that all stands already."""
    desk.take("a", 4.5, 4.0)
    before = desk.store.read_rows(WEATHER, "sendai", WEATHER_METER, 0, 2**50)
    assert desk.take("a", 4.5, 4.0) == 0
    assert desk.store.read_rows(WEATHER, "sendai", WEATHER_METER, 0, 2**50) == before
    assert len(desk.shelf.ledger.list("sendai")) == 1


def test_other_values_are_refused_unless_asked_for(desk: Desk) -> None:
    """Line and both temperatures are said; --replace lets the later file stand."""
    desk.take("a", 4.5, 4.0)
    with pytest.raises(CollectorError, match=r"1 time stands .* line 3: 9 °C where 4 °C stands"):
        desk.take("b", 9.0, 8.0, first_hour=1)
    assert desk.take("b", 9.0, 8.0, first_hour=1, replace=True) == 2
    assert desk.temperatures() == {0: 4.5, 1: 9.0, 2: 8.0}


def test_taking_back_restores_what_stood(desk: Desk) -> None:
    """The earlier file stands again; what no file tells any more is unknown, not zero."""
    desk.take("a", 4.5, 4.0)
    desk.take("b", 9.0, 8.0, first_hour=1, replace=True)
    assert desk.shelf.undo(2, "suzuki", 5) == "sendai"
    assert desk.temperatures() == {0: 4.5, 1: 4.0}
    desk.shelf.undo(1, "suzuki", 6)
    assert desk.temperatures() == {}
    with pytest.raises(CollectorError, match="import 1 was taken back before"):
        desk.shelf.undo(1, "suzuki", 7)
    with pytest.raises(CollectorError, match="import 9 is no weather"):
        desk.shelf.undo(9, "suzuki", 7)


def test_taken_back_and_taken_in_again(desk: Desk) -> None:
    """An hour that was taken back can be told again by another file."""
    desk.take("a", 4.5)
    desk.shelf.undo(1, "suzuki", 5)
    desk.take("b", 7.0)
    assert desk.temperatures() == {0: 7.0}


def test_temperatures_of_another_source_are_not_mixed_with(desk: Desk) -> None:
    """Rows that came from no file belong to something else, and are kept."""
    fields: dict[str, float | str] = {
        "temperature_c": 1.0, "duration_s": 3600.0, "source": "station",
    }  # fmt: skip
    desk.store.write_rows([Row(WEATHER, "sendai", WEATHER_METER, MIDNIGHT_MS, fields)])
    with pytest.raises(CollectorError, match="has temperatures that came from no file"):
        desk.take("a", 4.5)
    assert desk.temperatures() == {0: 1.0}
