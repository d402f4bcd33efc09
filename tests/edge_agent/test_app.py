"""The agent as a whole, with played meters and a real Mosquitto."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge_agent import app, built, forward, schedule
from edge_agent.app import Agent
from edge_agent.bus import paces
from edge_agent.clock import SystemClock
from edge_agent.config import AgentSettings, LinkSettings
from edge_agent.contract import wire
from edge_agent.errors import LinkDownError, SilentMeterError, StopError
from edge_agent.meter_link import MeterLink
from edge_agent.poll import Bus
from edge_agent.words import in_language
from tests.edge_agent.delivery import NOON_MS, HandClock, PlayedCollector, wait_until
from tests.services.mosquitto import MosquittoServer, free_port


@pytest.fixture(autouse=True)
def _told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


REGISTER_ORDER = (3, 0x0028)
"""Where the meters of this plant tell 2141.0: that their words come in the usual order."""


class PlayedLink:
    """A line on which every unit but the dead ones answers with zeros."""

    def __init__(self) -> None:
        self.dead: set[int] = set()
        self.down = False
        self.slow_s = 0.0
        self.wait = threading.Event()
        self.threads: set[str] = set()

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """Zeros, after ``slow_s``."""
        self.threads.add(threading.current_thread().name)
        if self.slow_s:
            self.wait.wait(self.slow_s)
        if self.down:
            raise LinkDownError("link is down", "look at the cable")
        if unit_id in self.dead:
            raise SilentMeterError(f"unit {unit_id} is silent", "look at its power")
        if (function, address) == REGISTER_ORDER:
            return (0x4505, 0xD000)
        return (0,) * count

    def close(self) -> None:
        """Nothing to let go of."""


def settings(folder: Path, url: str, agent: str, **poll: float) -> AgentSettings:
    """Two links; two meters on the first, one with a CT on the second."""
    return AgentSettings.model_validate(
        {
            "agent": {"id": agent, "site": "sendai", "state_dir": folder / "state"},
            "mqtt": {"url": url},
            "poll": {"every_s": 0.5} | poll,
            "outbox": {"commit_every_s": 0.2, "max_mb": 16},
            "clock": {"wait_s": 0},
            "links": [
                {"id": "lan", "kind": "tcp", "host": "192.0.2.1"},
                {"id": "bus", "kind": "rtu", "device": "/dev/null"},
            ],
            "meters": [
                meter("main", "lan", 1),
                meter("line", "lan", 2, name="ライン"),
                meter("press", "bus", 3, ct_ratio=40.0, vt_ratio=2.0),
            ],
        }
    )


def meter(key: str, link: str, unit: int, **more: object) -> dict[str, object]:
    """One meter's settings."""
    return {"id": key, "link": link, "unit_id": unit, "profile": "eastron_sdm630", **more}


class Plant:
    """Agents on one state folder, and the lines that they read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.links: dict[str, PlayedLink] = {"lan": PlayedLink(), "bus": PlayedLink()}
        self.agents: list[Agent] = []

    def agent(self, url: str, name: str, clock: HandClock | None = None, **poll: float) -> Agent:
        """Make an agent."""

        def opener(link: LinkSettings, _gaps_ms: Mapping[int, int]) -> MeterLink:
            return self.links[link.id]

        made = Agent(settings(self.folder, url, name, **poll), clock, opener=opener)
        self.agents.append(made)
        return made


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    """A plant without agents yet."""
    made = Plant(tmp_path)
    yield made
    for agent in made.agents:
        agent.close()


def drained(agent: Agent) -> Callable[[], bool]:
    """A step of forwarding; true when nothing is left."""

    def step() -> bool:
        agent.forward_once()
        return agent.status().outbox_depth == 0

    return step


def nowhere() -> str:
    """The url of a broker that is away."""
    return f"mqtt://127.0.0.1:{free_port()}"


@pytest.mark.services
def test_step_by_step_under_a_replayed_clock(mosquitto: MosquittoServer, plant: Plant) -> None:
    """Days pass in a moment, in the caller's thread: every reading arrives at its own instant."""
    clock = HandClock()
    agent = plant.agent(mosquitto.url, "replayed", clock)
    with PlayedCollector(mosquitto.port, "replayed") as collector:
        for _ in range(288):
            report = agent.poll_once()
            assert [found.meter for found in report.readings] == ["main", "line", "press"]
            clock.pass_s(300)
        assert agent.commit() == 3 * 288
        wait_until(drained(agent))
        agent.stop()
    instants: dict[str, list[int]] = {"main": [], "line": [], "press": []}
    for message in collector.messages():
        instants[message.meter] += message.at_ms
    expected = [NOON_MS + 300_000 * i for i in range(288)]
    assert all(sorted(found) == expected for found in instants.values())
    status = agent.status()
    assert (status.readings_taken, status.readings_settled) == (864, 864)
    assert status.messages_published == len(collector.messages()) == 15
    assert status.last_fault == ""
    assert {message.clock for message in collector.messages()} == {"unknown"}


