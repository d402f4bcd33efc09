"""The one table of stores."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from collector.config import StoreSettings
from collector.errors import StopError
from collector.storage import open_store
from collector.storage.influx import InfluxStore
from collector.storage.sqlite import SqliteStore


def test_the_settings_name_the_store(tmp_path: Path) -> None:
    """Each kind opens its own store, and opening alone touches neither disk nor network."""
    file = tmp_path / "store.sqlite"
    embedded = open_store(StoreSettings(kind="sqlite", path=file))
    assert isinstance(embedded, SqliteStore)
    assert not file.exists()
    server = StoreSettings(kind="influx", url="http://127.0.0.1:1", org="o", token="t")
    store = open_store(server)
    assert isinstance(store, InfluxStore)
    store.close()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        (StoreSettings(kind="sqlite"), "path"),
        (StoreSettings(kind="influx", org="o", token="t"), "url"),
        (StoreSettings(kind="influx", url="http://127.0.0.1:1", token="t"), "org"),
        (StoreSettings(kind="influx", url="http://127.0.0.1:1", org="o"), "token_file"),
    ],
    ids=["path", "url", "org", "token"],
)
def test_a_missing_key_is_named(settings: StoreSettings, key: str) -> None:
    """What the kind of store needs and nobody set is one clear line with a hint."""
    with pytest.raises(StopError, match=key) as caught:
        open_store(settings)
    assert key in caught.value.hint


def test_the_embedded_store_needs_no_influx_client(tmp_path: Path) -> None:
    """A plant without InfluxDB does not wait for its client to load."""
    code = (
        "import sys; from collector.storage import open_store; "
        "from collector.config import StoreSettings; "
        f"open_store(StoreSettings(kind='sqlite', path={str(tmp_path / 's')!r})).check(); "
        "sys.exit('influxdb_client' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
