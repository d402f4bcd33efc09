"""The datagrams to the service manager, on a socket of the test's own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from edge_agent.process.systemd import notify, watchdog_s


@pytest.mark.parametrize("abstract", [False, True])
def test_a_text_reaches_the_service_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool
) -> None:
    """By a socket in a folder, or one with an abstract name."""
    name = f"@mieruka-test-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0"))
        manager.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert notify("STATUS=計測中")
        assert manager.recv(100).decode() == "STATUS=計測中"


@pytest.mark.parametrize("name", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_without_a_service_manager_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """No socket, or one that is gone: no error, only False."""
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    assert not notify("READY=1")


@pytest.mark.parametrize(
    ("microseconds", "pid", "expected_s"),
    [
        ("60000000", None, 60.0),
        ("60000000", "own", 60.0),
        ("60000000", "1", None),
        ("0", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_the_watchdog_of_systemd_is_for_one_process(
    monkeypatch: pytest.MonkeyPatch,
    microseconds: str | None,
    pid: str | None,
    expected_s: float | None,
) -> None:
    """Its interval counts when it is a number and meant for this process."""
    for key, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", pid)):
        if value is None:
            monkeypatch.delenv(key, raising=False)
        else:
            monkeypatch.setenv(key, str(os.getpid()) if value == "own" else value)
    assert watchdog_s() == expected_s
