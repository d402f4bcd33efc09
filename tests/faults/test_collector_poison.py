"""Fault 17: poison in the middle of sound messages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.faults import poison
from tests.faults.plant import Works
from tests.faults.trial import Trial
from tests.services.influx import InfluxServer
from tests.services.mosquitto import MosquittoServer

pytestmark = [pytest.mark.services, pytest.mark.every_change]
COUNT = 400
CLASH = "gas_volume_m3"


def _dead_letters(works: Works) -> list[dict[str, Any]]:
    """What a person sees of them."""
    settings = str(works.folder / "collector.toml")
    command = [sys.executable, "-m", "collector", "dead-letters", "list", "-c", settings, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    letters: list[dict[str, Any]] = json.loads(done.stdout)
    return letters


def test_poison_between_readings(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """Poison of every kind becomes dead letters; the readings around it are all stored."""
    sent = poison.drawn(poison.messages, COUNT, trial.seed)
    with trial.works(own_mosquitto.url) as works:
        works.start()
        for start in range(0, COUNT, COUNT // 4):
            works.collector.suspend()  # so that poison and readings stand in one batch
            poison.publish(own_mosquitto.port, sent[start : start + COUNT // 4])
            trial.wait(0.5, 1.5)
            works.collector.resume()
            works.more_arrives()
        works.settle()
        letters = _dead_letters(works)
        assert works.collector.alive, works.last_lines()
        assert works.collector.starts == 1, works.last_lines()
        outcome = works.outcome()
    assert len(letters) > COUNT // 4
    assert all(letter["reason"] for letter in letters)
    injected = "noise, bad UTF-8, NaN, huge numbers, 3 MB, JSON 200,000 deep, other versions"
    trial.prove(outcome, fault=17, injected=injected, times=len(sent))


def test_type_clash(trial: Trial, own_mosquitto: MosquittoServer, influx: InfluxServer) -> None:
    """A field another program wrote as text first costs only the readings that hold it."""
    now_ms = time.time_ns() // 1_000_000
    rounds = 3
    with (
        trial.influx_store(influx) as store,
        trial.works(own_mosquitto.url, store=store) as works,
    ):
        works.start()
        influx.write(store["bucket_raw"], f'reading,site=x,meter=y {CLASH}="none" {now_ms}')
        for number in range(1, rounds + 1):
            works.collector.suspend()
            poison.publish(own_mosquitto.port, [poison.sound(number, {CLASH: [1.0 * number]})])
            trial.wait(0.5, 1.5)
            works.collector.resume()
            works.more_arrives()
        works.settle()
        letters = _dead_letters(works)
        outcome = works.outcome()
    assert [letter["topic"] for letter in letters] == [poison.LIVE] * rounds
    injected = "InfluxDB refuses a point in the middle of a batch (field type clash)"
    trial.prove(outcome, fault=17, injected=injected, times=rounds)
