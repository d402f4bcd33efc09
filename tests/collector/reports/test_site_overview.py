"""The site overview says what the sample plant's totals come to, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from collector.factors.lookup import FactorLibrary
from collector.reports.report import (
    LANGUAGES,
    BarChart,
    Figure,
    HeatMap,
    Language,
    Note,
    Report,
    Section,
    StepChart,
    Table,
)
from collector.reports.site_data import Standing
from collector.reports.site_overview import FactorUsed, Remark, SiteOverviewData, site_overview
from tests.collector.reports.sample_site import (
    DAY_MS,
    FACTOR_ID,
    MONDAY_MS,
    SLOT_MS,
    factor,
    nothing,
    one_meter,
    plant,
    year,
)

PROFILE, HEAT, ENERGY, CO2, CIRCUITS, QUALITY, EVIDENCE = range(7)


def _figures(report: Report) -> list[tuple[str, str]]:
    return [(figure.value, figure.unit) for figure in report.figures]


def _co2(report: Report) -> Figure:
    return report.figures[1]


def _steps(report: Report) -> StepChart:
    block = report.sections[PROFILE].blocks[0]
    assert isinstance(block, StepChart)
    return block


def _heat(report: Report) -> HeatMap:
    block = report.sections[HEAT].blocks[0]
    assert isinstance(block, HeatMap)
    return block


def _bars(report: Report, section: int = ENERGY) -> BarChart:
    block = report.sections[section].blocks[0]
    assert isinstance(block, BarChart)
    return block


def _tables(section: Section) -> list[list[list[str]]]:
    tables = [block for block in section.blocks if isinstance(block, Table)]
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def _notes(section: Section, kind: str) -> list[str]:
    return [note.text for note in section.blocks if isinstance(note, Note) and note.kind == kind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_headline_of_the_sample_week(language: Language) -> None:
    """The six headline figures are those worked out by hand."""
    assert _figures(site_overview(plant(), language)) == [
        ("5,160", "kWh"),
        ("2,580", "kg-CO₂"),
        ("56.0", "kW"),
        ("737.1", "kWh"),  # 5,160 / 7
        ("20.0", "kW"),
        ("54.8", "%"),  # 30.714 / 56
    ]


def test_words_and_dates_follow_the_language() -> None:
    """Title, period and fiscal year are written as each reader writes them."""
    ja, en = (site_overview(plant(), language) for language in LANGUAGES)
    assert (ja.title, en.title) == (
        "仙台工場 エネルギー・CO₂レポート",
        "Sendai works: energy and CO₂ report",
    )
    assert ja.subtitle == "2026年11月16日(月)〜11月22日(日)・7日間・2026年度"
    assert en.subtitle == "Mon 16 Nov – Sun 22 Nov 2026 · 7 days · FY2026"
    assert ja.figures[2].note == "11月16日(月) 08:00〜08:30"
    assert en.figures[2].note == "Mon 16 Nov 08:00–08:30"
    assert "0.1.0" in ja.made


def test_the_peak_is_compared_with_the_contract() -> None:
    """56 kW of 80 kW are 70 %; above the contract the figure turns to alarm."""
    peak = site_overview(plant(), "en").figures[2]
    assert peak.share == pytest.approx(0.7)
    assert peak.share_of == "70.0% of the contract power of 80 kW"
    over = site_overview(replace(plant(), contract_power_kw=50), "en").figures[2]
    assert over.meaning == "alarm"
    assert over.share == pytest.approx(1.12)
    unset = site_overview(replace(plant(), contract_power_kw=None), "en").figures[2]
    assert (unset.share, unset.share_of) == (None, "contract power not set (contract_power_kw)")


def test_a_provisional_factor_marks_every_co2_figure() -> None:
    """The mark stands at the figure, at the picture, on top of the page and with the factor."""
    data = plant()
    days = tuple(replace(day, provisional=1.0) for day in data.site_days)
    used = replace(factor(), status="provisional")
    report = site_overview(replace(data, site_days=days, factors=(used,)), "ja")
    assert _co2(report).badge == "暫定"
    assert report.sections[CO2].badge == "暫定"
    assert [note.kind for note in report.notes] == ["provisional"]
    assert any("暫定" in row[1] for row in _tables(report.sections[EVIDENCE])[0])
    official = site_overview(data, "ja")
    assert (_co2(official).badge, official.sections[CO2].badge, official.notes) == ("", "", ())


@pytest.mark.parametrize(
    ("statuses", "ja", "en"),
    [
        (["fallback"], "代替", "Fallback"),
        (["official", "fallback"], "代替", "Fallback"),
        (["provisional", "fallback"], "暫定・代替", "Provisional, fallback"),
        ([], "暫定または代替", "Provisional or fallback"),
    ],
)
def test_a_fallback_is_told_as_such(statuses: list[Standing], ja: str, en: str) -> None:
    """Neither provisional nor official; where it is not known which of the two, both are named."""
    data = plant()
    days = tuple(replace(day, provisional=1.0) for day in data.site_days)
    used = tuple(replace(factor(), id=one, status=one) for one in statuses)
    data = replace(data, site_days=days, factors=used)
    for language, badge in zip(LANGUAGES, (ja, en), strict=True):
        report = site_overview(data, language)
        assert (_co2(report).badge, report.sections[CO2].badge) == (badge, badge)
        assert [note.kind for note in report.notes] == ["provisional"]
        told = [dict(table)[row] for table in _tables(report.sections[EVIDENCE])[:-1]
                for row in ("状態", "Status") if row in dict(table)]  # fmt: skip
        assert ["provisional" in one.lower() or "暫定" in one for one in told] == [
            one == "provisional" for one in statuses
        ]


def test_a_figure_booked_before_factors_changed_says_what_to_do() -> None:
    """The page warns at the top, and the factor is not called official."""
    used = replace(factor(), status="outdated")
    report = site_overview(replace(plant(), factors=(used,)), "en")
    assert [(note.kind, "collector recompute" in note.hint) for note in report.notes] == [
        ("warning", True)
    ]
    assert dict(_tables(report.sections[EVIDENCE])[0])["Status"].startswith("Outdated")


def test_a_window_nobody_stated_is_not_shown_as_the_year_1() -> None:
    """The publisher stated no year, and so does the page."""
    used = replace(factor(), valid_from=date.min, valid_to=None)
    rows = dict(
        _tables(site_overview(replace(plant(), factors=(used,)), "en").sections[EVIDENCE])[0]
    )
    assert rows["Applies to activity"] == "not stated by the publisher"


def test_a_factor_is_cited_in_full() -> None:
    """Value, supplier and menu, method, window, status, source, publisher and id are there."""
    rows = dict(_tables(site_overview(plant(), "en").sections[EVIDENCE])[0])
    assert rows == {
        "Emission factor": "0.5 kg-CO₂/kWh (= t-CO₂/MWh)",
        "Supplier, menu": "A0269 Power Company menu M",
        "Method": "Adjusted emission factor (Japan, SHK scheme)",
        "Applies to activity": "1 Apr 2026 – 31 Mar 2027 (FY2026)",
        "Status": "Official (published for this period)",
        "Source": "List of factors (9 Jan 2026)",
        "Publisher": "The ministry",
        "Factor id": FACTOR_ID,
    }


def test_a_shipped_factor_can_be_cited() -> None:
    """A match of the factor library turns into its citation."""
    match = FactorLibrary.shipped().find("JP", "A0269", "M", "jp_shk_adjusted", date(2025, 6, 1))
    used = FactorUsed.of(match.factor, match.status)
    assert (used.value, used.status) == (Decimal("0.452"), "official")
    assert used.supplier == "A0269 東京電力エナジーパートナー(株)"
    assert "" not in (used.publisher, used.source_title, used.attribution)


def test_a_regional_factor_names_its_region_and_gas() -> None:
    """Without a supplier the region is cited, and CO2e is never passed off as CO2."""
    match = FactorLibrary.shipped().find("TH", None, None, "location", date(2025, 6, 1))
    used = FactorUsed.of(match.factor, match.status)
    rows = dict(
        _tables(site_overview(replace(plant(), factors=(used,)), "en").sections[EVIDENCE])[0]
    )
    assert rows["Region"] == "TH Ember generation average"
    assert rows["Emission factor"].endswith("kg-CO₂e/kWh (= t-CO₂e/MWh)")
    assert "Supplier, menu" not in rows


def test_a_factor_without_its_source_is_told() -> None:
    """A factor id in the totals that no citation covers gives a warning."""
    report = site_overview(replace(plant(), factors=()), "en")
    assert _notes(report.sections[EVIDENCE], "warning") == [
        f"The source of factor “{FACTOR_ID}” is not known here."
    ]


def test_the_profile_has_a_point_per_slot() -> None:
    """336 half hours of the week, weekend shaded, contract drawn, peak marked."""
    chart = _steps(site_overview(plant(), "en"))
    assert len(chart.points) == 336
    assert [point.value for point in chart.points[15:17]] == [20.0, 56.0]
    assert [(span.from_ms - MONDAY_MS) // DAY_MS for span in chart.shades] == [5, 6]
    assert [line.value for line in chart.references] == [80]
    assert [(mark.value, mark.label) for mark in chart.marks] == [(56.0, "56.0 kW")]
    assert [tick.short for tick in chart.ticks][:2] == ["Mon 16", "Tue 17"]


def test_a_contract_far_above_is_told_not_drawn() -> None:
    """A contract more than twice the peak would flatten the picture."""
    report = site_overview(replace(plant(), contract_power_kw=500), "en")
    assert _steps(report).references == ()
    assert "500 kW lies above the picture" in report.sections[PROFILE].lead


def test_missing_and_estimated_slots_stay_what_they_are() -> None:
    """A slot without a total has no value; a bridged one is estimated, in both pictures."""
    data = plant()
    bridged = replace(data.site_slots[1], estimated_kwh=5.0)
    report = site_overview(replace(data, site_slots=(bridged, *data.site_slots[2:])), "en")
    first, second = _steps(report).points[:2]
    assert (first.value, first.quality) == (None, "missing")
    assert (second.value, second.quality) == (20.0, "estimated")
    row = _heat(report).rows[0]
    assert [(cell.value, cell.quality) for cell in row[:3]] == [
        (None, "missing"), (20.0, "estimated"), (20.0, "measured"),
    ]  # fmt: skip


def test_a_period_with_gaps_is_not_called_all_measured() -> None:
    """Where slots are missing the energy says how much of the time was measured."""
    data = plant()
    slots = tuple(replace(slot, estimated_kwh=0.0, coverage=1.0) for slot in data.site_slots)
    days = tuple(replace(day, estimated_kwh=0.0) for day in data.site_days)
    whole = replace(data, site_slots=slots, site_days=days)
    gaps = replace(whole, site_slots=slots[48:])
    notes = [site_overview(one, "en").figures[0].note for one in (whole, gaps)]
    assert notes == ["all measured", "coverage 85.7%, gaps not counted"]


def test_the_heat_map_of_a_week_has_a_row_a_day() -> None:
    """Seven rows of 48 half hours; of a month, 48 rows of days."""
    week, month = (_heat(site_overview(plant(days), "en")) for days in (7, 31))
    assert (len(week.rows), len(week.rows[0])) == (7, 48)
    assert (len(month.rows), len(month.rows[0])) == (48, 31)
    assert week.rows[0][16].value == month.rows[16][0].value == 56.0
    assert week.rows[6][16].value == month.rows[16][6].value == 20.0
    assert (week.low, week.high) == (0.0, 56.0)


def test_bars_are_stacked_by_circuit_and_add_up_to_the_site() -> None:
    """Monday: press 456, oven 240, unmeasured 144; together the site's 840 kWh."""
    chart = _bars(site_overview(plant(), "en"))
    assert [entry.label for entry in chart.series] == ["Press line", "炉", "Unmeasured remainder"]
    assert [part.value for part in chart.bars[0].parts if part] == [456.0, 240.0, 144.0]
    sums = [sum(part.value for part in bar.parts if part) for bar in chart.bars]
    assert sums == [840.0] * 5 + [480.0] * 2
    assert chart.bars[0].text.startswith("Mon 16 Nov: 840")


