"""How the agent is, for its collector: the message of each minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from edge_agent.bus import PolledMeter, Station, UnitStatistics
from edge_agent.contract.health import EVERY_S, Health, LineHealth, WiringHealth, encode_health
from edge_agent.outbox.facts import Facts
from edge_agent.process.machine import Machine
from edge_agent.process.usage import Usage
from edge_agent.vitals.figures import oldest_s
from edge_agent.vitals.status import AgentStatus
from edge_agent.wiring.verdict import Judgement, Verdict
from edge_agent.words import said

log = logging.getLogger(__name__)
SOUND = "sound"
"""The kind told of a meter without a verdict."""
_WORST_FIRST = ("fault", "check")


class Teller:
    """Tells the collector each minute, the first time one minute after ``now_s``.

    ``note`` hears what went wrong: readings go on, whatever it is.
    """

    def __init__(self, now_s: float, note: Callable[[str, str], object]) -> None:
        self._told_s, self._note = now_s, note

    def tell(
        self,
        now_s: float,
        report: Callable[[], Health],
        send: Callable[[Literal["health"], bytes], object],
    ) -> None:
        """Send a report when it is due by the steady ``now_s``."""
        if now_s - self._told_s < EVERY_S:
            return
        self._told_s = now_s
        try:
            send("health", encode_health(report()))
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            text = said(
                "{part}: fault in the program: {what} (it goes on; please report this line)",
                part="health",
                what=what,
            )
            self._note("health", text)
            log.debug("traceback of the fault above", exc_info=True)


def health_report(
    agent: str,
    software: str,
    status: AgentStatus,
    facts: Facts,
    at: tuple[Machine, Usage],
    now_ms: int,
    certificate_days: float | None,
    lines: Sequence[LineHealth],
    wiring: Sequence[WiringHealth],
) -> Health:
    """The message. ``now_ms`` is the agent's own time."""
    machine, usage = at
    return Health(
        agent=agent,
        at_ms=now_ms,
        software=software,
        clock=status.clock,
        uptime_s=round(status.uptime_s, 1),
        outbox_rows=status.outbox_depth,
        outbox_dropped=status.readings_evicted,
        outbox_oldest_s=oldest_s(facts, now_ms) or 0.0,
        outbox_bytes=facts.file_bytes,
        outbox_held=facts.held,
        outbox_gaps=facts.gaps,
        certificate_days=certificate_days,
        disk_free_bytes=machine.disk_free_bytes,
        disk_written_bytes=machine.disk_written_bytes,
        written_bytes=usage.written_bytes,
        memory_bytes=usage.rss_bytes,
        memory_free_bytes=machine.memory_free_bytes,
        board_celsius=machine.board_celsius,
        lines=tuple(lines),
        wiring=tuple(wiring),
    )


def line_reports(stations: Sequence[Station]) -> Iterator[LineHealth]:
    """Each line, with the requests to all of its units; one of several meters counts once."""
    for station in stations:
        units = {meter.settings.unit_id for meter in station.meters}
        yield _line(station, [station.statistics(unit) for unit in sorted(units)])


def _line(station: Station, units: Sequence[UnitStatistics]) -> LineHealth:
    line = station.status()
    timed = [(unit.answers + unit.refusals, unit.latency_ms) for unit in units]
    known = [(count, ms) for count, ms in timed if ms is not None]
    count = sum(count for count, _ in known)
    return LineHealth(
        link=station.settings.id,
        due=line.due,
        left_out=line.left_out,
        answers=sum(unit.answers for unit in units),
        timeouts=sum(unit.timeouts for unit in units),
        bad_answers=sum(unit.bad_answers for unit in units),
        refusals=sum(unit.refusals for unit in units),
        load=line.load,
        latency_ms=sum(count * ms for count, ms in known) / count if count else None,
    )


def wiring_reports(
    meters: Sequence[PolledMeter], standing: Mapping[str, Judgement]
) -> Iterator[WiringHealth]:
    """Each meter that could be judged."""
    for meter in meters:
        judged = standing.get(meter.settings.id)
        if judged is not None:
            yield _wiring(meter.site, meter.settings.id, judged)


def _wiring(site: str, meter: str, judged: Judgement) -> WiringHealth:
    serious = [row for row in judged.verdicts if row.severity in _WORST_FIRST]
    worst = min(serious, key=_rank, default=None)
    return WiringHealth(
        site=site,
        meter=meter,
        kind=SOUND if worst is None else worst.kind,
        phases="" if worst is None else " ".join(worst.phases),
        faults=sum(row.severity == "fault" for row in serious),
        checks=sum(row.severity == "check" for row in serious),
        enough_load=judged.enough_load,
    )


def _rank(verdict: Verdict) -> int:
    return _WORST_FIRST.index(verdict.severity)
