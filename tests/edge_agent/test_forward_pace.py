"""Two lanes on a real Mosquitto: the backlog at the pace it is given, readings of now at once."""

from __future__ import annotations

import logging
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from edge_agent.contract import wire
from edge_agent.contract.credit import Credit, encode_credit
from edge_agent.pace import Pace
from tests.edge_agent.delivery import PlayedCollector, wait_until
from tests.edge_agent.sending import Sender, Senders
from tests.services.mosquitto import MosquittoServer

pytestmark = pytest.mark.services
BOTH = pytest.mark.parametrize("version", ["5", "3.1.1"])


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


class Late(Random):
    """A lot that always draws the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        """The upper end."""
        return b


def sent_on(collector: PlayedCollector, channel: str) -> list[int]:
    """Every number heard on a lane, in order."""
    payloads = collector.of("live" if channel == "live" else "back")
    return [seq for payload in payloads for seq in wire.decode_readings(payload).seqs]


def rounds(one: Sender, count: int) -> int:
    """So many rounds in quick succession; how many readings went out."""
    return sum(one.round().readings for _ in range(count))


@BOTH
def test_a_backlog_goes_in_lots(mosquitto: MosquittoServer, sender: Senders, version: str) -> None:
    """Two lots at once, then nothing until the next is due, however many rounds there are."""
    agent = f"lots-{version[0]}"
    one = sender(mosquitto.url, agent, version=version, pace=Pace(60 / 3600, 0.0, Random(1)))
    with PlayedCollector(mosquitto.port, agent) as collector:
        one.take(600, age_s=3600)
        one.until(lambda: one.outbox.depth() == 480)
        rounds(one, 20)
        assert sent_on(collector, "back") == list(range(1, 121))
        assert one.outbox.depth() == 480


@BOTH
def test_a_credit_opens_the_back_lane(
    mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """The collector's word counts more than the agent's own settings."""
    agent = f"credit-{version[0]}"
    one = sender(mosquitto.url, agent, version=version, pace=Pace(1.0, 0.0, Random(1)))
    with PlayedCollector(mosquitto.port, agent) as collector:
        one.take(3000, age_s=3600)
        one.until(lambda: one.outbox.depth() == 2880)
        collector.lend(encode_credit(Credit(agent, 100_000.0)))
        one.until(lambda: one.outbox.depth() == 0)
        assert sorted(sent_on(collector, "back")) == list(range(1, 3001))


def test_a_credit_for_another_agent_is_passed_over(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """A collector that mixes its agents up does no harm."""
    pace = Pace(1.0, 0.0, Random(1))
    one = sender(mosquitto.url, "mine", pace=pace)
    one.until(lambda: one.uplink.connected)
    with PlayedCollector(mosquitto.port, "mine") as collector:
        collector.lend(encode_credit(Credit("yours", 100_000.0)))
        collector.lend(encode_credit(Credit("mine", 7.0)))
        one.until(lambda: pace.readings_per_s == 7.0)


@pytest.mark.parametrize("rate", ["0", "-3", "NaN", "1e99"])
def test_an_absurd_credit_is_one_line(
    mosquitto: MosquittoServer, sender: Senders, caplog: pytest.LogCaptureFixture, rate: str
) -> None:
    """It is told, counted and passed over; the next credit counts."""
    agent = f"absurd-{len(rate)}"
    pace = Pace(1.0, 0.0, Random(1))
    one = sender(mosquitto.url, agent, pace=pace)
    one.until(lambda: one.uplink.connected)
    with PlayedCollector(mosquitto.port, agent) as collector:
        collector.lend(f'{{"v":1,"agent":"{agent}","readings_per_s":{rate}}}'.encode())
        collector.lend(encode_credit(Credit(agent, 9.0)))
        total = one.until(lambda: pace.readings_per_s == 9.0)
    assert total.unreadable == 1
    (line,) = [line for line in caplog.messages if "unreadable credit" in line]
    assert "not a number from 1 to 1000000 (the backlog keeps its pace" in line


def test_without_a_pace_a_credit_changes_nothing(
    mosquitto: MosquittoServer, sender: Senders
) -> None:
    """A replay goes as fast as it can, whatever a collector says."""
    one = sender(mosquitto.url, "replay")
    with PlayedCollector(mosquitto.port, "replay") as collector:
        one.until(lambda: one.uplink.connected)
        collector.lend(encode_credit(Credit("replay", 1.0)))
        one.take(1500, age_s=3600)
        one.until(lambda: one.outbox.depth() == 0)


@BOTH
def test_readings_of_now_are_never_held_up(
    mosquitto: MosquittoServer, sender: Senders, version: str
) -> None:
    """While the backlog waits for its lot, what is read now goes out in the next round."""
    agent = f"now-{version[0]}"
    one = sender(mosquitto.url, agent, version=version, pace=Pace(1.0, 300.0, Late()))
    with PlayedCollector(mosquitto.port, agent) as collector:
        one.take(500, age_s=3600)
        one.take(50)
        one.until(lambda: len(sent_on(collector, "live")) == 50)
        one.until(lambda: one.outbox.depth() == 500)
        rounds(one, 10)
        assert sent_on(collector, "back") == []


def test_the_wait_is_drawn_anew_for_each_connection(
    own_mosquitto: MosquittoServer, sender: Senders
) -> None:
    """A backlog that moves stops when the broker goes away, and waits again when it is back."""
    pace = Pace(1000.0, 0.0, Late())
    one = sender(own_mosquitto.url, "again-and-again", pace=pace)
    one.take(9000, age_s=3600)
    one.until(lambda: one.uplink.connected)
    assert not pace.is_new(one.uplink.connection)
    pace._jitter_s = 300.0
    own_mosquitto.kill()
    wait_until(lambda: not one.round().connected)
    own_mosquitto.start()
    with PlayedCollector(own_mosquitto.port, "again-and-again") as collector:
        one.until(lambda: one.uplink.connected)
        rounds(one, 20)
        time.sleep(0.2)
        assert collector.seqs() == []
    assert one.outbox.depth() == 9000


def test_what_found_no_room_is_not_paid_for(
    own_mosquitto: MosquittoServer, sender: Senders
) -> None:
    """Only what was handed to the broker uses up the credit."""
    pace = Pace(6000.0, 0.0, Random(1))
    one = sender(own_mosquitto.url, "unpaid", pace=pace)
    one.until(lambda: one.uplink.connected and one.uplink.room() == 20)
    one.take(60, meters=tuple(f"m{number}" for number in range(40)), age_s=3600)
    before = pace.allowance(time.monotonic())
    own_mosquitto.signal(signal.SIGSTOP)
    assert one.round().readings == 20 * 30
    after = pace.allowance(time.monotonic())
    own_mosquitto.signal(signal.SIGCONT)
    assert before == 12_000
    assert 12_000 - 600 <= after <= 12_000


def test_a_spoilt_row_does_not_stop_the_others(
    mosquitto: MosquittoServer, sender: Senders, tmp_path: Path
) -> None:
    """What a disk has spoilt is told as a gap; all else arrives."""
    one = sender(mosquitto.url, "spoilt")
    with PlayedCollector(mosquitto.port, "spoilt") as collector:
        one.take(5)
        with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
            db.execute("UPDATE reading SET quantities = x'00' WHERE seq = 3")
            db.commit()
        one.until(lambda: bool(collector.of("gap")) and one.outbox.depth() == 0)
    assert collector.seqs() == [1, 2, 4, 5]
    (gap,) = {wire.decode_gap(payload) for payload in collector.of("gap")}
    assert (gap.first, gap.last) == (3, 3)
