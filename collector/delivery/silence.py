"""Station: what is known of each expected meter -> a row of staleness, every minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from collector.clock import Clock
from collector.delivery.expected import Meter, configured, is_expected
from collector.delivery.staleness import LifeSigns, Silence, silence_of
from collector.site_config import MeterSettings, SiteSettings
from collector.state.arrivals import Arrivals, MeterSign, on_time_limit_ms
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import COLLECTOR_METER, STALENESS

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the collector itself is: whether it has a broker, and when ingest last went round."""

    connected: bool
    stepped_ms: int


@dataclass(frozen=True, slots=True)
class SilenceReport:
    """How many meters were judged, and how many of them are not ok."""

    meters: int
    silent: int


def run_once(
    store: ReadingStore,
    arrivals: Arrivals,
    sites: Sequence[SiteSettings],
    beat: Heartbeat,
    clock: Clock,
) -> SilenceReport:
    """Write a row for each expected meter, and one a site for the collector, at this minute.

    Two collectors on one store write the same minute's rows; the newer ones stand.
    """
    now_ms = clock.now_ms()
    known = configured(sites, now_ms)
    arrivals.expect(known.keys(), now_ms)
    found = {
        (sign.site, sign.meter): silence_of(
            _life_signs(store, sign, known, now_ms), beat.connected, now_ms
        )
        for sign in arrivals.signs()
        if is_expected(sign, known)
    }
    own = _of_collector(beat, now_ms)
    store.write_rows(_rows(found | {(site.id, COLLECTOR_METER): own for site in sites}, now_ms))
    return SilenceReport(len(found), sum(silence.state != "ok" for silence in found.values()))


def _life_signs(
    store: ReadingStore, sign: MeterSign, known: dict[Meter, MeterSettings], now_ms: int
) -> LifeSigns:
    at_ms, arrived_ms = sign.at_ms, sign.arrived_ms
    settings = known.get((sign.site, sign.meter))
    if at_ms is None and settings is not None:
        # Readings that were stored before this state began: how late they came is not known.
        held = store.last_before(sign.site, sign.meter, settings.quantity, now_ms + 1)
        at_ms = arrived_ms = held[0] if held else None
    limit_ms = on_time_limit_ms(sign.interval_s)
    return LifeSigns(sign.expected_ms, at_ms, arrived_ms, sign.interval_s, sign.online, limit_ms)


def _of_collector(beat: Heartbeat, now_ms: int) -> Silence:
    signs = LifeSigns(
        expected_ms=beat.stepped_ms,
        at_ms=beat.stepped_ms,
        arrived_ms=beat.stepped_ms,
        interval_s=MINUTE_MS / 1000,
        online=None,
        limit_ms=on_time_limit_ms(MINUTE_MS / 1000),
    )
    silence = silence_of(signs, beat.connected, now_ms)
    if beat.connected:
        return silence
    return Silence(silence.age_s, silence.lag_s, "unknown", silence.interval_s)


def _rows(found: dict[Meter, Silence], now_ms: int) -> list[Row]:
    at_ms = now_ms - now_ms % MINUTE_MS
    return [
        Row(STALENESS, site, meter, at_ms, silence.fields())
        for (site, meter), silence in found.items()
    ]
