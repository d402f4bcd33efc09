"""Figures of a plant's four months, against plain computation from the stored totals."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import fsum

import numpy as np
import pytest

from collector.billing.what_if import bills
from collector.calendars.plant_calendar import PlantCalendar
from collector.gather.bill_months import site_question
from collector.rollup.totals import SITE_METER, Total
from collector.storage.figure_schema import (
    BILL_LINES_1BM,
    DAY_FIGURES,
    FISCAL_FIGURES,
    INTENSITY_1D,
    INTENSITY_1MO,
    LOAD_DAY,
    LOAD_DURATION_1FY,
    LOAD_DURATION_1MO,
    MONTH_FIGURES,
    PEAK_RANK_1FY,
    PEAK_RANK_1MO,
    TYPICAL_DAY,
    TYPICAL_SLOT,
)
from tests.collector.figures.season import DAY_MS, END, FIRST, PIECES, Season

A_DAY = timedelta(days=1)
DAYS = [FIRST + number * A_DAY for number in range((END - FIRST).days)]
MONTHS = [date(2025, month, 1) for month in (4, 5, 6, 7)]
ELECTRIC = (SITE_METER, "main", "press", "furnace")


def month_end(month: date) -> date:
    """The first day of the next month."""
    return (month + 31 * A_DAY).replace(day=1)


def kw_of(season: Season, meter: str, first: date, end: date) -> dict[datetime, float]:
    """The known half hours (local start, kW) of days, straight from the totals."""
    totals = season.totals(meter, "30m", first, end)
    zone = season.site.zone
    return {
        datetime.fromtimestamp(t.start_ms / 1000, zone): t.kwh * 2 for t in totals if t.missing == 0
    }


def group(season: Season, day: date) -> str:
    """Working, saturday or off, by the plant's calendar."""
    kind = PlantCalendar.of(season.site.calendar).day_type(day).kind
    return kind if kind in ("working", "saturday") else "off"


