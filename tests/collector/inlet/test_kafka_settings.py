"""[kafka] and [bridge]: every fault told, and what Kafka's client is given of them."""

from __future__ import annotations

import logging
import sys
from datetime import date
from pathlib import Path

import pytest

from collector.check import findings
from collector.config import MqttSettings
from collector.errors import StopError
from collector.inlet.inlet import Inlet
from collector.inlet.kafka import consumer
from collector.inlet.kafka.access import hint_of, options_of
from collector.inlet.kafka.outage import ALL_DOWN, Outage
from collector.inlet.opened import group_of, open_inlet
from collector.kafka_config import KafkaSettings
from tests.collector.test_app import settings as plain_settings
from tests.collector.test_config import HEAD, faults, load
from tests.services.mosquitto import free_port

KAFKA = '[kafka]\nbrokers = ["k1:9092"]\n'


def with_kafka(text: str) -> str:
    """Answer settings with a [kafka] that holds these lines too."""
    return HEAD.replace("[[sites]]", f"{KAFKA}{text}\n[[sites]]")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('group = ""', 'kafka.group = "": not a name in Kafka (the consumer group,'),
        ('topic = "a b"', 'kafka.topic = "a b": not a name in Kafka (letters,'),
        ('topic = ".."', 'kafka.topic = "..": not a name in Kafka'),
        ('sasl = "GSSAPI"\nusername = "u"\npassword = "p"', 'kafka.sasl = "GSSAPI":'),
        ('sasl = "PLAIN"\npassword = "x"', "kafka.username: missing (sasl needs a name)"),
        ('sasl = "PLAIN"\nusername = "u"', "kafka.password_file: missing (a file with one line"),
        ('username = "u"', 'kafka.username = "u": not used without sasl'),
        ('ca_file = "ca.pem"', 'kafka.ca_file = "ca.pem": not used without tls'),
        ('tls = true\ncert_file = "c.pem"', "kafka.key_file: missing (a certificate and its key"),
        ('tls = true\nkey_file = "c.key"', "kafka.cert_file: missing (a certificate and its key"),
        ('password_file = "none"', 'kafka.password_file = "none": No such file'),
        ("alone = 3", "kafka.alone = 3:"),
        ("[bridge]\nlisten = 'x'", 'bridge.listen = "x": not an address with a port'),
        ("[bridge]\nshare_group = 'A b'", 'bridge.share_group = "A b": not a name'),
    ],
)
def test_each_fault_is_one_line(tmp_path: Path, text: str, fault: str) -> None:
    """It names the key, the value and what to write."""
    (line,) = faults(tmp_path, with_kafka(text))
    assert line.startswith(fault)


@pytest.mark.parametrize("brokers", ["[]", '["k1"]', '["k1:99999"]'])
def test_brokers_are_addresses_with_ports(tmp_path: Path, brokers: str) -> None:
    """At least one of them."""
    (line,) = faults(tmp_path, with_kafka("").replace('["k1:9092"]', brokers))
    assert line.startswith("kafka.brokers")


def test_a_share_group_has_no_meaning_beside_kafka(tmp_path: Path) -> None:
    """The consumer group divides the readings then."""
    text = with_kafka("").replace("[store]", 'share_group = "plant"\n[store]')
    (line,) = faults(tmp_path, text)
    assert line.startswith('mqtt.share_group = "plant": not used beside [kafka]')


def test_a_bridge_needs_kafka(tmp_path: Path) -> None:
    """One that leads nowhere is a fault."""
    (line,) = faults(tmp_path, HEAD.replace("[[sites]]", "[bridge]\n[[sites]]"))
    assert line.startswith("kafka: missing")


def test_the_password_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is in no text that a log may hold."""
    monkeypatch.setenv("MIERUKA_KAFKA_PASSWORD", "from-around")
    read = load(tmp_path, with_kafka('sasl = "PLAIN"\nusername = "u"')).kafka
    assert read is not None
    assert read.password == "from-around"
    assert "from-around" not in repr(read)


def test_what_is_left_out_is_not_said_to_kafka() -> None:
    """Plain settings make a plain connection."""
    options = options_of(KafkaSettings(brokers=("a:1", "b:2")), "me")
    assert options["bootstrap.servers"] == "a:1,b:2"
    assert options["security.protocol"] == "plaintext"
    assert not {name for name in options if name.startswith(("ssl.", "sasl."))}


@pytest.mark.parametrize(
    ("tls", "sasl", "protocol"),
    [(True, "", "ssl"), (False, "PLAIN", "sasl_plaintext"), (True, "SCRAM-SHA-512", "sasl_ssl")],
)
def test_the_protocol_follows_from_tls_and_login(tls: bool, sasl: str, protocol: str) -> None:
    """Nobody has to know Kafka's words for it."""
    made = KafkaSettings(brokers=("a:1",), tls=tls, sasl=sasl, username="u", password="p")  # type: ignore[arg-type]
    assert options_of(made, "me")["security.protocol"] == protocol


