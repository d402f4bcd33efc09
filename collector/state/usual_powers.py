"""The highest power each counter has usually shown: what holds where nobody states a rated power.

Kept once learnt, and only ever raised, so that computing an old day again judges its steps as
before: a growing plant makes the measure wider, never narrower.
"""

from __future__ import annotations

from collector.state.database import StateDatabase


class UsualPowers:
    """The durable list of usual powers. Safe to use from several threads."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def learn(self, site: str, meter: str, quantity: str, power_w: float | None) -> float | None:
        """Answer the counter's usual power (W), raised to ``power_w`` where that is higher.

        None when nothing is known yet. Durable on return.
        """
        key = (site, meter, quantity)
        known = self._database.read(
            "SELECT power_w FROM usual_power WHERE site = ? AND meter = ? AND quantity = ?", key
        )
        held: float | None = known[0][0] if known else None
        if power_w is None or (held is not None and held >= power_w):
            return held
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO usual_power VALUES (?, ?, ?, ?)", (*key, power_w)
            )
        return power_w
