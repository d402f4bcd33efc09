"""The monthly report: sums against the stored days, bill and contract, and every empty state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from collector.accounts.span import Span, fiscal_year_span
from collector.accounts.targets import JP_2030
from collector.errors import CollectorError
from collector.reporting.gathering.monthly import gather_monthly
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reports.monthly.build import monthly_report
from collector.reports.monthly.data import (
    ContractOutlook,
    MonthlyData,
    MonthPeak,
    OpenFinding,
    TargetYear,
)
from collector.reports.report import LANGUAGES, BarChart, Language, Report, Section, Table
from tests.collector.reporting.plants import quarter, sources

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """The sources of a plant with totals from April to June 2025."""
    with sources(quarter(tmp_path_factory.mktemp("plant"))) as found:
        yield found


def gathered(opened: Sources, first: date, end: date, **options: str) -> MonthlyData:
    """The data of a month."""
    request = Request("sendai", first, end, f"{first:%Y-%m}", options)
    return gather_monthly(opened, request, lambda _what, _share: None)


@pytest.fixture(scope="module")
def data(opened: Sources) -> MonthlyData:
    """The data of June."""
    return gathered(opened, date(2025, 6, 1), date(2025, 7, 1))


def days_kwh(opened: Sources, first: date, end: date) -> dict[date, float]:
    """The stored days of the site."""
    edges = [
        round(datetime.combine(day, datetime.min.time(), TOKYO).timestamp() * 1000)
        for day in (first, end)
    ]
    found = opened.store.read_totals("sendai", "_site", "1d", *edges)
    return {datetime.fromtimestamp(t.start_ms / 1000, TOKYO).date(): t.kwh for t in found}


def section(report: Report, title: str) -> Section:
    """The section of that title."""
    (found,) = [one for one in report.sections if one.title == title]
    return found


def table(report: Report, title: str) -> Table:
    """The first table of the section of that title."""
    return next(block for block in section(report, title).blocks if isinstance(block, Table))


def test_sums_are_those_of_the_stored_days(opened: Sources, data: MonthlyData) -> None:
    """Energy of the month and of the month before, and the mean of its working days."""
    june = days_kwh(opened, date(2025, 6, 1), date(2025, 7, 1))
    may = days_kwh(opened, date(2025, 5, 1), date(2025, 6, 1))
    assert data.this.kwh == pytest.approx(sum(june.values()))
    assert data.month_before is not None
    assert data.month_before.kwh == pytest.approx(sum(may.values()))
    assert data.year_before is None
    working = data.this.of("working")
    assert working is not None
    kinds = opened.frames.day_kinds("sendai", date(2025, 6, 1), date(2025, 7, 1))
    days = [stamp.date() for stamp, kind in kinds.items() if kind == "working"]  # type: ignore[attr-defined]
    assert working.days == len(days)
    assert working.kwh_a_day == pytest.approx(sum(june[day] for day in days) / len(days))


def test_the_bill_is_billing_s_own(data: MonthlyData) -> None:
    """The lines are those of the bill, and their sum is its total."""
    assert data.bill is not None
    rows = table(monthly_report(data, "en"), "The bill, line by line").rows
    assert len(rows) == len(data.bill.lines) + 1
    total = rows[-1].cells[3].number
    assert total == pytest.approx(float(data.bill.total))
    assert sum(row.cells[3].number or 0.0 for row in rows[:-1]) == pytest.approx(total, abs=1.0)


def test_the_contract_power_hangs_on_the_largest_month(data: MonthlyData) -> None:
    """The largest of the months known sets it, and the unknown months are counted."""
    outlook = data.contract
    assert outlook is not None
    largest = max(data.peaks, key=lambda month: month.peak_kw)
    assert outlook.set_by == largest.month
    assert outlook.kw == float(Decimal(repr(largest.peak_kw)).quantize(Decimal(1)))
    assert outlook.missing == 9
    assert outlook.one_kw_a_year is not None


def test_circuits_and_remainder_add_up(data: MonthlyData) -> None:
    """The intake's children and the unmeasured remainder are the month's energy."""
    parts = [circuit.kwh or 0.0 for circuit in data.circuits if circuit.level == 1]
    assert data.this.kwh == pytest.approx(sum(parts))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_month_reads_well(data: MonthlyData, language: Language) -> None:
    """Every part is there, data quality and evidence last, no name left unfilled."""
    report = monthly_report(data, language)
    assert len(report.figures) == 6
    assert len(report.sections) == 13
    assert "{" not in repr(report)
    titles = [one.title for one in report.sections]
    assert titles[-2:] in (["データの品質", "根拠"], ["Data quality", "Evidence"])
    bars = [block for one in report.sections for block in one.blocks if isinstance(block, BarChart)]
    assert len(bars) == 3


def test_last_year_s_month_comes_first_where_there_is_one(data: MonthlyData) -> None:
    """With last year known the headline compares with it, and the lead says what changed."""
    kwh, before = data.this.kwh, data.month_before
    assert kwh is not None
    assert before is not None
    last_year = replace(data, year_before=replace(before, kwh=kwh * 1.25))
    report = monthly_report(last_year, "en")
    assert report.figures[0].note == "−20.0% on the same month of last year"
    lead = section(report, "Against last year and the month before").lead
    assert lead.startswith("Energy is down 20.0% on last year's month")


def outlook(**values: object) -> ContractOutlook:
    """An outlook set by August, that counts up to July."""
    base = ContractOutlook(
        kw=229.0, demand_kw=228.6, set_by=date(2024, 8, 1), agreed=False, next_kw=229.0,
        next_demand_kw=228.6, next_set_by=date(2024, 8, 1), counts_until=date(2025, 7, 1),
        missing=0, negotiated=False,
    )  # fmt: skip
    return replace(base, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (outlook(), "Next month it cannot be below 229 kW: the demand of Aug 2024 counts up to"),
        (outlook(next_kw=210.0, next_set_by=date(2025, 1, 1)), "Next month it can fall to 210 kW"),
        (outlook(agreed=True, kw=300.0), "The contract power is the 300 kW agreed"),
        (outlook(missing=3), "3 of the 12 months are not known"),
        (outlook(negotiated=True), "From 500 kW on"),
        (outlook(one_kw_a_year=Decimal("21856.4"), currency="JPY"), "saves 21,856 yen a year"),
    ],
)
def test_what_the_next_demand_charge_hangs_on_is_told(
    data: MonthlyData, given: ContractOutlook, told: str
) -> None:
    """Which month sets it, until when, and what a kW less is worth."""
    report = monthly_report(replace(data, contract=given), "en")
    texts = [
        getattr(block, "text", "")
        for block in section(report, "Largest demand and contract power").blocks
    ]
    assert any(told in text for text in texts)


def test_the_path_to_the_target_is_told(data: MonthlyData) -> None:
    """So far, the year's end and what the path allows; above it is a warning."""
    target = TargetYear(
        fiscal_year_span(2025), "jp_shk_adjusted", date(2025, 7, 1),
        Decimal(60_000), Decimal(220_000), Decimal(241_500), JP_2030,
    )  # fmt: skip
    report = monthly_report(replace(data, target=target), "en")
    blocks = section(report, "CO₂ by method").blocks
    assert "21.5 t-CO₂ above the path" in blocks[-1].text  # type: ignore[union-attr]
    assert "−46% by FY2030 against FY2013" in repr(blocks)
    fine = replace(target, year_end_kg=Decimal(200_000))
    assert "On the path." in repr(monthly_report(replace(data, target=fine), "en"))
    without = replace(target, allowed_kg=None, rule=None, why_not="energy is known of 0 days")
    assert "There is no path" in repr(monthly_report(replace(data, target=without), "en"))


