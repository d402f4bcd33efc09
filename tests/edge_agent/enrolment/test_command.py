"""`edge-agent enrol` as a plant engineer meets it: one line, settings changed, or what to do."""

from __future__ import annotations

import shutil
import socketserver
import stat
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent import __main__ as command
from edge_agent import config
from edge_agent.commands import enrolling
from edge_agent.enrolment import client
from edge_agent.enrolment.certificate import certificate_not_after_ms
from edge_agent.words import language_of
from tests.collector.fleet.plant import Fleet, fleet_in

SETTINGS = """\
# The agent of hall 3.
[agent]
id = "pi-1"
site = "sendai"          # as the collector calls it
state_dir = "state"

[mqtt]
url = "mqtt://127.0.0.1:1883"   # the old broker
username = "pi-1"
password_file = "mqtt.password"

[[links]]
id = "gw"
kind = "tcp"
host = "192.0.2.1"

[[meters]]
id = "main"
link = "gw"
unit_id = 1
profile = "eastron_sdm630"
"""

TOKEN = "aaaaa-" * 7 + "aaaaa"


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet of today."""
    with fleet_in(tmp_path) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Settings of an agent that has a password until now."""
    path = tmp_path / "agent" / "agent.toml"
    path.parent.mkdir()
    path.write_text(SETTINGS, encoding="utf-8")
    (path.parent / "mqtt.password").write_text("secret\n", encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Ran]


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, on a machine that speaks English or Japanese."""

    def run(*words: object, language: str = "C") -> Ran:
        monkeypatch.setenv("LC_ALL", language)
        monkeypatch.setattr(sys, "argv", ["edge-agent", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


def test_one_line_makes_an_agent_part_of_the_fleet(fleet: Fleet, file: Path, invoke: Run) -> None:
    """The certificate takes the password's place; remarks stay, and the file as it was too."""
    token = fleet.office.invite("pi-1", "sendai").token
    result = invoke("enrol", "--url", fleet.url, "--token", token, "-c", file)
    assert result.exit_code == 0, result.stderr
    first, second, third = result.stdout.splitlines()
    assert first.startswith("pi-1 is enrolled; its certificate is good until 20")
    assert second.startswith(f"{file} is changed, agent.toml.20")
    assert third == "start the agent anew: sudo systemctl restart edge-agent"
    text = file.read_text("utf-8")
    assert "# The agent of hall 3." in text
    assert "# the old broker" in text
    assert tomllib.loads(text)["mqtt"] == {
        "url": "mqtts://127.0.0.1:8883",
        "ca_file": "state/identity/ca.pem",
        "cert_file": "state/identity/agent.pem",
    }
    settings = config.load(file)
    assert settings.fleet.url == fleet.url
    assert settings.mqtt.cert_file is not None
    assert certificate_not_after_ms(settings.mqtt.cert_file) is not None
    (backup,) = file.parent.glob("agent.toml.*")
    assert backup.read_text("utf-8") == SETTINGS


def test_the_token_need_not_stand_in_the_shells_history(fleet: Fleet, file: Path) -> None:
    """Left out, it is asked for, in any letters and without its dashes."""
    token = fleet.office.invite("pi-1", "sendai").token.upper().replace("-", " ")
    words = ["enrol", "--url", fleet.url, "-c", str(file)]
    result = CliRunner().invoke(command.app, words, input=f"{token}\n")
    assert result.exit_code == 0, result.output
    assert token not in result.output
    assert config.load(file).fleet.url == fleet.url


def test_a_new_card_with_the_old_settings_is_enrolled(
    fleet: Fleet, file: Path, invoke: Run
) -> None:
    """The settings name a certificate that the new card does not have yet."""
    for _ in range(2):
        token = fleet.office.invite("pi-1", "sendai").token
        result = invoke("enrol", "--url", fleet.url, "--token", token, "-c", file)
        assert result.exit_code == 0, result.stderr
        config.load(file)
        shutil.rmtree(file.parent / "state")
    result = invoke("check", "-c", file)
    assert result.exit_code == 2
    assert "mqtt.cert_file" in result.stderr