def test_a_missing_sub_meter_leaves_a_part_not_split() -> None:
    """When a sub-meter's day is missing, the site's bar keeps its height."""
    data = plant()
    main, press, oven = data.meters
    press = replace(press, days=press.days[1:])
    data = replace(data, meters=(main, press, oven), unmeasured_days=data.unmeasured_days[1:])
    chart = _bars(site_overview(data, "en"))
    assert chart.series[-1].label == "Not split (a sub-meter is missing)"
    assert chart.bars[0].parts[0] is None
    last = chart.bars[0].parts[-1]
    assert last is not None
    assert last.value == 600.0  # 840 less the oven's 240
    assert chart.bars[1].parts[-1] is None


def test_sub_meters_above_their_parent_are_told() -> None:
    """A remainder clearly below zero is a fault to look for; class accuracy is not."""
    data = plant()
    below = tuple(replace(day, kwh=-40.0) for day in data.unmeasured_days[:2])
    slightly = tuple(replace(day, kwh=-4.0) for day in data.unmeasured_days[2:])
    report = site_overview(replace(data, unmeasured_days=below + slightly), "en")
    assert _notes(report.sections[ENERGY], "warning") == [
        "On 2 days the sub-meters add up to more than their parent (not drawn)."
    ]


def test_small_circuits_are_added_up() -> None:
    """Of seven circuits the four largest are told apart."""
    data = plant()
    small = tuple(replace(data.meters[2], id=f"m{n}", name=f"m{n}") for n in range(6))
    chart = _bars(site_overview(replace(data, meters=data.meters[:2] + small), "en"))
    assert [entry.label for entry in chart.series] == [
        "Press line", "m0", "m1", "m2", "Others (3 circuits)", "Unmeasured remainder",
    ]  # fmt: skip


