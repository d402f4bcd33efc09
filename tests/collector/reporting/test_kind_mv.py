"""The M&V report from a plant's store: figures computed again, options, and what is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from scipy import stats  # type: ignore[import-untyped]

from collector.errors import CollectorError
from collector.exports.render import render_files
from collector.findings.status import Change, Promise
from collector.reporting.kind import Request
from collector.reporting.table import kind_named
from collector.reports.mv.data import MvData
from collector.reports.mv.equation import expected_kwh
from collector.reports.report import LANGUAGES
from tests.collector.reporting.mv_plant import CHANGED, END, FIRST, HOSTILE, Planted, mv_plant
from tests.collector.reporting.plants import sources
from tests.collector.reports.formula_oracle import Oracle as Computed
from tests.collector.reports.formula_oracle import differences
from tests.collector.reports.signed_samples import texts

BASELINE = "2025-04-01/2025-07-31"
NOON = (2025, 12, 1, 0)
KIND = kind_named("mv")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Six months of a plant that saves 48 kWh a day in the last two."""
    return mv_plant(tmp_path_factory.mktemp("oak"))


def gathered(plant: Planted, first: date = CHANGED, end: date = END, **options: str) -> MvData:
    """The report's data of a period, by default the two months after the change."""
    options.setdefault("baseline", BASELINE)
    request = Request("oak", first, end, f"{first}/{end}", options)
    with sources(plant.path, *NOON) as opened:
        data = KIND.gather(opened, request, lambda _what, _share: None)
    assert isinstance(data, MvData)
    return data


@dataclass(frozen=True)
class Oracle:
    """The saving by production computed from the formulas of the guideline with numpy and scipy."""

    fixed: float
    a_piece: float
    expected: float
    actual: float
    cv_rmse: float
    uncertainty_90: float


def oracle(plant: Planted) -> Oracle:
    """Least squares over the baseline, then the avoided energy and its uncertainty at 90 %."""
    before, after = plant.within(FIRST, CHANGED), plant.within(CHANGED, END)
    x, y = plant.pieces[before], plant.kwh[before]
    slope, constant = np.polyfit(x, y, 1)
    residuals = y - (constant + slope * x)
    n, p, m = len(x), 2, after.stop - after.start
    cv = np.sqrt((residuals**2).sum() / (n - p)) / y.mean()
    rho = max(np.corrcoef(residuals[:-1], residuals[1:])[0, 1], 0.0)
    effective = n * (1 - rho) / (1 + rho)
    expected = float((constant + slope * plant.pieces[after]).sum())
    months = 2.0
    k = -0.00024 * months**2 + 0.03535 * months + 1.00286
    t = stats.t.ppf(0.95, effective - p)
    spread = np.sqrt(n / effective * (1 + 2 / effective) * m)
    off = k * t * expected / m * cv * spread
    return Oracle(constant, slope, expected, float(plant.kwh[after].sum()), float(cv), float(off))


def test_the_saving_computed_again(plant: Planted) -> None:
    """Coefficients, CV(RMSE), saving and its 90 % range are those of an independent computation."""
    data, known = gathered(plant, drivers="production"), oracle(plant)
    assert data.model is not None
    assert data.saving is not None
    values = {term.kind: term.value for term in data.model.terms}
    assert values == pytest.approx({"fixed": known.fixed, "product": known.a_piece}, rel=1e-9)
    assert data.model.statistics.cv_rmse == pytest.approx(known.cv_rmse, rel=1e-9)
    assert data.saving.kwh == pytest.approx(known.expected - known.actual, rel=1e-9)
    assert data.saving.at_90.uncertainty_kwh == pytest.approx(known.uncertainty_90, rel=1e-6)
    assert data.saving.proven
    # What was planted lies within the range: 48 kWh on each of 61 days.
    assert data.saving.at_90.low_kwh < 48 * 61 < data.saving.at_90.high_kwh


def test_co2_and_crude_oil_of_the_saving(plant: Planted) -> None:
    """KWh times the one factor of the fiscal year, and kWh times 8.64 GJ times 0.0258 kL."""
    data = gathered(plant, drivers="production")
    assert data.saving is not None
    (part,) = data.carbon.factors
    assert data.carbon.co2_t == pytest.approx(data.saving.kwh * part.kg_per_kwh / 1000)
    assert data.carbon.kl == pytest.approx(data.saving.kwh / 1000 * 8.64 * 0.0258)