def test_proposals_of_the_year_are_found(data: MonthlyData) -> None:
    """What the rules find in the load is listed, the most money first."""
    assert data.findings_known
    yen = [(found.yen_low + found.yen_high) / 2 for found in data.findings]
    assert len(yen) > 1
    assert yen[0] == max(yen)


def test_open_proposals_are_listed(data: MonthlyData) -> None:
    """What they save in a year as a range; none is said too; never looked for: no part."""
    found = OpenFinding(
        {"ja": "待機電力", "en": "Standby"}, {"ja": "炉", "en": "Furnace"},
        19_260.0, 8.7, 250_000.0, 340_000.0, "JPY", doing=True,
    )  # fmt: skip
    known = replace(data, findings=(found,), findings_known=True)
    row = table(monthly_report(known, "en"), "Open proposals").rows[0]
    assert [cell.text for cell in row.cells] == [
        "Standby (being done)", "Furnace", "19,300", "8.7", "250,000–340,000",
    ]  # fmt: skip
    none = monthly_report(replace(data, findings=(), findings_known=True), "ja")
    assert "未完了の提案はありません" in repr(none)


def test_a_month_that_is_not_over_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Made in the middle of June, the report is marked as unfinished."""
    path = quarter(tmp_path_factory.mktemp("early"))
    with sources(path, 2025, 6, 15, 3) as opened:
        found = gathered(opened, date(2025, 6, 1), date(2025, 7, 1))
        report = monthly_report(found, "ja")
    assert "まだ終わっていません" in report.notes[0].text


def test_a_billing_month_is_named_with_its_days(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With the meter read on the 11th, June's bill is from 11 May to 10 June."""
    path = quarter(tmp_path_factory.mktemp("bill"))
    text = path.read_text(encoding="utf-8").replace("billing_day = 1", "billing_day = 11")
    path.write_text(text, encoding="utf-8")
    with sources(path) as opened:
        found = gathered(opened, date(2025, 6, 1), date(2025, 7, 1), month="bill")
    assert (found.span.first, found.span.end) == (date(2025, 5, 11), date(2025, 6, 11))
    assert found.bill is not None
    assert (found.bill.from_date, found.bill.to_date) == (found.span.first, found.span.end)
    assert "billing month" in monthly_report(found, "en").subtitle
    assert found.this.kwh == pytest.approx(
        float(sum(line.quantity for line in found.bill.lines if line.kind == "energy"))
    )