def test_an_unfinished_day_is_starred() -> None:
    """A period that ends within a day says so at the bar, in the lead and in the subtitle."""
    report = site_overview(replace(plant(), to_ms=MONDAY_MS + DAY_MS + 18 * SLOT_MS), "en")
    assert [bar.label for bar in _bars(report).bars] == ["Mon 16 Nov", "Tue 17 Nov*"]
    assert [bar.muted for bar in _bars(report).bars] == [False, True]
    assert "* not over yet." in report.sections[ENERGY].lead
    assert report.subtitle == "Mon 16 Nov – Tue 17 Nov 2026, 09:00 · 1 day 9 h · FY2026"


def test_circuits_are_listed_under_their_parent() -> None:
    """Energy, share, peak and CO2 of the intake, its two circuits and the remainder."""
    (table,) = _tables(site_overview(plant(), "en").sections[CIRCUITS])
    assert table == [
        ["受電", "5,160", "100", "56.0", "2,580"],
        ["Press line", "2,472", "47.9", "40.0", "1,236"],
        ["炉", "1,680", "32.6", "10.0", "840"],
        ["Unmeasured remainder", "1,008", "19.5", "–", "504"],
    ]


def test_several_intakes_get_a_site_total() -> None:
    """With two meters at the top the sum of the site has a line of its own."""
    data = plant()
    meters = tuple(replace(meter, parent=None) for meter in data.meters[1:])
    (table,) = _tables(site_overview(replace(data, meters=meters), "en").sections[CIRCUITS])
    assert [row[0] for row in table] == ["Site total", "Press line", "炉", "Unmeasured remainder"]


