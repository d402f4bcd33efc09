"""The authority's folder: what is in it, who may read it, what is signed, what is made anew."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from collector.errors import CollectorError, StopError
from collector.fleet import signing
from collector.fleet.authority import Authority
from collector.fleet.office import Office
from collector.fleet.service import FleetService
from collector.state import open_state
from tests.collector.fleet.plant import DAY_MS, HandClock, fleet_in, settings_in


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office whose authority has been made today."""
    settings = settings_in(tmp_path)
    state = open_state(settings.collector.state_dir)
    made = Office(settings, state, HandClock())
    made.found()
    yield made
    state.database.close()


def test_keys_are_for_the_collector_alone(office: Office) -> None:
    """The root's key above all; the broker's can be given to the broker's group."""
    modes = {
        path.name: path.stat().st_mode & 0o777
        for path in office.folder.rglob("*")
        if path.is_file() and "PRIVATE KEY" in path.read_text("ascii")
    }
    assert modes == {
        "root-1.key": 0o600,
        "server.pem": 0o600,
        "collector.pem": 0o600,
        "broker.pem": 0o640,
    }


def test_openssl_finds_every_certificate_good_for_its_purpose_alone(office: Office) -> None:
    """A server's is no client's, a client's no server's; judged by openssl itself."""
    ca, folder = str(office.posts().ca_file), office.folder
    agent = folder / "agent.crt"
    request = signing.request_for(signing.new_key(), "pi-1")
    authority = office.posts().authority
    agent.write_text(authority.issue_agent(request, "pi-1", office.now_ms(), 90), "ascii")
    for name, purpose, good in (
        ("server.pem", "sslserver", True),
        ("server.pem", "sslclient", False),
        ("broker/broker.pem", "sslserver", True),
        ("broker/broker.pem", "sslclient", False),
        ("collector.pem", "sslclient", True),
        ("collector.pem", "sslserver", False),
        ("agent.crt", "sslclient", True),
        ("agent.crt", "sslserver", False),
    ):
        words = ["openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", ca]
        done = subprocess.run([*words, str(folder / name)], capture_output=True, check=False)
        assert (done.returncode == 0) is good, (name, purpose, done.stderr)


def test_a_list_of_revoked_certificates_never_ends_before_the_authority(office: Office) -> None:
    """A list that had ended would lock every agent out."""
    text = (office.posts().broker_folder / "revoked.crl").read_bytes()
    listed = x509.load_pem_x509_crl(text)
    root = x509.load_pem_x509_certificate(office.posts().ca_file.read_bytes())
    assert listed.next_update_utc == root.not_valid_after_utc
    assert list(listed) == []


def test_a_certificate_holds_on_a_clock_that_is_a_day_late(office: Office) -> None:
    """A board without a clock of its own starts in the past."""
    facts = signing.facts_of((office.folder / "server.pem").read_text("ascii"))
    assert office.now_ms() - facts.not_before_ms == pytest.approx(DAY_MS, abs=2000)


def test_names_and_addresses_of_a_server_are_both_certified(office: Office) -> None:
    """Agents may be given a name or an IP address."""
    file = office.posts().write_server(
        "broker", ["mqtt.example.com", "192.0.2.7", "2001:db8::1"], office.now_ms()
    )
    names = signing.hosts_of(file.read_text("ascii"))
    assert names == ["mqtt.example.com", "192.0.2.7", "2001:db8::1"]


def test_an_authority_is_made_once(office: Office) -> None:
    """A second one would cut every agent off."""
    with pytest.raises(StopError, match="there is an authority already"):
        office.found()


def test_without_an_authority_there_is_a_hint(tmp_path: Path) -> None:
    """Also for the server."""
    settings = settings_in(tmp_path)
    with pytest.raises(StopError, match="collector fleet init"):
        FleetService(settings)


