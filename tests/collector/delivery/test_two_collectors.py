"""Two collectors with a state each and one store: what they tell of days, holes and themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.delivery.counted import Member
from collector.delivery.rounds import DeliveryRounds, RoundsReport
from collector.delivery.silence import Heartbeat
from collector.storage.schema import COMPLETENESS, STALENESS
from edge_agent.contract.wire import Resend
from tests.collector.delivery.plant import DAY_MS, MIDNIGHT_MS, MINUTE_MS, NOON_MS, Plant

EVEN = range(MIDNIGHT_MS, NOON_MS, 2 * MINUTE_MS)
ODD = range(MIDNIGHT_MS + MINUTE_MS, NOON_MS, 2 * MINUTE_MS)
ALL = range(MIDNIGHT_MS, NOON_MS, MINUTE_MS)


class Side:
    """One of the collectors: its state, and the rounds it makes."""

    def __init__(self, folder: Path, name: str, group: str) -> None:
        self.plant, self.name = Plant(folder / name), name
        self.plant.born("press")
        self.asked: list[Resend] = []
        self._member = Member(name, group)

    def onto(self, other: Side) -> None:
        """Use the other's store."""
        self.plant.store.close()
        self.plant.store = other.plant.store

    def ready(self) -> None:
        """Make the rounds, on the store there is now."""
        plant = self.plant
        self._rounds = DeliveryRounds(
            *(plant.store, plant.state, plant.sites, self._ask, plant.clock), self._member
        )

    def _ask(self, resend: Resend) -> bool:
        self.asked.append(resend)
        return True

    def round(self, at_ms: int = NOON_MS) -> RoundsReport:
        """Make a round at the instant."""
        self.plant.clock.at_ms = at_ms
        return self._rounds.run(Heartbeat(self.name, True, at_ms))


def pair(folder: Path, group: str) -> tuple[Side, Side]:
    """Two collectors on one store."""
    for name in ("a", "b"):
        (folder / name).mkdir()
    first, second = Side(folder, "a", group), Side(folder, "b", group)
    second.onto(first)
    first.ready()
    second.ready()
    return first, second


@pytest.fixture(params=["", "plant"], ids=["plain", "group"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """Two plain collectors, or two in one group."""
    made = pair(tmp_path, request.param)
    yield made
    for side in made:
        side.plant.close()


@pytest.fixture
def group(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """Two collectors in one group."""
    made = pair(tmp_path, "plant")
    yield made
    for side in made:
        side.plant.close()


def counted(side: Side) -> tuple[float, ...]:
    """Expected, on time, late and gap of the day in the store."""
    row = side.plant.rows(COMPLETENESS)[MIDNIGHT_MS]
    return tuple(float(row[name]) for name in ("expected", "on_time", "late", "gap"))


def test_a_group_that_divides_a_day_has_all_of_it_on_time(group: tuple[Side, Side]) -> None:
    """Whichever writes last has counted what the other one got."""
    first, second = group
    first.plant.send(EVEN)
    second.plant.send(ODD)
    first.round()
    second.round()
    assert counted(first) == (705, 705, 0, 0)
    midnight = MIDNIGHT_MS + DAY_MS + 20 * MINUTE_MS
    first.plant.send(range(NOON_MS, MIDNIGHT_MS + DAY_MS, 2 * MINUTE_MS))
    second.plant.send(range(NOON_MS + MINUTE_MS, MIDNIGHT_MS + DAY_MS, 2 * MINUTE_MS))
    first.round(midnight)
    second.round(midnight)
    assert counted(first) == (1440, 1440, 0, 0)


def test_late_readings_of_a_group_are_late(group: tuple[Side, Side]) -> None:
    """What one member got late is late in the whole."""
    first, second = group
    first.plant.send(EVEN)
    second.plant.send(ODD, arrived_ms=NOON_MS)
    first.round()
    second.round()
    assert counted(first) == (705, 353, 352, 0)


def test_two_that_get_everything_count_it_once(tmp_path: Path) -> None:
    """One was down in the morning and got it late: it did come on time, to the other."""
    first, second = pair(tmp_path, "")
    first.plant.send(ALL)
    second.plant.send(ALL[: 6 * 60], arrived_ms=NOON_MS)
    second.plant.send(ALL[6 * 60 :])
    first.round()
    second.round()
    assert counted(first) == (705, 705, 0, 0)
    for side in (first, second):
        side.plant.close()


def test_a_member_of_a_group_asks_for_nothing(group: tuple[Side, Side]) -> None:
    """What went to the other is no hole; agents send unreceipted readings by themselves."""
    first, _ = group
    first.plant.state.received.add("pi-1", "e1", [(1, 10), (21, 30), (41, 50)])
    for minute in range(0, 120, 5):
        report = first.round(NOON_MS + minute * MINUTE_MS)
    assert first.asked == []
    assert report.holes == 0


def test_a_plain_one_asks_until_the_numbers_are_accounted_for(tmp_path: Path) -> None:
    """What the agent sends again reaches it, stored already or not, and ends the asking."""
    first, second = pair(tmp_path, "")
    second.plant.state.received.add("pi-1", "e1", [(1, 10), (21, 30)])
    second.round()
    assert second.round(NOON_MS + 10 * MINUTE_MS).holes == 1
    assert second.asked == [Resend("pi-1", "e1", 11, 20)]
    second.plant.state.received.add("pi-1", "e1", [(11, 20)])
    assert second.round(NOON_MS + DAY_MS).holes == 0
    assert len(second.asked) == 1
    for side in (first, second):
        side.plant.close()


def test_each_collector_has_a_row_of_its_own(sides: tuple[Side, Side]) -> None:
    """One that is down is seen to be down though the other lives."""
    first, second = sides
    first.round()
    second.round()
    second.round(NOON_MS + MINUTE_MS)
    assert list(first.plant.rows(STALENESS, "_collector_a")) == [NOON_MS]
    assert list(first.plant.rows(STALENESS, "_collector_b")) == [NOON_MS, NOON_MS + MINUTE_MS]


def test_a_round_tells_how_complete_yesterday_and_today_are(sides: tuple[Side, Side]) -> None:
    """Summed over the meters of the site, out of the store; kept between two countings."""
    first, _ = sides
    first.plant.send(range(MIDNIGHT_MS - DAY_MS, MIDNIGHT_MS, 2 * MINUTE_MS))
    first.plant.send(ALL)
    report = first.round()
    days = {day.day: day for day in report.days}
    assert (days["yesterday"].expected, days["yesterday"].gap) == (1440, 720)
    assert days["yesterday"].share == 0.5
    assert (days["today"].on_time, days["today"].meters, days["today"].share) == (705, 1, 1.0)
    assert first.round(NOON_MS + MINUTE_MS).days == report.days
