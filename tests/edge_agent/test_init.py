"""`edge-agent init`: what it asks, tries and writes, and that it leaves nothing by halves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from edge_agent import config
from edge_agent.__main__ import app
from edge_agent.commands import init_search
from edge_agent.commission.ports import serial_ports
from edge_agent.errors import AgentError, StopError
from edge_agent.first_settings import typed
from edge_agent.first_settings.answers import Answers, BrokerAnswers
from edge_agent.first_settings.document import text_of
from edge_agent.first_settings.keep import keep, why_not
from edge_agent.words import language_of
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving
from tests.services.mosquitto import MosquittoServer, mosquitto, mosquitto_binary

__all__ = ["mosquitto"]
CASES = Path(__file__).resolve().parent.parent / "profiles"
NOBODY = 65_534
AWAY = "127.0.0.1:1"
Init = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the settings are to be."""
    return tmp_path / "agent.toml"


@pytest.fixture
def init(path: Path, monkeypatch: pytest.MonkeyPatch) -> Init:
    """The command with these options, and these lines as what a person types."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(init_search, "serial_ports", lambda: ())

    def run(*options: str, typed: str = "") -> Result:
        words = ["init", "-c", str(path), *options]
        result = CliRunner().invoke(app, words, input=typed)
        if isinstance(result.exception, AgentError):
            return result
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """A meter that answers as its recorded case does, behind a gateway."""
    text = (CASES / "schneider_iem3155" / "capture.toml").read_text(encoding="utf-8")
    words = {
        block["address"] + at: word
        for block in tomllib.loads(text)["blocks"]
        for at, word in enumerate(block["words"])
    }
    with serving("tcp", {1: Unit(words=words)}) as running:
        yield running


def _lines(*answers: str) -> str:
    return "".join(f"{answer}\n" for answer in answers)


def test_without_a_question_it_writes_what_runs(init: Init, path: Path) -> None:
    """Every default together is a sound file; the page is on, since there is no meter yet."""
    done = init("--yes", "--offline", "--agent-id", "a-1")
    assert done.exit_code == 0, done.output
    settings = config.load(path)
    assert (settings.agent.id, settings.agent.site) == ("a-1", "a-1")
    assert settings.page.listen == "0.0.0.0:9873"
    pin = (path.parent / "page.pin").read_text().strip()
    assert re.fullmatch(r"\d{6}", pin)
    assert f"with PIN {pin}" in done.output
    assert "0 meters on 0 links" in done.output


def test_its_files_are_for_the_agent_alone(init: Init, path: Path) -> None:
    """Secrets can be read by their owner only, the settings by the group too."""
    assert init("--yes", "--offline").exit_code == 0
    modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
    assert modes == {"agent.toml": 0o640, "page.pin": 0o600}


def test_a_person_is_asked_and_may_be_wrong_first(init: Init, path: Path) -> None:
    """A wrong answer is told and asked for again; Enter takes what stands in brackets."""
    answers = _lines("", "Sendai 1", "sendai-1", "", AWAY, "sendai-1", "secret", "y", "-", "")
    done = init(typed=answers)
    assert done.exit_code == 0, done.output
    assert '"Sendai 1" cannot be a name (use a-z, 0-9, - and _' in done.output
    assert f"the broker at {AWAY} does not answer" in done.output
    settings = config.load(path)
    assert settings.agent.site == "sendai-1"
    assert settings.mqtt.username == "sendai-1"
    assert settings.mqtt.password_file is not None
    assert settings.mqtt.password_file.read_text() == "secret\n"
    assert "secret" not in path.read_text() + done.output


def test_it_speaks_japanese(init: Init, path: Path) -> None:
    """Questions, refusals, remarks in the file and the next steps, after the first answer."""
    done = init(typed=_lines("ja", "仙台", "sendai-1", "", AWAY, "", "", "-", ""))
    assert done.exit_code == 0, done.output
    assert "名前に使えません" in done.output
    assert "応答しません" in done.output
    assert "次の手順" in done.output
    text = path.read_text(encoding="utf-8")
    assert "# 計測の間隔（秒）" in text
    assert config.load(path).agent.language == "ja"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_language_chosen_is_the_screens_alone(init: Init, path: Path, language: str) -> None:
    """What this process starts afterwards finds the environment as it was."""
    before = dict(os.environ)
    done = init("--yes", "--offline", "--language", language)
    assert done.exit_code == 0, done.output
    assert dict(os.environ) == before
    assert language_of() == "en"
    refused = init("--yes", "--link", "192.0.2.1", "--user", "u")
    assert isinstance(refused.exception, StopError)
    assert refused.exception.language == language


def test_another_broker_may_be_named_when_one_is_away(
    init: Init, path: Path, mosquitto: MosquittoServer
) -> None:
    """The broker is really visited; a person who does not keep it is asked once more."""
    answers = _lines("", "a-1", "", AWAY, "", "n", mosquitto.url, "", "-", "")
    done = init(typed=answers)
    assert done.exit_code == 0, done.output
    assert f"the broker at {AWAY} does not answer" in done.output
    assert "answers and lets this agent in" in done.output
    assert config.load(path).mqtt.url == mosquitto.url


def test_a_broker_without_tls_is_told_as_that(init: Init, mosquitto: MosquittoServer) -> None:
    """Asked for TLS on a plain port, it says which part is wrong."""
    done = init("--yes", "--broker", mosquitto.url.replace("mqtt:", "mqtts:"))
    assert done.exit_code == 0, done.output
    assert "cannot be trusted, or speaks no TLS there (check the port (8883" in done.output


def test_a_broker_that_wants_a_user_is_told_as_that(init: Init, tmp_path: Path) -> None:
    """It answers, and refuses whoever has no name: the hint is about user and password."""
    folder = tmp_path / "broker"
    folder.mkdir()
    closed = "listener {port} 127.0.0.1\nallow_anonymous false\npersistence false\n"
    broker = MosquittoServer(mosquitto_binary(), folder, closed)
    broker.start()
    try:
        done = init("--yes", "--broker", broker.url)
    finally:
        broker.stop()
    assert done.exit_code == 0, done.output
    assert "does not let this agent in (check user and password" in done.output


def test_meters_are_found_and_named(init: Init, path: Path, server: ModbusServer) -> None:
    """A scan over the line that was typed; the meter becomes a row, under the name given."""
    options = ("--offline", "--agent-id", "a-1", "--units", "1")
    answers = _lines("", "", "", "", f"127.0.0.1:{server.port}", "-", "y", "受電", "")
    done = init(*options, typed=answers)
    assert done.exit_code == 0, done.output
    assert "schneider_iem3155" in done.output
    settings = config.load(path)
    (link,), (meter,) = settings.links, settings.meters
    assert (link.kind, link.host, link.port) == ("tcp", "127.0.0.1", server.port)
    assert (meter.id, meter.name, meter.profile) == ("meter-1", "受電", "schneider_iem3155")
    assert settings.page.listen == ""
    assert f"edge-agent wiring -c {path}" in done.output


def test_more_meters_go_into_settings_that_are_there(
    init: Init, path: Path, server: ModbusServer
) -> None:
    """The file keeps its lines; the second search finds nothing new."""
    assert init("--yes", "--offline", "--agent-id", "a-1").exit_code == 0
    old = path.read_text()
    search = ("--yes", "--link", f"127.0.0.1:{server.port}", "--scan", "--units", "1")
    done = init(*search)
    assert done.exit_code == 0, done.output
    assert "Meters added: 1" in done.output
    assert path.read_text().startswith(old)
    assert [meter.id for meter in config.load(path).meters] == ["meter-1"]
    again = init(*search)
    assert "Meters added: 0" in again.output
    assert len(config.load(path).meters) == 1


def test_a_line_with_all_its_settings_is_kept_without_a_search(init: Init, path: Path) -> None:
    """A bare port is left out and told: a wrong speed in the file would stand in the way."""
    exact = "rtu:///dev/ttyUSB7?baud=19200&parity=E"
    done = init("--yes", "--offline", "--link", exact, "--link", "/dev/ttyUSB8")
    assert done.exit_code == 0, done.output
    assert "/dev/ttyUSB8 is left out" in done.output
    (link,) = config.load(path).links
    assert (link.device, link.baud, link.parity) == ("/dev/ttyUSB7", 19_200, "E")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--agent-id", "A 1"), '"A 1" cannot be a name'),
        (("--language", "de"), 'there is no language "de"'),
        (("--broker", "http://x"), "http://x is no address of a broker"),
        (("--broker", "my broker"), "my broker is no address of a broker"),
        (("--link", "usb zero"), "usb zero is no serial port and no address"),
        (("--link", "rtu:///dev/x?baud=fast"), "baud"),
        (("--ca-file", "/no/ca.pem", "--broker", "mqtts://x"), "there is no file /no/ca.pem"),
        (("--user", "u", "--password-file", "/no/pw"), "there is no file /no/pw"),
        (("--link", "192.0.2.1", "--scan", "--units", "0"), "a scan cannot ask unit 0"),
        (("--no-page",), "no meter to read and no page to add one"),
    ],
)
def test_wrong_options_write_nothing(
    init: Init, path: Path, options: tuple[str, ...], told: str
) -> None:
    """One refusal that names what is wrong; the folder stays empty."""
    done = init("--yes", "--offline", *options)
    assert isinstance(done.exception, StopError)
    assert told in str(done.exception)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--yes",), "there are settings at {path} already (--link and --scan add meters"),
        (("--site", "b"), "there are settings at {path} already: --site?"),
    ],
)
def test_settings_that_are_there_are_never_overwritten(
    init: Init, path: Path, options: tuple[str, ...], told: str
) -> None:
    """What belongs to a new file is refused with a hint."""
    init("--yes", "--offline", "--agent-id", "a-1")
    before = path.read_bytes()
    done = init(*options)
    assert told.format(path=path) in str(done.exception)
    assert path.read_bytes() == before


def test_settings_with_faults_are_not_added_to(init: Init, path: Path) -> None:
    """Their faults are told first."""
    path.write_text("[agent]\nid = 3\n")
    done = init("--yes", "--link", "127.0.0.1", "--scan")
    assert "mqtt: missing" in str(done.exception)


def test_what_a_plant_may_be_called_is_written_as_toml(path: Path) -> None:
    """Quotes and backslashes in a user name come back as they were typed."""
    odd = 'a"b\\c 工場'
    answers = Answers("a-1", "s", "state", "en", BrokerAnswers("mqtt://x", username=odd), True)
    assert tomllib.loads(text_of(answers))["mqtt"]["username"] == odd


def test_a_secret_of_before_is_not_lost(path: Path) -> None:
    """A password file that lies there already stops the writing; all stays as it was."""
    (path.parent / "mqtt.password").write_text("old")
    broker = BrokerAnswers("mqtt://x", username="u", password="new")
    with pytest.raises(StopError, match=r"mqtt\.password already"):
        keep(path, Answers("a-1", "s", "state", "en", broker, True, "123456"))
    assert [each.name for each in path.parent.iterdir()] == ["mqtt.password"]
    assert (path.parent / "mqtt.password").read_text() == "old"


def test_a_page_pin_of_before_stays(init: Init, path: Path) -> None:
    """A second try after a removed settings file keeps the PIN that people know."""
    (path.parent / "page.pin").write_text("777777\n")
    done = init("--yes", "--offline")
    assert done.exit_code == 0, done.output
    assert "with PIN 777777" in done.output


def test_settings_that_cannot_be_written_leave_no_secret(path: Path) -> None:
    """The secrets go again when the settings are refused."""
    broker = BrokerAnswers("http://wrong", username="u", password="p")
    with pytest.raises(StopError):
        keep(path, Answers("a-1", "s", "state", "en", broker, True, "123456"))
    assert list(path.parent.iterdir()) == []


@contextmanager
def _as_nobody() -> Iterator[None]:
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def test_a_folder_of_another_user_is_told_before_any_question(tmp_path: Path) -> None:
    """The hint says as whom to run it."""
    folder = tmp_path / "mieruka"
    folder.mkdir(mode=0o700)
    folder.chmod(0o700 if os.geteuid() == 0 else 0)
    with _as_nobody():
        refusal = why_not(folder / "agent.toml")
    folder.chmod(0o700)
    assert "cannot be written by this user (run it as the agent's user: sudo -u mieruka" in str(
        refusal
    )


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """No folder is made by guess."""
    assert "there is no folder" in str(why_not(tmp_path / "no" / "agent.toml"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_the_files_to_the_folders_owner(tmp_path: Path) -> None:
    """The service runs as that user, and could not read them otherwise."""
    folder = tmp_path / "mieruka"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    keep(
        folder / "agent.toml",
        Answers("a-1", "s", "st", "en", BrokerAnswers("mqtt://x"), True, "1234567"),
    )
    assert {each.stat().st_uid for each in folder.iterdir()} == {NOBODY}


@pytest.mark.parametrize(
    ("hostname", "name"),
    [("Raspberrypi.local", "raspberrypi"), ("工場", "agent-1"), ("my_host 1", "my_host-1")],
)
def test_the_machines_name_becomes_a_name_for_topics(hostname: str, name: str) -> None:
    """Small letters, digits, dashes; never empty."""
    assert typed.name(typed.suggested_name(hostname)) == name


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("broker.local", "mqtt://broker.local"),
        ("192.168.1.5:1884", "mqtt://192.168.1.5:1884"),
        ("broker:8883", "mqtts://broker:8883"),
        ("mqtts://broker", "mqtts://broker"),
    ],
)
def test_a_broker_may_be_typed_shortly(text: str, url: str) -> None:
    """A host alone will do; 8883 is the port of TLS."""
    assert typed.broker_url(text) == url


def test_ports_are_named_by_what_lasts(tmp_path: Path) -> None:
    """A port with a maker's name is listed once, under that name."""
    (tmp_path / "serial/by-id").mkdir(parents=True)
    for number in (0, 1):
        (tmp_path / f"ttyUSB{number}").touch()
    (tmp_path / "serial/by-id/usb-FTDI_1").symlink_to(tmp_path / "ttyUSB1")
    assert serial_ports(devices=tmp_path) == (
        str(tmp_path / "serial/by-id/usb-FTDI_1"),
        str(tmp_path / "ttyUSB0"),
    )


