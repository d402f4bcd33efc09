"""The lines of an area supply file: where the data begin, and the time each line is labelled with.

Time and day stand in two cells or in one; some old files write the day on its first line only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from collector.errors import CollectorError
from collector.intensity.area_cells import day_in, instant_ms, minute_in
from collector.intensity.area_columns import MINUTE_MS, Unit
from collector.intensity.point import Refused
from edge_agent.process.bounded import rows_in


@dataclass(frozen=True, slots=True)
class Line:
    """One line of data: its number in the file (from 1), its label, and its cells.

    The label is a local day and a minute of it, 0 to 1440.
    """

    number: int
    day: date
    minute: int
    cells: Sequence[str]

    @property
    def label_ms(self) -> int:
        """The instant (UTC ms) that the label names."""
        return instant_ms(self.day, self.minute)


@dataclass(slots=True)
class Account:
    """What becomes of the lines that are not taken."""

    refused: list[Refused] = field(default_factory=list)
    passed_over: int = 0

    def refuse(self, line_number: int, reason: str) -> None:
        """Note a line that was refused."""
        self.refused.append(Refused(f"line {line_number}", reason))


def split(text: str) -> tuple[list[list[str]], list[tuple[int, list[str]]]]:
    """The lines above the data, and the data with their line numbers.

    Raises ``CollectorError`` when no line begins with a day.
    """
    try:
        rows = list(rows_in(text))
    except ValueError as error:
        raise CollectorError(f"not a CSV file: {error}", "download the file again") from error
    for index, (_, cells) in enumerate(rows):
        if _begins_with_day(cells):
            return [cells for _, cells in rows[:index]], rows[index:]
    hint = "is it an area supply file (エリア需給実績) of an operator?"
    raise CollectorError("no line begins with a day", hint)


def labelled(rows: Sequence[tuple[int, list[str]]], account: Account) -> Iterator[Line]:
    """Every line that has a label; the others go to the account."""
    day: date | None = None
    for number, cells in rows:
        try:
            written, time = _label(cells)
            day = written or day
            if not time and any(cell.strip() for cell in cells[2:]):
                raise ValueError("the time is blank")
            if day is None or not time:
                account.passed_over += 1
            else:
                yield Line(number, day, minute_in(time), cells)
        except ValueError as error:
            account.refuse(number, str(error))


def interval_ms(lines: Sequence[Line], unit: Unit) -> int:
    """How long an interval of the file is: half an hour, or an hour where the unit is energy.

    Raises ``CollectorError`` when the lines follow each other in other steps.
    """
    labels = sorted({line.label_ms for line in lines})
    steps = Counter(later - earlier for earlier, later in pairwise(labels))
    usual = steps.most_common(1)[0][0] if steps else unit.interval_ms
    interval = min(usual, unit.interval_ms)
    if interval not in (30 * MINUTE_MS, 60 * MINUTE_MS):
        hint = "import a file of half hours or hours"
        raise CollectorError(f"lines are {interval // MINUTE_MS} minutes apart", hint)
    return interval


def _begins_with_day(cells: Sequence[str]) -> bool:
    try:
        return bool(cells) and day_in(cells[0].strip().split(" ")[0]) is not None
    except ValueError:
        return True


def _label(cells: Sequence[str]) -> tuple[date | None, str]:
    """The day, None where it is not written again, and the text of the time, "" for padding."""
    first, second = ([cell.strip() for cell in cells[:2]] + ["", ""])[:2]
    if not first:
        return None, second
    written, _, time = first.partition(" ")
    day = day_in(written)
    if day is not None:
        return day, time or second
    if any(cell.strip() for cell in cells[1:]):
        raise ValueError(f"{first!r} is not a day")
    return None, ""  # a note of the operator below the data
