"""A fleet that comes back after a day: what its agents and the collector's book make together."""

from __future__ import annotations

from random import Random

from collector.delivery.credit import CreditBook
from edge_agent.contract.credit import decode_credit, encode_credit
from edge_agent.pace import Pace

TOTAL_PER_S = 20_000.0
OWN_PER_S, JITTER_S = 500.0, 300.0


class Fleet:
    """Agents with a backlog each, second by second; a credit arrives a second after it was told."""

    def __init__(self, count: int, backlog: int, jitter_s: float = JITTER_S) -> None:
        self.now_s = 1000.0
        self.book = CreditBook(TOTAL_PER_S)
        self.left = {f"a{number}": backlog for number in range(count)}
        self.paces = {
            agent: Pace(OWN_PER_S, jitter_s, Random(seed)) for seed, agent in enumerate(self.left)
        }
        for pace in self.paces.values():
            pace.begin(1, 86_400.0, self.now_s)

    def second(self) -> int:
        """One second of all; how many readings reached the collector."""
        self.now_s += 1
        sent = {agent: self._send(agent) for agent, left in self.left.items() if left}
        self.book.note(sent, self.now_s)
        for credit in self.book.due(self.now_s):
            heard = decode_credit(encode_credit(credit))
            self.paces[heard.agent].hear(heard.readings_per_s, self.now_s)
        return sum(sent.values())

    def _send(self, agent: str) -> int:
        count = min(self.paces[agent].allowance(self.now_s), self.left[agent])
        self.paces[agent].spend(count)
        self.left[agent] -= count
        return count


def busiest(seconds: list[int], stretch_s: int = 30) -> float:
    """The highest rate over any half minute."""
    sums = (sum(seconds[at : at + stretch_s]) for at in range(len(seconds) - stretch_s + 1))
    return max(sums) / stretch_s


def test_a_fleet_stays_within_the_rate() -> None:
    """A hundred agents: never a fifth above the rate, and nearly all of it used."""
    fleet = Fleet(100, 200_000)
    seconds = [fleet.second() for _ in range(600)]
    assert busiest(seconds) <= 1.2 * TOTAL_PER_S
    assert min(seconds[330:]) >= 0.85 * TOTAL_PER_S


def test_a_fleet_without_jitter_is_held_by_the_credit() -> None:
    """All at once: the burst of their own rates is over within seconds."""
    fleet = Fleet(100, 86_400, jitter_s=0.0)
    seconds = [fleet.second() for _ in range(120)]
    assert sum(seconds[:3]) <= 100 * (2 * OWN_PER_S + 3 * OWN_PER_S)
    assert busiest(seconds[10:]) <= 1.1 * TOTAL_PER_S


def test_the_last_ones_have_the_whole_rate() -> None:
    """Shares grow as others come to their end: no part of the rate lies idle for long."""
    fleet = Fleet(20, 200_000, jitter_s=0.0)
    fleet.left["a0"] = 2_000_000
    seconds = [fleet.second() for _ in range(400)]
    assert fleet.paces["a0"].readings_per_s == TOTAL_PER_S
    assert sum(fleet.left.values()) == 0
    assert sum(count > 0 for count in seconds) <= 380


def test_five_hundred_agents_all_come_to_their_end() -> None:
    """Nobody starves: each has drained its share of an hour when the sum allows it."""
    fleet = Fleet(500, 3600)
    needed_s = int(500 * 3600 / TOTAL_PER_S + JITTER_S)
    for _ in range(needed_s + 60):
        fleet.second()
    assert set(fleet.left.values()) == {0}