def test_files_are_named_to_kafka(tmp_path: Path) -> None:
    """Each where its client looks for it."""
    files = {key: tmp_path / key for key in ("ca_file", "cert_file", "key_file")}
    options = options_of(KafkaSettings(brokers=("a:1",), tls=True, **files), "me")  # type: ignore[arg-type]
    assert options["ssl.ca.location"] == str(tmp_path / "ca_file")
    assert options["ssl.certificate.location"] == str(tmp_path / "cert_file")
    assert options["ssl.key.location"] == str(tmp_path / "key_file")


def test_a_collector_without_kafka_does_not_load_its_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one that wants it, and has it not, says so in one line with a hint."""
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    for name in [name for name in sys.modules if name.startswith("collector.inlet.kafka")]:
        monkeypatch.delitem(sys.modules, name)
    without = plain_settings(tmp_path, "mqtt://127.0.0.1:1")
    assert type(open_inlet(without)) is Inlet
    kafka = KafkaSettings(brokers=("127.0.0.1:1",))
    with pytest.raises(StopError) as caught:
        open_inlet(without.model_copy(update={"kafka": kafka}))
    assert str(caught.value) == (
        'confluent_kafka is not installed (pip install "mieruka[collector,kafka]")'
    )


@pytest.mark.parametrize(
    ("kafka", "group"),
    [
        (None, "plant"),
        (KafkaSettings(brokers=("a:1",)), ""),
        (KafkaSettings(brokers=("a:1",), alone=False, group="g"), "g"),
    ],
)
def test_who_divides_the_readings(tmp_path: Path, kafka: KafkaSettings | None, group: str) -> None:
    """Members of a group ask for no holes, since each gets a part by design."""
    made = plain_settings(tmp_path, "mqtt://127.0.0.1:1")
    shared = MqttSettings(url="mqtt://127.0.0.1:1", share_group="plant")
    assert group_of(made.model_copy(update={"kafka": kafka, "mqtt": shared})) == group


def test_an_outage_is_told_once_for_each_reason(caplog: pytest.LogCaptureFixture) -> None:
    """One of several brokers that is away is no outage; all of them are, for the reason heard."""
    caplog.set_level(logging.INFO, "collector.inlet.kafka")
    outage = Outage("k1:9092")
    outage.back()
    outage.heard("_TRANSPORT", "k1:9092: refused")
    assert outage.fault == ""
    for _ in range(3):
        outage.heard(ALL_DOWN, "1/1 brokers are down")
    outage.down("UNKNOWN_TOPIC_OR_PART", "topic t: not there")
    outage.down("_TRANSPORT", "k1:9092: refused")
    outage.down("UNKNOWN_TOPIC_OR_PART", "topic t: not there")
    assert outage.fault.endswith(f"topic t: not there ({hint_of('UNKNOWN_TOPIC_OR_PART')})")
    outage.back()
    assert outage.fault == ""
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 4
    assert lines[0] == "Kafka k1:9092: there"
    assert lines[1].startswith("Kafka k1:9092: k1:9092: refused (is Kafka running")
    assert lines[2].startswith("Kafka k1:9092: topic t: not there (create [kafka] topic")
    assert lines[3] == "Kafka k1:9092: back"
    assert outage.count == 1


def test_the_check_looks_at_kafka_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is away is a finding with a hint, beside those of broker and store."""
    monkeypatch.setattr(consumer, "LOOK_S", 0.3)
    made = plain_settings(tmp_path, "mqtt://127.0.0.1:1")
    kafka = KafkaSettings(brokers=(f"127.0.0.1:{free_port()}",))
    both = made.model_copy(update={"kafka": kafka})
    found = {one.subject: one for one in findings(both, date(2026, 11, 1), 0.3)}
    assert not found["kafka"].ok
    assert "is Kafka running" in found["kafka"].text
    without = {one.subject for one in findings(made, date(2026, 11, 1), 0.3)}
    assert without == found.keys() - {"kafka"}