@pytest.mark.services
def test_running_by_itself(mosquitto: MosquittoServer, plant: Plant) -> None:
    """Started, it polls on the clock's marks, commits and delivers; stopped, nothing is left."""
    agent = plant.agent(mosquitto.url, "running")
    with PlayedCollector(mosquitto.port, "running") as collector:
        agent.start()
        agent.start()
        wait_until(lambda: agent.status().readings_settled >= 12)
        agent.stop()
        assert agent.status().outbox_depth == 0
    messages = collector.messages()
    assert {message.clock for message in messages} <= {"synchronised", "estimated"}
    late_ms = [at_ms % 500 for message in messages for at_ms in message.at_ms]
    assert sorted(late_ms)[len(late_ms) // 2] < 250
    assert all(len(link.threads) == 1 for link in plant.links.values())
    assert plant.links["lan"].threads != plant.links["bus"].threads


@pytest.mark.services
def test_the_birth_tells_the_meters(mosquitto: MosquittoServer, plant: Plant) -> None:
    """Counter step and end of the card are those of the readings: after CT and VT ratio."""
    agent = plant.agent(mosquitto.url, "carded", every_s=60.0)
    wait_until(lambda: agent.forward_once().connected)
    with PlayedCollector(mosquitto.port, "carded") as newcomer:
        wait_until(lambda: bool(newcomer.of("birth")))
        birth = wire.decode_birth(newcomer.of("birth")[0])
    main, line, press = birth.meters
    assert (main.name, line.name) == ("main", "ライン")
    assert (main.profile, main.interval_s) == ("eastron_sdm630", 60.0)
    assert press.step_wh == 80 * main.step_wh
    assert birth.software.startswith("mieruka ")


@pytest.mark.services
def test_a_plant_without_a_broker_keeps_everything(
    own_mosquitto: MosquittoServer, plant: Plant
) -> None:
    """Polling goes on, stopping takes no longer, and the next process hands it all over."""
    own_mosquitto.kill()
    agent = plant.agent(own_mosquitto.url, "alone")
    agent.start()
    wait_until(lambda: agent.status().readings_taken >= 9)
    start_s = time.monotonic()
    agent.stop()
    assert time.monotonic() - start_s < app.HAND_OVER_S
    taken = agent.status().readings_taken
    assert agent.status().outbox_depth == taken
    assert not agent.status().connected
    assert "is away: Connection refused" in agent.status().last_fault
    agent.close()
    own_mosquitto.start()
    with PlayedCollector(own_mosquitto.port, "alone") as collector:
        again = plant.agent(own_mosquitto.url, "alone")
        wait_until(drained(again))
    assert sorted(collector.seqs()) == list(range(1, taken + 1))


@pytest.mark.services
def test_stopping_hands_over_what_is_left(mosquitto: MosquittoServer, plant: Plant) -> None:
    """The last readings before a stop do not wait for the next start."""
    agent = plant.agent(mosquitto.url, "leaving")
    with PlayedCollector(mosquitto.port, "leaving") as collector:
        agent.poll_once()
        agent.stop()
        assert agent.status().outbox_depth == 0
        assert sorted(collector.seqs()) == [1, 2, 3]


@pytest.mark.services
def test_stopping_waits_only_so_long_for_a_collector(
    mosquitto: MosquittoServer, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without receipts a stop still ends, and keeps what was not confirmed."""
    monkeypatch.setattr(app, "HAND_OVER_S", 0.5)
    agent = plant.agent(mosquitto.url, "unheard")
    agent.poll_once()
    start_s = time.monotonic()
    agent.stop()
    assert time.monotonic() - start_s < 4
    assert agent.status().outbox_depth == 3


def test_a_dead_unit_and_a_dead_link_leave_the_others_alone(plant: Plant) -> None:
    """Each fault is one of the report, with its hint; the rest is read."""
    agent = plant.agent(nowhere(), "wounded", HandClock())
    plant.links["lan"].dead.add(1)
    plant.links["bus"].down = True
    report = agent.poll_once()
    assert [found.meter for found in report.readings] == ["line"]
    assert [(fault.meter, fault.hint) for fault in report.faults] == [
        ("main", "look at its power"),
        ("press", "look at the cable"),
    ]
    status = agent.status()
    assert status.polls_failed == 2
    assert status.last_fault == "meter press: link is down (look at the cable)"


def test_a_slow_link_does_not_hold_up_the_other(
    plant: Plant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker a link: while one waits for its meters the other keeps its marks."""
    monkeypatch.setattr(paces, "FIRST_LOOK_S", 0.5)
    monkeypatch.setattr(paces, "LOOK_EVERY_S", 0.5)
    plant.links["bus"].slow_s = 20.0
    agent = plant.agent(nowhere(), "uneven", every_s=0.2)
    agent.start()
    wait_until(lambda: agent.status().readings_taken >= 10)
    plant.links["bus"].wait.set()
    wait_until(lambda: "link bus: too slow for these paces" in caplog.text)
    agent.stop()
    assert "link lan: too slow" not in caplog.text
    assert "raise every_s of [poll]" in caplog.text
    line = agent.health()["lines"]["bus"]
    assert 0 < line["polls_left_out"] < line["polls_due"]


def test_readings_survive_a_process_that_is_killed(plant: Plant) -> None:
    """What was committed is there for the next process, without any goodbye."""
    agent = plant.agent(nowhere(), "killed", HandClock())
    agent.poll_once()
    agent.commit()
    agent.poll_once()
    folder = plant.folder / "state"
    copy = plant.folder / "copy"
    (copy / "state").mkdir(parents=True)
    for part in folder.glob("outbox.sqlite*"):
        if part.suffix != ".lock" and not part.name.endswith("-shm"):
            (copy / "state" / part.name).write_bytes(part.read_bytes())
    plant.folder = copy
    assert plant.agent(nowhere(), "killed", HandClock()).status().outbox_depth == 3


def test_a_forwarding_that_cannot_go_on_ends_the_process(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever waits for the agent gets the error, so that it can be started anew."""

    def broken(*_: object) -> None:
        raise StopError("the uplink is broken", "report it")

    monkeypatch.setattr(forward, "run_once", broken)
    agent = plant.agent(nowhere(), "broken")
    agent.start()
    with pytest.raises(StopError, match=r"the uplink is broken \(report it\)"):
        agent.wait(20)
    agent.stop()
    assert "forwarding has ended: the uplink is broken" in caplog.text
    assert agent.status().last_fault == "the uplink is broken (report it)"


def test_a_fault_in_the_program_does_not_end_forwarding_unseen(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception nobody foresaw ends the process with a line instead of a silent thread."""

    def broken(*_: object) -> None:
        raise KeyError("nobody thought of it")

    monkeypatch.setattr(forward, "run_once", broken)
    agent = plant.agent(nowhere(), "surprised")
    agent.start()
    with pytest.raises(StopError, match="KeyError: 'nobody thought of it'"):
        agent.wait(20)


def test_a_fault_in_a_poll_is_told_and_polling_goes_on(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception in one job is one line; the other link is still read."""
    agent = plant.agent(nowhere(), "stumbling", every_s=0.2)

    def broken(*_: object) -> tuple[int, ...]:
        raise KeyError("no such block")

    monkeypatch.setattr(plant.links["bus"], "read", broken)
    agent.start()
    wait_until(lambda: agent.status().readings_taken >= 6 and "no such block" in caplog.text)
    agent.stop()
    assert caplog.text.count("link bus: fault in the program: KeyError") == 1


def test_waiting_ends_by_its_time_or_by_stop(plant: Plant) -> None:
    """``wait`` comes back when its time is over, and at once when another thread stops."""
    agent = plant.agent(nowhere(), "awaited")
    agent.start()
    agent.wait(0.05)
    stopper = threading.Timer(0.1, agent.stop)
    stopper.start()
    start_s = time.monotonic()
    agent.wait(30)
    assert time.monotonic() - start_s < 10
    stopper.join()


@dataclass
class SteppedClock(SystemClock):
    """The machine's clock, but for a wall that can be set."""

    set_by_ms: int = 0

    def now_ms(self) -> int:
        """The wall clock as set."""
        return super().now_ms() + self.set_by_ms


@pytest.mark.parametrize("step_s", [-3_600.0, 365 * 86_400.0])
def test_a_clock_that_steps_does_not_stop_polling(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, step_s: float
) -> None:
    """After a step of the wall clock polling and commits go on, and the step is told once."""
    agent = plant.agent(nowhere(), "stepped", every_s=0.2)
    machine = SteppedClock()
    monkeypatch.setattr(agent, "_network_clock", machine)
    agent.start()
    wait_until(lambda: agent.status().readings_taken >= 3)
    machine.set_by_ms = round(step_s * 1000)
    wait_until(lambda: f"stepped by {step_s:.1f} s" in caplog.text)
    taken, commits = agent.status().readings_taken, agent.status().commits
    wait_until(lambda: agent.status().readings_taken >= taken + 18)
    assert agent.status().commits > commits
    agent.stop()
    assert caplog.text.count("the clock stepped") == 1


def test_every_part_of_a_running_agent_is_expected_to_move(plant: Plant) -> None:
    """Links, commit and forwarding while it runs; nothing before and after."""
    agent = plant.agent(nowhere(), "moving")
    assert agent.progress.standings() == {}
    agent.start()
    parts = {"link lan", "link bus", "commit", "forward", "uplink"}
    assert set(agent.progress.standings()) == parts
    wait_until(lambda: agent.status().readings_taken >= 6)
    assert agent.progress.stuck() == ()
    agent.stop()
    assert agent.progress.standings() == {}


def test_a_bus_of_dead_meters_moves_with_each_request(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a round takes: each request is a step, whether it is answered or not."""
    agent, now_s = plant.agent(nowhere(), "patient"), [0.0]
    monkeypatch.setattr(agent.progress, "_monotonic_s", lambda: now_s[0])
    plant.links["lan"].dead |= {1, 2}
    agent.progress.expect("link lan", 45)
    read, silent_s = plant.links["lan"].read, list[float]()

    def slow(*request: int) -> tuple[int, ...]:
        silent_s.append(agent.progress.standings()["link lan"].silent_s)
        now_s[0] += 40
        return read(*request)

    monkeypatch.setattr(plant.links["lan"], "read", slow)
    agent.poll_once()
    assert silent_s == [0.0] * 4
    assert agent.progress.stuck() == ()


def test_a_hanging_link_commit_or_broker_is_stuck_alone(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part that hangs is named; the others are known to move."""
    monkeypatch.setattr(built, "WITHIN_S", 0.5)
    monkeypatch.setattr(built, "NAMES_WITHIN_S", 0.5)
    monkeypatch.setattr(Bus, "longest_request_s", lambda _: 0.5)
    monkeypatch.setattr(app, "FORWARD_EVERY_S", 0.1)
    monkeypatch.setattr(schedule, "PULSE_EVERY_S", 0.1)
    agent, release = plant.agent(nowhere(), "hung", every_s=0.2), threading.Event()
    try:
        agent.start()
        wait_until(lambda: agent.status().readings_taken >= 3)
        monkeypatch.setattr(agent._outbox, "commit", release.wait)
        wait_until(lambda: [stuck.part for stuck in agent.progress.stuck()] == ["commit"])
        health = agent.health()
        assert health["ok"] is False
        assert any(reason.startswith("commit has not moved for") for reason in health["why"])
        plant.links["bus"].slow_s, plant.links["bus"].wait = 60.0, release
        monkeypatch.setattr(forward, "run_once", lambda *_: release.wait())
        wait_until(
            lambda: (
                {stuck.part for stuck in agent.progress.stuck()}
                == {"commit", "forward", "link bus"}
            )
        )
    finally:
        monkeypatch.undo()
        release.set()


def test_a_page_may_say_the_condition_in_its_readers_language(plant: Plant) -> None:
    """`/health` speaks the agent's language; what the page is given can be said in another."""
    agent = plant.agent(nowhere(), "spoken")
    agent.forward_once()
    told, kept = agent.health()["broker"]["fault"], agent.condition()["broker"]["fault"]
    assert told == kept
    assert "Connection refused" in told
    assert in_language(kept, "ja").startswith("ブローカー")
    assert in_language(told, "ja") == told


def test_an_agent_tells_how_it_is(plant: Plant) -> None:
    """Meters with their ages and faults, the outbox's file, and figures for all of it."""
    agent = plant.agent(nowhere(), "telling")
    plant.links["bus"].dead.add(3)
    agent.poll_once()
    agent.commit()
    agent.forward_once()
    health = agent.health()
    assert (health["agent"], health["outbox"]["readings"]) == ("telling", 2)
    assert health["meters"]["press"]["fault"] == "unit 3 is silent (look at its power)"
    assert health["meters"]["main"]["age_s"] < 20
    assert health["outbox"]["file_bytes"] > 4_096
    assert "Connection refused" in health["broker"]["fault"]
    figures = {metric.name: metric for metric in agent.metrics()}
    assert figures["mieruka_agent_outbox_readings"].value == 2
    assert figures["mieruka_agent_outbox_commits_total"].value == 1
    assert (figures["mieruka_agent_memory_bytes"].value or 0) > 1_000_000
    polls = {
        tuple(labels.values()): n for labels, n in figures["mieruka_agent_polls_total"].samples
    }
    assert polls["press", "bus", "failed"] == polls["main", "lan", "ok"] == 1


def test_a_disk_that_refuses_is_told_until_it_takes_again(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault holds while commits fail, and is gone with the first that works."""
    agent = plant.agent(nowhere(), "refused")
    agent.poll_once()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(agent._outbox, "_write", full)
        assert agent.commit() == 0
        assert "disk is full" in agent.status().disk_fault
        assert "disk is full" in agent.health()["why"][0]
    assert agent.commit() == 3
    assert agent.status().disk_fault == ""
    assert "disk is full" in agent.status().last_fault


@pytest.mark.services
def test_a_network_thread_that_hangs_is_stuck(
    mosquitto: MosquittoServer, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A callback that never ends: forwarding goes on, but no answer of the broker comes through."""
    monkeypatch.setattr(app, "ANSWER_WITHIN_S", 0.5)
    agent, release = plant.agent(mosquitto.url, "deaf"), threading.Event()
    with PlayedCollector(mosquitto.port, "deaf"):
        agent.start()
        wait_until(lambda: agent.status().readings_settled >= 6)
        assert agent.progress.stuck() == ()
        monkeypatch.setattr(agent._uplink, "_news", release.wait)
        wait_until(lambda: [stuck.part for stuck in agent.progress.stuck()] == ["uplink"])
        release.set()
        monkeypatch.undo()


@pytest.mark.services
def test_a_connection_that_breaks_is_counted(own_mosquitto: MosquittoServer, plant: Plant) -> None:
    """Once a loss, however long it lasts."""
    agent = plant.agent(own_mosquitto.url, "broken-off")
    wait_until(lambda: agent.forward_once().connected)
    own_mosquitto.kill()
    wait_until(lambda: not agent.forward_once().connected)
    for _ in range(3):
        agent.forward_once()
    assert agent.status().connection_losses == 1
    own_mosquitto.start()
    wait_until(lambda: agent.forward_once().connected)
    assert agent.status().connection_losses == 1
    assert agent.status().away_s == 0.0


@pytest.mark.parametrize(
    ("host", "within_s"),
    [("192.0.2.1", 45), ("::1", 45), ("", 45), ("gateway.plant.example", 150)],
)
def test_where_a_name_is_looked_up_more_time_is_given(host: str, within_s: float) -> None:
    """Dead name servers hold up a thread for longer than a stuck one may stand still."""
    assert built.within_s(host) == within_s


def test_two_agents_on_one_folder_are_refused(plant: Plant) -> None:
    """A second process on the same state folder ends with one line."""
    plant.agent(nowhere(), "first")
    with pytest.raises(StopError, match="in use by another agent"):
        plant.agent(nowhere(), "second")


def test_a_profile_that_is_not_there_stops_the_agent(tmp_path: Path) -> None:
    """A wrong profile is told before anything is opened."""
    right = settings(tmp_path, nowhere(), "wrong")
    wrong = right.meters[0].model_copy(update={"profile": "eastron_sdm631"})
    with pytest.raises(StopError, match="eastron_sdm631"):
        Agent(right.model_copy(update={"meters": (wrong,)}))
    assert not right.agent.state_dir.exists()
