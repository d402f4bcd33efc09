"""A question from a command: put into the state file, and waited for.

The collector that runs sends it; this is another process, which only looks at the same file.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping

from collector.clock import Clock
from collector.errors import CollectorError, RetryLaterError
from collector.state import CollectorState
from collector.state.care_requests import NO_ANSWER, CareRequest, Ending
from edge_agent.contract.care import Answer, Argument

LOOK_EVERY_S = 0.2
TAKEN_WITHIN_S = 6.0
"""A running collector looks once a second; who has not sent it after so long does not run."""
GRACE_S = 5.0
"""The collector itself notes that no answer came; it is waited for a little longer than that."""
_DAY_MS = 86_400_000


def asked(
    agent: str,
    kind: str,
    arguments: Mapping[str, Argument],
    who: tuple[str, str],
    clock: Clock,
    within_s: float,
    note: str = "",
) -> CareRequest:
    """A request that is answered within ``within_s``; ``who`` is the name, and the OS account."""
    now_ms = clock.now_ms()
    return CareRequest(
        *(uuid.uuid4().hex, agent, kind, arguments, *who),
        *(now_ms, now_ms + round(1000 * within_s), note),
    )


def require_there(state: CollectorState, agent: str, now_ms: int) -> None:
    """Raises ``CollectorError`` for an agent that is not known, ``RetryLaterError``: offline."""
    known = {entry.agent: entry for entry in state.agents.all()}
    if agent not in known:
        names = ", ".join(list(known)[:20]) or "none has reported yet"
        raise CollectorError(f"there is no agent {agent}", f"known: {names}")
    if not known[agent].online:
        hint = "its readings wait at the plant; look at its power and its network, and ask again"
        raise RetryLaterError(f"agent {agent} is offline{_since(known[agent].at_ms, now_ms)}", hint)


def answer_to(
    state: CollectorState, request: CareRequest, sleep: Callable[[float], None] = time.sleep
) -> tuple[CareRequest, Answer | None]:
    """Put the request, and wait for its end; None when no answer came.

    Raises ``RetryLaterError`` when no running collector takes it.
    """
    state.care_requests.add(request)
    within_s = (request.expires_ms - request.at_ms) / 1000 + GRACE_S
    waited_s = 0.0
    found = request
    while waited_s < within_s:
        sleep(LOOK_EVERY_S)
        waited_s += LOOK_EVERY_S
        found = state.care_requests.find(request.id) or request
        if found.ended_ms is not None:
            came = state.care_requests.answer(request.id)
            return found, None if came is None else came.answer
        if found.sent_ms is None and waited_s > TAKEN_WITHIN_S:
            break
    raise _not_taken(state, found, round(1000 * waited_s))


def _not_taken(state: CollectorState, request: CareRequest, waited_ms: int) -> RetryLaterError:
    reason = "no running collector has sent it"
    ending = Ending(NO_ANSWER, reason)
    state.care_requests.end(request.id, ending, request.at_ms + waited_ms)
    hint = "is `collector run` running with these settings, and is its broker there?"
    return RetryLaterError(f"the question to agent {request.agent} went nowhere: {reason}", hint)


def _since(born_ms: int, now_ms: int) -> str:
    days = (now_ms - born_ms) // _DAY_MS
    return f" (last connected {days} days ago)" if days > 0 else ""
