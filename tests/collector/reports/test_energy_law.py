"""The energy-law report: GJ, kL, both emissions, intensity, demand optimisation, the workbook."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from collector.accounts.contracts import Contract
from collector.accounts.span import Span
from collector.errors import CollectorError, StopError
from collector.factors.lookup import FactorLibrary
from collector.reports.book import Book, BookCell
from collector.reports.constants import constant_on, constants, fuels_on
from collector.reports.energy_law_report.book import energy_law_book
from collector.reports.energy_law_report.build import energy_law_report
from collector.reports.energy_law_report.data import EnergyLawData, IntensityYear
from collector.reports.energy_law_report.optimisation import optimise
from collector.reports.report import Language
from collector.reports.signed import SignedAccount
from tests.collector.accounts.books import CONTRACT, KWH, TOKYO
from tests.collector.reports.formula_oracle import Oracle, differences
from tests.collector.reports.signed_samples import (
    MADE_AT_MS,
    OTHER,
    SECOND,
    figure,
    signed,
    table,
    texts,
    year_days,
)

LANGUAGES: tuple[Language, ...] = ("ja", "en")
WORKED = ("3.244", "3.247", "2.906", "2.819", "2.796")
"""The five intensities of Chugoku METI's example: ratios 100.1, 89.5, 97.0, 99.2, mean 96.4 %."""


def years(
    intensities: tuple[str, ...] = WORKED, kl: Decimal | None = None
) -> tuple[IntensityYear, ...]:
    """Five years that have these intensities; the last has ``kl`` where it is given."""
    found = [
        IntensityYear(2021 + n, Decimal(w) * 1000, "entered", Decimal(1000), "entered")
        for n, w in enumerate(intensities)
    ]
    if kl is not None:
        found[-1] = replace(found[-1], energy_kl=kl, energy_origin="account")
    return tuple(found)


def law(held: SignedAccount | None = None, **more: object) -> EnergyLawData:
    """The report's data of FY2025."""
    data = EnergyLawData(
        *("s", "工場", "Works", TOKYO, 4, held or signed(), MADE_AT_MS),
        years=years(),
        activity_name="",
        activity_name_en="",
        activity_unit="t",
        fuels=fuels_on(date(2025, 4, 1)),
        optimisation=None,
    )
    return replace(data, **more)  # type: ignore[arg-type]


def half_hours(days: list[date], kwh: float = 1.0) -> list[tuple[int, int]]:
    """The half hours of local days in Japan, each of the same energy."""
    found = []
    for day in days:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
        found += [
            (int((midnight + timedelta(minutes=30 * n)).timestamp() * 1000), round(kwh * KWH))
            for n in range(48)
        ]
    return found


def test_worked_case_seven() -> None:
    """1,234.567 MWh are 10,666.65888 GJ and 275.199799104 kL: 275 kL rounded."""
    day = replace(year_days(1)[0], milli_wh=1_234_567 * KWH)
    report = energy_law_report(law(signed((day,))), "ja")
    oil = figure(report, "電気の使用量(原油換算)")
    assert (oil.value, oil.unit, oil.note) == ("275.2", "kL", "四捨五入 275 kL")
    assert figure(report, "電気の使用量(熱量)").value == "10,666.7"
    book = energy_law_book(law(signed((day,))), "ja")
    assert Oracle(book).at("集計", "D9") == pytest.approx(275.199799104, abs=1e-12)


def test_worked_case_four_differs_by_method() -> None:
    """VーPower D: basic 664.197 t, adjusted 595.061 t, each with its own factor."""
    contract = Contract(date(2020, 4, 1), "JP", _vpower(), "D")
    day = replace(year_days(1)[0], milli_wh=1_234_567 * KWH)
    held = signed((day,), [contract], factors=FactorLibrary.shipped())
    report = energy_law_report(law(held), "en")
    assert figure(report, "By the basic").value == "664.197"
    assert figure(report, "By the adjusted").value == "595.061"


def _vpower() -> str:
    """The number of the retailer of worked case 4, looked up by its published factor."""
    rows = FactorLibrary.shipped().factors
    (number,) = {
        row.supplier
        for row in rows
        if row.method == "jp_shk_basic" and row.kg_per_kwh == Decimal("0.538") and row.menu == "D"
    }
    return number


