"""The station between inlet and store: what is kept, receipted, refused, and in which order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector import ingest
from collector.errors import RetryLaterError, StopError
from collector.ingest import IngestReport
from collector.inlet import Delivery
from collector.state import CollectorState, open_state
from collector.storage.port import Columns, Refused, Write
from collector.storage.sqlite import SqliteStore
from edge_agent.contract import topics, wire
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import (
    Birth,
    Gap,
    MeterCard,
    ReadingsMessage,
    Receipt,
    Rejected,
    State,
)

NOW_MS = 1_760_000_000_000
DAY_MS = 86_400_000
POWER, ENERGY = "active_power_w", "active_energy_import_wh"


class StandingClock:
    """A clock that stands still."""

    def now_ms(self) -> int:
        """Answer the instant of all these tests."""
        return NOW_MS


@dataclass
class FakeInlet:
    """An inlet in memory that notes, in order, what it is told."""

    queue: list[Delivery] = field(default_factory=list)
    acked: list[Delivery] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    reachable: bool = True

    def take(self, max_messages: int, wait_s: float) -> list[Delivery]:
        """Take what is there."""
        taken, self.queue = self.queue[:max_messages], self.queue[max_messages:]
        return taken

    def give_back(self, deliveries: Sequence[Delivery]) -> None:
        """Put back to the front."""
        self.queue[:0] = deliveries

    def ack_all(self, deliveries: Sequence[Delivery]) -> None:
        """Note the acknowledgements."""
        self.acked += deliveries
        self.log.append("ack")

    def send_receipt(self, receipt: Receipt) -> bool:
        """Note the receipt."""
        self.log.append("receipt")
        if self.reachable:
            self.receipts.append(receipt)
        return self.reachable

    def bring(self, payload: bytes, agent: str = "pi-1", channel: str = "live") -> None:
        """Let a message arrive."""
        topic = f"{topics.ROOT}/{agent}/up/{channel}"
        self.queue.append(Delivery(topic, payload, connection=1, packet_id=len(self.queue) + 1))


class Walk:
    """A station with a real store, real state and an inlet in memory."""

    def __init__(self, folder: Path) -> None:
        self.inlet = FakeInlet()
        self.store = SqliteStore(folder / "store.sqlite")
        self.store.check()
        self.state: CollectorState = open_state(folder / "state")
        self.ratings: dict[tuple[str, str], float | None] | None = None

    def run(self) -> IngestReport:
        """Handle one batch."""
        return ingest.run_once(
            self.inlet, self.store, self.state, StandingClock(), ratings=self.ratings
        )

    def stored(self, meter: str = "press") -> list[tuple[int, float]]:
        """Answer the energy samples in the store."""
        return list(self.store.read_series("sendai", meter, ENERGY, 0, NOW_MS + DAY_MS))

    def dirty(self) -> list[tuple[str, int, int]]:
        """Answer the windows to recompute."""
        return [(w.meter, w.from_ms, w.to_ms) for w in self.state.dirty.pending()]


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """Make a station on an empty folder."""
    made = Walk(tmp_path)
    yield made
    made.store.close()
    made.state.database.close()


def message(
    first_seq: int = 1,
    polls: int = 3,
    at_ms: int = NOW_MS - 60_000,
    agent: str = "pi-1",
    epoch: str = "e1",
    meter: str = "press",
    columns: dict[str, list[float | None]] | None = None,
) -> bytes:
    """Encode polls ten seconds apart, ending in energy counts equal to the sequence number."""
    seqs = tuple(range(first_seq, first_seq + polls))
    energy: dict[str, list[float | None]] = {ENERGY: [float(seq) for seq in seqs]}
    return wire.encode_readings(
        ReadingsMessage(
            agent=agent,
            epoch=epoch,
            site="sendai",
            meter=meter,
            boot="b1",
            clock="synchronised",
            seqs=seqs,
            at_ms=tuple(at_ms + 10_000 * i for i in range(polls)),
            columns=energy if columns is None else columns,
        )
    )


def changed(payload: bytes, **changes: object) -> bytes:
    """Answer the payload with other values at the top."""
    return json.dumps({**json.loads(payload), **changes}).encode()


# The straight way.


def test_readings_are_stored_marked_receipted_and_acknowledged(walk: Walk) -> None:
    """One message goes all the way."""
    walk.inlet.bring(message())
    report = walk.run()
    assert report == IngestReport(messages=1, readings_stored=3, receipts=1)
    at_ms = NOW_MS - 60_000
    assert walk.stored() == [(at_ms, 1.0), (at_ms + 10_000, 2.0), (at_ms + 20_000, 3.0)]
    assert walk.dirty() == [("press", at_ms, at_ms + 20_001)]
    assert walk.inlet.receipts == [Receipt("pi-1", "e1", ((1, 3),))]
    assert walk.inlet.log == ["receipt", "ack"]


def test_an_empty_inlet_is_an_empty_report(walk: Walk) -> None:
    """Nothing there is nothing done."""
    assert walk.run() == IngestReport()


def test_messages_of_one_agent_and_epoch_share_one_receipt(walk: Walk) -> None:
    """Ranges are merged over messages and lanes; other agents and epochs get their own."""
    walk.inlet.bring(message(1))
    walk.inlet.bring(message(4, meter="main"), channel="back")
    walk.inlet.bring(message(10))
    walk.inlet.bring(message(1, epoch="e2"))
    walk.inlet.bring(message(1, agent="pi-2", meter="other"), agent="pi-2")
    walk.run()
    assert walk.inlet.receipts == [
        Receipt("pi-1", "e1", ((1, 6), (10, 12))),
        Receipt("pi-1", "e2", ((1, 3),)),
        Receipt("pi-2", "e1", ((1, 3),)),
    ]
    assert len(walk.inlet.acked) == 5


def test_late_data_marks_its_own_window_and_not_the_time_between(walk: Walk) -> None:
    """Backfill beside live readings does not make a month dirty."""
    walk.inlet.bring(message(1, at_ms=NOW_MS - 30 * DAY_MS), channel="back")
    walk.inlet.bring(message(4))
    walk.run()
    assert len(walk.dirty()) == 2


def test_a_repeat_changes_nothing(walk: Walk) -> None:
    """At least once on the wire is exactly once in the store."""
    for _ in range(3):
        walk.inlet.bring(message())
        walk.inlet.bring(message())
        walk.run()
    assert len(walk.stored()) == 3
    assert walk.inlet.receipts == [Receipt("pi-1", "e1", ((1, 3),))] * 3
    assert len(walk.inlet.acked) == 6


def test_a_batch_has_a_bound(walk: Walk) -> None:
    """What is beyond it waits for the next round."""
    for i in range(5):
        walk.inlet.bring(message(1 + 3 * i))
    report = ingest.run_once(walk.inlet, walk.store, walk.state, StandingClock(), max_messages=2)
    assert report.messages == 2
    assert len(walk.inlet.queue) == 3


# Bad input.


BAD_PAYLOADS = [
    b"",
    b"\x00\xff\xfe",
    b"null",
    b"[1, 2]",
    b'{"v": 1}',
    b'{"v": 2, "agent": "pi-1"}',
    b"[" * 3000,
    b'{"v": 1, "seq": [' + b"9" * 400 + b"]}",
    changed(message(), at=[1, 2]),
    changed(message(), q={ENERGY: [1, 2]}),
    changed(message(), q={ENERGY: ["1", 2, 3]}),
    changed(message(), q={ENERGY: [True, 2, 3]}),
    changed(message(), seq=[1, 2, 2**64]),
    changed(message(), epoch=5),
    message()[:-9],
]


@pytest.mark.parametrize("payload", BAD_PAYLOADS, ids=range(len(BAD_PAYLOADS)))
def test_an_unreadable_payload_is_put_aside_and_the_rest_goes_on(
    walk: Walk, payload: bytes
) -> None:
    """One clear line with a hint, a counter, a dead letter; its neighbours are stored."""
    walk.inlet.bring(payload)
    walk.inlet.bring(message())
    report = walk.run()
    assert (report.messages, report.readings_stored, report.dead_letters) == (2, 3, 1)
    (line,) = report.lines
    assert line.startswith("agent pi-1: message on live refused: ")
    assert "dead letter" in line
    (letter,) = walk.state.dead_letters.list()
    assert letter.payload == payload
    assert len(walk.inlet.acked) == 2
    assert walk.inlet.receipts[-1].stored == ((1, 3),)


@pytest.mark.parametrize("channel", ["birth", "state", "gap"])
def test_an_unreadable_word_on_any_channel_is_put_aside(walk: Walk, channel: str) -> None:
    """Births, states and gaps are no less guarded than readings."""
    walk.inlet.bring(b'{"v": 1, "agent": "pi-1", "connection": "x"}', channel=channel)
    report = walk.run()
    assert report.dead_letters == 1
    assert len(walk.inlet.acked) == 1


def test_a_refused_message_is_receipted_when_its_numbers_can_be_read(walk: Walk) -> None:
    """The agent learns that these readings will never be stored, and why."""
    walk.inlet.bring(changed(message(7), boot=""))
    walk.run()
    (receipt,) = walk.inlet.receipts
    assert (receipt.agent, receipt.epoch, receipt.stored) == ("pi-1", "e1", ())
    assert [(r.first, r.last) for r in receipt.rejected] == [(7, 9)]
    assert "boot" in receipt.rejected[0].reason


def test_a_payload_of_another_agent_is_refused(walk: Walk) -> None:
    """Nobody can store or settle in another's name: the receipt goes to the topic's agent."""
    walk.inlet.bring(message(agent="pi-2"), agent="pi-1")
    report = walk.run()
    assert report.readings_stored == 0
    assert "names agent 'pi-2', the topic 'pi-1'" in report.lines[0]
    assert [receipt.agent for receipt in walk.inlet.receipts] == ["pi-1"]
    assert walk.inlet.receipts[0].stored == ()
    assert walk.stored() == []


@pytest.mark.parametrize(
    "topic", ["mieruka/1/PI/up/live", "mieruka/2/pi-1/up/live", "mieruka/1/pi-1/up/x", "other", ""]
)
def test_a_message_on_a_strange_topic_is_put_aside(walk: Walk, topic: str) -> None:
    """It is kept, acknowledged and told, and nobody gets a receipt."""
    walk.inlet.queue.append(Delivery(topic, message()))
    report = walk.run()
    assert report.dead_letters == 1
    assert "broker's rights" in report.lines[0]
    assert walk.inlet.receipts == []
    assert len(walk.inlet.acked) == 1


def test_a_future_dated_reading_is_refused_with_its_reason(walk: Walk) -> None:
    """The readings before and after it in the same message are stored."""
    payload = changed(message(), at=[NOW_MS - 2, NOW_MS + DAY_MS, NOW_MS - 1])
    walk.inlet.bring(payload)
    report = walk.run()
    assert (report.readings_stored, report.readings_rejected, report.dead_letters) == (2, 1, 1)
    (line,) = report.lines
    assert line == (
        "agent pi-1: reading of sendai/press refused: dated in the future (set the agent's clock)"
    )
    (receipt,) = walk.inlet.receipts
    assert receipt.stored == ((1, 1), (3, 3))
    assert receipt.rejected == (Rejected(2, 2, "dated in the future (set the agent's clock)"),)
    assert walk.dirty() == [("press", NOW_MS - 2, NOW_MS)]


def test_an_unknown_quantity_is_told_and_the_known_ones_are_stored(walk: Walk) -> None:
    """A newer agent loses nothing but what this version cannot hold."""
    walk.inlet.bring(message(columns={ENERGY: [1, 2, 3], "flux_wb": [1, None, 1]}))
    report = walk.run()
    assert report.readings_stored == 3
    assert report.lines == ("agent pi-1: flux_wb not known here (update the collector)",)
    assert walk.inlet.receipts[0].rejected == ()


def test_a_meter_beyond_its_rating_is_refused(walk: Walk) -> None:
    """The settings' rated power bounds what is believed."""
    walk.ratings = {("sendai", "press"): 1000.0}
    walk.inlet.bring(message(columns={POWER: [10.0, 1e6, 20.0]}))
    report = walk.run()
    assert (report.readings_stored, report.readings_rejected) == (2, 1)
    assert "rated power" in report.lines[0]


