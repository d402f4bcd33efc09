"""The energy intensity of five fiscal years and its mean change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.reports.account_parts import fixed_text
from collector.reports.account_words import say
from collector.reports.energy_law_report.data import EnergyLawData, IntensityYear
from collector.reports.energy_law_report.words import WORDS
from collector.reports.numbers import ABSENT
from collector.reports.report import Block, Cell, Column, Language, Note, Row, Section, Table
from collector.rollup.period_names import fiscal_year_name


def intensity_section(data: EnergyLawData, language: Language) -> Section:
    """The table of five years, the mean change, and what is missing for it."""
    own = data.activity_name if language == "ja" else data.activity_name_en
    name = own or WORDS.say("activity", language)
    c = f"{name} ({data.activity_unit})" if data.activity_unit else name
    return Section(
        WORDS.say("intensity", language),
        WORDS.say("intensity_lead", language, c=c),
        (_table(data, language), *_remarks(data, language)),
    )


def year_name(data: EnergyLawData, year: IntensityYear, language: Language) -> str:
    """The fiscal year as people read it."""
    return fiscal_year_name(year.year, data.fiscal_year_starts, language)


def four_digits(value: Decimal) -> str:
    """A value of 4 significant digits with its zeros: 0.04000."""
    return f"{value.quantize(Decimal(1).scaleb(value.adjusted() - 3)):f}"


def _table(data: EnergyLawData, language: Language) -> Table:
    unit = f"kL/{data.activity_unit}" if data.activity_unit else "kL/C"
    columns = (
        Column(WORDS.say("year", language), align="left"),
        *(Column(WORDS.say(key, language), "kL") for key in ("a", "b", "b2")),
        Column(WORDS.say("c", language), data.activity_unit),
        Column(WORDS.say("w", language), unit),
        Column(WORDS.say("ratio", language), "%"),
        Column(WORDS.say("origin", language), align="left"),
    )
    change = data.change
    ratios = ("", *map(str, change.ratios_percent)) if change else ("",) * len(data.years)
    rows = [_row(data, y, r, language) for y, r in zip(data.years, ratios, strict=True)]
    if change:
        mean = Cell(WORDS.say("change", language))
        cells = (mean, *(Cell("") for _ in range(5)), Cell(str(change.percent)), Cell(""))
        rows.append(Row(cells, strong=True))
    return Table(WORDS.say("intensity", language), columns, tuple(rows))


def _row(data: EnergyLawData, year: IntensityYear, ratio: str, language: Language) -> Row:
    origins = (year.energy_origin, year.activity_origin)
    origin = " · ".join(WORDS.say(f"origin_{origin}", language) for origin in origins)
    w = ABSENT if year.intensity is None else four_digits(year.intensity)
    mark = "" if year.whole or year.intensity is None else f" ({say('provisional', language)})"
    return Row(
        (
            Cell(year_name(data, year, language)),
            _number(year.energy_kl, 2),
            _number(year.sold_kl, 2),
            _number(year.bought_heat_kl, 2),
            Cell(ABSENT) if year.activity is None else _amount(year.activity),
            Cell(w + mark, None if year.intensity is None else float(year.intensity)),
            Cell(ratio),
            Cell(origin),
        )
    )


def _number(value: Decimal | None, places: int) -> Cell:
    if value is None:
        return Cell(ABSENT)
    return Cell(fixed_text(value, places), float(value))


def _amount(value: Decimal) -> Cell:
    return Cell(f"{value.normalize():,f}", float(value))


def _remarks(data: EnergyLawData, language: Language) -> Iterator[Block]:
    if all(year.activity is None for year in data.years):
        hint = WORDS.say("no_activity_hint", language)
        yield Note(WORDS.say("no_activity", language), hint, "empty")
        return
    without = [y for y in data.years if y.intensity is None]
    if without:
        names = ", ".join(year_name(data, year, language) for year in without)
        hint = WORDS.say("years_hint", language)
        yield Note(WORDS.say("years_missing", language, years=names), hint, "empty")
    if data.change is not None:
        target = data.change.target
        text = WORDS.say("change_target", language, percent=str(target.percent))
        yield Note(f"{text} ({target.source})")
    if data.unlike_years:
        hint = WORDS.say("unlike_hint", language, year=data.years[-1].year)
        yield Note(WORDS.say("unlike_years", language), hint, "provisional")
    if not data.years[-1].whole:
        yield Note(WORDS.say("partial", language), kind="provisional")
