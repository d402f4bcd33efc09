"""The store in InfluxDB: what is particular to a real server, and to its bad days."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from collector.errors import RetryLaterError, StopError
from collector.storage import influx as influx_module
from collector.storage.influx import InfluxStore
from collector.storage.line_protocol import reading_line
from collector.storage.schema import ENERGY_30M, READING, TEXT_FIELDS, TOTAL_FIELDS
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from tests.collector.storage.backends import InfluxBackend
from tests.collector.storage.samples import (
    END,
    ENERGY,
    POWER,
    T0,
    full_total,
    reading,
    series,
    total,
)
from tests.services.influx import InfluxServer

DAY_S = 86_400


@pytest.fixture
def store(influx_backend: InfluxBackend) -> Iterator[InfluxStore]:
    """A store with its buckets made; ten lines a request, so that every batch takes several."""
    with closing(influx_backend.open(lines_per_request=10)) as opened:
        opened.check()
        yield opened


def _kept_s(server: InfluxServer, bucket: str) -> int:
    found = server.call("GET", f"/api/v2/buckets?name={bucket}")["buckets"][0]
    return int(found["retentionRules"][0]["everySeconds"]) if found["retentionRules"] else 0


@pytest.mark.services
class TestBuckets:
    """What ``check`` makes of the server."""

    def test_two_buckets_are_made(self, influx_backend: InfluxBackend) -> None:
        """Raw readings are kept for the days asked for, totals for ever."""
        with closing(influx_backend.open(keep_days=400)) as store:
            store.check()
            store.check()
        assert _kept_s(influx_backend.server, influx_backend.raw) == 400 * DAY_S
        assert _kept_s(influx_backend.server, influx_backend.totals) == 0

    @pytest.mark.parametrize(("asked_days", "kept_days"), [(30, 400), (500, 500)])
    def test_retention_is_drawn_out_never_cut(
        self, influx_backend: InfluxBackend, asked_days: int, kept_days: int
    ) -> None:
        """A changed setting never makes the server delete what it holds."""
        for days in (400, asked_days):
            with closing(influx_backend.open(keep_days=days)) as store:
                store.check()
        assert _kept_s(influx_backend.server, influx_backend.raw) == kept_days * DAY_S

    def test_totals_are_kept_even_in_a_bucket_made_by_hand(
        self, influx_backend: InfluxBackend
    ) -> None:
        """A totals bucket with an end is made endless."""
        server = influx_backend.server
        orgs = server.call("GET", "/api/v2/orgs")["orgs"]
        org_id = next(org["id"] for org in orgs if org["name"] == server.org)
        rules = [{"type": "expire", "everySeconds": 10 * DAY_S}]
        made = {"orgID": org_id, "name": influx_backend.totals, "retentionRules": rules}
        server.call("POST", "/api/v2/buckets", made)
        with closing(influx_backend.open()) as store:
            store.check()
        assert _kept_s(server, influx_backend.totals) == 0


@pytest.mark.services
class TestSchema:
    """What others find in the buckets."""

    def test_boards_find_the_buckets_by_their_names(
        self, store: InfluxStore, influx_backend: InfluxBackend
    ) -> None:
        """InfluxQL takes the bucket's name as the database: no mapping has to be made."""
        store.write_readings([reading(0, {POWER: 5.0})])
        store.write_totals([total(0)])
        (raw,) = influx_backend.server.query(
            influx_backend.raw, f"SELECT {POWER} FROM {READING} WHERE site = 'sendai'"
        )
        assert raw["values"] == [[T0, 5]]
        (kwh,) = influx_backend.server.query(
            influx_backend.totals, f"SELECT kwh, factor_id FROM {ENERGY_30M} GROUP BY meter"
        )
        assert kwh["tags"] == {"meter": "main"}
        assert kwh["values"] == [[T0, 8, "JP/A0269/2025"]]

    def test_every_field_is_a_float_but_the_texts(
        self, store: InfluxStore, influx_backend: InfluxBackend
    ) -> None:
        """Whole numbers too are written as floats, so a type never depends on the first writer."""
        store.write_readings([reading(0, dict.fromkeys(QUANTITIES, 0))])
        store.write_totals([replace(full_total(0), kwh=0, coverage=1)])
        kinds: dict[str, str] = {}
        for bucket in (influx_backend.raw, influx_backend.totals):
            (found,) = influx_backend.server.query(bucket, "SHOW FIELD KEYS")
            kinds |= dict(found["values"])
        texts = {name: "string" for name in TEXT_FIELDS}
        assert kinds == dict.fromkeys([*QUANTITIES, *TOTAL_FIELDS], "float") | texts


