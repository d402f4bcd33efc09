"""The demand guard put together: readings in, actions out, messages for the uplink.

The forward thread alone may use the uplink, so notices wait here until it fetches them.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from edge_agent.config import DemandActionSettings, DemandSettings
from edge_agent.contract.demand import LEVELS, DemandNotice
from edge_agent.contract.reading import Reading
from edge_agent.demand.actions import Actions
from edge_agent.demand.forecast import Forecast
from edge_agent.demand.guard import Guard, Standing, Step
from edge_agent.demand.relay import Relay, open_relay
from edge_agent.process.metrics import Metric
from edge_agent.words import said

log = logging.getLogger(__name__)

MOST_NOTICES = 20


class Desk:
    """The guard of ``agent`` at ``site``. Raises ``StopError`` when a relay cannot be had."""

    def __init__(
        self,
        settings: DemandSettings,
        agent: str,
        site: str,
        now_ms: Callable[[], int],
        opener: Callable[[DemandActionSettings], Relay] = open_relay,
    ) -> None:
        self._settings, self._agent, self._site = settings, agent, site
        self._now_ms = now_ms
        self._notices = deque[tuple[bytes, int]](maxlen=MOST_NOTICES)
        self._actions = Actions(settings, self._keep, now_ms, opener)
        self.guard = Guard(settings, self._step)

    def start(self) -> None:
        """Act from now on."""
        self._actions.start()

    def stop(self) -> None:
        """Act no more; relays are let go."""
        self._actions.stop()

    def take(self, reading: Reading) -> None:
        """Be told a reading."""
        self.guard.take(reading)

    def send(self, announce: Callable[[bytes], bool]) -> None:
        """Hand the waiting notices over while ``announce`` takes them; late ones are dropped."""
        self.guard.look(self._now_ms())
        while self._notices:
            payload, until_ms = self._notices[0]
            if self._now_ms() <= until_ms and not announce(payload):
                return
            self._notices.popleft()

    @property
    def waiting(self) -> int:
        """How many notices wait to be carried out or sent."""
        return self._actions.waiting + len(self._notices)

    def health(self) -> Mapping[str, Any]:
        """How the guard stands, as ``/health`` tells it."""
        standing = self.guard.look(self._now_ms())
        return {
            "meter": self._settings.meter,
            "level": standing.level,
            "target_kw": self._settings.target_w / 1000,
            "no_forecast": standing.no_forecast,
            **_figures(standing.seen),
        }

    def metrics(self, prefix: str) -> Iterator[Metric]:
        """The same as figures."""
        standing = self.guard.look(self._now_ms())
        yield _gauge(prefix, "level", "0 calm, 1 caution, 2 alarm, 3 certain", _rank(standing))
        yield _gauge(prefix, "target_watts", "Demand not to pass.", self._settings.target_w)
        if standing.seen is not None and not standing.no_forecast:
            seen = standing.seen
            yield _gauge(
                prefix, "forecast_watts", "Demand the window will end with.", seen.forecast_w
            )
            yield _gauge(prefix, "present_watts", "Demand reached already.", seen.present_w)
            yield _gauge(prefix, "to_shed_watts", "Power to take off now.", seen.to_shed_w)

    def _step(self, step: Step) -> None:
        notice = self._notice(step)
        log.warning("%s", _told(step, self._settings))
        end_ms = self.guard.window(notice.at_ms).end_ms
        self._actions.order(step, notice, end_ms)

    def _notice(self, step: Step) -> DemandNotice:
        settings, seen = self._settings, step.seen
        at_ms = seen.at_ms if seen else self._now_ms()
        notice = DemandNotice(
            agent=self._agent,
            site=self._site,
            meter=settings.meter,
            at_ms=at_ms,
            level=step.level,
            window_start_ms=self.guard.window(at_ms).start_ms,
            window_minutes=settings.window_minutes,
            target_kw=settings.target_w / 1000,
            measured=seen.measured if seen else False,
        )
        return replace(notice, **_figures(seen))

    def _keep(self, payload: bytes, until_ms: int) -> None:
        self._notices.append((payload, until_ms))


def _figures(seen: Forecast | None) -> dict[str, Any]:
    if seen is None:
        return {}
    return {
        "minutes_left": round(seen.minutes_left, 2),
        "present_kw": round(seen.present_w / 1000, 3),
        "forecast_kw": round(seen.forecast_w / 1000, 3),
        "to_shed_kw": round(seen.to_shed_w / 1000, 3),
        "allowed_kw": round(seen.allowed_w / 1000, 3),
    }


def _told(step: Step, settings: DemandSettings) -> str:
    seen = step.seen
    if seen is None:
        return said("demand: the window is over, back to calm")
    facts = {
        "forecast": f"{seen.forecast_w / 1000:.0f}",
        "target": f"{settings.target_w / 1000:.0f}",
        "left": f"{seen.minutes_left:.0f}",
        "shed": f"{max(seen.to_shed_w, 0) / 1000:.0f}",
    }
    if step.level == "calm":
        return said("demand: calm again, {forecast} kW forecast, target {target} kW", **facts)
    if step.level == "caution":
        return said(
            "demand: caution, {forecast} kW forecast, target {target} kW, {left} min left", **facts
        )
    if step.level == "alarm":
        return said(
            "demand: ALARM, {forecast} kW forecast, target {target} kW, {left} min left:"
            " take off {shed} kW now",
            **facts,
        )
    return said("demand: the target of {target} kW is passed, {left} min left", **facts)


def _rank(standing: Standing) -> float:
    return float(LEVELS.index(standing.level))


def _gauge(prefix: str, name: str, help_text: str, value: float) -> Metric:
    return Metric(f"{prefix}_demand_{name}", help_text, "gauge", value)
