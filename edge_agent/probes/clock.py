"""Whether this machine's clock is right, who keeps it right, and what survives a power cut.

Sources: adjtimex(2), rtc(4), proc(5); systemd-timesyncd's ``/run/systemd/timesync/synchronized``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

from edge_agent.probes.finding import Finding, fault, note, ok

PROC, SYS = Path("/proc"), Path("/sys")
_TIME_ERROR = 5
_UNSYNC = 0x40
_SERVICES = {
    "chronyd": "chrony",
    "ntpd": "ntpd",
    "systemd-timesyn": "systemd-timesyncd",
    "openntpd": "OpenNTPD",
    "ptp4l": "ptp4l",
    "phc2sys": "phc2sys",
}
"""Process names, as the kernel cuts them at 15 letters, to what people call them."""
_SET_UP = (
    "Install and start an NTP service: sudo apt install chrony. "
    "Let UDP port 123 out, or name a time server of the plant in its settings."
)
FAR_S = 30.0
"""So far from another machine's clock and readings stand in a wrong half hour too often."""
NEAR_S = 2.0


class _Timex(ctypes.Structure):
    """The beginning of struct timex; the kernel fills more than is read here."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 448),
    )


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the kernel says of its clock: kept by somebody or not, and its error in ms."""

    synchronised: bool
    max_error_ms: float
    estimated_error_ms: float


def kernel() -> Kernel | None:
    """The kernel's word, or None where it gives none. Sets nothing."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return None
    timex = _Timex()
    state = adjtimex(ctypes.byref(timex))
    if state < 0:
        return None
    kept = state != _TIME_ERROR and not timex.status & _UNSYNC
    return Kernel(kept, timex.maxerror / 1000, timex.esterror / 1000)


def clock_findings(
    meanwhile: str, said: Kernel | None = None, proc: Path = PROC, sys: Path = SYS
) -> Iterator[Finding]:
    """Kernel state, time service, hardware clock. ``meanwhile``: what we do while it is wrong."""
    said = said or kernel()
    services = time_services(proc)
    yield _kernel_finding(said, services, meanwhile)
    if services:
        yield ok("clock: time service", ", ".join(services))
    elif said is None or not said.synchronised:
        what = "Nobody sets this machine's clock."
        yield note("clock: time service", "none is running", what, _SET_UP)
    else:
        what = "Something else keeps the clock, perhaps this machine's host."
        yield ok("clock: time service", "none is running here", what)
    yield _hardware_finding(sys)


def time_services(proc: Path = PROC) -> list[str]:
    """The time services that run here, by the names of processes."""
    found = set()
    for path in proc.glob("[0-9]*/comm"):
        try:
            name = path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue  # it has ended meanwhile
        if name in _SERVICES:
            found.add(_SERVICES[name])
    return sorted(found)


def difference_finding(ahead_s: float, unsure_s: float, whose: str) -> Finding:
    """Our clock against another: ``ahead_s`` above 0 when ours is later, known to ``unsure_s``."""
    side = "ahead of" if ahead_s > 0 else "behind"
    measured = f"{abs(ahead_s):.1f} s {side} {whose} (known to {unsure_s:.1f} s)"
    far_s = abs(ahead_s) - unsure_s
    if far_s > FAR_S:
        what = "One of the two clocks is wrong: readings and deadlines fall into a wrong time."
        return fault("clock: difference", measured, what, "Let both keep time by one NTP server.")
    if far_s > NEAR_S:
        what = "Small, yet two machines with NTP differ by milliseconds."
        return note("clock: difference", measured, what, "Let both keep time by one NTP server.")
    if abs(ahead_s) <= unsure_s:
        return ok("clock: difference", f"none to {whose} (known to {unsure_s:.1f} s)")
    return ok("clock: difference", measured)


def ahead_of(date_header: str, sent_s: float, got_s: float) -> tuple[float, float]:
    """How far this clock is ahead of who wrote an HTTP ``Date``, and how sure that is, in s.

    ``sent_s`` and ``got_s`` are UTC by this clock at question and answer. Raises ``ValueError``.
    """
    # The header counts whole seconds: its writer's time was within the second that follows.
    there_s = parsedate_to_datetime(date_header).timestamp() + 0.5
    return (sent_s + got_s) / 2 - there_s, 0.5 + (got_s - sent_s) / 2


def _kernel_finding(said: Kernel | None, services: list[str], meanwhile: str) -> Finding:
    subject = "clock: kernel"
    if said is None:
        what = "Nobody here can tell whether the time is right."
        return note(subject, "this system tells nothing of its clock", what, _SET_UP)
    if said.synchronised:
        return ok(subject, f"synchronised, wrong by at most {said.max_error_ms:,.0f} ms")
    if not services:  # the next row says what to do
        return note(subject, "not synchronised", meanwhile)
    remedy = (
        f"{services[0]} runs: see whether it reaches its servers "
        "(chronyc sources, timedatectl timesync-status), and let UDP port 123 out."
    )
    return note(subject, "not synchronised", meanwhile, remedy)


def _hardware_finding(sys: Path) -> Finding:
    subject = "clock: hardware"
    for path in sorted(sys.glob("class/rtc/rtc*/name")):
        try:
            name = path.read_text(encoding="ascii", errors="replace").strip()
        except OSError:
            continue
        return ok(subject, f"{name}: time goes on while the power is off")
    what = (
        "After a power cut the clock starts at a time of the past until NTP has set it; "
        "readings taken meanwhile are dated afterwards."
    )
    remedy = "Where NTP may be away for long, add a clock with a battery (a DS3231, for example)."
    return note(subject, "no clock with a battery", what, remedy)
