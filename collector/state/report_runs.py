"""Up to which due instant each report that makes itself is made."""

from __future__ import annotations

from collector.state.database import StateDatabase


class ReportRuns:
    """The durable list of reports made. Safe to use from several threads and processes."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def made_up_to(self, report: str, site: str) -> int | None:
        """The due instant (UTC ms) it was last made for; None when it was never noted."""
        rows = self._database.read(
            "SELECT due_ms FROM report_run WHERE report = ? AND site = ?", (report, site)
        )
        return int(rows[0][0]) if rows else None

    def note(self, report: str, site: str, due_ms: int, at_ms: int) -> None:
        """Note that it is made up to the due instant; durable on return."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO report_run VALUES (?, ?, ?, ?)",
                (report, site, due_ms, at_ms),
            )
