"""Plain questions to an InfluxDB, past the store, with what the store has no use for.

That is the server's version and clock, how long its buckets keep data, and how long one small
write takes. Source: InfluxDB 2.9 API reference, ``/health``, ``/api/v2/buckets``,
``/api/v2/write`` and ``/query``.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from collector.errors import CollectorError, RetryLaterError
from collector.storage.influx_answer import told_by_status

ANSWER_S = 4.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body, and when (UTC s) the question went and the answer had come."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_s: float
    got_s: float

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class InfluxTalk:
    """One server, one organisation, one connection. Used by one thread."""

    def __init__(self, url: str, org: str, token: str) -> None:
        parts = urlsplit(url)
        self.place = parts.netloc.rpartition("@")[2]
        self._org, self._path = org, parts.path.rstrip("/")
        self._headers = {"Authorization": f"Token {token}"}
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            context = ssl.create_default_context()
            self._line: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=ANSWER_S, context=context
            )
        else:
            self._line = http.client.HTTPConnection(host, port, timeout=ANSWER_S)

    def health(self) -> Answer:
        """What the server says of itself, to anybody. Raises ``RetryLaterError``."""
        return self._ask("GET", "/health")

    def keeps_s(self, bucket: str) -> int | None:
        """How long the bucket keeps data, 0 for ever; None: there is no such bucket."""
        query = urlencode({"org": self._org, "name": bucket})
        answer = self._ask("GET", f"/api/v2/buckets?{query}")
        if answer.status == 404 and b"organization" not in answer.body:
            return None
        found = (self._well(answer).json() or {}).get("buckets") or []
        if not found:
            return None
        rules = found[0].get("retentionRules") or []
        return min((int(rule.get("everySeconds", 0)) for rule in rules), default=0)

    def write(self, bucket: str, line: str) -> float:
        """Write one line of line protocol (ms); how long the answer took, in s."""
        query = urlencode({"org": self._org, "bucket": bucket, "precision": "ms"})
        answer = self._well(self._ask("POST", f"/api/v2/write?{query}", line.encode()))
        return answer.got_s - answer.sent_s

    def query(self, bucket: str, influxql: str) -> list[list[Any]]:
        """The rows of the first series that the statement answers."""
        query = urlencode({"db": bucket, "q": influxql, "epoch": "ms"})
        answer = self._well(self._ask("POST", f"/query?{query}")).json() or {}
        result = (answer.get("results") or [{}])[0]
        if "error" in result:
            raise CollectorError(str(result["error"]))
        series = result.get("series") or [{"values": []}]
        rows: list[list[Any]] = series[0].get("values") or []
        return rows

    def close(self) -> None:
        """Give back the connection."""
        self._line.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        sent_s = time.time()
        try:
            self._line.request(method, self._path + path, body, self._headers)
            answer = self._line.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._line.close()
            raise RetryLaterError(f"{self.place}: {_why(error)}") from error
        return Answer(answer.status, dict(answer.headers.items()), told, sent_s, time.time())

    def _well(self, answer: Answer) -> Answer:
        if answer.status >= 300:
            error = told_by_status(f"InfluxDB at {self.place}", answer.status, answer.body)
            raise error if isinstance(error, CollectorError) else CollectorError(str(error))
        return answer


def _why(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return f"no answer within {ANSWER_S:g} s"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return "what comes from there is no HTTP answer"
