"""On a line of three ends: meters, another master, and one who reads along and never speaks."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

import edge_agent.listen
from edge_agent import profile
from edge_agent.bus import LinkReport
from edge_agent.clock import SystemClock
from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.decode import Ratios, values_in
from edge_agent.errors import LinkDownError, SilentMeterError
from edge_agent.listen import bus as buses
from edge_agent.listen import heard_meter, listener, search
from edge_agent.listen.bus import ListenBus
from edge_agent.listen.ear import SerialEar
from edge_agent.listen.frames import question
from edge_agent.listen.listener import Listener
from edge_agent.listen.pairing import Exchange
from edge_agent.listen.station import run_once
from simulators.face import ENERGY, Face
from simulators.faults import Faults
from simulators.ledger import Ledger
from simulators.master import Ask, Master, asks_of
from simulators.meter import MeterServer
from simulators.plant import Address, Link
from simulators.serial_line import SerialLine
from tests.edge_agent.bench import Shelf
from tests.edge_agent.listen.played import wait_until
from tests.simulators.small_plant import meter, plant

NAMES = {1: "eastron_sdm630", 2: "omron_km_n1", 3: "schneider_iem3155"}
ASKS = tuple(ask for unit, name in NAMES.items() for ask in asks_of(profile.load(name), unit))
BAUD = 38_400


PLANT = plant(
    *(meter(name, id=f"m{unit}", unit_id=unit) for unit, name in NAMES.items()), kind="rtu"
)
BEGUN_MS = PLANT.start_ms + 36_000_000


def faces() -> list[Face]:
    """The three meters."""
    return [Face(PLANT, one, profile.load(one.profile), Faults()) for one in PLANT.meters]


@contextmanager
def served(baud: int = 0, rush: float = 60.0) -> Iterator[SerialLine]:
    """Three meters on a line, whose clock goes ``rush`` times as fast; ``baud`` plays its speed."""
    begun_s = time.monotonic()

    def now_ms() -> int:
        return BEGUN_MS + round(1000 * rush * (time.monotonic() - begun_s))

    at = Link("line", "rtu", baud=baud or BAUD)
    with SerialLine(baud) as line:
        wanted = Address(device=line.meter_end)
        with MeterServer(faces(), at, now_ms, Ledger(), Faults(), wanted):
            yield line


def link(device: str, **more: object) -> LinkSettings:
    """The line as one who reads along has it in the settings."""
    facts = {"id": "bus", "kind": "rtu-listen", "device": device, "baud": BAUD, **more}
    return LinkSettings.model_validate(facts)


def listening(device: str) -> ListenBus:
    """A bus of the three meters."""
    rows = [
        MeterSettings(id=f"m{unit}", link="bus", unit_id=unit, profile=name)
        for unit, name in NAMES.items()
    ]
    return buses.assemble("plant", link(device), rows, PollSettings(every_s=0.2))


def polled(master: Master, unit: int) -> list[tuple[float, Mapping[str, float]]]:
    """What the master's own answers of a unit say, each with its instant."""
    model = profile.load(NAMES[unit])
    blocks = {(int(block.function), block.address): block for block in model.blocks}
    return [
        (one.at_s, values_in(blocks[one.ask.function, one.ask.address], one.words or (), Ratios()))
        for one in master.answers(unit)
    ]


def test_what_is_heard_is_what_the_other_master_got() -> None:
    """Same values at the same instants, counters to the last digit, and not a byte was sent."""
    with served() as line, Master(line.agent_end, ASKS, 0.1, baud=BAUD) as master:
        bus, shelf, clock = listening(line.tap_end), Shelf(), SystemClock()

        def heard(unit: int) -> list[Reading]:
            own = [row for row in shelf.readings if row.meter == f"m{unit}"]
            return [row for row in own if ENERGY in row.values]

        def enough() -> bool:
            time.sleep(0.1)
            run_once(bus, shelf, clock)
            return all(len(heard(unit)) >= 8 for unit in NAMES)

        try:
            wait_until(enough)
        finally:
            bus.close()
        ahead_s = clock.now_ms() / 1000 - clock.monotonic_s()
        for unit in NAMES:
            own = {row[ENERGY]: at_s for at_s, row in polled(master, unit) if ENERGY in row}
            assert len(own) > 3
            for reading in heard(unit):
                assert reading.values[ENERGY] in own
                assert abs(ahead_s + own[reading.values[ENERGY]] - reading.at_ms / 1000) < 1.0
        assert all(one.words is not None for one in master.told)
        assert line.said_by_tap == 0


