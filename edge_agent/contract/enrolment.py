"""What an agent and its collector's fleet server say to each other about the agent's identity.

JSON documents over HTTPS. An agent comes with a one-time token and a signing request and leaves
with a certificate; later it renews the certificate, by mutual TLS as long as that holds, and by a
signature with its key when it has ended. After RFC 7030's model, without its ASN.1 envelopes. PURE.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

MOST_BYTES = 32 * 1024
"""A request or an answer that is longer is none of these."""
SECRET_BYTES = 10
PIN_BYTES = 15
_GROUP = 5
_TOKEN_LETTERS = 40

AUTHORITIES, ENROL, NONCE = "/authorities", "/enrol", "/nonce"
RENEW, RENEW_LATE, STANDING = "/renew", "/renew-late", "/standing"

Fault = Literal[
    "bad_request", "no_such_place", "token_unknown", "token_used", "token_expired", "other_agent",
    "not_known", "revoked", "too_late", "renewed_already", "nonce_unknown", "too_often",
    "no_certificate", "not_now",
]  # fmt: skip
"""Why a request is refused: the agent says it in its reader's language."""
FAULTS: tuple[Fault, ...] = get_args(Fault)


class EnrolmentError(ValueError):
    """A document or a token that is none of ours."""


@dataclass(frozen=True, slots=True)
class Token:
    """A one-time token: the ``secret``, and the ``pin`` by which the server's CA is known."""

    secret: bytes
    pin: bytes

    def text(self) -> str:
        """As people copy it: eight groups of five letters."""
        letters = base64.b32encode(self.secret + self.pin).decode().lower()
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    def digest(self) -> str:
        """What the collector keeps of the secret."""
        return hashlib.sha256(self.secret).hexdigest()


def token_of(text: str) -> Token:
    """The token as somebody typed it: spaces, dashes and capitals do not matter.

    Raises ``EnrolmentError``.
    """
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        whole = base64.b32decode(letters) if len(letters) == _TOKEN_LETTERS else b""
    except (binascii.Error, ValueError):
        whole = b""
    if len(whole) != SECRET_BYTES + PIN_BYTES:
        raise EnrolmentError("not a token")
    return Token(whole[:SECRET_BYTES], whole[SECRET_BYTES:])


def pin_of(fingerprint: str) -> bytes:
    """The part of a certificate's SHA-256 (hexadecimal) that a token carries: 120 bits."""
    return bytes.fromhex(fingerprint)[:PIN_BYTES]


@dataclass(frozen=True, slots=True)
class EnrolRequest:
    """An agent's first word: the token's secret (hexadecimal) and a signing request (PEM)."""

    secret: str
    request: str


@dataclass(frozen=True, slots=True)
class RenewRequest:
    """A signing request with a new key, over mutual TLS."""

    request: str


@dataclass(frozen=True, slots=True)
class LateRequest:
    """The same of an agent whose certificate has ended: it signs instead.

    ``signature`` is base64, by the key of ``certificate``, over ``late_message``.
    """

    request: str
    certificate: str
    nonce: str
    signature: str


@dataclass(frozen=True, slots=True)
class Issued:
    """The certificate, the authorities to trust (PEM), and where the broker is ("": as before)."""

    certificate: str
    authorities: str
    broker_url: str


@dataclass(frozen=True, slots=True)
class Nonce:
    """A number used once."""

    nonce: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How the fleet server sees an agent: whether it is to renew now ("yes" or "no")."""

    renew: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing came of a request."""

    fault: str
    detail: str


Message = EnrolRequest | RenewRequest | LateRequest | Issued | Nonce | Standing | Refusal
"""Each field of each is text."""
M = TypeVar("M", EnrolRequest, RenewRequest, LateRequest, Issued, Nonce, Standing, Refusal)


def late_message(nonce: str, request: str) -> bytes:
    """What is signed by an agent whose certificate has ended."""
    return b"mieruka renew\0" + nonce.encode() + b"\0" + request.encode()


def encode(message: Message) -> bytes:
    """The document of a message."""
    fields = {name: getattr(message, name) for name in type(message).__slots__}
    return json.dumps(fields).encode()


def decode(kind: type[M], payload: bytes) -> M:
    """The message in a document; further fields are passed over. Raises ``EnrolmentError``."""
    try:
        document: Any = json.loads(payload) if len(payload) <= MOST_BYTES else None
    except (ValueError, RecursionError) as error:
        raise EnrolmentError("not JSON") from error
    if not isinstance(document, dict):
        raise EnrolmentError("not a document of this kind")
    fields: dict[str, Any] = {name: document.get(name) for name in kind.__slots__}
    if not all(isinstance(value, str) for value in fields.values()):
        raise EnrolmentError("not a document of this kind")
    return kind(**fields)
