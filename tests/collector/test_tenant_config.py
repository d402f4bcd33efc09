"""Settings of customers: whose sites are whose, stores apart; each fault one line with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector import config
from collector.errors import ConfigError

HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
[[sites]]
id = "austin"
time_zone = "America/Chicago"
"""
SQLITE = '[store]\nkind = "sqlite"\npath = "store.sqlite"\n'
INFLUX = '[store]\nkind = "influx"\nurl = "http://127.0.0.1:1"\norg = "o"\ntoken = "t"\n'
ACME = '[[tenants]]\nid = "acme"\nname = "Acme"\nsites = ["austin"]\n'
APART = '[tenants.store]\npath = "acme.sqlite"\n'
BUCKETS = '[tenants.store]\nbucket_raw = "acme_raw"\nbucket_totals = "acme"\n'
GRAFANA = '[grafana]\nurl = "http://127.0.0.1:3000"\ntoken = "x"\n[[grafana.tenants]]\n'


def _load(folder: Path, text: str) -> config.CollectorSettings:
    path = folder / "collector.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return config.load(path)


def test_a_customer_without_a_store_shares_the_one_there_is(tmp_path: Path) -> None:
    """Sites of a customer are kept in [store] unless a store apart is named."""
    settings = _load(tmp_path, SQLITE + ACME)
    assert settings.tenants[0].sites == ("austin",)
    assert settings.store_of("austin") == settings.store


def test_a_store_apart_differs_only_in_what_it_names(tmp_path: Path) -> None:
    """Path or buckets and token are the customer's own, all else is as in [store]."""
    apart = _load(tmp_path, SQLITE + ACME + APART).store_of("austin")
    assert apart.path == tmp_path / "acme.sqlite"
    (tmp_path / "acme.token").write_text("secret\n", encoding="utf-8")
    settings = _load(tmp_path, INFLUX + ACME + BUCKETS + 'token_file = "acme.token"\n')
    apart = settings.store_of("austin")
    assert (apart.bucket_raw, apart.bucket_totals, apart.token) == ("acme_raw", "acme", "secret")
    assert (apart.url, apart.org) == (settings.store.url, "o")
    assert settings.store_of("sendai") == settings.store
    assert "secret" not in repr(settings)


def test_an_organisation_of_grafana_takes_the_customers_sites(tmp_path: Path) -> None:
    """What [[tenants]] says need not be said again."""
    entry = 'name = "acme"\norg_id = 2\ntoken = "y"\nread_token = "z"\n'
    settings = _load(tmp_path, INFLUX + ACME + BUCKETS + GRAFANA + entry)
    assert settings.grafana is not None
    assert settings.grafana.tenants[0].sites == ("austin",)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SQLITE + ACME.replace("austin", "ostin"), 'tenants[0].sites = "ostin": no such site'),
        (SQLITE + ACME + ACME.replace('"acme"', '"other"'), "a site has one customer"),
        (SQLITE + ACME + ACME.replace("austin", "sendai"), "give it an id of its own"),
        (SQLITE + ACME.replace('["austin"]', "[]"), "tenants[0].sites"),
        (SQLITE + ACME + "[tenants.store]\n", "tenants[0].store.path: missing"),
        (SQLITE + ACME + APART.replace("acme.", "store."), "is used by store already"),
        (SQLITE + ACME + APART + 'org = "o"\n', "tenants[0].store.org: has no meaning"),
        (INFLUX + ACME + '[tenants.store]\nbucket_raw = "a"\n', "bucket_totals: missing"),
        (INFLUX + ACME + BUCKETS + 'path = "x"\n', "tenants[0].store.path: has no meaning"),
        (INFLUX + ACME + BUCKETS + 'token_file = "none"\n', "tenants[0].store.token_file"),
        (INFLUX + ACME + GRAFANA + 'name = "acne"\nsites = ["austin"]\ntoken = "y"\n', "no such"),
        (INFLUX + ACME + GRAFANA + 'name = "acme"\nsites = ["sendai"]\ntoken = "y"\n', "differ"),
        (INFLUX + ACME + BUCKETS + GRAFANA + 'name = "acme"\ntoken = "y"\n', "read_token_file"),
        (INFLUX + ACME + "[tenants.storage]\n", "did you mean store"),
        (
            SQLITE + "[[tenants]]\nid = []\nname = {}\nsites = 3\n" + GRAFANA + "name = []\n",
            "tenants[0].id",
        ),
    ],
    ids=lambda text: "" if text.startswith("[") else text[:30],
)
def test_each_fault_is_one_line_with_a_hint(tmp_path: Path, text: str, line: str) -> None:
    """What does not fit is told with its place and what to write."""
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    (fault,) = [one for one in caught.value.faults if line in one]
    assert "(" in fault
