"""The watchdog, with real threads that really hang."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.process.progress import Progress
from edge_agent.process.watchdog import STUCK_EXIT, Watchdog


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as made:
        made.bind(str(tmp_path / "notify"))
        made.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield made


def test_while_all_move_systemd_is_told_so(manager: socket.socket) -> None:
    """Every look sends one WATCHDOG=1, and nothing ends."""
    progress, codes = Progress(), list[int]()
    progress.expect("commit", 60)
    watchdog = Watchdog(progress, look_every_s=0.01, end=codes.append)
    watchdog.start()
    watchdog.start()
    assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    watchdog.stop()
    assert codes == []


def test_a_stuck_part_ends_the_process_with_one_line(
    manager: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    """The line names the part, its silence and where every thread stands; the code is 70."""
    progress, codes, release = Progress(), list[int](), threading.Event()

    def wait_for_ever() -> None:
        release.wait()

    worker = threading.Thread(target=wait_for_ever, name="link bus")
    worker.start()
    progress.expect("link bus", -1)
    assert not Watchdog(progress, end=codes.append).look()
    release.set()
    worker.join()
    assert codes == [STUCK_EXIT]
    assert manager.recv(100).startswith(b"STATUS=stuck: link bus has not moved")
    (record,) = caplog.records
    assert record.levelno == logging.CRITICAL
    text = record.getMessage()
    assert text.startswith("stuck: link bus has not moved for 0 s")
    assert "test_watchdog.py" in text
    assert "wait_for_ever" in text
    assert "\n" not in text


def test_a_thread_that_holds_the_log_cannot_keep_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even when the line cannot be written the process ends, without it."""
    monkeypatch.setattr("edge_agent.process.watchdog.TELL_WITHIN_S", 0.1)
    progress, codes = Progress(), list[int]()
    progress.expect("commit", -1)
    handler = logging.StreamHandler()
    logger = logging.getLogger("edge_agent.process.watchdog")
    logger.addHandler(handler)
    try:
        with handler.lock or threading.RLock():
            assert not Watchdog(progress, end=codes.append).look()
            assert codes == [STUCK_EXIT]
    finally:
        logger.removeHandler(handler)


def test_a_process_that_was_paused_is_not_stuck(caplog: pytest.LogCaptureFixture) -> None:
    """Who was stopped for minutes gets new time with one line; who then stands still is stuck."""
    now_s, codes = [0.0], list[int]()
    progress = Progress(lambda: now_s[0])
    progress.expect("commit", 45)
    watchdog = Watchdog(progress, end=codes.append, monotonic_s=lambda: now_s[0])
    assert watchdog.look()
    now_s[0] += 300
    assert watchdog.look()
    assert "the whole process was held up for 300 s" in caplog.text
    for _ in range(9):
        now_s[0] += 5
        assert watchdog.look()
    now_s[0] += 5
    assert not watchdog.look()
    assert codes == [STUCK_EXIT]


def test_systemd_is_told_four_times_within_its_limit(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However seldom we would look: who may be silent for 0.4 s is heard each 0.1 s."""
    monkeypatch.setenv("WATCHDOG_USEC", "400000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    watchdog = Watchdog(Progress(), look_every_s=3_600)
    watchdog.start()
    assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    watchdog.stop()


DEADLOCK = """
import threading
from edge_agent.process.logs import log_to_stderr
from edge_agent.process.progress import Progress
from edge_agent.process.watchdog import Watchdog

log_to_stderr()
first, second, both = threading.Lock(), threading.Lock(), threading.Barrier(2)
def hold(mine, other):
    with mine:
        both.wait()
        with other:
            pass
progress = Progress()
progress.expect("forward", 0.5)
Watchdog(progress, look_every_s=0.1).start()
for locks in ((first, second), (second, first)):
    threading.Thread(target=hold, args=locks).start()
"""


def test_a_deadlocked_process_really_ends() -> None:
    """Two threads that wait for each other for ever: code 70 and one line."""
    words = [sys.executable, "-c", DEADLOCK]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == STUCK_EXIT
    assert ran.stderr.count("\n") == 1
    assert "level=critical" in ran.stderr
    assert "forward has not moved" in ran.stderr
    assert "hold" in ran.stderr
