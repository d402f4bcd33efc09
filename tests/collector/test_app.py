"""The collector as a whole, on a real Mosquitto and the embedded store."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collector import app, summarise
from collector.app import Collector
from collector.config import (
    CollectorSettings,
    IdentitySettings,
    MqttSettings,
    StoreSettings,
    SummariseSettings,
)
from collector.errors import CollectorError, RetryLaterError, StopError
from collector.site_config import MeterSettings, SiteSettings
from collector.storage.port import Columns, ReadingStore, Refused, Write
from collector.summarise import SummariseReport
from collector.summarise.series import IMPORT as ENERGY
from edge_agent.contract import wire
from edge_agent.contract.wire import Birth, MeterCard, ReadingsMessage, Resend
from tests.collector.agent_side import Agent, eventually
from tests.services.mosquitto import MosquittoServer

services = pytest.mark.services
START_MS = int(datetime(2026, 4, 1, 0, 0, tzinfo=UTC).timestamp() * 1000)
NOW_MS = START_MS + 3 * 3_600_000
MINUTE_MS = 60_000


class StandingClock:
    """A clock that stands at three in the morning."""

    def now_ms(self) -> int:
        """Answer the instant of all these tests."""
        return NOW_MS


def message(first_seq: int, polls: int = 10) -> bytes:
    """Encode minute polls from the start of the day: 60 kW, so one kWh a minute."""
    seqs = tuple(range(first_seq, first_seq + polls))
    return wire.encode_readings(
        ReadingsMessage(
            agent="pi-1",
            epoch="e1",
            site="sendai",
            meter="main",
            boot="b1",
            clock="synchronised",
            seqs=seqs,
            at_ms=tuple(START_MS + (seq - 1) * MINUTE_MS for seq in seqs),
            columns={ENERGY: [1000.0 * (seq - 1) for seq in seqs]},
        )
    )


def settings(folder: Path, url: str, every_s: float = 3600.0) -> CollectorSettings:
    """Make settings with one site in UTC, one meter, and the embedded store."""
    site = SiteSettings(
        id="sendai", name="仙台", time_zone="UTC", meters=(MeterSettings(id="main", name="受電"),)
    )
    return CollectorSettings(
        collector=IdentitySettings(id="hq", state_dir=folder / "state"),
        mqtt=MqttSettings(url=url),
        store=StoreSettings(kind="sqlite", path=folder / "store.sqlite"),
        summarise=SummariseSettings(every_s=every_s),
        sites=(site,),
    )


@pytest.fixture
def collector(own_mosquitto: MosquittoServer, tmp_path: Path) -> Iterator[Collector]:
    """Make a collector that has its session at the broker of this test."""
    made = Collector(settings(tmp_path, own_mosquitto.url, every_s=0.3), StandingClock())
    made.ingest_once()
    assert eventually(lambda: made.status().connected)
    yield made
    made.close()


@pytest.fixture
def agent(own_mosquitto: MosquittoServer) -> Iterator[Agent]:
    """Connect an agent to the broker of this test."""
    connected = Agent(own_mosquitto.port)
    yield connected
    connected.close()


def stored(collector: Collector) -> int:
    """Answer how many readings the store holds."""
    return collector.store.count_readings("sendai", "main", 0, NOW_MS + 1)


class Broken:
    """Puts faults in the way of a store's verbs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, store: ReadingStore) -> None:
        self.fault: Exception | None = None
        self._ready = store.ready
        monkeypatch.setattr(store, "ready", self._guarded)

    def _guarded(self, columns: Sequence[Columns]) -> Write:
        write = self._ready(columns)

        def guarded() -> Sequence[Refused]:
            if self.fault is not None:
                raise self.fault
            return write()

        return guarded


# By steps.


