"""Both kinds of store behind one fixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.storage.port import ReadingStore
from tests.collector.storage.backends import (
    Backend,
    InfluxBackend,
    SqliteBackend,
    TenantsBackend,
)
from tests.services.influx import InfluxServer


@pytest.fixture
def sqlite_backend(tmp_path: Path) -> SqliteBackend:
    """A file that is not there yet."""
    return SqliteBackend(tmp_path / "new" / "store.sqlite")


@pytest.fixture
def tenants_backend(tmp_path: Path) -> TenantsBackend:
    """Two files that are not there yet; the site most tests write is the customer's."""
    return TenantsBackend(tmp_path, "sendai")


@pytest.fixture
def influx_backend(influx: InfluxServer) -> Iterator[InfluxBackend]:
    """Two buckets that are not there yet."""
    backend = InfluxBackend(influx)
    yield backend
    backend.drop()


@pytest.fixture(params=["sqlite", "tenants", pytest.param("influx", marks=pytest.mark.services)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """One kind of store after the other."""
    found: Backend = request.getfixturevalue(f"{request.param}_backend")
    return found


@pytest.fixture
def store(backend: Backend) -> Iterator[ReadingStore]:
    """A store that is ready for use."""
    opened = backend.open()
    opened.check()
    yield opened
    opened.close()
