"""Agent and fleet server together, over real TLS: enrolled, renewed in time or late, refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError
from collector.fleet.roll import roll
from edge_agent.contract import enrolment as wire
from edge_agent.enrolment import certificate
from edge_agent.enrolment.client import FleetClient
from edge_agent.enrolment.enrol import enrol, keep
from edge_agent.enrolment.identity import Identity
from edge_agent.enrolment.refusals import Refusal
from edge_agent.enrolment.renewal import Renewal
from edge_agent.errors import AgentError, RetryLaterError, StopError
from tests.collector.fleet.plant import Fleet, HandClock, fleet_in


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """A fleet of today."""
    with fleet_in(tmp_path) as made:
        yield made


# First contact.


def test_a_token_becomes_a_certificate_for_the_agents_own_key(fleet: Fleet) -> None:
    """The name is the agent's, 90 days, the key is on the card alone and for its owner alone."""
    done = fleet.enrol("pi-1")
    identity = Identity.of(fleet.card("pi-1"))
    assert done.broker_url == "mqtts://127.0.0.1:8883"
    assert done.certificate.name == "pi-1"
    days = (done.certificate.not_after_ms - fleet.clock.now_ms()) / 86_400_000
    assert days == pytest.approx(90, abs=0.01)
    assert identity.agent_file.stat().st_mode & 0o777 == 0o600
    assert identity.folder.stat().st_mode & 0o777 == 0o700
    everywhere = [path for path in (fleet.folder / "state").rglob("*") if path.is_file()]
    _, key = certificate.parts_of(identity.agent_file)
    secret = key.splitlines()[1].encode()
    assert not [path for path in everywhere if secret in path.read_bytes()]


def test_only_a_digest_of_the_token_is_kept(fleet: Fleet) -> None:
    """Whoever reads the collector's files cannot enrol."""
    text = fleet.office.invite("pi-1", "sendai").token
    secret = wire.token_of(text).secret
    for path in (fleet.folder / "state").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert text.encode() not in content
        assert secret.hex().encode() not in content
        assert secret not in content


def test_a_token_is_good_once(fleet: Fleet) -> None:
    """The second card gets nothing."""
    token = fleet.office.invite("pi-1", "sendai").token
    fleet.enrol("pi-1", token=token)
    with pytest.raises(Refusal, match="used already"):
        fleet.enrol("pi-1", "other card", token)
    assert not Identity.of(fleet.card("other card")).agent_file.exists()


def test_a_token_is_good_for_ten_minutes(fleet: Fleet) -> None:
    """Then the line that was printed is worth nothing."""
    token = fleet.office.invite("pi-1", "sendai").token
    fleet.clock.pass_days(10 / 1440)
    with pytest.raises(Refusal, match="good for ten minutes"):
        fleet.enrol("pi-1", token=token)


def test_a_newer_token_voids_the_one_before(fleet: Fleet) -> None:
    """Of one agent there is one line that works."""
    first = fleet.office.invite("pi-1", "sendai").token
    fleet.office.invite("pi-1", "sendai")
    with pytest.raises(Refusal, match="over"):
        fleet.enrol("pi-1", token=first)


def test_a_token_for_another_agent_is_not_spent(fleet: Fleet) -> None:
    """Who typed the line on the wrong machine types it on the right one."""
    token = fleet.office.invite("pi-1", "sendai").token
    with pytest.raises(Refusal, match="another name"):
        fleet.enrol("pi-2", token=token)
    assert fleet.enrol("pi-1", token=token).certificate.name == "pi-1"


def test_a_new_card_ends_the_certificate_of_the_old_one(fleet: Fleet) -> None:
    """An agent enrolled anew has one card: the old one is revoked, at the broker too."""
    old = fleet.enrol("pi-1", "old").certificate
    fleet.enrol("pi-1", "new")
    with pytest.raises(Refusal, match="revoked"):
        fleet.renewal("pi-1", "old").run_once()
    assert fleet.renewal("pi-1", "new").run_once() == "holds"
    assert [one.serial for one in fleet.register.revoked(fleet.clock.now_ms())] == [old.serial]


def test_another_server_never_sees_the_secret(fleet: Fleet, tmp_path: Path) -> None:
    """A server with an authority of its own is told from ours by the token's pin."""
    other = tmp_path / "other"
    other.mkdir()
    token = fleet.office.invite("pi-1", "sendai").token
    with (
        fleet_in(other) as stranger,
        pytest.raises(StopError, match="not the one that made the token"),
    ):
        enrol(stranger.url, token, "pi-1", Identity.of(fleet.card("pi-1")))
    assert fleet.enrol("pi-1", token=token)


