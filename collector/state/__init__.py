"""The collector's own small state, durable in one SQLite file.

What must survive a restart besides the readings: windows whose totals are out of date, what the
agents said about themselves and their meters, which numbers of theirs are accounted for and which
will never come, when readings arrived, and payloads nobody could read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from collector.state.agent_health import AgentHealth
from collector.state.agent_settings import AgentSettingsVersions
from collector.state.agents import Agents
from collector.state.api_tokens import ApiTokens
from collector.state.arrivals import Arrivals
from collector.state.cards import MeterCards
from collector.state.care_requests import CareRequests
from collector.state.closed_periods import ClosedPeriods
from collector.state.database import StateDatabase
from collector.state.dead_letters import DeadLetters
from collector.state.dirty import DirtyWindows
from collector.state.events import CounterEvents
from collector.state.findings import FindingLog
from collector.state.fleet import FleetRegister
from collector.state.gaps import GapRecords
from collector.state.grafana_access import GrafanaAccess
from collector.state.identities import MeterIdentities
from collector.state.imported import ImportLedger
from collector.state.outlet_marks import OutletMarks
from collector.state.received import Received
from collector.state.report_runs import ReportRuns
from collector.state.rollouts import Rollouts
from collector.state.rulings import Rulings
from collector.state.sightings import Sightings
from collector.state.stale_figures import StaleFigures
from collector.state.usual_powers import UsualPowers

FILE_NAME = "collector-state.sqlite"


@dataclass(frozen=True, slots=True)
class CollectorState:
    """Every room of the state file."""

    database: StateDatabase
    dirty: DirtyWindows
    cards: MeterCards
    agents: Agents
    agent_health: AgentHealth
    gaps: GapRecords
    dead_letters: DeadLetters
    events: CounterEvents
    rollouts: Rollouts
    rulings: Rulings
    identities: MeterIdentities
    closed: ClosedPeriods
    imports: ImportLedger
    usual_powers: UsualPowers
    received: Received
    arrivals: Arrivals
    findings: FindingLog
    api_tokens: ApiTokens
    report_runs: ReportRuns
    grafana_access: GrafanaAccess
    stale_figures: StaleFigures
    fleet: FleetRegister
    sightings: Sightings
    outlet_marks: OutletMarks
    care_requests: CareRequests
    agent_settings: AgentSettingsVersions


def open_state(folder: Path) -> CollectorState:
    """Open the state file in the folder, made when missing.

    Raises ``StopError`` when the folder cannot be used or the file is damaged.
    """
    database = StateDatabase(folder / FILE_NAME)
    return CollectorState(
        database=database,
        dirty=DirtyWindows(database),
        cards=MeterCards(database),
        agents=Agents(database),
        agent_health=AgentHealth(database),
        gaps=GapRecords(database),
        dead_letters=DeadLetters(database),
        events=CounterEvents(database),
        rollouts=Rollouts(database),
        rulings=Rulings(database),
        identities=MeterIdentities(database),
        closed=ClosedPeriods(database),
        imports=ImportLedger(database),
        usual_powers=UsualPowers(database),
        received=Received(database),
        arrivals=Arrivals(database),
        findings=FindingLog(database),
        api_tokens=ApiTokens(database),
        report_runs=ReportRuns(database),
        grafana_access=GrafanaAccess(database),
        stale_figures=StaleFigures(database),
        fleet=FleetRegister(database),
        sightings=Sightings(database),
        outlet_marks=OutletMarks(database),
        care_requests=CareRequests(database),
        agent_settings=AgentSettingsVersions(database),
    )