def test_a_meter_that_is_not_in_the_settings_is_stored_and_told(walk: Walk) -> None:
    """Its readings wait for the day somebody adds it."""
    walk.ratings = {("sendai", "main"): None}
    walk.inlet.bring(message())
    report = walk.run()
    assert report.readings_stored == 3
    assert "[[sites.meters]]" in report.lines[0]


def test_no_payload_brings_the_station_down(walk: Walk) -> None:
    """Whatever bytes come on whatever channel, the batch is handled and acknowledged."""

    @settings(deadline=None)
    @given(payload=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
    def holds(payload: bytes) -> None:
        for channel in topics.UP_CHANNELS:
            walk.inlet.bring(payload, channel=channel)
        walk.inlet.acked.clear()
        assert walk.run().messages == len(topics.UP_CHANNELS)
        assert len(walk.inlet.acked) == len(topics.UP_CHANNELS)

    holds()


# Births, states, gaps.


def birth(connection: int = 1, at_ms: int = NOW_MS) -> Birth:
    """Make a birth with one meter."""
    card = MeterCard("sendai", "press", "プレス", "eastron_sdm630", 10.0, 10.0, None)
    return Birth("pi-1", "e1", connection, "0.1.0", at_ms, (card,))


def test_a_birth_becomes_cards(walk: Walk) -> None:
    """The meter's card can be asked for, and no receipt is sent for it."""
    walk.inlet.bring(wire.encode_birth(birth()), channel="birth")
    assert walk.run() == IngestReport(messages=1, births=1)
    assert walk.state.cards.card("sendai", "press") == birth().meters[0]
    assert walk.inlet.receipts == []
    assert len(walk.inlet.acked) == 1


def test_a_birth_from_the_future_does_not_shut_out_later_ones(walk: Walk) -> None:
    """Its date is taken as now."""
    walk.inlet.bring(wire.encode_birth(birth(at_ms=NOW_MS + 9999 * DAY_MS)), channel="birth")
    walk.run()
    assert walk.state.agents.all()[0].at_ms == NOW_MS


def test_a_birth_with_a_number_no_file_holds_is_put_aside(walk: Walk) -> None:
    """A number beyond 63 bits is poison, not a fault of the state file."""
    walk.inlet.bring(wire.encode_birth(birth(connection=2**63)), channel="birth")
    assert walk.run().dead_letters == 1


def test_a_cleared_birth_means_nothing(walk: Walk) -> None:
    """Somebody who clears a retained message sends an empty one."""
    walk.inlet.bring(b"", channel="birth")
    walk.inlet.bring(b"", channel="state")
    assert walk.run() == IngestReport(messages=2)


def test_a_will_makes_the_agent_offline_and_is_told(walk: Walk) -> None:
    """An old connection's will is not."""
    walk.inlet.bring(wire.encode_birth(birth(connection=5)), channel="birth")
    walk.inlet.bring(wire.encode_state(State("pi-1", 4, online=False)), channel="state")
    assert walk.run().lines == ()
    walk.inlet.bring(wire.encode_state(State("pi-1", 5, online=False)), channel="state")
    (line,) = walk.run().lines
    assert line.startswith("agent pi-1 is offline")
    assert not walk.state.agents.all()[0].online


def test_a_gap_is_kept_told_and_receipted(walk: Walk) -> None:
    """The agent's record of what it dropped settles like a reading."""
    gap = Gap("pi-1", "e1", 4, 2_000_000_000, "outbox full")
    walk.inlet.bring(message(1))
    walk.inlet.bring(wire.encode_gap(gap), channel="gap")
    report = walk.run()
    assert report.gaps == 1
    assert "1999999997 readings will never come: outbox full" in report.lines[0]
    assert [entry.gap for entry in walk.state.gaps.list()] == [gap]
    assert walk.inlet.receipts == [Receipt("pi-1", "e1", ((1, 2_000_000_000),))]


# Stores that are away, refuse, or break off.


class AwayStore(SqliteStore):
    """A store that raises what it is told to."""

    fault: Exception | None = None
    refuses: str = ""

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make ready what ``write_readings`` does."""
        return lambda: self.write_readings([one for many in columns for one in many.readings()])

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Write, unless told otherwise."""
        if self.fault is not None:
            raise self.fault
        refused = [Refused(r, "type clash") for r in readings if r.meter == self.refuses]
        super().write_readings([r for r in readings if r.meter != self.refuses])
        return refused


@pytest.fixture
def away(walk: Walk, tmp_path: Path) -> Iterator[AwayStore]:
    """Give the walk a store that can be sent away."""
    walk.store.close()
    store = AwayStore(tmp_path / "away.sqlite")
    store.check()
    walk.store = store
    yield store
    store.close()


def test_while_the_store_is_away_nothing_is_receipted_and_nothing_is_lost(
    walk: Walk, away: AwayStore
) -> None:
    """The same batch is held and stored once the store is back, with its receipt then."""
    away.fault = RetryLaterError("store is down", "start it")
    walk.inlet.bring(message(1))
    walk.inlet.bring(message(4))
    for _ in range(3):
        report = walk.run()
        assert report == IngestReport(fault="store is down (start it)")
    assert walk.inlet.log == []
    walk.inlet.bring(message(7))
    away.fault = None
    assert walk.run().readings_stored == 9
    assert walk.inlet.receipts == [Receipt("pi-1", "e1", ((1, 9),))]
    assert len(walk.inlet.acked) == 3


@pytest.mark.parametrize("fault", [StopError("token refused", "renew it"), RuntimeError("a bug")])
def test_a_store_that_needs_a_person_stops_the_station_and_nothing_is_lost(
    walk: Walk, away: AwayStore, fault: Exception
) -> None:
    """The fault goes on to the caller; the batch is in the inlet as before."""
    away.fault = fault
    walk.inlet.bring(message())
    with pytest.raises(type(fault)):
        walk.run()
    assert (len(walk.inlet.queue), walk.inlet.log) == (1, [])


def test_what_the_store_will_never_take_is_refused_by_reason(walk: Walk, away: AwayStore) -> None:
    """The rest of the batch is stored; only the refused readings are rejected."""
    away.refuses = "press"
    walk.inlet.bring(message(1))
    walk.inlet.bring(message(4, meter="main"))
    report = walk.run()
    assert (report.readings_stored, report.readings_rejected, report.dead_letters) == (3, 3, 1)
    (receipt,) = walk.inlet.receipts
    assert receipt.stored == ((4, 6),)
    assert receipt.rejected == (Rejected(1, 3, "type clash"),)
    assert [meter for meter, *_ in walk.dirty()] == ["main"]


class PowerCut(Exception):
    """The process ends here."""


@pytest.mark.parametrize("at", ["write", "mark", "receipt", "ack"])
def test_a_stop_between_any_two_steps_costs_only_a_repeat(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """The broker sends again what was not acknowledged; the store ends up the same."""
    walk.inlet.bring(message())
    sent_again = list(walk.inlet.queue)

    def cut(*_: object) -> None:
        raise PowerCut

    target, name = {
        "write": (SqliteStore, "ready"),
        "mark": (type(walk.state.dirty), "mark_all"),
        "receipt": (FakeInlet, "send_receipt"),
        "ack": (FakeInlet, "ack_all"),
    }[at]
    with monkeypatch.context() as patch:
        patch.setattr(target, name, cut)
        with pytest.raises(PowerCut):
            walk.run()
    assert walk.inlet.receipts == [] or at == "ack"
    assert walk.inlet.acked == []
    walk.inlet.queue = sent_again
    assert walk.run().readings_stored == 3
    assert len(walk.stored()) == 3
    assert len(walk.dirty()) == 1
    assert walk.inlet.receipts[-1] == Receipt("pi-1", "e1", ((1, 3),))
    assert walk.inlet.acked == sent_again


def test_a_receipt_that_cannot_be_sent_is_no_reason_to_stop(walk: Walk) -> None:
    """The agent sends again when it has waited long enough."""
    walk.inlet.reachable = False
    walk.inlet.bring(message())
    report = walk.run()
    assert (report.readings_stored, report.receipts) == (3, 0)
    assert len(walk.inlet.acked) == 1


def test_windows_are_marked_before_the_receipt_goes_out(walk: Walk) -> None:
    """A receipt promises the totals too: after it nobody sends these readings again."""
    seen: list[int] = []

    class WatchingInlet(FakeInlet):
        def send_receipt(self, receipt: Receipt) -> bool:
            seen.append(len(walk.state.dirty.pending()))
            return True

    inlet = WatchingInlet()
    inlet.bring(message())
    ingest.run_once(inlet, walk.store, walk.state, StandingClock())
    assert seen == [1]


# What is accounted for, and when it came.


def test_stored_refused_and_gaps_are_accounted_for(walk: Walk) -> None:
    """Only what nobody has seen is a hole: here the numbers 7 to 9 of one epoch."""
    walk.inlet.bring(changed(message(1), at=[NOW_MS - 2, NOW_MS + DAY_MS, NOW_MS - 1]))
    walk.inlet.bring(wire.encode_gap(Gap("pi-1", "e1", 4, 6, "thinned")), channel="gap")
    walk.inlet.bring(changed(message(10), boot=""))
    walk.inlet.bring(message(1, epoch="e2"))
    walk.run()
    assert walk.state.received.ranges("pi-1", "e1") == ((1, 6), (10, 12))
    assert walk.state.received.ranges("pi-1", "e2") == ((1, 3),)
    assert walk.state.received.holes() == [wire.Resend("pi-1", "e1", 7, 9)]


def test_what_the_store_has_not_answered_is_not_accounted_for(walk: Walk, away: AwayStore) -> None:
    """A store that is away leaves a hole, one that refuses does not."""
    walk.inlet.bring(message())
    away.fault = RetryLaterError("store is down", "start it")
    walk.run()
    assert walk.state.received.ranges("pi-1", "e1") == ()
    away.fault, away.refuses = None, "press"
    walk.run()
    assert walk.state.received.ranges("pi-1", "e1") == ((1, 3),)


def test_a_reading_is_on_time_once(walk: Walk) -> None:
    """Sent again it changes nothing; backfill is stored, but not on time."""
    walk.inlet.bring(message(1))
    walk.inlet.bring(message(4, at_ms=NOW_MS - DAY_MS), channel="back")
    walk.run()
    walk.inlet.bring(message(1))
    walk.run()
    counts = walk.state.arrivals.counts
    assert counts("sendai", "press", NOW_MS - DAY_MS // 2, NOW_MS) == (3, 0)
    assert counts("sendai", "press", 0, NOW_MS - DAY_MS // 2) == (0, 0)
    (sign,) = walk.state.arrivals.signs()
    assert (sign.at_ms, sign.arrived_ms) == (NOW_MS - 40_000, NOW_MS)


def test_estimated_instants_are_counted_apart(walk: Walk) -> None:
    """The agent says so in the message's clock state."""
    walk.inlet.bring(changed(message(1, at_ms=NOW_MS - 30_000), clock="estimated"))
    walk.run()
    assert walk.state.arrivals.counts("sendai", "press", 0, NOW_MS + DAY_MS) == (0, 3)


@pytest.mark.parametrize("room", ["received", "arrivals", "gaps", "dead_letters"])
def test_a_batch_is_one_transaction_of_the_state(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, room: str
) -> None:
    """A stop in the middle of it leaves nothing of it, and the batch comes again."""
    walk.inlet.bring(message())
    walk.inlet.bring(wire.encode_gap(Gap("pi-1", "e1", 4, 6, "thinned")), channel="gap")
    walk.inlet.bring(b"poison")
    sent_again = list(walk.inlet.queue)

    def cut(*_: object) -> None:
        raise PowerCut

    verb = {"received": "add", "arrivals": "note", "gaps": "keep", "dead_letters": "keep"}[room]
    with monkeypatch.context() as patch:
        patch.setattr(type(getattr(walk.state, room)), verb, cut)
        with pytest.raises(PowerCut):
            walk.run()
    assert (walk.dirty(), walk.state.gaps.list(), walk.state.dead_letters.list()) == ([], [], [])
    assert walk.state.received.ranges("pi-1", "e1") == ()
    assert walk.state.arrivals.signs() == []
    walk.inlet.queue = sent_again
    walk.run()
    assert walk.state.received.ranges("pi-1", "e1") == ((1, 6),)
    assert (len(walk.dirty()), walk.state.dead_letters.count()) == (1, 1)
