"""A new start within the same process: with new settings, or back to those of before."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.commands.commissioning import seconds
from edge_agent.commands.page_on import PageWish, page_on
from edge_agent.errors import ConfigError, RetryLaterError, StopError
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving
from tests.edge_agent.page.life import Life
from tests.services.mosquitto import free_port


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """A meter that answers with zeros."""
    with serving("tcp", {1: Unit(words=dict.fromkeys(range(65_536), 0))}) as running:
        yield running


@pytest.fixture
def life(tmp_path: Path, server: ModbusServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Life]:
    """A running service."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    made = Life(tmp_path, server)
    yield made
    made.end()


def test_the_next_agent_takes_the_place_of_the_first(life: Life) -> None:
    """Same process, same page of health, new settings; meanwhile nobody can ask a line."""
    assert life.meters() == ["before"]
    life.write("after")
    life.start_anew(life.way_back)
    start = life.bench.last_start()
    assert start is not None
    assert start.fault == ""
    assert [meter.id for meter in life.bench.settings().meters] == ["after"]
    assert life.meters() == ["after"]
    wait_until(lambda: "after" in life.bench.latest())
    words = life.bench.ask("lan").read(1, 3, 0, 2, 1_000)
    assert words == (0, 0)


def test_settings_with_faults_bring_those_of_before_back(life: Life) -> None:
    """The file, the agent and the page agree on the old ones; the fault is told."""
    good = life.path.read_text("utf-8")
    life.path.write_text(good.replace("unit_id = 1", "unit_id = 900"), "utf-8")
    life.start_anew(life.way_back)
    start = life.bench.last_start()
    assert start is not None
    assert "unit_id = 900" in start.fault
    assert life.path.read_text("utf-8") == good
    assert life.meters() == ["before"]


def test_settings_that_the_agent_cannot_open_bring_those_of_before_back(
    life: Life, tmp_path: Path
) -> None:
    """Sound settings, but the outbox cannot be made: as good as faults."""
    (tmp_path / "file").write_text("in the way", "ascii")
    good = life.path.read_text("utf-8")
    odd = good.replace('site = "plant"', 'site = "plant"\nstate_dir = "file/state"')
    life.path.write_text(odd, "utf-8")
    life.start_anew(life.way_back)
    start = life.bench.last_start()
    assert start is not None
    assert "did not start with the new settings" in start.fault
    assert life.path.read_text("utf-8") == good


def test_an_agent_that_ends_soon_after_brings_those_of_before_back(life: Life) -> None:
    """What fails within the first half minute was no good start."""
    life.write("after")
    life.start_anew(life.way_back)
    agent = life.bench._running()
    agent._fail(StopError("forwarding can no longer be trusted"))
    first = life.bench.last_start()
    wait_until(lambda: life.bench.last_start() != first, 30)
    wait_until(lambda: not life.bench.starting(), 30)
    assert life.meters() == ["before"]


def test_without_a_way_back_the_fault_ends_the_service(life: Life) -> None:
    """As it would at a start by hand."""
    life.path.write_text("nonsense", "utf-8")
    life.start_anew(None)
    life.thread.join(30)
    assert isinstance(life.error, ConfigError)
    with pytest.raises(RetryLaterError, match="starts anew"):
        life.bench.latest()


@pytest.mark.parametrize(
    ("text", "value"),
    [("90m", 5400.0), ("2h", 7200.0), ("1.5h", 5400.0), ("30s", 30.0), ("0", 0.0)],
)
def test_times_of_the_command_line(text: str, value: float) -> None:
    """As people write them."""
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "2", "h", "2 days", "-1h", "1h30m"])
def test_wrong_times_of_the_command_line(text: str) -> None:
    """Each is told with an example."""
    with pytest.raises(StopError, match=r"no length of time .*90m or 2h"):
        seconds(text)


def _open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_page_is_off_unless_somebody_wants_it(life: Life) -> None:
    """Neither the settings nor a command: no page, and no web server in memory."""
    with page_on(life.bench, life.bench.settings(), None):
        assert not any(thread.name == "page" for thread in threading.enumerate())


def test_the_page_goes_off_by_itself(life: Life) -> None:
    """After its time; the agent runs on."""
    port = free_port()
    with page_on(life.bench, life.bench.settings(), PageWish(f"127.0.0.1:{port}", 1.0)):
        assert _open(port)
        wait_until(lambda: not _open(port), 20)
    assert life.meters() == ["before"]


def test_a_page_that_cannot_be_had_ends_only_who_waits_for_it(
    life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    """The command says why; the service measures without it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            pytest.raises(StopError, match="no page at"),
            page_on(life.bench, life.bench.settings(), PageWish(listen)),
        ):
            pass
        settings = life.bench.settings()
        page = settings.page.model_copy(update={"listen": listen})
        with page_on(life.bench, settings.model_copy(update={"page": page}), None):
            assert "no page at" in caplog.text


def test_an_agent_without_a_page_carries_no_web_server() -> None:
    """Nor what changes settings files: it lives for years on a small board."""
    code = (
        "import sys, edge_agent.commands.service\n"
        "print([name for name in ('bottle', 'waitress', 'tomlkit') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr
