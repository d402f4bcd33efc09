"""An enrolled agent speaks for the site it was enrolled for, and for no other customer's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import ingest
from collector.ingest import Conveyor
from collector.state import CollectorState, open_state
from collector.storage.sqlite import SqliteStore
from edge_agent.contract import wire
from edge_agent.contract.wire import Birth, MeterCard
from tests.collector.test_ingest import NOW_MS, FakeInlet, StandingClock


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """Agent pi-1 is enrolled for the site of one customer."""
    opened = open_state(tmp_path)
    opened.fleet.enrolled("pi-1", "acme-1", 1)
    yield opened
    opened.database.close()


def readings(site: str) -> bytes:
    """Two readings of a meter at a site, as pi-1 sends them."""
    instants = (NOW_MS - 2_000, NOW_MS - 1_000)
    message = wire.ReadingsMessage(
        *("pi-1", "e1", site, "main", "b1", "synchronised", (1, 2), instants),
        {"active_power_w": (1.0, 2.0)},
    )
    return wire.encode_readings(message)


def birth(site: str) -> bytes:
    """The card of a meter at a site."""
    card = MeterCard(site, "main", "Intake", "schneider_iem3155", 10.0, 1.0)
    return wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (card,)))


@pytest.mark.parametrize("way", ["station", "conveyor"])
def test_readings_of_another_site_are_refused_with_their_reason(
    state: CollectorState, tmp_path: Path, way: str
) -> None:
    """Its own are stored; the other customer's store takes none, and a dead letter says why."""
    store, inlet = SqliteStore(tmp_path / "store.sqlite"), FakeInlet()
    store.check()
    inlet.bring(readings("bolt-1"))
    inlet.bring(readings("acme-1"))
    if way == "station":
        report = ingest.run_once(inlet, store, state, StandingClock())
    else:
        conveyor = Conveyor(inlet, store, state, StandingClock())
        reports = [conveyor.step() for _ in range(3)]
        report = next(one for one in reports if one.messages)
        conveyor.close()
    assert store.meters() == [("acme-1", "main")]
    assert report.dead_letters == 1
    assert "enrolled for acme-1, and speaks for 'bolt-1'" in " ".join(report.lines)
    store.close()


def test_a_birth_with_another_sites_meter_is_refused(state: CollectorState, tmp_path: Path) -> None:
    """It would rename the other's meters."""
    store, inlet = SqliteStore(tmp_path / "store.sqlite"), FakeInlet()
    store.check()
    inlet.bring(birth("bolt-1"), channel="birth")
    ingest.run_once(inlet, store, state, StandingClock())
    assert state.cards.card("bolt-1", "main") is None
    inlet.bring(birth("acme-1"), channel="birth")
    ingest.run_once(inlet, store, state, StandingClock())
    assert state.cards.card("acme-1", "main") is not None
    store.close()


def test_an_agent_that_never_enrolled_is_bound_to_no_site(
    state: CollectorState, tmp_path: Path
) -> None:
    """A plant with a password at its broker goes on as before."""
    store, inlet = SqliteStore(tmp_path / "store.sqlite"), FakeInlet()
    store.check()
    inlet.bring(readings("bolt-1").replace(b"pi-1", b"pi-2"), agent="pi-2")
    ingest.run_once(inlet, store, state, StandingClock())
    assert store.meters() == [("bolt-1", "main")]
    store.close()
