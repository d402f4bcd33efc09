"""Keys, certificates and revocation lists, and the only file of this room with the library.

ECDSA on P-256 with SHA-256 throughout (RFC 5280, RFC 5480): every broker, TLS library and board of
the last ten years has it, and a handshake costs a Pi two milliseconds. PEM text in and out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_DAYS = 7305
"""Twenty years: agents stay in a plant longer than those who installed them."""
BACKDATED = timedelta(hours=24)
"""A board without a clock of its own starts at yesterday: what is issued today must hold there."""
Purpose = Literal["server", "client"]
_USAGE = {
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "client": ExtendedKeyUsageOID.CLIENT_AUTH,
}

_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What the library raises for bytes that are none, some of it not before they are looked at."""


class SigningError(ValueError):
    """A text that is not the key, certificate or request it should be."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a certificate says. Instants are UTC ms, ``fingerprint`` is SHA-256 in hexadecimal."""

    name: str
    serial: str
    not_before_ms: int
    not_after_ms: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Root:
    """An authority: its certificate and its private key, both PEM."""

    certificate: str
    key: str


def new_key() -> str:
    """A new private key (PKCS 8, not encrypted: the file's mode protects it)."""
    return _key_pem(ec.generate_private_key(ec.SECP256R1()))


def new_root(title: str, at_ms: int) -> Root:
    """A new authority, for twenty years, that may sign certificates and revocation lists alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, title)])
    begin = _moment(at_ms) - BACKDATED
    usage = _key_usage(signs=True)
    public = key.public_key()
    builder = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=ROOT_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return Root(_pem(builder.sign(key, hashes.SHA256())), _key_pem(key))


def sign(
    root: Root,
    request: str,
    name: str,
    purpose: Purpose,
    span_ms: tuple[int, int],
    hosts: Sequence[str] = (),
) -> str:
    """A certificate for the key of the request, from the first instant to the second.

    Of the request only the key counts: the ``name`` (CN), the ``hosts`` (names or IP addresses)
    and the purpose are ours. Raises ``SigningError`` for a request that is none of ours.
    """
    issuer = _certificate(root.certificate)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    public = _requested_key(request)
    authority_key = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateBuilder(issuer.subject, subject, public, x509.random_serial_number())
        .not_valid_before(_moment(span_ms[0]))
        .not_valid_after(min(_moment(span_ms[1]), issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_USAGE[purpose]]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_key),
            critical=False,
        )
    )
    if hosts:
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    return _pem(builder.sign(_private_key(root.key), hashes.SHA256()))


def request_for(key: str, name: str) -> str:
    """A signing request for a key of our own."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(_private_key(key), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def requested_name(request: str) -> str:
    """The common name in a request, "" for none. Raises ``SigningError``."""
    return _common_name(_request(request).subject)


def revocations(root: Root, serials: Iterable[tuple[str, int]], at_ms: int) -> str:
    """The authority's list of revoked serial numbers (hexadecimal), each with its instant.

    It ends with the authority itself: a list that ended sooner, on a broker where nobody renews
    it, would lock the whole fleet out.
    """
    issuer = _certificate(root.certificate)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(_moment(at_ms) - BACKDATED)
        .next_update(issuer.not_valid_after_utc)
    )
    for serial, revoked_ms in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
        builder = builder.add_revoked_certificate(
            entry.revocation_date(_moment(revoked_ms)).build()
        )
    signed = builder.sign(_private_key(root.key), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def facts_of(pem: str) -> Facts:
    """What the first certificate in the text says. Raises ``SigningError``."""
    held = _certificate(pem)
    return Facts(
        _common_name(held.subject),
        f"{held.serial_number:x}",
        round(held.not_valid_before_utc.timestamp() * 1000),
        round(held.not_valid_after_utc.timestamp() * 1000),
        held.fingerprint(hashes.SHA256()).hex(),
    )


def hosts_of(pem: str) -> list[str]:
    """The names and IP addresses that a server's certificate is for."""
    try:
        extensions = _certificate(pem).extensions
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def issuer_of(pem: str, roots: Iterable[str]) -> str | None:
    """The fingerprint of the one of the authorities (PEM) that signed it, None for none of them.

    Only the signature is judged, not the time. Raises ``SigningError``.
    """
    held = _certificate(pem)
    for root in roots:
        try:
            held.verify_directly_issued_by(_certificate(root))
        except (ValueError, TypeError, InvalidSignature):
            continue
        return facts_of(root).fingerprint
    return None


def is_signed(pem: str, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the certificate's key signed the message. Raises ``SigningError``."""
    key = _certificate(pem).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def fits(certificate: str, key: str) -> bool:
    """Whether the certificate is one for this private key. Raises ``SigningError``."""
    return _certificate(certificate).public_key() == _private_key(key).public_key()


def _request(pem: str) -> x509.CertificateSigningRequest:
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        _ = request.subject
        return request
    except _UNREADABLE as error:
        raise SigningError("not a signing request") from error


def _requested_key(pem: str) -> ec.EllipticCurvePublicKey:
    request = _request(pem)
    try:
        key, sound = request.public_key(), request.is_signature_valid
    except (*_UNREADABLE, InvalidSignature) as error:
        raise SigningError("a signing request with a key of a kind that is not used") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SigningError("a signing request with a key of a kind that is not used")
    if not sound:
        raise SigningError("a signing request that its key did not sign")
    return key


def _certificate(pem: str) -> x509.Certificate:
    try:
        held = x509.load_pem_x509_certificate(pem.encode())
        _ = held.subject, held.issuer, held.public_key(), held.not_valid_after_utc
        return held
    except _UNREADABLE as error:
        raise SigningError("not a certificate") from error


def _private_key(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except _UNREADABLE as error:
        raise SigningError("not a private key") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SigningError("not a private key of ours")
    return key


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain).decode()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _moment(at_ms: int) -> datetime:
    # Certificates know whole seconds.
    return datetime.fromtimestamp(at_ms // 1000, UTC)


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
