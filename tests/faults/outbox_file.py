"""What an outbox holds, read from outside while its agent runs or is dead."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.outbox.packed import unpack
from simulators.ledger import Stored

ENERGY = "active_energy_import_wh"
WAITING, REFUSED, HELD = 0, 2, 3
_ROWS = "SELECT seq, meter, at_ms, quantities, state FROM reading"


@dataclass(frozen=True, slots=True)
class Committed:
    """Every reading that was seen committed, and the numbers that were given away.

    ``readings`` by meter; ``refused`` are those of them that the collector will never store;
    ``numbers`` (each with its meter and counter, Wh) and ``last`` (the highest number given) by
    epoch.
    """

    readings: dict[str, set[Stored]] = field(default_factory=lambda: defaultdict(set))
    refused: dict[str, set[Stored]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[str, dict[int, tuple[str, float]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    last: dict[str, int] = field(default_factory=dict)

    def add(self, folder: Path) -> None:
        """Add what the outbox in ``folder`` holds now, files that were set aside included."""
        for path in sorted(folder.glob("outbox*.sqlite")):
            try:
                self._add_file(path)
            except sqlite3.DatabaseError:
                continue  # a damaged file: what of it can be read was salvaged by the agent

    def _add_file(self, path: Path) -> None:
        with closing(_connect(path)) as db:
            epoch = str(db.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0])
            rows = db.execute(_ROWS).fetchall()
            last = db.execute("SELECT value FROM meta WHERE key = 'last_seq'").fetchone()
        for seq, meter, at_ms, quantities, state in rows:
            wh = unpack(quantities).get(ENERGY)
            if wh is not None:  # eviction thins rows to what matters most
                self.numbers[epoch][seq] = meter, wh
                self.readings[meter].add((at_ms, wh))
                if state == REFUSED:
                    self.refused[meter].add((at_ms, wh))
        highest = max(int(last[0]) if last else 0, max((row[0] for row in rows), default=0))
        self.last[epoch] = max(self.last.get(epoch, 0), highest)


@dataclass(frozen=True, slots=True)
class Depth:
    """How an outbox stands: what waits for a receipt, and the highest number given."""

    waiting: int
    gaps: int
    last: int


def depth(folder: Path) -> Depth | None:
    """How the outbox in ``folder`` stands; None while it cannot be read."""
    try:
        with closing(_connect(folder / "outbox.sqlite")) as db:
            asked = "SELECT count(*) FROM reading WHERE state IN (?, ?)"
            waiting = db.execute(asked, (WAITING, HELD)).fetchone()[0]
            gaps = db.execute("SELECT count(*) FROM gap WHERE state = 0").fetchone()[0]
            last = db.execute("SELECT value FROM meta WHERE key = 'last_seq'").fetchone()
    except sqlite3.Error:
        return None
    return Depth(waiting, gaps, int(last[0]) if last else 0)


def committed_in(folders: Iterable[Path]) -> Committed:
    """What the outboxes in these folders hold."""
    found = Committed()
    for folder in folders:
        found.add(folder)
    return found


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
