"""An InfluxDB 1.8 for the boards' queries, on machines that have one; nobody needs it.

The collector stores into 2.x alone. Its lines enter a 1.8 by the same path (``/api/v2/write``),
a database in the place of each bucket.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector.storage.influx import InfluxStore
from tests.services.influx import ORG, InfluxServer
from tests.services.mosquitto import free_port

HINT = "set MIERUKA_INFLUXD_18 to the path of an influxd 1.8, or have influxd-1.8 on the PATH"
_SETTINGS = """
reporting-disabled = true
bind-address = "127.0.0.1:0"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
[logging]
level = "error"
suppress-logo = true
"""


class OlderInflux(InfluxServer):
    """One InfluxDB 1.8 without users, its data in ``folder``."""

    def __init__(self, influxd: str, folder: Path) -> None:
        port = free_port()
        settings = folder / "influxd.conf"
        settings.write_text(_SETTINGS.format(folder=folder, port=port), encoding="utf-8")
        command = [influxd, "-config", str(settings)]
        super().__init__(f"http://127.0.0.1:{port}", ORG, "none", command)

    def database(self, name: str) -> None:
        """Make a database anew."""
        for verb in ("DROP", "CREATE"):
            self.call("POST", f"/query?{urlencode({'q': f'{verb} DATABASE {name}'})}")


def older_influx(folder: Path) -> OlderInflux:
    """Start a fresh 1.8 in ``folder``; skips where none is named or on the PATH."""
    influxd = os.environ.get("MIERUKA_INFLUXD_18") or shutil.which("influxd-1.8")
    if influxd is None:
        pytest.skip(f"no InfluxDB 1.8, which nobody needs; to have its tests too: {HINT}")
    server = OlderInflux(influxd, folder)
    server.start()
    return server


def writer(server: InfluxServer, raw: str, totals: str) -> InfluxStore:
    """The product's own store, to write into two buckets or databases that stand."""
    return InfluxStore(
        url=server.url, org=server.org, token=server.token,
        bucket_raw=raw, bucket_totals=totals, raw_retention_days=36_500,
    )  # fmt: skip
