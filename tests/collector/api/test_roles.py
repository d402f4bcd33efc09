"""Roles and customers at the API: what a token opens, and that none opens another customer's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector import config
from collector.api.app import make_app
from collector.api.source import OpenSource, open_source
from collector.roles import ROLES, Role
from collector.state.api_tokens import Reach
from tests.collector.api.served import FOREVER_MS, NOW_MS, Client, plant_files

CUSTOMERS = """
[[tenants]]
id = "acme"
name = "Acme"
sites = ["sendai"]
[[tenants]]
id = "bolt"
name = "Bolt"
sites = ["osaka"]
[tenants.store]
path = "bolt.sqlite"
"""
PROPOSALS = {"bills": {"month": "2025-04"}, "findings": {}}
FIGURES = {"meters": {}, "account": {"period": "2025-04"}}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSource]:
    """Two plants of two customers, the second kept in a store apart."""
    path = plant_files(tmp_path_factory.mktemp("roles"))
    path.write_text(path.read_text("utf-8") + CUSTOMERS, "utf-8")
    with open_source(config.load(path)) as opened:
        yield opened


def client(source: OpenSource, tenant: str, role: Role, *sites: str) -> Client:
    """A client with a token made so."""
    reach = Reach(sites or ("*",))
    _, text = source.state.api_tokens.create(tenant, role, reach, NOW_MS, FOREVER_MS)
    return Client(make_app(source), {"Authorization": f"Bearer {text}"})


def sites(of: Client) -> list[str]:
    """Ids of the sites it lists."""
    return [row["id"] for row in of.get("/v1/sites").json()["rows"]]


@pytest.mark.parametrize("role", ROLES)
def test_a_viewer_sees_figures_and_others_bills_and_findings_too(
    source: OpenSource, role: Role
) -> None:
    """Each role's figures answer; bills and findings are refused to a viewer with a hint."""
    asking = client(source, "acme", role, "sendai")
    for route, query in FIGURES.items():
        assert asking.get(f"/v1/sites/sendai/{route}", query).status_code == 200
    for route, query in PROPOSALS.items():
        answer = asking.get(f"/v1/sites/sendai/{route}", query)
        assert answer.status_code == (403 if role == "viewer" else 200), answer.text
        if role == "viewer":
            assert "manager" in answer.json()["hint"]


@pytest.mark.parametrize("role", ["viewer", "manager", "consultant"])
def test_no_token_of_a_customer_opens_anothers_site(source: OpenSource, role: Role) -> None:
    """Though its text names the site, or every site: each route answers as if it were not there."""
    for tenant, mine, other in (("acme", "sendai", "osaka"), ("bolt", "osaka", "sendai")):
        for asked in (("sendai", "osaka"), ()):
            asking = client(source, tenant, role, *asked)
            assert sites(asking) == [mine]
            for route, query in {**FIGURES, **PROPOSALS}.items():
                refused = asking.get(f"/v1/sites/{other}/{route}", query)
                nowhere = asking.get(f"/v1/sites/nowhere/{route}", query)
                assert (refused.status_code, refused.content) == (404, nowhere.content)


def test_an_administrator_sees_every_customer(source: OpenSource) -> None:
    """Who runs the collector is given all sites by that role alone."""
    assert sites(client(source, "hq", "admin")) == ["sendai", "osaka"]
    assert sites(client(source, "hq", "manager")) == []


def test_a_token_of_before_the_customer_was_named_opens_nothing(source: OpenSource) -> None:
    """Text that is no customer's id or name opens no customer's site."""
    assert sites(client(source, "someone", "manager", "sendai")) == []
