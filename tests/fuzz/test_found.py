"""What the fuzzers, and people, have found once: it stays refused, or taken, for good."""

from __future__ import annotations

import ssl

import pytest

from tests.fuzz.bounded_time import bounded
from tests.fuzz.parser import Parser, UndeclaredError, tried
from tests.fuzz.parsers import named

_DEEP = b"a = " + b"[" * 100_000
_LONG_CELL = b'"' + b"x" * 200_000 + b"\n"
_REQUEST = b"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----"


def _spoilt_certificate(before: bytes, after: bytes) -> bytes:
    """A sound certificate as PEM with some bytes of it replaced."""
    pem = named("fleet-certificate").seeds[0].decode()
    spoilt = ssl.PEM_cert_to_DER_cert(pem[: pem.index("-----BEGIN PRIVATE")].strip())
    return ssl.DER_cert_to_PEM_cert(spoilt.replace(before, after)).encode()


FOUND: tuple[tuple[str, bytes], ...] = (
    ("wire-readings", b"[" * 200_000),
    ("wire-birth", b'{"v":1,"meters":[{"ratio":' + b"9" * 400 + b"}]}"),
    ("counted", b'[{"collector":"","group":"","on_time":[1e400],"estimated":0}]'),
    ("counted", b'[{"collector":"","group":"","on_time":7,"estimated":0}]'),
    ("agent-toml", _DEEP),
    ("agent-toml", b".".join([b"a"] * 5000) + b" = 1"),
    ("collector-toml", _DEEP),
    ("collector-toml", b"[collector]\nid = 0x" + b"f" * 5000),
    ("profile", _DEEP),
    ("factors", _DEEP),
    ("factor-row", _DEEP),
    ("tariffs", _DEEP),
    ("invoice", _DEEP),
    ("thresholds", _DEEP),
    ("fuels", _DEEP),
    ("plant", _DEEP),
    ("half-hours", "日時,電力量\n2025/4/1 2:00\n2025/4/1 1:30,3\n2025/4/1 2:00,4\n".encode()),
    ("half-hours", "日時,電力量\n".encode() + _LONG_CELL),
    ("half-hours", _LONG_CELL),
    ("consumption", "使用月,使用量\n0000年1月,5\n".encode()),
    (
        "production",
        "生産日,時刻,個数\n1970/1/1,8:00,1\n1970/1/1,8:15,1\n2199/1/1,8:00,1\n".encode(),
    ),
    ("green-button-xml", b"<a>" * 100_000),
    ("green-button-xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'),
    ("green-button-xml", b'<?xml version="1.0" encoding="none"?><a/>'),
    ("timed-values", b"\rvalue\n2025-04-01 00:00,400\n"),
    ("grid-csv", b"time,value\n" + _LONG_CELL),
    ("grid-area-supply", _LONG_CELL),
    ("grid-electricity-maps", b"[" * 200_000),
    ("ministry-list", b"a,b,c,d,e\n" * 3 + _LONG_CELL),
    ("weather", b"time,temp\n" + _LONG_CELL),
    ("urdb", b"null"),
    ("urdb", b"[" * 200_000),
    ("urdb", b'{"energyratestructure":[[1]]}'),
    ("urdb", b'{"energyratestructure":[[{"rate":0.1}]],"startdate":1e400}'),
    ("market-prices", b"start,price\n1970-01-01 00:00,1\n2199-01-01 00:00,2\n"),
    ("api-cursor", b"W" * 4_000),
    ("backup-manifest", b'{"format": 1e400, "program": ""}'),
    ("backup-points", b'{"measurement":"reading","site":"","meter":"","at_ms":[1e400]}'),
    ("fleet-pins", _spoilt_certificate(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x06")),
    ("fleet-certificate", _spoilt_certificate(b"sendai-1", b"\xffendai-1")),
    ("fleet-request", _REQUEST),
    ("influx-answer", b"\xc8" + b"[" * 200_000),
)


@pytest.mark.parametrize(
    ("name", "data"), FOUND, ids=[f"{n}-{i}" for i, (n, _) in enumerate(FOUND)]
)
def test_it_does_no_harm_any_more(name: str, data: bytes) -> None:
    """Taken or refused by a declared error, in bounded time."""
    with bounded():
        tried(named(name), data)


def test_an_undeclared_error_is_told() -> None:
    """The judge itself: what a parser has not declared does not pass for a refusal."""
    careless = Parser("careless", lambda data: dict[bytes, int]()[data], (ValueError,), (b"x",))
    with pytest.raises(UndeclaredError, match="careless: KeyError"):
        tried(careless, b"x")


def test_an_error_that_repeats_its_input_many_times_is_told() -> None:
    """A message that makes a log of megabytes is harm too."""

    def loud(data: bytes) -> object:
        raise ValueError(str(data) * 10_000)

    with pytest.raises(UndeclaredError, match="an error of"):
        tried(Parser("loud", loud, (ValueError,), (b"x",)), b"x")
