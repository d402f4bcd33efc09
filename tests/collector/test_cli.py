"""The `collector` command as people meet it: lines, hints, exit codes, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector import boards, config
from collector.check import findings
from collector.commands import terminal, told
from collector.config import CollectorSettings
from collector.errors import RetryLaterError
from collector.factors.lookup import FactorLibrary
from collector.inlet import Inlet
from collector.storage.sqlite import SqliteStore
from edge_agent.contract import wire
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ReadingsMessage
from tests.collector.agent_side import Agent, eventually
from tests.services.mosquitto import MosquittoServer, free_port

services = pytest.mark.services
ENERGY = "active_energy_import_wh"
APRIL_MS = 1_775_001_600_000
"""2026-04-01T00:00Z."""
SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
[store]
kind = "sqlite"
path = "store.sqlite"
[health]
listen = ""
[[sites]]
id = "sendai"
time_zone = "UTC"
co2_method = "jp_shk_adjusted"
[[sites.contracts]]
region = "JP"
supplier = "{supplier}"
menu = "M"
from = 2025-04-01
[[sites.meters]]
id = "main"
"""


@pytest.fixture
def config_file(tmp_path: Path, mosquitto: MosquittoServer) -> Path:
    """Write settings for the running broker."""
    return write(tmp_path, mosquitto.port)


def write(folder: Path, port: int, supplier: str = "A0269") -> Path:
    """Write a settings file."""
    file = folder / "collector.toml"
    file.write_text(SETTINGS.format(port=port, supplier=supplier), encoding="utf-8")
    return file


