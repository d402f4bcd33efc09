"""Canaries in the services themselves: log, pages, arguments, state, while they run and fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.security.canaries import CLOSED, Planted, agent_files, collector_files, files_below
from tests.services.mosquitto import MosquittoServer, free_port

PATIENCE_S = 40


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a process of its own, its words to both streams in the log."""
    environment = {**os.environ, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def _pages(port: int) -> dict[str, str]:
    """What /health and /metrics say; nothing yet is no page."""
    found = {}
    for path in ("health", "metrics"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
                found[path] = answer.read().decode()
        except urllib.error.HTTPError as error:
            found[path] = error.read().decode()
        except OSError:
            continue
    return found


def _watched(process: subprocess.Popen[bytes], port: int, log: Path, until: str) -> dict[str, str]:
    """Everything that can be seen of a process, once its log or a page has the word."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        seen = {"log": log.read_text("utf-8", "replace"), **_pages(port)}
        seen["arguments"] = Path(f"/proc/{process.pid}/cmdline").read_text("utf-8", "replace")
        if any(until in text for text in seen.values()) and "metrics" in seen:
            return seen
        assert process.poll() is None, seen["log"]
        time.sleep(0.2)
    raise AssertionError(f"{until!r} is nowhere in {seen}")


def _started(
    program: str, plant: Planted, tmp_path: Path, until: str, *more: str
) -> tuple[dict[str, str], str]:
    port, log = free_port(), tmp_path.parent / f"{tmp_path.name}.log"
    text = plant.settings.read_text("utf-8").replace(
        '[health]\nlisten = ""', f'[health]\nlisten = "127.0.0.1:{port}"'
    )
    plant.settings.write_text(text, "utf-8")
    command = [sys.executable, "-m", program, "run", "-c", str(plant.settings), *more]
    with _running(command, log) as process:
        seen = _watched(process, port, log, until)
    return seen, log.read_text("utf-8", "replace")


@pytest.mark.services
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_running_collector_keeps_its_secrets(
    form: str, tmp_path: Path, own_mosquitto: MosquittoServer
) -> None:
    """Connected with one of them, while all other servers are away."""
    store = 'kind = "sqlite"\npath = "store.sqlite"'
    plant = collector_files(tmp_path, own_mosquitto.url, store)
    text = plant.settings.read_text("utf-8")
    text = text[: text.index("[kafka]")] + _SCHEDULED
    plant.settings.write_text(text, "utf-8")
    seen, log = _started("collector", plant, tmp_path, '"connected": true', "--log", form)
    assert plant.seen_in({**seen, "whole log": log}) == []
    assert plant.seen_in(files_below(tmp_path, plant.files)) == []
    assert "ended as asked" in log


@pytest.mark.services
def test_a_running_agent_keeps_its_secrets(tmp_path: Path, own_mosquitto: MosquittoServer) -> None:
    """Connected with its password, its meter silent."""
    plant = agent_files(tmp_path, own_mosquitto.url)
    seen, log = _started("edge_agent", plant, tmp_path, '"connected": true')
    assert plant.seen_in({**seen, "whole log": log}) == []
    assert plant.seen_in(files_below(tmp_path, (*plant.files, plant.settings))) == []


@pytest.mark.parametrize("program", ["collector", "edge_agent"])
def test_a_broker_that_is_away_is_told_without_a_secret(program: str, tmp_path: Path) -> None:
    """The line that people paste into a mail when they ask for help."""
    plain = f"mqtt://{CLOSED}"
    store = 'kind = "sqlite"\npath = "store.sqlite"'
    if program == "collector":
        plant = collector_files(tmp_path, plain, store)
        text = plant.settings.read_text("utf-8")
        plant.settings.write_text(text[: text.index("[kafka]")], "utf-8")
    else:
        plant = agent_files(tmp_path, plain)
    seen, log = _started(program, plant, tmp_path, "efused")
    assert plant.seen_in({**seen, "whole log": log}) == []


_SCHEDULED = """
[[reports]]
name = "daily"
when = "daily 00:00"
to = ["manager@example.jp"]
"""
