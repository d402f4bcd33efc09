"""`collector fleet` as a person meets it: lines, hints, exit codes."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector import config
from collector.check import findings
from collector.commands.fleet import VERBS
from collector.commands.fleet_update import agents_to_update
from collector.config import CollectorSettings
from collector.errors import CollectorError, ConfigError
from collector.state import open_state
from collector.state.fleet import Issuance
from edge_agent.contract.wire import Birth
from edge_agent.enrolment.enrol import enrol
from edge_agent.enrolment.identity import Identity
from edge_agent.process.lazy import Verb
from tests.collector.fleet.plant import Fleet, HandClock, found, settings_in
from tests.services.mosquitto import free_port


def invoke(folder: Path, *words: str) -> Result:
    """Run `collector fleet`; a fault that is no exit fails the test."""
    file = folder / "collector.toml"
    if not file.exists():
        settings_in(folder)
    result = CliRunner().invoke(command.app, ["fleet", *words, "-c", str(file)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_list_of_verbs_says_of_each_what_it_says_of_itself(verb: Verb) -> None:
    """A row that was forgotten when a verb changed is found here."""
    real = verb.load()
    assert " ".join((real.help or "").split("\n\n")[0].split()).startswith(verb.help)


def test_before_the_first_step_everybody_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings of a fleet without its authority: `check`, `run` and `doctor` say what makes it."""
    settings = settings_in(tmp_path)
    file = str(tmp_path / "collector.toml")
    told = {}
    for verb in ("check", "run", "doctor"):
        monkeypatch.setattr(sys, "argv", ["collector", verb, "-c", file])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        told[verb] = " ".join((printed.out + printed.err).split())
        assert ended.value.code == 1, verb
    assert all("with: collector fleet init" in text for text in told.values())
    folder = tmp_path / "state/fleet"
    missing = f"{folder}: there is no authority (make one with: collector fleet init)"
    assert _fleet_finding(settings) == (False, missing)
    invoke(tmp_path, "init")
    assert _fleet_finding(settings) == (True, f"{folder} holds an authority")


def _fleet_finding(settings: CollectorSettings) -> tuple[bool, str]:
    found = findings(settings, date(2026, 4, 1), broker_timeout_s=0.1)
    ((ok, text),) = [(one.ok, one.text) for one in found if one.subject == "fleet"]
    return ok, text


def test_from_nothing_to_an_agent_in_the_list(tmp_path: Path) -> None:
    """Init, enrol, list, revoke: each says what comes next."""
    made = invoke(tmp_path, "init")
    assert made.exit_code == 0, made.output
    assert "back this folder up" in made.stdout
    assert f'[mqtt] cert_file = "{tmp_path}/state/fleet/collector.pem"' in made.stdout
    assert "no agent is enrolled yet" in invoke(tmp_path, "list").stdout
    line = invoke(tmp_path, "enrol", "pi-1", "--site", "sendai").stdout.strip()
    assert line.startswith("edge-agent enrol --url https://127.0.0.1:8884 --token ")
    fleet = Fleet(tmp_path, HandClock(), config.load(tmp_path / "collector.toml"))
    fleet.service.start()
    try:
        enrol(fleet.url, line.rpartition(" ")[2], "pi-1", Identity.of(tmp_path / "card"))
    finally:
        fleet.service.stop()
    (row,) = json.loads(invoke(tmp_path, "list", "--json").stdout)
    assert (row["agent"], row["site"], row["standing"]) == ("pi-1", "sendai", "good")
    assert (row["revoked"], row["online"]) == (False, None)
    table = invoke(tmp_path, "list").stdout
    assert "pi-1" in table
    assert row["valid_until"] in table
    asked = invoke(tmp_path, "rotate", "pi-1")
    assert "1 agent is asked to renew" in asked.stdout
    assert json.loads(invoke(tmp_path, "list", "--json").stdout)[0]["note"] == "asked to renew"
    ended = invoke(tmp_path, "revoke", "pi-1", "--reason", "stolen")
    assert ended.exit_code == 1  # nothing tells the broker in these settings
    assert "1 certificate revoked" in ended.stdout
    assert "systemctl restart mosquitto" in ended.stderr
    assert json.loads(invoke(tmp_path, "list", "--json").stdout)[0]["revoked"]


