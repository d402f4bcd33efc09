"""Station: requests in the state file -> agents; their answers -> how each request ended.

Run each second by the collector that is connected. Every step may be repeated: a question that is
sent twice is answered once, settings that are pushed twice are in use already.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.care.versions import DECIDED, by_newest_word, is_due, when_overtaken
from collector.clock import Clock
from collector.state import CollectorState
from collector.state.agent_settings import SettingsVersion
from collector.state.care_requests import (
    NO_ANSWER,
    SUPERSEDED,
    CareRequest,
    Ending,
    ending_of,
)
from edge_agent.contract.care import Argument, Ask

EVERY_S = 1.0
CONFIG = "config"
PUSH_WITHIN_MS = 600_000
LOOK_EVERY_MS = 10_000
ON_ITS_WAY_MS = 60_000
"""What came is dated when its batch is opened, and kept within this time."""
FORGET_EVERY_MS = 3_600_000
Send = Callable[[Ask, int], bool]
"""Publishes a question that nobody waits for after so many seconds; False: not possible now."""


@dataclass(frozen=True, slots=True)
class CareReport:
    """What one round did; a line for each version of settings that was decided on."""

    sent: int = 0
    ended: int = 0
    lines: tuple[str, ...] = ()


class CareStation:
    """Not for several threads at once."""

    def __init__(self, state: CollectorState, send: Send, clock: Clock) -> None:
        self._agents, self._requests = state.agents, state.care_requests
        self._versions, self._send, self._clock = state.agent_settings, send, clock
        self._sent = self._ended = 0
        self._lines: list[str] = []
        self._forgot_ms: int | None = None
        self._looked_ms: int | None = None

    def run_once(self) -> CareReport:
        """One round. Raises ``CollectorError``: done again later."""
        self._sent = self._ended = 0
        self._lines = []
        now_ms = self._clock.now_ms()
        waiting = self._requests.open()
        self._ask([one for one in waiting if one.kind != CONFIG], now_ms)
        self._push({one.id: one for one in waiting if one.kind == CONFIG}, now_ms)
        if self._forgot_ms is None or abs(now_ms - self._forgot_ms) >= FORGET_EVERY_MS:
            self._forgot_ms = now_ms
            self._requests.forget_answers(now_ms)
        return CareReport(self._sent, self._ended, tuple(self._lines))

    def _ask(self, requests: Iterable[CareRequest], now_ms: int) -> None:
        for request in requests:
            came = self._requests.answer(request.id)
            if came is not None:
                self._end(request, ending_of(came.answer), now_ms)
            elif now_ms > request.expires_ms:
                self._end(request, Ending(NO_ANSWER, _silence(request)), now_ms)
            elif request.sent_ms is None:
                self._put(request, request.arguments, request.expires_ms, now_ms)

    def _push(self, pushes: dict[str, CareRequest], now_ms: int) -> None:
        versions = self._versions_to_look_at({one.agent for one in pushes.values()}, now_ms)
        online = {one.agent for one in self._agents.all() if one.online} if versions else set()
        for noted in versions:
            version = self._looked_at(noted)
            request = pushes.pop(version.request, None)
            if version.state in DECIDED:
                if request is not None:
                    self._end(request, _ending(version), now_ms)
                continue
            if request is None:
                version, request = self._pushed_again(version, now_ms)
            if is_due(version, version.agent in online, request.sent_ms, now_ms):
                self._put(request, _arguments(version), now_ms + PUSH_WITHIN_MS, now_ms)
        for request in pushes.values():
            self._end(request, Ending(SUPERSEDED), now_ms)

    def _versions_to_look_at(self, pushed_to: set[str], now_ms: int) -> Sequence[SettingsVersion]:
        """Those that are under way, and now and then those whose agents have spoken."""
        last_ms = self._looked_ms
        if last_ms is None or abs(now_ms - last_ms) >= LOOK_EVERY_MS:
            self._looked_ms = now_ms
            self._look_at_overtaken()
            heard_since_ms = 0 if last_ms is None else min(last_ms, now_ms) - ON_ITS_WAY_MS
            return self._versions.newest_since(heard_since_ms)
        return [row for agent in sorted(pushed_to) for row in self._versions.list(agent)[-1:]]

    def _looked_at(self, noted: SettingsVersion) -> SettingsVersion:
        """The version as it stands now; what is new of it is kept."""
        came, told = self._requests.answer(noted.request), self._versions.told(noted.agent)
        version = by_newest_word(noted, came, told)
        self._keep(noted, version)
        return version

    def _look_at_overtaken(self) -> None:
        for noted in self._versions.overtaken():
            self._keep(noted, when_overtaken(noted, self._versions.told(noted.agent)))

    def _keep(self, noted: SettingsVersion, version: SettingsVersion) -> None:
        if version != noted:
            self._versions.stands(version)
            if version.state in DECIDED:
                self._lines.append(_line(version))

    def _pushed_again(
        self, version: SettingsVersion, now_ms: int
    ) -> tuple[SettingsVersion, CareRequest]:
        """A request of our own: the agent was decided on this version, and has lost it."""
        arguments: dict[str, Argument] = {"version": version.version, "digest": version.digest}
        request = CareRequest(
            *(uuid.uuid4().hex, version.agent, CONFIG, arguments, "collector", ""),
            *(now_ms, now_ms + PUSH_WITHIN_MS, version.reason),
        )
        again = replace(version, request=request.id)
        self._requests.add(request)
        self._versions.stands(again)
        return again, request

    def _put(
        self, request: CareRequest, arguments: Mapping[str, Argument], expires_ms: int, now_ms: int
    ) -> None:
        ask = Ask(
            *(request.id, request.agent, request.kind, request.by_name),
            *(request.at_ms, expires_ms, arguments),
        )
        if self._send(ask, max(1, (expires_ms - now_ms) // 1000)):
            self._requests.sent(request.id, now_ms)
            self._sent += 1

    def _end(self, request: CareRequest, ending: Ending, now_ms: int) -> None:
        self._requests.end(request.id, ending, now_ms)
        self._ended += 1


def _arguments(version: SettingsVersion) -> Mapping[str, Argument]:
    return {
        "version": version.version,
        "settings": version.text,
        "digest": version.digest,
        "over-local": version.over_local,
    }


def _ending(version: SettingsVersion) -> Ending:
    return Ending(version.state, version.reason, digest=version.digest)


def _silence(request: CareRequest) -> str:
    if request.sent_ms is None:
        return "it could not be sent: the broker was away"
    return "the agent gave no answer in time"


def _line(version: SettingsVersion) -> str:
    text = f"agent {version.agent}: settings version {version.version}: {version.state}"
    return f"{text}: {version.reason}" if version.reason else text
