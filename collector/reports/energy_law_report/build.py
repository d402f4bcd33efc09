"""The energy-law report in a language: the year's figures in the order of the forms."""

from __future__ import annotations

from collections.abc import Iterator

from collector.accounts.energy_law import KL_PER_GJ, whole_kl
from collector.accounts.view import thresholds_of
from collector.reports.account_head import account_report, dates_of, site_name
from collector.reports.account_parts import (
    energy_figure,
    factor_blocks,
    fixed_text,
    kwh_text,
    method_figure,
    quality_table,
    remarks,
)
from collector.reports.account_words import say
from collector.reports.constants import constant_on
from collector.reports.dates import Dates
from collector.reports.energy_law_report.data import METHODS, EnergyLawData
from collector.reports.energy_law_report.electricity import line_table, supplier_month_table
from collector.reports.energy_law_report.intensity_part import four_digits, intensity_section
from collector.reports.energy_law_report.optimisation_part import optimisation_section
from collector.reports.energy_law_report.words import WORDS
from collector.reports.report import (
    Cell,
    Column,
    Figure,
    Language,
    Note,
    Report,
    Row,
    Section,
    Table,
)
from collector.reports.signed import closed_blocks


def energy_law_report(data: EnergyLawData, language: Language) -> Report:
    """The report of the fiscal year."""
    dates = dates_of(data, language)
    title = WORDS.say("title", language, site=site_name(data, language))
    parts = (_figures(data, language), _sections(data, dates), _notes(data, language))
    return account_report(data, dates, title, parts)


def _notes(data: EnergyLawData, language: Language) -> Iterator[Note]:
    yield Note(WORDS.say("of_site", language))
    yield Note(WORDS.say("fuels_missing", language), kind="warning")
    yield from remarks(data.account, METHODS, data.signed.known, language)


def _figures(data: EnergyLawData, language: Language) -> Iterator[Figure]:
    account = data.account
    badge = "" if data.complete else WORDS.say("incomplete", language)
    kl, gj = account.crude_oil_kl, account.energy_gj
    if kl is not None and gj is not None:
        whole = WORDS.say("whole_kl", language, kl=f"{whole_kl(kl):,}")
        label = WORDS.say("kl", language)
        yield Figure(label, fixed_text(kl, 1), "kL", whole, "energy", badge)
        label = WORDS.say("gj", language)
        yield Figure(
            label, fixed_text(gj, 1), "GJ", kwh_text(account.kwh) + " kWh", "energy", badge
        )
    for method in METHODS:
        yield method_figure(account.sum_of(method), language)
    yield energy_figure(account, language)
    yield from _intensity_figures(data, language)


def _intensity_figures(data: EnergyLawData, language: Language) -> Iterator[Figure]:
    year, change = data.years[-1], data.change
    if year.intensity is not None:
        unit = f"kL/{data.activity_unit}" if data.activity_unit else "kL/C"
        only = WORDS.say("electricity_only", language) if year.energy_origin == "account" else ""
        badge = "" if year.whole else say("provisional", language)
        label = WORDS.say("intensity", language)
        yield Figure(label, four_digits(year.intensity), unit, only, "plain", badge)
    if change is not None:
        target = WORDS.say("change_target", language, percent=str(change.target.percent))
        firm = year.whole and not data.unlike_years
        badge = "" if firm else say("provisional", language)
        label = WORDS.say("change", language)
        yield Figure(label, str(change.percent), "%", target, "plain", badge)


def _sections(data: EnergyLawData, dates: Dates) -> Iterator[Section]:
    language, account = dates.language, data.account
    values = ", ".join(str(part.heat_value.gj_per_mwh) for part in account.primary)
    yield Section(
        WORDS.say("months", language),
        WORDS.say("months_lead", language, hv=values, kl=str(KL_PER_GJ)),
        (supplier_month_table(data, language),),
    )
    what, why = WORDS.say("rounding_what", language), WORDS.say("rounding_why", language)
    doubt = Note(say("confirm_note", language, what=what, why=why), kind="warning")
    lead = WORDS.say("shk_lead", language)
    yield Section(WORDS.say("shk", language), lead, (line_table(data, language), doubt))
    yield _thresholds(data, language)
    yield intensity_section(data, language)
    yield optimisation_section(data, language)
    yield _by_hand(data, language)
    names = data.signed.known.suppliers
    factors = factor_blocks(account, METHODS, names, language)
    yield Section(say("factors", language), "", factors)
    blocks = closed_blocks(data.signed, METHODS, dates)
    yield Section(WORDS.say("signed", language), "", tuple(blocks))
    quality = quality_table(account, data.signed.known, language)
    yield Section(say("quality", language), "", (quality,))


def _thresholds(data: EnergyLawData, language: Language) -> Section:
    columns = (
        Column(WORDS.say("threshold", language), "kL"),
        Column(WORDS.say("of", language), align="left"),
        Column(WORDS.say("meaning", language), align="left"),
        Column(WORDS.say("left_kl", language), "kL"),
        Column(WORDS.say("left_kwh", language), "kWh"),
    )
    rows = []
    for way in thresholds_of(data.account):
        threshold = way.threshold
        of = "of_site_word" if threshold.of == "site" else "of_company"
        cells = (
            Cell(f"{threshold.kl:,}", float(threshold.kl)),
            Cell(WORDS.say(of, language)),
            Cell(WORDS.say(f"threshold_{threshold.kl}", language)),
            Cell(fixed_text(way.kl_left, 1), float(way.kl_left)),
            Cell(f"{way.kwh_left:,}".replace("-", "−"), way.kwh_left),
        )
        rows.append(Row(cells))
    title = WORDS.say("thresholds", language)
    lead = WORDS.say("thresholds_lead", language)
    return Section(title, lead, (Table(title, columns, tuple(rows)),))


def _by_hand(data: EnergyLawData, language: Language) -> Section:
    keys = ("fuel", "unit", "quantity", "unit_gj", "unit_t")
    columns = tuple(Column(WORDS.say(key, language), align="left") for key in keys)
    enter = WORDS.say("enter", language)
    rows, doubts = [], []
    for fuel in data.fuels:
        values = [c.said(language) if c else enter for c in (fuel.gj, fuel.co2_t)]
        rows.append(
            Row(tuple(map(Cell, (fuel.name(language), fuel.unit(language), enter, *values))))
        )
        for constant in (fuel.gj, fuel.co2_t):
            if constant is not None and not constant.sure:
                what = f"{fuel.name(language)} {constant.said(language)}"
                why = constant.doubt(language)
                text = say("confirm_note", language, what=what, why=why)
                doubts.append(Note(f"{text} [{constant.source}]", kind="warning"))
    title = WORDS.say("by_hand", language)
    table = Table(title, columns, tuple(rows))
    share = constant_on("energy_law", "non_fossil_fuel_share", data.account.span.first)
    also = Note(WORDS.say("also", language, share=str(share.value) if share else "–"))
    empty = Note(f"{enter}: {WORDS.say('no_value', language)}")
    lead = WORDS.say("by_hand_lead", language)
    return Section(title, lead, (table, empty, *doubts, also))
