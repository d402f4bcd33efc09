"""The station that tells agents how fast to send what has piled up."""

from __future__ import annotations

from collector.delivery.lending import Lending
from edge_agent.contract.credit import Credit


class Told:
    """Agents that hear their credit, or cannot be reached."""

    def __init__(self) -> None:
        self.credits: list[Credit] = []
        self.reachable = True

    def send(self, credit: Credit) -> bool:
        """Note what is told."""
        if self.reachable:
            self.credits.append(credit)
        return self.reachable


def test_who_drains_is_told_its_share_once_a_second_at_most() -> None:
    """One agent has all; when a second one begins, both are told half, at the next second."""
    told = Told()
    lending = Lending(1000.0, told.send)
    lending.note({"a": 50}, 0.0)
    lending.note({"b": 50}, 0.5)
    assert told.credits == [Credit("a", 1000.0)]
    lending.note({}, 1.0)
    assert sorted(told.credits[1:], key=lambda c: c.agent) == [
        Credit("a", 500.0),
        Credit("b", 500.0),
    ]
    assert lending.rates(2.0) == {"a": 500.0, "b": 500.0}


def test_who_has_drained_has_no_credit_any_more() -> None:
    """The page shows who drains now, not who ever did."""
    lending = Lending(1000.0, Told().send)
    lending.note({"a": 50}, 0.0)
    assert lending.rates(10.0) == {"a": 1000.0}
    lending.note({}, 90.0)
    assert lending.rates(130.0) == {}


def test_a_credit_that_could_not_be_sent_is_not_shown() -> None:
    """It is told again in a minute, as all credits are."""
    told = Told()
    told.reachable = False
    lending = Lending(1000.0, told.send)
    lending.note({"a": 50}, 0.0)
    assert lending.rates(0.0) == {}
    told.reachable = True
    lending.note({"a": 50}, 60.0)
    assert lending.rates(60.0) == {"a": 1000.0}
