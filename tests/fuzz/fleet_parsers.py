"""What comes of remote care, identities, open data and backups."""

from __future__ import annotations

import datetime
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from collector.backup.manifest import manifest_in
from collector.backup.points import points_in
from collector.errors import CollectorError
from collector.fleet import signing
from collector.fleet.http_text import BadRequestError, head_of
from collector.outlet import payload as sparkplug
from collector.outlet.edge_node import asks_rebirth
from edge_agent.care.pushed import pushed_in
from edge_agent.contract import care, enrolment, health
from edge_agent.contract.care import Answer, Ask, ConfigState
from edge_agent.contract.wire import WireError
from edge_agent.enrolment import certificate
from edge_agent.errors import AgentError
from edge_agent.packages import archive, keys
from edge_agent.packages.manifest import (
    Manifest,
    PackageError,
    Packed,
    decode_manifest,
    encode_manifest,
)
from tests.fuzz.file_parsers import in_file
from tests.fuzz.message_parsers import _JSON, _NOW_MS
from tests.fuzz.parser import Parser

_TEXT = "[[meters]]\nid = 'main'\n"
_PUSH = Ask(
    *("q1", "sendai-1", "config", "anne", _NOW_MS, _NOW_MS + 60_000),
    {"settings": _TEXT, "version": 3, "digest": care.settings_digest(_TEXT), "over-local": True},
)
_ANSWER = Answer("q1", "sendai-1", "read", "done", _NOW_MS, 5, "ok", "", {"values": [1.5, None]})
_STATE = ConfigState("sendai-1", _NOW_MS, 3, "", "", False, 0, 3, "in-use", "")
_HEALTH = health.Health(
    *("sendai-1", _NOW_MS, "0.1.0", "synchronised", 5.0, 10, 0),
    outbox_oldest_s=1.5,
    board_celsius=48.5,
)
_HEAD = b"POST /1/enrol HTTP/1.1\r\nHost: c\r\nContent-Length: 12\r\n\r\n"
_METRIC = sparkplug.Metric("Node Control/Rebirth", _NOW_MS, sparkplug.BOOLEAN, True)
_PAYLOAD = sparkplug.Payload(_NOW_MS, 0, (_METRIC,))
_MANIFEST = {
    "format": 1, "program": "0.1.0", "collector": "hq", "with_secrets": False, "began_ms": 1,
    "ended_ms": 2, "state_layout": 1, "series": 1, "cut_out": ["mqtt.password"],
    "members": [{"name": "points", "bytes": 5, "sha256": "0" * 64, "points": 1}],
    "files": [{"key": "mqtt.password_file", "path": "p", "mode": 384, "secret": True,
               "member": ""}],
}  # fmt: skip
_POINTS = (
    b'{"measurement":"reading","site":"sendai","meter":"main","at_ms":[1,2],'
    b'"fields":{"active_power_w":[1.5,null]}}\n'
)


def _pem() -> bytes:
    """A certificate that holds for ever, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sendai-1")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM) + private


_PEM = _pem()
_KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
_SIGNER = keys.public_text(_KEY.public_key())
_NAMED = Packed("meter.toml", hashlib.sha256(b"x").hexdigest(), 1)
_PACKED = encode_manifest(Manifest("profiles", "1.2", _NOW_MS, (_NAMED,), "0.1", False, "en", "ja"))


def _package() -> bytes:
    """A package that is signed and whole."""
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder) / "meter.toml", Path(folder) / "p.zip"
        source.write_bytes(b"x")
        archive.pack(path, decode_manifest(_PACKED), [source], _KEY)
        return path.read_bytes()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _document(name: str, decode: Callable[[bytes], object], fields: Iterable[str]) -> Parser:
    seed = json.dumps(dict.fromkeys(fields, "text")).encode()
    return Parser(name, decode, (enrolment.EnrolmentError,), (seed,), _JSON)


def _message(name: str, decode: Callable[[bytes], object], *seeds: bytes) -> Parser:
    return Parser(name, decode, (WireError,), seeds, _JSON)


FLEET = (
    _message("care-ask", care.decode_ask, care.encode_ask(_PUSH)),
    _message(
        *("care-answer", lambda data: care.decode_answer(data, orjson.loads)),
        care.encode_answer(_ANSWER),
        care.encode_config_state(_STATE),
    ),
    Parser(
        *("care-pushed", lambda data: pushed_in(care.decode_ask(data)), (WireError, AgentError)),
        (care.encode_ask(_PUSH),),
        _JSON,
    ),
    _message("agent-health", health.decode_health, health.encode_health(_HEALTH)),
    _document(
        "fleet-enrol",
        lambda data: enrolment.decode(enrolment.EnrolRequest, data),
        enrolment.EnrolRequest.__slots__,
    ),
    _document(
        "fleet-late",
        lambda data: enrolment.decode(enrolment.LateRequest, data),
        enrolment.LateRequest.__slots__,
    ),
    Parser(
        *("fleet-http", lambda data: head_of(data, 65_536), (BadRequestError,)),
        (_HEAD, b"GET /1/authorities?x=1 HTTP/1.1\r\nHost: c\r\n\r\n"),
        (b"\r\n", b"Transfer-Encoding: chunked", b"Content-Length: -1", b"9" * 30, b" HTTP/1.1"),
    ),
    Parser(
        *("fleet-certificate", lambda data: certificate.certificate_of(_text(data), "there")),
        (AgentError,),
        (_PEM,),
        (b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----", b"MII", b"=="),
    ),
    Parser(
        *("fleet-request", lambda data: signing.requested_name(_text(data))),
        (signing.SigningError,),
        (signing.request_for(signing.new_key(), "sendai-1").encode(),),
        (b"-----BEGIN CERTIFICATE REQUEST-----", b"MII", b"=="),
    ),
    Parser("fleet-pins", lambda data: certificate.fingerprints(_text(data)), (), (_PEM,)),
    Parser(
        *("sparkplug", sparkplug.decode, (ValueError,)),
        (sparkplug.encode(_PAYLOAD),),
        (b"\x12\xff\xff\xff\xff\x0f", b"\x80" * 11, b"\x0a\x00", b"\x51"),
    ),
    Parser("sparkplug-command", asks_rebirth, (), (sparkplug.encode(_PAYLOAD),)),
    Parser(
        *("backup-manifest", lambda data: manifest_in(data, "backup"), (CollectorError,)),
        (json.dumps(_MANIFEST).encode(),),
        _JSON,
    ),
    Parser("package-manifest", decode_manifest, (PackageError,), (_PACKED,), _JSON),
    Parser(
        *("package", in_file("agent.zip", lambda path: archive.look(path, (_SIGNER,)))),
        (PackageError,),
        (_package(),),
        (b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"manifest.json", b"../"),
    ),
    Parser("backup-points", points_in, (CollectorError,), (_POINTS,), _JSON),
)
"""Every entrance of remote care, of the fleet server, of open data and of a backup."""