@pytest.mark.parametrize("meter", ELECTRIC)
def test_the_heat_map_is_the_stored_half_hours(season: Season, meter: str) -> None:
    """Every one of them, and no other."""
    rows = season.rows(LOAD_DAY)
    stored = kw_of(season, meter, FIRST, END)
    shown = {
        (day, int(name[1:])): kw
        for day in DAYS
        for name, kw in rows[LOAD_DAY, meter, season.midnight(day)].items()
        if name != "known"
    }
    assert shown == {(at.date(), at.hour * 2 + at.minute // 30): kw for at, kw in stored.items()}


@pytest.mark.parametrize("day", [date(2025, 7, 9), date(2025, 7, 12), date(2025, 7, 13)])
@pytest.mark.parametrize("meter", [SITE_METER, "press"])
def test_a_usual_half_hour_is_that_of_eight_weeks_before(
    season: Season, meter: str, day: date
) -> None:
    """Median, P10 and P90 of the same group of days, working days and both of the weekend."""
    before = kw_of(season, meter, day - 56 * A_DAY, day)
    alike = {
        one
        for one in (day - n * A_DAY for n in range(1, 57))
        if group(season, one) == group(season, day)
        and sum(at.date() == one for at in before) >= 0.8 * 48
    }
    rows = season.rows(TYPICAL_SLOT)
    for wall in (0, 17, 30, 47):
        column = [
            kw
            for at, kw in before.items()
            if at.date() in alike and at.hour * 2 + at.minute // 30 == wall
        ]
        fields = rows[TYPICAL_SLOT, meter, season.midnight(day) + wall * 1_800_000]
        expected = np.percentile(column, [10, 50, 90])
        shown = [fields["low_kw"], fields["expected_kw"], fields["high_kw"]]
        assert shown == pytest.approx(expected.tolist())


def test_only_the_site_and_circuits_below_the_intake_have_usual_half_hours(season: Season) -> None:
    """The intake's own would be the site's again."""
    assert {meter for _, meter, _ in season.rows(TYPICAL_SLOT)} == {
        SITE_METER, "press", "furnace",
    }  # fmt: skip


@pytest.mark.parametrize("meter", ELECTRIC)
def test_a_day_s_figures_are_those_of_its_half_hours(season: Season, meter: str) -> None:
    """Peak, mean, lowest, night and expected energy of a working day in July."""
    day = date(2025, 7, 9)
    kw = kw_of(season, meter, day, day + A_DAY)
    fields = season.rows(DAY_FIGURES)[DAY_FIGURES, meter, season.midnight(day)]
    assert fields["peak_kw"] == max(kw.values())
    assert fields["base_kw"] == min(kw.values())
    assert fields["mean_kw"] == pytest.approx(fsum(kw.values()) / 48)
    night = fsum(one / 2 for at, one in kw.items() if at.hour < 8 or at.hour >= 22)
    assert fields["night_kwh"] == pytest.approx(night)


def test_on_a_day_off_all_hours_are_off(season: Season) -> None:
    """A Sunday's energy is off-hours energy, whole."""
    day = date(2025, 7, 13)
    (total,) = season.totals(SITE_METER, "1d", day, day + A_DAY)
    fields = season.rows(DAY_FIGURES)[DAY_FIGURES, SITE_METER, season.midnight(day)]
    assert fields["off_hours_kwh"] == pytest.approx(total.kwh)
    assert fields["standby_kw"] == pytest.approx(total.kwh / 24)


def test_off_hours_of_a_working_day_are_found_in_the_load(season: Season) -> None:
    """The plant runs by day: some hours are off, and their mean is far below the day's."""
    fields = season.rows(DAY_FIGURES)[DAY_FIGURES, SITE_METER, season.midnight(date(2025, 7, 9))]
    assert 0 < fields["off_hours_kwh"] < 0.4 * fields["mean_kw"] * 24  # type: ignore[operator]
    assert fields["standby_kw"] < fields["mean_kw"]  # type: ignore[operator]


def test_the_first_days_have_nothing_to_be_compared_with(season: Season) -> None:
    """No expected energy, and no off hours on a working day."""
    fields = season.rows(DAY_FIGURES)[DAY_FIGURES, SITE_METER, season.midnight(FIRST)]
    assert not {"expected_kwh", "unusual", "off_hours_kwh"} & fields.keys()


@pytest.mark.parametrize("day", DAYS[:14])
def test_power_factor_and_leading_are_those_of_the_reactive_energy(
    season: Season, day: date
) -> None:
    """8-22 h by the lagging energy; the night leads where more of it leads than lags."""
    fields = season.rows(DAY_FIGURES)[DAY_FIGURES, SITE_METER, season.midnight(day)]
    kwh, lagging, night = 0.0, 0.0, 0.0
    for total in season.totals(SITE_METER, "30m", day, day + A_DAY):
        hour = datetime.fromtimestamp(total.start_ms / 1000, season.site.zone).hour
        if 8 <= hour < 22:
            kwh, lagging = kwh + total.kwh, lagging + (total.reactive_kvarh or 0.0)
        else:
            night += (total.reactive_export_kvarh or 0.0) - (total.reactive_kvarh or 0.0)
    percent = 100 * kwh / (kwh**2 + lagging**2) ** 0.5
    assert fields["power_factor_percent"] == pytest.approx(percent)
    assert fields["leading_night"] == float(night > 0)


@pytest.mark.parametrize("meter", ELECTRIC)
@pytest.mark.parametrize("month", MONTHS)
def test_a_month_s_figures_are_those_of_its_total(season: Season, meter: str, month: date) -> None:
    """Energy, peak and its time, and the sum since April."""
    fields = season.rows(MONTH_FIGURES)[MONTH_FIGURES, meter, season.midnight(month)]
    (total,) = season.totals(meter, "1mo", month, month + A_DAY)
    assert fields["kwh"] == pytest.approx(total.kwh)
    assert fields["peak_kw"] == pytest.approx(total.peak_kw)
    slots = season.totals(meter, "30m", month, month_end(month))
    peak: Total = max(slots, key=lambda t: (t.kwh, -t.start_ms))
    at = datetime.fromtimestamp(peak.start_ms / 1000, season.site.zone)
    assert fields["peak_at"] == at.strftime("%Y-%m-%dT%H:%M")
    so_far = season.totals(meter, "1mo", FIRST, month_end(month))
    assert fields["cum_kwh"] == pytest.approx(fsum(t.kwh for t in so_far))


@pytest.mark.parametrize("month", MONTHS)
def test_the_site_s_month_tells_of_contract_carbon_and_maxima(season: Season, month: date) -> None:
    """The highest peak so far, and whether this month set it."""
    fields = season.rows(MONTH_FIGURES)[MONTH_FIGURES, SITE_METER, season.midnight(month)]
    so_far = season.totals(SITE_METER, "1mo", FIRST, month_end(month))
    assert fields["contract_kw"] == 260.0
    assert fields["twelve_month_kw"] == pytest.approx(max(t.peak_kw for t in so_far))
    assert fields["cum_co2_kg"] == pytest.approx(fsum(t.co2_kg or 0.0 for t in so_far))
    earlier = [t.peak_kw for t in so_far[:-1]]
    if earlier:
        assert fields["new_peak"] == float(so_far[-1].peak_kw > max(earlier))
    else:
        assert "new_peak" not in fields


def test_the_fiscal_year_so_far_is_the_sum_of_its_months(season: Season) -> None:
    """Four months of FY2025."""
    fields = season.rows(FISCAL_FIGURES)[FISCAL_FIGURES, SITE_METER, season.midnight(FIRST)]
    months = season.totals(SITE_METER, "1mo", FIRST, END)
    assert fields["kwh"] == fields["cum_kwh"] == pytest.approx(fsum(t.kwh for t in months))
    assert fields["gj"] == pytest.approx(fsum(t.kwh for t in months) * 8.64 / 1000)


@pytest.mark.parametrize("meter", ELECTRIC)
@pytest.mark.parametrize(
    ("measurement", "first", "end"),
    [(LOAD_DURATION_1MO, date(2025, 6, 1), date(2025, 7, 1)), (LOAD_DURATION_1FY, FIRST, END)],
)
def test_duration_curves_are_the_ranked_half_hours(
    season: Season, meter: str, measurement: str, first: date, end: date
) -> None:
    """A row a hundredth of the known time."""
    rows = season.rows(measurement)
    kw = list(kw_of(season, meter, first, end).values())
    for number in (0, 1, 50, 99, 100):
        fields = rows[measurement, meter, season.midnight(first) + number * 1000]
        assert fields["pct"] == number
        assert fields["kw"] == pytest.approx(np.percentile(kw, 100 - number))
        assert fields["hours"] == pytest.approx(len(kw) / 2 * number / 100)


def test_typical_days_stand_at_the_newest_whole_day(season: Season) -> None:
    """48 rows on the last of July; the median of all working days since April."""
    rows = season.rows(TYPICAL_DAY)
    instants = sorted(at_ms for _, meter, at_ms in rows if meter == "press")
    first_ms = season.midnight(END - A_DAY)
    assert instants == [first_ms + n * 1_800_000 for n in range(48)]
    kw = kw_of(season, "press", FIRST, END)
    working = [day for day in DAYS if group(season, day) == "working"]
    column = [kw[at] for at in kw if (at.hour, at.minute) == (10, 30) and at.date() in working]
    fields = rows[TYPICAL_DAY, "press", first_ms + 21 * 1_800_000]
    assert fields["working_kw"] == pytest.approx(np.median(column))
    assert fields["working_high_kw"] == pytest.approx(np.percentile(column, 90))


@pytest.mark.parametrize(
    ("measurement", "first", "end"),
    [(PEAK_RANK_1MO, date(2025, 6, 1), date(2025, 7, 1)), (PEAK_RANK_1FY, FIRST, END)],
)
def test_the_highest_half_hours_are_told_with_their_circuits(
    season: Season, measurement: str, first: date, end: date
) -> None:
    """Twenty, the highest first; the largest circuit of each stands first as well."""
    rows = season.rows(measurement)
    kw = kw_of(season, SITE_METER, first, end)
    ranked = sorted(kw.items(), key=lambda one: (-one[1], one[0]))[:20]
    parts = {
        name: kw_of(season, meter, first, end)
        for meter, name in (("press", "プレス線"), ("furnace", "焼鈍炉"))
    }
    for rank, (at, power) in enumerate(ranked, start=1):
        fields = rows[measurement, SITE_METER, season.midnight(first) + rank * 1000]
        assert fields["kw"] == pytest.approx(power)
        assert fields["at"] == at.strftime("%Y-%m-%dT%H:%M")
        largest = max(parts, key=lambda name: parts[name][at])
        assert str(fields["circuits"]).startswith(f"{largest} {parts[largest][at]:.1f} kW, ")
        english = {m.name: m.name_en or m.name for m in season.site.meters}
        told = f"{english[largest]} {parts[largest][at]:.1f} kW, "
        assert str(fields["circuits_en"]).startswith(told)
    assert (measurement, SITE_METER, season.midnight(first) + 21_000) not in rows


@pytest.mark.parametrize("month", MONTHS)
def test_bills_are_those_of_the_billing(season: Season, month: date) -> None:
    """Line by line what ``collector bill`` works out; the parts are the whole before rounding."""
    fields = season.rows(BILL_LINES_1BM)[BILL_LINES_1BM, SITE_METER, season.midnight(month)]
    asked = site_question(season.store, season.site, season.library.tariffs, month)
    (bill,) = bills(asked.months, asked.tariff, asked.terms, asked.from_day)
    assert fields["total_cost"] == fields["projected_total"] == float(bill.total)
    assert fields["basic_cost"] == pytest.approx(float(bill.amount("demand")))
    assert fields["levy_cost"] == pytest.approx(float(bill.amount("levy")))
    assert fields["projected"] == 0.0
    assert fields["currency"] == "JPY"
    parts = ("basic_cost", "energy_cost", "adder_cost", "levy_cost", "other_cost")
    whole = fsum(float(fields[name]) for name in parts)
    assert whole == pytest.approx(float(sum(line.amount for line in bill.lines)))
    kwh = fsum(t.kwh for t in season.totals(SITE_METER, "1d", month, month_end(month)))
    assert fields["unit_price"] == pytest.approx(float(bill.total) / kwh)


def test_intensity_follows_the_line_of_the_days(season: Season) -> None:
    """Without a last year, this year's days make the line; what it saved adds up to nothing."""
    rows = season.rows(INTENSITY_1D)
    amounts, energies = [], []
    for key in sorted(rows):
        assert key[1] == PIECES
        amounts.append(float(rows[key]["amount"]))
        energies.append(float(rows[key]["kwh"]))
    slope, fixed = np.polyfit(amounts, energies, 1)
    newest = rows[max(rows)]
    assert newest["fixed_kwh"] == pytest.approx(fixed, rel=1e-6)
    assert newest["expected_kwh"] == pytest.approx(fixed + slope * amounts[-1], rel=1e-6)
    assert newest["cusum_kwh"] == pytest.approx(0.0, abs=1e-3)
    totals = {t.start_ms: t.kwh for t in season.totals(SITE_METER, "1d", FIRST, END)}
    assert energies == [totals[at_ms] for _, _, at_ms in sorted(rows)]


def test_a_month_s_intensity_is_that_of_its_days(season: Season) -> None:
    """July adds its days up; energy per piece is the sums' own."""
    days, months = season.rows(INTENSITY_1D), season.rows(INTENSITY_1MO)
    july = season.midnight(date(2025, 7, 1))
    within = [fields for (_, _, at_ms), fields in days.items() if at_ms >= july]
    fields = months[INTENSITY_1MO, PIECES, july]
    for name in ("amount", "kwh", "expected_kwh", "fixed_kwh"):
        assert fields[name] == pytest.approx(fsum(float(one[name]) for one in within))
    assert fields["kwh_per_unit"] == pytest.approx(float(fields["kwh"]) / float(fields["amount"]))


def test_nothing_waits_any_more(season: Season) -> None:
    """All days are over, so every mark is struck off."""
    assert season.state.stale_figures.pending() == []
    assert season.now_ms // DAY_MS == season.midnight(END) // DAY_MS