def test_settings_that_cannot_be_written_are_told_line_by_line(
    fleet: Fleet, file: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is spent, so what is left to do by hand is all there."""
    from edge_agent import settings_file
    from edge_agent.errors import StopError

    def refuse(*_: object) -> None:
        raise StopError("read-only", "ask somebody")

    monkeypatch.setattr(settings_file, "change_tables", refuse)
    token = fleet.office.invite("pi-1", "sendai").token
    result = invoke("enrol", "--url", fleet.url, "--token", token, "-c", file)
    assert result.exit_code == 1
    assert "the settings could not be changed: read-only (ask somebody)" in result.stdout
    written = result.stdout[result.stdout.index("[mqtt]") :]
    assert tomllib.loads(written) == {
        "mqtt": {
            "url": "mqtts://127.0.0.1:8883",
            "ca_file": "state/identity/ca.pem",
            "cert_file": "state/identity/agent.pem",
        },
        "fleet": {"url": fleet.url},
    }


@pytest.mark.parametrize(
    ("url", "token", "told"),
    [
        ("http://127.0.0.1:1", "x", "is not the address of a fleet server"),
        ("https://127.0.0.1:9", "abc", "that is not a token"),
        ("https://127.0.0.1:9", TOKEN, "is away: Connection refused"),
        ("https://127.0.0.1:ab", TOKEN, "is not the address of a fleet server"),
        ("https://127.0.0.1:99999", TOKEN, "is not the address of a fleet server"),
        ("https://", TOKEN, "is not the address of a fleet server"),
    ],
)
def test_a_mistake_is_one_line(file: Path, invoke: Run, url: str, token: str, told: str) -> None:
    """And the settings stay as they are."""
    result = invoke("enrol", "--url", url, "--token", token, "-c", file)
    assert result.exit_code == 1
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert file.read_text("utf-8") == SETTINGS


def test_a_mistake_is_told_in_japanese(file: Path, invoke: Run) -> None:
    """In the language of the machine."""
    result = invoke(
        *("enrol", "--url", "https://127.0.0.1:9", "--token", "abc", "-c", file),
        language="ja_JP.UTF-8",
    )
    assert "トークンの形ではありません" in result.stderr


def test_a_mistake_is_told_in_the_language_of_the_settings(file: Path, invoke: Run) -> None:
    """Theirs comes before the machine's, and is forgotten when the command has ended."""
    words = ("enrol", "--url", "https://127.0.0.1:9", "--token", "abc", "-c", file)
    for told, machine in (("ja", "C"), ("en", "ja_JP.UTF-8")):
        file.write_text(SETTINGS.replace("[agent]", f'[agent]\nlanguage = "{told}"'), "utf-8")
        result = invoke(*words, language=machine)
        assert ("トークンの形ではありません" in result.stderr) is (told == "ja")
        assert language_of() == machine[:2].replace("C", "en")


@pytest.mark.parametrize("answer", [b"", b"\x15\x03\x03\x00\x02\x02\x28", b"\x20\x02\x00\x05"])
def test_the_brokers_port_is_no_fleet_server(
    file: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Whatever a broker does with what it does not understand, the hint names the other port."""
    with closing_port(answer) as port:
        monkeypatch.setattr(client, "BROKER_PORTS", (port,))
        url = f"https://127.0.0.1:{port}"
        result = invoke("enrol", "--url", url, "--token", TOKEN, "-c", file)
    assert f"{port} is a port of brokers" in result.stderr
    assert "8884" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@contextmanager
def closing_port(answer: bytes) -> Iterator[int]:
    """A port that answers each connection with this, and closes it."""

    class Closing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Closing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_the_line_finds_the_settings_of_an_installed_agent(
    fleet: Fleet, file: Path, invoke: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It names no file: settings here come first, then those that the installer has put."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(enrolling, "INSTALLED", file)
    token = fleet.office.invite("pi-1", "sendai").token
    result = invoke("enrol", "--url", fleet.url, "--token", token)
    assert result.exit_code == 0, result.stderr
    assert config.load(file).fleet.url == fleet.url
    monkeypatch.setattr(enrolling, "INSTALLED", elsewhere / "none.toml")
    assert "there is no such file" in invoke("enrol", "--url", fleet.url, "--token", token).stderr


def test_the_card_is_for_its_owner_alone(fleet: Fleet, file: Path, invoke: Run) -> None:
    """Whoever enrols with sudo leaves files that the agent's user can read, and nobody else."""
    token = fleet.office.invite("pi-1", "sendai").token
    invoke("enrol", "--url", fleet.url, "--token", token, "-c", file)
    own, folder = file.parent / "state/identity/agent.pem", file.parent / "state"
    assert stat.S_IMODE(own.stat().st_mode) == 0o600
    assert own.stat().st_uid == folder.stat().st_uid
