"""Figures as a collector makes them: by itself, on request, and after a rebooking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from collector import config
from collector.__main__ import app
from collector.app import Collector
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import (
    AGENT_STATE,
    DEMAND_NOW,
    GAP_RECORD,
    LINE_STATE,
    LOAD_DAY,
    MONTH_FIGURES,
    WIRING_STATE,
    agent_meter,
    line_meter,
)
from collector.summarise.series import IMPORT as ENERGY
from edge_agent.contract.health import Health, LineHealth, WiringHealth
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth, Gap, MeterCard
from tests.collector.figures.season import FOREVER, At
from tests.collector.plant_year import plant_year
from tests.collector.summarise.plant import MINUTE

FIRST, END = date(2025, 4, 1), date(2025, 4, 8)
NOON_MS = midnight_ms(ZoneInfo("Asia/Tokyo"), END) + 12 * 3_600_000
SITE = "sendai"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The settings of a plant with a week in its store."""
    return plant_year(tmp_path, circuits=1, first=FIRST, end=END)


@pytest.fixture
def collector(path: Path) -> Iterator[Collector]:
    """The plant's collector, at noon after that week."""
    made = Collector(config.load(path), At(NOON_MS))
    yield made
    made.close()


def rows(collector: Collector, measurement: str, meter: str = SITE_METER) -> int:
    """How many rows of the measurement there are."""
    return len(collector.store.read_rows(measurement, SITE, meter, 0, FOREVER))


def test_days_whose_raw_readings_are_gone_are_made_again(collector: Collector) -> None:
    """The week has totals alone: marked, each of its days and meters gets its figures."""
    assert collector.mark(FIRST, date(2025, 4, 3)) == 0
    assert collector.figures_once().days == 3 * 3
    assert rows(collector, LOAD_DAY) == 3
    assert rows(collector, MONTH_FIGURES, "press") == 1
    assert collector.figures_once().rows_written == 0


def test_rebooking_makes_the_carbon_of_months_again(collector: Collector) -> None:
    """New factors move no energy, but what the month's figures say of CO2."""
    (site,) = collector.settings.sites
    assert collector.figures_once().days == 0
    collector.rebook(site, FIRST, date(2025, 4, 7))
    assert collector.figures_once().days == 7 * 3
    (month,) = collector.store.read_rows(MONTH_FIGURES, SITE, SITE_METER, 0, FOREVER)
    assert "cum_co2_kg" in month.fields


def test_the_minute_s_demand_and_agents_are_told(collector: Collector) -> None:
    """Half an hour at 60 kW, read by the agent of the hall; the contract is 260 kW."""
    card = MeterCard(SITE, "main", "Intake", "test", 60.0, 1.0)
    collector.state.agents.born(Birth("hall", "e1", 1, "1.0", NOON_MS, (card,)))
    collector.state.cards.remember(Birth("hall", "e1", 1, "1.0", NOON_MS, (card,)))
    collector.store.check()
    collector.store.write_readings(
        [
            Reading(SITE, "main", NOON_MS - n * MINUTE, {ENERGY: 1_000_000.0 - 1000.0 * n})
            for n in range(60)
        ]
    )
    assert collector.demand_once() == 2
    (demand,) = collector.store.read_rows(DEMAND_NOW, SITE, SITE_METER, 0, FOREVER)
    assert demand.fields["now_kw"] == pytest.approx(60.0)
    assert demand.fields["contract_kw"] == 260.0
    (agent,) = collector.store.read_rows(AGENT_STATE, SITE, agent_meter("hall"), 0, FOREVER)
    assert agent.fields == {"online": 1.0, "holes": 0.0}


def test_what_agents_say_of_themselves_is_stored_for_boards(collector: Collector) -> None:
    """Health, lines, wiring, lost readings; a health of long ago tells nothing of now."""
    card = MeterCard(SITE, "main", "main", "p", 60.0, 1.0)
    collector.state.cards.remember(Birth("hall", "e1", 1, "1.0", NOON_MS, (card,)))
    collector.state.agents.born(Birth("hall", "e1", 1, "1.0", NOON_MS, (card,)))
    wiring = WiringHealth(SITE, "main", "sound", "", 0, 0, True)
    lines = (LineHealth("lan", 9, 0, 8, 1, 0, 0),)
    told = Health("hall", NOON_MS, "1.0", "synchronised", 60.0, 12, 0)
    health = replace(told, certificate_days=20.0, lines=lines, wiring=(wiring,))
    collector.state.agent_health.keep(health, NOON_MS - 1_000)
    collector.state.gaps.keep(Gap("hall", "e1", 1, 5, "too old: unsent"), NOON_MS - 3_600_000)
    collector.store.check()
    collector.demand_once()

    def stored(measurement: str, meter: str) -> list[Mapping[str, float | str]]:
        found = collector.store.read_rows(measurement, SITE, meter, 0, FOREVER)
        return [row.fields for row in found]

    (agent,) = stored(AGENT_STATE, agent_meter("hall"))
    assert (agent["outbox_rows"], agent["certificate_days"]) == (12.0, 20.0)
    assert agent["clock_offset_s"] == 1.0
    assert stored(LINE_STATE, line_meter("hall", "lan"))[0]["timeouts"] == 1.0
    assert stored(WIRING_STATE, "main")[0]["kind"] == "sound"
    assert stored(GAP_RECORD, agent_meter("hall")) == [{"readings": 5.0, "reason": "too_old"}]
    collector.state.agent_health.keep(health, NOON_MS - 601_000)
    collector.demand_once()
    assert stored(AGENT_STATE, agent_meter("hall")) == [{"online": 1.0, "holes": 0.0}]


def test_the_verb_that_computes_days_again_makes_their_figures(path: Path) -> None:
    """``collector summarise --from`` leaves nothing to be done."""
    words = ["summarise", "-c", str(path), "--from", "2025-04-01", "--json"]
    assert CliRunner().invoke(app, words).exit_code == 0
    made = Collector(config.load(path))
    assert rows(made, LOAD_DAY) == 7
    assert made.state.stale_figures.pending() == []
    made.close()