def test_a_damaged_authority_is_told(office: Office) -> None:
    """A key that is another's, or none: nothing is signed with it."""
    (office.folder / "root-1.key").write_text(signing.new_key(), encoding="ascii")
    with pytest.raises(StopError, match="the key is another's"):
        office.posts()
    (office.folder / "root-1.key").write_text("x", encoding="ascii")
    with pytest.raises(StopError, match="not a private key"):
        office.posts()


def test_a_server_that_nobody_has_named_is_told(tmp_path: Path) -> None:
    """Without [fleet] url there is no name to certify."""
    settings = settings_in(tmp_path)
    bare = settings.model_copy(
        update={"fleet": settings.fleet.model_copy(update={"url": "", "broker_url": ""})}
    )
    state = open_state(settings.collector.state_dir)
    try:
        with pytest.raises(StopError, match="not told by which names"):
            Office(bare, state, HandClock()).found()
        office = Office(bare, state, HandClock())
        office.found(["192.0.2.1"])
        with pytest.raises(CollectorError, match=r"\[fleet\] url or broker_url is not set"):
            office.invite("pi-1", "sendai")
    finally:
        state.database.close()


def test_an_agent_cannot_have_the_collectors_name(office: Office) -> None:
    """The broker's list would let it hear and answer everybody."""
    with pytest.raises(CollectorError, match="the collector's own name"):
        office.invite("collector", "sendai")


def test_a_request_for_a_weak_or_odd_key_is_refused(office: Office) -> None:
    """P-256 alone: what a board can prove quickly and a broker verifies."""
    key = rsa.generate_private_key(65537, 1024)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pi-1")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    text = request.public_bytes(Encoding.PEM).decode()
    with pytest.raises(signing.SigningError, match="a key of a kind"):
        office.posts().authority.issue_agent(text, "pi-1", office.now_ms(), 90)


def test_of_a_request_only_the_key_counts(office: Office) -> None:
    """Whatever else it asks for, the name and the rights are the collector's to give."""
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "collector")])
    wishes = x509.CertificateSigningRequestBuilder().subject_name(subject)
    wishes = wishes.add_extension(x509.BasicConstraints(ca=True, path_length=9), critical=True)
    text = wishes.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()
    pem = office.posts().authority.issue_agent(text, "pi-1", office.now_ms(), 90)
    got = x509.load_pem_x509_certificate(pem.encode())
    assert signing.facts_of(pem).name == "pi-1"
    assert not got.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_servers_own_certificates_are_renewed_at_half_of_their_life(tmp_path: Path) -> None:
    """For the names they had; the server shows the new one to whoever comes next."""
    with fleet_in(tmp_path, days_ago=300, more='reload_command = ["true"]') as fleet:
        assert fleet.service.care_once() == []
        before = ssl.get_server_certificate(("127.0.0.1", fleet.service.port))
        fleet.clock.pass_days(200)
        lines = fleet.service.care_once()
        assert len(lines) == 3
        after = ssl.get_server_certificate(("127.0.0.1", fleet.service.port))
        assert before != after
        assert signing.hosts_of(after) == ["127.0.0.1"]
        assert fleet.service.care_once() == []


