"""Each answer of InfluxDB leads to what the caller must do."""

from __future__ import annotations

import json

import pytest

from collector.errors import RetryLaterError, StopError
from collector.storage.influx_answer import RejectedError, told_by_query, told_by_status

PARTIAL = (
    "failure writing points to database: partial write: dropped 12 points outside retention policy"
    " of duration 9600h0m0s - oldest point reading,meter=m,site=s at 1970-01-01T00:00:01Z"
)
CONFLICT = (
    'partial write: field type conflict: input field "b" on measurement "reading" is type float, '
    "already exists as type string dropped=3"
)


def body(message: str, key: str = "message") -> bytes:
    """An error as the server words it."""
    return json.dumps({"code": "some code", key: message}).encode()


@pytest.mark.parametrize(
    ("status", "message", "dropped"),
    [
        (400, "unable to parse 'reading,meter= a=2.0 1': missing tag value", 0),
        (422, PARTIAL, 12),
        (422, CONFLICT, 3),
        (400, CONFLICT, 3),
        (413, "request too large", 0),
    ],
)
def test_lines_at_fault_are_refused(status: int, message: str, dropped: int) -> None:
    """The server's reason and its count are kept: by the count, halving ends early."""
    error = told_by_status("here", status, body(message))
    assert isinstance(error, RejectedError)
    assert error.reason
    assert error.dropped == dropped


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_tried_again(status: int) -> None:
    """When the server says how long to wait, the hint says it too."""
    error = told_by_status("here", status, body("busy"), "17")
    assert isinstance(error, RetryLaterError)
    assert "busy" in error.message
    assert "17 s" in error.hint
    assert "later" in told_by_status("here", status, b"").hint  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "token"), (403, "token"), (404, "buckets"), (302, "url")]
)
def test_what_a_person_must_mend_stops(status: int, hint: str) -> None:
    """The hint names the setting to look at."""
    error = told_by_status("here", status, body("no", key="error"))
    assert isinstance(error, StopError)
    assert hint in error.hint


@pytest.mark.parametrize("text", [b"<html>Bad Request</html>", b"", None, b"[1]", b"\xff"])
def test_a_400_that_is_not_about_lines_stops(text: bytes | None) -> None:
    """Something that is no InfluxDB must not make us throw readings away."""
    assert isinstance(told_by_status("here", 400, text), StopError)


@pytest.mark.parametrize(
    "text",
    [
        "database not found: x",
        "no dbrp mappings found: db=x, rp=, please check to make sure db and rp exist",
        "default retention policy not set for: x",
    ],
)
def test_a_missing_bucket_found_by_a_query_stops(text: str) -> None:
    """InfluxQL tells of a missing bucket with status 200."""
    assert isinstance(told_by_query("here", "x", text), StopError)


def test_another_failure_of_a_query_is_tried_again() -> None:
    """A query that timed out may succeed the next time."""
    assert isinstance(told_by_query("here", "x", "timeout exceeded"), RetryLaterError)
