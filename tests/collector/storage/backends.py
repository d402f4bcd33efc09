"""Where stores keep their data in these tests: opened, opened again, and taken away."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

from collector.storage.by_tenant import TenantStores
from collector.storage.influx import InfluxStore
from collector.storage.port import ReadingStore
from collector.storage.sqlite import SqliteStore
from tests.services.influx import InfluxServer

KINDS = ("sqlite", "influx")
"""The kinds of store that the fixture ``backend`` goes through."""
KEEP_DAYS = 36_500
"""Long enough for readings of any year these tests make up."""


class Backend(Protocol):
    """A place that a store keeps its data in."""

    def open(self) -> ReadingStore:
        """A store on this place, which holds whatever earlier ones wrote."""
        ...

    def away(self) -> AbstractContextManager[None]:
        """A time in which the place cannot be written."""
        ...


class SqliteBackend:
    """A file in a temporary folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> SqliteStore:
        """A store on the file."""
        return SqliteStore(self.path, lock_wait_s=0.2)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Another program holds the file."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield


class TenantsBackend:
    """Two files behind one face: one customer's site apart, all others in the first."""

    def __init__(self, folder: Path, site: str) -> None:
        self.rest = SqliteBackend(folder / "rest.sqlite")
        self.own = SqliteBackend(folder / "own.sqlite")
        self.site = site

    def open(self) -> TenantStores:
        """A store on both."""
        return TenantStores(self.rest.open(), {self.site: self.own.open()})

    @contextmanager
    def away(self) -> Iterator[None]:
        """Neither can be written."""
        with self.rest.away(), self.own.away():
            yield


class InfluxBackend:
    """Two fresh buckets on the session's server."""

    def __init__(self, server: InfluxServer) -> None:
        self.server = server
        name = secrets.token_hex(6)
        self.raw, self.totals = f"raw_{name}", f"totals_{name}"

    def open(
        self,
        *,
        token: str = "",
        org: str = "",
        keep_days: int = KEEP_DAYS,
        timeout_s: float = 30.0,
        lines_per_request: int = 5_000,
    ) -> InfluxStore:
        """A store on the two buckets."""
        return InfluxStore(
            url=self.server.url,
            org=org or self.server.org,
            token=token or self.server.token,
            bucket_raw=self.raw,
            bucket_totals=self.totals,
            raw_retention_days=keep_days,
            timeout_s=timeout_s,
            lines_per_request=lines_per_request,
        )

    @contextmanager
    def away(self) -> Iterator[None]:
        """The server is stopped."""
        self.server.stop()
        try:
            yield
        finally:
            self.server.start()

    def drop(self) -> None:
        """Remove both buckets."""
        for bucket in (self.raw, self.totals):
            self.server.drop_bucket(bucket)
