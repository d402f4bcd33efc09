"""The energy-law report as a workbook: fuels are filled in, everything else follows live."""

from __future__ import annotations

from collector.accounts.energy_law import KL_PER_GJ
from collector.accounts.monthly import MonthLine, month_lines
from collector.reports.account_head import made_line, site_name
from collector.reports.account_parts import factor_table, quality_table, supplier_of
from collector.reports.account_sheet import METHOD_WIDTHS, add_table, method_rows
from collector.reports.account_words import method_name, say
from collector.reports.book import Book
from collector.reports.constants import Constant
from collector.reports.dates import Dates
from collector.reports.energy_law_report.data import METHODS, EnergyLawData
from collector.reports.energy_law_report.fuel_sheet import FuelCells, fuel_sheet
from collector.reports.energy_law_report.optimisation import Optimisation
from collector.reports.energy_law_report.summary_sheet import (
    ElectricityCells,
    intensity_sheet,
    summary_sheet,
)
from collector.reports.energy_law_report.words import WORDS
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, live, number, summed
from collector.rollup.carbon import energy_kwh

_KWH, _GJ, _KL = 3, 6, 7


def energy_law_book(data: EnergyLawData, language: Language) -> Book:
    """The workbook; the first sheet sums up electricity and the fuels a person fills in."""
    electricity, cells = _electricity(data, language)
    shk = SheetRows(WORDS.say("sheet_shk", language), METHOD_WIDTHS)
    kg = {}
    for method in METHODS:
        kg[method] = method_rows(shk, data.account, data.signed.known, method, language).kg
        shk.add()
    fuels, fuel_cells = fuel_sheet(data, language)
    together = ElectricityCells(*cells, kg)
    summary, kl = summary_sheet(data, together, fuel_cells, _head(data, language), language)
    sheets = [summary, electricity, shk, fuels, intensity_sheet(data, kl, language)]
    if data.optimisation is not None:
        sheets.append(_optimisation(data.optimisation, language))
    sheets += [_factors(data, language), _quality(data, fuel_cells, language)]
    return Book(tuple(rows.sheet() for rows in sheets))


def _head(data: EnergyLawData, language: Language) -> tuple[str, ...]:
    span = data.account.span
    dates = Dates(data.zone, language, data.fiscal_year_starts)
    return (
        WORDS.say("title", language, site=site_name(data, language)),
        f"{dates.fiscal_year(span.first, span.last)} ({span.first} – {span.last})",
        made_line(data, dates),
        WORDS.say("of_site", language),
        WORDS.say("input_note", language),
    )


def _electricity(data: EnergyLawData, language: Language) -> tuple[SheetRows, tuple[str, str, str]]:
    rows = SheetRows(WORDS.say("sheet_electricity", language), (12, 44, 16, 14, 14, 16, 16), 1)
    rows.heads(
        *(say("month", language), say("supplier", language)),
        *(f"{say(key, language)} (kWh)" for key in ("kwh", "estimated")),
        f"{WORDS.say('heat_value', language)} (GJ/MWh)",
        f"{WORDS.say('energy_gj', language)} (GJ)",
        f"{WORDS.say('oil', language)} (kL)",
    )
    first = rows.next_row
    for part in month_lines(data.account, METHODS[0]):
        _month_row(rows, data, part, language)
    last = rows.next_row - 1
    account = data.account
    gj, kl = account.energy_gj or 0, account.crude_oil_kl or 0
    at = rows.add(
        *(say("total", language), None),
        summed(_KWH, first, last, account.kwh, "kwh"),
        summed(4, first, last, account.estimated_kwh, "kwh"),
        None,
        summed(_GJ, first, last, gj, "gj"),
        summed(_KL, first, last, kl, "kl"),
    )
    return rows, (rows.at(_KWH, at), rows.at(_GJ, at), rows.at(_KL, at))


def _month_row(rows: SheetRows, data: EnergyLawData, part: MonthLine, language: Language) -> None:
    at = rows.next_row
    values = (p.heat_value for p in data.account.primary)
    value = next((v.gj_per_mwh for v in values if v.first <= part.month < v.end), None)
    contract = part.line.contract
    if value is None or (contract is not None and not contract.japanese):
        value = type(KL_PER_GJ)(0)
    gj = part.kwh * value / 1000
    rows.add(
        f"{part.month:%Y-%m}",
        supplier_of(part.line, data.signed.known.suppliers, language),
        number(part.kwh, "kwh"),
        number(energy_kwh(part.estimated_milli_wh), "kwh"),
        number(value, "factor"),
        live(f"=C{at}*E{at}/1000", gj, "gj"),
        live(f"=F{at}*{KL_PER_GJ}", gj * KL_PER_GJ, "kl"),
    )


def _optimisation(found: Optimisation, language: Language) -> SheetRows:
    rows = SheetRows(WORDS.say("sheet_optimisation", language), (44, 18, 16, 18, 80))
    rows.title(f"{WORDS.say('optimisation', language)} ({say('confirm', language)})")
    rows.heads(
        WORDS.say("band", language),
        f"{say('kwh', language)} (kWh)",
        f"{WORDS.say('coefficient', language)} (GJ/MWh)",
        f"{WORDS.say('energy_gj', language)} (GJ)",
        say("confirm", language),
    )
    first = rows.next_row
    for band in found.bands:
        at = rows.next_row
        rows.add(
            WORDS.say(f"band_{band.band}", language),
            number(energy_kwh(band.milli_wh), "kwh"),
            number(band.coefficient.value, "factor"),
            live(f"=B{at}*C{at}/1000", band.gj, "gj"),
            f"{band.coefficient.doubt(language)} — {band.coefficient.source}",
        )
    last = rows.next_row - 1
    rows.add(
        say("total", language),
        summed(2, first, last, energy_kwh(found.milli_wh), "kwh"),
        None,
        summed(4, first, last, found.gj, "gj"),
    )
    rows.add(WORDS.say("dr_up_days", language), len(found.raise_days))
    rows.add(WORDS.say("dr_down_days", language), len(found.tight_days))
    return rows


def _factors(data: EnergyLawData, language: Language) -> SheetRows:
    widths = (22, 30, 12, 40, 50, 26, 26, 10)
    rows = SheetRows(WORDS.say("sheet_factors", language), widths, 1)
    names = data.signed.known.suppliers
    add_table(rows, factor_table(data.account, METHODS, names, language))
    return rows


def _quality(data: EnergyLawData, fuels: FuelCells, language: Language) -> SheetRows:
    rows = SheetRows(WORDS.say("sheet_quality", language), (34, 90))
    rows.title(say("quality", language))
    add_table(rows, quality_table(data.account, data.signed.known, language))
    for method in METHODS:
        status = data.account.sum_of(method).status
        rows.add(method_name(method, language), say(status, language))
    for constant in fuels.constants:
        rows.add(*_constant_row(constant, language))
    for entry in data.signed.history:
        rows.add(f"No. {entry.number} {entry.by}", entry.digest)
    return rows


def _constant_row(constant: Constant, language: Language) -> tuple[str, str]:
    doubt = constant.doubt(language)
    mark = f" [{say('confirm', language)}: {doubt}]" if doubt else ""
    return f"{constant.id} = {constant.value} {constant.unit}", f"{constant.source}{mark}"
