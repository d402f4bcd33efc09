"""The other end for light agents: a real collector on a SQLite store, and the ledger's judge."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from collector import config
from collector.app import Collector
from collector.config import CollectorSettings
from collector.state import open_state
from collector.storage import open_store
from simulators.ledger import Ledger
from tests.faults.judge import Accounts, Outcome, judge
from tests.faults.network_fleet import SITE, LightAgent
from tests.faults.outbox_file import ENERGY, committed_in
from tests.services.mochi import Broker

FAR_MS = 2**45


def settings_file(
    folder: Path,
    mqtt_url: str,
    agents: Sequence[str],
    *,
    name: str = "hq",
    version: str = "5",
    mqtt: str = "",
    more: str = "",
) -> Path:
    """A collector's settings in ``folder``: each agent has one meter of its own name.

    ``mqtt`` are further lines of [mqtt], ``more`` further sections.
    """
    meters = "".join(f'[[sites.meters]]\nid = "{agent}"\nname = "{agent}"\n' for agent in agents)
    path = folder / f"{name}.toml"
    path.write_text(
        f'[collector]\nid = "{name}"\nstate_dir = "{name}"\n'
        f'[mqtt]\nurl = "{mqtt_url}"\nversion = "{version}"\n{mqtt}\n'
        f'[store]\nkind = "sqlite"\npath = "store.sqlite"\n{more}\n'
        f'[[sites]]\nid = "{SITE}"\nname = "仙台"\ntime_zone = "Asia/Tokyo"\n{meters}',
        encoding="utf-8",
    )
    return path


def settings(folder: Path, mqtt_url: str, agents: Sequence[str], **more: str) -> CollectorSettings:
    """The same, read."""
    return config.load(settings_file(folder, mqtt_url, agents, **more))


def outcome(loaded: CollectorSettings, ledger: Ledger, agents: Sequence[LightAgent]) -> Outcome:
    """What became of everything the agents gave, by what is in store and outboxes now."""
    committed = committed_in(agent.folder for agent in agents)
    with closing(open_store(loaded.store)) as store:
        store.check()
        stored = {
            meter: store.read_series(SITE, meter, ENERGY, 0, FAR_MS) for meter in ledger.meters
        }
    return judge(ledger, stored, committed, _accounts(loaded, agents), tolerance_ms=0)


def _accounts(loaded: CollectorSettings, agents: Sequence[LightAgent]) -> Accounts:
    """What the collector knows of the agents' numbers, by their epochs."""
    state = open_state(loaded.collector.state_dir)
    with closing(state.database):
        known = ((agent.agent, agent.outbox.epoch) for agent in agents)
        received = {epoch: _numbers(state.received.ranges(name, epoch)) for name, epoch in known}
        gaps: dict[str, frozenset[int]] = {}
        for row in state.gaps.list():
            told = _numbers([(row.gap.first, row.gap.last)])
            gaps[row.gap.epoch] = gaps.get(row.gap.epoch, frozenset()) | told
    return Accounts(received, gaps)


def _numbers(ranges: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset(number for first, last in ranges for number in range(first, last + 1))


@contextmanager
def running(loaded: CollectorSettings) -> Iterator[Collector]:
    """A collector with these settings, at work inside the ``with``."""
    with closing(Collector(loaded)) as collector:
        collector.start()
        yield collector


def eventually(true: Callable[[], bool], within_s: float) -> bool:
    """Whether something becomes true in time."""
    give_up_at = time.monotonic() + within_s
    while not true():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def ended(broker: Broker) -> Iterator[None]:
    """The broker is ended after the ``with``, whatever happened."""
    try:
        yield
    finally:
        broker.kill()