def test_gaps_are_listed_once_for_all_meters() -> None:
    """Three hours that all meters miss are one line; a gap of one meter names it."""
    data = plant()
    meters = [replace(m, slots=m.slots[:10] + m.slots[16:]) for m in data.meters]
    meters[1] = replace(meters[1], slots=meters[1].slots[:20] + meters[1].slots[24:])
    section = site_overview(replace(data, meters=tuple(meters)), "en").sections[QUALITY]
    coverage, gaps = _tables(section)
    assert gaps == [
        ["All meters", "Mon 16 Nov 05:00–08:00", "3.0", "missing"],
        ["Press line", "Mon 16 Nov 13:00–15:00", "2.0", "missing"],
    ]
    assert coverage[0] == ["Site total", "100", "0", "0", "6,048"]
    assert coverage[2][:4] == ["Press line", "97.0", "0", "10"]  # 326 of 336


def test_lost_readings_are_a_warning() -> None:
    """The readings' way is told; a loss is not told quietly."""
    data = plant()
    assert data.delivery is not None
    fine = site_overview(data, "en").sections[QUALITY]
    assert "6,048 readings stored, 0 lost, 0 duplicated" in _notes(fine, "plain")
    event = Remark("停電", "Power cut", MONDAY_MS)
    delivery = replace(data.delivery, readings_lost=3, events=(event,))
    lost = site_overview(replace(data, delivery=delivery), "en").sections[QUALITY]
    assert _notes(lost, "warning") == ["6,048 readings stored, 3 lost, 0 duplicated"]
    assert "Mon 16 Nov 2026 00:00: Power cut" in _notes(lost, "plain")


