"""Counts and verdict of a fleet."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from simulators.fleet.options import FleetOptions
from simulators.fleet.screen import Rate, screen, table, told
from simulators.fleet.tally import Tally, Verdict, Waits, verdict


def fine() -> Tally:
    """Ten agents that got all their receipts."""
    tally = Tally(given=100, sent=100, receipted=100, messages=100)
    for _ in range(10):
        tally.came_up(0.02)
    tally.receipt_waits.note(0.5)
    return tally


def judged(tally: Tally) -> Verdict:
    """The verdict on ten agents with one meter after a minute."""
    return verdict(tally, 10, 1, 60.0, 50.0)


def test_waits_are_told_to_five_percent() -> None:
    """Median and 95 % of a thousand waits, and the longest exactly."""
    waits = Waits()
    for n in range(1, 1001):
        waits.note(n / 100)
    assert waits.within_s(0.5) == pytest.approx(5.0, rel=0.05)
    assert waits.within_s(0.95) == pytest.approx(9.5, rel=0.05)
    assert waits.most_s == 10.0
    assert Waits().within_s(0.5) == 0.0


def test_all_receipts_make_a_clean_verdict() -> None:
    """Every reading stored and every agent up; the rate is of the time receipts came."""
    found = judged(fine())
    assert found.clean
    assert (found.lost, found.readings_per_s) == (0, 2.0)
    assert json.loads(json.dumps(found.as_json()))["clean"] is True


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("given", 101, "1 without a receipt"),
        ("rejected", 1, "1 rejected"),
        ("connected_most", 9, "9 of 10 agents connected"),
        ("unheard", 5, "does a collector run?"),
        ("refused", 5, "ACL"),
    ],
)
def test_what_went_wrong_is_told(name: str, value: int, words: str) -> None:
    """A verdict names what is missing; what only cost time does not spoil it."""
    tally = fine()
    setattr(tally, name, value)
    found = judged(tally)
    assert found.clean is (name in ("unheard", "refused"))
    assert any(words in line for line in told(found))


def test_reasons_of_lost_connections_are_counted() -> None:
    """The commonest reason comes first."""
    tally = fine()
    tally.losses.update({"cut": 3, "closed by the broker": 7})
    assert told(judged(tally))[-2:] == [
        "connections ended, closed by the broker: 7",
        "connections ended, cut: 3",
    ]


def test_a_moment_is_a_table() -> None:
    """The live table has the counts, with thousands apart."""
    options = FleetOptions(broker="mqtt://127.0.0.1", agents=1000)
    console = Console(file=io.StringIO(), width=80, record=True)
    console.print(table(Tally(given=123_456), options, "playing", 12.0, 98_765.4))
    text = console.export_text()
    assert "1,000 agents x 5 meters" in text
    assert "123,456" in text
    assert "98,765" in text


def test_the_rate_is_of_the_last_stretch() -> None:
    """Readings a second between two looks, not since the start."""
    rate, tally = Rate(), Tally(receipted=100)
    assert rate.per_s(tally, 10.0) == 10.0
    tally.receipted = 200
    assert rate.per_s(tally, 11.0) == 100.0
    assert rate.per_s(tally, 11.0) == 100.0


def test_without_a_terminal_a_line_each_five_seconds() -> None:
    """A log gets no moving table."""
    text = io.StringIO()
    with screen(Console(file=text, width=200), FleetOptions(broker="mqtt://localhost")) as watch:
        for second in range(11):
            watch(Tally(), "playing", float(second))
    assert len(text.getvalue().splitlines()) == 3
