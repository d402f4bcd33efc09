"""The SBT report: the line, the year's point, conditions, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.accounts.span import Span
from collector.accounts.targets import sbt_sme_rule
from collector.reports.report import Language, XYChart
from collector.reports.sbt.book import sbt_book
from collector.reports.sbt.build import sbt_report
from collector.reports.sbt.data import (
    Entered,
    SbtData,
    eligible,
    missing_of,
    open_facts,
    standing_of,
)
from collector.reports.signed import BaseYear, ClosedEntry, SignedAccount
from tests.collector.accounts.books import TOKYO
from tests.collector.reports.formula_oracle import Oracle, differences
from tests.collector.reports.signed_samples import (
    MADE_AT_MS,
    figure,
    signed,
    table,
    texts,
    year_days,
)

LANGUAGES: tuple[Language, ...] = ("ja", "en")
FULL = Entered(
    s1_t=Decimal(10),
    base_s1_t=Decimal(12),
    staff=Decimal(80),
    turnover_meur=Decimal(20),
    assets_meur=Decimal(10),
    flag=False,
    excluded_sector=False,
    scope_3=True,
)


def sbt(
    held: SignedAccount | None = None,
    base_year: int = 2018,
    entered: Entered = FULL,
    **more: object,
) -> SbtData:
    """FY2025 (S2: 15.4395 t location, 18.25 t market) against a base of 20 and 28 t of S2."""
    span = Span(date(base_year, 4, 1), date(base_year + 1, 4, 1), f"FY{base_year}")
    kg = {"location": Decimal(20_000), "market": Decimal(28_000)}
    data = SbtData(
        *("s", "工場", "Works", TOKYO, 4, held or signed(), MADE_AT_MS, 2025),
        rule=sbt_sme_rule(base_year),
        base=BaseYear(span, "closed", kg),
        entered=entered,
    )
    return replace(data, **more)  # type: ignore[arg-type]


def test_the_line_by_hand() -> None:
    """From 40 t in FY2018, -50 % to FY2030: 7 of 12 years leave 28.333 t; 28.25 t are below."""
    found = standing_of(sbt(), "market")
    assert found.base_kg == Decimal(40_000)
    assert found.now_kg == Decimal(28_250)
    assert found.allowed_kg is not None
    assert round(found.allowed_kg, 3) == Decimal("28333.333")
    assert found.on_line
    location = standing_of(sbt(), "location")
    assert location.allowed_kg is not None
    assert round(location.allowed_kg, 3) == Decimal("22666.667")
    assert location.on_line is False  # 25.4395 t


@pytest.mark.parametrize(
    ("base_year", "percent", "sure"),
    [(2018, "50", True), (2020, "42", False), (2023, "42", False), (2016, "58.8", False)],
)
def test_reduction_by_base_year(base_year: int, percent: str, sure: bool) -> None:
    """50 % from 2018, 42 % from 2020 on, the form for others, marked as to be confirmed."""
    data = sbt(base_year=base_year)
    assert data.rule.percent == Decimal(percent)
    report = sbt_report(data, "ja")
    assert ("要確認" in texts(report)) is not sure
    assert ("要確認" in figure(report, "Scope 1+2(マーケット").badge) is not sure


@pytest.mark.parametrize("language", LANGUAGES)
def test_minus_42_from_2018_is_called_wrong(language: Language) -> None:
    """A stated -42 % from FY2018 is named as wrong, and the line keeps -50 %."""
    entered = replace(FULL, reduction_percent=Decimal(42))
    data = sbt(entered=entered)
    text = texts(sbt_report(data, language))
    assert ("誤りです" if language == "ja" else "is wrong") in text
    assert data.rule.percent == 50
    assert "誤りです" not in texts(sbt_report(sbt(base_year=2020, entered=entered), "ja"))


def test_without_scope_1_there_is_no_total() -> None:
    """Scope 2 alone is no Scope 1+2: no point, no verdict, and it is told as missing."""
    entered = replace(FULL, s1_t=None)
    data = sbt(entered=entered)
    report = sbt_report(data, "en")
    assert figure(report, "Scope 1+2").value == "–"
    assert standing_of(data, "market").on_line is None
    assert "s1" in missing_of(data)
    assert figure(report, "Scope 2 Market").value == "18.250"
    assert differences(sbt_book(data, "en")) == []


def test_scope_1_filled_into_the_book() -> None:
    """Typing 10 t into the book's empty cell gives the same totals as the option."""
    data = sbt(entered=replace(FULL, s1_t=None))
    book = sbt_book(data, "en")
    rows = book.sheets[0].rows
    at = next(
        n for n, row in enumerate(rows, 1) if row and "This year Scope 1" in str(row[0].value)
    )
    filled = Oracle(book, {("Progress", f"B{at}"): 10.0})
    assert filled.at("Progress", f"C{at + 2}") == pytest.approx(28.25)
    assert filled.at("Progress", f"C{at + 8}") == pytest.approx(28.25 - 340 / 12)


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({}, "yes"),
        ({"staff": Decimal(250)}, "yes"),
        ({"staff": Decimal(250), "flag": True}, "no"),
        ({"staff": Decimal(250), "turnover_meur": None}, "unknown"),
        ({"turnover_meur": None}, "yes"),
        ({"excluded_sector": True}, "no"),
        ({"excluded_sector": None}, "unknown"),
        ({"s1_t": Decimal(10_000)}, "no"),
        ({"s1_t": None}, "unknown"),
    ],
)
def test_conditions_of_the_route(change: dict[str, object], answer: str) -> None:
    """Below 10,000 t, no excluded sector, and at least three of the four sizes."""
    assert eligible(sbt(entered=replace(FULL, **change))) == answer  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_line_base_and_year(language: Language) -> None:
    """A dashed grey line from the base to FY2030, and two points, by each method."""
    report = sbt_report(sbt(), language)
    charts = [b for s in report.sections for b in s.blocks if isinstance(b, XYChart)]
    assert len(charts) == 2
    path, points = charts[1].series
    assert (path.dashed, path.meaning, path.xs[0], path.xs[-1]) == (True, "reference", 2018, 2030)
    assert (path.ys[0], path.ys[-1]) == (40, 20)
    assert (points.xs, points.ys) == ((2018, 2025), (40, 28.25))
    assert differences(sbt_book(sbt(), language)) == []