def test_five_year_mean_is_96_4() -> None:
    """The ministry's worked example, in the page and computed anew in the workbook."""
    report = energy_law_report(law(), "ja")
    assert figure(report, "5年度間平均").value == "96.4"
    rows = table(report, "エネルギー消費原単位").rows
    assert [row.cells[6].text for row in rows] == ["", "100.1", "89.5", "97.0", "99.2", "96.4"]
    book = energy_law_book(law(), "ja")
    assert differences(book) == []
    assert Oracle(book).at("原単位", "G9") == 96.4


def test_a_year_without_intensity_has_no_mean() -> None:
    """Where a year is not known, no mean is made up and the year is named."""
    held = list(years())
    held[1] = replace(held[1], energy_kl=None, energy_origin="none")
    report = energy_law_report(law(years=tuple(held)), "en")
    assert "there is no intensity of FY2022" in texts(report)
    assert not [one for one in report.figures if one.label == "Five-year mean change"]
    assert differences(energy_law_book(law(years=tuple(held)), "en")) == []


def test_no_production() -> None:
    """Without a denominator there is no intensity, and the report says what to give."""
    without = tuple(replace(y, activity=None, activity_origin="none") for y in years())
    report = energy_law_report(law(years=without), "ja")
    assert "原単位の分母がないため" in texts(report)
    assert "--option activity=" in texts(report)
    assert differences(energy_law_book(law(years=without), "ja")) == []


def test_fuels_filled_in_move_every_total() -> None:
    """10 kL of light oil at 38 GJ/kL: 380 GJ, 9.804 kL, 26.2 t more, and a higher intensity."""
    data = law(years=years(kl=signed().account.crude_oil_kl))
    book = energy_law_book(data, "ja")
    rows = {row[0].value: n for n, row in enumerate(_sheet(book, "燃料"), 1) if row}
    at = rows["軽油"]
    filled = Oracle(book, {("燃料", f"C{at}"): 10.0, ("燃料", f"D{at}"): 38.0})
    plain = Oracle(book)
    assert filled.at("集計", "D8") - plain.at("集計", "D8") == pytest.approx(380)
    assert filled.at("集計", "D9") - plain.at("集計", "D9") == pytest.approx(9.804)
    assert filled.at("集計", "D11") - plain.at("集計", "D11") == pytest.approx(26.2)
    assert filled.at("原単位", "F8") > plain.at("原単位", "F8")