def test_the_equation_gives_what_the_model_expects(plant: Planted) -> None:
    """The terms that are printed give every day's expected energy, whatever the model."""
    for drivers in ("", "production", "temperature", "temperature,production", "calendar"):
        data = gathered(plant, drivers=drivers)
        assert data.model is not None
        for day in (*data.baseline.days, *data.reporting.days):
            again = expected_kwh(
                data.model, list(data.products), day.state, day.temperature_c, day.amounts
            )
            assert again == pytest.approx(day.expected_kwh, rel=1e-9)


def test_the_best_model_is_taken(plant: Planted) -> None:
    """Without drivers every model is tried, and production wins in a plant that goes by it."""
    data = gathered(plant)
    assert [one.kind for one in data.candidates] == ["states", "change_point", "production"]
    assert [one.kind for one in data.candidates if one.chosen] == ["production"]


def test_a_circuit_is_option_b(plant: Planted) -> None:
    """A circuit's own meter makes it option B, and its register is that meter alone."""
    data = gathered(plant, circuit="press", drivers="production")
    assert (data.option, [row.meter for row in data.meters]) == ("B", ["press"])
    assert "オプション" in texts(KIND.build(data, "ja"))


def test_adjustments_are_added(plant: Planted, tmp_path: Path) -> None:
    """A dated row of the file raises the expected energy, spread over its days."""
    file = tmp_path / "adjustments.csv"
    file.write_text(f"date,kWh,reason\n2025-08-04/2025-08-07,200,{HOSTILE}\n2025/9/1,-30,x\n")
    plain = gathered(plant, drivers="production")
    data = gathered(plant, drivers="production", adjustments=str(file))
    assert plain.saving is not None
    assert data.saving is not None
    assert data.saving.kwh == pytest.approx(plain.saving.kwh + 170)
    by_day = {day.day: day.adjusted_kwh for day in data.reporting.days}
    assert by_day[date(2025, 8, 5)] == 50
    assert by_day[date(2025, 9, 1)] == -30
    assert by_day[date(2025, 8, 8)] == 0


@pytest.mark.parametrize("drivers", ["", "production", "temperature", "temperature,production"])
def test_the_book_computes_itself(plant: Planted, drivers: str) -> None:
    """Every formula of the workbook gives its value, in both languages."""
    data = gathered(plant, drivers=drivers)
    assert KIND.book is not None
    for language in LANGUAGES:
        assert differences(KIND.book(data, language)) == []


def test_a_changed_coefficient_changes_the_saving(plant: Planted) -> None:
    """Raising the fixed energy by 10 kWh a day in the book raises the saving by 610 kWh."""
    data = gathered(plant, drivers="production")
    assert data.model is not None
    assert data.saving is not None
    assert KIND.book is not None
    book = KIND.book(data, "en")
    rows = book.sheets[0].rows
    at = next(n for n, row in enumerate(rows, 1) if row and row[0].value == "Avoided energy")
    changed = Computed(book, {("Model", "B4"): data.model.terms[0].value + 10})
    assert changed.at("Summary", f"B{at}") == pytest.approx(data.saving.kwh + 610)


def test_a_day_with_a_gap_is_left_out(tmp_path: Path) -> None:
    """One unknown half hour takes its day out on both sides; nothing is filled in."""
    plant = mv_plant(tmp_path, missing={date(2025, 5, 2): 1, date(2025, 8, 9): 3})
    data = gathered(plant, drivers="production")
    assert data.saving is not None
    assert (data.baseline.used_days, data.reporting.used_days) == (121, 60)
    assert data.saving.points == 60
    assert "2025年8月9日" in texts(KIND.build(data, "ja"))
    assert KIND.book is not None
    assert differences(KIND.book(data, "ja")) == []


def test_nothing_is_told_of_a_period_with_gaps(tmp_path: Path) -> None:
    """Below 90 % coverage no saving, CO2 or oil is told; the report says what is missing."""
    gaps = {date(2025, 8, n): 48 for n in range(1, 12)}
    plant = mv_plant(tmp_path, missing=gaps)
    data = gathered(plant, drivers="production")
    assert (data.saving, data.carbon.co2_t, data.carbon.kl) == (None, None, None)
    assert [one.by for one in data.withheld] == ["reporting_known", "reporting_days"]
    words = {"ja": "計測率が 82.0%", "en": "82.0 % of the reporting period"}
    for language in LANGUAGES:
        report = KIND.build(data, language)
        assert words[language] in texts(report)
        assert report.figures[0].value == "–"
    assert KIND.book is not None
    assert differences(KIND.book(data, "en")) == []


def test_five_days_are_no_baseline(plant: Planted) -> None:
    """With five days before the change no model can be made, and the report says so."""
    data = gathered(plant, baseline="2025-07-27/2025-07-31")
    assert data.model is None
    report = KIND.build(data, "ja")
    assert "ベースラインを作れません(分かる日は 5 日)" in texts(report)
    assert KIND.book is not None
    assert len(KIND.book(data, "ja").sheets) == 6


