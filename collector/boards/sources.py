"""The two data sources the boards read: the bucket of totals and the bucket of raw readings.

Both speak InfluxQL to InfluxDB 2.x with the token in a header, as Grafana documents for 2.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.config import StoreSettings


@dataclass(frozen=True, slots=True)
class DataSource:
    """One data source: its uid, where it reads, and the body that Grafana takes."""

    uid: str
    url: str
    bucket: str
    body: dict[str, Any]


def data_sources(store: StoreSettings) -> tuple[DataSource, ...]:
    """Describe the data sources for a store of the kind ``influx``."""
    return (
        _source("mieruka-totals", "Mieruka totals", store, store.bucket_totals),
        _source("mieruka-raw", "Mieruka readings", store, store.bucket_raw),
    )


def _source(uid: str, name: str, store: StoreSettings, bucket: str) -> DataSource:
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
        "secureJsonData": {"httpHeaderValue1": f"Token {store.token}"},
    }
    return DataSource(uid, url, bucket, body)
