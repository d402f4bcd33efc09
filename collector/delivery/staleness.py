"""PURE. How long a meter has been silent, and what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

SilenceState = Literal["ok", "stale", "meter_fault", "agent_offline", "never", "unknown"]
SILENCE_STATES: tuple[SilenceState, ...] = get_args(SilenceState)
ASSUMED_INTERVAL_S = 300.0
"""The poll interval taken for a meter of which no agent has told one."""


@dataclass(frozen=True, slots=True)
class Silence:
    """What a meter shows at one instant: the fields of a row of staleness."""

    age_s: float
    lag_s: float
    state: SilenceState
    interval_s: float

    def fields(self) -> dict[str, float | str]:
        """The figures as the schema names them."""
        return {
            "age_s": self.age_s,
            "lag_s": self.lag_s,
            "state": self.state,
            "interval_s": self.interval_s,
        }


@dataclass(frozen=True, slots=True)
class LifeSigns:
    """What is known of a meter: since when it is expected, its newest reading, its agent.

    ``at_ms`` and ``arrived_ms`` are None when it never sent one, ``online`` when no agent has
    told; ``limit_ms`` is how long after its instant a reading is on time.
    """

    expected_ms: int
    at_ms: int | None
    arrived_ms: int | None
    interval_s: float | None
    online: bool | None
    limit_ms: int


def silence_of(signs: LifeSigns, connected: bool, now_ms: int) -> Silence:
    """Judge a meter's silence at ``now_ms``.

    A meter that never sent a reading is as old as the expectation of it, and lags as much.
    Without a broker (``connected`` is False) silence tells nothing: unknown.
    """
    interval_s = ASSUMED_INTERVAL_S if signs.interval_s is None else signs.interval_s
    at_ms = signs.expected_ms if signs.at_ms is None else signs.at_ms
    arrived_ms = now_ms if signs.arrived_ms is None else signs.arrived_ms
    age_ms, lag_ms = max(0, now_ms - at_ms), max(0, arrived_ms - at_ms)
    state: SilenceState
    if signs.at_ms is None:
        state = "never"
    elif age_ms <= signs.limit_ms:
        state = "ok"
    elif not connected:
        state = "unknown"
    else:
        state = "agent_offline" if signs.online is False else "stale"
    return Silence(age_ms / 1000, lag_ms / 1000, state, interval_s)


def explained(
    found: Mapping[tuple[str, str], Silence], agents: Mapping[tuple[str, str], str]
) -> dict[tuple[str, str], Silence]:
    """Tell a meter that does not answer from an agent that does not send.

    A stale meter whose agent (``agents``, by site and meter) sends readings of another one has
    a fault of its own: its address, its line, its power.
    """
    heard = {agents.get(meter) for meter, silence in found.items() if silence.state == "ok"}
    return {
        meter: replace(silence, state="meter_fault")
        if silence.state == "stale" and (agent := agents.get(meter)) and agent in heard
        else silence
        for meter, silence in found.items()
    }
