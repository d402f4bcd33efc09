"""`edge-agent listen`: what another master reads, shown to a person or told to a machine."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
import serial

from edge_agent import __main__ as command
from edge_agent import profile
from edge_agent.commands import screen
from edge_agent.commands.verbs import VERBS
from edge_agent.listen import search
from simulators.master import Master, asks_of
from simulators.serial_line import SerialLine
from tests.edge_agent.listen.played import turn
from tests.edge_agent.listen.test_on_a_line import ASKS, served
from tests.edge_agent.listen.wire import answer

BAUD = 19_200
SETTINGS = """
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1"
[[links]]
id = "bus"
kind = "rtu-listen"
device = "{device}"
baud = 19200
[[meters]]
id = "press"
link = "bus"
unit_id = 2
profile = "omron_km_n1"
ct_ratio = 2.0
"""


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, on a screen of 80 columns, in English."""
    monkeypatch.setattr(screen.out, "width", 80)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["edge-agent", *map(str, arguments)])
        code: object = 0
        try:
            command.main()
        except SystemExit as ended:
            code = ended.code
        printed = capsys.readouterr()
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="module")
def line() -> Iterator[SerialLine]:
    """Three meters and their master, at 19200."""
    with served(BAUD, rush=1.0) as made, Master(made.agent_end, ASKS, 0.2, baud=BAUD):
        yield made
        assert made.said_by_tap == 0


def test_units_requests_and_answers_are_shown(run: Run, line: SerialLine) -> None:
    """One row a unit: asked, answered, latency, and what is read of it, at which pace."""
    ran = run("listen", line.tap_end, "--baud", BAUD, "--for", 2)
    assert ran.code == 0
    rows = [row.split() for row in ran.out.splitlines()]
    units = [row for row in rows if len(row) > 5 and row[0] in ("1", "2", "3")]
    assert [row[0] for row in units] == ["1", "2", "3"]
    assert [row[2:4] for row in units] == [["100", "%"]] * 3
    assert "4 0x0000+80" in ran.out
    assert "3 0x0200+8" in ran.out
    assert "0 bytes in no frame; nothing is sent" in ran.out


def test_values_are_shown_where_the_profile_is_said(run: Run, line: SerialLine) -> None:
    """By unit on the command line; other units have no values."""
    ran = run("listen", line.tap_end, "--baud", BAUD, "--for", 2, "--profile", "2=omron_km_n1")
    assert "unit 2: omron_km_n1" in ran.out
    assert "Active energy, import" in ran.out
    assert "unit 1:" not in ran.out


def test_the_settings_say_what_units_are(run: Run, line: SerialLine, tmp_path: Path) -> None:
    """Port, speed, profile and ratio come from the file; a machine gets numbers."""
    path = tmp_path / "agent.toml"
    path.write_text(SETTINGS.format(device=line.tap_end), encoding="utf-8")
    ran = run("listen", "-c", path, "--for", 2, "--json")
    assert ran.code == 0
    told = json.loads(ran.out)
    assert (told["device"], told["baud"], told["why"]) == (line.tap_end, BAUD, "")
    units = {unit["unit"]: unit for unit in told["units"]}
    assert set(units) == {1, 2, 3}
    press = units[2]
    assert press["profile"] == "omron_km_n1"
    assert press["answered"] >= 2
    assert press["latency_ms"] > 0
    assert press["requests"][0]["every_s"] == pytest.approx(0.35, abs=0.25)
    plain = run("listen", line.tap_end, "--baud", BAUD, "--for", 2, "--json",
                "--profile", "omron_km_n1")  # fmt: skip
    own = {unit["unit"]: unit for unit in json.loads(plain.out)["units"]}[2]
    ratio = press["values"]["current_l1_a"]["value"] / own["values"]["current_l1_a"]["value"]
    assert ratio == pytest.approx(2.0, rel=0.2)


def test_models_are_guessed_by_what_was_heard(run: Run, line: SerialLine) -> None:
    """Without asking the meters anything: the right model is among the first."""
    ran = run("listen", line.tap_end, "--baud", BAUD, "--for", 3, "--guess", "--json")
    may_be = {unit["unit"]: unit["may_be"] for unit in json.loads(ran.out)["units"]}
    assert any(name.startswith("eastron_sdm630 ") for name in may_be[1])
    assert any(name.startswith("omron_km_n1 ") for name in may_be[2])