def test_two_weeks_read_well(plant: Planted) -> None:
    """Two weeks against two weeks are told, with the advice they fall short of."""
    data = gathered(
        plant, CHANGED, date(2025, 8, 15), baseline="2025-07-18/2025-07-31", drivers="production"
    )
    assert data.saving is not None
    assert "推奨に不足" in texts(KIND.build(data, "ja"))


@pytest.mark.parametrize(
    ("days", "proven", "words"),
    [
        (1, True, ("許容 5.0%", "以内です")),
        (4, False, ("許容 5.0%", "実証とは言えません", "未実証")),
    ],
)
def test_conditions_beyond_the_baseline_are_told_and_few_are_allowed(
    tmp_path: Path, days: int, proven: bool, words: tuple[str, ...]
) -> None:
    """A day in 61 of an output never seen is allowed, four are not proven; both are told."""
    made = {date(2025, 8, 18 + number): 900.0 for number in range(days)}
    data = gathered(mv_plant(tmp_path, made=made), drivers="production")
    assert [(reach.of, reach.days_beyond) for reach in data.beyond] == [("pieces", days)]
    assert data.saving is not None
    assert data.saving.proven == proven
    text = texts(KIND.build(data, "ja"))
    assert f"{days}日はモデルが経験していない範囲" in text
    assert all(word in text for word in words)
    assert "未経験の条件の日の割合" in text


def test_more_used_than_expected_is_no_saving(plant: Planted) -> None:
    """Against a baseline taken after the change, the time before it shows more use, said so."""
    data = gathered(
        plant, FIRST, date(2025, 6, 1), baseline="2025-08-01/2025-09-30", drivers="production"
    )
    assert data.saving is not None
    assert data.saving.kwh < 0
    assert not data.saving.proven
    assert not data.saving.certain
    text = texts(KIND.build(data, "ja"))
    assert "削減はありません" in text
    assert "未満: 不適合" in text


def test_a_variable_that_does_not_help_is_told(plant: Planted) -> None:
    """Weather was asked for and explains nothing here: the report says what the model goes by."""
    data = gathered(plant, drivers="temperature,production")
    assert data.model is not None
    assert data.model.drivers == ("production",)
    assert "モデルに効いたのは: 生産量" in texts(KIND.build(data, "ja"))


def test_without_a_contract_there_is_no_co2(tmp_path: Path) -> None:
    """The saving stands, its CO2 is absent with the reason, crude oil is told."""
    data = gathered(mv_plant(tmp_path, contract=False), drivers="production")
    assert data.saving is not None
    assert data.carbon.co2_t is None
    assert data.carbon.kl is not None
    assert "CO₂は示せません: 2025年8月1日の電力契約が未登録" in texts(KIND.build(data, "ja"))


def test_the_register_tells_the_certificate(plant: Planted) -> None:
    """A certificate that ends within the period is told as expired; no serial is 'not recorded'."""
    text = texts(KIND.build(gathered(plant), "en"))
    assert "15 Sep 2025 (expired before the period's end)" in text
    assert "not recorded" in text


def test_a_period_that_is_not_over(plant: Planted) -> None:
    """Days to come are left out of the reporting period, and the report says so."""
    request = Request("oak", CHANGED, date(2026, 8, 1), "x", {"baseline": BASELINE})
    with sources(plant.path, 2025, 9, 30, 20) as opened:
        data = KIND.gather(opened, request, lambda _what, _share: None)
    assert data.shortened
    assert data.reporting.span.end == END
    assert "2025年9月30日までで計算" in texts(KIND.build(data, "ja"))


