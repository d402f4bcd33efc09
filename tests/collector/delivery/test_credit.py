"""The credit book: shares of one rate, told when they matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis.strategies import dictionaries, floats, integers, lists, sampled_from, tuples

from collector.delivery.credit import DRAINING_S, TELL_EVERY_S, CreditBook
from edge_agent.contract.credit import LEAST_READINGS_PER_S, Credit

AGENTS = tuple(f"a{number}" for number in range(20))


def test_nobody_drains_nobody_is_told() -> None:
    """Live readings alone, or none at all, make no credit."""
    book = CreditBook(1000.0)
    book.note({}, 0.0)
    book.note({"a": 0}, 0.0)
    assert book.due(0.0) == []


def test_an_agent_is_told_when_it_begins() -> None:
    """The first agent has the whole rate, at once and only once."""
    book = CreditBook(1000.0)
    book.note({"a": 60}, 5.0)
    assert book.due(5.0) == [Credit("a", 1000.0)]
    book.note({"a": 60}, 6.0)
    assert book.due(6.0) == []


def test_all_that_drain_share_alike() -> None:
    """A second agent halves the first one's share, and both are told."""
    book = CreditBook(1000.0)
    book.note({"a": 60}, 0.0)
    book.due(0.0)
    book.note({"b": 1}, 1.0)
    assert book.due(1.0) == [Credit("a", 500.0), Credit("b", 500.0)]


def test_a_share_that_hardly_moves_is_not_told() -> None:
    """The twentieth agent costs the others a twentieth: only it is told."""
    book = CreditBook(1000.0)
    book.note(dict.fromkeys(AGENTS[:19], 60), 0.0)
    book.due(0.0)
    book.note({AGENTS[19]: 60}, 1.0)
    assert book.due(1.0) == [Credit(AGENTS[19], 50.0)]


def test_small_moves_add_up() -> None:
    """A share is compared with what was told, not with what it was a moment ago."""
    book = CreditBook(1000.0)
    book.note(dict.fromkeys(AGENTS[:15], 60), 0.0)
    book.due(0.0)
    told: list[str] = []
    for number in range(15, 18):
        book.note({AGENTS[number]: 60}, 1.0)
        told += [credit.agent for credit in book.due(1.0)]
    assert "a0" in told


def test_each_minute_it_is_told_again() -> None:
    """A credit that was lost on the way is made good."""
    book = CreditBook(1000.0)
    book.note({"a": 60}, 0.0)
    book.due(0.0)
    book.note({"a": 60}, TELL_EVERY_S - 1)
    assert book.due(TELL_EVERY_S - 1) == []
    assert book.due(TELL_EVERY_S) == [Credit("a", 1000.0)]


def test_who_has_drained_gives_its_share_back() -> None:
    """After a minute without backlog an agent does not count; when it comes again it is told."""
    book = CreditBook(1000.0)
    book.note({"a": 60, "b": 60}, 0.0)
    book.due(0.0)
    book.note({"a": 60}, DRAINING_S - 1)
    assert book.due(DRAINING_S - 1) == []
    assert book.due(DRAINING_S) == [Credit("a", 1000.0)]
    book.note({"b": 60}, DRAINING_S + 1)
    assert book.due(DRAINING_S + 1) == [Credit("a", 500.0), Credit("b", 500.0)]


def test_the_least_is_one_reading_a_second() -> None:
    """However many drain, none is told to stop."""
    book = CreditBook(3.0)
    book.note(dict.fromkeys(AGENTS, 60), 0.0)
    assert {credit.readings_per_s for credit in book.due(0.0)} == {LEAST_READINGS_PER_S}


@given(
    total_per_s=floats(20, 1e9),
    steps=lists(
        tuples(floats(0, 90), dictionaries(sampled_from(AGENTS), integers(0, 500))), max_size=30
    ),
)
def test_the_shares_never_pass_the_whole(
    total_per_s: float, steps: list[tuple[float, dict[str, int]]]
) -> None:
    """What the draining agents hold together is within a tenth of what there is."""
    book, now_s = CreditBook(total_per_s), 0.0
    held: dict[str, float] = {}
    seen_s: dict[str, float] = {}
    for wait_s, backlog in steps:
        now_s += wait_s
        book.note(backlog, now_s)
        seen_s |= {agent: now_s for agent, count in backlog.items() if count}
        held |= {credit.agent: credit.readings_per_s for credit in book.due(now_s)}
        draining = [agent for agent, at_s in seen_s.items() if now_s - at_s < DRAINING_S]
        assert sum(held[agent] for agent in draining) <= total_per_s * 1.12
