"""電気需要最適化 as a reader sees it: bands, doubtful coefficients, days of demand response."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.accounts.energy_law import KL_PER_GJ
from collector.analysis.intensity import intensity_of
from collector.reports.account_parts import fixed_text, kwh_text
from collector.reports.account_words import say
from collector.reports.energy_law_report.data import EnergyLawData
from collector.reports.energy_law_report.intensity_part import four_digits
from collector.reports.energy_law_report.optimisation import Optimisation
from collector.reports.energy_law_report.words import WORDS
from collector.reports.report import Block, Cell, Column, Language, Note, Row, Section, Table


def optimisation_section(data: EnergyLawData, language: Language) -> Section:
    """The section; what is missing where there are no half hours."""
    title = WORDS.say("optimisation", language)
    if data.optimisation is None:
        return Section(title, "", (Note(WORDS.say("no_slots", language), kind="empty"),))
    return Section(
        title,
        WORDS.say("optimisation_lead", language),
        tuple(_blocks(data, data.optimisation, language)),
        badge=say("confirm", language),
    )


def optimised_intensity(data: EnergyLawData, found: Optimisation) -> Decimal | None:
    """The weighed electricity as crude oil over the activity; None without an activity."""
    activity = data.years[-1].activity
    return intensity_of(found.gj * KL_PER_GJ, activity) if activity else None


def _blocks(data: EnergyLawData, found: Optimisation, language: Language) -> Iterator[Block]:
    yield _band_table(found, language)
    yield _terms(data, found, language)
    for why in dict.fromkeys(band.coefficient.doubt(language) for band in found.bands):
        what = WORDS.say("optimisation", language)
        yield Note(say("confirm_note", language, what=what, why=why), kind="warning")
    slots, days = Decimal(found.milli_wh).scaleb(-6), data.account.kwh
    if slots != days:
        names = {"slots": kwh_text(slots), "days": kwh_text(days)}
        yield Note(WORDS.say("slots_differ", language, **names), kind="warning")


def _band_table(found: Optimisation, language: Language) -> Table:
    columns = (
        Column(WORDS.say("band", language), align="left"),
        Column(say("kwh", language), "kWh"),
        Column(WORDS.say("coefficient", language), "GJ/MWh"),
        Column(WORDS.say("energy_gj", language), "GJ"),
    )
    rows = [
        Row(
            (
                Cell(WORDS.say(f"band_{band.band}", language)),
                _energy(band.milli_wh),
                Cell(str(band.coefficient.value), float(band.coefficient.value)),
                Cell(fixed_text(band.gj, 1), float(band.gj)),
            )
        )
        for band in found.bands
    ]
    total = (
        Cell(say("total", language)),
        _energy(found.milli_wh),
        Cell(""),
        Cell(fixed_text(found.gj, 1), float(found.gj)),
    )
    title = WORDS.say("optimisation", language)
    return Table(title, columns, (*rows, Row(total, strong=True)))


def _terms(data: EnergyLawData, found: Optimisation, language: Language) -> Table:
    days = WORDS.say("days", language)
    terms = [
        ("dr_up_days", f"{len(found.raise_days)} {days}"),
        ("dr_down_days", f"{len(found.tight_days)} {days}"),
    ]
    intensity = optimised_intensity(data, found)
    if intensity is not None:
        terms.append(("optimised_w", f"{four_digits(intensity)} kL/{data.activity_unit or 'C'}"))
    rows = tuple(Row((Cell(WORDS.say(key, language)), Cell(text))) for key, text in terms)
    return Table("", (Column("", align="left"), Column("", align="left")), rows)


def _energy(milli_wh: int) -> Cell:
    kwh = Decimal(milli_wh).scaleb(-6)
    return Cell(kwh_text(kwh), float(kwh))
