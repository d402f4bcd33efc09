"""The machines over all sites: collector, agents, their outboxes, disks and certificates.

Grouped by the machine alone: one that serves ten sites is one alert, not ten.
"""

from __future__ import annotations

from collector.storage.figure_schema import AGENT_STATE
from collector.storage.schema import STALENESS
from grafana.alerts.asked import BY_METER, SITES, newest
from grafana.alerts.rule import DAY_S, HOUR_S, MINUTE_S, Ask, Group, Rule, Severity
from grafana.look import RAW

_BOARD = "mieruka-fleet"
_HELD_S = 6 * HOUR_S
_UNTOLD = (
    "No agent tells this figure yet, or the collector is down, which is told by its own alert. "
    "A figure is looked for over six hours, so an alert stays while no row is written."
)
_COLLECTORS = f'{SITES} AND "meter" =~ /^_collector_/'

COLLECTOR = Rule(
    uid="silent-collector",
    asks=(
        # Rows of each ten minutes. A collector that wrote within two days and stopped counts 0
        # here, where its newest row would just be gone. UTC: ten minutes are the same everywhere.
        Ask("N", newest('count("age_s")', STALENESS, _COLLECTORS,
                        'GROUP BY time(10m), "meter" fill(0)'), 2 * DAY_S, RAW),
        Ask("A", newest('last("age_s") / 60', STALENESS, _COLLECTORS, BY_METER), 2 * DAY_S, RAW),
    ),
    fires="$N < 1 || $A > ${threshold:collector_minutes}",
    wait="5m",
    severity="critical",
    board=_BOARD,
    no_data="Alerting",
    on_error="Error",
    why="No row in two days: no collector has written at all, and no other alert would say so. "
    "The store not answering is told here alone, not once by every rule.",
)  # fmt: skip


def _of_agents(expression: str) -> Ask:
    return Ask("X", newest(expression, AGENT_STATE, SITES, BY_METER), _HELD_S, RAW)


def _agents(uid: str, expression: str, fires: str, wait: str, severity: Severity) -> Rule:
    return Rule(
        uid=uid,
        asks=(_of_agents(expression),),
        fires=fires,
        wait=wait,
        severity=severity,
        board=_BOARD,
        why=_UNTOLD,
    )


# An agent none of whose meters was ever heard has no age: 0, as without an answer to each query
# Grafana would not judge the rule at all.
_HEARD = newest('last("newest_age_s") / 60 AS "x"', AGENT_STATE, SITES, BY_METER)
_ZERO = newest('last("online") * 0 AS "x"', AGENT_STATE, SITES, BY_METER)
_AGE = f'SELECT max("x") FROM ({_HEARD}), ({_ZERO}) {BY_METER}'

AGENT = Rule(
    uid="silent-agent",
    asks=(
        _of_agents('last("online")'),
        Ask("A", _AGE, _HELD_S, RAW),
    ),
    fires="$X < 1",
    wait="10m",
    severity="critical",
    board=_BOARD,
    why=_UNTOLD,
)
GROUP = Group(
    "machines",
    "fleet",
    MINUTE_S,
    {"collector_minutes": 10, "outbox_days": 1, "disk_gb": 1, "certificate_days": 30},
    (
        COLLECTOR,
        AGENT,
        _agents("outbox", 'last("outbox_days")', "$X > ${threshold:outbox_days}", "30m", "warning"),
        _agents(
            "disk",
            'last("disk_free_bytes") / 1000000000',
            "$X < ${threshold:disk_gb}",
            "30m",
            "critical",
        ),
        _agents(
            "certificate",
            'last("certificate_days")',
            "$X < ${threshold:certificate_days}",
            "1h",
            "warning",
        ),
    ),
)
