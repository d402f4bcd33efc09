"""Keys, requests and certificates of the agent, and the only file of enrolment with the library.

An identity is one PEM file: the certificate, then its private key (ECDSA P-256), mode 0600. One
file is replaced in one step, so a power cut never leaves a key beside another's certificate. The
key is made here and never leaves.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from edge_agent.errors import StopError
from edge_agent.words import said

MOST_BYTES = 64 * 1024
"""A file that is larger holds no identity of ours."""
_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What the library raises for bytes that are none, some of it not before they are looked at."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says: whose it is, and from when until when (UTC ms) it holds."""

    name: str
    serial: str
    not_before_ms: int
    not_after_ms: int

    @property
    def half_life_ms(self) -> int:
        """The instant from which on it should be renewed."""
        return (self.not_before_ms + self.not_after_ms) // 2


def certificate_not_after_ms(path: Path) -> int | None:
    """When the certificate in the PEM file at ``path`` ends (UTC ms); None when none is there."""
    try:
        return read_certificate(path).not_after_ms
    except StopError:
        return None


def read_certificate(path: Path) -> Certificate:
    """The first certificate in the PEM file. Raises ``StopError`` when there is none."""
    return certificate_of(_pem(path), str(path))


def certificate_of(pem: str, place: str) -> Certificate:
    """The first certificate in the text; ``place`` says where it is from.

    Raises ``StopError`` when there is none.
    """
    held = _certificate(pem, place)
    begin, end = held.not_valid_before_utc, held.not_valid_after_utc
    return Certificate(
        _common_name(held),
        f"{held.serial_number:x}",
        round(begin.timestamp() * 1000),
        round(end.timestamp() * 1000),
    )


def fingerprints(pem: str) -> frozenset[str]:
    """SHA-256 of each certificate in the text, in small hexadecimal; none for what is no PEM."""
    try:
        held = x509.load_pem_x509_certificates(pem.encode())
    except _UNREADABLE:
        return frozenset()
    return frozenset(one.fingerprint(hashes.SHA256()).hex() for one in held)


def pinned(pem: str, pin: bytes) -> str | None:
    """The certificate (PEM) in the text whose SHA-256 begins with ``pin``; None for none."""
    try:
        held = x509.load_pem_x509_certificates(pem.encode())
    except _UNREADABLE:
        return None
    for one in held:
        if one.fingerprint(hashes.SHA256()).startswith(pin):
            return one.public_bytes(serialization.Encoding.PEM).decode()
    return None


def new_key() -> str:
    """A new private key as PEM (PKCS 8, not encrypted: the file's mode protects it)."""
    return _key_pem(ec.generate_private_key(ec.SECP256R1()))


def request_for(key_pem: str, name: str) -> str:
    """A signing request (PKCS 10, PEM) for the key, its common name ``name``."""
    key = _private_key(key_pem, said("the new key"))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = request.sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def fits(certificate_pem: str, key_pem: str, name: str) -> bool:
    """Whether the certificate is one for this key and for ``name``."""
    try:
        held = _certificate(certificate_pem, "")
        key = _private_key(key_pem, "")
    except StopError:
        return False
    return held.public_key() == key.public_key() and _common_name(held) == name


def issued_by(certificate_pem: str, authorities_pem: str) -> bool:
    """Whether one of the authorities in the text signed the certificate."""
    held = _certificate(certificate_pem, "")
    for authority in x509.load_pem_x509_certificates(authorities_pem.encode()):
        try:
            held.verify_directly_issued_by(authority)
        except (ValueError, TypeError, InvalidSignature):
            continue
        return True
    return False


def parts_of(path: Path) -> tuple[str, str]:
    """Certificate and key of an identity file, each as PEM. Raises ``StopError``."""
    pem = _pem(path)
    held = _certificate(pem, str(path))
    key = _private_key(pem[pem.find("-----BEGIN PRIVATE KEY") :], str(path))
    return held.public_bytes(serialization.Encoding.PEM).decode(), _key_pem(key)


def signature(key_pem: str, message: bytes) -> bytes:
    """ECDSA with SHA-256 over the message: proof that one has the key."""
    return _private_key(key_pem, said("the identity")).sign(message, ec.ECDSA(hashes.SHA256()))


def _pem(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("ascii", errors="replace")
    except OSError as error:
        what = said("{file} cannot be read: {reason}", file=path, reason=error.strerror or error)
        raise StopError(what, _ENROL) from error


def _certificate(pem: str, place: str) -> x509.Certificate:
    try:
        return _looked_through(x509.load_pem_x509_certificate(pem.encode()))
    except _UNREADABLE as error:
        raise StopError(said("{file} holds no certificate", file=place), _ENROL) from error


def _looked_through(held: x509.Certificate) -> x509.Certificate:
    _ = held.subject, held.issuer, held.public_key(), held.not_valid_after_utc
    return held


def _private_key(pem: str, place: str) -> ec.EllipticCurvePrivateKey:
    key: PrivateKeyTypes | None = None
    with suppress(*_UNREADABLE):
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise StopError(said("{file} holds no private key of ours", file=place), _ENROL)
    return key


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain).decode()


def _common_name(held: x509.Certificate) -> str:
    names = held.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


_ENROL = said("enrol this agent: `edge-agent enrol`, with the line that its collector prints")
