"""Station: roll-outs in the state file -> questions to agents; their answers -> the next ring.

Run by the collector. An agent that takes a while is asked the same again: it tells how far it has
come, and its new program tells the end.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from collector.clock import Clock
from collector.state import CollectorState
from collector.state.care_requests import CareRequest
from collector.state.rollouts import OVER, Member, Rollout
from collector.update.course import standing, to_ask
from edge_agent.contract.care import Argument

KIND = "update"
ASKED_WITHIN_MS = 5 * 60_000
ASKED_AGAIN_MS = 60_000
DONE_WITHIN_MS = 3 * 3_600_000
"""An agent that has begun and says neither done nor failed for so long has failed."""


class UpdateStation:
    """Not for several threads at once."""

    def __init__(self, state: CollectorState, clock: Clock) -> None:
        self._rollouts, self._requests, self._clock = state.rollouts, state.care_requests, clock
        self._agents, self._fleet = state.agents, state.fleet

    def run_once(self) -> Sequence[str]:
        """One round; answers a line for each roll-out that ended or halted.

        Raises ``CollectorError``: done again later.
        """
        lines = []
        for rollout in self._rollouts.list():
            if rollout.state == "running":
                lines += self._round(rollout)
        return lines

    def _round(self, rollout: Rollout) -> list[str]:
        now_ms = self._clock.now_ms()
        held = self._without_revoked(self._rollouts.members(rollout.id), now_ms)
        members = [self._heard(rollout, one, now_ms) for one in held]
        state, reason = standing(members)
        if state != "running":
            self._rollouts.stands(rollout.id, state, reason)
            return [_line(rollout, state, reason)]
        online = {entry.agent for entry in self._agents.all() if entry.online}
        for member in to_ask(members, rollout.pause_ms, now_ms):
            if member.agent in online:
                self._ask(rollout, replace(member, phase="asked", changed_ms=now_ms), now_ms)
        return []

    def _without_revoked(self, members: Sequence[Member], now_ms: int) -> list[Member]:
        """The members; who is revoked meanwhile hears nothing any more, and is left out."""
        gone = set(self._fleet.shut_out())
        return [
            self._keep(replace(one, phase="left out", reason="revoked", changed_ms=now_ms))
            if one.agent in gone and one.phase not in OVER
            else one
            for one in members
        ]

    def _heard(self, rollout: Rollout, member: Member, now_ms: int) -> Member:
        """The member as it stands by what has come from it; asked again when that is due."""
        if member.phase != "asked":
            return member
        request = self._requests.find(member.request)
        if request is None or request.ended_ms is None:
            return member
        outcome = request.ending.outcome
        if outcome == "done":
            return self._keep(replace(member, phase="done", changed_ms=now_ms))
        if outcome in ("refused", "failed"):
            reason = f"{request.ending.message} ({request.ending.hint})".removesuffix(" ()")
            return self._keep(replace(member, phase="failed", reason=reason, changed_ms=now_ms))
        heard = replace(member, heard=member.heard or outcome == "accepted")
        if heard.heard and now_ms - heard.changed_ms > DONE_WITHIN_MS:
            reason = "it began, and gave no word of an end"
            return self._keep(replace(heard, phase="failed", reason=reason, changed_ms=now_ms))
        if now_ms - request.ended_ms >= ASKED_AGAIN_MS:
            return self._ask(rollout, heard, now_ms)
        return heard

    def _ask(self, rollout: Rollout, member: Member, now_ms: int) -> Member:
        arguments: dict[str, Argument] = {
            "package": rollout.package,
            "sha256": rollout.sha256,
            "length": rollout.length,
        }
        request = CareRequest(
            *(uuid.uuid4().hex, member.agent, KIND, arguments, rollout.by_name, ""),
            *(now_ms, now_ms + ASKED_WITHIN_MS, f"roll-out {rollout.id}"),
        )
        self._requests.add(request)
        return self._keep(replace(member, request=request.id))

    def _keep(self, member: Member) -> Member:
        self._rollouts.member_stands(member)
        return member


def _line(rollout: Rollout, state: str, reason: str) -> str:
    text = f"roll-out {rollout.id} of {rollout.package}: {state}"
    return f"{text}: {reason}" if reason else text
