"""The workbook's first sheet and the five years of intensity, both live."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from collector.accounts.energy_law import THRESHOLDS, whole_kl
from collector.reports.account_words import method_name, say
from collector.reports.book import BookCell
from collector.reports.energy_law_report.data import METHODS, EnergyLawData, IntensityYear
from collector.reports.energy_law_report.fuel_sheet import FuelCells
from collector.reports.energy_law_report.intensity_part import year_name
from collector.reports.energy_law_report.words import WORDS
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, live, number


@dataclass(frozen=True, slots=True)
class ElectricityCells:
    """Where the electricity's sums stand; ``kg`` by method ("": no total)."""

    kwh: str
    gj: str
    kl: str
    kg: Mapping[str, str]


def summary_sheet(
    data: EnergyLawData,
    electricity: ElectricityCells,
    fuels: FuelCells,
    head: tuple[str, ...],
    language: Language,
) -> tuple[SheetRows, str]:
    """The sums of electricity and fuels, and the address of the total in kL."""
    rows = SheetRows(WORDS.say("sheet_summary", language), (44, 18, 18, 18, 50))
    rows.title(head[0])
    for text in head[1:]:
        rows.note(text)
    rows.heads(
        "",
        WORDS.say("electricity", language),
        WORDS.say("fuels", language),
        say("total", language),
        say("status", language),
    )
    at = _energy_rows(rows, data, electricity, fuels, language)
    for method in METHODS:
        _emission_row(rows, data, method, electricity.kg[method], fuels, language)
    rows.add()
    rows.title(WORDS.say("thresholds", language))
    kl = data.account.crude_oil_kl or Decimal(0)
    for threshold in THRESHOLDS:
        left = live(f"={threshold.kl}-D{at}", threshold.kl - kl, "kl")
        name = WORDS.say(f"threshold_{threshold.kl}", language)
        rows.add(name, number(threshold.kl, "kl"), None, left, threshold.source)
    return rows, rows.at(4, at)


def _energy_rows(
    rows: SheetRows,
    data: EnergyLawData,
    electricity: ElectricityCells,
    fuels: FuelCells,
    language: Language,
) -> int:
    """Add kWh, GJ, kL and whole kL; the row of the kL."""
    account = data.account
    gj, kl = account.energy_gj or Decimal(0), account.crude_oil_kl or Decimal(0)
    rows.add(f"{say('kwh', language)} (kWh)", live(f"={electricity.kwh}", account.kwh, "kwh"))
    at = rows.next_row
    rows.add(
        f"{WORDS.say('energy_gj', language)} (GJ)",
        live(f"={electricity.gj}", gj, "gj"),
        live(f"={fuels.gj}", 0, "gj"),
        live(f"=B{at}+C{at}", gj, "gj"),
    )
    at = rows.next_row
    rows.add(
        f"{WORDS.say('oil', language)} (kL)",
        live(f"={electricity.kl}", kl, "kl"),
        live(f"={fuels.kl}", 0, "kl"),
        live(f"=B{at}+C{at}", kl, "kl"),
        "" if data.complete else WORDS.say("incomplete", language),
    )
    whole = live(f"=ROUND(D{at},0)", whole_kl(kl), "integer")
    rows.add(f"{WORDS.say('total_kl_whole', language)} (kL)", None, None, whole)
    return at


def _emission_row(
    rows: SheetRows,
    data: EnergyLawData,
    method: str,
    cell: str,
    fuels: FuelCells,
    language: Language,
) -> None:
    figure, at = data.account.sum_of(method), rows.next_row
    name = f"{method_name(method, language)} (t-CO₂)"
    if figure.kg is None or not cell:
        rows.add(name, say("unknown", language), None, None, say("missing", language))
        return
    t = figure.kg.scaleb(-3)
    rows.add(
        name,
        live(f"={cell}/1000", t, "tonnes"),
        live(f"={fuels.t}", 0, "tonnes"),
        live(f"=B{at}+C{at}", t, "tonnes"),
        say(figure.status, language),
    )


def intensity_sheet(data: EnergyLawData, kl: str, language: Language) -> SheetRows:
    """Five years: cells to fill in where nothing is known, W, ratios and mean live."""
    rows = SheetRows(WORDS.say("sheet_intensity", language), (22, *(16,) * 6))
    rows.title(WORDS.say("intensity", language))
    c = data.activity_unit or WORDS.say("activity", language)
    rows.note(WORDS.say("intensity_lead", language, c=c))
    units = {"year": "", "a": " (kL)", "b": " (kL)", "b2": " (kL)", "c": f" ({c})", "w": ""}
    heads = (WORDS.say(key, language) + unit for key, unit in units.items())
    rows.heads(*heads, f"{WORDS.say('ratio', language)} (%)")
    first = rows.next_row
    change = data.change
    ratios = change.ratios_percent if change else ()
    for place, year in enumerate(data.years):
        this = place == len(data.years) - 1
        entries = _entries(year, kl if this else "")
        at = rows.next_row
        ratio: BookCell | None = None
        if place:
            value = float(ratios[place - 1]) if ratios else _ratio(data.years[place - 1], year)
            text = f'=IF(OR(F{at - 1}="",F{at}=""),"",ROUND(F{at}/F{at - 1}*100,1))'
            ratio = live(text, value, "number")
        rows.add(year_name(data, year, language), *entries, _w(year, at), ratio)
    last = rows.next_row - 1
    together = "*".join(f"G{at}" for at in range(first + 1, last + 1))
    formula = f'=IF(COUNT(G{first + 1}:G{last})<4,"",ROUND(({together}/100^4)^(1/4)*100,1))'
    mean = live(formula, float(change.percent) if change else "", "number")
    rows.add(WORDS.say("mean", language), *(None,) * 5, mean)
    return rows


def _entries(year: IntensityYear, kl: str) -> tuple[BookCell, ...]:
    if kl and year.energy_origin == "account" and year.energy_kl is not None:
        energy = live(f"={kl}", year.energy_kl, "kl")
    else:
        energy = number(year.energy_kl, "input")
    return (
        energy,
        number(year.sold_kl, "input"),
        number(year.bought_heat_kl, "input"),
        number(year.activity, "input"),
    )


def _w(year: IntensityYear, at: int) -> BookCell:
    net = f"(B{at}-C{at}-D{at})"
    ready = f'OR(B{at}="",E{at}="",E{at}=0,{net}<=0)'
    text = f'=IF({ready},"",ROUND({net}/E{at},3-INT(LOG10({net}/E{at}))))'
    found = year.intensity
    return live(text, "" if found is None else float(found), "number")


def _ratio(before: IntensityYear, year: IntensityYear) -> float | str:
    if before.intensity is None or year.intensity is None:
        return ""
    exact = year.intensity / before.intensity * 100
    return float(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
