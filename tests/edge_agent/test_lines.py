"""What the other parts of an agent may do with its lines and readings while it polls."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import app
from edge_agent.bus import LineLentError
from edge_agent.contract import wire
from edge_agent.contract.reading import Reading
from edge_agent.errors import LinkDownError, StopError
from edge_agent.intake import Intake
from edge_agent.outbox import Outbox
from tests.edge_agent.delivery import HandClock, PlayedCollector, wait_until
from tests.edge_agent.test_app import Plant, nowhere
from tests.services.mosquitto import MosquittoServer


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant without agents yet."""
    made = Plant(tmp_path)
    yield made
    for agent in made.agents:
        agent.close()


def test_others_ask_while_polling_goes_on(plant: Plant) -> None:
    """Requests of another part get their turns on a busy line, and cost no meter its readings."""
    plant.links["lan"].slow_s = 0.01
    agent = plant.agent(nowhere(), "asked", every_s=0.2)
    agent.start()
    wait_until(lambda: agent.status().readings_taken >= 3)
    link = agent.ask("lan")
    taken = agent.status().readings_taken
    for _ in range(30):
        assert link.read(1, 4, 0, 2, 1_000) == (0, 0)
    link.close()
    wait_until(lambda: agent.status().readings_taken >= taken + 9)
    agent.stop()
    assert agent.statistics()["main"].answers >= 30
    assert agent.statistics()["main"].latency_ms is not None


