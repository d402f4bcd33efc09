"""What the probes say of clocks."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import formatdate
from pathlib import Path

import pytest

from edge_agent.outbox import clock_state
from edge_agent.probes.clock import (
    Kernel,
    ahead_of,
    clock_findings,
    difference_finding,
    kernel,
    time_services,
)
from edge_agent.probes.finding import Finding

HELD = "Readings are held."
RIGHT, WRONG = Kernel(True, 12.0, 3.0), Kernel(False, 16_000.0, 16_000.0)


def told(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The findings by subject, without their common word."""
    return {finding.subject.removeprefix("clock: "): finding for finding in findings}


def machine(folder: Path, *processes: str, rtc: str = "") -> tuple[Path, Path]:
    """A /proc with these processes, and a /sys with this hardware clock."""
    for number, name in enumerate(processes, start=100):
        (folder / "proc" / str(number)).mkdir(parents=True)
        (folder / "proc" / str(number) / "comm").write_text(f"{name}\n", encoding="ascii")
    if rtc:
        (folder / "sys/class/rtc/rtc0").mkdir(parents=True)
        (folder / "sys/class/rtc/rtc0/name").write_text(f"{rtc}\n", encoding="ascii")
    return folder / "proc", folder / "sys"


def test_the_kernel_of_this_machine_says_the_same_as_to_the_agent() -> None:
    """The doctor and the agent judge the clock alike."""
    said = kernel()
    assert said is not None
    assert said.synchronised == (clock_state() == "synchronised")
    assert said.max_error_ms >= 0


def test_a_right_clock_is_well(tmp_path: Path) -> None:
    """Its largest error, its service and its hardware clock are told."""
    proc, sys = machine(tmp_path, "sh", "chronyd", rtc="rtc-ds1307 1-0068")
    found = told(clock_findings(HELD, RIGHT, proc, sys))
    assert {finding.mark for finding in found.values()} == {"ok"}
    assert found["kernel"].measured == "synchronised, wrong by at most 12 ms"
    assert found["time service"].measured == "chrony"
    assert found["hardware"].measured.startswith("rtc-ds1307")


def test_a_wrong_clock_without_a_service_says_what_to_install(tmp_path: Path) -> None:
    """What happens to readings meanwhile is told, and once what to do."""
    found = told(clock_findings(HELD, WRONG, *machine(tmp_path, "sh")))
    assert (found["kernel"].mark, found["kernel"].meaning) == ("note", HELD)
    assert "chrony" in found["time service"].remedy
    assert found["time service"].remedy.endswith("in its settings.")
    assert found["kernel"].remedy == ""
    assert "After a power cut" in found["hardware"].meaning


def test_a_wrong_clock_with_a_service_says_where_to_look(tmp_path: Path) -> None:
    """A service that runs and does not reach its servers is another matter."""
    found = told(clock_findings(HELD, WRONG, *machine(tmp_path, "systemd-timesyn")))
    assert found["kernel"].remedy.startswith("systemd-timesyncd runs: see whether it reaches")


def test_services_are_known_by_their_processes(tmp_path: Path) -> None:
    """Names are those that the kernel cuts at fifteen letters."""
    proc, _sys = machine(tmp_path, "ntpd", "chronyd", "bash", "ntpd")
    assert time_services(proc) == ["chrony", "ntpd"]


@pytest.mark.parametrize(
    ("off_s", "mark"), [(0.3, "ok"), (5.0, "note"), (-5.0, "note"), (90.0, "fault")]
)
def test_the_difference_to_another_clock_is_judged(off_s: float, mark: str) -> None:
    """Within what can be known is well, seconds are a note, half a minute is a fault."""
    asked_s = 1_764_043_200.5
    ahead_s, unsure_s = ahead_of(formatdate(asked_s - off_s, usegmt=True), asked_s, asked_s + 0.02)
    assert abs(ahead_s - off_s) <= unsure_s
    found = difference_finding(ahead_s, unsure_s, "the database's clock")
    assert found.mark == mark
    if abs(off_s) > 1:
        assert ("ahead of" if off_s > 0 else "behind") in found.measured


def test_a_date_that_is_none_is_refused() -> None:
    """A header of another kind is no time."""
    with pytest.raises(ValueError, match=r"[Ii]nvalid date"):
        ahead_of("yesterday", 0.0, 0.0)
