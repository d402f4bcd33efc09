"""The daily report: its figures against sums made from the stored slots, and every empty state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from collector.reporting.gathering.daily import gather_daily
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reports.daily.build import daily_report
from collector.reports.daily.data import DailyData, LeftOn, Silence
from collector.reports.report import LANGUAGES, Language, Report, Table, XYChart
from tests.collector.reporting.plants import quarter, sources

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2025, 6, 10)
"""A Tuesday on which the plant works."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """The sources of a plant with totals from April to June 2025."""
    with sources(quarter(tmp_path_factory.mktemp("plant"))) as found:
        yield found


def gathered(opened: Sources, day: date, **options: str) -> DailyData:
    """The data of a day."""
    request = Request("sendai", day, day + timedelta(days=1), day.isoformat(), options)
    return gather_daily(opened, request, lambda _what, _share: None)


@pytest.fixture(scope="module")
def data(opened: Sources) -> DailyData:
    """The data of the working day."""
    return gathered(opened, DAY)


def slots_kw(opened: Sources, meter: str, day: date) -> list[float | None]:
    """The day's half hours as they are stored, mean kW."""
    start = datetime.combine(day, datetime.min.time(), TOKYO)
    from_ms = round(start.timestamp() * 1000)
    found = opened.store.read_totals("sendai", meter, "30m", from_ms, from_ms + 86_400_000)
    by_start = {t.start_ms: None if t.missing > 1e-9 else t.kwh * 2 for t in found}
    return [by_start.get(from_ms + n * 1_800_000) for n in range(48)]


def test_the_day_s_figures_are_the_stored_ones(opened: Sources, data: DailyData) -> None:
    """Energy is the sum of the slots, demand their largest, the night their first ten."""
    kw = [value or 0.0 for value in slots_kw(opened, "_site", DAY)]
    assert data.kwh == pytest.approx(sum(kw) / 2)
    assert data.peak is not None
    assert data.peak.kw == pytest.approx(max(kw))
    assert data.peak.hour == kw.index(max(kw)) / 2
    assert data.night_kw == pytest.approx(sum(kw[:10]) / 10)
    assert data.kind == "working"


def test_the_usual_day_is_the_median_of_eight_weeks(opened: Sources, data: DailyData) -> None:
    """Each half hour is the median over the working days of the eight weeks before."""
    frames = opened.frames
    kinds = frames.day_kinds("sendai", DAY - timedelta(days=56), DAY)
    days = [stamp.date() for stamp, kind in kinds.items() if kind == "working"]  # type: ignore[attr-defined]
    known = [slots_kw(opened, "_site", day) for day in days]
    typical = data.typical
    assert typical is not None
    assert typical.days == len(days)
    for slot in (0, 16, 30):
        values = [kw for day in known if (kw := day[slot]) is not None]
        assert typical.median_kw[slot] == pytest.approx(median(values))


def test_circuits_and_remainder_add_up_to_the_site(data: DailyData) -> None:
    """What is told of circuits is the whole day."""
    assert data.kwh == pytest.approx(sum(circuit.kwh or 0.0 for circuit in data.circuits))
    assert data.circuits[-1].rest


def test_the_month_s_demand_stands_against_the_months_before(
    opened: Sources, data: DailyData
) -> None:
    """June's largest up to the day, and that of April and May."""

    def largest(first: date, end: date) -> float:
        days = (first + timedelta(days=n) for n in range((end - first).days))
        return max(kw for day in days for kw in slots_kw(opened, "_site", day) if kw is not None)

    assert data.month_peak_kw == pytest.approx(largest(date(2025, 6, 1), date(2025, 6, 11)))
    assert data.year_peak_kw == pytest.approx(largest(date(2025, 4, 1), date(2025, 6, 1)))
    assert data.year_months == 2


def shown(report: Report) -> str:
    """All text of a report."""
    return repr(report)


def figure(report: Report, number: int) -> tuple[str, str]:
    """Value and unit of a headline figure."""
    return report.figures[number].value, report.figures[number].unit


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_full_day_reads_well(data: DailyData, language: Language) -> None:
    """Six figures, the curve on the band of usual days, the circuits."""
    report = daily_report(data, language)
    assert len(report.figures) == 6
    assert figure(report, 0)[1] == "kWh"
    chart = report.sections[0].blocks[0]
    assert isinstance(chart, XYChart)
    assert [series.kind for series in chart.series] == ["band", "line", "steps"]
    assert {reference.value for reference in chart.references} == {260.0}
    table = report.sections[1].blocks[0]
    assert isinstance(table, Table)
    assert len(table.rows) == 6
    assert "{" not in shown(report)


