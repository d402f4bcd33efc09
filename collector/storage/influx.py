"""The store in InfluxDB 2.x: two buckets, raw line protocol in, InfluxQL out.

Writes are synchronous (the client library's batching writer loses data silently) and each status
is answered for: done, lines at fault are found by halving and refused, the server is away, a
person must act. InfluxQL finds a bucket under its own name as the database; no mapping is made.
Sources: InfluxDB 2.9 API reference, ``/api/v2/write``, ``/api/v2/buckets`` and ``/query``; what
the statuses mean in practice was seen on a real 2.9.1 and is held by ``test_influx.py``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationValueError, ReadTimeoutError, SSLError

from collector.errors import RetryLaterError, StopError
from collector.rollup.totals import Period, Total
from collector.storage.admission import LAST_MS, require_storable, sort_out
from collector.storage.influx_answer import (
    RejectedError,
    document,
    no_influxdb,
    told_by_query,
    told_by_status,
)
from collector.storage.influx_pages import InfluxPages
from collector.storage.influx_text import (
    ONE_METER,
    between,
    body_of,
    floats,
    in_parts,
    question,
    quoted,
    select,
)
from collector.storage.line_protocol import reading_line, row_line, total_line
from collector.storage.port import Columns, Refused, Row, Sample, TotalColumns, Write
from collector.storage.schema import (
    READING,
    ROW_FIELDS,
    SHORT_LIVED,
    TOTAL_FIELDS,
    TOTAL_MEASUREMENTS,
)
from collector.storage.stale import Rewrite, rewrites_of_rows, rewrites_of_totals, stale_runs
from collector.storage.stored import columns_from, row_from, total_from
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading

CONNECT_WITHIN_S = 5.0
FIELDS_HOLD_S = 600.0
"""So long the list of a measurement's fields is trusted: another collector may have added one."""
_TLS_HINT = "correct [store] url; https:// only where the server has a trusted certificate"
_OPENSSL_MARKS = re.compile(r"^\[[^]]*\] | \(_ssl.*")
D = TypeVar("D", Total, Row)