def invoke(*words: object) -> Result:
    """Run the command in this process; a fault that is no exit fails the test."""
    result = CliRunner().invoke(command.app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


# check


@services
def test_check_says_what_is_well(config_file: Path) -> None:
    """Store, broker and the factor of each contract, a line each."""
    result = invoke("check", "-c", config_file)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert [re.match(r"ok +(\w+)", line) is not None for line in lines] == [True] * 3
    assert "store: sqlite at" in lines[0]
    assert "broker: mqtt://127.0.0.1:" in lines[1]
    assert "kg/kWh" in lines[2]


def test_check_tells_every_fault_of_the_settings(tmp_path: Path) -> None:
    """All at once, with file, path, value and hint, and exit code 2."""
    file = write(tmp_path, 1)
    text = file.read_text().replace('"UTC"', '"Asia/Tokio"').replace('"hq"', '"HQ"')
    file.write_text(text)
    result = invoke("check", "-c", file)
    assert result.exit_code == 2
    first, second, last = result.stderr.splitlines()
    assert first.startswith(f'{file}: collector.id = "HQ": not a name (')
    assert second.startswith(f'{file}: sites[0].time_zone = "Asia/Tokio": ')
    assert last.startswith("collector: 2 faults in the settings (")


def test_check_tells_every_fault_around_it(tmp_path: Path) -> None:
    """A broker that is away and a factor that is not held, each with its hint; exit code 1."""
    result = invoke("check", "-c", write(tmp_path, free_port(), supplier="A9999"), "--json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert not report["ok"]
    found = {item["subject"]: item for item in report["findings"]}
    assert found["store"]["ok"]
    assert not found["broker"]["ok"]
    assert "refused" in found["broker"]["text"]
    assert "[mqtt] url" in found["broker"]["text"]
    assert result.stderr == ""
    assert not found["site sendai"]["ok"]
    assert "A9999" in found["site sendai"]["text"]


@services
def test_check_does_not_disturb_a_collector_that_runs(config_file: Path) -> None:
    """The check comes under a name of its own."""
    with Running(config_file) as collector:
        assert invoke("check", "-c", config_file).exit_code == 0
        time.sleep(0.5)
        assert collector.poll() is None
        assert "Session taken over" not in collector_log(config_file)


@services
def test_check_takes_nothing_from_a_group_of_collectors(
    tmp_path: Path, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent while it looks goes to the members alone: as one it would lose its share."""
    file = write(tmp_path, own_mosquitto.port)
    file.write_text(file.read_text().replace("[store]", 'share_group = "plant"\n[store]'))
    agent, wait_connected = Agent(own_mosquitto.port), Inlet.wait_connected

    def look_and_send(inlet: Inlet, timeout_s: float, *, once: bool = False) -> bool:
        there = wait_connected(inlet, timeout_s, once=once)
        for first in range(1, 122, 11):
            agent.say(message(first, 11))
        return there

    monkeypatch.setattr(Inlet, "wait_connected", look_and_send)
    with Running(file):
        assert invoke("check", "-c", file).exit_code == 0
        assert eventually(lambda: len(agent.settled()) == 121)
    agent.close()


def test_check_says_when_another_factor_stands_in(tmp_path: Path) -> None:
    """Another year's factor and another menu's are named as such, not passed off in silence."""
    file = write(tmp_path, free_port(), supplier="A0269")
    text = file.read_text()
    assert 'menu = "M"' in text
    file.write_text(text.replace('menu = "M"', 'menu = "ZZ"'))
    *_, told = findings(config.load(file), date(2100, 1, 1), broker_timeout_s=0.1)
    assert "provisional" in told.text
    assert "menu ZZ is not listed: M is used" in told.text
    assert "none for this day is held yet" in told.text


def test_check_tells_a_fallback_with_its_reason(tmp_path: Path) -> None:
    """A contract without supplier counts by the substitute value, as the totals will."""
    file = write(tmp_path, free_port())
    text = file.read_text()
    named = 'supplier = "A0269"\nmenu = "M"\n'
    assert named in text
    file.write_text(text.replace(named, ""))
    *_, told = findings(config.load(file), date(2025, 6, 1), broker_timeout_s=0.1)
    assert told.ok
    assert "kg/kWh on 2025-06-01, fallback, factor jp-shk-" in told.text
    assert told.text.endswith("(no supplier in the contract: the substitute value (代替値))")


def test_check_of_a_site_without_a_contract_says_that_there_is_no_co2(tmp_path: Path) -> None:
    """It is a note, not a fault."""
    file = write(tmp_path, free_port())
    text = file.read_text()
    begin, end = text.index("[[sites.contracts]]"), text.index("[[sites.meters]]")
    file.write_text(text[:begin] + text[end:])
    found = json.loads(invoke("check", "-c", file, "--json").stdout)["findings"]
    assert found[-1]["ok"]
    assert "[[sites.contracts]]" in found[-1]["text"]


@pytest.mark.parametrize("verb", ["check", "run", "summarise", "boards"])
def test_a_file_that_is_not_there_is_one_line_and_exit_code_2(tmp_path: Path, verb: str) -> None:
    """Every verb says the same."""
    result = invoke(verb, "-c", tmp_path / "none.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[0].startswith(f"{tmp_path / 'none.toml'}: cannot be read")


def test_a_fault_of_the_program_is_one_line_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback is shown only to who asks for it."""

    def fail() -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(command, "app", fail)
    monkeypatch.delenv(told.TRACE, raising=False)
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.splitlines() == [
        "collector: ZeroDivisionError: oh"
        " (a fault in this program; MIERUKA_TRACE=1 shows where, please report it)"
    ]
    monkeypatch.setenv(told.TRACE, "1")
    with pytest.raises(ZeroDivisionError):
        command.main()


def test_the_version_is_told() -> None:
    """It is the version of the distribution."""
    assert re.fullmatch(r"collector \d+\.\d+\.\d+\n", invoke("--version").stdout)


# run


class Running:
    """A collector as a process of its own, ended by SIGTERM at the latest."""

    def __init__(self, config_file: Path) -> None:
        self._file = config_file

    def __enter__(self) -> subprocess.Popen[bytes]:
        """Start it and wait until it has found its broker, or has ended."""
        with log_file(self._file).open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "collector", "run", "-c", str(self._file)],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        assert eventually(
            lambda: "there" in collector_log(self._file) or self._process.poll() is not None, 60
        )
        return self._process

    def __exit__(self, *_: object) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(30)


def log_file(config_file: Path) -> Path:
    """Answer where the process writes its lines."""
    return config_file.parent / "log"


def collector_log(config_file: Path) -> str:
    """Answer the lines so far."""
    return log_file(config_file).read_text(encoding="utf-8")


def message(first: int = 1, polls: int = 121) -> bytes:
    """Encode two hours of minute polls, or some of them, one kWh a minute."""
    seqs = tuple(range(first, first + polls))
    return wire.encode_readings(
        ReadingsMessage(
            agent="pi-1",
            epoch="e1",
            site="sendai",
            meter="main",
            boot="b1",
            clock="synchronised",
            seqs=seqs,
            at_ms=tuple(APRIL_MS - 40 * 86_400_000 + 60_000 * seq for seq in seqs),
            columns={ENERGY: [1000.0 * seq for seq in seqs]},
        )
    )


@services
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_run_collects_until_it_is_asked_to_stop(
    tmp_path: Path, own_mosquitto: MosquittoServer, ending: signal.Signals
) -> None:
    """A signal ends it in order, with a last line and exit code 0."""
    file = write(tmp_path, own_mosquitto.port)
    with Running(file) as process:
        agent = Agent(own_mosquitto.port)
        agent.say(message())
        assert eventually(lambda: len(agent.settled()) == 121)
        agent.close()
        process.send_signal(ending)
        assert process.wait(30) == 0
    log = collector_log(file)
    assert "ended as asked: 1 messages, 121 readings stored, 0 refused" in log
    assert "Traceback" not in log
    store = SqliteStore(tmp_path / "store.sqlite")
    assert store.count_readings("sendai", "main", 0, 2 * APRIL_MS) == 121
    store.close()


@services
def test_run_ends_with_a_clear_line_when_ingest_cannot_go_on(
    tmp_path: Path, own_mosquitto: MosquittoServer
) -> None:
    """A dead thread does not leave a live-looking process; systemd starts it again."""
    file = write(tmp_path, own_mosquitto.port)
    (tmp_path / "store.sqlite").write_bytes(b"this is no database " * 500)
    with Running(file) as process:
        assert process.wait(30) == 1
    log = collector_log(file)
    assert "collector: the collector has stopped: " in log
    assert "store.sqlite" in log
    assert "Traceback" not in log


def test_the_service_runs_this_command_and_does_not_repeat_faulty_settings() -> None:
    """What people copy calls the verb there is, and knows its exit codes."""
    unit = (Path(__file__).parents[2] / "deploy/systemd/collector.service").read_text("utf-8")
    assert re.search(r"^ExecStart=\S+/collector run -c /\S+\.toml$", unit, re.MULTILINE)
    assert f"RestartPreventExitStatus={terminal.CONFIG_FAULTS}\n" in unit
    assert "Restart=always" in unit


# summarise and boards


def fill(folder: Path, hours: int = 4) -> None:
    """Store readings of the first hours of April, one kWh a minute."""
    store = SqliteStore(folder / "store.sqlite")
    store.check()
    store.write_readings(
        [
            Reading("sendai", "main", APRIL_MS + 60_000 * i, {ENERGY: 1000.0 * i})
            for i in range(60 * hours + 1)
        ]
    )
    store.close()


def test_summarise_computes_days_again_and_shows_them(tmp_path: Path) -> None:
    """A table of meters, with kWh, CO2 and coverage over the days asked for."""
    fill(tmp_path)
    file = write(tmp_path, 1)
    result = invoke("summarise", "-c", file, "--from", "2026-04-01", "--to", "2026-04-01")
    assert result.exit_code == 0, result.output
    row = next(line for line in result.stdout.splitlines() if "main" in line)
    match = FactorLibrary.shipped().find("JP", "A0269", "M", "jp_shk_adjusted", date(2026, 4, 1))
    assert "240.0" in row
    assert f"{240 * float(match.factor.kg_per_kwh):,.1f}" in row
    assert "1 windows computed" in result.stdout


def test_summarise_without_dates_does_what_is_pending(tmp_path: Path) -> None:
    """Nothing pending is nothing computed, and the JSON says so."""
    fill(tmp_path)
    result = invoke("summarise", "-c", write(tmp_path, 1), "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert (report["windows"], report["totals_written"]) == (0, 0)


def test_summarise_refuses_days_in_the_wrong_order(tmp_path: Path) -> None:
    """The hint says what to do."""
    days = ("--from", "2026-04-02", "--to", "2026-04-01")
    result = invoke("summarise", "-c", write(tmp_path, 1), *days)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "collector: --to 2026-04-01 is before --from 2026-04-02 (exchange them)"
    ]


def test_boards_prints_a_line_for_each_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the boards room did is told as it told it."""
    seen: list[tuple[bool, tuple[str, ...]]] = []

    def apply(
        settings: CollectorSettings, *, replace: bool = False, uids: tuple[str, ...] = ()
    ) -> boards.BoardsReport:
        seen.append((replace, tuple(uids)))
        return boards.BoardsReport((settings.sites[0].id,), (), (), (), (), ("created: sendai",))

    monkeypatch.setattr(boards, "apply", apply)
    file = write(tmp_path, 1)
    assert invoke("boards", "apply", "-c", file).stdout == "created: sendai\n"
    answer = invoke("boards", "apply", "-c", file, "--replace", "--only", "a", "--json").stdout
    assert json.loads(answer)["created"] == ["sendai"]
    assert seen == [(False, ()), (True, ("a",))]


def test_boards_without_grafana_is_one_line_with_a_hint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grafana that is away, and settings without it, are told the same way."""
    file = write(tmp_path, 1)
    result = invoke("boards", "-c", file)
    assert result.exit_code in (1, 2)
    assert "[grafana]" in result.stderr

    def away(_settings: CollectorSettings, **_: object) -> boards.BoardsReport:
        raise RetryLaterError("Grafana does not answer", "start it")

    monkeypatch.setattr(boards, "apply", away)
    result = invoke("boards", "apply", "-c", file)
    assert result.exit_code == 1
    assert result.stderr == "collector: Grafana does not answer (start it)\n"
