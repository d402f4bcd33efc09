"""What a scan tells while it runs, and at its end. PURE."""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.config import LinkSettings


@dataclass(frozen=True, slots=True)
class Found:
    """One unit that answered: the line that leads to it, and how it answered.

    ``latency_ms`` is the mean of its answers; ``evidence`` is what it said, in words;
    ``doubled`` is True where two units seem to have this id.
    """

    link: LinkSettings
    unit_id: int
    latency_ms: float
    evidence: str
    doubled: bool = False


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How far a scan is: requests ``done`` of ``total`` (which shrinks as lines are found).

    ``left_s`` is the time that the rest may take by the pace so far, ``at`` what is tried now.
    """

    done: int
    total: int
    left_s: float
    at: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What was found, and what is to be known of the lines; ``busy`` names a line in use.

    ``ended`` is False when the scan was stopped before its end.
    """

    found: tuple[Found, ...]
    notes: tuple[str, ...]
    busy: tuple[str, ...] = ()
    ended: bool = True
