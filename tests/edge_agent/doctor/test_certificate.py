"""The doctor's word on certificates: the agent's, the collector's, and those of its servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.doctor.certificate import certificate_findings as at_the_collector
from collector.fleet import signing
from edge_agent import config
from edge_agent.doctor.certificate import certificate_findings
from edge_agent.doctor.checks import probes
from edge_agent.enrolment import certificate
from tests.collector.fleet.plant import DAY_MS, HandClock, found, settings_in

SETTINGS = """\
[agent]
id = "pi-1"
site = "sendai"
[mqtt]
url = "mqtts://127.0.0.1:8883"
cert_file = "agent.pem"
{more}
[page]
listen = "127.0.0.1:9873"
"""
FLEET = '[fleet]\nurl = "https://127.0.0.1:8884"'


def agent_in(folder: Path, more: str = FLEET, name: str = "pi-1") -> config.AgentSettings:
    """Settings of an agent whose certificate is 90 days old or new, by the clock of the test."""
    root, key = signing.new_root("test", 0), certificate.new_key()
    request = certificate.request_for(key, name)
    pem = signing.sign(root, request, name, "client", (0, 90 * DAY_MS))
    (folder / "agent.pem").write_text(pem + key, encoding="ascii")
    file = folder / "agent.toml"
    file.write_text(SETTINGS.format(more=more), encoding="utf-8")
    return config.load(file)


@pytest.mark.parametrize(
    ("days", "more", "mark", "measured"),
    [
        (1, FLEET, "ok", "89 days are left; renewed by itself from 1970-02-15 on"),
        (1, "", "note", "89 days are left"),
        (80, FLEET, "fault", "10 days are left"),
        (95, FLEET, "fault", "it ended 5 days ago"),
    ],
)
def test_how_long_an_agents_certificate_holds(
    tmp_path: Path, days: int, more: str, mark: str, measured: str
) -> None:
    """And whether anybody renews it."""
    settings = agent_in(tmp_path, more)
    (finding,) = certificate_findings(settings, tmp_path / "agent.pem", days * DAY_MS)
    assert (finding.mark, finding.measured) == (mark, measured)


def test_a_certificate_of_another_name_is_a_fault(tmp_path: Path) -> None:
    """The broker would take nothing of this agent."""
    settings = agent_in(tmp_path, name="pi-2")
    (finding,) = certificate_findings(settings, tmp_path / "agent.pem", DAY_MS)
    assert finding.mark == "fault"
    assert finding.measured == "it is for pi-2, this agent is pi-1"


def test_a_file_that_is_no_certificate_is_a_fault(tmp_path: Path) -> None:
    """It says which file, and what to do."""
    settings = agent_in(tmp_path)
    (tmp_path / "agent.pem").write_text("x", encoding="ascii")
    (finding,) = certificate_findings(settings, tmp_path / "agent.pem", DAY_MS)
    assert "agent.pem holds no certificate" in finding.measured
    assert "Enrol" in finding.remedy


def test_the_doctor_looks_at_a_certificate_where_there_is_one(tmp_path: Path) -> None:
    """Before the broker, which would refuse what it finds."""
    settings = agent_in(tmp_path)
    names = [probe.subject for probe in probes(settings)]
    assert names[names.index("broker") - 1] == "certificate"
    bare = settings.model_copy(
        update={"mqtt": settings.mqtt.model_copy(update={"cert_file": None})}
    )
    assert "certificate" not in [probe.subject for probe in probes(bare)]


def test_the_collectors_own_certificates_are_looked_at(tmp_path: Path) -> None:
    """Its own, the broker's and the fleet server's: an ended one stops the whole fleet."""
    settings, clock = settings_in(tmp_path), HandClock()
    found(settings, clock)
    fine = list(at_the_collector(settings, clock.now_ms()))
    assert [(one.mark, one.measured) for one in fine] == [("ok", "398 days are left")] * 3
    late = list(at_the_collector(settings, clock.now_ms() + 380 * DAY_MS))
    assert {one.mark for one in late} == {"fault"}
    assert "no agent trusts the broker" in late[1].meaning
    (tmp_path / "state/fleet/collector.pem").unlink()
    gone = list(at_the_collector(settings, clock.now_ms()))
    assert "cannot be read" in gone[0].measured
