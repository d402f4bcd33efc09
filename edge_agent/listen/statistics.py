"""How units answer the other master, in the terms in which polling counts its own. PURE."""

from __future__ import annotations

from edge_agent.bus import UnitStatistics
from edge_agent.listen.traffic import UnitTraffic


def statistics_of(unit: UnitTraffic | None, now_s: float) -> UnitStatistics:
    """One unit as of the steady time ``now_s``; all zero for one that was never heard of."""
    if unit is None:
        return UnitStatistics()
    mean_s, at_s = unit.latency_mean_s, unit.answered_at_s
    return UnitStatistics(
        answers=unit.answered,
        timeouts=unit.silent,
        bad_answers=unit.garbled + unit.doubtful + unit.unasked,
        refusals=unit.refused,
        latency_ms=None if mean_s is None else 1000 * mean_s,
        latency_max_ms=None if mean_s is None else 1000 * unit.latency_max_s,
        last_answer_s_ago=None if at_s is None else max(now_s - at_s, 0.0),
    )


def figures_of(unit: UnitTraffic, now_s: float) -> dict[str, float]:
    """The same as values of a reading."""
    told = statistics_of(unit, now_s)
    latency = {} if told.latency_ms is None else {"modbus_latency_ms": told.latency_ms}
    return latency | {
        "modbus_answers_count": float(told.answers),
        "modbus_timeouts_count": float(told.timeouts),
        "modbus_bad_answers_count": float(told.bad_answers),
        "modbus_refusals_count": float(told.refusals),
    }
