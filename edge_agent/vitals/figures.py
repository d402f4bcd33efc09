"""How the agent is, for Prometheus (``/metrics``): figures, units in their names. PURE."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edge_agent.bus import LineStatus
from edge_agent.contract.wire import ClockState
from edge_agent.outbox.facts import Facts
from edge_agent.process.metrics import Metric
from edge_agent.vitals.status import AgentStatus, MeterStatus

PREFIX = "mieruka_agent"


def metrics(status: AgentStatus, facts: Facts, now_ms: int) -> Iterator[Metric]:
    """The figures of an agent; those of its process are not among them."""
    yield from _outbox_metrics(status, facts, now_ms)
    yield from _delivery_metrics(status)
    yield from _meter_metrics(status.meters or {})
    yield from _unit_metrics(status.meters or {})
    yield from _line_metrics(status.lines or {})
    yield Metric(
        f"{PREFIX}_uptime_seconds", "Time since the agent was made.", value=status.uptime_s
    )
    yield Metric(
        f"{PREFIX}_clock_synchronised",
        "1 when the kernel's clock is kept by NTP or the like, 0 when not, absent when unknown.",
        value=_as_figure(status.clock),
    )


def _outbox_metrics(status: AgentStatus, facts: Facts, now_ms: int) -> Iterator[Metric]:
    name = f"{PREFIX}_outbox"
    yield Metric(f"{name}_readings", "Readings without a receipt.", value=status.outbox_depth)
    yield Metric(
        f"{name}_oldest_age_seconds",
        "Age of the oldest reading that waits for its receipt; 0 when none does.",
        value=oldest_s(facts, now_ms) or 0.0,
    )
    yield Metric(f"{name}_file_bytes", "Size of the file and its log.", value=facts.file_bytes)
    yield Metric(f"{name}_held_readings", "Readings that wait for a right clock.", value=facts.held)
    yield Metric(f"{name}_gaps", "Gap records without a receipt.", value=facts.gaps)
    yield Metric(
        f"{name}_disk_refuses", "1 while the disk refuses.", value=float(bool(status.disk_fault))
    )
    yield Metric(f"{name}_commit_seconds", "Duration of the newest commit.", value=status.commit_s)
    yield _count("outbox_commits", "Commits.", status.commits)
    yield _count("outbox_commit_seconds", "Duration of all commits.", status.commit_total_s)
    yield _count("readings_evicted", "Unsent readings dropped for room.", status.readings_evicted)


def _delivery_metrics(status: AgentStatus) -> Iterator[Metric]:
    yield Metric(f"{PREFIX}_connected", "1 while the broker has us.", value=float(status.connected))
    yield _count("readings_taken", "Readings taken from meters.", status.readings_taken)
    yield _count("readings_sent", "Readings handed to the broker.", status.readings_sent)
    yield _count("readings_settled", "Readings with a receipt.", status.readings_settled)
    yield _count("readings_rejected", "Readings the collector refused.", status.readings_rejected)
    yield _count("messages_published", "Messages handed over.", status.messages_published)
    yield _count("gaps_sent", "Gap records handed to the broker.", status.gaps_sent)
    yield _count("unreadable", "Receipts, commands, credits that were none.", status.unreadable)
    yield _count("connection_losses", "Connections that broke.", status.connection_losses)
    yield _count("refusals", "Messages the broker did not take.", status.refusals)
    yield _count("callback_faults", "Faults in MQTT callbacks.", status.callback_faults)


def _meter_metrics(meters: Mapping[str, MeterStatus]) -> Iterator[Metric]:
    ways = [(name, {"meter": name, "link": one.link}, one) for name, one in meters.items()]
    yield Metric(
        f"{PREFIX}_reading_age_seconds",
        "Time since the meter's newest reading.",
        samples=tuple((labels, one.age_s) for _, labels, one in ways),
    )
    yield Metric(
        f"{PREFIX}_polls_total",
        "Polls by result.",
        "counter",
        samples=tuple(
            ({**labels, "result": result}, float(count))
            for _, labels, one in ways
            for result, count in (("ok", one.polls_ok), ("failed", one.polls_failed))
        ),
    )


def _unit_metrics(meters: Mapping[str, MeterStatus]) -> Iterator[Metric]:
    ways = [({"meter": name, "link": one.link}, one.bus) for name, one in meters.items()]
    yield Metric(
        f"{PREFIX}_requests_total",
        "Modbus requests by how they ended.",
        "counter",
        samples=tuple(
            ({**labels, "result": result}, float(getattr(bus, result)))
            for labels, bus in ways
            for result in ("answers", "timeouts", "bad_answers", "refusals")
        ),
    )
    for which, what in (("", "mean"), ("_max", "longest")):
        yield Metric(
            f"{PREFIX}_answer{which}_seconds",
            f"How long the unit takes for an answer: the {what} since the start.",
            samples=tuple(
                (labels, None if ms is None else ms / 1000)
                for labels, bus in ways
                for ms in [getattr(bus, f"latency{which}_ms")]
            ),
        )


def _line_metrics(lines: Mapping[str, LineStatus]) -> Iterator[Metric]:
    ways = [({"link": link}, line) for link, line in lines.items()]
    yield Metric(
        f"{PREFIX}_line_load_ratio",
        "Share of the last half minute in which the line was in use, its pauses included.",
        samples=tuple((labels, line.load) for labels, line in ways),
    )
    for name, what in (("due", "Polls that were due."), ("left_out", "Polls left out for time.")):
        yield Metric(
            f"{PREFIX}_polls_{name}_total",
            what,
            "counter",
            samples=tuple((labels, float(getattr(line, name))) for labels, line in ways),
        )


def _count(name: str, what: str, value: float) -> Metric:
    return Metric(f"{PREFIX}_{name}_total", what, "counter", float(value))


def _as_figure(clock: ClockState) -> float | None:
    return {"synchronised": 1.0, "unsynchronised": 0.0}.get(clock)


def oldest_s(facts: Facts, now_ms: int) -> float | None:
    """How old the oldest waiting reading is; None without one, or where it cannot be had."""
    return None if facts.oldest_ms is None else max((now_ms - facts.oldest_ms) / 1000, 0.0)
