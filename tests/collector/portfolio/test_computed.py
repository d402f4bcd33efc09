"""Many sites: the same figures whoever computes them, and one bad site stops nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import _exit
from pathlib import Path

import pytest
from distributed import LocalCluster

from collector.errors import CollectorError
from collector.portfolio import dask_executor
from collector.portfolio.computed import portfolio
from collector.portfolio.executors import EXECUTORS, ExecutorName, executor_named
from collector.reports.portfolio.data import Portfolio
from tests.collector.portfolio.some_sites import END, FIRST, SILENT, SITES, SOUND


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A real Dask cluster of two worker processes on loopback: its address."""
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=50,
    ) as running:
        yield running.scheduler_address


@pytest.fixture(scope="module")
def serial(source: Path) -> Portfolio:
    """All sites, one after the other in this process."""
    with executor_named("serial") as executor:
        return portfolio(source, SITES, executor, FIRST, END)


def test_every_site_in_its_order_and_the_silent_one_named(serial: Portfolio) -> None:
    """Figures of all that have any, and why the other has none."""
    assert [site.site for site in serial.sites] == list(SOUND)
    (fault,) = serial.faults
    assert fault.site == SILENT
    assert fault.reason == "nothing is stored of 2025-06-01 to 2025-07-31"
    assert all(site.kwh and site.change is not None for site in serial.sites)
    assert {site.currency for site in serial.sites} == {"JPY"}


@pytest.mark.parametrize("name", ["processes", "threads"])
def test_processes_and_threads_tell_the_same(
    source: Path, serial: Portfolio, name: ExecutorName
) -> None:
    """To the last digit, in pieces of any size; progress counts all sites."""
    done: list[int] = []
    with executor_named(name, 2) as executor:
        found = portfolio(source, SITES, executor, FIRST, END, done.append, chunk=2)
    assert found == serial
    assert done == sorted(done)
    assert done[-1] == len(SITES)


@pytest.mark.timeout(120)
def test_a_dask_cluster_tells_the_same(source: Path, serial: Portfolio, cluster: str) -> None:
    """Its workers are processes that know only the path of the settings."""
    done: list[int] = []
    with executor_named("dask", scheduler=cluster) as executor:
        assert portfolio(source, SITES, executor, FIRST, END, done.append, chunk=2) == serial
    assert done[-1] == len(SITES)


def test_a_site_that_is_not_configured_is_named(source: Path, serial: Portfolio) -> None:
    """The others are there as ever."""
    with executor_named("serial") as executor:
        found = portfolio(source, (*SITES, "nowhere"), executor, FIRST, END)
    assert found.sites == serial.sites
    assert found.faults[-1].site == "nowhere"
    assert "there is no site nowhere" in found.faults[-1].reason


def test_settings_that_cannot_be_used_stop_all(tmp_path: Path, source: Path) -> None:
    """No settings, an empty period, a store that is no database: one clear error."""
    bad = tmp_path / "collector.toml"
    bad.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "store.sqlite").write_bytes(b"this is no database, and never was one " * 40)
    with executor_named("serial") as executor:
        with pytest.raises(CollectorError, match="has no day"):
            portfolio(source, SITES, executor, END, FIRST)
        with pytest.raises(CollectorError, match="cannot be read"):
            portfolio(tmp_path / "none.toml", SITES, executor, FIRST, END)
        found = portfolio(bad, SITES, executor, FIRST, END)
    assert not found.sites
    assert all("database" in fault.reason for fault in found.faults)


def die(*_: object) -> None:
    """End the worker as the kernel does when memory runs out."""
    _exit(9)


def test_a_worker_that_dies_is_said_in_one_line(source: Path) -> None:
    """Not a traceback of pools: what to do is named."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pool.submit(die)
        with pytest.raises(CollectorError, match=r"a worker of the portfolio has died"):
            portfolio(source, SITES, pool, FIRST, END)


def test_executors_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """No scheduler told, none there, no workers wanted, no such executor."""
    assert set(EXECUTORS) == {"processes", "threads", "serial", "dask"}
    with pytest.raises(CollectorError, match="Dask scheduler is not told"), executor_named("dask"):
        pass
    monkeypatch.setattr(dask_executor, "CONNECT_S", 0.5)
    nobody = executor_named("dask", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(CollectorError, match="no Dask scheduler answers"), nobody:
        pass
    with pytest.raises(CollectorError, match="--workers 0"), executor_named("threads", 0):
        pass
