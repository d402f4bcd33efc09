"""The form of answers: JSON or CSV, digests, packing, HEAD, limits, what goes wrong inside."""

from __future__ import annotations

import csv
import io

import pytest

from collector.errors import CollectorError, RetryLaterError, StopError
from collector.storage.port import TotalColumns
from tests.collector.api.served import Client, Plant

TOTALS = "/v1/sites/sendai/meters/main/totals?period=1d&from=2025-04-01&to=2025-04-11"


def test_csv_is_given_to_who_accepts_it(client: Client) -> None:
    """The same rows, units in the heads, absent as nothing."""
    answer = client.get(TOTALS, headers={"Accept": "text/csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    objects = client.get(TOTALS).json()["rows"]
    assert [float(row["kwh (kWh)"]) for row in rows] == [one["kwh"] for one in objects]
    assert {row["export_kwh (kWh)"] for row in rows} == {""}
    assert rows[0]["factor_id"] == objects[0]["factor_id"]


def test_a_name_that_is_a_formula_is_harmless_in_csv_and_whole_in_json(client: Client) -> None:
    """A spreadsheet shows it; a program gets what the settings say."""
    text = client.get("/v1/sites", headers={"Accept": "text/csv"}).text
    assert "'=cmd|' /C calc'!A0" in text
    assert client.get("/v1/sites").json()["rows"][1]["name"] == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("*/*", "json"), ("application/json", "json"), ("text/csv;q=0.5, */*;q=0.4", "csv"),
        ("text/csv;q=0.1, application/json", "json"), ("text/*", "csv"), ("TEXT/CSV", "csv"),
        ("text/html, */*;q=0.1", "json"), ("text/html", ""), ("", ""), ("text/csv;q=0", ""),
        ("text/csv;q=x", ""),
    ],
)  # fmt: skip
def test_the_form_is_the_best_that_is_accepted(client: Client, accept: str, form: str) -> None:
    """By weight; 406 with what there is when nothing fits."""
    answer = client.get("/v1/sites", headers={"Accept": accept})
    if form:
        assert form in answer.headers["Content-Type"]
    else:
        assert answer.status_code == 406
        assert "text/csv" in answer.json()["hint"]


def test_the_digest_saves_the_second_answer(client: Client, plant: Plant) -> None:
    """304 without a body while nothing is new; 200 as soon as a figure is."""
    first = client.get(TOTALS)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = client.get(TOTALS, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(TOTALS, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert client.get(TOTALS, headers={"If-None-Match": '"other"'}).status_code == 200
    store = plant.source.store
    start_ms = 1_743_433_200_000
    (total,) = store.read_totals("sendai", "main", "1d", start_ms, start_ms + 1)
    changed = {name: getattr(total, name) for name in total.__dataclass_fields__}
    try:
        store.write_totals([type(total)(**{**changed, "kwh": total.kwh + 1})])
        assert client.get(TOTALS, headers={"If-None-Match": tag}).status_code == 200
    finally:
        store.write_totals([total])


def test_packed_and_plain_have_digests_of_their_own(client: Client) -> None:
    """A strong digest is of the bytes; what is unpacked is the same."""
    plain = client.get(TOTALS, headers={"Accept-Encoding": "identity"})
    packed = client.get(TOTALS, headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = client.get(TOTALS, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert int(packed.headers["Content-Length"]) < len(plain.content)


def test_answers_are_private_and_no_cross_origin_page_may_read_them(client: Client) -> None:
    """No shared cache keeps them; no CORS header is ever sent."""
    answer = client.get(TOTALS, headers={"Origin": "https://evil.example"})
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_head_is_get_without_its_body(client: Client) -> None:
    """Same status and headers, on what is there and what is not."""
    for url in (TOTALS, "/v1/health", "/docs", "/v1/nothing"):
        get, head = client.get(url), client.request("HEAD", url)
        assert head.content == b""
        assert head.status_code == get.status_code
        for name in ("Content-Type", "Content-Length", "ETag"):
            assert head.headers.get(name) == get.headers.get(name), (url, name)


def test_a_body_and_an_endless_address_are_refused(client: Client) -> None:
    """413 and 414, before anything is read."""
    assert client.request("GET", TOTALS, content=b"x").status_code == 413
    assert client.get("/v1/sites", params={"x": "y" * 5000}).status_code == 414
    assert client.get("/v1/" + "y" * 5000).json()["hint"]


def test_pages_lead_on_by_the_link(client: Client) -> None:
    """Followed to the end they are the whole list, in order."""
    whole = client.get(TOTALS).json()["rows"]
    url, rows = f"{TOTALS}&limit=3", []
    while url:
        answer = client.get(url)
        rows += answer.json()["rows"]
        following = answer.links.get("next", {}).get("url", "")
        url = str(answer.url.join(following)) if following else ""
        assert (answer.json()["next"] is None) == (not url)
    assert rows == whole
    assert len(rows) == 10


def test_completeness_is_paged_over_days_and_meters(client: Client) -> None:
    """A page may end in the middle of a day."""
    url, rows = "/v1/sites/sendai/completeness?limit=3", []
    while url:
        answer = client.get(url)
        rows += answer.json()["rows"]
        following = answer.links.get("next", {}).get("url", "")
        url = str(answer.url.join(following)) if following else ""
    assert [row["meter"] for row in rows] == ["main", "press"] * 5
    assert {row["share"] for row in rows} == {8620 / 8640}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RetryLaterError("store /var/lib/x: locked", "close that program"), 503),
        (StopError("store /var/lib/x: damaged", "restore it"), 500),
        (CollectorError("/etc/mieruka/x: fault", "mend it"), 500),
        (ZeroDivisionError("/opt/x"), 500),
    ],
)
def test_what_goes_wrong_inside_tells_nothing_of_this_machine(
    client: Client,
    plant: Plant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
) -> None:
    """The caller hears whether to come again; the log has the reason."""

    def fail(*_: object) -> TotalColumns:
        raise error

    monkeypatch.setattr(plant.source.store, "read_total_columns", fail)
    answer = client.get(TOTALS)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "/" not in answer.json()["detail"] + answer.json()["hint"]
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert str(error) in caplog.text


def test_health_is_a_problem_while_the_store_is_away(
    client: Client, plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, for who watches the server."""

    def away(*_: object) -> int:
        raise RetryLaterError("away", "wait")

    monkeypatch.setattr(plant.source.store, "count_readings", away)
    assert client.get("/v1/health").status_code == 503