def test_a_taken_line_rests_and_goes_on_afterwards(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    """Its meters are not asked, the other line is, no fault is told, no part is stuck."""
    caplog.set_level(logging.INFO, logger="edge_agent")
    agent = plant.agent(nowhere(), "taken", every_s=0.2)
    agent.start()
    wait_until(lambda: set(agent.latest()) == {"main", "line", "press"})
    with agent.take("lan") as link:
        assert link.host == "192.0.2.1"
        before, taken = agent.latest()["main"].at_ms, agent.status().readings_taken
        wait_until(lambda: agent.status().readings_taken >= taken + 6)
        assert agent.latest()["main"].at_ms == before
        with pytest.raises(LineLentError), agent.take("lan"):
            pass
        with pytest.raises(LinkDownError, match="is in use by a search"):
            agent.ask("lan").read(1, 4, 0, 2, 1_000)
        assert agent.progress.stuck() == ()
    wait_until(lambda: agent.latest()["main"].at_ms > before)
    agent.stop()
    assert agent.status().polls_failed == 0
    assert "lan" not in caplog.text


def test_a_round_under_way_ends_when_its_line_is_taken(plant: Plant) -> None:
    """Whoever takes a line waits for one request, not for the whole round."""
    agent, asked = plant.agent(nowhere(), "hasty", HandClock()), list[int]()
    inside, go_on = threading.Event(), threading.Event()

    def slow(unit: int, *_: int) -> tuple[int, ...]:
        asked.append(unit)
        inside.set()
        go_on.wait(10)
        raise LinkDownError("not this time", "")

    plant.links["lan"].read = slow  # type: ignore[assignment,method-assign]
    round_ = threading.Thread(target=agent.poll_once)
    round_.start()
    inside.wait(10)
    lent = threading.Event()

    def take() -> None:
        with agent.take("lan"):
            lent.set()

    taker = threading.Thread(target=take)
    taker.start()
    assert not lent.wait(0.05)
    go_on.set()
    for thread in (taker, round_):
        thread.join(10)
    assert (asked, lent.is_set()) == ([1], True)


def test_an_unknown_line_is_told_with_those_there_are(plant: Plant) -> None:
    """Asking on, or taking, a link that is not in the settings names the known ones."""
    agent = plant.agent(nowhere(), "unknown", HandClock())
    for use in (agent.ask, agent.take):
        with pytest.raises(StopError, match=r"there is no link bux \(known: lan, bus\)"):
            use("bux")


def test_watchers_hear_every_reading_and_may_fail(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    """Each in the thread that polled; one that fails is told once and harms nobody."""
    heard = list[str]()

    def broken(_: Reading) -> None:
        raise KeyError("oops")

    agent = plant.agent(nowhere(), "watched", HandClock())
    agent._intake._watchers = (broken, lambda reading: heard.append(reading.meter))
    agent.poll_once()
    agent.poll_once()
    assert heard == ["main", "line", "press"] * 2
    assert agent.commit() == 6
    assert caplog.text.count("a watcher of readings failed: KeyError") == 1


def test_the_latest_values_are_of_all_paces(box: Outbox) -> None:
    """A reading of some quantities leaves the others as they were read last."""
    intake = Intake(box, lambda: "unknown")
    intake.put(Reading("plant", "main", 1_000, {"active_power_w": 5.0}), 1.0)
    intake.put(Reading("plant", "main", 2_000, {"frequency_hz": 50.0}), 2.0)
    intake.put(Reading("plant", "main", 3_000, {"active_power_w": 6.0}), 3.0)
    (latest,) = intake.latest().values()
    assert latest.at_ms == 3_000
    assert latest.values == {"active_power_w": 6.0, "frequency_hz": 50.0}


def test_how_far_the_collector_has_a_meter(box: Outbox) -> None:
    """By the numbers of its receipts, in whatever ranges they come; of each meter its own."""
    intake = Intake(box, lambda: "unknown")
    for at_s in range(1, 7):
        intake.put(Reading("plant", "ab"[at_s % 2], at_s * 1_000, {"frequency_hz": 50.0}), at_s)
    assert intake.stored_up_to("a") is None
    intake.stored(1, 2)
    assert (intake.stored_up_to("b"), intake.stored_up_to("a")) == (1_000, 2_000)
    intake.stored(5, 5)
    intake.stored(3, 4)
    assert (intake.stored_up_to("b"), intake.stored_up_to("a")) == (5_000, 4_000)
    assert intake.stored_up_to("c") is None


@pytest.mark.services
def test_receipts_tell_how_far_the_collector_is(mosquitto: MosquittoServer, plant: Plant) -> None:
    """The test send of a new meter: from its first reading to the collector's receipt."""
    agent = plant.agent(mosquitto.url, "receipted")
    with PlayedCollector(mosquitto.port, "receipted"):
        agent.poll_once()
        agent.commit()
        assert agent.stored_up_to("main") is None
        at_ms = agent.latest()["main"].at_ms

        def stored() -> bool:
            agent.forward_once()
            return agent.stored_up_to("main") == at_ms

        wait_until(stored)


@pytest.mark.services
def test_a_serial_number_is_announced_again(mosquitto: MosquittoServer, plant: Plant) -> None:
    """The card of a meter that has told its serial number goes out on the same connection."""
    agent = plant.agent(mosquitto.url, "renewed", HandClock())
    with PlayedCollector(mosquitto.port, "renewed") as collector:
        wait_until(lambda: agent.forward_once().connected)
        for serial in ("", "5501"):
            if serial:
                agent._lines.meters()[0].serials = (serial,)

            def told(serial: str = serial) -> bool:
                agent.forward_once()
                births = [wire.decode_birth(payload) for payload in collector.of("birth")]
                return bool(births) and births[-1].meters[0].serial == serial

            wait_until(told)
        births = [wire.decode_birth(payload) for payload in collector.of("birth")]
    assert len({birth.connection for birth in births}) == 1
    assert len(births) == 2


def test_readings_carry_how_their_unit_answers(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a minute on the machine's own clock; never in a replay."""
    monkeypatch.setattr(app, "COUNTS_EVERY_S", 0.0)
    agent = plant.agent(nowhere(), "counted")
    agent.poll_once()
    values = agent.latest()["main"].values
    assert values["modbus_answers_count"] >= 1
    assert values["modbus_timeouts_count"] == 0
    agent.close()
    plant.agents.clear()
    replayed = plant.agent(nowhere(), "counted", HandClock())
    replayed.poll_once()
    assert "modbus_answers_count" not in replayed.latest()["main"].values


def test_health_speaks_the_agents_language(plant: Plant, tmp_path: Path) -> None:
    """Reasons, faults and the log's lines are Japanese when [agent] language says so."""
    agent = plant.agent(nowhere(), "speaking", HandClock())
    agent.language = "ja"
    plant.links["bus"].down = True
    agent.poll_once()
    agent._made_s -= 1_000
    told = agent.health()
    reason = next(why for why in told["why"] if "press" in why)
    assert reason.startswith("計測器 press をまだ一度も読み取れていません: link is down(")
    assert told["meters"]["press"]["fault"] == "link is down(look at the cable)"
    assert told["last_fault"].startswith("計測器 press: ")
