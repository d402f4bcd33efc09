"""Customers apart: an organisation of Grafana each, opened by their own token or made by us."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from collector.boards import apply, guests, plan
from collector.errors import RetryLaterError, StopError
from tests.collector.boards.case import AUSTIN, SENDAI, At, settings_for
from tests.grafana.fake_grafana import PASSWORD, USER, FakeGrafana
from tests.grafana.fake_state import Organisation

BUCKETS = {"bucket_raw": "acme_raw", "bucket_totals": "acme"}
ADMIN = {"token": "", "username": USER, "password": PASSWORD}
MADE = {"name": "Acme", "sites": ["austin"], "create": True, "read_token": "acme-only"}


def _tenant(**changes: Any) -> dict[str, Any]:
    return {"name": "Acme", "sites": ["austin"], "token": "acme-token", **changes}


@pytest.fixture
def acme(grafana: FakeGrafana) -> FakeGrafana:
    """A Grafana with a second organisation and a token of it."""
    grafana.orgs[2] = Organisation(2, "Acme")
    grafana.tokens["acme-token"] = (2, "Admin")
    return grafana


def test_each_customer_has_an_organisation(acme: FakeGrafana, tmp_path: Path) -> None:
    """A tenant's sites stand in its organisation, with its read-only token, and nowhere else."""
    tenant = _tenant(org_id=2, read_token="acme-only")
    report = apply(settings_for(tmp_path, acme.url, grafana={"tenants": [tenant]}))
    assert set(acme.orgs[2].folders) == {"mieruka-austin"}
    assert set(acme.folders) == {"mieruka-sendai"}
    assert acme.orgs[2].secrets["mieruka-raw"] == {"httpHeaderValue1": "Token acme-only"}
    assert acme.secrets["mieruka-raw"] == {"httpHeaderValue1": "Token read-only"}
    heads = [line for line in report.lines if line.startswith("Grafana ")]
    assert [line.endswith(" in Acme") for line in heads] == [False, True]
    assert any("may look into Acme" in line for line in report.lines), "the limit is told"


