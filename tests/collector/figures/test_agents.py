"""How each agent is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from collector.figures.agents import Known, agent_rows
from collector.state.agent_health import HealthEntry
from collector.state.agents import AgentEntry
from collector.state.arrivals import MeterSign
from collector.storage.admission import row_fault
from collector.storage.figure_schema import AGENT_STATE, LINE_STATE, WIRING_STATE
from edge_agent.contract.health import Health, LineHealth, WiringHealth

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
    rows = agent_rows(Known([HALL, YARD], READERS, signs, holes or Counter()), NOW)
    return {(row.site, row.meter): row.fields for row in rows}


def test_an_agent_stands_at_each_site_that_it_reads_for() -> None:
    """At the full minute, as a meter that no meter's name can be."""
    rows = list(agent_rows(Known([HALL], READERS, [], Counter()), NOW))
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
    assert list(agent_rows(Known([HALL], {}, [], Counter()), NOW)) == []


LINE = LineHealth("rs485-1", 90, 3, 80, 6, 4, 0, 0.4, 31.5)
WELL = Health(
    *("hall", NOW + 2_500, "mieruka 1", "unsynchronised", 3600.0, 120, 7),
    outbox_oldest_s=43_200.0,
    outbox_bytes=40_960,
    certificate_days=61.5,
    disk_free_bytes=4_000_000_000,
    board_celsius=48.5,
    lines=(LINE,),
    wiring=(WiringHealth("s", "a", "reversed_ct", "L1 L2", 1, 0, True),),
)


def told(health: Health) -> dict[tuple[str, str, str], Mapping[str, float | str]]:
    """The rows of an agent that says this, by measurement, site and meter."""
    known = Known([HALL, YARD], READERS, [], Counter(), [HealthEntry(health, NOW)])
    rows = list(agent_rows(known, NOW))
    assert [row_fault(row) for row in rows] == [""] * len(rows)
    return {(row.measurement, row.site, row.meter): row.fields for row in rows}


def test_what_an_agent_says_of_itself_stands_in_its_row() -> None:
    """At each of its sites; what it does not say is absent, and the other agent's row is bare."""
    found = told(WELL)
    expected = {
        "online": 1.0, "holes": 0.0, "outbox_rows": 120.0, "outbox_bytes": 40_960.0,
        "outbox_days": 0.5, "dropped": 7.0, "clock_offset_s": 2.5, "clock_kept": 0.0,
        "certificate_days": 61.5, "disk_free_bytes": 4e9, "board_celsius": 48.5,
        "uptime_s": 3600.0, "software": "mieruka 1",
    }  # fmt: skip
    assert found[AGENT_STATE, "s", "_agent_hall"] == expected
    assert found[AGENT_STATE, "t", "_agent_hall"] == expected
    assert found[AGENT_STATE, "s", "_agent_yard"] == {"online": 0.0, "holes": 0.0}


def test_a_clock_that_nobody_vouches_for_is_neither_kept_nor_not() -> None:
    """Unknown is absent."""
    fields = told(replace(WELL, clock="unknown"))[AGENT_STATE, "s", "_agent_hall"]
    assert "clock_kept" not in fields


def test_each_line_has_a_row_of_its_own() -> None:
    """Under a name that holds agent and link; without an answer there is no latency."""
    fields = told(WELL)[LINE_STATE, "s", "_line_hall.rs485-1"]
    assert fields == {
        "due": 90.0, "left_out": 3.0, "answers": 80.0, "timeouts": 6.0, "bad_answers": 4.0,
        "refusals": 0.0, "load": 0.4, "latency_ms": 31.5,
    }  # fmt: skip
    mute = replace(LINE, answers=0, load=None, latency_ms=None)
    bare = told(replace(WELL, lines=(mute,)))[LINE_STATE, "s", "_line_hall.rs485-1"]
    assert not {"load", "latency_ms"} & bare.keys()


def test_wiring_stands_at_the_quarter_hour() -> None:
    """It rarely changes: sixteen rows of the same would tell no more."""
    known = Known([HALL], READERS, [], Counter(), [HealthEntry(WELL, NOW)])
    (row,) = [row for row in agent_rows(known, NOW) if row.measurement == WIRING_STATE]
    assert (row.site, row.meter, row.at_ms) == ("s", "a", NOW - NOW % 900_000)
    assert row.fields == {
        "kind": "reversed_ct", "phases": "L1 L2", "faults": 1.0, "checks": 0.0, "enough_load": 1.0,
    }  # fmt: skip


def test_an_agent_speaks_of_nothing_but_its_own() -> None:
    """Not of another's meter, nor of a line whose name would be a series of its choice."""
    others = (
        WiringHealth("s", "d", "sound", "", 0, 0, True),
        WiringHealth("t", "a", "sound", "", 0, 0, True),
        WiringHealth("elsewhere", "x", "sound", "", 0, 0, True),
    )
    lines = tuple(replace(LINE, link=name) for name in ("", "a b", "_x", "a\\", "a.b", "A"))
    found = told(replace(WELL, wiring=others, lines=lines))
    assert {key[0] for key in found} == {AGENT_STATE}
