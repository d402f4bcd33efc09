"""Every route there is: what it answers, and that none forgets who asks and for which days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.api import finding_routes
from collector.api.app import ROUTERS
from tests.collector.api.served import APRIL_MS, READINGS, Client, Plant, plant_files, served
from tests.collector.factors.sample import GOOD
from tests.collector.factors.sample import text as factor_text

OPEN = {"/v1/health", "/openapi.json", "/docs"}
"""Paths that need no token."""
NEEDED = {
    "/v1/sites/{site}/meters/{meter}/readings": {"quantity": "active_power_w"},
    "/v1/sites/{site}/account": {"period": "2025-04"},
    "/v1/sites/{site}/bills": {"month": "2025-04"},
}
"""Parameters without which a route answers 400."""
OF_DAYS = {
    "/v1/sites/{site}/meters/{meter}/totals": {"from": "2025-04-01", "to": "2025-05-01"},
    "/v1/sites/{site}/meters/{meter}/readings": {
        "quantity": "active_power_w", "from": "2025-04-01", "to": "2025-05-01",
    },
    "/v1/sites/{site}/completeness": {"from": "2025-04-01", "to": "2025-05-01"},
    "/v1/sites/{site}/account": {"period": "2025-04"},
    "/v1/sites/{site}/bills": {"month": "2025-04"},
    "/v1/sites/{site}/findings": {"from": "2025-04-01", "to": "2025-05-01"},
}  # fmt: skip
"""Routes whose figures belong to days, with a question about April."""
TIMELESS = {"/v1/sites", "/v1/sites/{site}", "/v1/sites/{site}/meters", "/v1/factors/{factor_id}"}
"""Routes that tell no figure of any day."""


ROUTES = [r.path for router in ROUTERS for r in router.routes if isinstance(r, APIRoute)]


def _at(route: str, site: str = "sendai") -> str:
    filled = {"{site}": site, "{meter}": "main", "{factor_id}": "jp-shk-r6-A0269-M-basic"}
    for name, text in filled.items():
        route = route.replace(name, text)
    return route


def test_every_route_is_known_to_these_tests() -> None:
    """A new route has to say here whether its figures belong to days."""
    assert set(ROUTES) == OPEN | set(OF_DAYS) | TIMELESS


def test_every_route_answers(client: Client) -> None:
    """With a token and what it needs, each is 200 and JSON, or the page."""
    for route in ROUTES:
        answer = client.get(_at(route), params=NEEDED.get(route))
        assert answer.status_code == 200, (route, answer.text)


def test_no_route_but_the_open_ones_answers_without_a_token(plant: Plant) -> None:
    """401 with a hint, whatever else is asked."""
    plant.later()
    for route in set(ROUTES) - OPEN:
        answer = plant.client().get(_at(route), params=NEEDED.get(route))
        assert answer.status_code == 401, route
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["hint"]


def test_a_site_of_another_tenant_and_none_at_all_answer_alike(plant: Plant) -> None:
    """To the byte, on every route of a site, so that nobody learns which sites there are."""
    mine = plant.client(plant.token("osaka"))
    for route in ROUTES:
        if "{site}" in route:
            theirs = mine.get(_at(route), params=NEEDED.get(route))
            nobodys = mine.get(_at(route, "nowhere"), params=NEEDED.get(route))
            assert theirs.status_code == 404, route
            assert theirs.content == nobodys.content, route


def test_the_list_of_sites_has_those_of_the_token_alone(plant: Plant) -> None:
    """One tenant, one site."""
    rows = plant.client(plant.token("sendai")).get("/v1/sites").json()["rows"]
    assert [row["id"] for row in rows] == ["sendai"]


def test_no_route_tells_of_days_that_the_token_may_not_see(plant: Plant) -> None:
    """April is refused to a token that begins with its second day, on every route of days."""
    bounded = plant.client(plant.token("sendai", first=date(2025, 4, 2)))
    for route, question in OF_DAYS.items():
        answer = bounded.get(_at(route), params=question)
        assert answer.status_code == 403, route
        assert "2025-04-02" in answer.json()["hint"]
    until = plant.client(plant.token("sendai", end=date(2025, 4, 30)))
    for route, question in OF_DAYS.items():
        assert until.get(_at(route), params=question).status_code == 403, route


def test_an_end_left_out_is_the_end_of_what_the_token_may_see(plant: Plant) -> None:
    """Not all there is: each list has the token's two days and nothing else."""
    reach = {"first": date(2025, 4, 2), "end": date(2025, 4, 4)}
    bounded = plant.client(plant.token("sendai", **reach))  # type: ignore[arg-type]
    totals = bounded.get("/v1/sites/sendai/meters/main/totals").json()["rows"]
    assert len(totals) == 96
    assert totals[0]["start"] == "2025-04-02T00:00:00+09:00"
    assert totals[-1]["end"] == "2025-04-04T00:00:00+09:00"
    days = bounded.get("/v1/sites/sendai/completeness").json()["rows"]
    assert [row["start"][:10] for row in days] == ["2025-04-02"] * 2 + ["2025-04-03"] * 2
    months = bounded.get("/v1/sites/sendai/meters/main/totals?period=1mo").json()["rows"]
    assert months == [], "a month tells of days beyond the two"
    readings = "/v1/sites/sendai/meters/main/readings?quantity=active_power_w"
    assert bounded.get(readings).json()["rows"] == []


