"""What an answer of InfluxDB asks of us: nothing, to refuse lines, to try later, to stop. Pure.

Source: InfluxDB 2.9 API reference, statuses of ``/api/v2/write`` and ``/query``; the wording of
400 and 422 was seen on a real 2.9.1 and is held by ``test_influx.py``.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from collector.errors import CollectorError, RetryLaterError, StopError

_POISON = re.compile(r"unable to parse|partial write")
_DROPPED = re.compile(r"dropped[ =](\d+)")
_LONGEST_REASON = 300


class RejectedError(Exception):
    """Lines of a request are at fault, for good.

    ``dropped`` is how many of them by the server's count, or 0 when it does not say.
    """

    def __init__(self, reason: str, dropped: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.dropped = dropped


def told_by_status(
    where: str, status: int, body: str | bytes | None, retry_after: str | None = None
) -> CollectorError | RejectedError:
    """The error for an HTTP status that is no success."""
    text = _message(body)
    said = f"{where} answered {status}: {text[:_LONGEST_REASON]}"
    if status == 413:
        return RejectedError("larger than the server's largest request")
    if status in (400, 422) and _POISON.search(text):
        return _rejected(text)
    if status == 429 or status >= 500:
        when = f"in {retry_after} s" if retry_after else "later"
        return RetryLaterError(said, f"will be tried again {when}; what was taken is kept")
    if status in (401, 403):
        return StopError(said, "give [store] a token that may read and write both buckets")
    if status == 404:
        return StopError(said, "correct [store] org and buckets; `collector check` makes buckets")
    return StopError(said, "see that [store] url names an InfluxDB 2.x")


def told_by_query(where: str, bucket: str, text: str) -> CollectorError:
    """The error that an InfluxQL answer carries within a status 200."""
    said = f"{where}, bucket {bucket}: {text[:_LONGEST_REASON]}"
    if re.search(r"not found|no dbrp|retention policy not set", text):
        return StopError(said, "correct [store] buckets; `collector check` makes them")
    return RetryLaterError(said, "see the server's log; the question will be asked again")


def document(where: str, text: bytes) -> dict[str, Any]:
    """The JSON object in an answer. Raises ``StopError`` when that is not how it answers."""
    try:
        found: Any = orjson.loads(text)
    except ValueError as error:
        raise no_influxdb(where) from error
    if not isinstance(found, dict):
        raise no_influxdb(where)
    return found


def no_influxdb(where: str) -> StopError:
    """The error for an answer that InfluxDB does not give."""
    return StopError(f"{where} does not answer as InfluxDB", "correct [store] url")


def _rejected(text: str) -> RejectedError:
    dropped = _DROPPED.search(text)
    outside = "outside retention policy" in text
    reason = "outside of the time its bucket keeps" if outside else text[:_LONGEST_REASON]
    return RejectedError(reason, int(dropped[1]) if dropped else 0)


def _message(body: str | bytes | None) -> str:
    """The server's words: its JSON's message, or the bare text."""
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        answer: Any = orjson.loads(text)
    except ValueError:
        return text.strip()
    if isinstance(answer, dict):
        return str(answer.get("message") or answer.get("error") or text)
    return text
