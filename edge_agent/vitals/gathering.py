"""The agent's status, taken together from the parts that know."""

from __future__ import annotations

from edge_agent.contract.wire import ClockState
from edge_agent.counts import Tally
from edge_agent.lines import Lines
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from edge_agent.vitals.status import AgentStatus, meter_statuses


def gathered(
    tally: Tally,
    outbox: Outbox,
    uplink: Uplink,
    lines: Lines,
    *,
    clock: ClockState,
    polled_s: float,
    uptime_s: float,
    away_s: float,
) -> AgentStatus:
    """How the agent is now. ``polled_s`` is the steady time by which meters are polled."""
    return AgentStatus(
        outbox_depth=outbox.depth(),
        messages_published=tally.messages,
        readings_taken=tally.readings,
        polls_failed=sum(meter.polls_failed for meter in lines.meters()),
        connected=uplink.connected,
        last_fault=tally.last_fault,
        readings_settled=tally.settled,
        readings_rejected=tally.rejected,
        readings_evicted=outbox.evicted,
        readings_sent=tally.sent,
        gaps_sent=tally.gaps,
        unreadable=tally.unreadable,
        connection_losses=tally.losses,
        refusals=uplink.refusals,
        callback_faults=uplink.callback_faults,
        commits=tally.commits,
        commit_s=tally.commit_s,
        commit_total_s=tally.commit_total_s,
        uptime_s=uptime_s,
        away_s=away_s,
        disk_fault=tally.disk_fault,
        broker_fault="" if uplink.connected else uplink.last_fault,
        clock=clock,
        meters=meter_statuses(lines, polled_s),
        lines=lines.statuses(),
    )
