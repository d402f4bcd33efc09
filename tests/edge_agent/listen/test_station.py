"""The station that listens: readings of what others ask, and the right words when none come."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator

import pytest

from edge_agent.bus import LineLentError, Station
from edge_agent.config import AgentSettings, PollSettings
from edge_agent.errors import LinkDownError
from edge_agent.listen import bus as buses
from edge_agent.listen.bus import ListenBus
from edge_agent.listen.frames import question
from edge_agent.listen.heard_meter import PATIENCE_S
from edge_agent.listen.station import run_once
from edge_agent.poll import LinkReport
from tests.edge_agent.bench import START_MS, HandClock, Shelf, meter
from tests.edge_agent.listen.played import PlayedEar, played_bus, turn, wait_until
from tests.edge_agent.listen.wire import answer, refusal

OMRON = "omron_km_n1"
VOLTS = (0, 2100, 0, 2101, 0, 2102)
"""Voltage L1-L2, L2-L3, L3-L1 of an OMRON at 0x0000, in tenths of a volt."""


class Stand:
    """A line that is played, a bus on it and an outbox."""

    def __init__(self) -> None:
        self.ear, self.clock, self.shelf = PlayedEar(), HandClock(), Shelf()
        self.bus: ListenBus | None = None

    def on(self, *units: int, poll: PollSettings | None = None, **more: object) -> ListenBus:
        """Put meters of these units on the line, and begin to listen."""
        rows = [meter(f"m{unit}", unit, **more) for unit in units]
        self.bus = played_bus(self.ear, self.clock, *rows, poll=poll)
        assert self.run() == LinkReport()
        return self.bus

    def run(self) -> LinkReport:
        """One round."""
        assert self.bus is not None
        return run_once(self.bus, self.shelf, self.clock)

    def later(self, seconds: float) -> LinkReport:
        """One round after so many seconds."""
        self.clock.advance(seconds)
        return self.run()


@pytest.fixture
def stand() -> Iterator[Stand]:
    """A stand whose thread is ended."""
    made = Stand()
    yield made
    if made.bus is not None:
        made.bus.close()


def test_what_another_master_reads_becomes_a_reading_of_its_instant(stand: Stand) -> None:
    """The instant is that at which the answer came, not that of the round."""
    stand.on(3)
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    report = stand.later(2.5)
    assert report.readings == tuple(stand.shelf.readings)
    (reading,) = report.readings
    assert (reading.site, reading.meter, reading.at_ms) == ("plant", "m3", START_MS)
    assert reading.values == {
        "voltage_l1_l2_v": 210.0, "voltage_l2_l3_v": 210.1, "voltage_l3_l1_v": 210.2,
    }  # fmt: skip


def test_a_clock_that_was_set_right_meanwhile_dates_what_came_before(stand: Stand) -> None:
    """Arrivals are kept on the steady clock and dated when they are taken."""
    stand.on(3)
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    stand.clock.at_ms += 3_600_000
    assert stand.later(2.0).readings[0].at_ms == START_MS + 3_600_000


def test_a_meter_gives_one_reading_a_mark_however_often_it_is_asked(stand: Stand) -> None:
    """Of many answers within an interval the newest counts."""
    stand.on(3, poll=PollSettings(every_s=10))
    for volts in (2100, 2110, 2120):
        stand.clock.advance(1.0)
        stand.ear.say(turn(3, 3, 0x0000, (0, volts)))
    (reading,) = stand.later(1.0).readings
    assert (reading.values, reading.at_ms) == ({"voltage_l1_l2_v": 212.0}, START_MS + 3_000)


def test_nothing_heard_gives_no_reading_and_no_fault_at_once(stand: Stand) -> None:
    """The other master may be slower than our marks: absent is absent."""
    bus = stand.on(3)
    assert stand.later(10.0) == LinkReport()
    assert bus.meters[0].polls_failed == 0


def test_groups_have_paces_of_their_own(stand: Stand) -> None:
    """Voltages each second and the rest each minute, though the master reads all each second."""
    poll = PollSettings.model_validate(
        {
            "every_s": 60,
            "groups": [{"name": "fast", "every_s": 1, "quantities": ["voltage_*"]}],
        }
    )
    stand.clock.at_ms = 1_780_000_020_000
    bus = stand.on(3, poll=poll)
    assert bus.tick_s == 1
    found = []
    for _ in range(60):
        stand.ear.say(turn(3, 3, 0x0000, (*VOLTS, 0, 5000)))
        found.append(set(stand.later(1.0).readings[0].values))
    assert all("voltage_l1_l2_v" in names for names in found)
    assert sum("current_l1_a" in names for names in found) == 2


def test_a_slower_pace_waits_for_its_value(stand: Stand) -> None:
    """At its mark nothing may have come: then the first that comes is taken."""
    stand.clock.at_ms = 1_780_000_020_000
    stand.on(3, every_s=60, poll=PollSettings(every_s=1))
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert len(stand.later(1.0).readings) == 1
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert stand.later(1.0).readings == ()
    assert len(stand.later(60.0).readings) == 1
    assert stand.later(60.0).readings == ()
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert len(stand.later(1.0).readings) == 1


def test_meters_share_a_line_by_their_unit_ids(stand: Stand) -> None:
    """Each gets what its own unit answers; units of nobody are passed over."""
    stand.on(1, 2)
    stand.ear.say(
        turn(1, 3, 0x0000, (0, 1000)), turn(2, 3, 0x0000, (0, 2000)), turn(9, 3, 0, (0, 9))
    )
    found = {row.meter: row.values for row in stand.later(1.0).readings}
    assert found == {"m1": {"voltage_l1_l2_v": 100.0}, "m2": {"voltage_l1_l2_v": 200.0}}


def fault(report: LinkReport) -> tuple[str, str]:
    """The one fault's message and hint."""
    (found,) = report.faults
    return found.message, found.hint