def _sheet(book: Book, name: str) -> tuple[tuple[BookCell, ...], ...]:
    return next(sheet.rows for sheet in book.sheets if sheet.name == name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_retailers_in_a_year(language: Language) -> None:
    """October shows both suppliers; basic 14.910 t, adjusted 198 x 40 + 167 x 20 = 11.260 t."""
    held = signed(contracts=[CONTRACT, OTHER], more=SECOND)
    report = energy_law_report(law(held), language)
    october = table(report, "月別" if language == "ja" else "Electricity by").rows[6].cells
    assert [cell.text for cell in october[1:4]] == ["1,500.0", "1,600.0", "3,100.0"]
    emissions = [cell.text for row in table(report, "温対法" if language == "ja" else "SHK").rows
                 for cell in row.cells[-1:]]  # fmt: skip
    assert emissions == ["9.900", "5.010", "14.910", "7.920", "3.340", "11.260"]
    assert differences(energy_law_book(law(held), language)) == []


def test_missing_month_marks_every_figure() -> None:
    """Without July the crude oil is marked, the month is blank, coverage is told."""
    held = signed(year_days(without=Span(date(2025, 7, 1), date(2025, 8, 1))))
    report = energy_law_report(law(held), "ja")
    assert figure(report, "電気の使用量(原油換算)").badge == "欠測あり"
    assert table(report, "月別").rows[3].cells[1].text == "–"
    assert "電力量が分かるのは 365日のうち 334日です" in texts(report)


def test_distance_to_the_thresholds() -> None:
    """36,500 kWh are 8.136288 kL: 1,491.863712 kL are left to 1,500."""
    report = energy_law_report(law(), "en")
    rows = table(report, "Distance").rows
    assert [row.cells[0].text for row in rows] == ["300", "1,500", "3,000"]
    assert rows[1].cells[3].text == "1,491.9"


def test_optimisation_by_hand() -> None:
    """A raised day: 16 half hours at 3.6, 32 at 9.4; a tight day at 12.2; an usual one at 9.4."""
    days = [date(2025, 5, 4), date(2025, 8, 1), date(2025, 9, 1)]
    found = optimise(half_hours(days), TOKYO, days[0], (days[0],), (days[1],))
    assert found is not None
    assert [band.milli_wh // KWH for band in found.bands] == [16, 48, 80]
    assert found.gj == Decimal("0.0576") + Decimal("0.5856") + Decimal("0.752")
    report = energy_law_report(law(optimisation=found), "ja")
    section = next(one for one in report.sections if one.title == "電気需要最適化")
    assert section.badge == "要確認"
    assert "二次資料による" in texts(report)
    assert differences(energy_law_book(law(optimisation=found), "ja")) == []


def test_a_day_raised_and_lowered_is_refused() -> None:
    """Raising demand while supply is tight does not count: a day cannot be both."""
    day = date(2025, 5, 4)
    with pytest.raises(CollectorError, match="dr_up and in dr_down"):
        optimise(half_hours([day]), TOKYO, day, (day,), (day,))


def test_no_optimisation_before_the_law() -> None:
    """There are no coefficients for activity before FY2023."""
    day = date(2023, 3, 31)
    assert optimise(half_hours([day]), TOKYO, day, (), ()) is None


def test_hours_are_local() -> None:
    """The band is told by the site's wall clock, also where the zone is another one."""
    day = date(2025, 5, 4)
    found = optimise(half_hours([day]), ZoneInfo("UTC"), day, (day,), ())
    assert found is not None
    assert found.bands[0].milli_wh == 14 * KWH  # 17:00 to 24:00 JST are 8:00 to 15:00 UTC


def test_fuel_values_of_their_time() -> None:
    """Kerosene was 36.7 GJ/kL to FY2022; from FY2023 on no value is held, so the cell is empty."""
    kerosene = {fuel.id: fuel for fuel in fuels_on(date(2022, 4, 1))}["kerosene"]
    assert kerosene.gj is not None
    assert kerosene.gj.value == Decimal("36.7")
    later = {fuel.id: fuel for fuel in fuels_on(date(2023, 4, 1))}["kerosene"]
    assert later.gj is None


@pytest.mark.parametrize("name", ["fuels", "energy_law", "sbt", "allocation", "standing_out"])
def test_every_constant_has_a_source(name: str) -> None:
    """Each shipped value names its source, and a doubtful one says why in both languages."""
    assert constants(name)
    for constant in constants(name):
        assert constant.source
        assert constant.sure or (constant.doubt("ja") and constant.doubt("en"))
        assert constant_on(name, constant.id, constant.first) == constant


def test_a_constant_without_reason_is_refused() -> None:
    """A doubtful row that does not say why is refused when it is read."""
    from collector.reports.constants import _constant

    row = {
        "id": "x", "value": "1", "unit": "", "from": date(2025, 4, 1),
        "source": "memory", "confidence": "low",
    }  # fmt: skip
    with pytest.raises(StopError, match="a reason to confirm"):
        _constant(row)


def test_the_heat_value_of_its_year() -> None:
    """1,234,567 kWh in FY2022 count 9.76 GJ/MWh: 310.873847136 kL, in the book as well."""
    span = Span(date(2022, 4, 1), date(2023, 4, 1), "FY2022")
    day = replace(year_days(1)[0], day=date(2022, 10, 1), milli_wh=1_234_567 * KWH)
    shikoku = Contract(date(2020, 4, 1), "JP", "A0274", "C")
    held = signed((day,), [shikoku], factors=FactorLibrary.shipped(), span=span)
    data = law(held, fuels=fuels_on(span.first))
    assert figure(energy_law_report(data, "ja"), "調整後").value == "656.790"
    book = energy_law_book(data, "ja")
    assert differences(book) == []
    assert Oracle(book).at("集計", "D9") == pytest.approx(310.873847136, abs=1e-9)


def test_no_contract_at_all() -> None:
    """Without a contract there is crude oil, but no emissions; the book computes."""
    data = law(signed(contracts=[]))
    report = energy_law_report(data, "ja")
    assert figure(report, "電気の使用量(原油換算)").value == "8.1"
    assert figure(report, "基礎").value == "–"
    assert differences(energy_law_book(data, "ja")) == []


def test_years_that_are_not_alike() -> None:
    """Entered years with fuels against metered electricity alone: the mean is provisional."""
    data = law(years=years(kl=Decimal(2700)))
    report = energy_law_report(data, "ja")
    assert figure(report, "5年度間平均").badge == "暫定"
    assert "energy_kl=FY2025:" in texts(report)
    assert figure(energy_law_report(law(), "ja"), "5年度間平均").badge == ""
