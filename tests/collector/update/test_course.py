"""Rings and when the next one opens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.state.rollouts import Member, MemberPhase
from collector.update.course import open_ring, rings_of, standing, to_ask

AGENTS = st.integers(1, 300).map(lambda count: [f"a{number:03}" for number in range(count)])
PHASES = st.sampled_from(["waiting", "asked", "done"])


def test_a_worked_case() -> None:
    """Twenty agents, two first, then ten, fifty and all of them per cent."""
    rings = rings_of([f"a{number}" for number in range(20)], 2, [10, 50, 100])
    assert [ring for _, ring in rings] == [0] * 2 + [1] * 8 + [2] * 10
    assert rings_of(["a"], 3, [100]) == [("a", 0)]


@given(AGENTS, st.integers(1, 50), st.lists(st.integers(1, 100), max_size=5))
def test_every_agent_is_in_one_ring_and_no_ring_is_empty(
    agents: list[str], first: int, percents: list[int]
) -> None:
    """In their order, the first ring as large as was said, ring numbers without a gap."""
    rings = rings_of(agents, first, percents)
    assert [agent for agent, _ in rings] == agents
    numbers = [ring for _, ring in rings]
    assert numbers == sorted(numbers)
    assert sorted(set(numbers)) == list(range(max(numbers) + 1))
    assert numbers.count(0) >= min(first, len(agents))


@given(AGENTS, st.integers(1, 5), st.lists(PHASES, min_size=300, max_size=300))
def test_nobody_is_asked_before_the_ring_before_is_well(
    agents: list[str], first: int, phases: list[MemberPhase]
) -> None:
    """Whoever is to be asked has none before who is not done."""
    members = [
        Member(1, agent, ring, phase)
        for (agent, ring), phase in zip(rings_of(agents, first, [20, 60]), phases, strict=False)
    ]
    for asked in to_ask(members, 0, 10):
        assert all(one.phase == "done" for one in members if one.ring < asked.ring)
        assert asked.phase == "waiting"


def test_the_pause_counts_from_the_last_that_was_done() -> None:
    """One millisecond short is too early."""
    members = [Member(1, "a", 0, "done", changed_ms=100), Member(1, "b", 1)]
    assert open_ring(members, 50, 149) == 0
    assert open_ring(members, 50, 150) == 1


def test_the_first_failure_halts_and_all_done_ends() -> None:
    """A failed agent is named with its reason, whatever the others do."""
    done, failed = Member(1, "a", 0, "done"), Member(1, "b", 0, "failed", reason="no room")
    assert standing([done, failed]) == ("halted", "agent b: no room")
    assert standing([done]) == ("done", "")
    assert standing([done, Member(1, "b", 1)]) == ("running", "")
