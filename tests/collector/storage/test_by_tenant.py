"""Customers kept apart: what one store holds no other is asked for, on files and on InfluxDB."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

import pytest

from collector.config import CollectorSettings
from collector.errors import StopError
from collector.storage import open_stores
from collector.storage.influx import InfluxStore
from collector.storage.sqlite import SqliteStore
from tests.collector.storage.samples import END, POWER, T0, reading
from tests.services.influx import InfluxServer

SITES = [{"id": name, "time_zone": "Asia/Tokyo"} for name in ("sendai", "acme-1", "bolt-1")]
REST = {"collector": {"id": "hq", "state_dir": "state"}, "mqtt": {"url": "mqtt://127.0.0.1:1"}}


def settings(
    store: Mapping[str, object], apart: Mapping[str, Mapping[str, object]]
) -> CollectorSettings:
    """Settings of a plant of our own and one of each customer."""
    tenants = [
        {"id": name, "name": name, "sites": [f"{name}-1"], "store": own}
        for name, own in apart.items()
    ]
    return CollectorSettings.model_validate(
        {**REST, "store": store, "sites": SITES, "tenants": tenants}
    )


def files(folder: Path) -> CollectorSettings:
    """Three files."""
    apart = {name: {"path": folder / f"{name}.sqlite"} for name in ("acme", "bolt")}
    return settings({"kind": "sqlite", "path": folder / "rest.sqlite"}, apart)


def write_all(given: CollectorSettings) -> None:
    """One reading of each site through the one face."""
    store = open_stores(given)
    store.check()
    assert not store.write_readings([reading(0, site=site["id"]) for site in SITES])
    assert store.meters() == sorted((site["id"], "main") for site in SITES)
    assert all(store.count_readings(site["id"], "main", T0, END) == 1 for site in SITES)
    store.close()


def test_a_customers_file_holds_its_sites_and_no_others(tmp_path: Path) -> None:
    """Whoever is given one file reads one customer."""
    write_all(files(tmp_path))
    for name, site in (("rest", "sendai"), ("acme", "acme-1"), ("bolt", "bolt-1")):
        alone = SqliteStore(tmp_path / f"{name}.sqlite")
        alone.check()
        assert alone.meters() == [(site, "main")]
        alone.close()


def test_what_was_once_elsewhere_is_not_told_twice(tmp_path: Path) -> None:
    """A site that moved to a store of its own is told from there alone."""
    given = files(tmp_path)
    old = SqliteStore(tmp_path / "rest.sqlite")
    old.check()
    old.write_readings([reading(at_ms, site="acme-1") for at_ms in (0, 1)])
    old.close()
    store = open_stores(given)
    store.check()
    assert store.meters() == []
    assert store.series() == []
    assert store.count_readings("acme-1", "main", T0, END) == 0
    store.close()


def test_poison_of_one_customer_is_answered_and_the_others_are_stored(tmp_path: Path) -> None:
    """A refused reading is told whichever store refused it."""
    store = open_stores(files(tmp_path))
    store.check()
    poison = reading(0, {POWER: float("nan")}, site="bolt-1")
    assert [one.reading for one in store.write_readings([reading(0, site="acme-1"), poison])] == [
        poison
    ]
    assert store.count_readings("acme-1", "main", T0, END) == 1
    store.close()


@pytest.mark.services
def test_a_customers_token_opens_its_buckets_and_no_others(influx: InfluxServer) -> None:
    """InfluxDB itself refuses: the token of one cannot ask for another's bucket."""
    name = secrets.token_hex(4)
    buckets = {
        who: {"bucket_raw": f"{who}_raw_{name}", "bucket_totals": f"{who}_{name}"}
        for who in ("acme", "bolt")
    }
    store = {"kind": "influx", "url": influx.url, "org": influx.org, "token": influx.token}
    own = {"bucket_raw": f"own_raw_{name}", "bucket_totals": f"own_{name}"}
    write_all(settings({**store, **own, "raw_retention_days": 0}, buckets))
    tokens = {who: _read_token(influx, *pair.values()) for who, pair in buckets.items()}
    for who, other in (("acme", "bolt"), ("bolt", "acme")):
        mine, theirs = (_reader(influx, tokens[who], buckets[one]) for one in (who, other))
        assert mine.read_series(f"{who}-1", "main", POWER, T0, END)
        assert not mine.read_series(f"{other}-1", "main", POWER, T0, END)
        with pytest.raises(StopError):
            theirs.read_series(f"{other}-1", "main", POWER, T0, END)
        mine.close()
        theirs.close()
    for bucket in (*own.values(), *(one for pair in buckets.values() for one in pair.values())):
        influx.drop_bucket(bucket)


def _read_token(influx: InfluxServer, *names: str) -> str:
    """A token that may read these buckets and nothing else."""
    org = influx.call("GET", f"/api/v2/orgs?org={influx.org}")["orgs"][0]["id"]
    ids = [influx.call("GET", f"/api/v2/buckets?name={name}")["buckets"][0]["id"] for name in names]
    allowed = [
        {"action": "read", "resource": {"type": "buckets", "id": one, "orgID": org}} for one in ids
    ]
    body = {"orgID": org, "permissions": allowed}
    return str(influx.call("POST", "/api/v2/authorizations", body)["token"])


def _reader(influx: InfluxServer, token: str, buckets: dict[str, str]) -> InfluxStore:
    raw, totals = buckets["bucket_raw"], buckets["bucket_totals"]
    return InfluxStore(
        url=influx.url,
        org=influx.org,
        token=token,
        bucket_raw=raw,
        bucket_totals=totals,
        raw_retention_days=0,
    )
