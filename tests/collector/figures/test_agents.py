"""How each agent is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from collector.figures.agents import agent_rows
from collector.state.agents import AgentEntry
from collector.state.arrivals import MeterSign

NOW = 1_800_000_030_000
HALL = AgentEntry("hall", "e", 1, True, "1.0", NOW)
YARD = AgentEntry("yard", "e", 1, False, "1.0", NOW)
READERS = {("s", "a"): "hall", ("s", "b"): "hall", ("t", "c"): "hall", ("s", "d"): "yard"}


def sign(site: str, meter: str, at_ms: int | None) -> MeterSign:
    """When a meter was last heard of."""
    return MeterSign(site, meter, NOW, at_ms, at_ms, None, 60.0, True, False, True)


def fields(
    signs: list[MeterSign], holes: Counter[str] | None = None
) -> Mapping[tuple[str, str], Mapping[str, float | str]]:
    """What is told, by site and meter."""
    rows = agent_rows([HALL, YARD], READERS, signs, holes or Counter(), NOW)
    return {(row.site, row.meter): row.fields for row in rows}


def test_an_agent_stands_at_each_site_that_it_reads_for() -> None:
    """At the full minute, as a meter that no meter's name can be."""
    rows = list(agent_rows([HALL], READERS, [], Counter(), NOW))
    assert [(row.site, row.meter) for row in rows] == [("s", "_agent_hall"), ("t", "_agent_hall")]
    assert {row.at_ms for row in rows} == {NOW - NOW % 60_000}


def test_its_age_is_that_of_its_newest_reading() -> None:
    """One that never sent has none; holes are counted by agent."""
    signs = [sign("s", "a", NOW - 90_000), sign("s", "b", NOW - 5_000), sign("t", "c", None)]
    found = fields(signs, Counter({"yard": 3}))
    assert found["s", "_agent_hall"] == {"online": 1.0, "holes": 0.0, "newest_age_s": 5.0}
    assert found["s", "_agent_yard"] == {"online": 0.0, "holes": 3.0}


def test_a_clock_ahead_makes_no_age_below_zero() -> None:
    """A reading from the future is new."""
    assert fields([sign("s", "d", NOW + 9_000)])["s", "_agent_yard"]["newest_age_s"] == 0.0


def test_an_agent_without_meters_stands_nowhere() -> None:
    """No site is its own."""
    assert list(agent_rows([HALL], {}, [], Counter(), NOW)) == []
