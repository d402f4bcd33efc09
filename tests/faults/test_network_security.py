"""Faults 21 and 22: a broker that cannot prove who it is, and an agent that speaks for another."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector.config import CollectorSettings
from edge_agent.config import MqttSettings
from edge_agent.contract import topics
from edge_agent.contract.wire import ReadingsMessage, encode_readings
from simulators.ledger import Ledger
from tests.faults.network_certificates import Authority, Certificate
from tests.faults.network_fleet import SITE, LightAgent
from tests.faults.network_office import eventually, outcome, running, settings
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = [pytest.mark.services, pytest.mark.nightly]
ACL = Path(__file__).parents[2] / "deploy" / "mosquitto" / "acl"
TLS_CONFIG = """\
listener {{port}} 127.0.0.1
allow_anonymous true
certfile {certificate}
keyfile {key}
log_dest none
user root
"""
ACL_CONFIG = """\
listener {{port}} 127.0.0.1
allow_anonymous false
password_file {passwords}
acl_file {acl}
log_dest none
user root
"""
NOT_AUTHORIZED = 0x87
PASSWORD = "of-this-test-alone"


@contextmanager
def _tls_broker(folder: Path, identity: Certificate, port: int = 0) -> Iterator[MosquittoServer]:
    config = TLS_CONFIG.format(certificate=identity.certificate, key=identity.key)
    folder.mkdir()
    broker = MosquittoServer(mosquitto_binary(), folder, config)
    if port:
        (folder / "mosquitto.conf").write_text(config.format(port=port), encoding="utf-8")
        broker.port = port
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.parametrize(("name", "valid_days"), [("127.0.0.1", 0), ("192.0.2.77", 2)])
def test_a_broker_that_is_not_the_one_gets_nothing_and_the_right_one_gets_all(
    trial: Trial, tmp_path: Path, name: str, valid_days: int, caplog: pytest.LogCaptureFixture
) -> None:
    """With an expired or foreign certificate the outbox fills, nothing goes out in the clear."""
    authority, ledger = Authority(tmp_path), Ledger(repeat_ms=0)
    with _tls_broker(tmp_path / "wrong", authority.issue(name, valid_days)) as wrong:
        url = f"mqtts://127.0.0.1:{wrong.port}"
        trusting = MqttSettings(url=url, ca_file=authority.ca_file)
        agent = LightAgent("pi-1", trusting, tmp_path, ledger, every_s=0.1)
        with agent:
            assert eventually(lambda: agent.outbox.depth() > 30, 20)
            assert "its certificate is not trusted" in agent.uplink.last_fault
            wrong.stop()
            _the_right_one_comes(tmp_path, authority, wrong.port, agent)
    told = [r for r in caplog.records if "certificate is not trusted" in r.getMessage()]
    assert len(told) == 1
    found = outcome(_trusting_office(tmp_path, authority, wrong.port), ledger, [agent])
    injected = f"broker's certificate {'of another name' if valid_days else 'expired'}"
    trial.prove(found, fault=21, injected=injected, times=1)


def _trusting_office(folder: Path, authority: Authority, port: int) -> CollectorSettings:
    mqtt = f'ca_file = "{authority.ca_file}"'
    return settings(folder, f"mqtts://127.0.0.1:{port}", ["pi-1"], mqtt=mqtt)


def _the_right_one_comes(folder: Path, authority: Authority, port: int, agent: LightAgent) -> None:
    identity = authority.issue("127.0.0.1")
    with (
        _tls_broker(folder / "right", identity, port),
        running(_trusting_office(folder, authority, port)),
    ):
        agent.stop_reading()
        assert eventually(agent.is_empty, 40)


@dataclass(frozen=True, slots=True)
class _Guarded:
    """A broker with the access list that people copy, and a password file for each user."""

    broker: MosquittoServer
    folder: Path

    def mqtt(self, user: str) -> MqttSettings:
        return MqttSettings(
            url=self.broker.url, username=user, password_file=self.folder / "password"
        )


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[_Guarded]:
    """Users pi-1, pi-2 and collector, each with the rights of ``deploy/mosquitto/acl``."""
    passwords = tmp_path / "passwords"
    passwords.write_text("".join(f"{u}:{PASSWORD}\n" for u in ("pi-1", "pi-2", "collector")))
    passwords.chmod(0o644)
    subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True, capture_output=True)
    (tmp_path / "password").write_text(PASSWORD)
    acl = tmp_path / "acl"
    acl.write_text(ACL.read_text())
    config = ACL_CONFIG.format(passwords=passwords, acl=acl)
    broker = MosquittoServer(mosquitto_binary(), tmp_path, config)
    broker.start()
    yield _Guarded(broker, tmp_path)
    broker.stop()


def _forged(agent: str) -> bytes:
    values = {"active_energy_import_wh": [666.0]}
    return encode_readings(
        ReadingsMessage(
            agent=agent, epoch="forged", site=SITE, meter="pi-2", boot="b", clock="synchronised",
            seqs=(1,), at_ms=(1_790_000_000_000,), columns=values,
        )
    )  # fmt: skip


def _publish_as(guarded: _Guarded, user: str, topic: str, payload: bytes) -> int:
    """The reason code with which the broker acknowledged it."""
    codes: list[int] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, PASSWORD)
    client.on_publish = lambda _c, _d, _mid, code, _p: codes.append(code.value)
    client.connect("127.0.0.1", guarded.broker.port)
    client.loop_start()
    client.publish(topic, payload, qos=1)
    assert eventually(lambda: bool(codes), 10)
    client.disconnect()
    client.loop_stop()
    return codes[0]


def test_an_agent_cannot_speak_for_another(trial: Trial, guarded: _Guarded, tmp_path: Path) -> None:
    """The broker refuses pi-1 on pi-2's topic; the collector refuses pi-2's name on pi-1's."""
    password = f'username = "collector"\npassword_file = "{tmp_path / "password"}"'
    loaded = settings(tmp_path, guarded.broker.url, ["pi-1", "pi-2"], mqtt=password)
    ledger = Ledger(repeat_ms=0)
    agent = LightAgent("pi-2", guarded.mqtt("pi-2"), tmp_path, ledger, every_s=0.1)
    with running(loaded) as collector, agent:
        assert eventually(lambda: collector.status().connected, 10)
        refused = _publish_as(guarded, "pi-1", topics.up("pi-2", "live"), _forged("pi-2"))
        assert refused == NOT_AUTHORIZED
        taken = _publish_as(guarded, "pi-1", topics.up("pi-1", "live"), _forged("pi-2"))
        assert taken == 0
        assert eventually(lambda: collector.status().dead_letters == 1, 10)
        assert eventually(lambda: len(ledger) > 10, 20)
        agent.stop_reading()
        assert eventually(agent.is_empty, 20)
        assert "names agent 'pi-2'" in collector.state.dead_letters.list()[0].reason
    injected = "pi-1 speaks as pi-2, on the topic of either"
    trial.prove(outcome(loaded, ledger, [agent]), fault=22, injected=injected, times=2)