def test_a_server_of_another_name_is_refused(fleet: Fleet) -> None:
    """The name is verified from the first word on."""
    token = fleet.office.invite("pi-1", "sendai").token
    url = fleet.url.replace("127.0.0.1", "localhost")
    with pytest.raises(RetryLaterError, match="cannot prove who it is"):
        enrol(url, token, "pi-1", Identity.of(fleet.card("pi-1")))
    assert fleet.enrol("pi-1", token=token)


def test_a_server_that_is_away_costs_no_token(fleet: Fleet) -> None:
    """The error says where it looked."""
    token = fleet.office.invite("pi-1", "sendai").token
    with pytest.raises(RetryLaterError, match=r"https://127\.0\.0\.1:9 is away"):
        enrol("https://127.0.0.1:9", token, "pi-1", Identity.of(fleet.card("pi-1")))
    assert fleet.enrol("pi-1", token=token)


@pytest.mark.parametrize("text", ["", "abc", "aaaaa-" * 7 + "1!111", "ä" * 40])
def test_what_is_no_token_goes_nowhere(text: str, tmp_path: Path) -> None:
    """It is told before anything is sent."""
    with pytest.raises(StopError, match="not a token"):
        enrol("https://127.0.0.1:9", text, "pi-1", Identity.of(tmp_path))


def test_wrong_tokens_are_bounded(fleet: Fleet) -> None:
    """After ten that were refused an address is heard once a minute; its agents always are."""
    fleet.enrol("pi-0")
    pin = wire.pin_of(fleet.office.posts().authority.fingerprints[0])
    said = []
    for number in range(13):
        wrong = wire.Token(number.to_bytes(wire.SECRET_BYTES, "big"), pin)
        with pytest.raises(Refusal) as refused:
            fleet.enrol("pi-1", token=wrong.text())
        said.append(refused.value.fault)
    assert said == ["token_unknown"] * 10 + ["too_often"] * 3
    assert fleet.renewal("pi-0").run_once() == "holds"


# Renewal.


def test_a_certificate_is_renewed_at_half_of_its_life(tmp_path: Path) -> None:
    """Not before; with a new key; and the server learns that the new one has come."""
    with fleet_in(tmp_path, days_ago=60) as fleet:
        first = fleet.enrol("pi-1").certificate
        renewal = fleet.renewal("pi-1")
        fleet.clock.pass_days(44)
        assert renewal.run_once() == "holds"
        fleet.clock.pass_days(2)
        _, old_key = certificate.parts_of(Identity.of(fleet.card("pi-1")).agent_file)
        assert renewal.run_once() == "renewed"
        _, new_key = certificate.parts_of(Identity.of(fleet.card("pi-1")).agent_file)
        second = fleet.held("pi-1")
        assert second.serial != first.serial
        assert second.not_after_ms - first.not_after_ms == pytest.approx(46 * 86_400_000, abs=2000)
        assert old_key != new_key
        row = roll(fleet.service.state, fleet.clock.now_ms())[0]
        assert (row.serial, row.standing) == (second.serial, "good")
        assert fleet.register.certificate(second.serial).seen_ms == fleet.clock.now_ms()  # type: ignore[union-attr]


def test_an_answer_that_was_lost_is_asked_for_again(tmp_path: Path) -> None:
    """A card that never got its new certificate renews with the old one: that is no copy."""
    with fleet_in(tmp_path, days_ago=60) as fleet:
        fleet.enrol("pi-1")
        fleet.clock.pass_days(46)
        before = Identity.of(fleet.card("pi-1"))
        lost = FleetClient(fleet.url, before.ca_file)
        request = wire.RenewRequest(certificate.request_for(certificate.new_key(), "pi-1"))
        lost.send(wire.RENEW, request, lost.known(before.agent_file))
        assert fleet.renewal("pi-1").run_once() == "renewed"
        assert roll(fleet.service.state, fleet.clock.now_ms())[0].standing == "good"


def test_an_agent_whose_certificate_has_ended_proves_that_it_has_the_key(tmp_path: Path) -> None:
    """A certificate that ended 50 days ago completes no handshake, and is renewed all the same."""
    with fleet_in(tmp_path, days_ago=200) as fleet:
        first = fleet.enrol("pi-1").certificate
        fleet.clock.pass_days(140)
        assert roll(fleet.service.state, fleet.clock.now_ms())[0].standing == "expired"
        assert fleet.renewal("pi-1").first_wait_s() <= 60
        assert fleet.renewal("pi-1").run_once() == "renewed late"
        assert fleet.renewal("pi-1").first_wait_s() >= 60
        assert fleet.held("pi-1").not_after_ms > first.not_after_ms
        assert fleet.renewal("pi-1").run_once() == "holds"


