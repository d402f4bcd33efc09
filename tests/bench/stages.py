"""Where ingest's time goes: CPU of each of its steps on one reading, messages of 50 x 10 values.

Each step is timed alone, in this process, on the same messages; the network's step runs against a
real broker on loopback.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import orjson

from collector.config import MqttSettings
from collector.ingest.batch import Batch
from collector.ingest.keeping import keep
from collector.ingest.sorting import sort_into
from collector.inlet import Delivery, Inlet
from collector.state import open_state
from collector.storage.influx import InfluxStore
from edge_agent.contract import wire
from tests.bench import backlog
from tests.bench.backlog import Load
from tests.services.influx import start_influx
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

T = TypeVar("T")
MESSAGES, READINGS = 4_000, 50
A_BATCH = 120
"""Messages of one batch: 60,000 values."""
BROKER = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_inflight_messages 0
log_dest none
"""


@dataclass(frozen=True)
class Stage:
    """One step: CPU microseconds a reading."""

    what: str
    cpu_us: float


def stages() -> Iterator[Stage]:
    """Every step, in the order of the walk."""
    load = Load(MESSAGES, READINGS, int(time.time()) * 1000 - 86_400_000)
    deliveries = [Delivery(topic, payload, 1, 1, 1) for topic, payload in load.ours()]
    yield Stage("MQTT in, acknowledgements out", _network(load))
    payloads = [one.payload for one in deliveries]
    json = _cpu_us(lambda: _each(orjson.loads, payloads))
    yield Stage("JSON", json)
    opened = _cpu_us(lambda: _each(partial(wire.decode_readings, loads=orjson.loads), payloads))
    yield Stage("message checked", opened - json)
    batches: list[Batch] = []
    sorting = _cpu_us(lambda: batches.extend(_batches(deliveries)))
    yield Stage("readings judged, batch made", sorting - opened)
    with tempfile.TemporaryDirectory() as folder:
        yield from _stored(batches[-MESSAGES // A_BATCH :], Path(folder))


def _stored(batches: Sequence[Batch], folder: Path) -> Iterator[Stage]:
    server = start_influx(folder)
    raw, totals = "bench", "bench_totals"
    store = InfluxStore(
        **{"url": server.url, "org": server.org, "token": server.token},  # type: ignore[arg-type]
        **{"bucket_raw": raw, "bucket_totals": totals},  # type: ignore[arg-type]
        raw_retention_days=400,
    )
    state = open_state(folder / "state")
    try:
        store.check()
        columns = [[kept.columns for kept in batch.kept] for batch in batches]
        readings = sum(len(part.at_ms) for parts in columns for part in parts)
        writes = [store.ready(parts) for parts in columns]
        yield Stage("lines", _cpu_us(lambda: _each(store.ready, columns), readings))
        yield Stage("HTTP", _cpu_us(lambda: _each(lambda write: write(), writes), readings, 1))
        noting = partial(keep, refused=(), state=state)
        yield Stage("state", _cpu_us(lambda: _each(noting, batches), readings, 1))
    finally:
        state.database.close()
        store.close()
        server.kill()


def _batches(deliveries: Sequence[Delivery]) -> list[Batch]:
    ratings = {(backlog.SITE, f"m{n:02}"): None for n in range(backlog.METERS)}
    made: list[Batch] = []
    for start in range(0, len(deliveries), A_BATCH):
        made.append(Batch(int(time.time()) * 1000, ratings))
        sort_into(made[-1], deliveries[start : start + A_BATCH])
    return made


def _network(load: Load) -> float:
    with tempfile.TemporaryDirectory() as folder:
        broker = MosquittoServer(mosquitto_binary(), Path(folder), BROKER)
        broker.start()
        try:
            backlog.hold_session(broker.port, backlog.OUR_CLIENT_ID, backlog.OUR_TOPICS, "5")
            backlog.publish(broker.port, load.ours())
            inlet = Inlet(MqttSettings(url=broker.url), "bench")
            return _cpu_us(lambda: _taken(inlet), rounds=1, clock=time.process_time)
        finally:
            broker.kill()


def _taken(inlet: Inlet) -> None:
    inlet.start()
    taken = 0
    while taken < MESSAGES:
        deliveries = inlet.take(A_BATCH, 1.0)
        inlet.ack_all(deliveries)
        taken += len(deliveries)
        time.sleep(0.01)
    inlet.stop()


def _each(step: Callable[[T], object], items: Iterable[T]) -> None:
    for item in items:
        step(item)


def _cpu_us(
    work: Callable[[], object],
    readings: int = MESSAGES * READINGS,
    rounds: int = 3,
    clock: Callable[[], float] = time.thread_time,
) -> float:
    """The least CPU of some rounds: others on the machine only add to it."""
    spent: list[float] = []
    for _ in range(rounds):
        begun = clock()
        work()
        spent.append(clock() - begun)
    return min(spent) / readings * 1e6


def markdown(found: Sequence[Stage]) -> Iterator[str]:
    """The table, with each step's share."""
    whole = sum(stage.cpu_us for stage in found)
    yield "| step | CPU us/reading | share |\n|---|---|---|"
    for stage in found:
        yield f"| {stage.what} | {stage.cpu_us:.2f} | {100 * stage.cpu_us / whole:.0f} % |"
    yield f"| all | {whole:.2f} | |"


def main() -> None:
    """Measure and print."""
    for line in markdown(list(stages())):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main()
