"""Forwarding on a real Mosquitto: what is taken arrives, and leaves only by a receipt."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from edge_agent import forward
from edge_agent.config import MqttSettings
from edge_agent.contract import wire
from edge_agent.contract.topics import UpChannel
from edge_agent.errors import RetryLaterError
from edge_agent.forward import POLLS_A_MESSAGE, ForwardReport
from edge_agent.outbox import lanes
from edge_agent.uplink import Uplink
from tests.edge_agent.delivery import NOON_MS, PlayedCollector, reading, wait_until
from tests.edge_agent.sending import Senders
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_readings_arrive_and_are_settled(
    mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """Every value arrives as it was taken, once, on the live lane, and the outbox is empty."""
    agent = f"plain-{version[0]}"
    one = sender(mosquitto.url, agent, version=version)
    with PlayedCollector(mosquitto.port, agent) as collector:
        one.take(3, meters=("main", "press"))
        total = one.until(lambda: one.outbox.depth() == 0)
    assert (total.messages, total.readings, total.settled) == (2, 6, 6)
    assert collector.of("back") == []
    main, press = collector.messages()
    assert (main.meter, main.seqs) == ("main", (1, 3, 5))
    assert (press.meter, press.seqs) == ("press", (2, 4, 6))
    assert press.epoch == one.outbox.epoch
    got = [found for _, found in press.readings()]
    assert got == [reading(NOON_MS - 2000 + 1000 * i, "press", power_w=i) for i in range(3)]


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_acknowledgement_of_the_broker_settles_nothing(
    mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """PUBACK only frees the window: without a receipt everything stays."""
    agent = f"puback-{version[0]}"
    one = sender(mosquitto.url, agent, version=version)
    with PlayedCollector(mosquitto.port, agent, answering=False) as collector:
        one.take(5)
        one.until(lambda: len(collector.messages()) == 1)
        one.until(lambda: one.uplink.room() == 20)
        assert one.outbox.depth() == 5
        collector.answer((2, 3), epoch=one.outbox.epoch)
        total = one.until(lambda: one.outbox.depth() == 3)
    assert total.settled == 2


def test_a_long_backlog_arrives_in_full_messages(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """Thousands of readings arrive once, oldest first, sixty a message, on the back lane."""
    one = sender(mosquitto.url, "backlog")
    with PlayedCollector(mosquitto.port, "backlog") as collector:
        one.take(2500, meters=("main", "press"), age_s=3600)
        one.until(lambda: one.outbox.depth() == 0)
    assert sorted(collector.seqs()) == list(range(1, 5001))
    assert collector.of("live") == []
    sizes = [len(message.seqs) for message in collector.messages()]
    assert max(sizes) == POLLS_A_MESSAGE
    assert sum(sizes) / len(sizes) > POLLS_A_MESSAGE / 2
    for meter in ("main", "press"):
        instants = [t for m in collector.messages() if m.meter == meter for t in m.at_ms]
        assert instants == sorted(instants)


def test_more_messages_than_the_window_go_out_in_turn(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """What finds no room in this round goes out in the next, not a minute later."""
    one = sender(mosquitto.url, "crowded")
    with PlayedCollector(mosquitto.port, "crowded") as collector:
        one.take(1, meters=tuple(f"m{i}" for i in range(50)))
        one.until(lambda: one.outbox.depth() == 0, within_s=20)
    assert len(collector.of("live")) == 50


def test_what_is_live_overtakes_the_backlog(mosquitto: MosquittoServer, sender: Senders) -> None:
    """A reading of now is in the first round, whatever is waiting from before."""
    one = sender(mosquitto.url, "overtake")
    with PlayedCollector(mosquitto.port, "overtake", answering=False) as collector:
        one.take(3000, age_s=3600)
        one.take(1)
        wait_until(lambda: one.round().messages > 0)
        wait_until(lambda: len(collector.messages()) > 10)
    (live,) = collector.of("live")
    assert wire.decode_readings(live).seqs == (3001,)
    assert collector.messages()[0].seqs == (3001,)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_broker_that_forgets_everything_loses_nothing(
    own_mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """A broker killed with acknowledged readings in its memory: all arrive after its restart."""
    one = sender(own_mosquitto.url, "forgetful", version=version)
    one.take(1500, age_s=3600)
    sent = one.until(lambda: one.uplink.connected and one.uplink.room() == 20)
    sent_more = one.round()
    assert sent.readings + sent_more.readings > 0
    wait_until(lambda: one.uplink.room() == 20)
    assert one.outbox.depth() == 1500
    own_mosquitto.kill()
    one.take(10)
    wait_until(lambda: not one.round().connected)
    own_mosquitto.start()
    with PlayedCollector(own_mosquitto.port, "forgetful") as collector:
        one.until(lambda: one.outbox.depth() == 0)
    assert set(collector.seqs()) == set(range(1, 1511))


def test_a_broker_away_at_the_start_loses_nothing(
    own_mosquitto: MosquittoServer, sender: Senders
) -> None:
    """Readings taken before there ever was a broker arrive once it is there."""
    own_mosquitto.kill()
    one = sender(own_mosquitto.url, "early")
    one.take(50)
    assert [one.round() for _ in range(10)] == [ForwardReport()] * 10
    own_mosquitto.start()
    with PlayedCollector(own_mosquitto.port, "early") as collector:
        one.until(lambda: one.outbox.depth() == 0)
    assert collector.seqs() == list(range(1, 51))


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_agent_restarted_sends_what_has_no_receipt(
    mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """What was on its way when the process ended is sent again by the next one."""
    agent = f"again-{version[0]}"
    one = sender(mosquitto.url, agent, version=version)
    with PlayedCollector(mosquitto.port, agent, answering=False) as collector:
        one.take(5)
        one.until(lambda: len(collector.messages()) == 1)
        one.close()
        collector.answering = True
        two = sender(mosquitto.url, agent, version=version)
        two.until(lambda: two.outbox.depth() == 0)
    assert collector.seqs() == [1, 2, 3, 4, 5] * 2


def test_a_receipt_nobody_can_read_is_one_line(
    mosquitto: MosquittoServer, sender: Senders, caplog: pytest.LogCaptureFixture
) -> None:
    """Rubbish on the receipt topic is counted, and told once; the next receipt counts."""
    one = sender(mosquitto.url, "rubbish")
    with PlayedCollector(mosquitto.port, "rubbish", answering=False) as collector:
        one.take(2)
        one.until(lambda: len(collector.messages()) == 1)
        for _ in range(3):
            collector.send(b"\xff\x00 not a receipt")
        collector.answer((1, 2), epoch=one.outbox.epoch)
        total = one.until(lambda: one.outbox.depth() == 0)
    assert (total.unreadable, total.settled) == (3, 2)
    assert len([line for line in caplog.messages if "unreadable receipt: not JSON" in line]) == 1


def test_what_nobody_heard_goes_again_within_seconds(
    own_mosquitto: MosquittoServer, sender: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector that comes back need not wait a minute for what the broker had nobody for."""
    # A broker of its own: a session that any collector has left would hear it.
    monkeypatch.setattr(lanes, "UNHEARD_S", (0.2, 0.4))
    one = sender(own_mosquitto.url, "unheard")
    one.take(70)
    one.until(lambda: one.uplink.refusals >= 4)
    assert one.outbox.depth() == 70
    with PlayedCollector(own_mosquitto.port, "unheard") as collector:
        one.until(lambda: one.outbox.depth() == 0, within_s=20)
    assert set(collector.seqs()) == set(range(1, 71))