def test_a_base_year_that_is_not_frozen() -> None:
    """A base year that was only entered is missing its freeze; a closed one is not."""
    base = sbt().base
    assert base is not None
    entered = sbt(base=replace(base, origin="entered"))
    assert "base_frozen" in missing_of(entered)
    assert "base_frozen" not in missing_of(sbt())


def test_nothing_is_missing() -> None:
    """A closed, whole year with all facts entered has nothing missing, and says so."""
    entry = ClosedEntry(1, "山田", MADE_AT_MS, "ab" * 32, "", None, {})
    data = sbt(replace(signed(), history=(entry,)))
    assert missing_of(data) == ()
    assert "不足はありません" in texts(sbt_report(data, "ja"))


def test_no_base_year_at_all() -> None:
    """Without base figures there is no line and no verdict, and the report still reads."""
    data = sbt(base=None)
    report = sbt_report(data, "ja")
    assert "base_s2" in missing_of(data)
    assert "判定できません" in texts(report)
    assert not [b for s in report.sections for b in s.blocks if isinstance(b, XYChart)]
    assert differences(sbt_book(data, "ja")) == []


def test_a_part_of_the_year_is_provisional() -> None:
    """With days missing the total is marked, and the days are told as missing."""
    data = sbt(signed(year_days()[:300]))
    report = sbt_report(data, "ja")
    assert "暫定" in figure(report, "Scope 1+2(").badge
    assert "days" in missing_of(data)


def test_methods_stand_side_by_side() -> None:
    """The table has a column a method and no sum of both."""
    rows = table(sbt_report(sbt(), "en"), "By method").rows
    assert [cell.text for cell in rows[1].cells] == ["Scope 2", "15.440", "18.250"]
    assert "33.690" not in texts(sbt_report(sbt(), "en"))


def test_only_facts_that_are_missing_are_asked_for() -> None:
    """Who has told the number of employees is not asked for it again."""
    entered = Entered(staff=Decimal(80), flag=False)
    assert open_facts(sbt(entered=entered)) == ("turnover_meur", "assets_meur", "excluded")
