"""`edge-agent wiring`: a real Modbus server's meters, judged as a fitter sees it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from edge_agent import __main__ as command
from edge_agent import profile
from edge_agent.commands.verbs import VERBS
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving

MODEL = "siemens_pac3200"
SETTINGS = """
[agent]
id = "a-1"
site = "plant"
language = "{language}"
[mqtt]
url = "mqtt://127.0.0.1:1"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {port}
[[meters]]
id = "press"
name = "プレス"
link = "lan"
unit_id = 1
profile = "siemens_pac3200"
wiring = "3P4W"
rated_current_a = 100
[[meters]]
id = "spare"
link = "lan"
unit_id = 2
profile = "siemens_pac3200"
"""


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def _values(reversed_phase: str) -> dict[str, float]:
    values: dict[str, float] = {}
    for phase in ("l1", "l2", "l3"):
        sign = -1.0 if phase == reversed_phase else 1.0
        values |= {f"voltage_{phase}_v": 230.0, f"current_{phase}_a": 20.0}
        values |= {f"active_power_{phase}_w": sign * 4370}
        values |= {f"reactive_power_{phase}_var": sign * 1436, f"apparent_power_{phase}_va": 4600}
    values |= {f"voltage_{lines}_v": 398.0 for lines in ("l1_l2", "l2_l3", "l3_l1")}
    values["active_power_w"] = sum(values[f"active_power_{n}_w"] for n in ("l1", "l2", "l3"))
    return values


def _words(values: Mapping[str, float]) -> dict[int, int]:
    model = profile.load(MODEL)
    words = {
        at: 0 for block in model.blocks for at in range(block.address, block.address + block.count)
    }
    for register in model.registers:
        if register.quantity in values:
            for at, word in enumerate(register.words_of(values[register.quantity])):
                words[register.address + at] = word
    return words


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """A meter whose CT of L2 is reversed, and one that is off."""
    units = {1: Unit(words=_words(_values("l2"))), 2: Unit(silent=True)}
    with serving("tcp", units) as running:
        yield running


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["edge-agent", "wiring", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


def _settings(tmp_path: Path, server: ModbusServer, language: str = "en") -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(SETTINGS.format(port=server.port, language=language), encoding="utf-8")
    return path


FAST = ("--readings", 3, "--every", 0, "--no-generation")


def test_a_reversed_ct_is_shown_with_evidence_and_what_to_do(
    run: Run, server: ModbusServer, tmp_path: Path
) -> None:
    """The meter by name, the verdict, its figures, the work, and what was looked at."""
    ran = run("press", "-c", _settings(tmp_path, server), *FAST)
    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (1, "")
    assert lines[:2] == ["press プレス", "WRONG: CT of L2 reversed"]
    assert "L2: -4.37 kW at 20.0 A" in lines[2]
    assert lines[3].startswith("  → Turn the CT of L2 round")
    assert "load on L1, L2, L3" in lines
    assert any(line.startswith("  ✓ direction and phase") for line in lines)
    assert any(line.startswith("  – energy counter against power (") for line in lines)


def test_it_is_said_in_the_language_of_the_settings(
    run: Run, server: ModbusServer, tmp_path: Path
) -> None:
    """A Japanese fitter reads Japanese throughout."""
    ran = run("press", "-c", _settings(tmp_path, server, "ja"), *FAST)
    assert "異常: L2 のCTが逆向き" in ran.out
    assert "L2: -4.37 kW(20.0 A、電流の遅れ -162°)" in ran.out
    assert "WRONG" not in ran.out


def test_a_silent_meter_is_a_fault_beside_the_others(
    run: Run, server: ModbusServer, tmp_path: Path
) -> None:
    """One line on stderr; the meter that answers is judged."""
    ran = run("-c", _settings(tmp_path, server), *FAST)
    assert ran.code == 1
    assert "CT of L2 reversed" in ran.out
    (line,) = ran.err.splitlines()
    assert line.startswith("edge-agent: spare: unit 2 gave no answer")


def test_machines_get_verdicts_looks_and_phasors(
    run: Run, server: ModbusServer, tmp_path: Path
) -> None:
    """One line of JSON with everything that people are told."""
    ran = run("press", "-c", _settings(tmp_path, server), *FAST, "--json")
    (meter,) = json.loads(ran.out)["meters"]
    (verdict,) = meter["verdicts"]
    assert (verdict["kind"], verdict["phases"], verdict["severity"]) == (
        "reversed_ct",
        ["L2"],
        "fault",
    )
    assert (meter["meter"], meter["healthy"], meter["samples"]) == ("press", False, 3)
    assert {"L1", "L2", "L3", "I1", "I2", "I3"} == {arrow["name"] for arrow in meter["phasors"]}
    assert len(meter["looked_at"]) == 8


def test_a_meter_in_no_file_is_judged_by_what_is_said_of_it(run: Run, server: ModbusServer) -> None:
    """--profile and --link, wiring and rated current by option; healthy is exit code 0."""
    server.units[1].words = _words(_values(""))
    link = f"tcp://127.0.0.1:{server.port}?unit=1"
    said = ("--wiring", "3p4w", "--rated", 100, "--nominal", 400)
    ran = run("--profile", MODEL, "--link", link, *said, *FAST)
    assert (ran.code, ran.err) == (0, "")
    assert "wired rightly, as far as was looked" in ran.out
    ran = run("--profile", MODEL, "--link", link, "--rated", 400, *FAST)
    assert "load on L1, L2, L3" in ran.out
    ran = run("--profile", MODEL, "--link", link, "--rated", 1000, *FAST)
    assert ran.code == 0
    assert "no load: no phase carries 50.0 A" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--wiring", "3P5W"), "3P5W is no wiring (write one of 1P2W, 1P3W, 3P3W, 3P4W)"),
        (("--profile", MODEL), "--profile and --link go together"),
        (("none",), "there is no meter none (known: press, spare)"),
    ],
)
def test_wrong_input_is_one_line(
    run: Run, server: ModbusServer, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    """What is wrong, and what to write instead."""
    ran = run(*arguments, "-c", _settings(tmp_path, server), *FAST)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"edge-agent: {words}")
    assert len(ran.err.splitlines()) == 1


def test_the_list_of_verbs_says_what_the_verb_says_of_itself() -> None:
    """The row stays true when the docstring changes."""
    (verb,) = [row for row in VERBS if row.name == "wiring"]
    real = verb.load()
    assert " ".join((real.help or "").split("\n\n")[0].split()).startswith(verb.help)