def test_every_quantity_that_is_read_is_heard() -> None:
    """Over several requests, the whole profile comes."""
    with served() as line, Master(line.agent_end, ASKS, 0.1, baud=BAUD):
        bus, found = listening(line.tap_end), dict[str, set[str]]()
        shelf = Shelf()
        try:
            for _ in range(8):
                run_once(bus, shelf, SystemClock())
                time.sleep(0.15)
        finally:
            bus.close()
    for row in shelf.readings:
        found.setdefault(row.meter, set()).update(row.values)
    for unit, name in NAMES.items():
        assert found[f"m{unit}"] == {one.quantity for one in profile.load(name).registers}


def test_a_master_that_is_ended_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its meters are told as asked no more, each with what to look at, while the line lives."""
    monkeypatch.setattr(heard_meter, "PATIENCE_S", 1.0)
    monkeypatch.setattr(heard_meter, "PATIENCE_TURNS", 1.0)
    with served() as line:
        bus = listening(line.tap_end)

        def run() -> LinkReport:
            return run_once(bus, Shelf(), SystemClock())

        try:
            with Master(line.agent_end, ASKS, 0.1, baud=BAUD):
                wait_until(lambda: bool(run()) and all(one.polls_ok for one in bus.meters))
            other = [Ask(9, 3, 0, 2)]
            with Master(line.agent_end, other, 0.1, baud=BAUD, timeout_s=0.1):
                wait_until(lambda: len(run_once(bus, Shelf(), SystemClock()).faults) == 3)
                report = run_once(bus, Shelf(), SystemClock())
            wait_until(
                lambda: (
                    "nothing is heard" in run_once(bus, Shelf(), SystemClock()).faults[0].message
                )
            )
        finally:
            bus.close()
        assert line.said_by_tap == 0
    for fault in report.faults:
        assert fault.message.startswith("nobody asks this meter any more (unit ")
        assert "other master" in fault.hint


def test_the_kernel_refuses_to_send() -> None:
    """The port is open for reading alone: no fault of the program could ever disturb the line."""
    with SerialLine() as line:
        ear = SerialEar(link(line.tap_end))
        ear.open()
        with pytest.raises(OSError, match="Bad file descriptor") as refused:
            os.write(ear.fileno(), b"\x00")
        assert refused.value.errno == errno.EBADF
        ear.close()
        ear.close()
        time.sleep(0.05)
        assert line.said_by_tap == 0


def test_no_file_of_the_room_can_send() -> None:
    """None has a word that writes to a device."""
    words = re.compile(r"\.write\(|os\.write|\.send|O_RDWR|O_WRONLY|tcdrain|sendbreak")
    room = Path(edge_agent.listen.__file__).parent
    assert [path.name for path in room.glob("*.py") if words.search(path.read_text("utf-8"))] == []


def test_a_port_is_heard_by_one_alone() -> None:
    """A second listener, or the agent's polling, finds it held; afterwards it is free."""
    with SerialLine() as line:
        one, two = SerialEar(link(line.tap_end)), SerialEar(link(line.tap_end))
        one.open()
        with pytest.raises(OSError, match=r"lock|busy"):
            two.open()
        one.close()
        two.open()
        two.close()


def test_what_is_no_port_is_told(tmp_path: Path) -> None:
    """A plain file, and nothing at all."""
    plain = tmp_path / "file"
    plain.write_text("", encoding="utf-8")
    for device, reason in (
        (str(plain), "not a serial port"),
        (str(tmp_path / "no"), "no such port"),
    ):
        heard = Listener(link(str(device)))
        heard.start()
        wait_until(lambda heard=heard: heard.down is not None)  # type: ignore[misc]
        heard.stop()
        assert heard.down is not None
        assert reason in heard.down.message