class InfluxStore(InfluxPages):
    """A ``ReadingStore`` in two buckets of one organisation. Safe to share between threads."""

    def __init__(
        self,
        *,
        url: str,
        org: str,
        token: str,
        bucket_raw: str,
        bucket_totals: str,
        raw_retention_days: int,
        timeout_s: float = 30.0,
        lines_per_request: int = 20_000,
    ) -> None:
        """Name the server; nothing is sent yet. ``timeout_s`` bounds the wait for each answer."""
        self._org = org
        self._raw = bucket_raw
        self._totals = bucket_totals
        self._retention_days = raw_retention_days
        self._fields: dict[str, tuple[float, set[str]]] = {}
        self._lines_per_request = lines_per_request
        self._where = f"InfluxDB at {urlsplit(url).netloc.rpartition('@')[2]}"
        self._query_url = f"{url.rstrip('/')}/query"
        self._url, self._token, self._wait_ms = url.rstrip("/"), token, int(timeout_s * 1000)
        self._api_url = f"{self._url}/api/v2"
        self._pool = urllib3.PoolManager(
            headers={"Authorization": f"Token {token}"},
            timeout=urllib3.Timeout(connect=CONNECT_WITHIN_S, read=timeout_s),
            retries=False,
            maxsize=4,
        )

    def check(self) -> None:
        """Make the buckets that are not there, and see that both can be read and written.

        A bucket that keeps data for less time than asked is made to keep it longer, never shorter:
        what InfluxDB has deleted nobody brings back.
        """
        self._ensure_bucket(self._raw, self._retention_days * 86_400)
        self._ensure_bucket(self._totals, 0)
        for bucket in (self._raw, self._totals):
            self._query(bucket, "SHOW MEASUREMENTS LIMIT 1")
            self._post(bucket, b"")

    def write_readings(self, readings: Sequence[Reading]) -> Sequence[Refused]:
        """Store the readings durably; answers those the server will never take."""
        admitted, refused = sort_out(readings)
        # By time: what is older than the retention then stands together, and is found in few steps.
        admitted.sort(key=lambda reading: reading.at_ms)
        for start in range(0, len(admitted), self._lines_per_request):
            chunk = admitted[start : start + self._lines_per_request]
            faults = self._send(self._raw, [reading_line(reading) for reading in chunk])
            refused += [Refused(chunk[index], reason) for index, reason in faults]
        return refused

    def ready(self, columns: Sequence[Columns]) -> Write:
        """Make a write ready, as lines; columns that are not sound go reading by reading."""
        requests = [(part, body_of(part)) for part in in_parts(columns, self._lines_per_request)]
        return partial(self._write_ready, requests)

    def _write_ready(self, requests: Sequence[tuple[list[Columns], bytes | None]]) -> list[Refused]:
        return [one for part, body in requests for one in self._write_part(part, body)]

    def _write_part(self, part: Sequence[Columns], body: bytes | None) -> Sequence[Refused]:
        if body is not None:
            try:
                self._post(self._raw, body)
            except RejectedError:
                pass  # some line is at fault: it is found reading by reading
            else:
                return ()
        return self.write_readings([one for columns in part for one in columns.readings()])

    def meters(self) -> Sequence[tuple[str, str]]:
        """Every (site, meter) that has a reading, sorted."""
        show = f'SHOW TAG VALUES FROM "{READING}" WITH KEY ='
        sites = [row[1] for row in self._query(self._raw, f'{show} "site"')]
        meters = f'{show} "meter" WHERE "site" = $site'
        return sorted(
            (site, row[1]) for site in sites for row in self._query(self._raw, meters, site=site)
        )

    def read_series(
        self, site: str, meter: str, quantity: str, from_ms: int, to_ms: int
    ) -> Sequence[Sample]:
        """The quantity's samples in the range, in order of time."""
        return self._samples(site, meter, quantity, between(from_ms, to_ms))

    def last_before(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The newest sample strictly before the instant."""
        newest = f"{between(0, at_ms)} ORDER BY time DESC LIMIT 1"
        found = self._samples(site, meter, quantity, newest)
        return found[0] if found else None

    def first_from(self, site: str, meter: str, quantity: str, at_ms: int) -> Sample | None:
        """The oldest sample at or after the instant."""
        found = self._samples(site, meter, quantity, f"{between(at_ms, LAST_MS)} LIMIT 1")
        return found[0] if found else None

    def count_readings(self, site: str, meter: str, from_ms: int, to_ms: int) -> int:
        """How many readings (points) the range holds.

        InfluxQL counts values, not points, and not every point has every value: where a meter
        has several quantities, the rows are counted as they stream past.
        """
        rows = f'FROM "{READING}" WHERE {ONE_METER} AND {between(from_ms, to_ms)}'
        counted = self._query(self._raw, f"SELECT count(*) {rows}", site=site, meter=meter)
        counts = [count for count in counted[0][1:] if count] if counted else []
        if len(counts) < 2:
            return sum(counts)
        return self._count_rows(f"SELECT *::field {rows}", site=site, meter=meter)

    def write_totals(self, totals: Sequence[Total]) -> None:
        """Store the totals durably, each with its complete field set.

        Should it raise half-way, totals of the batch may be missing until it is written again.
        """
        require_storable(totals)
        latest = {(t.period, t.site, t.meter, t.start_ms): t for t in totals}
        ordered = [latest[key] for key in sorted(latest)]
        self._forget_stale(self._totals, rewrites_of_totals(ordered))
        self._write_derived(self._totals, ordered, total_line)

    def write_rows(self, rows: Sequence[Row]) -> None:
        """Store the rows durably, each with its complete field set."""
        require_storable(rows)
        latest = {(row.measurement, row.site, row.meter, row.at_ms): row for row in rows}
        ordered = [latest[key] for key in sorted(latest)]
        for bucket in (self._totals, self._raw):
            held = [row for row in ordered if self._bucket_of(row.measurement) == bucket]
            self._forget_stale(bucket, rewrites_of_rows(held))
            self._write_derived(bucket, held, row_line)

    def _bucket_of(self, measurement: str) -> str:
        return self._raw if measurement in SHORT_LIVED else self._totals

    def _write_derived(self, bucket: str, items: Sequence[D], line: Callable[[D], str]) -> None:
        for start in range(0, len(items), self._lines_per_request):
            chunk = items[start : start + self._lines_per_request]
            for index, reason in self._send(bucket, [line(item) for item in chunk]):
                raise StopError(
                    f"{self._where} refuses {chunk[index]}: {reason}",
                    f"see who else writes to bucket {bucket}, and with which types",
                )

    def read_rows(
        self, measurement: str, site: str, meter: str, from_ms: int, to_ms: int
    ) -> Sequence[Row]:
        """The rows whose instant lies in the range, in order of time."""
        asked = select(ROW_FIELDS[measurement], measurement, from_ms, to_ms)
        rows = self._query(self._bucket_of(measurement), asked, site=site, meter=meter)
        return [row_from(measurement, site, meter, at_ms, values) for at_ms, *values in rows]

    def read_totals(
        self, site: str, meter: str, period: Period, from_ms: int, to_ms: int
    ) -> Sequence[Total]:
        """The totals whose start lies in the range, in order of time."""
        text = select(TOTAL_FIELDS, TOTAL_MEASUREMENTS[period], from_ms, to_ms)
        rows = self._query(self._totals, text, site=site, meter=meter)
        return [total_from(site, meter, period, start, floats(values)) for start, *values in rows]

    def read_total_columns(
        self, site: str, meter: str, period: Period, fields: Sequence[str], from_ms: int, to_ms: int
    ) -> TotalColumns:
        """Some fields of the totals in the range, as columns."""
        # A point that has none of the fields asked for would not be told: `kwh` every one has.
        text = select(("kwh", *fields), TOTAL_MEASUREMENTS[period], from_ms, to_ms)
        rows = self._query(self._totals, text, site=site, meter=meter)
        return columns_from(fields, [[start, *floats(values)] for start, _, *values in rows])

    def close(self) -> None:
        """Give back the connections. Idempotent."""
        self._pool.clear()

    def _samples(self, site: str, meter: str, quantity: str, times: str) -> list[Sample]:
        if quantity not in QUANTITIES:
            return []
        text = f'SELECT "{quantity}" FROM "{READING}" WHERE {ONE_METER} AND {times}'
        rows = self._query(self._raw, text, site=site, meter=meter)
        return [(at_ms, float(value)) for at_ms, value in rows]

    def _forget_stale(self, bucket: str, rewrites: Iterable[Rewrite]) -> None:
        """Delete stored points that carry a figure which the new point does not have.

        A rewrite replaces only the fields it names, and InfluxDB has no null to write: the whole
        point has to go before its successor is written.
        """
        for new in rewrites:
            written = self._written(bucket, new.measurement)
            wanted = sorted(written & new.ever_without)
            written |= new.given
            if not wanted:
                continue
            source = f'FROM "{new.measurement}" WHERE {ONE_METER} AND'
            span = between(min(new.without), max(new.without) + 1)
            text = f"SELECT {quoted([new.always, *wanted])} {source} {span}"
            stored = self._query(bucket, text, site=new.site, meter=new.meter)
            for first_ms, last_ms in stale_runs(stored, wanted, new.without):
                gone = f"DELETE {source} {between(first_ms, last_ms + 1)}"
                self._query(bucket, gone, site=new.site, meter=new.meter)

    def _written(self, bucket: str, measurement: str) -> set[str]:
        # Fields that any point of the measurement ever had: what nobody wrote cannot be stale.
        now_s = time.monotonic()
        asked_s, names = self._fields.get(measurement, (0.0, set[str]()))
        if not names or now_s - asked_s > FIELDS_HOLD_S:
            rows = self._query(bucket, f'SHOW FIELD KEYS FROM "{measurement}"')
            asked_s, names = now_s, names | {row[0] for row in rows}
            self._fields[measurement] = asked_s, names
        return names

    def _ensure_bucket(self, name: str, keep_s: int) -> None:
        found = self._bucket(name)
        rules = found["retentionRules"] if found else ()
        kept_s = min((int(rule["everySeconds"]) for rule in rules), default=0)
        if found and (not kept_s or 0 < keep_s <= kept_s):
            return
        from influxdb_client.domain.bucket_retention_rules import BucketRetentionRules

        rule = BucketRetentionRules(type="expire", every_seconds=keep_s)  # type: ignore[no-untyped-call]
        with self._buckets_api() as api:
            if not found:
                api.create_bucket(bucket_name=name, retention_rules=[rule], org=self._org)
                return
            bucket = api.find_bucket_by_id(found["id"])
            bucket.retention_rules = [rule]
            api.update_bucket(bucket)

    def _bucket(self, name: str) -> dict[str, Any] | None:
        asked = urlencode({"name": name, "org": self._org})
        with self._errors():
            answer = self._pool.request("GET", f"{self._api_url}/buckets?{asked}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise self._told(answer.status, answer.data, answer.headers)
        found = document(self._where, answer.data).get("buckets")
        return found[0] if found else None

    @contextmanager
    def _buckets_api(self) -> Iterator[Any]:
        # The client library takes 16 MB: loaded only by whoever has a bucket to make.
        from influxdb_client.client.exceptions import InfluxDBError
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.rest import ApiException

        client = InfluxDBClient(self._url, self._token, org=self._org, timeout=self._wait_ms)
        with self._errors(), client:
            try:
                yield client.buckets_api()
            except ApiException as error:
                said = error.body or error.reason
                raise self._told(error.status or 0, said, error.headers) from error
            except InfluxDBError as error:
                hint = "correct [store] url or org, or use a token that may see it"
                raise StopError(f"{self._where} has no organisation {self._org}", hint) from error

    def _send(self, bucket: str, lines: Sequence[str], first: int = 0) -> Iterator[tuple[int, str]]:
        """Write the lines; yields (index, reason) of each that the server will never take."""
        try:
            self._post(bucket, "\n".join(lines).encode())
        except RejectedError as error:
            if error.dropped == len(lines) or len(lines) == 1:
                for index in range(first, first + len(lines)):
                    yield index, error.reason
                return
            half = len(lines) // 2
            yield from self._send(bucket, lines[:half], first)
            yield from self._send(bucket, lines[half:], first + half)

    def _post(self, bucket: str, body: bytes) -> None:
        # The library's WriteApi hides the status, and takes any page with a 200 for success.
        place = urlencode({"org": self._org, "bucket": bucket, "precision": "ms"})
        text = {**self._pool.headers, "Content-Type": "text/plain; charset=utf-8"}
        with self._errors():
            answer = self._pool.request(
                "POST", f"{self._api_url}/write?{place}", body=body, headers=text
            )
        if answer.status != 204:
            raise self._told(answer.status, answer.data, answer.headers)

    def _query(self, bucket: str, text: str, **names: str) -> list[list[Any]]:
        """The rows of an InfluxQL statement that answers one series; times in ms."""
        with self._errors():
            answer = self._pool.request("POST", **question(self._query_url, bucket, text, names))
        if answer.status != 200:
            raise self._told(answer.status, answer.data, answer.headers)
        try:
            result = document(self._where, answer.data).get("results", [{}])[0]
        except IndexError as error:
            raise no_influxdb(self._where) from error
        if "error" in result:
            raise told_by_query(self._where, bucket, result["error"])
        series = result.get("series")
        return series[0]["values"] if series else []

    def _count_rows(self, text: str, **names: str) -> int:
        with self._errors():
            answer = self._pool.request(
                "POST",
                **question(self._query_url, self._raw, text, names),
                headers={**self._pool.headers, "Accept": "application/csv"},
                preload_content=False,
            )
            if answer.status != 200:
                raise self._told(answer.status, answer.read(), answer.headers)
            lines = sum(part.count(b"\n") for part in answer.stream(1 << 20))
        return max(lines - 1, 0)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (SSLError, LocationValueError) as error:
            reason = _OPENSSL_MARKS.sub("", str(error))
            raise StopError(f"{self._where}: no TLS: {reason}", _TLS_HINT) from error
        except HTTPError as error:
            hint = "see that it runs and [store] url is right; what was taken is kept"
            raise RetryLaterError(f"{self._where} does not answer: {_why(error)}", hint) from error

    def _told(
        self, status: int, body: str | bytes | None, headers: Mapping[str, str] | None
    ) -> Exception:
        return told_by_status(self._where, status, body, (headers or {}).get("Retry-After"))


def _why(error: HTTPError) -> str:
    """The failure in the system's words, without the library's names where there are any."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    late = isinstance(error, ReadTimeoutError)
    return "no answer in time" if late else "what comes from there is no HTTP answer"
