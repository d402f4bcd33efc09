"""The two data sources the boards read: the bucket of totals and the bucket of raw readings.

Both speak InfluxQL to InfluxDB 2.x with the token in a header, as Grafana documents for 2.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.config import StoreSettings

SECRET = "secureJsonData"


@dataclass(frozen=True, slots=True)
class DataSource:
    """One data source: its uid, where it reads, and the body that Grafana takes."""

    uid: str
    url: str
    bucket: str
    body: dict[str, Any]

    @property
    def shown(self) -> dict[str, Any]:
        """The body without its secret: what Grafana shows again."""
        return {key: value for key, value in self.body.items() if key != SECRET}

    @property
    def secret(self) -> dict[str, str]:
        """The secret part, which Grafana takes and never gives back."""
        return dict(self.body[SECRET])


def data_sources(store: StoreSettings, token: str = "") -> tuple[DataSource, ...]:
    """Describe the data sources for a store of the kind ``influx``, read with the token.

    Without one it is the store's own, which may also write.
    """
    return (
        _source("mieruka-totals", "Mieruka totals", store, store.bucket_totals, token),
        _source("mieruka-raw", "Mieruka readings", store, store.bucket_raw, token),
    )


def _source(uid: str, name: str, store: StoreSettings, bucket: str, token: str) -> DataSource:
    url = store.url or ""
    body = {
        "uid": uid,
        "name": name,
        "type": "influxdb",
        "access": "proxy",
        "url": url,
        # Older Grafana reads `database`, newer `dbName`; on 2.x a bucket answers by its name.
        "database": bucket,
        "jsonData": {
            "dbName": bucket,
            "version": "InfluxQL",
            "httpMode": "POST",
            "httpHeaderName1": "Authorization",
        },
        SECRET: {"httpHeaderValue1": f"Token {token or store.token}"},
    }
    return DataSource(uid, url, bucket, body)
