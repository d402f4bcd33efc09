"""What the probes say of systemd and of a health page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.probes.finding import Finding
from edge_agent.probes.page import page_findings
from edge_agent.probes.service import service_findings
from edge_agent.process.health_page import HealthPage
from tests.services.mosquitto import free_port

WELL = "LoadState=loaded\nActiveState=active\nType=notify\nWatchdogUSec=1min\nRestart=always\n"


def service(folder: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> dict[str, Finding]:
    """What is said when systemctl answers ``told``."""
    program = folder / "systemctl"
    program.write_text(f"#!/bin/sh\ncat <<'.'\n{told}.\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    found = service_findings("edge-agent.service", "deploy/pi/edge-agent.service", folder)
    return {finding.subject: finding for finding in found}


def test_a_service_with_its_watchdog_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """State and watchdog are told."""
    found = service(tmp_path, monkeypatch, WELL + "NRestarts=0\n")
    assert {finding.mark for finding in found.values()} == {"ok"}
    assert found["service: watchdog"].measured == "on, 1min"


@pytest.mark.parametrize(
    ("was", "becomes", "subject", "words"),
    [
        ("LoadState=loaded", "LoadState=not-found", "service", "not installed"),
        ("WatchdogUSec=1min", "WatchdogUSec=infinity", "service: watchdog", "off"),
        ("Type=notify", "Type=simple", "service: watchdog", "off"),
        ("Restart=always", "Restart=no", "service", "Restart=no"),
        ("Restart=always", "Restart=always\nNRestarts=3", "service", "started again 3 times"),
    ],
)
def test_what_a_service_lacks_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    was: str,
    becomes: str,
    subject: str,
    words: str,
) -> None:
    """Not installed, no watchdog, no restart, restarted: each is a note with what to do."""
    found = service(tmp_path, monkeypatch, WELL.replace(was, becomes))[subject]
    assert found.mark == "note"
    assert words in found.measured
    assert found.remedy


def test_a_machine_without_systemd_is_told(tmp_path: Path) -> None:
    """In a container nobody restarts a stuck program by itself."""
    (found,) = service_findings("x.service", "deploy/x.service", tmp_path / "none")
    assert (found.mark, found.measured) == ("note", "this system is not run by systemd")


@pytest.fixture
def facts() -> dict[str, object]:
    """What the page tells, to be changed by a test."""
    return {"ok": True}


@pytest.fixture
def listen(facts: dict[str, object]) -> Iterator[str]:
    """The address of a real health page."""
    page = HealthPage("127.0.0.1:0", lambda: facts, lambda: [])
    assert page.start()
    yield page.url.removeprefix("http://")
    page.stop()


def test_a_program_that_is_well_is_told(listen: str) -> None:
    """The page's own word counts."""
    (found,) = page_findings(listen, "the agent", "a-1", running=True)
    assert (found.mark, found.measured) == ("ok", "the agent says that it is well")


def test_the_page_of_another_agent_is_a_fault(listen: str, facts: dict[str, object]) -> None:
    """Two agents of one machine have been given one address."""
    facts["agent"] = "a-2"
    (found,) = page_findings(listen, "the agent", "a-1", running=True)
    assert (found.mark, "that of a-2" in found.measured) == ("fault", True)


@pytest.mark.parametrize("word", ["why", "faults"])
def test_a_program_that_is_not_well_is_a_fault(
    listen: str, facts: dict[str, object], word: str
) -> None:
    """Its own reasons are told, whatever each side calls them."""
    facts.update({"ok": False, word: ["commit does not move", "no broker"]})
    (found,) = page_findings(listen, "the agent", "a-1", running=True)
    assert found.mark == "fault"
    assert found.measured == "not well (status 503): commit does not move; no broker"


@pytest.mark.parametrize(
    ("running", "mark", "words"),
    [
        (True, "fault", "The agent runs, yet gives no page"),
        (False, "note", "The agent does not run now"),
        (None, "note", "Either the agent does not run now, or it hangs"),
    ],
)
def test_silence_means_what_is_known_of_the_program(
    running: bool | None, mark: str, words: str
) -> None:
    """Only a program that runs must answer."""
    (found,) = page_findings(f"127.0.0.1:{free_port()}", "the agent", "a-1", running)
    assert found.mark == mark
    assert found.meaning.startswith(words)


def test_a_page_that_is_off_is_told() -> None:
    """Then nobody outside can see how the program is."""
    (found,) = page_findings("", "the agent", "a-1", running=True)
    assert (found.mark, found.measured) == ("note", "off")