def test_an_access_list_with_the_rules_of_an_older_version_is_renewed(tmp_path: Path) -> None:
    """And the broker told; who is shut out stays so."""
    with fleet_in(tmp_path, more='reload_command = ["false"]') as fleet:
        fleet.enrol("pi-1")
        fleet.office.revoke("pi-1", "stolen")
        acl = fleet.office.folder / "broker/acl"
        wanted = acl.read_text("ascii")
        acl.write_text("user collector\ntopic read #\n", encoding="ascii")
        renewed, told = fleet.service.care_once()
        assert renewed == "the broker's access list is renewed"
        assert told == "the broker goes by its old files still: `false` failed: exit code 1"
        assert acl.read_text("ascii") == wanted
        assert "user pi-1\ntopic deny #\n" in wanted
        assert fleet.service.care_once() == []


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ('["false"]', "`false` failed: exit code 1"),
        ('["/no/such/command"]', "No such file"),
        ('["sh", "-c", "echo no rights >&2; exit 3"]', "no rights"),
    ],
)
def test_a_broker_that_cannot_be_told_is_told_of(tmp_path: Path, command: str, fault: str) -> None:
    """The revocation stands; a person must restart the broker."""
    with fleet_in(tmp_path, more=f"reload_command = {command}") as fleet:
        fleet.enrol("pi-1")
        assert fault in fleet.office.revoke("pi-1", "stolen").reload_fault
        with pytest.raises(CollectorError, match="revoked already"):
            fleet.office.revoke("pi-1", "again")
        with pytest.raises(CollectorError, match="there is no agent pi-7"):
            fleet.office.revoke("pi-7", "stolen")


def test_a_revocation_is_in_the_list_of_each_root(tmp_path: Path) -> None:
    """The broker asks the list of whoever signed."""
    with fleet_in(tmp_path, more='reload_command = ["true"]') as fleet:
        serial = int(fleet.enrol("pi-1").certificate.serial, 16)
        fleet.office.begin_new_root()
        fleet.office.revoke("pi-1", "stolen")
        text = (fleet.office.posts().broker_folder / "revoked.crl").read_bytes()
        parts = text.split(b"-----END X509 CRL-----\n")[:-1]
        lists = [x509.load_pem_x509_crl(part + b"-----END X509 CRL-----\n") for part in parts]
        assert [[row.serial_number for row in one] for one in lists] == [[serial], [serial]]
        with pytest.raises(StopError, match="taking over already"):
            fleet.office.begin_new_root()


def test_a_root_survives_being_read_again(office: Office) -> None:
    """The authority of a folder is the same after a restart."""
    again = Authority(office.folder, office.register)
    assert again.fingerprints == office.posts().authority.fingerprints


def test_a_root_without_its_key_is_told_with_the_two_ways_on(office: Office) -> None:
    """So a backup without secrets leaves it: `init` must not say that all is there."""
    (office.folder / "root-1.key").unlink()
    told = (
        r"root-1.key is missing: nothing can be signed \(bring it back .* move the folder .* away"
    )
    with pytest.raises(StopError, match=told):
        office.posts()
    with pytest.raises(StopError, match=told):
        office.found()
    office.folder.rename(office.folder.with_name("fleet.before"))
    office.found()
    assert office.invite("pi-1", "sendai").line


@pytest.mark.parametrize("host", ["a.example", "mosquitto", "a_b-1.example", "127.0.0.1", "::1"])
def test_a_server_is_called_by_name_or_address(office: Office, host: str) -> None:
    """What a person may type is in the certificate as it was typed."""
    file = office.posts().write_server("server", [host], office.now_ms())
    assert signing.hosts_of(file.read_text("ascii")) == [host]


def test_a_name_that_is_none_founds_nothing(tmp_path: Path) -> None:
    """Else the next try would find half an authority."""
    settings, clock = settings_in(tmp_path), HandClock()
    state = open_state(settings.collector.state_dir)
    try:
        other = Office(settings, state, clock)
        with pytest.raises(CollectorError, match="is no name of a server"):
            other.found(["bad name"])
        assert not other.folder.exists()
        other.found(["a.example"])
    finally:
        state.database.close()


def test_a_name_that_is_none_changes_no_certificate(office: Office) -> None:
    """The one that is there stays."""
    before = (office.folder / "server.pem").read_bytes()
    for wrong in ("bad name!", "a..example", "-a.example", "1.2.3.4:88", "x" * 254, ""):
        with pytest.raises(CollectorError, match="is no name of a server"):
            office.posts().write_server("server", ["a.example", wrong], office.now_ms())
    assert (office.folder / "server.pem").read_bytes() == before