def test_one_meter_says_how_to_see_more() -> None:
    """A single meter has one series and a hint instead of a split."""
    report = site_overview(one_meter(), "en")
    assert len(_bars(report).series) == 1
    assert [note.hint for note in report.sections[CIRCUITS].blocks if isinstance(note, Note)] == [
        "add meters on the main branches and name their parent to see the split"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_parts_say_what_is_missing_and_what_to_do(language: Language) -> None:
    """Without any data every picture and the circuits are empty notes, each with a hint."""
    report = site_overview(nothing(), language)
    for section in report.sections[: CIRCUITS + 1]:
        (note,) = section.blocks
        assert isinstance(note, Note)
        assert (note.kind, bool(note.text), bool(note.hint)) == ("empty", True, True)
    assert {figure.value for figure in report.figures} == {"–"}


def test_energy_without_a_factor_has_no_co2() -> None:
    """Without a factor the CO2 is a dash and says what to do; it is never zero."""
    data = plant()
    bare = {"co2_kg": None, "factor_id": ""}
    days = tuple(replace(day, **bare) for day in data.site_days)  # type: ignore[arg-type]
    report = site_overview(replace(data, site_days=days, factors=()), "en")
    assert (_co2(report).value, _co2(report).note) == ("–", "no emission factor (see “Evidence”)")
    (note,) = report.sections[CO2].blocks
    assert isinstance(note, Note)
    assert "[[sites.contracts]]" in note.hint
    assert _notes(report.sections[EVIDENCE], "empty") == [note.text]


def test_a_year_is_told_by_days_and_months() -> None:
    """365 points with their day's low and high, 365 columns, twelve bars in MWh."""
    report = site_overview(year(), "en")
    chart, heat, bars = _steps(report), _heat(report), _bars(report)
    assert len(chart.points) == 365
    assert (chart.points[0].low, chart.points[0].high) == (20.0, 56.0)
    assert chart.points[0].value == pytest.approx(35.0)  # 840 kWh / 24 h
    assert (len(heat.rows), len(heat.rows[0])) == (48, 365)
    assert [bar.short for bar in bars.bars][::3] == ["Apr", "Jul", "Oct", "Jan"]
    # April 2025: 22 weekdays and 8 days of weekend.
    assert sum(part.value for part in bars.bars[0].parts if part) == 22 * 840 + 8 * 480
    assert report.period.fiscal_year == "FY2025"


def test_an_empty_period_is_refused() -> None:
    """A period that ends where it begins is a caller's fault and says so."""
    data: SiteOverviewData = plant()
    with pytest.raises(ValueError, match="choose a to_ms after from_ms"):
        site_overview(replace(data, to_ms=data.from_ms), "ja")


def test_an_end_just_past_midnight_is_that_midnight() -> None:
    """A day of which not even a slot is over is not opened."""
    data = plant()
    report = site_overview(replace(data, to_ms=data.to_ms + 1), "en")
    assert report == site_overview(data, "en")


def test_a_period_that_begins_within_a_day_keeps_that_day() -> None:
    """A load file that starts at 10:00 books its first day, which is starred."""
    data = plant()
    report = site_overview(replace(data, from_ms=MONDAY_MS + 20 * SLOT_MS), "en")
    assert report.figures[0].value == "5,160"
    assert [bar.label for bar in _bars(report).bars][:2] == ["Mon 16 Nov*", "Tue 17 Nov"]
    assert len(_steps(report).points) == 316


def test_a_short_period_names_hours() -> None:
    """The axis of a single day carries hours, its midnight the date."""
    ticks = [tick.label for tick in _steps(site_overview(plant(1), "en")).ticks]
    assert ticks == ["Mon 16 Nov", "6:00", "12:00", "18:00", "Tue 17 Nov"]
