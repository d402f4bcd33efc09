"""How a version of pushed settings stands, by what its agent says. PURE.

The newest version is what the agent shall have. An agent that knows nothing of it (a new card, a
message lost) is sent it again; one that has decided on it is believed.
"""

from __future__ import annotations

from dataclasses import replace

from collector.state.agent_settings import SettingsVersion, ToldState, VersionState
from collector.state.care_requests import CameAnswer
from edge_agent.contract.care import Answer, ConfigState

RESEND_MS = 60_000
DECIDED: frozenset[VersionState] = frozenset(
    {"in use", "refused", "rolled back", "superseded", "replaced"}
)


def by_newest_word(
    version: SettingsVersion, came: CameAnswer | None, told: ToldState | None
) -> SettingsVersion:
    """The version as it stands by the newest of both, as far as that is news since it was noted.

    ``came`` is the answer to its push. What came before the version was last noted says nothing.
    """
    found = version
    if came is not None and came.came_ms >= version.state_at_ms:
        found = _stands(version, *_by_answer(came.answer), came.came_ms)
    if told is None or told.came_ms < found.state_at_ms:
        return found
    return _stands(found, *_by_state(found, told), told.came_ms)


def when_overtaken(version: SettingsVersion, told: ToldState | None) -> SettingsVersion:
    """A version that was on trial when a newer one was pushed: how its trial ended, once told.

    An agent that knows nothing of it any more was never asked about it again.
    """
    found = by_newest_word(version, None, told)
    if found.state != "waiting":
        return found
    return replace(found, state="superseded", reason="")


def is_due(version: SettingsVersion, online: bool, sent_ms: int | None, now_ms: int) -> bool:
    """Whether to send it now: the agent is there, and was not sent it within the last minute."""
    waits = version.state not in DECIDED
    return waits and online and (sent_ms is None or abs(now_ms - sent_ms) >= RESEND_MS)


def drift(state: ConfigState | None) -> str:
    """In words, what somebody at the plant has changed since; "" when nothing is."""
    if state is None or not state.drifted:
        return ""
    return f"changed at the plant since version {state.version}"


def _stands(
    version: SettingsVersion, state: VersionState, reason: str, at_ms: int
) -> SettingsVersion:
    if (state, reason) == (version.state, version.reason):
        return version
    return replace(version, state=state, reason=reason, state_at_ms=at_ms)


def _by_answer(answer: Answer) -> tuple[VersionState, str]:
    reason = f"{answer.message} ({answer.hint})" if answer.hint else answer.message
    match answer.outcome:
        case "accepted":
            return "on trial", ""
        case "done":
            return "in use", ""
        case "refused":
            return "refused", reason
    return "waiting", reason


def _by_state(version: SettingsVersion, told: ToldState) -> tuple[VersionState, str]:
    state, same = told.state, (version.state, version.reason)
    if state.on_trial == version.version:
        return "on trial", ""
    if (state.version, state.digest) == (version.version, version.digest):
        return "in use", ""
    if state.newest == version.version and state.decision in ("refused", "rolled-back"):
        decision: VersionState = "refused" if state.decision == "refused" else "rolled back"
        return same if version.state == decision else (decision, state.reason)
    if version.state in ("on trial", "in use") and told.came_ms > version.state_at_ms:
        return "waiting", "the agent does not know of it any more"
    return same
