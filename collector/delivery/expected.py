"""Which meters readings are expected of: those of the settings and those that agents name."""

from __future__ import annotations

from collections.abc import Sequence

from collector.rollup.periods import Window, midnight_ms
from collector.site_config import MeterSettings, SiteSettings
from collector.state.arrivals import MeterSign

Meter = tuple[str, str]
"""Site and meter."""
FOR_EVER_MS = 2**62


def service_life(site: SiteSettings, meter: MeterSettings) -> Window:
    """The stretch in which the settings let the meter count: half-open, maybe without end."""
    start_ms = midnight_ms(site.zone, meter.since) if meter.since else 0
    end_ms = midnight_ms(site.zone, meter.until) if meter.until else FOR_EVER_MS
    return Window(start_ms, end_ms)


def configured(sites: Sequence[SiteSettings], at_ms: int) -> dict[Meter, MeterSettings]:
    """The meters of the settings that count at the instant; virtual ones have no readings."""
    found = {}
    for site in sites:
        for meter in site.meters:
            life = service_life(site, meter)
            if not meter.virtual and life.start_ms <= at_ms < life.end_ms:
                found[site.id, meter.id] = meter
    return found


def is_expected(sign: MeterSign, known: dict[Meter, MeterSettings]) -> bool:
    """Whether readings are expected of the meter; one that is fed from files sends none."""
    return not sign.by_file and (sign.named or (sign.site, sign.meter) in known)