def test_a_silent_line_is_told(stand: Stand) -> None:
    """No byte at all: the other master is off, or the wires are not on."""
    stand.on(3)
    message, hint = fault(stand.later(PATIENCE_S + 1))
    assert message == "nothing is heard on /dev/ttyPLAYED"
    assert "other master runs" in hint


def test_a_wrong_speed_is_told(stand: Stand) -> None:
    """Bytes that make no frames."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(b"\x00\xf3\x80" * 40)
    message, hint = fault(stand.later(1.0))
    assert message == "120 bytes came on /dev/ttyPLAYED, no whole frame"
    assert "--find-settings" in hint


def test_a_unit_that_nobody_asks_is_told_with_those_that_are(stand: Stand) -> None:
    """Most likely its unit id is wrong in the settings."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(turn(1, 3, 0, (7,)), turn(5, 3, 0, (7,)))
    message, hint = fault(stand.later(1.0))
    assert message == "nobody asks unit 3 on this line"
    assert hint == "correct unit_id (asked are: 1, 5)"


def test_a_meter_that_is_asked_no_more_is_told(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """The other master was ended or changed; told once, and once when it is back."""
    bus = stand.on(3)
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert stand.later(1.0).faults == ()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            stand.clock.advance(PATIENCE_S + 1)
            stand.ear.say(turn(1, 3, 0, (7,)))
            message, hint = fault(stand.run())
        assert message.startswith("nobody asks this meter any more (unit 3, last ")
        assert "still has this unit in its list" in hint
        stand.ear.say(turn(3, 3, 0x0000, VOLTS))
        assert stand.run().faults == ()
    lines = [line for line in caplog.messages if line.startswith("meter m3")]
    assert len(lines) == 2
    assert lines[1] == "meter m3: back after 3 failed polls"
    assert (bus.meters[0].polls_ok, bus.meters[0].polls_failed) == (2, 3)
    assert bus.meters[0].fault is None


def test_a_slow_master_is_given_time(stand: Stand) -> None:
    """Who reads each five minutes is not missed after one."""
    stand.on(3)
    for _ in range(3):
        stand.ear.say(turn(3, 3, 0x0000, VOLTS))
        stand.later(300.0)
    stand.ear.say(turn(1, 3, 0, (7,)))
    assert stand.later(290.0).faults == ()


def test_a_meter_that_does_not_answer_the_other_master_is_told(stand: Stand) -> None:
    """The line is sound, the meter is not."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(question(3, 3, 0, 2), question(3, 3, 0, 2), turn(1, 3, 0, (7,)))
    message, hint = fault(stand.later(1.0))
    assert message == "unit 3 gives the other master no answer"
    assert "supply" in hint


def test_a_meter_whose_answers_are_spoiled_is_told(stand: Stand) -> None:
    """It speaks, but what it says does not arrive."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    bad = answer(3, 3, range(10))[:-1] + b"\x00"
    stand.ear.say(question(3, 3, 0, 10) + bad + question(3, 3, 0, 10) + bad + turn(1, 3, 0, (7,)))
    message, _ = fault(stand.later(1.0))
    assert message == "what unit 3 answers is spoiled on the way"


def test_a_meter_that_refuses_the_other_master_is_told(stand: Stand) -> None:
    """The exception says why."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(question(3, 3, 0, 2) + refusal(3, 3, 2))
    message, _ = fault(stand.later(1.0))
    assert message == "unit 3 refused: illegal address (exception 2)"


def test_registers_that_the_profile_does_not_know_are_told(stand: Stand) -> None:
    """What is read is listed, so that the right profile can be found."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(turn(3, 3, 0x5B00, (1, 2, 3)))
    message, hint = fault(stand.later(1.0))
    assert message == "what is read of unit 3 holds no value of profile omron_km_n1"
    assert "3: 0x5B00+3" in hint


def test_answers_that_cannot_be_told_apart_are_told(stand: Stand) -> None:
    """They come too late for the other master as well."""
    stand.on(3)
    stand.clock.advance(PATIENCE_S)
    stand.ear.say(question(3, 3, 0, 2), question(3, 3, 8, 2) + answer(3, 3, (1, 2)))
    message, hint = fault(stand.later(1.0))
    assert message == "which question unit 3 answers cannot be told"
    assert "time limit" in hint


def test_what_the_other_master_never_reads_is_told_once(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """So that nobody waits for an energy that will not come."""
    stand.on(3)
    with caplog.at_level(logging.WARNING):
        for _ in range(6):
            stand.ear.say(turn(3, 3, 0x0000, VOLTS))
            stand.later(1.0)
    told = [line for line in caplog.messages if "does not read" in line]
    assert len(told) == 1
    assert "current_l1_a" in told[0]
    assert "voltage_l1_l2_v" not in told[0]


def test_a_master_that_is_slower_than_the_settings_is_told(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """The meter would always seem late: its interval should be the master's."""
    stand.on(3, poll=PollSettings(every_s=10))
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            stand.ear.say(turn(3, 3, 0x0000, VOLTS))
            stand.later(60.0)
    assert [line for line in caplog.messages if "every_s = 60" in line]


def test_a_port_that_is_away_is_told_once_and_comes_back(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    """All its meters have the fault meanwhile."""
    stand.ear.error = OSError(errno.ENOENT, "gone")
    bus = played_bus(stand.ear, stand.clock, meter("m1", 1), meter("m2", 2))
    stand.bus = bus
    with caplog.at_level(logging.WARNING):
        stand.run()
        wait_until(lambda: bus.listener.down is not None)
        for _ in range(2):
            faults = stand.later(10.0).faults
            assert [found.meter for found in faults] == ["m1", "m2"]
            assert faults[0].message == "/dev/ttyPLAYED: there is no such port"
        stand.ear.error = None
        wait_until(lambda: bus.listener.down is None)
        stand.ear.say(turn(1, 3, 0x0000, VOLTS))
        assert stand.later(1.0).faults == ()
    assert len([line for line in caplog.messages if "no such port" in line]) == 1
    assert any(line.startswith("link bus: back") for line in caplog.messages)
    assert bus.meters[1].fault is not None


def test_nothing_can_be_asked_on_it(stand: Stand) -> None:
    """Whoever wants to ask is told what to do instead."""
    bus = stand.on(3)
    with pytest.raises(LinkDownError, match="link bus only listens"):
        bus.ask()


def test_the_port_can_be_lent(stand: Stand) -> None:
    """Meanwhile it is let go of and nobody is missed; a second borrower is turned away."""
    bus = stand.on(3)
    with bus.lend() as settings:
        assert settings.device == "/dev/ttyPLAYED"
        assert not bus.listener.running
        assert stand.ear.closed == stand.ear.opened
        assert stand.later(10 * PATIENCE_S) == LinkReport()
        with pytest.raises(LineLentError), bus.lend():
            pass
    assert stand.run() == LinkReport()
    assert bus.listener.running
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert len(stand.later(1.0).readings) == 1


def test_halted_it_does_nothing_until_it_begins_again(stand: Stand) -> None:
    """As a bus that is polled."""
    bus = stand.on(3)
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    bus.halt()
    assert stand.run() == LinkReport()
    bus.begin()
    assert len(stand.run().readings) == 1
    assert not bus.behind(stand.clock.now_ms())


def test_it_has_the_shape_of_a_station(stand: Stand) -> None:
    """What the agent needs of any bus, it has; and a round of it brings a report."""
    station: Station = stand.on(3)
    assert [station.settings.id, *(one.settings.id for one in station.meters)] == ["bus", "m3"]
    assert station.unsound == ()
    assert station.meters[0].interval_s == 10


def test_each_round_is_a_sign_of_life(stand: Stand) -> None:
    """The watchdog hears of it."""
    bus, moved = stand.on(3), list[int]()
    bus.watch(lambda: moved.append(1))
    stand.run()
    assert moved == [1]
    assert bus.longest_request_s() > 0


def test_statistics_are_those_of_the_other_masters_requests(stand: Stand) -> None:
    """Answers, silences, refusals and latency, as polling counts its own."""
    bus = stand.on(3)
    stand.ear.say(question(3, 3, 0, 2))
    stand.clock.advance(0.05)
    stand.ear.say(answer(3, 3, (1, 2)))
    stand.ear.say(question(3, 3, 0, 2), question(3, 3, 4, 3) + refusal(3, 3, 2))
    stand.clock.advance(3.0)
    found = bus.statistics(3)
    assert (found.answers, found.timeouts, found.refusals, found.bad_answers) == (1, 1, 1, 0)
    assert found.latency_ms == pytest.approx(50.0)
    assert found.last_answer_s_ago == pytest.approx(3.0)
    assert bus.statistics(9).answers == 0
    assert bus.status().suspicion is None


def test_a_reading_carries_statistics_when_wanted(stand: Stand) -> None:
    """Not with each one: with the first, and then as often as it is set."""
    bus = stand.on(3)
    bus.counts_every_s = 60.0
    carried = []
    for _ in range(8):
        stand.ear.say(turn(3, 3, 0x0000, VOLTS))
        carried.append("modbus_answers_count" in stand.later(10.0).readings[0].values)
    assert carried == [True, False, False, False, False, False, True, False]


def test_a_fault_of_the_program_comes_out_of_the_round_and_listening_goes_on(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread does not die in silence."""
    bus = stand.on(3)
    monkeypatch.setattr(stand.ear, "error", ZeroDivisionError("played"))
    wait_until(lambda: not bus.listener.running)
    monkeypatch.setattr(stand.ear, "error", None)
    with pytest.raises(ZeroDivisionError):
        stand.run()
    assert stand.run() == LinkReport()
    stand.ear.say(turn(3, 3, 0x0000, VOLTS))
    assert len(stand.later(1.0).readings) == 1


def test_a_profile_that_is_not_there_costs_its_own_meter_only() -> None:
    """The others are listened to."""
    settings = AgentSettings.model_validate(
        {
            "agent": {"id": "a-1", "site": "plant"},
            "mqtt": {"url": "mqtt://127.0.0.1:1"},
            "links": [
                {"id": "bus", "kind": "rtu-listen", "device": "/dev/ttyPLAYED"},
                {"id": "other", "kind": "rtu", "device": "/dev/ttyOTHER"},
            ],
            "meters": [
                {"id": "a", "link": "bus", "unit_id": 1, "profile": "nothing_like_it"},
                {"id": "b", "link": "bus", "unit_id": 2, "profile": OMRON},
                {"id": "c", "link": "other", "unit_id": 1, "profile": OMRON},
            ],
        }
    )
    (bus,) = buses.gather(settings)
    assert [one.settings.id for one in bus.meters] == ["b"]
    assert [found.meter for found in bus.unsound] == ["a"]
