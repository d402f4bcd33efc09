"""How the agent is, for a person (``/health``) and for Prometheus (``/metrics``). PURE.

Before: the agent's status, what its outbox's file says, and who still moves. After: facts as JSON
with the reasons why not all is well, and figures with their units in their names.
"""

from edge_agent.vitals.figures import PREFIX, metrics
from edge_agent.vitals.gathering import gathered
from edge_agent.vitals.health import health, in_words, one_line
from edge_agent.vitals.report import Teller, health_report, line_reports, wiring_reports
from edge_agent.vitals.status import AgentStatus, MeterStatus, is_stale, meter_statuses

__all__ = [
    "PREFIX",
    "AgentStatus",
    "MeterStatus",
    "Teller",
    "gathered",
    "health",
    "health_report",
    "in_words",
    "is_stale",
    "line_reports",
    "meter_statuses",
    "metrics",
    "one_line",
    "wiring_reports",
]
