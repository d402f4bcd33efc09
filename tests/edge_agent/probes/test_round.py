"""A round of probes: in order, each in its time, whatever one of them does; and how it is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from rich.console import Console

from edge_agent.probes.finding import Finding, document, fault, note, ok
from edge_agent.probes.report import show
from edge_agent.probes.round import Probe, examine


def test_findings_come_in_the_order_of_the_probes() -> None:
    """Every finding of every probe is told, first probe first."""
    round_ = [
        Probe("disk", lambda: [ok("disk", "a"), ok("disk", "b")], 5),
        Probe("clock", lambda: [ok("clock", "c")], 5),
    ]
    assert [finding.measured for finding in examine(round_)] == ["a", "b", "c"]


def test_a_probe_that_hangs_is_told_and_the_next_one_begins() -> None:
    """What was found before the hanging is kept; the hanging is a fault; the round goes on."""
    released = threading.Event()

    def hangs() -> Iterator[Finding]:
        yield ok("disk", "here")
        released.wait(60)

    found = list(
        examine([Probe("disk", hangs, 0.2), Probe("clock", lambda: [ok("clock", "c")], 5)])
    )
    released.set()
    assert [finding.mark for finding in found] == ["ok", "fault", "ok"]
    assert found[1].measured == "no answer within 0.2 s"


def test_a_probe_that_fails_is_a_fault_that_says_so() -> None:
    """A mistake in a probe ends neither the round nor the program."""

    def fails() -> Iterator[Finding]:
        raise KeyError("x")

    found = list(examine([Probe("disk", fails, 5), Probe("clock", lambda: [ok("clock", "c")], 5)]))
    assert [finding.mark for finding in found] == ["fault", "ok"]
    assert "this probe failed: KeyError: 'x'" in found[0].measured
    assert found[0].remedy == "Please report this line."


def test_no_probe_begins_after_the_end_of_the_round() -> None:
    """When the time of the round is up, the rest is told as not measured."""
    found = list(examine([Probe("disk", lambda: [ok("disk", "a")], 5)], round_s=0.0))
    assert [(f.mark, f.measured) for f in found] == [("fault", "not measured, the time was up")]


def test_the_report_says_what_it_means_and_what_to_do() -> None:
    """Mark, subject and measure on the first line, meaning and remedy below, then the sum."""
    console = Console(width=60, record=True, file=None, quiet=False)
    with console.capture() as printed:
        well = show(
            console,
            [
                ok("clock", "right"),
                fault("disk", "full " * 14, "It hurts.", "Free [outbox] space."),
            ],
        )
    lines = printed.get().splitlines()
    assert not well
    assert lines[0] == "ok     clock: right"
    assert lines[1].startswith("fault  disk: full full")
    assert lines[2].startswith("       full")
    assert lines[-3:] == [
        "       It hurts.",
        "       To do: Free [outbox] space.",
        "1 ok, 0 notes, 1 fault",
    ]
    assert all(len(line) <= 60 for line in lines)


@pytest.mark.parametrize(("mark", "well"), [("ok", True), ("note", True), ("fault", False)])
def test_only_a_fault_makes_the_document_not_ok(mark: str, well: bool) -> None:
    """A note is no reason to fail: nothing is at risk."""
    makers = {"ok": ok("a", "b"), "note": note("a", "b", "c"), "fault": fault("a", "b", "c", "d")}
    told = document([makers[mark]])
    assert told["ok"] is well
    assert set(told["findings"][0]) == {"mark", "subject", "measured", "meaning", "remedy"}