def test_a_clock_that_lags_behind_does_not_lock_an_agent_out(tmp_path: Path) -> None:
    """The agent shows a certificate it takes for good; the server says it has ended."""
    with fleet_in(tmp_path, days_ago=200) as fleet:
        fleet.enrol("pi-1")
        behind = Renewal(fleet.url, "pi-1", fleet.card("pi-1"), HandClock(days_ago=200))
        fleet.clock.pass_days(140)
        assert behind.run_once() == "renewed late"


def test_an_agent_renews_when_it_is_asked_to(fleet: Fleet) -> None:
    """Long before half of its life, and once."""
    first = fleet.enrol("pi-1").certificate
    assert fleet.renewal("pi-1").run_once() == "holds"
    fleet.office.ask_to_renew(["pi-1"])
    assert fleet.renewal("pi-1").run_once() == "renewed"
    assert fleet.renewal("pi-1").run_once() == "holds"
    assert fleet.held("pi-1").serial != first.serial


def test_a_revoked_agent_is_refused_from_the_next_request_on(fleet: Fleet) -> None:
    """Without the broker and without any list: the register is asked."""
    fleet.enrol("pi-1")
    fleet.office.revoke("pi-1", "stolen")
    with pytest.raises(Refusal, match="revoked"):
        fleet.renewal("pi-1").run_once()
    row = roll(fleet.service.state, fleet.clock.now_ms())[0]
    assert (row.standing, row.note) == ("revoked", "stolen")