def test_a_wrong_speed_is_told_and_found(run: Run, line: SerialLine) -> None:
    """Bytes without frames: a reason and exit code 1; with --find-settings the right speed."""
    ran = run("listen", line.tap_end, "--baud", 9_600, "--for", 2)
    assert ran.code == 1
    assert "bytes come, but no frames: other speed or parity" in ran.out
    ran = run("listen", line.tap_end, "--baud", 9_600, "--for", 2, "--find-settings")
    assert ran.code == 0
    assert "19200 N" in ran.out
    assert "these are the line's settings" in ran.err


def test_two_meters_with_one_unit_id_are_noted(run: Run) -> None:
    """They answer twice, or spoil each other."""
    twice = turn(1, 3, 0, (7,)) + answer(1, 3, (9,))
    with (
        SerialLine() as odd,
        serial.Serial(odd.meter_end, timeout=10) as said,
        ThreadPoolExecutor(1) as pool,
    ):

        def speak() -> None:
            for _ in range(10):
                time.sleep(0.1)
                said.write(twice)

        speaking = pool.submit(speak)
        ran = run("listen", odd.tap_end, "--for", 2)
        speaking.result()
    assert "two meters with one unit id" in " ".join(ran.out.split())


def test_it_speaks_japanese(run: Run, line: SerialLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the machine does."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    ran = run("listen", line.tap_end, "--baud", BAUD, "--for", 1, "--profile", "2=omron_km_n1")
    assert "応答率" in ran.out
    assert "送信はしません" in ran.out
    assert "有効電力量(受電)" in ran.out


def test_a_silent_line_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to look at, and exit code 1; no speed is looked for on it."""
    monkeypatch.setattr(search, "SILENCE_S", 0.3)
    with SerialLine() as quiet:
        ran = run("listen", quiet.tap_end, "--for", 1)
        assert ran.code == 1
        assert "nothing is heard" in ran.out
        ran = run("listen", quiet.tap_end, "--find-settings")
        assert ran.code == 1
        assert f"nothing is heard on {quiet.tap_end}" in ran.err


def test_a_line_that_fits_nothing_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """All speeds were tried: it is another protocol, or the wires are swapped."""
    monkeypatch.setattr(search, "BAUDS", (9_600,))
    monkeypatch.setattr(search, "PARITIES", ("N",))
    asks = asks_of(profile.load("omron_km_n1"), 1)
    with (
        SerialLine(38_400) as odd,
        Master(odd.agent_end, asks, 0.05, baud=38_400, timeout_s=0.02),
    ):
        ran = run("listen", odd.tap_end, "--find-settings")
    assert ran.code == 1
    assert "frames at no speed and parity" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ([], 1, "no serial port is named"),
        (["/dev/ttyNONE", "--parity", "X"], 2, 'parity = "X"'),
        (["/dev/ttyNONE", "--profile", "300=omron_km_n1"], 1, "300 is no unit id"),
        (["/dev/ttyNONE", "--profile", "omron_km_n9"], 1, "omron_km_n9"),
        (["/dev/ttyNONE", "--find-settings"], 1, "there is no such port"),
    ],
)
def test_bad_input_is_one_line(run: Run, arguments: list[str], code: int, told: str) -> None:
    """What is wrong and what to do."""
    ran = run("listen", *arguments, "--for", 1)
    assert ran.code == code
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_port_that_is_away_is_shown(run: Run) -> None:
    """It may come: the command waits, and says why there is nothing."""
    ran = run("listen", "/dev/ttyNONE", "--for", 1)
    assert ran.code == 1
    assert "/dev/ttyNONE: there is no such port" in ran.out


def test_the_list_of_verbs_says_what_it_says_of_itself() -> None:
    """The row in the list of verbs and the verb's own help begin alike."""
    (verb,) = [row for row in VERBS if row.name == "listen"]
    real = verb.load()
    assert " ".join((real.help or "").split("\n\n")[0].split()).startswith(verb.help)
