"""What went into a file that was written: rows, and how many of them are not simply measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from collector.series.kinds import SeriesRow
from collector.series.wanted import Wanted


class Tally:
    """Counts rows, those of which anything is known, and qualities.

    ``notes`` are what a reader of the file should know.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.known = 0
        self.qualities: Counter[str] = Counter()
        self.notes: list[str] = []

    def count(self, wanted: Wanted, rows: Sequence[SeriesRow]) -> None:
        """Add rows of the series."""
        self.rows += len(rows)
        names = [column.name for column in wanted.series.columns]
        if "quality" in names:
            place = names.index("quality")
            found = Counter(str(row.values[place]) for row in rows)
            self.qualities.update(found)
            self.known += len(rows) - found["missing"]
        else:
            self.known += sum(any(value is not None for value in row.values) for row in rows)
