"""Which meter stood at a place since when: serial number, ratio, and how its register counts.

The agents' cards tell it; so does a person who changed a meter. A new row is kept only when
something changed, so that the history is the list of changes and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from collector.errors import CollectorError
from collector.rollup.counters import MeterChange
from collector.state.database import StateDatabase
from edge_agent.contract.wire import MeterCard

Source = Literal["agent", "user"]
_FIELDS = (
    "id, site, meter, from_ms, serial, ratio, step_wh, modulus_wh, agent, epoch, source, by_name,"
    " reason, taken_back_by, taken_back_at_ms"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The meter that counts from ``from_ms`` (UTC ms) on, and who said so.

    ``serial`` is empty, the numbers are None where nobody said. ``source`` "user": a person says
    that the meter was replaced at that instant.
    """

    id: int
    site: str
    meter: str
    from_ms: int
    serial: str
    ratio: float | None
    step_wh: float | None
    modulus_wh: float | None
    agent: str
    epoch: str
    source: Source
    by: str = ""
    reason: str = ""
    taken_back_by: str = ""
    taken_back_at_ms: int | None = None

    def replaces(self, earlier: Identity | None) -> bool:
        """Whether it is another meter than the earlier one, as far as is known."""
        if self.source == "user":
            return True
        known = earlier is not None and bool(earlier.serial and self.serial)
        return known and earlier is not None and earlier.serial != self.serial

    def changes_ratio(self, earlier: Identity | None) -> bool:
        """Whether its CT/VT ratio is another one than the earlier one's."""
        if earlier is None or earlier.ratio is None or self.ratio is None:
            return False
        return earlier.ratio != self.ratio


class MeterIdentities:
    """The durable history of every meter. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def note(self, card: MeterCard, agent: str, epoch: str, at_ms: int) -> bool:
        """Keep what an agent's card says from ``at_ms`` on; answers whether anything changed.

        What a card does not say (an empty serial) is no change. A card older than what is known
        is passed by: brokers retain births of agents that have given their meter away since.
        """
        newest = self._newest(card.site, card.meter)
        if newest is not None and at_ms < newest.from_ms:
            return False
        serial = card.serial or (newest.serial if newest else "")
        told = (serial, card.ratio, card.step_wh, card.modulus_wh)
        if newest and told == (newest.serial, newest.ratio, newest.step_wh, newest.modulus_wh):
            return False
        self._insert((card.site, card.meter, at_ms, *told, agent, epoch, "agent", "", ""))
        return True

    def replaced(
        self, site: str, meter: str, at_ms: int, by: str, serial: str = "", reason: str = ""
    ) -> int:
        """Keep a person's word that another meter counts from ``at_ms`` on; answers its id.

        Raises ``CollectorError`` without a name, or when that is known already.
        """
        if not by.strip():
            raise CollectorError("who replaced the meter is not said", "write --by NAME")
        before = [known for known in self.history(site, meter) if known.from_ms <= at_ms]
        last = before[-1] if before else None
        if last and last.from_ms == at_ms and last.source == "user":
            what = f"that {meter} was replaced then is known already (m{last.id})"
            raise CollectorError(what, f"take it back first: collector meters take-back m{last.id}")
        told = (last.ratio, last.step_wh, last.modulus_wh) if last else (None, None, None)
        row = (site, meter, at_ms, serial, *told, "", "", "user", by.strip(), reason.strip())
        return self._insert(row)

    def take_back(self, identity_id: int, by: str, at_ms: int) -> Identity:
        """Mark a person's word as taken back; answers it as it stands then.

        Raises ``CollectorError`` when there is none of that id, it was taken back before, or an
        agent said it.
        """
        with self._database.write() as connection:
            changed = connection.execute(
                "UPDATE meter_identity SET taken_back_by = ?, taken_back_at_ms = ?"
                " WHERE id = ? AND source = 'user' AND taken_back_at_ms IS NULL",
                (by, at_ms, identity_id),
            ).rowcount
        found = self._read("WHERE id = ?", (identity_id,))
        if not found or not changed:
            hint = "the ids are in: collector meters corrections SITE"
            raise CollectorError(f"m{identity_id} is no replacement that stands", hint)
        return found[0]

    def history(self, site: str, meter: str) -> list[Identity]:
        """What stands of the meter's history, in order of time."""
        where = "WHERE site = ? AND meter = ? AND taken_back_at_ms IS NULL"
        return self._read(where, (site, meter))

    def said_by_users(self, site: str, meter: str = "") -> list[Identity]:
        """Every replacement that a person told, of the site or one meter, taken back or not."""
        if meter:
            return self._read("WHERE source = 'user' AND site = ? AND meter = ?", (site, meter))
        return self._read("WHERE source = 'user' AND site = ?", (site,))

    def changes(self, site: str, meter: str) -> Sequence[MeterChange]:
        """When the meter, or its ratio, became another one, in order of time."""
        return list(_changes([None, *self.history(site, meter)]))

    def _newest(self, site: str, meter: str) -> Identity | None:
        history = self.history(site, meter)
        return history[-1] if history else None

    def _insert(self, row: Sequence[object]) -> int:
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO meter_identity (site, meter, from_ms, serial, ratio, step_wh,"
                " modulus_wh, agent, epoch, source, by_name, reason)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(cursor.lastrowid or 0)

    def _read(self, where: str, values: Sequence[object]) -> list[Identity]:
        sql = f"SELECT {_FIELDS} FROM meter_identity {where} ORDER BY from_ms, id"
        return [Identity(*row) for row in self._database.read(sql, values)]


def _changes(history: Sequence[Identity | None]) -> Iterator[MeterChange]:
    for earlier, later in pairwise(history):
        if later is None:
            continue
        serials = (earlier.serial if earlier else "", later.serial)
        ratios = (earlier.ratio if earlier else None, later.ratio)
        if later.replaces(earlier):
            yield MeterChange(later.from_ms, "replaced", *serials, *ratios)
        elif later.changes_ratio(earlier):
            yield MeterChange(later.from_ms, "ratio", *serials, *ratios)