def test_trouble_is_told_once_until_it_is_over(
    fleet: Fleet, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that is away for days fills no log; the return is told."""
    caplog.set_level(logging.INFO, logger="edge_agent")
    fleet.enrol("pi-1")
    away = Renewal("https://127.0.0.1:9", "pi-1", fleet.card("pi-1"), fleet.clock)
    for _ in range(3):
        away.tend()
    away._client = FleetClient(fleet.url, Identity.of(fleet.card("pi-1")).ca_file)
    away.tend()
    lines = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert [level for level, text in lines if "cannot be renewed" in text] == [logging.WARNING]
    good = "this agent's certificate is good for 90 days"
    assert [text for _, text in lines if "good for" in text] == [good]


def test_a_certificate_near_its_end_is_an_alarm(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two weeks before it ends somebody has to look."""
    with fleet_in(tmp_path, days_ago=80) as fleet:
        fleet.enrol("pi-1")
        fleet.clock.pass_days(80)
        Renewal("https://127.0.0.1:9", "pi-1", fleet.card("pi-1"), fleet.clock).tend()
    (told,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert told.getMessage().startswith("ALARM: 10 days are left: the certificate cannot be")


# Hostile agents.


def test_an_agent_gets_no_certificate_of_another_name(fleet: Fleet) -> None:
    """Its own certificate opens its own renewal alone."""
    fleet.enrol("pi-1")
    fleet.enrol("pi-2")
    fleet.office.ask_to_renew(["pi-1"])
    identity = Identity.of(fleet.card("pi-1"))
    client = FleetClient(fleet.url, identity.ca_file)
    request = wire.RenewRequest(certificate.request_for(certificate.new_key(), "pi-2"))
    with pytest.raises(Refusal, match="another name"):
        client.send(wire.RENEW, request, client.known(identity.agent_file))


def test_members_places_want_a_certificate(fleet: Fleet) -> None:
    """Who shows none is a stranger there."""
    fleet.enrol("pi-1")
    client = FleetClient(fleet.url, Identity.of(fleet.card("pi-1")).ca_file)
    with pytest.raises(Refusal, match="not known"):
        client.send(wire.RENEW, wire.RenewRequest("x"), client.known())
    with pytest.raises(Refusal, match="not known"):
        client.get(wire.STANDING, client.known())


def test_a_certificate_of_another_authority_opens_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """TLS ends the conversation before it begins."""
    fleet.enrol("pi-1")
    other = tmp_path / "other"
    other.mkdir()
    with fleet_in(other) as stranger:
        stranger.enrol("pi-1")
        foreign = Identity.of(stranger.card("pi-1")).agent_file
    client = FleetClient(fleet.url, Identity.of(fleet.card("pi-1")).ca_file)
    with pytest.raises(AgentError):
        client.get(wire.STANDING, client.known(foreign))


def test_the_collectors_own_certificate_renews_nothing(fleet: Fleet) -> None:
    """It is of the same authority, and no agent's."""
    fleet.enrol("pi-1")
    client = FleetClient(fleet.url, Identity.of(fleet.card("pi-1")).ca_file)
    with pytest.raises(Refusal, match="not known"):
        client.get(wire.STANDING, client.known(fleet.office.posts().certificates["collector"]))


# Copied cards.


def test_a_copied_card_is_noticed_when_it_renews(tmp_path: Path) -> None:
    """The card that comes second is refused, and the list says that there are two."""
    with fleet_in(tmp_path, days_ago=60) as fleet:
        fleet.enrol("pi-1")
        fleet.copy("pi-1", "copy")
        fleet.clock.pass_days(46)
        assert fleet.renewal("pi-1").run_once() == "renewed"
        with pytest.raises(Refusal, match="by another card"):
            fleet.renewal("pi-1", "copy").run_once()
        row = roll(fleet.service.state, fleet.clock.now_ms())[0]
        assert row.standing == "seen twice"
        assert row.note == "one certificate was renewed twice"


def test_two_cards_that_renew_at_the_same_moment_are_noticed(tmp_path: Path) -> None:
    """Both got a certificate before either came back with it."""
    with fleet_in(tmp_path, days_ago=60) as fleet:
        fleet.enrol("pi-1")
        fleet.copy("pi-1", "copy")
        fleet.clock.pass_days(46)
        for card in ("pi-1", "copy"):
            identity = Identity.of(fleet.card(card))
            client, key = FleetClient(fleet.url, identity.ca_file), certificate.new_key()
            request = wire.RenewRequest(certificate.request_for(key, "pi-1"))
            answer = client.send(wire.RENEW, request, client.known(identity.agent_file))
            keep(answer, key, "pi-1", identity)
        assert fleet.renewal("pi-1").run_once() == "holds"
        assert roll(fleet.service.state, fleet.clock.now_ms())[0].standing == "good"
        assert fleet.renewal("pi-1", "copy").run_once() == "holds"
        row = roll(fleet.service.state, fleet.clock.now_ms())[0]
        assert row.note == "two certificates of one renewal are in use"


def test_an_agent_enrolled_anew_is_no_longer_seen_twice(tmp_path: Path) -> None:
    """The sign of a copy is over when its certificate is."""
    with fleet_in(tmp_path, days_ago=60) as fleet:
        fleet.enrol("pi-1")
        fleet.copy("pi-1", "copy")
        fleet.clock.pass_days(46)
        fleet.renewal("pi-1").run_once()
        with pytest.raises(Refusal):
            fleet.renewal("pi-1", "copy").run_once()
        fleet.clock.pass_days(0.1)
        fleet.enrol("pi-1", "new card")
        assert roll(fleet.service.state, fleet.clock.now_ms())[0].standing == "good"


# A new root.


def test_a_new_root_takes_over_without_a_gap(fleet: Fleet) -> None:
    """Agents renew, then the servers' certificates follow; at each moment all trust each other."""
    fleet.enrol("pi-1")
    fleet.enrol("pi-2")
    with pytest.raises(CollectorError, match="the broker does not trust the new root yet"):
        fleet.office.begin_new_root()
    fleet.office.ask_to_renew(["pi-1", "pi-2"])
    fleet.clock.pass_days(0.01)
    assert fleet.renewal("pi-1").run_once() == "renewed"
    assert fleet.renewal("pi-2").run_once() == "renewed"
    with pytest.raises(CollectorError, match="its old certificate still"):
        fleet.office.finish_new_root()
    fleet.clock.pass_days(0.1)
    assert fleet.renewal("pi-1").run_once() == "holds"
    assert len(fleet.office.posts().authority.roots) == 1


def test_an_old_root_stays_while_agents_need_it(tmp_path: Path) -> None:
    """Who has not renewed would be locked out: that wants --force."""
    with fleet_in(tmp_path, more='reload_command = ["true"]') as fleet:
        fleet.enrol("pi-1")
        assert fleet.office.begin_new_root() == 1
        with pytest.raises(CollectorError, match="1 agent has not renewed: pi-1"):
            fleet.office.finish_new_root()
        assert len(fleet.office.finish_new_root(force=True)) == 3
        with pytest.raises(RetryLaterError, match="cannot prove who it is"):
            fleet.renewal("pi-1").run_once()
        with pytest.raises(CollectorError, match="one root alone"):
            fleet.office.finish_new_root()