@services
def test_the_walk_by_steps(collector: Collector, agent: Agent) -> None:
    """Readings in, receipt out, totals in the store: without any thread of the collector's."""
    card = MeterCard("sendai", "main", "受電", "schneider_iem3155", 60.0, 10.0, None)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (card,))), "birth")
    agent.say(message(1, 121))
    messages = 0
    while messages < 2:
        messages += collector.ingest_once(wait_s=5.0).messages
    assert eventually(lambda: agent.settled() == set(range(1, 122)))
    report = collector.summarise_once()
    assert report.windows == 1
    slots = collector.store.read_totals("sendai", "main", "30m", 0, NOW_MS)
    assert [slot.kwh for slot in slots[:4]] == pytest.approx([30.0] * 4)
    status = collector.status()
    assert (status.messages_received, status.readings_stored) == (2, 121)
    assert status.store_ok
    assert status.connected
    assert (status.last_fault, status.dead_letters, status.summaries) == ("", 0, 1)
    assert collector.state.cards.card("sendai", "main") == card


@services
def test_days_can_be_marked_to_be_computed_again(collector: Collector, agent: Agent) -> None:
    """A range without readings marks nothing; one with readings marks them, and no more."""
    agent.say(message(1))
    assert collector.ingest_once(wait_s=5.0).readings_stored == 10
    collector.state.dirty.clear(collector.state.dirty.pending())
    assert collector.mark(date(2026, 3, 1), date(2026, 3, 31)) == 0
    assert collector.state.dirty.pending() == []
    assert collector.mark(date(2026, 4, 1), date(2026, 4, 1)) == 1
    (window,) = collector.state.dirty.pending()
    assert (window.from_ms, window.to_ms) == (START_MS, START_MS + 9 * MINUTE_MS + 1)
    assert collector.mark(None, None) == 1


@services
def test_a_store_that_is_away_at_the_start_is_waited_for(
    tmp_path: Path, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first step tells the fault; the next one, with the store back, goes on."""
    made = Collector(settings(tmp_path, own_mosquitto.url), StandingClock())

    def away() -> None:
        raise RetryLaterError("no store", "start it")

    with monkeypatch.context() as patch:
        patch.setattr(made.store, "check", away)
        assert made.ingest_once().fault == "no store (start it)"
        assert not made.status().store_ok
        with pytest.raises(RetryLaterError):
            made.summarise_once()
    assert made.ingest_once().fault == ""
    assert made.status().store_ok
    made.close()
    made.close()


def test_a_damaged_state_stops_the_start_and_leaves_nothing_open(tmp_path: Path) -> None:
    """What can never work is told at once."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "collector-state.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(StopError, match="damaged"):
        Collector(settings(tmp_path, "mqtt://127.0.0.1:1"))


class MovableClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_ms = NOW_MS

    def now_ms(self) -> int:
        """Answer what it was moved to."""
        return self.at_ms


@services
def test_a_hole_is_asked_for_until_it_is_filled_or_explained(
    own_mosquitto: MosquittoServer, tmp_path: Path, agent: Agent
) -> None:
    """The agent is told; what it still has fills the hole, a gap record explains the rest."""
    clock = MovableClock()
    made = Collector(settings(tmp_path, own_mosquitto.url), clock)
    made.ingest_once()
    assert eventually(lambda: made.status().connected)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, ())), "birth")
    agent.say(message(1, 3))
    agent.say(message(8, 3))
    _take(made, 3)
    made.watch_once()
    clock.at_ms += 10 * MINUTE_MS
    made.watch_once()
    assert eventually(lambda: agent.resends == [Resend("pi-1", "e1", 4, 7)])
    agent.say(message(4, 2), "back")
    agent.say(wire.encode_gap(wire.Gap("pi-1", "e1", 6, 7, "unknown")), "gap")
    _take(made, 2)
    assert made.state.received.holes() == []
    assert stored(made) == 8
    assert eventually(lambda: agent.settled() == set(range(1, 11)))
    clock.at_ms += 60 * MINUTE_MS
    made.watch_once()
    agent.say(message(11, 1))
    _take(made, 1)
    assert eventually(lambda: 11 in agent.settled())
    assert len(agent.resends) == 1
    made.close()


def _take(collector: Collector, messages: int) -> None:
    while messages > 0:
        messages -= collector.ingest_once(wait_s=5.0).messages


