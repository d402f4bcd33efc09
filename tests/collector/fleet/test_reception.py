"""What the fleet server grants, judged without TLS: proofs, replays, bounds in time."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from collector.fleet import reception as room
from collector.fleet import signing
from collector.fleet.office import Office
from collector.fleet.reception import Member, Nonces, Reception, Refused
from collector.state import open_state
from edge_agent.contract import enrolment as wire
from edge_agent.enrolment import certificate
from tests.collector.fleet.plant import HandClock, found, settings_in


@dataclass(slots=True)
class Desk:
    """A reception and one agent's key and certificate."""

    reception: Reception
    office: Office
    clock: HandClock
    key: str = ""
    pem: str = ""

    def enrol(self, agent: str = "pi-1") -> Member:
        """Enrol an agent with a key of its own."""
        self.key = certificate.new_key()
        token = wire.token_of(self.office.invite(agent, "sendai").token)
        request = certificate.request_for(self.key, agent)
        self.pem = self.reception.enrol(wire.EnrolRequest(token.secret.hex(), request)).certificate
        return Member(agent, signing.facts_of(self.pem).serial)

    def late(self, name: str = "pi-1", key: str = "") -> wire.LateRequest:
        """What an agent sends whose certificate has ended."""
        nonce = self.reception.nonce().nonce
        request = certificate.request_for(certificate.new_key(), name)
        proof = certificate.signature(key or self.key, wire.late_message(nonce, request))
        return wire.LateRequest(request, self.pem, nonce, base64.b64encode(proof).decode())

    def refusal(self, request: wire.LateRequest) -> str:
        """Why a late request is refused."""
        with pytest.raises(Refused) as refused:
            self.reception.renew_late(request)
        return refused.value.fault


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A reception of a fleet of its own."""
    clock, settings = HandClock(), settings_in(tmp_path)
    found(settings, clock)
    state = open_state(settings.collector.state_dir)
    office = Office(settings, state, clock)
    yield Desk(Reception(office.posts, state.fleet, settings.fleet, clock), office, clock)
    state.database.close()


def test_a_year_after_its_end_a_certificate_renews_no_more(desk: Desk) -> None:
    """One day before it still does."""
    desk.enrol()
    desk.clock.pass_days(90 + 366)
    assert desk.refusal(desk.late()) == "too_late"
    desk.clock.pass_days(-2)
    assert signing.facts_of(desk.reception.renew_late(desk.late()).certificate).name == "pi-1"


def test_a_late_request_heard_again_is_refused(desk: Desk) -> None:
    """The number is used up, also when the first one was not granted."""
    desk.enrol()
    desk.clock.pass_days(100)
    request = desk.late()
    desk.reception.renew_late(request)
    assert desk.refusal(request) == "nonce_unknown"


def test_a_number_is_good_for_two_minutes(desk: Desk) -> None:
    """And is one that was given out."""
    desk.enrol()
    request = desk.late()
    desk.clock.pass_days(3 / 1440)
    assert desk.refusal(request) == "nonce_unknown"
    assert desk.refusal(replace(desk.late(), nonce="00")) == "nonce_unknown"


def test_a_certificate_without_its_key_renews_nothing(desk: Desk) -> None:
    """Certificates are no secret: whoever saw one has no key."""
    desk.enrol()
    desk.clock.pass_days(100)
    assert desk.refusal(desk.late(key=certificate.new_key())) == "not_known"


def test_the_request_cannot_be_exchanged_under_the_proof(desk: Desk) -> None:
    """The signature is over the new key as well."""
    desk.enrol()
    desk.clock.pass_days(100)
    other = certificate.request_for(certificate.new_key(), "pi-1")
    assert desk.refusal(replace(desk.late(), request=other)) == "not_known"


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ("certificate", "no certificate", "bad_request"),
        ("signature", "not base64!", "bad_request"),
        ("signature", "", "not_known"),
    ],
)
def test_a_late_request_that_is_none(desk: Desk, field: str, text: str, fault: str) -> None:
    """It is refused, and nothing is issued."""
    desk.enrol()
    desk.clock.pass_days(100)
    request = replace(desk.late(), **{field: text})
    assert desk.refusal(request) == fault
    assert len(desk.office.register.certificates("pi-1")) == 1


def test_a_foreign_certificate_of_the_same_name_renews_nothing(desk: Desk) -> None:
    """Signed by another authority, with a key that fits it."""
    desk.enrol()
    root = signing.new_root("other", desk.clock.now_ms())
    key = certificate.new_key()
    span = (desk.clock.now_ms(), desk.clock.now_ms() + 1_000_000)
    request = certificate.request_for(key, "pi-1")
    desk.pem, desk.key = signing.sign(root, request, "pi-1", "client", span), key
    assert desk.refusal(desk.late()) == "not_known"


def test_a_revoked_agent_is_let_in_by_no_door(desk: Desk) -> None:
    """Neither by its certificate nor by its key."""
    member = desk.enrol()
    desk.office.revoke("pi-1", "stolen")
    request = wire.RenewRequest(certificate.request_for(certificate.new_key(), "pi-1"))
    for ask in (desk.reception.standing, desk.reception.member):
        with pytest.raises(Refused, match="revoked"):
            ask(member)
    with pytest.raises(Refused, match="revoked"):
        desk.reception.renew(member, request)
    assert desk.refusal(desk.late()) == "revoked"


def test_who_is_not_asked_renews_no_sooner_than_after_an_hour(desk: Desk) -> None:
    """An agent gone wild fills no register."""
    member = desk.enrol()
    request = wire.RenewRequest(certificate.request_for(certificate.new_key(), "pi-1"))
    with pytest.raises(Refused, match="too_often"):
        desk.reception.renew(member, request)
    desk.clock.pass_days(1)
    for _ in range(room.MOST_LOST):  # each answer may have been lost on its way
        desk.reception.renew(member, request)
    with pytest.raises(Refused, match="too_often"):
        desk.reception.renew(member, request)


@pytest.mark.parametrize("text", ["", "garbage", "-----BEGIN CERTIFICATE REQUEST-----\nAA\n"])
def test_a_signing_request_that_is_none_spends_no_token(desk: Desk, text: str) -> None:
    """The agent may try again with the same token."""
    token = wire.token_of(desk.office.invite("pi-1", "sendai").token)
    with pytest.raises(Refused, match="bad_request"):
        desk.reception.enrol(wire.EnrolRequest(token.secret.hex(), text))
    good = certificate.request_for(certificate.new_key(), "pi-1")
    assert desk.reception.enrol(wire.EnrolRequest(token.secret.hex(), good)).certificate


@pytest.mark.parametrize("secret", ["", "zz", "00" * 10, "ü"])
def test_a_secret_that_is_none(desk: Desk, secret: str) -> None:
    """Whatever it is, the answer is the same."""
    with pytest.raises(Refused, match="token_unknown"):
        desk.reception.enrol(wire.EnrolRequest(secret, "x"))


def test_given_numbers_are_bounded() -> None:
    """Who asks for numbers and never uses them takes no memory; the newest ones still count."""
    nonces = Nonces()
    first = nonces.make(0)
    made = [nonces.make(1) for _ in range(room.MOST_NONCES)]
    assert not nonces.take(first, 2)
    assert nonces.take(made[-1], 2)
    assert not nonces.take(made[-1], 2)
