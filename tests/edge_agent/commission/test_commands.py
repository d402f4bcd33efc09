"""The verbs `scan` and `identify`, as a person and a program use them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from edge_agent import __main__ as command
from edge_agent import config, profile
from edge_agent.commands import screen
from edge_agent.commission.proposed import proposed_profile
from edge_agent.commission.solve import Change
from simulators.switchboard import Switchboard
from tests.edge_agent.commission.wire import Wire, working
from tests.simulators.small_plant import HandClock, meter, plant

UNITS = "--units=1-4"
HEAD = """
[agent]
id = "a"
site = "s"
[mqtt]
url = "mqtt://127.0.0.1:1883"
"""


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, on a wide terminal, in English."""
    monkeypatch.setattr(screen.out, "width", 160)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["edge-agent", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A gateway with an ABB B23 at unit 2 and an OMRON KM-N1 at unit 3."""
    rows = (
        meter("abb_b23", id="abb", unit_id=2, serial="4711"),
        meter("omron_km_n1", id="omron", unit_id=3),
    )
    with Switchboard(plant(*rows), HandClock().now_ms, time_factor=0) as board:
        yield board.addresses["line"].port


def test_a_scan_names_the_meters_and_writes_what_to_paste(
    run: Run, port: int, tmp_path: Path
) -> None:
    """The rows it prints are settings that the agent takes."""
    ran = run("scan", "127.0.0.1", "--port", port, UNITS, "--timeout-ms", 150)
    assert ran.code == 0
    assert "4711" in ran.out
    rows = ran.out[ran.out.index("# 127.0.0.1") :]
    file = tmp_path / "agent.toml"
    file.write_text(HEAD + rows, encoding="utf-8")
    settings = config.load(file, profile_faults=profile.faults)
    assert [(row.unit_id, row.profile) for row in settings.meters] == [
        (2, "abb_b23"),
        (3, "omron_km_n1"),
    ]
    assert "about 2 s; Ctrl-C shows what was found so far" in ran.err


def test_a_scan_for_programs_is_one_line(run: Run, port: int) -> None:
    """Links, ids, candidates with reasons and values."""
    ran = run("scan", "127.0.0.1", "--port", port, UNITS, "--timeout-ms", 150, "--json")
    answer = json.loads(ran.out)
    first = answer["found"][0]
    assert first["link"] == {
        "id": f"net-127-0-0-1-{port}",
        "kind": "tcp",
        "host": "127.0.0.1",
        "port": port,
    }
    assert first["unit_id"] == 2
    assert first["candidates"][0]["profile"] == "abb_b23"
    assert first["candidates"][0]["serial"] == "4711"
    assert answer["ended"] is True


def test_a_scan_of_the_links_in_the_settings_keeps_their_names(
    run: Run, port: int, tmp_path: Path
) -> None:
    """Without asking what the units are, when a person says so."""
    file = tmp_path / "agent.toml"
    lines = f'[[links]]\nid = "gw"\nkind = "tcp"\nhost = "127.0.0.1"\nport = {port}\n'
    file.write_text(HEAD + lines + '[page]\nlisten = "127.0.0.1:9"\n', encoding="utf-8")
    ran = run("scan", "-c", file, UNITS, "--timeout-ms", 150, "--no-identify", "--json")
    found = json.loads(ran.out)["found"]
    assert [(row["link"]["id"], row["unit_id"]) for row in found] == [("gw", 2), ("gw", 3)]
    assert all(row["candidates"] == [] for row in found)


def test_nothing_found_is_exit_code_1_with_what_to_check(run: Run) -> None:
    """An empty line: notes on stdout, the verdict on stderr."""
    with working(Wire({})) as wire:
        ran = run("scan", wire.device, "--baud", 9600, "--parity", "N", "--units", "1-2")
    assert ran.code == 1
    assert "not one byte came" in ran.out
    assert "no unit was found" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to scan was named"),
        (["10.0.0.0/8"], "too many for one scan"),
        (["what?"], "no serial port and no address"),
        (["10.0.0.1", "--units", "0-3"], "cannot ask unit 0"),
        (["10.0.0.1", "--units", "x"], "no unit ids"),
    ],
)
def test_what_cannot_be_scanned_is_one_line(run: Run, arguments: list[str], message: str) -> None:
    """With what to write instead."""
    ran = run("scan", *arguments)
    assert ran.code == 1
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1


def test_ctrl_c_shows_what_was_found_so_far() -> None:
    """The scan ends in order, and says that it was stopped."""
    with working(Wire({})) as wire:
        words = ["-m", "edge_agent", "scan", wire.device, "--baud", "9600", "--parity", "N"]
        environment = os.environ | {"LC_ALL": "C.UTF-8"}
        with subprocess.Popen(
            [sys.executable, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as scanning:
            assert scanning.stderr is not None
            assert "Ctrl-C shows" in scanning.stderr.readline()
            while not wire.requests:
                assert scanning.poll() is None
            scanning.send_signal(signal.SIGINT)
            out, _ = scanning.communicate(timeout=20)
    assert scanning.returncode == 1
    assert "stopped before the end" in out


def test_identify_ranks_and_reasons(run: Run, port: int) -> None:
    """Best first, with why."""
    ran = run("identify", f"tcp://127.0.0.1:{port}?unit=2")
    assert ran.code == 0
    assert "abb_b23" in ran.out
    assert "says B23" in ran.out


def test_identify_finds_what_a_profile_has_wrong_and_writes_it(
    run: Run, port: int, tmp_path: Path
) -> None:
    """Both readings side by side, the file only on request, and it reads right."""
    right = profile.load("omron_km_n1")
    wrong, mended = tmp_path / "wrong.toml", tmp_path / "mended.toml"
    shifted = proposed_profile("omron_km_n1", right, Change(offset=1), "2026-11-28")
    wrong.write_text(shifted, encoding="utf-8")
    url = f"tcp://127.0.0.1:{port}?unit=3"
    shown = run("identify", url, "--profile", wrong)
    assert "addresses one lower" in shown.out
    assert not mended.exists()
    run("identify", url, "--profile", wrong, "--write-profile", mended)
    addresses = {row.quantity: row.address for row in profile.load(str(mended)).registers}
    assert addresses == {row.quantity: row.address for row in right.registers}


def test_identify_for_programs_is_one_line(run: Run, port: int) -> None:
    """Candidates, and proposals for the named profile."""
    url = f"tcp://127.0.0.1:{port}?unit=3"
    ran = run("identify", url, "--profile", "omron_km_n1", "--json")
    answer = json.loads(ran.out)
    assert answer["candidates"][0]["profile"] == "omron_km_n1"
    assert answer["proposals"] == []
    assert answer["as_it_is"]["frequency_hz"] == pytest.approx(50, abs=0.2)


def test_identify_says_when_no_profile_fits(run: Run, port: int) -> None:
    """The wrong profile alone for a wiring that it does not have: exit code 1."""
    ran = run("identify", f"tcp://127.0.0.1:{port}?unit=9")
    assert ran.code == 1
    assert "unit 9 gave no answer" in ran.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tcp://h?unit=1", "--wiring", "5P9W"], "5P9W is no wiring"),
        (["tcp://h?unit=1", "--write-profile", "x.toml"], "--write-profile corrects a profile"),
        (["tcp://h?unit=1", "--profile", "none_such"], "there is no profile none_such"),
        (["ftp://h"], "not a link"),
    ],
)
def test_wrong_words_to_identify_are_told(run: Run, arguments: list[str], message: str) -> None:
    """Before anything is asked."""
    ran = run("identify", *arguments)
    assert ran.code in (1, 2)
    assert message in ran.err


def test_a_meter_of_the_settings_is_named_by_its_id(run: Run, port: int, tmp_path: Path) -> None:
    """And one that is not there is told with those that are."""
    file = tmp_path / "agent.toml"
    lines = f'[[links]]\nid = "gw"\nkind = "tcp"\nhost = "127.0.0.1"\nport = {port}\n'
    row = '[[meters]]\nid = "press"\nlink = "gw"\nunit_id = 3\nprofile = "omron_km_n1"\n'
    file.write_text(HEAD + lines + row, encoding="utf-8")
    assert run("identify", "press", "-c", file).code == 0
    missing = run("identify", "pump", "-c", file)
    assert missing.code == 1
    assert "known: press" in missing.err


def test_a_file_that_is_there_is_not_written_over(run: Run, port: int, tmp_path: Path) -> None:
    """Nor is anything written when there is nothing to correct."""
    there, fresh = tmp_path / "there.toml", tmp_path / "fresh.toml"
    there.write_text("mine", encoding="utf-8")
    url = f"tcp://127.0.0.1:{port}?unit=3"
    wrong = tmp_path / "wrong.toml"
    right = profile.load("omron_km_n1")
    text = proposed_profile("omron_km_n1", right, Change(swap_words=True), "2026-11-28")
    wrong.write_text(text, encoding="utf-8")
    over = run("identify", url, "--profile", wrong, "--write-profile", there)
    assert over.code == 1
    assert "is there already" in over.err
    assert there.read_text(encoding="utf-8") == "mine"
    sound = run("identify", url, "--profile", "omron_km_n1", "--write-profile", fresh)
    assert "nothing was written" in sound.err
    assert not fresh.exists()
