"""Identity files and tokens: what is read from them, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.fleet import signing
from edge_agent.config import MqttSettings
from edge_agent.contract import enrolment as wire
from edge_agent.enrolment import certificate
from edge_agent.enrolment.identity import Identity
from edge_agent.enrolment.refusals import refusal_for, refusal_of
from edge_agent.errors import StopError
from edge_agent.process.tls import client_context
from edge_agent.uplink.loss import certificate_refused, loss_of
from edge_agent.words import in_language

NOW_MS = 1_800_000_000_000
DAY_MS = 86_400_000


def issued(name: str = "pi-1", days: int = 90) -> tuple[str, str, str]:
    """Certificate, key and authority of an agent."""
    root, key = signing.new_root("test", NOW_MS), certificate.new_key()
    request = certificate.request_for(key, name)
    span = (NOW_MS - DAY_MS, NOW_MS + days * DAY_MS)
    return signing.sign(root, request, name, "client", span), key, root.certificate


def test_a_certificate_says_until_when(tmp_path: Path) -> None:
    """What the agent's health tells as days left."""
    pem, key, authorities = issued()
    identity = Identity(tmp_path)
    identity.put(pem, key, authorities)
    assert certificate.certificate_not_after_ms(identity.agent_file) == NOW_MS + 90 * DAY_MS
    held = certificate.read_certificate(identity.agent_file)
    assert held.half_life_ms == NOW_MS + 89 * DAY_MS // 2
    assert certificate.parts_of(identity.agent_file) == (pem, key)


@pytest.mark.parametrize("content", [None, "", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_where_there_is_no_certificate_there_is_no_end(tmp_path: Path, content: str | None) -> None:
    """A missing or a damaged file is no fault of the health message."""
    path = tmp_path / "agent.pem"
    if content is not None:
        path.write_text(content, encoding="ascii")
    assert certificate.certificate_not_after_ms(path) is None
    with pytest.raises(StopError, match="edge-agent enrol"):
        certificate.read_certificate(path)


def test_a_certificate_fits_its_key_and_name_alone() -> None:
    """What a server hands out is looked at before it is kept."""
    pem, key, authorities = issued()
    assert certificate.fits(pem, key, "pi-1")
    assert not certificate.fits(pem, key, "pi-2")
    assert not certificate.fits(pem, certificate.new_key(), "pi-1")
    assert not certificate.fits("x", key, "pi-1")
    assert certificate.fingerprints(authorities) == {signing.facts_of(authorities).fingerprint}
    assert certificate.fingerprints("x") == frozenset()


def test_an_authority_is_found_by_its_pin_among_others() -> None:
    """A bundle of two, as while a new root takes over."""
    first, second = issued()[2], issued()[2]
    pin = wire.pin_of(signing.facts_of(second).fingerprint)
    assert certificate.pinned(first + second, pin) == second
    assert certificate.pinned(first, pin) is None
    assert certificate.pinned("x", pin) is None


def test_a_folder_that_cannot_be_written_costs_no_token(tmp_path: Path) -> None:
    """It is told before anybody is asked."""
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(StopError, match="cannot be written"):
        Identity(tmp_path / "file" / "identity").prepare()


# Tokens and documents.


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=15, max_size=15))
def test_a_token_is_read_however_it_is_typed(secret: bytes, pin: bytes) -> None:
    """Capitals, spaces and missing dashes do not matter."""
    token = wire.Token(secret, pin)
    text = token.text()
    assert [len(part) for part in text.split("-")] == [5] * 8
    for typed in (text, text.upper(), text.replace("-", ""), f" {text.replace('-', ' ')}\n"):
        assert wire.token_of(typed) == token


@given(st.text(max_size=60))
def test_any_text_is_a_token_or_none(text: str) -> None:
    """Nothing else can come of it."""
    try:
        token = wire.token_of(text)
    except wire.EnrolmentError:
        return
    assert wire.token_of(token.text()) == token


@given(
    st.binary(max_size=200)
    | st.text(max_size=50).map(lambda text: f'{{"nonce": "{text}"}}'.encode())
)
def test_any_bytes_are_a_document_or_none(payload: bytes) -> None:
    """What an agent or a server sends is read, or refused with one error."""
    try:
        message = wire.decode(wire.Nonce, payload)
    except wire.EnrolmentError:
        return
    assert isinstance(message.nonce, str)


@pytest.mark.parametrize(
    "payload",
    [b"[]", b"{}", b'{"nonce": 1}', b"[" * 5000, b'{"nonce": "' + b"a" * 40_000 + b'"}'],
)
def test_what_is_no_document_of_a_kind_is_refused(payload: bytes) -> None:
    """Missing and wrong fields, depth and size."""
    with pytest.raises(wire.EnrolmentError):
        wire.decode(wire.Nonce, payload)


@pytest.mark.parametrize("fault", wire.FAULTS)
def test_every_reason_has_words_and_a_hint(fault: str) -> None:
    """In both languages: no plant engineer reads a code."""
    told = refusal_for(fault).told
    assert str(told) != in_language(told, "ja")
    document = wire.encode(wire.Refusal(fault, ""))
    assert refusal_of(document, 403).fault == fault


def test_an_answer_of_somebody_else_is_told_with_its_status() -> None:
    """A proxy or a web server in the fleet server's place."""
    assert "HTTP status 502" in refusal_of(b"<html>", 502).message


# TLS.


def test_certificate_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    """Missing, without a key, with another's key, with a key that wants a password."""
    pem, _, authorities = issued()
    own, key, ca = tmp_path / "own.pem", tmp_path / "own.key", tmp_path / "ca.pem"
    own.write_text(pem, encoding="ascii")
    ca.write_text(authorities, encoding="ascii")
    with pytest.raises(OSError, match=r"own\.pem") as no_key:
        client_context(ca, own)
    assert "no certificate with its key" in loss_of(no_key.value).reason
    key.write_text(certificate.new_key(), encoding="ascii")
    with pytest.raises(OSError, match=r"own\.pem"):
        client_context(ca, own, key)
    with pytest.raises(OSError, match=r"none\.pem"):
        client_context(ca, tmp_path / "none.pem")


@pytest.mark.parametrize(
    ("alert", "told"),
    [
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", "revoked"),
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "expired"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "wants a certificate"),
        ("TLSV1_ALERT_UNKNOWN_CA", "does not know who issued"),
    ],
)
def test_a_refused_certificate_is_told_in_words(alert: str, told: str) -> None:
    """As OpenSSL names them; anything else is no matter of certificates."""
    loss = certificate_refused(alert)
    assert loss is not None
    assert told in loss.reason
    assert certificate_refused("WRONG_VERSION_NUMBER") is None


def test_there_is_no_switch_that_leaves_a_name_unverified() -> None:
    """Neither settings nor the context offer one."""
    context = client_context(None)
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"
    assert not [key for key in MqttSettings.model_fields if "insecure" in key or "verify" in key]
