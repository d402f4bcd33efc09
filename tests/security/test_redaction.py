"""A secret that was read is in no line, whatever stands around it."""

from __future__ import annotations

import json
import logging
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.care.redact import redacted as redacted_from_afar
from edge_agent.process.logs import JsonLines, KeyValueLines
from edge_agent.process.redaction import LEAST_LETTERS, MARK, keep_out, redacted

SECRETS = st.text(min_size=LEAST_LETTERS, max_size=40).filter(
    lambda text: text.strip() == text and "\n" not in text
)
AROUND = st.text(max_size=60)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test keeps out is no matter of the next one."""
    monkeypatch.setattr("edge_agent.process.redaction._kept", {})


@settings(deadline=None)
@given(secret=SECRETS, before=AROUND, after=AROUND, twice=st.booleans())
def test_a_secret_is_in_no_line(secret: str, before: str, after: str, twice: bool) -> None:
    """Wherever it stands, once or again, and when the rest looks like a part of it."""
    keep_out(secret)
    line = redacted(
        before + secret + (secret if twice else "") + secret[: len(secret) // 2] + after
    )
    assert secret not in line


@settings(deadline=None)
@given(secret=SECRETS, before=AROUND)
def test_nor_in_a_line_of_the_log(secret: str, before: str) -> None:
    """As a message, as a value of a call, in an address, in either form of line."""
    keep_out(secret)
    record = logging.makeLogRecord({"msg": f"{before}{secret}", "extra_value": secret})
    record.url = f"http://example/{quote(secret, '')}"
    shown = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    for lines in (KeyValueLines(), JsonLines()):
        told = lines.format(record)
        assert not [text for text in {*shown, quote(secret, "")} if text in told]


@settings(deadline=None)
@given(secret=st.from_regex(r"\A[A-Za-z0-9!#$%&+.-]{8,30}\Z"), before=AROUND)
def test_json_lines_stay_json(secret: str, before: str) -> None:
    """What reads the log by machine goes on reading it."""
    keep_out(secret)
    line = JsonLines().format(logging.makeLogRecord({"msg": before + secret, "name": "a.b"}))
    assert "message" in json.loads(line)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("cannot reach mqtts://user:s3cret!@broker:8883/x", f"mqtts://{MARK}@broker:8883/x"),
        ("http://a:p@ss@host/", f"http://{MARK}@host/"),
        ("http://token@host", f"http://{MARK}@host"),
        ("GET /hook?channel=7&token=abc123&x=1", f"&token={MARK}&x=1"),
        ("/q?ACCESS_TOKEN=abc", f"?ACCESS_TOKEN={MARK}"),
        ("Authorization: Bearer abcdefghijklmnop.q-r", f"Bearer {MARK}"),
        ("Authorization: Token abcdefghijklmnop==", f"Token {MARK}"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", f"Basic {MARK}"),
        ("used mieruka_AbCdEfGhIjKlMnOpQrStUvWx in a line", f"used {MARK} in a line"),
        ("-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY----- x", f"{MARK} x"),
        ("-----BEGIN EC PRIVATE KEY-----\\nMIG and no end", MARK),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(line: str, shown: str) -> None:
    """In forms that our protocols use, though nobody has said that it is one."""
    assert redacted(line).endswith(shown) or shown in redacted(line)


@pytest.mark.parametrize(
    "line",
    [
        "token 3 of the customer is revoked",
        "http://192.168.1.20:502/status?meter=main",
        'store "influx" at http://127.0.0.1:8086 with bucket mieruka_raw',
        '{"a": "http://one/x", "b": "user@two"}',
        "mieruka/1/sendai-1/up/live",
        "2026-11-29T00:00:00.000Z",
    ],
)
def test_what_people_need_stays(line: str) -> None:
    """Ids, addresses, topics and times are no secrets."""
    assert redacted(line) == line


def test_short_texts_are_not_looked_for() -> None:
    """A password of a few letters would blacken every line."""
    keep_out("12")
    keep_out("")
    keep_out(None)
    assert redacted("at 12:12") == "at 12:12"


@settings(deadline=None)
@given(secret=st.text("abcdefghijklmnop0123456789!%&", min_size=8, max_size=30), before=AROUND)
def test_what_leaves_the_plant_has_no_secret_either(secret: str, before: str) -> None:
    """The tail of the log that a helper may ask for has a sieve of its own."""
    assert secret not in redacted_from_afar(f"{before} {secret} {before}", (secret,))