@pytest.mark.services
class TestRefusedLines:
    """Lines the server will not take are found, answered for, and hold up nothing."""

    def test_a_line_it_cannot_read(
        self, store: InfluxStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A 400 stores nothing of its request; halving finds the line and stores the rest."""

        def line(item: Reading) -> str:
            return "no line at all" if item.at_ms in (T0 + 3, T0 + 17) else reading_line(item)

        monkeypatch.setattr(influx_module, "reading_line", line)
        refused = store.write_readings([reading(at) for at in range(25)])
        assert [item.reading.at_ms - T0 for item in refused] == [3, 17]
        assert all("unable to parse" in item.reason for item in refused)
        assert len(series(store, POWER)) == 23

    def test_a_value_whose_type_somebody_else_has_taken(
        self, store: InfluxStore, influx_backend: InfluxBackend
    ) -> None:
        """A 422 stores the rest of its request; the points it dropped are found and told."""
        foreign = f'{READING},meter=main,site=sendai {ENERGY}="text" {T0}'
        influx_backend.server.write(influx_backend.raw, foreign)
        batch = [reading(at, {ENERGY if at % 8 == 5 else POWER: 1.0}) for at in range(1, 30)]
        refused = store.write_readings(batch)
        assert [item.reading.at_ms - T0 for item in refused] == [5, 13, 21, 29]
        assert all("type conflict" in item.reason for item in refused)
        assert len(series(store, POWER)) == 25

    def test_readings_older_than_the_bucket_keeps(self, influx_backend: InfluxBackend) -> None:
        """A late backfill from before the retention is refused; what is recent goes in."""
        now_ms = time.time_ns() // 1_000_000
        old = [reading(at) for at in range(3_000)]
        new = [Reading("sendai", "main", now_ms - at, {POWER: 1.0}) for at in range(3_000)]
        mixed = [item for pair in zip(old, new, strict=True) for item in pair]
        with closing(influx_backend.open(keep_days=30, lines_per_request=2_000)) as store:
            store.check()
            refused = store.write_readings(mixed)
            assert store.count_readings("sendai", "main", 0, now_ms + 1) == 3_000
        assert {item.reading.at_ms for item in refused} == {item.at_ms for item in old}
        assert all("bucket keeps" in item.reason for item in refused)

    def test_a_total_it_will_not_take_stops(
        self, store: InfluxStore, influx_backend: InfluxBackend
    ) -> None:
        """Totals are ours alone: whoever took their types must be found by a person."""
        foreign = f'{ENERGY_30M},meter=main,site=sendai kwh="text" {T0}'
        influx_backend.server.write(influx_backend.totals, foreign)
        with pytest.raises(StopError, match="type conflict") as caught:
            store.write_totals([total(0)])
        assert influx_backend.totals in caught.value.hint


@pytest.mark.services
class TestBadDays:
    """A server that is wrong, away, frozen or killed."""

    def test_a_wrong_token_stops_and_is_not_told(
        self, influx_backend: InfluxBackend, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Every verb says what to do about the token, and none writes it anywhere."""
        caplog.set_level(logging.DEBUG)
        with closing(influx_backend.open(token="very-secret")) as store:
            for verb in _verbs(store):
                with pytest.raises(StopError, match="401") as caught:
                    verb()
                assert "token" in caught.value.hint
                assert "very-secret" not in f"{caught.value} {caught.value.__cause__!r} {store!r}"
        assert "very-secret" not in caplog.text

    def test_a_token_that_may_only_read_is_told_by_the_check(
        self, influx_backend: InfluxBackend, store: InfluxStore
    ) -> None:
        """Not only when the first reading comes."""
        server = influx_backend.server
        org_id = server.call("GET", f"/api/v2/orgs?org={server.org}")["orgs"][0]["id"]
        right = {"action": "read", "resource": {"type": "buckets", "orgID": org_id}}
        body = {"orgID": org_id, "permissions": [right]}
        token = server.call("POST", "/api/v2/authorizations", body)["token"]
        with (
            closing(influx_backend.open(token=token)) as reader,
            pytest.raises(StopError, match="403") as caught,
        ):
            reader.check()
        assert "write" in caught.value.hint

    def test_an_unknown_organisation_stops(self, influx_backend: InfluxBackend) -> None:
        """The organisation's name is in the line, and the hint points at the setting."""
        with closing(influx_backend.open(org="nobody")) as store:
            for verb in (store.check, lambda: store.write_readings([reading(0)])):
                with pytest.raises(StopError, match="nobody") as caught:
                    verb()
                assert "org" in caught.value.hint

    def test_a_missing_bucket_stops(self, influx_backend: InfluxBackend) -> None:
        """A bucket that somebody removed is a person's matter; nothing is quietly lost."""
        with closing(influx_backend.open()) as store:
            for verb in _verbs(store)[1:]:
                with pytest.raises(StopError, match=r"raw_|totals_") as caught:
                    verb()
                assert "bucket" in caught.value.hint

    def test_a_frozen_server_is_tried_again_later(
        self, store: InfluxStore, influx_backend: InfluxBackend
    ) -> None:
        """A server that accepts and never answers is given up after the time allowed."""
        with closing(influx_backend.open(timeout_s=0.5)) as hurried:
            influx_backend.server.suspend()
            try:
                began = time.monotonic()
                with pytest.raises(RetryLaterError) as caught:
                    hurried.write_readings([reading(0)])
                with pytest.raises(RetryLaterError):
                    series(hurried, POWER)
                assert time.monotonic() - began < 10
            finally:
                influx_backend.server.resume()
        assert "kept" in caught.value.hint
        store.write_readings([reading(0)])
        assert series(store, POWER) == [(0, 1.0)]

    def test_nobody_at_the_address_is_tried_again_later(self) -> None:
        """A refused connection is one line that names the address."""
        with closing(_store_at("http://127.0.0.1:9")) as store:
            for verb in _verbs(store):
                with pytest.raises(RetryLaterError, match=r"127\.0\.0\.1:9.*refused"):
                    verb()

    def test_what_was_told_stored_survives_a_kill(self, own_influx: InfluxServer) -> None:
        """A server killed at once after its answer still has every reading and total."""
        backend = InfluxBackend(own_influx)
        with closing(backend.open()) as store:
            store.check()
            store.write_readings([reading(at) for at in range(1_000)])
            store.write_totals([total(slot) for slot in range(48)])
            bare = [total(slot, co2_kg=None) for slot in range(24)]
            store.write_totals(bare)
            own_influx.kill()
            own_influx.start()
            assert store.count_readings("sendai", "main", T0, END) == 1_000
            found = store.read_totals("sendai", "main", "30m", T0, END)
        assert list(found) == [*bare, *(total(slot) for slot in range(24, 48))]


def _verbs(store: InfluxStore) -> list[Callable[[], object]]:
    return [
        store.check,
        lambda: store.write_readings([reading(0)]),
        lambda: store.write_totals([total(0)]),
        lambda: store.read_series("sendai", "main", POWER, T0, END),
        lambda: store.count_readings("sendai", "main", T0, END),
        lambda: store.read_totals("sendai", "main", "30m", T0, END),
        store.meters,
    ]


def _store_at(url: str) -> InfluxStore:
    return InfluxStore(
        url=url,
        org="o",
        token="t",
        bucket_raw="raw",
        bucket_totals="totals",
        raw_retention_days=400,
        timeout_s=5.0,
    )


Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def _answering(answer: Callable[[bytes], Answer]) -> Iterator[InfluxStore]:
    """A store on a server that answers what no real InfluxDB can be brought to answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, text = answer(body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            with closing(_store_at(f"http://127.0.0.1:{server.server_port}")) as store:
                yield store
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_asks_for_time_gets_it() -> None:
    """The time it asks for is in the hint."""
    busy = (429, {"Retry-After": "17"}, b'{"message": "limit reached"}')
    with _answering(lambda body: busy) as store:
        for verb in _verbs(store)[1:]:
            with pytest.raises(RetryLaterError, match="limit reached") as caught:
                verb()
            assert "17 s" in caught.value.hint


def test_too_large_a_request_is_halved_until_it_fits() -> None:
    """A proxy with a small limit slows the writing down and loses nothing."""
    taken: list[bytes] = []

    def small(body: bytes) -> Answer:
        if len(body) > 1_000:
            return 413, {}, b"Request Entity Too Large"
        taken.extend(body.split(b"\n"))
        return 204, {}, b""

    batch = [reading(at) for at in range(100)]
    with _answering(small) as store:
        assert list(store.write_readings(batch)) == []
    assert taken == [reading_line(item).encode() for item in batch]


def test_one_line_that_is_too_large_is_refused() -> None:
    """Halving ends at a single line."""
    with _answering(lambda body: (413, {}, b"")) as store:
        refused = store.write_readings([reading(0), reading(1)])
    assert [item.reason for item in refused] == ["larger than the server's largest request"] * 2


@pytest.mark.parametrize("status", [200, 400])
def test_something_that_is_no_influxdb_stops(status: int) -> None:
    """A wrong address that answers pages must neither store nor refuse readings."""
    page = (status, {"Content-Type": "text/html"}, b"<html>Welcome</html>")
    with _answering(lambda body: page) as store:
        for verb in _verbs(store)[1:]:
            with pytest.raises(StopError) as caught:
                verb()
            assert "url" in caught.value.hint


def test_an_answer_cut_short_is_tried_again() -> None:
    """Rows are never counted from half an answer."""

    def cut(body: bytes) -> Answer:
        if b"count" in body:
            row = b'{"results":[{"series":[{"values":[[0,5,5]]}]}]}'
            return 200, {}, row
        return 200, {"Transfer-Encoding": "chunked"}, b"5\r\nabc"

    with _answering(cut) as store, pytest.raises(RetryLaterError):
        store.count_readings("sendai", "main", T0, END)
