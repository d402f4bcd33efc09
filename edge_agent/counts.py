"""What has happened so far; written by several threads, read by any."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from edge_agent.bus.told import LinkReport
from edge_agent.errors import one_line
from edge_agent.forward import ForwardReport
from edge_agent.words import said


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures at one moment. ``commit_s`` is how long the newest commit took."""

    messages: int = 0
    readings: int = 0
    sent: int = 0
    settled: int = 0
    rejected: int = 0
    unreadable: int = 0
    gaps: int = 0
    losses: int = 0
    commits: int = 0
    commit_s: float = 0.0
    commit_total_s: float = 0.0
    last_fault: str = ""
    disk_fault: str = ""


class Counts:
    """Adds up what the stations report, and keeps the newest fault of each source."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages = self._readings = self._sent = self._settled = self._rejected = 0
        self._unreadable = self._gaps = self._losses = self._commits = 0
        self._commit_s = self._commit_total_s = 0.0
        self._last_fault = self._disk_fault = ""
        self._connection = 0
        self._newest: dict[str, str] = {}

    def polled(self, report: LinkReport) -> None:
        """Add a poll of one link."""
        with self._lock:
            self._readings += len(report.readings)
            for fault in report.faults[-1:]:
                text = one_line(fault.message, fault.hint)
                self._last_fault = said("meter {meter}: {fault}", meter=fault.meter, fault=text)

    def forwarded(self, report: ForwardReport, connection: int) -> None:
        """Add a round of forwarding over ``connection``, 0 when there is none."""
        with self._lock:
            self._messages += report.messages
            self._sent += report.readings
            self._gaps += report.gaps
            self._settled += report.settled
            self._rejected += report.rejected
            self._unreadable += report.unreadable
            self._losses += bool(self._connection and connection != self._connection)
            self._connection = connection

    def committed(self, took_s: float, disk_fault: str) -> None:
        """Add a commit; ``disk_fault`` is why the disk refused it, empty when it did not."""
        with self._lock:
            self._commits += 1
            self._commit_s = took_s
            self._commit_total_s += took_s
            self._disk_fault = disk_fault

    def note(self, source: str, fault: str) -> None:
        """Keep a fault as the newest when its source has not told it just before."""
        with self._lock:
            if fault and self._newest.get(source) != fault:
                self._newest[source] = self._last_fault = fault

    def tally(self) -> Tally:
        """All of it, as of one moment."""
        with self._lock:
            return Tally(
                messages=self._messages,
                readings=self._readings,
                sent=self._sent,
                settled=self._settled,
                rejected=self._rejected,
                unreadable=self._unreadable,
                gaps=self._gaps,
                losses=self._losses,
                commits=self._commits,
                commit_s=self._commit_s,
                commit_total_s=self._commit_total_s,
                last_fault=self._last_fault,
                disk_fault=self._disk_fault,
            )