def test_an_unknown_kind_of_month_is_refused(opened: Sources) -> None:
    """The option takes calendar and bill."""
    with pytest.raises(CollectorError, match="month=lunar is not known"):
        gathered(opened, date(2025, 6, 1), date(2025, 7, 1), month="lunar")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_without_data_says_what_is_missing(opened: Sources, language: Language) -> None:
    """No totals, no demand, no bill: each part says so and what to do."""
    found = gathered(opened, date(2027, 1, 1), date(2027, 2, 1))
    report = monthly_report(replace(found, peaks=(), contract=None), language)
    assert [figure.value for figure in report.figures] == ["–"] * 6
    assert "{" not in repr(report)
    assert sum("kind='empty'" in repr(one) for one in report.sections) >= 6


def test_no_tariff_and_no_factor_are_told_with_what_to_write(data: MonthlyData) -> None:
    """A site without tariff and contract still gets a report; the settings to write are named."""
    bare = replace(
        data, bill=None, no_bill="site sendai has no tariff", account=None,
        this=replace(data.this, co2_kg=None, energy_cost=None),
    )  # fmt: skip
    text = repr(monthly_report(bare, "ja"))
    assert "[[sites.tariffs]]" in text
    assert "[[sites.contracts]]" in text


def test_base_load_of_a_year_ago_is_told_in_kwh(data: MonthlyData) -> None:
    """One kW more around the clock is 8,760 kWh a year."""
    peaks = tuple(
        MonthPeak(date(2024 + (5 + n) // 12, (5 + n) % 12 + 1, 1), 200.0, 0, True, 20.0 + n / 12)
        for n in range(13)
    )
    report = monthly_report(replace(data, peaks=peaks), "en")
    lead = section(report, "Base load, month by month").lead
    assert lead == "1.00 kW more than a year ago; running all year that is 8,760 kWh."


def test_the_span_is_the_site_s_own(data: MonthlyData) -> None:
    """The report is about local midnights of Tokyo."""
    report = monthly_report(data, "ja")
    begins = datetime.fromtimestamp(report.period.from_ms / 1000, UTC)
    assert begins == datetime(2025, 5, 31, 15, tzinfo=UTC)
    assert data.span == Span(date(2025, 6, 1), date(2025, 7, 1))


def test_a_site_without_a_tariff_is_told_of_no_contract_power(opened: Sources) -> None:
    """Where nothing says that demand is charged for, no contract power is made up."""
    site = opened.settings.sites[0].model_copy(update={"tariffs": []})
    settings = opened.settings.model_copy(update={"sites": [site]})
    bare = gathered(replace(opened, settings=settings), date(2025, 6, 1), date(2025, 7, 1))
    assert bare.contract is None
    assert bare.peaks