def test_a_done_finding_is_the_subject(plant: Planted) -> None:
    """Its frozen baseline and circuit are taken, and its promise stands beside the saving."""
    promise = Promise(FIRST, CHANGED, CHANGED, 10_000, 17_520, 20_000)
    change = Change("oak", "standby:oak:press", "done", "山田", "", "山田", 1, promise=promise)
    with sources(plant.path, *NOON) as opened:
        opened.state.findings.add(change)
        request = Request("oak", CHANGED, END, "x", {"finding": "standby:press"})
        data = KIND.gather(opened, request, lambda _what, _share: None)
        early = Request("oak", FIRST, END, "x", {"finding": "standby:press"})
        with pytest.raises(CollectorError, match="works from 2025-08-01 on") as caught:
            KIND.gather(opened, early, lambda _what, _share: None)
    assert "--period 2025-08-01/2025-09-30" in caught.value.hint
    assert (data.circuit, data.option) == ("press", "B")
    assert data.promised is not None
    assert data.promised.mid_kwh == pytest.approx(17_520 * 61 / 365)
    assert "standby:oak:press" in texts(KIND.build(data, "en"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"baseline": ""}, "no saving without a baseline"),
        ({"baseline": "last spring"}, "last spring is not a period"),
        ({"baseline": "2025-07-01/2025-08-15"}, "share 2025-08-01 to 2025-08-15"),
        ({"baseline": "2020-04-01/2020-05-31"}, "no whole day of oak is known in the baseline"),
        ({"option": "A"}, "option = A"),
        ({"option": "B"}, "option B takes a circuit's own meter"),
        ({"option": "C", "circuit": "press"}, "option C takes the whole site's meter"),
        ({"circuit": "nosuch"}, "oak has no circuit nosuch"),
        ({"circuit": "pieces"}, "oak has no circuit pieces"),
        ({"drivers": "moon"}, "drivers = moon"),
        ({"drivers": "calendar,production"}, "production and calendar together"),
        ({"finding": "standby:press", "circuit": "press"}, "finding and circuit are both given"),
        ({"finding": "lunch"}, "finding lunch is not known as done"),
        ({"adjustments": "none.csv"}, "none.csv cannot be read"),
    ],
)
def test_wrong_options(plant: Planted, options: dict[str, str], message: str) -> None:
    """Every wrong option is one clear line with a hint."""
    if "finding" in options:
        options = {"baseline": "", **options}
    with pytest.raises(CollectorError, match=message) as caught:
        gathered(plant, CHANGED, END, **options)
    assert caught.value.hint


def test_asked_for_weather_that_is_not_there(tmp_path: Path) -> None:
    """A driver without a series is refused with the way to import it."""
    plant = mv_plant(tmp_path, first=date(2025, 7, 1), weather=False)
    with pytest.raises(CollectorError, match="no temperature in the baseline") as caught:
        gathered(plant, baseline="2025-07-01/2025-07-31", drivers="temperature")
    assert "collector weather import" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no adjustment"),
        ("date,kWh,reason\n", "has no adjustment"),
        ("date,kWh\n2025-08-04,1\n", "the head reason is wanted once"),
        ("date,kWh,reason\n2025-08-40,1,x\n", "line 2: 2025-08-40 is no date"),
        ("date,kWh,reason\n2025-08-09/2025-08-04,1,x\n", "line 2: .* is no date"),
        ("date,kWh,reason\n2025-07-04,1,x\n", "2025-07-04 is not in 2025-08-01 to 2025-09-30"),
        ("date,kWh,reason\n2025-08-04,much,x\n", "line 2: much is no kWh"),
        ("date,kWh,reason\n2025-08-04,nan,x\n", "line 2: nan is no kWh"),
        ("date,kWh,reason\n2025-08-04,5,\n", "line 2: a reason"),
    ],
)
def test_wrong_adjustments(plant: Planted, tmp_path: Path, text: str, message: str) -> None:
    """Every fault of the file is told with its line."""
    file = tmp_path / "adjustments.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CollectorError, match=message) as caught:
        gathered(plant, adjustments=str(file))
    assert caught.value.hint


def test_japanese_adjustments_in_the_old_encoding(plant: Planted, tmp_path: Path) -> None:
    """A file as Japanese Excel writes it is read: cp932, Japanese heads, thousands with commas."""
    file = tmp_path / "adjustments.csv"
    file.write_bytes('日付,調整量(kWh),理由\n2025/8/4,"1,200",増産\n'.encode("cp932"))
    (row,) = gathered(plant, adjustments=str(file)).adjustments
    assert (row.first, row.kwh, row.reason) == (date(2025, 8, 4), 1200, "増産")


def test_hostile_names_are_harmless(plant: Planted, tmp_path: Path) -> None:
    """A name of HTML and a formula is text in the page and in every cell of the workbook."""
    data = gathered(plant, circuit="press", drivers="production")
    reports, books = {"en": KIND.build(data, "en")}, {"en": KIND.book(data, "en")}  # type: ignore[misc]
    files = render_files(reports, books, tmp_path, "mv", ("html", "xlsx"), ("en",))  # type: ignore[arg-type]
    page = next(path for path in files if path.suffix == ".html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    book = load_workbook(next(path for path in files if path.suffix == ".xlsx"))
    hostile = [c for sheet in book for row in sheet for c in row if HOSTILE in str(c.value)]
    assert hostile
    assert all(cell.data_type == "s" for cell in hostile)
