"""The proposals that wait: what the rules find in the year up to the month, and is not done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.errors import CollectorError
from collector.findings.finding import Finding
from collector.findings.tracked import Tracked
from collector.gather.followed_findings import followed
from collector.reporting.sources import Sources
from collector.reports.monthly.data import OpenFinding
from collector.site_config import SiteSettings

MOST = 8
"""Proposals that are listed, the most money first; `collector findings list` has all."""
_YEAR = timedelta(days=365)


def open_findings(
    sources: Sources, site: SiteSettings, end: date
) -> tuple[OpenFinding, ...] | None:
    """The site's proposals that are open or being done, the most money first.

    They are found in the year up to ``end`` (excluded). None where they cannot be looked for:
    no tariff, no emission factor, no load.
    """
    try:
        found = followed(sources, site, (end - _YEAR, end), end)
    except (CollectorError, ValueError):
        return None
    return _open(found.tracked)


def _open(tracked: Sequence[Tracked]) -> tuple[OpenFinding, ...]:
    waiting = [item for item in tracked if item.status in ("open", "doing") and item.finding]
    pairs = [(item.finding, item.status == "doing") for item in waiting if item.finding]
    pairs.sort(key=lambda pair: -pair[0].yen.mid)
    return tuple(_shown(finding, doing) for finding, doing in pairs[:MOST])


def _shown(finding: Finding, doing: bool) -> OpenFinding:
    return OpenFinding(
        measure={"ja": finding.measure_ja, "en": finding.measure_en},
        circuit={"ja": finding.circuit_called("ja"), "en": finding.circuit_called("en")},
        kwh=finding.kwh.mid,
        co2_t=finding.co2_t.mid,
        yen_low=finding.yen.low,
        yen_high=finding.yen.high,
        currency=finding.currency,
        doing=doing,
    )