def test_organisation_is_made_by_an_administrator(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """With ``create`` plan tells the organisation, apply makes it and fills it, once."""
    wanted = settings_for(tmp_path, each_grafana.url, grafana={**ADMIN, "tenants": [MADE]})
    planned = plan(wanted)
    assert "create: organisation Acme" in planned.lines
    assert len(each_grafana.orgs) == 1
    done = apply(wanted)
    told = [[(one.verb, one.uid) for one in report.steps] for report in (planned, done)]
    assert told[0] == told[1]
    assert set(each_grafana.orgs[2].boards) == {
        "mieruka-today-ja-austin",
        "mieruka-today-en-austin",
    }
    each_grafana.calls.clear()
    apply(wanted)
    assert each_grafana.writes == []


def test_new_organisation_is_not_ready_for_alerts(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Boards stand at once; the contact point comes with the next run, a line says when."""
    contact = {"kind": "mail", "to": ["energy@example.jp"]}
    wanted = settings_for(
        tmp_path, grafana.url, grafana={**ADMIN, "tenants": [MADE], "contact": contact}
    )
    for _ in range(2):
        with pytest.raises(RetryLaterError) as caught:
            apply(wanted)
        assert "within a minute" in caught.value.hint
    assert "mieruka-today-ja-austin" in grafana.orgs[2].boards
    grafana.orgs[2].alerts_ready = True
    assert apply(wanted).left == ()
    assert [one["name"] for one in grafana.orgs[2].contacts] == ["Mieruka"]


def test_cut_off_while_making_an_organisation(grafana: FakeGrafana, tmp_path: Path) -> None:
    """An organisation that was made without an answer is found by its name, not made twice."""
    wanted = settings_for(
        tmp_path, grafana.url, sites=[AUSTIN], grafana={**ADMIN, "tenants": [MADE]}
    )
    grafana.break_at = 1
    with pytest.raises(RetryLaterError):
        apply(wanted)
    grafana.break_at = 0
    apply(wanted)
    assert [org.name for org in grafana.orgs.values()] == ["Main Org.", "Acme"]
    assert "mieruka-austin" in grafana.orgs[2].folders


def test_administrator_enters_by_number(acme: FakeGrafana, tmp_path: Path) -> None:
    """A server administrator's password and a number open an organisation without a token."""
    tenant = {"name": "Acme", "sites": ["austin"], "org_id": 2}
    apply(settings_for(tmp_path, acme.url, grafana={**ADMIN, "tenants": [tenant]}))
    assert set(acme.orgs[2].folders) == {"mieruka-austin"}


def test_unknown_organisation_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A number that Grafana does not know is told with where to look it up."""
    tenant = {"name": "Acme", "sites": ["austin", "sendai"], "org_id": 7}
    with pytest.raises(StopError) as caught:
        plan(settings_for(tmp_path, grafana.url, grafana={**ADMIN, "tenants": [tenant]}))
    assert "no organisation 7 for Acme" in caught.value.message
    assert "create = true" in caught.value.hint


def test_token_of_another_organisation_is_one_line(acme: FakeGrafana, tmp_path: Path) -> None:
    """A token that is not of the organisation named stops before anything is written there."""
    tenant = _tenant(org_id=3)
    with pytest.raises(StopError) as caught:
        apply(settings_for(tmp_path, acme.url, grafana={"tenants": [tenant]}))
    assert "of organisation 2, not 3" in caught.value.message
    assert acme.orgs[2].folders == {}


def test_two_customers_in_one_organisation_are_one_line(acme: FakeGrafana, tmp_path: Path) -> None:
    """A tenant whose token is of the organisation that has other sites would see those."""
    tenant = _tenant(token="admin-token")
    with pytest.raises(StopError) as caught:
        plan(settings_for(tmp_path, acme.url, grafana={"tenants": [tenant]}))
    assert "Acme and [grafana] are the same organisation 1" in caught.value.message


def test_guests_of_a_tenants_site_are_let_into_its_organisation(
    acme: FakeGrafana, tmp_path: Path
) -> None:
    """Access to a tenant's site is given in its organisation alone; so are viewers' tokens."""
    from datetime import date

    from tests.collector.boards.case import At

    acme.sign_up("tanaka")
    wanted = settings_for(tmp_path, acme.url, grafana={"tenants": [_tenant()]})
    guests.give(wanted, wanted.sites[1], "tanaka", date(2026, 12, 1), "sato", At())
    assert acme.orgs[2].users == {1: "Viewer"}
    assert acme.orgs[1].users == {}
    guests.viewer_token(wanted, "bi", 3, "Acme")
    assert [len(org.accounts) for org in acme.orgs.values()] == [0, 1]
    with pytest.raises(StopError) as caught:
        guests.viewer_token(wanted, "bi", 3)
    assert "unique over all organisations" in caught.value.hint


def test_the_record_tells_organisations_apart(acme: FakeGrafana, tmp_path: Path) -> None:
    """The same uid in two organisations is two things, each with a record of its own."""
    one = settings_for(tmp_path, acme.url, sites=[SENDAI])
    apply(one)
    both = settings_for(
        tmp_path, acme.url, sites=[SENDAI], grafana={"tenants": [_tenant(sites=["sendai"])]}
    )
    report = apply(both)
    assert report.created == (
        "mieruka-totals", "mieruka-raw", "mieruka-sendai",
        "mieruka-today-ja-sendai", "mieruka-today-en-sendai",
    )  # fmt: skip
    assert "unchanged" not in str(report.lines)


def test_a_store_apart_is_what_the_customers_boards_read(acme: FakeGrafana, tmp_path: Path) -> None:
    """The organisation's data sources name the customer's own buckets, and no limit is told."""
    apart = {"id": "acme", "name": "Acme", "sites": ["austin"], "store": BUCKETS}
    tenant = _tenant(org_id=2, read_token="acme-only")
    wanted = settings_for(tmp_path, acme.url, grafana={"tenants": [tenant]}, tenants=[apart])
    report = apply(wanted)
    there = {uid: one["jsonData"]["dbName"] for uid, one in acme.orgs[2].sources.items()}
    assert there == {"mieruka-totals": "acme", "mieruka-raw": "acme_raw"}
    own = {one["jsonData"]["dbName"] for one in acme.orgs[1].sources.values()}
    assert not own & set(there.values())
    assert not any("may look into Acme" in line for line in report.lines)


def test_a_manager_edits_only_where_no_other_customer_is(acme: FakeGrafana, tmp_path: Path) -> None:
    """In an organisation of its own a manager is an editor; elsewhere the role is refused."""
    wanted = settings_for(tmp_path, acme.url, grafana={"tenants": [_tenant(org_id=2)]})
    acme.sign_up("tanaka", 1)
    sendai, austin = wanted.sites
    known: dict[str, Any] = {"until": date(2026, 12, 31), "by": "sato", "clock": At()}
    for role in ("manager", "admin"):
        with pytest.raises(StopError):
            guests.give(wanted, sendai, "tanaka", **known, role=role)
    assert guests.given(wanted) == []
    guests.give(wanted, austin, "tanaka", **known, role="manager")
    number = acme.accounts["tanaka"]["id"]
    assert acme.orgs[2].users[number] == "Editor"
    guests.take_back(wanted, austin, "tanaka", At())
    assert number not in acme.orgs[2].users
