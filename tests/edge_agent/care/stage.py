"""An agent for the tests of remote care, as the keeper sees one: a settings file and what works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_agent import config
from edge_agent.care.keeper import Keeper
from edge_agent.config import AgentSettings
from edge_agent.contract.care import Ask, settings_digest
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ClockState
from edge_agent.errors import StopError
from edge_agent.meter_link import MeterLink
from edge_agent.wiring.verdict import Judgement
from tests.edge_agent.bench import HandClock

OWN = """\
# Hall 2. Call the electrician before you change anything.
[agent]
id = "a-1"
site = "plant"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"     # the broker of head office
[care]
allow = ["status", "config"]
trial_s = 60
[clock]
wait_s = 0
"""
TABLES = """\
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""
MORE = (
    TABLES
    + """\
[[meters]]
id = "press"   # new in hall 3
link = "lan"
unit_id = 2
profile = "schneider_iem3155"
"""
)


@dataclass
class Stage:
    """A ``Plant`` whose agent starts when the test says so; ``works`` are meters that answer."""

    path: Path
    clock: HandClock = field(default_factory=HandClock)
    works: set[str] = field(default_factory=lambda: {"main"})
    receipts: bool = True
    wanted: bool = False
    way_back: Path | None = None
    fault: str = ""
    running: AgentSettings | None = None

    def settings(self) -> AgentSettings:
        """As they were at the last start."""
        if self.running is None:
            self.running = config.load(self.path)
        return self.running

    def ask(self, link_id: str) -> MeterLink:
        """There is no line here."""
        raise StopError(f"there is no link {link_id}")

    def latest(self) -> Mapping[str, Reading]:
        """A reading of each meter that works, of now."""
        known = {row.id for row in self.settings().meters}
        now_ms = self.clock.now_ms()
        return {m: Reading("plant", m, now_ms, {"active_power_w": 1.0}) for m in self.works & known}

    def stored_up_to(self, meter: str) -> int | None:
        """Now, where receipts come."""
        return self.clock.now_ms() if self.receipts and meter in self.latest() else None

    def standing(self) -> Mapping[str, Judgement]:
        """None."""
        return {}

    def health(self) -> Mapping[str, Any]:
        """Well."""
        return {"ok": True}

    def starting(self) -> bool:
        """Between ``start_anew`` and ``started``."""
        return self.wanted

    def start_anew(self, way_back: Path | None) -> None:
        """Note the wish."""
        self.wanted, self.way_back = True, way_back

    def start_fault(self) -> str:
        """As the test set it."""
        return self.fault

    def started(self) -> None:
        """The agent runs with what is in the file now."""
        self.running, self.wanted = config.load(self.path), False


def stage_in(folder: Path, tables: str = TABLES) -> Stage:
    """A stage with its settings file in ``folder``."""
    path = folder / "agent.toml"
    path.write_text(OWN + tables, encoding="utf-8")
    return Stage(path)


def keeper_of(stage: Stage, clock_state: ClockState = "synchronised") -> Keeper:
    """A keeper, as a new process would make it."""
    return Keeper(stage, stage.clock, lambda: clock_state)


def push_of(version: int, text: str, /, **more: Any) -> Ask:
    """A push of the text as this version."""
    whole = {"version": version, "settings": text, "digest": settings_digest(text)}
    arguments = {**whole, **more}
    return Ask(f"q{version}", "a-1", "config", "sato", 1, 2, arguments)