def test_totals_are_the_store_s_with_unknown_left_out(client: Client, plant: Plant) -> None:
    """Every figure is the stored one, instants are the site's."""
    url = "/v1/sites/sendai/meters/press/totals?period=1d&from=2025-05-01&to=2025-05-03"
    document = client.get(url).json()
    stored = plant.source.store.read_totals(
        "sendai", "press", "1d", APRIL_MS + 30 * 86_400_000, APRIL_MS + 32 * 86_400_000
    )
    assert [row["kwh"] for row in document["rows"]] == [total.kwh for total in stored]
    assert [row["co2_kg"] for row in document["rows"]] == [total.co2_kg for total in stored]
    assert document["rows"][0]["start"] == "2025-05-01T00:00:00+09:00"
    assert document["next"] is None


def test_fields_and_the_form_of_instants_are_the_caller_s(client: Client) -> None:
    """Only the named columns, in the named order, and milliseconds."""
    url = "/v1/sites/sendai/meters/main/totals?limit=1&fields=coverage,kwh&time=ms"
    (row,) = client.get(url).json()["rows"]
    assert list(row) == ["start", "end", "coverage", "kwh"]
    assert (row["start"], row["end"]) == (APRIL_MS, APRIL_MS + 1_800_000)


def test_readings_come_as_they_were_taken(client: Client) -> None:
    """Each with its instant, in the unit the answer names."""
    url = "/v1/sites/sendai/meters/main/readings?quantity=active_power_w"
    document = client.get(url).json()
    assert document["unit"] == "W"
    assert [row["value"] for row in document["rows"]] == [float(n) for n in range(READINGS)]


def test_an_account_is_the_one_that_the_command_prints(client: Client) -> None:
    """Methods side by side, factors cited, not closed."""
    document = client.get("/v1/sites/sendai/account", params={"period": "2025-04"}).json()
    assert document["period"] == "2025-04"
    assert {"jp_shk_basic", "jp_shk_adjusted"} <= {one["method"] for one in document["scope_2"]}
    assert document["closed"] is None


def test_a_factor_is_found_by_the_id_that_a_total_names(client: Client) -> None:
    """From the figure to its source in two requests."""
    url = "/v1/sites/sendai/meters/main/totals?period=1d&limit=1"
    (row,) = client.get(url).json()["rows"]
    factor = client.get(f"/v1/factors/{row['factor_id']}").json()
    assert factor["source"]["publisher"]
    assert float(factor["kg_per_kwh"]) == pytest.approx(row["co2_kg"] / row["kwh"], rel=1e-3)


WRONG = [
    ("/v1/sites/sendai/findings?from=2025-05-02&to=2025-05-01", 409, "has no day"),
    ("/v1/sites/osaka/findings", 409, "no contract"),
    ("/v1/sites/sendai/meters/main/totals?period=1w", 400, "1w"),
    ("/v1/sites/sendai/meters/main/totals?period=1sd", 400, "1sd"),
    ("/v1/sites/sendai/meters/main/totals?from=yesterday", 400, "no instant"),
    ("/v1/sites/sendai/meters/main/totals?from=2025-04-01T00:00", 400, "no instant"),
    ("/v1/sites/sendai/meters/main/totals?from=2025-04-02&to=2025-04-01", 400, "before"),
    ("/v1/sites/sendai/meters/main/totals?fields=kwh,kw", 400, "'kw'"),
    ("/v1/sites/sendai/meters/main/totals?limit=0", 400, "limit"),
    ("/v1/sites/sendai/meters/main/totals?limit=1000000", 400, "too many"),
    ("/v1/sites/sendai/meters/main/totals?cursor=zzz", 400, "cursor"),
    ("/v1/sites/sendai/meters/main/totals?time=local", 400, "time"),
    ("/v1/sites/sendai/meters/main/totals?form=2025-04-01", 400, "'form'"),
    ("/v1/sites/sendai/meters/main/totals?limit=1&limit=2", 400, "twice"),
    ("/v1/sites/sendai/meters/none/totals", 404, "no totals"),
    ("/v1/sites/sendai/meters/main/readings", 400, "quantity"),
    ("/v1/sites/sendai/meters/main/readings?quantity=kwh", 400, "kwh"),
    ("/v1/sites/sendai/meters/_site/readings?quantity=active_power_w", 404, "readings"),
    ("/v1/sites/sendai/completeness?meter=none", 404, "completeness"),
    ("/v1/sites/sendai/account", 400, "period"),
    ("/v1/sites/sendai/account?period=Q3", 400, "Q3"),
    ("/v1/sites/sendai/bills?month=2025-4", 400, "2025-4"),
    ("/v1/sites/osaka/bills?month=2025-04", 409, "no tariff"),
    ("/v1/sites/sendai/bills?month=2031-04", 409, "no energy is known"),
    ("/v1/factors/none", 404, "no such factor"),
    ("/v1/nothing", 404, "Not Found"),
]


