"""The pack's data with its language, and how figures, windows and gaps are worded in all parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from collector.analysis.evidence import Evidence
from collector.analysis.gates import Gate
from collector.findings.finding import Range
from collector.reports.consultant.answer import Answer
from collector.reports.consultant.data import ConsultantData
from collector.reports.consultant.words.table import WORDS
from collector.reports.dates import Dates
from collector.reports.money import money_unit
from collector.reports.numbers import ABSENT, percent, plain
from collector.reports.report import AxisLabel, Cell, Language, Note

TWO_MONTHS = 62
DAYS_NAMED = 16
_COUNTS = ("months", "days", "days_of_kind")
"""Gates that count; the others are shares."""


@dataclass(frozen=True, slots=True)
class View:
    """Data, dates and words of one pack in one language."""

    data: ConsultantData
    dates: Dates

    @classmethod
    def of(cls, data: ConsultantData, language: Language) -> View:
        """Look at the data in the language."""
        return cls(data, data.head.dates(language))

    @property
    def language(self) -> Language:
        """The language the words are in."""
        return self.dates.language

    @property
    def unit(self) -> str:
        """Money as the reader writes it: 円 or yen."""
        return money_unit(self.data.proposals.currency, self.language)

    def say(self, key: str, **names: str | int) -> str:
        """The sentence in the view's language."""
        return WORDS.say(key, self.language, **names)

    def joined(self, sentences: Iterable[str]) -> str:
        """Sentences one after the other, as the language sets them."""
        return ("" if self.language == "ja" else " ").join(filter(None, sentences))

    def unit_of(self, unit: str) -> str:
        """A threshold's unit in the language."""
        key = f"unit_{unit}"
        return self.say(key) if key in WORDS.rows else unit

    def sentences(self, texts: Iterable[str]) -> str:
        """Short texts as sentences, one after the other."""
        stop = "。" if self.language == "ja" else "."
        held = [begun(text) for text in texts if text]
        return self.joined(text if text.endswith(stop) else text + stop for text in held)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return self.say("list_and").join(names)

    def span(self, first: date, end: date) -> str:
        """Days ``first`` to ``end`` (excluded), without weekdays."""
        last = end - timedelta(days=1)
        if first == last:
            return self.dates.day_only(first)
        to = "〜" if self.language == "ja" else " – "
        return f"{self.dates.day_only(first)}{to}{self.dates.day_only(last)}"

    def window(self, evidence: Evidence) -> str:
        """The days of the evidence."""
        last = (evidence.end - timedelta(seconds=1)).date()
        return self.span(evidence.start.date(), last + timedelta(days=1))

    def basis(self, evidence: Evidence) -> Note:
        """What a part stands on: window, known, measured and estimated shares."""
        return Note(self.say("basis", window=self.window(evidence), **shares_of(evidence)))

    def missing(self, name: str, answer: Answer[Any] | None = None) -> Note:
        """What cannot be said, and what data it would take."""
        text = self.say("empty", what=self.say(f"is_{name}"))
        return Note(text, self.needed(name, answer), "empty")

    def needed(self, name: str, answer: Answer[Any] | None) -> str:
        """What data or setting a figure lacks."""
        if answer is not None and answer.shut:
            return self.listed(self.gate_text(gate) for gate in answer.shut)
        key = f"need_{name}"
        return self.say(key if key in WORDS.rows else "need_any")

    def gate_text(self, gate: Gate) -> str:
        """What a gate needs and what there is."""
        if gate.name in _COUNTS:
            limit, figure = plain(gate.limit, 4, 0), plain(gate.figure, 4, 0)
        else:
            limit, figure = percent(gate.limit), percent(gate.figure)
        return self.say(f"lack_{gate.name}", limit=limit, figure=figure)

    def moment(self, at: datetime) -> str:
        """A moment with its year, 2025年7月2日 08:00."""
        return f"{self.dates.day_only(at.date())} {at:%H:%M}"

    def circuit(self, meter: str) -> str:
        """What a circuit is called."""
        for row in self.data.circuits.rows:
            if row.id == meter:
                return row.called(self.language)
        return self.say("remainder") if meter == "_unmeasured" else meter


def begun(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def shares_of(evidence: Evidence) -> dict[str, str]:
    """Known, measured and estimated shares in percent, as sentences take them."""
    return {
        "known": percent(evidence.known),
        "coverage": percent(evidence.coverage),
        "estimated": percent(evidence.estimated),
    }


def middle(amount: Range | None, digits: int = 3) -> str:
    """The most likely amount; a dash where nothing is saved."""
    return ABSENT if amount is None or is_nothing(amount) else plain(amount.mid, digits)


def ends(amount: Range, digits: int = 3) -> dict[str, str]:
    """The low and high end as sentences take them."""
    return {"low": plain(amount.low, digits), "high": plain(amount.high, digits)}


def is_nothing(amount: Range) -> bool:
    """Whether nothing is saved at all."""
    return not (amount.low or amount.mid or amount.high)


def ranged(view: View, amount: Range | None) -> tuple[Cell, Cell]:
    """Two cells: the most likely amount, and its range."""
    if amount is None or is_nothing(amount):
        return Cell(ABSENT), Cell(ABSENT)
    return Cell(plain(amount.mid, 3), amount.mid), Cell(view.say("range", **ends(amount)))


def known_values(values: Iterable[float]) -> tuple[float | None, ...]:
    """NaN becomes None: a line breaks there."""
    return tuple(None if np.isnan(value) else float(value) for value in values)


def hour_ticks(view: View) -> tuple[AxisLabel, ...]:
    """Every third hour of a day's axis in hours."""
    return tuple(AxisLabel(h, f"{h}:00", f"{h}", line=h % 6 == 0) for h in range(0, 25, 3))


def month_ticks(view: View, days: Sequence[date]) -> tuple[AxisLabel, ...]:
    """The months of an axis that counts the days from 0; up to two months, days."""
    if len(days) <= TWO_MONTHS:
        every = 1 if len(days) <= DAYS_NAMED else 7
        return tuple(
            AxisLabel(n, *view.dates.axis(days[n]), line=True) for n in range(0, len(days), every)
        )
    at = {day: number for number, day in enumerate(days)}
    return tuple(
        AxisLabel(at[first], *words, at[last] + 1, line=True)
        for first, last, words in view.dates.months(days)
    )


def days_from(first: date, count: int) -> Iterator[date]:
    """So many days in a row."""
    return (first + timedelta(days=number) for number in range(count))