def test_refused_readings_are_not_sent_again(
    mosquitto: MosquittoServer, sender: Senders, caplog: pytest.LogCaptureFixture
) -> None:
    """What the collector will never store is counted, told with its reason, and left alone."""
    one = sender(mosquitto.url, "refused")
    with PlayedCollector(mosquitto.port, "refused", answering=False) as collector:
        one.take(3)
        one.until(lambda: len(collector.messages()) == 1)
        refused = wire.Rejected(2, 3, "dated before 2000")
        receipt = wire.Receipt("refused", one.outbox.epoch, ((1, 1),), (refused,))
        collector.send(wire.encode_receipt(receipt))
        total = one.until(lambda: one.outbox.depth() == 0)
    assert (total.settled, total.rejected) == (1, 2)
    assert "refused readings: dated before 2000" in caplog.text


def gaps_at(collector: PlayedCollector) -> list[wire.Gap]:
    """Every gap that the collector has heard of."""
    return [wire.decode_gap(payload) for payload in collector.of("gap")]


def missing_at(collector: PlayedCollector) -> set[int]:
    """Every number that they name."""
    return {n for gap in gaps_at(collector) for n in range(gap.first, gap.last + 1)}


def test_gaps_are_told_until_they_are_receipted(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """What had to be dropped reaches the collector as a range with its reason."""
    one = sender(mosquitto.url, "gappy", max_mb=1)
    for _ in range(12):
        one.clock.pass_s(500)
        one.take(500, age_s=3600)
    kept = one.outbox.depth()
    assert one.outbox.evicted == 6000 - kept > 0
    with PlayedCollector(mosquitto.port, "gappy") as collector:
        one.until(lambda: missing_at(collector) | set(collector.seqs()) == set(range(1, 6001)))
        assert missing_at(collector).isdisjoint(collector.seqs())
        assert all("outbox full" in gap.reason for gap in gaps_at(collector))
        one.until(lambda: one.outbox.claim(1, now_s=time.monotonic() + 1e6).gaps == ())


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_what_the_collector_asks_for_comes_again(
    mosquitto: MosquittoServer, sender: Senders, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    """Held rows are sent once more on the back lane, numbers of another epoch told as a gap."""
    agent = f"asked-{version[0]}"
    one = sender(mosquitto.url, agent, version=version)
    with PlayedCollector(mosquitto.port, agent) as collector:
        one.take(10, age_s=3600)
        one.until(lambda: one.outbox.depth() == 0)
        first = len(collector.seqs())
        epoch = one.outbox.epoch
        collector.command(b"make coffee")
        collector.command(wire.encode_resend(wire.Resend("another", epoch, 1, 2)))
        collector.command(wire.encode_resend(wire.Resend(agent, epoch, 4, 6)))
        collector.command(wire.encode_resend(wire.Resend(agent, "lost-epoch", 1, 9)))
        total = one.until(lambda: len(collector.seqs()) > first and bool(collector.of("gap")))
        one.until(lambda: one.outbox.depth() == 0)
    assert collector.seqs()[first:] == [4, 5, 6]
    assert collector.of("live") == []
    (gap,) = {wire.decode_gap(payload) for payload in collector.of("gap")}
    assert gap == wire.Gap(agent, "lost-epoch", 1, 9, "unknown")
    assert total.unreadable == 1
    assert "unreadable command: not JSON" in caplog.text


def test_gaps_do_not_wait_for_the_backlog(mosquitto: MosquittoServer, sender: Senders) -> None:
    """What was dropped is told while thousands of readings still wait for their turn."""
    one = sender(mosquitto.url, "told", max_mb=1)
    for _ in range(12):
        one.clock.pass_s(500)
        one.take(500, age_s=3600)
    with PlayedCollector(mosquitto.port, "told", answering=False) as collector:
        one.until(lambda: bool(collector.of("gap")))
        assert one.outbox.depth() > 1000


def test_boots_and_clock_states_are_not_mixed(mosquitto: MosquittoServer, sender: Senders) -> None:
    """A message is of one clock state, since it is told once for all its polls."""
    one = sender(mosquitto.url, "clocks")
    with PlayedCollector(mosquitto.port, "clocks") as collector:
        one.outbox.put(reading(NOON_MS), "unsynchronised")
        one.outbox.put(reading(NOON_MS + 1), "synchronised")
        one.outbox.put(reading(NOON_MS + 2), "unsynchronised")
        one.outbox.commit()
        one.until(lambda: one.outbox.depth() == 0)
    states = {message.clock: message.seqs for message in collector.messages()}
    assert states == {"unsynchronised": (1, 3), "synchronised": (2,)}


def test_polls_with_different_values_share_a_message(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """A value that one poll did not have is absent there, not zero."""
    one = sender(mosquitto.url, "holes")
    full, part = reading(NOON_MS), reading(NOON_MS + 1)
    lacking = {"active_power_w": 7.0}
    with PlayedCollector(mosquitto.port, "holes") as collector:
        one.outbox.put(full)
        one.outbox.put(type(part)(part.site, part.meter, part.at_ms, lacking))
        one.outbox.commit()
        one.until(lambda: one.outbox.depth() == 0)
    (message,) = collector.messages()
    assert [found.values for _, found in message.readings()] == [full.values, lacking]


def test_a_disk_that_refuses_is_tried_again(mosquitto: MosquittoServer, sender: Senders) -> None:
    """A closed outbox under a running forward is an error to retry, not a crash."""
    one = sender(mosquitto.url, "closed")
    one.until(lambda: one.uplink.connected)
    one.outbox.close()
    with pytest.raises(RetryLaterError, match="is closed"):
        one.round()


class FlickeringUplink(Uplink):
    """An uplink whose window is full at one look and has room again at the next."""

    rooms: Iterator[int]
    sent: list[wire.ReadingsMessage]

    def keep_up(self, now_s: float) -> bool:
        """Always connected."""
        return True

    def room(self) -> int:
        """As the test says."""
        return next(self.rooms, 20)

    def publish(self, channel: UpChannel, payload: bytes, seqs: tuple[int, ...] = ()) -> bool:
        """Note the message."""
        self.sent.append(wire.decode_readings(payload))
        return True


def test_no_message_overtakes_one_that_found_no_room(sender: Senders) -> None:
    """Room that comes back in the middle of a round does not change a meter's order."""
    one = sender("mqtt://127.0.0.1:1", "orderly")
    uplink = FlickeringUplink(
        MqttSettings(url="mqtt://127.0.0.1:1"),
        "orderly",
        number=one.outbox.next_connection,
        birth=one._birth,
    )
    uplink.rooms, uplink.sent = iter([20, 20, 0]), []
    one.take(240, age_s=3600)
    assert forward.run_once(one.outbox, uplink, one.clock).messages == 1
    assert forward.run_once(one.outbox, uplink, one.clock).messages == 3
    assert [seq for message in uplink.sent for seq in message.seqs] == list(range(1, 241))
