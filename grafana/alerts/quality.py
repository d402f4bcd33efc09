"""What did not come: silent meters, and days that are not complete."""

from __future__ import annotations

from collector.storage.schema import COMPLETENESS, STALENESS
from grafana.alerts.asked import BY_METER, METERS, newest
from grafana.alerts.rule import DAY_S, HOUR_S, MINUTE_S, Ask, Group, Rule
from grafana.look import RAW

# A meter whose agent is away, or whose collector has no broker, keeps its last age here: one
# cause is one alert, and that one is the agent's or the collector's.
_OWN_FAULT = f"{METERS} AND \"state\" != 'agent_offline' AND \"state\" != 'unknown'"
_BEYOND = '(last("age_s") - 3 * last("interval_s")) / 60'
_HELD_S = 6 * HOUR_S

SILENT_METER = Rule(
    uid="silent-meter",
    asks=(
        # Minutes beyond three polls, so that a meter that is read rarely is not called silent.
        Ask("L", newest(_BEYOND, STALENESS, _OWN_FAULT, BY_METER), _HELD_S, RAW),
        Ask("A", newest('last("age_s") / 60', STALENESS, _OWN_FAULT, BY_METER), _HELD_S, RAW),
    ),
    fires="$L > ${threshold:silent_minutes}",
    wait="5m",
    severity="critical",
    board="mieruka-today",
    why="The stored age is looked for over six hours, so an alert stays while no row is written. "
    "No row in six hours: the collector is down, which is told by its own alert.",
)
COMPLETE = Rule(
    uid="completeness",
    # Days whose start is 24 h ago or more are over; the running day is never judged.
    asks=(
        Ask("P", newest('last("share") * 100', COMPLETENESS, METERS, BY_METER),
            3 * DAY_S, until_s=DAY_S),
        Ask("G", newest('last("gap")', COMPLETENESS, METERS, BY_METER), 3 * DAY_S, until_s=DAY_S),
    ),
    fires="$P < ${threshold:completeness_percent}",
    wait="1h",
    severity="warning",
    board="mieruka-energy",
    why="No whole day is counted yet: nothing can be said of its completeness.",
)  # fmt: skip
SILENCE = Group("silence", "site", MINUTE_S, {"silent_minutes": 15}, (SILENT_METER,))
QUALITY = Group("quality", "site", 10 * MINUTE_S, {"completeness_percent": 95}, (COMPLETE,))