def test_an_adapter_that_is_unplugged_is_heard_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the same name, by the same thread, without anybody's doing."""
    monkeypatch.setattr(listener, "FIRST_PAUSE_S", 0.05)
    name = tmp_path / "adapter"
    heard = Listener(link(str(name)))
    try:
        for turn in range(2):
            with SerialLine() as line:
                name.unlink(missing_ok=True)
                name.symlink_to(line.tap_end)
                heard.start()
                with Master(line.agent_end, [Ask(1, 3, turn, 2)], 0.05, timeout_s=0.05):
                    wait_until(lambda turn=turn: (3, turn, 2) in _spans(heard))  # type: ignore[misc]
            wait_until(lambda: heard.down is not None)
    finally:
        heard.stop()


def _spans(heard: Listener) -> set[tuple[int, int, int]]:
    return {span for unit in heard.picture().units.values() for span in unit.spans}


def test_speed_is_found_by_listening() -> None:
    """At a wrong speed bytes come without frames; the right one is found, in silence."""
    with (
        served(19_200) as line,
        Master(line.agent_end, ASKS, 0.2, baud=19_200),
    ):
        tried = search.candidates(link(line.tap_end, baud=9_600), bauds=(4_800, 19_200))
        trials = [*search.find(tried)]
        assert line.said_by_tap == 0
    assert [(one.baud, one.fits) for one in trials] == [
        (9_600, False), (4_800, False), (19_200, True),
    ]  # fmt: skip
    assert trials[0].heard > 0


def test_a_silent_line_has_no_speed() -> None:
    """Nobody speaks: that is told at once, not after all speeds."""
    with SerialLine() as line:
        found = search.find(search.candidates(link(line.tap_end)), silence_s=0.2)
        assert next(found).heard == 0
        with pytest.raises(SilentMeterError, match="nothing is heard"):
            next(found)


def test_a_port_that_is_not_there_has_no_speed() -> None:
    """It is told as any port that is away."""
    with pytest.raises(LinkDownError, match="no such port"):
        next(search.find(search.candidates(link("/dev/ttyNONE"))))


def test_every_speed_and_parity_is_tried_once_the_own_first() -> None:
    """The settings as they are may well be right."""
    tried = search.candidates(link("/dev/ttyNONE", baud=2_400, parity="E"))
    pairs = [(one.baud, one.parity) for one in tried]
    assert pairs[0] == (2_400, "E")
    assert len(pairs) == len(set(pairs)) == len(search.BAUDS) * len(search.PARITIES)


def test_a_line_at_its_own_pace_is_heard_whole() -> None:
    """Bytes that take their time, as on copper, make the same frames."""
    with served(BAUD) as line, Master(line.agent_end, ASKS, 0.5, baud=BAUD) as master:
        heard = Listener(link(line.tap_end))
        heard.start()
        wait_until(lambda: len(master.answers(3)) >= 8)
        heard.stop()
        picture = heard.picture()
    assert picture.unread == 0
    assert all(unit.silent == unit.garbled == unit.doubtful == 0 for unit in picture.units.values())
    assert picture.units[3].answered >= 7


def test_two_masters_at_once_spoil_each_other_and_nothing_false_is_heard() -> None:
    """Collisions are stray bytes; what is paired is what the meter shows at that address."""
    true = {one.meter.unit_id: one for one in faces()}
    with (
        served(BAUD, rush=0.0) as line,
        Master(line.agent_end, ASKS, 0.05, baud=BAUD, timeout_s=0.1),
    ):
        heard, found = Listener(link(line.tap_end)), list[Exchange]()
        heard.start()
        end = os.open(line.agent_end, os.O_WRONLY | os.O_NOCTTY)
        for _ in range(90):
            os.write(end, question(2, 3, 0x0000, 20))
            time.sleep(0.037)
            found += heard.take()
        os.close(end)
        assert heard.picture().unread > 300
        heard.stop()
    assert found
    for one in found:
        asked = one.question
        answer = true[asked.unit].answer(asked.function, asked.address, asked.count, BEGUN_MS)
        assert answer is not None
        assert one.answer.words == tuple(answer.words)