def test_a_target_is_drawn_and_told_when_it_is_passed(opened: Sources) -> None:
    """Half an hour above the target is a warning with kW and time."""
    report = daily_report(gathered(opened, DAY, target_kw="150"), "ja")
    (warning,) = [note for note in report.notes if "目標" in note.text]
    assert warning.kind == "warning"
    chart = report.sections[0].blocks[0]
    assert isinstance(chart, XYChart)
    assert {reference.value for reference in chart.references} == {150.0, 260.0}


def test_a_day_on_which_all_is_well_says_so(data: DailyData) -> None:
    """Without any alarm one sentence stands in their place."""
    report = daily_report(replace(data, left_on=(), silences=()), "en")
    assert [note.text for note in report.notes] == ["Nothing to report."]


def test_a_demand_above_the_contract_is_an_alarm(data: DailyData) -> None:
    """The figure turns to the alarm's colour and a warning says what to do."""
    report = daily_report(replace(data, contract_kw=100.0), "en")
    assert report.figures[3].meaning == "alarm"
    assert any("passed the contract power of 100 kW" in note.text for note in report.notes)


def test_a_charge_rises_only_when_a_whole_year_is_known(data: DailyData) -> None:
    """With two months of history a new maximum says nothing about the demand charge."""
    high = replace(data, year_peak_kw=10.0)
    assert not any("demand charge" in note.text for note in daily_report(high, "en").notes)
    whole = replace(high, year_months=11)
    assert any("the demand charge rises" in note.text for note in daily_report(whole, "en").notes)


def test_silent_meters_are_one_line_however_many(data: DailyData) -> None:
    """The same stretch of all meters is told once, missing apart from estimated."""
    start_ms = data.half_hours[0].at_ms
    stretch = (start_ms + 3_600_000, start_ms + 7_200_000)
    silent = tuple(Silence(f"m{n}", *stretch, False) for n in range(data.meters))
    one = Silence("press", start_ms, start_ms + 86_400_000, True)
    report = daily_report(replace(data, silences=(*silent, one), left_on=()), "ja")
    texts = [note.text for note in report.notes]
    assert texts == ["欠測: すべての計測器 01:00〜02:00。", "推定値: press 00:00〜24:00。"]


def test_loads_left_on_are_told_with_their_energy(data: DailyData) -> None:
    """Each stretch with its hours and the kWh above the base load."""
    start_ms = data.half_hours[0].at_ms
    left = (LeftOn(start_ms, start_ms + 3_600_000, 12.5, 40.0),)
    report = daily_report(replace(data, silences=(), left_on=left), "en")
    assert "12.5 kWh 00:00–01:00" in report.notes[0].text


def test_a_saturday_worked_is_not_after_hours(opened: Sources) -> None:
    """On 14 June the plant works its Saturday: the hours of a working day are not left on."""
    found = gathered(opened, date(2025, 6, 14))
    assert found.kind == "working"
    hours = [(time.to_ms - time.from_ms) / 3_600_000 for time in found.left_on]
    assert sum(hours) < 14


def test_the_first_day_of_all_says_that_nothing_can_be_compared(opened: Sources) -> None:
    """Without five days of the kind there is no usual day, and no load is called left on."""
    found = gathered(opened, date(2025, 4, 1))
    assert found.typical is None
    assert found.left_on == ()
    report = daily_report(found, "ja")
    assert report.figures[0].note == "比べられる稼働日がまだ5日ありません"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_without_data_says_what_is_missing(opened: Sources, language: Language) -> None:
    """No totals, no tariff, no factor, no contract: each figure and part says so."""
    found = gathered(opened, date(2026, 3, 3))
    assert found.kwh is None
    report = daily_report(replace(found, contract_kw=None), language)
    assert [figure(report, number)[0] for number in range(6)] == ["–"] * 6
    assert report.sections[0].blocks[0].kind == "empty"  # type: ignore[union-attr]
    assert "{" not in shown(report)


def test_no_tariff_and_no_factor_are_told_with_what_to_write(data: DailyData) -> None:
    """Energy is known, money and CO2 are not: the notes name the settings."""
    report = daily_report(replace(data, cost=None, co2_kg=None, factors=()), "en")
    assert "[[sites.tariffs]]" in report.figures[1].note
    assert "[[sites.contracts]]" in report.figures[2].note


def test_one_meter_has_nothing_to_split(data: DailyData) -> None:
    """The circuits' part says how to get one."""
    report = daily_report(replace(data, circuits=(), meters=1), "en")
    assert "one meter" in report.sections[1].blocks[0].text  # type: ignore[union-attr]


def test_too_few_days_compare_no_circuit_either(opened: Sources) -> None:
    """In the plant's first days neither the site nor a circuit is held against a usual day."""
    request = Request("sendai", date(2025, 4, 3), date(2025, 4, 4), "2025-04-03")
    first = gather_daily(opened, request, lambda _what, _share: None)
    assert first.typical is None
    assert first.circuits
    assert {circuit.typical_kwh for circuit in first.circuits} == {None}