def test_ctrl_c_leaves_nothing(path: Path) -> None:
    """In the middle of the questions, it says so and ends."""
    command = [sys.executable, "-m", "edge_agent", "init", "-c", str(path), "--offline"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\na-1\n")
        process.stdin.flush()
        shown = b""
        while b"a-1]" not in shown and (more := os.read(process.stdout.fileno(), 4096)):
            shown += more
        told = _interrupted(process)
    assert process.returncode == 1
    assert "stopped: nothing was written" in told
    assert list(path.parent.iterdir()) == []


def _interrupted(process: subprocess.Popen[bytes]) -> str:
    """Press Ctrl-C until it ends, as people do; what it said of it."""
    for _ in range(10):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=3)[1].decode()
    process.kill()
    return ""


def test_ctrl_c_in_a_search_keeps_what_was_found(path: Path, server: ModbusServer) -> None:
    """The search ends at once; the meter that had answered is in the settings."""
    words = ["init", "-c", str(path), "--yes", "--offline", "--agent-id", "a-1", "--scan"]
    words += ["--link", f"127.0.0.1:{server.port}", "--units", "1-99"]
    command = [sys.executable, "-m", "edge_agent", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        end_s = time.monotonic() + 30
        while not server.units[1].requests and time.monotonic() < end_s:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 0, out
    assert [meter.unit_id for meter in config.load(path).meters] == [1]
