"""What the InfluxDB of the settings promises: version, clock, retention, a write and its answer."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from collector.config import StoreSettings
from collector.doctor.influx_talk import Answer, InfluxTalk
from collector.errors import CollectorError
from edge_agent.probes.clock import ahead_of, difference_finding
from edge_agent.probes.finding import Finding, fault, note, ok

MEASUREMENT = "mieruka_doctor"
WRITES = 10
DAY_S = 86_400
WAITS = "Nothing is receipted: the agents keep their readings until the database takes them."
_RUNNING = "Is it running, and is [store] url right? What was taken is kept meanwhile."


def influx_findings(settings: StoreSettings) -> Iterator[Finding]:
    """Every promise of the server; ends at the first fault after which nothing can be asked."""
    talk = InfluxTalk(settings.url or "", settings.org or "", settings.token)
    try:
        health = talk.health()
        yield from _greeting(talk, health)
        raw_s = talk.keeps_s(settings.bucket_raw)
        totals_s = talk.keeps_s(settings.bucket_totals)
        raw_days = settings.raw_retention_days
        yield _bucket(settings.bucket_raw, raw_s, raw_days, "raw readings")
        yield _bucket(settings.bucket_totals, totals_s, 0, "totals")
        if raw_s is not None:
            yield from _probe(talk, settings.bucket_raw)
        yield durability(_version(health))
    except CollectorError as error:
        remedy = error.hint or _RUNNING
        yield fault("database", error.message, WAITS, f"{remedy[:1].upper()}{remedy[1:]}")
    finally:
        talk.close()


def _version(health: Answer) -> str:
    told = health.json()
    named = told.get("version") if isinstance(told, dict) else None
    for name, value in health.headers.items():
        if name.lower() == "x-influxdb-version":
            named = named or value
    return str(named or "").removeprefix("v")


def _greeting(talk: InfluxTalk, health: Answer) -> Iterator[Finding]:
    version = _version(health)
    took_ms = (health.got_s - health.sent_s) * 1000
    if health.status == 200 and version:
        yield ok("database", f"InfluxDB {version} at {talk.place} answers in {took_ms:.1f} ms")
    else:
        measured = f"{talk.place} answers {health.status} and does not say that it is InfluxDB"
        yield note("database", measured, "It may be something else.", "See [store] url.")
    written = next((v for k, v in health.headers.items() if k.lower() == "date"), "")
    try:
        ahead_s, unsure_s = ahead_of(written, health.sent_s, health.got_s)
    except (ValueError, TypeError):
        return
    yield difference_finding(ahead_s, unsure_s, "the database's clock")


def _bucket(bucket: str, keeps_s: int | None, wanted_days: int, what: str) -> Finding:
    subject = f"database: {bucket}"
    wanted = f"{wanted_days:,} days" if wanted_days else "for ever"
    if keeps_s is None:
        missing = f"there is no such bucket in the organisation, for {what}"
        return fault(subject, missing, WAITS, "`collector check` makes it.")
    kept = f"{keeps_s / DAY_S:,.4g} days" if keeps_s else "for ever"
    if keeps_s and (not wanted_days or keeps_s < wanted_days * DAY_S):
        measured = f"keeps {what} {kept}; the settings want {wanted}"
        meaning = "What is older is deleted by InfluxDB, and nobody brings it back."
        return fault(subject, measured, meaning, "`collector check` makes it keep them longer.")
    return ok(subject, f"keeps {what} {kept}; the settings want {wanted}")


def _probe(talk: InfluxTalk, bucket: str) -> Iterator[Finding]:
    """Write, read back and delete a point of the doctor's own."""
    run, at_ms = secrets.token_hex(4), int(time.time() * 1000)
    lines = [f"{MEASUREMENT},run={run} value={number} {at_ms}" for number in range(WRITES)]
    took_ms = sorted(talk.write(bucket, line) * 1000 for line in lines)
    question = f'SELECT "value" FROM "{MEASUREMENT}" WHERE "run" = \'{run}\''
    read = talk.query(bucket, question)
    measured = (
        f"{WRITES} small writes: median {took_ms[WRITES // 2]:.1f} ms, slowest {took_ms[-1]:.1f} ms"
    )
    if [row[-1] for row in read] == [WRITES - 1]:
        meaning = "Read back as written; the same point written again is one point."
        yield ok("database: write", measured, meaning)
    else:
        meaning = "What was written is not read back as it was written."
        remedy = "Is there a cache or a second server between? See [store] url."
        yield fault("database: write", f"{measured}; read back {len(read)} points", meaning, remedy)
    yield from _delete(talk, bucket)


def _delete(talk: InfluxTalk, bucket: str) -> Iterator[Finding]:
    try:
        talk.query(bucket, f'DELETE FROM "{MEASUREMENT}"')
    except CollectorError as error:
        meaning = "One point of the doctor stays until the bucket's time is over."
        yield note("database: delete", error.message, meaning)


def durability(version: str) -> Finding:
    """What the server's success is worth, by its version, as in ``2.9.1``."""
    subject = "database: success"
    if version.startswith(("1.", "2.")):
        measured = (
            f"InfluxDB {version[0]}.x syncs each write before it says success, unless told not to"
        )
        meaning = (
            "Whether it was told not to cannot be read from outside. If it was, a power cut of the "
            "database takes readings that have their receipt; agents still have 7 days of them."
        )
        setting = "storage-wal-fsync-delay" if version.startswith("2.") else "wal-fsync-delay"
        return note(subject, measured, meaning, f"See that {setting} is not set, or is 0s.")
    measured = "what success means is not known for this version"
    meaning = "A receipt follows success; agents keep what they sent for 7 days."
    return note(subject, measured, meaning, "See its manual for when a write is on the disk.")
