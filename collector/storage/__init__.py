"""The store of readings and totals: one port, one schema, one file per backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from collector.errors import StopError
from collector.storage.by_tenant import TenantStores
from collector.storage.port import ReadingStore

if TYPE_CHECKING:
    from collector.config import CollectorSettings, StoreSettings

T = TypeVar("T")


def open_store(settings: StoreSettings) -> ReadingStore:
    """The store the settings name. Touches nothing yet: ``check()`` makes what it needs.

    Raises ``StopError`` when a key that this kind of store needs is not set.
    """
    return STORES[settings.kind](settings)


def open_stores(settings: CollectorSettings) -> ReadingStore:
    """The store of all sites: one, or several behind one face where customers are kept apart.

    Touches nothing yet. Raises ``StopError`` as ``open_store`` does.
    """
    rest = open_store(settings.store)
    own: dict[str, ReadingStore] = {}
    for tenant in settings.tenants:
        if tenant.store is not None:
            apart = open_store(settings.store_of(tenant.sites[0]))
            own |= dict.fromkeys(tenant.sites, apart)
    return TenantStores(rest, own) if own else rest


# Backends are imported when they are asked for: a plant without InfluxDB waits for no client.
def _sqlite(settings: StoreSettings) -> ReadingStore:
    from collector.storage.sqlite import SqliteStore

    return SqliteStore(_needed(settings.path, "path"))


def _influx(settings: StoreSettings) -> ReadingStore:
    from collector.storage.influx import InfluxStore

    return InfluxStore(
        url=_needed(settings.url, "url"),
        org=_needed(settings.org, "org"),
        token=_needed(settings.token or None, "token_file"),
        bucket_raw=settings.bucket_raw,
        bucket_totals=settings.bucket_totals,
        raw_retention_days=settings.raw_retention_days,
    )


STORES: dict[str, Callable[[StoreSettings], ReadingStore]] = {
    "sqlite": _sqlite,
    "influx": _influx,
}
"""Kind of store, as in the settings, to what opens it: the one table of backends."""


def _needed(value: T | None, key: str) -> T:
    if value is None:
        raise StopError(f"the store's {key} is not set", f"set {key} in [store]")
    return value
