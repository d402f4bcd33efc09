"""What the answers of a line mean."""

from __future__ import annotations

from edge_agent.commission.scan.heard import Heard
from edge_agent.commission.scan.sift import is_noisy, line_notes, silence_note, units_in
from edge_agent.config import LinkSettings

LINK = LinkSettings(id="bus", kind="rtu", device="/dev/x")
GOOD, SLOW = Heard("answer", 20.0), Heard("answer", 700.0)
BAD, SILENT = Heard("garbled", told="3 bytes"), Heard("silent")
REFUSED = Heard("refusal", 30.0, 2)
FOREIGN = Heard("foreign", told="unit 5 answered when unit 6 was asked")


def test_an_exception_is_an_answer() -> None:
    """A unit that refuses the address is there; one that is silent is not."""
    rows = list(units_in(LINK, {1: [GOOD] * 3, 2: [REFUSED] * 3, 3: [SILENT]}))
    assert [(row.unit_id, row.latency_ms, row.doubled) for row in rows] == [
        (1, 20.0, False),
        (2, 30.0, False),
    ]
    assert "exception 2" in rows[1].evidence


def test_spoiled_answers_of_one_unit_alone_are_two_meters() -> None:
    """The others answer cleanly, so it is not the line."""
    trials = {1: [GOOD] * 3, 2: [BAD] * 3, 4: [BAD, GOOD, BAD]}
    assert [row.doubled for row in units_in(LINK, {1: [GOOD] * 3, 2: [BAD] * 3})] == [False, True]
    (note,) = line_notes(LINK, {1: [GOOD] * 3, 2: [BAD] * 3})
    assert "two meters seem to have unit id 2" in note
    assert is_noisy(trials)


def test_spoiled_answers_of_several_units_are_noise() -> None:
    """Then no unit is called doubled, and the line is to be looked at."""
    trials = {1: [BAD, GOOD, BAD], 2: [BAD, BAD, GOOD], 3: [GOOD] * 3}
    assert not any(row.doubled for row in units_in(LINK, trials))
    (note,) = line_notes(LINK, trials)
    assert "noise" in note
    assert "1, 2" in note


def test_one_spoiled_answer_is_an_accident() -> None:
    """It is in the evidence, and no more is made of it."""
    trials = {1: [BAD, GOOD, GOOD]}
    (row,) = units_in(LINK, trials)
    assert not row.doubled
    assert row.evidence == "1 of 3 answers were spoiled"
    assert list(line_notes(LINK, trials)) == []


def test_a_slow_unit_gets_its_time_limit() -> None:
    """Three times its latency, in whole hundreds."""
    (note,) = line_notes(LINK, {1: [SLOW] * 3})
    assert "timeout_ms = 2100" in note


def test_who_answers_for_another_again_and_again_is_told() -> None:
    """Once is a late answer; each time is a gateway or a second master."""
    assert list(line_notes(LINK, {6: [FOREIGN, SILENT, SILENT]})) == []
    (note,) = line_notes(LINK, {6: [FOREIGN] * 3})
    assert "unit 5 answered" in note


def test_silence_and_garbage_are_told_apart() -> None:
    """Not one byte is the wiring or the id; bytes without an answer are speed or parity."""
    other = LINK.model_copy(update={"baud": 19_200, "parity": "E"})
    silent = silence_note("/dev/x", [(LINK, {1: [SILENT]}), (other, {1: [SILENT]})])
    garbled = silence_note("/dev/x", [(LINK, {1: [SILENT]}), (other, {1: [BAD]})])
    assert "not one byte came at 2 settings" in silent
    assert "19200 8E1" in garbled
    assert "9600" not in garbled
