"""Nobody has to change a default to be safe: nothing listens, all is checked, files are private."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from collector.api.server import is_loopback
from collector.config import CollectorSettings, MqttSettings
from collector.inlet.client import new_client
from collector.report_config import MailSettings, report_faults
from collector.roles import RIGHTS
from collector.site_config import Section
from collector.state import open_state
from collector.state.api_tokens import Reach
from collector.storage.sqlite import SqliteStore
from edge_agent import config as edge_config
from edge_agent.config import AgentSettings
from edge_agent.config.text import Settings
from edge_agent.process.address import host_and_port
from edge_agent.process.tls import client_context
from edge_agent.uplink.client import new_client as new_agent_client
from tests.security.canaries import CLOSED, ROOT, agent_files

CODE = ("edge_agent", "collector", "grafana", "simulators")
UNCHECKED = re.compile(
    r"CERT_NONE|check_hostname\s*=\s*False|verify(?:_ssl|_certs)?\s*=\s*False"
    r"|_create_unverified_context|tls_insecure_set|--insecure|ssl_verify"
)
FIRST_CONTACT = "edge_agent/enrolment/client.py"
"""Asks whom to trust, believed for the pin of a one-time token alone; sends nothing secret."""


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for below in model.__subclasses__():
        yield from _models(below)


LISTENERS = sorted(
    {
        (model.__qualname__, str(model.model_fields["listen"].default))
        for base in (Section, Settings)
        for model in _models(base)
        if "listen" in model.model_fields
    }
)


@pytest.mark.parametrize(("model", "default"), LISTENERS)
def test_nothing_is_reached_from_another_machine_unless_asked_for(model: str, default: str) -> None:
    """Every ``listen`` of the settings is off, or answers to this machine alone."""
    assert default == "" or is_loopback(host_and_port(default)[0]), model


def test_the_listeners_there_are() -> None:
    """A new one is looked at here: six of the collector, two of the agent at least."""
    names = {name for name, _ in LISTENERS}
    assert names >= {"HealthSettings", "ApiSettings", "PageSettings", "FleetSettings"}


@pytest.mark.parametrize("name", ["agent.toml", "collector.toml"])
def test_the_examples_open_nothing_either(name: str) -> None:
    """What people copy listens as the defaults do, where it is not commented out."""
    text = (ROOT / "deploy/examples" / name).read_text("utf-8")
    shown = re.findall(r'(?m)^listen\s*=\s*"([^"]*)"', text)
    assert [place for place in shown if place and not is_loopback(host_and_port(place)[0])] == []


def test_certificates_are_always_checked() -> None:
    """No line of the code lets a server pass unchecked, but one that is checked by its pin."""
    found = [
        str(path.relative_to(ROOT))
        for folder in CODE
        for path in sorted((ROOT / folder).rglob("*.py"))
        if UNCHECKED.search(path.read_text("utf-8"))
    ]
    assert [path for path in found if path != FIRST_CONTACT] == []


def test_an_agent_wants_the_name_of_its_broker(tmp_path: Path) -> None:
    """A certificate of a known authority, for the name that was dialled, TLS 1.2 at least."""
    context = client_context(None)
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    plant = agent_files(tmp_path, f"mqtt://{CLOSED}")
    settings = edge_config.load(plant.settings).mqtt.model_copy(update={"url": "mqtts://b:8883"})
    own = new_agent_client(settings, "a-1", 1)._ssl_context
    assert own is not None
    assert (own.verify_mode, own.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_collector_wants_the_name_of_its_broker() -> None:
    """The same on the other side."""
    client = new_client(MqttSettings(url="mqtts://b:8883"), "hq", lasting=True)
    assert client._ssl_context is not None
    assert client._ssl_context.verify_mode == ssl.CERT_REQUIRED
    assert client._ssl_context.check_hostname
    assert not client._tls_insecure


def test_mail_is_encrypted_unless_said_otherwise() -> None:
    """And a password never goes over a connection that is not."""
    assert MailSettings.model_fields["tls"].default == "starttls"
    doc = {"mail": {"username": "m", "password": "p", "tls": "none"}}
    assert any("in the clear" in fault for fault in report_faults(doc))


def test_every_optional_part_is_off() -> None:
    """Open data, Grafana, mail, Kafka and the demand guard are asked for, or not there."""
    for model in (CollectorSettings, AgentSettings):
        for name in ("grafana", "mail", "kafka", "demand"):
            if name in model.model_fields:
                assert model.model_fields[name].default is None, name
    outlet = CollectorSettings.model_fields["outlet"].default
    assert not outlet.any


def test_state_and_store_are_their_owners_alone(tmp_path: Path) -> None:
    """Tokens, receipts and readings: folder and files, journals too, whatever the umask."""
    program = (
        "import os, sys; os.umask(0)\n"
        "from pathlib import Path; from collector.state import open_state\n"
        "open_state(Path(sys.argv[1])); print('open'); sys.stdin.read()"
    )
    folder = tmp_path / "state"
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        modes = {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
        process.communicate("", timeout=30)
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    assert any(name.endswith("-wal") for name in modes)
    store = SqliteStore(tmp_path / "new" / "store.sqlite")
    store.check()
    store.close()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_a_token_opens_what_it_names_and_is_kept_as_a_digest(tmp_path: Path) -> None:
    """Least rights: read alone, sites by name, an end; its text is in no file of the state."""
    state = open_state(tmp_path / "state")
    try:
        token, text = state.api_tokens.create(
            "tenant", "viewer", Reach(("sendai",), None, None), 0, 4_000_000_000_000
        )
    finally:
        state.database.close()
    assert token.reach.sites == ("sendai",)
    held = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert text.encode() not in held
    assert not RIGHTS["viewer"].proposals
    assert not RIGHTS["viewer"].every_site
