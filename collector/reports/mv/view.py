"""The data with a language: sentences, names and numbers as the report writes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from collector.accounts.span import Span
from collector.reports.dates import Dates
from collector.reports.mv.data import CheckRow, Driver, MvData, Reach, Term
from collector.reports.mv.more_words import MORE_WORDS
from collector.reports.mv.words import WORDS
from collector.reports.numbers import ABSENT, plain
from collector.reports.report import Cell, Column, Language, Row, Table

SHARES = ("coverage", "cv_rmse", "cv_rmse_whole_building", "nmbe", "fraction")
"""Figures of checks that are told in percent."""


@dataclass(frozen=True, slots=True)
class MvView:
    """Data, dates and words of one report in one language."""

    data: MvData
    dates: Dates

    @classmethod
    def of(cls, data: MvData, language: Language) -> MvView:
        """Look at the data in the language."""
        return cls(data, data.head.dates(language))

    @property
    def language(self) -> Language:
        """The language the words are in."""
        return self.dates.language

    def say(self, key: str, **names: str | int) -> str:
        """The sentence of the report's first table in the view's language."""
        return WORDS.say(key, self.language, **names)

    def tell(self, key: str, **names: str | int) -> str:
        """The sentence of the second table."""
        return MORE_WORDS.say(key, self.language, **names)

    def span(self, span: Span) -> str:
        """First and last day, without weekdays."""
        first, last = self.dates.day_only(span.first), self.dates.day_only(span.last)
        dash = "〜" if self.language == "ja" else " – "
        return first if first == last else f"{first}{dash}{last}"

    def days(self, first: date, end: date) -> str:
        """The days from ``first`` to ``end``, excluded."""
        return self.span(Span(first, end))

    def product(self, product: str) -> str:
        """The name of a production meter."""
        return self.data.products[product][0].in_(self.language)

    def product_unit(self, product: str) -> str:
        """Its unit, or the word for one."""
        return self.data.products[product][1] or self.say("unit_piece")

    def state(self, state: str) -> str:
        """The name of an operating state."""
        return self.say(f"state_{state}")

    def term(self, term: Term) -> str:
        """What a term multiplies."""
        if term.kind == "state":
            return self.state(term.of)
        if term.kind == "product":
            return self.product(term.of)
        return self.say(f"term_{term.kind}", at=f"{term.at_c or 0.0:.4g}")

    def term_unit(self, term: Term) -> str:
        """The unit of a term's coefficient."""
        if term.kind == "product":
            return self.say("per_unit", unit=self.product_unit(term.of))
        return self.say("per_k" if term.at_c is not None else "per_day")

    def driver(self, driver: Driver) -> str:
        """The name of a driver."""
        return self.say(f"driver_{driver}")

    def reach(self, reach: Reach) -> str:
        """The name of the variable that went over a range."""
        return self.product(reach.of) if reach.of else self.driver(reach.driver)

    def ends(self, ends: tuple[float, float] | None, unit: str = "") -> str:
        """A range with its unit."""
        if ends is None:
            return ABSENT
        low, high = (plain(value, 4, 1) for value in ends)
        return " ".join(filter(None, (self.say("range_text", low=low, high=high), unit)))

    @property
    def no_co2(self) -> str:
        """Why there is no CO2 figure."""
        carbon = self.data.carbon
        if carbon.without_contract is not None:
            day = self.dates.day_only(carbon.without_contract)
            return self.say("no_contract", day=day)
        return self.say("no_factor", why=carbon.without_factor or ABSENT)

    def bound(self, check: CheckRow) -> str:
        """What a check wants."""
        if check.at_least is not None:
            return self.say("at_least", value=figure(check.of, check.at_least))
        return self.say("at_most", value=figure(check.of, check.at_most))


def kwh_text(kwh: float | None) -> str:
    """Whole kWh; one decimal below 100."""
    if kwh is None:
        return ABSENT
    return plain(kwh, 12, 1 if 0 < abs(kwh) < 100 else 0)


def share_text(share: float | None) -> str:
    """A share as percent with one decimal, signed."""
    return ABSENT if share is None else plain(share * 100, 6, 1)


def figure(of: str, value: float | None) -> str:
    """The figure of a check, in percent where it is a share."""
    if of in SHARES:
        return f"{share_text(value)}%"
    return plain(value, 4, 2 if of == "r_squared" else 0)


def left(*labels: str) -> tuple[Column, ...]:
    """Columns of text."""
    return tuple(Column(label, align="left") for label in labels)


def texts(*cells: str, strong: bool = False) -> Row:
    """A row of text."""
    return Row(tuple(Cell(text) for text in cells), strong=strong)


def terms_table(title: str, pairs: Iterable[tuple[str, str]]) -> Table:
    """Terms and their texts."""
    return Table(title, left("", ""), tuple(texts(*pair) for pair in pairs))
