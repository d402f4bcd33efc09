"""What the agent knows of itself at one moment. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge_agent.bus import LineStatus, PolledMeter, Station, UnitStatistics
from edge_agent.contract.wire import ClockState
from edge_agent.errors import one_line

UNSOUND_INTERVAL_S = 10.0
"""The interval shown for a meter that cannot be read at all."""
STALE_INTERVALS = 3.0
"""A meter without a reading for so many of its intervals is not well."""

_NOTHING_ASKED = UnitStatistics()


@dataclass(frozen=True, slots=True)
class MeterStatus:
    """One meter: seconds since its newest reading (None: none yet), polls, and what is wrong."""

    link: str
    age_s: float | None
    interval_s: float
    polls_ok: int
    polls_failed: int
    fault: str = ""
    bus: UnitStatistics = _NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """What the agent has done since it was made, and how it is now.

    ``outbox_depth`` counts readings without a receipt; ``last_fault`` is the newest fault in one
    line, empty when there was none, ``disk_fault`` and ``broker_fault`` what holds now. ``away_s``
    is how long there has been no broker, 0 when there is one.
    """

    outbox_depth: int
    messages_published: int
    readings_taken: int
    polls_failed: int
    connected: bool
    last_fault: str
    readings_settled: int = 0
    readings_rejected: int = 0
    readings_evicted: int = 0
    readings_sent: int = 0
    gaps_sent: int = 0
    unreadable: int = 0
    connection_losses: int = 0
    refusals: int = 0
    callback_faults: int = 0
    commits: int = 0
    commit_s: float = 0.0
    commit_total_s: float = 0.0
    uptime_s: float = 0.0
    away_s: float = 0.0
    disk_fault: str = ""
    broker_fault: str = ""
    clock: ClockState = "unknown"
    meters: Mapping[str, MeterStatus] | None = None
    lines: Mapping[str, LineStatus] | None = None


def meter_statuses(stations: Iterable[Station], now_s: float) -> dict[str, MeterStatus]:
    """Every meter as polling knows it, at the monotonic ``now_s``, those without a profile too."""
    found: dict[str, MeterStatus] = {}
    for station in stations:
        link = station.settings.id
        for meter in station.meters:
            statistics = station.statistics(meter.settings.unit_id)
            found[meter.settings.id] = _meter_status(meter, now_s, link, statistics)
        for fault in station.unsound:
            found[fault.meter] = MeterStatus(
                link, None, UNSOUND_INTERVAL_S, 0, 0, one_line(fault.message, fault.hint)
            )
    return found


def _meter_status(
    meter: PolledMeter, now_s: float, link: str, statistics: UnitStatistics
) -> MeterStatus:
    age_s = None if meter.read_at_s is None else max(now_s - meter.read_at_s, 0.0)
    fault = meter.fault
    return MeterStatus(
        link=link,
        age_s=age_s,
        interval_s=meter.interval_s,
        polls_ok=meter.polls_ok,
        polls_failed=meter.polls_failed,
        fault=one_line(fault.message, fault.hint) if fault else "",
        bus=statistics,
    )


def is_stale(meter: MeterStatus, status: AgentStatus) -> bool:
    """Whether the meter has not been read for so long that something is wrong."""
    age_s = status.uptime_s if meter.age_s is None else meter.age_s
    return age_s > STALE_INTERVALS * meter.interval_s
