"""What the agents' births say about each meter: its name and how its energy counter counts."""

from __future__ import annotations

from collector.state.database import StateDatabase
from edge_agent.contract.wire import Birth, MeterCard

_REMEMBER = """
INSERT INTO meter_card (site, meter, agent, epoch, connection, at_ms, name, profile, interval_s,
    step_wh, modulus_wh, serial, ratio) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (site, meter) DO UPDATE SET
    agent = excluded.agent, epoch = excluded.epoch, connection = excluded.connection,
    at_ms = excluded.at_ms, name = excluded.name, profile = excluded.profile,
    interval_s = excluded.interval_s, step_wh = excluded.step_wh, modulus_wh = excluded.modulus_wh,
    serial = excluded.serial, ratio = excluded.ratio
WHERE CASE WHEN agent = excluded.agent AND epoch = excluded.epoch
           THEN excluded.connection >= connection ELSE excluded.at_ms >= at_ms END
"""
_FIELDS = "site, meter, name, profile, interval_s, step_wh, modulus_wh, serial, ratio"


class MeterCards:
    """The newest card of each meter. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def remember(self, birth: Birth) -> None:
        """Keep the birth's cards; a card from an older birth never replaces a newer one.

        Births are retained: a broker may hand over the one of an agent that has since given its
        meter to another.
        """
        rows = [
            (
                *(card.site, card.meter, birth.agent, birth.epoch, birth.connection, birth.at_ms),
                *(card.name, card.profile, card.interval_s, card.step_wh, card.modulus_wh),
                *(card.serial, card.ratio),
            )
            for card in birth.meters
        ]
        with self._database.write() as connection:
            connection.executemany(_REMEMBER, rows)

    def card(self, site: str, meter: str) -> MeterCard | None:
        """Answer what is known of the meter, None when no agent has named it yet."""
        rows = self._database.read(
            f"SELECT {_FIELDS} FROM meter_card WHERE site = ? AND meter = ?",
            (site, meter),
        )
        return MeterCard(*rows[0]) if rows else None

    def all(self) -> list[MeterCard]:
        """Answer every card, by site and meter."""
        rows = self._database.read(f"SELECT {_FIELDS} FROM meter_card ORDER BY site, meter")
        return [MeterCard(*row) for row in rows]

    def agents(self) -> dict[tuple[str, str], str]:
        """Answer which agent reads a meter, by site and meter."""
        rows = self._database.read("SELECT site, meter, agent FROM meter_card")
        return {(site, meter): agent for site, meter, agent in rows}
