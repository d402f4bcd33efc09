"""The portfolio report: what stands out, sums, order, and what is not known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.errors import StopError
from collector.exports.page import render
from collector.reports.constants import constants
from collector.reports.portfolio.build import portfolio_report
from collector.reports.portfolio.data import Portfolio, SiteFault, SiteFigures
from collector.reports.report import BarChart, Language, Note, Report, Table
from collector.reports.site_head import SiteHead
from collector.rollup.periods import midnight_ms

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST, END = date(2025, 4, 1), date(2026, 4, 1)
HEAD = SiteHead("", "", TOKYO, midnight_ms(TOKYO, END), "0.1.0")
USUAL = SiteFigures(
    site="a",
    name="A工場",
    name_en="Works A",
    first=FIRST,
    end=END,
    kwh=1000.0,
    kwh_before=1000.0,
    change=0.0,
    co2_kg=400.0,
    co2_by_method_kg={"location": 420.0, "jp_shk_adjusted": 400.0},
    energy_cost=20_000.0,
    currency="JPY",
    peak_kw=95.0,
    contract_kw=100.0,
    lf_peak=0.4,
    lf_contract=0.38,
    base_kw=10.0,
    base_share=0.2,
    standby_kw=12.0,
    standby_share=0.1,
    off_day_share=0.06,
    night_share=0.2,
    coverage=1.0,
    missing=0.0,
)


def sites(**others: dict[str, float | str | None]) -> tuple[SiteFigures, ...]:
    """Five usual sites, some of them otherwise."""
    named = [
        replace(USUAL, site=letter, name=f"{letter.upper()}工場", name_en=f"Works {letter.upper()}")
        for letter in "abcde"
    ]
    return tuple(replace(one, **others.get(one.site, {})) for one in named)  # type: ignore[arg-type]


def made(found: tuple[SiteFigures, ...], language: Language = "en", *faults: SiteFault) -> Report:
    """The report of these sites."""
    return portfolio_report(Portfolio(FIRST, END, found, faults), HEAD, language)


def told(report: Report) -> list[str]:
    """What the report says to stand out."""
    return [block.text for block in report.sections[0].blocks if isinstance(block, Note)]


def table(report: Report, title: str) -> Table:
    """The table of that title."""
    blocks = [block for section in report.sections for block in section.blocks]
    return next(b for b in blocks if isinstance(b, Table) and b.title == title)


def test_nothing_stands_out_among_like_sites() -> None:
    """One sentence says so."""
    assert told(made(sites())) == ["No site stands far out."]


@pytest.mark.parametrize(
    ("otherwise", "sentence"),
    [
        ({"change": 0.25}, "Works C: energy is up 25.0% on the year before."),
        ({"change": -0.2}, "Works C: energy is down 20.0% on the year before."),
        (
            {"standby_share": 0.3},
            "Works C: 30.0% of its energy is used while not operating (median",
        ),
        ({"off_day_share": 0.12}, "Works C: 12.0% of its energy is used on days off (median of"),
        ({"lf_peak": 0.2}, "Works C: its load factor is low, 20.0% (median of sites 40.0%)."),
        (
            {"peak_kw": 50.0},
            "Works C: its largest demand is only 50.0% of the contract power of 100",
        ),
        ({"peak_kw": 120.0}, "Works C: its largest demand of 120.0 kW is above the contract power"),
    ],
)
def test_what_lies_far_from_the_others_is_told(
    otherwise: dict[str, float | str | None], sentence: str
) -> None:
    """Each reason in a sentence with the site and the figure."""
    (text,) = told(made(sites(c=otherwise)))
    assert text.startswith(sentence)


def test_few_sites_have_no_middle_to_be_far_from() -> None:
    """With three sites shares are not compared."""
    found = sites(c={"standby_share": 0.9})[:3]
    assert told(made(found)) == ["Sites are compared with one another from 4 sites on; here: 3."]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_bounds_are_told_in_the_appendix(language: Language) -> None:
    """Each bound with its value as the data file has it, what it decides and where it is from."""
    section = made(sites(), language).sections[-1]
    (bounds,) = section.blocks
    assert isinstance(bounds, Table)
    assert [row.cells[1].number for row in bounds.rows] == [4, 1.5, 0.05, 0.1, 0.8, 3]
    assert len(bounds.rows) == len(constants("standing_out"))
    assert all(cell.text for row in bounds.rows for cell in row.cells)
    values = [row.cells[1].text for row in bounds.rows]
    assert values[2:5] == ["5%", "10%", "80%"]
    assert values[1] == {"ja": "1.5 倍", "en": "1.5 times"}[language]


def test_a_day_without_bounds_is_refused() -> None:
    """Before the first row holds nothing is judged by a guess."""
    early = replace(USUAL, first=date(1969, 1, 1), end=date(1969, 2, 1))
    with pytest.raises(StopError, match="holds no fewest_sites on 1969-01-31"):
        portfolio_report(Portfolio(early.first, early.end, (early,)), HEAD, "en")


def test_sites_stand_by_energy_with_their_sums() -> None:
    """The largest first, those without energy last; the sum below, shares of it."""
    found = sites(b={"kwh": 3000.0}, e={"kwh": None, "change": None, "co2_kg": None})
    report = made(found, "en", SiteFault("x", "nothing is stored"))
    rows = table(report, "Energy, CO₂, cost and demand").rows
    assert [row.cells[0].text for row in rows] == [
        "Works B", "Works A", "Works C", "Works D", "Works E", "Total",
    ]  # fmt: skip
    assert rows[0].cells[2].number == pytest.approx(0.5)
    assert rows[4].cells[1].text == "–"
    assert rows[-1].cells[1].number == 6000.0
    assert report.figures[0].value == "6"
    assert report.figures[0].note == "of 4 of 6 sites"
    (chart,) = [b for s in report.sections for b in s.blocks if isinstance(b, BarChart)]
    assert [bar.parts[0].value for bar in chart.bars if bar.parts[0]] == [3000, 1000, 1000, 1000]


def test_the_change_of_all_is_that_of_the_sites_with_both_years() -> None:
    """1,000 to 1,500 and 1,000 to 1,000: up a quarter; a site without a year before is left out."""
    found = sites(
        a={"kwh": 1500.0, "change": 0.5},
        c={"kwh_before": None, "change": None},
        d={"kwh_before": None, "change": None},
        e={"kwh_before": None, "change": None},
    )
    report = made(found)
    assert report.figures[-1].value == "+25.0"
    assert report.figures[-1].note == "2 sites that have both years"


def test_currencies_are_never_added() -> None:
    """A column and a headline for each."""
    report = made(sites(b={"currency": "EUR", "energy_cost": 150.0}))
    units = [figure.unit for figure in report.figures if figure.meaning == "cost"]
    assert units == ["EUR", "yen"]
    labels = [column.unit for column in table(report, "Energy, CO₂, cost and demand").columns]
    assert labels.count("EUR") == labels.count("yen") == 1


def test_methods_stand_side_by_side() -> None:
    """Only those that a site has, none added up."""
    methods = table(made(sites()), "CO₂ by method")
    assert [column.label for column in methods.columns] == [
        "Site", "Location-based", "SHK adjusted",
    ]  # fmt: skip
    assert len(methods.rows) == 5


def test_the_worst_known_come_first_and_faults_before_them() -> None:
    """Sites without figures with the reason; then by what was measured."""
    found = sites(d={"coverage": 0.5, "missing": 0.5})
    rows = table(made(found, "en", SiteFault("x", "gone")), "Quality of the data").rows
    assert [row.cells[0].text for row in rows[:2]] == ["x", "Works D"]
    assert rows[0].cells[-1].text == "no figures: gone"
    assert rows[1].cells[3].text == "4,380"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_without_any_site_it_says_what_to_do(language: Language) -> None:
    """An empty report is a sentence and a way out, in both languages."""
    report = made((), language)
    notes = [b for s in report.sections for b in s.blocks if isinstance(b, Note)]
    assert notes[0].kind == "empty"
    assert "collector summarise" in notes[0].hint


def test_names_are_rendered_harmless(tmp_path: Path) -> None:
    """HTML in the name of a site is text on the page, in both languages."""
    found = sites(a={"name": "<script>alert(1)</script>", "name_en": "<img src=x onerror=y>"})
    page = render({"ja": made(found, "ja"), "en": made(found, "en")})
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert json.dumps("&lt;script&gt;")[1:-1] in page


def test_a_site_without_data_is_told_in_the_reader_s_language() -> None:
    """That nothing is stored is said in Japanese; another fault is told as it came."""
    empty = SiteFault("x", "nothing is stored of 2025", stored=False)
    found = table(made(sites(), "ja", empty, SiteFault("y", "disk full")), "データの確かさ").rows
    assert [row.cells[-1].text for row in found[:2]] == [
        "値なし: この期間のデータがありません",
        "値なし: disk full",
    ]