@pytest.mark.parametrize(("url", "status", "word"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_question_is_a_problem_with_a_hint(
    client: Client, url: str, status: int, word: str
) -> None:
    """One sentence says what is wrong, another what to do."""
    answer = client.get(url)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert word in problem["detail"]
    assert problem["hint"]


def test_the_days_of_a_token_are_told_as_they_were_given(tmp_path: Path) -> None:
    """The last day a token may see is told as that day, included, and so in its refusals."""
    with served(plant_files(tmp_path)) as plant:
        april = plant.client(plant.token("sendai", first=date(2025, 4, 1), end=date(2025, 5, 1)))
        site = april.get("/v1/sites/sendai").json()
        assert (site["visible_from"], site["visible_to"]) == ("2025-04-01", "2025-04-30")
        url = "/v1/sites/sendai/meters/main/totals?period=1d&from=2025-04-30&to="
        assert april.get(url + "2025-05-01").status_code == 200
        beyond = april.get(url + "2025-05-02")
        assert beyond.status_code == 403
        assert "days from 2025-04-01 to 2025-04-30, included" in beyond.json()["hint"]
        endless = plant.client(plant.token("sendai")).get("/v1/sites/sendai").json()
        assert endless["visible_to"] is None


def test_only_reading_is_served(client: Client) -> None:
    """405 with what is allowed, on every route."""
    for route in ROUTES:
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = client.request(method, _at(route))
            assert answer.status_code == 405, (route, method)
            assert "GET" in answer.headers["Allow"]


def test_findings_are_told_with_what_they_save_and_what_was_looked_at(client: Client) -> None:
    """Each with its range a year, its evidence and where it stands; silences with their reason."""
    days = {"from": "2025-04-01", "to": "2025-06-01"}
    document = client.get("/v1/sites/sendai/findings", params=days).json()
    assert document["rows"], "the plant has waste in it"
    for row in document["rows"]:
        assert row["kwh"]["low"] <= row["kwh"]["mid"] <= row["kwh"]["high"]
        assert row["status"] == "open"
        assert row["evidence"]["from"].startswith("2025-04-01")
    yen = [row["yen"]["mid"] for row in document["rows"]]
    assert yen == sorted(yen, reverse=True)
    assert all(item["why_ja"] and item["why_en"] for item in document["silences"])


def test_a_plant_s_own_factor_is_shown_to_who_has_a_contract_of_it(tmp_path: Path) -> None:
    """What the neighbour was told by its supplier is nobody else's; a shipped one is everyone's."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "x.toml").write_text(factor_text(GOOD), encoding="utf-8")
    path = plant_files(tmp_path, '[factors]\nfolder = "own"')
    meters = '[[sites.meters]]\nid = "main"\nname = "<script>'
    contract = '[[sites.contracts]]\nregion = "XX"\nsupplier = "S1"\nfrom = 2025-04-01\n'
    text = path.read_text(encoding="utf-8").replace(meters, contract + meters)
    path.write_text(text, encoding="utf-8")
    with served(path) as plant:
        owner, other = (plant.client(plant.token(site)) for site in ("osaka", "sendai"))
        assert owner.get("/v1/factors/x-1").json()["kg_per_kwh"] == "0.4"
        assert other.get("/v1/factors/x-1").status_code == 404
        for client in (owner, other):
            assert client.get("/v1/factors/jp-shk-r6-A0269-M-basic").status_code == 200


def test_one_heavy_answer_does_not_take_the_server(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While findings are computed another such request is told to come again; others go on."""
    monkeypatch.setattr(finding_routes, "WAIT_S", 0.01)
    with finding_routes._one_at_a_time:
        busy = client.get("/v1/sites/sendai/findings?from=2025-04-01&to=2025-06-01")
        assert busy.status_code == 503
        assert int(busy.headers["Retry-After"]) > 0
        assert client.get("/v1/sites").status_code == 200


ANY_TEXT = st.text(max_size=40)
NAMES = st.sampled_from(
    ["from", "to", "limit", "cursor", "fields", "time", "period", "quantity", "meter", "month"]
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(ROUTES), parameters=st.dictionaries(NAMES, ANY_TEXT, max_size=4))
def test_no_text_brings_a_route_down(client: Client, path: str, parameters: dict[str, str]) -> None:
    """Whatever stands in the parameters, the answer is 2xx or 4xx."""
    told: dict[str, Any] = {**NEEDED.get(path, {}), **parameters}
    answer = client.get(_at(path), params=told)
    assert answer.status_code < 500, answer.text


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(site=ANY_TEXT, meter=ANY_TEXT)
def test_no_text_in_a_path_brings_it_down(client: Client, site: str, meter: str) -> None:
    """Nor whatever stands in the path."""
    for path in (f"/v1/sites/{quote(site, '')}/meters/{quote(meter, '')}/totals",
                 f"/v1/factors/{quote(meter, '')}"):  # fmt: skip
        assert 400 <= client.get(path).status_code < 500