def test_who_is_revoked_is_asked_nothing(tmp_path: Path) -> None:
    """It could not answer: not to renew, not in a roll-out; and nobody says that it is there."""
    settings, clock = settings_in(tmp_path), HandClock()
    found(settings, clock)
    state, now_ms = open_state(settings.collector.state_dir), clock.now_ms()
    try:
        state.agents.born(Birth("pi-1", "e", 1, "0.1.0", now_ms, ()))
        state.fleet.enrolled("pi-1", "sendai", now_ms)
        state.fleet.issued(Issuance("1f", "agent", "pi-1", "root", now_ms, now_ms + 10**10))
        state.fleet.revoke("pi-1", now_ms, "stolen")
        with pytest.raises(CollectorError, match="agent pi-1 is revoked"):
            agents_to_update(state, ["pi-1"])
        with pytest.raises(CollectorError, match="no agent has reported yet"):
            agents_to_update(state, [])
    finally:
        state.database.close()
    (row,) = json.loads(invoke(tmp_path, "list", "--json").stdout)
    assert (row["revoked"], row["online"]) == (True, None)
    assert "0 agents are asked to renew" in invoke(tmp_path, "rotate", "--all").stdout
    refused = invoke(tmp_path, "rotate", "pi-1")
    assert refused.exit_code == 1
    assert "pi-1 is revoked, and cannot renew (to let it in again:" in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["enrol", "pi-1", "--site", "sendai"], "make one with: collector fleet init"),
        (["enrol", "pi-1", "--site", "nowhere"], "there is no site nowhere"),
        (["enrol", "Pi 1", "--site", "sendai"], "is not a name"),
        (["enrol", "collector", "--site", "sendai"], "the collector's own name"),
        (["revoke", "pi-1"], "enrol one: collector fleet enrol"),
        (["rotate"], "not told what to do"),
        (["rotate", "--all", "--root"], "not told what to do"),
        (["rotate", "pi-1"], "there is no agent pi-1"),
        (["server-cert", "a.example", "--for", "me"], "write broker or server"),
        (["init", "a name"], "a name is no name of a server (write a name as in"),
        (["init", "https://a.example"], "https://a.example is no name of a server"),
        (["init", "a.example:8883"], "no https://, no port"),
        (["serve", "--log", "xml"], "write text or json"),
        (["serve"], "there is no authority"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    """With what to do, and exit code 1."""
    result = invoke(tmp_path, *words)
    assert result.exit_code == 1
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('listen = "here"', "fleet.listen"),
        ('url = "http://a.example"', "fleet.url"),
        ('url = "https://a.example/path"', "fleet.url"),
        ('broker_url = "mqtt://a.example"', "fleet.broker_url"),
        ("certificate_days = 0", "fleet.certificate_days"),
        ("certificate_days = 9999", "fleet.certificate_days"),
        ('reload_command = "systemctl reload mosquitto"', "fleet.reload_command"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, line: str, fault: str) -> None:
    """Each with its dotted path."""
    settings_in(tmp_path)
    file = tmp_path / "collector.toml"
    head, _, rest = file.read_text("utf-8").partition("[fleet]")
    sites = rest[rest.index("[[sites]]") :]
    file.write_text(f"{head}[fleet]\n{line}\n{sites}", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(file)
    assert fault in "\n".join(refused.value.faults)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('url = "mqtt://a.example"\ncert_file = "a.pem"', "mqtt.cert_file"),
        ('url = "mqtts://a.example"\nkey_file = "a.key"', "mqtt.cert_file: missing"),
    ],
)
def test_a_certificate_needs_tls_and_a_key_its_certificate(
    tmp_path: Path, lines: str, fault: str
) -> None:
    """What would not be used is told."""
    settings_in(tmp_path)
    file = tmp_path / "collector.toml"
    head, _, rest = file.read_text("utf-8").partition("[mqtt]")
    file.write_text(f"{head}[mqtt]\n{lines}\n[store]{rest.partition('[store]')[2]}", "utf-8")
    with pytest.raises(ConfigError) as refused:
        config.load(file)
    assert fault in "\n".join(refused.value.faults)


@pytest.mark.services
def test_the_server_runs_until_it_is_asked_to_end(tmp_path: Path) -> None:
    """A process of its own, and a certificate made anew is shown without a restart."""
    settings_in(tmp_path)
    file, port = tmp_path / "collector.toml", free_port()
    text = file.read_text("utf-8").replace("127.0.0.1:0", f"127.0.0.1:{port}")
    file.write_text(text.replace("https://127.0.0.1:8884", f"https://127.0.0.1:{port}"), "utf-8")
    assert invoke(tmp_path, "init").exit_code == 0
    words = [sys.executable, "-m", "collector", "fleet", "serve", "-c", str(file)]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(words, cwd=root, stderr=subprocess.PIPE, env=os.environ) as process:
        try:
            before = _shown(port)
            assert invoke(tmp_path, "server-cert", "127.0.0.1", "--for", "server").exit_code == 0
            assert _shown(port) != before
        finally:
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert b"answers at port" in err


def _shown(port: int) -> str:
    give_up_at = time.monotonic() + 15
    while True:
        try:
            return ssl.get_server_certificate(("127.0.0.1", port), timeout=5)
        except OSError:
            assert time.monotonic() < give_up_at
            time.sleep(0.1)