@services
def test_watching_writes_how_meters_and_days_are(collector: Collector, agent: Agent) -> None:
    """Staleness of each expected meter and of the collector, and completeness of the day."""
    card = MeterCard("sendai", "main", "受電", "p", 60.0, 10.0)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (card,))), "birth")
    agent.say(message(1, 121), "back")
    _take(collector, 2)
    collector.watch_once()
    rows = {
        meter: collector.store.read_rows("staleness", "sendai", meter, 0, NOW_MS + 1)
        for meter in ("main", "_collector_hq")
    }
    assert [row.fields["state"] for row in rows["main"]] == ["stale"]
    assert [row.fields["age_s"] for row in rows["main"]] == [3600.0]
    assert [row.fields["state"] for row in rows["_collector_hq"]] == ["ok"]
    (day,) = collector.store.read_rows("completeness", "sendai", "main", 0, NOW_MS + 1)
    assert (day.at_ms, day.fields["expected"], day.fields["late"]) == (START_MS, 165.0, 121.0)


@services
@pytest.mark.parametrize("fault", [RetryLaterError("store away"), ValueError("a bug")])
def test_a_failing_watch_never_ends_ingest(
    collector: Collector, agent: Agent, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """It is a line; the next round does the work, and readings are stored all the while."""

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(app, "WATCH_EVERY_S", 0.2)
    with monkeypatch.context() as patch:
        patch.setattr(collector.store, "write_rows", fail)
        collector.start()
        assert eventually(lambda: str(fault) in collector.status().last_fault)
        agent.say(message(1))
        assert eventually(lambda: agent.settled() == set(range(1, 11)))
    assert eventually(
        lambda: bool(collector.store.read_rows("staleness", "sendai", "main", 0, NOW_MS + 1))
    )
    assert collector.failure == ""


# By threads.


@services
def test_the_walk_by_threads(collector: Collector, agent: Agent) -> None:
    """Started, it stores, receipts and sums by itself; stopped, it ends."""
    collector.start()
    collector.start()
    assert collector.status().ingest_running
    for first in range(1, 121, 10):
        agent.say(message(first))
    assert eventually(lambda: agent.settled() == set(range(1, 121)))
    assert eventually(
        lambda: len(collector.store.read_totals("sendai", "main", "30m", 0, NOW_MS)) >= 3
    )
    collector.stop()
    collector.stop()
    assert not collector.status().ingest_running
    assert collector.failure == ""
    assert stored(collector) == 120


@services
def test_a_store_that_is_down_holds_everything_and_says_so_once(
    collector: Collector,
    agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line with a hint, a counter, no receipt; back again, all is stored and receipted."""
    caplog.set_level(logging.INFO, "collector")
    broken = Broken(monkeypatch, collector.store)
    broken.fault = RetryLaterError("store does not answer", "start InfluxDB")
    collector.start()
    for first in range(1, 51, 10):
        agent.say(message(first))
    assert eventually(lambda: collector.status().store_faults >= 2)
    status = collector.status()
    assert not status.store_ok
    assert "start InfluxDB" in status.last_fault
    assert agent.receipts == []
    assert stored(collector) == 0
    broken.fault = None
    assert eventually(lambda: agent.settled() == set(range(1, 51)))
    assert stored(collector) == 50
    assert eventually(lambda: collector.status().store_ok)
    lines = [record.getMessage() for record in caplog.records]
    assert sum("store does not answer" in line for line in lines) == 1
    assert sum("the store is back" in line for line in lines) == 1


@services
def test_a_broker_that_crashes_costs_no_reading(
    own_mosquitto: MosquittoServer, collector: Collector, agent: Agent
) -> None:
    """What the agent sends again after the crash is stored and receipted."""
    collector.start()
    agent.say(message(1))
    assert eventually(lambda: agent.settled() == set(range(1, 11)))
    own_mosquitto.kill()
    assert eventually(lambda: not collector.status().connected)
    assert "broker" in collector.status().last_fault
    own_mosquitto.start()
    assert eventually(lambda: collector.status().connected)

    def sent_again_until_settled() -> bool:
        agent.say(message(11))
        return len(agent.settled()) == 20

    assert eventually(sent_again_until_settled)
    assert stored(collector) == 20
    assert collector.status().connection_losses == 1


@services
def test_bad_messages_between_good_ones_are_counted(collector: Collector, agent: Agent) -> None:
    """Poison, a future date and good readings: each gets its due."""
    collector.start()
    agent.say(b"{not json")
    agent.say(message(10_000_000, 1))
    agent.say(message(1))
    assert eventually(lambda: agent.settled() == set(range(1, 11)))
    status = collector.status()
    assert (status.readings_stored, status.readings_rejected, status.dead_letters) == (10, 1, 2)
    assert "future" in status.last_fault or "not JSON" in status.last_fault
    assert status.ingest_running
    (rejected,) = [r for receipt in agent.receipts for r in receipt.rejected]
    assert "future" in rejected.reason


@services
def test_a_fault_said_once_is_not_said_in_every_batch(
    collector: Collector, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    """An agent with a wrong clock does not fill the log, but it fills the counter."""
    for seq in range(10_000_000, 10_000_005):
        agent.say(message(seq, 1))
    refused = 0
    while refused < 5:
        refused += collector.ingest_once(wait_s=5.0).readings_rejected
    assert sum("future" in record.getMessage() for record in caplog.records) == 1
    assert collector.status().readings_rejected == 5


@services
@pytest.mark.parametrize(
    ("fault", "words"),
    [(StopError("token refused", "renew it"), "renew it"), (RuntimeError("a bug"), "a bug")],
)
def test_an_ingest_thread_that_ends_is_noticed(
    collector: Collector,
    agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    words: str,
) -> None:
    """Status and failure say why; started again after the repair, nothing was lost."""
    broken = Broken(monkeypatch, collector.store)
    broken.fault = fault
    collector.start()
    agent.say(message(1))
    assert eventually(lambda: bool(collector.failure))
    assert words in collector.failure
    assert words in collector.status().last_fault
    assert eventually(lambda: not collector.status().ingest_running)
    collector.stop()
    assert agent.receipts == []
    broken.fault = None
    collector.start()
    assert collector.failure == ""
    assert eventually(lambda: agent.settled() == set(range(1, 11)))


@services
@pytest.mark.parametrize("fault", [RetryLaterError("store away"), ValueError("a bug")])
def test_a_failing_summary_never_ends_ingest(
    collector: Collector, agent: Agent, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """It is a counter and a line; the next run does the work."""

    def fail(*_: object) -> SummariseReport:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(summarise, "run_once", fail)
        collector.start()
        assert eventually(lambda: collector.status().summaries_failed >= 2)
        assert str(fault) in collector.status().last_fault
        agent.say(message(1))
        assert eventually(lambda: agent.settled() == set(range(1, 11)))
    assert eventually(lambda: collector.status().summaries >= 1)
    assert collector.failure == ""


@services
def test_two_summaries_never_run_at_once(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step by hand waits for the scheduled one."""
    running: list[int] = []
    most: list[int] = []

    def slow(*_: object) -> SummariseReport:
        running.append(1)
        most.append(len(running))
        time.sleep(0.1)
        running.pop()
        return SummariseReport(windows=0, totals_written=0)

    monkeypatch.setattr(summarise, "run_once", slow)
    collector.start()
    for _ in range(5):
        collector.summarise_once()
    collector.stop()
    assert max(most) == 1


@services
def test_the_status_tells_who_is_there_and_what_is_owed(collector: Collector, agent: Agent) -> None:
    """Agents, meters by their state, the day's completeness, credit, and what totals lack."""
    card = MeterCard("sendai", "main", "受電", "p", 60.0, 10.0)
    agent.say(wire.encode_birth(Birth("pi-1", "e1", 1, "0.1.0", NOW_MS, (card,))), "birth")
    _take(collector, 1)
    agent.say(message(1, 121), "back")
    _take(collector, 1)
    assert eventually(lambda: not collector.ingest_once().fault and bool(collector.status().credit))
    collector.watch_once()
    status = collector.status()
    assert (status.agents, status.agents_online) == (1, 1)
    assert status.credit == {"pi-1": 20_000.0}
    assert status.meters == {"stale": 1}
    assert [(day.day, day.late, day.gap) for day in status.days] == [("today", 121, 44)]
    assert status.readings_per_s > 0.0
    assert status.unsummarised_s > 0.0
    collector.summarise_once()
    assert collector.status().unsummarised_s == 0.0


@services
def test_a_stuck_store_is_seen_in_the_part_that_waits_for_it(
    collector: Collector, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ingest does not move, the others do; what hung is stored when it goes on."""
    monkeypatch.setattr(app, "INGEST_WITHIN_S", 0.8)
    go_on, ready = threading.Event(), collector.store.ready

    def hanging(columns: Sequence[Columns]) -> Write:
        write = ready(columns)

        def hang() -> Sequence[Refused]:
            go_on.wait(30)
            return write()

        return hang

    monkeypatch.setattr(collector.store, "ready", hanging)
    collector.start()
    agent.say(message(1))
    assert eventually(lambda: bool(collector.progress.stuck()))
    assert [stuck.part for stuck in collector.progress.stuck()] == ["ingest"]
    go_on.set()
    assert eventually(lambda: agent.settled() == set(range(1, 11)))
    assert eventually(lambda: not collector.progress.stuck())
    collector.stop()
    assert collector.progress.standings() == {}


@services
def test_a_network_thread_that_hangs_is_seen(
    collector: Collector, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is connected as ever, but does not go round; ingest lives and waits in vain."""
    monkeypatch.setattr(app, "NETWORK_WITHIN_S", 3.0)
    go_on, waiting = threading.Event(), collector._inlet._waiting
    put = waiting.put
    monkeypatch.setattr(waiting, "put", lambda delivery: go_on.wait(30) and put(delivery))
    collector.start()
    agent.say(message(1))
    assert eventually(lambda: bool(collector.progress.stuck()))
    assert [stuck.part for stuck in collector.progress.stuck()] == ["network"]
    go_on.set()
    assert eventually(lambda: agent.settled() == set(range(1, 11)))
    assert eventually(lambda: not collector.progress.stuck())


@services
def test_a_network_thread_that_waits_for_room_is_none_that_hangs(
    collector: Collector, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the store is away the queue fills and the broker is held back: that is meant."""
    monkeypatch.setattr(app, "NETWORK_WITHIN_S", 3.0)
    monkeypatch.setattr(app, "LONGEST_PAUSE_S", 0.5)
    monkeypatch.setattr(collector._inlet._waiting, "_max_messages", 2)
    broken = Broken(monkeypatch, collector.store)
    broken.fault = RetryLaterError("store away")
    collector.start()
    for first in range(1, 51, 10):
        agent.say(message(first))
    faults = collector.status().store_faults
    assert eventually(lambda: collector.status().store_faults >= faults + 10)
    assert collector.progress.standings()["network"].silent_s < 3.0
    assert collector.progress.stuck() == ()
    broken.fault = None
    assert eventually(lambda: agent.settled() == set(range(1, 51)))


@services
def test_a_long_summary_is_given_time_by_its_length(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten seconds more a step for each day of the longest window: a year is no standstill."""
    seen: list[float] = []

    def look(*_: object) -> SummariseReport:
        seen.append(collector.progress.standings()["summarise"].within_s)
        return SummariseReport(windows=0, totals_written=0)

    monkeypatch.setattr(summarise, "run_once", look)
    collector.state.dirty.mark("sendai", "main", START_MS, START_MS + 365 * 86_400_000)
    collector.start()
    assert eventually(lambda: bool(seen))
    assert seen[0] == app.STEP_WITHIN_S + 3650.0


def test_an_error_of_the_collector_is_one_line_with_a_hint() -> None:
    """What is shown to people never spans lines."""
    assert str(CollectorError("what", "what to do")) == "what (what to do)"
