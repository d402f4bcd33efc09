"""Station: what is known of each expected meter -> a row of staleness, every minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collector.clock import Clock
from collector.delivery.expected import Meter, configured, is_expected
from collector.delivery.staleness import LifeSigns, Silence, explained, silence_of
from collector.site_config import MeterSettings, SiteSettings
from collector.state.arrivals import Arrivals, MeterSign, on_time_limit_ms
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import STALENESS, collector_meter

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a collector itself is: whether it has a broker, and when ingest last went round."""

    collector: str
    connected: bool
    stepped_ms: int


@dataclass(frozen=True, slots=True)
class SilenceReport:
    """How many meters were judged, how many of them are not ok, and how many in each state."""

    meters: int = 0
    silent: int = 0
    states: Mapping[str, int] = field(default_factory=dict, compare=False)


def run_once(
    store: ReadingStore,
    arrivals: Arrivals,
    sites: Sequence[SiteSettings],
    beat: Heartbeat,
    clock: Clock,
    agents: Mapping[Meter, str],
) -> SilenceReport:
    """Write a row for each expected meter, and one a site for the collector, at this minute.

    ``agents`` tells who reads a meter. Two collectors on one store write the same minute's rows;
    the newer ones stand, but each collector has a row of its own.
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
    found = explained(found, agents)
    own, name = _of_collector(beat, now_ms), collector_meter(beat.collector)
    store.write_rows(_rows(found | {(site.id, name): own for site in sites}, now_ms))
    states = Counter[str](silence.state for silence in found.values())
    return SilenceReport(len(found), len(found) - states["ok"], dict(states))


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
